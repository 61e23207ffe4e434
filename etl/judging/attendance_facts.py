"""What the lists of participants say together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.compliance.derive import fold
from etl.domain.frames import MISSING, Ints

COUNTS = ("people", "verified", "present", "screened", "passed", "failed")


def folded_attendance(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per letter: of each count that of the newest load that gives it.

    Columns request_id, load_id, sheet_id, row, id (of the last row), COUNTS. A letter that one load names in two
    ways, with its year and without, has both counted together.
    """
    return fold(attendance_by_load(rows), ["request_id"])


def attendance_by_load(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per letter and load, letter by letter in order of load; columns as `folded_attendance`."""
    key, place = ["request_id", "load_id"], ["sheet_id", "row", "id"]
    if not rows.duplicated(key).any():
        return rows[[*key, *place, *COUNTS]].sort_values(key, ignore_index=True)
    known = rows[list(COUNTS)].where(rows[list(COUNTS)] != MISSING)
    grouped = rows[[*key, *place]].join(known).groupby(key)
    counts = grouped[place].last().join(grouped[list(COUNTS)].sum(min_count=1)).reset_index()
    return counts.fillna(dict.fromkeys(COUNTS, MISSING)).astype(dict.fromkeys(COUNTS, np.int64))


def attendance_columns(rows: pd.DataFrame, ids: Ints) -> dict[str, Ints]:
    """COUNTS of each of these letters, MISSING where no list tells of it."""
    if len(rows) == 0:
        return {name: np.full(len(ids), MISSING, dtype=np.int64) for name in COUNTS}
    counts = folded_attendance(rows).set_index("request_id")[list(COUNTS)].reindex(ids, fill_value=MISSING)
    return {name: counts[name].to_numpy(dtype=np.int64) for name in COUNTS}
