"""Which sheets of a file hold records, and which rows that look like records are not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import chain

import numpy as np

from data_access.errors import Message
from etl.extract.doubtful_logs import check_log, plain_numbers
from etl.extract.files.refusal import ROWS_IN_CELL, IntakeWarning, Refused
from etl.extract.files.sheet import Block, Grid, Sheet
from etl.extract.headers import (
    FEWEST_HEADERS,
    ColumnMap,
    Header,
    find_header,
    first_records,
    is_bare_number,
    names_columns,
    read_as,
    unread_days,
)
from etl.extract.kinds import SPECS, Form, Kind
from etl.extract.left_out import count_of_letters, is_like_letter, is_outgoing
from etl.extract.lines import (
    NUMBER_FIRST,
    WORDS,
    is_label,
    line_of_letter,
    numbered_agency,
    row_says_day,
    says_day,
    says_day_within,
    width_of,
)
from etl.extract.words import fold, fold_header

_EVENT_WORD = re.compile(r"kegiatan|acara|pelaksanaan|rapat|pakai|pinjam")
_CLOCK_CELL = re.compile(r"(?:\d{4}-\d\d-\d\d )?\d{1,2}[.:]\d\d(?:[.:]\d\d)?(?: *wi(?:b|ta|t))?")
_REMARK = re.compile(r" *\(.*\)$")
_SEVERAL_ROWS, _FEWEST_CELLS = 2, 4
_COUNTED_ROWS = 10_000
_WHEN = (Form.AGENDA, Form.YEAR, Form.DAY, Form.CLOCK, Form.MOMENT)
_NOTES = frozenset({"keterangan", "catatan", "uraian"})

HIDDEN_SHEET = "hidden_sheet"
"""Code of the warning that a hidden sheet was not taken before somebody asks for it."""

TABLE_BESIDE, CELLS_BESIDE = "table_beside", "cells_beside"
UNREAD_LINE, UNREAD_DAY = "unread_line", "unread_day"
UNREAD = frozenset(
    {"unread_sheet", "table_above", "other_table", TABLE_BESIDE, CELLS_BESIDE, UNREAD_LINE, UNREAD_DAY, ROWS_IN_CELL}
)
"""Codes of the warnings that rows like records were not read: of a sheet without a header that can be read, above the
header, of another table below or beside, of cells beside in columns without a header, of lines like letters below the
last record, and of lines within a cell; or that a column of days was not."""

Sheets = list[tuple[Grid, Header]]
"""Sheets, each with its header."""


def recognise(
    sheets: Iterable[Sheet], kind: Kind | None, source: ColumnMap | None, *, with_hidden: bool, file: str | None = None
) -> tuple[Sheets, list[IntakeWarning]]:
    """The sheets with a header, in file order, and a warning for each other one that is not empty.

    A hidden sheet of the same kind as a visible one is left out, unless it is asked for. Raises Refused when there is
    no filled cell, and the first sheet's refusal when no sheet has a header. `file`: what the file is called.
    """
    grids = [(grid, sheet.is_hidden) for sheet in sheets if _is_filled(grid := sheet.grid())]
    if not grids:
        raise Refused("extract.no_cell")
    visible: Sheets = []
    hidden: Sheets = []
    refusals: list[tuple[Grid, Refused]] = []
    for grid, is_hidden in grids:
        try:
            (hidden if is_hidden and not with_hidden else visible).append((grid, find_header(grid.head, kind, source)))
        except Refused as refusal:
            refusals.append((grid, refusal))
    if kind is None and source is None:
        refusals = [*_doubtful_logs(visible, hidden, file), *refusals]
    seen = {header.kind for _, header in visible}
    taken = [*visible, *((grid, header) for grid, header in hidden if header.kind not in seen)]
    if not taken:
        raise refusals[0][1]
    untaken = [_hidden(grid) for grid, header in hidden if header.kind in seen]
    above = [warning for table in taken for warning in _tables_above(*table)]
    days = [] if source is not None and source.columns else [day for table in taken for day in _days(*table)]
    numbers = [] if source is not None and source.columns else [note for table in taken for note in _numbers(*table)]
    return taken, [*untaken, *_skipped(refusals, taken), *above, *days, *numbers]


def _doubtful_logs(visible: Sheets, hidden: Sheets, file: str | None) -> list[tuple[Grid, Refused]]:
    """Take the sheets away that read as room logs and may be registers; why each was."""
    registers = [table for table in (*visible, *hidden) if table[1].kind is Kind.PERMOHONAN]
    doubtful: list[tuple[Grid, Refused]] = []
    for tables in (visible, hidden):
        for place, (grid, header) in reversed([*enumerate(tables)]):
            try:
                check_log(grid, header, registers, file)
            except Refused as refusal:
                del tables[place]
                doubtful.insert(0, (grid, refusal))
    return doubtful


def _numbers(grid: Grid, header: Header) -> list[IntakeWarning]:
    """A remark where the numbers under "No" are taken for the register numbers of letters."""
    if not is_bare_number(header):
        return []
    message = Message("extract.number_taken", column=header.name_of("no_agenda"))
    return [IntakeWarning("number_taken", header.row + 1, message.stored(), grid.name)]


def _days(grid: Grid, header: Header) -> list[IntakeWarning]:
    """A warning for each column of days or clock times of which nobody can say what they are, though the record has
    room for one."""
    messages = [
        *(Message("extract.unread_day", column=name) for name in unread_days(header)),
        *(Message("extract.unread_event", column=name) for name in _unread_events(grid, header)),
        *(Message(f"extract.unread_time_{header.kind}", column=name) for name in _unread_times(grid, header)),
        *(Message("extract.unread_other", column=name, read=read) for name, read in _other_versions(header)),
    ]
    return [IntakeWarning(UNREAD_DAY, header.row + 1, message.stored(), grid.name) for message in messages]


def _unread_events(grid: Grid, header: Header) -> list[str]:
    """The headers of a register without a day of the event that speak of one, over days."""
    if header.kind is not Kind.PERMOHONAN or "tgl_kegiatan" in header.columns:
        return []
    columns = _ignored_columns(grid, header)
    return [name for name, cells in columns if _EVENT_WORD.search(fold(name)) and _are_most(cells, says_day)]


def _unread_times(grid: Grid, header: Header) -> list[str]:
    """The headers over clock times in a book of hand-overs, or of uses, that has no column of the time of its end."""
    if header.kind not in (Kind.DISPOSISI, Kind.PEMAKAIAN) or "jam_selesai" in header.columns:
        return []
    columns = _ignored_columns(grid, header)
    return [name for name, cells in columns if _are_most(cells, lambda cell: bool(_CLOCK_CELL.fullmatch(cell)))]


def _other_versions(header: Header) -> list[tuple[str, str]]:
    """The headers that say a column that is read and a remark in brackets, as of what was put right, with that one."""
    read = {fold_header(header.name_of(name)): header.name_of(name) for name in header.columns}
    bare = ((name, fold_header(_REMARK.sub("", name))) for name in header.ignored if _REMARK.search(name))
    return [(name, read[base]) for name, base in bare if base in read]


def _ignored_columns(grid: Grid, header: Header) -> list[tuple[str, list[str]]]:
    """The headers whose columns are not read, and compared with nothing, with their cells in the first records."""
    used, records = {*header.columns.values(), *header.compared.values()}, first_records(grid, header)
    places = [(place, name) for place, name in enumerate(header.typed) if name and place not in used]
    return [(name, [fold(row[place]) for row in records if place < len(row)]) for place, name in places]


def _are_most(cells: Sequence[str], is_such: Callable[[str], bool]) -> bool:
    return 2 * sum(map(is_such, cells)) > len(cells)


def _hidden(grid: Grid) -> IntakeWarning:
    message = Message("extract.hidden_sheet", sheet=str(grid.name))
    return IntakeWarning(HIDDEN_SHEET, None, message.stored(), grid.name)


def _is_filled(grid: Grid) -> bool:
    return any(any(map(str.strip, row)) for row in grid.head)


def _skipped(refusals: Iterable[tuple[Grid, Refused]], taken: Sheets) -> list[IntakeWarning]:
    """Why sheets are left out; beside a list of persons nothing of them is quoted, which may be persons as well."""
    is_private = any(SPECS[header.kind].is_private for _, header in taken)
    unknown, largest = Message("extract.sheet_unknown"), cache(partial(_largest_number, taken))
    warnings = []
    for grid, refusal in refusals:
        near, letters = _nearly(grid), count_of_letters(grid, largest)
        goes_on = near is not None or letters > 0 or any(_goes_on(grid, *table) for table in taken)
        reason = unknown if is_private else refusal.message
        sentence = "extract.unread_rows" if goes_on else "extract.sheet_left_out"
        counted = {"count": max(_count_of_rows(grid, taken), letters)} if goes_on else {}
        message = Message(sentence, sheet=str(grid.name), reason=reason, **counted)
        if near is not None and (lacking := SPECS[near.kind].missing(near.columns)):
            of_kind = {"kind": str(near.kind), "column": lacking[0]}
            message = Message("extract.rows_lack", sheet=str(grid.name), **of_kind, **counted)
        code = "unread_sheet" if goes_on else "sheet_ignored"
        warnings.append(IntakeWarning(code, None, message.stored(), grid.name))
    return warnings


def _largest_number(taken: Sheets) -> int:
    """The largest plain number of the registers among these sheets; 0 without one."""
    registers = (table for table in taken if table[1].kind is Kind.PERMOHONAN)
    return max(chain.from_iterable(plain_numbers(*register) for register in registers), default=0)


def _count_of_rows(grid: Grid, taken: Sheets) -> int:
    """How many rows of a sheet fill so many cells as a record does at least, without those that name columns."""
    heads = sum(any(names_columns(row, header) for _, header in taken) for row in grid.head)
    return max(sum(map(_count_of_wide, grid.blocks(_COUNTED_ROWS))) - heads, sum(map(is_like_letter, grid.head)))


def _count_of_wide(block: Block) -> int:
    widths = np.sum([column.is_filled() for column in block.columns.values()], axis=0)
    return int(np.count_nonzero(widths >= FEWEST_HEADERS))


def _nearly(grid: Grid) -> Header | None:
    """The header of a sheet that lacks at most one column of a kind of record, over rows that say a day; None where
    there is none, or the sheet speaks of letters sent."""
    for place, row in enumerate(grid.head):
        headers = [read_as(spec, place, list(row), []) for spec in SPECS.values() if not spec.is_private]
        near = [header for header in headers if _lacks_little(header)]
        if near and not is_outgoing(grid, row):
            says_days = any(row_says_day(row) and width_of(row) >= FEWEST_HEADERS for row in grid.head[place + 1 :])
            return max(near, key=lambda header: len(header.columns)) if says_days else None
    return None


def _lacks_little(header: Header) -> bool:
    """Whether a header has a day, at least three columns, and all that its kind needs but one; of hand-overs a giver, a
    receiver or a step, and nothing that is written on a letter."""
    spec, columns = SPECS[header.kind], header.columns.keys()
    if len(columns) < FEWEST_HEADERS or columns.isdisjoint(spec.dates) or len(spec.missing(columns)) > 1:
        return False
    return not spec.either or not (columns.isdisjoint(chain(*spec.either)) or _says_letter(header))


def _says_letter(header: Header) -> bool:
    return not {"no_surat", "perihal"}.isdisjoint(read_as(SPECS[Kind.PERMOHONAN], 0, list(header.typed), []).columns)


def _goes_on(grid: Grid, table: Grid, header: Header) -> bool:
    """Whether a sheet whose header cannot be read looks like more rows of a table: several are like records, or fill as
    many columns as its records and say a day where those do. Below a header of its own one is enough; one that lacks
    much and speaks of letters sent is of another table."""
    spec, heads = SPECS[header.kind], [names_columns(row, header) for row in grid.head]
    own = [read_as(spec, 0, list(row), []) for row, is_head in zip(grid.head, heads, strict=True) if is_head]
    is_near = any(len(spec.missing(each.columns)) <= 1 for each in own)
    if own and not is_near and is_outgoing(grid, [name for header in own for name in header.typed]):
        return False
    has_days, usual = any(map(row_says_day, first_records(table, header))), _usual_width(table, header)
    most = FEWEST_HEADERS if is_near else _FEWEST_CELLS if any(map(_says_matter, own)) else usual
    fewest = min(usual if is_near else usual - usual // 4, most)
    rows = [row for row, is_head in zip(grid.head, heads, strict=True) if not is_head]
    alike = [
        row
        for row in rows
        if _is_like_record(row, fewest)
        or ((is_near or not own) and width_of(row) >= usual and (row_says_day(row) or not has_days))
    ]
    return len(alike) >= (1 if own else _SEVERAL_ROWS)


def _says_matter(header: Header) -> bool:
    """Whether a header names more of a record than its number, days and clock times, and a note, as a list of holidays
    or of who is on duty does not."""
    fields = (field for field in SPECS[header.kind].fields if field.name in header.columns)
    return any(field.form not in _WHEN and field.name not in _NOTES for field in fields)


def _is_like_record(row: Sequence[str], fewest: int) -> bool:
    """Whether a row fills so many cells, begins with a number, and says a day and something in words."""
    first, *others = list(filter(None, map(fold, row))) or [""]
    days = [cell for cell in others if says_day(cell)]
    is_numbered = NUMBER_FIRST.fullmatch(first) is not None and not says_day(first)
    has_words = any(WORDS.search(cell) for cell in others if cell not in days)
    return is_numbered and has_words and bool(days) and len(others) + 1 >= fewest


def _tables_above(grid: Grid, header: Header) -> list[IntakeWarning]:
    """A warning where a row above a header is like a record, has the first cells of one in their columns, or is a line
    with a number and an agency, or several fill as many columns as its records and say a day, as no letterhead does."""
    above, usual = list(enumerate(grid.head[: header.row], start=1)), _usual_width(grid, header)
    alike = [
        row for row, cells in above if _is_like_record(cells, usual - usual // 4) or _is_short_record(cells, header)
    ]
    dated = [
        row
        for row, cells in above
        if width_of(cells) >= usual and row_says_day(cells) and not any(map(is_label, cells))
    ]
    lines = [row for row, cells in above if row not in alike and _is_unwritten(cells, header)]
    unread = Message("extract.unread_lines_above", rows=[*map(str, lines)])
    named = [IntakeWarning(UNREAD_LINE, lines[0], unread.stored(), grid.name)] if lines else []
    if not alike and len(dated) < _SEVERAL_ROWS:
        return named
    first = min(alike + dated)
    message = Message("extract.table_above", row=first, header=header.row + 1)
    return [IntakeWarning("table_above", first, message.stored(), grid.name), *named]


def _is_unwritten(row: Sequence[str], header: Header) -> bool:
    """Whether a row of one cell tells of a letter that was not written in a row; above a list of persons none does."""
    if SPECS[header.kind].is_private or width_of(row) != 1 or any(map(is_label, row)):
        return False
    return line_of_letter(fold("".join(row)))


def _is_short_record(row: Sequence[str], header: Header) -> bool:
    """Whether a row has a number, a day and words in the columns of such, or begins as a letter in one sentence does:
    `1a`, `Dinas Pariwisata, 6 April`. Of a list of persons none is asked about, whose letterhead may be numbered."""
    spec = SPECS[header.kind]
    if spec.is_private or any(map(is_label, row)):
        return False
    cells = {name: fold(row[place]) for name, place in header.columns.items() if place < len(row)}
    is_numbered = NUMBER_FIRST.fullmatch(cells.get("no_agenda", "")) is not None
    days = [name for name in spec.dates if says_day(cells.get(name, ""))]
    has_words = any(WORDS.search(text) for name, text in cells.items() if name not in spec.dates)
    line = " ".join(filter(None, map(fold, row)))
    return (is_numbered and bool(days) and has_words) or (says_day_within(line) and bool(numbered_agency().match(line)))


def _usual_width(table: Grid, header: Header) -> int:
    """How many columns most records of a table fill."""
    widths = sorted(map(width_of, first_records(table, header))) or [len(header.headed)]
    return widths[len(widths) // 4]
