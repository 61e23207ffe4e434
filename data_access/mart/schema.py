"""The mart's tables: names, grain, columns.

Moments are seconds since 1970 UTC (BIGINT), days are days since 1970-01-01 of the office's date (INTEGER),
codes of verdicts, reasons and the like are TINYINT, "not known" is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]

SCHEMA_VERSION = 21
"""Raised with every change of a table or of what a column holds; a mart of another version is built again."""

MISSING = -(2**63)
"""Stands for NULL in the integer columns that are handed in and out as arrays: the smallest int64."""

STEPS_PER_REQUEST = 13
RECORDED_START = 1
"""The code in `start_rule` of a step that has a start of its own."""

INTEGER_KINDS = ("BIGINT", "INTEGER")

OVER_OF_STEPS, TOOK_OF_STEPS = (
    tuple(f"{name}_{step}" for step in range(STEPS_PER_REQUEST)) for name in ("over", "took")
)
"""Columns of request_fact, one a step: by how many seconds of working time it exceeded its target, 0 where it did not
or is not measured; how many it took."""


def code_list(codes: Iterable[int]) -> str:
    """Numbers as they stand in a list of a statement."""
    return ", ".join(str(int(code)) for code in codes) or "NULL"


class People(StrEnum):
    """How many people a session has, by who says so: the letter, the office, a count in the room. The values are the
    columns of records, mart and documents."""

    PLANNED = "planned"
    VERIFIED = "verified"
    PRESENT = "present"


class Derived(Protocol):
    """A column computed from others."""

    @property
    def sql(self) -> str:
        """The expression of a statement."""

    def of(self, columns: Arrays) -> Ints:
        """The same of arrays with MISSING for NULL."""


@dataclass(frozen=True)
class Table:
    """One table: `columns` name → SQL type in order, `order_by` the columns it is sorted by for pruning.

    `replaced_by` names the column by which rows are replaced when a part of the mart is published. `derived` are
    columns that are not handed in but computed from the others on the way in, by statement or of arrays.
    """

    name: str
    columns: Mapping[str, str]
    order_by: str
    replaced_by: str = "request_id"
    derived: Mapping[str, Derived] = field(default_factory=dict)

    def create_sql(self) -> str:
        """The CREATE TABLE statement."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        return f"CREATE TABLE {self.name} ({columns})"

    def filled_sql(self) -> str:
        """A select list in which NULL integers are MISSING and NULL codes 0, for reading into plain arrays."""
        return ", ".join(_filled(name, kind) for name, kind in self.columns.items())


def _filled(name: str, kind: str) -> str:
    if kind in INTEGER_KINDS:
        return f"coalesce(CAST({name} AS BIGINT), {MISSING}) AS {name}"
    return f"coalesce({name}, 0) AS {name}" if kind == "TINYINT" else name


def _columns(listed: str) -> Mapping[str, str]:
    """Lines of `TYPE: name name …` turned into name → type, in the order written."""
    columns: dict[str, str] = {}
    for line in listed.strip().splitlines():
        kind, _, names = line.strip().partition(":")
        columns |= dict.fromkeys(names.split(), kind)
    return MappingProxyType(columns)


