"""The few letters whose number bears a mark or a month are found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MARKED = sa.text("(agenda_key LIKE '% (%' OR agenda_key LIKE '-%')")


def upgrade() -> None:
    op.create_index("ix_request_marked", "request", ["agenda_key"], sqlite_where=MARKED, postgresql_where=MARKED)
