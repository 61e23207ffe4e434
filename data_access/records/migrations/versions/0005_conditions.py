"""Condition reports from phones, photos, what was done about incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _reports()
    _photos()
    _deeds()


def _reports() -> None:
    op.create_table(
        "condition_report",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("room_name", sa.Text(), nullable=False),
        sa.Column("checklist_version", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text()),
        sa.Column("request_id", ROW_ID),
        sa.Column("session_started_at", sa.BigInteger()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("occasion IN ('before', 'after', 'routine')", name="ck_condition_report_occasion"),
        sa.PrimaryKeyConstraint("id", name="pk_condition_report"),
        sa.UniqueConstraint("client_id", name="uq_condition_report_client_id"),
        sa.UniqueConstraint("receipt_number", name="uq_condition_report_receipt_number"),
        comment="One check of a room made on a screen, with the checklist as it was; its answers are rows of check_row",
    )
    op.create_index("ix_condition_report_load_id", "condition_report", ["load_id"])
    op.create_index("ix_condition_report_room_name_made_at", "condition_report", ["room_name", "made_at"])


def _photos() -> None:
    op.create_table(
        "condition_photo",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_condition_photo"),
        sa.UniqueConstraint("file", name="uq_condition_photo_file"),
        comment="One photo of a fault; the file lies in the home, under a name that says nothing",
    )
    op.create_index("ix_condition_photo_report_id", "condition_photo", ["report_id"])


def _deeds() -> None:
    op.create_table(
        "incident_event",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("room_name", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("assigned_role", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("deed IN ('assign', 'comment', 'resolve', 'reopen')", name="ck_incident_event_deed"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_event"),
        sa.UniqueConstraint("client_id", name="uq_incident_event_client_id"),
        comment="What was done about a fault; only added. Incidents themselves follow from checks and these",
    )
    op.create_index("ix_incident_event_room_name_item_name", "incident_event", ["room_name", "item_name"])
