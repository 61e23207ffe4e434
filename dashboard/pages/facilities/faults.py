"""Faults on the Sarpras page and in its files: open ones by whom they stand in the way of, restored ones with times."""

from __future__ import annotations

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, why, with_query
from dashboard.components.tables import Column, number_column, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.rooms import condition_pill
from dashboard.pages.facilities.view import FacilitiesView, OpenFault, file_column, hours, local, shown_column
from dashboard.pages.shared.links import why_fault
from etl.figures.facilities.incidents import AtRisk, Incident

SHOWN = 50


def fault_address(query: Mapping[str, str], key: str | None) -> str:
    """The page with that fault opened; None: with none."""
    return with_query("/sarpras", **{**query, "gangguan": key})


def faults_panel(view: FacilitiesView) -> Component:
    """Open faults: those first that stand in the way of the most people, then the oldest."""
    opened, title = view.open_faults, t("sarpras.open_title")
    if not opened:
        return panel(empty(t("sarpras.none_open"), t("sarpras.none_open_hint"), "check2-circle"), title=title)
    more = html.P(t("sarpras.more", count=fmt().number(len(opened) - SHOWN)), className="p-muted")
    return panel(
        table(title, open_columns(view.query), opened[:SHOWN], "intake-table"),
        more if len(opened) > SHOWN else None,
        title=title,
        note=t("sarpras.open_note"),
    )


def open_columns(query: Mapping[str, str]) -> list[Column[OpenFault]]:
    """Of the table and of the sheet of open faults."""

    def follow(fault: OpenFault) -> Component:
        return link(t("sarpras.follow"), fault_address(query, fault[0].key), "p-button is-quiet")

    return [
        file_column("room", lambda fault: fault[0].room),
        Column("item", t("sarpras.head_item"), _item, lambda fault: fault[0].item),
        Column("state", t("sarpras.head_state"), _state, lambda fault: t(f"condition.{fault[0].condition}")),
        file_column("note", lambda fault: fault[0].note),
        file_column("since", lambda fault: local(fault[0].first_at)),
        shown_column("age", _age),
        file_column("age", lambda fault: hours(fault[0].restore_working)),
        number_column("reports", t("sarpras.head_reports"), lambda fault: fault[0].reports),
        shown_column("risk", lambda fault: _risk(fault[1]), "num"),
        file_column("risk", lambda fault: round(fault[1].person_hours, 2)),
        file_column("unknown", lambda fault: fault[1].unknown),
        text_column("holder", t("sarpras.head_holder"), _holder),
        shown_column("act", follow),
    ]


def _item(fault: OpenFault) -> Component:
    return html.Div([html.Strong(fault[0].item), html.Br(), html.Span(fault[0].room, className="p-muted")])


def _state(fault: OpenFault) -> Component:
    note = fault[0].note
    words = [html.Br(), html.Small(note, className="p-muted")] if note else []
    return html.Div([condition_pill(fault[0].condition), *words])


def _age(fault: OpenFault) -> Component:
    f, incident = fmt(), fault[0]
    since = html.Small(t("sarpras.since", moment=f.moment_short(incident.first_at)), className="p-muted")
    way = why(why_fault(incident.key), incident.item)
    return html.Div([f.duration_short(incident.restore_working), " ", way, html.Br(), since])


def _holder(fault: OpenFault) -> str:
    role = fault[0].assigned_role
    return t(f"role.{role}") if role else t("sarpras.nobody")


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


def restored_panel(view: FacilitiesView) -> Component:
    """Every fault that was restored in the period, the newest first."""
    restored, title = view.figures.cases, t("sarpras.restored_title")
    if not restored:
        return panel(empty(t("sarpras.none_restored"), "", "tools"), title=title)
    newest = sorted(restored, key=lambda fault: -(fault.ended_at or 0))[:SHOWN]
    drawn = table(title, restored_columns(view.query), newest, "intake-table")
    return panel(drawn, title=title, note=fmt().number(len(restored)))


def restored_columns(query: Mapping[str, str]) -> list[Column[Incident]]:
    """Of the table and of the sheet of restored faults."""

    def item(fault: Incident) -> Component:
        way = link(fault.item, fault_address(query, fault.key), "cases-link")
        return html.Div([way, html.Br(), html.Span(fault.room, className="p-muted")])

    def working(fault: Incident) -> Component:
        return html.Span([fmt().duration_short(fault.restore_working), " ", why(why_fault(fault.key), fault.item)])

    return [
        file_column("room", lambda fault: fault.room),
        Column("item", t("sarpras.head_item"), item, lambda fault: fault.item),
        file_column("since", lambda fault: local(fault.first_at)),
        Column(
            "restored", t("sarpras.head_restored"), lambda fault: fmt().moment_short(fault.ended_at),
            lambda fault: local(fault.ended_at),
        ),
        shown_column("working", working, "num"),
        file_column("working", lambda fault: hours(fault.restore_working)),
        shown_column("elapsed", lambda fault: fmt().duration_short(fault.restore_elapsed), "num"),
        file_column("elapsed", lambda fault: hours(fault.restore_elapsed)),
    ]  # fmt: skip
