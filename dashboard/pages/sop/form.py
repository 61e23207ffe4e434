"""The SOP's two tables as the form prints them, with what became of each row in a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import bar, icon, link, panel, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import Behind, requests_behind, why_button, why_sarpras
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from dashboard.printed.step_columns import STEP_COLUMNS
from etl.domain.sop.steps import Cell, Meaning, SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import Pair
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.facilities.period import B5, ConditionFigure
from etl.figures.rooms.diary import RoomsFilter

PRINTED: Mapping[str, tuple[str, ...]] = {
    "A": ("opd", "agendaris", "sekdin", "kadin", "kabid", "kasi_litik", "kasi_aplikasi", "staf"),
    "B": ("opd", "staf", "kasi_litik", "kasi_aplikasi", "kabid"),
}
"""Order of the columns of actors on the form."""

UNSURE = 0.7
"""Below this confidence a cell wants the paper original."""


def form(
    part: str, sop: SopVersion, figures: SlaFigures | None, *, links_cases: bool, checks: B5 | None = None
) -> Component:
    """One table; without figures (a period not begun) the results say so. `links_cases`: counts lead to the letters;
    `checks`: the result of the step that is judged by them, for those who may see it."""
    steps = [step for step in sop.steps if step.part == part]
    roles = _roles(part, steps)
    rows = [
        _row(step, roles, _result(_figure_of(step, figures), figures, checks, links_cases=links_cases))
        for step in steps
    ]
    table = html.Table(
        [_head(part, steps, roles), html.Tbody(rows), _total(part, sop, len(roles))],
        className=f"p-table sop-form is-{part}",
    )
    title = t(f"sop.part_{part}")
    region = html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": title})
    return panel(region, title=title)


def _roles(part: str, steps: Sequence[SopStep]) -> list[str]:
    """The actors' columns: those of the form, and any other that a later version names."""
    used = {step.role for step in steps}
    return [role for role in PRINTED[part] if role in used] + sorted(used - set(PRINTED[part]))


def _head(part: str, steps: Sequence[SopStep], roles: Sequence[str]) -> html.Thead:
    names = {step.role: step.actor for step in reversed(steps)}
    upper = [
        html.Th(t("sop.no"), rowSpan=2, scope="col", className="sop-no"),
        html.Th(t("sop.activity"), rowSpan=2, scope="col", className="sop-activity"),
        html.Th(t("sop.actor"), colSpan=len(roles), scope="colgroup", className="sop-group"),
        html.Th(t("sop.standard"), colSpan=3, scope="colgroup", className="sop-group"),
        html.Th(t("sop.remark" if part == "A" else "sop.remark_long"), rowSpan=2, scope="col"),
        html.Th(t("sop.result"), colSpan=3, scope="colgroup", className="sop-group is-result"),
    ]
    lower = [html.Th(html.Span(names[role]), scope="col", className="sop-role") for role in roles]
    lower += [html.Th(t(f"sop.{name}"), scope="col") for name in ("requires", "time", "output")]
    results = (("n", "num is-result"), ("share", ""), (Figure.MEDIAN, "num"))
    lower += [html.Th(STEP_COLUMNS[key].head, scope="col", className=name) for key, name in results]
    return html.Thead([html.Tr(upper), html.Tr(lower)])


def _figure_of(step: SopStep, figures: SlaFigures | None) -> StepFigure | None:
    return next((figure for figure in figures.steps if figure.step == step.code), None) if figures else None


def _row(step: SopStep, roles: Sequence[str], result: Sequence[html.Td]) -> html.Tr:
    marks = [
        html.Td(
            [icon("circle-fill"), html.Span(step.actor, className="visually-hidden")] if role == step.role else "",
            className="sop-mark",
        )
        for role in roles
    ]
    return html.Tr(
        [
            html.Th([html.Span(f"{step.code[1]}."), html.Small(step.code)], scope="row", className="sop-no"),
            html.Td([step.activity, html.Div(step.actor, className="sop-actor")], className="sop-activity"),
            *marks,
            _cell(step.requires, t("sop.requires")),
            _cell(step.time, t("sop.time"), is_time=True),
            _cell(step.output, t("sop.output")),
            html.Td(step.note, className="sop-note", **{"data-label": t("sop.remark")}),
            *result,
        ]
    )


def _cell(cell: Cell, label: str, *, is_time: bool = False) -> html.Td:
    """One printed cell; a reconstructed one says how sure its reading is."""
    words: list[Component | str] = [html.Strong(cell.text) if is_time and cell.text else cell.text or t("sla.no_time")]
    if cell.confidence is not None:
        words.append(confidence(cell.confidence))
    return html.Td(html.Span(words), className="sop-cell", **{"data-label": label})


