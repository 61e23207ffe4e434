"""Takes the pictures of the handbook anew: the invented office on one morning, in a real browser."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from dashboard.access.begin import FIRST_STEPS
from dashboard.pages.handbook.page import FOLDER, PICTURES
from dashboard.pages.shared.links import CODES_PATH
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from data_access.home import Home
from etl.demo import make_demo
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from tests.books.moments import seconds
from tests.ensure_browser import installed
from tests.offices.desk import OWN_OPD, Desk, add_everybody
from tests.offices.office import Clock
from tests.serving.windows import ARGUMENTS, Open, running, windows

MORNING = seconds("2026-11-17 08:10")
DESKTOP, PHONE = (1366, 768), (390, 844)
HEAVIEST = 150 * 1_024
COLOURS = (128, 64, 32)
BUSY = ".p-spinner"
"""What a page shows while it waits for a part of itself."""


@dataclass
class Morning:
    """The invented office, opened in windows; each picture is one screen of somebody."""

    served: Desk
    open: Open

    def take(self, name: str, page: Page) -> None:
        """Keep what is on the screen."""
        page.wait_for_timeout(700)
        page.wait_for_load_state("networkidle")
        expect(page.locator(BUSY)).to_have_count(0)
        keep(FOLDER / PICTURES / f"{name}.png", page.screenshot())

    def stamp(self, agenda: str, *steps: tuple[str, str]) -> None:
        """Hand a letter on, step by step, a few minutes each."""
        for step, role in steps:
            self.served.clock.at += 180
            wish = NewStamp(2026, agenda, step, Stamp.FORWARDED, is_sure=True)
            now, client_id = self.served.clock.at, f"panduan-{agenda}-{step}"
            give_stamp(self.served.office, wish, actor=role, role=role, client_id=client_id, now=now)


def keep(path: Path, picture: bytes) -> None:
    """Write a picture in as few colours as it needs to stay light."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= HEAVIEST:
            break
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    print(f"{path.name}: {out.tell() // 1_024} KB")


def agendaris(morning: Morning) -> None:
    """A letter on paper comes in."""
    page = morning.open("/ringkasan", "agendaris", *DESKTOP)
    morning.take("agendaris-ringkasan", page)
    page = morning.open("/surat-baru", "agendaris", *DESKTOP)
    for label, text in (
        ("Dari (OPD)", OWN_OPD), ("Kegiatan", "Rapat koordinasi gizi"), ("Tanggal kegiatan", "01/12/2026"),
        ("Mulai", "13"), ("Selesai", "15"), ("Jumlah peserta", "40"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Tab")
    morning.take("agendaris-surat-baru", page)
    page.get_by_role("button", name="Simpan surat").click()
    page.wait_for_selector("#case-stamps")
    morning.take("agendaris-teruskan", page)
    agenda = page.url.rpartition("/")[2]
    morning.take("agendaris-data", morning.open("/data", "agendaris", *DESKTOP))
    morning.stamp(agenda, ("A2", "agendaris"))
    desks(morning, agenda)


def desks(morning: Morning, agenda: str) -> None:
    """The letter goes over the desks."""
    morning.take("meja-ringkasan", morning.open("/ringkasan", "sekdin", *DESKTOP))
    morning.stamp(agenda, ("A3", "sekdin"))
    morning.take("kadin-ringkasan", morning.open("/ringkasan", "kadin", *DESKTOP))
    morning.stamp(agenda, ("A4", "kadin"))
    page = morning.open(f"/permohonan/2026/{agenda}", "kabid", *DESKTOP)
    morning.take("meja-keputusan", page)
    morning.stamp(agenda, ("A5", "kabid"))
    morning.take("opd-jumlah", morning.open(f"/jumlah-peserta/2026/{agenda}", "opd", *DESKTOP))
    morning.take("meja-jumlah", morning.open(f"/jumlah-peserta/2026/{agenda}", "kasi_litik", *DESKTOP))
    morning.take("meja-permohonan", morning.open("/permohonan", "kasi_litik", *DESKTOP))


def kadin(morning: Morning) -> None:
    """The figures of the month."""
    morning.take("kadin-kepatuhan", morning.open("/kepatuhan", "kadin", *DESKTOP))
    morning.take("kadin-laporan", morning.open("/laporan", "kadin", *DESKTOP))


def staff(morning: Morning) -> None:
    """The room, with a phone in the hand."""
    page = morning.open("/ringkasan", "staf", *PHONE)
    morning.take("staf-ringkasan", page)
    page.locator(".p-head-actions a").click()
    page.wait_for_selector("html[data-ready]")
    morning.take("staf-lapor", page)
    morning.take("staf-sarpras", morning.open("/sarpras", "staf", *DESKTOP))


def agency(morning: Morning) -> None:
    """An agency asks for the room."""
    page = morning.open("/ajukan", "opd", *DESKTOP)
    for label, text in (("Keperluan", "Rapat stunting"), ("Jumlah peserta", "30"), ("Tanggal", "30/11/2026"),
                        ("Mulai", "7.30"), ("Selesai", "9.30")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Tab")
    page.wait_for_timeout(1_500)
    morning.take("opd-ajukan", page)
    page.get_by_role("button", name="Kirim permohonan").click()
    page.locator("#ask-said").get_by_text("Nomor tanda terima").wait_for()
    morning.take("opd-terkirim", page)


def administrator(morning: Morning) -> None:
    """Who works here, and with which screens."""
    for name, path in (("pengguna", "/pengaturan/pengguna"), ("layar", "/pengaturan"),
                       ("kode", CODES_PATH), ("langkah-awal", FIRST_STEPS)):  # fmt: skip
        morning.take(f"admin-{name}", morning.open(path, "admin", *DESKTOP))
    page = morning.open("/pengaturan/pengguna", "admin", *DESKTOP)
    page.get_by_role("heading", name="Pejabat pengganti").evaluate("one => one.scrollIntoView({block: 'center'})")
    morning.take("admin-pengganti", page)


PARTS: tuple[Callable[[Morning], None], ...] = (agendaris, kadin, staff, agency, administrator)


@contextmanager
def morning() -> Iterator[Morning]:
    """The invented office on that morning."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        clock = Clock(MORNING)
        office, _ = make_demo(Home(Path(name) / "demo"), MORNING, clock)
        add_everybody(office, is_demo=True)
        served = Desk(office, create_app(office, now=clock, pages=PAGES), clock)
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        with running(served) as site, windows(browser, site, lambda _: False) as start:
            yield Morning(served, start)
        browser.close()
        office.records.dispose()


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with morning() as begun:
        for part in PARTS:
            part(begun)
