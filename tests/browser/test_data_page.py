"""The Data page in a real browser: dropping, choosing by keyboard, mapping, saving; when the server does not answer."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.web.pages import PAGES
from tests.offices.desk import desk
from tests.serving.data_page import AGENDA, FOREIGN, csv_bytes, xlsx_bytes
from tests.serving.windows import Site, running, windows

Open = Callable[..., Page]
WIDE, PHONE = (1920, 1080), (390, 844)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running office with nothing loaded, all pages."""
    with running(desk(tmp_path, pages=PAGES)) as site:
        yield site


@pytest.fixture
def open_data(browser: Browser, site: Site) -> Iterator[Open]:
    """The page of somebody who may load files; the test fails when a script does, or when the policy refuses."""

    def start(size: tuple[int, int] = WIDE, user: str = "agendaris") -> Page:
        return opened("/data", user, *size)

    with windows(browser, site, lambda line: "Content Security Policy" in line.text) as opened:
        yield start


def give(page: Page, name: str, content: bytes) -> None:
    """Choose a file in the field."""
    page.wait_for_selector("#data-file", state="attached")
    page.set_input_files("#data-file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})


def drop(page: Page, name: str, content: bytes, target: str = "#data-drop") -> None:
    """Let a file fall where `target` is, as a browser does it."""
    page.wait_for_selector("#data-file", state="attached")
    transfer = page.evaluate_handle(
        """([name, text]) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [name, base64.b64encode(content).decode()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event(target, event, {"dataTransfer": transfer})


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_dropped_file_is_shown_saved_and_its_rejected_rows_come_along(size: tuple[int, int], open_data: Open) -> None:
    page = open_data(size)
    drop(page, "agenda-juni.xlsx", xlsx_bytes(Agenda=AGENDA))
    expect(page.locator(".data-found-title")).to_contain_text("agenda-juni.xlsx, lembar “Agenda”")
    expect(page.locator(".data-rows .is-rejected")).to_have_count(2)
    expect(page.locator(".data-rows .is-remarkable")).to_contain_text("A2 belum dapat diukur")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with page.expect_download() as rejects:
        page.get_by_role("button", name="Simpan 3 baris, unduh 2 yang ditolak").click()
    assert rejects.value.url.endswith("/data/tolakan/1")
    assert rejects.value.suggested_filename.endswith(".xlsx")
    expect(page.locator(".data-result")).to_contain_text("Berkas sudah dimuat")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_file_that_misses_the_zone_does_not_replace_the_page(open_data: Open) -> None:
    page = open_data()
    drop(page, "agenda.csv", csv_bytes(AGENDA), target=".p-head h1")
    expect(page.locator("#data-save")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/data\?berkas=[0-9a-f]{32}$"))


def test_all_of_it_works_without_a_mouse(open_data: Open) -> None:
    page = open_data()
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": csv_bytes(AGENDA)}
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    page.wait_for_selector("#data-file", state="attached")
    page.focus("#data-file")
    expect(page.locator("#data-drop")).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    page.wait_for_selector("#data-save")
    page.focus("#data-save")
    page.keyboard.press("Enter")
    expect(page.locator(".data-result")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_foreign_file_is_mapped_by_hand_and_the_next_one_by_itself(size: tuple[int, int], open_data: Open) -> None:
    page = open_data(size)
    give(page, "lain-01.csv", FOREIGN.encode())
    form = page.locator("#data-map-form")
    expect(form).to_contain_text("wajib")
    page.select_option("[name=jenis]", "pemakaian")
    expect(page.locator("[name=kolom-ruang]")).to_be_visible()
    page.select_option("[name=jenis]", "permohonan")
    expect(page.locator("[name=kolom-no_agenda]")).to_be_visible()
    page.select_option("[name=kolom-no_agenda]", "k:nomor")
    page.select_option("[name=kolom-tgl_terima]", "k:masuk")
    page.select_option("[name=kolom-asal]", "=")
    expect(page.locator("#data-notice")).to_contain_text("kolom wajib permohonan: Asal Surat")
    page.fill("[name=tetap-asal]", "tidak disebut")
    page.get_by_role("button", name="Baca bulan lebih dulu").click()
    expect(page.locator("#data-notice")).to_contain_text("Pemetaan lengkap: 2 baris terbaca")
    expect(page.locator(".data-rows")).to_contain_text("Jumat, 24 Januari 2020")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("Ingat pemetaan ini").check()
    page.fill("[name=nama]", "buku lama")
    page.fill("[name=pola]", "lain-*.csv")
    page.click("#data-save")
    expect(page.locator(".data-result")).to_be_visible()
    give(page, "lain-02.csv", FOREIGN.replace("7;", "17;").encode())
    expect(page.locator("#data-notice")).to_contain_text("Dibaca dengan pemetaan sumber “buku lama”")


def test_the_form_is_that_of_the_file_that_is_open(open_data: Open) -> None:
    page = open_data()
    columns = page.locator("[name=kolom-no_agenda]")
    give(page, "lain-01.csv", FOREIGN.encode())
    expect(columns).to_contain_text("pengirim surat")
    give(page, "lain-02.csv", b"urutan;dicatat;alamat\n7;24/01/2020;Dinas Kesehatan\n")
    expect(columns).to_contain_text("alamat")
    expect(columns).not_to_contain_text("pengirim surat")
    page.get_by_role("link", name="lain-01.csv").click()
    expect(columns).to_contain_text("pengirim surat")


def test_another_way_of_reading_can_be_chosen_for_a_file_that_was_recognised(open_data: Open) -> None:
    page = open_data()
    give(page, "a.csv", b"no_agenda;tgl_terima;asal;catatan saya\n7;07/09/2026;Dinkes;Rapat besar\n")
    page.wait_for_selector("#data-save")
    page.click("#data-map-box > summary")
    page.click(".data-map-more > summary")
    page.select_option("[name=kolom-perihal]", "k:catatan saya")
    expect(page.locator(".data-rows")).to_contain_text("Perihal")
    page.click("#data-save")
    expect(page.locator(".data-result")).to_contain_text("baru")


def test_giving_a_file_up_clears_the_page(open_data: Open) -> None:
    page = open_data()
    give(page, "a.csv", csv_bytes(AGENDA))
    page.get_by_role("button", name="Batal", exact=True).click()
    expect(page.locator(".data-found")).to_have_count(0)
    expect(page.locator("#data-main")).to_have_class("data-main")


def test_while_another_load_runs_a_button_tries_again(
    open_data: Open, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.intake.offered.preview.WAIT_SECONDS", 0.05)
    page = open_data()
    other = sqlite3.connect(site.desk.office.home.records_path)
    other.execute("BEGIN IMMEDIATE")
    give(page, "a.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-preview")).to_contain_text("Sedang ada pemuatan lain")
    other.rollback()
    other.close()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("#data-save")).to_be_visible()


def test_a_login_that_ended_meanwhile_is_said_and_leads_to_the_login(open_data: Open) -> None:
    page = open_data()
    page.wait_for_selector("#data-file", state="attached")
    page.context.clear_cookies(name="pantau")
    give(page, "a.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-message")).to_contain_text("masuk lagi, berkas belum terkirim")
    page.get_by_role("link", name="Masuk lagi").click()
    expect(page).to_have_url(re.compile(r"/masuk\?habis=1&ke=%2Fdata"))


def test_a_lost_network_is_said(open_data: Open) -> None:
    page = open_data()
    page.wait_for_selector("#data-file", state="attached")
    page.context.set_offline(True)
    give(page, "a.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-message")).to_contain_text("Sambungan terputus, berkas belum terkirim")
    page.context.set_offline(False)
    give(page, "a.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-save")).to_be_visible()
    expect(page.locator("#data-message")).to_be_hidden()


def test_a_server_that_fails_is_said_with_the_code_for_the_administrator(
    open_data: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_data()
    monkeypatch.setattr("dashboard.pages.intake.files._read_files", lambda *_, **__: {}["rahasia"])
    give(page, "agenda.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-message")).to_contain_text(re.compile(r"coba lagi .* admin: [0-9a-f]{8}\."))


def test_a_file_that_is_too_large_or_empty_is_not_even_sent(open_data: Open) -> None:
    page = open_data()
    page.wait_for_selector("#data-file", state="attached")
    page.evaluate("document.querySelector('#data-words').dataset.max = '10'")
    give(page, "besar.csv", csv_bytes(AGENDA))
    expect(page.locator("#data-message")).to_contain_text("besar.csv lebih besar dari 256 MB dan tidak dikirim")
    give(page, "kosong.csv", b"")
    expect(page.locator("#data-message")).to_contain_text("kosong.csv kosong (0 bita)")


def test_who_may_only_look_cannot_drop_anything(open_data: Open) -> None:
    page = open_data(user="kadin")
    page.click("text=Data")
    expect(page.locator(".data-side")).to_contain_text("Riwayat")
    expect(page.locator("#data-drop")).to_have_count(0)
