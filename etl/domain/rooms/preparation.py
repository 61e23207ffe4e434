"""Whether a room can still be ready in time for a booking: what is left of part A against the time that is left."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from etl.domain.sop.steps import STEP_CODES, Meaning
from etl.domain.sop.versions import SopVersion, in_order, path_seconds


class Outlook(StrEnum):
    """How it stands with the preparation of a booking."""

    READY = "READY"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    LATE = "LATE"


def remaining_seconds(sop: SopVersion, is_finished: Sequence[bool]) -> int:
    """The Mutu Baku of what is left until the room is ready, on the longest way: steps side by side run together.

    `is_finished` has all steps in the order of STEP_CODES. A step without a stamp is not waited for once one that
    depends on it is finished. A step without a target counts 0.
    """
    steps, ready = in_order(sop.part("A")), sop.step_with(Meaning.READY)
    is_over = dict(zip(STEP_CODES, is_finished, strict=True))
    for step in reversed(steps):
        if is_over[step.code]:
            is_over |= dict.fromkeys(step.follows, True)
    left = {step.code: 0 if is_over[step.code] else step.target_seconds or 0 for step in steps}
    return 0 if is_over[ready] else path_seconds(steps, left)[ready]


def outlook(remaining: int, left: int, *, is_ready: bool) -> Outlook:
    """What to say of a booking `left` office seconds ahead; "at risk" when what remains takes more than half of it."""
    if is_ready:
        return Outlook.READY
    if remaining > left:
        return Outlook.LATE
    return Outlook.AT_RISK if 2 * remaining > left else Outlook.ON_TRACK
