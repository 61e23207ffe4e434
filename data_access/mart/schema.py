"""The mart's tables: names, grain, columns.

Moments are seconds since 1970 UTC (BIGINT), days are days since 1970-01-01 of the office's date (INTEGER),
codes of verdicts, reasons and the like are TINYINT, "not known" is NULL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

SCHEMA_VERSION = 7
"""Raised with every change of a table; a mart of another version is built again."""

MISSING = -(2**63)
"""Stands for NULL in the integer columns that are handed in and out as arrays: the smallest int64."""

STEPS_PER_REQUEST = 13
RECORDED_START = 1
"""The code in `start_rule` of a step that has a start of its own."""

INTEGER_KINDS = ("BIGINT", "INTEGER")


@dataclass(frozen=True)
class Table:
    """One table: `columns` name → SQL type in order, `order_by` the columns it is sorted by for pruning.

    `replaced_by` names the column by which rows are replaced when a part of the mart is published. `derived` are
    columns that are not handed in but computed from the others on the way in: name → expression.
    """

    name: str
    columns: Mapping[str, str]
    order_by: str
    replaced_by: str = "request_id"
    derived: Mapping[str, str] = field(default_factory=dict)

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
    _columns("""
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
        TINYINT: status
        VARCHAR: status_text note
        INTEGER: status_on
        BIGINT: status_at booked_start booked_end stop_at settled_at ready_at ready_seconds
        TINYINT: ready_verdict
        INTEGER: ready_on
        BOOLEAN: needs_closing
        INTEGER: correction_count people verified present screened passed failed
        BIGINT: step_verdicts step_flags_low step_flags_middle step_flags_high
        INTEGER: first_belongs_on last_belongs_on
    """),
    "received_on, request_id",
)
"""`booked_start` and `booked_end` are the booking's moments with the clock time of a day-only booking filled
in; `stop_at` is when part A stops running; `ready_at` the moment A8 was finished, NULL where only
`ready_on`, its day, is known; from `settled_at` on the stored verdicts are final. `people` to `failed`
are the counts of the letter's list of participants, NULL where there is none or it does not say. `step_verdicts` to
`last_belongs_on` tell of the letter's steps (`data_access.mart.step_digits`)."""


@dataclass(frozen=True)
class KeyPart:
    """One thing that tells kinds of step facts apart: the expression gives a code from 0 to below `size`; one of size 2
    may be a condition."""

    name: str
    size: int
    sql: str

    def where(self, codes: Sequence[int]) -> str:
        """The condition that a fact has one of these codes."""
        if self.size == _YES_OR_NO and len(codes) == 1:
            return self.sql if codes[0] else f"NOT ({self.sql})"
        return f"({self.sql}) IN ({', '.join(str(int(code)) for code in codes) or 'NULL'})"


_YES_OR_NO = 2

OUTPUTS = ("output_recorded", "output_absent", "output_empty")
"""How many finished passes of a step have their Output on record, say that there is none, and say nothing of it."""

FIGURE_KEY = (
    KeyPart("flags", 8, "flags & 7"),
    KeyPart(
        "handover",
        4,
        "CASE WHEN handover_seconds <= target_seconds THEN 1 WHEN handover_seconds > target_seconds THEN 2 ELSE 0 END",
    ),
    KeyPart("is_measured", 2, "elapsed_seconds IS NOT NULL"),
    KeyPart(
        "has_waited",
        2,
        f"(start_rule = {RECORDED_START} AND waiting_seconds IS NOT NULL AND elapsed_seconds IS NOT NULL)",
    ),
    KeyPart(
        "output", 8, " + ".join(f"{1 << bit} * (coalesce({name}, 0) > 0)::INTEGER" for bit, name in enumerate(OUTPUTS))
    ),
    KeyPart("start_rule", 4, "start_rule"),
    KeyPart("reason", 8, "reason"),
    KeyPart("verdict", 16, "verdict"),
    KeyPart("step", 16, "step"),
)
"""What a step counts as in the figures, the lowest part of `figure_key` first. `flags` are the three lowest flag bits;
`handover` is 1 when the step measured from hand-over to hand-over is within the target, 2 when beyond, 0 when one of
both is not known; `is_measured`: its duration is known; `has_waited`: so are its own start and the wait before it;
`output`: the bits 1, 2, 4 where a pass is counted in the first, second, third of `OUTPUTS`."""


def _figure_key() -> str:
    """The parts packed into one number, so that counting reads one column and computes nothing."""
    key = "0"
    for part in reversed(FIGURE_KEY):
        key = f"({key}) * {part.size} + ({part.sql})::INTEGER"
    return key


STEP_FACT = Table(
    "step_fact",  # one row per letter and step, thirteen a letter
    _columns("""
        BIGINT: request_id
        TINYINT: step
        VARCHAR: opd room
        INTEGER: received_on belongs_on
        TINYINT: verdict reason start_rule
        BIGINT: started_at finished_at
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
            "belongs_month": "year(DATE '1970-01-01' + belongs_on) * 12 + month(DATE '1970-01-01' + belongs_on) - 1",
            "figure_key": _figure_key(),
            "over_seconds": "coalesce(greatest(elapsed_seconds - target_seconds, 0), 0)",
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
        BOOLEAN: is_done
        BIGINT: recorded_at
        BOOLEAN: has_output
        VARCHAR: instruction note
    """),
    "request_id, step, pass_number",
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
        VARCHAR: activity_kind note file sheet
        INTEGER: row
    """),
    "started_at, session_id",
    replaced_by="session_id",
)

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
        PAUSE_FACT,
        PASS_SOURCE,
        REQUEST_SOURCE,
        SESSION_FACT,
        CHECK_FACT,
        CORRECTION_FACT,
    )
}
META_SQL = "CREATE TABLE meta (key VARCHAR, value VARCHAR)"
