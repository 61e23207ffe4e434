"""The calendar tables of the settings: profiles, one-off days, holidays."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from data_access.errors import Message
from etl.domain.calendar.days import Profile, SpecialDay
from etl.settings.tables import Table
from etl.settings.values import Day, DayHours, Hours, Switch, Text, as_tables, is_empty, refuse, refuse_twice

DateRange = tuple[date, date]
"""Two days, both included."""


def _known_kind(value: object) -> object:
    return value if value in ("weekly", "ramadan") else refuse(Message("rule.profile_kind"))


def _pairs(value: object) -> object:
    """Refuse a range that is not two days in order, naming it."""
    if not isinstance(value, list | tuple):
        refuse(Message("rule.ranges"))
    for place, pair in enumerate(value, start=1):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            refuse(Message("rule.two_days"), key=f"[{place}]", value=pair)
        if str(pair[0]) > str(pair[1]):
            refuse(Message("rule.first_day_first"), key=f"[{place}]", value=f"[{pair[0]}, {pair[1]}]")
    return value


def _shown(ranges: tuple[DateRange, ...]) -> str:
    return ", ".join(f"[{first}, {last}]" for first, last in ranges)


class ProfileTable(Table):
    """`[[calendar.profile]]`. `estimated` marks hours or dates that no decree states."""

    name: Text
    source: str = ""
    kind: Annotated[Literal["weekly", "ramadan"], BeforeValidator(_known_kind)] = "weekly"
    valid_from: Day | None = Field(default=None, alias="from")
    valid_to: Day | None = Field(default=None, alias="to")
    ranges: Annotated[tuple[tuple[Day, Day], ...], BeforeValidator(_pairs)] = Field(default=(), exclude_if=is_empty)
    estimated: Switch = Field(default=False, exclude_if=is_empty)
    hours: Hours

    @model_validator(mode="after")
    def _dates_make_sense(self) -> ProfileTable:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            refuse(Message("rule.to_after_from"), key="to", value=self.valid_to)
        if self.kind == "ramadan" and not self.ranges:
            refuse(Message("rule.ranges"), key="ranges", value=None)
        if self.kind == "weekly" and self.ranges:
            refuse(Message("rule.ramadan_or_weekly"), key="ranges", value=_shown(self.ranges))
        return self

    def as_profile(self) -> Profile:
        """The profile as the calendar takes it."""
        return Profile(
            name=self.name,
            source=self.source,
            kind=self.kind,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            ranges=self.ranges,
            hours=self.hours,
            is_estimated=self.estimated,
        )


def _some_profile(profiles: tuple[ProfileTable, ...]) -> tuple[ProfileTable, ...]:
    """Without any profile nothing could be judged."""
    return profiles or refuse(Message("rule.some_profile"), value="[]")


class DayTable(Table):
    """`[[calendar.day]]`: a one-off day; no hours: closed."""

    on: Day = Field(alias="date")
    name: Text
    source: str = ""
    hours: DayHours = ()

    def as_special_day(self) -> SpecialDay:
        """The day as the calendar takes it."""
        return SpecialDay(self.on, self.name, self.source, self.hours)


class HolidaysTable(Table):
    """`[calendar.holidays]`: whether the national holidays and collective leave count."""

    package: Switch = True


class Calendar(Table):
    """`[calendar]`, whose three tables are replaced each on its own."""

    profiles: Annotated[tuple[ProfileTable, ...], BeforeValidator(as_tables), AfterValidator(_some_profile)] = Field(
        default=(), alias="profile"
    )
    days: Annotated[tuple[DayTable, ...], BeforeValidator(as_tables)] = Field(default=(), alias="day")
    holidays: HolidaysTable = HolidaysTable()

    @model_validator(mode="after")
    def _entries_apart(self) -> Calendar:
        refuse_twice(self.days, lambda day: day.on, "day[{}].date", lambda day: day.on)
        weekly = tuple(profile if profile.kind == "weekly" else None for profile in self.profiles)
        _refuse_same_start(weekly)
        _refuse_overlapping_ranges(self.profiles)
        return self


def _refuse_same_start(profiles: tuple[ProfileTable | None, ...]) -> None:
    """Two weekly profiles from one day: which is the latest would be chance."""
    seen: dict[date | None, str] = {}
    for number, profile in enumerate(profiles, start=1):
        if profile is None:
            continue
        if profile.valid_from in seen:
            expected = Message("rule.other_start", profile=seen[profile.valid_from])
            refuse(expected, key=f"profile[{number}].from", value=profile.valid_from)
        seen[profile.valid_from] = profile.name


def _refuse_overlapping_ranges(profiles: tuple[ProfileTable, ...]) -> None:
    ranges = sorted(
        (days, f"profile[{number}].ranges[{place}]")
        for number, profile in enumerate(profiles, start=1)
        for place, days in enumerate(profile.ranges, start=1)
    )
    for (before, other), (after, key) in pairwise(ranges):
        if after[0] <= before[1]:
            refuse(Message("rule.ranges_apart", other=f"calendar.{other}"), key=key, value=_shown((after,)))
