"""From a file, or cells of a database, to typed rows, rejected rows and warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from etl.extract.disposisi import read_disposisi
from etl.extract.findings import Fault, Findings, IntakeWarning
from etl.extract.headers import Header, SourceMap, find_header
from etl.extract.kinds import Kind, kind_named
from etl.extract.orders import GivenOrder, date_orders
from etl.extract.pemakaian import read_pemakaian
from etl.extract.permohonan import read_permohonan
from etl.extract.readers import open_sheets
from etl.extract.reading import Reading, texts
from etl.extract.refusal import Refused
from etl.extract.result import Extracted
from etl.extract.sheet import Grid, Sheet, read_grid
from etl.extract.table import Table, build_table
from etl.extract.words import Words, shipped_words

_READ: Mapping[Kind, Callable[[Reading], pd.DataFrame]] = {
    Kind.PERMOHONAN: read_permohonan,
    Kind.DISPOSISI: read_disposisi,
    Kind.PEMAKAIAN: read_pemakaian,
}


def extract(
    path: Path,
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: SourceMap | None = None,
    zone: ZoneInfo,
) -> Extracted:
    """Every row of a CSV or XLSX file, typed or rejected with a reason.

    `kind` overrides the source's, which overrides recognition from the headers. `date_order` is one of dmy, mdy,
    ymd for all columns, or names columns: a mapping, or `kolom=mdy`. Times are the office's, in `zone`.
    Raises Refused, one sentence that starts with the file's name, when nothing of the file can be taken.
    """
    try:
        with open_sheets(path) as sheets:
            return extract_cells(sheets, kind=kind, date_order=date_order, source=source, zone=zone)
    except Refused as refusal:
        raise Refused(f"{path.name}: {refusal}") from refusal


def extract_cells(
    sheets: Iterable[Sheet],
    *,
    kind: Kind | str | None = None,
    date_order: GivenOrder = None,
    source: SourceMap | None = None,
    zone: ZoneInfo,
    words: Words | None = None,
) -> Extracted:
    """The same from raw cells, for sources that are no files. The first filled row under a letterhead names them."""
    words = words or shipped_words()
    grids = [grid for grid in map(read_grid, sheets) if any(any(map(str.strip, row)) for row in grid.head)]
    if not grids:
        raise Refused("berkas ini kosong; tidak ada satu pun sel yang terisi.")
    grids, headers, skipped = _recognised(grids, kind_named(kind) if kind else None, source, words)
    table = build_table(grids, headers, words)
    findings = Findings(table)
    orders = date_orders(table, date_order, source)
    rows = _READ[table.kind](Reading(table, findings, orders, words, zone))
    for position in np.flatnonzero(table.is_torn).tolist():
        findings.reject_at(position, None, Fault("too_many_cells", "selnya lebih banyak daripada judul kolom"))
    return Extracted(
        kind=table.kind,
        frame=_good(table, findings, rows),
        rejects=findings.rejects(),
        warnings=[*skipped, *findings.warnings()],
        ignored_columns=_ignored(headers),
        read=len(table),
    )


def _recognised(
    grids: Sequence[Grid], kind: Kind | None, source: SourceMap | None, words: Words
) -> tuple[list[Grid], list[Header], list[IntakeWarning]]:
    """The sheets with a header, their headers, and a warning for each other sheet.

    Raises the first sheet's refusal when no sheet has one, and Refused when sheets hold different kinds.
    """
    found: list[tuple[Grid, Header]] = []
    refusals: list[tuple[Grid, Refused]] = []
    for grid in grids:
        try:
            found.append((grid, find_header(grid.head, kind, source, words)))
        except Refused as refusal:
            refusals.append((grid, refusal))
    if not found:
        raise refusals[0][1]
    _check_one_kind(found)
    skipped = [
        IntakeWarning("sheet_ignored", None, f'Lembar "{grid.name}" tidak dibaca: {refusal}', grid.name)
        for grid, refusal in refusals
    ]
    return [grid for grid, _ in found], [header for _, header in found], skipped


def _check_one_kind(found: Sequence[tuple[Grid, Header]]) -> None:
    if len({header.kind for _, header in found}) > 1:
        held = ", ".join(f'"{grid.name}" {header.kind}' for grid, header in found)
        raise Refused(f"lembar-lembarnya berisi jenis yang berbeda ({held}); pilih salah satu dengan --kind.")


def _good(table: Table, findings: Findings, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were not rejected, with where they stood in front."""
    rows.insert(0, "sheet", texts(pa.array(table.names, pa.string()).take(pa.array(table.sheet))))
    rows.insert(1, "row", table.row)
    return rows[~findings.is_bad].reset_index(drop=True)


def _ignored(headers: Iterable[Header]) -> list[str]:
    return list(dict.fromkeys(name for header in headers for name in header.ignored))
