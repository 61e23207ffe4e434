"""Publishing a report in a real browser, with the mouse and with the keyboard alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from dashboard.pages import PAGES
from dashboard.printed.publish import all_published, published_pdf
from tests.desk_office import PASSWORD, Desk, desk
from tests.pdf_text import pdf_text
from tests.semester import AS_OF, PERIOD, load_semester

Open = Callable[[str, str, tuple[int, int]], Page]
DESK, PHONE = (1366, 768), (360, 740)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Desk:
    """The half-year counted by hand."""
    folder = tmp_path_factory.mktemp("report-page")
    made = desk(folder / "home", migrated_sqlite, pages=PAGES)
    made.clock.at = AS_OF
    load_semester(made.office, folder)
    return made


@pytest.fixture(scope="module")
def address(served: Desk) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, served.app.server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """A page of the desk as that user sees it; the test fails when a script does."""
    problems: list[str] = []
    contexts = []

    def start(user: str, path: str, size: tuple[int, int] = DESK) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}{path}")
        page.fill("[name=nama]", user)
        page.fill("[name=sandi]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".report-paper")
        return page

    yield start
    for context in contexts:
        context.close()
    assert problems == []


def test_the_head_of_the_office_publishes_with_the_mouse_and_again_with_the_keyboard(
    opened: Open, served: Desk
) -> None:
    page = opened("kadin", f"/laporan?periode={PERIOD}", DESK)
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
    first = all_published(served.office)[0]
    assert Path(download.value.path()).read_bytes() == published_pdf(served.office, first.id)

    page.get_by_role("link", name="Lihat angka sekarang").press("Enter")
    expect(page.locator("#report-followup-A4")).to_have_value("Tetapkan pengganti")
    page.locator("#report-followup-A8").press_sequentially("Dua petugas")
    page.locator("#report-reason").press_sequentially("Tindakan ditambah")
    page.locator("#report-sure input").press("Space")
    page.get_by_role("button", name="Terbitkan", exact=True).press("Enter")
    expect(page.locator("#report-said")).to_contain_text("terbitan 2026-S1/2")
    expect(page.locator(".report-published")).to_contain_text("Digantikan 2026-S1/2")
    second = all_published(served.office)[0]
    assert "Dua petugas" in pdf_text(published_pdf(served.office, second.id) or b"")


def test_the_period_is_chosen_with_native_controls_and_stays_in_the_address(opened: Open) -> None:
    page = opened("sekdin", "/laporan?periode=2026-06", DESK)
    page.select_option("#report-span", "quarter")
    page.wait_for_url("**periode=2026-Q2")
    expect(page.locator(".report-subtitle")).to_contain_text("Triwulan II 2026")
    page.select_option("#report-period", "2026-Q1")
    page.wait_for_url("**periode=2026-Q1")
    page.go_back()
    expect(page.locator("#report-period")).to_have_value("2026-Q2")
    expect(page.locator("#report-publish")).to_have_count(0)


def test_nothing_is_wider_than_a_phone(opened: Open) -> None:
    page = opened("kadin", "/laporan?periode=2026-03", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("width", [1280, 1366, 1920])
def test_the_top_bar_holds_every_entry_beside_the_age_of_the_data(opened: Open, width: int) -> None:
    page = opened("admin", "/laporan?periode=2026-03", (width, 768))
    expect(page.locator(".p-age")).to_be_visible()
    entries, age = page.locator(".p-nav-link").all(), page.locator(".p-age").bounding_box()
    boxes = [entry.bounding_box() for entry in entries]
    assert len(boxes) >= 10
    assert age is not None
    assert max(box["x"] + box["width"] for box in boxes if box) <= age["x"]
    assert len({box["y"] for box in boxes if box}) == 1
