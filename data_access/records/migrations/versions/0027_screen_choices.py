"""What each wall screen shows: its language, its views and its rooms, as it was chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "screen_choice",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("device_id", ROW_ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("views", sa.Text(), nullable=False),
        sa.Column("rooms", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_screen_choice_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screen_choice"),
        comment="What a wall screen shows from then on; of one screen the newest row holds",
    )
