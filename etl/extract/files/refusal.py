"""The refusal of a whole file: one sentence, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterable

from data_access.errors import PantauError
from etl.extract.masks import mask

_SHOWN_HEADERS = 40
_SHOWN_LENGTH = 40


class Refused(PantauError):  # noqa: N818 - a refusal is an answer, not a failure
    """A file that cannot be taken; `str()` names what was found and what to do."""


def quoted(headers: Iterable[str]) -> str:
    """Headers as a clerk sees them, without personal numbers, shortened when there are absurdly many or long ones."""
    names = [mask(name)[:_SHOWN_LENGTH] for name in headers]
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN_HEADERS])
    hidden = len(names) - _SHOWN_HEADERS
    return f"{shown} dan {hidden} lainnya" if hidden > 0 else shown or "tidak ada"
