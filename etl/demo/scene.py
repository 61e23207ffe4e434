"""Today's desks: what lies on them at this very minute, and the letters that a believable past still lacks.

The desks look the same at every hour: when the office is closed, the letters lie there since the last open minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from etl.demo.cast import AGENCIES, PAUSE_REASONS, agency_named
from etl.demo.flow import Desk, Diary
from etl.demo.model import Booking, Letter, Participants, Pause, Stamp
from etl.demo.office_time import DAY, OfficeHours, at, day_of

# Minutes each desk took over the letters that are on their way right now, and the desks before each desk.
BRISK = {"A2": 6, "A3": 3, "A4": 4, "A5": 25, "A6": 33, "A7": 30, "A8": 40}
BEFORE = {"A2": (), "A4": ("A2", "A3"), "A5": ("A2", "A3", "A4"), "A6": ("A2", "A3", "A4", "A5")}


def scene_letters(stage: Stage) -> list[Letter]:
    """Every letter that is placed on purpose."""
    return [
        *letters_signed_together(stage),
        *letters_of_quiet_days(stage),
        *todays_letters(stage),
        *letters_on_desks(stage),
    ]


def letters_signed_together(stage: Stage) -> list[Letter]:
    """A busy day on which the head of service was away; all of that day's letters were signed the next morning."""
    office, hours = stage.desk.office, stage.hours
    day = hours.working_day(office.turned_on, -12)
    returned = hours.opening(hours.working_day(day, 1)) + 35
    desk, earliest = Desk(replace(office, away=((day, returned),))), hours.working_day(day, 6)
    letters = []
    for count, agency in enumerate(AGENCIES[:6]):
        received = hours.later(at(day, 0), 20 + 45 * count)
        letters.append(desk.letter(received, agency, stage.diary.book(earliest, stage.rng), stage.rng))
        letters[-1].case = "signed_together"
    return letters


def letters_of_quiet_days(stage: Stage) -> list[Letter]:
    """A morning's booking for each day of this week that nobody happened to ask for, so that the week shows use."""
    monday = stage.today - (stage.today - 1) % 7
    taken = {day for day, _ in stage.diary.taken}
    quiet = [day for day in range(monday, stage.today) if stage.hours.is_working_day(day) and day not in taken]
    return [
        stage.desk.letter(stage.workdays(day, -6, 95), AGENCIES[day % 8], Booking((day,), 510, 675), stage.rng)
        for day in quiet
    ]


def letters_on_desks(stage: Stage) -> list[Letter]:
    """Letters between two desks right now, each named by its case; times are working minutes."""
    day = stage.hours.working_day(stage.today, 1)
    ahead = [stage.diary.book(stage.hours.working_day(day, count), stage.rng) for count in range(1, 7)]
    return [
        _waiting(stage, "now_a2_on_track", "A2", 4, ahead[0]),
        _waiting(stage, "now_a4_overdue", "A4", 11, Booking((day,), 780, 870)),
        _waiting(stage, "now_a4_on_track", "A4", 2, ahead[1]),
        _waiting(stage, "now_a5_at_risk", "A5", 49, ahead[2]),
        _paused(stage, ahead[3]),
        _half_done(stage, ahead[4]),
        _just_ready(stage, ahead[5]),
        _tomorrows(stage, Booking((day,), 510, 675)),
    ]


def _waiting(stage: Stage, case: str, step: str, minutes: int, booking: Booking) -> Letter:
    """A letter that reached the desk of `step` that many working minutes ago and is still there."""
    return _brought_to(stage, stage.ago(minutes), BEFORE[step], booking, case)


def _brought_to(stage: Stage, reached: int, steps: tuple[str, ...], booking: Booking, case: str) -> Letter:
    """A letter whose last finished step of `steps` was finished at `reached`, told backwards to its receipt."""
    stamps: list[Stamp] = []
    for step in reversed(steps):
        stamps.insert(0, Stamp(step, finished=reached, output="ada"))
        reached = stage.hours.earlier(reached, BRISK[step] + stage.rng.randint(-1, 1))
    letter = stage.desk.letter(reached, stage.rng.choice(AGENCIES[:8]), booking, stage.rng)
    arrival = Stamp("A1", started=stage.hours.earlier(reached, 3), finished=reached)
    letter.stamps, letter.sessions, letter.case = [arrival, *stamps], [], case
    return letter


def _paused(stage: Stage, booking: Booking) -> Letter:
    """Taken up, and waiting for the agency ever since."""
    letter = _waiting(stage, "now_a5_paused", "A5", 150, booking)
    pause = Pause(stage.ago(130), None, PAUSE_REASONS[0])
    letter.stamps.append(Stamp("A5", started=stage.ago(145), pauses=[pause]))
    return letter


def _half_done(stage: Stage, booking: Booking) -> Letter:
    """The software is ready, the network is not."""
    letter = _waiting(stage, "now_a6_running", "A6", 22, booking)
    letter.stamps.append(Stamp("A7", finished=stage.ago(9), output="ada"))
    return letter


def _just_ready(stage: Stage, booking: Booking) -> Letter:
    """Every step of part A done, the last one a moment ago."""
    ready = stage.ago(18)
    gathered = stage.hours.earlier(ready, BRISK["A8"])
    verified = stage.hours.earlier(gathered, BRISK["A6"])
    letter = _brought_to(stage, verified, BEFORE["A6"], booking, "now_ready")
    letter.stamps += [
        Stamp("A7", finished=stage.hours.later(verified, BRISK["A7"])),
        Stamp("A6", finished=gathered, output="ada"),
        Stamp("A8", finished=ready, output="ada"),
    ]
    return letter


def _tomorrows(stage: Stage, booking: Booking) -> Letter:
    """Ready for the next working day; the list of participants came a moment ago and is being checked."""
    letter = stage.desk.letter(stage.workdays(stage.today, -4, 60), agency_named("BPBD"), booking, stage.rng)
    sent = stage.ago(7)
    sending = Stamp("B1", started=stage.hours.earlier(sent, 12), finished=sent)
    letter.stamps = [*(stamp for stamp in letter.stamps if stamp.step[0] == "A"), sending]
    letter.sessions, letter.case = [], "now_b2_running"
    return letter


@dataclass(frozen=True)
class Stage:
    """The moment of the demo, the hand that writes letters, the room's diary and the dice."""

    now: int
    desk: Desk
    diary: Diary
    rng: Random

    @property
    def hours(self) -> OfficeHours:
        """The office's working hours."""
        return self.desk.office.hours

    @property
    def today(self) -> int:
        """The day of the demo."""
        return day_of(self.now)

    def ago(self, minutes: int) -> int:
        """The moment that many working minutes before now."""
        return self.hours.earlier(self.now, minutes)

    def workdays(self, day: int, offset: int, minutes: int) -> int:
        """A moment that many working minutes into the working day `offset` working days from `day`."""
        return self.hours.later(at(self.hours.working_day(day, offset), 0), minutes)


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
    planned = letter.planned or 0
    session.participants = Participants(planned - 1, planned - 3, screened=planned - 3, failed=0)
    watch = letter.stamp("B5")
    watch.started, watch.finished, watch.output = session.started, session.ended, "ada" if session.ended else ""
