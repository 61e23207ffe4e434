"""What comes out of a file."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from etl.extract.findings import IntakeWarning, Reject
from etl.extract.kinds import Kind


@dataclass(frozen=True)
class Extracted:
    """The rows of one kind in a file, or of a part of it: `read == len(frame) + len(rejects)`.

    `frame` has one row per good source row, in file order, with `sheet` and `row` first; the columns of each kind
    are those that `read_permohonan`, `read_disposisi`, `read_pemakaian`, `read_peserta` and `read_kondisi` return.
    Days count from 1970-01-01 in the office's zone, moments are UTC seconds, both nullable integers.
    """

    kind: Kind
    frame: pd.DataFrame
    rejects: list[Reject]
    warnings: list[IntakeWarning]
    ignored_columns: list[str]
    read: int
