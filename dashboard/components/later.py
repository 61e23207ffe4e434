"""What lies below on a page comes after what is seen first.

A page draws its first part in `layout`. What is asked for by `later_data(prefix)` comes once the charts of that part
are drawn, and again whenever the address changes; until then `later_place` holds its room.
"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboard.components.cards import waiting


def later_store(prefix: str) -> dcc.Store:
    """Belongs into the layout: the filters for which the later parts are wanted."""
    return dcc.Store(id=f"{prefix}-later")


def later_place(id: str, *, has_words: bool = True) -> html.Div:
    """Where a later part will stand; without words where `loading` around it has its own."""
    return html.Div(html.Div(waiting() if has_words else None, className="p-coming"), id=id)


def later_data(prefix: str) -> Input:
    """What a callback of a later part listens to: the text after the address, `?` included."""
    return Input(f"{prefix}-later", "data")


def bind_later(app: Dash, prefix: str) -> None:
    """Say when the later parts of a page are wanted; the address is that of `page_url(prefix)`."""
    wanted: Any = Output(f"{prefix}-later", "data")
    app.clientside_callback(ClientsideFunction("pantau", "whenDrawn"), wanted, Input(f"{prefix}-url", "search"))
