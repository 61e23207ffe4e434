"""What must be said on the wall at once: alerts jump the queue of its views and hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ALERTS = 3
"""So many find room; the most pressing first."""


def alerts(picture: dict[str, Any]) -> dict[str, Any]:
    """The alerts of a picture: `entries` in order of urgency, `more` beyond those that find room.

    An entry has an `id` that stays the same while its cause lasts, a `kind`, a `tone` (near or late) and what its
    sentence needs.
    """
    found = [*_gate(picture["readiness"]), *_room(picture), *_people(picture["people"])]
    return {"entries": found[:ALERTS], "more": max(0, len(found) - ALERTS)}


def _gate(ready: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """An hour before a booking: no fresh check, something essential broken, or the preparation unfinished."""
    if ready is None or not ready["is_due"]:
        return
    about = {"start_at": ready["start_at"], "label": ready["label"]}
    if ready["broken"]:
        yield _alert("broken", "late", ready["start_at"], items=ready["broken"], **about)
    if not ready["is_checked"]:
        yield _alert("unchecked", "near", ready["start_at"], **about)
    if not ready["is_ready"]:
        yield _alert("unprepared", "near", ready["start_at"], done=ready["done"], of=ready["of"], **about)


def _room(picture: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Something without which the room cannot be used is broken, and no booking of the next hour says so already."""
    ready, broken = picture["readiness"], picture["items"]["broken"]
    is_said = ready is not None and ready["is_due"] and ready["broken"]
    if broken and not is_said:
        yield _alert("disrupted", "late", "-".join(broken), items=broken)


def _people(people: dict[str, Any]) -> Iterator[dict[str, Any]]:
    present, capacity = people["present"], people["capacity"]
    if present is not None and capacity and present > capacity:
        yield _alert("crowded", "near", people["start_at"], present=present, capacity=capacity)


def _alert(kind: str, tone: str, mark: object, **more: Any) -> dict[str, Any]:
    return {"id": f"{kind}:{mark}", "kind": kind, "tone": tone, **more}
