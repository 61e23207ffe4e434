"""What is looked at in a room, and how much does each thing weigh: versions with dates, and a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import Tone, button, date_field, page_head, panel, pill, stack
from dashboard.components.tables import Column, number_column, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import done, on_press, text_field, typed_day
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import PageRequest, office_today
from data_access.records.office import Edit
from etl.desk.settings_edit import as_lines, with_checklist
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.checklists import Checklists, ListVersion

PAGE = Page.PENGATURAN
PATH = "/pengaturan/daftar-periksa"
TITLE = "checklist.title"
NAV = None


class Id(StrEnum):
    """Ids of the page."""

    RESULT = "checklist-said"
    LIST = "checklist-list"
    CHANGED = "checklist-changed"
    VERSION = "checklist-version"
    FROM = "checklist-from"
    ITEMS = "checklist-items"
    SAVE = "checklist-save"


def layout(page_request: PageRequest) -> Component:
    """The form with the newest version in it, then all versions."""
    today = office_today(page_request.office, page_request.now)
    versions = Checklists.of(page_request.office.settings).versions
    newest = as_lines(versions[-1].weights) if versions else ""
    items = dbc.Textarea(id=Id.ITEMS, value=newest, rows=14, class_name="p-input intake-words")
    field = html.Label([html.Span(t("checklist.items"), className="p-field-label"), items], className="p-field is-wide")
    form = panel(
        html.P(t("checklist.how"), className="p-muted"),
        stack(
            text_field(Id.VERSION, t("checklist.version"), placeholder=f"{today.year}-1"),
            date_field(Id.FROM, t("checklist.from"), today),
            field,
            class_name="intake-form",
        ),
        html.Div(button(t("checklist.save"), id=Id.SAVE), className="sarpras-doing"),
        title=t("checklist.new"),
    )
    return stack(
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("checklist.title"), t("checklist.subtitle"), crumbs=settings_crumbs(t("checklist.title"))),
        form_area(
            html.Div(id=Id.RESULT, **{"aria-live": "polite"}),
            html.Div([form, html.Div(versions_panel(page_request.office, today), id=Id.LIST)], className="p-grid-2"),
        ),
        class_name="intake sarpras",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Put a new version in force."""

    def save(_pressed: str, *typed: Any) -> tuple[Any, Any]:
        words = put_in_force(office, *(str(value or "") for value in typed), now())
        return words, versions_panel(office, office_today(office, now()))

    given = [(id, "value") for id in (Id.VERSION, Id.FROM, Id.ITEMS)]
    on_press(app, PAGE, [Id.SAVE], given, save, [(Id.RESULT, "children"), (Id.LIST, "children")])


def put_in_force(office: Office, version: str, first: str, items: str, now: int) -> Component:
    """Store the new version; a message for the page."""
    valid_from = typed_day(first, "checklist.no_date")
    today = office_today(office, now)
    reason = t("checklist.reason", version=version.strip())
    applied = apply_settings(
        office, lambda before: with_checklist(before, version, valid_from, items, today), now, actor=account().name,
        reason=reason, edit=Edit("checklist"),
    )  # fmt: skip
    words = t("checklist.saved", version=version.strip(), day=fmt().date(valid_from))
    return done(words, is_published=applied.is_published)


def versions_panel(office: Office, today: date) -> Component:
    """Every version, the newest first."""
    lists = Checklists.of(office.settings)
    in_force = lists.on(today)
    return html.Div([_version(version, today, version is in_force) for version in reversed(lists.versions)])


def _version(version: ListVersion, today: date, is_in_force: bool) -> Component:
    since = t("checklist.since", day=fmt().date(version.valid_from))
    drawn = table(version.version, _columns(), version.weights.items(), "intake-table")
    return panel(html.P([_state(version, today, is_in_force), f" {since}"]), drawn, title=version.version)


def _state(version: ListVersion, today: date, is_in_force: bool) -> Component:
    if is_in_force:
        return pill(Tone.GOOD, "check-lg", t("checklist.in_force"))
    if version.valid_from > today:
        return pill(Tone.NEAR, "clock", t("checklist.coming"))
    return pill(Tone.MUTED, "archive", t("checklist.past"))


def _columns() -> list[Column[tuple[str, float]]]:
    """Of items with their weights."""
    return [
        text_column("item", t("checklist.item"), lambda row: row[0]),
        number_column("weight", t("checklist.weight"), lambda row: row[1]),
    ]
