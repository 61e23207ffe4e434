"""How a person types a value of the settings, and how the page shows one: days first, shares in percent, one line an
entry, its parts apart by semicolons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.components.days import day_shown, read_day
from dashboard.i18n import catalogue, fmt, t
from data_access.errors import PantauError
from etl.settings.forms import FieldKind, FormField, Row
from etl.settings.values import WEEKDAYS

NEVER, CONSTANT = "-", "="
"""Stand for a step that is never recorded, and before a value that every row of a source has."""

_UNITS = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
_DURATION = re.compile(r"(\d+)\s*([a-z]+)")
_MOMENT = re.compile(r"(\S+)\s+(\d{1,2})[.:](\d\d)(?:[.:](\d\d))?(?:\s*WIB)?", re.IGNORECASE)
_SPAN = re.compile(r"\s+(?:-|–|s\.?d\.?|to)\s+|\s*;\s*")


class TypedValueError(PantauError):
    """What stands in a field cannot be read; names it, and what to write."""


def unusable(field: FormField, typed: str) -> TypedValueError:
    """The refusal of what was typed into a field of that kind."""
    shown = typed.strip()[:60] or t("rule.empty")
    return TypedValueError("tables.unusable", value=shown, expected=t(f"tables.want_{field.kind}"))


def typed_value(field: FormField, typed: str) -> Any:
    """What was typed, as the settings hold it; None where nothing was. Raises TypedValueError."""
    text = typed.strip()
    if not text:
        if field.is_required:
            raise unusable(field, "")
        return _EMPTY.get(field.kind)
    try:
        return _READ[field.kind](field, text)
    except (ValueError, KeyError):
        raise unusable(field, text) from None


def shown_value(field: FormField, value: Any) -> str:
    """The value as a form shows it, and as `typed_value` reads it again; the empty text for None."""
    return "" if value is None else _SHOWN[field.kind](field, value)


def field_words(field: FormField) -> str:
    """What people call a field."""
    return t(f"tables.field_{field.key}")


def value_words(field: FormField, value: Any) -> str:
    """The value as a sentence shows it: as a form does, but choices in words."""
    text = shown_value(field, value)
    return dict(choices_of(field)).get(text, text)


def choices_of(field: FormField) -> list[tuple[str, str]]:
    """What a field may hold, as the form keeps it and in words; none where it is typed."""
    if field.kind is FieldKind.SWITCH:
        return [("true", t("tables.yes")), ("false", t("tables.no"))]
    return [(choice, _choice_words(field.key, choice)) for choice in field.choices]


def _choice_words(key: str, choice: str) -> str:
    """A choice in words; some are called as the file writes them."""
    words = [f"{key}.{choice}", f"tables.{key}_{choice}", f"data.{key}_{choice}", f"notice.kind_{choice}"]
    return next((t(word) for word in words if word in catalogue()), choice)


def _choice_meant(field: FormField, text: str) -> str:
    """The choice that was written in words, or as the file writes it; any other text as it is."""
    meant = {words.casefold(): choice for choice, words in choices_of(field)}
    return meant.get(text.casefold(), text)


def _in_words(field: FormField, value: Any) -> str:
    """A value of a line: a choice in words, any other as a form shows it."""
    text = shown_value(field, value)
    return dict(choices_of(field)).get(text, text) if field.kind is FieldKind.CHOICE else text


def how_written(field: FormField) -> str:
    """What the form says beside a field: its form, the parts of its lines, and the words that it takes."""
    parts = "; ".join(map(field_words, field.cells))
    how = t("tables.want_parts", parts=parts) if parts else t(f"tables.want_{field.kind}")
    listed = [one for one in (field, *field.cells) if one.choices]
    return "; ".join([how, *(_list_of_choices(one) for one in listed)])


def _list_of_choices(field: FormField) -> str:
    choices = ", ".join(words for _, words in choices_of(field))
    return t("tables.want_one_of", field=field_words(field), choices=choices)


def typed_row(fields: Sequence[FormField], typed: Mapping[str, str]) -> tuple[Row, dict[str, str]]:
    """The row that was typed, and by field why its text cannot be read."""
    row, errors = {}, {}
    for field in fields:
        try:
            value = typed_value(field, typed.get(field.key, ""))
        except TypedValueError as error:
            errors[field.key] = t(error.code, **error.values)
            continue
        if value is not None:
            row[field.key] = value
    return row, errors


_EMPTY: Mapping[FieldKind, Any] = {FieldKind.TEXTS: [], FieldKind.HOURS: []}
"""What a field says that holds nothing; others are then left out."""


def _lines(text: str, parts: int) -> Iterator[list[str]]:
    """The parts of each line that is not empty; the last of so many may hold semicolons of its own."""
    for line in text.splitlines():
        if line.strip():
            yield [part.strip() for part in line.split(";", parts - 1)]


def _whole(_: FormField, text: str) -> int:
    written = _known(re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+|\d{1,9}", text, re.ASCII))
    return int(re.sub(r"[.,]", "", written[0]))


def _share(_: FormField, text: str) -> float:
    number = float(text.rstrip("% ").replace(",", "."))
    return round(number / 100, 6) if "%" in text or number > 1 else number


def _share_shown(_: FormField, value: float) -> str:
    return f"{fmt().number(round(value * 100, 4))}%"


def _day(_: FormField, text: str) -> str:
    return _known(read_day(text)).isoformat()


def _known(value: Any) -> Any:
    """The value; nothing was read where it is None."""
    if value is None:
        raise ValueError
    return value


def _never(_: FormField, text: str) -> str | bool:
    return False if text in (NEVER, "false") else _day(_, text)


def _moment(_: FormField, text: str) -> str:
    day, hour, minute, second = _known(_MOMENT.fullmatch(text.replace("T", " "))).groups()
    date = _known(read_day(day)).isoformat()
    return datetime.fromisoformat(f"{date}T{int(hour):02}:{minute}:{second or '00'}").isoformat()


def _moment_shown(_: FormField, value: str) -> str:
    at = datetime.fromisoformat(value)
    seconds = f"{fmt().hour(0)[2]}{at.second:02}" if at.second else ""
    return f"{day_shown(at.date())} {fmt().hour(at.hour, at.minute)}{seconds}"


def _unit_words() -> Iterator[tuple[str, str]]:
    """Every word for a unit of time, in both languages, and the unit as the file writes it."""
    for unit, name in _UNITS.items():
        yield unit, unit
        forms = catalogue()[f"format.long.{name}"]
        yield from ((form.replace("{count}", "").strip().casefold(), unit) for form in forms.values())


def _duration(_: FormField, text: str) -> str:
    units, parts = dict(_unit_words()), _DURATION.findall(text.casefold())
    if not parts or _DURATION.sub("", text.casefold()).strip():
        raise ValueError
    return "".join(f"{int(count)}{units[word]}" for count, word in parts)


def _duration_shown(_: FormField, value: str) -> str:
    parts = re.findall(r"(\d+)([dhms])", value)
    return " ".join(t(f"format.long.{_UNITS[unit]}", count=count, n=int(count)) for count, unit in parts)


def _hours(_: FormField, text: str) -> list[str]:
    parts = [part for part in re.split(r"[,;+]", text) if part.strip()]
    return [re.sub(r"\s*(?:-|–|s\.?d\.?|to)\s*", "-", re.sub(r"(\d)\.(\d\d)", r"\1:\2", one.strip())) for one in parts]


def _hours_shown(_: FormField, value: Sequence[str]) -> str:
    return ", ".join(one.replace(":", fmt().hour(0)[2]) for one in value)


def _day_words() -> dict[str, str]:
    """Every word for a day of the week, in both languages, and the day as the file writes it."""
    words = {form.casefold(): day for day in WEEKDAYS for form in catalogue()[f"tables.day_{day}"].values()}
    return words | {day: day for day in WEEKDAYS}


def _week(field: FormField, text: str) -> dict[str, list[str]]:
    names, week = _day_words(), {}
    for line in filter(str.strip, text.splitlines()):
        days, _, hours = line.partition(":")
        key = "-".join(names[part.strip().casefold()] for part in re.split(r"-|–", days))
        if key in week:
            raise ValueError
        week[key] = _hours(field, hours)
    return week


_TERM = re.compile(r"(?:sejak|from|since)\s+([^\s;]+)\s*(?:;\s*(\S.*)?)?", re.IGNORECASE)


def _terms(field: FormField, text: str) -> Any:
    """Hours of the week, then those from a day on, each under a line that names the day and, where it changes, the
    seats; hours that never change are a week alone."""
    heads: list[dict[str, Any]] = [{}]
    weeks: list[list[str]] = [[]]
    for line in filter(str.strip, text.splitlines()):
        if (begun := _TERM.fullmatch(line.strip())) is None:
            weeks[-1].append(line)
            continue
        seats = {"capacity": _whole(field, begun[2])} if begun[2] else {}
        heads.append({"from": _day(field, begun[1]), **seats})
        weeks.append([])
    terms = [
        head | ({"hours": _week(field, "\n".join(lines))} if lines else {})
        for head, lines in zip(heads, weeks, strict=True)
        if head or lines
    ]
    return terms[0]["hours"] if len(terms) == 1 and len(heads) == 1 else terms


def _terms_shown(field: FormField, value: Any) -> str:
    if isinstance(value, Mapping):
        return _week_shown(field, value)
    lines = []
    for term in value:
        seats = f"; {fmt().number(term['capacity'])}" if "capacity" in term else ""
        head = t("tables.since", day=day_shown(term["from"])) + seats if "from" in term else ""
        lines += [head, _week_shown(field, term.get("hours", {}))]
    return "\n".join(filter(None, lines))


def _week_shown(field: FormField, value: Mapping[str, Sequence[str]]) -> str:
    def words(days: str) -> str:
        return "–".join(t(f"tables.day_{day}") for day in days.split("-"))

    return "\n".join(f"{words(days)}: {_hours_shown(field, hours)}" for days, hours in value.items())


def _texts(field: FormField, text: str) -> list[str]:
    return [_choice_meant(field, " ".join(line.split())) for line in text.splitlines() if line.strip()]


def _rows(field: FormField, text: str) -> list[dict[str, Any]]:
    return [_cells(field.cells, parts) for parts in _lines(text, len(field.cells))]


def _cells(cells: Sequence[FormField], parts: Sequence[str]) -> dict[str, Any]:
    if len(parts) > len(cells) or len(parts) < sum(cell.is_required for cell in cells):
        raise ValueError
    values = {cell.key: typed_value(cell, _choice_meant(cell, part)) for cell, part in zip(cells, parts, strict=False)}
    return {key: value for key, value in values.items() if value is not None}


def _rows_shown(field: FormField, value: Sequence[Row]) -> str:
    lines = [[_in_words(cell, row.get(cell.key)) for cell in field.cells] for row in value]
    return "\n".join("; ".join(line).rstrip("; ") for line in lines)


def _spans(field: FormField, text: str) -> list[list[str]]:
    pairs = [_SPAN.split(line.strip()) for line in text.splitlines() if line.strip()]
    return [[_day(field, first), _day(field, last)] for first, last in pairs]


def _spans_shown(_: FormField, value: Sequence[Sequence[str]]) -> str:
    return "\n".join(" – ".join(map(day_shown, pair)) for pair in value)


def _step_days(field: FormField, text: str) -> dict[str, Any]:
    return _apart((code.upper(), _never(field, day)) for code, day in _lines(text, 2))


def _step_days_shown(_: FormField, value: Mapping[str, Any]) -> str:
    return "\n".join(f"{code}; {NEVER if day is False else day_shown(day)}" for code, day in value.items())


def _apart(pairs: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """A table of pairs; one name twice cannot be read."""
    table: dict[str, Any] = {}
    for name, value in pairs:
        if name in table:
            raise ValueError
        table[name] = value
    return table


def _origins(_: FormField, text: str) -> dict[str, Any]:
    return _apart((name, _origin(origin)) for name, origin in _lines(text, 2))


def _origin(text: str) -> Any:
    return {"const": text.removeprefix(CONSTANT).strip()} if text.startswith(CONSTANT) else text


def _origins_shown(_: FormField, value: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{name}; {CONSTANT} {origin['const']}" if isinstance(origin, Mapping) else f"{name}; {origin}"
        for name, origin in value.items()
    )


def _words(_: FormField, text: str) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for column, word, meaning in _lines(text, 3):
        if word in table.setdefault(column, {}):
            raise ValueError
        table[column][word] = meaning
    return table


def _words_shown(_: FormField, value: Mapping[str, Mapping[str, str]]) -> str:
    lines = [(column, word, meaning) for column, words in value.items() for word, meaning in words.items()]
    return "\n".join("; ".join(line) for line in lines)


def _order(_: FormField, text: str) -> Any:
    return _apart((column, order) for column, order in _lines(text, 2)) if ";" in text else text


def _order_shown(_: FormField, value: Any) -> str:
    return "\n".join(f"{column}; {order}" for column, order in value.items()) if isinstance(value, Mapping) else value


def _same(_: FormField, value: Any) -> Any:
    return value


_READ: Mapping[FieldKind, Callable[[FormField, str], Any]] = {
    FieldKind.TEXT: _same,
    FieldKind.CHOICE: _same,
    FieldKind.SWITCH: lambda _, text: {"true": True, "false": False}[text],
    FieldKind.WHOLE: _whole,
    FieldKind.SHARE: _share,
    FieldKind.DAY: _day,
    FieldKind.MOMENT: _moment,
    FieldKind.DURATION: _duration,
    FieldKind.HOURS: _hours,
    FieldKind.WEEK: _week,
    FieldKind.TERMS: _terms,
    FieldKind.TEXTS: _texts,
    FieldKind.ROWS: _rows,
    FieldKind.SPANS: _spans,
    FieldKind.STEP_DAYS: _step_days,
    FieldKind.ORIGINS: _origins,
    FieldKind.WORDS: _words,
    FieldKind.ORDER: _order,
}

_SHOWN: Mapping[FieldKind, Callable[[FormField, Any], str]] = {
    FieldKind.TEXT: _same,
    FieldKind.CHOICE: _same,
    FieldKind.SWITCH: lambda _, value: "true" if value else "false",
    FieldKind.WHOLE: lambda _, value: str(value),
    FieldKind.SHARE: _share_shown,
    FieldKind.DAY: lambda _, value: day_shown(value),
    FieldKind.MOMENT: _moment_shown,
    FieldKind.DURATION: _duration_shown,
    FieldKind.HOURS: _hours_shown,
    FieldKind.WEEK: _week_shown,
    FieldKind.TERMS: _terms_shown,
    FieldKind.TEXTS: lambda field, value: "\n".join(dict(choices_of(field)).get(one, one) for one in value),
    FieldKind.ROWS: _rows_shown,
    FieldKind.SPANS: _spans_shown,
    FieldKind.STEP_DAYS: _step_days_shown,
    FieldKind.ORIGINS: _origins_shown,
    FieldKind.WORDS: _words_shown,
    FieldKind.ORDER: _order_shown,
}
