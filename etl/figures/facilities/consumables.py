"""When things that are used up will be gone again, from how long they lasted before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from etl.domain.units import DAY
from etl.figures.facilities.incidents import Incident
from etl.settings.values import room_key

CONSUMABLES = frozenset(map(room_key, ("Disinfeksi", "Masker", "Hand sanitizer", "Sabun")))
"""Items that are filled up and used up."""

FEWEST_TIMES = 2
"""So often an item must have lasted from a filling to its end before anything is said of the next time."""


@dataclass(frozen=True)
class Supply:
    """One item of a room. `spans` are moments of each filling and of the next fault, `lasted` the days between them;
    `days_left` None: nothing to rest on.

    `is_out`: its fault is open now. `days_left` below 0: it lasts longer than usual already.
    """

    room: str
    item: str
    is_out: bool
    filled_at: int | None
    lasted: tuple[float, ...]
    days_left: float | None
    spans: tuple[tuple[int, int], ...] = ()


def supplies(items: Iterable[tuple[str, str]], incidents: Sequence[Incident], as_of: int) -> tuple[Supply, ...]:
    """The supplies among some (room, item), with what their faults up to as-of say of them."""
    by_item: dict[tuple[str, str], list[Incident]] = {}
    for one in incidents:
        by_item.setdefault((one.room, one.item), []).append(one)
    return tuple(
        _supply(room, item, by_item.get((room, item), []), as_of)
        for room, item in items
        if room_key(item) in CONSUMABLES
    )


def _supply(room: str, item: str, faults: Sequence[Incident], as_of: int) -> Supply:
    spans = tuple(
        (earlier.ended_at, later.first_at) for earlier, later in pairwise(faults) if earlier.ended_at is not None
    )
    lasted = tuple((gone - filled) / DAY for filled, gone in spans)
    last = faults[-1] if faults else None
    is_out, filled_at = bool(last and last.is_open), last.ended_at if last else None
    left = None
    if len(lasted) >= FEWEST_TIMES and filled_at is not None:
        left = float(np.median(lasted)) - (as_of - filled_at) / DAY
    return Supply(room, item, is_out, filled_at, lasted, left, spans)
