"""What a file would do, before anything is saved: the load itself is tried and taken back.

The rows are read before the records are asked for, so that other loads wait only while the rows are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_access.errors import Message
from data_access.records.intake.loads import corrections_of_loads, last_load_id, load_by_id, one_try, waiting_for
from data_access.records.requests import requests_touched_after
from etl.extract import SPECS, Extracted, IntakeWarning, Refused, Reject, open_file
from etl.extract.files.file_name import told_name
from etl.intake.file_digest import file_digest
from etl.intake.load_report import LoadReport, load_options, read_orders
from etl.intake.offered.preview_heads import RawSheet, raw_sheets
from etl.intake.offered.preview_rows import Column, SampleRow, columns_of, lacks_time, sample_rows
from etl.intake.pipeline import take_file

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.extract import Extraction
    from etl.office import Office
    from etl.settings.document import SourceMap

ROW_LIMIT = 50_000
"""About so many rows of each kind are tried; of a longer file the first ones."""

WAIT_SECONDS = 3.0
"""So long a preview waits for a running load before it says so."""

SHOWN_CORRECTIONS = 20
SHOWN_REASONS = 50


@dataclass(frozen=True)
class Correction:
    """One value that a row of the file would change: `letter` is (year, number) or None, `step` a position or None."""

    kind: str
    letter: tuple[int, str] | None
    step: int | None
    room: str | None
    column: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Earlier:
    """The load that holds this very file already; moments in seconds."""

    load_id: int
    at: int
    actor: str | None


@dataclass(frozen=True)
class Block:
    """What would become of the rows of one kind.

    `counts` has read, accepted, unchanged, corrected, waiting, rejected of the rows tried; `is_partial`: the file
    has more. `sheets` are (name, row of the header from 1). `waiting` counts rows by what they wait for. `lacks_time`:
    the file has no column for the time by which its rows are measured.
    """

    kind: str
    sheets: tuple[tuple[str | None, int], ...]
    is_private: bool
    is_partial: bool
    counts: Mapping[str, int]
    columns: tuple[Column, ...]
    rows: tuple[SampleRow, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[IntakeWarning, ...]
    ignored: tuple[str, ...]
    lacks_time: bool = False
    waiting: Mapping[str, int] = field(default_factory=dict)
    earlier: Earlier | None = None


@dataclass(frozen=True)
class Preview:
    """One file tried. `refusal`: why nothing of it can be taken, else None.

    `letters`: how many letters' figures would change. `sheets` are the first rows of each sheet as they stand, for
    mapping columns by hand; empty when the file is no table.
    """

    file: str
    blocks: tuple[Block, ...] = ()
    letters: int = 0
    corrections: tuple[Correction, ...] = ()
    refusal: Message | None = None
    sheets: tuple[RawSheet, ...] = ()

    def total(self, end: str) -> int:
        """Rows of all kinds that end so."""
        return sum(int(block.counts.get(end, 0)) for block in self.blocks)


class _Tried:
    """The first rows of one kind of a file, read and kept: what `take_file` takes, and what the page shows."""

    def __init__(self, extraction: Extraction) -> None:
        self._extraction = extraction
        parts = iter(extraction.parts())
        self.first: list[Extracted] = list(_up_to_limit(parts))
        self.is_partial = next(parts, None) is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._extraction, name)

    def parts(self) -> Iterator[Extracted]:
        """The rows that were read."""
        return iter(self.first)


def _up_to_limit(parts: Iterator[Extracted]) -> Iterator[Extracted]:
    """Parts are about as long as the limit; another one is taken only while there is room for most of it."""
    read = 0
    while read < ROW_LIMIT // 2 and (part := next(parts, None)) is not None:
        read += part.read
        yield part


def preview(
    office: Office,
    path: Path,
    now: int,
    *,
    name: str,
    kind: str | None = None,
    date_order: Sequence[str] = (),
    source: SourceMap | None = None,
) -> Preview:
    """Try a file; nothing is kept. `name` is what the file is called.

    A file that cannot be taken is a Preview with a refusal. Raises RecordsBusyError while a load runs, RecordsError
    when the records cannot be reached.
    """
    file = told_name(name)
    wanted = kind or (source.kind if source else None)
    try:
        orders = read_orders(date_order)
        with open_file(path, kind=wanted, date_order=orders, source=source, zone=office.zone, name=file) as extractions:
            tried = [_Tried(extraction) for extraction in extractions]
            options = load_options(kind, date_order, source)
            return _try(office, tried, now, file=file, sha256=file_digest(path), options=options)
    except Refused as refusal:
        return Preview(file, refusal=refusal.values.get("reason", refusal.message), sheets=_sheets(path))


def _sheets(path: Path) -> tuple[RawSheet, ...]:
    try:
        return raw_sheets(path)
    except Refused:
        return ()


def _try(office: Office, tried: Sequence[_Tried], now: int, **given: Any) -> Preview:
    with one_try(office.records, wait_seconds=WAIT_SECONDS) as connection:
        before = last_load_id(connection)
        reports = take_file(connection, tried, source=None, now=now, actor="", book=office.book_in(connection), **given)
        letters = len(requests_touched_after(connection, before)) if before else _touched(reports)
        new = [report.load_id for report in reports if report.status == "loaded" and report.load_id is not None]
        corrections = _corrections(corrections_of_loads(connection, new, SHOWN_CORRECTIONS))
        waiting = waiting_for(connection, new)
        earlier = [_earlier(connection, report) for report in reports]
    blocks = tuple(_block(office, *one, waiting) for one in zip(tried, reports, earlier, strict=True))
    return Preview(given["file"], blocks, letters, corrections)


def _block(
    office: Office, tried: _Tried, report: LoadReport, earlier: Earlier | None, waiting: Mapping[tuple[int, str], int]
) -> Block:
    spec = SPECS[tried.kind]
    columns = () if spec.is_private else columns_of(tried)
    rejects = [reject for part in tried.first for reject in part.rejects]
    warnings = [*tried.warnings, *(warning for part in tried.first for warning in part.warnings)]
    return Block(
        kind=str(tried.kind),
        sheets=tuple((name, h.row + 1) for name, h in zip(tried.sheet_names, tried.headers, strict=True)),
        is_private=spec.is_private,
        is_partial=tried.is_partial,
        counts=report.counts,
        columns=columns,
        rows=() if spec.is_private else sample_rows(tried, tried.first, columns, office),
        rejects=tuple(islice(rejects, SHOWN_REASONS)),
        warnings=tuple(warnings),
        ignored=tuple(tried.ignored_columns),
        lacks_time=lacks_time(tried),
        waiting={code: count for (load_id, code), count in waiting.items() if load_id == report.load_id},
        earlier=earlier,
    )


def _touched(reports: Sequence[LoadReport]) -> int:
    """Letters in the very first load: each register row taken is one."""
    return sum(int(r.counts.get("accepted", 0)) for r in reports if r.kind == "permohonan")


def _earlier(connection: Connection, report: LoadReport) -> Earlier | None:
    found = load_by_id(connection, report.load_id) if report.status == "unchanged" and report.load_id else None
    return found and Earlier(found.id, found.finished_at or found.started_at, found.actor)


def _corrections(frame: pd.DataFrame) -> tuple[Correction, ...]:
    """One entry for each value that changes, in the order of the rows."""
    return tuple(islice((one for row in frame.to_dict("records") for one in _changes(row)), SHOWN_CORRECTIONS))


def _changes(row: Mapping[str, Any]) -> Iterator[Correction]:
    letter = (int(row["year"]), str(row["agenda_key"])) if isinstance(row["agenda_key"], str) else None
    room = row["room_name"] if isinstance(row["room_name"], str) else None
    step = int(row["step"]) if row["kind"] == "disposisi" and row["step"] >= 0 else None
    changes = row["changes"] if isinstance(row["changes"], dict) else json.loads(row["changes"])
    for column, (old, new) in changes.items():
        yield Correction(row["kind"], letter, step, room, column, old, new)
