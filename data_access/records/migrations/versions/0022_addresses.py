"""Addresses to which alerts go, of users and of agencies' codes, and the alerts that are to go out."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('waiting', 'claimed', 'handed', 'sent', 'failed', 'unsure')"


def upgrade() -> None:
    op.add_column("user", sa.Column("email", sa.Text()))
    op.add_column("opd_code", sa.Column("email", sa.Text()))
    op.create_table(
        "notice",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tried_at", sa.BigInteger()),
        sa.Column("answer", sa.Text()),
        sa.CheckConstraint(STATES, name="ck_notice_state"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("kind", "subject", "recipient", name="uq_notice_kind_subject_recipient"),
        comment="One thing of which one recipient is told once; it stays on record when it is sent",
    )
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])
