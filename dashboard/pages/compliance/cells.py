"""What the panels of the compliance page share: their tables, counts that lead to cases, shares with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components import bar, icon, link, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.table import TONE_ICON
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS

Cell = tuple[str, str, Any]
"""Key of the column's heading, class, content."""


def small_table(
    label: str, heads: Sequence[tuple[str, str]], rows: Sequence[html.Tr], class_name: str = ""
) -> html.Div:
    """A table of one panel, cards on a phone; `heads` are (key of the words, class)."""
    head = html.Thead(html.Tr([html.Th(t(key), className=name, scope="col") for key, name in heads]))
    table = html.Table([head, html.Tbody(list(rows))], className=f"p-table sla-coverage {class_name}".strip())
    return html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def small_row(name: Any, cells: Sequence[Cell], class_name: str = "") -> html.Tr:
    """A row of it: its name, then its cells."""
    tds = (html.Td(words, className=kind, **{"data-label": t(key)}) for key, kind, words in cells)
    return html.Tr([html.Th(name, scope="row"), *tds], className=class_name)


def step_name(code: str, sop: SopVersion) -> list[Component | str]:
    """The step's code and its short name."""
    if code == ALL_STEPS:
        return [html.Strong(t("sla.all_steps"))]
    return [html.Strong(code), " ", html.Span(sop.step(code).short_name)]


def count_link(count: int, address: str, key: str = "") -> Component | str:
    """A count that leads to its cases; `key` are the words around it. Nothing counted leads nowhere."""
    words = t(key, count=fmt().number(count), n=count) if key else fmt().number(count)
    return link(words, address, "sla-quiet-link") if count else words


def share_bar(share: float | None, interval: tuple[float, float] | None, part: int, n: int) -> Component | str:
    """Bar with interval, percent with its mark; in words where nothing was judged."""
    if share is None or interval is None:
        return html.Span(t("sla.nothing"), className="p-muted")
    f, tone = fmt(), share_tone(share, n)
    words = t("sla.share_title", met=f.number(part), n=f.number(n), interval=f.interval(*interval))
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
