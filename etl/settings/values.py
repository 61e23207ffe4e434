"""Values of the settings file and checks that its tables share; each refusal continues the words "write …"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Literal, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator
from pydantic_core import PydanticCustomError

from data_access.errors import Message
from etl.domain.calendar.days import Interval
from etl.domain.units import DAY, HOUR, MINUTE, clock_text
from etl.reference.steps import STEP_CODES

WeekHours = Mapping[int, tuple[Interval, ...]]
"""Intervals by day of the week, 0 = Monday; a day that is not there is closed."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_INTERVAL = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}")
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
YEAR = 366 * DAY
"""So that "5y" never ends before the fifth anniversary."""
_ABSENT = object()

Item = TypeVar("Item")


class Spell(str):
    """A length of time as the file writes it: "5m", "1h30m", "90s", "365d", "5y"."""

    @property
    def seconds(self) -> int:
        """What it means."""
        return read_duration(self)


def refuse(expected: Message, key: str = "", value: object = _ABSENT) -> NoReturn:
    """Refuse what a validator looks at; `key` leads from there to the culprit, `expected` continues "write …"."""
    context: dict[str, Any] = {"expected": expected, "key": key}
    if value is not _ABSENT:
        context["value"] = value
    raise PydanticCustomError("pantau", "{expected}", context)


def read_interval(text: object) -> Interval:
    """Seconds of the day of "07:30-12:00"; anything else is refused."""
    match = _INTERVAL.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        refuse(Message("rule.interval"))
    hours = [int(part) for part in match.groups()]
    start, end = hours[0] * HOUR + hours[1] * MINUTE, hours[2] * HOUR + hours[3] * MINUTE
    if end > DAY:
        refuse(Message("rule.latest_hour"))
    if start >= end:
        refuse(Message("rule.hours_in_order"))
    return start, end


def read_intervals(value: object) -> tuple[Interval, ...]:
    """Intervals of a list such as ["07:30-12:00", "13:00-16:00"], in order; an empty list is a closed day."""
    if not isinstance(value, list | tuple):
        refuse(Message("rule.hours"))
    intervals = [_under(f"[{index}]", read_interval, text) for index, text in enumerate(value, start=1)]
    for (_, end), (start, _) in pairwise(sorted(intervals)):
        if start < end:
            refuse(Message("rule.hours_apart"), value=list(value))
    return tuple(sorted(intervals))


def read_week(value: object) -> WeekHours:
    """Hours of the week from a table with "mon" … "sun" or ranges "mon-thu" as keys."""
    if not isinstance(value, Mapping) or not value:
        refuse(Message("rule.week"))
    week: dict[int, tuple[Interval, ...]] = {}
    for key, intervals in value.items():
        for day in _days_named(key, intervals):
            if day in week:
                refuse(Message("rule.day_once", day=WEEKDAYS[day]), key=str(key), value=intervals)
            week[day] = _under(str(key), read_intervals, intervals)
    if not any(week.values()):
        refuse(Message("rule.open_day"), value=dict(value))
    return {day: week[day] for day in sorted(week) if week[day]}


def write_intervals(intervals: tuple[Interval, ...]) -> list[str]:
    """The list of texts that `read_intervals` reads."""
    return [f"{clock_text(start)}-{clock_text(end)}" for start, end in intervals]


def write_week(week: WeekHours) -> dict[str, list[str]]:
    """The table that `read_week` reads; neighbouring days with the same hours as one range."""
    runs: list[list[int]] = []
    for day in sorted(week):
        if runs and runs[-1][-1] == day - 1 and week[day] == week[day - 1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return {_days_key(run): write_intervals(week[run[0]]) for run in runs}


def read_duration(text: object) -> int:
    """Seconds of "5m", "1h30m", "90s", "365d", "5y" (of 366 days); anything else is refused."""
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    units = (YEAR, DAY, HOUR, MINUTE, 1)
    seconds = sum(int(part or 0) * unit for part, unit in zip(match.groups(), units, strict=True)) if match else 0
    if seconds <= 0:
        refuse(Message("rule.duration"))
    return seconds


def opd_key(name: str) -> str:
    """What two spellings of one OPD share: case, blanks, dots, commas and a last "Kab. Trenggalek" do not count."""
    key = room_key(name)
    return re.sub(r"(?<=.)kab(upaten)?trenggalek$", "", key)


def room_key(name: str) -> str:
    """What two spellings of one room share: case, blanks, dots and commas do not count."""
    return re.sub(r"[\s.,]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _under(key: str, read: Callable[[object], Item], value: object) -> Item:
    """The value read; a refusal leads through the key that it stands under."""
    try:
        return read(value)
    except PydanticCustomError as error:
        context = error.context or {}
        refuse(context["expected"], key=key + context["key"], value=context.get("value", value))


def _days_named(key: object, intervals: object) -> range:
    """Days of the week of "mon" or "mon-thu"."""
    first, _, last = str(key).partition("-")
    last = last or first
    if first not in WEEKDAYS or last not in WEEKDAYS:
        refuse(Message("rule.days", days=WEEKDAYS), key=str(key), value=intervals)
    if WEEKDAYS.index(first) > WEEKDAYS.index(last):
        refuse(Message("rule.days_in_order"), key=str(key), value=intervals)
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1)


def _days_key(run: list[int]) -> str:
    return WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"


def _read_day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            refuse(Message("rule.real_date"))
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(Message("rule.date"))
    return value


def _read_moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is not None:
        refuse(Message("rule.local_moment"))
    return moment


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse(Message("rule.text"))
    return value.strip()


def _read_spell(value: object) -> Spell:
    read_duration(value)
    return Spell(str(value).strip())


def must(holds: Callable[[Any], bool], code: str, **values: object) -> Callable[[Any], Any]:
    """A validator that refuses a value of which this does not hold, in the words of `code`; forms read its choices."""
    return partial(_checked, holds, Message(code, **values))


def _checked(holds: Callable[[Any], bool], expected: Message, value: Any) -> Any:
    return value if holds(value) else refuse(expected)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_fraction(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


_OWN_SECRETS = ("PANTAU_DATABASE_URL", "PANTAU_BACKUP_PASSPHRASE")


def _is_variable(value: object) -> bool:
    """Whether a value names an environment variable, none of those with which the server opens its own records."""
    is_name = isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value))
    return is_name and not str(value).startswith(_OWN_SECRETS)


