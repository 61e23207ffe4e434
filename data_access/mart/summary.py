"""What the summary asks of the mart: steps that became late, and values that were corrected, since a moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data_access.mart.read import Columns, Snapshot

Row = dict[str, Any]

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
_LETTERS = """
    SELECT request_id, year, agenda_number, opd, subject, activity, room, booked_end FROM request_fact
    WHERE request_id IN (SELECT unnest($ids))
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


def letters_named(snapshot: Snapshot, ids: Iterable[int]) -> dict[int, Row]:
    """By request_id what a list calls a letter, and `booked_end`, the moment at which its event ends."""
    wanted = sorted({int(id_) for id_ in ids})
    return {row["request_id"]: row for row in snapshot.rows(_LETTERS, {"ids": wanted})} if wanted else {}


def corrected_values(snapshot: Snapshot, since: int, until: int, opd: str | None) -> int:
    """How many rows were corrected after `since`, by later files or on pages; of one agency's letters, or of all."""
    return int(snapshot.tuples(_CORRECTED, {"since": since, "until": until, "opd": opd})[0][0])
