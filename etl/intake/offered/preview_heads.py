"""The headers of a file that nobody has recognised yet, and the source whose map would fit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from etl.extract.files.readers import open_sheets
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import HEAD_ROWS, cell_text
from etl.extract.headers import MAX_LETTERHEAD, column_letters, find_header
from etl.extract.kinds import SPECS, Kind, known_headers, known_to_all
from etl.extract.masks import mask
from etl.extract.words import fold_header, shipped_words, squeeze
from etl.settings.document import SourceMap


@dataclass(frozen=True)
class RawSheet:
    """The row of a sheet that looks most like a header: `row` counts from 1.

    Of a row that may be a person's, a header that nobody knows is told by its place alone: "kolom B".
    """

    name: str | None
    row: int
    headers: tuple[str, ...]


def raw_sheets(path: Path) -> tuple[RawSheet, ...]:
    """The likely header of every sheet with a filled cell. Raises Refused for a file that is no table."""
    names = known_to_all()
    with open_sheets(path) as sheets:
        heads = [(sheet.name, [_line(row) for row in islice(sheet.rows, HEAD_ROWS)]) for sheet in sheets]
    return tuple(_likely(name, rows, names) for name, rows in heads if any(any(row) for row in rows))


def _line(row: Sequence[object]) -> list[str]:
    return [squeeze(cell_text(cell)) for cell in row]


def _likely(name: str | None, rows: Sequence[Sequence[str]], names: frozenset[str]) -> RawSheet:
    """The row with the most known names, then the most filled cells, then the earliest."""
    filled = [(index, row) for index, row in enumerate(rows) if any(row)][: MAX_LETTERHEAD + 1]
    index, row = max(filled, key=lambda place: (_known(place[1], names), sum(map(bool, place[1]))))
    return RawSheet(name, index + 1, tuple(dict.fromkeys(_shown(row, names))))


def _shown(row: Sequence[str], names: frozenset[str]) -> list[str]:
    """The filled cells, each as typed or by its place."""
    is_hidden = _is_persons(row, names)
    return [
        f"kolom {column_letters(place)}" if is_hidden and fold_header(cell) not in names else cell
        for place, cell in enumerate(row)
        if cell
    ]


def _is_persons(row: Sequence[str], names: frozenset[str]) -> bool:
    """Whether a row may be a person's: it holds a personal number; or plain numbers, and no header that is known."""
    if any(mask(cell) != cell for cell in row):
        return True
    return not _known(row, names) and any(cell.isdecimal() for cell in row)


def may_hold_persons(path: Path) -> bool:
    """Whether a file that was refused looks like a list of persons: by a header, or by a personal number under it."""
    persons = shipped_words().person_headers
    try:
        with open_sheets(path) as sheets:
            cells = (cell for sheet in sheets for row in islice(sheet.rows, HEAD_ROWS) for cell in _line(row))
            return any(fold_header(cell) in persons or mask(cell) != cell for cell in cells)
    except (Refused, OSError):
        return False


def _known(row: Sequence[str], names: frozenset[str]) -> int:
    return sum(fold_header(cell) in names for cell in row)


def guessed_columns(kind: Kind, headers: Sequence[str]) -> dict[str, str]:
    """Canonical column → the header that the office's words take for it."""
    known = known_headers(kind)
    best: dict[str, tuple[int, str]] = {}
    for header in headers:
        column, rank = known.get(fold_header(header), (None, 0))
        if column is not None and (column not in best or rank < best[column][0]):
            best[column] = (rank, header)
    return {column: header for column, (_, header) in best.items()}


def recognised_kind(path: Path) -> Kind | None:
    """The kind of the first sheet whose header is recognised, as a load does; None where there is none."""
    try:
        with open_sheets(path) as sheets:
            heads = [[_line(row) for row in islice(sheet.rows, HEAD_ROWS)] for sheet in sheets]
    except (Refused, OSError):
        return None
    return next(filter(None, map(_kind_of, heads)), None)


def _kind_of(head: Sequence[Sequence[str]]) -> Kind | None:
    try:
        return find_header(head, None, None).kind
    except Refused:
        return None


def likely_kind(headers: Sequence[str]) -> Kind:
    """The kind of which most columns are recognised; required ones count most."""

    def fit(kind: Kind) -> tuple[int, int]:
        guessed = guessed_columns(kind, headers)
        return sum(name in guessed for name in SPECS[kind].always), len(guessed)

    return max(Kind, key=fit)


def source_by_name(sources: Sequence[SourceMap], file: str) -> SourceMap | None:
    """The first source of files whose pattern this name fits, whatever its case."""
    name = file.casefold()
    return next((s for s in sources if s.files and fnmatchcase(name, s.files.casefold())), None)


def source_by_headers(sources: Sequence[SourceMap], sheets: Sequence[RawSheet]) -> SourceMap | None:
    """The first source of files all of whose columns stand in one of the sheets."""
    sheet_headers = [{fold_header(header) for header in sheet.headers} for sheet in sheets]
    return next((s for s in sources if not s.url_env and any(_fits(s, headers) for headers in sheet_headers)), None)


def _fits(source: SourceMap, headers: set[str]) -> bool:
    wanted = {fold_header(origin) for origin in source.columns.values() if isinstance(origin, str)}
    return bool(wanted) and wanted <= headers
