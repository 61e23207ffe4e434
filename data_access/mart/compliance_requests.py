"""What the compliance figures ask of the mart about whole letters, and about steps by agency and month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data_access.mart.compliance import Days, Scope, code_list, names_wanted, steps_wanted
from data_access.mart.read import Columns, Snapshot
from data_access.mart.schema import MISSING

_LETTER = {
    "ready_on": "ready_on",
    "ready_at": "ready_at",
    "ready_seconds": "ready_seconds",
    "booked_on": "booked_start_on",
    "booked_at": "booked_start_at",
}


def letters(snapshot: Snapshot, scope: Scope, days: Days) -> Columns:
    """One row per letter that was received, got ready or was booked to begin in those days: request_id, `verdict`,
    `status`, `received_on` and the names of `_LETTER`, MISSING where not known."""
    known = ", ".join(f"coalesce({column}::BIGINT, {MISSING}) AS {name}" for name, column in _LETTER.items())
    inside = "BETWEEN $first AND $last"
    sql = f"""
        SELECT request_id, ready_verdict AS verdict, status, received_on, {known}
        FROM request_fact
        WHERE settled_at <= $settled_by AND (ready_on {inside} OR received_on {inside} OR booked_start_on {inside})
            {names_wanted(scope)}
    """  # noqa: S608 – made of own words
    parameters = scope.parameters(days)
    return snapshot.remember(("letters", scope, days), lambda: snapshot.columns(sql, parameters))


def agencies(snapshot: Snapshot, scope: Scope, own: Sequence[int]) -> Columns:
    """One row per agency, kind of step and verdict in the period: `opd`, `is_own` (steps in `own`, the agency's time),
    `verdict`, `n` facts, `over_seconds` beyond the target."""
    sql = f"""
        SELECT opd, step IN ({code_list(own)}) AS is_own, verdict, count(*) AS n,
            sum(over_seconds)::BIGINT AS over_seconds
        FROM step_fact WHERE {steps_wanted(scope)} AND opd IS NOT NULL GROUP BY ALL
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.period)
    return snapshot.remember(("agencies", scope), lambda: snapshot.columns(sql, parameters))


def waits(snapshot: Snapshot, scope: Scope, verdicts: Sequence[int], rule: int) -> Columns:
    """One row per step: `n` facts of the period with these verdicts, this start rule and a known wait before it,
    `waiting` and `working`, the sums of their seconds."""
    sql = f"""
        SELECT step, count(*) AS n, sum(waiting_seconds)::BIGINT AS waiting, sum(elapsed_seconds)::BIGINT AS working
        FROM step_fact
        WHERE {steps_wanted(scope)} AND verdict IN ({code_list(verdicts)}) AND start_rule = {int(rule)}
            AND waiting_seconds IS NOT NULL AND elapsed_seconds IS NOT NULL
        GROUP BY step
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.period)
    return snapshot.remember(("waits", scope, rule), lambda: snapshot.columns(sql, parameters))


def letters_out_of_sequence(snapshot: Snapshot, scope: Scope, verdict: int, flags: Sequence[int]) -> tuple[int, ...]:
    """How many letters have in the period a step with that verdict, and how many one with each of the flags; last, how
    many have any of all that."""
    carried = [f"verdict = {int(verdict)}", *(f"flags & {int(flag)} <> 0" for flag in flags)]
    every = " OR ".join(carried)
    counted = ", ".join(f"count(DISTINCT request_id) FILTER ({one})" for one in carried)
    sql = f"""
        SELECT {counted}, count(DISTINCT request_id)
        FROM step_fact WHERE {steps_wanted(scope)} AND ({every})
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.period)
    return snapshot.remember(("out_of_sequence", scope), lambda: snapshot.tuples(sql, parameters)[0])


def durations_by_month(
    snapshot: Snapshot, scope: Scope, step: int, days: Days, verdicts: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of one step the month (from January of year 0) and the known seconds of each fact with one of these verdicts."""
    sql = f"""
        SELECT belongs_month AS month, elapsed_seconds AS seconds FROM step_fact
        WHERE settled_at <= $settled_by AND belongs_on BETWEEN $first AND $last {names_wanted(scope)}
            AND step = {int(step)} AND verdict IN ({code_list(verdicts)}) AND elapsed_seconds IS NOT NULL
    """  # noqa: S608 – made of own words and numbers

    def read() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        found = snapshot.columns(sql, scope.parameters(days))
        return found["month"].astype(np.int64), found["seconds"].astype(np.int64)

    return snapshot.remember(("durations_by_month", scope, step, days), read)
