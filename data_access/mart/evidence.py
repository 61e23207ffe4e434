"""The facts that a figure was counted from: how many of each kind, and the rows themselves.

Facts of letters that are not settled come as Arrow tables `live_step` and `live_request` (`etl.figures.live`) and stand
beside the stored ones in every statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from data_access.mart.read import Columns, Snapshot

_STEP_COLUMNS = """request_id, step, opd, room, received_on, belongs_on, verdict, reason, start_rule, started_at,
    finished_at, finished_on, elapsed_seconds, target_seconds, due_at, handover_seconds, waiting_seconds"""
_LETTER_COLUMNS = "request_id, opd, room, ready_verdict, ready_on, ready_seconds"
_LAST_STEP = 7
_HANDOVER = {
    "within": "handover_seconds <= target_seconds",
    "beyond": "handover_seconds > target_seconds",
    "unknown": "(handover_seconds IS NULL OR target_seconds IS NULL)",
}
_EVENT = """CASE WHEN r.booked_start_on IS NULL THEN 'unbooked'
    WHEN finish.ready_at IS NOT NULL AND r.booked_start_at IS NOT NULL
        THEN CASE WHEN finish.ready_at < r.booked_start_at THEN 'before' ELSE 'after' END
    WHEN letter.ready_on < r.booked_start_on THEN 'before'
    WHEN letter.ready_on > r.booked_start_on THEN 'after' ELSE 'unsure' END"""
"""Whether a letter was ready before its event: by the clock where both times are known, else by the day."""


@dataclass(frozen=True)
class BehindScope:
    """Which facts are asked for: `days` since 1970-01-01, both included; stored facts of the letters settled at
    `settled_by`. Empty `steps` are all; None is all agencies and rooms."""

    settled_by: int
    days: tuple[int, int]
    opd: str | None = None
    room: str | None = None
    steps: tuple[int, ...] = ()

    def parameters(self) -> dict[str, object]:
        """Values for the conditions."""
        first, last = self.days
        given = {"settled_by": self.settled_by, "first": first, "last": last, "opd": self.opd, "room": self.room}
        return {name: value for name, value in given.items() if value is not None}

    def names(self) -> str:
        """The conditions on agency and room."""
        opd = "" if self.opd is None else " AND opd = $opd"
        return opd if self.room is None else f"{opd} AND room = $room"


@dataclass(frozen=True)
class StepKind:
    """Facts of these verdicts, and of these reasons. Empty is all.

    `is_measured`: only those with a known duration. `handover`: only those that, from hand-over to hand-over, took at
    most their target ("within"), more ("beyond"), or are not known that way ("unknown"). `step`: only that one.
    `waited`: only those with that start rule and a known hand-over before it (True), or only the others (False).
    """

    verdicts: tuple[int, ...] = ()
    reasons: tuple[int, ...] = ()
    is_measured: bool = False
    handover: str | None = None
    step: int | None = None
    waited: tuple[bool, int] | None = None

    def where(self) -> str:
        """The conditions on a step fact."""
        parts = ["TRUE"]
        parts += [f"verdict IN ({_list(self.verdicts)})"] if self.verdicts else []
        parts += [f"reason IN ({_list(self.reasons)})"] if self.reasons else []
        parts += ["elapsed_seconds IS NOT NULL"] if self.is_measured else []
        parts += [_HANDOVER[self.handover]] if self.handover is not None else []
        parts += [f"step = {int(self.step)}"] if self.step is not None else []
        parts += [_waited(self.waited[1], is_known=self.waited[0])] if self.waited is not None else []
        return " AND ".join(parts)


def _waited(rule: int, *, is_known: bool) -> str:
    words = f"coalesce(start_rule, 0) = {int(rule)} AND waiting_seconds IS NOT NULL AND elapsed_seconds IS NOT NULL"
    return f"({words})" if is_known else f"NOT ({words})"


def step_counts_behind(snapshot: Snapshot, scope: BehindScope, live_step: Any) -> Columns:
    """One row per verdict, reason and whether the duration is known (`is_measured`): `n` facts."""
    sql = f"""
        {_facts(scope)}
        SELECT verdict, coalesce(reason, 0) AS reason, elapsed_seconds IS NOT NULL AS is_measured, count(*) AS n
        FROM fact GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, scope.parameters(), live_step=live_step)


