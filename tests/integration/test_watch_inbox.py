"""The inbox, one look at a time: what is taken, when, and where it goes; the clock is the test's."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from data_access.errors import Message
from data_access.records import RecordsBusyError, reading
from data_access.records.intake.loads import last_load_id, loads_page
from data_access.records.schema import sheet
from etl.intake.offered.uploads import KEPT_PERSONAL_SECONDS, Uploads
from etl.intake.pipeline import apply_settings
from etl.intake.watched import inbox_folder, watch
from etl.intake.watched.inbox_folder import InboxError, InboxFolder
from etl.intake.watched.watch import Watcher
from etl.settings.document import apply
from tests.books.typed import agenda, room_log
from tests.offices.bureau import Bureau
from tests.reading.refusals import says
from tests.serving.data_page import xlsx_bytes

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat")
PERSONS = "no_agenda;tahun;nama;nik;hadir\n143;2026;Budi Contoh;3503010101900001;ya\n143;2026;Ani Contoh;;tidak\n"


class Desk:
    """An office whose inbox is looked at when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.bureau = Bureau(folder)
        self.folder = InboxFolder(folder / "masuk").make()
        self.said: list[str] = []
        self.at = 100.0
        self.start()

    def start(self) -> None:
        """A watcher begins, as after a restart."""
        self.watcher = Watcher(
            self.bureau.office, self.folder, self.bureau.clock, self.said.append, sentence, started=self.at
        )
        self.watcher.begin()

    def drop(self, name: str, text: str | bytes = LETTER) -> Path:
        path = self.folder.root / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def look(self, after: float = 0.0) -> list[str]:
        """Look after so many seconds; the status of each load."""
        self.at += after
        return [load.status for load in self.watcher.look(self.at, is_woken=True)]

    def take(self) -> list[str]:
        """See what lies there, and look again once it has been lying still."""
        return self.look(1) + self.look(3)

    def names(self, place: str = "") -> list[str]:
        return sorted(path.name for path in (self.folder.root / place).iterdir() if path.is_file())

    def report(self, name: str, place: str = "done") -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder.root / place / f"{name}.laporan.json").read_text())
        return found

    def loads(self) -> int:
        with reading(self.bureau.office.records) as connection:
            return last_load_id(connection)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.bureau.close()


def test_a_file_is_loaded_once_and_moved_with_its_report(desk: Desk) -> None:
    desk.drop("agenda.csv")
    assert desk.take() == ["loaded"]
    assert desk.names() == []
    assert desk.names("done") == ["agenda.csv", "agenda.csv.laporan.json", "agenda.csv.laporan.txt"]
    told = desk.report("agenda.csv")
    assert (told["file"], told["file_kept"], told["loads"][0]["accepted"]) == ("agenda.csv", True, 1)
    assert told["taken_at"] == "2026-09-30T09:00:00+07:00"
    text = (desk.folder.done / "agenda.csv.laporan.txt").read_text()
    assert "agenda.csv (permohonan): 1 baris dibaca: 1 baru" in text
    assert desk.take() == []


def test_a_file_that_still_grows_waits(desk: Desk) -> None:
    path = desk.drop("agenda.csv", LETTER[:20])
    assert desk.look() == []
    for _ in range(4):
        with path.open("a") as file:
            file.write("x")
        assert desk.look(1.9) == []
    path.write_text(LETTER)
    assert desk.look(1.9) == []
    assert desk.look(1.9) == []
    assert desk.look(0.2) == ["loaded"]
    assert desk.report("agenda.csv")["loads"][0]["accepted"] == 1


def test_a_file_that_changes_while_it_is_read_is_taken_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.drop("agenda.csv", agenda("1;07/09/2026;08.00;Dinkes"))
    ordinary = watch.ingest

    def growing(*given: Any, **named: Any) -> Any:
        loads = ordinary(*given, **named)
        path.write_text(agenda("1;07/09/2026;08.00;Dinkes", "2;07/09/2026;08.00;Dinkes"))
        return loads

    with monkeypatch.context() as patch:
        patch.setattr(watch, "ingest", growing)
        assert desk.take() == []
    assert desk.names() == ["agenda.csv"]
    assert desk.take() == ["loaded"]
    assert desk.report("agenda.csv")["loads"][0]["unchanged"] == 1
    assert desk.report("agenda.csv")["loads"][0]["accepted"] == 1


