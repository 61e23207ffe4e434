"""The frame of the Data pages that list what waits for a person: head, what became of a decision, the lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, guarded
from dashboard.components import loading, page_head, page_url, read_query
from dashboard.i18n import t
from dashboard.pages.shared.row_lists import crumbs


def frame(prefix: str) -> Component:
    """The page of that prefix; its words are `intake.<prefix>_title` and `_subtitle`.

    Ids: `-url` the address, `-said` what became of a decision, `-changed` the mark that something was decided, `-body`.
    """
    title = t(f"intake.{prefix}_title")
    return html.Div(
        [
            page_url(prefix),
            dcc.Store(id=f"{prefix}-changed", data=0),
            page_head(title, t(f"intake.{prefix}_subtitle"), crumbs=crumbs((title, None))),
            loading(html.Div(id=f"{prefix}-said")),
            loading(html.Div(id=f"{prefix}-body")),
        ],
        className="intake",
    )


def show_lists(app: Dash, prefix: str, lists: Callable[[Mapping[str, str]], Component]) -> None:
    """Show what `lists` makes of the address, anew after each decision."""

    @app.callback(
        Output(f"{prefix}-body", "children"), Input(f"{prefix}-url", "search"), Input(f"{prefix}-changed", "data")
    )
    @guarded(Page.DATA)
    def show(search: str | None, _: Any) -> Component:
        return lists(read_query(search))
