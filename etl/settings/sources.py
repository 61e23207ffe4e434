"""Where records come from: `[[source]]`, its column map and its rhythm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, model_validator

from data_access.errors import Message
from etl.reference import fields_document
from etl.settings.tables import Table
from etl.settings.values import Duration, Text, Variable, is_empty, must, refuse

DATE_ORDERS = ("dmy", "mdy", "ymd")
NUMBERINGS = ("year", "month")
"""Within what the numbers of a register count; a source that says neither counts within the year until a person says
whether they begin again."""

_QUOTED_OR_COMMENT = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/""", re.DOTALL)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(document["fields"]) for kind, document in fields_document().items() if "fields" in document
}
"""Canonical columns of each kind of records."""

_KINDS = tuple(COLUMNS)
_ALL_COLUMNS = frozenset(column for columns in COLUMNS.values() for column in columns)


@dataclass(frozen=True)
class Const:
    """A value that stands in every row of a source, in place of a column."""

    value: str


@dataclass(frozen=True)
class SourceMap:
    """How to read one source.

    `columns`: canonical column → the source's column, or a constant. `values`: canonical column → its own words
    and what each stands for. `date_order`: one order, or the order by column.
    Either `files` (a pattern of file names) or `url_env` (the variable that holds the database's address) with `query`.
    `numbering`: "month" where the register's numbers begin again every month, "year" where they never do, else None.
    `every_seconds` is the rhythm against which freshness is judged; None: none.
    """

    name: str
    kind: str
    columns: Mapping[str, str | Const]
    date_order: str | Mapping[str, str] | None = None
    files: str | None = None
    url_env: str | None = None
    query: str | None = None
    cursor: str | None = None
    every_seconds: int | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    numbering: str | None = None


def _read_columns(value: object) -> Mapping[str, str | Const]:
    if not isinstance(value, Mapping):
        refuse(Message("rule.columns"))
    return {str(name): _read_column(str(name), origin) for name, origin in value.items()}


def _read_column(name: str, origin: object) -> str | Const:
    if isinstance(origin, Const):
        return origin
    if isinstance(origin, str) and origin.strip():
        return origin.strip()
    if isinstance(origin, Mapping) and list(origin) == ["const"]:
        constant = origin["const"]
        if isinstance(constant, str | int | float | date) and not isinstance(constant, bool):
            return Const(str(constant))
    return refuse(Message("rule.column"), key=name, value=_plain(origin))


def _read_values(value: object) -> Mapping[str, Mapping[str, str]]:
    """Words by column; a word that stands for two things would mean neither."""
    if not isinstance(value, Mapping):
        refuse(Message("rule.values"))
    for column, words in value.items():
        if column not in _ALL_COLUMNS:
            refuse(Message("rule.values"), key=str(column), value=str(words))
        is_map = isinstance(words, Mapping) and all(isinstance(meaning, str) for meaning in words.values())
        if not is_map or not all(str(word).strip() for word in words):
            refuse(Message("rule.values"), key=str(column), value=str(words))
        folded = [" ".join(str(word).split()).casefold() for word in words]
        if twice := [word for word in folded if folded.count(word) > 1]:
            refuse(Message("rule.value_twice"), key=str(column), value=twice[0])
    return {str(column): dict(words) for column, words in value.items()}


def _write_columns(columns: Mapping[str, str | Const]) -> dict[str, Any]:
    return {name: {"const": origin.value} if isinstance(origin, Const) else origin for name, origin in columns.items()}


def _read_order(value: object) -> str | dict[str, str] | None:
    if isinstance(value, Mapping) and value:
        for column, order in value.items():
            if order not in DATE_ORDERS:
                refuse(Message("rule.date_order"), key=str(column), value=order)
        return dict(value)
    if value not in DATE_ORDERS:
        refuse(Message("rule.date_orders"))
    return str(value)


def _is_several(query: str) -> bool:
    """Whether more words follow a semicolon outside quotes and comments."""
    return bool(re.search(r";\s*[^\s;]", _QUOTED_OR_COMMENT.sub(" ", query)))


def _plain(origin: object) -> object:
    return f"const {origin.value}" if isinstance(origin, Const) else origin


class SourceTable(Table):
    """`[[source]]`."""

    name: Text
    kind: Annotated[Text, BeforeValidator(must(_KINDS.__contains__, "rule.one_of", choices=_KINDS))]
    files: Text | None = None
    url_env: Variable | None = None
    query: Text | None = None
    cursor: Text | None = None
    columns: Annotated[
        Mapping[str, str | Const],
        PlainValidator(_read_columns),
        PlainSerializer(_write_columns),
    ] = Field(default_factory=dict, exclude_if=is_empty)
    date_order: Annotated[str | dict[str, str] | None, PlainValidator(_read_order)] = None
    every: Duration | None = None
    values: Annotated[Mapping[str, Mapping[str, str]], PlainValidator(_read_values)] = Field(
        default_factory=dict, exclude_if=is_empty
    )
    numbering: Annotated[
        Text | None, BeforeValidator(must(NUMBERINGS.__contains__, "rule.one_of", choices=NUMBERINGS))
    ] = None

    @model_validator(mode="after")
    def _belongs_together(self) -> SourceTable:
        query, has_cursor = self.query, bool(self.query and ":cursor" in self.query)
        for is_wrong, code, key, value in (
            (self.files and self.url_env, "rule.files_or_url", "url_env", self.url_env),
            (self.url_env and not query, "rule.needs_query", "query", None),
            (query and not self.url_env, "rule.needs_url", "query", query),
            (query and not re.match(r"(?i)\s*(select|with)\b", query), "rule.reads_only", "query", query),
            (query and _is_several(query), "rule.one_select", "query", query),
            (bool(self.cursor) != has_cursor, "rule.cursor", "cursor", self.cursor),
        ):
            if is_wrong:
                refuse(Message(code), key=key, value=value)
        for column in self.columns:
            if column not in COLUMNS[self.kind]:
                expected = Message("rule.columns_of", kind=self.kind, columns=COLUMNS[self.kind])
                refuse(expected, key=f"columns.{column}", value=_plain(self.columns[column]))
        return self

    def as_source(self) -> SourceMap:
        """The source as the intake takes it."""
        alike = {name: value for name, value in self if name != "every"}
        return SourceMap(**alike, every_seconds=self.every.seconds if self.every else None)
