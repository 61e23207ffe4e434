"""A disk that is lost and restored: the same office, the same figures; and whatever may go wrong on the way."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data_access.errors import PantauError
from data_access.home import Home
from data_access.records import open_records, reading, records_url, writing
from data_access.records.access import (
    PASSWORD,
    add_calendar_link,
    add_link,
    add_user,
    is_link_usable,
    user_by_id,
    user_of_calendar_link,
)
from data_access.records.copies import rows_of, tables_of
from data_access.records.logins import LoginSession, keep_session, session_by_token
from etl.judging.publishing import catch_up
from etl.keeping import archive
from etl.keeping.archive import is_safe
from etl.keeping.backup import backups, discard_old, is_due, last_failure, make_backup
from etl.keeping.restore import Order, restore
from etl.office import Office
from etl.settings.document import Settings
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import Clock
from tests.offices.september import give_letters
from tests.serving.command_line import Running, pantau
from tests.serving.databases import ON_SQLITE, own_database

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = seconds("2026-09-30 09:00")
PHRASE = "kuda biru makan rumput"
SEPTEMBER = "2026-09-01", "2026-09-30"
LATER = agenda("148;30/09/2026;08.45;Dinas Kesehatan;Rapat susulan")


@pytest.fixture
def bureau(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """The office of September, with files beside its records."""
    with bureau_of(Bureau, tmp_path, server, give_letters) as made:
        for name, content in FILES.items():
            path = made.office.home.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        yield made


FILES = {
    "foto/a1b2.jpg": b"\xff\xd8 gambar", "pindaian/c3.pdf": b"%PDF-1.7", "masuk/menunggu.csv": b"no;asal\n",
    "masuk/Agenda: Nov \\ \udce9.csv": b"no;asal\n",
    "hari_kantor.csv": b"tanggal,nama,jam\n2026-10-05,Hari jadi,\n", "secret.key": b"k" * 64,
}  # fmt: skip


def url_of(bureau: Bureau) -> str | None:
    url = bureau.office.records.url
    return None if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=False)


def backed_up(bureau: Bureau, target: Path | None = None, phrase: str | None = None) -> Path:
    return make_backup(bureau.office.home, bureau.office.records, NOW, JAKARTA, target, phrase)[0]


def opened(bureau: Bureau, url: str | None) -> Bureau:
    """The office of that folder, opened anew."""
    return Bureau(bureau.folder, "2026-09-30 09:00", url)


def figures(home: Home, url: str | None) -> dict[str, Any]:
    """What the office measures, and how many rows it keeps."""
    asked = Bureau.__new__(Bureau)
    asked.office, asked.clock = Office.open(home, url, lambda: NOW), Clock(NOW)
    catch_up(asked.office, NOW)
    with reading(asked.office.records) as connection:
        rows = rows_of(connection, tables_of(connection))
    for name in ("audit", "chain_link"):  # a restore says so there
        rows.pop(name)
    try:
        return {"sla": asked.sla(*SEPTEMBER), "case": asked.case("2026/144"), "rows": rows}
    finally:
        asked.office.close()


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done inside ends with that refusal."""
    with pytest.raises(PantauError) as refusal:
        yield
    assert refusal.value.code == code


def put_back(file: Path, home: Path, url: str | None = None, **how: Any) -> Any:
    return restore(Order(file, Home(home), url, NOW, JAKARTA, **how), lambda *_: None)


def test_a_lost_disk_is_restored_with_the_same_figures(bureau: Bureau, tmp_path: Path, server: str | None) -> None:
    home, url = bureau.office.home, url_of(bureau)
    before = figures(home, url)
    file = backed_up(bureau, tmp_path / "aman.zip")
    bureau.office.close()
    shutil.rmtree(home.root)
    if server is None:
        restored = put_back(file, home.root)
        assert figures(home, None) == before
    else:
        with own_database(server, "template1") as fresh:
            restored = put_back(file, home.root, fresh)
            assert figures(home, fresh) == before
    assert restored.counts["requests"] == 5
    assert {name: (home.root / name).read_bytes() for name in FILES} == FILES
    assert restored.aside == []
    assert not restored.is_key_missing
    assert replace(restored, manifest=replace(restored.manifest, members={})).is_key_missing


