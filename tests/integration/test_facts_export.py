"""Facts as Parquet: the same verdicts as the pages, nothing of persons, one folder whole or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import parquet

from data_access.errors import PantauError
from etl.judging.publishing import catch_up
from etl.keeping.facts_export import export_facts
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.september import give_letters

NOW = seconds("2026-09-30 09:00")
PERSONAL = {
    "subject",
    "activity",
    "note",
    "instruction",
    "screened",
    "passed",
    "failed",
    "status_text",
    "actor",
    "file",
}


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """The office of September."""
    with bureau_of(Bureau, tmp_path, None, give_letters) as made:
        yield made


def asked(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(statement.format(folder=folder)).fetchall()


def test_other_tools_read_the_verdicts_of_the_pages(bureau: Bureau, tmp_path: Path) -> None:
    folder = tmp_path / "fakta's"
    rows = export_facts(bureau.office, folder, NOW)
    assert {path.stem: parquet.read_metadata(path).num_rows for path in folder.iterdir()} == rows
    assert (rows["requests"], rows["steps"], rows["sessions"], rows["bookings"]) == (5, 5 * 13, 1, 5)
    own = tmp_path / "fakta"
    folder.rename(own)
    counted = asked(
        own,
        "SELECT step, count(*) FILTER (verdict = 'MET'), count(*) FILTER (verdict = 'LATE') "
        "FROM '{folder}/steps.parquet' GROUP BY step ORDER BY step",
    )
    shown = bureau.sla("2026-09-01", "2026-09-30")["steps"]
    assert [(step["step"], step["met"], step["late"]) for step in shown] == counted
    ((received, opd, kind),) = asked(
        own,
        "SELECT epoch(received_at)::BIGINT, opd, typeof(received_on) FROM '{folder}/requests.parquet' "
        "WHERE agenda_number = '143'",
    )
    assert (datetime.fromtimestamp(received, UTC), opd, kind) == (
        datetime(2026, 9, 7, 1, tzinfo=UTC), "Dinas Kesehatan", "DATE"
    )  # fmt: skip


def test_what_can_still_change_says_so(bureau: Bureau, tmp_path: Path) -> None:
    export_facts(bureau.office, tmp_path / "fakta", NOW)
    running = asked(
        tmp_path / "fakta",
        "SELECT is_final, outcome, step, verdict FROM '{folder}/steps.parquet' JOIN '{folder}/requests.parquet' "
        "USING (request_id) WHERE agenda_number = '147' AND step IN ('A2', 'A3') ORDER BY step",
    )
    assert running == [(False, "running", "A2", "MET"), (False, "running", "A3", "OVERDUE")]


def test_no_column_holds_a_person(bureau: Bureau, tmp_path: Path) -> None:
    bureau.give(agenda("148;30/09/2026;08.00;Sdr. Budi Santoso;Permohonan data"), "susulan.csv")
    catch_up(bureau.office, NOW)
    export_facts(bureau.office, tmp_path / "fakta", NOW)
    columns = {name for path in (tmp_path / "fakta").iterdir() for name in parquet.read_schema(path).names}
    assert columns & PERSONAL == set()
    senders = "SELECT DISTINCT opd FROM '{folder}/requests.parquet' ORDER BY opd NULLS LAST"
    assert asked(tmp_path / "fakta", senders) == [
        ("Dinas Kesehatan",), ("Dinas Pendidikan, Pemuda dan Olahraga",), ("Inspektorat",), (None,)
    ]  # fmt: skip


def test_a_folder_that_holds_something_is_left_alone(bureau: Bureau, tmp_path: Path) -> None:
    folder = tmp_path / "penuh"
    folder.mkdir()
    (folder / "milik.txt").write_text("milik orang")
    with pytest.raises(PantauError) as refusal:
        export_facts(bureau.office, folder, NOW)
    assert refusal.value.code == "export.not_empty"
    assert [path.name for path in folder.iterdir()] == ["milik.txt"]
