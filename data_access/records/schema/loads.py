"""What was taken in, and what became of its rows: loads, sheets, rejects, waiting rows, corrections."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from data_access.records.schema.columns import at, count, flag, given_id, json_value, link, metadata, tally, words
from data_access.records.types import RowId

load = Table(
    "load",
    metadata,
    given_id(),
    at("started_at", nullable=False),
    at("finished_at"),
    words("file", nullable=False),
    words("sha256", nullable=False),
    words("kind", nullable=False),
    words("options", nullable=False),
    words("source_name"),
    Column("status", Text, nullable=False, server_default="loaded"),
    tally("read"),
    tally("accepted"),
    tally("unchanged"),
    tally("corrected"),
    tally("waiting"),
    tally("rejected"),
    json_value("warnings", nullable=True),
    json_value("ignored_columns", nullable=True),
    words("actor"),
    at("undone_at"),
    Column("undoes_load_id", RowId),
    words("undo_reason"),
    flag("took_links"),
    CheckConstraint("status IN ('loaded', 'undone')", name="status"),
    Index(None, "sha256"),
    comment="One file, query or screen entry that was taken in",
)

sheet = Table(
    "sheet",
    metadata,
    given_id(),
    link("load_id", "load"),
    words("name"),
    Index(None, "load_id"),
    comment="One sheet of a load, in its order; a CSV file has one without a name",
)

reject = Table(
    "reject",
    metadata,
    given_id(),
    link("load_id", "load"),
    link("sheet_id", "sheet", nullable=True),
    Column("row", Integer, nullable=False),
    words("column"),
    words("code", nullable=False),
    words("message", nullable=False),
    json_value("cells"),
    Index(None, "load_id"),
    comment="One source row that could not be taken, with its masked cells and the reason",
)

waiting_row = Table(
    "waiting_row",
    metadata,
    given_id(),
    link("load_id", "load"),
    words("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    words("code", nullable=False),
    Index(None, "load_id"),
    Index(None, "kind", "target_row_id"),
    comment="One source row that a load counted as waiting; its target may have joined since",
)

correction = Table(
    "correction",
    metadata,
    given_id(),
    link("load_id", "load"),
    words("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    Column("old_row_id", RowId),
    link("request_id", "request", nullable=True),
    count("step"),
    count("pass_number"),
    words("room_name"),
    at("started_at"),
    json_value("changes"),
    Index(None, "load_id"),
    Index(None, "request_id"),
    comment="One source row that changed what was known: {column: [old, new]}",
)

page_correction = Table(
    "page_correction",
    metadata,
    given_id(),
    link("load_id", "load"),
    at("at", nullable=False),
    words("actor", nullable=False),
    words("reason", nullable=False),
    words("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    link("request_id", "request", nullable=True),
    words("field", nullable=False),
    json_value("file_value", nullable=True),
    json_value("new_value", nullable=True),
    flag("is_revoked"),
    Index(None, "load_id"),
    Index(None, "kind", "target_row_id"),
    Index(None, "request_id"),
    comment="A value that a person put right on a page; in force is the newest of a row and field",
)

source_cursor = Table(
    "source_cursor",
    metadata,
    given_id(),
    link("load_id", "load"),
    words("source_name", nullable=False),
    json_value("value", nullable=True),
    Index(None, "source_name"),
    comment="How far a database source was read by a load; in force is the newest of a load that counts",
)

source_visit = Table(
    "source_visit",
    metadata,
    Column("source_name", Text, primary_key=True),
    at("reached_at"),
    at("failed_at"),
    words("fault"),
    comment="When a database source was last read, also without news, and what was wrong the last time it was not",
)
