"""What the wall and the summary ask of the mart: bookings of a few weeks, open pauses, the newest record, and what
became late or was corrected since a moment."""

from __future__ import annotations

from data_access.mart.publish import Basis
from data_access.mart.read import Columns, Row, Snapshot

_BOOKED = """
    SELECT r.request_id, r.year, r.agenda_number, r.opd, r.subject, r.activity, r.room, r.planned,
        coalesce(r.status_before, r.status) AS status, CASE WHEN r.frees_room THEN r.status_at END AS freed_at,
        r.received_on, r.received_at,
        r.booked_start_on, r.booked_start_at, r.booked_end_on, r.booked_end_at, r.booked_end_is_estimated,
        s.finished_on AS verified_on, s.finished_at AS verified_at
    FROM request_fact r LEFT JOIN step_fact s ON s.request_id = r.request_id AND s.step = $verification
    WHERE r.booked_start_on <= $last AND coalesce(r.booked_end_on, r.booked_start_on) >= $first
    ORDER BY r.booked_start_on, r.booked_start_at, r.request_id
"""
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
_HAPPENED = Basis.of("request_fact", "pass_fact", "session_fact")
_EVER = 2**62
_HOUR = 3_600


def bookings(snapshot: Snapshot, first: int, last: int, verification: int) -> list[Row]:
    """One row per letter whose booking touches the days `first` to `last`, both included.

    `verified_on`/`verified_at` are the finish of the step `verification`; from `freed_at` on the letter has no room any
    more. Read once a mart and span.
    """
    scope = {"first": first, "last": last, "verification": verification}
    basis = Basis.of("request_fact", "step_fact")
    return snapshot.remember(("wall-bookings", first, last), lambda: snapshot.rows(_BOOKED, scope), basis)


def stored_steps(snapshot: Snapshot, request_id: int) -> list[Row]:
    """The thirteen stored facts of one letter; final once the letter is settled."""
    scope = {"request_id": request_id}
    return snapshot.remember(("wall-steps", request_id), lambda: snapshot.rows(_STEPS, scope), Basis.of("step_fact"))


def open_pauses(snapshot: Snapshot, as_of: int) -> set[tuple[int, int]]:
    """(letter, step) of every step that waits for the agency at `as_of`. Read once a mart and hour."""
    since = as_of // _HOUR * _HOUR
    scope = {"since": since, "until": since + _HOUR}
    rows = snapshot.remember(("wall-pauses", since), lambda: snapshot.tuples(_PAUSES, scope), Basis.of("pause_fact"))
    return {(row[0], row[1]) for row in rows if row[2] <= as_of and (row[3] is None or row[3] > as_of)}


def newest_record(snapshot: Snapshot, as_of: int) -> tuple[int | None, bool]:
    """The latest moment up to `as_of` that anything recorded happened at, and whether there is any record at all.

    Stamps of the future are plans or slips, not records of what happened; only they make the mart be read again, once
    a minute.
    """
    newest, has_any = snapshot.remember("wall-newest", lambda: _newest(snapshot, _EVER), _HAPPENED)
    if newest is None or newest <= as_of:
        return newest, has_any
    return snapshot.remember(("wall-newest", as_of // 60), lambda: _newest(snapshot, as_of), _HAPPENED)


def _newest(snapshot: Snapshot, until: int) -> tuple[int | None, bool]:
    newest = snapshot.tuples(_NEWEST, {"until": until})[0]
    return newest[0], bool(newest[1])


_LATE = """
    SELECT s.request_id, s.step, s.finished_at AS late_at FROM step_fact s
    WHERE s.verdict = $late AND s.finished_at > $since AND s.finished_at <= $until AND s.settled_at <= $settled_by
        AND ($opd IS NULL OR s.opd = $opd)
"""
_LATE_BEFORE = """
    SELECT * FROM (
        SELECT s.request_id, s.step, CASE WHEN s.verdict = $late THEN s.finished_at ELSE s.due_at END AS late_at
        FROM step_fact s
        WHERE s.verdict IN ($late, $overdue) AND s.settled_at <= $settled_by AND ($opd IS NULL OR s.opd = $opd)
    ) WHERE late_at <= $until
"""
_CORRECTED = """
    SELECT count(DISTINCT (c.kind, c.target_row_id, c.load_id)) FROM correction_fact c
    JOIN request_fact r USING (request_id)
    WHERE c.corrected_at > $since AND c.corrected_at <= $until AND ($opd IS NULL OR r.opd = $opd)
"""


def late_steps(snapshot: Snapshot, since: int, until: int, settled_by: int, late: int, opd: str | None) -> list[Row]:
    """Steps of settled letters that were finished late after `since`: request_id, step, late_at."""
    scope = {"since": since, "until": until, "settled_by": settled_by, "late": late, "opd": opd}
    return snapshot.rows(_LATE, scope)


def late_before(snapshot: Snapshot, until: int, settled_by: int, late: int, overdue: int, opd: str | None) -> Columns:
    """Steps of settled letters that were late or over their limit by `until`: request_id, step, late_at."""
    scope = {"until": until, "settled_by": settled_by, "late": late, "overdue": overdue, "opd": opd}
    return snapshot.columns(_LATE_BEFORE, scope)


def corrected_values(snapshot: Snapshot, since: int, until: int, opd: str | None) -> int:
    """How many rows were corrected after `since`, by later files or on pages; of one agency's letters, or of all."""
    return int(snapshot.tuples(_CORRECTED, {"since": since, "until": until, "opd": opd})[0][0])