REQUEST_FACT = Table(
    "request_fact",  # one row per letter
    _columns(f"""
        BIGINT: request_id
        INTEGER: year received_on
        BIGINT: received_at
        VARCHAR: agenda_number agenda_key opd subject activity activity_kind letter_number
        INTEGER: letter_on
        VARCHAR: urgency forwarded_to room
        INTEGER: booked_start_on booked_end_on
        BIGINT: booked_start_at booked_end_at
        BOOLEAN: booked_end_is_estimated
        INTEGER: planned
        TINYINT: status status_before
        VARCHAR: status_text status_before_text note
        INTEGER: status_on status_before_on
        BIGINT: status_at status_before_at booked_start booked_end stop_at settled_at ready_at ready_seconds
        TINYINT: ready_verdict
        INTEGER: ready_on judged_on
        BIGINT: began_at
        BOOLEAN: needs_closing frees_room
        INTEGER: correction_count people verified present screened passed failed
        BIGINT: step_verdicts step_flags_low step_flags_middle step_flags_high step_flags_top
        INTEGER: first_belongs_on last_belongs_on {" ".join((*OVER_OF_STEPS, *TOOK_OF_STEPS))}
    """),
    "received_on, request_id",
)
"""`status_before` and its text, day and moment are what was said of a closed letter before it was closed, NULL for any
other: by it the booking counts, until one that `frees_room`, closed before its event, is closed. `booked_start` and
`booked_end` are the booking's moments with the clock time of a day-only booking filled in; `stop_at` is when part A
stops running; `ready_at` the moment A8 was finished, NULL where only `ready_on`, its day, is known; `judged_on` the day
of the period it belongs to, that of its end where it is over without A8; `began_at` when a session of its event began;
from `settled_at` on the stored verdicts are final. `people` to `failed` are the counts of the letter's list of
participants, NULL where there is none or it does not say. `step_verdicts` and what follows tell of the letter's
steps (`data_access.mart.requests.columns_of_steps`)."""


@dataclass(frozen=True)
class Condition:
    """That a column is `sign` (a key of `_SIGNS`) a number or another column; without a sign, that it is known.

    It does not hold where one of them is not known. As every class down to `FigureKey` it is a value that renders to an
    SQL expression and computes the same of arrays, in which MISSING stands for NULL.
    """

    column: str
    sign: str = ""
    other: str | int = ""

    @property
    def sql(self) -> str:
        """The condition; NULL where one of the columns is NULL."""
        return f"{self.column} {self.sign} {self.other}" if self.sign else f"{self.column} IS NOT NULL"

    def of(self, columns: Arrays) -> Bools:
        """Where it holds."""
        known: Bools = columns[self.column] != MISSING
        if not self.sign:
            return known
        other = columns[self.other] if isinstance(self.other, str) else np.int64(self.other)
        known &= other != MISSING
        return known & _SIGNS[self.sign](columns[self.column], other)


_SIGNS = {"=": np.equal, ">": np.greater, "<=": np.less_equal}


@dataclass(frozen=True)
class KeyPart:
    """One thing that tells kinds of step facts apart: a code from 0 to below `size`, a power of two.

    `bits`: from the lowest to the highest the conditions of which all must hold for it to be set. Without any the code
    is that of the column of the same name, of which `is_cut` takes the lowest bits.
    """

    name: str
    size: int
    bits: tuple[tuple[Condition, ...], ...] = ()
    is_cut: bool = False

    @property
    def sql(self) -> str:
        """The code."""
        if not self.bits:
            return f"{self.name} & {self.size - 1}" if self.is_cut else self.name
        bits = (f"coalesce({_all(conditions)}, FALSE)::INTEGER" for conditions in self.bits)
        return " + ".join(f"{1 << place} * {bit}" for place, bit in enumerate(bits))

    def of(self, columns: Arrays) -> Ints:
        """The codes."""
        if not self.bits:
            return columns[self.name].astype(np.int64) & (self.size - 1)
        bits = (np.logical_and.reduce([condition.of(columns) for condition in met]) for met in self.bits)
        codes: Ints = np.add.reduce([np.int64(1 << place) * bit for place, bit in enumerate(bits)])
        return codes

    def where(self, codes: Sequence[int]) -> str:
        """The condition that a fact has one of these codes."""
        if len(self.bits) == 1 and len(codes) == 1:
            return _all(self.bits[0]) if codes[0] else f"NOT {_all(self.bits[0])}"
        return f"({self.sql}) IN ({code_list(codes)})"


def _all(conditions: Sequence[Condition]) -> str:
    return f"({' AND '.join(condition.sql for condition in conditions)})"


OUTPUTS = ("output_recorded", "output_absent", "output_empty")
"""How many finished passes of a step have their Output on record, say that there is none, and say nothing of it."""

