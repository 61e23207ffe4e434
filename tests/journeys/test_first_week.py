"""The first week of an office in a real browser, on the server as `make run` starts it: from invented records to the
first own letter."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data_access.home import Home
from etl.demo import is_fresh, local_day
from tests.books.typed import agenda, hand_overs
from tests.serving.command_line import pantau
from tests.serving.databases import migrated_sqlite
from tests.serving.processes import PATIENCE_MS, Process, running, until
from tests.serving.visitor import Visitor, free_port

PASSWORD = "gamelan-di-alun-alun"
REGISTER = "agenda kantor.csv"


@dataclass
class Week:
    """A server in a window of its own, and browsers in front of it."""

    folder: Path
    server: Process
    url: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def console(self, pattern: str) -> str:
        """The newest words of that form in the server's window; waits until there are some."""
        until(lambda: re.search(pattern, self.server.output()))
        return str(re.findall(pattern, self.server.output())[-1])

    def visitor(self) -> Page:
        """A browser of somebody who was never here."""
        context: BrowserContext = self.browser.new_context(base_url=self.url, viewport={"width": 1366, "height": 768})
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        return context.new_page()


@pytest.fixture
def week(tmp_path: Path, browser: Browser) -> Iterator[Week]:
    """`make run` on a machine where nothing is; the invented records are made small, so that they are there at once."""
    home, port = Home(tmp_path / "home"), free_port()
    home.demo.mark_as_demo()
    shutil.copyfile(migrated_sqlite(), home.demo.records_path)
    now = int(time.time())
    (home.demo.root / "tanggal").write_text(str(local_day(now)))
    assert is_fresh(home.demo, now)
    words = ("serve", "--home", home.root, "--host", "127.0.0.1", "--port", port, "--demo-when-empty")
    with running(tmp_path / "jendela.txt", *words, is_prepared=False) as server:
        week = Week(tmp_path, server, f"http://127.0.0.1:{port}", browser)
        yield week
        for context in week.contexts:
            context.close()


def register(folder: Path) -> Path:
    """The register of an office that received one letter yesterday."""
    path = folder / REGISTER
    path.write_text(agenda(f"143;{yesterday():%d/%m/%Y};08.00;Dinkes;Rapat imunisasi"), encoding="utf-8")
    return path


def yesterday() -> date:
    """The day before today on the office's clock."""
    return datetime.now(ZoneInfo("Asia/Jakarta")).date() - timedelta(days=1)


def test_from_invented_records_to_the_first_own_letter(week: Week) -> None:
    desk = week.visitor()
    drop_on_the_demo(week, desk)
    begin(desk)
    make_the_first_admin(week, desk)
    link = take_the_first_steps(desk)
    load_the_waiting_file(week, desk)
    load_the_hand_overs(week, desk)
    sign_in_by_link(week, link)
    refuse_the_second_visitor(week)


def drop_on_the_demo(week: Week, page: Page) -> None:
    """A clerk tries the invented records with a file of the office: it is kept, and nothing of it is loaded."""
    password = week.console(r"  agendaris +(\w+)")
    until(lambda: Visitor(week.url).get("/sehat"))
    page.goto("/masuk")
    page.fill("[name=nama]", "agendaris")
    page.fill("[name=sandi]", password)
    page.click("button[type=submit]")
    expect(page.locator(".p-demo")).to_contain_text("Data contoh")
    page.goto("/data")
    page.wait_for_selector("#data-file", state="attached")
    page.set_input_files("#data-file", register(week.folder))
    expect(page.locator("#data-notice")).to_contain_text(f"{REGISTER} disimpan untuk catatan kantor")
    expect(page.locator("#data-notice")).to_contain_text("agenda surat masuk, 1 baris")
    expect(page.locator(".intake-runs")).to_contain_text("Belum ada")


def begin(page: Page) -> None:
    """The button turns the server to the office's own records; the browser goes on by itself."""
    page.locator("#data-notice").get_by_role("link", name="Mulai dengan catatan kantor").click()
    page.get_by_role("button", name="Mulai dengan catatan kantor").click()
    expect(page.get_by_role("heading", name="Buat admin pertama")).to_be_visible()
    expect(page.locator("#cara")).to_contain_text("jendela tempat make run")
    page.goto("/masuk")
    expect(page.get_by_role("heading", name="Buat admin pertama")).to_be_visible()


