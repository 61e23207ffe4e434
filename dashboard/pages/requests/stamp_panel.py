"""What the user of this page may stamp of this request: its own steps, what is in hand first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import panel, verdict_pill
from dashboard.i18n import fmt, t
from dashboard.i18n.formats import as_date
from dashboard.pages.shared.stamps import own_steps, stamp_form
from etl.domain.compliance.stamping import HeldLetter, Standing
from etl.domain.verdict import Verdict
from etl.figures.requests.detail import Request, RequestStep
from etl.figures.requests.step_standing import standings

if TYPE_CHECKING:
    from etl.office import Office

_TIMED = (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)


def stamp_panel(office: Office, detail: Request, user: Account) -> Component | None:
    """The panel of the steps that the user holds; nothing for who holds none, or when all are over."""
    steps = own_steps(office, user)
    standing = standings(office, [detail.request["request_id"]], steps).get(detail.request["request_id"])
    if standing is None:
        return None
    held, stands = standing
    by_code = {step.step: step for step in detail.steps}
    open_stands = [stand for stand in stands.values() if stand.refusal is None]
    open_stands.sort(key=lambda stand: not _is_at_hand(by_code[stand.step], stand, detail))
    if not open_stands:
        return None
    parts = [_step(office, detail, held, stand, by_code[stand.step]) for stand in open_stands]
    is_quiet = not _is_at_hand(by_code[open_stands[0].step], open_stands[0], detail)
    return panel(*parts, title=t("stamp.mine"), class_name=f"stamp-panel no-print{' is-quiet' if is_quiet else ''}")


def _is_at_hand(step: RequestStep, stand: Standing, detail: Request) -> bool:
    """Whether the step waits for its holder now: it runs, was begun, or the event is today."""
    if step.is_running or stand.is_begun or stand.paused_at is not None:
        return True
    start = detail.request["booked_start_on"]
    is_today = start is not None and as_date(start) == fmt().local(detail.as_of).date()
    return detail.sop.step(step.step).part == "B" and stand.is_handed and is_today


def _step(office: Office, detail: Request, held: HeldLetter, stand: Standing, step: RequestStep) -> Component:
    of_sop = office.sop.current().step(stand.step)
    head = [html.Strong(f"{stand.step} {of_sop.short_name}"), html.Span(_state(stand, step), className="p-muted")]
    if step.verdict in _TIMED and step.is_running:
        head.append(verdict_pill(step.verdict))
    request = detail.request
    form = stamp_form(request["year"], request["agenda_number"], held, stand, of_sop)
    named = html.Div(head, className="stamp-head")
    if _is_at_hand(step, stand, detail):
        return html.Div([named, form], className="stamp-step")
    summary = html.Summary(t("stamp.stamp_anyway", step=stand.step))
    return html.Div([named, html.Details([summary, form], className="stamp-late")], className="stamp-step")


def _state(stand: Standing, step: RequestStep) -> str:
    """Since when the step is in hand and until when, or what is missing."""
    f = fmt()
    if stand.doubtful:
        return t("stamp.not_handed", steps=", ".join(stand.doubtful))
    if stand.paused_at is not None:
        return t("stamp.paused", moment=f.moment_short(stand.paused_at))
    since = step.passes[-1].started_at if stand.is_begun and step.passes else step.started_at
    if since is None:
        return t("stamp.ready_to_stamp")
    words = t("stamp.begun" if stand.is_begun else "stamp.handed", moment=f.moment_short(since))
    due = t("stamp.due", moment=f.moment_short(step.due_at)) if step.due_at is not None else ""
    return " · ".join(part for part in (words, due) if part)
