"""A database that cannot serve is answered with one sentence that says what to do."""

import socket
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, select
from sqlalchemy.exc import DBAPIError, ProgrammingError

from dashboard.i18n import sentence
from data_access.home import Home
from data_access.records import (
    RecordsError,
    migrate,
    one_load,
    open_records,
    reading,
    records_url,
    schema_state,
    writing,
)
from data_access.records.engine import encryption, explained, shown
from data_access.records.schema import request
from tests.books.record_rows import add_passes, start_load, waiting_passes
from tests.reading.refusals import says
from tests.serving.databases import database_url, migrated_postgresql, opened


def refusal(url: str) -> str:
    with opened(url) as engine, pytest.raises(RecordsError) as refused:
        migrate(engine)
    return sentence(refused.value)


def test_without_a_url_the_records_lie_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "a folder with % and ?")
    assert make_url(records_url(home, None)).database == str(home.records_path)


def test_a_home_with_odd_signs_in_its_name_works(tmp_path: Path) -> None:
    home = Home(tmp_path / "rumah 100% & ?#").make()
    with opened(records_url(home, None)) as engine:
        migrate(engine)
    assert home.records_path.exists()


def test_a_url_given_wins(tmp_path: Path) -> None:
    assert records_url(Home(tmp_path), "postgresql://server/pantau") == "postgresql://server/pantau"


@pytest.mark.parametrize("url", ["mysql://pantau:rahasia@server/x", "sqlite://", "sqlite:///:memory:", "pantau", ""])
def test_anything_but_a_file_or_postgresql_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(RecordsError, check=says("postgresql://")) as refused:
        open_records(url)
    assert "rahasia" not in sentence(refused.value)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    sentence = refusal("postgresql://pantau:rahasia@127.0.0.1:1/pantau?sslpassword=rahasia2")
    assert sentence == (
        "Catatan di postgresql+psycopg://pantau:***@127.0.0.1:1/pantau tidak dapat dihubungi; "
        "periksa apakah server PostgreSQL menyala dan alamatnya benar."
    )


def test_a_server_name_that_nobody_knows_is_a_server_that_does_not_answer() -> None:
    assert "tidak dapat dihubungi" in refusal("postgres://pantau@server.invalid/pantau")


@pytest.mark.parametrize(
    ("url", "is_forced"),
    [
        ("postgresql://pantau@basisdata.kantor.go.id/pantau", True),
        ("postgresql://pantau@10.0.0.5/pantau", True),
        ("postgresql:///pantau?host=satu.go.id:5432&host=127.0.0.1", True),
        ("postgresql://pantau@localhost/pantau?hostaddr=10.0.0.5", True),
        ("postgresql://pantau@/pantau?host=@pantau", False),
        ("postgresql://pantau@10.0.0.5/pantau?sslmode=verify-full", False),
        ("postgresql://pantau@10.0.0.5/pantau?sslmode=disable", False),
        ("postgresql://pantau@127.0.0.1/pantau", False),
        ("postgresql:///pantau?host=127.0.0.1:5432&host=[::1]:5433", False),
        ("postgresql:///pantau?host=/run/postgresql", False),
        ("postgresql:///pantau", False),
    ],
)
def test_a_database_on_another_machine_is_reached_by_tls_unless_its_address_says_how(
    url: str, is_forced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encryption(make_url(url)) == ({"sslmode": "require"} if is_forced else {})
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert encryption(make_url(url)) == {}


def test_a_server_without_tls_is_told_by_what_is_to_be_done() -> None:
    def answer(listener: socket.socket) -> None:
        with listener.accept()[0] as line:
            line.recv(8)
            line.sendall(b"N")  # what a server without TLS says to the question for it

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=answer, args=(listener,))
        server.start()
        told = refusal(f"postgresql://pantau@127.0.0.1:{listener.getsockname()[1]}/pantau?sslmode=require")
        server.join()
    assert "tidak dapat dihubungi dengan TLS; nyalakan ssl" in told


