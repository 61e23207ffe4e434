"""A report from a phone by touch: whole in seconds, kept through reload, lost line, double tap and expired login."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dashboard.web.pages import PAGES
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from tests.books.photos import photo
from tests.offices.desk import PASSWORD, Desk, desk
from tests.offices.office import give_books
from tests.offices.thursday import give_register, moment
from tests.serving.processes import PATIENCE_MS
from tests.serving.windows import CUT, listening

NOW = moment("09:40")
ROOM = "/lapor/Smart%20Center"
MOST_TOUCHES = 8
"""Of a report with one fault and its photo: twenty seconds at more than two a touch."""

COUNTED = "addEventListener('touchend', () => localStorage.touches = 1 + Number(localStorage.touches || 0))"

SHOTS = os.environ.get("PANTAU_SHOTS")
"""A folder for pictures, for whoever wants to look."""


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, give_register, NOW)


@pytest.fixture
def address(served: Desk) -> Iterator[str]:
    with listening(served.app.server) as url:
        yield url


@pytest.fixture
def context(browser: Browser, served: Desk) -> Iterator[BrowserContext]:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.set_default_timeout(PATIENCE_MS)
    yield phone
    phone.close()


@pytest.fixture
def page(context: BrowserContext, served: Desk, address: str) -> Iterator[Page]:
    """The form, opened by somebody who reports; the test fails when a script does."""
    problems: list[str] = []
    page = context.new_page()
    page.clock.set_fixed_time(served.clock.at)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(address + ROOM)
    if "/masuk" in page.url:
        sign_in(page)
    ready(page)
    yield page
    page.close()
    assert problems == []


def sign_in(page: Page, name: str = "staf") -> None:
    page.fill("[name=nama]", name)
    page.fill("[name=sandi]", PASSWORD)
    page.keyboard.press("Enter")


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def answer(page: Page, item: str, word: str) -> None:
    page.locator(f'[data-item="{item}"]').get_by_text(word, exact=True).tap()


def reports(served: Desk) -> int:
    with sqlite3.connect(served.office.home.records_path) as records:
        (count,) = records.execute("SELECT count(*) FROM condition_report").fetchone()
    records.close()
    return count


def receipt(page: Page) -> str:
    expect(page.locator("#receipt")).to_have_text(re.compile(r"LK-2026-\d{5}"))
    return page.locator("#receipt").inner_text()


def test_a_whole_report_takes_a_few_touches_and_survives_a_reload(page: Page, served: Desk) -> None:
    shot(page, "lapor-1")
    page.add_init_script(COUNTED)
    page.evaluate(COUNTED)
    page.locator("#all").tap()
    answer(page, "AC", "Rusak ringan")
    page.locator('[data-item="AC"] .words').fill("Tidak dingin sejak pukul 09.00")
    page.set_input_files(
        '[data-item="AC"] input[type=file]', {"name": "ac.jpg", "mimeType": "image/jpeg", "buffer": photo(900, 700)}
    )
    expect(page.locator(".photo")).to_have_count(1)
    expect(page.locator("#count")).to_have_text("11 dari 11 diperiksa")
    expect(page.locator("#kept")).to_have_text("Draf tersimpan di ponsel")
    shot(page, "lapor-2")
    page.reload()
    ready(page)
    expect(page.locator('[data-item="AC"] [value=LIGHT]')).to_be_checked()
    expect(page.locator('[data-item="AC"] .words')).to_have_value("Tidak dingin sejak pukul 09.00")
    expect(page.locator(".photo")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#send").tap()
    assert receipt(page) == "LK-2026-00001"
    assert int(page.evaluate("localStorage.touches")) <= MOST_TOUCHES
    shot(page, "lapor-3")
    assert len(list(served.office.home.photos.iterdir())) == 1
    page.get_by_text("Laporan baru").tap()
    ready(page)
    expect(page.locator('[data-item="AC"] .hint')).to_contain_text("Rusak ringan")
    expect(page.locator("input:checked[name^=i]")).to_have_count(0)
    shot(page, "lapor-4")


def test_without_a_line_the_report_waits_and_goes_by_itself(page: Page, context: BrowserContext, served: Desk) -> None:
    before = reports(served)
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.reload()  # seen once by the worker
    ready(page)
    served.app.server.config[CUT] = True  # a worker that starts just now does not know yet that it is offline
    context.set_offline(True)
    page.locator("#all").tap()
    expect(page.locator("[data-open] input:checked")).to_have_count(0)
    answer(page, "AC", "Baik")
    page.locator("#send").tap()
    expect(page.locator("#notes")).to_contain_text("Tidak ada jaringan")
    shot(page, "lapor-5")
    page.reload()
    ready(page)
    expect(page.locator("#count")).to_have_text("11 dari 11 diperiksa")
    expect(page.locator("#send")).to_have_text("Kirim lagi")
    assert reports(served) == before
    served.app.server.config[CUT] = False
    context.set_offline(False)
    receipt(page)
    assert reports(served) == before + 1


def test_a_double_tap_is_one_report(page: Page, served: Desk) -> None:
    before = reports(served)
    page.locator("#all").tap()
    page.locator("#send").dblclick()
    receipt(page)
    assert reports(served) == before + 1


def test_what_the_server_refuses_stays_a_draft(page: Page, served: Desk, tmp_path: Path) -> None:
    before = reports(served)
    page.locator("#all").tap()
    answer(page, "Suara", "Hilang")
    file = {"name": "suara.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}
    page.set_input_files('[data-item="Suara"] input[type=file]', file)
    expect(page.locator(".photo")).to_have_count(1)
    page.locator("#send").tap()
    expect(page.locator(".note.late")).to_contain_text("bukan foto")
    shot(page, "lapor-6")
    big = tmp_path / "besar.jpg"
    big.write_bytes(bytes(16_000_000))
    page.set_input_files('[data-item="Suara"] input[type=file]', big)
    expect(page.locator(".note.late")).to_contain_text("terlalu besar")
    page.locator(".photo button").tap()
    expect(page.locator("#count")).to_have_text("11 dari 11 diperiksa")
    page.locator("#send").tap()
    receipt(page)
    assert reports(served) == before + 1


def test_an_expired_login_keeps_the_report_and_sends_it_afterwards(page: Page, served: Desk) -> None:
    before = reports(served)
    page.locator("#all").tap()
    served.clock.at += 9 * 3_600
    page.locator("#send").tap()
    expect(page.locator("#notes")).to_contain_text("Sesi Anda berakhir")
    shot(page, "lapor-7")
    assert reports(served) == before
    page.get_by_text("Masuk lagi").tap()
    sign_in(page)
    receipt(page)
    assert reports(served) == before + 1


def test_a_session_is_begun_and_ended_by_touch(page: Page, served: Desk) -> None:
    page.locator("#start").tap()
    expect(page.locator("#notes")).to_contain_text("Pemakaian dimulai")
    page.fill("#present", "17")
    page.locator("#note-present").tap()
    expect(page.locator("#notes")).to_contain_text("tersimpan")
    shot(page, "lapor-8")
    served.clock.at += 600
    page.locator("#stop").tap()
    expect(page.locator("#notes")).to_contain_text("Pemakaian selesai")


PLAIN_REGISTER = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta
2;17/11/2026;08.00;Dinas Kesehatan;Rapat koordinasi imunisasi daerah;19/11/2026;09.30;12.00;45
"""


