"""Hand-overs into the records: every row that says something of a pass of a step.

Where a file speaks of a pass stamped on a screen, the stamp stands and another value becomes a question. Both belong to
the load of the file, so that undoing it takes them away with the file's own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data_access.records import Connection
from data_access.records.intake.loads import (
    LETTER_MISSING,
    SCREEN,
    add_pauses,
    load_by_id,
    loads_of_source,
)
from data_access.records.intake.undo import add_page_corrections, corrections_in_force
from data_access.records.logs import WHICH_LETTER
from data_access.records.requests import (
    add_round_stamps,
    mark_suspicious,
    passes_of,
    pauses_of_passes,
    waiting_with_keys,
)
from etl.domain.compliance.derive import PASS_DESKS, PASS_STAMPS
from etl.domain.compliance.file_habits import EqualRuns, RoundStamps
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY
from etl.domain.verdict import Flag
from etl.extract.kinds import Kind
from etl.intake.changed_records import replaced_rows
from etl.intake.classify import PASS_EXTRAS, classify_passes
from etl.intake.load_report import STAMPED
from etl.intake.storing import Own, Stored, Taken, letter_ids, store, with_waiting
from etl.office import Rulebook

Stamped = Mapping[tuple[int, int], pd.DataFrame]
"""By letter and step the rows that were stamped on a screen, in order, with `actor`."""

_FIELDS = ("started", "finished")


def stamped_rows(connection: Connection, load_id: int, known: pd.DataFrame) -> Stamped:
    """Those of the known hand-over rows that were stamped on a screen; none when this load is a stamp itself."""
    loads = known["load_id"].unique().tolist()
    actors = loads_of_source(connection, [*loads, load_id], SCREEN) if loads else {}
    if not actors or load_id in actors:
        return {}
    mine = known[known["load_id"].isin(actors)]
    return dict(list(mine.assign(actor=mine["load_id"].map(actors)).groupby(["request_id", "step"], sort=False)))


def numbered_by_stamps(frame: pd.DataFrame, known: pd.DataFrame, stamped: Stamped) -> Ints:
    """The pass numbers of hand-over rows; one without a number that shares no moment with a known row of its step
    speaks of the stamped pass that is nearest to it in time."""
    numbers = frame["pass_number"].to_numpy(dtype=np.int64, copy=True)
    for position in np.flatnonzero(_of_stamped(frame, stamped) & (numbers == MISSING)).tolist():
        row = frame.iloc[position]
        group = known[(known["request_id"] == row["request_id"]) & (known["step"] == row["step"])]
        if not _shares_moment(row, group):
            numbers[position] = _nearest(row, stamped[row["request_id"], row["step"]])
    return numbers


def pin_stamps(connection: Connection, load_id: int, frame: pd.DataFrame, stamped: Stamped) -> None:
    """Let stamps stand where these stored rows say something else of the same pass."""
    differing = {}
    for position in np.flatnonzero(_of_stamped(frame, stamped)).tolist():
        row = frame.iloc[position]
        mine = stamped[row["request_id"], row["step"]]
        for stamp in mine[mine["pass_number"] == row["pass_number"]].to_dict("records"):
            differing |= {(int(stamp["id"]), field): (stamp, field) for field in _FIELDS if _differs(stamp, row, field)}
    if not differing:
        return
    in_force = corrections_in_force(connection)
    spoken = set(zip(in_force["kind"], in_force["target_row_id"], in_force["field"], strict=True))
    load = load_by_id(connection, load_id)
    common = {"load_id": load_id, "at": load.started_at if load else 0, "reason": STAMPED, "kind": "disposisi"}
    pins = [
        common | _pin(stamp, field)
        for (row_id, field), (stamp, _) in differing.items()
        if ("disposisi", row_id, field) not in spoken
    ]
    if pins:
        add_page_corrections(connection, pins)


def _of_stamped(frame: pd.DataFrame, stamped: Stamped) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(frame[["request_id", "step"]])
    return np.asarray(keys.isin(list(stamped)), dtype=bool)


def _shares_moment(row: pd.Series, group: pd.DataFrame) -> bool:
    return any(
        bool(((group[f"{field}_on"] == row[f"{field}_on"]) & (group[f"{field}_at"] == row[f"{field}_at"])).any())
        for field in _FIELDS
        if row[f"{field}_on"] != MISSING
    )


def _nearest(row: pd.Series, stamps: pd.DataFrame) -> int:
    when = _when(row)
    away = [abs(_when(stamp) - when) for stamp in stamps.to_dict("records")]
    return int(stamps["pass_number"].iloc[int(np.argmin(away))])


def _when(row: Mapping[str, Any] | pd.Series) -> int:
    """About when a row was: its finish, else its start, to the day at least."""
    for field in reversed(_FIELDS):
        if row[f"{field}_at"] != MISSING:
            return int(row[f"{field}_at"])
        if row[f"{field}_on"] != MISSING:
            return int(row[f"{field}_on"]) * DAY
    return 0


def _differs(stamp: Mapping[str, Any], row: pd.Series, field: str) -> bool:
    """Both say it, and not the same."""
    if MISSING in (stamp[f"{field}_on"], row[f"{field}_on"]):
        return False
    return bool(stamp[f"{field}_on"] != row[f"{field}_on"] or row[f"{field}_at"] not in (MISSING, stamp[f"{field}_at"]))


def _pin(stamp: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = {"on": int(stamp[f"{field}_on"]), "at": int(stamp[f"{field}_at"])}
    return {
        "actor": stamp["actor"] or SCREEN,
        "target_row_id": int(stamp["id"]),
        "request_id": int(stamp["request_id"]),
        "field": field,
        "file_value": value,
        "new_value": value,
        "is_revoked": False,
    }


PASS_WORDS = (
    "agenda_key", "year", "step", "pass_number", *PASS_STAMPS, *PASS_DESKS, "is_done", "unread", *PASS_EXTRAS,
    "pause_start_at", "pause_end_at",
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
    frame["request_id"], is_doubtful = letter_ids(connection, "disposisi", frame)
    waits: Bools = (frame["request_id"] == MISSING).to_numpy(dtype=bool)
    known = passes_of(connection, frame.loc[~waits, "request_id"].unique())
    stamped = stamped_rows(connection, load_id, known)
    if stamped:
        frame["pass_number"] = numbered_by_stamps(frame, known, stamped)
    joined = frame[~waits] if waits.any() else frame
    result = with_waiting(classify_passes(joined, known, pauses_of_passes(connection, known["id"])), waits)
    own = Own.of(load_id, _known_too(connection, frame[waits], known), PASS_WORDS)
    codes = np.where(is_doubtful, WHICH_LETTER, LETTER_MISSING)
    stored = store(connection, load_id, "disposisi", frame, result, _with_pauses(connection, own), codes)
    pausing = ((frame["pause_start_at"] != MISSING) & stored.is_added).to_numpy(dtype=bool)
    names = {"pause_start_at": "started_at", "pause_end_at": "ended_at", "pause_reason": "reason"}
    add_pauses(connection, stored.ids[pausing], frame.loc[pausing, list(names)].rename(columns=names))
    stored.taken.warnings += replaced_rows(Kind.DISPOSISI, frame, result.changes)
    stored.taken.requests |= set(frame["request_id"].to_numpy()[stored.is_added & ~waits].tolist())
    if stamped:
        pin_stamps(connection, load_id, frame, stamped)
    return stored


def _known_too(connection: Connection, waiting: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The known rows of the letters, and those without a letter that have the number of a waiting row."""
    if waiting.empty:
        return known
    same = waiting_with_keys(connection, waiting["agenda_key"].unique())
    return pd.concat([known, same], ignore_index=True) if len(same) else known


def _with_pauses(connection: Connection, own: Own) -> Own:
    """The pass rows beside the pause that each one tells of."""
    if own.rows.empty:
        nothing = np.empty(0, dtype=np.int64)
        return replace(own, rows=own.rows.assign(pause_start_at=nothing, pause_end_at=nothing))
    pauses = pauses_of_passes(connection, own.rows["id"]).drop_duplicates("pass_row_id").set_index("pass_row_id")
    times = pauses[["started_at", "ended_at"]].reindex(own.rows["id"], fill_value=MISSING)
    stamps = {"pause_start_at": times["started_at"].to_numpy(), "pause_end_at": times["ended_at"].to_numpy()}
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
        finished, year = (frame[name].to_numpy(np.int64) for name in ("finished_at", "year"))
        step = frame["step"].to_numpy(np.int8)
        self._runs.add(finished, frame["agenda_key"].to_numpy(object), year, step)
        self._round.add(step, finished)
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
