"""A desk on a port of its own, and windows of a real browser in which somebody has signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import BaseWSGIServer, make_server

from tests.offices.desk import Desk
from tests.serving.processes import PATIENCE_MS

CUT = "LINE_IS_CUT"
"""The setting of a server that hangs up on everybody."""

Open = Callable[..., Page]
"""`open_page(path, user, width=1366, height=768)`: that page, its head to be seen."""

Application = Callable[[Any, Any], Iterable[bytes]]
"""What a server calls for each request, by WSGI."""


@dataclass(frozen=True)
class Site:
    """A running desk and its address."""

    desk: Desk
    url: str


@contextmanager
def listening(server: Flask) -> Iterator[str]:
    """The address of a server that listens until the end. One after another has the same, by which the browser knows
    the scripts that it has compiled."""
    running = _FREE.pop() if _FREE else _new_address()
    running.app = whole(_or_cut(server))
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.app = _hang_up
        _FREE.append(running)


_FREE: list[BaseWSGIServer] = []
"""The addresses of this process at which nobody is now; the last one was left last."""


def _new_address() -> BaseWSGIServer:
    running = make_server("127.0.0.1", 0, _hang_up, threaded=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    return running


def _hang_up(_environ: Any, _start_response: Any) -> Iterable[bytes]:
    raise ConnectionAbortedError


def whole(application: Application) -> Application:
    """The same application, which has closed its files before it sends them: a server made for tests leaves a file
    open when a window is closed while it comes."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        parts = application(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


def _or_cut(server: Flask) -> Application:
    """The same server; with `CUT` in its settings it hangs up on everybody."""

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        if server.config.get(CUT):
            return _hang_up(environ, start_response)
        return server(environ, start_response)

    return answer


@contextmanager
def running(desk: Desk) -> Iterator[Site]:
    """The desk served until the end."""
    with listening(desk.app.server) as url:
        yield Site(desk, url)


@contextmanager
def visitors(browser: Browser, url: str) -> Iterator[Callable[[], Page]]:
    """Opens windows of people who were never at that address, each in a profile of its own: the browser keeps the
    profiles, and in them nothing but the scripts that it has fetched and compiled."""
    free, taken = _free_profiles(browser, url), list[BrowserContext]()

    def visitor() -> Page:
        taken.append(free.pop() if free else _new_profile(browser, url))
        return taken[-1].new_page()

    yield visitor
    for profile in reversed(taken):  # whoever comes first gets the one that knows most
        _forget(profile, url)
        free.append(profile)


@cache
def _free_profiles(_browser: Browser, _url: str) -> list[BrowserContext]:
    """The profiles in which nobody is now."""
    return []


def close_profiles(browser: Browser, url: str) -> None:
    """Close those of an address at which nobody will listen again."""
    while free := _free_profiles(browser, url):
        free.pop().close()


def _new_profile(browser: Browser, url: str) -> BrowserContext:
    profile = browser.new_context(base_url=url)
    profile.set_default_timeout(PATIENCE_MS)
    profile.new_page().goto("/assets/base/tokens.css")  # has no script; its process goes on, for all later windows
    return profile


def _forget(profile: BrowserContext, url: str) -> None:
    """Close the windows of a profile, and forget what their pages kept."""
    idle, *pages = profile.pages
    for page in pages:
        page.close()
    profile.set_offline(False)
    profile.clear_cookies()
    session = profile.new_cdp_session(idle)
    kept = "local_storage,indexeddb,cache_storage,service_workers"
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": kept})
    session.detach()


def signed_in(page: Page, site: Site, user: str) -> Page:
    """The same window with the cookie of a login; the form itself has tests of its own."""
    name = site.desk.app.server.config["SESSION_COOKIE_NAME"]
    value = site.desk.signed_in(user).get_cookie(name).value
    page.context.add_cookies([{"name": name, "value": value, "url": site.url, "httpOnly": True, "sameSite": "Lax"}])
    return page


def is_error(line: ConsoleMessage) -> bool:
    """Whether a page's script, or the browser about it, tells an error."""
    return line.type == "error"


@contextmanager
def windows(browser: Browser, site: Site, is_problem: Callable[[ConsoleMessage], bool] = is_error) -> Iterator[Open]:
    """Opens windows; fails at the end when a script did, or when a line of the console is a problem."""
    problems: list[str] = []
    with visitors(browser, site.url) as visitor:

        def start(path: str, user: str, width: int = 1366, height: int = 768) -> Page:
            page = signed_in(visitor(), site, user)
            page.set_viewport_size({"width": width, "height": height})
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda line: problems.append(line.text) if is_problem(line) else None)
            page.goto(path)
            page.wait_for_selector(".p-head h1")
            return page

        yield start
    assert problems == []


WITHOUT = (
    "InitialWebUI", "PreloadTopChromeWebUI", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxPopup",
    "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
)  # fmt: skip
"""What a browser with a window of its own goes without. The first line are the pages that its address bar keeps ready
in processes of their own, a third of what an empty window costs; the others are what Playwright switches off by the
same argument, of which only the last one counts."""

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--process-per-site",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
)  # fmt: skip
"""A browser that asks nobody but the server under test, and runs as root too."""
