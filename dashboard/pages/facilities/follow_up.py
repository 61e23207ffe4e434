"""One fault opened: what was reported, what was done, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.access.roles import Page, Role, is_allowed
from dashboard.components import empty, icon, link, panel, select
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.faults import fault_address
from dashboard.pages.facilities.rooms import condition_pill
from data_access.records import reading
from data_access.records.rooms import Deed, photos_of_loads
from etl.figures.facilities.incidents import Incident

if TYPE_CHECKING:
    from etl.office import Office

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
    state = t("sarpras.is_open") if fault.is_open else t("sarpras.is_restored", moment=f.moment(fault.ended_at))
    times = t("sarpras.took", working=f.duration(fault.restore_working), elapsed=f.duration(fault.restore_elapsed))
    lines = [
        html.P([condition_pill(fault.condition), html.Strong(f" {state}")]),
        html.P([t("sarpras.first_reported", moment=f.moment(fault.first_at)), f" · {times}"]),
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
    who = t("sarpras.by", role=t(f"role.{deed.role}"), moment=f.moment_short(deed.at))
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
    return html.Div(
        [
            dcc.Store(id=Field.KEY, data={"key": fault.key, "id": token}),
            html.Div(words, className="intake-form"),
            html.Div(
                [html.Div(holder, hidden=not fault.is_open), *buttons],
                className="sarpras-doing",
            ),
        ],
        className="no-print",
    )  # fmt: skip
