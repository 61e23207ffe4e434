"""The newest link is known outside the database too: a chain that was cut cleanly, or an older copy of the records put
in the place of newer ones, is named with how much is missing; so is a photo or scan that holds something else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from dashboard.i18n import sentence
from data_access.errors import Message
from data_access.home import HEAD_FILE, Home
from data_access.records import SchemaState, migrate, one_load, reading, writing
from data_access.records.access import add_user, note_action, set_password
from data_access.records.chain import Head, head
from data_access.records.chain_head import note_head, noted_head
from data_access.records.engine import keep_chain, note_newest_link, upgrade
from data_access.records.letters import Scan, add_scan
from data_access.records.rooms import add_photos
from data_access.records.schema import audit, chain_link
from data_access.secret import seal_key
from etl.desk.photos import CleanPhoto, write_photos
from etl.keeping.seals import verify_chain
from etl.office import Office
from tests.books.moments import seconds
from tests.offices.bureau import Bureau, bureau_of
from tests.serving.databases import ON_SQLITE, opened

NOW = seconds("2026-11-30 09:00")


def do(office: Office, *deeds: str) -> None:
    for deed in deeds:
        with writing(office.records) as connection:
            note_action(connection, deed, at=NOW, actor="kadin")


def give_deeds(office: Office, _: Path) -> None:
    do(office, "login", "export", "logout")


@pytest.fixture
def done(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """An office in which three things were done; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server, give_deeds, now="2026-11-30 09:00") as made:
        yield made


def faults(bureau: Bureau) -> list[Message]:
    return verify_chain(bureau.office.home, bureau.office.records, {}, NOW)[1]


def noted(bureau: Bureau) -> Head | None:
    path = bureau.office.home.secret_path
    return noted_head(path, seal_key(path))


def newest(bureau: Bureau) -> Head | None:
    with reading(bureau.office.records) as connection:
        return head(connection)


def cut(bureau: Bureau, links: int) -> None:
    """Take the last deeds away behind the product: their entries and their links."""
    with bureau.office.records.begin() as connection:
        for table, number in ((audit, audit.c.id), (chain_link, chain_link.c.position)):
            last = connection.execute(text(f"SELECT max({number.name}) FROM {table.name}")).scalar_one()  # noqa: S608
            connection.execute(delete(table).where(number > last - links))


def test_every_deed_leaves_its_link_in_the_home(done: Bureau) -> None:
    assert noted(done) == newest(done)
    assert faults(done) == []
    do(done.office, "login")
    assert noted(done) == newest(done)


def test_a_chain_that_was_cut_cleanly_says_how_many_links_are_missing_until_somebody_answers_for_it(
    done: Bureau,
) -> None:
    cut(done, 2)
    (fault,) = faults(done)
    assert (fault.code, fault.values["count"], fault.values["last"]) == ("chain.tail_missing", 2, 2)
    assert "2 mata rantai terakhir" in sentence(fault)
    do(done.office, "login", "export")
    (fault,) = faults(done)
    assert fault.code == "chain.tail_other"
    (done.office.home.root / HEAD_FILE).unlink()
    assert [fault.code for fault in faults(done)] == ["chain.note_absent"]
    assert faults(done) == []


def test_an_emptied_chain_is_named_too(done: Bureau) -> None:
    with done.office.records.begin() as connection:
        connection.execute(delete(chain_link))
        connection.execute(delete(audit))
    (fault,) = faults(done)
    assert (fault.code, fault.values["count"]) == ("chain.tail_missing", 4)


