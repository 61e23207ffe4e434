"""An office with one user a role, its desk app, and browsers that are signed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from dash import Dash, Input, Output, html
from flask.testing import FlaskClient

from dashboard.access.devices import DEVICE_COOKIE, WALL_PATH
from dashboard.access.guard import guarded
from dashboard.access.roles import May, Page
from dashboard.web.app import create_app
from data_access.records.access import add_user
from data_access.records.engine import writing
from data_access.roles import USERS, Role
from etl.office import Office
from tests.offices.office import MONDAY_NINE, Clock, Fill, open_office

PASSWORD = "kuda-lumping-21"
SECRET_FIGURE = "angka rahasia 4711"
OWN_OPD = "Dinas Kesehatan"


@dataclass
class Desk:
    """A served office."""

    office: Office
    app: Dash
    clock: Clock
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self) -> FlaskClient:
        """A browser that nobody signed in with."""
        return self.app.server.test_client()

    def signed_in(self, name: str, password: str = PASSWORD) -> FlaskClient:
        """A browser in which that user has signed in and opened the start page."""
        browser = self.browser()
        assert sign_in(browser, name, password).status_code == 303
        browser.get("/")
        return browser

    def browser_of(self, name: str) -> FlaskClient:
        """The browser in which that user works: signed in at its first use, for tests that are not about signing in.

        A clock that was put back ends sessions, as the doors see it; then everybody signs in once more.
        """
        if self.clock.at < self.clock.latest:
            self._browsers.clear()
            self.clock.latest = self.clock.at
        if name not in self._browsers:
            self._browsers[name] = self.signed_in(name)
        return self._browsers[name]


CHEAP = PasswordHasher.from_parameters(CHEAPEST)
"""Makes hashes of argon2's cheapest kind; a hash names its own costs, so the doors take it. The product's are dear."""


@cache
def password_hash() -> str:
    """The hash that everybody here has."""
    return CHEAP.hash(PASSWORD)


def add_everybody(office: Office, *, is_demo: bool = False) -> None:
    """One user a role, named like it, all with the same password."""
    with writing(office.records) as connection:
        for role in USERS:
            add_user(
                connection,
                role.value,
                role.value,
                opd=OWN_OPD if role is Role.OPD else None,
                created_at=1,
                password_hash=password_hash(),
                is_demo=is_demo,
            )


def desk(
    folder: Path,
    fill: Fill | None = None,
    at: int = MONDAY_NINE,
    *,
    pages: Sequence[ModuleType] = (),
    is_demo: bool = False,
    host: str = "127.0.0.1",
) -> Desk:
    """An office of the test's own with the books that `fill` gives and everybody in it, served with those pages."""
    clock = Clock(at)
    office = open_office(folder, clock, fill, is_demo=is_demo)
    add_everybody(office, is_demo=is_demo)
    return Desk(office, create_app(office, now=clock, pages=pages, host=host), clock)


def open_screen(browser: FlaskClient, link: str) -> str:
    """Open a screen's link in that browser; the cookie that it gets."""
    token = re.search(r'data-csrf="([^"]+)"', browser.get("/layar/aktifkan").text).group(1)
    said = {"token": link.partition("#")[2]}
    assert browser.post("/layar/aktifkan", json=said, headers={"X-CSRFToken": token}).status_code == 200
    return browser.get_cookie(DEVICE_COOKIE, path=WALL_PATH).value


def sample_page(page: Page, path: str, name: str) -> ModuleType:
    """A page with one callback for seeing and one for doing, both of which answer with a secret figure."""
    module = ModuleType(name)

    def layout(_: Any) -> html.Div:
        return html.Div([html.H1(name), html.Div(SECRET_FIGURE, id=f"{name}-out"), html.Button(id=f"{name}-in")])

    def register(app: Dash, _office: Office, _now: Clock) -> None:
        @app.callback(Output(f"{name}-out", "children"), Input(f"{name}-in", "n_clicks"))
        @guarded(page)
        def see(_: int | None) -> str:
            return SECRET_FIGURE

        @app.callback(Output(f"{name}-done", "children"), Input(f"{name}-in", "n_clicks"))
        @guarded(page, May.DO)
        def do(_: int | None) -> str:
            return SECRET_FIGURE

    module.PAGE, module.PATH, module.TITLE, module.NAV = page, path, "word.step", "word.step"
    module.layout, module.register = layout, register
    return module


def form_token(page: str) -> str:
    """The token against forged requests inside a form."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def sign_in(browser: FlaskClient, name: str, password: str = PASSWORD, back: str = "", **request: Any) -> Any:
    """Fill in the login form."""
    token = form_token(browser.get("/masuk", **request).text)
    fields = {"nama": name, "sandi": password, "ke": back, "csrf_token": token}
    return browser.post("/masuk", data=fields, **request)
