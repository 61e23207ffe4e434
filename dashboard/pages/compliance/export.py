"""The compliance page as files: what is on the screen, with period, filters, moment and rules written in it.

GET /kepatuhan/unduh.xlsx?…       the address's own filters; one worksheet a panel
GET /kepatuhan/unduh.csv?…        the same tables below each other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.components.tables import Column, sheet
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.background import compare_columns, lateness_columns
from dashboard.pages.compliance.cells import step_words
from dashboard.pages.compliance.control import usual_step
from dashboard.pages.compliance.detail import agency_columns, order_columns, role_columns
from dashboard.pages.shared.exports import as_one_csv, as_xlsx, sent
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.monitoring_rule import rule_words
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.words import without_words
from dashboard.printed.step_columns import STEP_COLUMNS, counts_of_checks, file_columns, minutes_cell
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, PERCENTILE_KEYS, Figure
from etl.figures.compliance.reading import (
    ControlChart,
    ControlPoint,
    comparisons,
    control_chart,
    lateness,
    order_rows,
    roles,
    sla_detail,
)
from etl.figures.compliance.steps import RequestFigure, SlaFigures, sla_figures
from etl.figures.facilities.checks import B5, b5_figure
from etl.figures.requests.period import ReadyFigure
from etl.office import Office
from etl.sheet_files import Cell, Sheet

PATH = "/kepatuhan/unduh"

Row = tuple[Cell, ...]


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route."""

    @server.get(f"{PATH}.<kind>", endpoint="sla_file")
    @door(Door.PAGE, Page.KEPATUHAN, gives="export")
    def sla_file(kind: str) -> Response:
        if kind not in ("xlsx", "csv"):
            abort(404)
        return _sent(office, request.args.to_dict(), kind, now())


def _sent(office: Office, query: Mapping[str, str], kind: str, now: int) -> Response:
    filter_ = asked_sla_filter(query, office_today(office, now))
    sheets = exported(office, query, now)
    name = f"kepatuhan-{filter_.period.first}-{filter_.period.last}.{kind}"
    return sent(as_xlsx(sheets) if kind == "xlsx" else as_one_csv(sheets), name)


def exported(office: Office, query: Mapping[str, str], now: int) -> list[Sheet]:
    """The panels as tables; FilterError or AddressError, in words, for what cannot be asked."""
    filter_ = asked_sla_filter(query, office_today(office, now))
    figures, detail = sla_figures(office, filter_, now), sla_detail(office, filter_, now)
    sop = figures.version
    chart = control_chart(office, filter_, now, query.get("kendali") or usual_step(sop))
    return [
        _about(figures),
        _steps(figures, sop, checks_of(office, figures)),
        _letters(figures),
        _months(figures),
        sheet(t("sla.export_compare"), compare_columns(figures, sop), comparisons(figures)),
        sheet(t("sla.export_lateness"), lateness_columns(figures, sop, detail.waits), lateness(figures)),
        sheet(t("sla.order_title"), order_columns(figures, sop), order_rows(figures, detail.order)),
        sheet(t("sla.export_roles"), role_columns(figures), roles(figures, sop)),
        sheet(t("sla.export_agencies"), agency_columns(figures), detail.agencies),
        _control(chart),
    ]


def _about(figures: SlaFigures) -> Sheet:
    """What the figures are of, at which moment, by which rules."""
    f, filter_ = fmt(), figures.filter
    before = figures.previous_period
    rows: tuple[Row, ...] = (
        (t("word.period"), f.period(filter_.period.first, filter_.period.last)),
        (t("word.from"), filter_.period.first.isoformat()),
        (t("word.to"), filter_.period.last.isoformat()),
        (t("sla.export_as_of"), f.moment(figures.as_of)),
        (t("word.opd"), filter_.opd or t("word.all_opd")),
        (t("word.room"), filter_.room or t("word.all_rooms")),
        (t("word.step"), ", ".join(filter_.steps) or t("word.all_steps")),
        (t("flag.heading"), without_words(filter_) or t("sla.without_none")),
        (t("sla.export_sop"), figures.sop),
        (t("sla.export_before"), f.period(before.first, before.last)),
        (t("sla.export_rule"), t("sla.period_rule")),
        (t("sla.export_share"), t("sla.export_share_rule")),
        (t("sla.letters_title"), t("sla.letters_rule")),
        (t("sla.ready_title"), t("sla.ready_rule")),
        (t("sla.compare_title"), t("sla.within_chance_rule")),
        (t("sla.control_title"), t("sla.control_rule")),
        (t("sla.export_legend"), t("sla.legend", **rule_words())),
    )
    return Sheet(t("sla.export_about"), (t("sla.export_name"), t("sla.export_value")), rows)


