"""A file that the inbox refused shows on the page Data with its reason, until it is loaded or dismissed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from dashboard.pages.intake import page as data_page
from dashboard.pages.intake import waiting
from dashboard.pages.summary import page as summary
from etl.figures.intake.refused import inbox_of, refused_files
from etl.intake.undo import undo
from etl.intake.watched.inbox_folder import InboxFolder
from etl.intake.watched.watch import Watcher
from tests.books.typed import agenda
from tests.offices.desk import Desk, desk
from tests.offices.intake import listed, press
from tests.offices.office import MONDAY_NINE
from tests.reading.layout import words
from tests.serving.callbacks import opened
from tests.serving.data_page import given, save

GOOD = agenda("143;07/09/2026;08.00;Dinkes;Rapat")
BAD = "nomor;masuk\n143;07/09/2026\n"


class Inbox:
    """A served office whose inbox is looked at when the test says so."""

    def __init__(self, folder: Path, inbox: Path | None = None) -> None:
        self.served = desk(folder, pages=[data_page, waiting, summary])
        self.folder = InboxFolder(inbox or self.served.office.home.inbox).make()
        self.at = 100.0
        self.watcher = Watcher(
            self.served.office, self.folder, self.served.clock, lambda _: None, sentence, started=self.at
        )
        self.watcher.begin()

    def take(self, name: str, text: str) -> list[str]:
        """Drop a file and let it be taken; what became of it."""
        (self.folder.root / name).write_text(text, encoding="utf-8")
        self.watcher.look(self.at + 1, is_woken=True)
        self.at += 10
        return [load.status for load in self.watcher.look(self.at, is_woken=True)]

    def side(self, user: str = "agendaris") -> str:
        """What the page Data says beside the upload."""
        return words(opened(self.served.browser_of(user), "/data"))

    def names(self) -> list[str]:
        return [file.name for file in refused_files(self.served.office)]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def test_it_shows_with_its_reason_and_what_to_do(inbox: Inbox) -> None:
    assert "Ditolak dari kotak masuk" not in inbox.side()
    assert inbox.take("agenda.csv", BAD) == ["refused"]
    told = inbox.side()
    assert "Ditolak dari kotak masuk agenda.csv" in told
    assert 'Judul kolom yang ditemukan ("nomor", "masuk") tidak cocok' in told
    assert "Perbaiki berkasnya, lalu taruh lagi di kotak masuk atau unggah di sini" in told
    assert "agenda.csv" in words(listed(inbox.served.signed_in("agendaris"), "waiting"))
    for user, is_told in (("agendaris", True), ("staf", True), ("kadin", False)):
        told = words(opened(inbox.served.signed_in(user), "/ringkasan"))
        assert ("1 berkas kotak masuk ditolak" in told) == is_told, user


def test_the_corrected_file_takes_it_off_the_list_and_undone_brings_it_back(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    inbox.served.clock.at += 60
    assert inbox.take("agenda.csv", GOOD) == ["loaded"]
    assert inbox.names() == []
    assert "Ditolak dari kotak masuk" not in inbox.side()
    undo(inbox.served.office, 1, "keliru", "agendaris", MONDAY_NINE + 120)
    assert inbox.names() == ["agenda.csv"]


def test_loaded_on_the_page_it_leaves_as_well(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    browser = inbox.served.signed_in("agendaris")
    assert save(browser, given(browser, "agenda.csv", GOOD.encode())).status_code == 200
    assert inbox.names() == []


def test_a_file_loaded_before_leaves_the_refused_one(inbox: Inbox) -> None:
    inbox.take("agenda.csv", GOOD)
    inbox.served.clock.at += 60
    inbox.take("agenda.csv", BAD)
    assert inbox.names() == ["agenda.csv"]


def dismiss(served: Desk, user: str, subject: Any) -> Any:
    browser, button = served.signed_in(user), "waiting-refused-done"
    callbacks = served.signed_in("agendaris").get("/_dash-dependencies").json
    (entry,) = (one for one in callbacks if one["inputs"][0]["id"] == button)
    outputs = tuple(entry["output"][2:-2].split("..."))
    return press(browser, outputs, (button,), button, {"waiting-refused.data": subject, "waiting-changed.data": 0})


def test_a_person_may_say_that_it_is_done_with(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    (file,) = refused_files(inbox.served.office)
    asked = words(listed(inbox.served.signed_in("agendaris"), "waiting", "?ditolak=agenda.csv"))
    assert "Berkasnya tetap di folder refused kotak masuk" in asked
    assert dismiss(inbox.served, "kadin", file.subject).status_code == 403
    assert dismiss(inbox.served, "agendaris", file.subject).status_code == 200
    assert inbox.names() == []
    assert (inbox.folder.refused / "agenda.csv").is_file()
    inbox.served.clock.at += 60
    inbox.take("agenda.csv", BAD)
    assert inbox.names() == ["agenda.csv"], "refused again it is another matter"


@pytest.mark.parametrize("subject", [None, "", "inbox 1 agenda.csv", ["x"], 7])
def test_what_is_no_such_file_is_said(inbox: Inbox, subject: Any) -> None:
    inbox.take("agenda.csv", BAD)
    assert "tidak menunggu lagi" in dismiss(inbox.served, "agendaris", subject).text
    assert inbox.names() == ["agenda.csv"]


def test_those_who_only_look_get_no_way_to_dismiss_it(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    told = inbox.side("kadin")
    assert ("agenda.csv" in told, "Abaikan" in told) == (True, False)


def test_an_inbox_elsewhere_is_found(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "kantor", tmp_path / "titipan")
    inbox.take("agenda.csv", BAD)
    assert inbox_of(inbox.served.office).root == tmp_path / "titipan"
    assert inbox.names() == ["agenda.csv"]


def test_a_file_that_somebody_took_away_is_listed_no_longer(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    (inbox.folder.refused / "agenda.csv").unlink()
    assert inbox.names() == []


def test_a_report_that_is_none_is_passed_over(inbox: Inbox) -> None:
    inbox.take("agenda.csv", BAD)
    for name, text in (("a.csv", "{"), ("b.csv", "[]"), ("c.csv", '{"file": "c", "taken_at": "x", "loads": []}')):
        (inbox.folder.refused / name).write_text("x", encoding="utf-8")
        (inbox.folder.refused / f"{name}.laporan.json").write_text(text, encoding="utf-8")
    assert inbox.names() == ["agenda.csv"]
