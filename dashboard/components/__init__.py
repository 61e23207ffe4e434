"""Building blocks of the pages: functions of plain values that return Dash components."""

from dashboard.components.cards import (
    banner,
    button,
    empty,
    kpi,
    kpi_row,
    link,
    loading,
    page_head,
    panel,
    scrolled,
    why,
)
from dashboard.components.colours import LIGHT, Tone
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
from dashboard.components.graphs import figure_layout, graph, graph_config
from dashboard.components.later import bind_later, later_data, later_place, later_store
from dashboard.components.marks import bar, bar_row, rangebar, spark
from dashboard.components.markup import written_out
from dashboard.components.status import (
    ICON_OF_VERDICT,
    TONE_OF_VERDICT,
    icon,
    pill,
    request_pill,
    verdict_pill,
)

__all__ = [
    "ICON_OF_VERDICT",
    "LIGHT",
    "TONE_OF_VERDICT",
    "Tone",
    "banner",
    "bar",
    "bar_row",
    "bind_filters",
    "bind_later",
    "button",
    "date_field",
    "empty",
    "figure_layout",
    "filter_bar",
    "graph",
    "graph_config",
    "icon",
    "kpi",
    "kpi_row",
    "later_data",
    "later_place",
    "later_store",
    "link",
    "loading",
    "page_head",
    "page_url",
    "panel",
    "pill",
    "rangebar",
    "read_query",
    "request_pill",
    "scrolled",
    "search_field",
    "select",
    "spark",
    "verdict_pill",
    "why",
    "with_query",
    "write_query",
    "written_out",
]
