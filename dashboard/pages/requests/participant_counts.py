"""For how many people is this request's session: as its agency says, and as Kasi LITIK has verified?"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component
from flask import abort

from dashboard.access import May, Page, account
from dashboard.access.accounts import Account, entering
from dashboard.components import button, empty, page_head, panel, stack
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import done, on_press, text_field
from dashboard.pages.shared.links import REQUEST_LIST, request_address
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.words import dotted
from data_access.roles import Role
from etl.desk.sessions import begun_at, finishing, is_finished_by, read_count, tell_planned, verify_count
from etl.domain.sop.steps import Meaning
from etl.extract.texts import letter_name
from etl.figures.requests.detail import Request, request_detail
from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/jumlah-peserta/<int:year>/<path:agenda>"
TITLE = "participants_entry.title"
NAV = None


class Id(StrEnum):
    """Ids of the page."""

    REQUEST = "participants-letter"
    COUNT = "participants-count"
    BEGUN = "participants-begun"
    ASKS_START = "participants-start"
    SAVE = "participants-save"
    OUTCOME = "participants-said"
    KNOWN = "participants-known"


def counting_step(office: Office, user: Account) -> str | None:
    """The step of the SOP that ends with the number that this user says here; None for who says none."""
    sop = office.sop_in_force
    counting = (sop.step_with(meaning) for meaning in (Meaning.TELLS, Meaning.VERIFIES))
    return next((code for code in counting if sop.step(code).role in user.roles), None)


def entry_address(year: int, agenda_number: str) -> str:
    """The page for one request."""
    return f"/jumlah-peserta{request_address(year, agenda_number).removeprefix(REQUEST_LIST)}"


def layout(page_request: PageRequest) -> Component:
    """What is known of the request's number, and the field of whoever may say one."""
    year, agenda = int(page_request.path["year"]), str(page_request.path["agenda"])
    office, user = page_request.office, page_request.account
    detail = request_detail(office, year, agenda, page_request.now, opd=user.opd_filter)
    title = t("participants_entry.title")
    if detail is None:
        return html.Div([page_head(title), panel(empty(t("participants_entry.none"), "", "search"))])
    crumbs = [
        (t("cases.title"), REQUEST_LIST),
        (letter_name(year, agenda), request_address(year, agenda)),
        (title, None),
    ]
    name = detail.request["activity"] or detail.request["subject"] or ""
    return stack(
        dcc.Store(id=Id.REQUEST, data={"year": year, "agenda": agenda, "id": secrets.token_hex(12)}),
        page_head(title, dotted(detail.request["opd"], name), crumbs=crumbs),
        html.Div(id=Id.OUTCOME, **{"aria-live": "polite"}),
        panel(html.Div(_standing(office, user, detail), id=Id.KNOWN), _form(office, user, detail)),
        class_name="intake",
    )


def _standing(office: Office, user: Account, detail: Request) -> list[Component]:
    """Both numbers, and what the user's number would stamp."""
    step = counting_step(office, user)
    return [_known(detail), *(_stamped(office, detail, step) if step else ())]


def _stamped(office: Office, detail: Request, step: str) -> list[Component]:
    """Which steps end with the number."""
    ends = finishing(office, detail.request["request_id"], step)
    if not ends.steps:
        return [html.P(t("participants_entry.corrects", step=step), className="p-muted")]
    lines = [html.P(t("participants_entry.finishes", steps=" & ".join(ends.steps)), className="p-muted")]
    return [*lines, html.P(t("participants_entry.no_start", step=step))] if ends.asks_start else lines


def _known(detail: Request) -> Component:
    f, request = fmt(), detail.request
    rows = [(t(f"participants_entry.{name}"), f.number(request.get(name))) for name in ("planned", "verified")]
    return html.Dl([part for label, value in rows for part in (html.Dt(label), html.Dd(value))])


def _form(office: Office, user: Account, detail: Request) -> Component | None:
    step = counting_step(office, user)
    if step is None:
        return html.P(t("participants_entry.seen_only"), className="p-muted")
    count = text_field(Id.COUNT, t(f"participants_entry.ask_{step}"), kind="number")
    begun = text_field(Id.BEGUN, t("participants_entry.ask_start"), placeholder=fmt().hour(8, 30))
    start = html.Div(begun, id=Id.ASKS_START, hidden=not _asks_start(office, user, detail))
    return html.Div(
        [html.Div([count, start], className="intake-form"), button(t("participants_entry.save"), id=Id.SAVE)]
    )


def _asks_start(office: Office, user: Account, detail: Request) -> bool:
    """Whether the number would end a step whose start nobody has said; asked with the number, and only then."""
    step = counting_step(office, user)
    return step is not None and finishing(office, detail.request["request_id"], step).asks_start


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a number."""

    def save(_pressed: str, count: Any, begun: Any, key: Any) -> tuple[Any, Any, Any, bool] | None:
        if not isinstance(key, dict):
            return None
        user, typed = account(), (str(count or ""), str(begun or ""))
        words, detail = _take(office, user, key, typed, now())
        hides_start = not _asks_start(office, user, detail)
        return words, _standing(office, user, detail), key | {"id": secrets.token_hex(12)}, hides_start

    outputs = [(Id.OUTCOME, "children"), (Id.KNOWN, "children"), (Id.REQUEST, "data"), (Id.ASKS_START, "hidden")]
    given = [(Id.COUNT, "value"), (Id.BEGUN, "value"), (Id.REQUEST, "data")]
    on_press(app, PAGE, [Id.SAVE], given, save, outputs, May.SEE)


def _take(
    office: Office, user: Account, key: dict[str, Any], typed: tuple[str, str], now: int
) -> tuple[Component, Request]:
    """Store the number as that role's, typed with the clock time at which counting began; an agency's user reaches only
    its own requests."""
    step = counting_step(office, user)
    if step is None:
        abort(403)
    detail = _request(office, user, key, now)
    count, began_at = read_count(typed[0]), begun_at(office, typed[1], now)
    tell = tell_planned if user.role is Role.OPD else verify_count
    role = entering(user, office.sop_in_force.step(step).role)
    receipt = tell(
        office, detail.request, count, began_at, actor=user.name, role=role,
        client_id=str(key.get("id") or ""), now=now,
    )  # fmt: skip
    words = t("participants_entry.saved", count=fmt().number(count))
    if is_finished_by(office, receipt, step):
        words += " " + t("participants_entry.finished", step=step, moment=fmt().moment_short(receipt.at))
    return done(words, is_published=receipt.is_published), _request(office, user, key, now)


def _request(office: Office, user: Account, key: dict[str, Any], now: int) -> Request:
    year, agenda = key.get("year"), key.get("agenda")
    if not isinstance(year, int) or not isinstance(agenda, str):
        abort(400)
    detail = request_detail(office, year, agenda, now, opd=user.opd_filter)
    if detail is None:
        abort(404)
    return detail
