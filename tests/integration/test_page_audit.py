"""The page that tells who did what: in words, filtered, page by page, as a file; for an administrator and the Kadin."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.pages.settings.audit import ACTIONS, PATH
from dashboard.pages.settings.audit_subjects import subjects_of
from data_access.errors import PantauError
from data_access.home import Home
from data_access.locks import held_if_free
from data_access.records import reading, writing
from data_access.records.access import AuditEntry, AuditFilter, actions_page, note_action
from data_access.records.schema import pass_row
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.keeping.seals import share_checked, verify_chain
from tests.offices.desk import Desk
from tests.offices.september import office_with_letters
from tests.reading.layout import words
from tests.serving.callbacks import ask, opened

ROOT, PRODUCT = Path(__file__).parents[2], ("dashboard", "data_access", "etl")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with letters, a stamp, and sixty entries of its own: exports of kadin, one a minute."""
    made = office_with_letters(tmp_path_factory.mktemp("audit"))
    stamp = NewStamp(2026, "147", "A3", Stamp.FORWARDED)
    give_stamp(made.office, stamp, actor="sekdin", role="sekdin", client_id="k1", now=made.clock())
    with writing(made.office.records) as connection:
        for number in range(60):
            note_action(
                connection, "export", at=made.clock() - 60 * (60 - number), actor="kadin", subject=f"/berkas/{number}"
            )
        note_action(connection, "screen_added", at=made.clock(), actor="cli", subject="TV Kabid")
    verify_chain(made.office.home, made.office.records, {}, made.clock())
    return made


def page(served: Desk, query: str = "", user: str = "admin") -> str:
    return words(opened(served.signed_in(user), PATH, query))


def exports(served: Desk, user: str) -> list[AuditEntry]:
    with reading(served.office.records) as connection:
        return actions_page(connection, AuditFilter(user, ("export",)), 100)


def test_the_newest_come_first_in_words_with_the_state_of_the_chain(served: Desk) -> None:
    told = page(served)
    assert "Rantai catatan utuh: diperiksa" in told
    assert "Layar ditambah" in told
    assert "baris perintah" in told
    assert "screen_added" not in told


def test_what_an_entry_is_about_is_called_by_its_name_and_leads_there(served: Desk) -> None:
    told, drawn = page(served, "?jenis=entry"), str(opened(served.signed_in("admin"), PATH, "?jenis=entry"))
    assert "Surat 2026/147, A3 diteruskan" in told
    assert "/permohonan/2026/147" in drawn
    loads = page(served, "?jenis=load")
    assert "Muatan 1: agenda.csv" in loads
    assert "127.0.0.1" not in loads
    lines = served.signed_in("admin").get(f"{PATH}.csv?jenis=load").text
    assert "Muatan 1: agenda.csv" in lines


@pytest.mark.parametrize(("subject", "words"), [
    ("report 2026-09/2", "Laporan September 2026, edisi 2"), ("report 2026-09.xlsx", "Laporan: 2026-09.xlsx"),
    ("version 3", "Pengaturan versi 3"), ("load 99", "Muatan 99"), ("load 1 7", "Muatan 1: agenda.csv, baris 7"),
    ("correction 4", "Koreksi 4"), ("disposisi 12", "Disposisi, catatan nomor 12"),
    ("/ruang/unduh.xlsx", "Ruang: unduh.xlsx"),
    ("checklist", "Daftar periksa kondisi"), ("TV Kabid", "TV Kabid"), ("report lain/1", "Laporan lain, edisi 1"),
])  # fmt: skip
def test_every_form_of_a_subject_has_its_words(served: Desk, subject: str, words: str) -> None:
    entry = AuditEntry(1, 1, "admin", "settings", subject, None, None)
    with served.app.server.test_request_context():
        assert subjects_of(served.office, [entry]).words(entry) == words


def test_filters_narrow_it_and_pages_of_fifty_hold_the_rest(served: Desk) -> None:
    of_kadin = page(served, "?pengguna=kadin&jenis=export")
    assert "/berkas/59 " in of_kadin
    assert "/berkas/3 " not in of_kadin
    assert "/berkas/3 " in page(served, "?pengguna=kadin&jenis=export&hal=2")
    assert "TV Kabid" in page(served, "?subjek=tv%20kabid")
    assert "Surat 2026/147, A3 diteruskan" in page(served, "?subjek=surat%202026/147")
    assert "Muatan 1: agenda.csv" in page(served, "?jenis=load&subjek=AGENDA.csv")
    assert "Belum ada yang tercatat dengan saringan ini." in page(served, "?subjek=load%201")  # as only the records say
    assert "Belum ada yang tercatat dengan saringan ini." in page(served, "?dari=01/01/2001&sampai=02/01/2001")
    assert "TV Kabid" in page(served, "?jenis=screen_added&dari=01/01/2020&sampai=31/12/2030")


