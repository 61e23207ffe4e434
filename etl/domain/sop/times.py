"""The times of an SOP as it prints them."""

from __future__ import annotations

import re
from math import ceil

from etl.domain.sop.steps import Clock
from etl.domain.units import DAY, HOUR, MINUTE

WORKING_DAY = 450 * MINUTE
"""A working day of the rules in force: 37,5 hours a week on five days."""

_UNITS = {"detik": 1, "menit": MINUTE, "jam": HOUR}
_SPELLINGS = {"dtk": "detik", "mnt": "menit"}
_AMOUNT = re.compile(r"(\d+)(?:[.,](\d{1,2}))?(?:\s*\([^)\d]*\))?\s*([a-z]+)(?:\s*(kerja|kalender))?[\s,]*")
_ABOUT = re.compile(r"(?:[±≤<~]|maks(?:imal)?\b\.?|max\b\.?|paling lama|kurang lebih)\s*")
_NO_TIME = re.compile(
    r"[-–—.]*|\(.*\)|tanpa (?:batas )?waktu|tidak (?:ada|ditentukan|dibatasi|terbatas)|menyesuaikan.*|sesuai .*"
)


def seconds_printed(text: str) -> int | None:
    """Seconds of a printed time such as "1 jam 30 menit"; None for anything else, also for empty text."""
    if not re.fullmatch(r"(\d+\s*(jam|menit|detik)\s*)+", text.strip().lower()):
        return None
    parts = re.findall(r"(\d+)\s*(jam|menit|detik)", text.lower())
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def says_no_time(text: str) -> bool:
    """Whether a cell says that a step has no time: it is empty, a dash, or says so."""
    return bool(_NO_TIME.fullmatch(_plain(text)))


def seconds_meant(text: str, clock: Clock) -> int | None:
    """Seconds of a printed time, also of days and weeks: working days on the office's clock, days of the calendar on
    the other one. None where the text is no time."""
    is_office = clock is Clock.OFFICE
    day = WORKING_DAY if is_office else DAY
    units = _UNITS | {"hari": day, "minggu": day * (5 if is_office else 7)}
    plain, total, at = _ABOUT.sub("", _plain(text), count=1), 0.0, 0
    while at < len(plain):
        found = _AMOUNT.match(plain, at)
        unit = found and units.get(_SPELLINGS.get(found[3], found[3]))
        if found is None or unit is None or found[4] == ("kalender" if is_office else "kerja"):
            return None
        total += float(f"{found[1]}.{found[2] or 0}") * unit
        at = found.end()
    return round(total) or None


def time_an_office_writes(seconds: float) -> str:
    """The time that an office would print for so many seconds of work, never less: whole minutes below five, then
    steps of five, from an hour of 15, from four hours of 30 minutes, from a working day of half a day, from five of
    whole ones. `seconds_meant` reads it."""
    step = next(step for below, step in _STEPS if seconds <= below)
    rounded = max(ceil(seconds / step), 1) * step
    if rounded >= WORKING_DAY:
        half_days = rounded * 2 // WORKING_DAY
        return f"{half_days // 2}{',5' * (half_days % 2)} hari"
    parts = ((rounded // HOUR, "jam"), (rounded % HOUR // MINUTE, "menit"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


_STEPS = (
    (5 * MINUTE, MINUTE),
    (HOUR, 5 * MINUTE),
    (4 * HOUR, 15 * MINUTE),
    (WORKING_DAY, 30 * MINUTE),
    (5 * WORKING_DAY, WORKING_DAY // 2),
    (float("inf"), WORKING_DAY),
)
"""Up to how many seconds times are printed in which steps."""


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
