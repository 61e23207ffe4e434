"""What the facts of a period would be with other targets: counted by change, and the steps that would change.

Stored facts are judged again here, by their duration; those of letters that are not settled come judged by both rules
(`live_step` as they are, `live_if` with the other targets). `Words` are the codes of the verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_access.mart.evidence import BehindScope
from data_access.mart.read import Columns, Snapshot
from data_access.mart.schema import MISSING

_COLUMNS = "request_id, step, verdict, elapsed_seconds"
_SHOWN = """request_id, step, opd, verdict, reason, start_rule, started_at, finished_at, finished_on, elapsed_seconds,
    target_seconds, due_at"""


@dataclass(frozen=True)
class Words:
    """Codes of verdicts: in time, late, over the limit and not finished; `runs` for what would still be in time."""

    met: int
    late: int
    overdue: int
    runs: int


@dataclass(frozen=True)
class Tables:
    """Arrow tables beside the stored facts; `wanted` has step and seconds, NULL where the target stays."""

    live_step: Any
    live_if: Any
    wanted: Any

    def given(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {"live_step": self.live_step, "live_if": self.live_if, "wanted": self.wanted}


def counts_if(snapshot: Snapshot, scope: BehindScope, words: Words, tables: Tables) -> list[tuple[Any, ...]]:
    """By step, verdict now and verdict then how many facts; None for a verdict outside the period."""
    sql = f"""
        {_pairs(scope, words)}
        SELECT step, verdict_now, verdict_if, count(*) FROM pair GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return snapshot.tuples(sql, scope.parameters(), **tables.given())


def steps_if(
    snapshot: Snapshot,
    scope: BehindScope,
    words: Words,
    tables: Tables,
    *,
    now: Sequence[int],
    then: Sequence[int],
    limit: int,
    offset: int,
) -> pd.DataFrame:
    """One row per step whose verdict is not one of `now` and would be one of `then`, the shortest first: the columns
    of step_fact with verdict_if, year, agenda_number, agenda_key."""
    sql = f"""
        {_pairs(scope, words)}, page AS (
            SELECT * FROM pair WHERE coalesce(verdict_now, -1) NOT IN ({_list(now)})
                AND coalesce(verdict_if, -1) IN ({_list(then)})
            ORDER BY elapsed_seconds, request_id, step LIMIT {int(limit)} OFFSET {int(offset)}
        ), fact AS (
            SELECT {_SHOWN} FROM step_fact WHERE settled_at <= $settled_by
                AND request_id IN (SELECT request_id FROM page)
            UNION ALL SELECT {_SHOWN} FROM live_step WHERE request_id IN (SELECT request_id FROM page)
        )
        SELECT fact.*, page.verdict_if, r.year, r.agenda_number, r.agenda_key
        FROM page JOIN fact USING (request_id, step) JOIN request_fact r USING (request_id)
        ORDER BY fact.elapsed_seconds, request_id, step
    """  # noqa: S608 – made of own words and numbers
    return snapshot.frame(sql, scope.parameters(), **tables.given())


def steps_of_ready_letters(snapshot: Snapshot, scope: BehindScope) -> Columns:
    """Settled letters that got ready in the period with the scope's steps, in order: request_id, step, verdict,
    elapsed_seconds, target_seconds, finished_at, ready_seconds; MISSING where not known."""
    numbers = ", ".join(
        f"coalesce({name}, {MISSING}) AS {name}"
        for name in ("elapsed_seconds", "target_seconds", "finished_at", "ready_seconds")
    )
    sql = f"""
        SELECT request_id, step, verdict, {numbers}
        FROM step_fact JOIN (
            SELECT request_id, ready_seconds FROM request_fact
            WHERE settled_at <= $settled_by AND ready_on BETWEEN $first AND $last{scope.names()}
        ) letter USING (request_id)
        WHERE step IN ({_list(scope.steps)}) ORDER BY request_id, step
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, scope.parameters())


def _pairs(scope: BehindScope, words: Words) -> str:
    """`pair`: every fact of the period with its verdict now and then."""
    steps = f" AND step IN ({_list(scope.steps)})" if scope.steps else ""
    inside = f"belongs_on BETWEEN $first AND $last{scope.names()}{steps}"
    stored = f"settled_at <= $settled_by AND {inside}"
    judged = f"""CASE
        WHEN seconds IS NULL OR elapsed_seconds IS NULL THEN verdict
        WHEN verdict IN ({words.met}, {words.late})
            THEN CASE WHEN elapsed_seconds <= seconds THEN {words.met} ELSE {words.late} END
        WHEN verdict = {words.overdue} AND elapsed_seconds <= seconds THEN {words.runs} ELSE verdict END"""
    return f"""
        WITH now AS (
            SELECT {_COLUMNS} FROM step_fact WHERE {stored}
            UNION ALL SELECT {_COLUMNS} FROM live_step WHERE {inside}
        ), other AS (
            SELECT request_id, step, {judged} AS verdict, elapsed_seconds
            FROM step_fact LEFT JOIN wanted USING (step) WHERE {stored}
            UNION ALL SELECT {_COLUMNS} FROM live_if WHERE {inside}
        ), pair AS (
            SELECT request_id, step, now.verdict AS verdict_now, other.verdict AS verdict_if,
                coalesce(now.elapsed_seconds, other.elapsed_seconds) AS elapsed_seconds
            FROM now FULL JOIN other USING (request_id, step)
        )"""  # noqa: S608 – made of own words and numbers


def _list(codes: Sequence[int]) -> str:
    return ", ".join(str(int(code)) for code in codes) or "NULL"
