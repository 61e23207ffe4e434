"""What the Data page asks of the facts: agencies as they are named, and steps that carry a flag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data_access.mart.read import Snapshot

Row = dict[str, Any]


def letters_by_opd(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Every agency's name with how many letters carry it, the most first."""
    sql = "SELECT opd, count(*) FROM request_fact WHERE opd IS NOT NULL GROUP BY opd ORDER BY count(*) DESC, opd"
    return [(str(name), int(count)) for name, count in snapshot.tuples(sql)]


def steps_by_flags(snapshot: Snapshot) -> list[tuple[int, int]]:
    """Each combination of flag bits that occurs, with how many steps of a letter carry it."""
    rows = snapshot.tuples("SELECT flags, count(*) FROM step_fact WHERE flags <> 0 GROUP BY flags")
    return [(int(bits), int(count)) for bits, count in rows]


def flagged_steps(snapshot: Snapshot, bit: int, limit: int, offset: int) -> list[Row]:
    """Steps with that flag, those of the newest letters first: request_id, year, agenda_number, opd, step, passes,
    started_at, finished_at, finished_on, `total` of all."""
    return snapshot.rows(
        """SELECT s.request_id, r.year, r.agenda_number, r.opd, s.step, s.passes, s.started_at, s.finished_at,
            s.finished_on, count(*) OVER () AS total
        FROM step_fact s JOIN request_fact r USING (request_id)
        WHERE s.flags & $bit <> 0
        ORDER BY r.received_on DESC, s.request_id DESC, s.step LIMIT $limit OFFSET $offset""",
        {"bit": int(bit), "limit": int(limit), "offset": int(offset)},
    )


def places_of_steps(snapshot: Snapshot, requests: Iterable[int]) -> list[Row]:
    """Where the hand-over rows of these letters were read: request_id, step, pass_number, file, sheet, row."""
    listed = ", ".join(str(int(id_)) for id_ in requests)
    if not listed:
        return []
    return snapshot.rows(
        "SELECT request_id, step, pass_number, file, sheet, row FROM pass_source "  # noqa: S608 – numbers only
        f"WHERE request_id IN ({listed}) ORDER BY request_id, step, pass_number, file, sheet, row"
    )


def correction_count(snapshot: Snapshot, first_on: int, last_on: int, opd: str | None, room: str | None) -> int:
    """How many values of the letters received on these days (both included) were corrected."""
    sql = """SELECT coalesce(sum(correction_count), 0) FROM request_fact WHERE received_on BETWEEN $first AND $last
        AND ($opd IS NULL OR opd = $opd) AND ($room IS NULL OR room = $room)"""
    rows = snapshot.tuples(sql, {"first": first_on, "last": last_on, "opd": opd, "room": room})
    return int(rows[0][0])
