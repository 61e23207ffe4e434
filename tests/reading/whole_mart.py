"""All that a mart holds, to be compared with another one."""

from __future__ import annotations

from data_access.mart.schema import TABLES
from tests.offices.bureau import Bureau

APART = {"session_id", "check_id", "request_id", "target_row_id", "load_id", "corrected_at"}


def whole_mart(bureau: Bureau) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows, sorted, but for numbers of rows and loads, and moments of loading."""
    snapshot = bureau.office.mart.read()
    letters = {row["request_id"]: row["agenda_key"] for row in snapshot.rows("SELECT * FROM request_fact")}
    tables = {}
    for name in TABLES:
        rows = snapshot.rows(f"SELECT * FROM {name}")  # noqa: S608 – own names
        plain = [(letters.get(r.get("request_id")), *(v for key, v in r.items() if key not in APART)) for r in rows]
        tables[name] = sorted(plain, key=repr)
    return tables
