"""Open pages are fresh or say so: from a tap to another desk's list, from a file to the offer of a page of figures;
what somebody writes is not lost. Windows in two languages do not mix, and what waits for a filter is dimmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.books.typed import agenda
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.serving.windows import Open, Site, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office in which letter 147 lies on the secretary's desk."""
    with running(office_with_letters(tmp_path_factory.mktemp("renewal"))) as site:
        yield site


def test_a_tap_reaches_the_open_lists_of_the_next_desk(open_page: Open) -> None:
    kadin, listed = open_page("/ringkasan", "kadin"), open_page("/permohonan?status=mine", "kadin")
    expect(kadin.locator("#summary-body")).to_contain_text("Tidak ada langkah yang menunggu Anda")
    expect(listed.locator("#cases-count")).to_have_text("0 permohonan")
    sekdin = open_page("/ringkasan", "sekdin")
    sekdin.get_by_role("button", name="Teruskan A3, surat 2026/147").click()
    expect(sekdin.locator("#stamp-said")).to_contain_text("A3 surat 2026/147 selesai")
    expect(kadin.get_by_role("button", name="Teruskan A4, surat 2026/147")).to_be_visible()
    expect(listed.get_by_role("button", name="Teruskan A4, surat 2026/147")).to_be_visible()


def test_what_somebody_ticks_stays_and_the_page_offers_to_renew(open_page: Open) -> None:
    kadin = open_page("/ringkasan", "kadin")
    kadin.locator(".stamp-folded summary").first.click()
    kadin.get_by_label("Surat dan lembar disposisi").check()
    agendaris = open_page("/ringkasan", "agendaris")
    agendaris.get_by_role("button", name="Tutup surat 2026/12/A").click()
    expect(agendaris.locator("#stamp-said")).to_contain_text("Surat 2026/12/A ditutup pukul 09.00.")
    expect(agendaris.locator("#summary-body")).not_to_contain_text("perlu ditutup")
    expect(kadin.locator("#renew-offer")).to_contain_text("Data baru")
    expect(kadin.locator("#renew-offer button")).to_be_visible()
    expect(kadin.get_by_label("Surat dan lembar disposisi")).to_be_checked()
    kadin.get_by_role("button", name="Menunggu").or_(kadin.locator("[data-renew-now]")).first.click()
    expect(kadin.locator("#renew-offer button")).to_be_hidden()
    agendaris.get_by_role("button", name="Batalkan penutupan").click()
    expect(agendaris.locator("#summary-body")).to_contain_text("1 perlu ditutup")


BACK_AT = """async (place) => {
    const isNear = () => Math.abs(scrollY - place) < 60;  // what is in sight stays there when lines come above it
    for (let times = 0; times < 100 && !isNear(); times += 1) await new Promise((done) => setTimeout(done, 100));
    return isNear();
}"""
"""Whether the page comes back to a place, for which its lower parts may have to come first."""


def seen_again(page: Page) -> None:
    """Somebody comes back to the window, which asks for news at once."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_figures_behind_a_file_say_so_and_come_back_to_their_place(open_page: Open, site: Site, tmp_path: Path) -> None:
    page = open_page("/kepatuhan?dari=2026-09-01&sampai=2026-09-30", "kadin", height=500)
    expect(page.locator(".sla-body")).to_contain_text("5 permohonan diterima")
    page.locator(".p-waiting").first.wait_for(state="hidden")
    place = page.evaluate("scrollTo({ top: 400, behavior: 'instant' }), scrollY")
    assert place > 200
    seen_again(page)
    expect(page.get_by_role("button", name="Data baru")).to_be_hidden()
    late = agenda("150;21/09/2026;08.00;Inspektorat;Rapat tambahan;Smart Center;25/09/2026;09.00;12.00;disetujui")
    give_books(site.desk.office, tmp_path, {"susulan.csv": late}, END_OF_SEPTEMBER + 60)
    seen_again(page)
    page.get_by_role("button", name="Data baru · perbarui").click()
    expect(page.get_by_role("button", name="Data baru")).to_be_hidden()
    expect(page.locator(".sla-body")).to_contain_text("6 permohonan diterima")
    expect(page.locator("#shell-page")).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate(BACK_AT, place)


def test_a_language_chosen_in_one_window_leaves_the_other_whole(open_page: Open, site: Site) -> None:
    first = open_page("/ruang?dari=2026-09-01&sampai=2026-09-30", "kadin")
    second = first.context.new_page()
    second.goto("/bahasa/en?ke=/ruang")
    expect(second.locator("h1")).to_have_text("Use of rooms")
    first.get_by_label("Periode").select_option(label="Tahun ini")
    expect(first.locator("#room-subtitle")).to_contain_text("31 Des 2026")
    first.get_by_role("link", name="Sarpras").click()
    expect(first.locator("h1")).to_have_text("Sarpras")
    assert "Facilities" not in first.locator("body").inner_text()
    first.reload()
    expect(first.locator("h1")).to_have_text("Facilities")
    second.close()


def test_what_waits_for_a_filter_is_dimmed_at_once(open_page: Open) -> None:
    page, held = open_page("/permohonan", "kadin"), list[Route]()

    def hold(question: Route) -> None:
        held.append(question)

    page.route("**/_dash-update-component*", hold, times=1)
    page.locator("#cases-status").select_option("late")
    body = page.locator("#cases-body")
    expect(body).to_have_attribute("aria-busy", "true")
    expect(body).to_have_css("opacity", "0.5")
    held[0].continue_()
    expect(page.locator("#cases-count")).to_have_text("3 permohonan")
    expect(body).not_to_have_attribute("aria-busy", "true")


def test_what_ones_own_form_recorded_is_no_news_but_what_others_record_is(
    open_page: Open, site: Site, tmp_path: Path
) -> None:
    page = open_page("/langkah-awal?langkah=pencatatan", "admin")
    seen_again(page)
    page.get_by_label("Langkah dicatat sejak").fill("01/09/2026")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.locator("#begin-result")).to_contain_text("Langkah dicatat sejak Selasa, 1 September 2026.")
    with page.expect_response("**/kabar*"):
        seen_again(page)
    page.wait_for_timeout(100)
    expect(page.locator("#renew-offer button")).to_be_hidden()
    late = agenda("151;21/09/2026;08.00;Inspektorat;Rapat lain;Smart Center;26/09/2026;09.00;12.00;disetujui")
    give_books(site.desk.office, tmp_path, {"lain.csv": late}, END_OF_SEPTEMBER + 120)
    seen_again(page)
    expect(page.locator("#renew-offer button")).to_be_visible()
