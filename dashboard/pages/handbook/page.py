"""What does my role do on its day?"""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.pages.handbook import book
from dashboard.pages.shared.page_request import PageRequest
from etl.office import Office

PAGE = Page.BANTUAN
PATH = book.PATH
TITLE = "handbook.title"
NAV = None


def layout(page_request: PageRequest) -> Component:
    """The chapter of the user's own role."""
    return book.chapter_page(book.CHAPTER_OF[page_request.account.role])


def register(_app: Dash, _office: Office, _now: Callable[[], int]) -> None:
    """Nothing here is asked of the server."""
