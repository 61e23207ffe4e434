"""Rows that tell of what cannot have been yet: a use, a check or a hand-over after the day on which they are loaded.

They are taken as written, as a figure is asked as of a moment, and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.extract import Extracted
from etl.extract.files.refusal import IntakeWarning
from etl.extract.findings import fault
from etl.extract.kinds import Kind

IN_THE_FUTURE = "in_the_future"

_DAYS: Mapping[Kind, Sequence[tuple[str, str]]] = {
    Kind.PEMAKAIAN: [("tanggal", "started_on")],
    Kind.KONDISI: [("tanggal", "checked_on")],
    Kind.DISPOSISI: [("tgl_mulai", "started_on"), ("tgl_selesai", "finished_on")],
}
"""By kind the columns of days that are past when they are written down, and those of the typed rows."""


def with_future_named(kind: Kind, parts: Iterator[Extracted], today: int | None) -> Iterator[Extracted]:
    """The parts of a file; a row of a day after tomorrow or later is named in a warning. None is named where no day is
    given."""
    days = _DAYS.get(kind)
    return parts if days is None or today is None else (_named(part, days, today + 1) for part in parts)


def _named(part: Extracted, days: Sequence[tuple[str, str]], last: int) -> Extracted:
    if part.refuse is None:
        return part
    columns = {name: part.frame[own].to_numpy(np.int64, na_value=MISSING) for name, own in days}
    if all(column.max(initial=MISSING) <= last for column in columns.values()):
        return part
    warnings: dict[tuple[str | None, int], IntakeWarning] = {}
    for name, column in columns.items():
        for place in np.flatnonzero(column > last).tolist():
            row = part.refuse(place, name, fault(IN_THE_FUTURE, date=day_date(int(column[place]))))
            warnings.setdefault((row.sheet, row.row), IntakeWarning(IN_THE_FUTURE, row.row, row.message, row.sheet))
    return replace(part, warnings=[*part.warnings, *warnings.values()])
