"""One file into the records: everything of it or nothing.

`take_in` runs inside one transaction. What each row becomes is decided by the pure functions of `etl.classify`;
links between hand-overs, sessions and letters are derived again for every agenda number that the file touches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.records.loads import add_sheets
from data_access.records.passes import link_passes, passes_of, passes_with_keys, pauses_of_passes
from data_access.records.requests import letters_with_keys, rows_of, upsert_requests
from data_access.records.sessions import (
    link_sessions,
    sessions_starting_at,
    sessions_with_keys,
    waiting_sessions,
)
from data_access.records.taking import add_corrections, add_pauses, add_rejects, add_rows, add_waiting
from etl.classify import PASS_EXTRAS, Change, Classified, Outcome, already_waiting, classify_keyed, classify_passes
from etl.domain.derive import PASS_STAMPS, fold
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.linking import link
from etl.facts import POSITION, folded_requests

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.extract import Extracted
    from etl.office import Rulebook

REQUEST_COLUMNS = (
    "agenda_number", "received_on", "received_at", "letter_number", "letter_on", "opd_name", "subject", "activity",
    "urgency", "forwarded_to", "room_name", "booked_start_on", "booked_start_at", "booked_end_on", "booked_end_at",
    "planned", "status_text", "status_on", "status_at", "note",
)  # fmt: skip
SESSION_COLUMNS = ("ended_at", "verified", "present", "screened", "passed", "failed", "agenda_key", "note")
PASS_CONTENT = ("agenda_key", "year", "step", "pass_number", *PASS_STAMPS, "is_done", *PASS_EXTRAS)
ROOM_UNKNOWN = "room_unknown"
LETTER_MISSING = "letter_missing"


@dataclass
class Taken:
    """What a load did: counts of the five ends, and the letters whose figures change."""

    counts: dict[str, int]
    requests: set[int] = field(default_factory=set)


def take_in(connection: Connection, load_id: int, extracted: Extracted, book: Rulebook) -> Taken:
    """Store a file's good rows and its rejects under an open load."""
    sheets = add_sheets(connection, load_id, _sheet_names(extracted))
    add_rejects(connection, load_id, sheets, extracted.rejects)
    frame = _plain(extracted.frame)
    frame["load_id"] = load_id
    codes, names = pd.factorize(frame["sheet"], use_na_sentinel=False)
    frame["sheet_id"] = np.array([sheets[_name(name)] for name in names], dtype=np.int64)[codes]
    taken = TAKERS[str(extracted.kind)](connection, load_id, frame, book)
    taken.counts |= {"read": extracted.read, "rejected": len(extracted.rejects)}
    return taken


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable integers as int64 with MISSING, the form of everything behind the intake."""
    integers = [c for c in frame.columns if isinstance(frame[c].dtype, pd.Int64Dtype)]
    return frame.assign(**{c: frame[c].to_numpy(dtype=np.int64, na_value=MISSING) for c in integers})


def _name(sheet: object) -> str | None:
    return sheet if isinstance(sheet, str) else None


def _sheet_names(extracted: Extracted) -> list[str | None]:
    names = [_name(s) for s in extracted.frame["sheet"].unique()] + [_name(r.sheet) for r in extracted.rejects]
    return list(dict.fromkeys(names)) or [None]


def _store(
    connection: Connection, load_id: int, kind: str, frame: pd.DataFrame, result: Classified, code: str
) -> tuple[Ints, Taken]:
    """Insert the rows that are kept, note what waits and what was corrected; the id of every row (or MISSING)."""
    ids = np.full(len(frame), MISSING, dtype=np.int64)
    kept = result.stores
    ids[kept] = add_rows(connection, kind, frame[kept])
    waits = result.outcome == Outcome.WAITING
    twin = ids if result.twin is None else np.where(result.twin != MISSING, result.twin, ids)
    add_waiting(connection, load_id, kind, twin[waits], code)
    add_corrections(connection, (_correction(load_id, kind, frame, ids, change) for change in result.changes))
    return ids, Taken({outcome.name.lower(): result.count(outcome) for outcome in Outcome})


def _correction(load_id: int, kind: str, frame: pd.DataFrame, ids: Ints, change: Change) -> dict[str, Any]:
    row = frame.iloc[change.position]
    key = {name: row[name] for name in ("request_id", "step", "pass_number", "room_name", "started_at") if name in row}
    if key.get("request_id") == MISSING:
        key["request_id"] = None
    return {
        **key, "load_id": load_id, "kind": kind, "target_row_id": ids[change.position],
        "old_row_id": change.old_row_id, "changes": change.changes,
    }  # fmt: skip


def _waiting(result: Classified, waits: Bools, frame: pd.DataFrame, stored: pd.DataFrame, words: Sequence[str]) -> None:
    """Mark the rows that wait; one that waits already in the same words needs no second copy."""
    if not waits.any():
        return
    result.outcome[waits] = Outcome.WAITING
    result.changes = [change for change in result.changes if not waits[change.position]]
    result.twin = np.full(len(frame), MISSING, dtype=np.int64)
    result.twin[waits] = already_waiting(frame[waits], stored, words)


def take_permohonan(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Register rows: one letter a key (year of receipt, agenda number); a row with an unknown room waits."""
    frame["opd_name"] = book.opd_names.canonical(frame["opd"])
    frame["room_name"] = _rooms(frame["room"], book)
    frame["year"] = _years(frame["received_on"].to_numpy(np.int64))
    waits: Bools = (frame["room"].notna() & frame["room_name"].isna()).to_numpy(dtype=bool)
    frame["is_waiting"] = waits
    frame["request_id"] = upsert_requests(connection, frame)
    rows = rows_of(connection, frame["request_id"].unique())
    known = folded_requests(rows[~rows["is_waiting"]], book.calendar)
    result = classify_keyed(frame, known, "request_id", REQUEST_COLUMNS, ("received", "booked_start", "booked_end"))
    _waiting(result, waits, frame, rows[rows["is_waiting"]], ("request_id", "room", *REQUEST_COLUMNS))
    _, taken = _store(connection, load_id, "permohonan", frame, result, ROOM_UNKNOWN)
    fresh = result.stores & ~waits
    taken.requests |= set(frame["request_id"].to_numpy()[fresh].tolist())
    link_again(connection, frame["agenda_key"][fresh], taken)
    return taken


