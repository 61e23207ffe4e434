"""How a user looks at the list of requests: which columns, and views kept under names.

A view is an address: filters, order and columns. The columns that somebody chose last stand wherever an address names
none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import Tone, button, icon, link, stack
from dashboard.components.filters import ALL, plain_value, read_query, select, write_query
from dashboard.i18n import t
from dashboard.pages.requests.columns import column_head
from dashboard.pages.requests.filter import ListColumn, read_columns
from dashboard.pages.shared.forms import on_press, outcome, text_field
from dashboard.pages.shared.links import REQUEST_LIST
from dashboard.pages.shared.page_request import once_more
from data_access.errors import PantauError
from data_access.records import reading, writing
from data_access.records.access import note_action
from data_access.records.list_views import (
    MOST_VIEWS,
    ListView,
    keep_usual,
    keep_view,
    kept_views,
    remove_view,
    rename_view,
    usual_query,
)
from etl.office import Office

PAGE = Page.PERMOHONAN
URL = "cases-url"
LONGEST_NAME = 60
LONGEST_VIEW = 1_500
"""Characters of a name, and of the address of a view."""

_NOT_KEPT = ("hal",)


class Id(StrEnum):
    """Ids of columns and views."""

    COLUMNS = "cases-columns"
    USE = "cases-columns-use"
    COLUMNS_SAID = "cases-columns-said"
    LIST = "cases-views"
    CHANGED = "cases-views-changed"
    NAME = "cases-view-name"
    CHOSEN = "cases-view-chosen"
    SAVE = "cases-view-save"
    RENAME = "cases-view-rename"
    REMOVE = "cases-view-remove"
    SAID = "cases-view-said"


class ViewError(PantauError):
    """A view without a name, of a name that is taken or too long, or one that is not there any more."""


def usual_columns(office: Office, user: Account) -> str:
    """The columns that a user has chosen, as an address holds them; empty for none."""
    with reading(office.records) as connection:
        return _known(usual_query(connection, user.id))


def _known(columns: str) -> str:
    """These columns, none where one of them does not exist (any more)."""
    try:
        read_columns(columns)
    except PantauError:
        return ""
    return columns


def tools(office: Office, user: Account, query: Mapping[str, str]) -> Component:
    """The user's views as links, and the forms for columns and views."""
    kept, query = _kept(office, user), _whole(office, user, query)
    return stack(
        dcc.Store(id=Id.CHANGED, data=0),
        html.Nav(_links(kept, query), id=Id.LIST, className="cases-views", **{"aria-label": t("cases.views")}),
        _columns_form(read_columns(query["kolom"])),
        _views_form(kept, query),
        class_name="cases-tools no-print",
    )


def _whole(office: Office, user: Account, query: Mapping[str, str]) -> dict[str, str]:
    """What a view of an address holds: its filters, and its columns also where it leaves them to the user's own."""
    columns = read_columns(_known(query.get("kolom", "")) or usual_columns(office, user))
    kept = {name: value for name, value in query.items() if name not in _NOT_KEPT}
    return {**kept, "kolom": ",".join(column.value for column in columns)}


def _kept(office: Office, user: Account) -> list[ListView]:
    with reading(office.records) as connection:
        return kept_views(connection, user.id)


def _links(kept: Sequence[ListView], query: Mapping[str, str]) -> list[Component]:
    if not kept:
        return []
    here = _here(kept, query)
    shown = [link(t("cases.view_all"), REQUEST_LIST, "cases-view")]
    shown += [_link(view, is_here=view.name == here) for view in kept]
    return [html.Span(t("cases.views"), className="p-muted"), *shown]


def _link(view: ListView, *, is_here: bool) -> Component:
    if is_here:
        return html.Span(view.name, className="cases-view is-here", **{"aria-current": "page"})
    return link(view.name, f"{REQUEST_LIST}{view.query}", "cases-view")


def _here(kept: Sequence[ListView], query: Mapping[str, str]) -> str:
    """The name of the view that is shown; empty for none."""
    return next((view.name for view in kept if read_query(view.query) == query), "")


def _columns_form(chosen: Sequence[ListColumn]) -> Component:
    options = [
        {"label": column_head(column, None), "value": column.value, "disabled": column is ListColumn.AGENDA}
        for column in ListColumn
    ]
    ticks = dbc.Checklist(options, [column.value for column in chosen], id=Id.COLUMNS, class_name="cases-ticks")
    return html.Details(
        [
            html.Summary([icon("layout-three-columns"), html.Span(t("cases.columns"))]),
            ticks,
            button([icon("check-lg"), t("cases.columns_use")], id=Id.USE),
            html.Div(id=Id.COLUMNS_SAID),
        ],
        className="cases-more",
    )


