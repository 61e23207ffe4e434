"""A desk on a port of its own, and windows of a real browser in which somebody has signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from tests.offices.desk import Desk

CUT = "LINE_IS_CUT"
"""The setting of a server that hangs up on everybody."""

Open = Callable[..., Page]
"""`open_page(path, user, width=1366, height=768)`: that page, its head to be seen."""

Application = Callable[[Any, Any], Iterable[bytes]]
"""What a server calls for each request, by WSGI."""


@dataclass(frozen=True)
class Site:
    """A running desk, its address, and by user the browser's profile in which tests open their windows one after
    another: it keeps the scripts that it has fetched and compiled."""

    desk: Desk
    url: str
    profiles: dict[str, BrowserContext] = field(default_factory=dict)


@contextmanager
def listening(server: Flask) -> Iterator[str]:
    """The address of a server that listens until the end."""
    running = make_server("127.0.0.1", 0, whole(_or_cut(server)), threaded=True)
    threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


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
            raise ConnectionAbortedError
        return server(environ, start_response)

    return answer


@contextmanager
def running(desk: Desk) -> Iterator[Site]:
    """The desk served until the end."""
    with listening(desk.app.server) as url:
        site = Site(desk, url)
        yield site
        for context in site.profiles.values():
            context.close()


def signed_in(browser: Browser, site: Site, user: str, **window: Any) -> BrowserContext:
    """A browser's profile with the cookie of a login; the form itself has tests of its own."""
    context = browser.new_context(base_url=site.url, **window)
    context.set_default_timeout(20_000)
    _sign_in(context, site, user)
    return context


def _sign_in(context: BrowserContext, site: Site, user: str) -> None:
    name = site.desk.app.server.config["SESSION_COOKIE_NAME"]
    value = site.desk.signed_in(user).get_cookie(name).value
    context.add_cookies([{"name": name, "value": value, "url": site.url, "httpOnly": True, "sameSite": "Lax"}])


_IDLE = "/assets/base/tokens.css"
"""A page without a script."""


def _profile(browser: Browser, site: Site, user: str) -> BrowserContext:
    """The profile of that user as a new one would be, but for the scripts that it keeps."""
    if user not in site.profiles:
        site.profiles[user] = signed_in(browser, site, user)
        site.profiles[user].new_page().goto(_IDLE)  # its process goes on, for all windows of the site
        return site.profiles[user]
    context = site.profiles[user]
    context.clear_cookies()
    _sign_in(context, site, user)
    return context


def _leave(page: Page, site: Site) -> None:
    """Close the window and forget what its pages kept."""
    page.context.set_offline(False)
    forget = {"origin": site.url, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
    page.close()


def is_error(line: ConsoleMessage) -> bool:
    """Whether a page's script, or the browser about it, tells an error."""
    return line.type == "error"


@contextmanager
def windows(browser: Browser, site: Site, is_problem: Callable[[ConsoleMessage], bool] = is_error) -> Iterator[Open]:
    """Opens windows; fails at the end when a script did, or when a line of the console is a problem."""
    problems: list[str] = []
    first: dict[str, Page] = {}
    more: list[BrowserContext] = []

    def new_page(user: str) -> Page:
        if user not in first:
            first[user] = _profile(browser, site, user).new_page()
            return first[user]
        more.append(signed_in(browser, site, user))
        return more[-1].new_page()

    def start(path: str, user: str, width: int = 1366, height: int = 768) -> Page:
        page = new_page(user)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if is_problem(line) else None)
        page.goto(path)
        page.wait_for_selector(".p-head h1")
        return page

    yield start
    for context in more:
        context.close()
    for page in first.values():
        _leave(page, site)
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
