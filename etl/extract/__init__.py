"""Reads the office's files: raw cells, headers, values as people type them; every row typed or rejected."""

from etl.extract.extraction import PART_ROWS, Extracted, Extraction, open_cells, open_file
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.findings import IntakeWarning, Reject
from etl.extract.headers import Const, SourceMap
from etl.extract.kinds import SPECS, Kind, KindSpec

__all__ = [
    "PART_ROWS",
    "SPECS",
    "Const",
    "Extracted",
    "Extraction",
    "IntakeWarning",
    "Kind",
    "KindSpec",
    "Refused",
    "Reject",
    "Sheet",
    "SourceMap",
    "open_cells",
    "open_file",
]
