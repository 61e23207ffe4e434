"""What needs me: the letters at the steps of who looks, with their taps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    button,
    link,
    panel,
    pill,
    verdict_pill,
    with_query,
)
from dashboard.i18n import fmt, t
from dashboard.pages.requests.columns import at_opd_pill, undecided_pill
from dashboard.pages.requests.decide import DECISION_PLACE
from dashboard.pages.shared.links import (
    REQUEST_LIST,
    request_address,
)
from dashboard.pages.shared.stamps import on_behalf, short_form, step_and_actor
from dashboard.pages.shared.words import dotted
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Place
from etl.extract.texts import letter_name
from etl.figures.requests.documents import Ticks, documents_ticked
from etl.figures.summary import MyStep, desk_list
from etl.office import Office

MOST_MINE = 12


def mine_panel(office: Office, now: int, user: Account, codes: Sequence[str]) -> tuple[Component | None, int]:
    """The letters at the user's own steps, whether or not their time can be judged, and how many of them it shows; None
    where none waits."""
    mine, total = desk_list(office, now, codes, user.opd_filter, MOST_MINE) if codes else ([], 0)
    if not total:
        return None, 0
    title, note = t("summary.mine"), t("summary.mine_note", steps=", ".join(codes))
    sop, ticks = office.sop.current(), documents_ticked(office, [step.letter.request_id for step in mine])
    items = [
        html.Li(
            _my_step(step, sop, ticks.get(step.letter.request_id, {}), on_behalf(office, user, step.standing.step)),
            className="is-back" * step.is_returned,
        )
        for step in mine
    ]
    rest = [_more(total - MOST_MINE)] if total > MOST_MINE else []
    return panel(html.Ul(items, className="summary-mine"), *rest, title=title, note=note), len(items)


def _more(count: int) -> Component:
    """The way to all letters at the user's own steps."""
    address = with_query(REQUEST_LIST, status="mine")
    return link(t("summary.more_mine", n=count, count=fmt().number(count)), address, "intake-more")


def _my_step(step: MyStep, sop: SopVersion, ticks: Mapping[str, Ticks], behalf: Component | None) -> list[Component]:
    letter, code = letter_name(step.year, step.agenda_number), step.standing.step
    words = [
        html.Span(code, className="case-code"),
        html.Div(
            [
                link(step.title or t("case.untitled"), request_address(step.year, step.agenda_number), "summary-title"),
                html.Div(" · ".join(part for part in (letter, step.opd or "") if part), className="p-muted"),
                html.Div([behalf, *_state(step)] if behalf else _state(step), className="summary-state"),
                _sent_back(step, sop),
            ]
        ),
    ]
    shown = [html.Div(words, className="summary-step")]
    before = [_way_to_decide(step)] if step.is_undecided else []
    if step.standing.refusal is None and not step.standing.doubtful:
        of = step.letter, step.standing, sop.step(code), ticks.get(code)
        return [*shown, short_form(step.year, step.agenda_number, *of, before=before)]
    return [*shown, *(html.Div(way, className="summary-taps") for way in before)]


def _way_to_decide(step: MyStep) -> Component:
    """The way to where the request is approved, refused or offered another time."""
    address = f"{request_address(step.year, step.agenda_number)}#{DECISION_PLACE}"
    return button(t("summary.decide"), href=address)


def _sent_back(step: MyStep, sop: SopVersion) -> Component | None:
    """Who sent a letter back to the desk, and why."""
    back = step.sent_back
    if not step.is_returned or back is None:
        return None
    return html.Div(
        dotted(t("summary.back_from", step=step_and_actor(sop, back.step)), back.reason or ""), className="summary-back"
    )


def _unclaimed_pill() -> Component:
    return pill(Tone.MUTED, "question-circle", t("summary.unclaimed"), t("summary.unclaimed_hint"))


def _state(step: MyStep) -> list[Component | str]:
    f, parts = fmt(), list[Component | str]()
    if step.is_undecided:
        parts.append(undecided_pill())
    elif step.place is Place.UNDECIDED:
        parts.append(pill(Tone.NEAR, "calendar-event", t("ask.state_offered")))
    if step.is_returned:
        parts.append(pill(Tone.NEAR, "reply-fill", t("summary.returned")))
    if step.place is Place.UNCLAIMED:
        parts.append(at_opd_pill() if step.standing.sent_by_opd else _unclaimed_pill())
    elif step.verdict is not None:
        parts.append(verdict_pill(step.verdict))
    if step.standing.paused_at is not None:
        parts.append(t("stamp.paused", moment=f.moment_short(step.standing.paused_at)))
    elif step.due_at is not None:
        parts.append(t("stamp.due", moment=f.moment_short(step.due_at)))
    elif step.event_at is not None:
        parts.append(t("summary.event", moment=f.moment_short(step.event_at)))
    else:
        parts.append(t("summary.received", day=f.date_short(step.received_on)))
    return parts
