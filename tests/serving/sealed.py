"""Whatever a test lets the product write: a transaction that changes rows which the chain covers tells its link of
them, and a request that does so leaves an entry of the audit.

Rows that the product writes in bulk, past SQLAlchemy, are noted where they are written. What a test writes behind the
product's back, on a connection of its own, is not looked at.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request, request_tearing_down
from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql.dml import Update, UpdateBase

from data_access.records.bulk import written_in
from data_access.records.covered import COVERED, NAMES_OF

_CHANGES, _DONE = "test_changes", "tests.done"
"""Where a connection of the driver keeps what its transaction changed, and a request what its transactions did."""

_NOTHING_YET = {"second_factor"}
"""A secret of an app is nothing before its first code confirms it; what turns it on and off is in the audit."""

OFFENCES: list[str] = []
"""What was written and not told; the test that leaves one fails."""


def watch_what_is_written() -> None:
    """Begin to look; once a process."""
    event.listen(Engine, "begin", _forget)
    event.listen(Engine, "after_cursor_execute", _note)
    event.listen(Engine, "commit", _compare)
    request_tearing_down.connect(_ask_for_an_entry)


def _forget(connection: Connection) -> None:
    connection.info.pop(_CHANGES, None)


def _note(connection: Connection, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    """Keep which covered names a statement changes, with its cursor, which knows at the end how many rows it was."""
    if context is None or not (context.isinsert or context.isupdate or context.isdelete):
        return
    deed = context.compiled.statement if context.compiled is not None else None
    if isinstance(deed, UpdateBase) and deed.table.name in NAMES_OF and written_in(connection) is not None:
        changes = connection.info.setdefault(_CHANGES, [])
        changes += [(name, cursor) for name in NAMES_OF[deed.table.name] if _is_changed(deed, name)]


def _is_changed(deed: UpdateBase, name: str) -> bool:
    if not isinstance(deed, Update):
        return True
    columns = {getattr(column, "name", column) for column in deed._values or ()}
    return not columns.isdisjoint(COVERED[name])


def _compare(connection: Connection) -> None:
    """At the commit: everything that was changed is told."""
    written, changes = written_in(connection), connection.info.pop(_CHANGES, ())
    if written is None:
        return
    told = {*written.added, *written.gone, *(part.name for part in written.parts)}
    changed = {name for name, cursor in changes if cursor.rowcount > 0}
    if has_request_context():
        request.environ.setdefault(_DONE, set()).update(told)
    OFFENCES.extend(f"{name} was changed, and no link tells of it" for name in sorted(changed - told))


def _ask_for_an_entry(_app: Flask, **_: Any) -> None:
    done = request.environ.get(_DONE, set()) - _NOTHING_YET
    if done and "audit" not in request.environ[_DONE]:
        OFFENCES.append(f"{request.method} {request.path} changed {sorted(done)} without an entry of the audit")
