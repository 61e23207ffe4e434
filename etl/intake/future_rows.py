"""Rows that tell of what cannot have been yet: a use, a check or a hand-over after the day on which they are loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import day_date
from etl.extract import Extracted
from etl.extract.findings import fault
from etl.extract.kinds import Kind
from etl.intake.doubled_rows import without_rejected

_DAYS: Mapping[Kind, Sequence[tuple[str, str]]] = {
    Kind.PEMAKAIAN: [("tanggal", "started_on")],
    Kind.KONDISI: [("tanggal", "checked_on")],
    Kind.DISPOSISI: [("tgl_mulai", "started_on"), ("tgl_selesai", "finished_on")],
}
"""By kind the columns of days that are past when they are written down, and those of the typed rows."""


def without_future(kind: Kind, parts: Iterator[Extracted], today: int | None) -> Iterator[Extracted]:
    """The parts of a file without the rows of a day after tomorrow or later, which are rejected; all rows where no day
    is given."""
    days = _DAYS.get(kind)
    return parts if days is None or today is None else (_past(part, days, today + 1) for part in parts)


def _past(part: Extracted, days: Sequence[tuple[str, str]], last: int) -> Extracted:
    if part.refuse is None:
        return part
    columns = {name: part.frame[own].to_numpy(np.int64, na_value=MISSING) for name, own in days}
    if all(column.max(initial=MISSING) <= last for column in columns.values()):
        return part
    source = part.frame.groupby(["sheet", "row"], dropna=False, sort=False).ngroup().to_numpy()
    wrong: dict[int, tuple[int, str, Ints]] = {}
    for name, column in columns.items():
        for place in np.flatnonzero(column > last).tolist():
            wrong.setdefault(int(source[place]), (place, name, column))
    rejects = [
        part.refuse(place, name, fault("in_the_future", date=day_date(int(column[place]))))
        for place, name, column in wrong.values()
    ]
    is_gone: Bools = np.isin(source, list(wrong))
    return without_rejected(part, rejects, part.frame[~is_gone])
