"""What the list of letters, the page of one letter and the Data page ask of the mart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data_access.mart.read import Row, Snapshot
from data_access.mart.schema import (
    MISSING,
    OVER_OF_STEPS,
    STEPS_PER_REQUEST,
    TOOK_OF_STEPS,
    Excess,
    Ints,
    code_list,
)


@dataclass(frozen=True)
class StepsWanted:
    """Letters with a step of these verdicts that belongs to these days (both included), carries all these flag bits and
    none of those of `without`; empty `steps` and `verdicts` are all."""

    steps: tuple[int, ...]
    verdicts: tuple[int, ...]
    first_on: int
    last_on: int
    flags: int = 0
    without: int = 0

    def where(self) -> str:
        """The conditions on a step fact."""
        conditions = f"belongs_on BETWEEN {int(self.first_on)} AND {int(self.last_on)}"
        conditions += f" AND verdict IN ({code_list(self.verdicts)})" if self.verdicts else ""
        conditions += f" AND step IN ({code_list(self.steps)})" if self.steps else ""
        conditions += f" AND coalesce(flags, 0) & {int(self.without)} = 0" if self.without else ""
        return conditions + (f" AND flags & {int(self.flags)} = {int(self.flags)}" if self.flags else "")

    def may_be_in(self) -> str:
        """Settled letters that have such steps, on any day, and a day inside the span."""
        has_any = f"{matching(self.steps, self.verdicts, self.flags)} <> 0"
        return f"last_belongs_on >= {int(self.first_on)} AND first_belongs_on <= {int(self.last_on)} AND {has_any}"

    def holds_all(self) -> str:
        """Letters of which every step that may be in is wanted: all their steps belong to the span."""
        if self.without:
            return "FALSE"
        return f"first_belongs_on >= {int(self.first_on)} AND last_belongs_on <= {int(self.last_on)}"


@dataclass(frozen=True)
class Order:
    """By which column of the list the letters come, a key of `ORDERS`; those without a value of it are the last."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True)
class RequestScope:
    """Which letters are listed, those settled at `settled_by` by their stored facts. None and empty mean
    "all", but an `opd` always restricts.

    `words` must all occur in number, agency, subject, activity or letter number. `outcomes` are codes of the letter's
    verdict, `status` is the code of what the register says, `at_steps` sets of steps, at one of each of which it is
    now, `received` days (both included). `measured` are the steps whose excess over the target is meant, the largest
    of them at least `least_over` seconds. With `in_order` the letters come in the order of `letter_ids`.
    """

    settled_by: int
    opd: str | None = None
    room: str | None = None
    words: tuple[str, ...] = ()
    outcomes: tuple[int, ...] = ()
    is_late: bool | None = None
    at_steps: tuple[tuple[int, ...], ...] = ()
    needs_closing: bool | None = None
    status: int | None = None
    received: tuple[int, int] | None = None
    with_steps: StepsWanted | None = None
    letter_ids: NDArray[np.int64] | None = None
    in_order: bool = False
    measured: tuple[int, ...] = ()
    least_over: int | None = None

    def where(self) -> str:
        """The conditions on the rows of `letter`."""
        chosen = (
            ("opd = $opd", self.opd is not None),
            ("room = $room", self.room is not None),
            (f"outcome IN ({code_list(self.outcomes)})", bool(self.outcomes)),
            ("(late_steps > 0) = $is_late", self.is_late is not None),
            ("needs_closing = $needs_closing", self.needs_closing is not None),
            ("status = $status", self.status is not None),
            ("received_on BETWEEN $received_first AND $received_last", self.received is not None),
            ("over >= $least_over", self.least_over is not None),
        )
        held = (f"at_steps & {sum(map(digit, steps))} <> 0" for steps in self.at_steps)
        words = (f"contains(searched, $word{number})" for number in range(len(self.words)))
        return " AND ".join(["TRUE", *(sql for sql, is_chosen in chosen if is_chosen), *held, *words])

    def measures(self, of: str) -> str:
        """Columns from the row `of` request_fact or of `live_case`: `over` and `over_step`, the largest excess of the
        steps meant and which of them has it, `took`, how long it took: the one step meant, or else the letter from
        receipt to ready, and `step_verdict`, that of the one step meant, NULL for several."""
        over = {step: f"{of}.{OVER_OF_STEPS[step]}" for step in self.measured}
        largest = f"greatest({', '.join(over.values())})" if len(over) > 1 else "".join(over.values()) or "0"
        which = " ".join(f"WHEN {column} THEN {step}" for step, column in over.items())
        worst = f"CASE nullif(over, 0) {which} END" if over else "NULL"  # names the column before it
        took, verdict = f"{of}.ready_seconds", "NULL::TINYINT"
        if len(self.measured) == 1:
            (step,) = self.measured
            took, verdict = f"{of}.{TOOK_OF_STEPS[step]}", f"(({of}.{VERDICTS} >> {_BITS * step}) & 15)::TINYINT"
        return f"{largest} AS over, {worst} AS over_step, {took} AS took, {verdict} AS step_verdict"

    def tables(self, live_step: Any) -> dict[str, Any]:
        """What the conditions name beside the mart's own tables."""
        tables = {"live_step": live_step} if self.with_steps is not None else {}
        if self.letter_ids is not None:
            tables["wanted_letter"] = pa.table({"request_id": self.letter_ids})
        return tables

    def parameters(self) -> dict[str, object]:
        """The values of the conditions."""
        first, last = self.received or (None, None)
        given: dict[str, object] = {
            "settled_by": self.settled_by,
            "opd": self.opd,
            "room": self.room,
            "is_late": self.is_late,
            "needs_closing": self.needs_closing,
            "status": self.status,
            "received_first": first,
            "received_last": last,
            "least_over": self.least_over,
            "letters": self.letter_ids.tolist() if self.in_order and self.letter_ids is not None else None,
        }
        given |= {f"word{number}": word.casefold() for number, word in enumerate(self.words)}
        return {name: value for name, value in given.items() if value is not None}


