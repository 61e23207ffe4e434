"""An agency puts a stamp of its own right: the form of the Data page, reached from the request.

What is saved goes through the callback of `correct`, which asks anew whose stamp it is.
"""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.i18n import t
from dashboard.pages.requests.correct import OWN, form_page
from dashboard.pages.shared.links import REQUEST_LIST
from dashboard.pages.shared.page_request import ADDRESS_NUMBER, Names, PageRequest
from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = f"{OWN}/<{ADDRESS_NUMBER}:row_id>"
TITLE = "intake.correct_title"
NAV = None
ADDRESS_NAMES: Names = {"ubah": None}


def layout(page_request: PageRequest) -> Component:
    """The form for a stamp; words for who may not put it right."""
    way = [(t("cases.title"), REQUEST_LIST), (t("intake.correct_title"), None)]
    return form_page(page_request, "disposisi", int(page_request.path["row_id"]), way)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Nothing of its own."""