LEFT_ALONE = [
    "agenda.csv.part", "agenda.csv.crdownload", "agenda.tmp", "~$agenda.xlsx", ".agenda.csv", ".~lock.agenda.ods#",
    "Thumbs.db", "desktop.ini",
]  # fmt: skip


def test_what_nobody_has_finished_or_given_is_left_alone(desk: Desk) -> None:
    for name in LEFT_ALONE:
        desk.drop(name)
    (desk.folder.root / "x.csv").mkdir()
    (desk.folder.root / "tautan.csv").symlink_to(desk.folder.root / ".agenda.csv")
    (desk.folder.root / "putus.csv").symlink_to(desk.folder.root / "tidak ada")
    os.mkfifo(desk.folder.root / "pipa.csv")
    assert desk.take() == []
    assert desk.loads() == 0
    assert len(list(desk.folder.root.iterdir())) == len(LEFT_ALONE) + 4 + 2
    assert desk.said == []


def test_what_is_no_table_goes_to_the_refused_with_its_reason(desk: Desk) -> None:
    desk.drop("surat.pdf", b"%PDF-1.7\n")
    desk.drop("kosong.csv", b"")
    assert desk.take() == ["refused", "refused"]
    assert desk.names() == []
    assert "surat.pdf" in desk.names("refused")
    told = desk.report("kosong.csv", "refused")["loads"][0]
    assert (told["status"], told["read"]) == ("refused", 0)
    assert "kosong (0 bita)" in told["reason"]
    assert "Ditolak: kosong.csv" in (desk.folder.refused / "kosong.csv.laporan.txt").read_text()


def test_the_same_name_again_gets_a_number(desk: Desk) -> None:
    for number in range(1, 4):
        desk.drop("agenda.csv", agenda(f"{number};07/09/2026;08.00;Dinkes"))
        assert desk.take() == ["loaded"]
    assert [name for name in desk.names("done") if name.endswith(".csv")] == [
        "agenda-2.csv", "agenda-3.csv", "agenda.csv",
    ]  # fmt: skip
    assert desk.report("agenda-3.csv")["loads"][0]["accepted"] == 1


def test_the_same_file_again_is_known_and_moved(desk: Desk) -> None:
    desk.drop("agenda.csv")
    desk.take()
    desk.drop("lagi.csv")
    assert desk.take() == ["unchanged"]
    assert "lagi.csv" in desk.names("done")


def test_rejected_rows_lie_beside_the_file_to_be_repaired_and_given_again(desk: Desk) -> None:
    desk.drop("agenda.csv", agenda("1;07/09/2026;08.00;Dinkes", "2;31/09/2026;08.00;Dinkes"))
    assert desk.take() == ["loaded"]
    (repair,) = [name for name in desk.names("done") if name.startswith("tolakan-")]
    assert repair == "tolakan-1-agenda.csv"
    text = (desk.folder.done / repair).read_text("utf-8-sig")
    assert "bukan tanggal yang ada" in text
    assert repair in (desk.folder.done / "agenda.csv.laporan.txt").read_text()
    desk.drop(repair, text.replace("31/09/2026", "30/09/2026"))
    assert desk.take() == ["loaded"]
    assert desk.bureau.case("2026/2")["request"]["received_on"] == "2026-09-30"


def test_a_list_of_persons_is_counted_and_deleted(desk: Desk) -> None:
    desk.drop("agenda.csv")
    desk.drop("hadir.csv", PERSONS)
    assert desk.take() == ["loaded", "loaded"]
    assert "hadir.csv" not in desk.names("done")
    told = desk.report("hadir.csv")
    assert (told["file_kept"], told["loads"][0]["kind"]) == (False, "peserta")
    assert "maka dihapus" in (desk.folder.done / "hadir.csv.laporan.txt").read_text()
    desk.drop("hadir.csv", PERSONS)
    assert desk.take() == ["unchanged"]
    assert "hadir-2.csv.laporan.txt" in desk.names("done")
    for path in desk.bureau.folder.rglob("*"):
        assert not path.is_file() or b"Budi Contoh" not in path.read_bytes(), path


SOURCE = """
[[source]]
name = "buku tamu"
kind = "pemakaian"
files = "Tamu*.csv"
columns = { ruang = { const = "Smart Center" }, tanggal = "day", jam_mulai = "from", jam_selesai = "till" }
[inbox]
settle = "10s"
rescan = "1h"
"""


