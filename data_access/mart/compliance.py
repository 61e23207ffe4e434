"""What the compliance figures ask of the mart about the letters that are settled at a moment: stored facts only.

An answer is computed once a mart and scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_access.mart.read import Columns, Snapshot
from data_access.mart.schema import FIGURE_KEY

PERIOD, BEFORE, OTHER = 1, 2, 0
"""Values of the column `part`: the period asked for, the one it is compared with, the rest of the trend."""

Days = tuple[int, int]


@dataclass(frozen=True)
class Scope:
    """Which facts are asked for: of the letters settled at the moment `settled_by`; days since 1970-01-01,
    both included. Empty `steps` are all."""

    settled_by: int
    period: Days
    before: Days
    trend: Days
    opd: str | None = None
    room: str | None = None
    steps: tuple[int, ...] = ()

    @property
    def span(self) -> Days:
        """All days that matter."""
        return min(self.before[0], self.trend[0]), max(self.period[1], self.trend[1])

    def parameters(self, days: Days) -> dict[str, object]:
        """Values for the conditions."""
        given = {"settled_by": self.settled_by, "first": days[0], "last": days[1], "opd": self.opd, "room": self.room}
        return {name: value for name, value in given.items() if value is not None}


def step_counts(snapshot: Snapshot, scope: Scope) -> Columns:
    """One row per kind of fact, month and part: what `FIGURE_KEY` lists, `month` (from January of year 0), `part`,
    `n` facts and `over_seconds`, the sum of what lies beyond the target."""
    sql = f"""
        SELECT figure_key, belongs_month AS month,
            CASE WHEN belongs_on BETWEEN {_days(scope.period)} THEN {PERIOD}
                 WHEN belongs_on BETWEEN {_days(scope.before)} THEN {BEFORE} ELSE {OTHER} END AS part,
            count(*) AS n, sum(over_seconds)::BIGINT AS over_seconds
        FROM step_fact WHERE {steps_wanted(scope)} GROUP BY ALL
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.span)
    return snapshot.remember(("step_counts", scope), lambda: _unpacked(snapshot.columns(sql, parameters)))


def measured_steps(snapshot: Snapshot, scope: Scope, verdicts: Sequence[int]) -> Columns:
    """How often each known duration of the period occurs among the facts with one of these verdicts: step, `seconds`,
    `n`. Millions of facts have some thousand durations, and these give the same percentiles."""
    sql = f"""
        SELECT step, elapsed_seconds AS seconds, count(*) AS n FROM step_fact
        WHERE {steps_wanted(scope)} AND verdict IN ({code_list(verdicts)}) AND elapsed_seconds IS NOT NULL
        GROUP BY ALL
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.period)
    return snapshot.remember(("measured_steps", scope), lambda: snapshot.columns(sql, parameters))


def flagged_steps(snapshot: Snapshot, scope: Scope, bits: int) -> list[tuple[int, int, int]]:
    """Facts of the period that carry any of these flag bits: step, those of the bits that it carries, how many."""
    wanted = f"flags & {int(bits)}"
    sql = f"""
        SELECT step, {wanted} AS bits, count(*) FROM step_fact
        WHERE {steps_wanted(scope)} AND {wanted} <> 0 GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    parameters = scope.parameters(scope.period)
    return snapshot.remember(("flagged_steps", scope, bits), lambda: snapshot.tuples(sql, parameters))


def received_since(snapshot: Snapshot, day: int) -> int:
    """How many letters were received on or after a day."""
    found = snapshot.tuples("SELECT count(*) FROM request_fact WHERE received_on >= $day", {"day": int(day)})
    return int(found[0][0])


def opd_names(snapshot: Snapshot) -> tuple[str, ...]:
    """All agencies with a letter, in alphabetical order."""
    sql = "SELECT DISTINCT opd FROM request_fact WHERE opd IS NOT NULL ORDER BY opd"
    return snapshot.remember("opd_names", lambda: tuple(row[0] for row in snapshot.tuples(sql)))


def room_names(snapshot: Snapshot) -> tuple[str, ...]:
    """All rooms with a letter, in alphabetical order."""
    sql = "SELECT DISTINCT room FROM request_fact WHERE room IS NOT NULL ORDER BY room"
    return snapshot.remember("room_names", lambda: tuple(row[0] for row in snapshot.tuples(sql)))


def steps_wanted(scope: Scope) -> str:
    """The condition on facts: settled, of the agency, room and steps asked for, between $first and $last."""
    steps = f" AND step IN ({code_list(scope.steps)})" if scope.steps else ""
    return f"settled_at <= $settled_by AND belongs_on BETWEEN $first AND $last{names_wanted(scope)}{steps}"


def names_wanted(scope: Scope) -> str:
    """The condition on agency and room, to stand after another one."""
    opd = "" if scope.opd is None else " AND opd = $opd"
    return opd if scope.room is None else f"{opd} AND room = $room"


def _days(days: Days) -> str:
    return f"{int(days[0])} AND {int(days[1])}"


def code_list(codes: Sequence[int]) -> str:
    """Numbers as they stand in a list of a statement."""
    return ", ".join(str(int(code)) for code in codes)


def _unpacked(found: Columns) -> Columns:
    rest = found.pop("figure_key").astype(np.int64)
    for name, size in FIGURE_KEY:
        rest, found[name] = rest // size, rest % size
    return found
