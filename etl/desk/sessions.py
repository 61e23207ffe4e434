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
from etl.corrections.typed import refused
from etl.desk.letters import clock_time
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


def begun_at(office: Office, typed: str, now: int) -> int | None:
    """The moment of today at which counting began, as a clock time; None for nothing typed. Raises ScreenRefusedError
    for one that is still to come, CorrectionError for what is no time."""
    clock = clock_time(typed, "started")
    if not clock:
        return None
    hour, minute = map(int, clock.split("."))
    if hour >= 24 or minute >= 60:
        raise refused("started", typed, "time")
    begun = datetime.fromtimestamp(now, office.zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    if begun.timestamp() > now:
        raise ScreenRefusedError("participants_entry.begun_later", clock=clock)
    return int(begun.timestamp())


def tell_planned(
    office: Office, known: Mapping[str, Any], count: int, began_at: int | None = None, **giver: Unpack[Giver]
) -> Receipt:
    """The agency's own number: a further row of the register about its letter. It finishes its step if that is open,
    which began at `began_at` unless its start was stamped."""
    own = {"received_on": known["received_on"], "opd": known["opd"], "planned": count}
    rows = [letter(known["agenda_number"]) | own]
    return _give_count(office, "permohonan", rows, _stamp_of(office, known, Meaning.TELLS, began_at), giver)


def verify_count(
    office: Office, known: Mapping[str, Any], count: int, began_at: int | None = None, **giver: Unpack[Giver]
) -> Receipt:
    """The verified number: a list of participants without any person, one row each, as `peserta` counts them.

    It finishes its step where that is open, and the agency's before it, as a stamp of that step does.
    """
    rows = [letter(known["agenda_number"]) | {"year": known["year"]}] * count
    return _give_count(office, "peserta", rows, _stamp_of(office, known, Meaning.VERIFIES, began_at), giver)


def _stamp_of(office: Office, known: Mapping[str, Any], meaning: Meaning, began_at: int | None) -> NewStamp:
    step = office.sop_in_force.step_with(meaning)
    return NewStamp(known["year"], known["agenda_number"], step, Stamp.FORWARDED, is_sure=True, began_at=began_at)


def _give_count(office: Office, kind: str, rows: Sequence[TypedRow], stamped: NewStamp, giver: Giver) -> Receipt:
    """Store the number; in its transaction its step is stamped, unless it is finished: then the number is corrected."""
    by: Giver = {**giver, "client_id": f"{giver['client_id'].strip()} {stamped.step}"}

    def also(connection: Connection, _load_id: int) -> None:
        finish_step(connection, office.book_in(connection), stamped, **by)

    return give_rows(office, kind, rows, also=also, **giver)


def is_finished_by(office: Office, receipt: Receipt, step: str) -> bool:
    """Whether the entry of that number finished the step."""
    return receipt_of(office, f"{receipt.client_id} {step}") is not None


@dataclass(frozen=True)
class Finishing:
    """What a number given now finishes: no step where it only corrects the number.

    `asks_start`: it ends B1, which follows nothing and cannot be measured without a start, and none was said before.
    """

    steps: tuple[str, ...]
    asks_start: bool


def finishing(office: Office, request_id: int, step: str) -> Finishing:
    """What a number of whoever holds that step would finish now."""
    _, stands = standings(office, [request_id], [step]).get(request_id, (None, {}))
    stand = stands.get(step)
    if stand is None or Stamp.FORWARDED not in stand.may:
        return Finishing((), asks_start=False)
    ends = (*stand.sent_by_opd, step)
    return Finishing(ends, asks_start=not stand.is_begun and office.sop_in_force.step_with(Meaning.TELLS) in ends)


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
