"""The chain covers who may come in, and to which letter what was decided belongs: a link tells what is there.

A home without a chain needs none: its first link tells what was there before.
"""

import sqlalchemy as sa
from alembic import op

from data_access.records.bulk import written_in

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

NOW_COVERED = (
    ("user", "user", "id"),
    ("second_factor", "second_factor", "user_id"),
    ("opd_code", "opd_code", "id"),
    ("one_time_link", "one_time_link", "id"),
    ("device", "device", "id"),
    ("letter_receipt_letter", "letter_receipt", "id"),
    ("letter_deed_letter", "letter_deed", "id"),
    ("scan_letter", "scan", "id"),
    ("page_correction_letter", "page_correction", "id"),
    ("condition_report_letter", "condition_report", "id"),
)
"""What is covered from now on: its name, its table, and the number of its rows."""


def upgrade() -> None:
    connection = op.get_bind()
    written = written_in(connection)
    if written is None or connection.execute(sa.text("SELECT max(position) FROM chain_link")).scalar() is None:
        return
    written.at = connection.execute(sa.text("SELECT max(at) FROM chain_link")).scalar_one()
    for name, table, number in NOW_COVERED:
        ids = connection.execute(sa.text(f'SELECT {number} FROM "{table}"')).scalars().all()  # noqa: S608 – names above
        if ids:
            written.added[name] = list(ids)
