"""One real browser for all browser tests, and windows on the desk that a module serves as `site`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.ensure_browser import installed
from tests.serving.windows import ARGUMENTS, Open, Site, windows

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, else the one that Playwright keeps."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """A window at an address of the module's `site`, signed in; the test fails when a script does."""
    with windows(browser, site) as opened:
        yield opened