def _years(days: Ints) -> Ints:
    years: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def _rooms(typed: pd.Series, book: Rulebook) -> pd.Series:
    """Canonical room names; a room left empty is the only room, when there is only one."""
    names = book.room_names.canonical(typed)
    rooms = book.settings.rooms
    return names.where(typed.notna(), rooms[0].name) if len(rooms) == 1 else names


def take_disposisi(connection: Connection, load_id: int, frame: pd.DataFrame, _book: Rulebook) -> Taken:
    """Hand-over rows: joined to their letter, or waiting for it."""
    letters = _letters(connection, frame["agenda_key"])
    frame["request_id"] = link(frame["agenda_key"], _year(frame), hand_over_day(frame), letters)
    waits: Bools = (frame["request_id"] == MISSING).to_numpy(dtype=bool)
    joined = frame[~waits]
    known = passes_of(connection, joined["request_id"].unique())
    part = classify_passes(joined, known, pauses_of_passes(connection, known["id"]))
    result = Classified(np.zeros(len(frame), dtype=np.int8))
    place = np.flatnonzero(~waits)
    result.outcome[place] = part.outcome
    result.changes = [replace(change, position=int(place[change.position])) for change in part.changes]
    stored = passes_with_keys(connection, frame.loc[waits, "agenda_key"].unique()) if waits.any() else known
    _waiting(result, waits, frame, stored[stored["request_id"] == MISSING], PASS_CONTENT)
    ids, taken = _store(connection, load_id, "disposisi", frame, result, LETTER_MISSING)
    pausing = ((frame["pause_start_at"] != MISSING) & (ids != MISSING)).to_numpy(dtype=bool)
    names = {"pause_start_at": "started_at", "pause_end_at": "ended_at", "pause_reason": "reason"}
    add_pauses(connection, ids[pausing], frame.loc[pausing, list(names)].rename(columns=names))
    taken.requests |= set(frame["request_id"].to_numpy()[result.stores & ~waits].tolist())
    return taken


