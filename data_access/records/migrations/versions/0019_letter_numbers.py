"""The register rows that bear a letter number are found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NUMBERED = sa.text("letter_number IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_request_row_letter_number",
        "request_row",
        ["letter_number"],
        sqlite_where=NUMBERED,
        postgresql_where=NUMBERED,
    )