def listed_requests(
    snapshot: Snapshot,
    scope: RequestScope,
    live_case: Any,
    live_step: Any,
    *,
    late: Sequence[int],
    frozen: tuple[int, int],
    apart: Sequence[int],
    limit: int,
    offset: int,
    order: Order | None = None,
    worst_first: tuple[Sequence[int], Sequence[int], Sequence[int]] = ((), (), ()),
) -> pd.DataFrame:
    """One row per letter, newest first unless the scope or `order` says otherwise, with `total`, the number of all that
    fit.

    `live_case`: the letters whose stored facts are not taken, with request_id, outcome, at_steps (a digit a step,
    `digits`), verdict, due_at, late_steps, needs_closing, ready_seconds, and `verdicts_of_steps` and `over_and_took` of
    their steps. Of the settled ones `late` are the verdicts counted as late, steps in `apart` not counted; a settled
    letter stands at the steps with the verdict and flag bit of `frozen`. `worst_first`: verdicts of steps and outcomes
    of letters in the order of the column `verdict`, in which a step that runs goes before what is said of the letter;
    last, verdicts of the one step meant.
    """
    own = [step for step in range(STEPS_PER_REQUEST) if step not in apart]
    verdict, flag = frozen
    late_steps, at_steps = f"bit_count({matching(own, late)})", matching(verdicts=(verdict,), flags=flag)
    letters = partial(_letters, late_steps, at_steps, scope)
    across, settled, live = _having(scope.with_steps)
    among = "TRUE" if scope.letter_ids is None else _AMONG.format("wanted_letter")
    of_page = _AMONG.format("page")
    keys = [key.format(rank=_rank(*worst_first)) for key in ORDERS[order.column]] if order else []
    named = "".join(f", {key} AS key_{number}" for number, key in enumerate(keys))
    way = "DESC" if order and order.is_descending else "ASC"
    ordered = "".join(f"key_{number} {way} NULLS LAST, " for number in range(len(keys)))
    last = _GIVEN_ORDER if scope.in_order else _NEWEST
    kept = "MATERIALIZED" if scope.words else "NOT MATERIALIZED"  # looking into columns twice costs less than to keep
    sql = f"""
        WITH {across}, found AS {kept} (
            SELECT request_id, received_on, received_at{named}
            FROM ({letters(f"{among} AND {settled}", f"{among} AND {live}")})
            WHERE {scope.where()}
        ), page AS MATERIALIZED (
            SELECT request_id FROM found ORDER BY {ordered}{last} LIMIT {int(limit)} OFFSET {int(offset)}
        )
        SELECT * EXCLUDE (searched){named}, (SELECT count(*) FROM found) AS total
        FROM ({letters(of_page, of_page)}) ORDER BY {ordered}{last}
    """  # noqa: S608 – made of own words
    return snapshot.frame(sql, scope.parameters(), live_case=live_case, **scope.tables(live_step))