def handovers_behind(snapshot: Snapshot, scope: BehindScope, kind: StepKind, live_step: Any) -> dict[str, int]:
    """How many facts of a kind are within, beyond and unknown from hand-over to hand-over."""
    counts = ", ".join(f"count(*) FILTER (WHERE {words}) AS {name}" for name, words in _HANDOVER.items())
    sql = f"{_facts(scope)} SELECT {counts} FROM fact WHERE {kind.where()}"  # noqa: S608 – own words and numbers
    (found,) = snapshot.rows(sql, scope.parameters(), live_step=live_step)
    return {name: int(n) for name, n in found.items()}


def waits_behind(snapshot: Snapshot, scope: BehindScope, kind: StepKind, live_step: Any) -> tuple[int, int, int]:
    """How many facts of a kind there are, and their seconds of waiting and of work together."""
    sql = f"""
        {_facts(scope)}
        SELECT count(*), coalesce(sum(waiting_seconds), 0)::BIGINT, coalesce(sum(elapsed_seconds), 0)::BIGINT
        FROM fact WHERE {kind.where()}
    """  # noqa: S608 – made of own words and numbers
    ((n, waiting, working),) = snapshot.tuples(sql, scope.parameters(), live_step=live_step)
    return n, waiting, working


def over_behind(snapshot: Snapshot, scope: BehindScope, kind: StepKind, live_step: Any) -> list[tuple[int, int, int]]:
    """By step how many facts of a kind there are, and their seconds beyond the target together."""
    sql = f"""
        {_facts(scope)}
        SELECT step, count(*), sum(greatest(elapsed_seconds - target_seconds, 0))::BIGINT
        FROM fact WHERE {kind.where()} GROUP BY step ORDER BY step
    """  # noqa: S608 – made of own words and numbers
    return snapshot.tuples(sql, scope.parameters(), live_step=live_step)


def durations_behind(snapshot: Snapshot, scope: BehindScope, kind: StepKind, live_step: Any) -> NDArray[Any]:
    """The known durations of the facts of a kind in seconds, the shortest first."""
    sql = f"""
        {_facts(scope)}
        SELECT elapsed_seconds FROM fact WHERE elapsed_seconds IS NOT NULL AND {kind.where()} ORDER BY elapsed_seconds
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, scope.parameters(), live_step=live_step)["elapsed_seconds"]


def steps_behind(
    snapshot: Snapshot,
    scope: BehindScope,
    kind: StepKind,
    live_step: Any,
    *,
    limit: int,
    offset: int,
    order_by: str = "day",
) -> pd.DataFrame:
    """One row per fact of a kind: the columns of step_fact with year, agenda_number and agenda_key of the letter.

    In order of "day", of "length", or of "over", the longest time beyond the target first.
    """
    order = f"{_ORDERS[order_by]}, request_id, step"
    sql = f"""
        {_facts(scope)}, page AS (
            SELECT * FROM fact WHERE {kind.where()} ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}
        )
        SELECT page.*, r.year, r.agenda_number, r.agenda_key
        FROM page JOIN request_fact r USING (request_id) ORDER BY {order}
    """  # noqa: S608 – made of own words and numbers
    return snapshot.frame(sql, scope.parameters(), live_step=live_step)


_ORDERS = {"day": "belongs_on", "length": "elapsed_seconds", "over": "elapsed_seconds - target_seconds DESC NULLS LAST"}


def letter_counts_behind(snapshot: Snapshot, scope: BehindScope, live_request: Any) -> Columns:
    """Letters that got ready in the period, one row per verdict and whether receipt to ready is known: `n`."""
    sql = f"""
        {_letters(scope)}
        SELECT ready_verdict AS verdict, ready_seconds IS NOT NULL AS is_measured, count(*) AS n
        FROM letter GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, scope.parameters(), live_request=live_request)


def event_counts_behind(snapshot: Snapshot, scope: BehindScope, tables: Mapping[str, Any]) -> dict[str, int]:
    """Letters that got ready in the period by what that was to their event: before, after, unsure, unbooked."""
    sql = f"{_events(scope)} SELECT event, count(*) FROM event GROUP BY event"  # noqa: S608 – own words and numbers
    return dict(snapshot.tuples(sql, scope.parameters(), **tables))


def events_behind(
    snapshot: Snapshot, scope: BehindScope, tables: Mapping[str, Any], event: str, *, limit: int, offset: int
) -> pd.DataFrame:
    """One row per letter of one of these kinds, in order of the day it was ready: as `letters_behind`, with ready_at,
    booked_start_on and booked_start_at. `tables` are live_request and live_step."""
    sql = f"""
        {_events(scope)} SELECT * FROM event WHERE event = $event
        ORDER BY ready_on, request_id LIMIT {int(limit)} OFFSET {int(offset)}
    """  # noqa: S608 – made of own words and numbers
    return snapshot.frame(sql, {**scope.parameters(), "event": event}, **tables)


