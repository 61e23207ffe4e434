"""What the compliance figures ask of the facts of a moment: how many of each kind, the rows themselves, and what they
would be with other targets.

With other targets stored facts are judged again here, by their duration; those of letters that are not settled come
judged by both rules (as they are, and with the other targets). `Words` are the codes of the verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_access.mart.facts import ALL_FACTS, Days, FactKind, Facts, Scope
from data_access.mart.publish import Basis
from data_access.mart.read import Columns, Snapshot
from data_access.mart.schema import MISSING, STEP_FACT, STEPS_PER_REQUEST, code_list

_LETTER = {
    "judged_on": "judged_on",
    "ready_on": "ready_on",
    "ready_at": "ready_at",
    "ready_seconds": "ready_seconds",
    "booked_on": "booked_start_on",
    "booked_at": "booked_start_at",
}
_FACT_ROW = ", ".join(name for name in STEP_FACT.columns if name not in ("settled_at", *STEP_FACT.derived))
_ORDERS = {"day": "belongs_on", "length": "elapsed_seconds", "over": "elapsed_seconds - target_seconds DESC NULLS LAST"}


def step_counts(
    facts: Facts,
    scope: Scope,
    kind: FactKind = ALL_FACTS,
    *,
    periods: Sequence[Days] = (),
    by: Sequence[str] = ("figure_key",),
    sums: Sequence[str] = (),
    flags: int = 0,
) -> Columns:
    """How many facts of a kind (`n`), and the sums of some of their columns, grouped by the columns of `by`; a group
    may stand there more than once. With `periods` also by `part`: the number, from 1, of the first of them that holds
    the fact's day, else 0. `flags`: only facts that carry any of these bits. An unknown agency is the empty text."""
    parameters = scope.parameters()
    rows = facts.settled(_counting(scope, kind, periods, by, sums, flags), parameters)
    chosen = facts.running(scope, kind)
    if flags:
        chosen &= (facts.steps["flags"] & flags) != 0
    running = {name: facts.steps[name][chosen] for name in by}
    running |= {name: _known(facts.steps[name][chosen]) for name in sums}
    running["n"] = np.ones(int(chosen.sum()), np.int64)
    if periods:
        running["part"] = _part(facts.steps["belongs_on"][chosen], periods)
    if "opd" in running:
        running["opd"] = np.array([name or "" for name in running["opd"]], object)
    return {name: _joined(values, running[name]) for name, values in rows.items()}


def _counting(
    scope: Scope, kind: FactKind, periods: Sequence[Days], by: Sequence[str], sums: Sequence[str], flags: int
) -> str:
    cases = " ".join(f"WHEN belongs_on BETWEEN {_days(days)} THEN {place}" for place, days in enumerate(periods, 1))
    columns = [
        *("coalesce(opd, '') AS opd" if name == "opd" else name for name in by),
        *([f"CASE {cases} ELSE 0 END AS part"] if cases else []),
        "count(*) AS n",
        *(f"coalesce(sum({name}), 0)::BIGINT AS {name}" for name in sums),
    ]
    carried = f" AND flags & {int(flags)} <> 0" if flags else ""
    where = f"{scope.of_steps()} AND {kind.where()}{carried}"
    return f"SELECT {', '.join(columns)} FROM fact WHERE {where} GROUP BY ALL"  # noqa: S608 – own words and numbers


def _part(day: NDArray[Any], periods: Sequence[Days]) -> NDArray[Any]:
    return np.select([(day >= first) & (day <= last) for first, last in periods], range(1, len(periods) + 1), 0)


def _known(numbers: NDArray[Any]) -> NDArray[Any]:
    """Numbers as a sum counts them: an unknown one adds nothing."""
    return np.where(numbers == MISSING, 0, numbers)


def _joined(settled: NDArray[Any], running: NDArray[Any]) -> NDArray[Any]:
    """Both; numbers as int64, so that sums and products of them hold."""
    both = np.concatenate([settled, running])
    return both.astype(np.int64) if both.dtype.kind == "i" else both


