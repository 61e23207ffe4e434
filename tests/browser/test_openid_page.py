"""Signing in at the provider of identities on a phone: there, back, and what the account says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.pages.settings import account
from tests.offices.sso import door_at
from tests.serving.identity import SECRET, SECRET_ENV, Line
from tests.serving.windows import running, visitors


def test_on_a_phone_the_button_leads_to_the_provider_and_back_to_the_page_that_was_asked_for(
    browser: Browser, sso: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_ENV, SECRET)
    door = door_at(tmp_path, sso, pages=[account])
    door.set(label='"SSO Kabupaten"')
    with running(door.served) as site, visitors(browser, site.url) as visitor:
        page = visitor()
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/akun")
        button = page.get_by_role("link", name="Masuk dengan SSO Kabupaten")
        expect(button).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        button.click()
        page.fill("[name=username]", "kadin")
        page.fill("[name=password]", "sandi-kadin")
        page.click("text=Masuk SSO")
        expect(page.locator(".p-page, main").first).to_contain_text("Akun ini terikat dengan SSO Kabupaten sejak")
        expect(page.locator("#account-list")).to_contain_text("perangkat ini")
        expect(page.locator("#account-email")).to_have_count(0)
        assert page.url == f"{site.url}/akun"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click("text=Keluar dari semua perangkat")
        expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
        sso.is_cut = True
        door.served.clock.at += 3_601
        page.get_by_role("link", name="Masuk dengan SSO Kabupaten").click()
        expect(page.get_by_role("alert")).to_contain_text("penyedianya tidak menjawab")
        expect(page.locator("[name=sandi]")).to_be_visible()
