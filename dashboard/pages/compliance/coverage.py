"""How much of the steps could be judged, from which start, and which of them are flagged."""

from __future__ import annotations

from collections import Counter

from dash import html
from dash.development.base_component import Component

from dashboard.components import link, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from dashboard.pages.shared.words import flag_chip, flag_name
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Flag
from etl.figures.compliance.evidence import Figure
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.period import SlaFilter


def coverage_table(figures: SlaFigures, sop: SopVersion) -> html.Div:
    """One row a step: coverage with bounds, what could not be measured, what runs, starts, flags; below it the flags
    by kind."""
    heads = (
        "word.step",
        "sla.coverage",
        "sla.bounds",
        "sla.unjudged",
        "sla.running",
        "sla.starts",
        "sla.handover",
        "flag.heading",
    )
    names = ("", "num", "num", "", "", "", "num", "")
    head = html.Thead(
        html.Tr([html.Th(t(key), className=name, scope="col") for key, name in zip(heads, names, strict=True)])
    )
    rows = [_row(figures, one, sop) for one in figures.steps if one.target_seconds is not None]
    table = html.Table([head, html.Tbody(rows)], className="p-table sla-coverage is-wide")
    region = html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("sla.coverage_title")})
    return html.Div([region, *_flags_by_kind(figures)])


def _row(figures: SlaFigures, one: StepFigure, sop: SopVersion) -> html.Tr:
    f = fmt()
    name = [html.Strong(one.step), " ", html.Span(sop.step(one.step).short_name)]
    cells: tuple[tuple[str, str, object], ...] = (
        ("sla.coverage", "num", [f.percent(one.coverage, 0), _why(figures, one, Figure.COVERAGE)]),
        ("sla.bounds", "num", _bounds(figures, one)),
        ("sla.unjudged", "", _unjudged(figures, one)),
        ("sla.running", "", _running(figures, one)),
        ("sla.starts", "", _starts(one)),
        ("sla.handover", "num", _handover(figures, one)),
        ("flag.heading", "sla-flags", _flags(figures, one)),
    )
    return html.Tr(
        [
            html.Th(name, scope="row"),
            *(html.Td(words, className=kind, **{"data-label": t(key)}) for key, kind, words in cells),
        ]
    )


def _why(figures: SlaFigures, one: StepFigure, figure: Figure) -> Component:
    return why(why_step(figures.filter, one.step, figure), f"{t(f'why.figure_{figure.name}')}, {one.step}")


def _bounds(figures: SlaFigures, one: StepFigure) -> list[Component | str]:
    """The share if all the rest had been late, and if it had been in time; without a button where none was judged."""
    if one.bounds is None:
        return [t("word.none")]
    return [fmt().interval(*one.bounds), _why(figures, one, Figure.BOUNDS)]


def _handover(figures: SlaFigures, one: StepFigure) -> list[Component | str]:
    """The share if all were measured from the hand-over; without a button where nothing is known."""
    words = fmt().percent(one.handover_share, 0)
    return [words] if one.handover_share is None else [words, _why(figures, one, Figure.HANDOVER)]


def reasons_in_words(one: StepFigure) -> str:
    """ "jam tidak tercatat (2) · dilewati (1)"; empty when everything could be judged."""
    f = fmt()
    found = [f"{t(f'reason.{reason}')} ({f.number(n)})" for reason, n in sorted(one.unmeasurable.items(), key=_most)]
    if one.skipped:
        found.append(f"{t('verdict.SKIPPED').lower()} ({f.number(one.skipped)})")
    return " · ".join(found)


def _most(item: tuple[str, int]) -> int:
    return -item[1]


def _unjudged(figures: SlaFigures, one: StepFigure) -> Component | str:
    words = reasons_in_words(one)
    if not words:
        return t("word.none")
    return link(words, requests_behind(figures.filter, one.step, Behind.UNJUDGED), "sla-quiet-link")


def _running(figures: SlaFigures, one: StepFigure) -> Component | str:
    f = fmt()
    counts = (("verdict.ON_TRACK", one.on_track), ("verdict.AT_RISK", one.at_risk), ("verdict.OVERDUE", one.overdue))
    words = " · ".join(f"{f.number(n)} {t(key).lower()}" for key, n in counts if n)
    if not words:
        return t("word.none")
    return link(words, requests_behind(figures.filter, one.step, Behind.RUNNING), "sla-quiet-link")


def _starts(one: StepFigure) -> list[Component] | str:
    """How many were measured from a recorded start, how many from the hand-over."""
    f = fmt()
    counts = (("sla.recorded", one.recorded_starts), ("sla.handed_over", one.handover_starts))
    return [html.Div(t(key, count=f.number(n)), className="sla-start") for key, n in counts if n] or t("word.none")


def _flags(figures: SlaFigures, one: StepFigure) -> list[Component] | str:
    """ "12 dicatat menyusul", a line each, leading to the letters."""
    f = fmt()
    return [
        link(
            f"{f.number(n)} {t(f'flag.{name.upper()}').lower()}",
            requests_behind(figures.filter, one.step, None, name),
            "sla-quiet-link",
        )
        for name, n in one.flags.items()
    ] or t("word.none")


def _flags_by_kind(figures: SlaFigures) -> list[Component]:
    """Each flag with its count over the steps shown and its meaning."""
    counts: Counter[str] = Counter()
    for one in figures.steps:
        counts.update(one.flags)
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


def _part_of(asked: SlaFilter) -> str:
    """How an address names the steps asked for: all, one, or a part."""
    return asked.steps[0] if len(asked.steps) == 1 else asked.steps[0][0] if asked.steps else ""
