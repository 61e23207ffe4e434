"""An office on a real `pantau serve` with a clock that the test moves, and its roles in windows of a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from dashboard.access.devices import device_link
from dashboard.wall import DATA_PATH
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.books.moments import seconds
from tests.offices.desk import PASSWORD, add_everybody
from tests.offices.office import Clock, open_office
from tests.serving import moved_clock
from tests.serving.command_line import Desk
from tests.serving.processes import PATIENCE_MS, running, until
from tests.serving.visitor import Visitor, free_port
from tests.serving.windows import close_profiles, visitors


@dataclass
class RolesAtWork(Desk):
    """A server and the browsers in front of it; `windows` are those of the desks, by user, `screen_cookies` what the
    wall's screen keeps while it is off."""

    folder: Path
    url: str
    wall_link: str
    clock: Path
    browser: Browser
    windows: dict[str, Page] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    screen_cookies: list[Any] = field(default_factory=list)
    _kadin: Visitor | None = None
    _stay: ExitStack = field(default_factory=ExitStack)
    _door: Callable[[], Page] | None = None

    def __post_init__(self) -> None:
        super().__init__(self.folder)

    def at(self, moment: str) -> None:
        """It is now so late in the office: `2026-09-07 08.00`."""
        moved_clock.move(self.clock, seconds(moment.replace(".", ":")))

    def visitor(self, width: int = 1366, height: int = 768) -> Page:
        """A window of somebody who was never here."""
        if self._door is None:
            self._door = self._stay.enter_context(visitors(self.browser, self.url))
        page = self._watched(self._door())
        page.set_viewport_size({"width": width, "height": height})
        return page

    def phone(self) -> Page:
        """The same on a phone."""
        context = self.browser.new_context(
            base_url=self.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        self._stay.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        return self._watched(context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def sign_in(self, user: str, path: str = "/ringkasan", page: Page | None = None) -> Page:
        """That user's window at an address, through the form."""
        page = page or self.visitor()
        page.goto(path)
        page.fill("[name=nama]", user)
        page.fill("[name=sandi]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=sandi]", state="detached")
        self.windows[user] = page
        return page

    def wall(self) -> dict[str, Any]:
        """The document that the wall paints now, as Kadin may see it."""
        if self._kadin is None:
            self._kadin = Visitor(self.url)
            self._kadin.log_in("kadin", PASSWORD)
        return json.loads(self._kadin.get(DATA_PATH))

    def leave(self) -> None:
        """Everybody closes the browser."""
        self._stay.close()
        self._door = None
        self.windows.clear()


@contextmanager
def roles_at_work(folder: Path, browser: Browser, moment: str, settings: str) -> Iterator[RolesAtWork]:
    """An office in which nothing is recorded, with these settings and one user a role, at that moment; fails when a
    page's script did."""
    clock, port, now = folder / "clock", free_port(), seconds(moment.replace(".", ":"))
    url = f"http://127.0.0.1:{port}"
    office = open_office(folder, Clock(now))
    add_everybody(office)
    apply_settings(office, lambda known: apply(known, settings, "pengaturan.toml"), now, actor="admin")
    wall = device_link(office, "TV Kepala Bidang", now, url)
    office.records.dispose()
    at_work = RolesAtWork(folder, url, wall, clock, browser)
    at_work.at(moment)
    words = ("serve", "--home", at_work.home, "--host", "127.0.0.1", "--port", port)
    environment, module = {moved_clock.FILE: str(clock)}, moved_clock.__name__
    with running(folder / "server.txt", *words, environment=environment, module=module):
        until(lambda: Visitor(url).get("/sehat"))
        yield at_work
        at_work.leave()
        close_profiles(browser, url)
    assert at_work.problems == []
