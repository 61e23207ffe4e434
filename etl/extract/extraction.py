"""A file, or cells of a database, opened: one extraction per kind of record in it, read in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access.errors import Message
from etl.domain.compliance.rules import Dependents
from etl.domain.frames import MISSING, Bools, Ints
from etl.extract.beside import cells_beside, left_tables
from etl.extract.dates import NO_EVIDENCE, DateOrder, OrderEvidence, order_evidence
from etl.extract.ditto import Ditto
from etl.extract.files.readers import open_sheets
from etl.extract.files.refusal import IntakeWarning, Refused, quoted
from etl.extract.files.sheet import Column, Sheet, constant_column
from etl.extract.findings import Fault, Findings, Reject, SetAside, Sort, fault, further_warnings, shown
from etl.extract.furniture import Furniture, FurnitureKind
from etl.extract.headers import ColumnMap, Header, told_headers, unheaded
from etl.extract.kinds import SPECS, Kind, kind_named
from etl.extract.masks import told_name
from etl.extract.reading import Reading, moments, numbers, texts
from etl.extract.rows import READERS
from etl.extract.sheets import UNREAD_LINE, recognise
from etl.extract.table import Layout, Part, Table, build_table, layout_of, meant, parts
from etl.extract.texts import numbers_in, tidy_texts
from etl.extract.times import TimeEvidence
from etl.extract.words import fold_header, shipped_dependents

PART_ROWS = 50_000
"""Rows of a file that are held and taken at a time."""

_MOST_RANGES = 10
"""Runs of rows that a warning names."""


@dataclass(frozen=True)
class Extracted:
    """The rows of one kind in a file, or of a part of it: each of `read` is in `frame` or in `rejects`. Of rows in
    `frame` some cells may be in `set_aside`; `furniture` is not read.

    `frame` has one row per good source row, or per day of a use over several days, in file order, with `sheet` and
    `row` first; the columns of each kind are those that its reader in `rows` returns. Days count from 1970-01-01 in the
    office's zone, moments are UTC seconds, both nullable integers. `refuse` makes a reject of a row of `frame` by its
    place, the column and what is wrong with it; None where no cells are at hand. `refused_numbers`: the
    register numbers that the rejected rows of a register name.
    """

    kind: Kind
    frame: pd.DataFrame
    rejects: list[Reject]
    warnings: list[IntakeWarning]
    ignored_columns: list[str]
    read: int
    set_aside: Sequence[SetAside] = ()
    furniture: Sequence[Furniture] = ()
    refuse: Callable[[int, str, Fault], Reject] | None = None
    refused_numbers: Collection[int] = ()


@dataclass(frozen=True)
class Extraction:
    """The sheets of one kind in an open file.

    `warnings` are those of the file as a whole. Only `parts` reads the rows.
    """

    file: str | None
    layout: Layout
    survey: Survey
    zone: ZoneInfo
    warnings: list[IntakeWarning]
    part_rows: int = PART_ROWS
    dependents: Dependents = field(default_factory=shipped_dependents)
    is_calendar: ClassVar[bool] = False

    @property
    def kind(self) -> Kind:
        """What the sheets hold."""
        return self.layout.kind

    @property
    def headers(self) -> Sequence[Header]:
        """The header of each sheet."""
        return self.layout.headers

    @property
    def sheet_names(self) -> list[str | None]:
        """What the workbook calls the sheets; a CSV's one sheet has no name."""
        return [grid.name for grid in self.layout.grids]

    @cached_property
    def heads(self) -> list[list[list[str]]]:
        """The first 40 rows of each sheet as texts, for previews; of a list of persons only the columns read."""
        heads = [[list(row) for row in grid.head] for grid in self.layout.grids]
        if not SPECS[self.kind].is_private:
            return heads
        return [_without_persons(head, header) for head, header in zip(heads, self.headers, strict=True)]

    @cached_property
    def ignored_columns(self) -> list[str]:
        """Headers whose columns are not read, as they may be listed; of columns without one their places."""
        sheets = zip(self.layout.grids, self.headers, strict=True)
        names = (name for grid, header in sheets for name in (*header.ignored, *unheaded(grid, header)))
        return told_headers(names, is_private=SPECS[self.kind].is_private)

    def parts(self) -> Iterator[Extracted]:
        """All rows in file order, at most `part_rows` at a time; at least one part, also of a header without rows.

        Remarks beyond a hundred of a sort are counted in the last part. Raises Refused like `open_file`.
        """
        alike: Counter[Sort] = Counter()
        beside: Counter[str] = Counter()
        ditto = Ditto()
        with _told_of(self.file):
            for part in parts(self.layout, self.part_rows):
                yield self._read(part, alike, beside, ditto)

    def _read(self, part: Part, alike: Counter[Sort], beside: Counter[str], ditto: Ditto) -> Extracted:
        table, furniture = build_table(self.layout, part, ditto)
        findings = Findings(table, alike)
        for name, filled in table.as_above.items():
            findings.remark(filled, name, "as_above", quotes=True)
        for position in np.flatnonzero(table.struck_rows).tolist():
            findings.reject_at(position, None, fault("struck_row"))
        for name, struck in table.struck.items():
            findings.note(struck & ~table.struck_rows, name, "struck", quotes=True)
        seen, is_1904 = self.survey, any(grid.is_from_1904 for grid in self.layout.grids)
        columns = (seen.orders, seen.blank_zeros, seen.part_columns, seen.year_first)
        is_workbook = not any(grid.is_delimited or grid.is_query for grid in self.layout.grids)
        reading = Reading(table, findings, *columns, self.zone, is_1904, is_workbook, self.dependents)
        rows = READERS[self.kind](reading)
        for position in np.flatnonzero(table.cells).tolist():
            cells, headers = int(table.cells[position]), table.header_count(position)
            code, words = ("too_many_cells", "cells_of_row") if cells > headers else ("too_few_cells", "cells_lacking")
            findings.reject_at(position, None, fault(code, words, cells=cells, headers=headers))
        good = _each_day(_good(table, findings, rows), self.zone)
        return Extracted(
            kind=self.kind,
            frame=good.reset_index(drop=True),
            rejects=findings.rejects(),
            warnings=[*_other_tables(furniture), *_unread_lines(furniture, self.kind)]
            + [*cells_beside(self.layout, part, beside), *findings.warnings()]
            + (further_warnings(alike) if part.is_last else []),
            ignored_columns=self.ignored_columns,
            read=len(table),
            set_aside=findings.set_aside(),
            furniture=furniture,
            refuse=partial(_refused, findings, good.index.to_numpy()),
            refused_numbers=_numbers_named(table, findings.is_bad) if self.kind is Kind.PERMOHONAN else (),
        )


