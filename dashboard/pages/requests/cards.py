"""The cards of a request's page: how long until ready, what is on file, the use of the room, where it is written.

Below them its steps as a table: the time line in words, for screen readers, for paper, for checking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.components import icon, panel, verdict_pill, why
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.requests.timeline import awaits_opd
from dashboard.pages.shared.links import READY, why_request_step
from dashboard.pages.shared.words import (
    Places,
    dotted,
    flag_chips,
    flag_meanings,
    pause_words,
    source_lines,
    sources_of,
)
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR
from etl.domain.verdict import StartRule, Verdict
from etl.figures.requests.detail import Request, RequestPass, RequestSession, RequestStep
from etl.figures.requests.documents import RequestCheck, Ticks, documents_of

_PAPER: dict[bool | None, tuple[str, str, str]] = {
    True: ("check-lg", "there", "good"),
    False: ("x-lg", "absent", "late"),
    None: ("dash", "unknown", "muted"),
}


@dataclass(frozen=True)
class OnFile:
    """What else is on file of a request: papers that were ticked, by step; checks of the room by its sessions."""

    ticks: Mapping[str, Ticks]
    checks: Sequence[RequestCheck]


def cards(
    detail: Request,
    steps: Sequence[RequestStep],
    sop: SopVersion,
    calendar: WorkCalendar,
    places: Places,
    on_file: OnFile,
) -> html.Div:
    """Three cards beside each other, the papers of `steps` below them; `places` lead from rows to their loads."""
    panels = [
        panel(*_ready(detail, sop, calendar), title=t("case.ready_title")),
        panel(*_use(detail, on_file.checks), title=t("case.use_title")),
        panel(*_sources(detail, places), title=t("case.sources_title")),
    ]
    papers = panel(*_papers(steps, sop, on_file.ticks), title=t("case.papers_title"), note=t("case.papers_note"))
    return html.Div([html.Div(panels, className="p-grid-3"), papers], className="case-cards")


def _line(words: object, class_name: str = "p-muted", icon_name: str = "") -> html.P:
    return html.P([icon(icon_name), " ", words] if icon_name else words, className=class_name)


def _ready(detail: Request, sop: SopVersion, calendar: WorkCalendar) -> list[Component]:
    f = fmt()
    path, series = f.duration_short(sop.critical_path_seconds()), f.duration_short(sop.series_seconds())
    standard = _line(t("sla.kpi_ready_standard", path=path, series=series))
    if detail.ready_seconds is None:
        words = t("case.ready_unknown") if detail.ready_on is not None else t("case.not_ready")
        return [_line(words, "case-big is-words"), standard]
    address = why_request_step(detail.request["year"], detail.request["agenda_number"], READY)
    value = [f.duration_short(detail.ready_seconds), why(address, t("case.ready_title"))]
    return [_line(value, "case-big"), standard, *_before_event(detail, calendar)]


def _before_event(detail: Request, calendar: WorkCalendar) -> list[Component]:
    """How long before the booked start the room was ready, in working time."""
    ready = detail.step(detail.sop.step_with(Meaning.READY)).finished_at
    start = detail.request["booked_start_at"]
    if ready is None or start is None:
        return []
    if ready > start:
        return [_line(t("case.ready_after"), "is-late", "x-lg")]
    return [_line(t("case.ready_before", time=in_working_days(calendar, ready, start)))]


def _papers(steps: Sequence[RequestStep], sop: SopVersion, ticks: Mapping[str, Ticks]) -> list[Component]:
    """What the SOP wants of each step and whether it was noted as being there."""
    items = [_paper(step, sop, ticks.get(step.step, {})) for step in steps]
    return [html.Ul(items, className="case-papers")]


def _paper(step: RequestStep, sop: SopVersion, ticked: Ticks) -> html.Li:
    """The step's output, and below it what it needs, each with its tick."""
    documents = documents_of(step, sop.step(step.step), ticked)
    icon_name, words, tone = _PAPER[documents.has_output]
    needs = [_need(paper.name, paper.is_present) for paper in documents.requirements]
    outputs = ", ".join(paper.name for paper in documents.outputs)
    return html.Li(
        [
            html.Span(icon(icon_name), className=f"case-tick is-{tone}"),
            html.Span([html.Strong(step.step), f" {outputs}", html.Small([t("case.needs_these"), *needs])]),
            html.Span(t(f"case.paper_{words}"), className="p-muted"),
        ]
    )


