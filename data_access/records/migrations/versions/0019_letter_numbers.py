"""The register rows that bear a letter number and book a day are found by that number."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BOOKED = sa.text("letter_number IS NOT NULL AND booked_start_on IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_request_row_letter_number", "request_row", ["letter_number"], sqlite_where=BOOKED, postgresql_where=BOOKED
    )
