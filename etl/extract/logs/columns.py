"""Which column of an event log holds which field, by the usual names or as it was said."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from etl.domain.compliance.logs import Transition
from etl.extract.files.refusal import Refused, quoted
from etl.reference import reference_text

_NOISE = re.compile(r"[\W_]+")


class Field(StrEnum):
    """What an event log may say of an event; from DEADLINE on, of its case.

    `RESOURCE` is recognised and never read: whoever did something is nobody's figure. `ROLE` is the desk.
    """

    CASE = "case"
    ACTIVITY = "activity"
    START = "start"
    COMPLETE = "complete"
    RESOURCE = "resource"
    ROLE = "role"
    TRANSITION = "transition"
    INSTANCE = "instance"
    PASS = "pass"  # noqa: S105 – a run of a step
    RETURNED_TO = "returned_to"
    RECEIVER = "receiver"
    MARK = "mark"
    DEADLINE = "deadline"
    RECEIVED = "received"
    STATUS = "status"
    ENDED = "ended"
    BOOKED_START = "booked_start"
    BOOKED_END = "booked_end"
    BEGAN = "began"
    UNDATED = "undated"
    """In XES, of a trace: its events without a moment, which tools refuse as events: `A3 complete 1 mark …; …`."""


OF_CASES = tuple(Field)[list(Field).index(Field.DEADLINE) :]
"""What is said of a case as a whole."""

_NEEDED = (Field.CASE, Field.ACTIVITY, Field.COMPLETE)


def folded(name: str) -> str:
    """The form in which names of columns and transitions are compared."""
    return _NOISE.sub("", name).casefold()


@dataclass(frozen=True)
class LogColumns:
    """The columns of a log: by field its place and name, and the names of those that are not read."""

    places: Mapping[Field, int]
    names: Mapping[Field, str]
    unread: tuple[str, ...]


class Names:
    """The field that a name stands for: as it was said, else by the usual names."""

    def __init__(self, said: Mapping[str, str]) -> None:
        """`said`: by field the name of its column. Raises Refused for a field that there is not."""
        if unknown := [field for field in said if field not in list(Field)]:
            raise Refused("measure.unknown_field", field=unknown[0], known=[str(field) for field in Field])
        self._said = {folded(name): Field(field) for field, name in said.items()}
        self._named = {*self._said.values()}

    def rank(self, name: str) -> tuple[Field, int] | None:
        """The field and how well the name stands for it, 0 the best; None for a name that stands for none."""
        key = folded(name)
        if key in self._said:
            return self._said[key], -1
        usual = _usual().get(key)
        return None if usual is None or usual[0] in self._named else usual

    def columns(self, headers: Sequence[str]) -> LogColumns:
        """The columns of a table with these headers. Raises Refused where one that is needed is missing or doubled."""
        best: dict[Field, tuple[int, int]] = {}
        for place, header in enumerate(headers):
            if (ranked := self.rank(header)) is None:
                continue
            field, rank = ranked
            if field in best and best[field][0] == rank:
                raise Refused("measure.column_twice", field=field.value, name=quoted([header]))
            if field not in best or rank < best[field][0]:
                best[field] = rank, place
        places = {field: place for field, (_, place) in best.items()}
        self.refuse_missing(places, headers)
        unread = [header for place, header in enumerate(headers) if place not in places.values() and header.strip()]
        return LogColumns(places, {field: headers[place] for field, place in places.items()}, tuple(unread))

    def refuse_missing(self, found: Mapping[Field, object], headers: Sequence[str]) -> None:
        """Raises Refused where a column that was named, or one that is needed, is not there."""
        for field in self._named - {*found}:
            name = next(name for name, own in self._said.items() if own is field)
            raise Refused("measure.column_missing", field=field.value, name=name, found=quoted(headers))
        for field in _NEEDED:
            if field not in found:
                usual = quoted(_columns()[field][:6])
                raise Refused("measure.no_column", field=field.value, usual=usual, found=quoted(headers))


@cache
def _columns() -> Mapping[Field, Sequence[str]]:
    return {Field(name): usual for name, usual in _document()["columns"].items()}


@cache
def _usual() -> Mapping[str, tuple[Field, int]]:
    """By folded name the field that it stands for and its place in the list."""
    return {folded(name): (field, rank) for field, names in _columns().items() for rank, name in enumerate(names)}


@cache
def transitions() -> Mapping[str, Transition]:
    """What becomes of an event, by the folded word of its transition."""
    named = _document()["transitions"]
    return {folded(word): Transition[name.upper()] for name, words in named.items() for word in words}


@cache
def _document() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(reference_text("logs.toml"))