def _need(name: str, is_there: bool | None) -> Component:
    """One paper that a step needs; where somebody ticked, with the mark and its word."""
    if is_there is None:
        return html.Span(name, className="case-need")
    icon_name, words, tone = _PAPER[is_there]
    spoken = html.Span(f" ({t(f'case.paper_{words}')})", className="visually-hidden")
    return html.Span([icon(icon_name), f" {name}", spoken], className=f"case-need is-{tone}")


def _use(detail: Request, checks: Sequence[RequestCheck]) -> list[Component]:
    if not detail.sessions:
        start = detail.request["booked_start"]
        is_ahead = start is not None and start >= detail.as_of
        words = t("case.not_yet_used") if is_ahead else t("case.no_session")
        return [_line(words), *_planned(detail)]
    by_start = {check.session.start_at: check for check in checks}
    lines: list[Component] = []
    for session in detail.sessions:
        lines += [*_session(session), *_check(by_start.get(session.started_at))]
    return [*lines, *_planned(detail)]


def _session(session: RequestSession) -> list[Component]:
    f = fmt()
    day = f.date(f.local(session.started_at).date())
    end = t("case.until_now") if session.ended_at is None else f.clock(session.ended_at)
    estimated = f" ({t('case.estimated')})" if session.end_is_estimated else ""
    people = t("case.people", verified=f.number(session.verified), present=f.number(session.present))
    logged = dotted(session.opd, session.activity, session.note)
    return [
        _line(html.Strong(f"{day} {f.clock(session.started_at)}–{end}{estimated}"), ""),
        _line(people),
        _line(logged) if logged else html.Span(),
    ]


def _check(check: RequestCheck | None) -> list[Component]:
    """What the check of the room said; also that there was none."""
    if check is None:
        return []
    if check.session.checked_at is None:
        return [_line(t("case.unchecked"), icon_name="question-circle")]
    when = fmt().moment_or_day(check.session.checked_at, is_exact=not check.session.is_day_only)
    if check.faults:
        words = ", ".join(f"{item} {t(f'intake.condition_{state}').lower()}" for item, state, _ in check.faults)
        return [_line(t("case.check_faults", moment=when, items=words), "is-near", "exclamation-triangle-fill")]
    name, words = ("check-lg", "case.check_good") if check.is_complete else ("dash-circle", "case.check_part")
    return [_line(t(words, moment=when), icon_name=name)]


def _planned(detail: Request) -> list[Component]:
    planned = detail.request["planned"]
    return [] if planned is None else [_line(t("case.planned", count=fmt().number(planned)))]


def _sources(detail: Request, places: Places) -> list[Component]:
    lines = source_lines(sources_of(detail), places)
    count = detail.request["correction_count"] or 0
    words = t("case.corrections", count=fmt().number(count), n=count) if count else t("case.no_corrections")
    return [*lines, _line(words)]


def in_working_days(calendar: WorkCalendar, begin: int, end: int) -> str:
    """ "6 hari kerja 5 jam" between two moments (UTC seconds, begin ≤ end); below one day "5 jam 4 menit kerja".

    A working day is over at the same clock time of the next open day, however many hours that day has; what remains
    is working time, with days in whole hours.
    """
    count, rest = _days_and_rest(calendar, begin, end)
    if not count:
        return t("case.of_work", time=fmt().duration(rest))
    days = t("case.working_days", n=count)
    return f"{days} {fmt().duration(rest // HOUR * HOUR)}" if rest >= HOUR else days


def _days_and_rest(calendar: WorkCalendar, begin: int, end: int) -> tuple[int, int]:
    """Whole working days, and the working seconds after them."""
    moments = np.array([begin, end], np.int64)
    days = calendar.local_day(moments)
    clocks = moments - calendar.day_start(days)
    opened = calendar.opening(np.arange(days[0] + 1, days[1] + 1)) != MISSING
    count = int(opened.sum())
    if count and opened[-1] and clocks[1] < clocks[0]:
        count -= 1
    begun = calendar.day_start(calendar.add_working_days(days[:1], count)) + clocks[0]
    return count, int(calendar.working_seconds(begun, moments[1:])[0])


