"""Invented records take no files and no settings; what is dropped there waits for the office, and a button leads on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import Page
from dashboard.commands.serve import is_empty
from dashboard.i18n import sentence
from dashboard.pages.shared.invented import InventedRecordsError
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from data_access.home import Home
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from etl.figures.first_steps import FirstStep
from etl.intake.offered.uploads import KEPT_FOR_START_SECONDS, KEPT_PERSONAL_SECONDS, NOBODY, Uploads
from tests.books.typed import agenda, book
from tests.offices.desk import Desk, add_everybody, desk, form_token
from tests.offices.office import Clock, open_office
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, opened, outputs
from tests.serving.command_line import pantau
from tests.serving.data_page import csrf, given, look, save
from tests.serving.walk import Walk

LETTERS = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi").encode()
PERSONS = book("no_agenda;nama;hadir", "143;Siti;ya").encode()


@pytest.fixture
def invented(tmp_path: Path) -> Desk:
    """Invented records, served by a process that may turn to the office's own, which lie around them."""
    clock = Clock()
    office = open_office(tmp_path, clock, is_demo=True)
    add_everybody(office, is_demo=True)
    return Desk(office, create_app(office, now=clock, pages=PAGES, may_turn=True), clock)


def real(served: Desk) -> Home:
    return served.office.home.real


def test_a_dropped_file_waits_in_the_offices_own_home_and_nothing_is_loaded(invented: Desk) -> None:
    clerk = invented.signed_in("agendaris")
    token = given(clerk, "agenda.csv", LETTERS)
    notice = words(look(clerk, token)["notice"]["children"])
    assert "agenda.csv disimpan untuk catatan kantor sampai" in notice
    assert "agenda surat masuk, 1 baris" in notice
    assert "Mulai dengan catatan kantor" in notice
    (kept,) = Uploads.of(invented.office.home).waiting(NOBODY)
    assert kept.path.read_bytes() == LETTERS
    assert kept.path.is_relative_to(real(invented).root / "unggahan")
    assert save(clerk, token).status_code == 409
    with reading(invented.office.records) as connection:
        assert last_load_id(connection) == 0


def test_a_list_of_persons_waits_an_hour_and_a_register_for_days(invented: Desk) -> None:
    clerk = invented.signed_in("agendaris")
    for name, content, kept in (
        ("agenda.csv", LETTERS, KEPT_FOR_START_SECONDS),
        ("hadir.csv", PERSONS, KEPT_PERSONAL_SECONDS),
    ):
        token = given(clerk, name, content)
        look(clerk, token)
        assert Uploads.of(invented.office.home).find(token, NOBODY).kept_seconds == kept


def test_the_kept_file_is_there_for_whoever_loads_files_in_the_real_office(invented: Desk, tmp_path: Path) -> None:
    token = given(invented.signed_in("staf"), "agenda.csv", LETTERS)
    look(invented.signed_in("staf"), token)
    clock = Clock()
    office = open_office(tmp_path / "nyata", clock)
    (real(invented).root / "unggahan").rename(office.home.root / "unggahan")
    add_everybody(office)
    own = Desk(office, create_app(office, now=clock, pages=PAGES), clock)
    clerk = own.signed_in("agendaris")
    assert "agenda.csv" in words(look(clerk, "")["unsaved"]["children"])
    assert "Pratinjau · agenda.csv" in words(look(clerk, token)["preview"]["children"])
    assert save(clerk, token).json["hasil"][0]["counts"]["accepted"] == 1


def test_a_kept_file_can_be_given_up(invented: Desk) -> None:
    clerk = invented.signed_in("agendaris")
    token = given(clerk, "agenda.csv", LETTERS)
    assert clerk.post(f"/data/unggah/{token}/batal", json={}, headers=csrf(clerk)).status_code == 200
    assert Uploads.of(invented.office.home).waiting(NOBODY) == []


def press(served: Desk, user: str, output: str, button: str, *state: tuple[str, str, Any]) -> str:
    """Press a button of a form that answers in one place; the words."""
    browser = served.signed_in(user)
    inputs = [{"id": button, "property": "n_clicks", "value": 1}]
    given_ = [{"id": id, "property": prop, "value": value} for id, prop, value in state]
    more = outputs(*output.strip(".").split("...")) if output.startswith("..") else {}
    reply = call(browser, output, inputs, state=given_, changedPropIds=[f"{button}.n_clicks"], **more)
    assert reply.status_code == 200, reply.text
    return words(next(iter(reply.json["response"].values()))["children"])


