"""What a calendar must keep to: refusals for what cannot be, warnings for what is probably a slip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from data_access.errors import Message
from etl.domain.calendar.types import Holiday, Interval, Profile, SpecialDay
from etl.domain.errors import RuleError
from etl.domain.units import DAY, MINUTE, clock_text

WEEKLY_MINUTES = {"weekly": 2_250, "ramadan": 1_950}
"""Working minutes a week: 37 h 30 min and, in Ramadan, 32 h 30 min (Perpres 21/2023 pasal 4)."""

LONGEST_CLOSURE_DAYS = 14
"""So many days in a row without an open one cannot be meant."""

_HOURS = Message("rule.hours_ordered")


def check_rules(profiles: Sequence[Profile], special_days: Iterable[SpecialDay], file: str) -> None:
    """Raise RuleError naming the first profile or one-off day whose hours or dates cannot be."""
    for profile in profiles:
        key = f'calendar.profile "{profile.name}"'
        _check_weekdays(profile, key, file)
        _check_dates(profile, key, file)
    for special in special_days:
        _check_intervals(special.hours, f"calendar.day {special.date.isoformat()}.hours", file)


def profile_warnings(profiles: Iterable[Profile]) -> tuple[Message, ...]:
    """A message for each profile whose week is not as long as the decree's."""
    return tuple(
        Message(
            "rule.weekly_minutes",
            profile=profile.name,
            minutes=seconds / MINUTE,
            expected=float(WEEKLY_MINUTES[profile.kind]),
        )
        for profile in profiles
        if (seconds := _weekly_seconds(profile)) != WEEKLY_MINUTES[profile.kind] * MINUTE
    )


def years_without_leave(holidays: Iterable[Holiday], first: date, last: date) -> tuple[int, ...]:
    """Years of the range that have public holidays but no day of collective leave (yet)."""
    years: dict[str, set[int]] = {"public": set(), "government": set()}
    for holiday in holidays:
        years[holiday.category].add(holiday.date.year)
    return tuple(sorted(y for y in years["public"] - years["government"] if first.year <= y <= last.year))


def closure_error(name: str, first: date, file: str) -> RuleError:
    """The error for a profile that leaves the office closed for too long from `first` on."""
    last = first + timedelta(days=LONGEST_CLOSURE_DAYS - 1)
    return RuleError(
        file,
        f'calendar.profile "{name}".hours',
        Message("rule.no_open_day", first=first, last=last),
        Message("rule.open_days", days=LONGEST_CLOSURE_DAYS),
    )


def _check_weekdays(profile: Profile, key: str, file: str) -> None:
    for weekday, intervals in profile.hours.items():
        if weekday not in range(7):
            raise RuleError(file, f"{key}.hours", weekday, Message("rule.weekday"))
        _check_intervals(intervals, f"{key}.hours.{_WEEKDAYS[weekday]}", file)


def _check_intervals(intervals: Sequence[Interval], key: str, file: str) -> None:
    """Reversed, empty, outside the day, or overlapping once sorted."""
    ordered = sorted(intervals)
    is_within = all(0 <= start < end <= DAY for start, end in ordered)
    is_apart = all(left[1] <= right[0] for left, right in pairwise(ordered))
    if not (is_within and is_apart):
        raise RuleError(file, key, ", ".join(map(_clock_interval, intervals)), _HOURS)


def _check_dates(profile: Profile, key: str, file: str) -> None:
    for first, last in _limits(profile):
        if first > last:
            dates = Message("rule.from_to", first=first, last=last)
            raise RuleError(file, key, dates, Message("rule.first_day_first"))
    if profile.kind == "ramadan" and not profile.ranges:
        raise RuleError(file, f"{key}.ranges", "[]", Message("rule.ranges"))
    if profile.kind == "weekly" and not any(profile.hours.values()) and _is_long(profile):
        raise closure_error(profile.name, profile.valid_from or date.min, file)


def _limits(profile: Profile) -> Iterator[tuple[date, date]]:
    yield profile.valid_from or date.min, profile.valid_to or date.max
    yield from profile.ranges


def _is_long(profile: Profile) -> bool:
    first, last = next(_limits(profile))
    return (last - first).days + 1 >= LONGEST_CLOSURE_DAYS


def _weekly_seconds(profile: Profile) -> int:
    return sum(end - start for intervals in profile.hours.values() for start, end in intervals)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_interval(interval: Interval) -> str:
    return "-".join(clock_text(second) for second in interval)
