"""Builders for the tests of calendars: hours as people write them, and everything else has a default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.calendar.days import Holiday, Interval, Profile, SpecialDay

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(*texts: str) -> tuple[Interval, ...]:
    """`hours("07:30-12:00")` in seconds of the day."""
    return tuple((second(text.split("-")[0]), second(text.split("-")[1])) for text in texts)


def second(text: str) -> int:
    """`07:30` as a second of the day."""
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


def week(**days: Sequence[str]) -> dict[int, tuple[Interval, ...]]:
    """`week(mon=["08:00-12:00"])` as hours by day of the week."""
    return {DAYS.index(day): hours(*texts) for day, texts in days.items()}


def weekdays(mon_thu: Sequence[str], fri: Sequence[str]) -> dict[int, tuple[Interval, ...]]:
    """The office's usual form: Monday to Thursday alike, a shorter Friday morning."""
    return week(mon=mon_thu, tue=mon_thu, wed=mon_thu, thu=mon_thu, fri=fri)


PERPRES_HOURS = weekdays(["07:30-12:00", "13:00-16:00"], ["07:30-11:30", "13:00-16:30"])
RAMADAN_HOURS = weekdays(["08:00-12:00", "12:30-15:00"], ["08:00-11:30", "12:30-15:30"])


def weekly(
    hours: dict[int, tuple[Interval, ...]] = PERPRES_HOURS,
    name: str = "Perpres 21/2023",
    valid_from: date | None = None,
    valid_to: date | None = None,
    is_estimated: bool = False,
) -> Profile:
    """A weekly profile, by default the hours of Perpres 21/2023 without limits."""
    return Profile(name, "Perpres 21/2023 pasal 4", "weekly", valid_from, valid_to, (), hours, is_estimated)


def ramadan(*ranges: tuple[date, date], hours: dict[int, tuple[Interval, ...]] = RAMADAN_HOURS) -> Profile:
    """The Ramadan profile of the decree within the given ranges."""
    return Profile("Ramadan", "Perpres 21/2023 pasal 4", "ramadan", None, None, ranges, hours)


RAMADAN_2026 = ramadan((date(2026, 2, 19), date(2026, 3, 20)))


def calendar(
    *profiles: Profile,
    days: Sequence[SpecialDay] = (),
    holidays: Sequence[Holiday] = (),
    zone: str = "Asia/Jakarta",
    first: date = date(2026, 1, 1),
    last: date = date(2026, 12, 31),
) -> WorkCalendar:
    """The calendar of 2026 with the hours of Perpres 21/2023, unless said otherwise."""
    return build_calendar(zone, profiles or (weekly(), RAMADAN_2026), days, holidays, first, last)


def at(text: str, zone: str = "Asia/Jakarta", fold: int = 0) -> int:
    """UTC second of a local time like `2026-09-07 09:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def local(moment: int, zone: str = "Asia/Jakarta") -> str:
    """A UTC second as a local time like `2026-09-07 09:00:00`."""
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def ints(*values: int) -> NDArray[np.int64]:
    """An array of moments, days or seconds."""
    return np.array(values, np.int64)


def worked(office: WorkCalendar, start: str, end: str, zone: str = "Asia/Jakarta") -> int:
    """Working seconds between two local times."""
    return int(office.working_seconds(ints(at(start, zone)), ints(at(end, zone)))[0])


def due(office: WorkCalendar, start: str, seconds: int, zone: str = "Asia/Jakarta") -> str:
    """The local time at which so many seconds have been worked since a local time."""
    return local(int(office.due(ints(at(start, zone)), ints(seconds))[0]), zone)
