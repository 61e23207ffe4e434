"""The room's day: a session that is over, one that goes on at this very minute and one to come, as the hour allows."""

from __future__ import annotations

from etl.demo.cast import agency_named
from etl.demo.model import Booking, Letter, Session
from etl.demo.office_time import DAY, OfficeHours, day_of
from etl.demo.stage import Stage

Span = tuple[int, int]
"""First and last minute of the day."""

FRIDAY = 5
NOON, AFTER_LUNCH, BEFORE_LUNCH = 720, 780, 690
IN_THE_ROOM = ("Dinas Kesehatan", "Rapat koordinasi imunisasi daerah", 45)
BEFORE_AND_AFTER = (
    ("Bappeda", "Rapat koordinasi Satu Data Indonesia", 25),
    ("Dinas Pendidikan, Pemuda dan Olahraga", "Bimtek Dapodik operator sekolah", 40),
    ("Dinas Pemberdayaan Masyarakat dan Desa", "Sosialisasi indeks desa", 35),
)


def todays_spans(now: int, hours: OfficeHours) -> list[Span]:
    """The bookings of today around `now`, in order; empty on a day off.

    Before opening, after closing and during Friday's long break they are an ordinary day's three.
    """
    day, minute = day_of(now), now % DAY
    if not hours.is_working_day(day):
        return []
    opens, closes = hours.opening(day) % DAY, hours.closing(day) % DAY
    is_friday_break = day % 7 == FRIDAY and not hours.is_open(now)
    if not opens <= minute < closes or is_friday_break:
        return [*_mornings(opens), (AFTER_LUNCH, closes - 30)]
    start = max(opens, AFTER_LUNCH if minute >= AFTER_LUNCH else 0, (minute - 70) // 30 * 30)
    end = max(_up(minute + 20), min(_up(minute + 75), closes))
    return [*_earlier(opens, start), (start, end), *_later(end, closes)]


def _mornings(opens: int) -> list[Span]:
    return [(opens + 30, opens + 105), (opens + 120, BEFORE_LUNCH)]


def _earlier(opens: int, start: int) -> list[Span]:
    if start >= NOON:
        return _mornings(opens)
    return [(max(opens + 30, start - 105), start - 15)] if start - opens >= 60 else []


def _later(end: int, closes: int) -> list[Span]:
    start = max(AFTER_LUNCH, end + 30)
    return [(start, min(start + 150, closes))] if start + 60 <= closes else []


def _up(minute: int) -> int:
    return -(-minute // 30) * 30


def todays_letters(stage: Stage) -> list[Letter]:
    """The letters behind today's bookings, ready for days, each named by its case."""
    others = iter(BEFORE_AND_AFTER)
    letters: list[Letter] = []
    for span in todays_spans(stage.now, stage.hours):
        case = _case(span, stage.now % DAY)
        who = IN_THE_ROOM if case == "today_in_the_room" else next(others)
        letters.append(_letter(stage, span, who, case, ago=7 - len(letters)))
    return letters


def _case(span: Span, minute: int) -> str:
    if minute < span[0]:
        return "today_to_come"
    return "today_in_the_room" if minute < span[1] else "today_over"


def _letter(stage: Stage, span: Span, who: tuple[str, str, int], case: str, ago: int) -> Letter:
    name, activity, planned = who
    agency = agency_named(name)
    received = stage.workdays(stage.today, -ago, 35 + 20 * ago)
    letter = stage.desk.letter(received, agency, Booking((stage.today,), *span), stage.rng)
    letter.opd, letter.activity, letter.planned, letter.case = agency.spellings[1], activity, planned, case
    letter.subject = "Permohonan pinjam pakai ruang Smart Center"
    _seat(letter, stage.now)
    return letter


def _seat(letter: Letter, now: int) -> None:
    """Let the session begin nearly as booked, and leave it without an end while it goes on."""
    booking, session = letter.booking, letter.sessions[0]
    if booking is None or booking.start > now:
        return
    session.started = min(booking.start + 4, now)
    session.ended = booking.end - 6 if booking.end <= now else None
    _count(session, letter.planned or 0)
    watch = letter.stamp("B5")
    watch.started, watch.finished, watch.output = session.started, session.ended, "ada" if session.ended else ""


def _count(session: Session, planned: int) -> None:
    session.verified, session.present = planned - 1, planned - 3
    session.screened, session.failed = planned - 3, 0
