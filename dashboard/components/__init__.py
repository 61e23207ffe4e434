"""Building blocks of the pages: functions of plain values that return Dash components."""

from dashboard.components.cards import (
    Kpi,
    banner,
    bind_later,
    button,
    coded,
    empty,
    fold,
    kpi_row,
    later_place,
    later_store,
    link,
    loading,
    page_head,
    panel,
    scrolled,
    stack,
    stay,
    why,
)
from dashboard.components.days import date_field, day_in_address, day_shown, read_day
from dashboard.components.drawings import bar, bar_row, legend, rangebar, spark
from dashboard.components.filters import (
    bind_filters,
    filter_bar,
    page_url,
    read_query,
    search_field,
    select,
    with_query,
    write_query,
)
from dashboard.components.markup import written_out
from dashboard.components.status import TONE_OF_VERDICT, Tone, icon, pill, request_pill, verdict_pill