def checks_of(office: Office, figures: SlaFigures) -> B5:
    """What the checks say of the sessions in the same period, room and agency."""
    filter_ = figures.filter
    return b5_figure(office, filter_.period, figures.as_of, room=filter_.room, opd=filter_.opd)


def _steps(figures: SlaFigures, sop: SopVersion, checks: B5) -> Sheet:
    """One row a step; of the one judged by checks what they count stands in the places of its verdicts."""
    checked = sop.step_with(Meaning.CHECKED)
    rows = [dict(vars(step), name=step_words(step.step, sop)) for step in figures.steps]
    for row in rows:
        if row["step"] == checked and row["target_seconds"] is None:
            row |= {**counts_of_checks(vars(checks)), "name": f"{row['name']} ({t('sla.counts_checks')})"}
    together = {**vars(figures.all_steps), **dict.fromkeys(PERCENTILE_KEYS), "step": "", "name": t("sla.all_steps")}
    named = {"step": "word.step", "name": "sla.export_name", "actor": "sla.role"}
    return sheet(t("sla.export_steps"), [*_plain_columns(named), *file_columns()], [*rows, together])


def _plain_columns(heads: Mapping[str, str]) -> list[Column[Mapping[str, Any]]]:
    """Columns of a file that hold what their rows have under these names, with the keys of their heads."""
    return [Column(name, t(key), value=itemgetter(name)) for name, key in heads.items()]


def _letters(figures: SlaFigures) -> Sheet:
    """Whole letters and letters ready before their event, then what is in neither share."""
    letters, ready = figures.requests, figures.ready
    head = (t("sla.export_name"), *(t(STEP_COLUMNS[name].file) for name in ("n", "met", *_SHARE, *_BASIS)))
    counted = (
        ("RECEIVED", letters.received), ("RUNNING", letters.running), ("LATE", letters.late),
        ("UNKNOWN", letters.unknown), ("AFTER", ready.after), ("UNSURE", ready.unknown),
        ("UNBOOKED", ready.unbooked), ("UNRECORDED", ready.unrecorded),
    )  # fmt: skip
    rows: list[Row] = [
        (t("sla.kpi_requests"), letters.n, letters.on_time, *_cells(letters, *_SHARE, *_BASIS)),
        (t("sla.ready_title"), ready.n, ready.before, *_cells(ready, *_SHARE), *_NO_BASIS),
        *((t(f"cases.letters_{name}"), count, *_NO_SHARE) for name, count in counted),
        (t("sla.export_ready_minutes"), letters.ready_n, minutes_cell(letters.ready_median_seconds), *_NO_SHARE[1:]),
    ]
    return Sheet(t("sla.export_letters"), head, tuple(rows))


_SHARE, _BASIS = ("share", "low", "high"), ("coverage", "worst", "best")
_NO_BASIS = (None,) * len(_BASIS)
_NO_SHARE = (None, *(None for _ in _SHARE), *_NO_BASIS)
"""Cells of a count that is in no share."""


def _cells(counted: RequestFigure | ReadyFigure, *names: str) -> Row:
    """A share, the ends of its interval, and what it rests on."""
    return tuple(STEP_COLUMNS[name].cell(counted) for name in names)


def _months(figures: SlaFigures) -> Sheet:
    """One row a month and step."""
    named = _plain_columns({"month": "sla.export_month", "step": "word.step"})
    rows = (
        {"step": t("sla.all_steps") if step == ALL_STEPS else step, **vars(point)}
        for step, points in figures.trend.items()
        for point in points
    )
    return sheet(t("sla.heat_title"), [*named, *file_columns("n", "met", "share")], rows)


def _control(chart: ControlChart) -> Sheet:
    levels = {name: minutes_cell(getattr(chart, name)) for name in ("centre", "lower", "upper")}
    named = _plain_columns({"step": "word.step", "month": "sla.export_month"})
    ends = _plain_columns({name: f"sla.export_{name}" for name in (*levels, "signal")})
    rows = ({"step": chart.step, **levels, **vars(point), "signal": _signals(point)} for point in chart.points)
    return sheet(t("sla.export_control"), [*named, *file_columns("n", Figure.MEDIAN), *ends], rows)


def _signals(point: ControlPoint) -> str:
    signals = (("sla.control_beyond", point.is_beyond), ("sla.control_run", point.is_run))
    return ", ".join(t(key) for key, is_there in signals if is_there)
