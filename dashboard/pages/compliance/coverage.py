"""How much of the steps could be judged, from which start, and which of them are flagged."""

from __future__ import annotations

from collections import Counter

from dash import html
from dash.development.base_component import Component

from dashboard.components import link
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import step_name
from dashboard.pages.shared.links import Behind, requests_behind, why_button
from dashboard.pages.shared.words import flag_chip, flag_name
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Flag
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.period import SlaFilter


def coverage_table(figures: SlaFigures, sop: SopVersion) -> html.Div:
    """One row a step: coverage with bounds, what could not be measured, what runs, starts, flags; below it the flags
    by kind."""
    rows = [step for step in figures.steps if step.target_seconds is not None]
    listed = table(t("sla.coverage_title"), _columns(figures, sop), rows, "sla-coverage is-wide")
    return html.Div([listed, *_flags_by_kind(figures)])


def _columns(figures: SlaFigures, sop: SopVersion) -> list[Column[StepFigure]]:
    return [
        Column("step", t("word.step"), lambda row: step_name(row.step, sop), is_name=True),
        Column("coverage", t("sla.coverage"), lambda row: _coverage(figures, row), class_name="num"),
        Column("bounds", t("sla.bounds"), lambda row: _bounds(figures, row), class_name="num"),
        Column("unjudged", t("sla.unjudged"), lambda row: _unjudged(figures, row)),
        Column("running", t("sla.running"), lambda row: _running(figures, row)),
        Column("starts", t("sla.starts"), _starts),
        Column("handover", t("sla.handover"), lambda row: _handover(figures, row), class_name="num"),
        Column("flags", t("flag.heading"), lambda row: _flags(figures, row), class_name="sla-flags"),
    ]


def _coverage(figures: SlaFigures, step: StepFigure) -> list[Component | str]:
    return [fmt().percent(step.coverage, 0), why_button(figures.filter, step.step, Figure.COVERAGE)]


def _bounds(figures: SlaFigures, step: StepFigure) -> list[Component | str]:
    """The share if all the rest had been late, and if it had been in time; without a button where none was judged."""
    if step.bounds is None:
        return [t("word.none")]
    return [fmt().interval(*step.bounds), why_button(figures.filter, step.step, Figure.BOUNDS)]


def _handover(figures: SlaFigures, step: StepFigure) -> list[Component | str]:
    """The share if all were measured from the hand-over; without a button where nothing is known."""
    words = fmt().percent(step.handover_share, 0)
    return [words] if step.handover_share is None else [words, why_button(figures.filter, step.step, Figure.HANDOVER)]


def reasons_in_words(step: StepFigure) -> str:
    """ "jam tidak tercatat (2) · dilewati (1)"; empty when everything could be judged."""
    f = fmt()
    reasons = [f"{t(f'reason.{reason}')} ({f.number(n)})" for reason, n in sorted(step.unmeasurable.items(), key=_most)]
    if step.skipped:
        reasons.append(f"{t('verdict.SKIPPED').lower()} ({f.number(step.skipped)})")
    return " · ".join(reasons)


def _most(item: tuple[str, int]) -> int:
    return -item[1]


def _unjudged(figures: SlaFigures, step: StepFigure) -> Component | str:
    words = reasons_in_words(step)
    if not words:
        return t("word.none")
    return link(words, requests_behind(figures.filter, step.step, Behind.UNJUDGED), "sla-quiet-link")


def _running(figures: SlaFigures, step: StepFigure) -> Component | str:
    f = fmt()
    counts = (("verdict.ON_TRACK", step.on_track), ("verdict.AT_RISK", step.at_risk), ("verdict.OVERDUE", step.overdue))
    words = " · ".join(f"{f.number(n)} {t(key).lower()}" for key, n in counts if n)
    if not words:
        return t("word.none")
    return link(words, requests_behind(figures.filter, step.step, Behind.RUNNING), "sla-quiet-link")


def _starts(step: StepFigure) -> list[Component] | str:
    """How many were measured from a recorded start, how many from the hand-over."""
    f = fmt()
    counts = (("sla.recorded", step.recorded_starts), ("sla.handed_over", step.handover_starts))
    return [html.Div(t(key, count=f.number(n)), className="sla-start") for key, n in counts if n] or t("word.none")


def _flags(figures: SlaFigures, step: StepFigure) -> list[Component] | str:
    """ "12 dicatat menyusul", a line each, leading to the letters."""
    f = fmt()
    return [
        link(
            f"{f.number(n)} {t(f'flag.{name.upper()}').lower()}",
            requests_behind(figures.filter, step.step, None, name),
            "sla-quiet-link",
        )
        for name, n in step.flags.items()
    ] or t("word.none")


def _flags_by_kind(figures: SlaFigures) -> list[Component]:
    """Each flag with its count over the steps shown and its meaning."""
    counts: Counter[str] = Counter()
    for step in figures.steps:
        counts.update(step.flags)
    heading = html.H3([t("flag.heading"), html.Span(t("flag.note"), className="p-muted")], className="flag-heading")
    if not counts:
        return [heading, html.P(t("flag.none"), className="p-muted")]
    rows = [_flag_row(figures, flag, counts[flag_name(flag)]) for flag in SUSPICIONS if counts[flag_name(flag)]]
    return [heading, html.Dl(rows, className="flag-meanings")]


def _flag_row(figures: SlaFigures, flag: Flag, count: int) -> html.Div:
    words = t("flag.count", count=fmt().number(count), n=count)
    address = requests_behind(figures.filter, _part_of(figures.filter), None, flag_name(flag))
    return html.Div(
        [
            html.Dt(flag_chip(flag)),
            html.Dd(link(words, address, "sla-quiet-link")),
            html.Dd(t(f"flag.why_{flag.name}")),
        ]
    )


def _part_of(filter_: SlaFilter) -> str:
    """How an address names the steps of a filter: all, one, or a part."""
    steps = filter_.steps
    return steps[0] if len(steps) == 1 else steps[0][0] if steps else ""
