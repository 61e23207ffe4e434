"""The steps of a request as a table: the time line in words, for screen readers, for paper, for checking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import verdict_pill, why
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.requests.spans import awaits_opd
from dashboard.pages.shared.links import why_request_step
from dashboard.pages.shared.words import flag_chips, flag_meanings, pause_words
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import StartRule, Verdict
from etl.figures.requests.detail import Request, RequestPass, RequestStep


def steps_table(detail: Request, steps: Sequence[RequestStep], sop: SopVersion) -> html.Div:
    """One row a step, its passes below each other; below the table what the flags in it mean."""
    drawn = table(
        t("case.steps_title"),
        _columns(detail, sop),
        steps,
        "case-steps",
        lambda step: {"className": "is-running" if step.is_running else ""},
        hides_empty=True,
    )
    return html.Div([drawn, flag_meanings(flag for step in steps for flag in step.flags)])


def _columns(detail: Request, sop: SopVersion) -> list[Column[RequestStep]]:
    return [
        Column("step", t("case.col_step"), lambda step: _name(step, sop), is_name=True),
        _column("start", _start),
        _column("finish", lambda step: _finish(detail, step)),
        _column("elapsed", lambda step: _elapsed(detail, step), "num"),
        _column("standard", _standard, "num"),
        _column(
            "due_moment", lambda step: t("case.awaits_opd") if awaits_opd(step) else fmt().moment_short(step.due_at)
        ),
        _column("verdict", lambda step: verdict_pill(step.verdict)),
        _column("remarks", _remarks),
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
    return [fmt().moment_short(step.started_at), html.Div(rule, className="p-muted")]


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


def _remarks(step: RequestStep) -> list[Component]:
    """Flags as chips; reason, waiting, pauses, notes: a line each."""
    f = fmt()
    lines = [t(f"reason.{step.reason}")] if step.reason else []
    if step.waiting_seconds:
        lines.append(t("case.waited", time=f.duration_short(step.waiting_seconds)))
    lines += [pause_words(pause.started_at, pause.ended_at, pause.reason) for pause in step.pauses]
    lines += [words for pass_ in step.passes for words in (pass_.instruction, pass_.note) if words]
    chips = [flag_chips(step.flags)] if step.flags else []
    return [*chips, *(html.Div(line) for line in lines)]
