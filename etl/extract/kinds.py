"""The kinds of records the office keeps and the fields of each one, as `reference/fields.toml` says them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain
from typing import Any

from data_access.errors import Message
from etl.extract.files.refusal import Refused, either
from etl.extract.words import fold_header
from etl.reference import fields_document


class Kind(StrEnum):
    """What a file holds: letters, hand-overs, sessions in a room, persons of a session, or answers about its items."""

    PERMOHONAN = "permohonan"
    DISPOSISI = "disposisi"
    PEMAKAIAN = "pemakaian"
    PESERTA = "peserta"
    KONDISI = "kondisi"


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises Refused with the known ones for any other."""
    if name not in list(Kind):
        raise Refused("extract.unknown_kind", name=name, known=[str(kind) for kind in Kind])
    return Kind(name)


class Form(StrEnum):
    """How a field is read, shown and corrected. What a page may correct is offered in this order.

    `MOMENT`: day and clock time in one cell. `ORDINAL`: counted from 1. `PEOPLE`: a number of which 0 means that
    nobody counted. `CHOICE`: one of a short list of words (`choices` of `words.toml`), or another as typed.
    `ANSWER`: a word that stands for a code.
    """

    DAY = "day"
    CLOCK = "clock"
    MOMENT = "moment"
    ORDINAL = "ordinal"
    NUMBER = "number"
    PEOPLE = "people"
    STATUS = "status"
    OPD = "opd"
    ROOM = "room"
    CONDITION = "condition"
    CHOICE = "choice"
    TEXT = "text"
    AGENDA = "agenda"
    YEAR = "year"
    STEP = "step"
    ANSWER = "answer"


STAMP_FORMS = (Form.DAY, Form.CLOCK)
NUMBER_FORMS = (Form.ORDINAL, Form.NUMBER, Form.PEOPLE)
TEXT_FORMS = (Form.TEXT, Form.OPD, Form.ROOM, Form.STATUS)
"""Read as the text that was typed."""

WORD_FORMS = (*TEXT_FORMS, Form.CHOICE, Form.AGENDA, Form.STEP)
"""Shown in words."""

STORED_AS = {"opd": "opd_name", "room": "room_name", "item": "item_name"}
"""Columns of typed rows of which the records also hold the name by the settings, and that name's column."""


@dataclass(frozen=True)
class Field:
    """One field of a kind of record; the attributes are those of `reference/fields.toml`, which explains them."""

    name: str
    form: Form
    text: str
    examples: tuple[str, ...]
    columns: tuple[str, ...] = ()
    corrected: str = ""
    is_needed: bool = False
    has_happened: bool = False
    is_key: bool = False
    is_masked: bool = True
    synonyms: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    moment: tuple[str, ...] = ()
    needs: str = ""
    lent: tuple[str, ...] = ()
    list: str = ""
    day: str = ""

    @property
    def is_stamp(self) -> bool:
        """Whether it is the day or the clock time of a stamp, which its corrections say together."""
        return self.form in STAMP_FORMS

    @property
    def corrected_column(self) -> str:
        """The column of the record that a correction of a field other than a stamp sets."""
        return STORED_AS.get(self.corrected, self.corrected)


