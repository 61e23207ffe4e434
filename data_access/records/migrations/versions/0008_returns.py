"""The desk that received a letter, or to which it went back, of each hand-over; desks by the code of their step."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pass_row", sa.Column("receiver", sa.Integer()))
    op.add_column("pass_row", sa.Column("returned_to", sa.Integer()))
