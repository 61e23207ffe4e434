"""Requests that begin on the screen: codes of agencies, receipt numbers, and what is said of a request as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEEDS = "'sent', 'numbered', 'changed', 'withdrawn', 'approved', 'rejected', 'offered', 'accepted', 'declined'"


def upgrade() -> None:
    _codes()
    _receipts()
    _deeds()


def _codes() -> None:
    op.create_table(
        "opd_code",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("opd", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.Column("last_on", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_opd_code"),
        sa.UniqueConstraint("code_hash", name="uq_opd_code_code_hash"),
        comment="One code with which an agency without an account asks for rooms, until its last day or its end",
    )


def _receipts() -> None:
    op.create_table(
        "letter_receipt",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("request_id", ROW_ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_id", ROW_ID),
        sa.PrimaryKeyConstraint("id", name="pk_letter_receipt"),
        comment="The receipt number of a request that began on the screen, and the code with which it was made",
    )
    op.create_index("ix_letter_receipt_year_number", "letter_receipt", ["year", "number"], unique=True)
    for name in ("request_id", "code_id", "load_id"):
        op.create_index(f"ix_letter_receipt_{name}", "letter_receipt", [name])


def _deeds() -> None:
    op.create_table(
        "letter_deed",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("request_id", ROW_ID, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("room_name", sa.Text()),
        sa.Column("start_at", sa.BigInteger()),
        sa.Column("end_at", sa.BigInteger()),
        sa.CheckConstraint(f"deed IN ({DEEDS})", name="ck_letter_deed_deed"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_deed"),
        comment="What was said on the screen of a request as a whole, with the room and time of an offer; only added",
    )
    for name in ("request_id", "load_id"):
        op.create_index(f"ix_letter_deed_{name}", "letter_deed", [name])
