"""Faults on the Sarpras page and in its files: open ones by whom they stand in the way of, restored ones with times,
and one opened: what was reported, what was done, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.access.roles import Page, is_allowed
from dashboard.components import empty, icon, link, panel, select, stack, why, with_query
from dashboard.components.tables import Column, number_column, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.rooms import condition_pill
from dashboard.pages.facilities.view import (
    FacilitiesView,
    OpenFault,
    end_cell,
    end_words,
    file_column,
    first_cell,
    first_words,
    hours,
    shown_column,
)
from dashboard.pages.shared.links import why_fault
from dashboard.pages.shared.words import role_words
from data_access.records import reading
from data_access.records.rooms import Deed, photos_of_loads
from data_access.roles import Role
from etl.figures.facilities.incidents import AtRisk, Incident
from etl.office import Office

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
        file_column("since", lambda fault: first_cell(fault[0])),
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
    since = html.Small(t("sarpras.since", moment=first_words(incident, is_short=True)), className="p-muted")
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
        file_column("since", first_cell),
        Column(
            "restored", t("sarpras.head_restored"), lambda fault: end_words(fault, is_short=True), end_cell,
        ),
        shown_column("working", working, "num"),
        file_column("working", lambda fault: hours(fault.restore_working)),
        shown_column("elapsed", lambda fault: fmt().duration_short(fault.restore_elapsed), "num"),
        file_column("elapsed", lambda fault: hours(fault.restore_elapsed)),
    ]  # fmt: skip


DEEDS = ("assign", "comment", "resolve", "reopen")
HOLDERS = tuple(role for role in Role if is_allowed(role, Page.LAPOR))
"""Roles that a fault can be given to: those that see to the rooms."""

_ICONS = {"assign": "person-check", "comment": "chat-left-text", "resolve": "check2-circle", "reopen": "arrow-repeat"}


class Field(StrEnum):
    """Ids of the form."""

    KEY = "sarpras-key"
    ROLE = "sarpras-role"
    NOTE = "sarpras-note"
    BUTTON = "sarpras-do"


def follow_panel(
    office: Office, incident: Incident | None, query: Mapping[str, str], *, token: str, may_do: bool
) -> Component:
    """The fault with its history; the form for those who may do something about it."""
    away = link([icon("x-lg"), t("sarpras.close")], fault_address(query, None), "p-button is-quiet")
    if incident is None:
        return panel(empty(t("sarpras.gone"), t("sarpras.gone_hint")), away)
    title = f"{incident.item} · {incident.room}"
    parts = [
        _facts(incident),
        _photos(office, incident),
        history(incident),
        _form(incident, token) if may_do else None,
    ]
    return panel(html.Div(away, className="sarpras-away no-print"), *parts, title=title, class_name="sarpras-follow")


def _facts(fault: Incident) -> Component:
    f = fmt()
    state = t("sarpras.is_open") if fault.is_open else t("sarpras.is_restored", moment=end_words(fault))
    times = t("sarpras.took", working=f.duration(fault.restore_working), elapsed=f.duration(fault.restore_elapsed))
    lines = [
        html.P([condition_pill(fault.condition), html.Strong(f" {state}")]),
        html.P([t("sarpras.first_reported", moment=first_words(fault)), f" · {times}"]),
        html.P(
            t("sarpras.counts", reports=f.number(fault.reports), openings=f.number(fault.openings)), className="p-muted"
        ),
    ]
    if fault.note:
        lines.insert(1, html.P(f"“{fault.note}”"))
    return html.Div(lines)


def _photos(office: Office, fault: Incident) -> Component | None:
    if fault.load_id is None:
        return None
    with reading(office.records) as connection:
        files = photos_of_loads(connection, [fault.load_id]).get((fault.load_id, fault.item), [])
    pictures = [
        html.A(
            html.Img(src=f"/lapor/-/foto/{name}", alt=t("sarpras.photo", number=place, item=fault.item)),
            href=f"/lapor/-/foto/{name}", target="_blank",
        )
        for place, name in enumerate(files, start=1)
    ]  # fmt: skip
    return html.Div(pictures, className="sarpras-photos") if pictures else None


def history(fault: Incident) -> Component:
    """What people did about it, in order."""
    if not fault.deeds:
        return html.P(t("sarpras.nothing_done"), className="p-muted")
    return html.Ol([_deed(deed) for deed in fault.deeds], className="sarpras-deeds")


def _deed(deed: Deed) -> Component:
    f = fmt()
    role = f"role.{deed.assigned_role}"
    what = t("sarpras.told_assign", role=t(role)) if deed.deed == "assign" else t(f"sarpras.told_{deed.deed}")
    who = t("sarpras.by", role=role_words(deed.role), moment=f.moment_short(deed.at))
    parts = [icon(_ICONS[deed.deed]), html.Strong(f" {what} "), html.Span(who, className="p-muted")]
    return html.Li([*parts, html.P(deed.note) if deed.note else None])


def _form(fault: Incident, token: str) -> Component:
    """All four buttons are there, so that the callback finds them; those that do not fit are hidden."""
    roles = [("", t("sarpras.choose_role")), *((role.value, t(f"role.{role}")) for role in HOLDERS)]
    hidden = {"assign": not fault.is_open, "resolve": not fault.is_open, "reopen": fault.is_open, "comment": False}
    kinds = {"resolve": "primary", "reopen": "primary"}
    buttons = [
        html.Button(
            [icon(_ICONS[deed]), t(f"sarpras.do_{deed}")], id=f"{Field.BUTTON}-{deed}", type="button",
            hidden=hidden[deed], className=f"p-button is-{kinds.get(deed, 'quiet')}",
        )
        for deed in DEEDS
    ]  # fmt: skip
    holder = select(Field.ROLE, t("sarpras.holder"), roles, fault.assigned_role or "")
    note = dbc.Textarea(id=Field.NOTE, rows=2, class_name="p-input intake-words", placeholder=t("sarpras.note_hint"))
    words = html.Label([html.Span(t("sarpras.note"), className="p-field-label"), note], className="p-field is-wide")
    return stack(
        dcc.Store(id=Field.KEY, data={"key": fault.key, "id": token}),
        html.Div(words, className="intake-form"),
        html.Div([html.Div(holder, hidden=not fault.is_open), *buttons], className="sarpras-doing"),
        class_name="no-print",
    )
