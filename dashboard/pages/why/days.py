"""A span of working time day by day, for the explanation of one length of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import panel
from dashboard.components.pager import pager, pages_of
from dashboard.i18n import fmt, t
from etl.domain.calendar.types import Interval
from etl.domain.units import HOUR, MINUTE
from etl.figures.requests.step_days import PassDays, StepDay

DAYS = 31
"""Days on one page."""

_COLUMNS = ("day", "what", "open", "break", "counted", "paused", "length")
_NUMBERS = ("paused", "length")


def days_table(days: Sequence[StepDay], one: PassDays) -> Component:
    """Some days of a span with what decided their hours and what of them counts; the last row is the whole span."""
    heads = {name: t(f"why.day_{name}") for name in _COLUMNS}
    cells = [html.Th(words, scope="col", className=_number(name)) for name, words in heads.items()]
    rows = [_day_row(heads, day) for day in days]
    total = [
        html.Th(t("why.total"), scope="row", colSpan=6),
        html.Td(fmt().duration(one.seconds), className="num", **{"data-label": heads["length"]}),
    ]
    table = html.Table(
        [html.Thead(html.Tr(cells)), html.Tbody(rows), html.Tfoot(html.Tr(total))], className="p-table why-days"
    )
    return html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("why.days_title")})


def _number(name: str) -> str:
    return "num" if name in _NUMBERS else ""


def _day_row(heads: Mapping[str, str], day: StepDay) -> html.Tr:
    f, none = fmt(), t("word.none")
    values = {
        "what": _day_words(day),
        "open": _spans(day.plan.intervals) or t("why.closed"),
        "break": _spans(day.breaks) or none,
        "counted": _spans(day.counted) or none,
        "paused": f.duration(day.paused_seconds) if day.paused_seconds else none,
        "length": f.duration(day.seconds),
    }
    tds = [html.Td(value, className=_number(name), **{"data-label": heads[name]}) for name, value in values.items()]
    return html.Tr([html.Th(f.date(day.plan.date), scope="row"), *tds], className="" if day.counted else "is-closed")


def _day_words(day: StepDay) -> str:
    """What decided the day's hours: the decree, the holiday's name, the weekend."""
    kind = t(f"why.kind_{day.plan.kind}")
    words = f"{kind}: {day.plan.note}" if day.plan.note and day.plan.kind != "weekend" else kind
    return f"{words} ({t('why.estimated')})" if day.plan.is_estimated else words


def _spans(intervals: Sequence[Interval]) -> str:
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in intervals)


def _clock(seconds: int) -> str:
    """ "07.30" of the local day; with seconds where there are any."""
    hours, rest = divmod(seconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    point = t("why.clock_point")
    return f"{hours:02d}{point}{minutes:02d}" + (f"{point}{rest:02d}" if rest else "")


def span_panel(one: PassDays, page: int, address: Callable[[int], str]) -> Component:
    """The days of a span without passes and pauses, page by page; `address` is that of a page."""
    f, count = fmt(), len(one.days)
    page = min(page, pages_of(count, DAYS))
    shown = one.days[(page - 1) * DAYS : page * DAYS]
    end = t("why.until_now", moment=f.moment_short(one.end)) if one.is_open else f.moment_short(one.end)
    more = [pager(page, DAYS, count, address)] if count > DAYS else []
    note = f"{f.moment_short(one.begin)} – {end}"
    return panel(days_table(shown, one), *more, title=t("why.days_title"), note=note)
