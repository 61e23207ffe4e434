"""Stamps given on the screen, documents ticked with them, and when a person last looked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _screen_entries()
    _documents()
    _last_visits()


def _screen_entries() -> None:
    op.create_table(
        "screen_entry",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_screen_entry"),
        comment="One entry of a screen, known by the id that the screen gave it: given again it is not taken again",
    )
    op.create_index("ix_screen_entry_client_id", "screen_entry", ["client_id"], unique=True)
    op.create_index("ix_screen_entry_load_id", "screen_entry", ["load_id"])


def _documents() -> None:
    op.create_table(
        "document_row",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("pass_row_id", ROW_ID, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.CheckConstraint("part IN ('requirement', 'output')", name="ck_document_row_part"),
        sa.PrimaryKeyConstraint("id", name="pk_document_row"),
        comment="One document of a step (Kelengkapan, Output) ticked or not with a stamp; the newest of a pass counts",
    )
    op.create_index("ix_document_row_pass_row_id", "document_row", ["pass_row_id"])


def _last_visits() -> None:
    op.create_table(
        "last_visit",
        sa.Column("user_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("since_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_last_visit_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_last_visit"),
        comment="When a person last looked at the summary, and when the visit before this one ended",
    )
