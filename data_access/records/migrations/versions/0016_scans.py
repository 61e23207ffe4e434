"""Scans of letters."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("request_id", ROW_ID),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'jpeg')", name="ck_scan_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
        sa.UniqueConstraint("file", name="uq_scan_file"),
        comment="One scan of a letter; the file lies in the home; without a request while its letter is being entered",
    )
    op.create_index("ix_scan_request_id", "scan", ["request_id"])
