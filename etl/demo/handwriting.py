"""How people type dates, times, numbers and agenda numbers: never the same way twice."""

from __future__ import annotations

from datetime import date
from random import Random

from etl.demo.office_time import DAY, date_of, time_of

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
