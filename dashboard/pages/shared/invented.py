"""What invented records refuse: files and settings. Pages say so, and lead to the office's own records."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.access.begin import START_PATH
from dashboard.components import Tone, banner
from dashboard.i18n import t
from dashboard.pages.shared.monitoring_rule import served_office
from data_access.errors import PantauError


class InventedRecordsError(PantauError):
    """A file, a setting, or a correction of a row of a file was given to invented records."""


def is_invented() -> bool:
    """Whether this server shows invented records."""
    office = served_office()
    return office is not None and office.is_demo


def refuse_invented() -> None:
    """Raises InventedRecordsError where the records are invented; taps, counts and reports from phones need not ask."""
    if is_invented():
        raise InventedRecordsError("begin.invented")


def invented_notice() -> Component | None:
    """The same in words above a page that takes nothing here; None for the office's own records."""
    if not is_invented():
        return None
    return banner([t("begin.invented_words"), " ", start_way()], Tone.NEAR, "cone-striped")


def form_area(*parts: Component | None) -> Component:
    """Forms that invented records refuse: there they cannot be typed in or pressed, and say so above; ways to other
    places stay."""
    notice = invented_notice()
    if notice is None:
        return html.Div(list(parts), className="p-forms")
    return html.Div([notice, html.Fieldset(list(parts), disabled="disabled", className="p-forms")], className="p-forms")


def start_way() -> Component:
    """A plain link to where the office's own records begin: that page is none of the desk."""
    return html.A(t("begin.title"), href=START_PATH)
