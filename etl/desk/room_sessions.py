"""A session told from a phone: begun, ended, how many were there; rows of `pemakaian` from a screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.undo import letter_numbers
from data_access.records.rooms import open_session
from etl.desk.screen_rows import Receipt, give_row, give_rows
from etl.domain.units import DAY, MINUTE
from etl.intake.entered import letter, stamp

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office, Rulebook

MOST_PEOPLE = 10_000
LONGEST_SECONDS = DAY


class SessionRefusedError(PantauError):
    """A tap that makes no sense; nothing was stored."""


def start_session(
    office: Office, room: str, request_id: int | None, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """Begin a session at this minute, for a letter or without one. Raises SessionRefusedError while one goes on."""
    start = now // MINUTE * MINUTE
    row = _row(office, room, start, request_id)

    def check(connection: Connection, _: Rulebook) -> None:
        running = open_session(connection, room, start - LONGEST_SECONDS, start)
        if running is not None:
            clock = f"{datetime.fromtimestamp(running, office.zone):%H.%M}"
            raise SessionRefusedError("lapor.still_used", clock=clock)

    who = {"actor": actor, "role": role, "client_id": client_id, "now": now}
    return give_rows(office, "pemakaian", [row], check=check, **who)  # type: ignore[arg-type]


def end_session(
    office: Office, room: str, started_at: int, request_id: int | None, present: int | None, *,
    actor: str, role: str, client_id: str, now: int,
) -> Receipt:  # fmt: skip
    """End a session at this minute, with the number present where it was counted."""
    end = now // MINUTE * MINUTE
    if end <= started_at:
        raise SessionRefusedError("lapor.just_begun")
    if end - started_at > LONGEST_SECONDS:
        raise SessionRefusedError("lapor.begun_long_ago")
    row = _row(office, room, started_at, request_id) | {"ended_at": end}
    if present is not None:
        row["present"] = _people(present)
    return give_row(office, "pemakaian", row, actor=actor, role=role, client_id=client_id, now=now)


def note_present(
    office: Office, room: str, started_at: int, request_id: int | None, present: int, *,
    actor: str, role: str, client_id: str, now: int,
) -> Receipt:  # fmt: skip
    """Say how many are in the room; the session goes on."""
    row = _row(office, room, started_at, request_id) | {"present": _people(present)}
    return give_row(office, "pemakaian", row, actor=actor, role=role, client_id=client_id, now=now)


def _people(number: int) -> int:
    if not 0 < number <= MOST_PEOPLE:
        raise SessionRefusedError("lapor.people_impossible", number=number, most=MOST_PEOPLE)
    return number


def _row(office: Office, room: str, started_at: int, request_id: int | None) -> dict[str, object]:
    row = {"room": room, **stamp("started", started_at, office.zone)}
    if request_id is None:
        return row
    with reading(office.records) as connection:
        numbers = letter_numbers(connection, [request_id])
    if numbers.empty:
        raise SessionRefusedError("lapor.letter_gone")
    return row | letter(numbers["agenda_key"].iloc[0]) | {"year": int(numbers["year"].iloc[0])}
