"""A figure taken apart, another target tried and a version entered, with the keyboard in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.offices.september import office_with_letters
from tests.serving.windows import running, signed_in, visitors

PERIOD = "dari=2026-09-01&sampai=2026-09-30"


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A window of Kadin on an office of the test's own."""
    with running(office_with_letters(tmp_path)) as site, visitors(browser, site.url) as visitor:
        page = signed_in(visitor(), site, "kadin")
        page.set_viewport_size({"width": 1366, "height": 768})
        yield page


def narrow(page: Page) -> int:
    """By how many pixels the page is wider than a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_a_figure_is_taken_apart_down_to_the_days_of_one_letter(page: Page) -> None:
    page.goto(f"/sop?{PERIOD}")
    button = page.get_by_role("link", name="Mengapa angka ini? Tepat waktu, A4")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mengapa angka ini?")
    expect(page.locator(".why-line")).to_contain_text("3 dinilai")
    page.get_by_role("link", name="Terlambat", exact=True).click()
    expect(page.locator(".why-rows tbody tr")).to_have_count(1)
    expect(page.locator(".why-rows")).to_contain_text("2026/144")
    assert "kelompok=late" in page.url
    assert narrow(page) <= 0
    page.get_by_role("link", name="Hari demi hari").click()
    expect(page.locator(".why-days tr.is-sum")).to_contain_text("35 menit")
    expect(page.locator(".why-days tbody")).to_contain_text("Perpres 21/2023")
    page.go_back()
    expect(page.locator(".why-rows")).to_contain_text("2026/144")


def test_a_cell_and_a_point_of_the_compliance_page_lead_to_their_explanations(page: Page) -> None:
    """A cell by its mark and by its letters, with the mouse and with the keyboard; a month from the list of points."""
    page.goto(f"/kepatuhan?{PERIOD}")
    cell = page.locator(".sla-heat tr", has_text="A4").locator("td", has_text="67%")
    cell.hover()
    cell.get_by_role("link", name="Mengapa angka ini? A4, 2026-09").click()
    expect(page.locator(".why-line")).to_contain_text("3 dinilai")
    page.get_by_role("link", name="Daftar permohonan").click()
    away = page.locator(".cases-behind").get_by_role("link", name="Mengapa angka ini?")
    away.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".why-line")).to_contain_text("3 dinilai")
    page.goto(f"/kepatuhan?{PERIOD}")
    folded = page.locator(".sla-points summary").first
    folded.focus()
    page.keyboard.press("Enter")
    month = page.get_by_role("link", name=re.compile("^September 2026: "))
    month.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".why-parts")).to_contain_text("Tepat waktu")
    assert narrow(page) <= 0


def test_another_target_is_tried_in_the_address_and_leads_to_what_changes(page: Page) -> None:
    page.goto(f"/sop/target?{PERIOD}")
    field = page.get_by_label(re.compile("^A4 · "))
    expect(field).to_have_value("5")
    field.fill("40")
    expect(page.locator(".sop-if tbody")).to_contain_text("66,7% (2/3)")
    expect(page).to_have_url(re.compile(r"A4=40"))
    assert narrow(page) <= 0
    page.get_by_role("link", name="1 langkah menjadi tepat waktu").click()
    expect(page.locator(".why-rows")).to_contain_text("2026/144")
    page.go_back()
    expect(page.get_by_label(re.compile("^A4 · "))).to_have_value("40")
    page.get_by_label(re.compile("^A4 · ")).fill("lama")
    expect(page.locator("#sop-target-if")).to_contain_text("bukan jumlah menit")


def test_a_version_is_entered_and_shown(page: Page) -> None:
    page.goto("/sop/versi")
    page.get_by_label(re.compile("^A4 · ")).fill("40 menit")
    page.get_by_label("Berlaku sejak").fill("08/09/2026")
    page.get_by_role("button", name="Simpan versi baru").click()
    expect(page.get_by_role("alert").filter(has_text="Alasan")).to_be_visible()
    page.locator("#sop-reason").fill("SK Kepala Dinas")
    page.get_by_role("button", name="Simpan versi baru").click()
    expect(page.locator("#sop-said")).to_contain_text("berlaku sejak Selasa, 8 September 2026")
    page.get_by_role("link", name="Lihat pada naskah").click()
    expect(page.locator(".sop-versions")).to_contain_text("A4: 5 menit menjadi 40 menit")
    expect(page.locator(".sop-form.is-A")).to_contain_text("40 menit")
    assert narrow(page) <= 0
