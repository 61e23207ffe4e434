"""A cell that cannot be read is set aside; a hand-over row says which of its moments are in such a cell."""

import sqlalchemy as sa
from alembic import op

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pass_row", sa.Column("unread", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "set_aside",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("load_id", ROW_ID, nullable=False),
        sa.Column("sheet_id", ROW_ID),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
        comment="One cell that could not be read, of a row that was taken without it, as typed and masked",
    )
    op.create_index("ix_set_aside_load_id", "set_aside", ["load_id"])
