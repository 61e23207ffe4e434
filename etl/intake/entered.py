"""Rows that a person gives on a screen: typed already, in the columns that the readers of files give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from etl.domain.facilities import Condition
from etl.domain.units import day_number
from etl.extract import SPECS, Extracted, Kind, Refused
from etl.extract.extraction import no_rows
from etl.extract.kinds import Field, Form
from etl.extract.reading import texts
from etl.extract.texts import agenda_key, tidy_texts
from etl.extract.words import squeeze

TypedRow = Mapping[str, object]
"""Column of the typed rows → value; a column that is left out says nothing."""

_AS_THEY_STAND = frozenset({"sheet", "agenda_key", "agenda_number"})
"""Texts in which a long number is nobody's personal one."""


@dataclass(frozen=True)
class Entered:
    """The rows of one entry, as `load.take_in` takes those of a file; `sheet` says who gave them, rows count from 1.

    Raises Refused where a row lacks what its kind must have.
    """

    kind: Kind
    rows: Sequence[TypedRow]
    sheet: str

    def __post_init__(self) -> None:
        columns = set(no_rows(self.kind).columns)
        for row in self.rows:
            if unknown := set(row) - columns:
                raise KeyError(", ".join(sorted(unknown)))
            for field in SPECS[self.kind].fields:
                _check(field, row, is_required=field.name in SPECS[self.kind].always)

    @property
    def sheet_names(self) -> Sequence[str | None]:
        """The one sheet."""
        return [self.sheet]

    def parts(self) -> Iterator[Extracted]:
        """All rows at once."""
        empty = no_rows(self.kind)
        rows = [{"sheet": self.sheet, "row": number, **row} for number, row in enumerate(self.rows, start=1)]
        frame = pd.DataFrame({name: _column(name, rows, empty[name].dtype) for name in empty.columns})
        yield Extracted(self.kind, frame, [], [], [], len(rows))


def _check(field: Field, row: TypedRow, *, is_required: bool) -> None:
    value = row.get(field.columns[0]) if field.columns else None
    if is_required and value in (None, ""):
        raise Refused("intake.entry_missing", column=field.name)
    if field.form is Form.CONDITION and value not in list(Condition):
        raise Refused("intake.entry_condition", column=field.name, value=str(value), known=[*Condition])


def _column(name: str, rows: Sequence[TypedRow], dtype: object) -> pd.Series:
    """One column as the reader types it: texts tidied and masked, 0 or false where a code or flag is not said."""
    values = [row.get(name) for row in rows]
    if isinstance(dtype, pd.StringDtype):
        return texts(tidy_texts(pa.array(values, pa.string()), is_masked=name not in _AS_THEY_STAND))
    if isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return pd.Series(values, dtype=dtype)
    return pd.Series([value or 0 for value in values]).astype(dtype)  # type: ignore[call-overload]


def stamp(name: str, at: int, zone: ZoneInfo) -> dict[str, object]:
    """The columns of a stamp at a moment."""
    return {f"{name}_on": day_number(datetime.fromtimestamp(at, zone).date()), f"{name}_at": at}


def letter(number: str) -> dict[str, object]:
    """The columns of a register number without its year."""
    plain = squeeze(number)
    return {"agenda_key": agenda_key(plain), "agenda_number": plain}
