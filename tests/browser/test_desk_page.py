"""The frame of the desk pages in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dash import Dash, Input, Output, html
from playwright.sync_api import Browser, Page, expect

from dashboard.access.guard import guarded
from dashboard.access.roles import Page as DeskPage
from dashboard.components import (
    bind_filters,
    filter_bar,
    loading,
    page_head,
    page_url,
    search_field,
    select,
)
from tests.offices.desk import PASSWORD, desk, sample_page
from tests.offices.office import MONDAY_NINE
from tests.serving.windows import Site, running, visitors


def filtered_page() -> Any:
    """A page with two filters and a button whose callback fails."""
    page = sample_page(DeskPage.KEPATUHAN, "/kepatuhan", "uji")

    def layout(page_request: Any) -> html.Div:
        options = [("", "Semua OPD"), ("Bappeda", "Bappeda"), ("BKD", "BKD")]
        return html.Div(
            [
                page_url("uji"),
                page_head("Uji", "contoh"),
                filter_bar(
                    select("uji-opd", "OPD", options, page_request.query.get("opd", "")),
                    search_field("uji-cari", "Cari"),
                ),
                html.P(id="uji-out"),
                html.Button("Rusak", id="uji-break"),
                loading(html.Div(id="uji-broken")),
                html.Div("angka tadi", id="uji-kept"),
            ]
        )

    def register(app: Dash, *_: object) -> None:
        bind_filters(app, DeskPage.KEPATUHAN, "uji", {"opd": "uji-opd", "cari": "uji-cari"})

        @app.callback(Output("uji-out", "children"), Input("uji-url", "search"))
        @guarded(DeskPage.KEPATUHAN)
        def tell(search: str) -> str:
            return f"saringan {search or 'kosong'}"

        @app.callback(
            Output("uji-broken", "children"),
            Output("uji-kept", "children"),
            Input("uji-break", "n_clicks"),
            prevent_initial_call=True,
        )
        @guarded(DeskPage.KEPATUHAN)
        def fail(_: int) -> tuple[str, str]:
            return "", str({}["rahasia"])

    page.layout, page.register, page.ADDRESS_NAMES = layout, register, dict.fromkeys(("opd", "ruang", "cari"))
    return page


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo office with the page above and another one."""
    other = sample_page(DeskPage.PERMOHONAN, "/permohonan", "lain")
    other.ADDRESS_NAMES = dict.fromkeys(("dari", "opd", "cari"))
    pages = [filtered_page(), other]
    with running(desk(tmp_path_factory.mktemp("desk"), pages=pages, is_demo=True)) as site:
        yield site


@pytest.fixture
def served(demo: Site) -> Site:
    """The running office, on its Monday morning again."""
    demo.desk.clock.at = MONDAY_NINE
    return demo


@pytest.fixture
def open_at(browser: Browser, demo: Site) -> Iterator[Callable[[int, int], Page]]:
    """A new window of that size; the test fails when a script does, or when the policy refuses something."""
    problems: list[str] = []
    with visitors(browser, demo.url) as visitor:

        def start(width: int, height: int) -> Page:
            page = visitor()
            page.set_viewport_size({"width": width, "height": height})
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
            return page

        yield start
    assert problems == []


def sign_in(page: Page, served: Site, path: str = "/kepatuhan") -> None:
    page.goto(served.url + path)
    page.fill("[name=nama]", "kadin")
    page.fill("[name=sandi]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#uji-out")


def test_a_login_opens_the_page_that_was_asked_for_with_its_filters(
    served: Site, open_at: Callable[[int, int], Page]
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served, "/kepatuhan?opd=BKD")
    expect(page.locator("#uji-out")).to_have_text("saringan ?opd=BKD")
    expect(page.locator("#uji-opd")).to_have_value("BKD")
    expect(page.locator(".p-nav-link[aria-current]")).to_have_count(1)
    expect(page.locator(".p-demo")).to_contain_text("Data contoh")