def _numbers_named(table: Table, rows: Bools) -> set[int]:
    """The register numbers that stand in the cells of these rows."""
    cells = (table.typed("no_agenda").cell(position) for position in np.flatnonzero(rows).tolist())
    return {int(number) for cell in cells for number in numbers_in(cell) if number.isdecimal()}


def _other_tables(furniture: Iterable[Furniture]) -> list[IntakeWarning]:
    """Where another table begins below the one that is read."""
    return [
        IntakeWarning(row.kind, row.row, Message("extract.other_table", row=row.row).stored(), row.sheet)
        for row in furniture
        if row.kind == FurnitureKind.OTHER_TABLE
    ]


def _unread_lines(furniture: Iterable[Furniture], kind: Kind) -> list[IntakeWarning]:
    """A warning for the lines of each sheet that read like letters below the last record, or like persons."""
    sentence = "extract.unread_persons" if SPECS[kind].is_private else "extract.unread_lines"
    rows: dict[str | None, list[int]] = {}
    for line in furniture:
        if line.kind == FurnitureKind.UNREAD:
            rows.setdefault(line.sheet, []).append(line.row)
    return [
        IntakeWarning(UNREAD_LINE, numbers[0], Message(sentence, rows=_ranges(numbers)).stored(), sheet)
        for sheet, numbers in rows.items()
    ]


