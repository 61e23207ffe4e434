"""Puts the two years, today's scene and the strays together, and cuts everything off at the moment of the demo."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from etl.demo.cast import INTERNAL_USES, UNKNOWN_ROOM
from etl.demo.flow import EARLY, KINDS, Desk, Diary, Office, ordinary_letters
from etl.demo.model import Case, Demo, Letter, Loose, Session, Stamp, came
from etl.demo.office_time import DAY, OfficeHours, at, date_of, day_of, minute_of, office_hours
from etl.demo.scene import Stage, scene_letters
from etl.settings.calendars import calendar_from
from etl.settings.document import default_settings

DAYS_BACK = 730
TURNED_BACK = 210
LETTERS_A_WORKING_DAY = 1.4
HELD_STATUS = ("Disetujui", "Disetujui", "disetujui", "done", "fix", "")
READY_STATUS = ("Disetujui", "fix", "")
WAITING_STATUS = ("menunggu", "pending", "")


def compose(now: datetime, seed: int) -> Demo:
    """Two invented years up to `now` (aware); the same for the same minute and seed. Only bookings lie after `now`."""
    minute = minute_of(now)
    first = day_of(minute) - DAYS_BACK
    hours = _hours(_first_new_year(first), date.fromordinal(day_of(minute) + 120))
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
    letters += _kept(scene_letters(Stage(now, Desk(office), diary, rng)), now, is_scene=True)
    _number(letters, first, hours)
    _settle(letters, now, rng)
    _round_old_times(letters, now)
    return letters


def _hours(first: date, last: date) -> OfficeHours:
    return office_hours(calendar_from(default_settings(), first, last).plans(first, last))


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
    cut = (_cut(letter, now, is_scene=is_scene) for letter in letters)
    return [letter for letter in cut if letter is not None]


def _cut(letter: Letter, now: int, *, is_scene: bool = False) -> Letter | None:
    """The letter as the books show it at `now`; None when it would be under way, which only the scene may be."""
    if letter.received > now:
        return None
    is_under_way = any(_last(stamp) > now for stamp in letter.stamps if stamp.step[0] == "A")
    if is_under_way and not is_scene:
        return None
    letter.sessions = [session for session in letter.sessions if session.started <= now and (session.ended or 0) <= now]
    letter.stamps = [stamp for stamp in letter.stamps if _last(stamp) <= now]
    return letter


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


UNKNOWN_NUMBER = 9001


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
    today = day_of(now)
    june = _last_june(now)
    slip, wrong_pair, turned = (hours.working_day(today, -back) for back in (8, 5, 11))
    common = {"no_surat": "005/311/406.013/" + str(date.fromordinal(june).year), "asal": "Dishub"}
    letter = {"perihal": "Pinjam ruang", "nama_kegiatan": "Sosialisasi angkutan sekolah", "ruang": "Smart Center"}
    return [
        Loose("permohonan", at(june, 9), common | letter | {"tgl_terima": _no_such_day(june)}, "no_such_date"),
        Loose("permohonan", at(slip, 10), common | letter | {"tgl_terima": _wrong_weekday(slip)}, "wrong_weekday"),
        Loose("disposisi", at(wrong_pair, 10), _cells_of_pair(wrong_pair), "unknown_pair"),
        Loose("pemakaian", at(turned, 15), _cells_of_turned(turned), "session_ends_before_start"),
    ]


def rows_to_wait(now: int, hours: OfficeHours) -> list[Loose]:
    """Hand-overs of a letter that no register knows."""
    day = hours.working_day(day_of(now), -3)
    typed = date.fromordinal(day).strftime("%d/%m/%Y")
    base = {"no_agenda": str(UNKNOWN_NUMBER), "tahun": typed[-4:], "tgl_selesai": typed}
    return [
        Loose("disposisi", at(day, 9), base | {"langkah": "A2", "jam_selesai": "09.12"}, "waiting_for_letter"),
        Loose("disposisi", at(day, 9, 30), base | {"langkah": "A3", "jam_selesai": "09.16"}, "waiting_for_letter"),
    ]


def _last_june(now: int) -> int:
    today = date.fromordinal(day_of(now))
    year = today.year if today >= date(today.year, 7, 1) else today.year - 1
    return date(year, 6, 30).toordinal()


def _no_such_day(june: int) -> str:
    return f"31 Juni {date.fromordinal(june).year}"


def _wrong_weekday(day: int) -> str:
    typed = date.fromordinal(day)
    return f"Minggu, {typed.strftime('%d/%m/%Y')}"


def _cells_of_pair(day: int) -> dict[str, str]:
    typed = date.fromordinal(day).strftime("%d/%m/%Y")
    return {
        "no_agenda": "1",
        "tahun": typed[-4:],
        "dari": "Sekdin",
        "kepada": "Staf",
        "tgl_selesai": typed,
        "jam_selesai": "10.05",
    }


def _cells_of_turned(day: int) -> dict[str, str]:
    typed = date.fromordinal(day).strftime("%d/%m/%Y")
    return {"ruang": "SC", "tanggal": typed, "jam_mulai": "15.00", "jam_selesai": "13.30", "peserta_hadir": "18"}