@dataclass(frozen=True)
class KindSpec:
    """The fields of a kind, and what a file of it must have, as `reference/fields.toml` explains it."""

    kind: Kind
    title: str
    fields: tuple[Field, ...]
    always: tuple[str, ...]
    either: tuple[tuple[str, ...], ...] = ()
    stamps: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    event: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    is_private: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The fields by the names that the office types."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def required(self) -> frozenset[str]:
        """The columns that a record of this kind needs, all of those that stand for one another."""
        return frozenset((*self.always, *chain(*self.either)))

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """The columns whose cells are dates; the first ones with evidence decide the date order."""
        dates = (field.name for field in self.fields if field.form in (Form.DAY, Form.MOMENT))
        return tuple(name for name in dates if name not in self.stamps)

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The columns whose cells are clock times."""
        return tuple(field.name for field in self.fields if field.form is Form.CLOCK)

    @cached_property
    def day_of(self) -> Mapping[str, str]:
        """The column of each clock time → that of its day."""
        return {field.name: field.day for field in self.fields if field.day}

    @cached_property
    def moments(self) -> frozenset[str]:
        """The folded headers under which day and clock time stand in one cell."""
        return frozenset(fold_header(name) for field in self.fields for name in field.moment)

    @cached_property
    def corrections(self) -> Mapping[str, Field]:
        """What a page may correct: name of the correction → its field, of a stamp the first; in the order of forms."""
        forms = list(Form)
        first: dict[str, Field] = {}
        for field in self.fields:
            if field.corrected:
                first.setdefault(field.corrected, field)
        return dict(sorted(first.items(), key=lambda item: -1 if item[1].is_stamp else forms.index(item[1].form)))

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """The columns of a record that its rows may say differently: those of all fields but its key."""
        columns = (column for field in self.fields if not field.is_key for column in field.columns)
        return tuple(STORED_AS.get(column, column) for column in columns)

    def is_recognised(self, columns: Collection[str]) -> bool:
        """Whether the columns of a file tell it from those of the other kinds."""
        return self.is_complete(columns) and (not self.marks or any(name in columns for name in self.marks))

    def is_complete(self, columns: Collection[str]) -> bool:
        """Whether these columns suffice to read a file of this kind."""
        return not self.missing(columns)

    def missing(self, columns: Collection[str]) -> list[Message]:
        """The required columns that are not among these."""
        lacking = [column_words(name) for name in self.always if name not in columns]
        if self.either and not any(all(name in columns for name in group) for group in self.either):
            lacking.append(self._alternatives)
        return lacking

    @property
    def expected(self) -> list[Message]:
        """The required columns."""
        return [*map(column_words, self.always), *([self._alternatives] if self.either else [])]

    @property
    def recognised_by(self) -> list[Message]:
        """The columns that a file of this kind is known by."""
        return [*self.expected, *([either([*map(column_words, self.marks)])] if self.marks else [])]

    @property
    def _alternatives(self) -> Message:
        return either([_together(group) for group in self.either])


def column_words(name: str) -> Message:
    """A column in a sentence, as the headers of the office call it."""
    return Message(f"extract.name_{name}")


def _together(names: Sequence[str]) -> Message:
    """Columns that are needed together."""
    first, *others = names
    return (
        Message("extract.plus", first=column_words(first), others=_together(others)) if others else column_words(first)
    )


def _spec(kind: Kind) -> KindSpec:
    entry = fields_document()[kind]
    fields = tuple(_field(name, attributes) for name, attributes in entry["fields"].items())
    return KindSpec(**_frozen(entry) | {"kind": kind, "fields": fields})


def _field(name: str, attributes: Mapping[str, Any]) -> Field:
    return Field(**_frozen(attributes) | {"name": name, "form": Form(attributes["form"])})


def _frozen(value: Any) -> Any:
    """The same with tuples for lists."""
    if isinstance(value, Mapping):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


SPECS: Mapping[Kind, KindSpec] = {kind: _spec(kind) for kind in Kind}


COMPARED: Mapping[str, str] = {
    fold_header(header): name for name, headers in fields_document()["compared"].items() for header in headers
}
"""Folded header of a column that no record keeps and whose cells are compared with what else the row says → its
name."""


def corrections_of(kind: str) -> Mapping[str, Field]:
    """What a page may correct of a kind: name of the correction → its field; nothing of a kind that is not known."""
    return SPECS[Kind(kind)].corrections if kind in list(Kind) else {}


UNMASKED = frozenset(field.name for spec in SPECS.values() for field in spec.fields if not field.is_masked)
"""Columns in which a long number is nobody's personal one."""


@cache
def known_headers(kind: Kind) -> Mapping[str, tuple[str, int]]:
    """Folded header → (canonical column, rank); rank 0 is the canonical name, then the synonyms in their order.

    A synonym that is also the canonical name of another column of the kind stands for that other column. `tanggal` and
    `tgl`, and `pukul` and `jam`, stand for each other where nothing else is meant; a weekday may stand beside a date.
    """
    fields = SPECS[kind].fields
    known = {fold_header(field.name): (field.name, 0) for field in fields}
    for field in fields:
        for rank, name in enumerate(field.synonyms, start=1):
            known.setdefault(fold_header(name), (field.name, rank))
    for word, other in _ALIKE:
        for name, column in list(known.items()):
            known.setdefault(name.replace(word, other), column)
    for name, column in list(known.items()):
        if name.startswith(_DAY_WORDS):
            known.setdefault(f"hari/{name}", column)
    return known


_ALIKE = (("tanggal", "tgl"), ("tgl", "tanggal"), ("pukul", "jam"), ("jam", "pukul"))
_DAY_WORDS = ("tanggal", "tgl")
_AND = re.compile(r"\s*(?:[/,&+]|\bdan\b)\s*", re.IGNORECASE)
_CLOCK_WORD = re.compile(r"(?:jam|pukul|waktu)\b\.?", re.IGNORECASE)
_SHARED_RANK = 100


def columns_under(kind: Kind, header: str) -> list[tuple[str, int]]:
    """The columns that a header stands for, each with its rank: one, two for "Tanggal/Jam Terima", or none."""
    known = known_headers(kind)
    clocks = {day: clock for clock, day in SPECS[kind].day_of.items()}
    if fold_header(header) in known:
        column, rank = known[fold_header(header)]
        if fold_header(header) in SPECS[kind].moments:
            return [(column, _SHARED_RANK), (clocks[column], _SHARED_RANK)]
        return [(column, rank)]
    for mark in _AND.finditer(header):
        parts = header[: mark.start()], header[mark.end() :]
        for day, clock in (parts, parts[::-1]):
            column = _day_beside(known, day, clock)
            if column in clocks:
                return [(column, _SHARED_RANK), (clocks[column], _SHARED_RANK)]
    return []


def _day_beside(known: Mapping[str, tuple[str, int]], day: str, clock: str) -> str:
    """The column of a day beside which a header names a clock time: "Tanggal" beside "Jam Terima" is tgl_terima."""
    word = _CLOCK_WORD.match(clock)
    if word is None:
        return ""
    names = (f"{day} {clock[word.end() :]}", day)
    return next((known[fold_header(name)][0] for name in names if fold_header(name) in known), "")


@cache
def known_to_all() -> frozenset[str]:
    """The folded headers that any kind knows."""
    return frozenset(name for kind in Kind for name in known_headers(kind))
