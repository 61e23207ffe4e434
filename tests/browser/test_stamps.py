"""A letter handed on in a real browser: by mouse at one desk, by keyboard at the next."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.offices.september import office_with_letters
from tests.serving.windows import Open, Site, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office in which letter 147 lies on the secretary's desk."""
    with running(office_with_letters(tmp_path_factory.mktemp("stamps"))) as site:
        yield site


def test_a_tapped_row_waits_for_its_answer_and_is_free_again_when_none_comes(open_page: Open) -> None:
    sekdin, taps = open_page("/ringkasan", "sekdin"), list[Route]()
    receive = sekdin.get_by_role("button", name="Terima A3, surat 2026/147")
    hand_on = sekdin.get_by_role("button", name="Teruskan A3, surat 2026/147")
    row = sekdin.locator("li", has=hand_on)
    sekdin.route("**/_dash-update-component*", lambda route: _hold(route, taps, '"stamp-tap.data"'))
    receive.click()
    expect(row).to_have_attribute("aria-busy", "true")
    expect(hand_on).to_have_attribute("aria-disabled", "true")
    hand_on.click(force=True)
    sekdin.wait_for_timeout(200)
    assert len(taps) == 1
    taps[0].fulfill(status=204)
    expect(hand_on).not_to_have_attribute("aria-disabled", "true")
    expect(row).not_to_have_attribute("aria-busy", "true")
    sekdin.unroute_all(behavior="ignoreErrors")


def test_a_tap_counts_also_when_its_list_is_drawn_anew_under_the_finger(open_page: Open) -> None:
    sekdin, taps = open_page("/ringkasan", "sekdin"), list[Route]()
    receive = sekdin.get_by_role("button", name="Terima A3, surat 2026/147")
    sekdin.route("**/_dash-update-component*", lambda route: _hold(route, taps, '"stamp-tap.data"'))
    receive.hover()
    sekdin.mouse.down()
    receive.evaluate("one => one.closest('section').replaceWith(one.closest('section').cloneNode(true))")
    sekdin.mouse.up()
    expect(receive).to_have_attribute("aria-disabled", "true")
    sekdin.wait_for_timeout(200)
    assert len(taps) == 1
    taps[0].fulfill(status=204)
    expect(receive).not_to_have_attribute("aria-disabled", "true")
    sekdin.unroute_all(behavior="ignoreErrors")


def _hold(route: Route, held: list[Route], asked: str) -> None:
    """Keep the questions that hold these words; anything else goes on."""
    if asked in (route.request.post_data or ""):
        held.append(route)
    else:
        route.continue_()


def test_a_letter_goes_over_two_desks_by_mouse_and_by_keyboard(open_page: Open) -> None:
    sekdin = open_page("/", "sekdin")
    expect(sekdin).to_have_url(re.compile("/$|/ringkasan$"))
    hand_on = sekdin.get_by_role("button", name="Teruskan A3, surat 2026/147")
    waiting: list[Route] = []
    sekdin.route("**/_dash-update-component*", lambda route: _hold(route, waiting, '"output":"summary-body.children"'))
    hand_on.dblclick()
    expect(sekdin.locator("#stamp-said")).to_contain_text("A3 surat 2026/147 selesai pukul 09.00.")
    sekdin.wait_for_timeout(200)
    expect(hand_on).to_have_attribute("aria-disabled", "true")
    for route in waiting:
        route.continue_()
    sekdin.unroute_all(behavior="ignoreErrors")
    expect(sekdin.locator("#summary-body")).to_contain_text("Tidak ada langkah yang menunggu Anda")

    kadin = open_page("/permohonan", "kadin")
    hand_on = kadin.get_by_role("button", name="Teruskan A4, surat 2026/147")
    expect(hand_on).to_be_visible()
    kadin.locator(".cases-link", has_text="2026/147").focus()
    kadin.keyboard.press("Enter")
    paper = kadin.get_by_label("Surat dan lembar disposisi")
    paper.focus()
    kadin.keyboard.press("Space")
    expect(paper).to_be_checked()
    kadin.locator("summary", has_text="Kembalikan").focus()
    kadin.keyboard.press("Enter")
    kadin.get_by_role("button", name="Kembalikan ke A3 · Sekdin dari A4, surat 2026/147").focus()
    kadin.keyboard.press("Enter")
    expect(kadin.locator("#stamp-said")).to_contain_text("Tulis alasannya")
    kadin.get_by_label("Alasan dikembalikan").fill("tanggal kegiatan belum tercantum")
    kadin.keyboard.press("Tab")
    kadin.keyboard.press("Enter")
    expect(kadin.locator("#stamp-said")).to_contain_text("Surat 2026/147 dikembalikan dari A4")
    expect(kadin.locator("#case-head")).to_contain_text("Sekarang di A3")
    kadin.get_by_role("button", name=re.compile("^Batalkan cap")).focus()
    kadin.keyboard.press("Enter")
    expect(kadin.locator("#case-head")).to_contain_text("Sekarang di A4")

    kadin.get_by_label("Surat dan lembar disposisi").focus()
    kadin.keyboard.press("Space")
    kadin.get_by_role("button", name="Teruskan A4, surat 2026/147").focus()
    kadin.keyboard.press("Enter")
    expect(kadin.locator("#case-head")).to_contain_text("Sekarang di A5")
    expect(kadin.locator(".case-need.is-good")).to_contain_text("Surat dan lembar disposisi")


def test_the_stamp_desk_fits_a_phone(open_page: Open) -> None:
    page = open_page("/permohonan/2026/147", "kabid", 360, 740)
    expect(page.locator(".stamp-form").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
