"""What of the records the chain of seals covers, by name: a table with its columns, or which letter its rows speak of.

Most rows stay as they were added, and so do the columns that are covered of them. Rows of who may come in change, as
does the letter of a few others; each change is a deed, and the new state of such a row is told by the link of it.

Not covered is what follows from other rows, and is derived from them again at every load that tells of the same letter
or room: links of the logs, names of rooms, agencies and items, waiting and suspicion. Nor is what only says when
somebody was last there, what a screen tells of itself, attempts that failed, alerts, and sessions: their cookies
are signed with the home's key, which no database holds. Nor is how somebody looks at a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, LargeBinary, Table

from data_access.records.schema import (
    audit,
    condition_report,
    device,
    letter_deed,
    letter_receipt,
    login_identity,
    metadata,
    one_time_link,
    opd_code,
    page_correction,
    published_report,
    scan,
    screen_choice,
    second_factor,
    setting_version,
    sop_version,
    user,
)

_FOLLOWS: Mapping[str, frozenset[str]] = {
    "load": frozenset({"status", "undone_at", "took_links"}),
    "request": frozenset({"agenda_key", "touched_load_id"}),
    "request_row": frozenset({"agenda_number", "room_name", "opd_name", "is_waiting"}),
    "pass_row": frozenset({"agenda_key", "agenda_number", "suspicion"}),
    "session_row": frozenset({"agenda_key", "agenda_number", "room_name", "opd_name"}),
    "attendance_row": frozenset({"agenda_key", "agenda_number"}),
    "check_row": frozenset({"agenda_key", "agenda_number", "room_name", "item_name"}),
    "waiting_row": frozenset({"code"}),
    "audit": frozenset({"times", "last_at"}),
    "user": frozenset({"last_seen_at"}),
    "opd_code": frozenset({"last_used_at"}),
    "second_factor": frozenset({"last_step"}),
    "device": frozenset({
        "last_seen_at", "user_agent", "heartbeat_at", "build", "viewport", "error_count", "last_error", "last_error_at",
    }),
}  # fmt: skip
"""By table the columns that are not covered, beside its key and `request_id`."""

_DECIDED = (setting_version, sop_version, published_report, scan, screen_choice, audit)
_COMES_IN = (user, second_factor, login_identity, opd_code, one_time_link, device)
"""Who and what may come in, with which rights: of these tables rows change."""

_OF_LETTERS = (letter_receipt, letter_deed, scan, page_correction, condition_report)
"""Tables whose rows a person may give to another letter."""


def key_of(table: Table) -> Column[int]:
    """The number by which a row of a covered table is known."""
    return table.primary_key.columns[0]


def _stays(table: Table) -> tuple[str, ...]:
    changes = {key_of(table).name, "request_id"} | _FOLLOWS.get(table.name, frozenset())
    return tuple(c.name for c in table.columns if c.name not in changes and not isinstance(c.type, LargeBinary))


def _covered() -> Iterator[tuple[str, Table, tuple[str, ...]]]:
    for table in metadata.sorted_tables:
        if table in (*_DECIDED, *_COMES_IN) or key_of(table).info.get("numbered"):
            yield table.name, table, _stays(table)
        if table in _OF_LETTERS:
            yield f"{table.name}_letter", table, ("request_id",)


COVERED: Mapping[str, tuple[str, ...]] = {name: columns for name, _, columns in _covered()}
"""By name the columns. Of a file its own digest stands in a column beside it."""

TABLE_OF: Mapping[str, Table] = {name: table for name, table, _ in _covered()}
"""By name the table."""

NAMES_OF: Mapping[str, tuple[str, ...]] = {
    table.name: tuple(name for name, of in TABLE_OF.items() if of is table) for table in TABLE_OF.values()
}
"""By table the names under which its rows are covered."""

CHANGING = frozenset({table.name for table in _COMES_IN} | {f"{table.name}_letter" for table in _OF_LETTERS})
"""Names of rows that change: each of them has a digest of its own, so that one that changes leaves the others."""
