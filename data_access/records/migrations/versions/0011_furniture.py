"""Which rows of a load are no records."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("load", sa.Column("furniture", sa.Text()))
