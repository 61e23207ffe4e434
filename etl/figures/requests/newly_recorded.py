"""What the records came to tell since a moment: by when its row was loaded, whatever its stamps say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.records import reading
from data_access.records.requests.passes import passes_of
from data_access.records.requests.register import letters_told_before, requests_touched_after
from etl.domain.frames import Bools, Ints
from etl.domain.sop.steps import STEP_COUNT, STEP_INDEX
from etl.domain.sop.versions import SopVersion

if TYPE_CHECKING:
    from etl.office import Office

_SAID = ["request_id", "step", "started_at", "finished_at"]


def newly_told(office: Office, first: int, request_ids: Ints, steps: Ints) -> Bools:
    """Of which of these steps (by letter and place in STEP_CODES) the loads from `first` on told something new.

    Something new is a pass with stamps that no earlier load gave – of the step, or of one that it follows and that
    therefore starts its time –, or the letter itself.
    """
    with reading(office.records) as connection:
        letters = np.intersect1d(request_ids, requests_touched_after(connection, first - 1))
        known = np.intersect1d(letters, letters_told_before(connection, letters.tolist(), first))
        passes = passes_of(connection, known.tolist(), "id", "load_id", *_SAID)
    told = _followed(_new_passes(passes, first), office.sop.current())
    is_new: Bools = np.isin(request_ids, np.setdiff1d(letters, known))
    return is_new | np.isin(request_ids * STEP_COUNT + steps, told)


def _new_passes(passes: pd.DataFrame, first: int) -> pd.DataFrame:
    """The passes with stamps that only loads from `first` on gave."""
    loaded = passes.groupby(_SAID, dropna=False)["load_id"].min().reset_index()
    return loaded[loaded["load_id"] >= first]


def _followed(passes: pd.DataFrame, sop: SopVersion) -> Ints:
    """The steps of these passes and those that follow them, as letter × STEP_COUNT + step."""
    letter, step = (passes[name].to_numpy(np.int64) for name in ("request_id", "step"))
    found = [letter * STEP_COUNT + step]
    for one in sop.steps:
        follows = np.isin(step, [STEP_INDEX[code] for code in one.follows])
        found.append(letter[follows] * STEP_COUNT + STEP_INDEX[one.code])
    return np.unique(np.concatenate(found))