_ELAPSED, _WAITING = Condition("elapsed_seconds"), Condition("waiting_seconds")
FIGURE_KEY = (
    KeyPart("flags", 8, is_cut=True),
    KeyPart(
        "handover",
        4,
        (
            (Condition("handover_seconds", "<=", "target_seconds"),),
            (Condition("handover_seconds", ">", "target_seconds"),),
        ),
    ),
    KeyPart("is_measured", 2, ((_ELAPSED,),)),
    KeyPart("has_waited", 2, ((Condition("start_rule", "=", RECORDED_START), _WAITING, _ELAPSED),)),
    KeyPart("output", 8, tuple((Condition(name, ">", 0),) for name in OUTPUTS)),
    KeyPart("start_rule", 4),
    KeyPart("reason", 8),
    KeyPart("verdict", 16),
    KeyPart("step", 16),
)
"""What a step counts as in the figures, the lowest part of `figure_key` first. `flags` are the three lowest flag bits;
`handover` is 1 when the step measured from hand-over to hand-over is within the target, 2 when beyond, 0 when one of
both is not known; `is_measured`: its duration is known; `has_waited`: so are its own start and the wait before it;
`output`: the bits 1, 2, 4 where a pass is counted in the first, second, third of `OUTPUTS`."""


@dataclass(frozen=True)
class FigureKey:
    """The parts packed into one number, so that counting reads one column and computes nothing."""

    parts: Sequence[KeyPart]

    @property
    def sql(self) -> str:
        """The number."""
        key = "0"
        for part in reversed(self.parts):
            key = f"({key}) * {part.size} + ({part.sql})::INTEGER"
        return key

    def of(self, columns: Arrays) -> Ints:
        """The numbers."""
        *lower, highest = self.parts
        key = highest.of(columns)
        for part in reversed(lower):
            key = key * part.size + part.of(columns)
        return key


@dataclass(frozen=True)
class MonthOf:
    """The month of a day, from January of year 0."""

    day: str

    @property
    def sql(self) -> str:
        """The month; NULL where the day is not known."""
        date = f"DATE '1970-01-01' + {self.day}"
        return f"year({date}) * 12 + month({date}) - 1"

    def of(self, columns: Arrays) -> Ints:
        """The months; MISSING where the day is not known."""
        days = columns[self.day]
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
        return np.where(days == MISSING, MISSING, months)


@dataclass(frozen=True)
class Excess:
    """By how much one column exceeds another; 0 where it does not, or where one of them is not known."""

    column: str
    limit: str

    @property
    def sql(self) -> str:
        """The difference."""
        return f"coalesce(greatest({self.column} - {self.limit}, 0), 0)"

    def of(self, columns: Arrays) -> Ints:
        """The differences."""
        values, limits = columns[self.column], columns[self.limit]
        exceeds = Condition(self.column, ">", self.limit).of(columns)
        return np.where(exceeds, values - limits, 0)


STEP_FACT = Table(
    "step_fact",  # one row per letter and step, thirteen a letter
    _columns("""
        BIGINT: request_id
        TINYINT: step
        VARCHAR: opd room
        INTEGER: received_on belongs_on
        TINYINT: verdict reason start_rule
        BIGINT: started_at taken_at finished_at
        INTEGER: finished_on passes
        BIGINT: elapsed_seconds waiting_seconds paused_seconds target_seconds due_at handover_seconds
        INTEGER: flags output_recorded output_absent output_empty
        BIGINT: settled_at
        INTEGER: belongs_month figure_key
        BIGINT: over_seconds
    """),
    "belongs_on, step, request_id",
    derived=MappingProxyType(
        {
            "belongs_month": MonthOf("belongs_on"),
            "figure_key": FigureKey(FIGURE_KEY),
            "over_seconds": Excess("elapsed_seconds", "target_seconds"),
        }
    ),
)
"""`belongs_month` counts months from January of year 0."""

PASS_FACT = Table(
    "pass_fact",  # one row per pass of a step
    _columns("""
        BIGINT: request_id
        TINYINT: step
        INTEGER: pass_number started_on
        BIGINT: started_at
        INTEGER: finished_on
        BIGINT: finished_at
        BOOLEAN: is_done is_extra by_tap is_unread
        TINYINT: returned_to
        BIGINT: recorded_at
        BOOLEAN: has_output
        VARCHAR: instruction note
    """),
    "request_id, step, pass_number",
)

