"""Condition checks, attendance counts, corrections made on a page, database sources, undoing, suspicion."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _tally(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _origin() -> tuple[sa.Column[int], ...]:
    """The columns with which every log row begins."""
    return (
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("request_id", ROW_ID),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
    )


def upgrade() -> None:
    op.add_column("load", sa.Column("undoes_load_id", ROW_ID))
    op.add_column("load", sa.Column("undo_reason", sa.Text()))
    op.add_column("load", sa.Column("took_links", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("pass_row", _tally("suspicion"))
    op.drop_index("ix_request_touched_load_id", "request")
    letterless = sa.text("request_id IS NULL")
    op.drop_index("ix_pass_row_agenda_key", "pass_row")
    op.create_index(
        "ix_pass_row_waiting", "pass_row", ["agenda_key"], sqlite_where=letterless, postgresql_where=letterless
    )
    _round_stamps()
    _checks()
    _attendance()
    _page_corrections()
    _source_cursors()


def _round_stamps() -> None:
    op.create_table(
        "round_stamp",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_round_stamp"),
        comment="A step whose finishes in that file nearly all fall on multiples of five minutes",
    )
    op.create_index("ix_round_stamp_load_id", "round_stamp", ["load_id"])


def _checks() -> None:
    op.create_table(
        "check_row",
        *_origin(),
        sa.Column("agenda_key", sa.Text()),
        sa.Column("agenda_number", sa.Text()),
        sa.Column("year", sa.Integer()),
        sa.Column("room_text", sa.Text()),
        sa.Column("room_name", sa.Text()),
        sa.Column("checked_on", sa.Integer()),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("occasion", sa.Text()),
        sa.Column("item_text", sa.Text()),
        sa.Column("item_name", sa.Text()),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint(
            "condition IN ('GOOD', 'LIGHT', 'HEAVY', 'MISSING', 'NOT_APPLICABLE')", name="ck_check_row_condition"
        ),
        sa.CheckConstraint("occasion IN ('before', 'after', 'routine')", name="ck_check_row_occasion"),
        sa.PrimaryKeyConstraint("id", name="pk_check_row"),
        comment="One answer about one item of a room; waits (room_name NULL) while its room is unknown",
    )
    op.create_index("ix_check_row_request_id", "check_row", ["request_id"])
    op.create_index("ix_check_row_agenda_key", "check_row", ["agenda_key"])
    op.create_index("ix_check_row_checked_on_room_name", "check_row", ["checked_on", "room_name"])
    homeless = sa.text("room_name IS NULL")
    op.create_index("ix_check_row_waiting", "check_row", ["id"], sqlite_where=homeless, postgresql_where=homeless)


def _attendance() -> None:
    answers = ("present", "screened", "passed", "failed")
    op.create_table(
        "attendance_row",
        *_origin(),
        sa.Column("agenda_key", sa.Text(), nullable=False),
        sa.Column("agenda_number", sa.Text()),
        sa.Column("year", sa.Integer()),
        _tally("people"),
        _tally("verified"),
        *(sa.Column(name, sa.Integer()) for name in answers),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_row"),
        comment="The counts of one letter's attendance list, never a person; waits (request_id NULL) for its letter",
    )
    op.create_index("ix_attendance_row_request_id", "attendance_row", ["request_id"])
    op.create_index("ix_attendance_row_agenda_key", "attendance_row", ["agenda_key"])


def _page_corrections() -> None:
    op.create_table(
        "page_correction",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_row_id", ROW_ID, nullable=False),
        sa.Column("request_id", ROW_ID),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("file_value", sa.Text()),
        sa.Column("new_value", sa.Text()),
        sa.Column("is_revoked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page_correction"),
        comment="A value that a person put right on a page; in force is the newest of a row and field",
    )
    op.create_index("ix_page_correction_load_id", "page_correction", ["load_id"])
    op.create_index("ix_page_correction_kind_target_row_id", "page_correction", ["kind", "target_row_id"])
    op.create_index("ix_page_correction_request_id", "page_correction", ["request_id"])


def _source_cursors() -> None:
    op.create_table(
        "source_cursor",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_source_cursor"),
        comment="How far a database source was read by a load; in force is the newest of a load that counts",
    )
    op.create_index("ix_source_cursor_source_name", "source_cursor", ["source_name"])
    op.create_table(
        "source_visit",
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.BigInteger()),
        sa.Column("failed_at", sa.BigInteger()),
        sa.Column("fault", sa.Text()),
        sa.PrimaryKeyConstraint("source_name", name="pk_source_visit"),
        comment="When a database source was last read, also without news, and what was wrong the last time it was not",
    )
