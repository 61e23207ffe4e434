"""The rows of event logs, batch by batch: of CSV files and, by streaming, of XES files. Neither is ever held whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import BinaryIO
from xml.parsers import expat

import pyarrow as pa

from etl.extract.files.delimited import grid_of
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Column, constant_column, joined
from etl.extract.logs.columns import OF_CASES, Field, Names

ROWS = 1 << 16
"""Rows of a batch."""

_BLOCK = 1 << 18
_LONGEST = 1 << 24
"""An element of a XES file that takes more bytes is no attribute of an event."""

_DEEPEST = 100
_TRACE, _EVENT = 2, 3


@dataclass(frozen=True)
class Batch:
    """Some rows that follow one another, `first` the number of the first one as the file counts; of a XES file also
    what traces say of themselves (`is_cases`). `names` are those of the columns, `unread` those that are not read."""

    columns: Mapping[Field, Column]
    height: int
    first: int
    names: Mapping[Field, str]
    unread: tuple[str, ...]
    is_cases: bool = False

    def column(self, name: Field) -> Column:
        """The cells of a column; empty ones where the log has no such column."""
        return self.columns[name] if name in self.columns else constant_column("", self.height)


def csv_batches(stream: BinaryIO, names: Names) -> Iterator[Batch]:
    """The rows under the header of a CSV file. Raises Refused for what is no table, or lacks a column."""
    grid = grid_of(stream)
    grid.look_through()
    header = next((place for place, row in enumerate(grid.head) if any(map(str.strip, row))), None)
    if header is None:
        raise Refused("extract.empty_file")
    columns = names.columns(grid.head[header])
    wanted = {place: name for name, place in columns.places.items() if name is not Field.RESOURCE}
    yield Batch({}, 0, 0, columns.names, columns.unread)
    for block in grid.blocks(ROWS, wanted):
        rows = block.below(header + 1)
        cells = {name: rows.column(place) for place, name in wanted.items()}
        yield Batch(cells, rows.height, rows.first + 1, columns.names, columns.unread)


def xes_batches(stream: BinaryIO, names: Names) -> Iterator[Batch]:
    """The events of a XES file, and after those of some traces what they say of themselves.

    Raises Refused for what is no XES, for one that declares a document type or entities, and for one without what is
    needed.
    """
    parser = _Xes(names)
    for block in iter(lambda: stream.read(_BLOCK), b""):
        parser.feed(block)
        if parser.rows >= ROWS:
            yield from parser.take()
    parser.close()
    yield from parser.take()


@dataclass
class _Table:
    """Rows that were read and not handed out; `first` is the number of the first of them."""

    fields: Sequence[Field]
    is_cases: bool
    rows: list[dict[Field, str]] = field(default_factory=list)
    first: int = 1

    def take(self, names: Mapping[Field, str], unread: Sequence[str]) -> Batch:
        """The rows as columns; then there are none."""
        told = [name for name in self.fields if any(name in row for row in self.rows)]
        columns = {
            name: joined([pa.array([row.get(name, "") for row in self.rows], pa.string()).dictionary_encode()])
            for name in told
        }
        batch = Batch(columns, len(self.rows), self.first, names, tuple(unread), self.is_cases)
        self.first += len(self.rows)
        self.rows = []
        return batch


class _Xes:
    """Follows the elements of a XES file; of the log's own attributes, extensions and globals nothing is read."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._events = _Table([one for one in Field if one not in OF_CASES], is_cases=False)
        self._traces = _Table([Field.CASE, *OF_CASES], is_cases=True)
        self._keys: tuple[dict[str, Field | None], dict[str, Field | None]] = ({}, {})
        self._best: dict[tuple[int, Field], tuple[int, str]] = {}
        self._row: dict[Field, str] = {}
        self._trace: dict[Field, str] = {}
        self._unnamed = count(1)
        self._depth, self._since = 0, 0
        self._is_trace = self._is_event = self._is_log = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    @property
    def rows(self) -> int:
        """How many rows there are to be taken."""
        return len(self._events.rows) + len(self._traces.rows)

    def feed(self, block: bytes) -> None:
        """Read on. Raises Refused."""
        self._since += len(block)
        self._parse(block, is_last=False)
        if self._since > _LONGEST:
            raise Refused("measure.xes_too_long", most=_LONGEST >> 20)

    def close(self) -> None:
        """The file is over. Raises Refused where its end is missing, or a field that is needed."""
        self._parse(b"", is_last=True)
        seen = {name: key for keys in self._keys for key, name in keys.items() if name is not None}
        if self._traces.first > 1 or self._traces.rows or self._events.rows:
            self._names.refuse_missing({Field.CASE: "", **seen}, [key for keys in self._keys for key in keys])

    def take(self) -> Iterator[Batch]:
        """What was read since the last time."""
        names = {name: key for keys in self._keys for key, name in keys.items() if name is not None}
        unread = [key for keys in self._keys for key, name in keys.items() if name is None]
        yield self._events.take(names, unread)
        yield self._traces.take(names, unread)

    def _parse(self, block: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(block, is_last)
        except (expat.ExpatError, LookupError) as error:
            raise Refused("measure.broken_xes", line=self._parser.CurrentLineNumber) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        depth = self._depth = self._depth + 1
        if self._is_event:
            if depth == _EVENT + 1 and "key" in attributes:
                self._say(1, attributes, self._row)
        elif self._is_trace and depth == _EVENT:
            if tag.endswith("event"):
                self._is_event, self._row = True, {}
            elif "key" in attributes:
                self._say(0, attributes, self._trace)
        elif depth == _TRACE and tag.endswith("trace"):
            self._is_trace, self._trace = True, {}
        elif depth == _TRACE and tag.endswith("event"):
            raise Refused("measure.event_without_trace", line=self._parser.CurrentLineNumber)
        elif depth == 1:
            self._is_log = tag.rpartition(":")[2] == "log"
            if not self._is_log:
                raise Refused("measure.no_xes", tag=tag[:40])
        if depth > _DEEPEST:
            raise Refused("measure.xes_too_deep", most=_DEEPEST)

    def _end(self, _tag: str) -> None:
        depth = self._depth
        self._depth, self._since = depth - 1, 0
        if self._is_event and depth == _EVENT:
            self._is_event = False
            self._row[Field.CASE] = self._name()
            self._events.rows.append(self._row)
        elif self._is_trace and depth == _TRACE:
            self._is_trace = False
            self._trace[Field.CASE] = self._name()
            self._events.rows += _undated(self._trace.pop(Field.UNDATED, ""), self._trace[Field.CASE])
            self._traces.rows.append(self._trace)

    def _name(self) -> str:
        """The name of the trace that is open; one that nobody else has where it says none."""
        if not self._trace.get(Field.CASE, "").strip():
            self._trace[Field.CASE] = f"\0{next(self._unnamed)}"
        return self._trace[Field.CASE]

    def _say(self, place: int, attributes: dict[str, str], row: dict[Field, str]) -> None:
        """Keep an attribute of an event or, `place` 0, of a trace, where its key stands for a field."""
        key = attributes["key"]
        keys = self._keys[place]
        if key not in keys:
            self._meet(place, key)
        if (name := keys[key]) is not None and name is not Field.RESOURCE:
            row[name] = attributes.get("value", "")

    def _meet(self, place: int, key: str) -> None:
        """See a key for the first time: the better name of a field stands for it from here on."""
        keys = self._keys[place]
        if len(keys) >= _MOST_KEYS:
            raise Refused("measure.too_many_keys", most=_MOST_KEYS)
        ranked = self._names.rank(key if place else f"case:{key}") or (None if place else self._names.rank(key))
        keys[key] = None
        if ranked is None or (ranked[0] not in (Field.CASE, *OF_CASES)) is not bool(place):
            return
        best = self._best.get((place, ranked[0]))
        if best is None or ranked[1] < best[0]:
            if best is not None:
                keys[best[1]] = None
            keys[key], self._best[place, ranked[0]] = ranked[0], (ranked[1], key)


_MOST_KEYS = 10_000


def _undated(text: str, case: str) -> list[dict[Field, str]]:
    """The events of which a trace tells without a moment; anything else is none."""
    parts = [part.split() for part in text.split(";")]
    return [
        {
            Field.CASE: case,
            Field.ACTIVITY: words[0],
            Field.TRANSITION: words[1],
            Field.PASS: words[2],
            Field.MARK: " ".join(words[3:]),
        }
        for words in parts
        if len(words) >= _WORDS
    ]


_WORDS = 3


def _refuse_doctype(*_: object) -> None:
    raise Refused("measure.xes_doctype")
