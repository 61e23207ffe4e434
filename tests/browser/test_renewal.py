"""From a tap to another desk's open list; what somebody writes there is not lost; closing with one tap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.offices.september import office_with_letters
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
