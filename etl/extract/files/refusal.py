"""What is said of a file: why nothing of it is taken, or what to know of it although it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data_access.errors import Message, PantauError
from etl.extract.masks import mask

_SHOWN_HEADERS = 40
_SHOWN_LENGTH = 40


class Refused(PantauError):  # noqa: N818 - a refusal is an answer, not a failure
    """A file that cannot be taken; its message names what was found and what to do."""


def quoted(headers: Iterable[str]) -> Message | str:
    """Headers as a clerk sees them, without personal numbers, shortened when there are absurdly many or long ones."""
    names = [mask(name)[:_SHOWN_LENGTH] for name in headers]
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN_HEADERS])
    hidden = len(names) - _SHOWN_HEADERS
    if hidden > 0:
        return Message("extract.and_others", names=shown, count=hidden)
    return shown or Message("extract.nothing")


def all_of(parts: Sequence[Message]) -> Message:
    """Several parts of a sentence, with semicolons between them."""
    first, *others = parts
    return Message("extract.and_also", first=first, others=all_of(others)) if others else first


def either(parts: Sequence[Message]) -> Message:
    """Several alternatives, with "or" between them."""
    first, *others = parts
    return Message("extract.or", first=first, others=either(others)) if others else first


@dataclass(frozen=True)
class IntakeWarning:
    """Something a person should know of a row that was taken; `row` None: of the file."""

    code: str
    row: int | None
    message: str
    sheet: str | None = None


UNCALCULATED = "cells_uncalculated"
"""Code of the warning that formulas were never calculated, so that their cells say nothing."""

EVENT_LEFT_OUT = "event_left_out"
"""Code of the warning that an event of a calendar cannot be read and makes no row."""

ROWS_IN_CELL = "rows_in_cell"
"""Code of the warning that a cell holds lines that read as records of their own."""
