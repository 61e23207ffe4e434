"""What is wrong with a database source is one sentence and exit code 2; nothing is changed, here or there."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from dashboard.i18n import sentence
from data_access.sources import Query, SourceError, address, open_rows
from tests.books.foreign import Foreign, foreign_postgresql, foreign_sqlite
from tests.reading.refusals import says
from tests.serving.command_line import Desk
from tests.serving.databases import own_database, run_on_server

SECRET = "rahasia-sekali"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Foreign]:
    with foreign_sqlite(tmp_path) as made:
        monkeypatch.setenv("ESURAT_URL", made.url)
        made.letter(1)
        yield made


@pytest.fixture
def next_door(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Foreign]:
    with own_database(postgresql_server, "template1") as url, foreign_postgresql(url) as made:
        monkeypatch.setenv("ESURAT_URL", url)
        made.letter(1)
        yield made


def refusal(desk: Desk, name: str = "e-surat") -> str:
    """The sentence with which `pantau ingest --source` refuses."""
    told = desk.run("ingest", "--source", name, "--json")
    assert (told.code, told.load["status"], told.counts) == (2, "refused", (0, 0, 0, 0, 0, 0))
    assert SECRET not in told.out + told.err
    reason: str = told.load["reason"]
    assert reason.startswith(f'Sumber "{name}"')
    assert "\n" not in reason
    assert "Traceback" not in told.err
    return reason


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ADDRESSES = [
    ("", "variabel lingkungan ESURAT_URL belum diisi"),
    (f"bukan alamat {SECRET}", "bukan alamat basis data"),
    (f"mysql://kita:{SECRET}@127.0.0.1:NOBODY/esurat", "tidak dapat dihubungi"),
    (f"mysql+mysqldb://kita:{SECRET}@127.0.0.1/esurat", 'penggerak basis data "mysql+mysqldb"'),
    (f"mssql+pyodbc://kita:{SECRET}@server/esurat", "tidak terpasang"),
    (f"cobol://kita:{SECRET}@server/esurat", "tidak terpasang"),
    (f"postgresql://kita:{SECRET}@127.0.0.1:NOBODY/esurat", "tidak dapat dihubungi"),
    ("sqlite:////tidak/ada/esurat.db", "berkas SQLite /tidak/ada/esurat.db tidak ada"),
    ("sqlite://", "tidak menyebut berkas"),
]


@pytest.mark.parametrize(("value", "words"), ADDRESSES)
def test_an_address_that_leads_nowhere(
    desk: Desk, foreign: Foreign, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    assert desk.settle(foreign.letters_source()).code == 0
    monkeypatch.setenv("ESURAT_URL", value.replace("NOBODY", str(closed_port())))
    assert words in refusal(desk)


def test_a_variable_that_is_not_set_is_named(desk: Desk, foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.settle(foreign.letters_source())
    monkeypatch.delenv("ESURAT_URL")
    assert "ESURAT_URL belum diisi" in refusal(desk)


def test_a_file_that_is_no_database(desk: Desk, foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.settle(foreign.letters_source())
    monkeypatch.setenv("ESURAT_URL", f"sqlite:///{desk.file('x' * 5_000, 'lain.db')}")
    assert "bukan SQLite" in refusal(desk)


QUERIES = [
    ("SELECT * FROM tbl_tidak_ada WHERE id > :cursor", "tbl_tidak_ada"),
    ("SELECT id, kolom_asing FROM tbl_surat_masuk WHERE id > :cursor", "kolom_asing"),
    ("SELECT id FROM tbl_surat_masuk WHERE WHERE id > :cursor", "WHERE"),
    ("SELECT no_agenda FROM tbl_surat_masuk WHERE id > :cursor", 'kolom cursor "id"'),
    ("SELECT id, no_agenda FROM tbl_surat_masuk WHERE id > :cursor", "tgl, asal_surat"),
    ("SELECT id FROM tbl_surat_masuk WHERE id > :cursor AND perihal = :isi", ":isi"),
]
PLAIN = """
[[source]]
name = "e-surat"
kind = "permohonan"
url_env = "ESURAT_URL"
query = "{query}"
cursor = "id"
columns = {{ no_agenda = "no_agenda", tgl_terima = "tgl", asal = "asal_surat" }}
"""


@pytest.mark.parametrize(("query", "words"), QUERIES)
def test_a_query_that_does_not_fit_on_sqlite(desk: Desk, foreign: Foreign, query: str, words: str) -> None:
    assert desk.settle(PLAIN.format(query=query)).code == 0
    assert words in refusal(desk)
    assert foreign.url not in refusal(desk)


@pytest.mark.parametrize(("query", "words"), [*QUERIES, ("SELECT id, CAST(perihal AS INTEGER) AS tgl FROM "
                         "tbl_surat_masuk WHERE id > :cursor", "gagal membaca salah satu nilai")])  # fmt: skip
def test_a_query_that_does_not_fit_on_postgresql(desk: Desk, next_door: Foreign, query: str, words: str) -> None:
    assert desk.settle(PLAIN.format(query=query)).code == 0
    said = refusal(desk)
    assert words in said
    assert "Rapat" not in said


def test_rights_passwords_and_databases_that_are_wanting_on_postgresql(
    desk: Desk, next_door: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settle(next_door.letters_source())
    url = make_url(next_door.url)
    monkeypatch.setenv("ESURAT_URL", url.set(database="tidak_ada").render_as_string(hide_password=False))
    assert "tidak ada; periksa nama basis data" in refusal(desk)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    run_on_server(server, f"CREATE ROLE tamu LOGIN PASSWORD '{SECRET}'")
    try:
        monkeypatch.setenv("ESURAT_URL", url.set(username="tamu").render_as_string(hide_password=False))
        assert "hak SELECT" in refusal(desk)
    finally:
        run_on_server(server, "DROP ROLE tamu")
    monkeypatch.setenv("ESURAT_URL", url.set(username="siapa").render_as_string(hide_password=False))
    assert "ESURAT_URL" in refusal(desk)


def test_nothing_can_be_written_there(foreign: Foreign, next_door: Foreign) -> None:
    for made in (foreign, next_door):
        url = made.url.replace("+psycopg", "")
        writes = "WITH baru AS (SELECT 1) INSERT INTO daftar_hadir SELECT 1, '1', '', '', 1 FROM baru"
        with (
            pytest.raises(SourceError, check=says(r"hendak menulis|INSERT")),
            open_rows(Query("uji", "X", writes), url, None) as rows,
        ):
            list(rows.rows)
        with made.engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM daftar_hadir")).scalar() == 0


def test_a_query_that_ends_its_transaction_still_cannot_write(next_door: Foreign) -> None:
    url = next_door.url.replace("+psycopg", "")
    escaping = "SELECT 1; COMMIT; CREATE TABLE baru (id INTEGER)"
    with pytest.raises(SourceError), open_rows(Query("uji", "X", escaping), url, None) as rows:
        list(rows.rows)
    with next_door.engine.begin() as connection:
        assert connection.execute(text("SELECT to_regclass('baru')")).scalar() is None


def test_a_query_without_end_is_given_up(foreign: Foreign, next_door: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "STATEMENT_SECONDS", 1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(i) FROM n"
    for made in (foreign, next_door):
        url = made.url.replace("+psycopg", "")
        with pytest.raises(SourceError, check=says("terlalu lama")), open_rows(Query("uji", "X", endless), url, None):
            pass


def test_a_silent_server_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "CONNECT_SECONDS", 2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for scheme in ("mysql", "postgresql"):
            url = f"{scheme}://kita:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/esurat"
            with pytest.raises(SourceError) as caught, open_rows(Query("uji", "X", "SELECT 1"), url, None):
                pass
            assert SECRET not in sentence(caught.value)


def test_without_files_and_without_a_database_there_is_nothing_to_load(desk: Desk, foreign: Foreign) -> None:
    desk.settle('[[source]]\nname = "buku"\nkind = "pemakaian"\nfiles = "buku*.csv"\n')
    assert desk.run("ingest").code == 2
    told = desk.run("ingest", "--source", "buku")
    assert (told.code, "bukan basis data" in told.err) == (2, True)
    told = desk.run("ingest", "--source", "lain")
    assert (told.code, 'Sumber "lain" tidak ada' in told.err) == (2, True)
    desk.settle(foreign.letters_source())
    told = desk.run("ingest", "--source", "e-surat", "--kind", "permohonan")
    assert (told.code, "hanya untuk berkas" in told.err) == (2, True)


def test_people_are_told_what_came_and_that_nothing_is_new(desk: Desk, foreign: Foreign) -> None:
    desk.settle(foreign.letters_source())
    told = desk.run("ingest", "--source", "e-surat")
    assert (told.code, "e-surat (permohonan): 1 baris dibaca: 1 baru" in told.out) == (0, True)
    told = desk.run("ingest", "--source", "e-surat")
    assert (told.code, "e-surat (permohonan): tidak ada baris baru." in told.out) == (0, True)
    assert os.environ["ESURAT_URL"] not in told.out + told.err
