"""The rows of the three books: one dictionary a row, keyed by the canonical column, with the row's place in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from etl.demo.model import DAY, Booking, Case, Demo, Known, Letter, Session, Stamp, date_of, time_of

MONTHS = (
    "Januari", "Pebruari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "Nopember", "Desember",
)  # fmt: skip
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agst", "Sep", "Okt", "Nov", "Des")
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jum'at", "Sabtu", "Minggu")

# Styles of a date and how often each is met in a register; "cell" is a real date cell, "serial" its bare number.
DATE_STYLES = {
    "{d:%d/%m/%Y}": 30,
    "cell": 28,
    "{d.day} {month} {d.year}": 14,
    "{d:%d-%m-%Y}": 8,
    "{weekday}, {d.day} {month} {d.year}": 8,
    "{d.day} {short} {d.year}": 4,
    "{d:%d.%m.%Y}": 3,
    "{d:%Y-%m-%d}": 3,
    "{d.day:02}-{short}-{d:%y}": 1,
    "serial": 1,
}
PLAIN_DATE_STYLES = {style: weight for style, weight in DATE_STYLES.items() if style not in ("cell", "serial")}
TIME_STYLES = {"{:02}.{:02}": 50, "{:02}:{:02}": 25, "{}.{:02} WIB": 15, "Pkl. {:02}.{:02}": 6, "{:02}.{:02} WIB": 4}
EXCEL_EPOCH = date(1899, 12, 30)


def _draw(styles: dict[str, int], rng: Random) -> str:
    return rng.choices(list(styles), list(styles.values()))[0]


def typed_date(day: date, rng: Random) -> str | int | date:
    """A date as it stands in a cell of a register: text in many forms, a date cell or a serial number."""
    style = _draw(DATE_STYLES, rng)
    if style == "cell":
        return day
    return (day - EXCEL_EPOCH).days if style == "serial" else _written(day, style)


def written_date(day: date, rng: Random) -> str:
    """A date as text, as a CSV file holds it."""
    return _written(day, _draw(PLAIN_DATE_STYLES, rng))


def _written(day: date, style: str) -> str:
    short, month = SHORT_MONTHS[day.month - 1], MONTHS[day.month - 1]
    return style.format(d=day, short=short, month=month, weekday=WEEKDAYS[day.weekday()])


def plain_date(moment: int) -> str:
    """Day first with slashes."""
    return f"{date_of(moment):%d/%m/%Y}"


def plain_time(moment: int) -> str:
    """Hours and minutes with a dot."""
    return f"{time_of(moment):%H.%M}"


def written_time(moment: int, rng: Random) -> str:
    """A clock time in one of the office's styles."""
    minute = moment % DAY
    return _draw(TIME_STYLES, rng).format(minute // 60, minute % 60)


def date_and_time(moment: int | None) -> str:
    """A date and a time in one cell; empty for None."""
    return "" if moment is None else f"{plain_date(moment)} {plain_time(moment)}"


def written_hours(first: int, last: int, rng: Random) -> tuple[str, str]:
    """The two cells from and to; sometimes both moments stand in the first one."""
    if rng.random() < 0.15:
        return f"{plain_time(first)} - {plain_time(last)} WIB", ""
    return written_time(first, rng), written_time(last, rng)


def written_number(count: int | None, rng: Random) -> str | int:
    """A number of people; empty for None."""
    if count is None:
        return ""
    styles: tuple[str | int, ...] = (count, count, count, str(count), f"{count} orang", f"± {count}")
    return rng.choice(styles)


def typed_agenda(number: int, rng: Random) -> str | int:
    """An agenda number, sometimes as text with zeros in front or with a TAB before it."""
    styles: list[str | int] = [*[number] * 12, *[str(number)] * 5, f"{number:04}", f"{number:03}", f"\t{number}"]
    return rng.choice(styles)


Cell = str | int | date
Row = tuple[int, dict[str, Cell]]
"""A moment, by which the book is ordered, and the cells."""


def _pen(*of: object) -> Random:
    return Random("/".join(map(str, of)))  # noqa: S311 - invents records, guards nothing


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row[0])


