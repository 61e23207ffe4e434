"""Whether a room can still be ready in time for a booking: what is left of part A against the time that is left."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from etl.domain.sop.versions import FOLLOWS
from etl.domain.verdict import STEP_CODES

_PART_A = tuple(code for code in STEP_CODES if code.startswith("A"))


class Outlook(StrEnum):
    """How it stands with the preparation of a booking."""

    READY = "READY"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    LATE = "LATE"


def remaining_seconds(is_finished: Sequence[bool], targets: Sequence[int | None]) -> int:
    """The Mutu Baku of what is left of A1–A8 on its longest way: A6 and A7 run side by side.

    A step without a stamp is not waited for once one that depends on it is finished. A step without a target counts 0.
    """
    position = {code: at for at, code in enumerate(_PART_A)}
    done = list(is_finished[: len(_PART_A)])
    for code in reversed(_PART_A):
        if done[position[code]]:
            for before in FOLLOWS[code]:
                done[position[before]] = True
    until: dict[str, int] = {}
    for code in _PART_A:
        own = 0 if done[position[code]] else targets[position[code]] or 0
        until[code] = own + max((until[before] for before in FOLLOWS[code]), default=0)
    return 0 if done[-1] else until[_PART_A[-1]]


def outlook(remaining: int, left: int, *, is_ready: bool) -> Outlook:
    """What to say of a booking `left` office seconds ahead; "at risk" when what remains takes more than half of it."""
    if is_ready:
        return Outlook.READY
    if remaining > left:
        return Outlook.LATE
    return Outlook.AT_RISK if 2 * remaining > left else Outlook.ON_TRACK
