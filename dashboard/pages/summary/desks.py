"""Where are the letters now: desk by desk as on the wall, with the requests there?"""

from __future__ import annotations

from itertools import groupby
from math import ceil

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import TONE_OF_VERDICT, Tone, link, panel, pill, verdict_pill, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import REQUEST_LIST, request_address
from etl.domain.sop.steps import SopStep
from etl.domain.units import MINUTE
from etl.domain.verdict import Verdict
from etl.extract.texts import letter_name
from etl.figures.requests.desks import AtDesk, DeskLine, DeskTime, desk_line
from etl.office import Office
from etl.settings.names import shortest_opd

MOST = 3
"""So many letters of a desk are named; the others are counted."""

MINUTES_UP_TO = 100


def desks_panel(office: Office, now: int, user: Account) -> Component | None:
    """The desks of part A with the letters there, an agency's own only; None where no letter is on its way."""
    if not user.may(Page.PERMOHONAN) or not office.mart.exists():
        return None
    line = desk_line(office, now, user.opd_filter)
    if not line.running:
        return None
    desks = {desk.step.code: desk for desk in line.desks}
    stages = [
        html.Li([_desk(office, line, desks[step.code]) for step in steps], className="desk-stage")
        for steps in stages_of([desk.step for desk in line.desks])
    ]
    return panel(
        html.Ol(stages, className="desk-line"),
        title=t("summary.desks"),
        note=t("summary.desks_note", n=line.running, count=fmt().number(line.running)),
        beside=html.Span(_ways(line), className="desk-ways"),
        class_name="desk-panel",
    )


def _ways(line: DeskLine) -> list[Component | str]:
    """The ways to the list of all these letters, and to those that somebody must close."""
    all_of_them = link(t("summary.desks_all"), with_query(REQUEST_LIST, status="desk"))
    if not line.needs_closing:
        return [all_of_them]
    words = t("summary.desks_closing", n=line.needs_closing, count=fmt().number(line.needs_closing))
    return [all_of_them, link(words, with_query(REQUEST_LIST, status="closing"))]


def stages_of(steps: list[SopStep]) -> list[list[SopStep]]:
    """The steps one after another; those that may go on side by side are one stage."""
    depth: dict[str, int] = {}
    left = list(steps)
    while left:  # a circle in the order would keep its steps: they stand where they are written
        ready = [step for step in left if not {*step.follows} & {one.code for one in left}] or left[:1]
        for step in ready:
            depth[step.code] = 1 + max((depth.get(before, 0) for before in step.follows), default=0)
        left = [step for step in left if step.code not in depth]
    ordered = sorted(steps, key=lambda step: depth[step.code])
    return [list(stage) for _, stage in groupby(ordered, key=lambda step: depth[step.code])]


def _desk(office: Office, line: DeskLine, desk: AtDesk) -> Component:
    step, tone = desk.step, _tone(desk)
    name = html.Div([html.Span(step.code, className="case-code"), f" {step.desk_name or step.short_name}"])
    who = html.Div([name, html.Div(step.desk_actor or step.actor, className="p-muted")], className="desk-who")
    kind = f"desk is-{tone} has-letters" if desk.count else "desk"
    return html.Div([_node(desk), who, _time(desk), _letters(office, line, desk)], className=kind)


def _tone(desk: AtDesk) -> Tone:
    return TONE_OF_VERDICT[desk.oldest.verdict] if desk.oldest else Tone.MUTED


def _node(desk: AtDesk) -> Component:
    """How many letters are there, with the way to them."""
    if not desk.count:
        return html.Span("–", className="desk-node", **{"aria-hidden": "true"})
    count = fmt().number(desk.count)
    hidden = html.Span(f" {t('summary.desk_letters', n=desk.count)}", className="visually-hidden")
    return link([count, hidden], _list_of(desk), "desk-node")


def _list_of(desk: AtDesk) -> str:
    return with_query(REQUEST_LIST, status="desk", posisi=desk.step.code)


def _time(desk: AtDesk) -> Component:
    """The time of the letter that has been there for the longest time against its limit; of an empty desk the limit."""
    oldest, target = desk.oldest, desk.step.target_seconds
    if oldest is not None:
        words = html.Span(_against(oldest), className="desk-minutes")
        waits = pill(Tone.MUTED, "pause-fill", t("case.awaits_opd")) if oldest.is_paused else None
        return html.Div([words, waits or verdict_pill(oldest.verdict)], className="desk-time")
    if desk.count:
        return html.Div(verdict_pill(Verdict.UNMEASURABLE), className="desk-time")
    limit = t("summary.desk_no_target") if target is None else t("summary.desk_target", target=_length(target))
    return html.Div(limit, className="desk-time p-muted")


def _against(oldest: DeskTime) -> str:
    """The minutes begun, as the wall counts them, of those that the SOP gives."""
    if oldest.target_seconds is None:
        return _length(oldest.elapsed_seconds)
    return t("summary.desk_against", elapsed=_length(oldest.elapsed_seconds), target=_length(oldest.target_seconds))


def _length(seconds: int) -> str:
    """Below a hundred minutes in minutes alone, so that a time stands beside a limit in the same unit."""
    minutes = ceil(seconds / MINUTE)
    if minutes < MINUTES_UP_TO:
        return t("summary.desk_minutes", n=minutes)
    return fmt().duration_short(minutes * MINUTE)


def _letters(office: Office, line: DeskLine, desk: AtDesk) -> Component | None:
    """The first letters with their agencies, and the way to the others."""
    if not desk.count:
        return None
    live, rows = line.live, desk.rows[:MOST]
    at = np.flatnonzero(live.here)[rows]
    named = zip(
        *(live.rows.requests[name].to_numpy()[at].tolist() for name in ("year", "agenda_number")),
        live.opd[rows].tolist(),
        strict=True,
    )
    items = [html.Li(_letter(office, int(year), str(number), opd)) for year, number, opd in named]
    more = desk.count - len(rows)
    if more:
        items.append(html.Li(link(t("summary.desk_more", count=fmt().number(more)), _list_of(desk), "desk-more")))
    return html.Ul(items, className="desk-letters")


def _letter(office: Office, year: int, number: str, opd: str | None) -> list[Component | str]:
    name = link(letter_name(year, number), request_address(year, number), "desk-number")
    if opd is None:
        return [name]
    return [name, " ", html.Span(shortest_opd(office.settings, opd), className="p-muted", title=opd)]
