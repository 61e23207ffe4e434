"""Marks behind a number, and brackets around its letter, no longer tell letters apart: `2)` is 2, `7 (A)` is 7a.

A letter keeps its old key where another one of its year has the new key already: the two were loaded as two.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LETTER_IN_BRACKETS = re.compile(r"(?<=\d)\s*\(\s*([a-z])\s*\)(?= \(\d\d?\)$|$)")
NUMBER = re.compile(r"((?:-\d\d/)?)['’‘#*]?\s*(\d[^(]*?)((?: \(\d\d?\))?)")
MARKS_BEHIND = re.compile(r"[\s.]*[)*^,;:#'’\"_/–—-][\s.)*^,;:#'’\"_/–—-]*$")
ZEROS = re.compile(r"^0+(?=\d)")
LOGS = ("pass_row", "session_row", "attendance_row", "check_row")
NAMED = "agenda_key IS NOT NULL"


def bare(key: str) -> str:
    """The key without marks around its number and brackets around its letter."""
    match = NUMBER.fullmatch(LETTER_IN_BRACKETS.sub(r"\1", key))
    if match is None:
        return key
    month, number, further = match.groups()
    return month + ZEROS.sub("", MARKS_BEHIND.sub("", number)) + further


def upgrade() -> None:
    connection = op.get_bind()
    years: dict[str, set[int]] = {}
    for year, key in connection.execute(sa.text("SELECT year, agenda_key FROM request")):
        years.setdefault(key, set()).add(year)
    for table in LOGS:  # rows that wait for their letter have no other place for its key
        waiting = f"SELECT DISTINCT agenda_key FROM {table} WHERE request_id IS NULL AND {NAMED}"  # noqa: S608 – own names
        for key in connection.execute(sa.text(waiting)).scalars():
            years.setdefault(key, set())
    for key in sorted(key for key in years if bare(key) != key):
        if years[key] & years.setdefault(bare(key), set()):
            continue
        years[bare(key)] |= years[key]
        for table in ("request", *LOGS):
            rename = sa.text(f"UPDATE {table} SET agenda_key = :bare WHERE agenda_key = :key")  # noqa: S608 – own names
            connection.execute(rename, {"bare": bare(key), "key": key})
