"""Who users are at a provider of identities (OpenID Connect)."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "login_identity",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_login_identity_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_login_identity"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_login_identity_user_id_issuer"),
        sa.UniqueConstraint("issuer", "subject_hash", name="uq_login_identity_issuer_subject_hash"),
        comment="Who a user is at a provider of identities: one person there is one user here",
    )
