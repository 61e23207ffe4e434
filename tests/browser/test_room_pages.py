"""Rooms, participants and facilities in a real browser: filters and weeks live in the address, Back goes back, keys
suffice."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.books.typed import book
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.serving.windows import running, signed_in, visitors

CHECKS = book("ruang;tanggal;jam;barang;kondisi;uraian", "Smart Center;29/09/2026;08.00;AC;Rusak berat;mati")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    """A window on an office with five letters, signed in as Kabid; no script may fail in it."""
    folder = tmp_path_factory.mktemp("ruang")
    desk = office_with_letters(folder)
    give_books(desk.office, folder, {"kondisi.csv": CHECKS}, END_OF_SEPTEMBER)
    with running(desk) as site, visitors(browser, site.url) as visitor:
        page, faults = signed_in(visitor(), site, "kabid"), []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        yield page
    assert faults == []


@pytest.fixture(autouse=True)
def on_a_desk(window: Page) -> None:
    """Every test begins on the screen of a desk."""
    window.set_viewport_size({"width": 1366, "height": 768})


def test_filters_and_weeks_live_in_the_address(window: Page) -> None:
    window.goto("/ruang")
    expect(window.locator("#room-subtitle")).to_contain_text("1 Sep – 30 Sep 2026")
    window.select_option("#room-period", "this_year")
    expect(window.locator("#room-subtitle")).to_contain_text("1 Jan – 31 Des 2026")
    assert "dari=2026-01-01" in window.url
    window.select_option("#room-opd", "Dinas Kesehatan")
    expect(window.locator("#room-subtitle")).to_contain_text("Dinas Kesehatan")
    week = window.locator(".room-line .p-panel-title")
    before = week.inner_text()
    window.locator(".room-way").first.focus()
    window.keyboard.press("Enter")
    expect(week).not_to_have_text(before)
    expect(window).to_have_url(re.compile("minggu="))
    window.go_back()
    expect(week).to_have_text(before)
    expect(window.locator("#room-opd")).to_have_value("Dinas Kesehatan")
    assert window.evaluate("document.documentElement.scrollWidth") <= 1366


def test_a_bar_leads_to_its_letter_and_files_keep_the_filter(window: Page) -> None:
    window.goto("/ruang?dari=2026-09-01&sampai=2026-09-30&minggu=2026-09-10")
    link = window.locator("#room-export a").first
    expect(link).to_have_attribute("href", re.compile(r"unduh\.xlsx\?dari=2026-09-01"))
    window.locator("a.room-mark").first.press("Enter")
    expect(window).to_have_url(re.compile("/permohonan/2026/143"))


def test_a_name_of_a_thousand_letters_leaves_the_other_columns_in_sight(window: Page) -> None:
    window.goto("/ruang?dari=2026-09-01&sampai=2026-09-30")
    name = window.locator(".room-lines .room-who > :first-child").first
    expect(name).to_be_visible()
    name.evaluate("name => { name.textContent = 'Pengelolaan'.repeat(90); }")
    assert window.locator("#kegiatan .p-scroll").evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_participants_keep_their_period_on_a_phone(window: Page) -> None:
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto("/peserta?dari=2026-09-01&sampai=2026-09-30")
    expect(window.locator("#people-body .p-kpi").first).to_be_visible()
    window.locator(".p-stay summary").click()
    window.select_option("#people-period", "custom")
    window.locator("#people-to").fill("15/09/2026")
    window.locator("#people-to").press("Enter")
    expect(window.locator("#people-subtitle")).to_contain_text("1 Sep – 15 Sep 2026")
    assert window.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_done_about_a_fault_shows_at_once_and_other_days_keep_it_opened(window: Page) -> None:
    window.goto("/sarpras")
    expect(window.locator("#sarpras-subtitle")).to_contain_text("1 Sep – 30 Sep 2026")
    window.get_by_role("link", name="Buka", exact=True).click()
    window.fill("#sarpras-note", "teknisi dipanggil")
    window.click("#sarpras-do-comment")
    expect(window.locator("#sarpras-follow")).to_contain_text("teknisi dipanggil")
    window.select_option("#sarpras-period", "this_year")
    expect(window.locator("#sarpras-subtitle")).to_contain_text("1 Jan – 31 Des 2026")
    expect(window.locator("#sarpras-follow")).to_contain_text("teknisi dipanggil")
