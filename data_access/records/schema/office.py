"""The office itself: settings, SOP, published reports, people, screens, and who did what."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
    true,
)

from data_access.records.schema.columns import at, flag, json_value, metadata, one_of, own_id, tally, words
from data_access.records.types import Day, RowId

setting_version = Table(
    "setting_version",
    metadata,
    own_id(),
    at("at", nullable=False),
    words("actor"),
    words("reason"),
    json_value("document"),
    comment="One version of the settings, whole; the newest is in force",
)

sop_version = Table(
    "sop_version",
    metadata,
    own_id(),
    at("at", nullable=False),
    words("actor", nullable=False),
    words("reason", nullable=False),
    Column("effective_on", Day, nullable=False),
    json_value("document"),
    comment="One version of the SOP entered on a page, whole; of one date the newest is in force",
)

published_report = Table(
    "published_report",
    metadata,
    own_id(),
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

ROLES = (
    "kadin", "sekdin", "kabid", "kasi_litik", "kasi_aplikasi", "agendaris", "staf", "opd", "admin",
)  # fmt: skip
"""Who may log in; screens are devices, not users."""

user = Table(
    "user",
    metadata,
    own_id(),
    Column("name", Text, nullable=False, unique=True),
    words("role", nullable=False),
    words("opd"),
    words("password_hash"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    flag("is_demo"),
    at("created_at", nullable=False),
    at("last_seen_at"),
    Column("session_version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint(one_of("role", ROLES), name="role"),
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

device = Table(
    "device",
    metadata,
    own_id(),
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

one_time_link = Table(
    "one_time_link",
    metadata,
    own_id(),
    words("purpose", nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", RowId, ForeignKey("user.id")),
    at("created_at", nullable=False),
    at("expires_at", nullable=False),
    at("used_at"),
    comment="One link that works once and not after its time",
)

audit = Table(
    "audit",
    metadata,
    own_id(),
    at("at", nullable=False),
    words("actor"),
    words("action", nullable=False),
    words("subject"),
    json_value("detail", nullable=True),
    words("address"),
    Index(None, "at"),
    comment="Who did or saw what, and when",
)
