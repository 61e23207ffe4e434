"""What a file would do, before anything is saved: the load itself is tried and taken back.

The rows are read before the records are asked for, so that other loads wait only while the rows are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.records import Connection
from data_access.records.intake.loads import Load, corrections_of_loads, last_load_id, load_by_id, one_try, waiting_for
from data_access.records.requests import letters_told_before, requests_touched_after
from etl.domain.sop.steps import Meaning
from etl.domain.units import day_number
from etl.extract import Extracted, Extraction, IntakeWarning, Refused, Reject
from etl.extract.files.refusal import all_of
from etl.extract.furniture import Furniture
from etl.extract.kinds import SPECS, UNMASKED, WORD_FORMS, Form, Kind
from etl.extract.masks import mask, told_name
from etl.extract.words import squeeze
from etl.intake.impossible_rows import without_doubled
from etl.intake.load_report import LoadReport, file_digest, load_options, opened, series_day
from etl.intake.offered.preview_heads import RawSheet, raw_sheets
from etl.intake.pipeline import GivenFile, take_file
from etl.office import Office, Rulebook
from etl.reference.steps import STEP_CODES
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
class Block:
    """What would become of the rows of one kind.

    `counts` has read, accepted, unchanged, corrected, waiting, rejected of the rows tried; `is_partial`: the file
    has more. `sheets` are (name, row of the header from 1). `waiting` counts rows by what they wait for. `lacks_time`:
    the file has no column for the time by which its rows are measured. `earlier`: the load that holds this very file
    already. `before_recording`: letters whose event is to come, received before the day from which steps are recorded.
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
    furniture: tuple[Furniture, ...]
    lacks_time: bool = False
    waiting: Mapping[str, int] = field(default_factory=dict)
    earlier: Load | None = None
    before_recording: int = 0


@dataclass(frozen=True)
class Preview:
    """One file tried. `refusal`: why nothing of it can be taken, else None.

    `letters`: how many letters' figures would change, `new_letters` those of them that no row of the register told of
    before. `sheets` are the first rows of each sheet as they stand, for
    mapping columns by hand; empty when the file is no table.
    """

    file: str
    blocks: tuple[Block, ...] = ()
    letters: int = 0
    new_letters: int = 0
    corrections: tuple[Correction, ...] = ()
    refusal: Message | None = None
    sheets: tuple[RawSheet, ...] = ()

    def total(self, end: str) -> int:
        """Rows of all kinds that end so."""
        return sum(int(block.counts.get(end, 0)) for block in self.blocks)


class _Tried:
    """The first rows of one kind of a file, read and kept: what `take_file` takes, and what the page shows."""

    def __init__(self, extraction: Extraction, book: Rulebook) -> None:
        self._extraction = extraction
        parts = without_doubled(extraction.kind, extraction.parts(), book)
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
    with_hidden: bool = False,
) -> Preview:
    """Try a file; nothing is kept. `name` is what the file is called.

    A file that cannot be taken is a Preview with a refusal. Raises RecordsBusyError while a load runs, RecordsError
    when the records cannot be reached.
    """
    file = told_name(name)
    wanted = kind or (source.kind if source else None)
    try:
        read: dict[str, Any] = {"date_order": date_order, "source": source, "with_hidden": with_hidden}
        with opened(path, now, kind=wanted, **read, book=office.book, name=file) as extractions:
            tried = [_Tried(extraction, office.book) for extraction in extractions]
            series_on = series_day(path, office.zone, now)
            options = load_options(kind, **read, settings=office.settings, series_on=series_on)
            return _try(office, tried, GivenFile(file, file_digest(path), options, None, "", now))
    except Refused as refusal:
        return Preview(file, refusal=refusal.values.get("reason", refusal.message), sheets=_sheets(path))


def _sheets(path: Path) -> tuple[RawSheet, ...]:
    try:
        return raw_sheets(path)
    except Refused:
        return ()


def _try(office: Office, tried: Sequence[_Tried], given: GivenFile) -> Preview:
    with one_try(office.records, wait_seconds=WAIT_SECONDS) as connection:
        before = last_load_id(connection)
        reports = take_file(connection, tried, given, office.book_in(connection))
        touched, new_letters = _touched(connection, reports, before)
        new = [report.load_id for report in reports if report.status == "loaded" and report.load_id is not None]
        corrections = _corrections(corrections_of_loads(connection, new, SHOWN_CORRECTIONS))
        waiting = waiting_for(connection, new)
        earlier = [_earlier(connection, report) for report in reports]
    blocks = tuple(_block(office, *kind, waiting, given.now) for kind in zip(tried, reports, earlier, strict=True))
    return Preview(given.name, blocks, touched, new_letters, corrections)


