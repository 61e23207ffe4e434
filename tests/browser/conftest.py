"""Windows on the desk that a module serves as `site`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.serving.windows import Open, Site, windows


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """A window at an address of the module's `site`, signed in; the test fails when a script does."""
    with windows(browser, site) as opened:
        yield opened