@pytest.mark.parametrize("query", ["?hal=0", "?hal=x", "?hal=99999999999", "?dari=besok", "?subjek=%00%ff",
                                   "?sampai=31/12/9999", "?jenis=lain&pengguna=%27"])  # fmt: skip
def test_an_address_that_was_made_up_is_answered(served: Desk, query: str) -> None:
    assert served.signed_in("admin").get(f"{PATH}.csv{query}").status_code in (200, 400)
    assert page(served, query)


def test_the_file_holds_the_same_and_is_noted_itself(served: Desk) -> None:
    browser = served.signed_in("kadin")
    lines = browser.get(f"{PATH}.csv?pengguna=kadin&jenis=export").text.splitlines()
    assert len(lines) >= 61
    assert "/pengaturan/jejak-audit.csv" in page(served, "?jenis=export", "kadin")
    assert browser.get(f"{PATH}.csv", headers={"Range": "bytes=0-"}).status_code == 206
    assert len(exports(served, "kadin")) == 62


def test_nobody_else_reads_it(served: Desk) -> None:
    assert served.signed_in("agendaris").get(f"{PATH}.csv").status_code == 403
    assert exports(served, "agendaris") == []


def press_check(served: Desk, user: str) -> Any:
    """Press "Periksa sekarang"."""
    clicked = [{"id": "chain-check", "property": "n_clicks", "value": 1}]
    names = ("chain-said.children", "chain-pressed.data")
    return ask(served.signed_in(user), names, clicked, changedPropIds=["chain-check.n_clicks"])


def test_an_administrator_lets_the_chain_be_checked_and_the_page_names_what_does_not_agree(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = served.office

    def compared(home: Home, *how: str) -> subprocess.Popen[bytes]:
        assert how == ("check", "--chain")
        verify_chain(home, office.records, {}, served.clock())
        return subprocess.Popen([sys.executable, "-c", ""])

    monkeypatch.setattr("dashboard.pages.settings.backups.begin_command", compared)
    with office.records.connect() as connection, connection.begin():
        before = connection.execute(select(pass_row.c.note).where(pass_row.c.id == 1)).scalar_one()
        connection.execute(update(pass_row).where(pass_row.c.id == 1).values(note="lain"))
    assert press_check(served, "kadin").status_code == 403
    assert press_check(served, "admin").status_code == 200
    told, drawn = page(served), str(opened(served.signed_in("admin"), PATH))
    assert "tidak utuh" in told
    assert "baris disposisi: nomor 1 sampai 1 bukan lagi seperti saat dicatat. Muatan 2. Lihat" in told
    assert "/data/muatan/2" in drawn
    assert "`" not in told
    assert "Yang perlu dilakukan" in page(served, user="kadin")
    with office.records.connect() as connection, connection.begin():
        connection.execute(update(pass_row).where(pass_row.c.id == 1).values(note=before))
    verify_chain(office.home, office.records, {}, served.clock() + 1)
    assert "Rantai catatan utuh" in page(served)


def test_the_page_says_how_far_a_check_is(served: Desk) -> None:
    lock = served.office.home.root / "chain.lock"
    with held_if_free(lock):
        lock.write_text("0.40")
        assert share_checked(served.office.home) == 0.4
        assert "sedang diperiksa: 40%" in page(served)
    assert share_checked(served.office.home) is None


def test_a_check_that_could_not_be_made_says_why(served: Desk) -> None:
    home = Home(served.office.home.root / "lain")
    home.root.mkdir()
    home.secret_path.write_bytes(b"")
    with pytest.raises(PantauError):
        verify_chain(home, served.office.records, {}, served.clock() + 2)
    assert "tidak dapat diperiksa" in page(served)
    verify_chain(served.office.home, served.office.records, {}, served.clock() + 3)


def test_every_action_that_the_product_notes_has_its_words() -> None:
    noted = re.compile(r'note(?:_action)?\(\s*(?:connection, |office, now(?:\(\))?, [\w().]+, )?"([a-z_]+)"')
    sources = [path.read_text(encoding="utf-8") for part in PRODUCT for path in (ROOT / part).rglob("*.py")]
    told = {action for source in sources for action in noted.findall(source)}
    assert len(told) > 15
    assert told - {*ACTIONS} == set()
