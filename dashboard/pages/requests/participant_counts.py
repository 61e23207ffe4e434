"""For how many people is this letter's session: as its agency says, and as Kasi LITIK has verified?"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import abort

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.access.roles import Role
from dashboard.components import button, empty, link, page_head, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.request_links import CASES, case_address
from dashboard.pages.shared.row_lists import done, said, text_field
from data_access.errors import PantauError
from etl.desk.participant_counts import (
    finishing,
    is_finished_by,
    read_count,
    tell_planned,
    verify_count,
)
from etl.domain.sop.steps import Meaning
from etl.figures.requests.detail import Case
from etl.figures.requests.detail import case as find_case

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/jumlah-peserta/<int:year>/<path:agenda>"
TITLE = "participants_entry.title"
NAV = None


class Id(StrEnum):
    """Ids of the page."""

    LETTER = "participants-letter"
    COUNT = "participants-count"
    SAVE = "participants-save"
    SAID = "participants-said"
    KNOWN = "participants-known"


def counting_step(office: Office, user: Account) -> str | None:
    """The step of the SOP that ends with the number that this user says here; None for who says none."""
    sop = office.sop_in_force
    counting = (sop.step_with(meaning) for meaning in (Meaning.TELLS, Meaning.VERIFIES))
    return next((code for code in counting if sop.step(code).role == user.role), None)


def entry_address(year: int, agenda_number: str) -> str:
    """The page for one letter."""
    return f"/jumlah-peserta{case_address(year, agenda_number).removeprefix(CASES)}"


def layout(page_request: PageRequest) -> Component:
    """What is known of the letter's number, and the field of whoever may say one."""
    year, agenda = int(page_request.path["year"]), str(page_request.path["agenda"])
    office, user = page_request.office, page_request.account
    found = find_case(office, year, agenda, page_request.now, opd=user.opd_filter)
    title = t("participants_entry.title")
    if found is None:
        return html.Div([page_head(title), panel(empty(t("participants_entry.none"), "", "search"))])
    crumbs = [(t("cases.title"), CASES), (f"{year}/{agenda}", case_address(year, agenda)), (title, None)]
    name = found.request["activity"] or found.request["subject"] or ""
    return html.Div(
        [
            dcc.Store(id=Id.LETTER, data={"year": year, "agenda": agenda, "id": secrets.token_hex(12)}),
            page_head(title, " · ".join(filter(None, (found.request["opd"], name))), crumbs=crumbs),
            html.Div(id=Id.SAID, **{"aria-live": "polite"}),
            panel(html.Div(_standing(office, user, found), id=Id.KNOWN), _form(office, user)),
        ],
        className="intake",
    )


def _standing(office: Office, user: Account, found: Case) -> list[Component]:
    """Both numbers, and what the user's number would stamp."""
    step = counting_step(office, user)
    return [_known(found), *(_stamped(office, found, step) if step else ())]


def _stamped(office: Office, found: Case, step: str) -> list[Component]:
    """Which steps end with the number; B1 needs a start of its own to be measured, so that is said too."""
    ends = finishing(office, found.request["request_id"], step)
    if not ends.steps:
        return [html.P(t("participants_entry.corrects", step=step), className="p-muted")]
    told = [html.P(t("participants_entry.finishes", steps=" & ".join(ends.steps)), className="p-muted")]
    if step == found.sop.step_with(Meaning.TELLS) and not ends.is_begun:
        letter = case_address(found.request["year"], found.request["agenda_number"])
        way = link(t("participants_entry.start"), letter, "cases-link")
        told.append(html.P([t("participants_entry.no_start", step=step), " ", way]))
    return told


def _known(found: Case) -> Component:
    f, request = fmt(), found.request
    rows = [(t(f"participants_entry.{name}"), f.number(request.get(name))) for name in ("planned", "verified")]
    return html.Dl([part for label, value in rows for part in (html.Dt(label), html.Dd(value))])


def _form(office: Office, user: Account) -> Component | None:
    step = counting_step(office, user)
    if step is None:
        return html.P(t("participants_entry.seen_only"), className="p-muted")
    field = text_field(Id.COUNT, t(f"participants_entry.ask_{step}"), kind="number")
    return html.Div([html.Div(field, className="intake-form"), button(t("participants_entry.save"), id=Id.SAVE)])


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a number."""

    @app.callback(
        Output(Id.SAID, "children"),
        Output(Id.KNOWN, "children"),
        Output(Id.LETTER, "data"),
        Input(Id.SAVE, "n_clicks"),
        State(Id.COUNT, "value"),
        State(Id.LETTER, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def save(clicks: int | None, count: Any, of_letter: Any) -> tuple[Any, Any, Any]:
        if not clicks or not isinstance(of_letter, dict):
            return no_update, no_update, no_update
        try:
            told, found = _take(office, account(), of_letter, str(count or ""), now())
        except PantauError as error:
            return said(sentence(error)), no_update, no_update
        return told, _standing(office, account(), found), of_letter | {"id": secrets.token_hex(12)}


def _take(office: Office, user: Account, of_letter: dict[str, Any], typed: str, now: int) -> tuple[Component, Case]:
    """Store the number as that role's; an agency's user reaches only its own letters."""
    step = counting_step(office, user)
    if step is None:
        abort(403)
    found = _letter(office, user, of_letter, now)
    count = read_count(typed)
    tell = tell_planned if user.role is Role.OPD else verify_count
    receipt = tell(
        office, found.request, count, actor=user.name, role=user.role.value,
        client_id=str(of_letter.get("id") or ""), now=now,
    )  # fmt: skip
    words = t("participants_entry.saved", count=fmt().number(count))
    if is_finished_by(office, receipt, step):
        words += " " + t("participants_entry.finished", step=step, moment=fmt().moment_short(receipt.at))
    return done(words, is_published=receipt.is_published), _letter(office, user, of_letter, now)


def _letter(office: Office, user: Account, of_letter: dict[str, Any], now: int) -> Case:
    year, agenda = of_letter.get("year"), of_letter.get("agenda")
    if not isinstance(year, int) or not isinstance(agenda, str):
        abort(400)
    found = find_case(office, year, agenda, now, opd=user.opd_filter)
    if found is None:
        abort(404)
    return found
