"""The compliance page as files: what is on the screen, with period, filters, moment and rules written in it.

GET /kepatuhan/unduh.xlsx?…       the address's own filters; one worksheet a panel
GET /kepatuhan/unduh.csv?…        the same tables below each other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.components.tables import Column, sheet
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import end_cell, minutes_cell, step_words
from dashboard.pages.compliance.compare import compare_columns
from dashboard.pages.compliance.control import usual_step
from dashboard.pages.compliance.groups import agency_columns, role_columns
from dashboard.pages.compliance.lateness import lateness_columns
from dashboard.pages.compliance.order import order_columns, order_rows
from dashboard.pages.shared.exports import as_one_csv, as_xlsx, sent
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.monitoring_rule import rule_words
from dashboard.pages.shared.page_request import office_today
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import Pair
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.reading import (
    ControlChart,
    ControlPoint,
    comparisons,
    control_chart,
    lateness,
    roles,
    sla_detail,
)
from etl.figures.compliance.steps import SlaFigures, StepFigure, TrendPoint, sla_figures
from etl.figures.facilities.period import B5, b5_figure
from etl.sheet_files import Cell, Sheet, share_cell

if TYPE_CHECKING:
    from etl.office import Office

PATH = "/kepatuhan/unduh"

Row = tuple[Cell, ...]


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route."""

    @server.get(f"{PATH}.<kind>", endpoint="sla_file")
    @door(Door.PAGE, Page.KEPATUHAN)
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


def _judged_by_checks(step: StepFigure, sop: SopVersion) -> bool:
    return step.step == sop.step_with(Meaning.CHECKED) and step.target_seconds is None


def _of_checks(step: StepFigure, checks: B5) -> StepFigure:
    """The step judged by checks: sessions checked, in good condition and not, as what was judged of it."""
    return replace(
        step, n=checks.checked, met=checks.good, late=checks.checked - checks.good, overdue=0, share=checks.share,
        interval=checks.interval, coverage=checks.coverage,
    )  # fmt: skip


def _steps(figures: SlaFigures, sop: SopVersion, checks: B5) -> Sheet:
    rows = (_of_checks(step, checks) if _judged_by_checks(step, sop) else step for step in figures.steps)
    together = replace(figures.all_steps, p10_seconds=None, median_seconds=None, p90_seconds=None)
    return sheet(t("sla.export_steps"), _step_columns(sop), (*rows, together))


def _step_columns(sop: SopVersion) -> list[Column[StepFigure]]:
    def name(row: StepFigure) -> str:
        words = step_words(row.step, sop)
        return f"{words} ({t('sla.counts_checks')})" if _judged_by_checks(row, sop) else words

    return [
        Column("step", t("word.step"), value=lambda row: "" if row.step == ALL_STEPS else row.step),
        Column("name", t("sla.export_name"), value=name),
        Column("actor", t("sla.role"), value=lambda row: row.actor),
        Column("target", t("sla.export_target"), value=lambda row: minutes_cell(row.target_seconds)),
        Column("n", t("sla.count"), value=lambda row: row.n),
        Column("met", t("sla.export_met"), value=lambda row: row.met),
        Column("late", t("verdict.LATE"), value=lambda row: row.late),
        Column("overdue", t("verdict.OVERDUE"), value=lambda row: row.overdue),
        Column("share", t("sla.export_part"), value=lambda row: share_cell(row.share)),
        Column("low", t("sla.export_low"), value=lambda row: end_cell(row.interval, 0)),
        Column("high", t("sla.export_high"), value=lambda row: end_cell(row.interval, 1)),
        Column("coverage", t("sla.coverage"), value=lambda row: share_cell(row.coverage)),
        Column("worst", t("sla.export_worst"), value=lambda row: end_cell(row.bounds, 0)),
        Column("best", t("sla.export_best"), value=lambda row: end_cell(row.bounds, 1)),
        Column("p10", t("sla.export_p10"), value=lambda row: minutes_cell(row.p10_seconds)),
        Column("median", t("sla.export_median"), value=lambda row: minutes_cell(row.median_seconds)),
        Column("p90", t("sla.export_p90"), value=lambda row: minutes_cell(row.p90_seconds)),
        Column("on_track", t("verdict.ON_TRACK"), value=lambda row: row.on_track),
        Column("at_risk", t("verdict.AT_RISK"), value=lambda row: row.at_risk),
        Column("not_started", t("verdict.NOT_STARTED"), value=lambda row: row.not_started),
        Column("skipped", t("verdict.SKIPPED"), value=lambda row: row.skipped),
        Column("unmeasurable", t("verdict.UNMEASURABLE"), value=lambda row: sum(row.unmeasurable.values())),
        Column("not_applicable", t("verdict.NOT_APPLICABLE"), value=lambda row: row.not_applicable),
        Column("no_target", t("verdict.NO_TARGET"), value=lambda row: row.no_target),
        Column("recorded", t("sla.export_recorded"), value=lambda row: row.recorded_starts),
        Column("handed_over", t("sla.export_handed_over"), value=lambda row: row.handover_starts),
        Column("handover", t("sla.handover"), value=lambda row: share_cell(row.handover_share)),
        Column("output", t("sla.output_recorded"), value=lambda row: share_cell(row.output_recorded["share"])),
        Column("output_n", t("sla.output_recorded_n"), value=lambda row: row.output_recorded["n"]),
        Column("output_absent", t("sla.output_recorded_absent"), value=lambda row: row.output_recorded["absent"]),
    ]


