"""What the rows of rooms add up to: sessions and checks, and what later rows corrected of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.derive import fold
from etl.domain.frames import MISSING
from etl.judging.attendance_facts import COUNTS, folded_attendance
from etl.judging.build_facts import POSITION, ints, placed
from etl.judging.correction_facts import CHECK_FIELDS, SESSION_FIELDS, from_files, from_pages, joined
from etl.judging.overlay import lay_over

SESSION_KEY = ["room_name", "started_at"]
CHECK_KEY = ["room_name", "checked_on", "checked_at", "said_when", "item_name"]
"""What tells one answer about an item from another. Without a clock time, before and after an event are two."""

_SESSION_COUNTS = COUNTS[1:]


def session_fact(
    rows: pd.DataFrame, places: pd.DataFrame, calendar: WorkCalendar, attendance: pd.DataFrame, overlay: pd.DataFrame,
    sessions_of_letter: pd.Series,
) -> pd.DataFrame:  # fmt: skip
    """One row per session in a known room: what the log's rows with the same room and start say together.

    A session without an end lasts to closing time when the log says "selesai"; else its end is not known. One whose
    rows have no counts takes those of its letter's list of participants (`attendance`) when it is the letter's only
    one (`sessions_of_letter`: their number by request_id).
    """
    known = known_rooms(rows)
    sessions = fold(known, SESSION_KEY, unfolded=POSITION)
    sessions = lay_over(sessions, SESSION_KEY, known, "pemakaian", overlay)
    closing = calendar.closing(ints(sessions, "started_on"))
    ended, started = ints(sessions, "ended_at"), ints(sessions, "started_at")
    open_end = sessions["end_is_estimated"].to_numpy(dtype=bool) & (ended == MISSING) & (closing > started)
    sessions["ended_at"] = np.where(open_end, closing, ended)
    sessions["end_is_estimated"] = open_end
    if len(attendance):
        _take_counts(sessions, folded_attendance(attendance), sessions_of_letter)
    frame = placed(sessions.reset_index(drop=True), places)
    return frame.rename(columns={"id": "session_id", "room_name": "room"}).drop(columns=["room_text", "sheet_id"])


def _take_counts(sessions: pd.DataFrame, lists: pd.DataFrame, sessions_of_letter: pd.Series) -> None:
    """The list's counts for the only session of a letter, where the log gives none at all."""
    counts = sessions[list(_SESSION_COUNTS)].to_numpy(dtype=np.int64)
    only = sessions_of_letter.reindex(sessions["request_id"]).to_numpy() == 1
    counted = lists.set_index("request_id")[list(_SESSION_COUNTS)].reindex(sessions["request_id"], fill_value=MISSING)
    takes = (counts == MISSING).all(axis=1) & only
    sessions[list(_SESSION_COUNTS)] = np.where(takes[:, None], counted.to_numpy(dtype=np.int64), counts)


def check_fact(
    rows: pd.DataFrame, places: pd.DataFrame, overlay: pd.DataFrame, checklists: pd.DataFrame
) -> pd.DataFrame:
    """One row per room, time and item: the condition as its rows say together.

    `checklists`: load_id and checklist_version of the reports made on screens.
    """
    known = keyed_checks(rows)
    checks = lay_over(fold(known, CHECK_KEY, unfolded=POSITION), CHECK_KEY, known, "kondisi", overlay)
    frame = placed(checks.reset_index(drop=True), places)
    frame["checklist"] = frame["load_id"].map(checklists.set_index("load_id")["checklist_version"]).astype("str")
    return frame.rename(columns={"id": "check_id", "room_name": "room", "item_name": "item"})[
        ["check_id", "request_id", "room", "checked_on", "checked_at", "occasion", "item", "condition", "note",
         "checklist", "file", "sheet", "row", "load_id"]
    ]  # fmt: skip


def known_rooms(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose room has a name; the others wait for one."""
    return rows[rows["room_name"].notna()]


def keyed_checks(rows: pd.DataFrame) -> pd.DataFrame:
    """The checks of known rooms with all columns of CHECK_KEY."""
    known = known_rooms(rows)
    return known.assign(said_when=said_when(known))


def said_when(rows: pd.DataFrame) -> pd.Series:
    """The occasion where there is no clock time, else nothing."""
    return rows["occasion"].where(rows["checked_at"] == MISSING).fillna("").astype("str")


def room_corrections(sessions: pd.DataFrame, checks: pd.DataFrame, overlay: pd.DataFrame) -> pd.DataFrame:
    """The corrections of sessions and checks that have a letter, as `correction_facts.COLUMNS`."""
    used, looked_at = (rows.reset_index(drop=True) for rows in (known_rooms(sessions), keyed_checks(checks)))
    parts = [
        from_files("pemakaian", used, SESSION_KEY, SESSION_FIELDS),
        from_files("kondisi", looked_at, CHECK_KEY, CHECK_FIELDS),
        from_pages("pemakaian", used, overlay),
        from_pages("kondisi", looked_at, overlay),
    ]
    whole = joined(parts)
    return whole[whole["request_id"] != MISSING]
