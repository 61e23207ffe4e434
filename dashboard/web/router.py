"""Which page an address shows, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.development.base_component import Component
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from dashboard.access.accounts import Account, account
from dashboard.access.guard import guarded
from dashboard.components.cards import banner
from dashboard.components.filters import read_query
from dashboard.components.markup import written_out
from dashboard.components.shell import First, Id, message_view
from dashboard.i18n import sentence, t
from dashboard.pages.shared import renewal
from dashboard.pages.shared.page_request import PageRequest, names_of, not_read, told_at
from dashboard.web.answers import REFUSALS, log_damage, log_failure
from data_access.errors import PantauError
from etl.office import Office

_MONTH = re.compile(r"^(/[a-z-]+/\d{4})(-\d\d/)")
"""Where a letter's number counts within a month: "/permohonan/2026-02/1" is the number "-02/1" of the year."""


@dataclass(frozen=True)
class Place:
    """A page and the placeholders of the address that led to it."""

    page: ModuleType
    path: dict[str, Any]


class Router:
    """The pages of one app by address."""

    def __init__(self, pages: Sequence[ModuleType]) -> None:
        self.pages = tuple(pages)
        rules = [Rule(page.PATH, endpoint=str(index), strict_slashes=False) for index, page in enumerate(pages)]
        self._map = Map(rules, merge_slashes=False)

    def find(self, pathname: str) -> Place | None:
        """The page at an address (already decoded or not); None when there is none."""
        try:
            endpoint, path = self._map.bind("").match(_MONTH.sub(r"\1/\2", unquote(pathname)))
        except (NotFound, RequestRedirect):
            return None
        return Place(self.pages[int(endpoint)], dict(path))

    def home_of(self, user: Account) -> str | None:
        """Where that user begins: the first page in the top bar."""
        return next((p.PATH for p in self.pages if p.NAV and user.may(p.PAGE)), None)

    def status_of(self, pathname: str, user: Account) -> int:
        """200, 403 or 404 for that user; the start page is always there."""
        if pathname == "/":
            return 200
        place = self.find(pathname)
        if place is None:
            return 404
        return 200 if user.may(place.page.PAGE) else 403

    def is_there(self, office: Office, pathname: str, user: Account) -> bool:
        """Whether what the address of a page names is there, where that can be asked (`is_there` of the page)."""
        place = self.find(pathname)
        ask = getattr(place.page, "is_there", None) if place is not None else None
        try:
            return place is None or ask is None or ask(office, user, place.path)
        except PantauError:  # records out of reach: the page says so itself
            return True

    def title_of(self, pathname: str) -> str:
        """The browser's title at an address."""
        place = self.find(pathname)
        return f"{t(place.page.TITLE)} · {t('shell.name')}" if place else t("shell.name")


def register_router(app: Dash, router: Router, office: Office, now: Callable[[], int]) -> None:
    """Show the page of the address, and keep title and top bar in step with it."""

    @app.callback(
        Output(Id.PAGE, "children"),
        Output(Id.TITLE, "data"),
        Input(Id.URL, "pathname"),
        State(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(None)
    def show(pathname: str | None, search: str | None) -> tuple[list[Component], str]:
        path = pathname or "/"
        return page_at(router, office, now(), path, search), router.title_of(path)

    @app.callback(
        Output(Id.PAGE, "children", allow_duplicate=True),
        Input(renewal.Id.WHOLE, "data"),
        State(Id.URL, "pathname"),
        State(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(None)
    def show_anew(_wanted: Any, pathname: str | None, search: str | None) -> list[Component]:
        return page_at(router, office, now(), pathname or "/", search)

    app.clientside_callback(
        ClientsideFunction("pantau", "setTitle"), Output(Id.TITLE_SET, "data"), Input(Id.TITLE, "data")
    )
    app.clientside_callback(
        ClientsideFunction("pantau", "markPlace"), Output(Id.PLACE_SET, "data"), Input(Id.URL, "pathname")
    )


def first_page(router: Router, office: Office, now: int, address: str | None) -> First | None:
    """The page that stands in the first answer; None where the browser has not said its address."""
    if not address or not address.startswith("/"):
        return None
    pathname, mark, query = address.partition("?")
    return First(pathname, mark + query, page_at(router, office, now, pathname, mark + query))


def page_at(router: Router, office: Office, now: int, pathname: str, search: str | None) -> list[Component]:
    """The page for the user of this request, or words saying why there is none, and what records it was drawn from."""
    page = _page_at(router, office, now, pathname, search)
    return [*_not_read(router, office, pathname, search), page, renewal.drawn_from(office)]


def _not_read(router: Router, office: Office, pathname: str, search: str | None) -> list[Component]:
    """What of its address the page leaves out, in words."""
    place = router.find(pathname if pathname != "/" else router.home_of(account()) or "/")
    if place is None:
        return []
    try:
        return written_out(not_read(names_of(place.page, office), office, read_query(search)))
    except PantauError:  # records out of reach: the page says so itself
        return []


def _page_at(router: Router, office: Office, now: int, pathname: str, search: str | None) -> Component:
    user = account()
    if pathname == "/":
        home = router.home_of(user)
        if home is None:
            return message_view(t("shell.name"), t("shell.no_pages"), "door-open")
        pathname = home
    status = router.status_of(pathname, user)
    if status in REFUSALS:
        name, icon = REFUSALS[status]
        return message_view(t(f"shell.{name}"), t(f"shell.{name}_words"), icon)
    place = router.find(pathname)
    try:
        at = told_at(office, now)
        return written_out(place.page.layout(PageRequest(office, at, user, place.path, read_query(search), search)))
    except PantauError as error:
        log_damage(office.home, error)
        return banner(sentence(error), "late", "exclamation-octagon")
    except Exception as error:  # whatever a page meets, the menu around it stays
        code = log_failure(error, pathname)
        return message_view(t("shell.failed"), t("shell.failed_words", code=code), "cloud-slash")
