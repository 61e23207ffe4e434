"""The list of requests as a table, cards on a phone, with its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, link, pill, request_pill, verdict_pill
from dashboard.components.pager import pager as pages_nav
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.requests.query import PAGE_SIZE, RequestFilter
from dashboard.pages.shared.links import request_address
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import RequestVerdict, Verdict

_VERDICTS = {verdict.value for verdict in Verdict}
_AWAITING = (Verdict.ON_TRACK, Verdict.AT_RISK)
"""Words of a running step with a limit: without a due moment it stands still until the agency answers."""


def requests_table(
    rows: pd.DataFrame, sop: SopVersion, as_of: int, taps: Mapping[int, Sequence[Component]] | None = None
) -> html.Div:
    """One row per request; the agenda number leads to its page. `taps`: by request_id the buttons of who looks."""
    columns: list[Column[Any]] = [
        Column("agenda", t("cases.agenda"), _number, class_name="cases-agenda", is_name=True),
        _column("received", _received),
        _column("opd", lambda row: html.Div(row.opd, className="cases-agency")),
        _column("activity", _activity),
        _column("position", lambda row: _position(row, sop, (taps or {}).get(int(row.request_id), ()))),
        _column("due", lambda row: _due(row, as_of)),
        _column("verdict", _verdict),
    ]
    return table(t("cases.title"), columns, rows.itertuples(), "cases-table")


def _column(name: str, cell: Callable[[Any], Any]) -> Column[Any]:
    return Column(name, t(f"cases.{name}"), cell, class_name=f"cases-{name}")


def _number(row: Any) -> Component:
    return link(f"{row.year}/{row.agenda_number}", request_address(row.year, row.agenda_number), "cases-link")


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value


def _received(row: Any) -> list[Component | str]:
    f = fmt()
    at = _known(row.received_at)
    day = f.date_short(int(row.received_on))
    return [day] if at is None else [f"{day} ", html.Span(f.clock(int(at)), className="p-muted")]


def _activity(row: Any) -> list[Component]:
    activity, subject = _known(row.activity), _known(row.subject)
    lines = [html.Div(activity or subject or t("word.none"), className="cases-what")]
    if activity and subject and activity.casefold() not in subject.casefold():
        lines.append(html.Div(subject, className="p-muted cases-subject"))
    return lines


def _position(row: Any, sop: SopVersion, taps: Sequence[Component]) -> list[Component | str]:
    """Where the request is and who holds the next step; one tap for who does."""
    at_step, holder = _known(row.at_step), _known(row.holder)
    if at_step is None:
        return [html.Span(t("word.none"), className="p-muted cases-none")]
    codes = at_step.split(", ")
    names = " · ".join(f"{code} {sop.step(code).short_name}" for code in codes)
    buttons = [html.Div(list(taps), className="cases-stamps no-print")] if taps else []
    return [html.Div(names, className="cases-step"), html.Div(holder or "", className="p-muted"), *buttons]


def _due(row: Any, as_of: int) -> Component | str:
    """When the next step is due: the clock alone for today."""
    f, due = fmt(), _known(row.due_at)
    if due is None and row.verdict in _AWAITING:
        return html.Span(t("case.awaits_opd"), className="p-muted")
    if due is None:
        return html.Span(t("word.none"), className="p-muted cases-none")
    is_today = f.local(int(due)).date() == f.local(as_of).date()
    words = t("cases.today", clock=f.clock(int(due))) if is_today else f.moment_short(int(due))
    return html.Span(words, className="is-late" if due < as_of else "")


def _verdict(row: Any) -> list[Component]:
    """The worst running step, or the request as a whole; what else has to be known in small."""
    shown = []
    if row.verdict in _VERDICTS:
        shown.append(verdict_pill(Verdict(row.verdict)))
    elif row.verdict == RequestVerdict.RUNNING:
        shown.append(nowhere_pill())
    elif not (row.needs_closing and row.verdict == RequestVerdict.CLOSED):
        shown.append(request_pill(RequestVerdict(row.verdict)))
    if row.needs_closing:
        shown.append(pill(Tone.NEAR, "box-arrow-in-down", t("cases.needs_closing")))
    if row.late_steps:
        shown.append(html.Div(t("cases.late_steps", n=int(row.late_steps)), className="p-muted cases-late"))
    return shown


def nowhere_pill() -> Component:
    """Of a request that is not ready and on no desk that was recorded: it would say too much that it is under way."""
    return pill(Tone.MUTED, "question-circle", t("cases.nowhere"), t("cases.nowhere_hint"))


def pager(filter_: RequestFilter, total: int) -> html.Nav:
    """Which of how many, and the ways to the other pages."""
    return pages_nav(filter_.page, PAGE_SIZE, total, lambda number: filter_.address(hal=number if number > 1 else None))
