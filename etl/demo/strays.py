"""What does not belong to any letter: uses of the room without one, and rows that must be refused or must wait."""

from __future__ import annotations

from datetime import date
from random import Random

from etl.demo.cast import INTERNAL_USES, UNKNOWN_ROOM
from etl.demo.flow import EARLY, KINDS, Diary
from etl.demo.model import Letter, Loose, Session
from etl.demo.office_time import OfficeHours, at, day_of

UNKNOWN_NUMBER = 9001


def uses_without_letter(now: int, first: int, hours: OfficeHours, diary: Diary) -> list[tuple[str, Session]]:
    """A session or two a month nobody wrote a letter for, in hours nobody had booked."""
    slot, today = KINDS[EARLY][1][0], day_of(now)
    rng = Random(first)  # noqa: S311 - invents records, guards nothing
    free = [day for day in hours.days if first <= day < today and (day, slot) not in diary.taken]
    uses = []
    for day in free[:: len(free) // 30 + 1]:
        session = Session(at(day, 8, 5), at(day, 9, rng.randint(0, 40)), note=rng.choice(INTERNAL_USES))
        session.present = rng.randint(4, 18)
        uses.append(("session_without_letter", session))
    return uses


def clashes(letters: list[Letter], now: int) -> list[tuple[str, Session]]:
    """Now and then somebody walks in while the room is in use."""
    held = [one for letter in letters for one in letter.sessions if one.ended and day_of(one.started) < day_of(now)]
    return [
        ("clash", Session(one.started + 50, (one.ended or 0) + 25, present=9, note=INTERNAL_USES[2]))
        for one in held[12::45]
    ]


def uses_at_odd_hours(now: int, hours: OfficeHours) -> list[tuple[str, Session]]:
    """Evenings, a Saturday, a night that ends the next day, and a room the settings do not know."""
    today = day_of(now)
    evenings = [hours.working_day(today, -back) for back in (14, 96, 210)]
    saturday = today - (today - 6) % 7 - 28
    night = hours.working_day(today, -45)
    hall, next_hall = hours.working_day(today, -6), hours.working_day(today, -5)
    uses = [("outside_hours", Session(at(day, 18, 30), at(day, 20, 45), present=22)) for day in evenings]
    note = "gladi bersih, di luar jam kerja"
    return [
        *uses,
        ("saturday", Session(at(saturday, 9), at(saturday, 11, 30), present=31, note=note)),
        ("past_midnight", Session(at(night, 22), at(night + 1, 1, 40), present=12, note="siaga jaringan malam")),
        ("unknown_room", Session(at(hall, 9, 15), at(hall, 11), room=UNKNOWN_ROOM, present=64)),
        ("unknown_room", Session(at(next_hall, 13), at(next_hall, 14, 30), room=UNKNOWN_ROOM, present=40)),
    ]


def rows_to_refuse(now: int, hours: OfficeHours) -> list[Loose]:
    """Rows with something impossible in them, each with a sentence to come back with."""
    today = day_of(now)
    june = _last_june(now)
    slip, wrong_pair, turned = (hours.working_day(today, -back) for back in (8, 5, 11))
    asked = {"no_surat": "005/311/406.013/" + str(date.fromordinal(june).year), "asal": "Dishub"}
    letter = {"perihal": "Pinjam ruang", "nama_kegiatan": "Sosialisasi angkutan sekolah", "ruang": "Smart Center"}
    return [
        Loose("permohonan", at(june, 9), asked | letter | {"tgl_terima": _no_such_day(june)}, "no_such_date"),
        Loose("permohonan", at(slip, 10), asked | letter | {"tgl_terima": _wrong_weekday(slip)}, "wrong_weekday"),
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
