"""What people do about a fault: assign it to a role, comment, resolve, open again. Deeds are only added."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from data_access.errors import PantauError
from data_access.records import one_load
from data_access.records.rooms import add_deed
from etl.extract.masks import mask
from etl.figures.facilities.incidents import Incident, incidents_at

if TYPE_CHECKING:
    from etl.office import Office

LONGEST_NOTE = 1_000
NEEDS_WORDS = frozenset(("comment", "resolve", "reopen"))


class DeedRefusedError(PantauError):
    """A deed that makes no sense; nothing was stored."""


def do_deed(
    office: Office, key: str, deed: str, *, note: str, assigned_role: str | None, holders: Collection[str], actor: str,
    role: str, client_id: str, now: int,
) -> Incident:  # fmt: skip
    """Add a deed to the incident with that key and return the incident as it is now; the same `client_id` counts once.

    `holders` are the roles that a fault can be given to. Raises DeedRefusedError for an incident that is not there, a
    deed that does not fit its state, missing words, a role that holds no faults.
    """
    words = " ".join(mask(note).split())[:LONGEST_NOTE]
    holder = assigned_role if deed == "assign" else None
    with one_load(office.records) as connection:  # two who close a fault at once: the second is told that it is closed
        before = _incident(office, key, now)
        if not any(earlier.client_id == client_id for earlier in before.deeds):
            _check(before, deed, words)
            _check_holder(deed, holder, holders)
        values = {
            "client_id": client_id, "at": now, "room_name": before.room, "item_name": before.item, "deed": deed,
            "assigned_role": holder, "note": words or None, "actor": actor, "role": role,
        }  # fmt: skip
        add_deed(connection, values)
    return _incident(office, key, now)


def _incident(office: Office, key: str, now: int) -> Incident:
    incident = next((each for each in incidents_at(office, now) if each.key == key), None)
    if incident is None:
        raise DeedRefusedError("sarpras.incident_gone")
    return incident


def _check_holder(deed: str, holder: str | None, holders: Collection[str]) -> None:
    if deed == "assign" and holder not in holders:
        raise DeedRefusedError("sarpras.no_holder")


def _check(incident: Incident, deed: str, words: str) -> None:
    if deed in NEEDS_WORDS and len(words) < 3:
        raise DeedRefusedError("sarpras.no_words")
    if deed == "resolve" and not incident.is_open:
        raise DeedRefusedError("sarpras.closed_already")
    if deed == "reopen" and incident.is_open:
        raise DeedRefusedError("sarpras.still_open")