def first_settled_to_close(snapshot: Snapshot) -> int | None:
    """The first moment at which a letter was settled that needs closing; None without one."""
    sql = "SELECT min(settled_at) FROM request_fact WHERE needs_closing"
    first: int | None = snapshot.remember("first settled to close", lambda: snapshot.tuples(sql)[0][0])
    return first


_GIVEN_ORDER = "list_position($letters, request_id)"
_NEWEST = "received_on DESC, received_at DESC NULLS LAST, request_id DESC"
_SHOWN = """r.request_id, r.year, r.agenda_number, r.opd, r.subject, r.activity, r.received_on, r.received_at,
    r.room, r.booked_start_at, r.booked_start_on, r.status,
    lower(concat_ws(' ', r.year || if(starts_with(r.agenda_number, '-'), '', '/') || r.agenda_number,
        r.opd, r.subject, r.activity, r.letter_number))
        AS searched"""

_AMONG = "r.request_id IN (SELECT request_id FROM {})"


ORDERS: Mapping[str, tuple[str, ...]] = {
    "agenda": ("year", "length(agenda_number)", "agenda_number"),
    "received": ("received_on", "received_at"),
    "opd": ("opd",),
    "activity": ("coalesce(activity, subject)",),
    "room": ("room",),
    "event": ("booked_start_on", "booked_start_at"),
    "position": ("nullif(at_steps & -at_steps, 0)",),
    "due": ("due_at",),
    "verdict": ("{rank}",),
    "over": ("nullif(over, 0)",),
    "took": ("took",),
}
"""By column what letters are ordered by."""


def _rank(verdicts: Sequence[int], outcomes: Sequence[int], of_step: Sequence[int]) -> str:
    """Which place the verdict of the one step meant, or else of a letter, has in the order of these."""
    of_one = " ".join(f"WHEN step_verdict = {int(code)} THEN {place}" for place, code in enumerate(of_step))
    of_steps = " ".join(f"WHEN verdict = {int(code)} THEN {place}" for place, code in enumerate(verdicts))
    of_letter = " ".join(
        f"WHEN outcome = {int(code)} THEN {place}" for place, code in enumerate(outcomes, start=len(verdicts))
    )
    return f"CASE {of_one} {of_steps} {of_letter} END"


def _letters(late_steps: str, at_steps: str, scope: RequestScope, settled: str, live: str) -> str:
    """The letters that fulfil these conditions, one row each; `late_steps` and `at_steps` are the expressions of a
    settled letter: how many of its steps are late, and where it stands."""
    return f"""
            SELECT {_SHOWN}, NULL::TINYINT AS verdict, NULL::BIGINT AS due_at, r.ready_verdict AS outcome,
                {late_steps} AS late_steps, {at_steps} AS at_steps, coalesce(r.needs_closing, FALSE) AS needs_closing,
                {scope.measures("r")}
            FROM request_fact r WHERE r.settled_at <= $settled_by AND {settled}
            UNION ALL
            SELECT {_SHOWN}, l.verdict, l.due_at, l.outcome, l.late_steps, l.at_steps, l.needs_closing,
                {scope.measures("l")}
            FROM request_fact r JOIN live_case l USING (request_id) WHERE {live}
        """  # noqa: S608 – made of own words


