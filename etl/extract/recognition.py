"""Which sheets hold records, and of which kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.extract.files.intake_warning import IntakeWarning
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Grid, Sheet
from etl.extract.headers import Header, SourceMap, find_header
from etl.extract.kinds import SPECS, Kind
from etl.extract.words import Words

_UNKNOWN = "judul kolomnya tidak dikenal"


@dataclass(frozen=True)
class Recognised:
    """The sheets with a header, in file order, and a warning for each other one that is not empty."""

    grids: Sequence[Grid]
    headers: Sequence[Header]
    skipped: list[IntakeWarning]


def recognise(sheets: Iterable[Sheet], kind: Kind | None, source: SourceMap | None, words: Words) -> Recognised:
    """Look for a header in every sheet.

    Raises Refused when there is no filled cell, and the first sheet's refusal when no sheet has a header.
    """
    grids = [grid for grid in (sheet.grid() for sheet in sheets) if _is_filled(grid)]
    if not grids:
        raise Refused("berkas ini kosong; tidak ada satu pun sel yang terisi.")
    found: list[tuple[Grid, Header]] = []
    refusals: list[tuple[Grid, Refused]] = []
    for grid in grids:
        try:
            found.append((grid, find_header(grid.head, kind, source, words)))
        except Refused as refusal:
            refusals.append((grid, refusal))
    if not found:
        raise refusals[0][1]
    headers = [header for _, header in found]
    return Recognised([grid for grid, _ in found], headers, _skipped(refusals, headers))


def _is_filled(grid: Grid) -> bool:
    return any(any(map(str.strip, row)) for row in grid.head)


def _skipped(refusals: Iterable[tuple[Grid, Refused]], headers: Iterable[Header]) -> list[IntakeWarning]:
    """Why sheets are left out; beside a list of persons nothing of them is quoted, which may be persons as well."""
    is_private = any(SPECS[header.kind].is_private for header in headers)
    told = [(grid.name, _UNKNOWN if is_private else str(refusal)) for grid, refusal in refusals]
    return [IntakeWarning("sheet_ignored", None, f'Lembar "{name}" tidak dibaca: {why}', name) for name, why in told]
