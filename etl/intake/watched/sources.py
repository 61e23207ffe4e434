"""From a database source of the settings to the records: what is new since the last time, or nothing.

Only columns of the column map, and the cursor column, leave the foreign database. A row counts from 2: 1 is the row of
the column names. How far a source was read is kept in the transaction that stores its rows, so a kill at any instant
means that the same rows are read again, and reading again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from data_access.errors import Message, cause_of, stored
from data_access.records import Connection, reading, writing
from data_access.records.intake.sources import add_cursor, current_cursor, note_fault, note_reached
from data_access.sources import (
    Position,
    Query,
    Rows,
    SourceError,
    cursor_place,
    later,
    open_rows,
    position_from,
    position_json,
)
from data_access.sources.address import readable
from etl.extract import Sheet
from etl.extract.files.sheet import cell_text
from etl.extract.words import fold_header
from etl.intake.load_report import LoadReport, how_read
from etl.intake.pipeline import ingest_cells
from etl.office import Office
from etl.settings.document import SourceMap

HELD_BYTES = 16 * 1024 * 1024
"""So much stays in memory; what is more goes into a file that has no name and ends with the process."""


class Spool:
    """Rows of texts in the order in which they came. Iterating begins anew each time."""

    def __init__(self, folder: Path, *, in_memory: bool = False) -> None:
        """`in_memory`: whatever its size, nothing is ever written to the disk."""
        self._file = SpooledTemporaryFile(max_size=0 if in_memory else HELD_BYTES, dir=folder)  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._height = 0

    def add(self, row: Sequence[str]) -> None:
        """Add a row; only before the first reading."""
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        self._digest.update(line)
        self._file.write(line)
        self._height += 1

    def __len__(self) -> int:
        return self._height

    def __iter__(self) -> Iterator[Sequence[str]]:
        self._file.seek(0)
        return (json.loads(line.decode("utf-8", "surrogatepass")) for line in self._file)

    @property
    def digest(self) -> str:
        """SHA-256 of all rows, in hexadecimal."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Let the rows go."""
        self._file.close()


TRIES = 3
"""So often a source is read again when another process loaded it meanwhile."""


class _OvertakenError(Exception):
    """Another process stored rows of this source while they were read here."""


@dataclass(frozen=True)
class _Place:
    """How far a source was read: the highest value of its cursor column, and what the rows looked like."""

    column: str | None
    position: Position | None
    digest: str | None

    @classmethod
    def known(cls, stored: Mapping[str, Any] | None, source: SourceMap) -> _Place:
        """What the records know; a cursor of another column starts again."""
        if stored is None or stored["column"] != source.cursor:
            return cls(source.cursor, None, None)
        return cls(source.cursor, position_from(stored["position"]), stored["digest"])

    def to_json(self) -> dict[str, Any]:
        """As the records keep it."""
        return {"column": self.column, "position": position_json(self.position), "digest": self.digest}


def is_database(source: SourceMap) -> bool:
    """Whether the source is a database rather than files."""
    return source.url_env is not None


def fetch(office: Office, source: SourceMap, now: int, *, actor: str) -> LoadReport:
    """Read what a database source has to say since the last time, load and publish it.

    The report's status is "unchanged" with all counts 0 when there is nothing new: no load is written, only that the
    source was reached. A fault of the source is a report of status "refused". Raises RecordsError for our own records.
    """
    for _ in range(TRIES):
        try:
            report = _fetch_once(office, source, now, actor)
        except _OvertakenError:
            continue
        except SourceError as fault:
            report = LoadReport(source.name, None, source.kind, "refused", fault.message)
        if report.status == "refused":
            with writing(office.records) as connection:
                note_fault(connection, source.name, now, stored(report.reason))
        return report
    busy = Message("intake.source_busy", source=source.name)
    return LoadReport(source.name, None, source.kind, "refused", busy)


