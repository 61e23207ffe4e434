"""The agency and the activity that the room log names beside a use."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("opd", "opd_name", "activity"):
        op.add_column("session_row", sa.Column(name, sa.Text()))
    named = sa.text("opd_name IS NOT NULL")
    op.create_index(
        "ix_session_row_of_agency", "session_row", ["started_at"], sqlite_where=named, postgresql_where=named
    )
