"""Bringing the records to the form this code expects, on SQLite and on PostgreSQL."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import data_access.records.migrations
from data_access.records import RecordsError, SchemaState, migrate, open_records, reading, schema_state, writing
from data_access.records.schema import HEAD_REVISION, metadata
from tests.reading.refusals import says
from tests.serving.databases import opened

MIGRATE = "import sys; from data_access.records import *; print(migrate(open_records(sys.argv[1])))"


def test_an_empty_database_becomes_current(empty_records_url: str) -> None:
    with opened(empty_records_url) as engine:
        before = schema_state(engine)
        migrate(engine)
        assert (before, schema_state(engine)) == (SchemaState.EMPTY, SchemaState.CURRENT)


def test_asking_for_the_state_makes_no_file(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'none.sqlite'}") as engine:
        schema_state(engine)
    assert list(tmp_path.iterdir()) == []


def test_migrating_again_changes_nothing(empty_records_url: str) -> None:
    with opened(empty_records_url) as engine:
        migrate(engine)
        assert migrate(engine) is SchemaState.CURRENT


def test_the_migrations_lead_to_exactly_the_tables_that_the_code_declares(records_engine) -> None:
    with reading(records_engine) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "pantau_version"})
        assert compare_metadata(context, metadata) == []


def test_the_code_names_the_newest_migration() -> None:
    folder = Path(data_access.records.migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD_REVISION


def test_two_processes_may_migrate_at_once(empty_records_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty_records_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    faults = [process.communicate(timeout=60)[1] for process in started]
    assert ([process.returncode for process in started], faults) == ([0, 0, 0], ["", "", ""])


def test_records_of_a_newer_pantau_are_left_alone(records_engine) -> None:
    with writing(records_engine) as connection:
        connection.execute(text("UPDATE pantau_version SET version_num = '0999'"))
    with pytest.raises(RecordsError, check=says("ditulis pantau yang lebih baru; pasang pantau versi terbaru")):
        migrate(records_engine)
    assert schema_state(records_engine) is SchemaState.AHEAD


def test_a_database_of_another_program_is_left_alone(empty_records_url: str) -> None:
    with opened(empty_records_url) as engine:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE tbl_surat_masuk (id INTEGER)"))
        with pytest.raises(RecordsError, check=says("berisi tabel program lain; beri basis data yang masih kosong")):
            migrate(engine)
        assert schema_state(engine) is SchemaState.FOREIGN


def test_a_migration_that_fails_leaves_the_database_empty(empty_records_url: str, monkeypatch) -> None:
    from alembic import op

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with opened(empty_records_url) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(op, "create_index", fail)
            with pytest.raises(RuntimeError, match="power cut"):
                migrate(engine)
        assert schema_state(engine) is SchemaState.EMPTY


def test_sqlite_records_outlive_a_power_cut_and_never_block_readers(tmp_path: Path) -> None:
    engine = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}")
    migrate(engine)
    with reading(engine) as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def _upgrade_to(connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": "pantau_version"})
    folder = Path(data_access.records.migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)


def test_records_of_the_first_form_keep_their_rows(empty_records_url: str) -> None:
    with opened(empty_records_url) as engine:
        with writing(engine) as connection:
            _upgrade_to(connection, "0001")
            connection.execute(
                text(
                    "INSERT INTO pass_row (id, load_id, sheet_id, row, agenda_key, step) VALUES (1, 1, 1, 2, '143', 3)"
                )
            )
        before = migrate(engine)
        with reading(engine) as connection:
            kept = connection.execute(text("SELECT agenda_key, step, suspicion FROM pass_row")).all()
    assert (before, kept) == (SchemaState.BEHIND, [("143", 3, 0)])


def test_letters_whose_numbers_were_told_apart_by_what_is_typed_around_them_get_their_number(
    empty_records_url: str,
) -> None:
    letters = [(1, "13."), (2, "no. 14"), (3, "1.046"), (4, "15"), (5, "15."), (6, "13.a"), (7, "13. (2)"), (8, "16")]
    with opened(empty_records_url) as engine:
        with writing(engine) as connection:
            _upgrade_to(connection, "0013")
            for number, key in letters:
                for row in (
                    "INSERT INTO request (id, year, agenda_key) VALUES (:id, 2026, :key)",
                    "INSERT INTO pass_row (id, load_id, sheet_id, row, agenda_key, step) "
                    "VALUES (:id, 1, 1, :id, :key, 3)",
                ):
                    connection.execute(text(row), {"id": number, "key": key})
        migrate(engine)
        with reading(engine) as connection:
            kept = [
                connection.execute(text(asked)).scalars().all()
                for asked in (
                    "SELECT agenda_key FROM request ORDER BY id",
                    "SELECT agenda_key FROM pass_row ORDER BY id",
                )
            ]
    assert kept == [["13", "14", "1046", "15", "15.", "13.a", "13 (2)", "16"]] * 2


@pytest.mark.parametrize(
    ("revision", "letters", "waiting"),
    [
        (
            "0016",
            [(2026, "28 a", "28a"), (2026, "29 a (2)", "29a (2)"), (2026, "30 a", "30 a"), (2026, "30a", "30a"),
             (2026, "28 ab", "28 ab"), (2025, "28 a", "28a"), (2026, "-02/3 b", "-02/3b"), (2026, "31", "31")],
            ("40 c", "40c"),
        ),
        (
            "0017",
            [(2026, "2)", "2"), (2026, "10*", "10"), (2026, "11-", "11-"), (2026, "11", "11"), (2026, "7 (a)", "7a"),
             (2025, "2)", "2"), (2026, "-02/3)", "-02/3"), (2026, "21 (2)", "21 (2)"), (2026, "#017", "17"),
             (2026, "5/13/2026", "5/13/2026"), (2026, "0a", "0a")],
            ("40 (c)", "40c"),
        ),
    ],
    ids=["a blank before the letter", "marks around the number"],
)  # fmt: skip
def test_letters_get_their_number_without_what_no_longer_tells_letters_apart(
    empty_records_url: str, revision: str, letters: list[tuple[int, str, str]], waiting: tuple[str, str]
) -> None:
    letter = "INSERT INTO request (id, year, agenda_key) VALUES (:id, :year, :key)"
    handover = (
        "INSERT INTO pass_row (id, load_id, sheet_id, row, agenda_key, step, request_id) "
        "VALUES (:id, 1, 1, :id, :key, 3, :letter)"
    )
    with opened(empty_records_url) as engine:
        with writing(engine) as connection:
            _upgrade_to(connection, revision)
            for number, (year, key, _) in enumerate(letters, start=1):
                connection.execute(text(letter), {"id": number, "year": year, "key": key})
                connection.execute(text(handover), {"id": number, "key": key, "letter": number})
            connection.execute(text(handover), {"id": len(letters) + 1, "key": waiting[0], "letter": None})
        before = migrate(engine)
        with reading(engine) as connection:
            kept, passed = (
                connection.execute(text(statement)).scalars().all()
                for statement in (
                    "SELECT agenda_key FROM request ORDER BY id",
                    "SELECT agenda_key FROM pass_row ORDER BY id",
                )
            )
    numbers = [meant for _, _, meant in letters]
    assert (before, kept, passed) == (SchemaState.BEHIND, numbers, [*numbers, waiting[1]])
