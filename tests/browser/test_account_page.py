"""Akun saya on a phone: another password, and the codes of an app."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pyotp import TOTP

from dashboard.web.pages import PAGES
from tests.offices.desk import PASSWORD, desk
from tests.serving.windows import Open, Site, running

NEW = "perahu-sepi-di-muara"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running office without a book."""
    with running(desk(tmp_path_factory.mktemp("akun"), pages=PAGES)) as site:
        yield site


def test_on_a_phone_the_password_is_changed_and_app_codes_are_turned_on(open_page: Open, site: Site) -> None:
    page = open_page("/akun", "kadin", 390, 844)
    expect(page.locator("#account-list")).to_contain_text("perangkat ini")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for field, text in (("old", PASSWORD), ("new", NEW), ("again", NEW)):
        page.fill(f"#account-{field}", text)
    page.click("#account-save")
    expect(page.locator("#account-said")).to_contain_text("sudah diganti")
    page.fill("#account-proof", NEW)
    page.click("#account-on")
    expect(page.locator(".account-picture")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    key = re.sub(r"\s", "", page.locator("#account-factor code").inner_text())
    page.fill("#account-code", TOTP(key).at(site.desk.clock()))
    page.click("#account-confirm")
    expect(page.locator("#account-factor-said")).to_contain_text("Kode aplikasi menyala")
    expect(page.locator("#account-off")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("text=Keluar dari semua perangkat")
    expect(page.locator("[name=nama]")).to_be_visible()
    page.go_back()  # nothing of the page is left in the browser
    expect(page.locator("[name=nama]")).to_be_visible()
    expect(page.locator("#account-list")).to_have_count(0)
