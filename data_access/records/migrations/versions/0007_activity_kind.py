"""The kind of activity of letters and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_row", sa.Column("activity_kind", sa.Text()))
    op.add_column("session_row", sa.Column("activity_kind", sa.Text()))
