"""Judged facts as Parquet files, for other tools.

Only columns that can name no person: no free text (subject, activity, urgency, note, instruction), no health
screening, and an agency only where it is on the office's list. Moments are UTC timestamps, days are dates of the
office, lengths of time whole seconds, codes their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from data_access.mart.facts import Facts

Words = Mapping[str, Sequence[str]]
"""What the codes of a kind mean, in their order: step, verdict, reason, start_rule, status, outcome; and `agencies`,
the names that the office knows."""


def _at(*names: str) -> str:
    return ", ".join(f"to_timestamp({name}) AS {name.split('.')[-1]}" for name in names)


def _on(*names: str) -> str:
    return ", ".join(f"DATE '1970-01-01' + {name} AS {name.split('.')[-1]}" for name in names)


def _agency(name: str = "opd") -> str:
    return f"CASE WHEN list_contains({{agencies}}, {name}) THEN {name} END AS opd"


def _word(kind: str, name: str) -> str:
    return f"{{{kind}}}[{name} + 1] AS {kind}"


EXPORTS = {
    # one row per letter; `outcome` is as of the moment, `is_final`: nothing of the letter can change any more
    "requests": f"""
        SELECT r.request_id, r.year, r.agenda_number, {_agency("r.opd")}, r.activity_kind, r.room,
            {_on("r.received_on")}, {_at("r.received_at", "r.booked_start", "r.booked_end")}, r.booked_end_is_estimated,
            r.planned, {_word("status", "r.status")}, {_word("outcome", "l.ready_verdict")}, {_at("l.ready_at")},
            l.ready_seconds, coalesce(r.settled_at <= $settled_by, FALSE) AS is_final
        FROM request_fact r JOIN letter l USING (request_id)
        ORDER BY r.received_on, r.request_id""",  # noqa: S608 – own words
    # one row per letter and step, judged as of the moment
    "steps": f"""
        SELECT request_id, {_word("step", "step")}, {_agency()}, room, {_on("received_on", "belongs_on")},
            {_word("verdict", "verdict")}, {_word("reason", "reason")}, {_word("start_rule", "start_rule")},
            {_at("started_at", "taken_at", "finished_at")}, {_on("finished_on")}, passes, elapsed_seconds,
            waiting_seconds, paused_seconds, target_seconds, {_at("due_at")}, flags
        FROM fact ORDER BY request_id, fact.step""",  # noqa: S608 – own words
    # one row per pass of a step
    "passes": f"""
        SELECT request_id, {_word("step", "step")}, pass_number, {_on("started_on")}, {_at("started_at")},
            {_on("finished_on")}, {_at("finished_at")}, is_done, by_tap, {_at("recorded_at")}, has_output
        FROM pass_fact ORDER BY request_id, pass_fact.step, pass_number""",  # noqa: S608 – own words
    # one row per session in a room; request_id NULL without a letter
    "sessions": f"""
        SELECT session_id, request_id, room, {_on("started_on")}, {_at("started_at", "ended_at")}, end_is_estimated,
            verified, present, {_agency()}, activity_kind
        FROM session_fact ORDER BY started_on, session_id""",  # noqa: S608 – own words
    # one row per booking of a room, with what the register says of it
    "bookings": f"""
        SELECT request_id, room, {_agency()}, {_at("booked_start", "booked_end")}, booked_end_is_estimated, planned,
            {_word("status", "status")}
        FROM request_fact WHERE room IS NOT NULL AND booked_start IS NOT NULL
        ORDER BY request_fact.booked_start, request_id""",  # noqa: S608 – own words
    # one row per room, time and item
    "checks": f"""
        SELECT check_id, request_id, room, {_on("checked_on")}, {_at("checked_at")}, occasion, item, condition,
            checklist
        FROM check_fact ORDER BY checked_on, check_id""",  # noqa: S608 – own words
}
"""Name of the file → what it holds, over the facts of a moment."""


def write_parquet(facts: Facts, name: str, path: Path, words: Words) -> int:
    """Write one of EXPORTS into a new file; how many rows it has."""
    lists = {kind: "[" + ", ".join(map(_quoted, known)) + "]" for kind, known in words.items()}
    return facts.write_parquet(EXPORTS[name].format(**lists), path)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
