"""Tables from heads and cells by name, until every page has its list of columns (`dashboard.components.tables`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html


def table(label: str, heads: Mapping[str, str], rows: Sequence[html.Tr], numbers: Sequence[str] = ()) -> html.Div:
    """A table whose rows come from `table_row`; `heads` are the columns' words by name."""
    cells = [html.Th(words, scope="col", className="num" if name in numbers else None) for name, words in heads.items()]
    drawn = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="p-table intake-table")
    return html.Div(drawn, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def table_row(
    heads: Mapping[str, str], cells: Mapping[str, Any], numbers: Sequence[str] = (), **properties: Any
) -> html.Tr:
    """One row; on a phone each cell stands under the words of its column."""
    tds = [
        html.Td(cells.get(name), className="num" if name in numbers else None, **{"data-label": words})
        for name, words in heads.items()
    ]
    return html.Tr(tds, **properties)
