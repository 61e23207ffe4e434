"""What the settings let go goes, is on record with how much, and the chain still agrees; what figures need stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from data_access.records import reading, writing
from data_access.records.access import REJECTS_DONE, note_action
from data_access.records.chain_check import verify
from data_access.records.copies import rows_of, tables_of
from data_access.records.letters import Scan, add_scan
from data_access.records.notices import put_notices
from data_access.records.schema import reject
from data_access.secret import seal_key
from etl.domain.units import DAY
from etl.intake.pipeline import apply_settings
from etl.keeping.retention import is_retention_due, run_retention
from etl.office import Office
from etl.settings.document import apply
from tests.books.moments import seconds
from tests.offices.bureau import LETTER, Bureau, bureau_of
from tests.offices.office import give_books
from tests.reading.audit import recent_actions

NOW = seconds("2026-11-30 09:00")
OLD = NOW - 400 * DAY
PLAN = '[retention]\naccess_log = "365d"\nscans = "1y"\nrejects = "90d"\n'


def give_old_things(office: Office, folder: Path) -> None:
    """A register with a rejected row that somebody is done with, an old scan and a new one, old entries of the log."""
    give_books(office, folder, {"agenda.csv": LETTER + "144;tidak;;;;;;;;\n"}, OLD)
    office.home.scans.mkdir(exist_ok=True)
    with writing(office.records) as connection:
        for name, at in (("lama.pdf", OLD), ("baru.pdf", NOW)):
            add_scan(connection, Scan(1, name, "pdf", "0" * 64, 8, at, "agendaris", "agendaris"))
            (office.home.scans / name).write_bytes(b"%PDF-1.7")
        note_action(connection, REJECTS_DONE, at=OLD, actor="agendaris", subject="load 1")
        note_action(connection, "login", at=OLD, actor="kadin")
        note_action(connection, "login", at=NOW, actor="kadin")
        for at in (OLD, NOW):
            put_notices(connection, [("late", f"A2 {at}", "webhook", {})], at)


@pytest.fixture
def kept(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """An office with things from a year ago; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server, give_old_things, now="2026-11-30 09:00") as made:
        yield made


def rows(office: Office) -> dict[str, int]:
    with reading(office.records) as connection:
        return rows_of(connection, tables_of(connection))


def faults(office: Office) -> list[Any]:
    with reading(office.records) as connection:
        return list(verify(connection, seal_key(office.home.secret_path)))


def test_by_default_only_the_access_log_is_bounded(kept: Bureau) -> None:
    assert is_retention_due(kept.office, NOW)
    before = rows(kept.office)
    gone = run_retention(kept.office, NOW)
    # the load of a year ago and the login; what was told of them
    assert gone == {"access_log": 2, "alerts": 1, "orphans": 0}
    after = rows(kept.office)
    changed = {name for name, count in before.items() if after[name] != count}
    assert changed == {"audit", "chain_link", "notice"}
    assert not is_retention_due(kept.office, NOW + DAY - 1)
    assert is_retention_due(kept.office, NOW + DAY)
    with writing(kept.office.records) as connection:
        note_action(connection, "backup", at=NOW + 31 * DAY)  # as the server does by itself
    assert not is_retention_due(kept.office, NOW + 31 * DAY)  # rather the clock stands ahead than nobody came
    assert faults(kept.office) == []


def test_what_the_settings_name_goes_with_its_files_and_is_on_record(kept: Bureau) -> None:
    office, before = kept.office, kept.sla("2026-09-01", "2026-09-30")
    apply_settings(office, lambda settings: apply(settings, PLAN, "kantor.toml"), NOW, actor="admin")
    stray, fresh = office.home.scans / "tak-bertuan.pdf", office.home.scans / "baru-datang.pdf"
    for path, at in ((stray, OLD), (fresh, NOW)):
        path.write_bytes(b"%PDF-1.7")
        os.utime(path, (at, at))
    gone = run_retention(office, NOW)
    assert (gone["scans"], gone["rejects"], gone["orphans"]) == (1, 1, 1)
    assert {path.name for path in office.home.scans.iterdir()} == {"baru.pdf", "baru-datang.pdf"}
    with reading(office.records) as connection:
        (entry,) = recent_actions(connection, 1)
    assert (entry.action, entry.detail["scans"]) == ("retention", {"count": 1, "before": NOW - 366 * DAY})
    assert faults(office) == []
    assert kept.sla("2026-09-01", "2026-09-30") == before
    (folder := office.home.root.parent / "lagi").mkdir()
    give_books(office, folder, {"agenda2.csv": LETTER + "155;tidak;;;;;;;;\n"}, NOW)  # the ids of what went come again
    assert faults(office) == []
    with office.records.connect() as connection, connection.begin():
        connection.execute(update(reject).values(load_id=1))
    assert "chain.rows_changed" in {fault.code for fault in faults(office)}