def test_a_version_of_the_sop_is_refused(invented: Desk) -> None:
    (output,) = (name for name in invented.app.callback_map if name.startswith("..sop-said.children."))
    steps = [entry["id"] for entry in invented.app.callback_map[output]["state"]]
    said = press(invented, "kadin", output, "sop-save", *((id, "value", "2027-01-01") for id in steps))
    assert "Data contoh tidak menerima berkas dan pengaturan; tidak ada yang berubah." in said


def test_a_checklist_is_refused(invented: Desk) -> None:
    browser = invented.signed_in("admin")
    values = {"checklist-version": "2027", "checklist-from": "2027-01-01", "checklist-items": "AC; 2"}
    state = [{"id": id, "property": "value", "value": value} for id, value in values.items()]
    inputs = [{"id": "checklist-save", "property": "n_clicks", "value": 1}]
    names = ("checklist-said.children", "checklist-list.children")
    reply = ask(browser, names, inputs, state=state, changedPropIds=["checklist-save.n_clicks"])
    assert "tidak menerima berkas dan pengaturan" in words(reply.json["response"]["checklist-said"]["children"])


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/data", "agendaris"),
        ("/data/nama", "agendaris"),
        ("/data/koreksi", "staf"),
        ("/pengaturan", "admin"),
        ("/pengaturan/daftar-periksa", "admin"),
        ("/pengaturan/pengguna", "admin"),
        ("/sop/versi", "kadin"),
    ],
)
def test_pages_of_files_and_settings_say_so_and_show_the_way(path: str, user: str, invented: Desk) -> None:
    said = words(opened(invented.signed_in(user), path))
    assert "Data contoh tidak menerima berkas dan pengaturan." in said
    assert "Mulai dengan catatan kantor" in said


def test_a_new_screen_is_not_offered_and_the_reason_stands_beside_the_button(invented: Desk) -> None:
    page = opened(invented.signed_in("admin"), "/pengaturan")
    shut = [form for form in components(page, "Fieldset") if form.get("disabled")]
    assert "screens-make" in [button.get("id") for form in shut for button in components(form["children"], "Button")]
    assert "Data contoh tidak menerima berkas dan pengaturan" in words(page)


@pytest.mark.parametrize("command", [("ingest", "agenda.csv"), ("settings", "apply", "kantor.toml"), ("user", "link")])
def test_the_command_line_refuses_them_too(command: tuple[str, ...], invented: Desk, tmp_path: Path) -> None:
    (tmp_path / "agenda.csv").write_bytes(LETTERS)
    (tmp_path / "kantor.toml").write_text("[recording]\nfrom = 2026-09-01\n")
    arguments = [tmp_path / word if "." in word else word for word in command]
    result = pantau(*arguments, "--home", invented.office.home.root)
    assert (result.code, result.out) == (2, "")
    assert "Catatan contoh tidak menerima berkas dan pengaturan" in result.err


def test_a_report_from_a_phone_is_taken_and_the_form_says_that_it_is_a_sample(invented: Desk) -> None:
    phone, room = invented.signed_in("staf"), "/lapor/Smart%20Center"
    page = phone.get(room).text
    assert "Data contoh: laporan Anda di sini juga contoh" in page
    token = json.loads(page.partition('id="config">')[2].partition("</script>")[0])["csrf"]
    answers = [{"barang": "AC", "kondisi": "GOOD"}]
    report = {"id": "laporan-coba", "dibuat": invented.clock.at - 60, "jawaban": answers}
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    data = {"laporan": json.dumps(report)}
    assert phone.post(room, data=data, headers=headers, content_type="multipart/form-data").status_code == 201


def begin(served: Desk, user: str) -> Any:
    browser = served.signed_in(user)
    token = form_token(browser.get("/mulai").text)
    return browser.post("/mulai/kantor", data={"csrf_token": token})


