"""The settings as tables that a person edits: which tables and fields there are, and what differs between two versions.

Everything follows from the models of the settings file, so a new table or key is editable the day it is added. Values
are those of `Settings.to_document`.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, partial, reduce
from operator import or_
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from data_access.errors import Message
from data_access.roles import POSTS
from etl.domain.calendar.days import Interval
from etl.domain.errors import RuleError
from etl.settings.document import Settings
from etl.settings.rooms import Term
from etl.settings.sources import Const
from etl.settings.tables import Calendar, Table
from etl.settings.values import Spell, WeekHours, key_name

Row = Mapping[str, Any]
"""One row of a table by the keys of its fields; what is left out is not said."""

FILE = "Pengaturan"
"""What a refusal calls the place of a wrong value."""


class FieldKind(StrEnum):
    """How a field is typed: one value, or (from `WEEK` on) a line an entry."""

    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    WHOLE = "whole"
    SHARE = "share"
    DAY = "day"
    MOMENT = "moment"
    DURATION = "duration"
    HOURS = "hours"
    WEEK = "week"
    TERMS = "terms"
    TEXTS = "texts"
    ROWS = "rows"
    SPANS = "spans"
    STEP_DAYS = "step_days"
    ORIGINS = "origins"
    WORDS = "words"
    ORDER = "order"


_KINDS: Mapping[Any, FieldKind] = {
    str: FieldKind.TEXT,
    bool: FieldKind.SWITCH,
    int: FieldKind.WHOLE,
    float: FieldKind.SHARE,
    date: FieldKind.DAY,
    datetime: FieldKind.MOMENT,
    Spell: FieldKind.DURATION,
    tuple[Interval, ...]: FieldKind.HOURS,
    WeekHours: FieldKind.WEEK,
    tuple[Term, ...]: FieldKind.TERMS,
    tuple[str, ...]: FieldKind.TEXTS,
    tuple[tuple[date, date], ...]: FieldKind.SPANS,
    dict[str, date | Literal[False]]: FieldKind.STEP_DAYS,
    Mapping[str, str | Const]: FieldKind.ORIGINS,
    Mapping[str, Mapping[str, str]]: FieldKind.WORDS,
    str | dict[str, str]: FieldKind.ORDER,
}
"""By the type of a field without its checks."""


@dataclass(frozen=True)
class FormField:
    """A key of a table. `choices`: the words of the file that it, or each line of it, may hold; `cells`: the fields of
    a line of `ROWS`; `default`: what a row says that leaves it out, None where that is no single value."""

    key: str
    kind: FieldKind
    is_required: bool = False
    choices: tuple[str, ...] = ()
    cells: tuple[FormField, ...] = ()
    default: str | float | None = None


class Shape(StrEnum):
    """One row, many, or many that are called by their first field."""

    ONE = "one"
    LIST = "list"
    NAMED = "named"


@dataclass(frozen=True)
class FormTable:
    """A table of the settings file: `path` is its key there, such as `calendar.day`."""

    path: str
    shape: Shape
    fields: tuple[FormField, ...]

    def rows(self, document: Mapping[str, Any]) -> list[Row]:
        """Its rows in a document; of a table with one row exactly that."""
        content = reduce(lambda part, key: part.get(key, {}), self.path.split("."), document)
        if self.shape is Shape.ONE:
            return [content]
        return list(content) if self.shape is Shape.LIST else [self._named(*entry) for entry in content.items()]

    def _named(self, name: str, content: Any) -> Row:
        """A row of a table by names: `{name = [spellings]}` or `{name = {…}}`."""
        own, *others = self.fields
        return {own.key: name} | (dict(content) if isinstance(content, Mapping) else {others[0].key: content})

    def with_rows(self, document: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
        """The document with these rows in place of its own. Raises RuleError for a name given twice."""
        area, _, key = self.path.rpartition(".")
        if area:
            return {**document, area: {**document.get(area, {}), key: self._content(rows)}}
        return {**document, key: self._content(rows)}

    def _content(self, rows: Sequence[Row]) -> Any:
        if self.shape is Shape.ONE:
            return dict(rows[0])
        return list(rows) if self.shape is Shape.LIST else self._by_name(rows)

    def _by_name(self, rows: Sequence[Row]) -> dict[str, Any]:
        own, *others = self.fields
        content: dict[str, Any] = {}
        for row in rows:
            name, rest = row.get(own.key, ""), {key: value for key, value in row.items() if key != own.key}
            if name in content:
                other = Message("rule.other_value", number=list(content).index(name) + 1)
                raise RuleError(FILE, f"{self.path}.{key_name(name)}", name, other)
            content[name] = rest.get(others[0].key, []) if self._holds_spellings else rest
        return content

    @property
    def _holds_spellings(self) -> bool:
        return self.fields[1].kind is FieldKind.TEXTS

    def place_of(self, error: RuleError, rows: Sequence[Row]) -> tuple[int | None, str | None]:
        """Which row (from 0) of these the error means, and which field of it; None for what it does not say."""
        for place, row in enumerate(rows):
            start, key = self._start(place, row), str(error.key)
            if key.startswith(start) and key[len(start) : len(start) + 1] in ("", ".", "["):
                return place, self._field_of(key[len(start) :])
        return None, None

    def _start(self, place: int, row: Row) -> str:
        if self.shape is Shape.ONE:
            return self.path
        name = str(row.get(self.fields[0].key, ""))
        return f"{self.path}[{place + 1}]" if self.shape is Shape.LIST else f"{self.path}.{key_name(name)}"

    def _field_of(self, rest: str) -> str | None:
        """The field that the end of a key leads to; of a row of spellings itself the name or the spellings."""
        if self.shape is Shape.NAMED and not rest.startswith("."):
            return self.fields[1 if rest else 0].key
        name = rest.removeprefix(".").partition(".")[0].partition("[")[0]
        return name if any(field.key == name for field in self.fields) else None

    def name_of(self, row: Row) -> Any:
        """The value by which people know a row: its first field; None where there is one row only."""
        return None if self.shape is Shape.ONE else row.get(self.fields[0].key)


@cache
def tables() -> tuple[FormTable, ...]:
    """Every table of the settings file, in its order."""
    return tuple(_tables_of(Settings, ""))


def table_at(path: object) -> FormTable | None:
    """The table with that key; None when there is none."""
    return next((table for table in tables() if table.path == path), None)


def _tables_of(model: type[Table], prefix: str) -> Iterator[FormTable]:
    for name, info in model.model_fields.items():
        path, type_ = prefix + (info.alias or name), _plain(info.annotation)
        if type_ is Calendar:
            yield from _tables_of(Calendar, f"{path}.")
        else:
            yield _table(path, type_)


def _table(path: str, type_: Any) -> FormTable:
    if _is_table(type_):
        return FormTable(path, Shape.ONE, _fields(type_))
    if get_origin(type_) is tuple:
        return FormTable(path, Shape.LIST, _fields(get_args(type_)[0]))
    content = get_args(type_)[1]
    if _is_table(content):
        role = FormField("role", FieldKind.CHOICE, True, tuple(map(str, POSTS)))
        return FormTable(path, Shape.NAMED, (role, *_fields(content)))
    fields = FormField("name", FieldKind.TEXT, True), FormField("aliases", _KINDS[content])
    return FormTable(path, Shape.NAMED, fields)


def _fields(model: type[Table]) -> tuple[FormField, ...]:
    return tuple(_field(info.alias or name, info) for name, info in model.model_fields.items())


def _field(key: str, info: FieldInfo) -> FormField:
    type_, is_required = _plain(info.annotation), info.is_required()
    if type_ not in _KINDS and get_origin(type_) is tuple and _is_table(get_args(type_)[0]):
        return FormField(key, FieldKind.ROWS, is_required, cells=_fields(get_args(type_)[0]))
    is_many = get_origin(type_) is tuple
    choices = get_args(type_) if get_origin(type_) is Literal else _choices(info.metadata)
    default = info.default if isinstance(info.default, str | int | float) else None
    if is_many and get_origin(inner := get_args(info.annotation)[0]) is Annotated:
        choices = _choices(inner.__metadata__)
    kind = FieldKind.CHOICE if choices and not is_many else _KINDS[type_]
    return FormField(key, kind, is_required, choices, default=default)


def _choices(marks: Sequence[Any]) -> tuple[str, ...]:
    """What a check among the marks of a type lists as the only words it takes."""
    checks = [getattr(mark, "func", None) for mark in marks]
    messages = [check.args[1] for check in checks if isinstance(check, partial)]
    return next((tuple(message.values["choices"]) for message in messages if "choices" in message.values), ())


def _is_table(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Table)


def _plain(type_: Any) -> Any:
    """A type without its checks, and without None as one of several."""
    origin, parts = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _plain(parts[0])
    if origin in (Union, types.UnionType):
        return reduce(or_, [_plain(part) for part in parts if part is not type(None)])
    if origin is None or origin is Literal:
        return type_
    return origin[tuple(part if part is ... else _plain(part) for part in parts)]


@dataclass(frozen=True)
class Difference:
    """A value that two versions say differently. `row`: the row's name, None where the table has one row; `field` None:
    the whole row, which only one of them has."""

    table: FormTable
    row: Any
    field: FormField | None
    before: Any
    after: Any


def differences(before: Settings, after: Settings) -> list[Difference]:
    """What differs, in the order of the file."""
    documents = before.to_document(), after.to_document()
    return [one for table in tables() for one in _of_table(table, *map(table.rows, documents))]


def _of_table(table: FormTable, before: Sequence[Row], after: Sequence[Row]) -> Iterator[Difference]:
    old, new = [row for row in before if row not in after], [row for row in after if row not in before]
    for row in new:
        other = next((one for one in old if table.name_of(one) == table.name_of(row)), None)
        if other is None:
            yield Difference(table, table.name_of(row), None, None, row)
            continue
        old.remove(other)
        yield from _of_row(table, other, row)
    yield from (Difference(table, table.name_of(row), None, row, None) for row in old)


def _of_row(table: FormTable, before: Row, after: Row) -> Iterator[Difference]:
    for field in table.fields:
        old, new = before.get(field.key), after.get(field.key)
        if old != new:
            yield Difference(table, table.name_of(after), field, old, new)