def _having(wanted: StepsWanted | None) -> tuple[str, str, str]:
    """The relation `across`, and the conditions on settled and on other letters that they have the steps wanted.

    `across`: of the settled letters with steps inside the span and outside, those with a step wanted inside; only of
    these the facts themselves are read.
    """
    if wanted is None:
        return "across AS (SELECT NULL::BIGINT AS request_id WHERE FALSE)", "TRUE", "TRUE"
    near = f"settled_at <= $settled_by AND {wanted.may_be_in()} AND NOT ({wanted.holds_all()})"
    across = f"""across AS MATERIALIZED (
            SELECT DISTINCT request_id FROM step_fact WHERE settled_at <= $settled_by AND {wanted.where()}
                AND request_id IN (SELECT request_id FROM request_fact WHERE {near})
        )"""  # noqa: S608 – made of own words and numbers
    settled = f"{wanted.may_be_in()} AND ({wanted.holds_all()} OR {_AMONG.format('across')})"
    live = f"r.request_id IN (SELECT request_id FROM live_step WHERE {wanted.where()})"  # noqa: S608 – own words
    return across, settled, live


_NAMED = """
    SELECT request_id, year, agenda_number, agenda_key, opd, subject, activity, coalesce(activity, subject) AS title,
        activity_kind, room, received_on, received_at, booked_start_on, booked_start_at, booked_end
    FROM request_fact WHERE request_id IN (SELECT unnest($ids))
"""


def letters_named(snapshot: Snapshot, ids: Iterable[int]) -> dict[int, Row]:
    """By request_id what a list says of a letter: number, agency, title, room, receipt, booked start, and `booked_end`,
    the moment at which its event ends."""
    wanted = sorted({int(id_) for id_ in ids})
    return {row["request_id"]: row for row in snapshot.rows(_NAMED, {"ids": wanted})} if wanted else {}


def event_began_at(snapshot: Snapshot, request_id: int) -> int | None:
    """When the first session of a letter's event began; None where none is known."""
    sql = "SELECT began_at FROM request_fact WHERE request_id = $id AND began_at IS NOT NULL"
    rows = snapshot.tuples(sql, {"id": int(request_id)})
    return int(rows[0][0]) if rows else None


def letters_changed_since(snapshot: Snapshot, day: int) -> list[Row]:
    """Letters that were received, or whose status was given, since that day, with what an alert tells."""
    sql = """SELECT request_id, year, agenda_number, opd, room, booked_start_at, received_on, received_at,
            status, status_on, status_at
        FROM request_fact WHERE received_on >= $day OR status_on >= $day ORDER BY request_id"""
    return snapshot.rows(sql, {"day": day})


def returns_of(snapshot: Snapshot, ids: Sequence[int]) -> list[Row]:
    """The passes of these letters that ended in a return, in the order of time: request_id, step, returned_to,
    finished_at, note."""
    sql = """SELECT request_id, step, returned_to, finished_at, note FROM pass_fact
        WHERE request_id IN (SELECT unnest($ids)) AND returned_to >= 0 AND is_done AND NOT is_extra
        ORDER BY finished_on, finished_at, pass_number"""
    return snapshot.rows(sql, {"ids": list(ids)}) if ids else []


@dataclass(frozen=True)
class RequestRecords:
    """All rows of one letter, as dictionaries with None for NULL, in order of step, pass and time."""

    request: Row
    steps: list[Row]
    passes: list[Row]
    receivers: list[Row]
    pauses: list[Row]
    pass_sources: list[Row]
    sources: list[Row]
    sessions: list[Row]
    corrections: list[Row]


def largest_numbers(snapshot: Snapshot, year: int, month: int) -> tuple[int, int, bool]:
    """The largest number of a year that counts within the year, the largest that counts within this month of it, 0 for
    none; whether any number of the year counts within a month. Numbers of ten digits and more are none."""
    sql = """
        SELECT coalesce(max(try_cast(agenda_key AS BIGINT)) FILTER (regexp_full_match(agenda_key, '\\d{1,9}')), 0),
            coalesce(max(try_cast(regexp_extract(agenda_key, $pattern, 1) AS BIGINT)), 0),
            coalesce(bool_or(agenda_key LIKE '-%'), FALSE)
        FROM request_fact WHERE year = $year
    """
    ((plain, of_month, is_monthly),) = snapshot.tuples(sql, {"year": year, "pattern": rf"^-{month:02d}/(\d{{1,9}})$"})
    return plain, of_month, is_monthly


