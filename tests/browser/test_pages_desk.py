"""Compliance, list and letter in a real browser: by mouse, by keyboard, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.offices.september import office_with_letters
from tests.reading.colours import DARK, LIGHT
from tests.serving.windows import Open, Site, is_error, running, signed_in, windows

SEPTEMBER = "/kepatuhan?dari=2026-09-01&sampai=2026-09-30"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office with five letters."""
    with running(office_with_letters(tmp_path_factory.mktemp("pages"))) as site:
        yield site


def test_a_preset_changes_the_address_and_back_undoes_it(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    expect(page.locator("#sla-subtitle")).to_contain_text("5 permohonan")
    expect(page.locator("#sla-period")).to_have_value("this_month")
    page.select_option("#sla-period", "last_month")
    expect(page).to_have_url(re.compile(r"dari=2026-08-01&sampai=2026-08-31"))
    expect(page.locator("#sla-body")).to_contain_text("Belum ada data pada periode ini")
    page.go_back()
    expect(page.locator("#sla-period")).to_have_value("this_month")
    expect(page.locator(".sla-table")).to_be_visible()


def test_own_dates_can_be_chosen(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    expect(page.locator("#sla-dates")).to_be_hidden()
    page.select_option("#sla-period", "custom")
    page.fill("#sla-from", "8-9-26")
    page.press("#sla-from", "Enter")
    expect(page).to_have_url(re.compile(r"dari=2026-09-08&sampai=2026-09-30"))
    expect(page.locator("#sla-subtitle")).to_contain_text("8 Sep – 30 Sep 2026")
    expect(page.locator("#sla-from")).to_have_value("08/09/2026")
    page.fill("#sla-from", "kemarin")
    page.press("#sla-from", "Tab")
    expect(page.locator("#sla-from + .p-day-hint")).to_be_visible()


def test_from_a_late_step_to_the_letter_behind_it(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    page.locator(".sla-row", has_text="Disposisi ke Kabid").locator(".sla-late-link").click()
    expect(page.locator(".cases-behind")).to_contain_text("A4 · terlambat, termasuk lewat batas")
    expect(page.locator(".cases-link")).to_have_text(["2026/144"])
    page.keyboard.press("/")
    expect(page.locator("#cases-search")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".cases-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bimbingan guru")
    expect(page.locator("#case-part-a .case-bar").first).to_be_attached()
    page.go_back()
    expect(page.locator(".cases-behind")).to_be_visible()


def test_charts_are_drawn(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    for chart in ("#sla-months .p-plot-mark", "#sla-lateness .p-plot-bar"):
        expect(page.locator(chart).first).to_be_attached()
    expect(page.locator("#sla-control")).to_contain_text("Belum cukup bulan untuk peta kendali")


def test_charts_follow_the_theme_and_are_light_on_paper(open_page: Open) -> None:
    page = open_page("/permohonan/2026/144", "kadin")
    bar = page.locator("#case-part-a .case-bar.is-beyond")
    expect(bar).to_have_css("background-color", _rgb(LIGHT["late-bar"]))
    page.emulate_media(color_scheme="dark")
    expect(bar).to_have_css("background-color", _rgb(DARK["late-bar"]))
    page.emulate_media(color_scheme="dark", media="print")
    expect(bar).to_have_css("background-color", _rgb(LIGHT["late-bar"]))
    page.emulate_media(color_scheme="dark", media="screen")
    page.click(".p-user-toggle")
    page.get_by_role("group", name="Tampilan").get_by_role("link", name="Terang").click()
    expect(page.locator("body")).to_have_css("background-color", _rgb(LIGHT["ground"]))
    expect(page).to_have_url(re.compile(r"/permohonan/2026/144$"))
    page.locator("#case-part-a .case-bar").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(":focus .p-plot-says")).to_have_css("opacity", "1")


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_table_and_first_chart_stand_before_anything_more_is_asked(open_page: Open) -> None:
    page, held, is_open = open_page("/permohonan", "kadin"), list[Route](), list[bool]()
    page.add_init_script(
        "window.print = () => { document.title = `dicetak ${document.querySelectorAll('.p-coming').length}` }"
    )
    page.route("**/_dash-update-component*", lambda one: one.continue_() if is_open else held.append(one))
    page.goto(page.url.replace("/permohonan", SEPTEMBER))
    expect(page.locator("#sla-body td.sla-spread").first).to_be_visible()
    expect(page.locator("#sla-months .p-plot-mark").first).to_be_attached()
    expect(page.locator(".p-coming")).to_have_count(2)
    page.click("#sla-print")
    is_open.append(True)
    for one in held:
        one.continue_()
    expect(page.locator("#sla-lateness .p-plot-bar").first).to_be_attached()
    expect(page.locator("#sla-detail .sla-coverage").first).to_be_visible()
    expect(page.locator(".p-coming")).to_have_count(0)
    expect(page).to_have_title("dicetak 0")


def test_a_phone_gets_three_screens_and_a_step_narrows_the_page(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin", 390, 844)
    expect(page.locator("#sla-detail .sla-coverage").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 844
    expect(page.locator(".sla-heat")).to_be_hidden()
    page.locator(".p-panel", has=page.locator(".sla-heat")).locator("summary").click()
    expect(page.locator(".sla-heat")).to_be_visible()
    page.locator(".sla-step-link", has_text="Disposisi ke Kabid").first.click()
    expect(page.locator(".sla-narrowed")).to_contain_text("Hanya langkah A4")
    expect(page).to_have_url(re.compile(r"bagian=A4$"))
    expect(page.locator("#sla-part")).to_have_value("A4")
    page.locator(".sla-all-again").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sla-narrowed")).to_have_count(0)
    expect(page.locator("#sla-part")).to_have_value("*")


def test_filters_and_the_index_stay_in_sight_and_paper_has_every_column(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    expect(page.locator("#sla-detail .sla-coverage").first).to_be_visible()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    here = page.locator("#shell-index [aria-current]")
    expect(here).to_have_text("Cakupan dan cara ukur")
    expect(page.locator("#sla-period")).to_be_in_viewport()
    page.locator("#shell-index").get_by_role("link", name="Dari mana keterlambatan").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="Dari mana keterlambatan")).to_be_in_viewport()
    expect(here).to_have_text("Dari mana keterlambatan")
    assert [stop for stop in page.evaluate(_WHILE_SCROLLED) if stop["marked"] != [stop["wanted"]]] == []
    page.set_viewport_size({"width": 688, "height": 900})
    page.emulate_media(media="print")
    for part in (".sla-table td.sla-spread", ".sla-table td.sla-trend", ".sla-table td.sla-output", ".sla-heat"):
        expect(page.locator(part).first).to_be_visible()


_WHILE_SCROLLED = """async () => {
    const bars = () => ['.p-top', '#shell-index', '.p-page .p-stay'].map((bar) => document.querySelector(bar));
    const heads = [...document.querySelectorAll('.p-page h2')].filter((head) => head.offsetParent);
    const ways = () => [...document.querySelectorAll('#shell-index [aria-current]')].map((way) => way.textContent);
    const stops = [];
    for (let y = 400; y < document.documentElement.scrollHeight - innerHeight; y += 400) {
        scrollTo({ top: y, behavior: "instant" });
        for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
        const edge = Math.max(...bars().map((bar) => bar.getBoundingClientRect().bottom));
        const tops = heads.map((head) => head.getBoundingClientRect().top);
        const last = tops.findLast((top) => top <= edge + 24) ?? tops[0];
        const head = heads[tops.findIndex((top) => Math.abs(top - last) < 2)];
        stops.push({ y, marked: ways(), wanted: head.firstChild.textContent.trim() });
    }
    return stops;
}"""
"""At each stop of the way down: which entries of the index are marked, and whose head was the last above the bars."""

_ON_PAPER = """() => {
    const shown = (part) => part.getClientRects().length > 0 && getComputedStyle(part).visibility !== 'hidden';
    const parts = [...document.querySelectorAll('main *')].filter(shown);
    const has = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const texts = parts.filter((part) => has(part) && !part.closest('.visually-hidden'));
    const right = document.documentElement.clientWidth + 2;
    const told = (found) => found.map((part) => part.outerHTML);
    return {
        small: told(texts.filter((part) => parseFloat(getComputedStyle(part).fontSize) < 10.66)),
        wide: told(parts.filter((part) => part.getBoundingClientRect().right > right)),
        controls: told(parts.filter((part) => part.matches('button, input, select, textarea'))),
        folded: document.querySelectorAll('main details:not([open]):not(.no-print *)').length,
        head: document.querySelector('.p-print-head').innerText,
    };
}"""
LYING, UPRIGHT = 1010, 688
"""Pixels between the margins of a sheet of A4."""


@pytest.mark.parametrize(
    ("address", "width"),
    [
        (SEPTEMBER, LYING),
        ("/ruang?dari=2026-09-01&sampai=2026-09-30", LYING),
        ("/sarpras", UPRIGHT),
        ("/sop", LYING),
    ],
)
def test_on_paper_nothing_is_cut_small_or_pressed_and_the_head_says_what_it_is_of(
    address: str, width: int, open_page: Open
) -> None:
    page = open_page(address, "kadin")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".p-coming, .p-waiting")).to_have_count(0)
    before = page.locator("main details[open]").count()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    paper = page.evaluate(_ON_PAPER)
    head = paper.pop("head")
    assert paper == {"small": [], "wide": [], "controls": [], "folded": 0}
    assert "Dinas Komunikasi dan Informatika" in head
    assert "Dicetak" in head
    if address != "/sop":
        assert "Ruang: Semua ruang" in head
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == before


def test_links_of_the_table_work_by_keyboard_and_by_back(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    page.evaluate("window.stayed = true")
    late = page.locator(".sla-row", has_text="Disposisi ke Kabid").locator(".sla-late-link")
    late.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cases-link")).to_have_text(["2026/144"])
    page.go_back()
    expect(late).to_be_visible()
    expect(page.locator("#sla-detail .sla-coverage").first).to_be_visible()
    assert page.evaluate("window.stayed")


def test_a_cell_and_a_bar_lead_to_their_letters_and_back_and_downloads_follow_the_filters(open_page: Open) -> None:
    page = open_page(SEPTEMBER, "kadin")
    page.locator(".sla-heat tr", has_text="A4").get_by_role("link", name="67%").click()
    expect(page.locator(".cases-behind")).to_contain_text("A4 · dinilai · 1 Sep – 30 Sep 2026")
    expect(page.locator(".cases-link")).to_have_text(["2026/145", "2026/144", "2026/143"])
    page.go_back()
    page.locator("#sla-lateness .p-plot-bar").first.click()
    expect(page.locator(".cases-link")).to_have_text(["2026/144"])
    page.go_back()
    page.select_option("#sla-control-step", "A5")
    expect(page).to_have_url(re.compile(r"kendali=A5"))
    page.select_option("#sla-opd", "Inspektorat")
    expect(page).to_have_url(re.compile(r"opd=Inspektorat&kendali=A5"))
    expect(page.locator("#sla-xlsx")).to_have_attribute("href", re.compile(r"opd=Inspektorat&kendali=A5"))
    with page.expect_download() as started:
        page.click("#sla-csv")
    assert started.value.suggested_filename == "kepatuhan-2026-09-01-2026-09-30.csv"


def test_typing_searches_the_list(open_page: Open) -> None:
    page = open_page("/permohonan", "kadin")
    expect(page.locator(".cases-link")).to_have_count(5)
    page.fill("#cases-search", "guru")
    expect(page.locator(".cases-link")).to_have_text(["2026/144"])
    expect(page).to_have_url(re.compile(r"\?q=guru$"))
    page.go_back()
    expect(page.locator("#cases-search")).to_have_value("")
    expect(page.locator(".cases-link")).to_have_count(5)


def test_an_agency_is_told_that_another_letter_does_not_exist(browser: Browser, site: Site) -> None:
    """Under the menu, with the status 404, of which the browser tells a line itself."""
    with windows(browser, site, lambda line: is_error(line) and "404" not in line.text) as opened:
        page = opened("/permohonan/2026/144", "opd")
        expect(page.locator("main h1")).to_have_text("Permohonan tidak ditemukan")


def test_a_press_is_not_lost_while_the_part_of_its_button_is_drawn(open_page: Open) -> None:
    page, held = open_page("/langkah-awal?langkah=kantor", "admin"), list[Route]()
    page.get_by_role("link", name="Sejak kapan langkah dicatat").click()
    page.fill("#begin-since", "kemarin")
    page.route("**/_dash-update-component*", lambda one: held.append(one))  # noqa: PLW0108 – a built-in is no handler
    page.evaluate("dash_clientside.set_props('begin-changed', { data: 7 })")
    expect(page.locator(".begin .p-waiting")).to_be_visible()
    page.click("#begin-save-since")
    expect(page.locator("#begin-save-since")).to_have_class(re.compile("is-busy"))
    part, press = held
    part.continue_()
    expect(page.locator("#begin-since")).not_to_have_value("kemarin")
    press.continue_()
    expect(page.locator("#begin-result")).to_contain_text("kemarin")
    assert held == [part, press]  # nothing was asked because of the buttons that were drawn
    page.unroute_all()
    page.get_by_role("link", name="Berkas atau surat pertama").click()
    expect(page.locator("#begin-result")).to_be_empty()  # the words were about the step before


@pytest.mark.parametrize("path", [SEPTEMBER, "/permohonan", "/permohonan/2026/143"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 768), (1920, 1080)])
def test_no_page_is_wider_than_its_window(path: str, width: int, height: int, open_page: Open) -> None:
    page = open_page(path, "kadin", width, height)
    expect(page.locator(".sla-table, .cases-table, .case-steps").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_name_of_a_thousand_letters_leaves_the_other_columns_in_sight(open_page: Open) -> None:
    page = open_page("/permohonan", "kadin")
    expect(page.locator(".cases-agency").first).to_be_visible()
    page.locator(".cases-agency").first.evaluate("name => { name.textContent = 'Pengelolaan'.repeat(90); }")
    assert page.locator(".cases-panel .p-scroll").evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_a_page_that_does_not_come_says_what_may_be_the_matter(browser: Browser, site: Site) -> None:
    """Also where scripts are switched off; and it leads on."""
    window = signed_in(browser.new_context(base_url=site.url, java_script_enabled=False).new_page(), site, "kabid")
    window.goto(SEPTEMBER)
    expect(window.locator(".p-opening")).to_contain_text("Halaman sedang dibuka")
    expect(window.locator(".p-opening-late")).to_be_visible()
    window.context.close()
    window = signed_in(browser.new_context(base_url=site.url).new_page(), site, "kabid")
    window.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
    window.goto(SEPTEMBER)
    expect(window.locator(".p-opening-late")).to_be_hidden()
    window.unroute_all()
    window.get_by_role("link", name="buka sekali lagi").click()
    expect(window.locator("h1")).to_be_visible()
    expect(window).to_have_url(re.compile(r"dari=2026-09-01"))
    window.context.close()
