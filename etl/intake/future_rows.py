"""Rows that tell of what cannot have been yet: a use, a check or a hand-over after the day on which they are loaded.

They are taken as written, as a figure is asked as of a moment, and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.extract import Extracted
from etl.extract.files.refusal import IntakeWarning
from etl.extract.findings import MAX_ALIKE, Sort, fault, further_warnings
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
    days, alike = _DAYS.get(kind), Counter[Sort]()
    return parts if days is None or today is None else (_named(part, days, today + 1, alike) for part in parts)


def _named(part: Extracted, days: Sequence[tuple[str, str]], last: int, alike: Counter[Sort]) -> Extracted:
    """The part with its warnings, at most a hundred of a column in the whole file; the others are counted."""
    if part.refuse is None:
        return part
    columns = {name: part.frame[own].to_numpy(np.int64, na_value=MISSING) for name, own in days}
    named: dict[tuple[str | None, int], IntakeWarning] = {}
    more: Counter[Sort] = Counter()
    for name, column in columns.items():
        places, sort = np.flatnonzero(column > last).tolist(), (name, IN_THE_FUTURE)
        shown = places[: max(MAX_ALIKE - alike[sort], 0)]
        alike[sort] += len(places)
        if len(places) > len(shown):
            more[sort] = MAX_ALIKE + len(places) - len(shown)
        for place in shown:
            row = part.refuse(place, name, fault(IN_THE_FUTURE, date=day_date(int(column[place]))))
            named.setdefault((row.sheet, row.row), IntakeWarning(IN_THE_FUTURE, row.row, row.message, row.sheet))
    return replace(part, warnings=[*part.warnings, *named.values(), *further_warnings(more)]) if named or more else part
