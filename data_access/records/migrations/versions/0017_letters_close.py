"""A blank before the letter of a number no longer tells letters apart: `28 A` is 28a.

A letter keeps its old key where another one of its year has the new key already: the two were loaded as two.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LETTER_APART = re.compile(r"(?<=\d) +(?=[a-z](?: \(|$))")
LOGS = ("pass_row", "session_row", "attendance_row", "check_row")
SPACED = "agenda_key LIKE '% %'"


def close(key: str) -> str:
    """The key with the letter of its number right behind it."""
    return LETTER_APART.sub("", key)


def upgrade() -> None:
    connection = op.get_bind()
    years: dict[str, set[int]] = {}
    for year, key in connection.execute(sa.text("SELECT year, agenda_key FROM request")):
        years.setdefault(key, set()).add(year)
    for table in LOGS:  # rows that wait for their letter have no other place for its key
        waiting = f"SELECT DISTINCT agenda_key FROM {table} WHERE request_id IS NULL AND {SPACED}"  # noqa: S608 – own names
        for key in connection.execute(sa.text(waiting)).scalars():
            years.setdefault(key, set())
    for key in sorted(key for key in years if close(key) != key):
        if years[key] & years.setdefault(close(key), set()):
            continue
        years[close(key)] |= years[key]
        for table in ("request", *LOGS):
            rename = sa.text(f"UPDATE {table} SET agenda_key = :close WHERE agenda_key = :key")  # noqa: S608 – own names
            connection.execute(rename, {"close": close(key), "key": key})