def _ranges(rows: Sequence[int]) -> str:
    """Row numbers in their order, those that follow one another together: "45–47, 50"."""
    runs = np.split(np.array(rows), np.flatnonzero(np.diff(rows) > 1) + 1)
    named = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return ", ".join(named[:_MOST_RANGES]) + (", …" if len(named) > _MOST_RANGES else "")


@contextmanager
def open_file(
    path: Path,
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: ColumnMap | None = None,
    zone: ZoneInfo,
    name: str | None = None,
    with_hidden: bool = False,
    part_rows: int = PART_ROWS,
    dependents: Dependents | None = None,
) -> Iterator[tuple[Extraction, ...]]:
    """The extractions of a file, one per kind of record in it: permohonan, pemakaian, disposisi, peserta, kondisi.

    `kind` overrides the source's, which overrides recognition from the headers. `date_order` is one of dmy, mdy,
    ymd for all columns, or names columns: a mapping, or `kolom=mdy`. Times are the office's, in `zone`. `with_hidden`:
    a hidden sheet is taken beside a visible one of its kind. `dependents`: for each step those that depend on it by
    the office's SOP, else by the shipped one; a hand-over against that order is a return.
    A CSV is looked through once and never held; other files are held as long as they are open.
    Raises Refused, one sentence that starts with the file's name (or `name`), when nothing of it can be taken.
    """
    file = told_name(name or path.name)
    with ExitStack() as stack:
        with _told_of(file):
            sheets = stack.enter_context(open_sheets(path))
            extractions = _extractions(file, sheets, kind, date_order, source, zone, part_rows, with_hidden, dependents)
        yield extractions


@contextmanager
def open_cells(
    sheets: Iterable[Sheet],
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: ColumnMap | None = None,
    zone: ZoneInfo,
    with_hidden: bool = False,
    part_rows: int = PART_ROWS,
    dependents: Dependents | None = None,
) -> Iterator[tuple[Extraction, ...]]:
    """The same from raw cells, for sources that are no files. The first filled row under a letterhead names them."""
    yield _extractions(None, sheets, kind, date_order, source, zone, part_rows, with_hidden, dependents)


def _extractions(
    file: str | None, sheets: Iterable[Sheet], kind: Kind | str | None, date_order: GivenOrder,
    source: ColumnMap | None, zone: ZoneInfo, part_rows: int, with_hidden: bool,
    dependents: Dependents | None,
) -> tuple[Extraction, ...]:  # fmt: skip
    given = kind_named(kind) if kind else None
    left, beside = left_tables(sheets, given, source)
    recognised, skipped = recognise(left, given, source, with_hidden=with_hidden, file=file)
    read = {id(grid) for grid, _ in recognised}
    notes = [note for sheet in left if id(sheet.grid()) not in read for note in sheet.notes]
    extractions: list[Extraction] = []
    order = shipped_dependents() if dependents is None else dependents
    for each in READERS:
        if sheets_of_kind := [(grid, header) for grid, header in recognised if header.kind is each]:
            layout = layout_of(sheets_of_kind, source)
            seen = survey(layout, date_order, source, part_rows)
            warnings = [*([] if extractions else [*notes, *skipped, *beside]), *seen.warnings]
            extractions.append(Extraction(file, layout, seen, zone, warnings, part_rows, order))
    return tuple(extractions)


@contextmanager
def _told_of(file: str | None) -> Iterator[None]:
    """Refusals say which file they are about."""
    try:
        yield
    except Refused as refusal:
        of_file = Refused("extract.in_file", file=file, reason=refusal.message) if file else refusal
        raise of_file from refusal.__cause__