def test_a_refused_list_of_persons_stays_and_its_report_says_to_delete_it(desk: Desk) -> None:
    desk.drop("tamu.csv", "urut;siapa;nik\n1;Budi Contoh;3503010101900001\n")
    desk.drop("lain.csv", "nomor;masuk\n7;x\n")
    assert desk.take() == ["refused", "refused"]
    tamu, lain = ((desk.folder.refused / f"{name}.csv.laporan.txt").read_text() for name in ("tamu", "lain"))
    assert "memuat data orang: sesudah diperbaiki, hapus dari folder ini" in tamu
    assert ("Budi" in tamu, "data orang" in lain) == (False, False)
    assert (desk.folder.refused / "tamu.csv").exists()


def test_the_watch_deletes_given_files_whose_hour_is_over(desk: Desk) -> None:
    uploads = Uploads(desk.bureau.office.home.root)
    with uploads.arrivals() as arrivals:
        arrivals.open("p.csv").write(PERSONS.encode())
        (upload,) = arrivals.keep(1, desk.bureau.clock() - KEPT_PERSONAL_SECONDS + 30)
    desk.look(1)
    assert upload.is_waiting
    desk.bureau.clock.at += 60
    desk.look(61)
    assert not upload.folder.exists()


def test_the_pattern_of_a_source_reads_its_files(desk: Desk) -> None:
    settings = apply(desk.bureau.office.settings, SOURCE, "uji.toml")
    apply_settings(desk.bureau.office, settings, desk.bureau.clock(), actor="uji")
    desk.drop("tamu september.CSV", "day;from;till\n08/09/2026;09.00;10.00\n")
    desk.drop("buku.csv", room_log(";Smart Center;09/09/2026;09.00;11.00;40"))
    assert desk.look() == []
    assert desk.look(9) == []
    assert desk.look(1) == ["loaded", "loaded"]
    with reading(desk.bureau.office.records) as connection:
        found = {load.file: (load.source_name, load.actor) for load in loads_page(connection, 100)}
    assert found == {"tamu september.CSV": ("buku tamu", "inbox"), "buku.csv": (None, "inbox")}


def test_without_news_the_folder_is_left_alone_until_the_next_round(desk: Desk) -> None:
    desk.look()
    desk.drop("agenda.csv")
    assert desk.watcher.look(desk.at + 29, is_woken=False) == []
    assert desk.watcher.look(desk.at + 31, is_woken=False) == []
    assert [load.status for load in desk.watcher.look(desk.at + 34, is_woken=False)] == ["loaded"]


NAMES = ["a" * 251 + ".csv", "surat\n../..\x1b[2J.csv", " agenda .csv", "é" * 120 + ".csv"]


@pytest.mark.parametrize("name", NAMES, ids=["long", "wild", "blanks", "wide"])
def test_any_name_is_moved_under_a_name_that_can_be_read(desk: Desk, name: str) -> None:
    (desk.folder.root / name.replace("/", ":")).write_text(LETTER)
    assert desk.take() == ["loaded"]
    assert desk.names() == []
    moved = [one for one in desk.names("done") if not one.endswith((".txt", ".json"))]
    assert len(moved) == 1
    assert moved[0].isprintable()


def test_a_name_that_is_no_text_is_taken_too(desk: Desk) -> None:
    Path(os.fsdecode(os.fsencode(desk.folder.root) + b"/agenda\xe9.csv")).write_text(LETTER)
    assert desk.take() == ["loaded"]
    assert "agenda.csv" in desk.names("done")