def test_a_crash_between_the_deed_and_the_note_is_no_fault(done: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("data_access.records.engine.note_head", lambda *_: None)
        do(done.office, "login", "export")
    before = noted(done)
    assert before is not None
    assert before != newest(done)
    assert faults(done) == []
    do(done.office, "logout")
    assert noted(done) == newest(done)


def test_a_note_that_somebody_wrote_is_named_and_stays(done: Bureau) -> None:
    path, forged = done.office.home.root / HEAD_FILE, Head(2, "f" * 64)
    note_head(done.office.home.secret_path, b"another key", forged)
    do(done.office, "login")
    assert [fault.code for fault in faults(done)] == ["chain.note_changed"]
    path.write_text("rusak", encoding="utf-8")
    assert [fault.code for fault in faults(done)] == ["chain.note_changed"]
    path.write_bytes(b"")
    assert [fault.code for fault in faults(done)] == ["chain.note_absent"]


def test_records_that_come_in_as_they_are_are_noted_as_they_are(done: Bureau) -> None:
    cut(done, 1)
    note_newest_link(done.office.records, if_absent=True)
    assert [fault.code for fault in faults(done)] == ["chain.tail_missing"]
    note_newest_link(done.office.records)
    assert faults(done) == []


@ON_SQLITE
def test_an_older_copy_in_the_place_of_the_records_is_told_as_such(done: Bureau, tmp_path: Path) -> None:
    records = done.office.home.records_path
    shutil.copyfile(records, tmp_path / "lama.sqlite")
    do(done.office, "login", "export", "logout")
    done.office.records.dispose()
    for name in ("records.sqlite-wal", "records.sqlite-shm"):
        (done.office.home.root / name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "lama.sqlite", records)
    (fault,) = faults(done)
    assert (fault.code, fault.values["count"]) == ("chain.tail_missing", 3)
    assert "salinan lama" in sentence(fault)


@ON_SQLITE
def test_a_photo_or_scan_that_holds_something_else_is_named(done: Bureau) -> None:
    home = done.office.home
    for folder in (home.photos, home.scans):
        folder.mkdir(exist_ok=True)
    (row,) = write_photos(home.photos, [CleanPhoto("AC", b"foto", 1, 1)])
    digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
    (home.scans / "surat.pdf").write_bytes(b"foo")
    with one_load(done.office.records) as connection:
        add_scan(connection, Scan(None, "surat.pdf", "pdf", digest, 3, NOW, "agendaris", "agendaris"))
        add_photos(connection, 1, [row])
    assert faults(done) == []
    (home.photos / str(row["file"])).write_bytes(b"f0to")
    (home.scans / "surat.pdf").write_bytes(b"bar")
    told = [sentence(fault) for fault in faults(done)]
    assert [line.partition(":")[0] for line in told] == ["foto gangguan", "pindaian surat"]
    assert f"foto/{row['file']}" in told[0]
    (home.scans / "surat.pdf").unlink()
    assert len(faults(done)) == 1  # what is missing is told with the files
    (home.scans / "surat.pdf").mkdir()
    assert len(faults(done)) == 2  # nobody can read what it was


def test_a_chain_of_an_earlier_form_goes_on_with_the_accounts_that_were_there(
    empty_records_url: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home").make()
    with opened(empty_records_url) as records:
        with one_load(records) as connection:
            upgrade(connection)
        keep_chain(records, home.secret_path)
        with writing(records) as connection:
            note_action(connection, "login", at=NOW, actor="kadin")
        keep_chain(records, None)  # as that form had it: nothing is told of accounts
        with writing(records) as connection:
            kadin = add_user(connection, "kadin", "kadin", created_at=NOW, password_hash="sandi")
        with records.begin() as connection:  # which knew neither the later tables nor that some are covered
            for table in ("login_identity", "list_view", "screen_choice"):
                connection.execute(text(f"DROP TABLE {table}"))
            connection.execute(text("UPDATE pantau_version SET version_num = '0022'"))
        keep_chain(records, home.secret_path)
        (home.root / HEAD_FILE).unlink()
        assert migrate(records) is SchemaState.BEHIND
        assert (home.root / HEAD_FILE).exists()
        assert verify_chain(home, records, {}, NOW)[1] == []
        with writing(records) as connection:
            set_password(connection, kadin, "lain")
        assert verify_chain(home, records, {}, NOW)[1] == []
        with records.begin() as connection:
            connection.execute(text("UPDATE \"user\" SET role = 'admin'"))
        (fault,) = verify_chain(home, records, {}, NOW)[1]
        assert "akun pengguna" in sentence(fault)
