"""What a person should know of a load that was taken all the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IntakeWarning:
    """Something a person should know of a row that was taken; `row` None: of the file."""

    code: str
    row: int | None
    message: str
    sheet: str | None = None