def _views_form(kept: Sequence[ListView], query: Mapping[str, str]) -> Component:
    fields = [
        text_field(Id.NAME, t("cases.view_name"), autocomplete="off"),
        button([icon("bookmark-plus"), t("cases.view_save")], id=Id.SAVE),
        select(Id.CHOSEN, t("cases.view_kept"), _choices(kept), _here(kept, query)),
        button([icon("pencil"), t("cases.view_rename")], id=Id.RENAME, kind="quiet"),
        button([icon("trash"), t("cases.view_remove")], id=Id.REMOVE, kind="quiet"),
    ]
    return html.Details(
        [
            html.Summary([icon("bookmark"), html.Span(t("cases.views_keep"))]),
            html.P(t("cases.views_lead"), className="p-muted"),
            html.Div(fields, className="intake-form"),
            html.Div(id=Id.SAID),
        ],
        className="cases-more",
    )


def _choices(kept: Sequence[ListView]) -> list[tuple[str, str]]:
    return [("", t("cases.view_none")), *((view.name, view.name) for view in kept)]


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take columns and views; show the views after each change."""

    @app.callback(
        Output(Id.LIST, "children"),
        Output(Id.CHOSEN, "options"),
        Output(Id.CHOSEN, "value"),
        Input(URL, "search"),
        Input(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None, _changed: Any) -> tuple[Any, ...]:
        kept, query = _kept(office, account()), _whole(office, account(), read_query(search))
        options = [{"value": name or ALL, "label": words} for name, words in _choices(kept)]
        return _links(kept, query), options, _here(kept, query) or ALL

    places = [(Id.SAID.value, "children"), (Id.CHANGED.value, "data")]
    given = [(Id.NAME.value, "value"), (Id.CHOSEN.value, "value"), (URL, "search"), (Id.CHANGED.value, "data")]
    on_press(app, PAGE, [*_ACTS], given, partial(_act, office, now), places, May.SEE)
    on_press(
        app, PAGE, [Id.USE], [(Id.COLUMNS, "value"), (URL, "search")], partial(_use, office, now),
        [(Id.COLUMNS_SAID, "children"), (URL, "search")], May.SEE, allow_duplicate=True,
    )  # fmt: skip


def _act(
    office: Office, now: Callable[[], int], pressed: str, typed: Any, chosen: Any, search: Any, times: Any
) -> tuple[Component, int]:
    name = " ".join(typed.split()) if isinstance(typed, str) else ""
    if len(name) > LONGEST_NAME:
        raise ViewError("cases.view_long", most=LONGEST_NAME)
    view = str(plain_value(chosen))
    words = _ACTS[pressed](office, now(), name, view, read_query(search if isinstance(search, str) else ""))
    return outcome(words, Tone.GOOD), once_more(times)


def _save(office: Office, now: int, name: str, chosen: str, query: Mapping[str, str]) -> str:
    """Keep what the address shows; without a new name the chosen view becomes it."""
    name, user = name or chosen, account()
    if not name:
        raise ViewError("cases.view_needs_name")
    written = write_query(_whole(office, user, query))
    if len(written) > LONGEST_VIEW:
        raise ViewError("cases.view_too_much")
    with writing(office.records) as connection:
        known = {view.name for view in kept_views(connection, user.id)}
        if name not in known and len(known) >= MOST_VIEWS:
            raise ViewError("cases.view_most", most=MOST_VIEWS)
        keep_view(connection, user.id, name, written)
        note_action(connection, "view_kept", at=now, actor=user.name)
    return t("cases.view_replaced" if name in known else "cases.view_saved", name=name)


def _rename(office: Office, now: int, name: str, chosen: str, _query: Mapping[str, str]) -> str:
    user = account()
    if not name or not chosen:
        raise ViewError("cases.view_rename_needs")
    with writing(office.records) as connection:
        if name != chosen and name in {view.name for view in kept_views(connection, user.id)}:
            raise ViewError("cases.view_exists", name=name)
        if not rename_view(connection, user.id, chosen, name):
            raise ViewError("cases.view_gone", name=chosen)
        note_action(connection, "view_kept", at=now, actor=user.name)
    return t("cases.view_renamed", old=chosen, name=name)


def _remove(office: Office, now: int, _name: str, chosen: str, _query: Mapping[str, str]) -> str:
    user = account()
    if not chosen:
        raise ViewError("cases.view_choose")
    with writing(office.records) as connection:
        if not remove_view(connection, user.id, chosen):
            raise ViewError("cases.view_gone", name=chosen)
        note_action(connection, "view_removed", at=now, actor=user.name)
    return t("cases.view_removed", name=chosen)


Act = Callable[[Office, int, str, str, Mapping[str, str]], str]
_ACTS: Mapping[str, Act] = {Id.SAVE: _save, Id.RENAME: _rename, Id.REMOVE: _remove}
"""What each button does with the typed name, the chosen view and the filters of the address; the words for it."""


def _use(office: Office, now: Callable[[], int], _id: str, ticked: Any, search: Any) -> tuple[Component, str]:
    """Show these columns, here and wherever an address names none."""
    user, names = account(), ticked if isinstance(ticked, list) else []
    columns = ",".join(column.value for column in read_columns(",".join(map(str, names))))
    with writing(office.records) as connection:
        keep_usual(connection, user.id, columns)
        note_action(connection, "list_columns", at=now(), actor=user.name)
    query = read_query(search if isinstance(search, str) else "")
    return outcome(t("cases.columns_kept"), Tone.GOOD), write_query({**query, "kolom": columns})
