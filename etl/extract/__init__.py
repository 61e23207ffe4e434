"""Reads the office's files: raw cells, headers, values as people type them; every row typed or rejected."""

from etl.extract.extraction import Extracted, Extraction, open_cells, open_file
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.findings import IntakeWarning, Reject, SetAside
from etl.extract.kinds import SPECS, Kind
