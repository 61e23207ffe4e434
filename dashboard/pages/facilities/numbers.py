"""The numbers of the Sarpras page and of its files: headlines, times, checks by session, supplies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import Kpi, Tone, empty, panel, pill, why
from dashboard.components.tables import Column, number_column, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.view import FacilitiesView, file_column, hours, local, moment_cell, shown_column
from dashboard.pages.shared.links import why_sarpras, why_supply
from etl.domain.statistics import Pair
from etl.figures.facilities.checks import SessionCheck
from etl.figures.facilities.incidents import FEWEST_TIMES, Supply
from etl.figures.facilities.period import ConditionFigure, Restoring, Times
from etl.sheet_files import Cell, Sheet, share_cell

OPENED, SHOWN = 8, 60
"""Sessions at once, and with those that are folded away."""


def headlines(view: FacilitiesView) -> list[Kpi]:
    """Five figures, each with what it is made of."""
    f, checks, first, faults = fmt(), view.figures.b5, view.figures.first_use, view.figures.restoring
    restore = faults.restore
    since = f.moment_or_day(faults.oldest_open_at, is_exact=faults.is_oldest_exact)
    oldest = t("sarpras.oldest", moment=since) if faults.oldest_open_at else ""
    coverage = t("sarpras.coverage", checked=f.number(checks.checked), held=f.number(checks.held))
    good = _shares(checks.good, checks.checked, checks.interval)
    checked_first = _shares(first.checked, first.days, first.interval)
    tone = Tone.LATE if faults.open else Tone.PLAIN
    return [
        _kpi(view, ConditionFigure.OPEN, f.number(faults.open), oldest, tone),
        _kpi(view, ConditionFigure.RESTORE, f.duration_short(restore.median_working_seconds), _restored(restore)),
        _kpi(view, ConditionFigure.B5, f.percent(checks.share), good),
        _kpi(view, ConditionFigure.COVERAGE, f.percent(checks.coverage), coverage),
        _kpi(view, ConditionFigure.FIRST, f.percent(first.share), checked_first),
    ]


def _kpi(view: FacilitiesView, figure: ConditionFigure, value: str, note: str, tone: Tone = Tone.PLAIN) -> Kpi:
    return Kpi(t(f"sarpras.kpi_{figure.name.lower()}"), value, note=note, tone=tone, beside=_why(view, figure))


def _restored(faults: Times) -> str:
    if not faults.n:
        return t("word.no_data")
    f = fmt()
    elapsed = t("sarpras.elapsed", time=f.duration_short(faults.median_elapsed_seconds))
    return f"{t('sarpras.n', n=f.number(faults.n))} · {elapsed}"


def _why(view: FacilitiesView, figure: ConditionFigure) -> Component:
    return why(why_sarpras(view.filter, figure), t(f"sarpras.kpi_{figure.name.lower()}"))


def _shares(part: int, whole: int, interval: Pair | None) -> str:
    if not whole:
        return t("word.no_data")
    f = fmt()
    low, high = interval or (None, None)
    return t("sarpras.of", part=f.number(part), whole=f.number(whole), interval=f.interval(low, high))


def figures_sheet(view: FacilitiesView) -> Sheet:
    """The headline figures with their parts; a share has its interval of 95 %."""
    b5, first, faults = view.figures.b5, view.figures.first_use, view.figures.restoring
    restore = faults.restore
    keys = ("what", "count", "n", "share", "low", "high", "middle")
    rows: tuple[tuple[Cell, ...], ...] = (
        (t("sarpras.kpi_open"), faults.open, None, None, None, None, None),
        (t("sarpras.kpi_restore"), None, restore.n, None, None, None, hours(restore.median_working_seconds)),
        (t("sarpras.kpi_b5"), b5.good, b5.checked, share_cell(b5.share), *_ends(b5.interval), None),
        (t("sarpras.kpi_coverage"), b5.checked, b5.held, share_cell(b5.coverage), None, None, None),
        (t("sarpras.kpi_first"), first.checked, first.days, share_cell(first.share), *_ends(first.interval), None),
    )
    return Sheet(t("sarpras.file_figures"), tuple(t(f"sarpras.column_{key}") for key in keys), rows)


def _ends(interval: Pair | None) -> tuple[Cell, Cell]:
    low, high = interval or (None, None)
    return share_cell(low), share_cell(high)


TimesRow = tuple[str, Times]
"""Respond or restore, and how long it took in the period."""


def times_panel(view: FacilitiesView) -> Component:
    """Time to respond and to restore: n, middle, 90th percentile, working and elapsed."""
    rows, title = times_of(view.figures.restoring), t("sarpras.times_title")
    if not any(times.n for _, times in rows):
        return panel(empty(t("sarpras.no_times"), t("sarpras.no_times_hint"), "stopwatch"), title=title)
    drawn = table(title, times_columns(view), rows, "intake-table")
    return panel(drawn, html.P(t("sarpras.few"), className="p-muted"), title=title)


def times_of(faults: Restoring) -> tuple[TimesRow, TimesRow]:
    """One row for the first answer to a fault, one for its end."""
    return ("respond", faults.respond), ("restore", faults.restore)


def times_columns(view: FacilitiesView) -> list[Column[TimesRow]]:
    """Of the table and of the sheet of times."""

    def name(row: TimesRow) -> Component:
        return html.Span([t(f"sarpras.{row[0]}"), " ", _why(view, ConditionFigure[row[0].upper()])])

    return [
        shown_column("what", name),
        file_column("what", lambda row: t(f"sarpras.{row[0]}")),
        number_column("n", t("sarpras.head_n"), lambda row: row[1].n),
        *_seconds_columns("middle", lambda row: row[1].median_working_seconds),
        *_seconds_columns("p90", lambda row: row[1].p90_working_seconds),
        *_seconds_columns("elapsed_middle", lambda row: row[1].median_elapsed_seconds),
    ]


def _seconds_columns(key: str, of: Callable[[TimesRow], float | None]) -> list[Column[TimesRow]]:
    return [
        shown_column(key, lambda row: fmt().duration_short(of(row)), "num"),
        file_column(key, lambda row: hours(of(row))),
    ]


def sessions_panel(view: FacilitiesView) -> Component:
    """The sessions with their checks, the newest first."""
    title, newest = t("sarpras.b5_title"), view.figures.sessions[::-1]
    if not newest:
        return panel(empty(t("sarpras.no_sessions"), "", "calendar-x"), title=title)
    shown, older = newest[:OPENED], newest[OPENED:SHOWN]
    note = t("sarpras.shown", shown=fmt().number(len(shown) + len(older)), of=fmt().number(len(newest)))
    drawn = table(title, session_columns(), shown, "intake-table")
    return panel(drawn, _older(title, older), title=title, note=note, beside=_why(view, ConditionFigure.B5))


def _older(title: str, rows: Sequence[SessionCheck]) -> Component | None:
    if not rows:
        return None
    summary = html.Summary(t("sarpras.older", count=fmt().number(len(rows)), n=len(rows)))
    return html.Details([summary, table(title, session_columns(), rows, "intake-table")], className="sarpras-older")


def session_columns() -> list[Column[SessionCheck]]:
    """Of the table and of the sheet of sessions with their checks."""
    return [
        shown_column("session", _session),
        file_column("start", lambda session: local(session.start_at)),
        file_column("end", lambda session: local(session.end_at)),
        file_column("room", lambda session: session.room),
        text_column("opd", t("sarpras.head_opd"), lambda session: session.opd or t("sarpras.no_letter")),
        Column(
            "check",
            t("sarpras.head_check"),
            lambda session: fmt().moment_or_day(session.checked_at, is_exact=not session.is_day_only),
            lambda session: moment_cell(session.checked_at, is_exact=not session.is_day_only),
        ),
        Column("b5", t("sarpras.head_b5"), _verdict, verdict_words),
    ]


def _session(session: SessionCheck) -> Component:
    room = html.Span(session.room, className="p-muted")
    return html.Div([fmt().moment_short(session.start_at), html.Br(), room])


def verdict_words(session: SessionCheck) -> str:
    """What the check of a session says."""
    if session.checked_at is None:
        return t("sarpras.b5_unchecked")
    return t("sarpras.b5_good") if session.is_good else t("sarpras.b5_bad")


def _verdict(session: SessionCheck) -> Component:
    if session.checked_at is None:
        return pill(Tone.MUTED, "question-circle", verdict_words(session))
    return pill(*((Tone.GOOD, "check-lg") if session.is_good else (Tone.LATE, "x-lg")), verdict_words(session))


def supplies_panel(view: FacilitiesView) -> Component:
    """What is used up: when it will be gone, and what that rests on."""
    title = t("sarpras.supplies_title")
    if not view.supplies:
        return panel(empty(t("sarpras.no_supplies"), "", "box-seam"), title=title)
    return panel(table(title, supply_columns(), view.supplies, "intake-table"), title=title)


def supply_columns() -> list[Column[Supply]]:
    """Of the table and of the sheet of supplies."""

    def item(supply: Supply) -> Component:
        return html.Div([supply.item, html.Br(), html.Span(supply.room, className="p-muted")])

    def left(supply: Supply) -> Component:
        return html.Span([_left(supply), " ", why(why_supply(supply.room, supply.item), supply.item)])

    return [
        file_column("room", lambda supply: supply.room),
        Column("item", t("sarpras.head_item"), item, lambda supply: supply.item),
        file_column("days", _days_left),
        Column("left", t("sarpras.head_left"), left, _left_words),
        text_column("rests", t("sarpras.head_rests"), rests_words),
    ]


def _days_left(supply: Supply) -> int | None:
    return None if supply.is_out or supply.days_left is None else round(supply.days_left)


def _left_words(supply: Supply) -> str | None:
    """What no number of days says; None where one does."""
    if supply.is_out:
        return t("sarpras.out")
    if supply.days_left is None:
        return t("sarpras.not_known")
    return t("sarpras.any_day") if supply.days_left < 0 else None


def _left(supply: Supply) -> Component | str:
    words = _left_words(supply)
    if words is None:
        return t("sarpras.days_left", days=fmt().number(_days_left(supply)))
    if not supply.is_out and supply.days_left is None:
        return words
    return pill(*((Tone.LATE, "x-lg") if supply.is_out else (Tone.NEAR, "hourglass-split")), words)


def rests_words(supply: Supply) -> str:
    """What a forecast rests on."""
    f = fmt()
    if len(supply.lasted) < FEWEST_TIMES:
        return t("sarpras.needs_more", times=f.number(len(supply.lasted)), fewest=f.number(FEWEST_TIMES))
    days = "; ".join(f.number(round(value)) for value in supply.lasted[-5:])  # a comma would read as a decimal
    return t("sarpras.rests_on", times=f.number(len(supply.lasted)), days=days)
