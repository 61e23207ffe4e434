"""The handbook in a real browser: reached from the menu, beside an index that stays, no wider than its screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.web.pages import PAGES
from tests.offices.desk import desk
from tests.serving.windows import Open, Site, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("handbook")
    with running(desk(folder, pages=PAGES)) as site:
        yield site


def test_the_menu_leads_to_the_own_page_and_its_index_to_the_others(open_page: Open) -> None:
    page = open_page("/ringkasan", "staf")
    page.locator(".p-user-toggle").click()
    page.get_by_role("link", name="Bantuan").click()
    expect(page.locator("h1")).to_have_text("Panduan staf bidang IATIK")
    expect(page.locator(".p-user-menu")).to_be_hidden()
    page.locator(".handbook-index a[href='#menangani-gangguan']").click()
    expect(page.locator("#menangani-gangguan")).to_be_in_viewport()
    expect(page.locator(".handbook-index")).to_be_in_viewport()
    page.get_by_role("link", name="Panduan OPD").click()
    expect(page.locator("h1")).to_have_text("Panduan OPD")
    for picture in page.locator(".handbook-picture").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("width", [360, 412, 768, 1024, 1366, 1920])
def test_no_screen_is_too_narrow_for_it(open_page: Open, width: int) -> None:
    page = open_page("/bantuan", "kabid", width, 800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
