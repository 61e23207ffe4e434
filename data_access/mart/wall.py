"""What the wall asks of the mart: bookings and sessions of a few weeks, pauses that are open, the newest record."""

from __future__ import annotations

from typing import Any

from data_access.mart.read import Snapshot
from data_access.mart.rooms import says_unused

Row = dict[str, Any]

_BOOKED = """
    SELECT r.request_id, r.opd, r.subject, r.activity, r.room, r.planned, r.status, r.received_on, r.received_at,
        r.booked_start_on, r.booked_start_at, r.booked_end_on, r.booked_end_at, r.booked_end_is_estimated,
        s.finished_on AS verified_on, s.finished_at AS verified_at
    FROM request_fact r LEFT JOIN step_fact s ON s.request_id = r.request_id AND s.step = $verification
    WHERE r.booked_start_on <= $last AND coalesce(r.booked_end_on, r.booked_start_on) >= $first
    ORDER BY r.booked_start_on, r.booked_start_at, r.request_id
"""
_SESSIONS = f"""
    SELECT session_id, request_id, room, started_at, CASE WHEN end_is_estimated THEN NULL ELSE ended_at END AS ended_at,
        verified, present
    FROM session_fact
    WHERE started_on BETWEEN $first AND $last AND started_at IS NOT NULL AND NOT {says_unused("note")}
    ORDER BY started_at, session_id
"""  # noqa: S608 – own words
_STEPS = """
    SELECT step, verdict, finished_at, finished_on, elapsed_seconds, target_seconds
    FROM step_fact WHERE request_id = $request_id ORDER BY step
"""
_PAUSES = """
    SELECT request_id, step, started_at, ended_at FROM pause_fact
    WHERE started_at < $until AND (ended_at IS NULL OR ended_at > $since)
"""
_NEWEST = """
    SELECT greatest(
        (SELECT max(received_at) FROM request_fact WHERE received_at <= $until),
        (SELECT max(finished_at) FROM pass_fact WHERE finished_at <= $until),
        (SELECT max(started_at) FROM pass_fact WHERE started_at <= $until),
        (SELECT max(started_at) FROM session_fact WHERE started_at <= $until),
        (SELECT max(ended_at) FROM session_fact WHERE ended_at <= $until)
    ), EXISTS (FROM request_fact) OR EXISTS (FROM session_fact)
"""
_EVER = 2**62
_HOUR = 3_600


def bookings(snapshot: Snapshot, first: int, last: int, verification: int) -> list[Row]:
    """One row per letter whose booking touches the days `first` to `last`, both included.

    `verified_on`/`verified_at` are the finish of the step `verification`. Read once a mart and span.
    """
    scope = {"first": first, "last": last, "verification": verification}
    return snapshot.remember(("wall-bookings", first, last), lambda: snapshot.rows(_BOOKED, scope))


def sessions(snapshot: Snapshot, first: int, last: int) -> list[Row]:
    """One row per session that started on the days `first` to `last`, both included, and took place.

    `ended_at` is None too where the log says "until done". Read once a mart and span.
    """
    scope = {"first": first, "last": last}
    return snapshot.remember(("wall-sessions", first, last), lambda: snapshot.rows(_SESSIONS, scope))


def stored_steps(snapshot: Snapshot, request_id: int) -> list[Row]:
    """The thirteen stored facts of one letter; final once the letter is settled."""
    scope = {"request_id": request_id}
    return snapshot.remember(("wall-steps", request_id), lambda: snapshot.rows(_STEPS, scope))


def open_pauses(snapshot: Snapshot, as_of: int) -> set[tuple[int, int]]:
    """(letter, step) of every step that waits for the agency at `as_of`. Read once a mart and hour."""
    since = as_of // _HOUR * _HOUR
    scope = {"since": since, "until": since + _HOUR}
    rows = snapshot.remember(("wall-pauses", since), lambda: snapshot.tuples(_PAUSES, scope))
    return {(row[0], row[1]) for row in rows if row[2] <= as_of and (row[3] is None or row[3] > as_of)}


def newest_record(snapshot: Snapshot, as_of: int) -> tuple[int | None, bool]:
    """The latest moment up to `as_of` that anything recorded happened at, and whether there is any record at all.

    Stamps of the future are plans or slips, not records of what happened; only they make the mart be read again, once
    a minute.
    """
    newest, has_any = snapshot.remember("wall-newest", lambda: _newest(snapshot, _EVER))
    if newest is None or newest <= as_of:
        return newest, has_any
    return snapshot.remember(("wall-newest", as_of // 60), lambda: _newest(snapshot, as_of))


def _newest(snapshot: Snapshot, until: int) -> tuple[int | None, bool]:
    newest = snapshot.tuples(_NEWEST, {"until": until})[0]
    return newest[0], bool(newest[1])