def ready_seconds_behind(snapshot: Snapshot, scope: BehindScope, live_request: Any) -> NDArray[Any]:
    """Receipt to ready of the letters of the period where it is known, the shortest first."""
    sql = f"""
        {_letters(scope)}
        SELECT ready_seconds FROM letter WHERE ready_seconds IS NOT NULL ORDER BY ready_seconds
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, scope.parameters(), live_request=live_request)["ready_seconds"]


def letters_behind(
    snapshot: Snapshot,
    scope: BehindScope,
    live_request: Any,
    *,
    verdicts: Iterable[int] = (),
    is_measured: bool | None = None,
    limit: int,
    offset: int,
) -> pd.DataFrame:
    """One row per letter that got ready in the period, in order of that day, or of duration where that is asked for:
    request_id, year, agenda_number, agenda_key, opd, received_at, booked_start, ready_verdict, ready_on,
    ready_seconds."""
    chosen = [f"ready_verdict IN ({_list(verdicts)})"] if tuple(verdicts) else []
    if is_measured is not None:
        chosen.append(f"ready_seconds IS {'NOT ' if is_measured else ''}NULL")
    order = "ready_seconds, request_id" if is_measured else "ready_on, request_id"
    sql = f"""
        {_letters(scope)}, page AS (
            SELECT * FROM letter WHERE {" AND ".join(["TRUE", *chosen])}
            ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}
        )
        SELECT page.*, r.year, r.agenda_number, r.agenda_key, r.received_at, r.booked_start
        FROM page JOIN request_fact r USING (request_id) ORDER BY {order}
    """  # noqa: S608 – made of own words and numbers
    return snapshot.frame(sql, scope.parameters(), live_request=live_request)


def steps_of_letters(
    snapshot: Snapshot, ids: Iterable[int], steps: Iterable[int], settled_by: int, live_step: Any
) -> Columns:
    """The facts of these steps of these letters: request_id, step, verdict."""
    wanted = f"request_id IN ({_list(ids)}) AND step IN ({_list(steps)})"
    sql = f"""
        SELECT request_id, step, verdict FROM step_fact WHERE settled_at <= $settled_by AND {wanted}
        UNION ALL SELECT request_id, step, verdict FROM live_step WHERE {wanted} ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return snapshot.columns(sql, {"settled_by": settled_by}, live_step=live_step)


def _facts(scope: BehindScope) -> str:
    """`fact`: the step facts of the scope, stored and live."""
    steps = f" AND step IN ({_list(scope.steps)})" if scope.steps else ""
    inside = f"belongs_on BETWEEN $first AND $last{scope.names()}{steps}"
    return f"""
        WITH fact AS (
            SELECT {_STEP_COLUMNS} FROM step_fact WHERE settled_at <= $settled_by AND {inside}
            UNION ALL SELECT {_STEP_COLUMNS} FROM live_step WHERE {inside}
        )"""  # noqa: S608 – made of own words and numbers


def _letters(scope: BehindScope) -> str:
    """`letter`: the letters that got ready in the period, stored and live."""
    inside = f"ready_on BETWEEN $first AND $last{scope.names()}"
    return f"""
        WITH letter AS (
            SELECT {_LETTER_COLUMNS} FROM request_fact WHERE settled_at <= $settled_by AND {inside}
            UNION ALL SELECT {_LETTER_COLUMNS} FROM live_request WHERE {inside}
        )"""  # noqa: S608 – made of own words and numbers


def _events(scope: BehindScope) -> str:
    """`event`: the same letters with the finish of A8 and the booked start."""
    last = f"step = {_LAST_STEP} AND request_id IN (SELECT request_id FROM letter)"  # noqa: S608 – own words
    return f"""
        {_letters(scope)}, finish AS (
            SELECT request_id, finished_at AS ready_at FROM step_fact WHERE settled_at <= $settled_by AND {last}
            UNION ALL SELECT request_id, finished_at FROM live_step WHERE {last}
        ), event AS (
            SELECT letter.*, finish.ready_at, r.year, r.agenda_number, r.agenda_key, r.received_at, r.booked_start_on,
                r.booked_start_at, {_EVENT} AS event
            FROM letter LEFT JOIN finish USING (request_id) JOIN request_fact r USING (request_id)
        )"""  # noqa: S608 – made of own words and numbers


def _list(codes: Iterable[int]) -> str:
    return ", ".join(str(int(code)) for code in codes) or "NULL"
