"""Building blocks of the pages: functions of plain values that return Dash components."""

from dashboard.components.cards import (
    banner,
    bind_later,
    button,
    empty,
    kpi,
    kpi_row,
    later_data,
    later_place,
    later_store,
    link,
    loading,
    page_head,
    panel,
    scrolled,
    why,
)
from dashboard.components.filters import (
    bind_filters,
    date_field,
    filter_bar,
    page_url,
    read_query,
    search_field,
    select,
    with_query,
    write_query,
)
from dashboard.components.graphs import bar, bar_row, figure_layout, graph, graph_config, rangebar, spark
from dashboard.components.markup import written_out
from dashboard.components.status import (
    ICON_OF_VERDICT,
    LIGHT,
    TONE_OF_VERDICT,
    Tone,
    icon,
    pill,
    request_pill,
    verdict_pill,
)

__all__ = [
    "ICON_OF_VERDICT", "LIGHT", "TONE_OF_VERDICT", "Tone", "banner", "bar", "bar_row", "bind_filters", "bind_later",
    "button", "date_field", "empty", "figure_layout", "filter_bar", "graph", "graph_config", "icon", "kpi", "kpi_row",
    "later_data", "later_place", "later_store", "link", "loading", "page_head", "page_url", "panel", "pill", "rangebar",
    "read_query", "request_pill", "scrolled", "search_field", "select", "spark", "verdict_pill", "why", "with_query",
    "write_query", "written_out",
]  # fmt: skip
