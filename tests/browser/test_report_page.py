"""Publishing a report in a real browser, with the mouse and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.printed.publish import all_published, published_pdf
from tests.offices.semester import PERIOD, semester_desk
from tests.reading.pdf import pdf_text
from tests.serving.windows import Open, Site, running

PHONE = (360, 740)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The half-year counted by hand."""
    with running(semester_desk(tmp_path_factory.mktemp("report-page"))) as site:
        yield site


@pytest.fixture
def open_report(open_page: Open) -> Open:
    """A window as `open_page` opens it, when the report stands in it."""

    def start(user: str, path: str, *size: int) -> Page:
        page = open_page(path, user, *size)
        page.wait_for_selector(".report-paper")
        return page

    return start


def test_the_head_of_the_office_publishes_with_the_mouse_and_again_with_the_keyboard(
    open_report: Open, site: Site
) -> None:
    page = open_report("kadin", f"/laporan?periode={PERIOD}")
    page.locator("#report-followup-A4").fill("Tetapkan pengganti")
    page.get_by_role("link", name="Ke bagian penerbitan").click()
    page.get_by_role("button", name="Terbitkan", exact=True).click()
    expect(page.locator("#report-said")).to_contain_text("Centang bahwa angka sudah diperiksa")
    page.get_by_text("Angka sudah diperiksa; laporan ini boleh diterbitkan.").click()
    page.get_by_role("button", name="Terbitkan", exact=True).click()
    expect(page.locator("#report-said")).to_contain_text("terbitan 2026-S1/1")
    expect(page.locator(".report-paper")).to_contain_text("Tetapkan pengganti")
    expect(page.locator("#report-body")).to_contain_text("Angka sekarang sama dengan yang diterbitkan.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh PDF").click()
    first = all_published(site.desk.office)[0]
    assert Path(download.value.path()).read_bytes() == published_pdf(site.desk.office, first.id)

    page.get_by_role("link", name="Lihat angka sekarang").press("Enter")
    expect(page.locator("#report-followup-A4")).to_have_value("Tetapkan pengganti")
    page.locator("#report-followup-A8").press_sequentially("Dua petugas")
    page.locator("#report-reason").press_sequentially("Tindakan ditambah")
    page.locator("#report-sure input").press("Space")
    page.get_by_role("button", name="Terbitkan", exact=True).press("Enter")
    expect(page.locator("#report-said")).to_contain_text("terbitan 2026-S1/2")
    expect(page.locator(".report-published")).to_contain_text("Digantikan 2026-S1/2")
    second = all_published(site.desk.office)[0]
    assert "Dua petugas" in pdf_text(published_pdf(site.desk.office, second.id) or b"")


def test_the_period_is_chosen_with_native_controls_and_stays_in_the_address(open_report: Open) -> None:
    page = open_report("sekdin", "/laporan?periode=2026-06")
    page.select_option("#report-span", "quarter")
    page.wait_for_url("**periode=2026-Q2")
    expect(page.locator(".report-subtitle")).to_contain_text("Triwulan II 2026")
    page.select_option("#report-period", "2026-Q1")
    page.wait_for_url("**periode=2026-Q1")
    page.go_back()
    expect(page.locator("#report-period")).to_have_value("2026-Q2")
    expect(page.locator("#report-publish")).to_have_count(0)


def test_nothing_is_wider_than_a_phone(open_report: Open) -> None:
    page = open_report("kadin", "/laporan?periode=2026-03", *PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("width", [1280, 1366, 1920])
def test_the_top_bar_holds_every_entry_beside_the_age_of_the_data(open_report: Open, width: int) -> None:
    page = open_report("admin", "/laporan?periode=2026-03", width)
    expect(page.locator(".p-age")).to_be_visible()
    entries, age = page.locator(".p-nav-link").all(), page.locator(".p-age").bounding_box()
    boxes = [entry.bounding_box() for entry in entries]
    assert len(boxes) >= 10
    assert age is not None
    assert max(box["x"] + box["width"] for box in boxes if box) <= age["x"]
    assert len({box["y"] for box in boxes if box}) == 1