def steps_table(detail: Request, steps: Sequence[RequestStep], sop: SopVersion, unheld: Mapping[str, int]) -> html.Div:
    """One row a step, its passes below each other; below the table what the flags in it mean. `unheld`: by step the
    seconds in which nobody held its post."""
    drawn = table(
        t("case.steps_title"),
        _columns(detail, sop, unheld),
        steps,
        "case-steps",
        lambda step: {"className": "is-running" if step.is_running else ""},
        hides_empty=True,
    )
    return html.Div([drawn, flag_meanings(flag for step in steps for flag in step.flags)])


def _columns(detail: Request, sop: SopVersion, unheld: Mapping[str, int]) -> list[Column[RequestStep]]:
    return [
        Column("step", t("case.col_step"), lambda step: _name(step, sop), is_name=True),
        _column("start", _start),
        _column("finish", lambda step: _finish(detail, step)),
        _column("elapsed", lambda step: _elapsed(detail, step), "num"),
        _column("standard", _standard, "num"),
        _column("due_moment", _due),
        _column("verdict", lambda step: verdict_pill(step.verdict)),
        _column("remarks", lambda step: _remarks(step, unheld.get(step.step, 0))),
    ]


def _column(name: str, cell: Callable[[RequestStep], Any], class_name: str | None = None) -> Column[RequestStep]:
    return Column(name, t(f"case.col_{name}"), cell, class_name=class_name)


def _name(step: RequestStep, sop: SopVersion) -> list[Component | str]:
    short_name = sop.step(step.step).short_name
    return [html.Strong(f"{step.step} "), short_name, html.Div(step.actor, className="p-muted")]


def _standard(step: RequestStep) -> str:
    return fmt().duration_short(step.target_seconds) if step.target_seconds else t("sla.no_time")


def _due(step: RequestStep) -> str:
    return t("case.awaits_opd") if awaits_opd(step) else fmt().moment_short(step.due_at)


def _elapsed(detail: Request, step: RequestStep) -> list[Component | str]:
    """The duration, with the way to its days."""
    words = fmt().duration_short(step.elapsed_seconds)
    if step.elapsed_seconds is None:
        return [words]
    address = why_request_step(detail.request["year"], detail.request["agenda_number"], step.step)
    return [words, why(address, f"{t('why.elapsed')}, {step.step}")]


def _start(step: RequestStep) -> list[Component | str]:
    if step.started_at is None:
        return [t("word.none")]
    rule = "" if step.start_rule is StartRule.NONE else t(f"start.{step.start_rule}")
    taken = () if step.taken_at is None else (t("case.taken_late", moment=fmt().moment_short(step.taken_at)),)
    return [fmt().moment_short(step.started_at), *(html.Div(words, className="p-muted") for words in (rule, *taken))]


def _finish(detail: Request, step: RequestStep) -> list[Component | str]:
    """The finish; of a returned request that of each pass."""
    if len(step.passes) > 1:
        return [html.Div(t("case.pass_finish", n=pass_.number, moment=_moment(pass_))) for pass_ in step.passes]
    if step.finished_at is not None:
        return [fmt().moment_short(step.finished_at)]
    if step.finished_on is not None:
        return [t("case.date_only", day=fmt().date_short(step.finished_on))]
    if step.verdict is Verdict.OVERDUE and detail.stop_of(step) < detail.as_of:
        return [t("case.frozen", moment=fmt().moment_short(detail.stop_of(step)))]
    return [t("case.runs_now") if step.is_running else t("word.none")]


def _moment(pass_: RequestPass) -> str:
    if pass_.finished_at is not None:
        return fmt().moment_short(pass_.finished_at)
    return fmt().date_short(pass_.finished_on)


def _remarks(step: RequestStep, unheld: int) -> list[Component]:
    """Flags as chips; reason, waiting, pauses, notes: a line each."""
    f = fmt()
    lines = [t(f"reason.{step.reason}")] if step.reason else []
    if step.waiting_seconds:
        lines.append(t("case.waited", time=f.duration_short(step.waiting_seconds)))
    if unheld:
        lines.append(t("case.unheld", time=f.duration_short(unheld)))
    lines += [pause_words(pause.started_at, pause.ended_at, pause.reason) for pause in step.pauses]
    lines += [words for pass_ in step.passes for words in (pass_.instruction, pass_.note) if words]
    chips = [flag_chips(step.flags)] if step.flags else []
    return [*chips, *(html.Div(line) for line in lines)]
