"""The tables of the records.

Everything a file or a screen says is kept as typed rows that are only ever added: `request_row`,
`pass_row`, `pause_row`, `session_row`, `check_row`, `attendance_row`. What is current is the fold of a
key's rows in order of `id`, which is the order of load, sheet and row. Only links between rows (`request_id`,
`room_name`, `opd_name`, `is_waiting`) and the marks that a whole file gives its rows (`suspicion`) change later.
The logs have no foreign keys: a trigger for each row took three quarters of a load into PostgreSQL. Their one
entrance, `bulk.insert_rows`, checks every link of a whole set instead, and no row is ever deleted.
`_at` columns are UTC seconds, `_on` columns are days since 1970-01-01 of the office's local date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
    true,
)

from data_access.records.types import Code, Day, JsonText, MaybeBoolean, Moment, RowId

HEAD_REVISION = "0006"
"""The newest migration that this code knows; revisions are numbered, so an older one sorts lower."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _given_id() -> Column[int]:
    """An id handed out by the loader (`bulk.insert_rows`), ascending in file order."""
    return Column("id", RowId, primary_key=True, autoincrement=False)


def _own_id() -> Column[int]:
    """An id handed out by the database."""
    return Column("id", RowId, primary_key=True)


def _link(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    """The id of a row of `target`, checked by `bulk.insert_rows`."""
    return Column(name, RowId, nullable=nullable, info={"target": target})


def _at(name: str, *, nullable: bool = True) -> Column[int]:
    return Column(name, Moment, nullable=nullable)


def _on(name: str) -> Column[int]:
    return Column(name, Day)


def _stamp(name: str) -> tuple[Column[int], Column[int]]:
    """The day, known when a date is known, and the moment, known only when the clock time is."""
    return _on(f"{name}_on"), _at(f"{name}_at")


def _text(name: str, *, nullable: bool = True) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _count(name: str) -> Column[int]:
    return Column(name, Integer)


def _tally(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _json(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, JsonText, nullable=nullable)


def _one_of(name: str, words: Sequence[str]) -> str:
    return f"{name} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def _origin() -> tuple[Column[int], Column[int], Column[int]]:
    """Where a row was read: its load, its sheet and the spreadsheet's own row number."""
    return _link("load_id", "load"), _link("sheet_id", "sheet"), Column("row", Integer, nullable=False)


load = Table(
    "load",
    metadata,
    _given_id(),
    _at("started_at", nullable=False),
    _at("finished_at"),
    _text("file", nullable=False),
    _text("sha256", nullable=False),
    _text("kind", nullable=False),
    _text("options", nullable=False),
    _text("source_name"),
    Column("status", Text, nullable=False, server_default="loaded"),
    _tally("read"),
    _tally("accepted"),
    _tally("unchanged"),
    _tally("corrected"),
    _tally("waiting"),
    _tally("rejected"),
    _json("warnings", nullable=True),
    _json("ignored_columns", nullable=True),
    _text("actor"),
    _at("undone_at"),
    Column("undoes_load_id", RowId),
    _text("undo_reason"),
    _flag("took_links"),
    CheckConstraint("status IN ('loaded', 'undone')", name="status"),
    Index(None, "sha256"),
    comment="One file, query or screen entry that was taken in",
)

sheet = Table(
    "sheet",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _text("name"),
    Index(None, "load_id"),
    comment="One sheet of a load, in its order; a CSV file has one without a name",
)

request = Table(
    "request",
    metadata,
    _given_id(),
    Column("year", Integer, nullable=False),
    _text("agenda_key", nullable=False),
    Column("touched_load_id", RowId),
    Index(None, "agenda_key", "year", unique=True),
    comment="The identity of one letter: year of receipt and agenda number",
)

_WAITING = text("is_waiting")

request_row = Table(
    "request_row",
    metadata,
    _given_id(),
    _link("request_id", "request"),
    *_origin(),
    _text("agenda_number"),
    *_stamp("received"),
    _text("letter_number"),
    _on("letter_on"),
    _text("opd"),
    _text("opd_name"),
    _text("subject"),
    _text("activity"),
    _text("urgency"),
    _text("forwarded_to"),
    _text("room"),
    _text("room_name"),
    *_stamp("booked_start"),
    *_stamp("booked_end"),
    _flag("booked_end_is_estimated"),
    _count("planned"),
    Column("status", Code, nullable=False, server_default=text("0")),
    _text("status_text"),
    *_stamp("status"),
    _text("note"),
    _flag("is_waiting"),
    Index(None, "request_id"),
    Index("ix_request_row_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    comment="One row of the register of incoming letters; waits while its room is unknown",
)

_LETTERLESS = text("request_id IS NULL")

pass_row = Table(
    "pass_row",
    metadata,
    _given_id(),
    _link("request_id", "request", nullable=True),
    *_origin(),
    _text("agenda_key", nullable=False),
    _text("agenda_number"),
    _count("year"),
    Column("step", Code, nullable=False),
    _count("pass_number"),
    *_stamp("started"),
    *_stamp("finished"),
    _flag("is_done"),
    *_stamp("recorded"),
    _text("instruction"),
    Column("has_output", MaybeBoolean),
    _text("note"),
    Column("suspicion", Integer, nullable=False, server_default=text("0")),
    Index(None, "request_id"),
    Index("ix_pass_row_waiting", "agenda_key", sqlite_where=_LETTERLESS, postgresql_where=_LETTERLESS),
    comment="One hand-over row: a pass of one step; waits (request_id NULL) for its letter",
)

pause_row = Table(
    "pause_row",
    metadata,
    _given_id(),
    _link("pass_row_id", "pass_row"),
    _at("started_at", nullable=False),
    _at("ended_at"),
    _text("reason"),
    Index(None, "pass_row_id"),
    comment="One wait for the OPD inside a pass; still open while ended_at is NULL",
)

_HOMELESS = text("room_name IS NULL")

session_row = Table(
    "session_row",
    metadata,
    _given_id(),
    _link("request_id", "request", nullable=True),
    *_origin(),
    _text("agenda_key"),
    _text("agenda_number"),
    _count("year"),
    _text("room_text"),
    _text("room_name"),
    *_stamp("started"),
    *_stamp("ended"),
    _flag("end_is_estimated"),
    _count("verified"),
    _count("present"),
    _count("screened"),
    _count("passed"),
    _count("failed"),
    _text("note"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    Index(None, "started_at", "room_name"),
    Index("ix_session_row_waiting", "id", sqlite_where=_HOMELESS, postgresql_where=_HOMELESS),
    comment="One row of the room log; waits (room_name NULL) while its room is unknown",
)

round_stamp = Table(
    "round_stamp",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    Column("step", Code, nullable=False),
    Index(None, "load_id"),
    comment="A step whose finishes in that file nearly all fall on multiples of five minutes",
)

CONDITIONS = ("GOOD", "LIGHT", "HEAVY", "MISSING", "NOT_APPLICABLE")
OCCASIONS = ("before", "after", "routine")

check_row = Table(
    "check_row",
    metadata,
    _given_id(),
    _link("request_id", "request", nullable=True),
    *_origin(),
    _text("agenda_key"),
    _text("agenda_number"),
    _count("year"),
    _text("room_text"),
    _text("room_name"),
    *_stamp("checked"),
    _text("occasion"),
    _text("item_text"),
    _text("item_name"),
    _text("condition", nullable=False),
    _text("note"),
    CheckConstraint(_one_of("condition", CONDITIONS), name="condition"),
    CheckConstraint(_one_of("occasion", OCCASIONS), name="occasion"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    Index(None, "checked_on", "room_name"),
    Index("ix_check_row_waiting", "id", sqlite_where=_HOMELESS, postgresql_where=_HOMELESS),
    comment="One answer about one item of a room; waits (room_name NULL) while its room is unknown",
)

INCIDENT_DEEDS = ("assign", "comment", "resolve", "reopen")

condition_report = Table(
    "condition_report",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    Column("client_id", Text, nullable=False, unique=True),
    Column("receipt_number", Text, nullable=False, unique=True),
    _text("room_name", nullable=False),
    _text("checklist_version", nullable=False),
    _json("checklist"),
    _text("occasion"),
    _link("request_id", "request", nullable=True),
    _at("session_started_at"),
    _text("actor", nullable=False),
    _text("role", nullable=False),
    _at("received_at", nullable=False),
    _at("made_at", nullable=False),  # by the phone's clock
    CheckConstraint(_one_of("occasion", OCCASIONS), name="occasion"),
    Index(None, "load_id"),
    Index(None, "room_name", "made_at"),
    comment="One check of a room made on a screen, with the checklist as it was; its answers are rows of check_row",
)

condition_photo = Table(
    "condition_photo",
    metadata,
    _given_id(),
    _link("report_id", "condition_report"),
    _text("item_name", nullable=False),
    Column("file", Text, nullable=False, unique=True),
    _text("sha256", nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Index(None, "report_id"),
    comment="One photo of a fault; the file lies in the home, under a name that says nothing",
)

incident_event = Table(
    "incident_event",
    metadata,
    _given_id(),
    Column("client_id", Text, nullable=False, unique=True),
    _at("at", nullable=False),
    _text("room_name", nullable=False),
    _text("item_name", nullable=False),
    _text("deed", nullable=False),
    _text("assigned_role"),
    _text("note"),
    _text("actor", nullable=False),
    _text("role", nullable=False),
    CheckConstraint(_one_of("deed", INCIDENT_DEEDS), name="deed"),
    Index(None, "room_name", "item_name"),
    comment="What was done about a fault; only added. Incidents themselves follow from checks and these",
)

attendance_row = Table(
    "attendance_row",
    metadata,
    _given_id(),
    _link("request_id", "request", nullable=True),
    *_origin(),
    _text("agenda_key", nullable=False),
    _text("agenda_number"),
    _count("year"),
    _tally("people"),
    _tally("verified"),
    _count("present"),  # NULL: the list does not say who came, which is not "nobody"
    _count("screened"),
    _count("passed"),
    _count("failed"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    comment="The counts of one letter's attendance list, never a person; waits (request_id NULL) for its letter",
)

page_correction = Table(
    "page_correction",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _at("at", nullable=False),
    _text("actor", nullable=False),
    _text("reason", nullable=False),
    _text("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    _link("request_id", "request", nullable=True),
    _text("field", nullable=False),
    _json("file_value", nullable=True),
    _json("new_value", nullable=True),
    _flag("is_revoked"),
    Index(None, "load_id"),
    Index(None, "kind", "target_row_id"),
    Index(None, "request_id"),
    comment="A value that a person put right on a page; in force is the newest of a row and field",
)

source_cursor = Table(
    "source_cursor",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _text("source_name", nullable=False),
    _json("value", nullable=True),
    Index(None, "source_name"),
    comment="How far a database source was read by a load; in force is the newest of a load that counts",
)

source_visit = Table(
    "source_visit",
    metadata,
    Column("source_name", Text, primary_key=True),
    _at("reached_at"),
    _at("failed_at"),
    _text("fault"),
    comment="When a database source was last read, also without news, and what was wrong the last time it was not",
)

waiting_row = Table(
    "waiting_row",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _text("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    _text("code", nullable=False),
    Index(None, "load_id"),
    Index(None, "kind", "target_row_id"),
    comment="One source row that a load counted as waiting; its target may have joined since",
)

reject = Table(
    "reject",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _link("sheet_id", "sheet", nullable=True),
    Column("row", Integer, nullable=False),
    _text("column"),
    _text("code", nullable=False),
    _text("message", nullable=False),
    _json("cells"),
    Index(None, "load_id"),
    comment="One source row that could not be taken, with its masked cells and the reason",
)

correction = Table(
    "correction",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _text("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    Column("old_row_id", RowId),
    _link("request_id", "request", nullable=True),
    _count("step"),
    _count("pass_number"),
    _text("room_name"),
    _at("started_at"),
    _json("changes"),
    Index(None, "load_id"),
    Index(None, "request_id"),
    comment="One source row that changed what was known: {column: [old, new]}",
)

screen_entry = Table(
    "screen_entry",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _text("client_id", nullable=False),
    _text("role", nullable=False),
    Index(None, "client_id", unique=True),
    Index(None, "load_id"),
    comment="One entry of a screen, known by the id that the screen gave it: given again it is not taken again",
)

DOCUMENT_PARTS = ("requirement", "output")

document_row = Table(
    "document_row",
    metadata,
    _given_id(),
    _link("load_id", "load"),
    _link("pass_row_id", "pass_row"),
    _text("part", nullable=False),
    _text("name", nullable=False),
    Column("is_present", Boolean, nullable=False),
    CheckConstraint(_one_of("part", DOCUMENT_PARTS), name="part"),
    Index(None, "pass_row_id"),
    comment="One document of a step (Kelengkapan, Output) ticked or not with a stamp; the newest of a pass counts",
)

setting_version = Table(
    "setting_version",
    metadata,
    _own_id(),
    _at("at", nullable=False),
    _text("actor"),
    _text("reason"),
    _json("document"),
    comment="One version of the settings, whole; the newest is in force",
)

sop_version = Table(
    "sop_version",
    metadata,
    _own_id(),
    _at("at", nullable=False),
    _text("actor", nullable=False),
    _text("reason", nullable=False),
    Column("effective_on", Day, nullable=False),
    _json("document"),
    comment="One version of the SOP entered on a page, whole; of one date the newest is in force",
)

published_report = Table(
    "published_report",
    metadata,
    _own_id(),
    _text("period", nullable=False),
    Column("edition", Integer, nullable=False),
    Column("first_on", Day, nullable=False),
    Column("last_on", Day, nullable=False),
    _at("published_at", nullable=False),
    _text("actor", nullable=False),
    _text("reason"),
    Column("replaces_id", RowId, ForeignKey("published_report.id")),
    _json("document"),
    Column("pdf", LargeBinary, nullable=False),
    _text("pdf_sha256", nullable=False),
    CheckConstraint("(edition = 1) = (replaces_id IS NULL)", name="replaces"),
    Index(None, "period", "edition", unique=True),
    comment="One edition of a period's report, whole, as it was published; only a newer edition takes its place",
)

ROLES = (
    "kadin", "sekdin", "kabid", "kasi_litik", "kasi_aplikasi", "agendaris", "staf", "opd", "admin",
)  # fmt: skip
"""Who may log in; screens are devices, not users."""

user = Table(
    "user",
    metadata,
    _own_id(),
    Column("name", Text, nullable=False, unique=True),
    _text("role", nullable=False),
    _text("opd"),
    _text("password_hash"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    _flag("is_demo"),
    _at("created_at", nullable=False),
    _at("last_seen_at"),
    Column("session_version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint(_one_of("role", ROLES), name="role"),
    CheckConstraint("(role = 'opd') = (opd IS NOT NULL)", name="opd"),
    comment="One person who may log in",
)

last_visit = Table(
    "last_visit",
    metadata,
    Column("user_id", RowId, ForeignKey("user.id"), primary_key=True, autoincrement=False),
    _at("seen_at", nullable=False),
    _at("since_at"),
    comment="When a person last looked at the summary, and when the visit before this one ended",
)

device = Table(
    "device",
    metadata,
    _own_id(),
    _text("label", nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    _at("created_at", nullable=False),
    _text("created_by"),
    _at("revoked_at"),
    _at("last_seen_at"),
    _text("user_agent"),
    _at("heartbeat_at"),
    _text("build"),
    _text("viewport"),
    _tally("error_count"),
    _text("last_error"),
    _at("last_error_at"),
    comment="One wall screen and the hash of its read-only token",
)

one_time_link = Table(
    "one_time_link",
    metadata,
    _own_id(),
    _text("purpose", nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", RowId, ForeignKey("user.id")),
    _at("created_at", nullable=False),
    _at("expires_at", nullable=False),
    _at("used_at"),
    comment="One link that works once and not after its time",
)

audit = Table(
    "audit",
    metadata,
    _own_id(),
    _at("at", nullable=False),
    _text("actor"),
    _text("action", nullable=False),
    _text("subject"),
    _json("detail", nullable=True),
    _text("address"),
    Index(None, "at"),
    comment="Who did or saw what, and when",
)

LOG_OF: Mapping[str, Table] = {
    "permohonan": request_row,
    "disposisi": pass_row,
    "pemakaian": session_row,
    "peserta": attendance_row,
    "kondisi": check_row,
}
"""Where the rows of each kind of records are kept."""