RECEIVER_FACT = Table(
    "receiver_fact",  # one row per desk, by its step, to which a pass to several desks handed the letter on its own
    _columns("""
        BIGINT: request_id
        TINYINT: step
        INTEGER: pass_number
        TINYINT: receiver
        INTEGER: finished_on
        BIGINT: finished_at
    """),
    "request_id, step, pass_number, receiver",
)

PAUSE_FACT = Table(
    "pause_fact",  # one row per pause of a pass; ended_at NULL while it is open
    _columns("""
        BIGINT: request_id
        TINYINT: step
        INTEGER: pass_number
        BIGINT: started_at ended_at
        VARCHAR: reason
    """),
    "request_id, step, pass_number, started_at",
)

PASS_SOURCE = Table(
    "pass_source",  # one row per source row of a pass
    _columns("""
        BIGINT: request_id
        TINYINT: step
        INTEGER: pass_number
        VARCHAR: file sheet
        INTEGER: row
    """),
    "request_id, step, pass_number, file, sheet, row",
)

REQUEST_SOURCE = Table(
    "request_source",  # one row per source row of a letter
    _columns("""
        BIGINT: request_id
        VARCHAR: file sheet
        INTEGER: row
        BIGINT: load_id
    """),
    "request_id, load_id, file, sheet, row",
)

SESSION_FACT = Table(
    "session_fact",  # one row per session in a room; request_id NULL without a letter
    _columns("""
        BIGINT: session_id request_id
        VARCHAR: room
        INTEGER: started_on
        BIGINT: started_at ended_at
        BOOLEAN: end_is_estimated
        INTEGER: verified present screened passed failed
        VARCHAR: opd activity activity_kind note file sheet
        INTEGER: row
    """),
    "started_at, session_id",
    replaced_by="session_id",
)
"""`opd` and `activity` are those that the room log names; a letter's own go before them."""

CHECK_FACT = Table(
    "check_fact",  # one row per room, time and item; request_id NULL without a letter
    _columns("""
        BIGINT: check_id request_id
        VARCHAR: room
        INTEGER: checked_on
        BIGINT: checked_at
        VARCHAR: occasion item condition note checklist file sheet
        INTEGER: row
        BIGINT: load_id
    """),
    "checked_on, check_id",
    replaced_by="check_id",
)
"""`checked_at` is NULL when only the day is known; `condition` is GOOD, LIGHT, HEAVY, MISSING or NOT_APPLICABLE,
`occasion` before, after, routine or NULL. `checklist` is the version that was frozen into a report from a screen,
NULL for rows of files: those follow the list in force on their day."""

CORRECTION_FACT = Table(
    "correction_fact",  # one row per corrected field of a letter, its passes, lists, sessions and checks
    _columns("""
        BIGINT: request_id target_row_id load_id
        VARCHAR: kind field old_value new_value
        INTEGER: step pass_number
        VARCHAR: room
        BIGINT: started_at corrected_at
        VARCHAR: actor reason
        BOOLEAN: is_page
        VARCHAR: file sheet
        INTEGER: row
    """),
    "request_id, corrected_at, load_id, target_row_id",
)
"""`old_value` and `new_value` are JSON: null, a text, a number, or a stamp `{"on": day, "at": moment or null}`. Of a
correction from a file, file, sheet and row are those of the correcting row; of one from a page (`is_page`) those of the
row that it addresses, and `load_id` is that of the correction."""

TABLES = {
    table.name: table
    for table in (
        REQUEST_FACT,
        STEP_FACT,
        PASS_FACT,
        RECEIVER_FACT,
        PAUSE_FACT,
        PASS_SOURCE,
        REQUEST_SOURCE,
        SESSION_FACT,
        CHECK_FACT,
        CORRECTION_FACT,
    )
}
META_SQL = "CREATE TABLE meta (key VARCHAR, value VARCHAR)"
