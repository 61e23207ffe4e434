"""The numbers of the Sarpras page: headlines, times, B5 by session, supplies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, kpi, panel, pill, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import why_sarpras, why_supply
from dashboard.pages.shared.row_lists import table, table_row
from etl.domain.statistics import Pair
from etl.figures.facilities.consumables import FEWEST_TIMES, Supply, supplies
from etl.figures.facilities.incidents import Incident
from etl.figures.facilities.period import ConditionFigure, ConditionFigures, SessionCheck
from etl.figures.rooms.diary import RoomsFilter

OPENED, SHOWN = 8, 60
"""Sessions at once, and with those that are folded away."""


def headlines(figures: ConditionFigures) -> list[Component]:
    """Five figures, each with what it is made of."""
    f, b5, first, faults = fmt(), figures.b5, figures.first_use, figures.restoring
    oldest = t("sarpras.oldest", moment=f.moment_short(faults.oldest_open_at)) if faults.oldest_open_at else ""
    unit = t("sarpras.n", n=f.number(faults.n))
    elapsed = t("sarpras.elapsed", time=f.duration_short(faults.median_elapsed_seconds))
    return [
        kpi(
            t("sarpras.kpi_open"),
            f.number(faults.open),
            note=oldest,
            tone=Tone.LATE if faults.open else Tone.PLAIN,
            beside=_why(figures, ConditionFigure.OPEN),
        ),
        kpi(
            t("sarpras.kpi_restore"),
            f.duration_short(faults.median_working_seconds),
            note=f"{unit} · {elapsed}" if faults.n else t("word.no_data"),
            beside=_why(figures, ConditionFigure.RESTORE),
        ),
        kpi(
            t("sarpras.kpi_b5"),
            f.percent(b5.share),
            note=_shares(b5.good, b5.checked, b5.interval),
            beside=_why(figures, ConditionFigure.B5),
        ),
        kpi(
            t("sarpras.kpi_coverage"),
            f.percent(b5.coverage),
            note=t("sarpras.coverage", checked=f.number(b5.checked), held=f.number(b5.held)),
            beside=_why(figures, ConditionFigure.COVERAGE),
        ),
        kpi(
            t("sarpras.kpi_first"),
            f.percent(first.share),
            note=_shares(first.checked, first.days, first.interval),
            beside=_why(figures, ConditionFigure.FIRST),
        ),
    ]


def _why(figures: ConditionFigures, figure: ConditionFigure) -> Component:
    asked = RoomsFilter(figures.period, figures.opd, figures.room)
    return why(why_sarpras(asked, figure), t(f"sarpras.kpi_{figure.name.lower()}"))


def _shares(part: int, whole: int, interval: Pair | None) -> str:
    if not whole:
        return t("word.no_data")
    f = fmt()
    low, high = interval or (None, None)
    return t("sarpras.of", part=f.number(part), whole=f.number(whole), interval=f.interval(low, high))


def times_panel(figures: ConditionFigures) -> Component:
    """Time to respond and to restore: n, median, 90th percentile, working and elapsed."""
    one, title = figures.restoring, t("sarpras.times_title")
    if not one.n and not one.respond_n:
        return panel(empty(t("sarpras.no_times"), t("sarpras.no_times_hint"), "stopwatch"), title=title)
    heads = {name: t(f"sarpras.head_{name}") for name in ("what", "n", "median", "p90", "elapsed_median")}
    responded = (
        one.respond_median_working_seconds,
        one.respond_p90_working_seconds,
        one.respond_median_elapsed_seconds,
    )
    restored = (one.median_working_seconds, one.p90_working_seconds, one.median_elapsed_seconds)
    rows = [
        _times(heads, _named(figures, "respond"), one.respond_n, *responded),
        _times(heads, _named(figures, "restore"), one.n, *restored),
    ]
    return panel(
        table(title, heads, rows, tuple(heads)[1:]), html.P(t("sarpras.few"), className="p-muted"), title=title
    )


def _named(figures: ConditionFigures, name: str) -> Component:
    return html.Span([t(f"sarpras.{name}"), " ", _why(figures, ConditionFigure[name.upper()])])


def _times(heads: Mapping[str, str], what: Component, n: int, *seconds: float | None) -> html.Tr:
    f = fmt()
    median, p90, elapsed = (f.duration_short(value) for value in seconds)
    cells: dict[str, Any] = {"what": what, "n": f.number(n), "median": median, "p90": p90,
                             "elapsed_median": elapsed}  # fmt: skip
    return table_row(heads, cells, ("n", "median", "p90", "elapsed_median"))


def sessions_panel(figures: ConditionFigures) -> Component:
    """The sessions behind B5, the newest first."""
    title = t("sarpras.b5_title")
    if not figures.sessions:
        return panel(empty(t("sarpras.no_sessions"), "", "calendar-x"), title=title)
    heads = {name: t(f"sarpras.head_{name}") for name in ("session", "opd", "check", "b5")}
    newest = figures.sessions[::-1]
    rows = [_session(heads, one) for one in newest[:SHOWN]]
    note = t("sarpras.shown", shown=fmt().number(len(rows)), of=fmt().number(len(newest)))
    drawn = table(title, heads, rows[:OPENED]), _older(title, heads, rows[OPENED:])
    return panel(*drawn, title=title, note=note, beside=_why(figures, ConditionFigure.B5))


def _older(title: str, heads: Mapping[str, str], rows: Sequence[html.Tr]) -> Component | None:
    if not rows:
        return None
    summary = html.Summary(t("sarpras.older", count=fmt().number(len(rows)), n=len(rows)))
    return html.Details([summary, table(title, heads, rows)], className="sarpras-older")


def _session(heads: Mapping[str, str], one: SessionCheck) -> html.Tr:
    f = fmt()
    checked = f.date_short(f.local(one.checked_at).date()) if one.is_day_only else f.moment_short(one.checked_at)
    cells = {"session": html.Div([f.moment_short(one.start_at), html.Br(), html.Span(one.room, className="p-muted")]),
             "opd": one.opd or t("sarpras.no_letter"), "check": checked, "b5": _verdict(one)}  # fmt: skip
    return table_row(heads, cells)


def verdict_words(one: SessionCheck) -> str:
    """What B5 says of a session."""
    if one.checked_at is None:
        return t("sarpras.b5_unchecked")
    return t("sarpras.b5_good") if one.is_good else t("sarpras.b5_bad")


def _verdict(one: SessionCheck) -> Component:
    if one.checked_at is None:
        return pill(Tone.MUTED, "question-circle", verdict_words(one))
    return pill(*((Tone.GOOD, "check-lg") if one.is_good else (Tone.LATE, "x-lg")), verdict_words(one))


def supplies_panel(figures: ConditionFigures, faults: Sequence[Incident], now: int) -> Component:
    """What is used up: when it will be gone, and what that rests on."""
    items = [(room.room, item.item) for room in figures.rooms for item in room.items]
    found, title = supplies(items, faults, now), t("sarpras.supplies_title")
    if not found:
        return panel(empty(t("sarpras.no_supplies"), "", "box-seam"), title=title)
    heads = {name: t(f"sarpras.head_{name}") for name in ("item", "left", "rests")}
    return panel(table(title, heads, [_supply(heads, one) for one in found]), title=title)


def _supply(heads: Mapping[str, str], one: Supply) -> html.Tr:
    item = html.Div([one.item, html.Br(), html.Span(one.room, className="p-muted")])
    left = html.Span([_left(one), " ", why(why_supply(one.room, one.item), one.item)])
    return table_row(heads, {"item": item, "left": left, "rests": rests_words(one)})


def _left(one: Supply) -> Component | str:
    if one.is_out:
        return pill(Tone.LATE, "x-lg", t("sarpras.out"))
    if one.days_left is None:
        return t("sarpras.not_known")
    if one.days_left < 0:
        return pill(Tone.NEAR, "hourglass-split", t("sarpras.any_day"))
    return t("sarpras.days_left", days=fmt().number(round(one.days_left)))


def rests_words(one: Supply) -> str:
    """What a forecast rests on."""
    f = fmt()
    if len(one.lasted) < FEWEST_TIMES:
        return t("sarpras.needs_more", times=f.number(len(one.lasted)), fewest=f.number(FEWEST_TIMES))
    days = "; ".join(f.number(round(value)) for value in one.lasted[-5:])  # a comma would read as a decimal
    return t("sarpras.rests_on", times=f.number(len(one.lasted)), days=days)
