"""What the condition of rooms asks of the mart: the newest check of each room, reports of faults, checks of a time.

A check without a clock time counts from the beginning of its day, so that it never proves more than it says; on one
day "before" comes first and "after" last.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_access.mart.publish import Basis
from data_access.mart.read import Columns, Row, Snapshot
from data_access.mart.rooms import OWN_OPD, says_unused
from data_access.mart.schema import People

_RANK = "CASE occasion WHEN 'before' THEN 0 WHEN 'after' THEN 2 ELSE 1 END"
_IN_DAY = f"CASE WHEN checked_at IS NULL THEN {_RANK} ELSE 10 + checked_at - (checked_on::BIGINT - 1) * 86400 END"
_KEY = f"(checked_on::BIGINT * 1000000 + {_IN_DAY})"
_HAPPENED = "(checked_on < $today OR (checked_on = $today AND checked_at IS NULL) OR checked_at <= $as_of)"
_ANSWER = "check_id, request_id, room, checked_on, checked_at, occasion, item, condition, note, checklist, load_id"

_NEWEST = f"""
    WITH newest AS (SELECT room, max({_KEY}) AS key FROM check_fact WHERE {_HAPPENED} GROUP BY room)
    SELECT {_ANSWER} FROM check_fact JOIN newest USING (room)
    WHERE {_KEY} = newest.key ORDER BY room, check_id
"""  # noqa: S608 – own words
_FAULTS = f"""
    SELECT room, item, checked_on, checked_at, {_RANK} AS rank, condition, note, load_id, file, sheet, row FROM (
        SELECT *, lag(condition) OVER (PARTITION BY room, item ORDER BY {_KEY}) AS before FROM check_fact
        WHERE condition <> 'NOT_APPLICABLE'
    ) WHERE condition <> 'GOOD' OR before <> 'GOOD'
    ORDER BY room, item, {_KEY}
"""  # noqa: S608 – own words
_CHECKS = f"""
    SELECT {_ANSWER}, {_RANK} AS rank, {_KEY} AS key FROM check_fact
    WHERE checked_on BETWEEN $first - 2 AND $last + 2 OR request_id IN (
        SELECT request_id FROM session_fact WHERE started_on BETWEEN $first AND $last AND request_id IS NOT NULL)
    ORDER BY room, {_KEY}, check_id
"""  # noqa: S608 – own words
_USED = f"""
    SELECT session_id, s.request_id, s.room, started_on, started_at, ended_at, end_is_estimated, {OWN_OPD} AS opd,
        s.{People.VERIFIED}, s.{People.PRESENT}
    FROM session_fact s LEFT JOIN request_fact r ON r.request_id = s.request_id
    WHERE started_at IS NOT NULL AND NOT {says_unused("s.note")} AND
"""  # noqa: S608 – own words
_SESSIONS = f"{_USED} started_on BETWEEN $first AND $last ORDER BY started_at, session_id"
_LETTER_SESSIONS = f"{_USED} s.request_id = $request_id ORDER BY started_at, session_id"
_CHECK_PLACES = f"""
    WITH wanted AS (
        SELECT check_id AS first_id, room, {_KEY} AS key FROM check_fact WHERE check_id IN (SELECT unnest($ids))
    )
    SELECT first_id AS id, file, sheet, row, load_id, item, condition FROM check_fact c
    JOIN wanted ON c.room = wanted.room
    WHERE {_KEY} = wanted.key ORDER BY first_id, load_id, file, sheet, row
"""  # noqa: S608 – own words
_SESSION_PLACES = """
    SELECT session_id AS id, file, sheet, row FROM session_fact WHERE session_id IN (SELECT unnest($ids))
"""


def newest_checks(snapshot: Snapshot, today: int, as_of: int) -> list[Row]:
    """Every answer of each room's newest check up to a moment, whose local day is `today`."""
    return snapshot.rows(_NEWEST, {"today": today, "as_of": as_of})


def fault_answers(snapshot: Snapshot) -> list[Row]:
    """Every report that is not good, and the good one that follows it, by room, item and time. Read once a mart."""
    return snapshot.remember("fault-answers", lambda: snapshot.rows(_FAULTS), Basis.of("check_fact"))


def answers_between(snapshot: Snapshot, first: int, last: int) -> Columns:
    """One element per answer of the checks around the days `first` to `last`, or of a letter with a session then."""
    scope = {"first": first, "last": last}
    basis = Basis.of("check_fact", "session_fact")
    return snapshot.remember(("answers", first, last), lambda: snapshot.columns(_CHECKS, scope), basis)


def sessions_between(snapshot: Snapshot, first: int, last: int) -> list[Row]:
    """One row per session that took place on those days (by its start), both included, with its letter's OPD."""
    scope = {"first": first, "last": last}
    basis = Basis.of("session_fact", "request_fact")
    return snapshot.remember(("used", first, last), lambda: snapshot.rows(_SESSIONS, scope), basis)


def sessions_of_letter(snapshot: Snapshot, request_id: int) -> list[Row]:
    """The sessions of one letter, as `sessions_between`."""
    return snapshot.rows(_LETTER_SESSIONS, {"request_id": request_id})


def session_places(snapshot: Snapshot, ids: Sequence[int]) -> list[Row]:
    """Where these sessions are written: id, file, sheet, row."""
    return snapshot.rows(_SESSION_PLACES, {"ids": list(ids)})


def check_places(snapshot: Snapshot, ids: Sequence[int]) -> list[Row]:
    """Every answer of these checks and where it is written: id (of the check's first answer), file, sheet, row,
    load_id, item, condition."""
    return snapshot.rows(_CHECK_PLACES, {"ids": list(ids)})
