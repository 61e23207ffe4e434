"""What was only typed around a number of the register no longer tells letters apart: `13.` is 13.

A letter keeps its old key where another one of its year has the bare number already: the two were loaded as two.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DRESSED = re.compile(r"['’‘]?\s*(?:no(?:mor)?[\s.:]*)?(\d.*?)[\s.]*( \(\d\d?\))?")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
LOGS = ("pass_row", "session_row", "attendance_row", "check_row")


def bare(key: str) -> str:
    """The key without what stands around its number."""
    match = DRESSED.fullmatch(key)
    if match is None:
        return key
    number, mark = match.groups(default="")
    number = number.replace(".", "") if THOUSANDS.fullmatch(number) else number
    return (number.lstrip("0") or "0") + mark


def upgrade() -> None:
    connection = op.get_bind()
    years: dict[str, set[int]] = {}
    for year, key in connection.execute(sa.text("SELECT year, agenda_key FROM request")):
        years.setdefault(key, set()).add(year)
    for key in sorted(key for key in years if bare(key) != key):
        if years[key] & years.setdefault(bare(key), set()):
            continue
        years[bare(key)] |= years[key]
        for table in ("request", *LOGS):
            rename = sa.text(f"UPDATE {table} SET agenda_key = :bare WHERE agenda_key = :key")  # noqa: S608 – own names
            connection.execute(rename, {"bare": bare(key), "key": key})