def test_filters_live_in_the_address_and_back_brings_them_back(
    served: Site, open_at: Callable[[int, int], Page]
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    page.focus("#uji-opd")
    page.keyboard.type("Bap")
    expect(page).to_have_url(re.compile(r"\?opd=Bappeda$"))
    page.fill("#uji-cari", "rapat")
    expect(page.locator("#uji-out")).to_have_text("saringan ?opd=Bappeda&cari=rapat")
    page.go_back()
    expect(page.locator("#uji-out")).to_have_text("saringan ?opd=Bappeda")
    expect(page.locator("#uji-cari")).to_have_value("")
    page.go_back()
    expect(page.locator("#uji-out")).to_have_text("saringan kosong")
    expect(page.locator("#uji-opd")).to_have_value("*")


def test_moving_between_pages_keeps_title_and_place(served: Site, open_at: Callable[[int, int], Page]) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    page.locator(".p-nav-link[href='/permohonan']").click()
    expect(page.locator("main h1")).to_have_text("lain")
    expect(page.locator(".p-nav-link[aria-current]")).to_have_attribute("href", "/permohonan")


def test_the_menu_takes_along_the_filters_that_the_next_page_has_as_well(
    served: Site, open_at: Callable[[int, int], Page]
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served, "/kepatuhan?opd=BKD&ruang=Aula&cari=rapat")
    page.click(".p-nav-link[href='/permohonan']")
    expect(page).to_have_url(re.compile(r"/permohonan\?opd=BKD$"))
    page.click(".p-nav-link[href^='/permohonan']")
    expect(page).to_have_url(re.compile(r"/permohonan$"))


def test_an_expired_session_leads_to_the_login_and_back_to_the_same_place(
    served: Site, open_at: Callable[[int, int], Page]
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served, "/kepatuhan?opd=BKD")
    served.desk.clock.at += 86_400
    page.select_option("#uji-opd", "Bappeda")
    page.wait_for_selector("[name=sandi]")
    page.fill("[name=nama]", "kadin")
    page.fill("[name=sandi]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#uji-out")).to_contain_text("saringan ?opd=")


def test_what_fails_is_said_in_words(served: Site, open_at: Callable[[int, int], Page]) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    page.click("#uji-break")
    expect(page.locator("#shell-toast")).to_be_visible()
    expect(page.locator("#shell-toast")).to_contain_text("gagal dimuat")
    (code,) = re.findall(r"Kode untuk admin: ([0-9a-f]{8})\.", page.inner_text("#shell-toast"))
    expect(page.locator("#uji-broken .p-banner")).to_be_visible()
    expect(page.locator("#uji-broken .p-banner")).to_contain_text(f"sampaikan kode {code} kepada admin")
    expect(page.locator("#uji-kept")).to_have_text("angka tadi")
    page.click(".p-toast-close")
    expect(page.locator("#shell-toast")).to_be_hidden()


def test_a_page_that_fails_leaves_the_menu(
    served: Site, open_at: Callable[[int, int], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    monkeypatch.setattr(served.desk.app.router.pages[1], "layout", lambda _: {}["rahasia"])
    page.goto(f"{served.url}/permohonan")
    expect(page.locator("main h1")).to_have_text("Terjadi kesalahan")
    expect(page.locator("main")).to_contain_text("sampaikan kode")
    page.locator(".p-nav-link[href='/kepatuhan']").click()
    expect(page.locator("main h1")).to_have_text("Uji")


def test_a_frame_that_fails_says_so_in_words(
    served: Site, open_at: Callable[[int, int], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    monkeypatch.setattr("dashboard.web.app.shell", lambda *_, **__: {}["rahasia"])
    page.goto(f"{served.url}/kepatuhan")
    expect(page.locator("#shell-toast")).to_contain_text("sampaikan kode")


def test_nothing_is_fetched_from_outside(served: Site, open_at: Callable[[int, int], Page]) -> None:
    page = open_at(1366, 768)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, served)
    assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 844), (1366, 768), (3840, 2160)])
def test_no_page_is_wider_than_its_window(
    width: int, height: int, served: Site, open_at: Callable[[int, int], Page]
) -> None:
    page = open_at(width, height)
    page.goto(f"{served.url}/masuk")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    sign_in(page, served)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_menu_of_the_user_works_by_keyboard(served: Site, open_at: Callable[[int, int], Page]) -> None:
    page = open_at(1366, 768)
    sign_in(page, served)
    page.focus(".p-user-toggle")
    page.keyboard.press("Enter")
    expect(page.locator(".p-user-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".p-user-menu")).to_be_hidden()
    page.keyboard.press("Enter")
    page.click("text=Keluar")
    expect(page.locator(".a-note.is-good")).to_have_text("Anda sudah keluar.")


def test_the_language_changes_in_place(served: Site, open_at: Callable[[int, int], Page]) -> None:
    page = open_at(1366, 768)
    sign_in(page, served, "/kepatuhan?opd=BKD")
    page.click(".p-user-toggle")
    page.click("text=English")
    expect(page.locator(".p-demo")).to_contain_text("Sample data")
    expect(page).to_have_url(re.compile(r"/kepatuhan\?opd=BKD$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
