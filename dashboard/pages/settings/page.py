"""What does an administrator set, and is everything that hangs on the office's walls alive?

The page is a list of parts. A part is a module with `ANCHOR` (its place in the address, after `#`), `TITLE` (key of its
title), `section(page_request)` and `register(app, office, now)`; a new one is added to `PARTS`. Each guards its own
callbacks with `Page.PENGATURAN`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.components import button, icon, page_head
from dashboard.i18n import t
from dashboard.pages.settings import checklist, screens
from dashboard.pages.shared.page_request import PageRequest

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PENGATURAN
PATH = "/pengaturan"
TITLE = "settings.title"
NAV = "settings.title"

PARTS: tuple[ModuleType, ...] = (screens,)


def layout(page_request: PageRequest) -> Component:
    """Head, a way to each part when there are several, the parts."""
    return html.Div(
        [
            page_head(t("settings.title"), t("settings.subtitle"), actions=[_checklist()]),
            _ways() if len(PARTS) > 1 else None,
            *(html.Div(part.section(page_request), id=part.ANCHOR, className="settings-part") for part in PARTS),
        ],
        className="settings",
    )


def _checklist() -> Component:
    """The way to the checklist, which has a page of its own."""
    return button([icon("list-check"), t("checklist.open")], href=checklist.PATH, kind="quiet")


def _ways() -> Component:
    links = [html.A(t(part.TITLE), href=f"#{part.ANCHOR}", className="settings-way") for part in PARTS]
    return html.Nav(links, className="settings-ways", **{"aria-label": t("settings.ways")})


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Register every part."""
    for part in PARTS:
        part.register(app, office, now)
