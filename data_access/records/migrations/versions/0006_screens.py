"""Heartbeats of wall screens."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("heartbeat_at", sa.BigInteger()))
    op.add_column("device", sa.Column("build", sa.Text()))
    op.add_column("device", sa.Column("viewport", sa.Text()))
    op.add_column("device", sa.Column("error_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("device", sa.Column("last_error", sa.Text()))
    op.add_column("device", sa.Column("last_error_at", sa.BigInteger()))
