"""What the facts of a period would be with other targets: counted by change, and the steps that would change.

Stored facts are judged again here, by their duration; those of letters that are not settled come judged by both rules
(as they are, and with the other targets). `Words` are the codes of the verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_access.mart.facts import Facts, Scope, code_list
from data_access.mart.read import Columns
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
class Other:
    """The other targets as Arrow tables: `live_if` are the running facts judged by them, with the columns of step_fact;
    `wanted` has step and seconds, NULL where the target stays."""

    live_if: Any
    wanted: Any

    def tables(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {"live_if": self.live_if, "wanted": self.wanted}


def counts_if(facts: Facts, scope: Scope, words: Words, other: Other) -> list[tuple[Any, ...]]:
    """By step, verdict now and verdict then how many facts; None for a verdict outside the period."""
    sql = f"""
        {_pairs(scope, words)}
        SELECT step, verdict_now, verdict_if, count(*) FROM pair GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return facts.tuples(sql, scope.parameters(), **other.tables())


def steps_if(
    facts: Facts,
    scope: Scope,
    words: Words,
    other: Other,
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
            SELECT * FROM pair WHERE coalesce(verdict_now, -1) NOT IN ({code_list(now)})
                AND coalesce(verdict_if, -1) IN ({code_list(then)})
            ORDER BY elapsed_seconds, request_id, step LIMIT {int(limit)} OFFSET {int(offset)}
        ), shown AS (SELECT {_SHOWN} FROM fact WHERE request_id IN (SELECT request_id FROM page))
        SELECT shown.*, page.verdict_if, r.year, r.agenda_number, r.agenda_key
        FROM page JOIN shown USING (request_id, step) JOIN request_fact r USING (request_id)
        ORDER BY shown.elapsed_seconds, request_id, step
    """  # noqa: S608 – made of own words and numbers
    return facts.frame(sql, scope.parameters(), **other.tables())


def steps_of_ready_letters(facts: Facts, scope: Scope) -> Columns:
    """The scope's steps of the letters that got ready in the period, letter by letter in order: request_id, step,
    verdict, elapsed_seconds, target_seconds, finished_at, ready_seconds; MISSING where not known."""
    names = ("elapsed_seconds", "target_seconds", "finished_at", "ready_seconds")
    numbers = ", ".join(f"coalesce({name}, {MISSING}) AS {name}" for name in names)
    sql = f"""
        SELECT request_id, step, verdict, {numbers}
        FROM fact JOIN (
            SELECT request_id, ready_seconds FROM letter WHERE {scope.of_ready_letters()}
        ) ready USING (request_id)
        WHERE step IN ({code_list(scope.steps)}) ORDER BY request_id, step
    """  # noqa: S608 – made of own words and numbers
    return facts.columns(sql, scope.parameters())


def _pairs(scope: Scope, words: Words) -> str:
    """`pair`: every fact of the period with its verdict now and then."""
    judged = f"""CASE
        WHEN seconds IS NULL OR elapsed_seconds IS NULL THEN verdict
        WHEN verdict IN ({words.met}, {words.late})
            THEN CASE WHEN elapsed_seconds <= seconds THEN {words.met} ELSE {words.late} END
        WHEN verdict = {words.overdue} AND elapsed_seconds <= seconds THEN {words.runs} ELSE verdict END"""
    return f"""
        , now AS (SELECT {_COLUMNS} FROM fact WHERE {scope.of_steps()}), other AS (
            SELECT request_id, step, {judged} AS verdict, elapsed_seconds
            FROM step_fact LEFT JOIN wanted USING (step) WHERE settled_at <= $settled_by AND {scope.of_steps()}
            UNION ALL SELECT {_COLUMNS} FROM live_if WHERE {scope.of_steps()}
        ), pair AS (
            SELECT request_id, step, now.verdict AS verdict_now, other.verdict AS verdict_if,
                coalesce(now.elapsed_seconds, other.elapsed_seconds) AS elapsed_seconds
            FROM now FULL JOIN other USING (request_id, step)
        )"""  # noqa: S608 – made of own words and numbers
