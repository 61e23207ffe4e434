"""A file, or cells of a database, opened: one extraction per kind of record in it, read in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access.errors import Message
from etl.extract.disposisi import read_disposisi
from etl.extract.files.file_name import told_name
from etl.extract.files.readers import open_sheets
from etl.extract.files.refusal import IntakeWarning, Refused
from etl.extract.files.sheet import Sheet
from etl.extract.findings import Findings, Reject, Sort, fault, further_warnings
from etl.extract.headers import Header, Recognised, SourceMap, recognise, told_headers
from etl.extract.kinds import SPECS, Kind, kind_named
from etl.extract.kondisi import read_kondisi
from etl.extract.pemakaian import read_pemakaian
from etl.extract.permohonan import read_permohonan
from etl.extract.peserta import read_peserta
from etl.extract.reading import Reading, texts
from etl.extract.survey import GivenOrder, Survey, survey
from etl.extract.table import Layout, Piece, Table, build_table, layout_of, pieces
from etl.extract.words import Words, shipped_words

PART_ROWS = 50_000
"""Rows of a file that are held and taken at a time."""

# In the order in which the kinds of one file are taken.
_READ: Mapping[Kind, Callable[[Reading], pd.DataFrame]] = {
    Kind.PERMOHONAN: read_permohonan,
    Kind.PEMAKAIAN: read_pemakaian,
    Kind.DISPOSISI: read_disposisi,
    Kind.PESERTA: read_peserta,
    Kind.KONDISI: read_kondisi,
}


@dataclass(frozen=True)
class Extracted:
    """The rows of one kind in a file, or of a part of it: `read == len(frame) + len(rejects)`.

    `frame` has one row per good source row, in file order, with `sheet` and `row` first; the columns of each kind
    are those that `read_permohonan`, `read_disposisi`, `read_pemakaian`, `read_peserta` and `read_kondisi` return.
    Days count from 1970-01-01 in the office's zone, moments are UTC seconds, both nullable integers.
    """

    kind: Kind
    frame: pd.DataFrame
    rejects: list[Reject]
    warnings: list[IntakeWarning]
    ignored_columns: list[str]
    read: int


@dataclass(frozen=True)
class Extraction:
    """The sheets of one kind in an open file.

    `warnings` are those of the file as a whole. Only `parts` reads the rows.
    """

    file: str | None
    layout: Layout
    survey: Survey
    words: Words
    zone: ZoneInfo
    warnings: list[IntakeWarning]
    part_rows: int = PART_ROWS

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
        return [_without_persons(head, header, self.words) for head, header in zip(heads, self.headers, strict=True)]

    @cached_property
    def ignored_columns(self) -> list[str]:
        """Headers whose columns are not read, as they may be listed."""
        names = (name for header in self.headers for name in header.ignored)
        return told_headers(names, self.words, is_private=SPECS[self.kind].is_private)

    def parts(self) -> Iterator[Extracted]:
        """All rows in file order, at most `part_rows` at a time; at least one part, also of a header without rows.

        Remarks beyond a hundred of a sort are counted in the last part. Raises Refused like `open_file`.
        """
        alike: Counter[Sort] = Counter()
        with _told_of(self.file):
            for part, is_last in _with_last(pieces(self.layout, self.part_rows)):
                yield self._read(part, alike, is_last=is_last)

    def _read(self, part: Sequence[Piece], alike: Counter[Sort], *, is_last: bool) -> Extracted:
        table = build_table(self.layout, part, self.words)
        findings = Findings(table, alike)
        reading = Reading(table, findings, self.survey.orders, self.survey.blank_zeros, self.words, self.zone)
        rows = _READ[self.kind](reading)
        for position in np.flatnonzero(table.is_torn).tolist():
            findings.reject_at(position, None, fault("too_many_cells"))
        return Extracted(
            kind=self.kind,
            frame=_good(table, findings, rows),
            rejects=findings.rejects(),
            warnings=findings.warnings() + (further_warnings(alike) if is_last else []),
            ignored_columns=self.ignored_columns,
            read=len(table),
        )


@contextmanager
def open_file(
    path: Path,
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: SourceMap | None = None,
    zone: ZoneInfo,
    name: str | None = None,
    part_rows: int = PART_ROWS,
) -> Iterator[tuple[Extraction, ...]]:
    """The extractions of a file, one per kind of record in it: permohonan, pemakaian, disposisi, peserta, kondisi.

    `kind` overrides the source's, which overrides recognition from the headers. `date_order` is one of dmy, mdy,
    ymd for all columns, or names columns: a mapping, or `kolom=mdy`. Times are the office's, in `zone`.
    A CSV is looked through once and never held; other files are held as long as they are open.
    Raises Refused, one sentence that starts with the file's name (or `name`), when nothing of it can be taken.
    """
    file = told_name(name or path.name)
    with ExitStack() as stack:
        with _told_of(file):
            sheets = stack.enter_context(open_sheets(path))
            extractions = _extractions(file, sheets, kind, date_order, source, zone, shipped_words(), part_rows)
        yield extractions


@contextmanager
def open_cells(
    sheets: Iterable[Sheet],
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: SourceMap | None = None,
    zone: ZoneInfo,
    words: Words | None = None,
    part_rows: int = PART_ROWS,
) -> Iterator[tuple[Extraction, ...]]:
    """The same from raw cells, for sources that are no files. The first filled row under a letterhead names them."""
    yield _extractions(None, sheets, kind, date_order, source, zone, words or shipped_words(), part_rows)


def _extractions(
    file: str | None, sheets: Iterable[Sheet], kind: Kind | str | None, date_order: GivenOrder,
    source: SourceMap | None, zone: ZoneInfo, words: Words, part_rows: int,
) -> tuple[Extraction, ...]:  # fmt: skip
    recognised = recognise(sheets, kind_named(kind) if kind else None, source, words)
    extractions: list[Extraction] = []
    for each in _READ:
        if layout := _layout(recognised, each):
            seen = survey(layout, date_order, source, words, part_rows)
            warnings = [*([] if extractions else recognised.skipped), *seen.warnings]
            extractions.append(Extraction(file, layout, seen, words, zone, warnings, part_rows))
    return tuple(extractions)


def _layout(recognised: Recognised, kind: Kind) -> Layout | None:
    chosen = [index for index, header in enumerate(recognised.headers) if header.kind is kind]
    return layout_of([recognised.grids[i] for i in chosen], [recognised.headers[i] for i in chosen]) if chosen else None


@contextmanager
def _told_of(file: str | None) -> Iterator[None]:
    """Refusals say which file they are about."""
    try:
        yield
    except Refused as refusal:
        raise (in_file(file, refusal.message) if file else refusal) from refusal.__cause__


def in_file(file: str, reason: Message) -> Refused:
    """The refusal of a file by its name."""
    return Refused("extract.in_file", file=file, reason=reason)


def _with_last(parts: Iterator[list[Piece]]) -> Iterator[tuple[list[Piece], bool]]:
    """Each part, and whether it is the last one."""
    part = next(parts)
    for following in parts:
        yield part, False
        part = following
    yield part, True


def _good(table: Table, findings: Findings, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were not rejected, with where they stood in front."""
    rows.insert(0, "sheet", texts(pa.array(table.names, pa.string()).take(pa.array(table.sheet))))
    rows.insert(1, "row", table.row)
    return rows[~findings.is_bad].reset_index(drop=True)