def is_email(value: object) -> bool:
    """Whether a value can be an e-mail address."""
    is_short = isinstance(value, str) and value.isascii() and len(value) <= 254
    return is_short and bool(re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[A-Za-z0-9.-]+", str(value)))


def _is_zone(value: str) -> bool:
    try:
        return bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


Text = Annotated[str, BeforeValidator(_read_text)]
Day = Annotated[date, BeforeValidator(_read_day)]
DayOrNever = Annotated[
    date | Literal[False],
    PlainValidator(lambda value: value if value is False else _read_day(value)),
    PlainSerializer(lambda value: value, return_type=Any),
]
Variable = Annotated[str, BeforeValidator(must(_is_variable, "rule.variable"))]
Email = Annotated[str, BeforeValidator(must(is_email, "rule.email"))]
LocalMoment = Annotated[datetime, BeforeValidator(_read_moment)]
Switch = Annotated[bool, BeforeValidator(must(lambda value: isinstance(value, bool), "rule.switch"))]
Whole = Annotated[int, BeforeValidator(must(_is_whole, "rule.whole"))]
Positive = Annotated[Whole, AfterValidator(must(bool, "rule.positive"))]
Fraction = Annotated[float, BeforeValidator(must(_is_fraction, "rule.fraction"))]
Duration = Annotated[Spell, PlainValidator(_read_spell)]
Hours = Annotated[WeekHours, PlainValidator(read_week), PlainSerializer(write_week)]
DayHours = Annotated[tuple[Interval, ...], PlainValidator(read_intervals), PlainSerializer(write_intervals)]
Zone = Annotated[Text, AfterValidator(must(_is_zone, "rule.zone"))]
Step = Annotated[Text, AfterValidator(must(STEP_CODES.__contains__, "rule.one_of", choices=STEP_CODES))]

a_list = BeforeValidator(must(_is_list, "rule.texts"))
"""Refuses what is not a list, above all a text where a list of one is meant."""

tables = BeforeValidator(must(_is_list, "rule.tables"))
"""Refuses what is not a list of tables, above all [x] where [[x]] is meant."""


def is_empty(value: object) -> bool:
    """Whether a value need not be written out."""
    return not value


def refuse_twice(
    items: Iterable[Item], same: Callable[[Item], Hashable], key: str, shown: Callable[[Item], object] | None = None
) -> None:
    """Refuse the second of two items that are the same, shown as `same` tells; `key` has a place for its number."""
    seen: dict[Hashable, int] = {}
    for number, item in enumerate(items, start=1):
        if same(item) in seen:
            expected = Message("rule.other_value", number=seen[same(item)])
            refuse(expected, key=key.format(number), value=(shown or same)(item))
        seen[same(item)] = number


def names_apart(names: Sequence[tuple[str, str, str, Sequence[str]]], key: Callable[[str], str]) -> None:
    """Refuse a name or alias that two entries share; of each the path of its name, that of its aliases, and both."""
    owner: dict[str, str] = {}
    for path, _, name, _ in names:
        if key(name) in owner:
            _refuse_shared(path, name, owner[key(name)])
        owner[key(name)] = name
    for _, path, name, aliases in names:
        for place, alias in enumerate(aliases, start=1):
            if owner.setdefault(key(alias), name) != name:
                _refuse_shared(f"{path}[{place}]", alias, owner[key(alias)])


def _refuse_shared(path: str, name: str, other: str) -> None:
    refuse(Message("rule.other_name", name=name, other=other), key=path, value=name)


def known_instead(key: str, known: Sequence[str], code: str = "rule.one_of") -> Message:
    """The key that was probably meant, else all that there are."""
    close = get_close_matches(key, known, n=1, cutoff=0.7)
    return Message("rule.quoted", text=close[0]) if close else Message(code, choices=known)


def key_name(key: str) -> str:
    """A key of a path, in quotes when TOML would need them."""
    is_bare = key.replace("_", "").replace("-", "").isalnum() and key.isascii()
    return key if is_bare else f'"{key}"'
