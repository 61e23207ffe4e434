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

from collections.abc import Mapping

from sqlalchemy import (
    BigInteger,
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
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.schema import SchemaItem

from data_access.records.types import (
    Code,
    Day,
    MaybeBoolean,
    RowId,
    at,
    count,
    flag,
    json_value,
    link,
    on,
    one_of,
    origin,
    read_row,
    stamp,
    tally,
    turnout,
    words,
)
from data_access.roles import USERS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

HEAD_REVISION = "0027"
"""The newest migration that this code knows; revisions are numbered, so an older one sorts lower."""


def _own(name: str, *parts: SchemaItem, comment: str) -> Table:
    """A table whose ids the database hands out."""
    return Table(name, metadata, Column("id", RowId, primary_key=True), *parts, comment=comment)


def _numbered(name: str, *parts: SchemaItem, comment: str) -> Table:
    """A table whose ids the loader hands out (`bulk.insert_rows`), ascending in file order."""
    number = Column("id", RowId, primary_key=True, autoincrement=False, info={"numbered": True})
    return Table(name, metadata, number, *parts, comment=comment)


def _of_load(name: str, *parts: SchemaItem, comment: str) -> Table:
    """A numbered table of what belongs to a load, and is found by it."""
    return _numbered(name, link("load_id", "load"), *parts, Index(None, "load_id"), comment=comment)


load = _numbered(
    "load",
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
    json_value("furniture", nullable=True),
    words("actor"),
    at("undone_at"),
    Column("undoes_load_id", RowId),
    words("undo_reason"),
    flag("took_links"),
    CheckConstraint("status IN ('loaded', 'undone')", name="status"),
    Index(None, "sha256"),
    comment="One file, query or screen entry that was taken in",
)

sheet = _of_load(
    "sheet",
    words("name"),
    comment="One sheet of a load, in its order; a CSV file has one without a name",
)

reject = _of_load(
    "reject",
    link("sheet_id", "sheet", nullable=True),
    Column("row", Integer, nullable=False),
    words("column"),
    words("code", nullable=False),
    words("message", nullable=False),
    json_value("cells"),
    comment="One source row that could not be taken, with its masked cells and the reason",
)

set_aside = _of_load(
    "set_aside",
    link("sheet_id", "sheet", nullable=True),
    Column("row", Integer, nullable=False),
    words("field", nullable=False),
    words("column", nullable=False),
    words("text"),
    words("code", nullable=False),
    words("message", nullable=False),
    comment="One cell that could not be read, of a row that was taken without it, as typed and masked",
)

waiting_row = _of_load(
    "waiting_row",
    words("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    words("code", nullable=False),
    Index(None, "kind", "target_row_id"),
    comment="One source row that a load counted as waiting; its target may have joined since",
)

correction = _of_load(
    "correction",
    words("kind", nullable=False),
    Column("target_row_id", RowId, nullable=False),
    Column("old_row_id", RowId),
    link("request_id", "request", nullable=True),
    count("step"),
    count("pass_number"),
    words("room_name"),
    at("started_at"),
    json_value("changes"),
    Index(None, "request_id"),
    comment="One source row that changed what was known: {column: [old, new]}",
)

page_correction = _of_load(
    "page_correction",
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
    Index(None, "kind", "target_row_id"),
    Index(None, "request_id"),
    comment="A value that a person put right on a page; in force is the newest of a row and field",
)

source_cursor = _numbered(
    "source_cursor",
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

MARKED = text("(agenda_key LIKE '% (%' OR agenda_key LIKE '-%')")
"""The few keys that are more than a number: of a further letter of one, "21 (2)", or of a number within a month,
"-02/1". They have an index of their own, so that nobody looks through all letters for them."""

request = _numbered(
    "request",
    Column("year", Integer, nullable=False),
    words("agenda_key", nullable=False),
    Column("touched_load_id", RowId),
    Index(None, "agenda_key", "year", unique=True),
    Index("ix_request_marked", "agenda_key", sqlite_where=MARKED, postgresql_where=MARKED),
    comment="The identity of one letter: year of receipt and agenda number",
)

_WAITING = text("is_waiting")

_NUMBERED = text("letter_number IS NOT NULL")

request_row = _numbered(
    "request_row",
    link("request_id", "request"),
    *origin(),
    words("agenda_number"),
    *stamp("received"),
    words("letter_number"),
    on("letter_on"),
    words("opd"),
    words("opd_name"),
    words("subject"),
    words("activity"),
    words("activity_kind"),
    words("urgency"),
    words("forwarded_to"),
    words("room"),
    words("room_name"),
    *stamp("booked_start"),
    *stamp("booked_end"),
    flag("booked_end_is_estimated"),
    count("planned"),
    Column("status", Code, nullable=False, server_default=text("0")),
    words("status_text"),
    *stamp("status"),
    words("note"),
    flag("is_waiting"),
    Index(None, "request_id"),
    Index("ix_request_row_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("ix_request_row_letter_number", "letter_number", sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
    comment="One row of the register of incoming letters; waits while its room is unknown",
)

_LETTERLESS = text("request_id IS NULL")

pass_row = _numbered(
    "pass_row",
    *read_row(needs_key=True),
    Column("step", Code, nullable=False),
    count("pass_number"),
    *stamp("started"),
    *stamp("finished"),
    flag("is_done"),
    Column("unread", Code, nullable=False, server_default=text("0")),
    count("receiver"),
    count("returned_to"),
    *stamp("recorded"),
    words("instruction"),
    Column("has_output", MaybeBoolean),
    words("note"),
    Column("suspicion", Integer, nullable=False, server_default=text("0")),
    Index(None, "request_id"),
    Index("ix_pass_row_waiting", "agenda_key", sqlite_where=_LETTERLESS, postgresql_where=_LETTERLESS),
    comment="One hand-over row: a pass of one step; waits (request_id NULL) for its letter",
)

pause_row = _numbered(
    "pause_row",
    link("pass_row_id", "pass_row"),
    at("started_at", nullable=False),
    at("ended_at"),
    words("reason"),
    Index(None, "pass_row_id"),
    comment="One wait for the OPD inside a pass; still open while ended_at is NULL",
)

round_stamp = _of_load(
    "round_stamp",
    Column("step", Code, nullable=False),
    comment="A step whose finishes in that file nearly all fall on multiples of five minutes",
)

attendance_row = _numbered(
    "attendance_row",
    *read_row(needs_key=True),
    tally("people"),
    tally("verified"),
    *turnout(),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    comment="The counts of one letter's attendance list, never a person; waits (request_id NULL) for its letter",
)

screen_entry = _of_load(
    "screen_entry",
    words("client_id", nullable=False),
    words("role", nullable=False),
    Index(None, "client_id", unique=True),
    comment="One entry of a screen, known by the id that the screen gave it: given again it is not taken again",
)

DOCUMENT_PARTS = ("requirement", "output")

document_row = _numbered(
    "document_row",
    link("load_id", "load"),
    link("pass_row_id", "pass_row"),
    words("part", nullable=False),
    words("name", nullable=False),
    Column("is_present", Boolean, nullable=False),
    CheckConstraint(one_of("part", DOCUMENT_PARTS), name="part"),
    Index(None, "pass_row_id"),
    comment="One document of a step (Kelengkapan, Output) ticked or not with a stamp; the newest of a pass counts",
)

_HOMELESS = text("room_name IS NULL")
_OF_AGENCY = text("opd_name IS NOT NULL")
_NAMELESS = text("room_name IS NULL OR item_name IS NULL")

session_row = _numbered(
    "session_row",
    *read_row(needs_key=False),
    words("room_text"),
    words("room_name"),
    *stamp("started"),
    *stamp("ended"),
    flag("end_is_estimated"),
    count("verified"),
    *turnout(),
    words("opd"),
    words("opd_name"),
    words("activity"),
    words("activity_kind"),
    words("note"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    Index(None, "started_at", "room_name"),
    Index("ix_session_row_of_agency", "started_at", sqlite_where=_OF_AGENCY, postgresql_where=_OF_AGENCY),
    Index("ix_session_row_waiting", "id", sqlite_where=_HOMELESS, postgresql_where=_HOMELESS),
    comment="One row of the room log; waits (room_name NULL) while its room is unknown",
)

CONDITIONS = ("GOOD", "LIGHT", "HEAVY", "MISSING", "NOT_APPLICABLE")

OCCASIONS = ("before", "after", "routine")

check_row = _numbered(
    "check_row",
    *read_row(needs_key=False),
    words("room_text"),
    words("room_name"),
    *stamp("checked"),
    words("occasion"),
    words("item_text"),
    words("item_name"),
    words("condition", nullable=False),
    words("note"),
    CheckConstraint(one_of("condition", CONDITIONS), name="condition"),
    CheckConstraint(one_of("occasion", OCCASIONS), name="occasion"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    Index(None, "checked_on", "room_name"),
    Index("ix_check_row_waiting", "id", sqlite_where=_NAMELESS, postgresql_where=_NAMELESS),
    comment="One answer about one item of a room; waits (room_name NULL) while its room is unknown",
)

INCIDENT_DEEDS = ("assign", "comment", "resolve", "reopen")

condition_report = _of_load(
    "condition_report",
    Column("client_id", Text, nullable=False, unique=True),
    Column("receipt_number", Text, nullable=False, unique=True),
    words("room_name", nullable=False),
    words("checklist_version", nullable=False),
    json_value("checklist"),
    words("occasion"),
    link("request_id", "request", nullable=True),
    at("session_started_at"),
    words("actor", nullable=False),
    words("role", nullable=False),
    at("received_at", nullable=False),
    at("made_at", nullable=False),  # by the phone's clock
    CheckConstraint(one_of("occasion", OCCASIONS), name="occasion"),
    Index(None, "room_name", "made_at"),
    comment="One check of a room made on a screen, with the checklist as it was; its answers are rows of check_row",
)

condition_photo = _numbered(
    "condition_photo",
    link("report_id", "condition_report"),
    words("item_name", nullable=False),
    Column("file", Text, nullable=False, unique=True),
    words("sha256", nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Index(None, "report_id"),
    comment="One photo of a fault; the file lies in the home, under a name that says nothing",
)

incident_event = _numbered(
    "incident_event",
    Column("client_id", Text, nullable=False, unique=True),
    at("at", nullable=False),
    words("room_name", nullable=False),
    words("item_name", nullable=False),
    words("deed", nullable=False),
    words("assigned_role"),
    words("note"),
    words("actor", nullable=False),
    words("role", nullable=False),
    CheckConstraint(one_of("deed", INCIDENT_DEEDS), name="deed"),
    Index(None, "room_name", "item_name"),
    comment="What was done about a fault; only added. Incidents themselves follow from checks and these",
)

opd_code = _own(
    "opd_code",
    words("opd", nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    at("created_at", nullable=False),
    words("created_by"),
    Column("last_on", Day, nullable=False),
    at("ended_at"),
    at("last_used_at"),
    words("email"),
    comment="One code with which an agency without an account asks for rooms, until its last day or its end",
)

letter_receipt = _of_load(
    "letter_receipt",
    link("request_id", "request"),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("code_id", RowId),
    Index(None, "year", "number", unique=True),
    Index(None, "request_id"),
    Index(None, "code_id"),
    comment="The receipt number of a request that began on the screen, and the code with which it was made",
)

LETTER_DEEDS = (
    "sent", "numbered", "changed", "withdrawn", "approved", "rejected", "offered", "accepted", "declined",
)  # fmt: skip

letter_deed = _of_load(
    "letter_deed",
    link("request_id", "request"),
    words("deed", nullable=False),
    at("at", nullable=False),
    words("actor", nullable=False),
    words("role", nullable=False),
    words("reason"),
    words("room_name"),
    at("start_at"),
    at("end_at"),
    CheckConstraint(one_of("deed", LETTER_DEEDS), name="deed"),
    Index(None, "request_id"),
    comment="What was said on the screen of a request as a whole, with the room and time of an offer; only added",
)

SCAN_KINDS = ("pdf", "jpeg")

scan = _own(
    "scan",
    Column("request_id", RowId),
    Column("file", Text, nullable=False, unique=True),
    words("kind", nullable=False),
    words("sha256", nullable=False),
    Column("bytes", Integer, nullable=False),
    at("at", nullable=False),
    words("actor", nullable=False),
    words("role", nullable=False),
    CheckConstraint(one_of("kind", SCAN_KINDS), name="kind"),
    Index(None, "request_id"),
    comment="One scan of a letter; the file lies in the home; without a request while its letter is being entered",
)

LOG_OF: Mapping[str, Table] = {
    "permohonan": request_row,
    "disposisi": pass_row,
    "pemakaian": session_row,
    "peserta": attendance_row,
    "kondisi": check_row,
}
"""Where the rows of each kind of records are kept."""

setting_version = _own(
    "setting_version",
    at("at", nullable=False),
    words("actor"),
    words("reason"),
    json_value("document"),
    comment="One version of the settings, whole; the newest is in force",
)

sop_version = _own(
    "sop_version",
    at("at", nullable=False),
    words("actor", nullable=False),
    words("reason", nullable=False),
    Column("effective_on", Day, nullable=False),
    json_value("document"),
    comment="One version of the SOP entered on a page, whole; of one date the newest is in force",
)

published_report = _own(
    "published_report",
    words("period", nullable=False),
    Column("edition", Integer, nullable=False),
    Column("first_on", Day, nullable=False),
    Column("last_on", Day, nullable=False),
    at("published_at", nullable=False),
    words("actor", nullable=False),
    words("reason"),
    Column("replaces_id", RowId, ForeignKey("published_report.id")),
    json_value("document"),
    Column("pdf", LargeBinary, nullable=False),
    words("pdf_sha256", nullable=False),
    CheckConstraint("(edition = 1) = (replaces_id IS NULL)", name="replaces"),
    Index(None, "period", "edition", unique=True),
    comment="One edition of a period's report, whole, as it was published; only a newer edition takes its place",
)

user = _own(
    "user",
    Column("name", Text, nullable=False, unique=True),
    words("role", nullable=False),
    words("opd"),
    words("password_hash"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    flag("is_demo"),
    at("created_at", nullable=False),
    at("last_seen_at"),
    Column("session_version", Integer, nullable=False, server_default=text("1")),
    words("email"),
    CheckConstraint(one_of("role", USERS), name="role"),
    CheckConstraint("(role = 'opd') = (opd IS NOT NULL)", name="opd"),
    comment="One person who may log in",
)

last_visit = Table(
    "last_visit",
    metadata,
    Column("user_id", RowId, ForeignKey("user.id"), primary_key=True, autoincrement=False),
    at("seen_at", nullable=False),
    at("since_at"),
    comment="When a person last looked at the summary, and when the visit before this one ended",
)

device = _own(
    "device",
    words("label", nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    at("created_at", nullable=False),
    words("created_by"),
    at("revoked_at"),
    at("last_seen_at"),
    words("user_agent"),
    at("heartbeat_at"),
    words("build"),
    words("viewport"),
    tally("error_count"),
    words("last_error"),
    at("last_error_at"),
    comment="One wall screen and the hash of its read-only token",
)

screen_choice = _own(
    "screen_choice",
    Column("device_id", RowId, ForeignKey("device.id"), nullable=False),
    words("language"),
    words("views", nullable=False),
    words("rooms", nullable=False),
    at("chosen_at", nullable=False),
    comment="What a wall screen shows from then on; of one screen the newest row holds",
)

one_time_link = _own(
    "one_time_link",
    words("purpose", nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", RowId, ForeignKey("user.id")),
    at("created_at", nullable=False),
    at("expires_at", nullable=False),
    at("used_at"),
    comment="One link that works once and not after its time",
)

login_session = _own(
    "login_session",
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", RowId, ForeignKey("user.id"), index=True),
    Column("code_id", RowId, ForeignKey("opd_code.id")),
    Column("version", Integer, nullable=False),
    at("begun_at", nullable=False),
    at("seen_at", nullable=False),
    at("ended_at"),
    words("ended_why"),
    words("browser"),
    words("address"),
    CheckConstraint("(user_id IS NULL) <> (code_id IS NULL)", name="bearer"),
    Index(None, "begun_at"),
    comment="One session of a user, or of a bearer of an agency's code; it ends here, whatever cookie is shown",
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("user_id", RowId, ForeignKey("user.id"), primary_key=True, autoincrement=False),
    words("nonce", nullable=False),
    at("confirmed_at"),
    Column("last_step", BigInteger, nullable=False, server_default=text("0")),
    json_value("recovery"),
    comment="The one-time codes of a user: the secret follows from the nonce and the home's key",
)

login_identity = _own(
    "login_identity",
    Column("user_id", RowId, ForeignKey("user.id"), nullable=False),
    words("issuer", nullable=False),
    words("subject_hash", nullable=False),
    at("bound_at", nullable=False),
    UniqueConstraint("user_id", "issuer"),
    UniqueConstraint("issuer", "subject_hash"),
    comment="Who a user is at a provider of identities: one person there is one user here",
)

list_view = _own(
    "list_view",
    Column("user_id", RowId, ForeignKey("user.id"), nullable=False),
    words("name", nullable=False),
    words("query", nullable=False),
    UniqueConstraint("user_id", "name"),
    comment="How a user looks at the list of requests; the row without a name holds the usual columns",
)

failed_login = Table(
    "failed_login",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    at("since_at", nullable=False),
    Index(None, "since_at"),
    comment="Failed attempts under one key (an account, an address, both, a device) since the first of them",
)

NOTICE_STATES = ("waiting", "claimed", "handed", "sent", "failed", "unsure")

notice = _own(
    "notice",
    words("kind", nullable=False),
    words("subject", nullable=False),
    words("recipient", nullable=False),
    json_value("detail"),
    at("made_at", nullable=False),
    at("due_at", nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    tally("tries"),
    at("tried_at"),
    words("answer"),
    CheckConstraint(one_of("state", NOTICE_STATES), name="state"),
    UniqueConstraint("kind", "subject", "recipient"),
    Index(None, "state", "due_at"),
    comment="One thing of which one recipient is told once; it stays on record when it is sent",
)

audit = _own(
    "audit",
    at("at", nullable=False),
    words("actor"),
    words("action", nullable=False),
    words("subject"),
    json_value("detail", nullable=True),
    words("address"),
    Column("times", Integer, nullable=False, server_default=text("1")),
    at("last_at"),
    Index(None, "at"),
    comment="Who did or saw what, and when",
)

chain_link = Table(
    "chain_link",
    metadata,
    Column("position", RowId, primary_key=True, autoincrement=False),
    at("at", nullable=False),
    words("kind", nullable=False),
    words("covers", nullable=False),
    words("previous", nullable=False),
    words("mac", nullable=False),
    comment="One deed or load: digests of the rows that it added, what it removed, and the seal of the link before",
)