def give_plain_register(office: Office, folder: Path) -> None:
    give_books(office, folder, {"register.csv": PLAIN_REGISTER}, NOW)


def is_on_first_screen(page: Page, place: Locator) -> bool:
    box, screen = place.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    is_across = box["x"] >= 0 and box["x"] + box["width"] <= screen["width"]
    return is_across and box["y"] >= 0 and box["y"] + box["height"] <= screen["height"]


def test_from_a_phones_first_screen_a_booking_of_a_plain_register_is_begun(tmp_path: Path, browser: Browser) -> None:
    served = desk(tmp_path, give_plain_register, NOW, pages=PAGES)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.clock.set_fixed_time(NOW)
    with listening(served.app.server) as url:
        page.goto(f"{url}/ringkasan")
        sign_in(page)
        button, entry = page.locator(".p-head-actions a"), page.locator(".p-nav a[href='/lapor']")
        expect(button).to_be_visible()
        expect(entry).to_be_visible()
        shot(page, "lapor-9")
        assert is_on_first_screen(page, button)
        assert is_on_first_screen(page, entry)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        button.tap()
        ready(page)
        expect(page.locator("#use option").first).to_contain_text("Dinkes, 09.30–12.00")
        page.locator("#start").tap()
        expect(page.locator("#notes")).to_contain_text("Pemakaian dimulai")
        shot(page, "lapor-10")
        room = wall_snapshot(served.office, served.clock.at)["room"]
        assert (room["state"], room["now"]["label"]) == ("in_use", "Dinkes")
    phone.close()
