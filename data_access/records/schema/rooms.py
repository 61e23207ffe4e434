"""Rooms: sessions, checks, reports of their condition, and what was done about faults."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

from data_access.records.schema.columns import (
    at,
    count,
    flag,
    given_id,
    json_value,
    link,
    metadata,
    one_of,
    origin,
    stamp,
    words,
)

_HOMELESS = text("room_name IS NULL")

session_row = Table(
    "session_row",
    metadata,
    given_id(),
    link("request_id", "request", nullable=True),
    *origin(),
    words("agenda_key"),
    words("agenda_number"),
    count("year"),
    words("room_text"),
    words("room_name"),
    *stamp("started"),
    *stamp("ended"),
    flag("end_is_estimated"),
    count("verified"),
    count("present"),
    count("screened"),
    count("passed"),
    count("failed"),
    words("activity_kind"),
    words("note"),
    Index(None, "request_id"),
    Index(None, "agenda_key"),
    Index(None, "started_at", "room_name"),
    Index("ix_session_row_waiting", "id", sqlite_where=_HOMELESS, postgresql_where=_HOMELESS),
    comment="One row of the room log; waits (room_name NULL) while its room is unknown",
)

CONDITIONS = ("GOOD", "LIGHT", "HEAVY", "MISSING", "NOT_APPLICABLE")

OCCASIONS = ("before", "after", "routine")

check_row = Table(
    "check_row",
    metadata,
    given_id(),
    link("request_id", "request", nullable=True),
    *origin(),
    words("agenda_key"),
    words("agenda_number"),
    count("year"),
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
    Index("ix_check_row_waiting", "id", sqlite_where=_HOMELESS, postgresql_where=_HOMELESS),
    comment="One answer about one item of a room; waits (room_name NULL) while its room is unknown",
)

INCIDENT_DEEDS = ("assign", "comment", "resolve", "reopen")

condition_report = Table(
    "condition_report",
    metadata,
    given_id(),
    link("load_id", "load"),
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
    Index(None, "load_id"),
    Index(None, "room_name", "made_at"),
    comment="One check of a room made on a screen, with the checklist as it was; its answers are rows of check_row",
)

condition_photo = Table(
    "condition_photo",
    metadata,
    given_id(),
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

incident_event = Table(
    "incident_event",
    metadata,
    given_id(),
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