def _block(
    office: Office,
    tried: _Tried,
    report: LoadReport,
    earlier: Load | None,
    waiting: Mapping[tuple[int, str], int],
    now: int,
) -> Block:
    spec = SPECS[tried.kind]
    columns = () if spec.is_private else columns_of(tried)
    read = {(reject.sheet, reject.row): reject for part in tried.first for reject in part.rejects}
    rejects = ({(reject.sheet, reject.row): reject for reject in report.rejects} | read).values()
    warnings = [*tried.warnings, *(warning for part in tried.first for warning in part.warnings)]
    aside = [cell for part in tried.first for cell in part.set_aside]
    warnings += [IntakeWarning(cell.code, cell.row, cell.message, cell.sheet) for cell in aside]
    return Block(
        kind=str(tried.kind),
        sheets=tuple((name, h.row + 1) for name, h in zip(tried.sheet_names, tried.headers, strict=True)),
        is_private=spec.is_private,
        is_partial=tried.is_partial,
        counts=report.counts,
        columns=columns,
        rows=() if spec.is_private else _marked(sample_rows(tried, tried.first, columns, office), report),
        rejects=tuple(islice(rejects, SHOWN_REASONS)),
        warnings=tuple(warnings),
        ignored=tuple(tried.ignored_columns),
        furniture=tuple(row for part in tried.first for row in part.furniture),
        lacks_time=lacks_time(tried),
        waiting={code: count for (load_id, code), count in waiting.items() if load_id == report.load_id},
        earlier=earlier,
        before_recording=0 if earlier else _before_recording(tried, office, now),
    )


def _marked(rows: Sequence[SampleRow], report: LoadReport) -> tuple[SampleRow, ...]:
    """The rows, those that correct a letter marked."""
    places = {(_name(one["sheet"]), int(one["row"])) for one in report.corrections}
    return tuple(replace(row, is_corrected=(row.sheet, row.row) in places) for row in rows)


def _before_recording(tried: _Tried, office: Office, now: int) -> int:
    """The letters of a register that no desk will have on its list, since they came before the day of recording."""
    first = office.settings.recording.first
    if first is None or tried.kind is not Kind.PERMOHONAN or tried.is_calendar:
        return 0
    today = office.calendar.day_of(now)
    frames = (part.frame for part in tried.first)
    is_open = (
        (frame["received_on"] < day_number(first)) & ~(frame["booked_start_on"] < today).fillna(False)
        for frame in frames
    )
    return sum(int(rows.fillna(False).sum()) for rows in is_open)


def _touched(connection: Connection, reports: Sequence[LoadReport], before: int) -> tuple[int, int]:
    """How many letters would be new or change after the load `before`, and how many of them would be new; in the very
    first load each register row taken is a letter. Not those of which the file only says again what is known."""
    if not before:
        rows = sum(int(r.counts.get("accepted", 0)) for r in reports if r.kind == "permohonan")
        return rows, rows
    touched = requests_touched_after(connection, before)
    touched = touched[~np.isin(touched, _only_repeated(reports))]
    return len(touched), len(touched) - len(letters_told_before(connection, touched.tolist(), before + 1))


def _only_repeated(reports: Sequence[LoadReport]) -> list[int]:
    """The letters of which every kind that names them says nothing new."""
    changed = {letter for report in reports for letter in report.changed}
    return sorted({letter for report in reports for letter in report.repeated} - changed)


def _earlier(connection: Connection, report: LoadReport) -> Load | None:
    return load_by_id(connection, report.load_id) if report.status == "unchanged" and report.load_id else None


def _corrections(frame: pd.DataFrame) -> tuple[Correction, ...]:
    """One entry for each value that changes, in the order of the rows."""
    return tuple(islice(chain.from_iterable(map(_changes, frame.to_dict("records"))), SHOWN_CORRECTIONS))


def _changes(row: Mapping[str, Any]) -> Iterator[Correction]:
    letter = (int(row["year"]), str(row["agenda_key"])) if isinstance(row["agenda_key"], str) else None
    room = row["room_name"] if isinstance(row["room_name"], str) else None
    step = int(row["step"]) if row["kind"] == "disposisi" and row["step"] >= 0 else None
    changes = row["changes"] if isinstance(row["changes"], dict) else json.loads(row["changes"])
    for column, (old, new) in changes.items():
        yield Correction(row["kind"], letter, step, room, column, old, new)


FIRST_ROWS = 8
MORE_REJECTED = 10
MORE_REMARKABLE = 5
_LONGEST_CELL = 1_000