def letters_with(facts: Facts, scope: Scope, kinds: Sequence[FactKind]) -> tuple[int, ...]:
    """How many letters have in the period a step of each kind; last, how many have one of any of them."""
    wanted = [*(kind.where() for kind in kinds), " OR ".join(kind.where() for kind in kinds)]
    counts = ", ".join(
        f"count(DISTINCT request_id) FILTER ({where}) AS kind_{place}" for place, where in enumerate(wanted)
    )
    sql = f"SELECT {counts} FROM fact WHERE {scope.of_steps()} AND ({wanted[-1]})"  # noqa: S608 – own words
    settled = [int(values[0]) for values in facts.settled(sql, scope.parameters()).values()]
    running = [facts.running(scope, kind).reshape(-1, STEPS_PER_REQUEST).any(axis=1) for kind in kinds]
    running.append(np.logical_or.reduce(running))
    return tuple(count + int(letters.sum()) for count, letters in zip(settled, running, strict=True))


def fact_rows(
    facts: Facts, scope: Scope, kind: FactKind, *, limit: int, offset: int, order_by: str = "day"
) -> pd.DataFrame:
    """One row per fact of a kind: the columns of step_fact with year, agenda_number and agenda_key of the letter.

    In order of "day", of "length", or of "over", the longest time beyond the target first.
    """
    order = f"{_ORDERS[order_by]}, request_id, step"
    sql = f"""
        , page AS (
            SELECT {_FACT_ROW} FROM fact WHERE {scope.of_steps()} AND {kind.where()}
            ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}
        )
        SELECT page.*, r.year, r.agenda_number, r.agenda_key
        FROM page JOIN request_fact r USING (request_id) ORDER BY {order}
    """  # noqa: S608 – made of own words and numbers
    return facts.frame(sql, scope.parameters())


def newest_letters(facts: Facts, scope: Scope, kind: FactKind, most: int) -> list[tuple[int, int, str]]:
    """The letters with a fact of a kind, step by step the newest first and at most so many: step, year,
    agenda_number."""
    newest = "r.received_on DESC, r.received_at DESC NULLS LAST, request_id DESC"
    sql = f"""
        , behind AS (SELECT DISTINCT step, request_id FROM fact WHERE {scope.of_steps()} AND {kind.where()})
        SELECT step, r.year, r.agenda_number FROM behind JOIN request_fact r USING (request_id)
        QUALIFY row_number() OVER (PARTITION BY step ORDER BY {newest}) <= {int(most)}
        ORDER BY step, {newest}
    """  # noqa: S608 – made of own words and numbers
    return facts.tuples(sql, scope.parameters())


