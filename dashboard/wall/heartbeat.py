"""What a wall's page tells of itself once a minute: that it paints, its build, and what its scripts stumbled over.

An error is told as its kind and place ("TypeError paint.js:120:14"), never with its message, which could quote what
stands on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from data_access.records.access.devices import Heartbeat

GAP_SECONDS = 20
"""A screen that tells more often is not written down more often."""

_BUILD = re.compile(r"[0-9a-f]{1,16}")
_VIEWPORT = re.compile(r"[1-9]\d{0,4}×[1-9]\d{0,4}")
_ERROR = re.compile(r"[A-Za-z]{1,40} [a-z-]{1,30}\.js:\d{1,6}:\d{1,6}|[A-Za-z]{1,40}")
_MOST_AT_ONCE = 1_000


def read_heartbeat(told: Mapping[str, Any]) -> Heartbeat | None:
    """The heartbeat in what was posted; None when it is none."""
    build, viewport, errors, last = (told.get(name) for name in ("build", "viewport", "errors", "last_error"))
    is_whole = _is(_BUILD, build) and _is(_VIEWPORT, viewport) and (last is None or _is(_ERROR, last))
    if not is_whole or isinstance(errors, bool) or not isinstance(errors, int) or errors < 0:
        return None
    return Heartbeat(str(build), str(viewport), min(errors, _MOST_AT_ONCE), last)


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