def confidence(share: float) -> Component:
    """How sure the reading of a cell is, in words and with a mark where the original should be looked at."""
    words = fmt().percent(share, 0)
    is_unsure = share < UNSURE
    title = t("sop.unsure" if is_unsure else "sop.sure", share=words)
    return html.Span(
        [icon("question-diamond" if is_unsure else "eye"), words, html.Span(f" {title}", className="visually-hidden")],
        title=title,
        className=f"sop-read{' is-unsure' if is_unsure else ''}",
    )


def _result(
    judged: StepFigure | None, figures: SlaFigures | None, checks: B5 | None, *, links_cases: bool
) -> list[html.Td]:
    f = fmt()
    if judged is None or figures is None:
        return [_in_words(t("sla.nothing"))]
    if judged.target_seconds is None:
        return _by_checks(figures, judged, checks)
    filter_, code = figures.filter, judged.step
    if judged.share is None or judged.interval is None:
        return [_in_words([t("sla.nothing"), why_button(filter_, code, Figure.COVERAGE)])]
    count: Component | str = f.number(judged.n)
    if links_cases:
        count = link(count, requests_behind(filter_, code, Behind.JUDGED), "sop-count")
    words = t("sla.share_title", met=f.number(judged.met), n=f.number(judged.n), interval=f.interval(*judged.interval))
    share = _share(judged.share, judged.interval, judged.n, words, why_button(filter_, code, Figure.SHARE))
    middle = t("sop.few") if judged.percentiles is None else STEP_COLUMNS[Figure.MEDIAN].words(judged, f)
    lengths = html.Span([middle, why_button(filter_, code, Figure.MEDIAN)])
    return [
        html.Td(count, className="num is-result", **_label("n")),
        html.Td(share, title=words, className="sop-result", **_label("share")),
        html.Td(lengths, className="num", **_label(Figure.MEDIAN)),
    ]


def _in_words(words: str | list[Component | str]) -> html.Td:
    """One cell in place of the three."""
    return html.Td(words, colSpan=3, className="is-result sop-nothing")


def _label(name: str) -> dict[str, str]:
    """What a phone writes before a cell of that column."""
    return {"data-label": STEP_COLUMNS[name].head}


def _share(share: float, interval: Pair, n: int, words: str, button: Component) -> list[Component]:
    """Percent with the way to what it was made from, below it the bar with its interval."""
    tone = share_tone(share, n)
    value = html.Strong(percent_words(share), className=f"sop-share is-{tone}")
    return [
        html.Div([value, button], className="sop-share-line"),
        bar(share, *interval, tone),
        html.Span(words, className="visually-hidden"),
    ]


def _by_checks(figures: SlaFigures, judged: StepFigure, checks: B5 | None) -> list[html.Td]:
    """Sessions checked and the share of them in good condition; in words where nobody may see or has checked them."""
    if judged.step != figures.version.step_with(Meaning.CHECKED) or checks is None:
        return [_in_words(t("sop.by_output"))]
    f, filter_ = fmt(), figures.filter
    button = why(why_sarpras(RoomsFilter(filter_.period, filter_.opd, filter_.room), ConditionFigure.B5), judged.step)
    if checks.share is None or checks.interval is None:
        return [_in_words([t("sop.by_output"), ". ", t("sla.output_unchecked"), button])]
    words = t("sop.checks_title", good=f.number(checks.good), checked=f.number(checks.checked),
              interval=f.interval(*checks.interval))  # fmt: skip
    count = [f.number(checks.checked), html.Br(), html.Small(t("sop.checks_counted"), className="p-muted")]
    named = t("sop.checks_share")
    return [
        html.Td(html.Span(count), className="num is-result", **_label("n")),
        html.Td(
            [*_share(checks.share, checks.interval, checks.checked, words, button), html.Small(named)],
            title=words, className="sop-result", colSpan=2, **_label("share"),
        ),
    ]  # fmt: skip


def _total(part: str, sop: SopVersion, roles: int) -> html.Tfoot:
    """The sum of the times; of part A also the critical path."""
    f, codes = fmt(), [step.code for step in sop.steps if step.part == part]
    words = t("sop.total", time=f.duration(sop.series_seconds(codes)))
    if part == "A":
        words += " · " + t("sop.path", time=f.duration(sop.critical_path_seconds(codes)))
    cells = [
        html.Td("", colSpan=2 + roles, className="sop-filler"),
        html.Td(words, colSpan=7, className="sop-sum"),
    ]
    return html.Tfoot(html.Tr(cells))
