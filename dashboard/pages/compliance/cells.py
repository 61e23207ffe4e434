"""What the tables of the compliance page share: names of steps, counts that lead to their cases, shares, file cells."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components import Tone, bar, icon, link, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import one_step
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone, share_words
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_TO_SAY, Pair
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.steps import SlaFigures, StepFigure

TONE_ICON = {Tone.GOOD: "check-lg", Tone.NEAR: "exclamation-lg", Tone.LATE: "x-lg", Tone.MUTED: "dash-lg"}


def step_name(code: str, sop: SopVersion) -> list[Component | str]:
    """The step's code and its short name."""
    if code == ALL_STEPS:
        return [html.Strong(t("sla.all_steps"))]
    return [html.Strong(code), " ", html.Span(sop.step(code).short_name)]


def step_words(code: str, sop: SopVersion) -> str:
    """The step's short name, as a file says it."""
    return t("sla.all_steps") if code == ALL_STEPS else sop.step(code).short_name


def only_step(figures: SlaFigures) -> StepFigure | None:
    """The step that the page is narrowed to."""
    return figures.steps[0] if len(figures.steps) == 1 else None


def narrowing(figures: SlaFigures, code: str, sop: SopVersion) -> list[Component | str]:
    """The step's code and its name, which narrows the page to it; plain where it is so already."""
    name: Component | str = sop.step(code).short_name
    if only_step(figures) is None:
        name = link(name, one_step(figures.filter, code), "sla-step-link")
    return [html.Strong(code), " ", html.Span(name)]


def count_link(count: int, address: str, key: str = "") -> Component | str:
    """A count that leads to its cases; `key` are the words around it. Nothing counted leads nowhere."""
    words = t(key, count=fmt().number(count), n=count) if key else fmt().number(count)
    return link(words, address, "sla-quiet-link") if count else words


def in_points(difference: float) -> float:
    """A difference of shares in points, by the one rounding that all places say it with."""
    return round(difference * 100, 1)


def is_too_few(figures: SlaFigures, n: int) -> bool:
    """Whether flagged rows are left out and what is left says nothing."""
    return bool(figures.filter.without) and n < FEWEST_TO_SAY


def share_bar(share: float | None, interval: Pair | None, part: int, n: int) -> Component | str:
    """Bar with interval, percent with its mark; in words where nothing was judged."""
    if share is None or interval is None:
        return html.Span(t("sla.nothing"), className="p-muted")
    tone, words = share_tone(share, n), share_words(part, n, interval)
    value = html.Span([icon(TONE_ICON[tone]), html.Span(percent_words(share))], className=f"sla-value is-{tone}")
    hidden = html.Span(f". {words}", className="visually-hidden")
    return html.Div([bar(share, *interval, tone), value, hidden], className="sla-share-bar", title=words)


def why_number(words: str, address: str, of: str, *, is_known: bool = True) -> Component | str:
    """A number that is itself the way to what it was made from, for places too narrow for a button; plain where there
    is nothing to take apart."""
    if not is_known:
        return words
    title = t("why.of", figure=of)
    return dcc.Link(words, href=address, title=title, className="p-why-number")


def with_why(drawn: Component | str, value: float | None, address: str, of: str) -> Component | str:
    """A figure with the button that takes it apart; alone where there is nothing to take apart."""
    return drawn if value is None else html.Div([drawn, why(address, of)], className="why-beside")
