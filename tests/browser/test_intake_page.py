"""The Data page's lists in a real browser: a room is decided, a load is taken back, rejected rows are fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.offices.intake import intake_office
from tests.serving.windows import Open, Site, running

LISTS = ("/data/muatan", "/data/muatan/1", "/data/menunggu?ruang=aulakecil", "/data/nama", "/data/tanda")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running office of this test's own."""
    with running(intake_office(tmp_path)) as site:
        yield site


def test_from_what_waits_to_a_room_that_is_known_and_rows_that_have_joined(open_page: Open) -> None:
    page = open_page("/data", "agendaris")
    page.get_by_role("link", name=re.compile("baris menunggu ruang")).click()
    page.get_by_role("row", name=re.compile("Aula Kecil")).get_by_role("link", name="Tentukan").click()
    page.select_option("#waiting-room", "Smart Center")
    page.get_by_role("button", name="Samakan").click()
    expect(page.locator("#waiting-said")).to_contain_text("2 baris bergabung")
    expect(page.locator("#waiting-body")).not_to_contain_text("Aula Kecil")
    expect(page.locator("#waiting-body")).to_contain_text("Ruang Rapat Lt 2")


def test_a_load_is_taken_back_with_a_reason(open_page: Open) -> None:
    page = open_page("/data/muatan/4", "agendaris")
    page.get_by_role("link", name=re.compile("Batalkan muatan")).click()
    expect(page.locator(".intake-loss")).to_contain_text("1 baris tidak dihitung lagi")
    page.fill("#load-undo-reason", "salah berkas")
    page.get_by_text("Saya mengerti akibatnya").click()
    page.locator("#load-undo-do").click()
    expect(page.locator("#load-undo-said")).to_contain_text("agenda-susulan.csv dibatalkan")
    expect(page.locator("#load-body")).to_contain_text("Alasan: salah berkas")
    expect(page.locator("#load-undo-do")).to_have_count(0)


def test_rejected_rows_are_fetched_as_a_file(open_page: Open) -> None:
    page = open_page("/data/muatan/1", "agendaris")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Unduh baris ditolak").click()
    assert fetched.value.suggested_filename == "tolakan-1-agenda-september.csv"
    assert "bukan tanggal yang ada" in Path(fetched.value.path()).read_text(encoding="utf-8-sig")


def test_from_a_letter_to_the_row_of_its_file(open_page: Open) -> None:
    page = open_page("/permohonan/2026/144", "agendaris")
    page.get_by_role("link", name="9–15").click()
    expect(page.locator("tr.is-target")).to_contain_text("8 Sep 2026 08.08")
    expect(page.locator("tr.is-target")).to_be_in_viewport()


def test_a_wrong_time_is_put_right_by_keyboard(open_page: Open) -> None:
    page = open_page("/permohonan/2026/144", "agendaris")
    page.get_by_text("Pilih catatan yang salah tulis").click()
    page.locator(".case-correct li", has_text="A4 ·").get_by_role("link").press("Enter")
    page.fill("#correct-time", "08:15")
    page.fill("#correct-reason", "salah ketik")
    page.locator("#correct-save").press("Enter")
    expect(page.locator("#correct-said")).to_contain_text("Koreksi tersimpan")
    page.locator("#correct-said").get_by_role("link", name="Kembali ke permohonan").click()
    expect(page.locator(".case-steps")).to_contain_text("8 Sep 2026 08.15")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1920, 1080)])
def test_no_list_is_wider_than_its_window(width: int, height: int, open_page: Open) -> None:
    page = open_page("/data", "agendaris", width, height)
    for path in LISTS:
        page.goto(path)
        expect(page.locator(".p-panel").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
