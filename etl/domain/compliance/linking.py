"""Which letter a hand-over or a session belongs to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.frames import MISSING, Ints

REACH_DAYS = 180
"""A row without a year belongs to a letter received at most this many days before it."""

_SPAN = 1 << 20


def link(agenda_key: pd.Series, year: Ints, day: Ints, letters: pd.DataFrame) -> Ints:
    """The request_id for each row, MISSING where its letter has not come.

    `letters`: one row per letter with request_id, agenda_key, year, received_on. A row that names its year belongs
    to that year's letter; else to the letter of that number with the latest receipt on or before `day`, at most
    180 days earlier; a row without any date only when one year alone has that number.
    """
    request_id = np.full(len(agenda_key), MISSING, dtype=np.int64)
    if len(letters) == 0 or len(agenda_key) == 0:
        return request_id
    names = pd.Index(letters["agenda_key"].unique())
    mine = names.get_indexer(pd.Index(agenda_key)).astype(np.int64)
    theirs = names.get_indexer(pd.Index(letters["agenda_key"])).astype(np.int64)
    ids = letters["request_id"].to_numpy(dtype=np.int64)
    known = mine >= 0
    typed = known & (year != MISSING)
    request_id[typed] = _exact(
        mine[typed] * _SPAN + year[typed], theirs * _SPAN + letters["year"].to_numpy(np.int64), ids
    )
    dated = known & ~typed & (day != MISSING)
    request_id[dated] = _latest(mine[dated], day[dated], theirs, letters["received_on"].to_numpy(np.int64), ids)
    blank = known & ~typed & (day == MISSING)
    request_id[blank] = _only(mine[blank], theirs, ids, len(names))
    return request_id


def _exact(wanted: Ints, keys: Ints, ids: Ints) -> Ints:
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    hit = keys[order][at] == wanted
    return np.where(hit, ids[order][at], MISSING)


def _latest(wanted: Ints, day: Ints, keys: Ints, received_on: Ints, ids: Ints) -> Ints:
    stamp = keys * _SPAN + received_on
    order = np.argsort(stamp, kind="stable")
    at = np.searchsorted(stamp[order], wanted * _SPAN + day, side="right") - 1
    before = np.maximum(at, 0)
    hit = (at >= 0) & (keys[order][before] == wanted) & (day - received_on[order][before] <= REACH_DAYS)
    return np.where(hit, ids[order][before], MISSING)


def _only(wanted: Ints, keys: Ints, ids: Ints, size: int) -> Ints:
    count = np.bincount(keys, minlength=size)
    one = np.zeros(size, dtype=np.int64)
    one[keys] = ids
    return np.where(count[wanted] == 1, one[wanted], MISSING)
