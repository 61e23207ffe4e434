"""Records of every form that this code ever wrote come up whole, with the figures of the same books today."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from data_access.home import Home
from data_access.records import SchemaState, migrate
from data_access.records.schema import HEAD_REVISION
from etl.judging.publishing import catch_up
from tests.offices.bureau import Bureau
from tests.offices.earlier_records import REVISIONS, Rows, kept_rows, write_records
from tests.serving.databases import opened, own_database

LETTERS = {"144.": "144", "145 a": "145a", "146)": "146"}
"""Numbers that were told apart by what is typed around them, and what they are today."""

A4_SECONDS = {"143": 240, "144": 2100, "145a": 240, "146": None, "147": None}
"""What the books say: from A3 to A4, 08.12 to 08.16 or to 08.47; two letters never came there."""


def as_numbered_today(rows: Rows) -> Rows:
    """The rows with the numbers that their letters have today."""
    return {
        name: [{k: LETTERS.get(v, v) if k == "agenda_key" else v for k, v in row.items()} for row in table]
        for name, table in rows.items()
    }


STATES = [(None, revision) for revision in REVISIONS] + [("postgresql", revision) for revision in REVISIONS[::4]]
"""From the first one on PostgreSQL every migration meets rows; the others bring those of tables that came later."""


@pytest.mark.parametrize(("store", "revision"), STATES, ids=[f"{store or 'sqlite'}-{name}" for store, name in STATES])
def test_records_of_an_earlier_form_lose_nothing_and_give_the_figures_of_their_books(
    tmp_path: Path, store: str | None, revision: str, request: pytest.FixtureRequest
) -> None:
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{Home(tmp_path / 'home').make().records_path}"
        if store is not None:
            url = stack.enter_context(own_database(request.getfixturevalue("postgresql_server"), "template1"))
        engine = stack.enter_context(opened(url))
        before = write_records(engine, revision)
        was = migrate(engine)
        assert was is (SchemaState.CURRENT if revision == HEAD_REVISION else SchemaState.BEHIND)
        assert kept_rows(engine, before) == as_numbered_today(before)
        bureau = Bureau(tmp_path, database_url=url)
        stack.callback(bureau.close)
        catch_up(bureau.office, bureau.clock())
        assert {letter: bureau.step(f"2026/{letter}", "A4")["elapsed_seconds"] for letter in A4_SECONDS} == A4_SECONDS
        assert [use["started_at"] for use in bureau.case("2026/143")["sessions"]] == ["2026-09-10T09:05:00+07:00"]


def test_every_form_since_the_first_has_its_records_here() -> None:
    forms = {f"{number:04}" for number in range(1, 27)} - {"0023"}  # there was none of that number
    assert {*REVISIONS} >= forms - {"0003", "0004", "0005"}  # these three came together with 0006
