"""No page, with letters in it, has a barrier for keyboard, screen reader or weak eyes, as axe-core finds them."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard.access.roles import is_allowed
from dashboard.web.pages import PAGES
from data_access.roles import Role
from tests.gallery.measured import measure, settled, watch
from tests.offices.september import office_with_letters
from tests.serving.windows import Site, running, signed_in, visitors

WHO = (Role.ADMIN, Role.KADIN, Role.STAF, Role.AGENDARIS)
"""The first of these that may see a page opens it; together they may see all."""

LETTER = "/permohonan/2026/144"
OTHERS = ("/masuk", "/masuk/kode", "/sandi", "/layar")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office with five letters."""
    with running(office_with_letters(tmp_path_factory.mktemp("axe"))) as site:
        yield site


@pytest.fixture(scope="module")
def windows(browser: Browser, site: Site) -> Iterator[dict[Role, Page]]:
    """One window for each of `WHO`, signed in."""
    with visitors(browser, site.url) as visitor:
        opened = {role: signed_in(visitor(), site, role) for role in WHO}
        for page in opened.values():
            page.set_viewport_size({"width": 1366, "height": 768})
        yield opened


def barriers(page: Page) -> list[str]:
    """What axe finds in either theme, also what it calls minor, with the first place of each."""
    return [*_found(page, "light"), *_found(page, "dark", runOnly=["color-contrast"])]  # all else is the same


_A_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def _found(page: Page, theme: Literal["light", "dark"], **rules: list[str]) -> list[str]:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate(_A_FRAME)  # by then no colour is on its way to another
    found = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
    return [
        f"{theme}, {one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])}x) "
        f"{one['nodes'][0]['failureSummary'][:200]}"
        for one in found
    ]


def fixed(pages: tuple[ModuleType, ...]) -> list[ModuleType]:
    """The pages whose address names no record."""
    return [page for page in pages if "<" not in page.PATH]


@pytest.mark.parametrize("page", fixed(PAGES), ids=lambda page: page.PATH)
def test_no_page_has_a_barrier(page: ModuleType, windows: dict[Role, Page]) -> None:
    role = next(role for role in WHO if is_allowed(role, page.PAGE))
    assert _barriers_at(windows[role], page.PATH) == []


def test_a_letter_has_no_barrier(windows: dict[Role, Page]) -> None:
    assert _barriers_at(windows[Role.KADIN], LETTER) == []


@pytest.mark.parametrize("path", ["/kepatuhan", "/ruang", "/peserta", "/data", LETTER])
def test_a_page_is_as_wide_as_its_screen_fit_for_a_finger_and_does_not_jump(
    browser: Browser, site: Site, path: str
) -> None:
    with visitors(browser, site.url) as visitor:
        page = watch(signed_in(visitor(), site, Role.KASI_LITIK))
        page.set_viewport_size({"width": 360, "height": 780})
        page.goto(path)
        assert measure(settled(page)).faults(is_phone=True) == []
        for width in (412, 683, 1024, 3840):
            page.set_viewport_size({"width": width, "height": 1080})
            assert measure(page).wider == [], width


@pytest.mark.parametrize("path", OTHERS)
def test_neither_has_a_page_outside_the_desk(
    browser: Browser, windows: dict[Role, Page], site: Site, path: str
) -> None:
    window = windows[Role.KADIN] if path == "/layar" else browser.new_context().new_page()
    window.goto(site.url + path)
    window.wait_for_load_state("networkidle" if path == "/masuk" else "load")
    assert barriers(window) == []


def test_the_report_form_has_no_barrier(windows: dict[Role, Page]) -> None:
    window = windows[Role.STAF]
    window.goto("/lapor/Smart%20Center")
    window.wait_for_selector("html[data-ready]")
    window.click("#all")
    window.get_by_text("Rusak ringan", exact=True).first.click()
    assert barriers(window) == []


def _barriers_at(window: Page, path: str) -> list[str]:
    window.goto(path)
    window.wait_for_selector(".p-head h1")
    window.wait_for_load_state("networkidle")
    window.wait_for_selector(".p-waiting", state="detached")  # a part that is drawn anew is faded meanwhile
    return barriers(window)
