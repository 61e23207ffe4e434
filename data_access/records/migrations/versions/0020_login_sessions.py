"""Sessions of users and bearers of codes, second factors, failed attempts to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", ROW_ID),
        sa.Column("code_id", ROW_ID),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_why", sa.Text()),
        sa.Column("browser", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.CheckConstraint("(user_id IS NULL) <> (code_id IS NULL)", name="ck_login_session_bearer"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_login_session_user_id"),
        sa.ForeignKeyConstraint(["code_id"], ["opd_code.id"], name="fk_login_session_code_id"),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
        comment="One session of a user, or of a bearer of an agency's code; it ends here, whatever cookie is shown",
    )
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])
    op.create_index("ix_login_session_begun_at", "login_session", ["begun_at"])
    op.create_table(
        "second_factor",
        sa.Column("user_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("last_step", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_second_factor_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
        comment="The one-time codes of a user: the secret follows from the nonce and the home's key",
    )
    op.create_table(
        "failed_login",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_failed_login"),
        comment="Failed attempts under one key (an account, an address, both, a device) since the first of them",
    )
    op.create_index("ix_failed_login_since_at", "failed_login", ["since_at"])
