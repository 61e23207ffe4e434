"""Views of the list of requests, kept under names, and the columns that a user has chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "list_view",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_list_view_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_list_view"),
        sa.UniqueConstraint("user_id", "name", name="uq_list_view_user_id_name"),
        comment="How a user looks at the list of requests; the row without a name holds the usual columns",
    )
