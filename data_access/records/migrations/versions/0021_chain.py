"""Every deed leaves a link of a chain, and what is repeated all the time is one entry of the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("position", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_chain_link"),
        comment="One deed or load: digests of the rows that it added, what it removed, and the seal of the link before",
    )
    op.add_column("audit", sa.Column("times", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("audit", sa.Column("last_at", sa.BigInteger()))