def _good(table: Table, findings: Findings, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were not rejected, with where they stood in front; the index is their position in the table."""
    rows.insert(0, "sheet", texts(pa.array(table.names, pa.string()).take(pa.array(table.sheet))))
    rows.insert(1, "row", table.row)
    return rows[~findings.is_bad]


def _each_day(rows: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """The rows with one for each day of those that go on until `last_on`, at the same hours."""
    if "last_on" not in rows:
        return rows
    first, last, *at = (
        rows[name].to_numpy(np.int64, na_value=MISSING) for name in ("started_on", "last_on", "started_at", "ended_at")
    )
    rows = rows.drop(columns="last_on")
    days = np.where(last == MISSING, 1, last - first + 1)
    if (days == 1).all():
        return rows
    row = np.repeat(np.arange(len(rows)), days)
    day = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(days) - days, days)
    nothing = np.full(len(rows), MISSING)
    midnight = moments(first, np.zeros_like(first), nothing, zone).at
    clocks = (np.where(one == MISSING, MISSING, one - midnight)[row] for one in at)
    started, ended = (numbers(moments(day, clock, nothing[row], zone).at) for clock in clocks)
    whole = rows.iloc[row]
    moved = {"started_on": numbers(day), "started_at": started, "ended_at": ended}
    return whole.assign(**{name: values.array for name, values in moved.items()})


def _refused(findings: Findings, taken: Ints, place: int, name: str, defect: Fault) -> Reject:
    return findings.rejected(int(taken[place]), [(name, defect)])


@cache
@cache
def no_rows(kind: Kind) -> pd.DataFrame:
    """The columns of a kind's typed rows, with their types and without a row; made once, only to be looked at."""
    nothing = np.empty(0, dtype=np.int64)
    table = Table(kind, [], [], nothing, nothing, {}, nothing, {})
    findings = Findings(table)
    reading = Reading(table, findings, {}, (), (), (), ZoneInfo("UTC"))
    return _good(table, findings, READERS[kind](reading)).drop(columns="last_on", errors="ignore")


_AS_THEY_STAND = frozenset({"sheet", "agenda_key", "agenda_number", "letter_number"})
"""Texts in which a long number is nobody's personal one."""


def typed_rows(kind: Kind, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Rows that are no cells of a table, in the columns of the kind: one that a row leaves out says nothing."""
    types = no_rows(kind).dtypes.to_dict()
    return pd.DataFrame({name: _typed_column(name, rows, dtype) for name, dtype in types.items()})


def _typed_column(name: str, rows: Sequence[Mapping[str, object]], dtype: Any) -> Any:
    """The cells of one column as the reader types them: texts tidied and masked, 0 or false where a code or flag is not
    said."""
    values = [row.get(name) for row in rows]
    if isinstance(dtype, pd.StringDtype):
        said = pa.array(values, pa.string())
        is_silent = said.null_count == len(said)
        return texts(said if is_silent else tidy_texts(said, is_masked=name not in _AS_THEY_STAND)).array
    if isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return pd.array(values, dtype=dtype)
    return np.array([value or 0 for value in values], dtype=dtype)


def _without_persons(head: Sequence[Sequence[str]], header: Header) -> list[list[str]]:
    """The header as far as it may be listed, and under it only the cells of columns that are read."""
    kept = set(header.columns.values())
    listable = {*told_headers(header.ignored, is_private=True)}
    listed = kept | {index for index, name in enumerate(header.typed) if name in listable}
    return [
        [
            cell if (row == header.row and index in listed) or (row > header.row and index in kept) else ""
            for index, cell in enumerate(cells)
        ]
        for row, cells in enumerate(head)
    ]


GivenOrder = str | Mapping[str, str] | None
"""An order of all date columns, or of some: a mapping, or `kolom=mdy`."""


@dataclass(frozen=True)
class Survey:
    """What holds for all parts of a file: the given date orders, the time columns in which 00.00 is no time, those
    that hold parts of a day, the date columns in which a year of two digits may stand first, and what is to be told of
    the file as a whole."""

    orders: Mapping[str, DateOrder]
    blank_zeros: frozenset[str]
    part_columns: frozenset[str]
    year_first: frozenset[str]
    warnings: list[IntakeWarning]


def survey(layout: Layout, given: GivenOrder, source: ColumnMap | None, rows: int) -> Survey:
    """Look through all sheets, so many rows at a time, keeping nothing of them.

    Raises Refused for an unknown order, for dates that need one that nobody gave, and for what makes the file
    unreadable anywhere in it.
    """
    orders = wished_orders(layout, given, source)
    warnings = [warning for grid in layout.grids for warning in grid.look_through()]
    spec = SPECS[layout.kind]
    evidence = {name: NO_EVIDENCE for name in spec.dates if name in layout.names and name not in orders}
    times = {name: TimeEvidence() for name in spec.times if name in layout.names}
    for name, column in _columns(layout, {*evidence, *times}, rows):
        if name in evidence:
            evidence[name] = order_evidence(column.texts, evidence[name])
        else:
            times[name].add(column.strings, column.counts().tolist())
    warnings += [warning for grid in layout.grids for warning in grid.remarks()]
    for name, seen in evidence.items():
        check_day_first(layout, name, seen)
    blank_zeros = frozenset(name for name, seen in times.items() if seen.zero_means_missing())
    part_columns = frozenset(name for name, seen in times.items() if seen.has_parts())
    year_first = frozenset(name for name, seen in evidence.items() if seen.is_year_doubtful)
    return Survey(orders, blank_zeros, part_columns, year_first, warnings)


def _columns(layout: Layout, names: set[str], rows: int) -> Iterator[tuple[str, Column]]:
    """The cells of these columns, piece by piece; a constant of a source once."""
    for grid, header, first_row in zip(layout.grids, layout.headers, layout.first_rows, strict=True):
        places = {name: index for name, index in header.columns.items() if name in names}
        for name in names.intersection(header.constants):
            yield name, meant(constant_column(header.constants[name], 1), layout.values.get(name))
        for block in grid.blocks(rows, set(places.values())):
            below = block.below(first_row)
            for name, index in places.items():
                yield name, meant(below.column(index), layout.values.get(name))


def wished_orders(layout: Layout, given: GivenOrder, source: ColumnMap | None) -> dict[str, DateOrder]:
    """Orders by canonical column; what is given wins over what the source says.

    Raises Refused for an unknown order or column.
    """
    spec = SPECS[layout.kind]
    names = [name for name in (*spec.dates, *spec.stamps) if name in layout.names]
    orders: dict[str, DateOrder] = {}
    for wish in (source.date_order if source is not None else None, given):
        orders |= _wished(layout, names, wish)
    return orders


def _wished(layout: Layout, names: list[str], wish: GivenOrder) -> dict[str, DateOrder]:
    if wish is None:
        return {}
    if isinstance(wish, str) and "=" not in wish:
        return dict.fromkeys(names, _order(wish))
    pieces = dict(piece.rpartition("=")[::2] for piece in wish.split(",")) if isinstance(wish, str) else wish
    return {_column(layout, names, name): _order(order) for name, order in pieces.items()}


def _order(text: str) -> DateOrder:
    try:
        return DateOrder(text.strip().casefold())
    except ValueError:
        raise Refused("extract.unknown_order", order=text) from None


def _column(layout: Layout, names: list[str], given: str) -> str:
    """The canonical name of a column named by itself or by its header in the file."""
    for name in names:
        typed = {header.name_of(name) for header in layout.headers}
        if fold_header(given) in {fold_header(text) for text in (name, *typed)}:
            return name
    typed = dict.fromkeys(header.name_of(name) for name in names for header in layout.headers if name in header.columns)
    raise Refused("extract.order_of_no_date", column=given, columns=quoted(typed))


def check_day_first(layout: Layout, name: str, evidence: OrderEvidence) -> None:
    """Raises Refused for a column that nobody gave an order for and that can only be read with the month first."""
    if evidence.month_first and not evidence.day_first:
        typed = next((header.name_of(name) for header in layout.headers if name in header.columns), name)
        raise Refused("extract.month_first", header=typed, example=shown(evidence.month_first))