def request_records(snapshot: Snapshot, year: int, agenda_key: str, opd: str | None) -> RequestRecords | None:
    """One letter whole; None when there is none, or it belongs to another agency than `opd`."""
    rows = snapshot.rows(
        """SELECT * FROM request_fact
        WHERE year = $year AND agenda_key = $agenda_key AND ($opd IS NULL OR opd = $opd)""",
        {"year": int(year), "agenda_key": agenda_key, "opd": opd},
    )
    if not rows:
        return None

    def of(table: str, order: str) -> list[Row]:
        sql = f"SELECT * FROM {table} WHERE request_id = $id ORDER BY {order}"  # noqa: S608 – own names
        return snapshot.rows(sql, {"id": rows[0]["request_id"]})

    return RequestRecords(
        request=rows[0],
        steps=of("step_fact", "step"),
        passes=of("pass_fact", "step, pass_number"),
        receivers=of("receiver_fact", "step, pass_number, receiver"),
        pauses=of("pause_fact", "step, pass_number, started_at"),
        pass_sources=of("pass_source", "step, pass_number, file, sheet, row"),
        sources=of("request_source", "load_id, file, sheet, row"),
        sessions=of("session_fact", "started_at"),
        corrections=of("correction_fact", "corrected_at, load_id, target_row_id, field"),
    )


def has_letter(snapshot: Snapshot, year: int, agenda_key: str, opd: str | None) -> bool:
    """Whether there is that letter, of that agency when `opd` names one."""
    sql = "SELECT opd FROM request_fact WHERE year = $year AND agenda_key = $agenda_key"
    rows = snapshot.tuples(sql, {"year": int(year), "agenda_key": agenda_key})
    return any(opd is None or own == opd for (own,) in rows)


def letters_of_agency(snapshot: Snapshot, opd: str) -> list[int]:
    """The ids of the letters that are shown as that agency's."""
    rows = snapshot.rows("SELECT request_id FROM request_fact WHERE opd = $opd", {"opd": opd})
    return [int(row["request_id"]) for row in rows]


_ANSWERS = """
    SELECT item, condition, note FROM check_fact
    WHERE room = $room AND checked_on = $on AND checked_at IS NOT DISTINCT FROM $at ORDER BY check_id
"""


def answers_of_check(snapshot: Snapshot, room: str, on: int, at: int | None) -> list[Row]:
    """The answers of one check of a room: item, condition, note; `at` None for a check without a clock time."""
    return snapshot.rows(_ANSWERS, {"room": room, "on": on, "at": at})