def _letters(connection: Connection, agenda_keys: pd.Series) -> pd.DataFrame:
    """The letters that rows with these numbers may belong to; a letter that waits for its room is not there yet."""
    letters = letters_with_keys(connection, agenda_keys.dropna().unique())
    return letters[~letters["is_waiting"]]


def _year(frame: pd.DataFrame) -> Ints:
    return frame["year"].to_numpy(dtype=np.int64)


def hand_over_day(frame: pd.DataFrame) -> Ints:
    """The day by which a hand-over finds its letter: its finish, else its start."""
    finished, started = frame["finished_on"].to_numpy(np.int64), frame["started_on"].to_numpy(np.int64)
    return np.where(finished != MISSING, finished, started)


def session_day(frame: pd.DataFrame) -> Ints:
    """The day by which a session finds its letter."""
    return frame["started_on"].to_numpy(np.int64)


def take_pemakaian(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Room log rows: one session a key (room, start); never waits for its letter, but for an unknown room."""
    frame["room_text"] = frame["room"]
    frame["room_name"] = book.room_names.canonical(frame["room"])
    waits: Bools = frame["room_name"].isna().to_numpy(dtype=bool)
    frame["request_id"] = link(
        frame["agenda_key"], _year(frame), session_day(frame), _letters(connection, frame["agenda_key"])
    )
    rows = sessions_starting_at(connection, frame["started_at"].unique())
    placed = rows[rows["room_name"].notna()]
    known = fold(placed, ["room_name", "started_at"], unfolded=POSITION)
    frame["key"], known["key"] = _session_key(frame), _session_key(known)
    result = classify_keyed(frame, known, "key", SESSION_COLUMNS)
    stored = waiting_sessions(connection) if waits.any() else rows
    _waiting(result, waits, frame, stored[stored["room_name"].isna()], ("room_text", "started_at", *SESSION_COLUMNS))
    _, taken = _store(connection, load_id, "pemakaian", frame, result, ROOM_UNKNOWN)
    taken.requests |= set(frame["request_id"].to_numpy()[result.stores & ~waits].tolist()) - {MISSING}
    return taken


def _session_key(frame: pd.DataFrame) -> list[tuple[Any, int]]:
    return list(zip(frame["room_name"], frame["started_at"], strict=True))


def link_again(connection: Connection, agenda_keys: pd.Series, taken: Taken) -> None:
    """Derive the links of all hand-overs and sessions with these agenda numbers once more."""
    numbers = agenda_keys.unique()
    if len(numbers) == 0:
        return
    letters = _letters(connection, agenda_keys)
    kinds = (
        (passes_with_keys(connection, numbers), hand_over_day, link_passes),
        (sessions_with_keys(connection, numbers), session_day, link_sessions),
    )
    for rows, day, join in kinds:
        now, before = link(rows["agenda_key"], _year(rows), day(rows), letters), rows["request_id"].to_numpy(np.int64)
        moved = now != before
        if moved.any():
            join(connection, rows["id"].to_numpy(np.int64)[moved], now[moved])
            taken.requests |= (set(now[moved].tolist()) | set(before[moved].tolist())) - {MISSING}


TAKERS: Mapping[str, Callable[[Any, int, pd.DataFrame, Any], Taken]] = {
    "permohonan": take_permohonan,
    "disposisi": take_disposisi,
    "pemakaian": take_pemakaian,
}
