"""Letters: their register rows, hand-overs, pauses, lists of participants, and what screens said of them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, text

from data_access.records.schema.columns import (
    at,
    count,
    flag,
    given_id,
    link,
    metadata,
    on,
    one_of,
    origin,
    stamp,
    tally,
    words,
)
from data_access.records.types import Code, MaybeBoolean, RowId

request = Table(
    "request",
    metadata,
    given_id(),
    Column("year", Integer, nullable=False),
    words("agenda_key", nullable=False),
    Column("touched_load_id", RowId),
    Index(None, "agenda_key", "year", unique=True),
    comment="The identity of one letter: year of receipt and agenda number",
)

_WAITING = text("is_waiting")

request_row = Table(
    "request_row",
    metadata,
    given_id(),
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
    comment="One row of the register of incoming letters; waits while its room is unknown",
)

_LETTERLESS = text("request_id IS NULL")

pass_row = Table(
    "pass_row",
    metadata,
    given_id(),
    link("request_id", "request", nullable=True),
    *origin(),
    words("agenda_key", nullable=False),
    words("agenda_number"),
    count("year"),
    Column("step", Code, nullable=False),
    count("pass_number"),
    *stamp("started"),
    *stamp("finished"),
    flag("is_done"),
    *stamp("recorded"),
    words("instruction"),
    Column("has_output", MaybeBoolean),
    words("note"),
    Column("suspicion", Integer, nullable=False, server_default=text("0")),
    Index(None, "request_id"),
    Index("ix_pass_row_waiting", "agenda_key", sqlite_where=_LETTERLESS, postgresql_where=_LETTERLESS),
    comment="One hand-over row: a pass of one step; waits (request_id NULL) for its letter",
)

pause_row = Table(
    "pause_row",
    metadata,
    given_id(),
    link("pass_row_id", "pass_row"),
    at("started_at", nullable=False),
    at("ended_at"),
    words("reason"),
    Index(None, "pass_row_id"),
    comment="One wait for the OPD inside a pass; still open while ended_at is NULL",
)

round_stamp = Table(
    "round_stamp",
    metadata,
    given_id(),
    link("load_id", "load"),
    Column("step", Code, nullable=False),
    Index(None, "load_id"),
    comment="A step whose finishes in that file nearly all fall on multiples of five minutes",
)

attendance_row = Table(
    "attendance_row",
    metadata,
    given_id(),
    link("request_id", "request", nullable=True),
    *origin(),
    words("agenda_key", nullable=False),
    words("agenda_number"),
    count("year"),
    tally("people"),
    tally("verified"),
    count("present"),  # NULL: the list does not say who came, which is not "nobody"
    count("screened"),
    count("passed"),
    count("failed"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    comment="The counts of one letter's attendance list, never a person; waits (request_id NULL) for its letter",
)

screen_entry = Table(
    "screen_entry",
    metadata,
    given_id(),
    link("load_id", "load"),
    words("client_id", nullable=False),
    words("role", nullable=False),
    Index(None, "client_id", unique=True),
    Index(None, "load_id"),
    comment="One entry of a screen, known by the id that the screen gave it: given again it is not taken again",
)

DOCUMENT_PARTS = ("requirement", "output")

document_row = Table(
    "document_row",
    metadata,
    given_id(),
    link("load_id", "load"),
    link("pass_row_id", "pass_row"),
    words("part", nullable=False),
    words("name", nullable=False),
    Column("is_present", Boolean, nullable=False),
    CheckConstraint(one_of("part", DOCUMENT_PARTS), name="part"),
    Index(None, "pass_row_id"),
    comment="One document of a step (Kelengkapan, Output) ticked or not with a stamp; the newest of a pass counts",
)