def test_an_unreadable_file_is_refused_and_not_asked_for_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.drop("agenda.csv")
    ordinary = Path.open

    def closed(self: Path, *given: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return ordinary(self, *given, **named)

    monkeypatch.setattr(Path, "open", closed)
    assert desk.take() == ["refused"]
    assert "tidak boleh dibaca" in desk.report("agenda.csv", "refused")["loads"][0]["reason"]


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_once_and_tried_later_and_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop("agenda.csv")
    with monkeypatch.context() as patch:
        patch.setattr(inbox_folder, "_write_whole", full_disk)
        desk.take()
        tried = 0
        for _ in range(120):
            desk.look(1)
            tried = len(desk.said)
    assert tried == 1
    assert "penyimpanan penuh" in desk.said[0]
    assert desk.names() == ["agenda.csv"]
    assert desk.look(600) == ["unchanged"]
    assert desk.names() == []


def test_records_that_are_busy_leave_the_file_where_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop("agenda.csv")

    def busy(*_: object, **__: object) -> None:
        raise RecordsBusyError("records.at", place="records.sqlite", state=Message("records.busy"))

    with monkeypatch.context() as patch:
        patch.setattr("etl.intake.pipeline.one_load", busy)
        assert desk.take() == []
    assert desk.said == ["Catatan di records.sqlite sedang ditulis proses lain; ulangi sebentar lagi."]
    assert desk.names() == ["agenda.csv"]
    assert desk.look(6) == ["loaded"]


class BugError(Exception):
    """A mistake of ours that one file brings to light."""


def test_a_file_at_which_the_product_fails_twice_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop("buruk.csv", LETTER)

    def failing(*_: object, **__: object) -> None:
        raise BugError

    monkeypatch.setattr(watch, "ingest", failing)
    for _ in range(2):
        desk.start()
        with pytest.raises(BugError):
            desk.take()
    desk.start()
    assert desk.take() == ["refused"]
    assert "galat di dalam pantau" in desk.report("buruk.csv", "refused")["loads"][0]["reason"]
    desk.drop("buruk.csv", LETTER + "\n")
    monkeypatch.undo()
    assert desk.take() == ["loaded"]


class KilledError(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def test_a_file_that_was_begun_when_the_process_was_killed_is_taken_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop("agenda.csv")

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(InboxFolder, "put_away", killed)
        for _ in range(3):
            desk.start()
            with pytest.raises(KilledError):
                desk.take()
    desk.start()
    assert desk.take() == []
    assert desk.look(4) == ["unchanged"]


def test_a_report_whose_file_never_came_is_overwritten(desk: Desk) -> None:
    report = '{"file": "agenda.csv", "file_kept": true, "loads": []}'
    (desk.folder.done / "agenda.csv.laporan.json").write_text(report)
    desk.drop("agenda.csv")
    desk.take()
    assert desk.report("agenda.csv")["loads"][0]["accepted"] == 1


def test_a_folder_that_is_gone_is_made_again(desk: Desk) -> None:
    desk.take()
    for place in (desk.folder.done, desk.folder.refused, desk.folder.root):
        place.rmdir()
    assert desk.look(31) == []
    desk.drop("agenda.csv")
    assert desk.take() == ["loaded"]


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    with pytest.raises(InboxError, check=says(r"Kotak masuk .*berkas/masuk tidak dapat dipakai")):
        InboxFolder(tmp_path / "berkas" / "masuk").make()
    inbox_root = tmp_path / "masuk"
    inbox_root.mkdir()
    (inbox_root / "done").write_text("")
    with pytest.raises(InboxError, check=says("--inbox atau PANTAU_INBOX")):
        InboxFolder(inbox_root).make()


def test_whoever_may_drop_a_file_may_read_its_report(tmp_path: Path) -> None:
    root = tmp_path / "bersama"
    root.mkdir()
    root.chmod(0o770)
    desk = Desk(tmp_path)
    desk.folder = InboxFolder(root).make()
    desk.start()
    desk.drop("agenda.csv")
    desk.take()
    assert (root / "done").stat().st_mode & 0o777 == 0o770
    assert (root / "done" / "agenda.csv.laporan.txt").stat().st_mode & 0o777 == 0o660
    desk.bureau.close()


def test_a_number_in_the_name_of_a_file_or_sheet_reaches_neither_records_nor_log(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    phone, nik = "081234567890", "3503010101900001"
    headings, *rows = (tuple(line.split(";")) for line in LETTER.splitlines())
    other = tuple("144" if cell == "143" else cell for cell in rows[0])
    book = xlsx_bytes(**{"Agenda": [headings], f"Ani {phone}": [headings, rows[0]], f"NIK {nik}": [headings, other]})
    desk.drop(f"agenda {phone}.xlsx", book)
    assert desk.take() == ["loaded"]
    assert f"agenda {phone}.xlsx" in desk.names("done")
    with reading(desk.bureau.office.records) as connection:
        (load,) = loads_page(connection, 1)
        names = [row.name for row in connection.execute(sheet.select().order_by(sheet.c.id))]
    assert load.file == "agenda [disamarkan].xlsx"
    assert names == ["Agenda", "Ani [disamarkan] (lembar ke-2)", "NIK [disamarkan] (lembar ke-3)"]
    assert [one["sheet"] for one in desk.bureau.case("2026/144")["request"]["sources"]] == names[2:]
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    told = "\n".join([*desk.said, caplog.text, json.dumps(desk.report(f"agenda {phone}.xlsx"))]).encode()
    assert not any(number.encode() in text for number in (phone, nik) for text in (told, *map(Path.read_bytes, kept)))
