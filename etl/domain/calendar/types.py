"""What the office's calendar is made of: profiles of hours, one-off days, holidays, and the plan of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Interval = tuple[int, int]
"""Seconds of the local day, half-open; 86 400 is 24.00."""

DayKind = Literal["open", "weekend", "holiday", "leave", "special", "ramadan", "uncovered"]


@dataclass(frozen=True)
class Profile:
    """Hours of a working week, as a decree sets them.

    A `weekly` profile is in force from `valid_from` to `valid_to`, both included, None meaning without limit.
    A `ramadan` profile holds within its `ranges` (both days included). `hours` maps the day of the week
    (0 = Monday) to its intervals; a day that is not named is closed. `is_estimated` marks hours assumed for
    a time of which no decree is known.
    """

    name: str
    source: str
    kind: Literal["weekly", "ramadan"]
    valid_from: date | None
    valid_to: date | None
    ranges: tuple[tuple[date, date], ...]
    hours: Mapping[int, tuple[Interval, ...]]
    is_estimated: bool = False


@dataclass(frozen=True)
class SpecialDay:
    """A one-off day that wins over everything else; no hours means closed."""

    date: date
    name: str
    source: str
    hours: tuple[Interval, ...]


@dataclass(frozen=True)
class Holiday:
    """A national holiday (`public`) or a day of collective leave (`government`, cuti bersama)."""

    date: date
    name: str
    category: Literal["public", "government"]


@dataclass(frozen=True)
class DayPlan:
    """The hours of one local day and why they are so.

    `note` is the name of what decided: the one-off day, the holiday or the profile. An `uncovered` day has
    no profile: whether it was open is not known.
    """

    date: date
    intervals: tuple[Interval, ...]
    kind: DayKind
    note: str
    source: str
    is_estimated: bool


@dataclass(frozen=True)
class DayLine:
    """What one local day adds to the working time between two moments.

    `intervals` are seconds of the wall clock of that day, cut at both moments; on a day with a change of
    the clock they may repeat an hour. `note` and `kind` are those of the day's plan.
    """

    date: date
    intervals: tuple[Interval, ...]
    working_seconds: int
    note: str
    kind: DayKind
