"""A whole file, or all cells of a database, of one kind at once: for small callers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from etl.extract.extraction import Extraction, open_cells, open_file
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.result import Extracted


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
        kinds = ", ".join(extraction.kind for extraction in extractions)
        file = f"{extractions[0].file}: " if extractions[0].file else ""
        raise Refused(f"{file}lembar-lembarnya berisi jenis yang berbeda ({kinds}); pilih salah satu dengan --kind.")
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
