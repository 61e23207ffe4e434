"""A real server of a wall whose answers can be spoilt on the wire, and a screen whose timers the test moves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from werkzeug.serving import BaseWSGIServer, make_server

from dashboard.access.devices import device_link
from dashboard.wall import BUILD_HEADER, DATA_PATH, NOW_HEADER
from dashboard.web.app import create_app
from etl.office import Office
from tests.offices.office import Clock
from tests.offices.thursday import moment, thursday_office
from tests.serving.windows import Application, whole

Start = Callable[..., Any]


HALF_PAST = moment("10:41") + 30
"""Half a minute before 10.42, when the pictures of the wall's tests begin."""


@dataclass
class Faulty:
    """The real application; what the wall asks for is answered wrongly while `fault` names how."""

    inner: Application
    clock: Clock
    fault: str = ""
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if not self.fault or environ["PATH_INFO"] != DATA_PATH:
            return self.inner(environ, start)
        status, headers, body = getattr(self, f"_{self.fault}")()
        start(status, [("Content-Length", str(len(body))), *headers] if body is not None else headers)
        return [body or b'{"schema":2,"as_of":17']

    def _html(self) -> Any:
        return "200 OK", [("Content-Type", "text/html")], b"<html>Masuk</html>"

    def _error(self) -> Any:
        return "500 INTERNAL SERVER ERROR", self._json(), b'{"error":"x"}'

    def _empty(self) -> Any:
        return "200 OK", self._json(), b""

    def _truncated(self) -> Any:
        return "200 OK", [*self._json(), ("Content-Length", "9000")], None

    def _half(self) -> Any:
        return "200 OK", self._json(), b'{"schema":2,"as_of":17'

    def _foreign(self) -> Any:
        return "200 OK", self._json(), b'{"schema":99}'

    def _newer(self) -> Any:
        return "200 OK", [*self._json(), (BUILD_HEADER, "newer")], b'{"schema":99}'

    def _login(self) -> Any:
        return "302 FOUND", [("Location", "/masuk")], b""

    def _slow(self) -> Any:
        self.let_go.wait(30)
        return "200 OK", self._json(), b"{}"

    def _json(self) -> list[tuple[str, str]]:
        return [("Content-Type", "application/json"), (NOW_HEADER, str(self.clock.at * 1000))]


class WallServer:
    """One office served on one port; it can be stopped and started again."""

    def __init__(self, folder: Path, office: Office, clock: Clock) -> None:
        self.folder, self.office, self.clock = folder, office, clock
        self.wire = Faulty(whole(create_app(office, now=clock).server), clock)
        self._running: BaseWSGIServer | None = None
        self.port = 0
        self.start()
        self.base = f"http://127.0.0.1:{self.port}"

    @property
    def link(self) -> str:
        """The link of a screen that nobody has opened: it works on one device."""
        return device_link(self.office, "TV Kepala Bidang", self.clock(), self.base)

    @classmethod
    def of_thursday(cls, folder: Path) -> WallServer:
        """Serve the Thursday office half a minute before 10.42."""
        clock = Clock(HALF_PAST)
        return cls(folder, thursday_office(folder, clock), clock)

    def start(self) -> None:
        """Listen, on the same port as before; nothing when it does already."""
        if self._running is not None:
            return
        self._running = make_server("127.0.0.1", self.port, self.wire, threaded=True)
        self.port = self._running.server_port
        threading.Thread(target=self._running.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Hear nothing any more."""
        if self._running is not None:
            self._running.shutdown()
            self._running.server_close()
            self._running = None

    def close(self) -> None:
        """End for good."""
        self.wire.let_go.set()
        self.stop()
        self.office.records.dispose()


def be_still(screen: Page) -> Page:
    """The same page, whose transitions are at their end at once: each paints the whole screen a hundred times."""
    screen.emulate_media(reduced_motion="reduce")
    return screen


def open_frozen(screen: Page, server: WallServer) -> None:
    """Open the screen's link and wait for a picture; from then on the page's time stands until `run` moves it."""
    be_still(screen).clock.install(time=0)
    screen.goto(server.link)
    until(screen, "document.body.dataset.state !== 'waiting' && window.PantauWall && PantauWall.alive.answers > 0")
    screen.clock.pause_at(3_600)
    settle(screen)
    run(screen, 16)  # a leap of its time looks like sleep to the page's watchdog; it must see that all is well


def until(screen: Page, condition: str) -> None:
    """Wait until something is so on the page, whose own timers may stand; one that is just being loaded has no body."""
    for _ in range(400):
        try:
            if screen.evaluate(f"document.readyState === 'complete' && Boolean({condition})"):
                return
        except Exception as error:  # the page is just being loaded anew
            if "navigation" not in str(error) and "destroyed" not in str(error):
                raise
        screen.wait_for_timeout(25)
    raise AssertionError(f"never so: {condition}")


def settle(screen: Page) -> None:
    """Wait until the page has dealt with the answer to its last question."""
    until(screen, "PantauWall.alive.asked === PantauWall.alive.answers")


def run(screen: Page, seconds: float, step: float = 3) -> None:
    """Let so many of the page's seconds pass, never faster than the answers come."""
    left = seconds
    while left > 0:
        screen.clock.run_for(int(min(step, left) * 1000))
        settle(screen)
        left -= step


def ask_by(screen: Page, event: str) -> None:
    """Make the page ask at once by an event of its window, and wait for the answer."""
    settle(screen)
    before = screen.evaluate("PantauWall.alive.answers")
    screen.evaluate(f"({'document' if event == 'visibilitychange' else 'window'}).dispatchEvent(new Event('{event}'))")
    until(screen, f"PantauWall.alive.answers > {before}")


def age_of(screen: Page) -> str:
    """fresh, near or late."""
    return screen.evaluate("document.body.dataset.age")


def words(screen: Page, selector: str) -> str:
    """What stands there."""
    return screen.locator(selector).text_content() or ""
