"""Which files and queries were taken in, when, by whom, with what result?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.components import empty, link, panel, with_query
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake.frame import column, list_page, listed, pages, show_lists, tabs
from dashboard.pages.shared.links import RUNS, load_address
from dashboard.pages.shared.page_request import Names, is_page, one_of
from dashboard.pages.shared.words import actor_words, file_words, kind_words, result_pill
from data_access.records.intake.loads import Load
from etl.figures.intake.open_work import open_rejects, runs, unread_cells
from etl.office import Office

PAGE = Page.DATA
PATH = RUNS
TITLE = "intake.runs_title"
NAV = None

OPEN_REJECTS, UNREAD = "tolakan", "disisihkan"
ADDRESS_NAMES: Names = {"hal": is_page, "tampil": one_of(OPEN_REJECTS, UNREAD)}
"""In the address: only the loads whose rejected rows wait for repair; only those with cells that nobody can read."""

_COUNTS = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")


layout = partial(list_page, "runs", has_decisions=False)


def register(app: Dash, office: Office, _now: Callable[[], int]) -> None:
    """List what the address asks for."""
    show_lists(app, "runs", lambda query, _: list_of(office, query), has_decisions=False)


def list_of(office: Office, query: Mapping[str, str]) -> Component:
    """One page of the loads: all, those whose rejected rows wait for repair, or those with unread cells."""
    which, page = query.get("tampil"), read_page(query.get("hal"))
    which = which if which in (OPEN_REJECTS, UNREAD) else None
    loads, total = runs(office, page, _only(office, which))
    ways = {None: "intake.show_all", OPEN_REJECTS: "intake.show_rejects", UNREAD: "intake.show_unread"}
    choices = tabs(
        t("intake.show"), [(t(key), with_query(RUNS, tampil=way), way == which) for way, key in ways.items()]
    )
    if not total:
        return panel(choices, _nothing(which))
    drawn = listed(t("intake.runs_title"), _columns(office), loads)
    return panel(choices, drawn, pages(page, total, lambda number: with_query(RUNS, tampil=which, hal=number)))


def _only(office: Office, which: str | None) -> Collection[int] | None:
    if which is None:
        return None
    return open_rejects(office) if which == OPEN_REJECTS else {cell["load_id"] for cell in unread_cells(office)}


def _nothing(which: str | None) -> Component:
    if which == UNREAD:
        return empty(t("intake.none_set_aside"), icon_name="check2-circle")
    if which == OPEN_REJECTS:
        return empty(t("intake.no_rejects"), t("intake.no_rejects_hint"), "check2-circle")
    return empty(t("intake.no_runs"), t("intake.no_runs_hint"))


def _columns(office: Office) -> list[Column[Load]]:
    f = fmt()
    return [
        column("file", _file),
        column("when", lambda load: f.moment_short(load.started_at)),
        column("who", lambda load: actor_words(office, load.actor)),
        *(column(name, lambda load, name=name: f.number(getattr(load.counts, name)), "num") for name in _COUNTS),
        column("result", result_pill),
    ]


def _file(load: Load) -> list[Component]:
    way = link(file_words(load), load_address(load.id), "cases-link intake-file")
    return [way, html.Div(kind_words(load.kind), className="p-muted")]
