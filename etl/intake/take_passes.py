"""Hand-overs into the records: every row that says something of a pass of a step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.records.intake.storing import add_pauses
from data_access.records.intake.waiting import LETTER_MISSING
from data_access.records.requests.passes import (
    add_round_stamps,
    mark_suspicious,
    passes_of,
    pauses_of_passes,
    waiting_with_keys,
)
from etl.domain.compliance.derive import PASS_STAMPS
from etl.domain.compliance.file_habits import EqualRuns, RoundStamps
from etl.domain.compliance.linking import link
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.verdict import Flag
from etl.intake.classify import PASS_EXTRAS, Classified, Outcome, classify_passes
from etl.intake.stamp_pins import numbered_by_stamps, pin_stamps, stamped_rows
from etl.intake.storing import Own, Stored, Taken, hand_over_day, letters_of, store, year_of

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook

PASS_WORDS = (
    "agenda_key", "year", "step", "pass_number", *PASS_STAMPS, "is_done", *PASS_EXTRAS, "pause_start_at",
    "pause_end_at",
)  # fmt: skip


def take_disposisi(connection: Connection, load_id: int, frames: Iterable[pd.DataFrame], _book: Rulebook) -> Taken:
    """Hand-over rows: joined to their letter, or waiting for it; at the end what the file shows as a whole."""
    whole, habits = Taken({}), Habits()
    for frame in frames:
        stored = _take_part(connection, load_id, frame)
        whole.add(stored.taken)
        habits.look_at(frame, stored)
    habits.note(connection, load_id)
    return whole


def _take_part(connection: Connection, load_id: int, frame: pd.DataFrame) -> Stored:
    letters = letters_of(connection, frame["agenda_key"])
    frame["request_id"] = link(frame["agenda_key"], year_of(frame), hand_over_day(frame), letters)
    waits: Bools = (frame["request_id"] == MISSING).to_numpy(dtype=bool)
    known = passes_of(connection, frame.loc[~waits, "request_id"].unique())
    stamped = stamped_rows(connection, load_id, known)
    if stamped:
        frame["pass_number"] = numbered_by_stamps(frame, known, stamped)
    joined = frame[~waits]
    result = _with_waiting(classify_passes(joined, known, pauses_of_passes(connection, known["id"])), waits)
    own = Own.of(load_id, _known_too(connection, frame[waits], known), PASS_WORDS)
    stored = store(connection, load_id, "disposisi", frame, result, _with_pauses(connection, own), LETTER_MISSING)
    pausing = ((frame["pause_start_at"] != MISSING) & stored.is_added).to_numpy(dtype=bool)
    names = {"pause_start_at": "started_at", "pause_end_at": "ended_at", "pause_reason": "reason"}
    add_pauses(connection, stored.ids[pausing], frame.loc[pausing, list(names)].rename(columns=names))
    stored.taken.requests |= set(frame["request_id"].to_numpy()[stored.is_added & ~waits].tolist())
    if stamped:
        pin_stamps(connection, load_id, frame, stamped)
    return stored


def _with_waiting(joined: Classified, waits: Bools) -> Classified:
    """The ends of all rows, from those of the rows that have their letter."""
    whole = Classified(np.full(len(waits), Outcome.WAITING, dtype=np.int8))
    place = np.flatnonzero(~waits)
    whole.outcome[place] = joined.outcome
    whole.changes = [replace(change, position=int(place[change.position])) for change in joined.changes]
    return whole


def _known_too(connection: Connection, waiting: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The known rows of the letters, and those without a letter that have the number of a waiting row."""
    if waiting.empty:
        return known
    same = waiting_with_keys(connection, waiting["agenda_key"].unique())
    return pd.concat([known, same], ignore_index=True) if len(same) else known


def _with_pauses(connection: Connection, own: Own) -> Own:
    """The pass rows beside the pause that each one tells of."""
    pauses = pauses_of_passes(connection, own.rows["id"]).drop_duplicates("pass_row_id").set_index("pass_row_id")
    told = pauses[["started_at", "ended_at"]].reindex(own.rows["id"], fill_value=MISSING)
    stamps = {"pause_start_at": told["started_at"].to_numpy(), "pause_end_at": told["ended_at"].to_numpy()}
    return replace(own, rows=own.rows.assign(**stamps))


class Habits:
    """What shows only in a file as a whole: piles of letters under one moment, minutes rounded to five."""

    def __init__(self) -> None:
        self._runs, self._round = EqualRuns(), RoundStamps()
        self._first_id = MISSING
        self._seen = 0
        self._not_added: list[Ints] = []

    def look_at(self, frame: pd.DataFrame, stored: Stored) -> None:
        """The next rows of the file."""
        finished = frame["finished_at"].to_numpy(np.int64)
        self._runs.add(finished, frame["agenda_key"].to_numpy(object), year_of(frame), frame["step"].to_numpy(np.int8))
        self._round.add(frame["step"].to_numpy(np.int8), finished)
        self._not_added.append(self._seen + np.flatnonzero(~stored.is_added))
        self._seen += len(frame)
        if self._first_id == MISSING and stored.is_added.any():
            self._first_id = int(stored.ids[stored.is_added][0])

    def note(self, connection: Connection, load_id: int) -> None:
        """Write it down: the runs on their rows, the rounded steps beside the load."""
        if self._first_id != MISSING:
            mark_suspicious(connection, self._spans(), int(Flag.EQUAL_STAMPS))
        add_round_stamps(connection, load_id, self._round.steps())

    def _spans(self) -> list[tuple[int, int]]:
        """The runs as half-open spans of ids: those of one load follow each other without a gap."""
        places = np.array(self._runs.runs(), dtype=np.int64).reshape(-1, 2)
        missed = np.concatenate([np.empty(0, dtype=np.int64), *self._not_added])
        ids = self._first_id + places - np.searchsorted(missed, places)
        return [(first, last) for first, last in ids.tolist() if first < last]