@dataclass(frozen=True)
class Column:
    """One column that is read: the header as typed, the canonical name, how its values are written.

    `is_constant`: the file has no such column, a map gives every row this value.
    """

    header: str
    name: str
    form: Form
    is_constant: bool = False


@dataclass(frozen=True)
class Cell:
    """`typed` None: not at hand. `value` None: nothing was understood or was there.

    `fault` is why the row was rejected, `remark` a code with what follows from this cell; `subject` names the step.
    """

    typed: str | None
    value: Any = None
    fault: Message | None = None
    remark: str | None = None
    subject: str = ""


@dataclass(frozen=True)
class SampleRow:
    """One row; `fault` is a reason that belongs to no column, `is_corrected`: it corrects a letter on record."""

    sheet: str | None
    row: int
    cells: tuple[Cell, ...]
    is_rejected: bool = False
    fault: Message | None = None
    is_corrected: bool = False

    @property
    def is_remarkable(self) -> bool:
        """Whether something follows from a cell that its writer should know."""
        return any(cell.remark for cell in self.cells)


# (column whose time is missing, day that is known, time that is not, what follows), by kind.
_TIMELESS = {
    "permohonan": ("jam_terima", "received_on", "received_at", "time_missing"),
    "disposisi": ("jam_selesai", "finished_on", "finished_at", "time_missing"),
    "pemakaian": ("jam_selesai", "started_on", "ended_at", "end_missing"),
}


def columns_of(extraction: Extraction) -> tuple[Column, ...]:
    """The columns that are read, in the order in which they stand in the first sheet that has them; constants last."""
    forms = {field.name: field.form for field in SPECS[extraction.kind].fields}
    places: dict[str, tuple[int, Column]] = {}
    for header in extraction.headers:
        last = len(header.typed)
        for name, index in {**header.columns, **dict.fromkeys(header.constants, last)}.items():
            column = Column(header.name_of(name), name, forms[name], name in header.constants)
            places.setdefault(name, (index, column))
    return tuple(column for _, column in sorted(places.values(), key=lambda place: place[0]))


def lacks_time(extraction: Extraction) -> bool:
    """Whether no sheet has the column of the time that decides, so that no row can be measured by it."""
    column = _TIMELESS.get(str(extraction.kind), ("",))[0]
    return bool(column) and not any(column in (*header.columns, *header.constants) for header in extraction.headers)


def sample_rows(
    extraction: Extraction, parts: Sequence[Extracted], columns: Sequence[Column], office: Office
) -> tuple[SampleRow, ...]:
    """The first rows of the file, then rejected and remarkable ones further down, in file order."""
    sheets = {name: index for index, name in enumerate(extraction.sheet_names)}
    rows = [*_candidates(extraction, parts, columns, office)]
    rows.sort(key=lambda row: (sheets.get(row.sheet, 0), row.row))
    first, rest = rows[:FIRST_ROWS], rows[FIRST_ROWS:]
    rejected = [row for row in rest if row.is_rejected][:MORE_REJECTED]
    remarkable = [row for row in rest if row.is_remarkable][:MORE_REMARKABLE]
    return tuple(row for row in rows if row in first or row in rejected or row in remarkable)


def _candidates(
    extraction: Extraction, parts: Sequence[Extracted], columns: Sequence[Column], office: Office
) -> Iterator[SampleRow]:
    reader = _Rows(extraction, columns, office)
    rejects = [reject for part in parts for reject in part.rejects]
    for reject in rejects[: FIRST_ROWS + MORE_REJECTED]:
        yield reader.rejected(reject)
    taken = 0
    for part in parts:
        first = part.frame.iloc[: max(FIRST_ROWS - taken, 0)]
        taken += len(first)
        wanted = pd.concat([first, _remarkable(extraction, part.frame, office)[: FIRST_ROWS + MORE_REMARKABLE]])
        for row in wanted[~wanted.index.duplicated()].to_dict("records"):
            yield reader.taken(row)


def _remarkable(extraction: Extraction, frame: pd.DataFrame, office: Office) -> pd.DataFrame:
    """Rows with a day and no time where a time decides, and rows of a room or an item that nobody knows."""
    chosen = np.zeros(len(frame), dtype=bool)
    column, day, time, _ = _TIMELESS.get(str(extraction.kind), ("", "", "", ""))
    if any(column in header.columns for header in extraction.headers):
        chosen |= (frame[day].notna() & frame[time].isna()).to_numpy(dtype=bool)
    if "room" in frame:
        chosen |= (frame["room"].notna() & office.room_names.canonical(frame["room"]).isna()).to_numpy(dtype=bool)
    if "item" in frame:
        chosen |= office.item_names.canonical(frame["item"]).isna().to_numpy(dtype=bool)
    return frame[chosen]


