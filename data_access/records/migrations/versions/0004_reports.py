"""Published reports, SOP versions entered on the page, visits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _sop_versions()
    _published_reports()


def _sop_versions() -> None:
    op.create_table(
        "sop_version",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sop_version"),
        comment="One version of the SOP entered on a page, whole; of one date the newest is in force",
    )


def _published_reports() -> None:
    op.create_table(
        "published_report",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("replaces_id", ROW_ID),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("(edition = 1) = (replaces_id IS NULL)", name=op.f("ck_published_report_replaces")),
        sa.ForeignKeyConstraint(["replaces_id"], ["published_report.id"], name="fk_published_report_replaces_id"),
        sa.PrimaryKeyConstraint("id", name="pk_published_report"),
        comment="One edition of a period's report, whole, as it was published; only a newer edition takes its place",
    )
    op.create_index("ix_published_report_period_edition", "published_report", ["period", "edition"], unique=True)