def letters_by_opd(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Every agency's name with how many letters carry it, the most first; none may, where only uses do."""
    sql = """
        SELECT opd, count(request_id) FROM (
            SELECT opd, request_id FROM request_fact UNION ALL SELECT opd, NULL FROM session_fact
        ) WHERE opd IS NOT NULL GROUP BY opd ORDER BY count(request_id) DESC, opd
    """
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
    return snapshot.rows(
        "SELECT request_id, step, pass_number, file, sheet, row FROM pass_source "  # noqa: S608 – numbers only
        f"WHERE request_id IN ({code_list(requests)}) ORDER BY request_id, step, pass_number, file, sheet, row"
    )


def correction_count(snapshot: Snapshot, first_on: int, last_on: int, opd: str | None, room: str | None) -> int:
    """How many values of the letters received on these days (both included) were corrected."""
    sql = """SELECT coalesce(sum(correction_count), 0) FROM request_fact WHERE received_on BETWEEN $first AND $last
        AND ($opd IS NULL OR opd = $opd) AND ($room IS NULL OR room = $room)"""
    rows = snapshot.tuples(sql, {"first": first_on, "last": last_on, "opd": opd, "room": room})
    return int(rows[0][0])


# What is known of the thirteen steps of a letter stands beside the letter itself, a hexadecimal digit a step: digit i
# of a number, counted from the lowest, is that of step i. So a list of letters with certain steps reads a million
# letters and not their thirteen million facts.

VERDICTS = "step_verdicts"
FLAGS = ("step_flags_low", "step_flags_middle", "step_flags_high", "step_flags_top")
"""Columns of the flag bits 0–3, 4–7, 8–11 and 12–15."""

_PLACES = 16 ** np.arange(STEPS_PER_REQUEST, dtype=np.int64)
_EACH = int(_PLACES.sum())
_BITS = 4
_LAST_DAY = np.iinfo(np.int64).max


def digits(values: NDArray[Any]) -> Ints:
    """One number a letter of the digits (letters, 13), each from 0 to 15."""
    return np.asarray(values.astype(np.int64) @ _PLACES)


def digit(step: int) -> int:
    """The number with a 1 at that step."""
    return int(_PLACES[step])


def columns_of_steps(
    verdict: NDArray[Any], flags: NDArray[Any], belongs_on: Ints, elapsed: Ints, target: Ints
) -> dict[str, Ints]:
    """The columns of request_fact that tell of its steps; the arrays have thirteen values a letter, one after another.

    `first_belongs_on` and `last_belongs_on`: the first and the last day to which any step belongs.
    """
    days = belongs_on.reshape(-1, STEPS_PER_REQUEST)
    first = np.where(days == MISSING, _LAST_DAY, days).min(axis=1, initial=_LAST_DAY)
    carried = flags.reshape(-1, STEPS_PER_REQUEST)
    flagged = {name: digits(carried >> _BITS * place & 15) for place, name in enumerate(FLAGS)}
    return {
        **verdicts_of_steps(verdict),
        **flagged,
        "first_belongs_on": np.where(first == _LAST_DAY, MISSING, first),
        "last_belongs_on": days.max(axis=1, initial=MISSING),
        **over_and_took(elapsed, target),
    }


def verdicts_of_steps(verdict: NDArray[Any]) -> dict[str, Ints]:
    """The column with the verdicts of thirteen steps a letter, one after another."""
    return {VERDICTS: digits(verdict.reshape(-1, STEPS_PER_REQUEST))}


def over_and_took(elapsed: Ints, target: Ints) -> dict[str, Ints]:
    """By how much each step exceeded its target and how long it took, the columns `OVER_OF_STEPS` and `TOOK_OF_STEPS`;
    the arrays have thirteen values a letter."""
    over = Excess("elapsed", "target").of({"elapsed": elapsed, "target": target}).reshape(-1, STEPS_PER_REQUEST)
    took = elapsed.reshape(-1, STEPS_PER_REQUEST)
    return dict(zip((*OVER_OF_STEPS, *TOOK_OF_STEPS), (*over.T, *took.T), strict=True))


def matching(steps: Iterable[int] = (), verdicts: Iterable[int] = (), flags: int = 0) -> str:
    """An expression: digit i is 1 when step i is one of these, has one of these verdicts and carries all these flag
    bits, else 0. Empty `steps` and `verdicts` are all."""
    wanted = reduce(or_, (digit(step) for step in steps), 0) or _EACH
    parts = [f"({wanted})::BIGINT", *(_flagged(bit) for bit in range(flags.bit_length()) if flags >> bit & 1)]
    equal = [_equal(code) for code in sorted(verdicts)]
    parts += [f"({' | '.join(equal)})"] if equal else []
    return f"({' & '.join(parts)})"


def _flagged(bit: int) -> str:
    return f"({FLAGS[bit // _BITS]} >> {bit % _BITS})"


def _equal(code: int) -> str:
    """The lowest bit of digit i is 1 when that of the verdicts is `code`; the other bits mean nothing."""
    other = f"xor({VERDICTS}, {code * _EACH})"
    return f"~({other} | ({other} >> 1) | ({other} >> 2) | ({other} >> 3))"
