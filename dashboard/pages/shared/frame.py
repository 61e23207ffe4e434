"""How a page answers: a part of it for every address, words where the address cannot be asked or is still to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import Tone, banner, empty, later_data, read_query, written_out
from dashboard.i18n import fmt, sentence, t
from data_access.errors import PantauError
from etl.figures.period import Period

Draw = Callable[[Mapping[str, str], Account], Component | None]
"""A part of a page for the filters of its address and the user who asks."""


def bind_part(app: Dash, page: Page, prefix: str, id: str, draw: Draw) -> None:
    """Draw a part when the page opens and whenever its address (`page_url(prefix)`) changes."""

    @app.callback(Output(id, "children"), Input(f"{prefix}-url", "search"))
    @guarded(page)
    def show(search: str | None) -> Component | None:
        return draw(read_query(search), account())


def bind_later_part(app: Dash, page: Page, prefix: str, id: str, draw: Draw) -> None:
    """Draw a part once those before it are on the screen (`later_store(prefix)`)."""

    @app.callback(Output(id, "children"), later_data(prefix), prevent_initial_call=True)
    @guarded(page)
    def show(search: str | None) -> Component | None:
        return written_out(draw(read_query(search), account()))


def refusal(error: PantauError, hint: str = "") -> Component:
    """Why an address cannot be asked, and with `hint` what to look at."""
    words = banner(sentence(error), Tone.LATE, "exclamation-octagon")
    return html.Div([words, empty(hint)]) if hint else words


def to_come(period: Period) -> Component:
    """Words for a period of which no day has begun."""
    return empty(t("sla.future", period=fmt().period(period.first, period.last)), t("sla.future_hint"), "calendar-x")
