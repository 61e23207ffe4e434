"""A time limit in minutes, as an address and a field hold it."""

from __future__ import annotations

from data_access.errors import PantauError
from etl.domain.units import MINUTE

MOST = 30 * 24 * 60
"""Minutes; as for a limit that is entered for good."""


class MinutesError(PantauError):
    """What stands where minutes are wanted is no number of them."""


def read_minutes(text: str) -> int:
    """Seconds of a number of minutes, whole or with a decimal point or comma. MinutesError for anything else."""
    try:
        seconds = round(float(text.strip().replace(",", ".")) * MINUTE)
    except (ValueError, OverflowError):
        raise MinutesError("sop.bad_minutes", value=text[:40], most=MOST) from None
    if not 0 < seconds <= MOST * MINUTE:
        raise MinutesError("sop.bad_minutes", value=text[:40], most=MOST)
    return seconds
