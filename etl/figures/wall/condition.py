"""The condition of the wall's room and its readiness for the next booking, as the page Sarpras has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_access.mart import Snapshot
from etl.domain.facilities.condition import Condition, RoomStatus
from etl.domain.units import MINUTE
from etl.figures.facilities.conditions import ItemState, Readiness, RoomState, readiness, room_states
from etl.figures.facilities.period import check_of_letter

if TYPE_CHECKING:
    from etl.office import Office

NO_ROOM: dict[str, Any] = {
    "status": RoomStatus.UNCHECKED.value,
    "checked_at": None,
    "checked_on": None,
    "broken": [],
    "items": [],
}


@dataclass(frozen=True)
class RoomCondition:
    """The state of the wall's room, its readiness for the next booking, and what B5 says of the letter in it.

    `b5` is GOOD, BAD or UNCHECKED.
    """

    state: RoomState | None
    ready: Readiness | None
    b5: str


def room_condition(office: Office, mart: Snapshot, room: str, request_id: int | None, as_of: int) -> RoomCondition:
    """All that is asked of the condition, once a mart and minute: a new check makes a new mart."""
    key = ("wall-condition", office.book.hash, room, request_id, as_of // MINUTE)
    return mart.remember(key, lambda: _asked(office, room, request_id, as_of))


def _asked(office: Office, room: str, request_id: int | None, as_of: int) -> RoomCondition:
    states = room_states(office, as_of)
    ready = next((one for one in readiness(office, as_of, states) if one.room == room), None)
    b5 = "UNCHECKED" if request_id is None else _of_use(office, request_id, as_of)
    return RoomCondition(next((state for state in states if state.room == room), None), ready, b5)


def _of_use(office: Office, request_id: int, as_of: int) -> str:
    checks = check_of_letter(office, request_id, as_of)
    if not checks or checks[-1].checked_at is None:
        return "UNCHECKED"
    return "GOOD" if checks[-1].is_good else "BAD"


def condition_of_items(state: RoomState | None) -> dict[str, Any]:
    """The items of a room in the order of its checklist; `condition` None: not known, and that is not "good".

    `broken` are the items without which the room cannot be used.
    """
    if state is None:
        return NO_ROOM.copy()
    is_day_only = state.checked_on is not None and state.checked_at is None
    return {
        "status": state.status.value,
        "checked_at": state.checked_at,
        "checked_on": state.checked_on.isoformat() if state.checked_on and is_day_only else None,
        "broken": [item.item for item in state.items if item.is_broken],
        "items": [{"name": item.item, "condition": _condition(item)} for item in state.items],
    }


def _condition(item: ItemState) -> str | None:
    return None if item.condition is None else Condition(item.condition).value