def _letters(figures: SlaFigures) -> Sheet:
    """Whole letters and letters ready before their event, then what is in neither share."""
    letters, ready = figures.requests, figures.ready
    head = tuple(
        t(f"sla.{name}") for name in ("export_name", "count", "export_met", "export_part", "export_low", "export_high")
    )
    counted = (
        ("RECEIVED", letters.received), ("RUNNING", letters.running), ("LATE", letters.late),
        ("UNKNOWN", letters.unknown), ("AFTER", ready.after), ("UNSURE", ready.unknown),
        ("UNBOOKED", ready.unbooked), ("UNRECORDED", ready.unrecorded),
    )  # fmt: skip
    rows: list[Row] = [
        (t("sla.kpi_requests"), letters.n, letters.on_time, *_share_cells(letters.share, letters.interval)),
        (t("sla.ready_title"), ready.n, ready.before, *_share_cells(ready.share, ready.interval)),
        *((t(f"cases.letters_{name}"), count, None, None, None, None) for name, count in counted),
        (t("sla.export_ready_minutes"), letters.ready_n, minutes_cell(letters.ready_median_seconds), None, None, None),
    ]
    return Sheet(t("sla.export_letters"), head, tuple(rows))


def _share_cells(share: float | None, interval: Pair | None) -> Row:
    return share_cell(share), end_cell(interval, 0), end_cell(interval, 1)


class _StepMonth(NamedTuple):
    step: str
    point: TrendPoint


def _months(figures: SlaFigures) -> Sheet:
    """One row a month and step."""
    columns: list[Column[_StepMonth]] = [
        Column("month", t("sla.export_month"), value=lambda row: row.point.month),
        Column("step", t("word.step"), value=lambda row: t("sla.all_steps") if row.step == ALL_STEPS else row.step),
        Column("n", t("sla.count"), value=lambda row: row.point.n),
        Column("met", t("sla.export_met"), value=lambda row: row.point.met),
        Column("share", t("sla.export_part"), value=lambda row: share_cell(row.point.share)),
    ]
    rows = (_StepMonth(step, point) for step, points in figures.trend.items() for point in points)
    return sheet(t("sla.heat_title"), columns, rows)


def _control(chart: ControlChart) -> Sheet:
    centre, lower, upper = (minutes_cell(level) for level in (chart.centre, chart.lower, chart.upper))
    columns: list[Column[ControlPoint]] = [
        Column("step", t("word.step"), value=lambda _: chart.step),
        Column("month", t("sla.export_month"), value=lambda row: row.month),
        Column("n", t("sla.count"), value=lambda row: row.n),
        Column("median", t("sla.export_median"), value=lambda row: minutes_cell(row.median_seconds)),
        Column("centre", t("sla.export_centre"), value=lambda _: centre),
        Column("lower", t("sla.export_lower"), value=lambda _: lower),
        Column("upper", t("sla.export_upper"), value=lambda _: upper),
        Column("signal", t("sla.export_signal"), value=_signals),
    ]
    return sheet(t("sla.export_control"), columns, chart.points)


def _signals(point: ControlPoint) -> str:
    signals = (("sla.control_beyond", point.is_beyond), ("sla.control_run", point.is_run))
    return ", ".join(t(key) for key, is_there in signals if is_there)