def _fetch_once(office: Office, source: SourceMap, now: int, actor: str) -> LoadReport:
    query = _query(source)
    with reading(office.records) as connection:
        known = _Place.known(current_cursor(connection, source.name), source)
    with closing(Spool(office.home.root, in_memory=source.kind == "peserta")) as spool:
        try:
            with open_rows(query, os.environ.get(query.env, ""), known.position) as rows:
                columns, position = _read(rows, source, spool, office.zone, known.position)
        except OSError as fault:
            raise SourceError(source.name, "source.no_room", cause=cause_of(fault)) from None
        place = _Place(source.cursor, position, _digest(spool, source))
        if len(spool) == 0 or place == known:
            with writing(office.records) as connection:
                note_reached(connection, source.name, now)
            return LoadReport(source.name, None, source.kind, "unchanged")
        return _load(office, source, now, actor, Sheet(None, _Headed(columns, spool), is_query=True), known, place)


def _query(source: SourceMap) -> Query:
    if source.kind == "peserta" and not source.columns:
        raise SourceError(source.name, "source.persons_need_map")
    return Query(source.name, str(source.url_env), str(source.query), source.cursor)


def _read(
    rows: Rows, source: SourceMap, spool: Spool, zone: ZoneInfo, position: Position | None
) -> tuple[list[str], Position | None]:
    """Put the rows that are needed on the spool; the names of their columns, and how far they go."""
    wanted = _wanted(rows.columns, source)
    cursor = cursor_place(rows.columns, source.name, source.cursor) if source.cursor else None
    for row in rows.rows:
        if cursor is not None:
            position = later(position, row[cursor])
        spool.add([_text(row[place], zone) for place in wanted])
    return [rows.columns[place] for place in wanted], position


def _wanted(columns: Sequence[str], source: SourceMap) -> list[int]:
    """Where the columns of the map stand, in the order of the query; all of them without a map."""
    if not source.columns:
        return list(range(len(columns)))
    folded = [fold_header(column) for column in columns]
    named = {fold_header(origin): origin for origin in source.columns.values() if isinstance(origin, str)}
    missing = [origin for name, origin in named.items() if name not in folded]
    if missing:
        raise SourceError(source.name, "source.no_mapped_column", missing=missing, columns=list(columns))
    return [place for place, name in enumerate(folded) if name in named]


def _text(cell: object, zone: ZoneInfo) -> str:
    """A database's value as the intake reads it: bytes are text or a flag, moments with an offset are office time."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return _of_bytes(bytes(cell))
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        cell = cell.astimezone(zone).replace(tzinfo=None)
    if isinstance(cell, Decimal):
        cell = int(cell) if cell.is_finite() and cell == cell.to_integral_value() else float(cell)
    return cell_text(cell)


def _of_bytes(cell: bytes) -> str:
    """MySQL's BIT(1) is one byte of 0 or 1; other bytes are text."""
    return str(cell[0]) if cell in (b"\x00", b"\x01") else readable(cell)


def _digest(spool: Spool, source: SourceMap) -> str:
    """Changes with the rows and with how they are read."""
    return hashlib.sha256(f"{spool.digest} {how_read(source)}".encode()).hexdigest()


@dataclass(frozen=True)
class _Headed:
    """The column names and then the rows, as often as one asks."""

    columns: Sequence[str]
    spool: Spool

    def __iter__(self) -> Iterator[Sequence[str]]:
        return chain([self.columns], self.spool)


def _load(
    office: Office, source: SourceMap, now: int, actor: str, sheet: Sheet, known: _Place, place: _Place
) -> LoadReport:
    def keep_place(connection: Connection, load_id: int) -> None:
        if _Place.known(current_cursor(connection, source.name), source) != known:
            raise _OvertakenError
        add_cursor(connection, load_id, source.name, place.to_json())
        note_reached(connection, source.name, now)

    return ingest_cells(office, [sheet], now, file=source.name, source=source, actor=actor, also=keep_place)
