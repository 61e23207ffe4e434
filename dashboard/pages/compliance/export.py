"""The compliance page as files: what is on the screen, with period, filters, moment and rules written in it.

GET /kepatuhan/unduh.xlsx?…       the address's own filters; one worksheet a panel
GET /kepatuhan/unduh.csv?…        the same tables below each other
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.control import DEFAULT_STEP
from dashboard.pages.shared import period_filter
from dashboard.pages.shared.exports import as_one_csv, as_xlsx, sent
from dashboard.pages.shared.monitoring_rule import rule_words
from dashboard.pages.shared.page_request import office_today
from etl.domain.sop.versions import BY_CHECKS, SopVersion
from etl.domain.units import MINUTE
from etl.figures.compliance.control import ControlChart, control_chart
from etl.figures.compliance.detail import SlaDetail, sla_detail
from etl.figures.compliance.reading import READY, REQUESTS, comparisons, lateness, roles
from etl.figures.compliance.steps import ALL_STEPS, SlaFigures, StepFigure, sla_figures
from etl.figures.facilities.period import B5, b5_figure
from etl.sheet_files import Cell, Share, Sheet

if TYPE_CHECKING:
    from etl.office import Office

PATH = "/kepatuhan/unduh"

Row = tuple[Cell, ...]
Interval = tuple[float, float] | None


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route."""

    @server.get(f"{PATH}.<kind>", endpoint="sla_file")
    @door(Door.PAGE, Page.KEPATUHAN)
    def sla_file(kind: str) -> Response:
        if kind not in ("xlsx", "csv"):
            abort(404)
        return _sent(office, request.args.to_dict(), kind, now())


def _sent(office: Office, query: Mapping[str, str], kind: str, now: int) -> Response:
    asked = period_filter.asked_filter(query, office_today(office, now))
    sheets = exported(office, query, now)
    name = f"kepatuhan-{asked.period.first}-{asked.period.last}.{kind}"
    return sent(as_xlsx(sheets) if kind == "xlsx" else as_one_csv(sheets), name)


def exported(office: Office, query: Mapping[str, str], now: int) -> list[Sheet]:
    """The panels as tables; FilterError or AddressError, in words, for what cannot be asked."""
    asked = period_filter.asked_filter(query, office_today(office, now))
    figures, detail = sla_figures(office, asked, now), sla_detail(office, asked, now)
    chart = control_chart(office, asked, now, query.get("kendali") or DEFAULT_STEP)
    sop = office.sop.version_for(figures.filter.period.last)
    return [
        _about(figures),
        _steps(figures, sop, _checks(office, figures)),
        _letters(figures),
        _months(figures),
        _compared(figures, sop),
        _lateness(figures, sop, detail),
        _order(figures, sop, detail),
        _roles(figures, sop),
        _agencies(detail),
        _control(chart),
    ]


def _about(figures: SlaFigures) -> Sheet:
    """What the figures are of, at which moment, by which rules."""
    f, asked = fmt(), figures.filter
    before = figures.previous_period
    rows: tuple[Row, ...] = (
        (t("word.period"), f.period(asked.period.first, asked.period.last)),
        (t("word.from"), asked.period.first.isoformat()),
        (t("word.to"), asked.period.last.isoformat()),
        (t("sla.export_as_of"), f.moment(figures.as_of)),
        (t("word.opd"), asked.opd or t("word.all_opd")),
        (t("word.room"), asked.room or t("word.all_rooms")),
        (t("word.step"), ", ".join(asked.steps) or t("word.all_steps")),
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


def _share(value: float | None) -> Share | None:
    return None if value is None else Share(value)


def _ends(interval: Interval) -> tuple[Share | None, Share | None]:
    return (None, None) if interval is None else (Share(interval[0]), Share(interval[1]))


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / MINUTE, 2)


def _name(code: str, sop: SopVersion) -> str:
    return t("sla.all_steps") if code == ALL_STEPS else sop.step(code).short_name


def _head(*keys: str) -> tuple[str, ...]:
    return tuple(t(key) for key in keys)


def _checks(office: Office, figures: SlaFigures) -> B5:
    asked = figures.filter
    return b5_figure(office, asked.period, figures.as_of, room=asked.room, opd=asked.opd)