def test_what_was_there_is_kept_beside_what_takes_its_place(bureau: Bureau, server: str | None) -> None:
    home, url = bureau.office.home, url_of(bureau)
    before, file = figures(home, url), backed_up(bureau)
    bureau.give(LATER, "susulan.csv")
    (home.photos / "baru.jpg").write_bytes(b"baru")
    later = figures(home, url)
    bureau.office.close()
    with refused("restore.not_empty"):
        put_back(file, home.root, url)
    restored = put_back(file, home.root, url, replaces=True)
    assert figures(home, url) == before != later
    again = opened(bureau, url)
    assert again.give(LATER, "susulan.csv").status == "loaded"  # ids go on where they were
    assert again.case("2026/148")["request"]["opd"] == "Dinas Kesehatan"
    again.office.close()
    assert (restored.aside[-1] / "foto" / "baru.jpg").read_bytes() == b"baru"
    if server is None:
        assert figures(Home(restored.aside[-1]), None) == later
    else:
        put_back(restored.aside[0], home.root, url, replaces=True)
        assert figures(home, url) == later


def test_backups_are_whole_while_letters_come_in(bureau: Bureau, tmp_path: Path) -> None:
    stop = threading.Event()

    def load() -> None:
        for number in range(200, 300):
            if stop.is_set():
                return
            bureau.give(agenda(f"{number};29/09/2026;08.00;Dinas Kesehatan;Rapat {number}"), f"{number}.csv")

    loading = threading.Thread(target=load)
    loading.start()
    try:
        made = [make_backup(bureau.office.home, bureau.office.records, NOW, JAKARTA)[1] for _ in range(3)]
    finally:
        stop.set()
        loading.join()
    assert [one.rows["request"] for one in made] == sorted(one.rows["request"] for one in made)
    assert all(one.rows["request_row"] == one.rows["request"] + 0 for one in made)


@ON_SQLITE
@pytest.mark.parametrize("place", [
    ("etl.keeping.backup", "verify", "before"), ("etl.keeping.backup", "sync_file", "after"),
])  # fmt: skip
def test_a_killed_backup_leaves_none_and_the_next_one_is_made(bureau: Bureau, place: tuple[str, ...]) -> None:
    home = bureau.office.home
    assert killed(bureau.folder, *place, "backup", "--home", home.root) == -signal.SIGKILL
    assert backups(home) == []
    backed_up(bureau)
    assert len(backups(home)) == 1
    assert sorted(path.name for path in home.backups.iterdir() if path.name != ".kunci") == [backups(home)[0].path.name]


def killed(folder: Path, *words: object) -> int:
    return Running(folder, *words, module="tests.serving.killed").result().code


@pytest.mark.parametrize("is_new", [False, True])
def test_a_killed_restore_leaves_the_old_office_or_the_new_one(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, server: str | None, is_new: bool
) -> None:
    home, url = bureau.office.home, url_of(bureau)
    place = ("data_access.exchange", "give_up") if is_new else ("etl.keeping.restore", "begin_exchange")
    when = "after" if server and not is_new else "before"  # a database decides later than a folder
    new, file = figures(home, url), backed_up(bureau)
    bureau.give(LATER, "susulan.csv")
    old = figures(home, url)
    bureau.office.close()
    if url:
        monkeypatch.setenv("PANTAU_DATABASE_URL", url)
    words = ("restore", file, "--replace", "--home", home.root)
    assert killed(bureau.folder, *place, when, *words) == -signal.SIGKILL
    assert figures(home, url) == (new if is_new else old)
    assert sorted(path.name for path in home.root.glob("pemulihan*")) == []
    assert {name: (home.root / name).read_bytes() for name in FILES} == FILES