def test_a_database_that_was_never_made_is_said_to_be_missing(postgresql_server: str) -> None:
    assert "tidak ada; buat basis datanya dahulu" in refusal(database_url(postgresql_server, "belum_dibuat"))


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"No. Agenda;Tanggal Terima\n" * 100)
    assert refusal(f"sqlite:///{path}") == (
        f"Catatan di {path} bukan berkas catatan pantau atau rusak; "
        "pulihkan dari cadangan terakhir atau pindahkan berkas itu."
    )
    assert path.read_bytes() == b"No. Agenda;Tanggal Terima\n" * 100


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with opened(f"sqlite:///{path}") as engine:
        migrate(engine)
        with one_load(engine) as connection:
            add_passes(connection, start_load(connection), *[{"note": "x" * 200}] * 500)
    content = path.read_bytes()
    path.write_bytes(content[: 4096 * 8] + b"\xff" * (len(content) - 4096 * 8))
    damaged = pytest.raises(RecordsError, check=says("rusak; pulihkan dari cadangan terakhir"))
    with opened(f"sqlite:///{path}") as engine, damaged, reading(engine) as connection:
        waiting_passes(connection)


def test_records_that_may_only_be_read_can_be_read_and_say_so_when_written(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with opened(f"sqlite:///{path}") as engine:
        migrate(engine)
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as engine:
        assert schema_state(engine) == "current"
        with (
            pytest.raises(RecordsError, check=says("hanya dapat dibaca; beri izin tulis")),
            one_load(engine) as connection,
        ):
            start_load(connection)


def test_postgresql_records_that_may_only_be_read_say_so_when_written(postgresql_server) -> None:
    migrated = database_url(postgresql_server, migrated_postgresql(postgresql_server))
    url = f"{migrated}&options=-cdefault_transaction_read_only%3Don"
    refused = pytest.raises(RecordsError, check=says("hanya dapat dibaca"))
    with opened(url) as engine, refused, one_load(engine) as connection:
        start_load(connection)


def test_a_folder_that_does_not_exist_is_said_to_be_missing(tmp_path: Path) -> None:
    sentence = refusal(f"sqlite:///{tmp_path / 'none' / 'records.sqlite'}")
    assert "tidak dapat dibuka; periksa apakah foldernya ada dan dapat ditulisi" in sentence


def test_a_full_disk_takes_nothing_of_a_load(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'records.sqlite'}") as engine:
        migrate(engine)
        with pytest.raises(RecordsError, check=says("penyimpanan penuh")):
            load_onto_a_full_disk(engine)
        with reading(engine) as connection:
            assert waiting_passes(connection).empty


def load_onto_a_full_disk(engine: Engine) -> None:
    with one_load(engine) as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use already
        add_passes(connection, start_load(connection), *[{"note": "x" * 200}] * 5000)


def test_a_mistake_of_ours_is_not_dressed_up_as_a_fault_of_the_database(records_engine) -> None:
    bare = pytest.raises(DBAPIError, match="tabel_yang_tidak_ada")
    with bare, writing(records_engine) as connection:
        connection.exec_driver_sql("SELECT * FROM tabel_yang_tidak_ada")


def test_a_fault_without_a_known_name_is_not_explained() -> None:
    fault = ProgrammingError("SELECT", {}, sqlite3.ProgrammingError("?"))
    assert explained(make_url("sqlite:///x"), fault) is None


def test_an_address_is_shown_without_its_secrets() -> None:
    url = make_url("postgresql://pantau:rahasia@server/pantau?sslpassword=a&passfile=b&sslmode=require")
    assert shown(url) == "postgresql://pantau:***@server/pantau?sslmode=require"


def test_opening_connects_to_nothing(tmp_path: Path) -> None:
    open_records(f"sqlite:///{tmp_path / 'records.sqlite'}").dispose()
    assert list(tmp_path.iterdir()) == []


def test_a_connection_lost_between_two_questions_is_made_again(postgresql_server) -> None:
    url = database_url(postgresql_server, migrated_postgresql(postgresql_server))
    with opened(url) as engine, opened(postgresql_server) as admin:
        with reading(engine) as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with writing(admin) as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        with reading(engine) as connection:
            assert connection.execute(select(request.c.id)).all() == []