def _loose(demo: Demo, kind: str) -> Iterator[Row]:
    return ((row.moment, dict(row.cells)) for row in demo.loose if row.kind == kind)


def register_rows(demo: Demo) -> list[Row]:
    """The register, a row a letter; a rescheduled or doubled letter has a second row further down."""
    rows = list(_loose(demo, "permohonan"))
    for letter in demo.letters:
        rows += _letter_rows(letter, demo.now)
    return _numbered(_in_order(rows))


def _letter_rows(letter: Letter, now: int) -> Iterator[Row]:
    cells = _letter_cells(letter, letter.booking)
    if letter.first_booking is not None:
        yield letter.received, _letter_cells(letter, letter.first_booking) | {"keterangan": ""}
        yield min(letter.received + DAY, now), cells
        return
    for again in range(letter.times_typed):
        yield letter.received + again, cells


def _numbered(rows: list[Row]) -> list[Row]:
    """Loose rows get the number between their neighbours, with a letter behind it."""
    above: Cell = 0
    for _, cells in rows:
        above = cells.setdefault("no_agenda", f"{str(above).strip()}a")
    return rows


def _letter_cells(letter: Letter, booking: Booking | None) -> dict[str, Cell]:
    pen = _pen("agenda", letter.received, letter.number)
    received = date_of(letter.received)
    return {
        "no_agenda": typed_agenda(letter.number, pen),
        "tgl_terima": typed_date(received, pen),
        "jam_terima": written_time(letter.received, pen) if letter.has_receipt_time else pen.choice(("", "-")),
        "no_surat": letter.letter_number,
        "tgl_surat": typed_date(date.fromordinal(letter.letter_day), pen),
        "asal": letter.opd,
        "perihal": letter.subject,
        "nama_kegiatan": letter.activity,
        "sifat": letter.urgency,
        "diteruskan_kepada": "Sekdin",
        "ruang": letter.room,
        **_booking_cells(letter, booking, pen),
        "jumlah_peserta": written_number(letter.planned, pen),
        "status": letter.status,
        "tgl_status": _status_cell(letter, pen),
        "keterangan": letter.note,
    }


def _status_cell(letter: Letter, pen: Random) -> Cell:
    """The day of the decision; the moment where the head of division says no."""
    if letter.status_moment is not None:
        return date_and_time(letter.status_moment)
    return typed_date(date.fromordinal(letter.status_day), pen) if letter.status_day else ""


def _booking_cells(letter: Letter, booking: Booking | None, pen: Random) -> dict[str, Cell]:
    if booking is None:
        return {}
    first, last = written_hours(booking.start, booking.end, pen)
    if letter.case == Case.UNTIL_DONE:
        first, last = f"{plain_time(booking.start)} WIB s/d selesai", ""
    return {
        "tgl_kegiatan": typed_date(date_of(booking.start), pen),
        "jam_mulai": first,
        "tgl_selesai": typed_date(date_of(booking.end), pen) if len(booking.days) > 1 else "",
        "jam_selesai": last,
    }


def handover_rows(demo: Demo) -> list[Row]:
    """The hand-over book, a row a step pass and a further one for each further pause."""
    rows = list(_loose(demo, "disposisi"))
    for letter in demo.letters:
        for stamp in letter.stamps:
            rows += [(stamp.moment, cells) for cells in _stamp_rows(letter, stamp, demo.now)]
    return _in_order(rows)


def _stamp_rows(letter: Letter, stamp: Stamp, now: int) -> Iterator[dict[str, Cell]]:
    pen = _pen("disposisi", letter.received, letter.number, stamp.step, stamp.number)
    cells = _whose(letter, stamp, pen) | _which_step(letter, stamp, now) | _when(stamp, now, pen)
    cells |= {"isi_disposisi": stamp.instruction, "output": stamp.output, "catatan": stamp.note}
    if not stamp.pauses:
        yield cells
    for pause in stamp.pauses:
        span = {"jeda_mulai": date_and_time(pause.started), "jeda_selesai": date_and_time(pause.ended)}
        yield cells | span | {"alasan_jeda": pause.reason}


