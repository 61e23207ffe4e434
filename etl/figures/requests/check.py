"""The condition of the room when a letter used it: the check of each of its sessions and what was not in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_access.mart import requests as questions
from etl.domain.frames import MISSING
from etl.figures.facilities.period import SessionCheck, check_of_letter
from etl.figures.rooms.room_day import day_of

if TYPE_CHECKING:
    from etl.office import Office

FAULTS = ("LIGHT", "HEAVY", "MISSING")


@dataclass(frozen=True)
class RequestCheck:
    """One session's check. `faults` are (item, condition, note) of what was not good; without a check there are none.

    `is_complete` False: something was left unanswered, so nothing more can be said than that no fault was told.
    """

    session: SessionCheck
    faults: tuple[tuple[str, str, str | None], ...]
    is_complete: bool


def request_checks(office: Office, request_id: int, as_of: int) -> tuple[RequestCheck, ...]:
    """One entry per session of a letter up to a moment."""
    return tuple(_with_faults(office, one) for one in check_of_letter(office, request_id, as_of))


def _with_faults(office: Office, one: SessionCheck) -> RequestCheck:
    if one.checked_at is None or one.checked_at == MISSING:
        return RequestCheck(one, (), is_complete=False)
    on, at = day_of(office.calendar, one.checked_at), None if one.is_day_only else one.checked_at
    rows = questions.answers_of_check(office.mart.read(), one.room, on, at)
    faults = tuple((row["item"], row["condition"], row["note"]) for row in rows if row["condition"] in FAULTS)
    return RequestCheck(one, faults, is_complete=one.is_good or bool(faults))
