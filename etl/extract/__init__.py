"""Reads the office's files: raw cells, headers, values as people type them; every row typed or rejected."""

from etl.extract.extract import extract, extract_cells
from etl.extract.findings import IntakeWarning, Reject
from etl.extract.headers import Const, SourceMap
from etl.extract.kinds import SPECS, Kind, KindSpec
from etl.extract.refusal import Refused
from etl.extract.result import Extracted
from etl.extract.sheet import Sheet

__all__ = [
    "SPECS",
    "Const",
    "Extracted",
    "IntakeWarning",
    "Kind",
    "KindSpec",
    "Refused",
    "Reject",
    "Sheet",
    "SourceMap",
    "extract",
    "extract_cells",
]