def _whose(letter: Letter, stamp: Stamp, pen: Random) -> dict[str, Cell]:
    """The year stands in its own column, before the number, or (where the date tells it) nowhere."""
    year, way = date_of(letter.received).year, pen.random()
    is_telling = stamp.known is Known.MINUTE and letter.case == Case.PLAIN
    if is_telling and way < 0.1:
        return {"no_agenda": str(letter.number)}
    if way > 0.9:
        return {"no_agenda": f"{year}/{letter.number}"}
    return {"no_agenda": str(letter.number), "tahun": str(year)}


def _which_step(letter: Letter, stamp: Stamp, now: int) -> dict[str, Cell]:
    """The step's code, or, since about a year, whose hands the letter passed from and to."""
    is_by_hands = letter.received > now - 400 * DAY and stamp.number is None and stamp.started is None
    if stamp.step not in HANDS or not is_by_hands or stamp.known in (Known.NOTHING, Known.CLOCK):
        return {"langkah": stamp.step, "putaran": "" if stamp.number is None else str(stamp.number)}
    giver, receiver = HANDS[stamp.step][stamp.moment // DAY % len(HANDS[stamp.step])]
    return {"dari": giver, "kepada": receiver}


def _when(stamp: Stamp, now: int, pen: Random) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    if stamp.started is not None:
        cells |= {"tgl_mulai": plain_date(stamp.started), "jam_mulai": plain_time(stamp.started)}
    if stamp.finished is not None and stamp.known in (Known.MINUTE, Known.DAY):
        cells["tgl_selesai"] = plain_date(stamp.finished)
    if stamp.finished is not None and stamp.known in (Known.MINUTE, Known.CLOCK):
        cells["jam_selesai"] = plain_time(stamp.finished)
    return cells | {"dicatat_pada": date_and_time(_recorded(stamp, now, pen))}


def _recorded(stamp: Stamp, now: int, pen: Random) -> int | None:
    """Most rows are entered within minutes; some do not say when."""
    if stamp.recorded is not None or stamp.finished is None or pen.random() < 0.4:
        return stamp.recorded
    return min(stamp.finished + pen.randint(0, 12), now)


def session_rows(demo: Demo) -> list[Row]:
    """The room log, a row a session."""
    rows = list(_loose(demo, "pemakaian"))
    rows += [(session.started, _session_cells(session)) for _, session in demo.uses]
    for letter in demo.letters:
        own = {"no_agenda": str(letter.number), "tahun": str(date_of(letter.received).year)}
        rows += [(session.started, own | _session_cells(session)) for session in letter.sessions]
    return _in_order(rows)


def _session_cells(session: Session) -> dict[str, Cell]:
    pen = _pen("pemakaian", session.started)
    people = session.participants
    counts = {"diperiksa": people.screened, "lolos": people.passed, "tidak_lolos": people.failed}
    return {
        "ruang": session.room,
        "tanggal": written_date(date_of(session.started), pen),
        **_session_hours(session, pen),
        "peserta_terverifikasi": written_number(people.verified, pen),
        "peserta_hadir": written_number(people.present, pen),
        **{column: "" if count is None else count for column, count in counts.items()},
        "keterangan": session.note,
    }


def _session_hours(session: Session, pen: Random) -> dict[str, Cell]:
    if session.is_until_done:
        return {"jam_mulai": f"{plain_time(session.started)} WIB s/d selesai"}
    if session.ended is None:
        return {"jam_mulai": plain_time(session.started)}
    if session.ended // DAY != session.started // DAY:
        night = {"tgl_selesai": plain_date(session.ended), "jam_selesai": plain_time(session.ended)}
        return {"jam_mulai": plain_time(session.started), **night}
    first, last = written_hours(session.started, session.ended, pen)
    return {"jam_mulai": first, "jam_selesai": last}


ITEMS = (
    "Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker", "Hand sanitizer",
    "Sabun", "Wastafel",
)  # fmt: skip
"""The items of the shipped checklist."""

LATER_ITEMS = ("Alat tulis kantor", "Komputer")
LATER_FROM = date(2027, 1, 1)
"""Those that its second version adds, and the day from which it holds."""

CHECKED_DAYS = 365
CHECKED_SHARE = 0.93
ROOM = "Smart Center"


@dataclass(frozen=True)
class Fault:
    """What was wrong with an item from `first` to `last` days before the demo; `last` 0 = still."""

    item: str
    condition: str
    first: int
    last: int
    words: str


FAULTS = (
    Fault("AC", "Rusak ringan", 3, 0, "tidak dingin"),
    Fault("Thermal gun", "RB", 9, 0, "layar mati"),
    Fault("Hand sanitizer", "Tidak ada", 34, 31, "habis"),
    Fault("Proyektor", "Rusak berat", 47, 45, "lampu putus"),
    Fault("Hand sanitizer", "Tidak ada", 78, 75, "habis"),
    Fault("Jaringan", "Kurang baik", 96, 94, "sering putus"),
    Fault("Masker", "Tidak ada", 110, 107, "habis"),
    Fault("Hand sanitizer", "Tidak ada", 124, 120, "habis"),
    Fault("Suara", "RR", 150, 141, "mikrofon berdengung"),
    Fault("AC", "Rusak berat", 214, 210, "mati"),
    Fault("Masker", "Tidak ada", 233, 229, "habis"),
    Fault("Wastafel", "Rusak ringan", 262, 255, "keran bocor"),
)


def check_rows(demo: Demo) -> list[Row]:
    """The checks of the room before the demo's moment in order of time, a row an item."""
    sessions = [session for letter in demo.letters for session in letter.sessions]
    sessions += [session for _, session in demo.uses]
    checks = sorted({_before(session) for session in sessions if session.room == ROOM})
    made = [moment for moment in checks if _is_made(moment, demo.now)]
    return [(moment, _check_cells(item, moment, demo.now)) for moment in made for item in _items(moment)]


def _items(moment: int) -> tuple[str, ...]:
    return ITEMS + LATER_ITEMS if date_of(moment) >= LATER_FROM else ITEMS


def _before(session: Session) -> int:
    return session.started - 12 - session.started // DAY % 9


def _is_made(moment: int, now: int) -> bool:
    """Most checks of the last year were made; those of today all were."""
    if not now - CHECKED_DAYS * DAY <= moment <= now:
        return False
    is_today = moment // DAY == now // DAY
    return is_today or _pen("cek", moment).random() < CHECKED_SHARE


def _check_cells(item: str, moment: int, now: int) -> dict[str, Cell]:
    condition, words = _answer(item, now // DAY - moment // DAY)
    return {
        "ruang": ROOM,
        "tanggal": plain_date(moment),
        "jam": plain_time(moment),
        "saat": "sebelum",
        "barang": item,
        "kondisi": condition,
        "uraian": words,
    }


def _answer(item: str, ago: int) -> tuple[str, str]:
    """The condition as it was typed so many days ago, and its words."""
    for fault in FAULTS:
        if fault.item == item and (fault.first >= ago > fault.last or (fault.last == 0 and ago == 0)):
            return fault.condition, fault.words
    return "Baik", ""


# Whose hands a letter passes from and to, as the hand-over book writes it instead of the step's code.
HANDS = {
    "A1": (("OPD", "Agendaris"),),
    "A2": (("Agendaris", "Sekdin"),),
    "A3": (("Sekdin", "Kadin"),),
    "A4": (("Kadin", "Kabid"),),
    "A5": (("Kabid", "Kasi LITIK"), ("Kabid", "Kasi Aplikasi")),
    "A6": (("Kasi LITIK", "OPD"), ("Kasi LITIK", "Staf")),
    "A7": (("Kasi Aplikasi", "Staf"),),
    "A8": (("Staf", ""),),
}