def longest_facts(facts: Facts, scope: Scope, kind: FactKind, most: int) -> list[tuple[int, int, int]]:
    """The facts of a kind that took longest, step by step, of equal ones that of the first letter, at most so many of
    each: step, request_id, elapsed_seconds. The kind is one of which each has taken a known time."""
    place = f"elapsed_seconds::BIGINT * {_ROOM} - request_id"
    sql = f"""
        SELECT step, unnest(max({place}, {int(most)})) AS place FROM fact
        WHERE {scope.of_steps()} AND {kind.where()} GROUP BY step
    """  # noqa: S608 – made of own words and numbers
    settled, chosen = facts.settled(sql, scope.parameters()), facts.running(scope, kind)
    running = {name: facts.steps[name][chosen].astype(np.int64) for name in ("step", "elapsed_seconds", "request_id")}
    steps = np.concatenate([settled["step"], running["step"]])
    places = np.concatenate([settled["place"], running["elapsed_seconds"] * _ROOM - running["request_id"]])
    listed: dict[int, list[tuple[int, int, int]]] = {}
    for row in np.argsort(-places):
        seconds = -(-int(places[row]) // _ROOM)
        listed.setdefault(int(steps[row]), []).append((int(steps[row]), seconds * _ROOM - int(places[row]), seconds))
    return [one for step in sorted(listed) for one in listed[step][:most]]


_ROOM = 2**31
"""More than any number of a letter: length and letter are one number, by which they are ordered."""


def over_by_letter(facts: Facts, scope: Scope, kind: FactKind, step: int, least: int) -> list[tuple[int, int, int]]:
    """request_id, step and seconds over target of the facts of a kind, of letters that are at least so many seconds
    over in one step."""
    where = f"{scope.of_steps()} AND {kind.where()}"
    sql = f"""
        SELECT request_id, step, over_seconds FROM fact WHERE {where} AND over_seconds > 0 AND request_id IN (
            SELECT request_id FROM fact WHERE {where} AND step = {int(step)} AND over_seconds >= {int(least)}
        ) ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return facts.tuples(sql, scope.parameters())


def flags_of_letter(facts: Facts, letter: int) -> list[tuple[int, int]]:
    """The steps of a letter that carry any flag, and the bits of their flags."""
    sql = "SELECT step, flags FROM fact WHERE request_id = $letter AND flags <> 0 ORDER BY ALL"
    return facts.tuples(sql, {"letter": int(letter)})


def letters(facts: Facts, scope: Scope) -> Columns:
    """One row per letter that has to do with the period, and every one that runs: request_id, `verdict`, `status`,
    `received_on`, the names of `_LETTER`, MISSING where not known, and `has_begun`: its booked start has come, or it is
    settled."""
    known = ", ".join(f"coalesce({column}::BIGINT, {MISSING}) AS {name}" for name, column in _LETTER.items())
    inside = "BETWEEN $first AND $last"
    sql = f"""
        SELECT request_id, ready_verdict AS verdict, coalesce(status, 0) AS status, TRUE AS has_begun, received_on,
            {known}
        FROM letter
        WHERE (judged_on {inside} OR received_on {inside} OR booked_start_on {inside}) {scope.of_letters()}
    """  # noqa: S608 – made of own words
    columns, running = {"verdict": "ready_verdict", **_LETTER}, facts.running_letters(scope)
    return {
        name: np.concatenate([values, facts.letters[columns.get(name, name)][running]])
        for name, values in facts.settled(sql, scope.parameters()).items()
    }


def steps_of_letters(facts: Facts, ids: Sequence[int], steps: Iterable[int]) -> list[tuple[int, int, int]]:
    """The facts of these steps of these letters: request_id, step, verdict."""
    sql = f"""
        SELECT request_id, step, verdict FROM fact
        WHERE request_id IN ({code_list(ids)}) AND step IN ({code_list(steps)}) ORDER BY ALL
    """  # noqa: S608 – made of own words and numbers
    return facts.tuples(sql, {})


def received_since(snapshot: Snapshot, day: int) -> int:
    """How many letters were received on or after a day."""
    ((count,),) = snapshot.tuples("SELECT count(*) FROM request_fact WHERE received_on >= $day", {"day": int(day)})
    return int(count)


def letters_by_day(snapshot: Snapshot, days: Days) -> Columns:
    """How many letters were received on each of these days that has any: received_on and n, in order."""
    sql = """SELECT received_on, count(*) AS n FROM request_fact WHERE received_on BETWEEN $first AND $last
        GROUP BY received_on ORDER BY received_on"""
    return snapshot.columns(sql, {"first": int(days[0]), "last": int(days[1])})


def first_received_open_at(snapshot: Snapshot, moment: int) -> int | None:
    """The first day of receipt of the letters that were not settled before a moment; None where there are none."""
    sql = "SELECT min(received_on) FROM request_fact WHERE settled_at >= $moment OR settled_at IS NULL"
    ((first,),) = snapshot.tuples(sql, {"moment": moment})
    return None if first is None else int(first)


_NAMED = Basis.of("request_fact", "session_fact")


def opd_names(snapshot: Snapshot) -> tuple[str, ...]:
    """All agencies with a letter or a use, in alphabetical order."""
    sql = "FROM (SELECT opd FROM request_fact UNION SELECT opd FROM session_fact) WHERE opd IS NOT NULL ORDER BY opd"
    return snapshot.remember("opd_names", lambda: tuple(row[0] for row in snapshot.tuples(sql)), _NAMED)


def room_names(snapshot: Snapshot) -> tuple[str, ...]:
    """All rooms with a letter, in alphabetical order."""
    sql = "SELECT DISTINCT room FROM request_fact WHERE room IS NOT NULL ORDER BY room"
    return snapshot.remember("room_names", lambda: tuple(row[0] for row in snapshot.tuples(sql)), _NAMED)


def _days(days: Days) -> str:
    return f"{int(days[0])} AND {int(days[1])}"


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


def steps_of_judged_letters(facts: Facts, scope: Scope) -> Columns:
    """The scope's steps of the letters that are judged in the period, letter by letter in order: request_id, step,
    verdict, elapsed_seconds, target_seconds, finished_at, ready_on, ready_seconds; MISSING where not known."""
    names = ("elapsed_seconds", "target_seconds", "finished_at", "ready_on", "ready_seconds")
    numbers = ", ".join(f"coalesce({name}, {MISSING}) AS {name}" for name in names)
    sql = f"""
        SELECT request_id, step, verdict, {numbers}
        FROM fact JOIN (
            SELECT request_id, ready_on, ready_seconds FROM letter WHERE {scope.of_judged_letters()}
        ) judged USING (request_id)
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
