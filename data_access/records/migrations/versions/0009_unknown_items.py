"""A check of an item that nobody knows waits as one of an unknown room does."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    nameless = sa.text("room_name IS NULL OR item_name IS NULL")
    op.drop_index("ix_check_row_waiting", "check_row")
    op.create_index("ix_check_row_waiting", "check_row", ["id"], sqlite_where=nameless, postgresql_where=nameless)
