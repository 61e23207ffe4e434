"""Scans of letters in a real browser: saving waits for one that is on its way, and one given by mistake is removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.offices.september import office_with_letters
from tests.serving.windows import Open, Site, running

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office with a few letters."""
    with running(office_with_letters(tmp_path_factory.mktemp("scans"))) as site:
        yield site


def attach(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Lampirkan pindaian").click()
    chooser.value.set_files([{"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF}])


def test_a_letter_is_saved_with_its_scan_once_that_has_arrived(open_page: Open) -> None:
    held: list[Route] = []
    page = open_page("/surat-baru", "agendaris")
    page.route("**/pindaian", lambda route: held.append(route))  # noqa: PLW0108 – a handler of its own
    save = page.locator("#paper-save")
    expect(save).to_be_enabled()
    with page.expect_request("**/pindaian"):
        attach(page)
    expect(save).to_be_disabled()
    held[0].continue_()
    expect(page.locator(".scan-said")).to_contain_text("terlampir")
    expect(save).to_be_enabled()


def test_a_scan_given_by_mistake_is_removed_after_a_question(open_page: Open) -> None:
    page = open_page("/permohonan/2026/147", "agendaris")
    attach(page)
    expect(page.locator(".scan-list li")).to_have_count(1)
    page.locator(".scan-list summary").click()
    page.get_by_role("button", name="Hapus pindaian, 1").click()
    expect(page.locator(".scan-list li")).to_have_count(0)
