"""From a tap at one desk to the open list of the next, and to the wall, on the real server at 5 000 letters."""

from __future__ import annotations

import tempfile
import time
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashboard.access.devices import device_link
from etl.intake.pipeline import ingest
from tests.books.made import write_hand_overs, write_register
from tests.books.typed import agenda
from tests.ensure_browser import installed
from tests.offices.desk import PASSWORD, add_everybody
from tests.offices.office import open_office
from tests.serving.processes import running, until
from tests.serving.visitor import Visitor, free_port
from tests.serving.windows import ARGUMENTS

LETTERS = 5_000
ROUNDS = 5
FIRST_NUMBER = 900_001
_PATIENCE = 30_000
_ON_WALL = ".desk[data-step=A3] .count"


def run() -> dict[str, float]:
    """Seconds from the click to what the other windows show, medians of five rounds and the longest of them."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        wall = _office(folder, url)
        words = ("serve", "--home", folder / "home", "--host", "127.0.0.1", "--port", port)
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        with running(folder / "server.txt", *words):
            until(lambda: Visitor(url).get("/sehat"))
            lists, walls = _rounds(browser, url, wall)
        browser.close()
        return {"letters": LETTERS, **_told("list", lists), **_told("wall", walls)}


def _office(folder: Path, url: str) -> str:
    """A home with many letters and some of today at Agendaris' desk; the link of its wall."""
    now = int(time.time())
    office = open_office(folder, lambda: now)
    add_everybody(office)
    day = datetime.now(office.zone)
    today = folder / "hari ini.csv"
    rows = (f"{FIRST_NUMBER + place};{day:%d/%m/%Y};00.01;Dinkes;Rapat {place}" for place in range(ROUNDS))
    today.write_text(agenda(*rows), encoding="utf-8")
    for book in (write_register(folder / "agenda.csv", LETTERS), write_hand_overs(folder / "langkah.csv", LETTERS)):
        ingest(office, book, now)
    ingest(office, today, now)
    wall = device_link(office, "TV", now, url)
    office.records.dispose()
    return wall


def _rounds(browser: Browser, url: str, link: str) -> tuple[list[float], list[float]]:
    giver, taker = (_signed_in(browser, url, user) for user in ("agendaris", "sekdin"))
    wall = browser.new_page(viewport={"width": 1920, "height": 1080})
    wall.goto(link)
    wall.wait_for_selector("body[data-state=live]")
    lists, walls = [], []
    for place in range(ROUNDS):
        before = wall.locator(_ON_WALL).inner_text()
        letter = f"{datetime.now():%Y}/{FIRST_NUMBER + place}"  # noqa: DTZ005 – the letter's year is the machine's
        giver.goto(f"/permohonan/{letter}")
        begin = time.perf_counter()
        giver.get_by_role("button", name=f"Teruskan A2, surat {letter}", exact=True).click()
        expect(taker.get_by_role("button", name=f"Teruskan A3, surat {letter}", exact=True)).to_be_visible(
            timeout=_PATIENCE
        )
        lists.append(time.perf_counter() - begin)
        expect(wall.locator(_ON_WALL)).not_to_have_text(before, timeout=_PATIENCE)
        walls.append(time.perf_counter() - begin)
    return lists, walls


def _signed_in(browser: Browser, url: str, user: str) -> Page:
    page = browser.new_context(base_url=url, viewport={"width": 1366, "height": 768}).new_page()
    page.goto("/ringkasan")
    page.fill("[name=nama]", user)
    page.fill("[name=sandi]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#summary-body")
    return page


def _told(name: str, taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {f"{name}_seconds": round(ordered[ROUNDS // 2], 2), f"{name}_longest_seconds": round(ordered[-1], 2)}


if __name__ == "__main__":
    print(run())