def make_the_first_admin(week: Week, page: Page) -> None:
    """By the link of the console, pasted where the page stands already."""
    page.goto(week.console(r"http://\S+/mulai#\S+").removeprefix(week.url))
    expect(page.locator("#cara")).to_be_hidden()
    page.fill("[name=nama]", "kepala ti")
    for name in ("sandi", "ulang"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_role("heading", name="Langkah awal")).to_be_visible()
    expect(page.locator(".begin-step.is-done")).to_have_count(0)


def take_the_first_steps(page: Page) -> str:
    """Office and rooms, one user, the day of recording; the link of the user."""
    page.fill("#begin-rooms", "Smart Center; 50")
    page.click("#begin-save-office")
    expect(page.locator("#begin-result")).to_contain_text("disimpan")
    page.fill("#users-name", "meja depan")
    page.click("#users-add")
    link = page.locator("#users-link").input_value()
    expect(page.locator("#users-list")).to_contain_text("Menunggu kata sandi")
    page.get_by_role("link", name="Ke langkah berikutnya").click()
    page.click("#begin-save-since")
    expect(page.locator(".begin-step.is-done")).to_have_count(3)
    expect(page.locator("#begin-result")).to_contain_text("Langkah dicatat sejak")  # also where it led to
    return link


def load_the_waiting_file(week: Week, page: Page) -> None:
    """The file that was dropped on the invented records is one tap away; it is looked at, saved, and in the figures."""
    page.get_by_role("link", name=REGISTER).click()
    expect(page.locator("#data-preview")).to_contain_text("Rapat imunisasi")
    page.click("#data-save")
    page.wait_for_selector(".data-result")
    page.goto("/permohonan")
    expect(page.locator("#cases-body")).to_contain_text("Rapat imunisasi")
    page.goto("/ringkasan")
    expect(page.locator(".p-head h1")).to_have_text("Ringkasan")
    expect(page.get_by_text("Langkah awal")).to_have_count(0)
    case = pantau("case", f"{yesterday().year}/143", "--json", "--home", week.folder / "home").json
    assert case["request"]["opd"] == "Dinas Kesehatan"


def load_the_hand_overs(week: Week, page: Page) -> None:
    """A second file: the step that it stamps is judged, on the page as on the command line."""
    book = week.folder / "disposisi.csv"
    book.write_text(hand_overs(f"143;A2;;;;{yesterday():%d/%m/%Y};08.04"), encoding="utf-8")
    page.goto("/data")
    page.wait_for_selector("#data-file", state="attached")
    page.set_input_files("#data-file", book)
    page.click("#data-save")
    page.wait_for_selector(".data-result")
    days = ("--from", yesterday(), "--to", yesterday())
    sla = pantau("figures", "sla", *days, "--json", "--home", week.folder / "home").json
    (a2,) = [step for step in sla["steps"] if step["step"] == "A2"]
    assert (a2["n"], a2["met"], a2["late"]) == (1, 1, 0)
    page.goto(f"/kepatuhan?dari={yesterday()}&sampai={yesterday()}")
    expect(page.locator("#sla-body")).to_contain_text("100%")


def sign_in_by_link(week: Week, link: str) -> None:
    """Whoever got the link sets a password alone, and is at the desk."""
    page = week.visitor()
    page.goto(link)
    assert page.locator("[name=nama]").input_value() == "meja depan"
    for name in ("sandi", "ulang"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator(".p-head h1")).to_have_text("Ringkasan")
    expect(page.locator(".p-user-role")).to_have_text("Agendaris")


def refuse_the_second_visitor(week: Week) -> None:
    """The link of the first administrator is worth nothing any more, and says so."""
    page = week.visitor()
    page.goto(week.console(r"http://\S+/mulai#\S+"))
    expect(page.locator("main")).to_contain_text("Tautan ini sudah dipakai: admin pertama sudah dibuat.")
