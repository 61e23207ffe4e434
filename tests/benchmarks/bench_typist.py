"""How long somebody at the keyboard needs for a letter: a paper letter at Agendaris' desk, and a room asked for.

The keys are pressed and the buttons clicked in a real browser, from Ringkasan on; fields are reached with the Tab key.
A key counts a quarter of a second and a click a whole one, and what the pages need is measured and added.
"""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.ensure_browser import installed
from tests.offices.september import office_with_letters
from tests.serving.windows import ARGUMENTS, Open, running, windows

KEY_SECONDS, CLICK_SECONDS = 0.25, 1.0
MOST_TABS = 15
PAPER_LETTER_SECONDS, AGENCY_SECONDS = 60, 90
"""What each may take at most."""


@dataclass
class Typist:
    """Somebody at a page: what is typed, pressed and clicked is counted, and how long the pages take."""

    page: Page
    fields: int = 0
    keys: int = 0
    clicks: int = 0
    waited: float = field(default=0.0)

    @property
    def seconds(self) -> float:
        """Of the whole letter."""
        return self.keys * KEY_SECONDS + self.clicks * CLICK_SECONDS + self.waited

    def click(self, role: str, name: str, then: str) -> None:
        """Click, and wait until the page has what comes then."""
        begin = time.perf_counter()
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.page.wait_for_selector(then)
        self.clicks += 1
        self.waited += time.perf_counter() - begin

    def type(self, label: str, text: str) -> None:
        """Go to the field with the Tab key and type."""
        target = self.page.get_by_label(label, exact=True)
        for _ in range(MOST_TABS):
            if target.evaluate("field => field === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
            self.keys += 1
        self.page.keyboard.type(text)
        expect(target).to_have_value(text)
        self.keys += len(text)
        self.fields += 1

    def figures(self, name: str) -> dict[str, float]:
        """The counts under that name."""
        counts = {"fields": self.fields, "keys": self.keys, "clicks": self.clicks}
        return {f"{name}_{what}": number for what, number in {**counts, "seconds": round(self.seconds, 1)}.items()}


def paper_letter(page: Page) -> Typist:
    """From Ringkasan to the letter that Agendaris has handed on."""
    typist = Typist(page)
    typist.click("link", "Surat baru", "#paper-save")
    for label, text in (
        ("Dari (OPD)", "Dinas Kesehatan"), ("Kegiatan", "Rapat koordinasi gizi"), ("Tanggal kegiatan", "14/10/2026"),
        ("Mulai", "9"), ("Selesai", "12"), ("Jumlah peserta", "40"),
    ):  # fmt: skip
        typist.type(label, text)
    typist.click("button", "Simpan surat", "#case-stamps .stamp-form")
    letter = page.url.partition("/permohonan/")[2]
    typist.click("button", f"Teruskan A2, surat {letter}", "#stamp-said .is-good")
    return typist


def room_asked_for(page: Page) -> Typist:
    """From Ringkasan to the receipt number of the agency."""
    typist = Typist(page)
    typist.click("link", "Ajukan", "#ask-times")
    for label, text in (
        ("Keperluan", "Rapat percepatan penurunan stunting"), ("Jumlah peserta", "30"), ("Tanggal", "12/10/2026"),
        ("Mulai", "13"), ("Selesai", "15"),
    ):  # fmt: skip
        typist.type(label, text)
    typist.click("button", "Kirim permohonan", "#ask-said .is-good")
    return typist


def measured(opened: Open) -> dict[str, float]:
    """Both letters."""
    paper = paper_letter(opened("/ringkasan", "agendaris"))
    return paper.figures("paper_letter") | room_asked_for(opened("/ringkasan", "opd")).figures("agency_asks")


def run() -> dict[str, float]:
    """Typed fields, keys, clicks and seconds of both; at most 60 and 90 seconds."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        with running(office_with_letters(Path(name))) as site, windows(browser, site) as opened:
            figures = measured(opened)
        browser.close()
        return figures


if __name__ == "__main__":
    print(run())
