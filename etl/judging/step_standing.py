"""The passes of some letters as they stand in the records, for those who hold a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.records import reading
from data_access.records.requests import passes_of, pauses_of, rows_of, touched_loads
from etl.domain.compliance.stamping import HeldLetter, HeldPass, Standing, standing
from etl.domain.frames import MISSING, Ints
from etl.domain.sop.steps import STEP_CODES, Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.judging.build_facts import PASS_COLUMNS, folded_passes, folded_requests, pause_frame
from etl.judging.overlay import lay_over, overlay_in_force

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office, Rulebook

_ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)


def letters_as_shown(
    connection: Connection, book: Rulebook, ids: Iterable[int], overlay: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The register rows of these letters that wait for no room, and one row per letter: what they say together."""
    rows = rows_of(connection, ids)
    rows = rows[~rows["is_waiting"]]
    return rows, lay_over(folded_requests(rows, book.calendar), ["request_id"], rows, "permohonan", overlay)


def passes_as_shown(
    connection: Connection, book: Rulebook, ids: Ints, overlay: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The hand-over rows of these letters with the number of their pass, their pauses, and one row per pass."""
    rows, pauses = passes_of(connection, ids, *PASS_COLUMNS), pauses_of(connection, ids)
    rows["has_pause"] = rows["id"].isin(pauses["pass_row_id"])
    passes, numbers = folded_passes(rows, overlay, book.calendar)
    return rows.assign(pass_number=numbers), pauses, passes


def held_letters(connection: Connection, book: Rulebook, request_ids: Iterable[int]) -> dict[int, HeldLetter]:
    """By request_id; letters whose rows wait for a room are left out."""
    ids = np.array(sorted(set(request_ids)), dtype=np.int64)
    overlay = overlay_in_force(connection, book)
    _, letters = letters_as_shown(connection, book, ids, overlay)
    passes, versions = _passes(connection, book, ids, overlay), touched_loads(connection, ids)
    held: dict[int, HeldLetter] = {}
    for letter in letters.to_dict("records"):
        id, sop = int(letter["request_id"]), book.sop.version_for(day_date(int(letter["received_on"])))
        held[id] = HeldLetter(
            request_id=id,
            version=versions.get(id, 0),
            is_ended=letter["status"] in _ENDED,
            passes=_with_receipt(passes.get(id, {}), sop),
            sop=sop,
            off=_off(book, letter, sop),
            status=RequestStatus.of(int(letter["status"])).value,
        )
    return held


def standings(
    office: Office, request_ids: Sequence[int], steps: Sequence[str]
) -> dict[int, tuple[HeldLetter, dict[str, Standing]]]:
    """How these steps of each letter stand now in the records."""
    book = office.book
    with reading(office.records) as connection:
        letters = held_letters(connection, book, request_ids) if len(request_ids) and steps else {}
    return {id: (letter, {step: standing(letter, step) for step in steps}) for id, letter in letters.items()}


def _passes(
    connection: Connection, book: Rulebook, ids: Ints, overlay: pd.DataFrame
) -> dict[int, dict[str, list[HeldPass]]]:
    rows, pauses, passes = passes_as_shown(connection, book, ids, overlay)
    waits = _open_waits(pause_frame(pauses, rows, rows["pass_number"].to_numpy(np.int64)))
    held_passes: dict[int, dict[str, list[HeldPass]]] = {}
    for row in passes.sort_values("pass_number").to_dict("records"):
        key = (int(row["request_id"]), int(row["step"]), int(row["pass_number"]))
        is_done = bool(row["is_done"]) or row["finished_on"] != MISSING
        held = HeldPass(key[2], row["started_on"] != MISSING, is_done, None if is_done else waits.get(key))
        held_passes.setdefault(key[0], {}).setdefault(STEP_CODES[key[1]], []).append(held)
    return held_passes


def _open_waits(pauses: pd.DataFrame) -> dict[tuple[int, int, int], int]:
    """By letter, step and pass the start of a wait that has not ended."""
    still = pauses[pauses["ended_at"] == MISSING].sort_values("started_at")
    keys = zip(*(still[name].tolist() for name in ("request_id", "step", "pass_number")), strict=True)
    return dict(zip(keys, still["started_at"].tolist(), strict=True))


def _with_receipt(passes: Mapping[str, Sequence[HeldPass]], sop: SopVersion) -> dict[str, Sequence[HeldPass]]:
    """The receipt of the letter is the first finish of its step."""
    received = sop.step_with(Meaning.RECEIVED)
    later = [held for held in passes.get(received, ()) if held.number > 1]
    return {**passes, received: [HeldPass(1, is_begun=True, is_done=True), *later]}


def _off(book: Rulebook, letter: Mapping[str, object], sop: SopVersion) -> frozenset[str]:
    """Steps not practised: part A by the day of receipt, part B by that of the event when it is known."""
    received, event = (_day(letter[name]) for name in ("received_on", "booked_start_on"))
    off = set()
    for rule in book.settings.step_off:
        day = received if sop.step(rule.step).part == "A" else event or received
        if day is not None and rule.first <= day and (rule.last is None or day <= rule.last):
            off.add(rule.step)
    return frozenset(off)


def _day(number: object) -> date | None:
    return day_date(int(number)) if isinstance(number, int) and number != MISSING else None
