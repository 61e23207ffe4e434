"""What does another role do on its day?"""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.pages.handbook import page
from dashboard.pages.shared.page_request import PageRequest
from etl.office import Office

PAGE = Page.BANTUAN
PATH = f"{page.PATH}/<any({', '.join(page.CHAPTERS)}):chapter>"
TITLE = "handbook.title"
NAV = None


def layout(page_request: PageRequest) -> Component:
    """The chapter that the address names."""
    return page.chapter_page(str(page_request.path["chapter"]))


def register(_app: Dash, _office: Office, _now: Callable[[], int]) -> None:
    """Nothing here is asked of the server."""