@pytest.mark.parametrize("user", ["admin", "agendaris", "staf"])
def test_the_button_marks_the_offices_home_as_begun(user: str, invented: Desk) -> None:
    reply = begin(invented, user)
    assert (reply.status_code, real(invented).is_begun) == (200, True)
    assert "Halaman ini melanjutkan sendiri" in reply.text
    with reading(invented.office.records) as connection:
        entry = recent_actions(connection, 1)[0]
    assert (entry.action, entry.actor) == ("office_begun", user)


@pytest.mark.parametrize("user", ["kadin", "opd"])
def test_others_are_told_who_may_begin(user: str, invented: Desk) -> None:
    browser = invented.signed_in(user)
    assert "admin, agendaris, atau staf data contoh" in browser.get("/mulai").text
    token = browser.get_cookie("_csrf_token").value
    assert browser.post("/mulai/kantor", data={"csrf_token": token}).status_code == 403
    assert not real(invented).is_begun


def test_a_server_that_shows_only_the_demo_says_which_command_starts_the_real_one(tmp_path: Path) -> None:
    alone = desk(tmp_path, is_demo=True)
    browser = alone.signed_in("admin")
    assert "<code>.venv/bin/pantau serve</code>" in browser.get("/mulai").text
    token = browser.get_cookie("_csrf_token").value
    reply = browser.post("/mulai/kantor", data={"csrf_token": token})
    assert (reply.status_code, alone.office.home.real.is_begun) == (409, False)


def test_the_demo_is_shown_only_while_nobody_has_begun(tmp_path: Path) -> None:
    nothing, said, peopled, loaded = (Home(tmp_path / name) for name in ("kosong", "mulai", "orang", "berkas"))
    (tmp_path / "agenda.csv").write_bytes(LETTERS)
    said.mark_as_begun()
    assert pantau("user", "add", "kadin", "--role", "kadin", "--home", peopled.root).code == 0
    assert pantau("ingest", tmp_path / "agenda.csv", "--home", loaded.root).code == 0
    assert [is_empty(home) for home in (nothing, said, peopled, loaded)] == [True, False, False, False]


def test_the_waiting_page_learns_which_records_are_shown(invented: Desk, tmp_path: Path) -> None:
    assert invented.browser().get("/mulai/keadaan").json == {"contoh": True}
    assert desk(tmp_path / "nyata").browser().get("/mulai/keadaan").json == {"contoh": False}


REFUSING = (Page.DATA, Page.SOP, Page.PENGATURAN, Page.AKUN, Page.JEJAK)
FORMS = (
    *(page.PATH for page in PAGES if page.PAGE in REFUSING and "<" not in page.PATH),
    *(f"/langkah-awal?langkah={step}" for step in FirstStep),
    "/pengaturan/semua?bagian=room&baris=1", "/pengaturan/semua?bagian=berkas", "/pengaturan/semua?bagian=riwayat",
    "/pengaturan/pengguna?ubah=1", "/data/muatan/1?aksi=batal", "/data/koreksi/permohonan/1",
)  # fmt: skip


def test_whatever_button_of_a_form_is_active_on_invented_records_is_not_refused(tmp_path: Path) -> None:
    """Each page with forms, and what comes on it, is looked through for buttons that can be pressed: each is."""
    served = desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES, is_demo=True)
    walk = Walk(served.app, served.browser_of("admin"))
    refused, seen, words_there = [], set[str](), sentence(InventedRecordsError("begin.invented"))
    for address in FORMS:
        parts = walk.page(address)
        parts.come_from(address)
        walk.ask_all(address, parts)
        seen |= parts.buttons(is_active=False)
        for button in parts.buttons(is_active=True):
            refused += [(address, button) for reply in walk.press(button, parts) if words_there in reply.text]
    assert refused == []
    assert {"begin-save-since", "users-add", "checklist-save", "tables-check", "sop-save", "screens-make"} <= seen
    assert walk.failures == []


def test_on_the_offices_own_records_the_same_forms_are_active(tmp_path: Path) -> None:
    served = desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES)
    walk = Walk(served.app, served.browser_of("admin"))
    for address in ("/pengaturan", "/sop/versi", "/pengaturan/daftar-periksa"):
        assert walk.page(address).buttons(is_active=False) == set()