@cache
def no_rows(kind: Kind) -> pd.DataFrame:
    """The columns of a kind's typed rows, with their types and without a row."""
    nothing = np.empty(0, dtype=np.int64)
    table = Table(kind, [], [], nothing, nothing, {}, nothing.astype(bool))
    findings = Findings(table)
    reading = Reading(table, findings, {}, frozenset(), shipped_words(), ZoneInfo("UTC"))
    return _good(table, findings, _READ[kind](reading))


def _without_persons(head: Sequence[Sequence[str]], header: Header, words: Words) -> list[list[str]]:
    """The header as far as it may be listed, and under it only the cells of columns that are read."""
    kept = set(header.columns.values())
    listable = {*told_headers(header.ignored, words, is_private=True)}
    listed = kept | {index for index, name in enumerate(header.typed) if name in listable}
    return [
        [
            cell if (row == header.row and index in listed) or (row > header.row and index in kept) else ""
            for index, cell in enumerate(cells)
        ]
        for row, cells in enumerate(head)
    ]


def extract(path: Path, *, zone: ZoneInfo, **options: Any) -> Extracted:
    """Every row of a file of one kind, typed or rejected with a reason; options as `open_file` takes them.

    Raises Refused when nothing of the file can be taken, and when it holds several kinds.
    """
    with open_file(path, zone=zone, **options) as extractions:
        return _whole(extractions)


def extract_cells(sheets: Iterable[Sheet], *, zone: ZoneInfo, **options: Any) -> Extracted:
    """The same from raw cells."""
    with open_cells(sheets, zone=zone, **options) as extractions:
        return _whole(extractions)


def _whole(extractions: Sequence[Extraction]) -> Extracted:
    """All parts of the only extraction as one."""
    if len(extractions) > 1:
        several = Refused("extract.several_kinds", kinds=[str(extraction.kind) for extraction in extractions])
        raise in_file(extractions[0].file, several.message) if extractions[0].file else several
    (extraction,) = extractions
    parts = list(extraction.parts())
    frames = [part.frame for part in parts if len(part.frame)] or [parts[0].frame]
    return Extracted(
        kind=extraction.kind,
        frame=frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True),
        rejects=[reject for part in parts for reject in part.rejects],
        warnings=[*extraction.warnings, *(warning for part in parts for warning in part.warnings)],
        ignored_columns=extraction.ignored_columns,
        read=sum(part.read for part in parts),
    )
