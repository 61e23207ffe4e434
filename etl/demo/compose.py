"""Puts the two years, today's scene and the strays together, and cuts everything off at the moment of the demo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from etl.demo.flow import AGENCIES, EARLY, KINDS, Diary, Office, agency_named, ordinary_letters
from etl.demo.model import (
    DAY,
    Booking,
    Case,
    Demo,
    Letter,
    Loose,
    OfficeHours,
    Participants,
    Pause,
    Session,
    Span,
    Stamp,
    at,
    came,
    date_of,
    day_of,
    minute_of,
    office_hours,
)
from etl.demo.rows import plain_date
from etl.demo.special_cases import PAUSE_REASONS
from etl.settings.calendars import calendar_from
from etl.settings.document import default_settings

DAYS_BACK = 730
TURNED_BACK = 210
LETTERS_A_WORKING_DAY = 1.4
HELD_STATUS = ("Disetujui", "Disetujui", "disetujui", "done", "fix", "")
READY_STATUS = ("Disetujui", "fix", "")
WAITING_STATUS = ("menunggu", "pending", "")
INTERNAL_USES = (
    "rapat internal bidang IATIK, tanpa surat",
    "uji coba videoconference",
    "rapat mendadak Setda, surat menyusul",
)
UNKNOWN_ROOM = "Aula Lantai 2"
UNKNOWN_NUMBER = 9001

# Minutes each desk took over the letters that are on their way right now, and the desks before each desk.
BRISK = {"A2": 6, "A3": 3, "A4": 4, "A5": 25, "A6": 33, "A7": 30, "A8": 40}
BEFORE = {"A2": (), "A4": ("A2", "A3"), "A5": ("A2", "A3", "A4"), "A6": ("A2", "A3", "A4", "A5")}

FRIDAY = 5
NOON, AFTER_LUNCH, BEFORE_LUNCH = 720, 780, 690
IN_THE_ROOM = ("Dinas Kesehatan", "Rapat koordinasi imunisasi daerah", 45)
BEFORE_AND_AFTER = (
    ("Bappeda", "Rapat koordinasi Satu Data Indonesia", 25),
    ("Dinas Pendidikan, Pemuda dan Olahraga", "Bimtek Dapodik operator sekolah", 40),
    ("Dinas Pemberdayaan Masyarakat dan Desa", "Sosialisasi indeks desa", 35),
)


def compose(now: datetime, seed: int) -> Demo:
    """Two invented years up to `now` (aware); the same for the same minute and seed. Only bookings lie after `now`."""
    minute = minute_of(now)
    first = day_of(minute) - DAYS_BACK
    span = _first_new_year(first), date.fromordinal(day_of(minute) + 120)
    hours = office_hours(calendar_from(default_settings(), *span).plans(*span))
    diary = _diary(minute, hours)
    letters = _letters(minute, first, seed, hours, diary)
    uses = uses_without_letter(minute, first, hours, diary) + clashes(letters, minute)
    uses += uses_at_odd_hours(minute, hours)
    return Demo(minute, letters, uses, rows_to_refuse(minute, hours) + rows_to_wait(minute, hours))


def _letters(now: int, first: int, seed: int, hours: OfficeHours, diary: Diary) -> list[Letter]:
    """All letters in the order of receipt, numbered, with the status words of the moment."""
    office = _office(now, hours)
    rng = Random(f"{seed}/scene")  # noqa: S311 - invents records, guards nothing
    letters = _kept(ordinary_letters(seed, first, day_of(now), office, diary), now)
    letters += _kept(scene_letters(Stage(now, office, diary, rng)), now, is_scene=True)
    _number(letters, first, hours)
    _settle(letters, now, rng)
    _round_old_times(letters, now)
    return letters


def _first_new_year(first: int) -> date:
    return date(date.fromordinal(first).year, 1, 1)


def _office(now: int, hours: OfficeHours) -> Office:
    """Things got better at the first of a month some seven months ago; before that the head was often away."""
    turned = date_of(now - TURNED_BACK * DAY).replace(day=1).toordinal()
    away = (hours.working_day(turned, -back) for back in range(24, 310, 34))
    spells = ((day, hours.opening(hours.working_day(day, 1 + day % 2)) + 35) for day in away)
    return Office(hours, turned, tuple(spells))


def _diary(now: int, hours: OfficeHours) -> Diary:
    """Today and the next working day are kept for the scene."""
    diary = Diary(hours)
    diary.block(day_of(now))
    diary.block(hours.working_day(day_of(now), 1))
    return diary


def _kept(letters: list[Letter], now: int, *, is_scene: bool = False) -> list[Letter]:
    return [letter for letter in letters if _cut(letter, now, is_scene=is_scene)]


def _cut(letter: Letter, now: int, *, is_scene: bool) -> bool:
    """Leave of a letter what the books show at `now`; False when it would be under way, which only the scene may be."""
    if letter.received > now:
        return False
    is_under_way = any(_last(stamp) > now for stamp in letter.stamps if stamp.step[0] == "A")
    if is_under_way and not is_scene:
        return False
    letter.sessions = [session for session in letter.sessions if session.started <= now and (session.ended or 0) <= now]
    letter.stamps = [stamp for stamp in letter.stamps if _last(stamp) <= now]
    return True


def _last(stamp: Stamp) -> int:
    return max(moment for moment in (stamp.started, stamp.finished, stamp.recorded, 0) if moment is not None)


def _number(letters: list[Letter], first: int, hours: OfficeHours) -> None:
    """Agenda numbers from 1 in every year; the first year goes on from what was received before the demo begins."""
    letters.sort(key=lambda letter: letter.received)
    before = _first_new_year(first).toordinal()
    workdays = sum(before <= day < first for day in hours.days)
    counts = {date.fromordinal(first).year: round(workdays * LETTERS_A_WORKING_DAY)}
    for letter in letters:
        year = date_of(letter.received).year
        counts[year] = counts.get(year, 0) + 1
        letter.number = counts[year]


def _settle(letters: list[Letter], now: int, rng: Random) -> None:
    """Status words as the register would show them by now."""
    for letter in letters:
        if letter.status or letter.case == Case.NO_BOOKING:
            continue
        is_over = letter.booking is not None and letter.booking.end < now
        words = HELD_STATUS if is_over else READY_STATUS if letter.has("A8") else WAITING_STATUS
        letter.status = rng.choice(words)


def _round_old_times(letters: list[Letter], now: int) -> None:
    """Until last year the times of B4 were only ever written to the nearest five minutes."""
    this_year = date(date_of(now).year, 1, 1).toordinal() * DAY
    for stamp in (stamp for letter in letters for stamp in letter.stamps if stamp.step == "B4"):
        if stamp.started is not None and stamp.finished is not None and stamp.finished < this_year:
            stamp.started, stamp.finished = stamp.started // 5 * 5, stamp.finished // 5 * 5


def uses_without_letter(now: int, first: int, hours: OfficeHours, diary: Diary) -> list[tuple[str, Session]]:
    """A session or two a month nobody wrote a letter for, in hours nobody had booked."""
    slot, today = KINDS[EARLY][1][0], day_of(now)
    rng = Random(first)  # noqa: S311 - invents records, guards nothing
    free = [day for day in hours.days if first <= day < today and (day, slot) not in diary.taken]
    uses = []
    for day in free[:: len(free) // 30 + 1]:
        session = Session(at(day, 8, 5), at(day, 9, rng.randint(0, 40)), note=rng.choice(INTERNAL_USES))
        session.participants = came(rng.randint(4, 18))
        uses.append(("session_without_letter", session))
    return uses


def clashes(letters: list[Letter], now: int) -> list[tuple[str, Session]]:
    """Now and then somebody walks in while the room is in use."""
    held = [
        session
        for letter in letters
        for session in letter.sessions
        if session.ended and day_of(session.started) < day_of(now)
    ]
    return [
        ("clash", Session(session.started + 50, (session.ended or 0) + 25, came(9), note=INTERNAL_USES[2]))
        for session in held[12::45]
    ]


def uses_at_odd_hours(now: int, hours: OfficeHours) -> list[tuple[str, Session]]:
    """Evenings, a Saturday, a night that ends the next day, and a room the settings do not know."""
    today = day_of(now)
    evenings = [hours.working_day(today, -back) for back in (14, 96, 210)]
    saturday = today - (today - 6) % 7 - 28
    night = hours.working_day(today, -45)
    hall, next_hall = hours.working_day(today, -6), hours.working_day(today, -5)
    uses = [("outside_hours", Session(at(day, 18, 30), at(day, 20, 45), came(22))) for day in evenings]
    note = "gladi bersih, di luar jam kerja"
    return [
        *uses,
        ("saturday", Session(at(saturday, 9), at(saturday, 11, 30), came(31), note=note)),
        ("past_midnight", Session(at(night, 22), at(night + 1, 1, 40), came(12), note="siaga jaringan malam")),
        ("unknown_room", Session(at(hall, 9, 15), at(hall, 11), came(64), room=UNKNOWN_ROOM)),
        ("unknown_room", Session(at(next_hall, 13), at(next_hall, 14, 30), came(40), room=UNKNOWN_ROOM)),
    ]


def rows_to_refuse(now: int, hours: OfficeHours) -> list[Loose]:
    """Rows with something impossible in them, each with a sentence to come back with."""
    june = _last_june(now)
    slip, wrong_pair, turned = (hours.working_day(day_of(now), -back) for back in (8, 5, 11))
    common = {"no_surat": f"005/311/406.013/{june.year}", "asal": "Dishub", "ruang": "Smart Center"}
    letter = common | {"perihal": "Pinjam ruang", "nama_kegiatan": "Sosialisasi angkutan sekolah"}
    no_such_day = letter | {"tgl_terima": f"31 Juni {june.year}"}
    wrong_weekday = letter | {"tgl_terima": f"Minggu, {plain_date(at(slip, 0))}"}
    pair = _finish(wrong_pair, "10.05") | {"no_agenda": "1", "dari": "Sekdin", "kepada": "Staf"}
    use = {"ruang": "SC", "tanggal": plain_date(at(turned, 0)), "jam_mulai": "15.00", "jam_selesai": "13.30"}
    return [
        Loose("permohonan", at(june.toordinal(), 9), no_such_day, "no_such_date"),
        Loose("permohonan", at(slip, 10), wrong_weekday, "wrong_weekday"),
        Loose("disposisi", at(wrong_pair, 10), pair, "unknown_pair"),
        Loose("pemakaian", at(turned, 15), use | {"peserta_hadir": "18"}, "session_ends_before_start"),
    ]


def rows_to_wait(now: int, hours: OfficeHours) -> list[Loose]:
    """Hand-overs of a letter that no register knows."""
    day, letter = hours.working_day(day_of(now), -3), {"no_agenda": str(UNKNOWN_NUMBER)}
    return [
        Loose("disposisi", at(day, 9), _finish(day, "09.12") | letter | {"langkah": "A2"}, "waiting_for_letter"),
        Loose("disposisi", at(day, 9, 30), _finish(day, "09.16") | letter | {"langkah": "A3"}, "waiting_for_letter"),
    ]


def _finish(day: int, time: str) -> dict[str, str]:
    """The cells of a hand-over that say when it was."""
    typed = plain_date(at(day, 0))
    return {"tahun": typed[-4:], "tgl_selesai": typed, "jam_selesai": time}


def _last_june(now: int) -> date:
    today = date_of(now)
    return date(today.year if today >= date(today.year, 7, 1) else today.year - 1, 6, 30)


@dataclass(frozen=True)
class Stage:
    """The moment of the demo, the hand that writes letters, the room's diary and the dice."""

    now: int
    office: Office
    diary: Diary
    rng: Random

    @property
    def hours(self) -> OfficeHours:
        """The office's working hours."""
        return self.office.hours

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
    hours = stage.hours
    day = hours.working_day(stage.office.turned_on, -12)
    returned = hours.opening(hours.working_day(day, 1)) + 35
    office, earliest = replace(stage.office, away=((day, returned),)), hours.working_day(day, 6)
    letters = []
    for count, agency in enumerate(AGENCIES[:6]):
        received = hours.later(at(day, 0), 20 + 45 * count)
        letters.append(office.letter(received, agency, stage.diary.book(earliest, stage.rng), stage.rng))
        letters[-1].case = "signed_together"
    return letters


def letters_of_quiet_days(stage: Stage) -> list[Letter]:
    """A morning's booking for each day of this week that nobody happened to ask for, so that the week shows use."""
    monday = stage.today - (stage.today - 1) % 7
    taken = {day for day, _ in stage.diary.taken}
    quiet = [day for day in range(monday, stage.today) if stage.hours.is_working_day(day) and day not in taken]
    return [
        stage.office.letter(stage.workdays(day, -6, 95), AGENCIES[day % 8], Booking((day,), 510, 675), stage.rng)
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
    letter = stage.office.letter(reached, stage.rng.choice(AGENCIES[:8]), booking, stage.rng)
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
    letter = stage.office.letter(stage.workdays(stage.today, -4, 60), agency_named("BPBD"), booking, stage.rng)
    sent = stage.ago(7)
    sending = Stamp("B1", started=stage.hours.earlier(sent, 12), finished=sent)
    letter.stamps = [*(stamp for stamp in letter.stamps if stamp.step[0] == "A"), sending]
    letter.sessions, letter.case = [], "now_b2_running"
    return letter


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
    letter = stage.office.letter(received, agency, Booking((stage.today,), *span), stage.rng)
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