def _steps(figures: SlaFigures, sop: SopVersion, checks: B5) -> Sheet:
    head = _head(
        "word.step", "sla.export_name", "sla.role", "sla.export_target", "sla.count", "sla.export_met", "verdict.LATE",
        "verdict.OVERDUE", "sla.export_part", "sla.export_low", "sla.export_high", "sla.coverage", "sla.export_worst",
        "sla.export_best", "sla.export_p10", "sla.export_median", "sla.export_p90", "verdict.ON_TRACK",
        "verdict.AT_RISK", "verdict.NOT_STARTED", "verdict.SKIPPED", "verdict.UNMEASURABLE", "verdict.NOT_APPLICABLE",
        "verdict.NO_TARGET", "sla.export_recorded", "sla.export_handed_over", "sla.handover",
    )  # fmt: skip
    rows = (
        _checked(one, sop, checks) if one.step == BY_CHECKS and one.target_seconds is None else _step(one, sop)
        for one in (*figures.steps, figures.all_steps)
    )
    return Sheet(t("sla.export_steps"), head, tuple(rows))


def _step(one: StepFigure, sop: SopVersion) -> Row:
    code = "" if one.step == ALL_STEPS else one.step
    lengths = (one.p10_seconds, one.median_seconds, one.p90_seconds)
    if one.step == ALL_STEPS:
        lengths = (None, None, None)
    return (
        code, _name(one.step, sop), one.actor, _minutes(one.target_seconds), one.n, one.met, one.late, one.overdue,
        _share(one.share), *_ends(one.interval), _share(one.coverage), *_ends(one.bounds),
        *(_minutes(seconds) for seconds in lengths), one.on_track, one.at_risk, one.not_started, one.skipped,
        sum(one.unmeasurable.values()), one.not_applicable, one.no_target, one.recorded_starts, one.handover_starts,
        _share(one.handover_share),
    )  # fmt: skip


def _checked(one: StepFigure, sop: SopVersion, checks: B5) -> Row:
    """The step judged by checks: sessions checked, in good condition and not, in the columns of the judged steps."""
    code, name, actor, target, *_ = _step(one, sop)
    told = (
        code, f"{name} ({t('sla.counts_checks')})", actor, target, checks.checked, checks.good,
        checks.checked - checks.good, 0, _share(checks.share), *_ends(checks.interval), _share(checks.coverage),
    )  # fmt: skip
    return (*told, *_step(one, sop)[len(told) :])


def _letters(figures: SlaFigures) -> Sheet:
    letters, ready = figures.requests, figures.ready
    head = _head(
        "sla.export_name", "sla.count", "sla.export_met", "sla.export_part", "sla.export_low", "sla.export_high"
    )
    counted = (
        ("RECEIVED", letters.received), ("RUNNING", letters.running), ("LATE", letters.late),
        ("UNKNOWN", letters.unknown), ("AFTER", ready.after), ("UNSURE", ready.unknown),
        ("UNBOOKED", ready.unbooked), ("UNRECORDED", ready.unrecorded),
    )  # fmt: skip
    rows: list[Row] = [
        (t("sla.kpi_requests"), letters.n, letters.on_time, _share(letters.share), *_ends(letters.interval)),
        (t("sla.ready_title"), ready.n, ready.before, _share(ready.share), *_ends(ready.interval)),
        *((t(f"cases.letters_{name}"), count, None, None, None, None) for name, count in counted),
        (t("sla.export_ready_minutes"), letters.ready_n, _minutes(letters.ready_median_seconds), None, None, None),
    ]
    return Sheet(t("sla.export_letters"), head, tuple(rows))


def _months(figures: SlaFigures) -> Sheet:
    """One row a month and step."""
    head = _head("sla.export_month", "word.step", "sla.count", "sla.export_met", "sla.export_part")
    rows = (
        (point.month, t("sla.all_steps") if code == ALL_STEPS else code, point.n, point.met, _share(point.share))
        for code, points in figures.trend.items()
        for point in points
    )
    return Sheet(t("sla.heat_title"), head, tuple(rows))


