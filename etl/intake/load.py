"""One kind of one file into the records, part by part, inside one transaction: everything of it or nothing.

What each row becomes is decided by the pure functions of `etl.intake.classify`; links between hand-overs, sessions,
checks, lists and letters are derived again for every agenda number that the file touches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from data_access.records.intake.loads import add_rejects, add_sheets
from etl.domain.frames import MISSING
from etl.intake.storing import Take, Taken, each_part, link_again
from etl.intake.take_attendance import take_peserta
from etl.intake.take_checks import take_kondisi
from etl.intake.take_passes import take_disposisi
from etl.intake.take_requests import take_permohonan
from etl.intake.take_sessions import take_pemakaian
from etl.judging.prefetch import ahead

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.extract import Extracted, Kind
    from etl.office import Rulebook

__all__ = ["TAKERS", "Opened", "Taken", "link_again", "take_in"]

TAKERS: Mapping[str, Take] = {
    "permohonan": each_part(take_permohonan),
    "disposisi": take_disposisi,
    "pemakaian": each_part(take_pemakaian),
    "kondisi": each_part(take_kondisi),
    "peserta": take_peserta,
}


class Opened(Protocol):
    """Rows of one kind that can be read in parts: those of an open file, or those given on a screen."""

    @property
    def kind(self) -> Kind:
        """What the rows are."""

    @property
    def sheet_names(self) -> Sequence[str | None]:
        """What the sheets are called, in their order."""

    def parts(self) -> Iterator[Extracted]:
        """All rows in their order."""


def take_in(connection: Connection, load_id: int, extraction: Opened, book: Rulebook) -> Taken:
    """Store the good rows of one kind of a file, and its rejects, under an open load; part by part."""
    sheets = add_sheets(connection, load_id, list(dict.fromkeys(extraction.sheet_names)) or [None])
    told = Taken({"read": 0, "rejected": 0})
    frames = _frames(connection, load_id, sheets, extraction, told)
    told.add(TAKERS[str(extraction.kind)](connection, load_id, frames, book))
    return told


def _frames(
    connection: Connection, load_id: int, sheets: Mapping[str | None, int], extraction: Opened, told: Taken
) -> Iterator[pd.DataFrame]:
    """The good rows of each part, ready to be stored; the rejected ones are stored on the way."""
    for part in ahead(extraction.parts()):
        add_rejects(connection, load_id, sheets, part.rejects)
        counts = {"read": part.read, "rejected": len(part.rejects)}
        told.add(Taken(counts, set(), [replace(one, cells={}) for one in part.rejects], list(part.warnings)))
        frame = _plain(part.frame)
        frame["load_id"] = load_id
        codes, names = pd.factorize(frame["sheet"], use_na_sentinel=False)
        frame["sheet_id"] = np.array([sheets[_name(name)] for name in names], dtype=np.int64)[codes]
        yield frame


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable integers as int64 with MISSING, the form of everything behind the intake."""
    integers = [c for c in frame.columns if isinstance(frame[c].dtype, pd.Int64Dtype)]
    return frame.assign(**{c: frame[c].to_numpy(dtype=np.int64, na_value=MISSING) for c in integers})


def _name(sheet: object) -> str | None:
    return sheet if isinstance(sheet, str) else None
