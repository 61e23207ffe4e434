"""Filters of a page: native controls, and the address as their memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access.guard import guarded
from dashboard.access.roles import Page
from dashboard.components.days import LOOK as _DAY
from dashboard.components.days import day_in_address, day_shown

# A native choice cannot hold the empty value, so "all" has one of its own inside the browser; never in an address.
ALL = "*"
_CHOICE = "p-select"
NO_FILTERS = "?"
"""The address of a page, seen from itself, without its filters."""

CARRIED = ("dari", "sampai", "opd", "ruang")
"""Filters that mean the same on every page that has them: the menu takes them along to the next one."""


def read_query(search: str | None) -> dict[str, str]:
    """The filters in the part of an address after `?`; the first of a repeated name counts."""
    query: dict[str, str] = {}
    for name, value in parse_qsl((search or "").lstrip("?")):
        query.setdefault(name, value)
    return query


def write_query(values: Mapping[str, Any]) -> str:
    """`?a=b&…` without what is empty; the empty text when nothing is left."""
    kept = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"?{urlencode(kept)}" if kept else ""


def with_query(path: str, **values: Any) -> str:
    """An address with filters."""
    return path + write_query(values)


def page_url(prefix: str, search: str | None = None) -> dcc.Location:
    """The page's own view of the address; the shell's stays the router's alone.

    With `search`, the filters that the page was already drawn with, nothing is asked for again when it stands.
    """
    return dcc.Location(id=f"{prefix}-url", refresh=False, search=search)


def filter_bar(*fields: Component, class_name: str = "") -> html.Div:
    """Filters beside each other; below each other on a phone."""
    return html.Div(list(fields), className=f"p-filters no-print {class_name}".strip(), role="search")


def select(id: str, label: str, options: Sequence[tuple[str, str]], value: str = "") -> html.Label:
    """A native choice: works with keyboard, screen reader and the phone's own wheel.

    Options are (value, words); the value of "all" is empty. A value that is not among them shows the first.
    """
    known = {option for option, _ in options}
    first = options[0][0] if options else ""
    choices = [{"value": option or ALL, "label": words} for option, words in options]
    chosen = (value if value in known else first) or ALL
    return labelled(label, dbc.Select(id=id, options=choices, value=chosen, class_name=_CHOICE))


def search_field(id: str, label: str, value: str = "", placeholder: str = "") -> html.Label:
    """Free words, reported half a second after the last key."""
    hint = {"placeholder": placeholder, "debounce": 0.5}
    return labelled(label, dbc.Input(id=id, type="search", value=value, class_name="p-input", **hint))


def labelled(label: str, control: Component, class_name: str = "") -> html.Label:
    """A control under its words."""
    return html.Label([html.Span(label, className="p-field-label"), control], className=f"p-field {class_name}".strip())


def bind_filters(
    app: Dash,
    page: Page,
    prefix: str,
    fields: Mapping[str, str],
    defaults: Callable[[], Mapping[str, str]] = dict,
    named: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
    drops: Sequence[str] = (),
) -> None:
    """Keep controls and address in step: a choice changes the address, Back changes the controls.

    `fields` maps a name in the address to the id of a control; names that are not listed stay as they are, but those
    in `drops`, which another choice takes out. `defaults` gives what a control shows when the address says nothing;
    those values stay out of the address. `named` gives the filters of an address as the choices call them.
    """
    names, ids = list(fields), list(fields.values())

    @app.callback(
        [Output(f"{prefix}-url", "search"), *(Output(id, "value") for id in ids)],
        [
            Input(f"{prefix}-url", "search"),
            *(Input(id, "value") for id in ids),
            *(State(id, "class_name") for id in ids),
        ],
        prevent_initial_call=True,
    )
    @guarded(page)
    def keep_in_step(search: str | None, *parts: str | None) -> list[Any]:
        usual, looks, query = defaults(), parts[len(names) :], named(read_query(search))
        shown = {name: _value(value, look) for name, value, look in zip(names, parts, looks, strict=False)}
        if ctx.triggered_id == f"{prefix}-url":
            return [no_update, *_shown_values({**usual, **query}, shown, looks)]
        typed = [_typed_again(value, look) for value, look in zip(parts, looks, strict=False)]
        return [_new_search(query, shown, usual, drops), *typed]


def _shown_values(query: Mapping[str, str], shown: Mapping[str, str], looks: Sequence[str | None]) -> list[Any]:
    """What each control has to show; no_update where it does already. `looks` tell a choice from a field."""
    rows = [(query.get(name, ""), old, look) for (name, old), look in zip(shown.items(), looks, strict=True)]
    return [no_update if new == old else _written(new, look) for new, old, look in rows]


def _written(value: str, look: str | None) -> str:
    """A value of an address as its control shows it."""
    if look == _DAY:
        return day_shown(value)
    return value or (ALL if look == _CHOICE else "")


def _typed_again(value: Any, look: str | None) -> Any:
    """A typed day in the one form in which days are shown; no_update for all others."""
    return no_update if look != _DAY or day_shown(str(value or "")) == value else day_shown(str(value or ""))


def _value(value: Any, look: str | None) -> str:
    """What a control says, as an address holds it."""
    plain = plain_value(value)
    return day_in_address(plain) if look == _DAY else plain


def _new_search(
    query: Mapping[str, str], shown: Mapping[str, str], usual: Mapping[str, str], drops: Sequence[str] = ()
) -> Any:
    """The address after a choice; no_update when it says so already."""
    if all({**usual, **query}.get(name, "") == value for name, value in shown.items()):
        return no_update
    unusual = {name: "" if value == usual.get(name) else value for name, value in shown.items()}
    return write_query({**query, **unusual, **dict.fromkeys(drops)})


def plain_value(value: Any) -> Any:
    """What a control says, the empty text for "all" and for nothing."""
    return "" if value in (None, ALL) else value
