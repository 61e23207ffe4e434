"""Which files and queries were taken in, when, by whom, with what result?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, guarded
from dashboard.components import empty, link, loading, page_head, page_url, panel, read_query, with_query
from dashboard.components.pager import pager, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.row_lists import (
    RUNS,
    actor_words,
    crumbs,
    file_words,
    kind_words,
    load_address,
    result_pill,
    table,
    table_row,
)
from etl.figures.intake.open_work import PAGE_ROWS, runs

if TYPE_CHECKING:
    from data_access.records.intake.loads import Load
    from etl.office import Office

PAGE = Page.DATA
PATH = RUNS
TITLE = "intake.runs_title"
NAV = None

_NUMBERS = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")


class Id(StrEnum):
    """Ids of the page."""

    URL = "runs-url"
    BODY = "runs-body"


def layout(_: PageRequest) -> Component:
    """Head, and the place of the list."""
    head = page_head(t("intake.runs_title"), t("intake.runs_subtitle"), crumbs=crumbs((t("intake.runs_title"), None)))
    return html.Div([page_url("runs"), head, loading(html.Div(id=Id.BODY))], className="intake")


def register(app: Dash, office: Office, _now: Callable[[], int]) -> None:
    """List what the address asks for."""

    @app.callback(Output(Id.BODY, "children"), Input(Id.URL, "search"))
    @guarded(PAGE)
    def show(search: str | None) -> Component:
        return list_of(office, read_query(search))


def list_of(office: Office, query: Mapping[str, str]) -> Component:
    """One page of the loads: all, or those whose rejected rows wait for repair."""
    only_open, page = query.get("tampil") == "tolakan", read_page(query.get("hal"))
    loads, total = runs(office, page, with_open_rejects=only_open)
    shown = _choices(only_open)
    if not total:
        return panel(shown, _nothing(only_open))
    choice = "tolakan" if only_open else None

    def address(number: int) -> str:
        return with_query(RUNS, tampil=choice, hal=number if number > 1 else None)

    drawn = table(t("intake.runs_title"), _heads(), [_row(office, load) for load in loads], _NUMBERS)
    return panel(shown, drawn, pager(page, PAGE_ROWS, total, address))


def _nothing(only_open: bool) -> Component:
    if only_open:
        return empty(t("intake.no_rejects"), t("intake.no_rejects_hint"), "check2-circle")
    return empty(t("intake.no_runs"), t("intake.no_runs_hint"))


def _choices(only_open: bool) -> Component:
    kinds = ((t("intake.show_all"), RUNS, False), (t("intake.show_rejects"), with_query(RUNS, tampil="tolakan"), True))
    links = [link(words, href, f"intake-tab{' is-on' if is_it is only_open else ''}") for words, href, is_it in kinds]
    return html.Nav(links, className="intake-tabs", **{"aria-label": t("intake.show")})


def _heads() -> dict[str, str]:
    names = ("file", "when", "who", *_NUMBERS, "result")
    return {name: t(f"intake.{name}") for name in names}


def _row(office: Office, load: Load) -> html.Tr:
    f, counts = fmt(), load.counts
    name = link(file_words(load), load_address(load.id), "cases-link intake-file")
    cells = {
        "file": [name, html.Div(kind_words(load.kind), className="p-muted")],
        "when": f.moment_short(load.started_at),
        "who": actor_words(office, load.actor),
        **{name: f.number(getattr(counts, name)) for name in _NUMBERS},
        "result": result_pill(load),
    }
    return table_row(_heads(), cells, _NUMBERS)
