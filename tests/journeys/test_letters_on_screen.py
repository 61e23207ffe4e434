"""A letter begins on the screen, in a real browser: on paper at Agendaris' desk, or asked for by an agency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.books.photos import photo
from tests.offices.september import office_with_letters
from tests.serving.windows import Open, Site, running, windows


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(office_with_letters(tmp_path_factory.mktemp("letters"))) as site:
        yield site


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    with windows(browser, site) as opened:
        yield opened


class Hands:
    """A person at a form: what is typed and clicked is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.typed, self.clicks = page, 0, 0

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.typed += 1

    def click(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()
        self.clicks += 1


def attached(page: Page, file: Path, content: bytes, look: str) -> str:
    """What the page says of a scan that is chosen."""
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Lampirkan pindaian").click()
    file.write_bytes(content)
    chosen.value.set_files(file)
    line = page.locator(f".scan-said .{look}")
    expect(line).to_be_visible()
    return line.inner_text()


def test_a_paper_letter_is_in_with_six_fields_and_two_clicks(open_page: Open, tmp_path: Path) -> None:
    agendaris = Hands(open_page("/surat-baru", "agendaris"))
    expect(agendaris.page.get_by_label("Nomor agenda", exact=True)).to_have_value("148")
    for label, text in (
        ("Dari (OPD)", "Dinas Kesehatan"), ("Kegiatan", "Rapat gizi"), ("Tanggal kegiatan", "14/10/2026"),
        ("Mulai", "9"), ("Selesai", "12"), ("Jumlah peserta", "40"),
    ):  # fmt: skip
        agendaris.type(label, text)
    assert "lebih besar dari 10 MB" in attached(agendaris.page, tmp_path / "besar.pdf", bytes(11 * 1024**2), "is-late")
    assert "terlampir" in attached(agendaris.page, tmp_path / "surat.png", photo(kind="PNG"), "is-good")
    agendaris.click("Simpan surat")
    expect(agendaris.page).to_have_url(re.compile("/permohonan/2026/148$"))
    expect(agendaris.page.locator("#case-head")).to_contain_text("Rapat gizi")
    expect(agendaris.page.locator(".scan-list")).to_contain_text("Pindaian 1 (JPEG")
    agendaris.click("Teruskan A2, surat 2026/148")
    expect(agendaris.page.locator("#stamp-said")).to_contain_text("A2 surat 2026/148 selesai")
    assert (agendaris.typed, agendaris.clicks) == (6, 2)


def test_an_agency_asks_with_five_fields_and_one_click(open_page: Open) -> None:
    opd = Hands(open_page("/ajukan", "opd"))
    expect(opd.page.locator("#ask-times")).to_contain_text("bebas")
    for label, text in (("Keperluan", "Rapat stunting"), ("Jumlah peserta", "30"), ("Tanggal", "12/10/2026")):
        opd.type(label, text)
    opd.type("Mulai", "9")
    opd.type("Selesai", "11")
    expect(opd.page.locator("#ask-times")).to_contain_text("Bebas, tetapi sedang diajukan pula")
    opd.click("Kirim permohonan")
    expect(opd.page.locator("#ask-said")).to_contain_text("Nomor tanda terima: TT-2026-00001")
    expect(opd.page.locator("#ask-list")).to_contain_text("Berikutnya: A2")
    assert (opd.typed, opd.clicks) == (5, 1)
    opd.page.get_by_role("link", name="Ubah").click()
    expect(opd.page.get_by_role("heading", level=1)).to_have_text("Ubah permohonan TT-2026-00001")
    expect(opd.page.get_by_label("Keperluan")).to_have_value("Rapat stunting")
    opd.type("Jumlah peserta", "31")
    opd.click("Simpan perubahan")
    expect(opd.page.locator("#ask-said")).to_contain_text("diubah")
    expect(opd.page.get_by_label("Keperluan")).to_have_value("Rapat stunting")
    opd.page.get_by_role("link", name="Selesai mengubah").click()
    expect(opd.page.get_by_role("heading", level=1)).to_have_text("Ajukan ruang")
    expect(opd.page.locator("#ask-list .asked-list > *")).to_have_count(1)


def test_it_is_numbered_goes_over_the_desks_is_approved_and_the_agency_sees_it(open_page: Open) -> None:
    opd = open_page("/ajukan", "opd")
    agendaris = Hands(open_page("/permohonan/2026/TT-00001", "agendaris"))
    expect(agendaris.page.locator("#case-stamps")).to_contain_text("Belum bernomor")
    agendaris.click("Beri nomor")
    expect(agendaris.page).to_have_url(re.compile("/permohonan/2026/149$"))
    agendaris.click("Teruskan A2, surat 2026/149")
    expect(agendaris.page.locator("#case-head")).to_contain_text("Sekarang di A3")
    for user, step in (("sekdin", "A3"), ("kadin", "A4")):
        desk = Hands(open_page("/permohonan/2026/149", user))
        desk.click(f"Teruskan {step}, surat 2026/149")
        expect(desk.page.locator("#stamp-said")).to_contain_text(f"{step} surat 2026/149 selesai")
    kabid = Hands(open_page("/permohonan/2026/149", "kabid"))
    kabid.click("Setujui dan teruskan A5")
    expect(kabid.page.locator("#stamp-said")).to_contain_text("2026/149 disetujui.")
    expect(kabid.page.locator("#case-head")).to_contain_text("Sekarang di A6")
    opd.reload()
    expect(opd.locator("#ask-list")).to_contain_text("Disetujui")
    expect(opd.locator("#ask-list")).to_contain_text("nomor agenda 149")
