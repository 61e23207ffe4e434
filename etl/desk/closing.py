"""Closing: a person says that nothing more is to come of a request. Its clocks stop at that moment.

What is over is closed by whoever keeps the register or approves; what still runs only by who approves, who is asked
first. An entry of the register like any other: traced to who said it, and taken back while it is fresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Unpack

import numpy as np
import pandas as pd

from data_access.errors import PantauError
from data_access.records import Connection, reading
from data_access.records.intake.loads import entry_of, entry_of_load, load_by_id
from data_access.records.logs import rows_with
from data_access.records.requests import letters_with_keys
from etl.corrections.page import end_corrections
from etl.desk.screen_rows import LEAST_REASON, Giver, Receipt, TypedRow, give_rows, letter, reason_words, stamp
from etl.domain.compliance.rules import procedure_of
from etl.domain.compliance.stamping import ROOM_KEPT, HeldLetter
from etl.domain.compliance.walk import DONE, HELD, OPEN
from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus
from etl.extract.texts import agenda_key, letter_name
from etl.figures.requests.work_list import request_list, steps_holding
from etl.intake.undo import undo
from etl.judging.build_facts import folded_requests
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import held_letters, letters_as_shown
from etl.office import Office, Rulebook

UNDO_SECONDS = 900
"""So long may whoever closed a request open it again with one tap."""

MOST_AT_ONCE = 500
STATUS_TEXT = "ditutup"


class Named(NamedTuple):
    """A request by year and agenda number."""

    year: int
    agenda: str

    @property
    def key(self) -> tuple[int, str]:
        """What two spellings share."""
        return self.year, agenda_key(self.agenda)


class ClosingRefusedError(PantauError):
    """A request that is not closed; `reason` is why, `steps` are those at which it still is."""

    def __init__(self, reason: str, named: Named | None = None, steps: Sequence[str] = (), **values: object) -> None:
        name = letter_name(*named) if named else ""
        super().__init__(f"closing.refused_{reason}", letter=name, steps=tuple(steps), **values)
        self.reason, self.named, self.steps = reason, named, tuple(steps)


class ClosingDoubtError(ClosingRefusedError):
    """A request that still runs. It is closed when asked for again."""


@dataclass(frozen=True)
class Closed:
    """What was closed by an entry, and of what was asked for what stays open, with the reason."""

    receipt: Receipt
    closed: tuple[Named, ...]
    left: tuple[ClosingRefusedError, ...]


class Closing(NamedTuple):
    """How a request was closed: `at` None for a day nobody gave, `role` and `entry` empty unless a screen closed it,
    together with `letters` in all."""

    at: int | None
    actor: str
    role: str
    reason: str
    entry: str
    letters: int

    def opens_for(self, actor: str, now: int) -> bool:
        """Whether that person may still open it again with one tap."""
        return bool(self.entry) and self.actor == actor and self.at is not None and now - self.at <= UNDO_SECONDS


def requests_to_close(office: Office, as_of: int) -> list[Named]:
    """Everything that is over, not closed, and had a step of part A in hand that was never finished."""
    rows = request_list(office, as_of, needs_closing=True, limit=MOST_AT_ONCE)
    return [Named(int(row.year), str(row.agenda_number)) for row in rows.itertuples()]


def close_requests(
    office: Office,
    wanted: Sequence[Named],
    reason: str,
    *,
    closes_running: bool,
    is_sure: bool = False,
    keeps_room: bool = False,
    **giver: Unpack[Giver],
) -> Closed:
    """Close these requests in one entry; those that cannot be are left out and told, one alone is refused.

    `closes_running`: the person may also close what still runs, one at a time and asked first. `keeps_room`: an event
    to come takes place all the same. The same `client_id` again gives the first receipt. Raises ClosingRefusedError,
    ClosingDoubtError, RecordsError.
    """
    words = reason_words(reason)
    if len(words) < LEAST_REASON:
        raise ClosingRefusedError("reason")
    closed: list[Named] = []
    left: list[ClosingRefusedError] = []

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        held = _held(connection, book, wanted)
        for named in wanted[:MOST_AT_ONCE]:
            refusal = _refusal(connection, book, named, held.get(named.key), giver["now"], closes_running)
            refusal = _without_desk(office, refusal, held.get(named.key), giver["now"])
            is_meant = isinstance(refusal, ClosingDoubtError) and is_sure
            if refusal is None or (is_meant and len(wanted) == 1):
                closed.append(named)
            else:
                left.append(refusal)
        if not closed:
            raise left[0] if left else ClosingRefusedError("nothing")
        text = f"{ROOM_KEPT if keeps_room else STATUS_TEXT}: {words}"
        return _rows(connection, book, [held[named.key].request_id for named in closed], text, giver["now"])

    def also(connection: Connection, load_id: int) -> None:
        _end_corrections(connection, office.book_in(connection), load_id, giver)

    receipt = give_rows(office, "permohonan", rows, also=also, **giver)
    return Closed(receipt, tuple(closed) if closed else tuple(wanted), tuple(left))


def open_again(office: Office, client_id: str, *, actor: str, reason: str, now: int) -> None:
    """Take one's own closing back, as long as it is fresh. Raises ClosingRefusedError."""
    with reading(office.records) as connection:
        entry = entry_of(connection, client_id)
        rows = rows_with(connection, "permohonan", "load_id", [entry.load_id] if entry else [])
    is_closing = len(rows) > 0 and (rows["status"] == RequestStatus.CLOSED.code).any()
    if entry is None or not is_closing or entry.actor != actor or now - entry.at > UNDO_SECONDS:
        raise ClosingRefusedError("not_yours")
    undo(office, entry.load_id, reason, actor, now)


