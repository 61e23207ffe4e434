"""The steps of a letter as a table: the time line in words, for screen readers, for paper, for checking."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import verdict_pill, why
from dashboard.i18n import fmt, t
from dashboard.i18n.formats import NOTHING
from dashboard.pages.requests.spans import awaits_opd, stop_of
from dashboard.pages.shared.flag_chips import flag_chips, flag_meanings
from dashboard.pages.shared.why_links import why_case
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import StartRule, Verdict
from etl.figures.requests.detail import Case, CasePass, CaseStep

_COLUMNS = ("step", "start", "finish", "elapsed", "standard", "due_moment", "verdict", "remarks")
_NUMBERS = ("elapsed", "standard")


def steps_table(case: Case, steps: Sequence[CaseStep], sop: SopVersion) -> html.Div:
    """One row a step, its passes below each other; below the table what the flags in it mean."""
    heads = [
        html.Th(t(f"case.col_{name}"), scope="col", className="num" if name in _NUMBERS else "") for name in _COLUMNS
    ]
    body = html.Tbody([_row(case, step, sop) for step in steps])
    table = html.Table([html.Thead(html.Tr(heads)), body], className="p-table case-steps")
    region = html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("case.steps_title")})
    return html.Div([region, flag_meanings(flag for step in steps for flag in step.flags)])


def _row(case: Case, step: CaseStep, sop: SopVersion) -> html.Tr:
    f = fmt()
    name = [html.Strong(f"{step.step} "), sop.step(step.step).short_name, html.Div(step.actor, className="p-muted")]
    cells: dict[str, object] = {
        "start": _start(step),
        "finish": _finish(case, step),
        "elapsed": _elapsed(case, step),
        "standard": f.duration_short(step.target_seconds) if step.target_seconds else t("sla.no_time"),
        "due_moment": t("case.awaits_opd") if awaits_opd(step) else f.moment_short(step.due_at),
        "verdict": verdict_pill(step.verdict),
        "remarks": _remarks(step),
    }
    tds = [
        html.Td(words, className=_class(key, words), **{"data-label": t(f"case.col_{key}")})
        for key, words in cells.items()
    ]
    return html.Tr([html.Th(name, scope="row"), *tds], className="is-running" if step.is_running else "")


def _class(key: str, words: object) -> str:
    """Numbers stand at the right; a phone, where each cell has a line, leaves out the empty ones."""
    is_empty = words in (NOTHING, [NOTHING], [])
    return " ".join(name for name, is_on in (("num", key in _NUMBERS), ("is-none", is_empty)) if is_on)


def _elapsed(case: Case, step: CaseStep) -> list[Component | str]:
    """The duration, with the way to its days."""
    words = fmt().duration_short(step.elapsed_seconds)
    if step.elapsed_seconds is None:
        return [words]
    address = why_case(case.request["year"], case.request["agenda_number"], step.step)
    return [words, why(address, f"{t('why.elapsed')}, {step.step}")]


def _start(step: CaseStep) -> list[Component | str]:
    if step.started_at is None:
        return [t("word.none")]
    rule = "" if step.start_rule is StartRule.NONE else t(f"start.{step.start_rule}")
    return [fmt().moment_short(step.started_at), html.Div(rule, className="p-muted")]


def _finish(case: Case, step: CaseStep) -> list[Component | str]:
    """The finish; of a returned letter that of each pass."""
    if len(step.passes) > 1:
        return [html.Div(t("case.pass_finish", n=one.number, moment=_moment(one))) for one in step.passes]
    if step.finished_at is not None:
        return [fmt().moment_short(step.finished_at)]
    if step.finished_on is not None:
        return [t("case.date_only", day=fmt().date_short(step.finished_on))]
    if step.verdict is Verdict.OVERDUE and stop_of(case, step) < case.as_of:
        return [t("case.frozen", moment=fmt().moment_short(stop_of(case, step)))]
    return [t("case.runs_now") if step.is_running else t("word.none")]


def _moment(one: CasePass) -> str:
    if one.finished_at is not None:
        return fmt().moment_short(one.finished_at)
    return fmt().date_short(one.finished_on)


def _remarks(step: CaseStep) -> list[Component]:
    """Flags as chips; reason, waiting, pauses, notes: a line each."""
    f = fmt()
    lines = [t(f"reason.{step.reason}")] if step.reason else []
    if step.waiting_seconds:
        lines.append(t("case.waited", time=f.duration_short(step.waiting_seconds)))
    lines += [_pause(pause.reason, pause.started_at, pause.ended_at) for pause in step.pauses]
    lines += [words for one in step.passes for words in (one.instruction, one.note) if words]
    chips = [flag_chips(step.flags)] if step.flags else []
    return [*chips, *(html.Div(line) for line in lines)]


def _pause(reason: str | None, begin: int, end: int | None) -> str:
    f = fmt()
    until = t("case.until_now") if end is None else f.moment_short(end)
    words = t("case.paused", begin=f.moment_short(begin), end=until)
    return f"{words}: {reason}" if reason else words