@ON_SQLITE
def test_the_command_line_makes_one_when_due_and_brings_a_locked_one_back(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = bureau.office.home
    monkeypatch.setenv("PANTAU_BACKUP_PASSPHRASE", PHRASE)
    monkeypatch.setattr("os.nice", lambda _: 0)
    for _ in range(2):
        assert pantau("backup", "--due", "--home", home.root).code == 0
    (made,) = backups(home)
    assert made.is_locked
    monkeypatch.delenv("PANTAU_BACKUP_PASSPHRASE")
    refusal = pantau("restore", made.path, "--home", tmp_path / "baru")
    assert (refusal.code, "PANTAU_BACKUP_PASSPHRASE" in refusal.err) == (2, True)
    (tmp_path / "frasa").write_text(PHRASE + "\n")
    monkeypatch.setenv("PANTAU_BACKUP_PASSPHRASE_FILE", str(tmp_path / "frasa"))
    restored = pantau("restore", made.path, "--home", tmp_path / "baru", "--json")
    assert restored.code == 0, restored.err
    assert restored.json["requests"] == 5


@ON_SQLITE
def test_an_exchange_that_stops_half_way_is_finished_by_whoever_comes_next(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = bureau.office.home
    new, file = figures(home, None), backed_up(bureau)
    bureau.give(LATER, "susulan.csv")
    bureau.office.close()
    whole, moves = Path.rename, iter(range(5))

    def stops(path: Path, target: Path) -> Path:
        if next(moves, None) is None:
            raise OSError(5, "Input/output error")
        return whole(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stops)
        with refused("restore.unfinished"):
            put_back(file, home.root, replaces=True)
    assert figures(home, None) == new
    assert {name: (home.root / name).read_bytes() for name in FILES} == FILES


def test_no_restore_into_an_office_that_is_open(bureau: Bureau, server: str | None) -> None:
    file = backed_up(bureau)
    with refused("restore.in_use"):
        put_back(file, bureau.office.home.root, url_of(bureau), replaces=True)
    if server is not None:
        other = bureau.folder / "rumah-lain"
        with reading(bureau.office.records), refused("restore.database_in_use"):
            put_back(file, other, url_of(bureau), replaces=True)


@ON_SQLITE
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(bureau: Bureau, tmp_path: Path) -> None:
    home = bureau.office.home
    plain, locked = backed_up(bureau), backed_up(bureau, phrase=PHRASE)
    content = plain.read_bytes()
    broken = {
        "terpotong.zip": content[: len(content) // 2],
        "lain.zip": b"PK bukan zip",
        "diubah.zip": content[:200] + bytes([content[200] ^ 1]) + content[201:],
        "kosong.zip": b"",
        "kunci-terpotong.zip": locked.read_bytes()[:-400],
    }
    bureau.office.close()
    before = figures(home, None)
    for name, bad in broken.items():
        (tmp_path / name).write_bytes(bad)
        with refused("restore.broken"):
            put_back(tmp_path / name, home.root, passphrase=PHRASE, replaces=True)
    with refused("restore.wrong_passphrase"):
        put_back(locked, home.root, passphrase="kuda merah", replaces=True)
    with refused("restore.locked"):
        put_back(locked, home.root, replaces=True)
    with refused("restore.no_file"):
        put_back(tmp_path / "tidak-ada.zip", home.root, replaces=True)
    with refused("restore.of_sqlite"):
        put_back(plain, tmp_path / "lain", "postgresql://nobody@127.0.0.1:1/x")
    assert figures(home, None) == before
    put_back(locked, tmp_path / "dibuka", passphrase=PHRASE)
    assert figures(Home(tmp_path / "dibuka"), None) == before
    assert not [*home.root.glob("sebelum-pemulihan-*"), *home.root.glob(".pemulihan-*")]


@ON_SQLITE
def test_a_locked_backup_that_is_damaged_inside_is_no_whole_one(bureau: Bureau, tmp_path: Path) -> None:
    file = backed_up(bureau, tmp_path / "utuh.zip", PHRASE)
    with zipfile.ZipFile(file) as outer:
        identity, content = outer.read("identity.age"), outer.read("content.age")
    middle = len(content) // 2
    for number, bad in enumerate((content[:middle], content[:middle] + b"xx" + content[middle + 2 :], b"")):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as outer:
            outer.writestr("identity.age", identity)
            outer.writestr("content.age", bad)
        with refused("restore.broken"):
            put_back(tmp_path / f"{number}.zip", tmp_path / "baru", passphrase=PHRASE)


@ON_SQLITE
def test_a_copy_that_differs_from_the_records_is_no_backup(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([1])
    monkeypatch.setattr("etl.keeping.backup.rows_of", lambda *given: rows_of(*given) | {"request": next(counts, 5)})
    with refused("backup.not_verified"):
        backed_up(bureau)
    assert backups(bureau.office.home) == []


def test_a_restore_lets_nobody_in_by_what_was_open_before(bureau: Bureau, tmp_path: Path) -> None:
    with writing(bureau.office.records) as connection:
        user_id = add_user(connection, "kadin", "kadin", created_at=NOW)
        keep_session(connection, LoginSession("sesi", user_id, None, 1, NOW, NOW, None, None))
        add_link(connection, PASSWORD, "tautan", created_at=NOW, expires_at=NOW + 9, user_id=user_id)
        add_calendar_link(connection, user_id, "kalender", NOW)
    file, url = backed_up(bureau, tmp_path / "aman.zip"), url_of(bureau)
    bureau.office.close()
    put_back(file, bureau.office.home.root, url, replaces=True)
    again = opened(bureau, url)
    with reading(again.office.records) as connection:
        session, user = session_by_token(connection, "sesi"), user_by_id(connection, user_id)
        assert session is not None
        assert user is not None
        assert (session.ended_at, user.session_version) == (NOW, 2)
        assert not is_link_usable(connection, PASSWORD, "tautan", NOW)
        assert user_of_calendar_link(connection, "kalender") == user_id
    again.office.close()


def altered(
    file: Path, out: Path, change: Callable[[dict[str, Any]], None], more: dict[str, bytes] | None = None
) -> Path:
    """A backup whose manifest was changed, with further members that it tells of."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            if name != "manifest.json":
                new.writestr(name, old.read(name))
        for name, content in (more or {}).items():
            new.writestr(name, content)
            sha256 = archive.hashlib.sha256(content).hexdigest()
            manifest["members"][name] = {"bytes": len(content), "sha256": sha256}
        change(manifest)
        new.writestr("manifest.json", json.dumps(manifest))
    return out


@ON_SQLITE
def test_newer_and_crafted_backups_are_refused(bureau: Bureau, tmp_path: Path) -> None:
    file, home = backed_up(bureau), tmp_path / "baru" / "home"
    newer = altered(file, tmp_path / "newer.zip", lambda it: it.update(revision="9999", product="9.9"))
    with refused("restore.newer"):
        put_back(newer, home)
    crafted = (
        {"at": 10**18}, {"at": -(10**13)}, {"at": float("inf")}, {"database": "oracle"}, {"chain": 5}, {"rows": {}},
    )  # fmt: skip
    for number, values in enumerate(crafted):
        wrong = altered(file, tmp_path / f"wrong{number}.zip", lambda it, v=values: it.update(v))
        with refused("restore.broken"):
            put_back(wrong, home)
    with zipfile.ZipFile(tmp_path / "deep.zip", "w") as deep:
        deep.writestr("manifest.json", "[" * 100_000)
    with refused("restore.broken"):
        put_back(tmp_path / "deep.zip", home)
    for number, name in enumerate(("files/../../di-luar", "/di-luar", "files/foto/../../x", "files/mart/x", "x")):
        slip = altered(file, tmp_path / f"slip{number}.zip", lambda _: None, {name: b"hai"})
        with refused("restore.broken"):
            put_back(slip, home)
    assert not [*tmp_path.rglob("di-luar"), *tmp_path.rglob("mart/x")]
    assert not home.exists() or not [path for path in home.iterdir() if path.name not in {"mart", "pakai.lock"}]


@pytest.mark.parametrize(("name", "is_good"), [
    ("records.sqlite", True), ("tables/user.copy", True), ("files/foto/a.jpg", True), ("files/sop/2026/x.toml", True),
    ("files/foto", True), ("files/demo/records.sqlite", False), ("files/foto/../x", False), ("files//foto/x", False),
    ("files/foto\\x", False), ("files/foto/C:x", False), ("../x", False), ("", False), ("files", False),
    ("files/masuk/a%5Cb%3A%E9.csv", True), ("files/foto/%2E%2E/x", False), ("files/foto/a%2Fb", False),
    ("files/foto/%00", False),
])  # fmt: skip
def test_members_stay_below_their_folder(name: str, is_good: bool) -> None:
    assert is_safe(name) is is_good


@ON_SQLITE
def test_links_and_pipes_in_the_home_are_left_out(bureau: Bureau, tmp_path: Path) -> None:
    home = bureau.office.home
    secret = tmp_path / "rahasia"
    secret.write_bytes(b"rahasia")
    (home.inbox / "tautan.csv").symlink_to(secret)
    os.mkfifo(home.inbox / "pipa.csv")
    with zipfile.ZipFile(backed_up(bureau)) as made:
        names = {name for name in made.namelist() if name.startswith("files/masuk")}
    assert names == {"files/masuk/menunggu.csv", "files/masuk/Agenda%3A Nov %5C %E9.csv"}


@contextmanager
def files_no_longer_than(count: int) -> Iterator[None]:
    """The system refuses to let any file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@ON_SQLITE
def test_a_full_disk_makes_no_backup_and_is_on_record_until_one_is_made(bureau: Bureau) -> None:
    home = bureau.office.home
    for limit in (4_000, 100_000):
        with files_no_longer_than(limit), pytest.raises(PantauError):
            backed_up(bureau)
    assert backups(home) == []
    failure = last_failure(home)
    assert failure is not None
    assert failure.at == NOW
    assert not is_due(home, Settings(), NOW + 600)
    assert is_due(home, Settings(), NOW + 3_601)
    backed_up(bureau)
    assert last_failure(home) is None


@ON_SQLITE
def test_a_disk_that_is_only_read_makes_no_backup_and_says_so(bureau: Bureau) -> None:
    bureau.office.home.backups.write_text("a file stands where the folder belongs")
    with refused("backup.failed"):
        backed_up(bureau)


@ON_SQLITE
def test_a_disk_without_room_is_refused_before_anything_is_written(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1_000))
    with refused("backup.no_room"):
        backed_up(bureau)


def planned(every: str, keep: int) -> Settings:
    return Settings.from_document({"backup": {"every": every, "keep": keep}})


@ON_SQLITE
def test_a_disk_without_links_takes_a_backup(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    target = backed_up(bureau, tmp_path / "kartu.zip")
    with refused("backup.exists"):
        backed_up(bureau, target)
    assert [path.name for path in tmp_path.iterdir() if "kartu" in path.name] == ["kartu.zip"]


@ON_SQLITE
def test_a_backup_never_overwrites_and_the_oldest_go(bureau: Bureau, tmp_path: Path) -> None:
    home, records = bureau.office.home, bureau.office.records
    target = backed_up(bureau, tmp_path / "satu.zip")
    with refused("backup.exists"):
        backed_up(bureau, target)
    assert is_due(home, Settings(), NOW)
    for day in range(3):
        make_backup(home, records, NOW + 86_400 * day, JAKARTA)
    make_backup(home, records, NOW, JAKARTA)
    assert not is_due(home, Settings(), NOW + 86_400 * 3 - 1)
    assert is_due(home, Settings(), NOW + 86_400 * 3)
    assert is_due(home, Settings(), NOW - 1)  # the clock went back behind all of them
    make_backup(home, records, NOW - 1, JAKARTA)
    assert not is_due(home, Settings(), NOW + 60)  # those of later times say nothing
    assert not is_due(home, planned("1d", 0), NOW + 86_400 * 3)
    assert not is_due(home, planned("7d", 2), NOW + 86_400 * 3)
    assert len(discard_old(home, planned("1d", 3), NOW + 86_400)) == 2
    assert [one.at for one in backups(home)] == [NOW + 86_400, NOW, NOW]
    assert len(discard_old(home, planned("1d", 2), NOW + 86_400)) == 1


def test_an_older_backup_comes_back_at_the_newest_form(
    tmp_path: Path, server: str | None, empty_records_url: str
) -> None:
    from data_access.records import SchemaState, one_load, schema_state
    from data_access.records.engine import upgrade

    records = open_records(empty_records_url)
    with one_load(records) as connection:
        upgrade(connection, "0013")
    file, _ = make_backup(Home(tmp_path / "lama").make(), records, NOW, JAKARTA)
    records.dispose()
    home = Home(tmp_path / "baru")
    put_back(file, home.root, server and empty_records_url, replaces=True)
    restored = open_records(records_url(home, server and empty_records_url))
    assert schema_state(restored) is SchemaState.CURRENT
    restored.dispose()
