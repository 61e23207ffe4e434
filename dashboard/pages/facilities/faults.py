"""Faults on the Sarpras page: open ones by whom they stand in the way of, restored ones with their times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, why, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.rooms import condition_pill
from dashboard.pages.shared.links import why_fault
from dashboard.pages.shared.row_lists import table, table_row
from etl.figures.facilities.conditions import room_books
from etl.figures.facilities.incidents import AtRisk, Incident, at_risk
from etl.figures.facilities.period import ConditionFigures

if TYPE_CHECKING:
    from etl.office import Office

SHOWN = 50
NO_RISK = AtRisk(0.0, 0, 0)


def fault_address(query: Mapping[str, str], key: str | None) -> str:
    """The page with that fault opened; None: with none."""
    return with_query("/sarpras", **{**query, "gangguan": key})


def faults_panel(office: Office, faults: Sequence[Incident], query: Mapping[str, str], now: int) -> Component:
    """Open faults: those first that stand in the way of the most people, then the oldest."""
    opened = open_faults(office, faults, now)
    title = t("sarpras.open_title")
    if not opened:
        return panel(empty(t("sarpras.none_open"), t("sarpras.none_open_hint"), "check2-circle"), title=title)
    heads = {name: t(f"sarpras.head_{name}") for name in ("item", "state", "age", "reports", "risk", "holder", "act")}
    rows = [_row(heads, one, risk, query) for one, risk in opened[:SHOWN]]
    more = html.P(t("sarpras.more", count=fmt().number(len(opened) - SHOWN)), className="p-muted")
    return panel(
        table(title, heads, rows, ("reports", "risk")),
        more if len(opened) > SHOWN else None,
        title=title,
        note=t("sarpras.open_note"),
    )


def open_faults(office: Office, faults: Sequence[Incident], now: int) -> list[tuple[Incident, AtRisk]]:
    """Open faults with what their rooms' bookings come to, in the order in which they are shown."""
    opened = [one for one in faults if one.is_open]
    if not opened:
        return []
    books = room_books(office, office.mart.read(), now)
    risks = {name: at_risk(book, now) for name, book in books.items()}
    found = [(one, risks.get(one.room, NO_RISK)) for one in opened]
    return sorted(found, key=lambda pair: (-pair[1].person_hours, pair[0].first_at))


def _row(heads: Mapping[str, str], one: Incident, risk: AtRisk, query: Mapping[str, str]) -> html.Tr:
    f = fmt()
    told = [html.Strong(one.item), html.Br(), html.Span(one.room, className="p-muted")]
    since = html.Small(t("sarpras.since", moment=f.moment_short(one.first_at)), className="p-muted")
    age = [f.duration_short(one.restore_working), " ", why(why_fault(one.key), one.item), html.Br(), since]
    state = [condition_pill(one.condition)]
    if one.note:
        state += [html.Br(), html.Small(one.note, className="p-muted")]
    cells = {
        "item": html.Div(told),
        "state": html.Div(state),
        "age": html.Div(age),
        "reports": f.number(one.reports),
        "risk": _risk(risk),
        "holder": t(f"role.{one.assigned_role}") if one.assigned_role else t("sarpras.nobody"),
        "act": link(t("sarpras.follow"), fault_address(query, one.key), "p-button is-quiet"),
    }
    return table_row(heads, cells, ("reports", "risk"))


def _risk(risk: AtRisk) -> Component | str:
    """People times hours, and bookings of which nobody said how many come."""
    if risk.bookings == 0:
        return t("sarpras.no_risk")
    f = fmt()
    words = t("sarpras.person_hours", hours=f.number(risk.person_hours, 0))
    if not risk.unknown:
        return words
    extra = t("sarpras.unknown_people", count=f.number(risk.unknown), n=risk.unknown)
    return html.Div([words, html.Br(), html.Small(extra, className="p-muted")])


def restored_panel(figures: ConditionFigures, query: Mapping[str, str]) -> Component:
    """Every fault that was restored in the period, the newest first."""
    title = t("sarpras.restored_title")
    if not figures.cases:
        return panel(empty(t("sarpras.none_restored"), "", "tools"), title=title)
    heads = {name: t(f"sarpras.head_{name}") for name in ("item", "restored", "working", "elapsed")}
    newest = sorted(figures.cases, key=lambda one: -(one.ended_at or 0))[:SHOWN]
    rows = [_restored(heads, one, query) for one in newest]
    return panel(table(title, heads, rows, ("working", "elapsed")), title=title, note=fmt().number(len(figures.cases)))


def _restored(heads: Mapping[str, str], one: Incident, query: Mapping[str, str]) -> html.Tr:
    f = fmt()
    cells = {
        "item": html.Div([link(one.item, fault_address(query, one.key), "cases-link"), html.Br(),
                          html.Span(one.room, className="p-muted")]),
        "restored": f.moment_short(one.ended_at),
        "working": html.Span([f.duration_short(one.restore_working), " ", why(why_fault(one.key), one.item)]),
        "elapsed": f.duration_short(one.restore_elapsed),
    }  # fmt: skip
    return table_row(heads, cells, ("working", "elapsed"))
