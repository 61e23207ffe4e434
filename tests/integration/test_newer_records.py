"""Records that a newer pantau has migrated are left alone: by every command, by the server, and by a server of before
that still runs beside the newer one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from data_access.home import Home
from data_access.records import RecordsError, migrate, one_load, reading, writing
from data_access.records.intake.loads import last_load_id
from etl.judging.publishing import catch_up
from etl.keeping.health import vital_signs
from tests.offices.bureau import LETTER, Bureau, bureau_of, give_letter
from tests.reading.refusals import says
from tests.serving.command_line import pantau, process

NEWER = "lebih baru"

COMMANDS = {
    "ingest": "BUKU", "watch": "--once", "case": "2026/143", "report": "sla --period 2026-09 --out LUAR",
    "export": "--parquet LUAR", "rebuild": "", "schedule": "BUKU --out LUAR",
    "figures sla": "--from 2026-09-01 --to 2026-09-30", "figures conditions": "--from 2026-09-01 --to 2026-09-30",
    "figures rooms": "--from 2026-09-01 --to 2026-09-30", "figures participants": "--from 2026-09-01 --to 2026-09-30",
    "condition add": "--room Aula", "settings show": "", "settings apply": "BUKU", "user add": "rina --role kadin",
    "user list": "", "user password": "rina", "user link": "rina", "user role": "rina kadin", "user opd": "rina Dinkes",
    "user enable": "rina", "user totp-off": "rina", "user unbind": "rina",
    "user disable": "rina", "screen add": "Loket", "screen list": "",
    "user email": "rina", "screen revoke": "1", "opd-code add": "Dinkes --until 2026-12-31",
    "opd-code list": "", "opd-code end": "1",
}  # fmt: skip
"""All but those that open no records (`demo`, `clock`), that copy whatever is there (`backup`) or move it aside
(`restore`), and `serve` and `check`, which have a test of their own."""


def move_on(engine: Engine) -> None:
    """What a newer pantau leaves behind: a form that this one does not know."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit ADD COLUMN dari_versi_baru TEXT"))
        connection.execute(text("UPDATE pantau_version SET version_num = '0999'"))


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file; what SQLite and locks lay beside them for a while is nobody's content."""
    passing = ("-wal", "-shm", ".lock")
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing)]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a letter, as a newer pantau left it."""
    folder = tmp_path_factory.mktemp("newer")
    with bureau_of(Bureau, folder, None, give_letter) as made:
        move_on(made.office.records)
    (folder / "buku.csv").write_text(LETTER, encoding="utf-8")
    return Home(folder / "home")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_an_older_pantau_refuses_and_touches_nothing(home: Home, tmp_path: Path, command: str) -> None:
    before = contents(home.root)
    places = {"BUKU": home.root.parent / "buku.csv", "LUAR": tmp_path / "keluar.pdf"}
    words = [places.get(word, word) for word in f"{command} {COMMANDS[command]}".split()]
    refused = pantau(*words, "--home", home.root)
    assert (refused.code, NEWER in refused.err, refused.out) == (2, True, "")
    assert contents(home.root) == before
    assert not places["LUAR"].exists()


def test_check_and_the_server_say_so_too(home: Home) -> None:
    before = contents(home.root)
    checked = pantau("check", "--home", home.root)
    served = process("serve", "--home", home.root, "--port", "1")
    assert (checked.code, NEWER in checked.out) == (2, True)
    assert (served.code, NEWER in served.err) == (2, True)
    assert contents(home.root) == before


def test_a_server_of_before_goes_on_reading_and_writes_nothing(registered: Bureau) -> None:
    office, newer = registered.office, says(NEWER)
    move_on(office.records)
    with pytest.raises(RecordsError, check=newer), writing(office.records) as connection:
        connection.execute(text("DELETE FROM request"))
    with pytest.raises(RecordsError, check=newer), one_load(office.records) as connection:
        connection.execute(text("DELETE FROM request"))
    with pytest.raises(RecordsError, check=newer):
        catch_up(office, registered.clock(), from_scratch=True)
    with pytest.raises(RecordsError, check=newer):
        migrate(office.records)
    with reading(office.records) as connection:
        assert last_load_id(connection) == 1
    assert registered.case("2026/143")["request"]["agenda_number"] == "143"
    assert vital_signs(office)["status"] == "error"


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_no_migration_begins_while_somebody_writes(registered: Bureau) -> None:
    alone = text("LOCK TABLE pantau_version IN ACCESS EXCLUSIVE MODE NOWAIT")
    records = registered.office.records
    with writing(records), records.connect() as newer, pytest.raises(Exception) as refused:  # noqa: PT011 – its cause
        newer.execute(alone)
    assert isinstance(refused.value.__cause__, psycopg.errors.LockNotAvailable)
    with records.begin() as newer:
        newer.execute(alone)