class _Rows:
    """Makes sample rows of one kind of one file."""

    def __init__(self, extraction: Extraction, columns: Sequence[Column], office: Office) -> None:
        self._extraction = extraction
        self._columns = columns
        self._office = office
        self._shown = {
            field.name: field.columns[0]
            for field in SPECS[extraction.kind].fields
            if field.columns and field.form is not Form.ANSWER
        }

    def taken(self, row: Mapping[str, Any]) -> SampleRow:
        """A good row, with what was understood."""
        sheet, number = _name(row["sheet"]), int(row["row"])
        typed = self._typed(sheet, number)
        cells = [self._cell(column, typed and typed.get(column.name, ""), row) for column in self._columns]
        return SampleRow(sheet, number, tuple(self._remarked(cells, row)))

    def rejected(self, reject: Reject) -> SampleRow:
        """A rejected row, with the reason under the cell it names."""
        reasons = {squeeze(header or ""): message for header, message in reject.reasons}
        cells = [
            Cell(self._cell_of(reject, column), fault=reasons.pop(squeeze(column.header), None))
            for column in self._columns
        ]
        left = all_of([*reasons.values()]) if reasons else None
        return SampleRow(reject.sheet, reject.row, tuple(cells), is_rejected=True, fault=left)

    def _cell_of(self, reject: Reject, column: Column) -> str:
        """What stands in a rejected row's cell; a constant stands in every row."""
        if column.is_constant:
            return next(h.constants[column.name] for h in self._extraction.headers if column.name in h.constants)
        return _short(reject.cells.get(column.header, ""))

    def _typed(self, sheet: str | None, number: int) -> dict[str, str] | None:
        """The row's cells by canonical column; None when it is not among the first rows of its sheet."""
        index = list(self._extraction.sheet_names).index(sheet)
        head, header = self._extraction.heads[index], self._extraction.headers[index]
        if number > len(head):
            return None
        line = head[number - 1]
        cells = {name: line[place] if place < len(line) else "" for name, place in header.columns.items()}
        cells |= header.constants
        return {name: _short(text if name in UNMASKED else mask(text)) for name, text in cells.items()}

    def _cell(self, column: Column, typed: str | None, row: Mapping[str, Any]) -> Cell:
        """The cell with its value as it is called here; without one when that is what was typed."""
        value = _known(row.get(self._shown.get(column.name, "")))
        if value is None:
            return Cell(typed)
        if column.form is Form.OPD:
            value = self._office.opd_names.one(str(value))
        elif column.form is Form.ROOM:
            value = self._office.room_names.one(str(value)) or str(value)
        elif column.form is Form.STEP:
            value = STEP_CODES[int(value)]
        is_as_typed = column.form in WORD_FORMS and typed is not None and value == squeeze(typed)
        return Cell(typed, None if is_as_typed else value)

    def _remarked(self, cells: Iterable[Cell], row: Mapping[str, Any]) -> Iterator[Cell]:
        """The cells with what follows from them: a time that is missing, a room or an item nobody knows."""
        place, day, time, code = _TIMELESS.get(str(self._extraction.kind), ("", "", "", ""))
        for column, cell in zip(self._columns, cells, strict=True):
            if column.name == place and _known(row[day]) is not None and _known(row[time]) is None:
                yield replace(cell, remark=code, subject=self._subject(row))
            elif column.form is Form.ROOM and self._is_unknown_room(row):
                yield replace(cell, remark="room_unknown")
            elif column.name == "barang" and self._office.item_names.one(str(row["item"])) is None:
                yield replace(cell, remark="item_unknown")
            else:
                yield cell

    def _subject(self, row: Mapping[str, Any]) -> str:
        """The step that cannot be measured; the register's receipt is where the step after it begins."""
        if "step" in row:
            return STEP_CODES[int(row["step"])]
        sop = self._office.sop_in_force
        received = sop.step_with(Meaning.RECEIVED)
        return next((step.code for step in sop.steps if received in step.follows), received)

    def _is_unknown_room(self, row: Mapping[str, Any]) -> bool:
        room = _known(row.get("room"))
        return room is not None and self._office.room_names.one(str(room)) is None


def _short(text: str) -> str:
    line = squeeze(text)
    return f"{line[:_LONGEST_CELL]}…" if len(line) > _LONGEST_CELL else line


def _known(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and isnan(value)) else value


def _name(sheet: Any) -> str | None:
    return sheet if isinstance(sheet, str) else None
