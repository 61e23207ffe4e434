"""Sessions told on screens: how many people a letter's are for, when one begins and ends, how many were there.

The planned number, which the agency tells, and the verified one each end a step. A session told from a phone is rows of
`pemakaian`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from data_access.records import Connection
from data_access.records.rooms import open_session
from etl.desk.screen_rows import (
    Giver,
    Receipt,
    ScreenRefusedError,
    TypedRow,
    give_rows,
    letter,
    letter_with_id,
    receipt_of,
    stamp,
)
from etl.desk.stamps import NewStamp, finish_step
from etl.domain.compliance.stamping import Stamp
from etl.domain.sop.steps import Meaning
from etl.domain.units import DAY, MINUTE
from etl.judging.step_standing import standings
from etl.office import Office, Rulebook

MOST_PEOPLE = 2_000
MOST_IN_ROOM = 10_000
LONGEST_SECONDS = DAY


def read_count(text: str) -> int:
    """The number typed. Raises ScreenRefusedError."""
    plain = text.strip()
    if not plain.isdecimal() or not 0 < int(plain) <= MOST_PEOPLE:
        raise ScreenRefusedError("participants_entry.no_count", text=plain[:20], most=MOST_PEOPLE)
    return int(plain)


def tell_planned(office: Office, known: Mapping[str, Any], count: int, **giver: Unpack[Giver]) -> Receipt:
    """The agency's own number: a further row of the register about its letter. It finishes its step if that is open."""
    own = {"received_on": known["received_on"], "opd": known["opd"], "planned": count}
    return _give_count(office, "permohonan", [letter(known["agenda_number"]) | own], known, Meaning.TELLS, giver)


def verify_count(office: Office, known: Mapping[str, Any], count: int, **giver: Unpack[Giver]) -> Receipt:
    """The verified number: a list of participants without any person, one row each, as `peserta` counts them.

    It finishes its step where that is open, and the agency's before it, as a stamp of that step does.
    """
    row = letter(known["agenda_number"]) | {"year": known["year"]}
    return _give_count(office, "peserta", [row] * count, known, Meaning.VERIFIES, giver)


def _give_count(
    office: Office, kind: str, rows: Sequence[TypedRow], known: Mapping[str, Any], meaning: Meaning, giver: Giver
) -> Receipt:
    """Store the number; in its transaction its step is stamped, unless it is finished: then the number is corrected."""
    step = office.sop_in_force.step_with(meaning)
    stamped = NewStamp(known["year"], known["agenda_number"], step, Stamp.FORWARDED, is_sure=True)
    by: Giver = {**giver, "client_id": f"{giver['client_id'].strip()} {step}"}

    def also(connection: Connection, _load_id: int) -> None:
        finish_step(connection, office.book_in(connection), stamped, **by)

    return give_rows(office, kind, rows, also=also, **giver)


def is_finished_by(office: Office, receipt: Receipt, step: str) -> bool:
    """Whether the entry of that number finished the step."""
    return receipt_of(office, f"{receipt.client_id} {step}") is not None


@dataclass(frozen=True)
class Finishing:
    """What a number given now finishes: no step where it only corrects the number.

    `is_begun`: the step's own start was said before; without it B1, which follows nothing, cannot be measured.
    """

    steps: tuple[str, ...]
    is_begun: bool


def finishing(office: Office, request_id: int, step: str) -> Finishing:
    """What a number of whoever holds that step would finish now."""
    _, stands = standings(office, [request_id], [step]).get(request_id, (None, {}))
    stand = stands.get(step)
    if stand is None or Stamp.FORWARDED not in stand.may:
        return Finishing((), is_begun=False)
    return Finishing((*stand.sent_by_opd, step), stand.is_begun)


def start_session(office: Office, room: str, request_id: int | None, **giver: Unpack[Giver]) -> Receipt:
    """Begin a session at this minute, for a letter or without one. Raises ScreenRefusedError while one goes on."""
    start = giver["now"] // MINUTE * MINUTE
    row = _row(office, room, start, request_id)

    def rows(connection: Connection, _: Rulebook) -> list[TypedRow]:
        running = open_session(connection, room, start - LONGEST_SECONDS, start)
        if running is not None:
            clock = f"{datetime.fromtimestamp(running, office.zone):%H.%M}"
            raise ScreenRefusedError("lapor.still_used", clock=clock)
        return [row]

    return give_rows(office, "pemakaian", rows, **giver)


def end_session(
    office: Office, room: str, started_at: int, request_id: int | None, present: int | None, **giver: Unpack[Giver]
) -> Receipt:
    """End a session at this minute, with the number present where it was counted. Raises ScreenRefusedError."""
    end = giver["now"] // MINUTE * MINUTE
    if end <= started_at:
        raise ScreenRefusedError("lapor.just_begun")
    if end - started_at > LONGEST_SECONDS:
        raise ScreenRefusedError("lapor.begun_long_ago")
    counts = {} if present is None else {"present": _people(present)}
    row = _row(office, room, started_at, request_id) | {"ended_at": end} | counts
    return give_rows(office, "pemakaian", [row], **giver)


def note_present(
    office: Office, room: str, started_at: int, request_id: int | None, present: int, **giver: Unpack[Giver]
) -> Receipt:
    """Say how many are in the room; the session goes on. Raises ScreenRefusedError."""
    row = _row(office, room, started_at, request_id) | {"present": _people(present)}
    return give_rows(office, "pemakaian", [row], **giver)


def _people(number: int) -> int:
    if not 0 < number <= MOST_IN_ROOM:
        raise ScreenRefusedError("lapor.people_impossible", number=number, most=MOST_IN_ROOM)
    return number


def _row(office: Office, room: str, started_at: int, request_id: int | None) -> dict[str, object]:
    return {"room": room, **stamp("started", started_at, office.zone), **letter_with_id(office, request_id)}
