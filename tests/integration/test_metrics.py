"""`/metrik`: for this machine and administrators, and true."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access.devices import device_link
from dashboard.web.pages import PAGES
from tests.offices.desk import Desk, desk, open_screen
from tests.offices.september import office_with_letters

FAR = {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}, "base_url": "http://10.0.0.5:8050"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with some letters."""
    return office_with_letters(tmp_path_factory.mktemp("metrik"))


def sample(text: str, start: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(start)).rpartition(" ")[2])


def test_other_machines_need_an_administrator(served: Desk) -> None:
    assert served.browser().get("/metrik", **FAR).status_code == 302
    assert served.browser().get("/metrik", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 302
    kadin, admin = served.signed_in("kadin"), served.signed_in("admin")
    for browser in (kadin, admin):
        browser.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    assert kadin.get("/metrik").status_code == 403
    assert "pantau_loads_total" in admin.get("/metrik").text


def test_loads_and_ages_are_told_by_kind(served: Desk) -> None:
    text = served.browser().get("/metrik").text
    assert sample(text, 'pantau_loads_total{kind="permohonan",status="loaded"}') == 1
    assert sample(text, 'pantau_rows_total{kind="permohonan",status="loaded"}') == 5
    assert sample(text, 'pantau_source_load_age_seconds{kind="permohonan",source=""}') == 0


def test_replies_are_counted_by_status(served: Desk) -> None:
    browser = served.browser()
    browser.get("/sehat")
    before = browser.get("/metrik").text
    browser.get("/sehat")
    after = browser.get("/metrik").text
    counted = (line.rpartition(" ")[0] for line in after.splitlines() if line.startswith("pantau_requests_total"))
    (name,) = (line for line in counted if 'method="GET"' in line and '"2xx"' in line)
    assert sample(after, name) == sample(before, name) + 2


def test_a_screen_that_is_silent_for_ten_minutes_shows(tmp_path: Path) -> None:
    served = desk(tmp_path, pages=PAGES)
    tv = served.browser()
    open_screen(tv, device_link(served.office, 'TV "Kabid"', served.clock(), "http://localhost"))
    tv.get("/layar/data.json")
    shown = 'pantau_screen_silent{id="1",screen="TV \\"Kabid\\""}'
    assert sample(served.browser().get("/metrik").text, shown) == 0
    served.clock.at += 601
    assert sample(served.browser().get("/metrik").text, shown) == 1