def _compared(figures: SlaFigures, sop: SopVersion) -> Sheet:
    head = _head(
        "sla.compare_what", "sla.export_now_part", "sla.export_now_n", "sla.compare_now", "sla.export_before_part",
        "sla.export_before_n", "sla.compare_before", "sla.compare_difference", "sla.export_low", "sla.export_high",
        "sla.compare_verdict",
    )  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in comparisons(figures):
            is_whole = one.what in (ALL_STEPS, REQUESTS, READY)
            yield (
                t(f"sla.compare_{one.what}") if is_whole else f"{one.what} {_name(one.what, sop)}",
                one.part,
                one.n,
                _share(one.part / one.n) if one.n else None,
                one.earlier_part,
                one.earlier_n,
                _share(one.earlier_part / one.earlier_n) if one.earlier_n else None,
                _share(one.difference),
                *_ends(one.interval),
                _verdict(one.difference, one.is_within_chance),
            )

    return Sheet(t("sla.export_compare"), head, tuple(rows()))


def _verdict(difference: float | None, is_chance: bool | None) -> str:
    if difference is None:
        return t("sla.compare_none")
    return t("sla.within_chance") if is_chance else t("sla.compare_up" if difference > 0 else "sla.compare_down")


def _lateness(figures: SlaFigures, sop: SopVersion, detail: SlaDetail) -> Sheet:
    head = _head(
        "word.step", "sla.export_name", "sla.late_cases", "sla.export_over", "sla.part_of_all", "sla.cumulative",
        "sla.export_wait_n", "sla.export_waiting", "sla.export_working",
    )  # fmt: skip
    waits = {one.step: one for one in detail.waits}

    def row(step: str, *cells: Cell) -> Row:
        wait = waits.get(step)
        if wait is None:
            return (step, _name(step, sop), *cells, None, None, None)
        means = (_minutes(seconds / wait.n) for seconds in (wait.waiting_seconds, wait.working_seconds))
        return (step, _name(step, sop), *cells, wait.n, *means)

    rows = (
        row(one.step, one.late, _minutes(one.over_seconds), Share(one.share), Share(one.cumulative))
        for one in lateness(figures)
    )
    return Sheet(t("sla.export_lateness"), head, tuple(rows))


def _order(figures: SlaFigures, sop: SopVersion, detail: SlaDetail) -> Sheet:
    head = _head("word.step", "sla.export_name", "sla.order_skipped", "sla.order_early", "sla.order_repeated")
    rows: list[Row] = [
        (one.step, _name(one.step, sop), one.skipped, one.out_of_order, one.returned) for one in figures.steps
    ]
    order = detail.order
    rows.append(("", t("sla.order_letters"), order.skipped, order.out_of_order, order.repeated))
    return Sheet(t("sla.order_title"), head, tuple(rows))


_GROUP = ("sla.count", "sla.export_met", "sla.late", "sla.export_part", "sla.export_low", "sla.export_high",
          "sla.coverage", "sla.export_over")  # fmt: skip


def _roles(figures: SlaFigures, sop: SopVersion) -> Sheet:
    rows = (
        (one.actor, ", ".join(one.steps), one.n, one.met, one.late, _share(one.share), *_ends(one.interval),
         _share(one.coverage), _minutes(one.over_seconds))
        for one in roles(figures, sop)
    )  # fmt: skip
    return Sheet(t("sla.export_roles"), _head("sla.role", "word.step", *_GROUP), tuple(rows))


def _agencies(detail: SlaDetail) -> Sheet:
    rows = (
        (one.opd, one.n, one.met, one.late, _share(one.share), *_ends(one.interval), _share(one.coverage),
         _minutes(one.over_seconds), one.own_n, one.own_met, _share(one.own_share))
        for one in detail.agencies
    )  # fmt: skip
    own = ("sla.export_own_n", "sla.export_own_met", "sla.own_time")
    return Sheet(t("sla.export_agencies"), _head("word.opd", *_GROUP, *own), tuple(rows))


def _control(chart: ControlChart) -> Sheet:
    limits = tuple(_minutes(level) for level in (chart.centre, chart.lower, chart.upper))
    rows = (
        (chart.step, one.month, one.n, _minutes(one.median_seconds), *limits, _signal(one.is_beyond, one.is_run))
        for one in chart.points
    )
    head = _head(
        "word.step", "sla.export_month", "sla.count", "sla.export_median", "sla.export_centre", "sla.export_lower",
        "sla.export_upper", "sla.export_signal",
    )  # fmt: skip
    return Sheet(t("sla.export_control"), head, tuple(rows))


def _signal(is_beyond: bool, is_run: bool) -> str:
    words = [t("sla.control_beyond")] if is_beyond else []
    return ", ".join([*words, t("sla.control_run")] if is_run else words)
