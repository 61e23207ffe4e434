"""What the rows of rooms add up to: sessions and checks, and what later rows corrected of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.derive import fold
from etl.domain.frames import MISSING, Bools
from etl.judging.attendance_facts import attendance_by_load
from etl.judging.build_facts import POSITION, ints, placed
from etl.judging.correction_facts import CHECK_FIELDS, SESSION_FIELDS, from_files, from_pages, joined
from etl.judging.overlay import lay_over

SESSION_KEY = ["room_name", "started_at"]
CHECK_KEY = ["room_name", "checked_on", "checked_at", "said_when", "item_name"]
"""What tells one answer about an item from another. Without a clock time, before and after an event are two."""

_COUNTED_TOGETHER = (["verified"], ["present"], ["screened", "passed", "failed"])
"""The counts of a session; those of one list come from one source."""


def session_fact(
    rows: pd.DataFrame, places: pd.DataFrame, calendar: WorkCalendar, attendance: pd.DataFrame, overlay: pd.DataFrame,
    sessions_of_letter: pd.Series,
) -> pd.DataFrame:  # fmt: skip
    """One row per session in a known room: what the log's rows with the same room and start say together.

    A session without an end lasts to closing time when the log says "selesai"; else its end is not known. The only
    session of its letter (`sessions_of_letter`: their number by request_id) has each count from what gave it last: its
    rows or the letter's list of participants (`attendance`).
    """
    known = known_rooms(rows)
    folded = fold(known, SESSION_KEY, unfolded=POSITION)
    sessions = lay_over(folded, SESSION_KEY, known, "pemakaian", overlay).copy()
    if len(attendance):
        _take_counts(sessions, folded, known, attendance, sessions_of_letter)
    closing = calendar.closing(ints(sessions, "started_on"))
    ended, started = ints(sessions, "ended_at"), ints(sessions, "started_at")
    open_end = sessions["end_is_estimated"].to_numpy(dtype=bool) & (ended == MISSING) & (closing > started)
    sessions["ended_at"] = np.where(open_end, closing, ended)
    sessions["end_is_estimated"] = open_end
    frame = placed(sessions.reset_index(drop=True), places)
    frame = frame.drop(columns=["room_text", "opd", "sheet_id"])
    return frame.rename(columns={"id": "session_id", "room_name": "room", "opd_name": "opd"})


def _take_counts(
    sessions: pd.DataFrame, folded: pd.DataFrame, rows: pd.DataFrame, attendance: pd.DataFrame,
    sessions_of_letter: pd.Series,
) -> None:  # fmt: skip
    """Put the list's counts where no row of the log and no correction gave them later.

    `folded` are the sessions as the log has them, before the corrections made on pages.
    """
    letters, keys = sessions["request_id"], pd.MultiIndex.from_frame(sessions[SESSION_KEY])
    is_only = sessions_of_letter.reindex(letters).to_numpy() == 1
    lists = attendance_by_load(attendance)
    for names in _COUNTED_TOGETHER:
        newest = lists[_gives(lists, names)].drop_duplicates("request_id", keep="last")
        at = pd.Index(newest["request_id"]).get_indexer(letters)
        is_corrected = (folded[names].to_numpy() != sessions[names].to_numpy()).any(axis=1)
        takes = is_only & ~is_corrected & (at >= 0)
        if not takes.any():
            continue
        logged = _last_loads(rows, names).reindex(keys).fillna(0).to_numpy()
        takes[takes] = newest["load_id"].to_numpy()[at[takes]] > logged[takes]
        sessions.loc[takes, names] = newest[names].to_numpy(dtype=np.int64)[at[takes]]


def _gives(rows: pd.DataFrame, names: list[str]) -> Bools:
    """Which rows have one of these counts."""
    gives: Bools = (rows[names].to_numpy() != MISSING).any(axis=1)
    return gives


def _last_loads(rows: pd.DataFrame, names: list[str]) -> pd.Series:
    """By use the load of its last row that has one of these counts."""
    last = rows.loc[_gives(rows, names), [*SESSION_KEY, "load_id"]].drop_duplicates(SESSION_KEY, keep="last")
    return last.set_index(SESSION_KEY)["load_id"]


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
    """The checks of known items in known rooms with all columns of CHECK_KEY; the others wait for a name."""
    known = known_rooms(rows)
    known = known[known["item_name"].notna()]
    return known.assign(said_when=said_when(known))


def said_when(rows: pd.DataFrame) -> pd.Series:
    """The occasion where there is no clock time, else nothing."""
    return rows["occasion"].where(rows["checked_at"] == MISSING).fillna("").astype("str")


def room_corrections(sessions: pd.DataFrame, checks: pd.DataFrame, overlay: pd.DataFrame) -> pd.DataFrame:
    """The corrections of sessions and checks that have a letter, as `correction_facts.COLUMNS`."""
    parts = []
    if len(sessions):
        used = known_rooms(sessions).reset_index(drop=True)
        parts += [from_files("pemakaian", used, SESSION_KEY, SESSION_FIELDS), from_pages("pemakaian", used, overlay)]
    if len(checks):
        looked_at = keyed_checks(checks).reset_index(drop=True)
        parts += [from_files("kondisi", looked_at, CHECK_KEY, CHECK_FIELDS), from_pages("kondisi", looked_at, overlay)]
    whole = joined(parts)
    return whole[whole["request_id"] != MISSING]
