"""The way from a figure to what it was made from: a small button beside it.

Put `why(address, of)` beside any figure; `of` says which one ("A4, tepat waktu"), for those who hear the page. The
address shows numerator, denominator, what was left out, and the rows. For compliance figures it is made by
`dashboard.pages.why_links`. A figure of another kind brings its own explainer, a function listed by its name in
`dashboard.pages.why.EXPLAINERS`; its address is `why_links.why_address(name, …)`.
"""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.status import icon
from dashboard.i18n import t


def why(address: str, of: str) -> Component:
    """A round button that leads to the explanation of a figure; not printed."""
    words = t("why.of", figure=of)
    hidden = html.Span(words, className="visually-hidden")
    return dcc.Link([icon("question-circle"), hidden], href=address, title=words, className="p-why no-print")