def closing_of(office: Office, request_id: int) -> Closing | None:
    """By which entry a request was closed; None unless a row of the register closed it."""
    with reading(office.records) as connection:
        rows = rows_with(connection, "permohonan", "request_id", [request_id])
        is_closed = (rows["status"] == RequestStatus.CLOSED.code).any()
        return _closing_in(connection, rows) if is_closed else None


def _closing_in(connection: Connection, rows: pd.DataFrame) -> Closing:
    """The closing among the register rows of one request, which has one."""
    row = rows[rows["status"] == RequestStatus.CLOSED.code].iloc[-1]
    load_id, at, text = int(row["load_id"]), int(row["status_at"]), row["status_text"]
    load, entry = load_by_id(connection, load_id), entry_of_load(connection, load_id)
    return Closing(
        at=at if at != MISSING else None,
        actor=(load.actor if load else None) or "",
        role=entry.role if entry else "",
        reason=text.partition(": ")[2] if isinstance(text, str) else "",
        entry=entry.client_id if entry else "",
        letters=rows_with(connection, "permohonan", "load_id", [load_id])["request_id"].nunique() if entry else 1,
    )


def _held(connection: Connection, book: Rulebook, wanted: Sequence[Named]) -> dict[tuple[int, str], HeldLetter]:
    """By year and number what is recorded of the requests that there are."""
    known = letters_with_keys(connection, [agenda_key(named.agenda) for named in wanted])
    mine = {named.key for named in wanted}
    keys = zip(known["year"].tolist(), known["agenda_key"].tolist(), known["request_id"].tolist(), strict=True)
    ids = {(int(year), key): int(id) for year, key, id in keys if (int(year), key) in mine}
    held = held_letters(connection, book, ids.values()) if ids else {}
    return {key: held[id] for key, id in ids.items() if id in held}


def _refusal(
    connection: Connection, book: Rulebook, named: Named, held: HeldLetter | None, now: int, closes_running: bool
) -> ClosingRefusedError | None:
    """Why this request is not closed just like that; None when it is."""
    if held is None:
        return ClosingRefusedError("no_letter", named)
    if held.is_ended:
        return ClosingRefusedError("ended", named)
    if held.is_closed:
        return ClosingRefusedError("closed", named, **_closed_by(connection, book, held.request_id))
    if now >= held.open_until:
        return None
    kind = ClosingDoubtError if closes_running else ClosingRefusedError
    steps = steps_in_hand(held)
    if not closes_running:
        return kind("runs" if steps else "awaits_event", named, steps)
    return kind("sure" if steps else "sure_event", named, steps)


def _without_desk(
    office: Office, refusal: ClosingRefusedError | None, held: HeldLetter | None, now: int
) -> ClosingRefusedError | None:
    """The same refusal; of a letter that the lists show on no desk without the steps it would be at."""
    is_listed = refusal is not None and refusal.steps and held is not None and office.mart.exists()
    if refusal is None or held is None or not is_listed or steps_holding(office, held.request_id, now):
        return refusal
    reason = "sure_nowhere" if isinstance(refusal, ClosingDoubtError) else "nowhere"
    return type(refusal)(reason, refusal.named)


def steps_in_hand(held: HeldLetter) -> list[str]:
    """The steps at which a request is; those that it went on without are left out."""
    codes = held.sop.codes
    dependents = dict(zip(codes, procedure_of(held.sop).dependents, strict=True))
    done = {place for place, step in enumerate(codes) if held.stands[step] == DONE}
    in_hand = [step for step in codes if held.stands[step] in (HELD, OPEN) and step not in held.off]
    return [step for step in in_hand if not done & set(dependents[step])]


def _closed_by(connection: Connection, book: Rulebook, request_id: int) -> dict[str, object]:
    """Who closed a request, and when."""
    closing = _closing_in(connection, rows_with(connection, "permohonan", "request_id", [request_id]))
    moment = None if closing.at is None else datetime.fromtimestamp(closing.at, book.zone)
    return {"name": closing.actor or "–", "clock": "–" if moment is None else f"{moment:%d/%m %H.%M}"}


def _rows(connection: Connection, book: Rulebook, ids: Sequence[int], text: str, now: int) -> list[TypedRow]:
    """One row of the register a request; before it one that says again what a page had corrected of its status."""
    overlay = overlay_in_force(connection, book)
    stored, shown = letters_as_shown(connection, book, ids, overlay)
    status = shown.set_index("request_id")["status"]
    rows: list[TypedRow] = []
    for row in folded_requests(stored, book.calendar).to_dict("records"):
        of, said = _letter_columns(row), int(status[row["request_id"]])
        if said != row["status"]:
            rows.append(of | {"status": said})
        closing = {"status": RequestStatus.CLOSED.code, "status_text": text}
        rows.append(of | closing | stamp("status", now, book.zone))
    return rows


def _letter_columns(row: Mapping[str, Any]) -> dict[str, object]:
    """Number, receipt and agency of a letter, as its register row gives them."""
    return letter(row["agenda_number"]) | {"received_on": int(row["received_on"]), "opd": row["opd"]}


def _end_corrections(connection: Connection, book: Rulebook, load_id: int, giver: Giver) -> None:
    """What pages had corrected of the status of these requests ends: it was said again."""
    rows = rows_with(connection, "permohonan", "load_id", [load_id])
    last = rows[rows["status"] == RequestStatus.CLOSED.code]
    for row_id in last["id"].astype(np.int64).tolist():
        end_corrections(connection, book, "permohonan", row_id, {"status"}, load_id, giver["actor"], giver["now"])
