"""The four headline figures of the compliance page."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import Tone, kpi, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from dashboard.pages.shared.request_links import Behind, cases_behind, letters_behind
from dashboard.pages.shared.why_links import why_letters, why_step
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import change, lateness
from etl.figures.compliance.steps import SlaFigures
from etl.figures.requests.period import LetterKind


def headlines(figures: SlaFigures, sop: SopVersion) -> list[Component]:
    """Steps on time, letters on time, receipt to ready, the largest source of lateness."""
    return [_steps_kpi(figures), _requests_kpi(figures), _ready_kpi(figures), _lateness_kpi(figures, sop)]


def _steps_kpi(figures: SlaFigures) -> Component:
    one, f = figures.all_steps, fmt()
    if one.share is None or one.interval is None:
        return kpi(t("sla.kpi_steps"), t("word.none"), note=t("sla.nothing"))
    parts = [
        t("sla.kpi_steps_note", met=f.number(one.met), n=f.number(one.n), interval=f.interval(*one.interval)),
        _change_words(figures),
    ]
    return kpi(
        t("sla.kpi_steps"),
        percent_words(one.share),
        note=" · ".join(part for part in parts if part),
        tone=share_tone(one.share, one.n),
        href=cases_behind(figures.filter, figures.office_steps, Behind.JUDGED),
        beside=why(why_step(figures.filter, ALL_STEPS), t("sla.kpi_steps")),
    )


def _change_words(figures: SlaFigures) -> str:
    """Up or down by so many points since the period before, and whether chance alone could do that."""
    found = change(figures)
    if found is None:
        return t("sla.change_none")
    f = fmt()
    points = f.number(abs(found.difference) * 100, 0)
    before = f.period(figures.previous_period.first, figures.previous_period.last)
    key = "up" if found.difference > 0 else "down"
    words = t("sla.change_same", before=before) if points == "0" else t(f"sla.change_{key}", n=points, before=before)
    return f"{words} ({t('sla.within_chance')})" if found.is_within_chance else words


def _requests_kpi(figures: SlaFigures) -> Component:
    one, f = figures.requests, fmt()
    if one.share is None or one.interval is None:
        return kpi(t("sla.kpi_requests"), t("word.none"), note=t("sla.nothing"))
    note = t(
        "sla.kpi_requests_note", on_time=f.number(one.on_time), n=f.number(one.n), interval=f.interval(*one.interval)
    )
    if one.unknown:
        note += " · " + t("sla.kpi_requests_unknown", count=f.number(one.unknown))
    address = letters_behind(figures.filter, LetterKind.JUDGED)
    beside = why(why_letters(figures.filter), t("sla.kpi_requests"))
    return kpi(t("sla.kpi_requests"), f.percent(one.share, 0), note=note, href=address, beside=beside)


def _ready_kpi(figures: SlaFigures) -> Component:
    one, f = figures.requests, fmt()
    standard = t(
        "sla.kpi_ready_standard",
        path=f.duration_short(one.ready_target_seconds),
        series=f.duration_short(one.ready_series_seconds),
    )
    if one.ready_median_seconds is None:
        reason = t("sla.kpi_ready_few", count=f.number(one.ready_n)) if one.ready_n else t("sla.nothing")
        return kpi(t("sla.kpi_ready"), t("word.none"), note=f"{reason} · {standard}")
    note = t("sla.kpi_ready_note", count=f.number(one.ready_n)) + " · " + standard
    beside = why(why_letters(figures.filter, Figure.READY), t("sla.kpi_ready"))
    return kpi(t("sla.kpi_ready"), f.duration_short(one.ready_median_seconds), note=note, beside=beside)


def _lateness_kpi(figures: SlaFigures, sop: SopVersion) -> Component:
    parts = lateness(figures)
    if not parts:
        reason = t("sla.no_lateness") if figures.all_steps.n else t("sla.nothing")
        return kpi(t("sla.kpi_lateness"), t("word.none"), note=reason)
    worst = parts[0]
    note = t("sla.kpi_lateness_note", name=sop.step(worst.step).short_name, share=fmt().percent(worst.share, 0))
    address = cases_behind(figures.filter, worst.step, Behind.LATE)
    beside = why(why_step(figures.filter, worst.step, Figure.LATENESS), t("sla.kpi_lateness"))
    return kpi(t("sla.kpi_lateness"), worst.step, note=note, tone=Tone.LATE, href=address, beside=beside)
