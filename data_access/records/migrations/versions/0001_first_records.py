"""The first form: letters, hand-overs, sessions, their sources, settings, users and screens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        comment="Who did or saw what, and when",
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "correction",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_row_id", ROW_ID, nullable=False),
        sa.Column("old_row_id", ROW_ID),
        sa.Column("request_id", ROW_ID),
        sa.Column("step", sa.Integer()),
        sa.Column("pass_number", sa.Integer()),
        sa.Column("room_name", sa.Text()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        comment="One source row that changed what was known: {column: [old, new]}",
    )
    op.create_index("ix_correction_load_id", "correction", ["load_id"])
    op.create_index("ix_correction_request_id", "correction", ["request_id"])
    op.create_table(
        "device",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("last_seen_at", sa.BigInteger()),
        sa.Column("user_agent", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("token_hash", name="uq_device_token_hash"),
        comment="One wall screen and the hash of its read-only token",
    )
    op.create_table(
        "load",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text()),
        sa.Column("status", sa.Text(), server_default="loaded", nullable=False),
        sa.Column("read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("corrected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("warnings", sa.Text()),
        sa.Column("ignored_columns", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.CheckConstraint("status IN ('loaded', 'undone')", name="ck_load_status"),
        sa.PrimaryKeyConstraint("id", name="pk_load"),
        comment="One file, query or screen entry that was taken in",
    )
    op.create_index("ix_load_sha256", "load", ["sha256"])
    op.create_table(
        "pass_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("request_id", ROW_ID),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("agenda_key", sa.Text(), nullable=False),
        sa.Column("agenda_number", sa.Text()),
        sa.Column("year", sa.Integer()),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("pass_number", sa.Integer()),
        sa.Column("started_on", sa.Integer()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_on", sa.Integer()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("is_done", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_on", sa.Integer()),
        sa.Column("recorded_at", sa.BigInteger()),
        sa.Column("instruction", sa.Text()),
        sa.Column("has_output", sa.Boolean()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_pass_row"),
        comment="One hand-over row: a pass of one step; waits (request_id NULL) for its letter",
    )
    op.create_index("ix_pass_row_agenda_key", "pass_row", ["agenda_key"])
    op.create_index("ix_pass_row_request_id", "pass_row", ["request_id"])
    op.create_table(
        "pause_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("pass_row_id", ROW_ID, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_pause_row"),
        comment="One wait for the OPD inside a pass; still open while ended_at is NULL",
    )
    op.create_index("ix_pause_row_pass_row_id", "pause_row", ["pass_row_id"])
    op.create_table(
        "reject",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reject"),
        comment="One source row that could not be taken, with its masked cells and the reason",
    )
    op.create_index("ix_reject_load_id", "reject", ["load_id"])
    op.create_table(
        "request",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("agenda_key", sa.Text(), nullable=False),
        sa.Column("touched_load_id", ROW_ID),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
        comment="The identity of one letter: year of receipt and agenda number",
    )
    op.create_index("ix_request_agenda_key_year", "request", ["agenda_key", "year"], unique=True)
    op.create_index("ix_request_touched_load_id", "request", ["touched_load_id"])
    op.create_table(
        "request_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("request_id", ROW_ID, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("agenda_number", sa.Text()),
        sa.Column("received_on", sa.Integer()),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("letter_number", sa.Text()),
        sa.Column("letter_on", sa.Integer()),
        sa.Column("opd", sa.Text()),
        sa.Column("opd_name", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("activity", sa.Text()),
        sa.Column("urgency", sa.Text()),
        sa.Column("forwarded_to", sa.Text()),
        sa.Column("room", sa.Text()),
        sa.Column("room_name", sa.Text()),
        sa.Column("booked_start_on", sa.Integer()),
        sa.Column("booked_start_at", sa.BigInteger()),
        sa.Column("booked_end_on", sa.Integer()),
        sa.Column("booked_end_at", sa.BigInteger()),
        sa.Column("booked_end_is_estimated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("planned", sa.Integer()),
        sa.Column("status", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("status_text", sa.Text()),
        sa.Column("status_on", sa.Integer()),
        sa.Column("status_at", sa.BigInteger()),
        sa.Column("note", sa.Text()),
        sa.Column("is_waiting", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request_row"),
        comment="One row of the register of incoming letters; waits while its room is unknown",
    )
    op.create_index("ix_request_row_request_id", "request_row", ["request_id"])
    op.create_index(
        "ix_request_row_waiting",
        "request_row",
        ["id"],
        sqlite_where=sa.text("is_waiting"),
        postgresql_where=sa.text("is_waiting"),
    )
    op.create_table(
        "session_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("request_id", ROW_ID),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("agenda_key", sa.Text()),
        sa.Column("agenda_number", sa.Text()),
        sa.Column("year", sa.Integer()),
        sa.Column("room_text", sa.Text()),
        sa.Column("room_name", sa.Text()),
        sa.Column("started_on", sa.Integer()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("ended_on", sa.Integer()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("end_is_estimated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verified", sa.Integer()),
        sa.Column("present", sa.Integer()),
        sa.Column("screened", sa.Integer()),
        sa.Column("passed", sa.Integer()),
        sa.Column("failed", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_session_row"),
        comment="One row of the room log; waits (room_name NULL) while its room is unknown",
    )
    op.create_index("ix_session_row_agenda_key", "session_row", ["agenda_key"])
    op.create_index("ix_session_row_request_id", "session_row", ["request_id"])
    op.create_index("ix_session_row_started_at_room_name", "session_row", ["started_at", "room_name"])
    op.create_index(
        "ix_session_row_waiting",
        "session_row",
        ["id"],
        sqlite_where=sa.text("room_name IS NULL"),
        postgresql_where=sa.text("room_name IS NULL"),
    )
    op.create_table(
        "setting_version",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_setting_version"),
        comment="One version of the settings, whole; the newest is in force",
    )
    op.create_table(
        "sheet",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
        comment="One sheet of a load, in its order; a CSV file has one without a name",
    )
    op.create_index("ix_sheet_load_id", "sheet", ["load_id"])
    op.create_table(
        "user",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("opd", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger()),
        sa.Column("session_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(role = 'opd') = (opd IS NOT NULL)", name="ck_user_opd"),
        sa.CheckConstraint(
            "role IN ('kadin', 'sekdin', 'kabid', 'kasi_litik', 'kasi_aplikasi', 'agendaris', 'staf', 'opd', 'admin')",
            name="ck_user_role",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name", name="uq_user_name"),
        comment="One person who may log in",
    )
    op.create_table(
        "waiting_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_row_id", ROW_ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_row"),
        comment="One source row that a load counted as waiting; its target may have joined since",
    )
    op.create_index("ix_waiting_row_kind_target_row_id", "waiting_row", ["kind", "target_row_id"])
    op.create_index("ix_waiting_row_load_id", "waiting_row", ["load_id"])
    op.create_table(
        "one_time_link",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", ROW_ID),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_one_time_link_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_link"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_link_token_hash"),
        comment="One link that works once and not after its time",
    )
