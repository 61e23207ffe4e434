"""The rows of event logs, batch by batch: of CSV files and, by streaming, of XES files. Neither is ever held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
        told = [name for name in self.fields if name in names]
        columns = {
            name: joined([pa.array([row.get(name, "") for row in self.rows], pa.string()).dictionary_encode()])
            for name in told
        }
        said = {name: key for name, key in names.items() if key}
        batch = Batch(columns, len(self.rows), self.first, said, tuple(unread), self.is_cases)
        self.first += len(self.rows)
        self.rows = []
        return batch


class _Xes:
    """Follows the elements of a XES file; of the log's own attributes, extensions and globals nothing is read.

    Within an event two handlers of their own follow the elements, which do nothing but count and keep.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._events = _Table([one for one in Field if one not in OF_CASES], is_cases=False)
        self._traces = _Table([Field.CASE, *OF_CASES], is_cases=True)
        self._keys: tuple[dict[str, Field | None], dict[str, Field | None]] = ({}, {})
        self._best: dict[tuple[int, Field], tuple[int, str]] = {}
        self._trace: dict[Field, str] = {}
        self._case = ""
        self._unnamed = count(1)
        self._depth = self._fed = 0
        self._is_trace = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._begin, self._close = self._of_events()
        self._outside()

    @property
    def rows(self) -> int:
        """How many rows there are to be taken."""
        return len(self._events.rows) + len(self._traces.rows)

    def feed(self, block: bytes) -> None:
        """Read on. Raises Refused."""
        self._fed += len(block)
        self._parse(block, is_last=False)
        if self._fed - self._parser.CurrentByteIndex > _LONGEST:
            raise Refused("measure.xes_too_long", most=_LONGEST >> 20)

    def close(self) -> None:
        """The file is over. Raises Refused where its end is missing, or a field that is needed."""
        self._parse(b"", is_last=True)
        if self._traces.first > 1 or self._traces.rows or self._events.rows:
            self._names.refuse_missing(self._found() | {Field.CASE: ""}, [key for keys in self._keys for key in keys])

    def take(self) -> Iterator[Batch]:
        """What was read since the last time."""
        names = self._found()
        unread = [key for keys in self._keys for key in keys if key not in names.values()]
        yield self._events.take(names | _ALWAYS, unread)
        yield self._traces.take(names | _ALWAYS, unread)

    def _found(self) -> dict[Field, str]:
        """The key that stands for each field."""
        return {name: key for (_, name), (_, key) in self._best.items()}

    def _parse(self, block: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(block, is_last)
        except (expat.ExpatError, LookupError) as error:
            raise Refused("measure.broken_xes", line=self._parser.CurrentLineNumber) from error

    def _outside(self) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        depth = self._depth = self._depth + 1
        if self._is_trace and depth == _EVENT:
            if tag.endswith("event"):
                self._parser.StartElementHandler, self._parser.EndElementHandler = self._begin, self._close
            elif (name := self._field(0, attributes.get("key", ""))) is not None:
                self._trace[name] = attributes.get("value", "")
        elif depth == _TRACE and tag.endswith("trace"):
            self._is_trace, self._trace, self._case = True, {}, ""
        elif depth == _TRACE and tag.endswith("event"):
            raise Refused("measure.event_without_trace", line=self._parser.CurrentLineNumber)
        elif depth == 1 and tag.rpartition(":")[2] != "log":
            raise Refused("measure.no_xes", tag=tag[:40])
        elif depth > _DEEPEST:
            raise Refused("measure.xes_too_deep", most=_DEEPEST)

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        if self._is_trace and self._depth == _TRACE - 1:
            self._is_trace = False
            case = self._trace[Field.CASE] = self._case or self._name()
            if Field.UNDATED in self._trace:
                self._events.rows += _undated(self._trace.pop(Field.UNDATED), case)
            self._traces.rows.append(self._trace)

    def _of_events(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """What follows the elements within an event: each costs what a handler costs, so they look nothing up twice."""
        known, row, depth = self._keys[1], dict[Field, str](), 0

        def begin(_tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth == 1:
                key = attributes.get("key", "")
                name = known[key] if key in known else self._field(1, key)
                if name is not None:
                    row[name] = attributes.get("value", "")
            elif depth > _DEEPEST:
                raise Refused("measure.xes_too_deep", most=_DEEPEST)

        def close(_tag: str) -> None:
            nonlocal depth, row
            if depth:
                depth -= 1
                return
            row[Field.CASE] = self._case or self._name()
            self._events.rows.append(row)
            row = {}
            self._depth = _EVENT - 1
            self._outside()

        return begin, close

    def _name(self) -> str:
        """The name of the trace that is open; one that nobody else has where it says none."""
        self._case = self._trace.get(Field.CASE, "").strip() or f"\0{next(self._unnamed)}"
        return self._case

    def _field(self, place: int, key: str) -> Field | None:
        """The field that an attribute of an event or, `place` 0, of a trace is read for, None for none: of those seen
        so far whose keys stand for one field the best."""
        keys = self._keys[place]
        if key in keys:
            return keys[key]
        if len(keys) >= _MOST_KEYS:
            raise Refused("measure.too_many_keys", most=_MOST_KEYS)
        ranked = self._names.rank(key if place else f"case:{key}") or (None if place else self._names.rank(key))
        keys[key] = None
        if ranked is None or (ranked[0] in (Field.CASE, *OF_CASES)) is bool(place):
            return None
        name, rank = ranked
        before = self._best.get((place, name))
        if before is None or rank < before[0]:
            if before is not None:
                keys[before[1]] = None
            self._best[place, name] = rank, key
            keys[key] = None if name is Field.RESOURCE else name
        return keys[key]


_MOST_KEYS = 10_000
_ALWAYS = dict.fromkeys((Field.CASE, Field.TRANSITION, Field.PASS, Field.MARK), "")
"""Fields that rows have also where no key stands for them."""


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
