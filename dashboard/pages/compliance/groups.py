"""The same shares by role and by agency: where help is needed, never a ranking of persons."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, share_bar, small_row, small_table, why_number, with_why
from dashboard.pages.compliance.table import office_steps
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from etl.domain.sop.versions import OPD_STEPS, SopVersion
from etl.figures.compliance.detail import Agency
from etl.figures.compliance.evidence import Figure
from etl.figures.compliance.reading import RoleFigure, roles
from etl.figures.compliance.steps import ALL_STEPS, SlaFigures
from etl.figures.period import SlaFilter

_ROLE_HEADS = (
    ("sla.role", ""),
    ("sla.count", "num"),
    ("sla.share", "sla-share-cell"),
    ("sla.late", "num"),
    ("sla.over", "num"),
    ("sla.coverage", "num"),
)
_OPD_HEADS = (
    ("word.opd", ""),
    ("sla.count", "num"),
    ("sla.share", "sla-share-cell"),
    ("sla.late", "num"),
    ("sla.over", "num"),
    ("sla.coverage", "num"),
    ("sla.own_time", "num"),
)


def roles_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a role, all its steps together."""
    rows = [_role(figures, one) for one in roles(figures, sop)]
    title = t("sla.roles_title")
    return panel(small_table(title, _ROLE_HEADS, rows), title=title, note=t("sla.roles_note"))


def _role(figures: SlaFigures, one: RoleFigure) -> html.Tr:
    asked = figures.filter
    name = [html.Strong(one.actor), html.Small(f" {', '.join(one.steps)}", className="p-muted")]
    cells = (
        ("sla.count", "num", count_link(one.n, requests_behind(asked, one.steps, Behind.JUDGED))),
        ("sla.share", "sla-share-cell", _explained(one, asked, ",".join(one.steps), one.actor)),
        ("sla.late", "num", count_link(one.late, requests_behind(asked, one.steps, Behind.LATE))),
        ("sla.over", "num", _over(one, asked, ",".join(one.steps), one.actor)),
        ("sla.coverage", "num", _coverage(one, asked, ",".join(one.steps), one.actor)),
    )
    return small_row(name, cells)


def _explained(one: RoleFigure | Agency, asked: SlaFilter, steps: str, of: str) -> Component | str:
    """The share in time with the way to what it was counted from."""
    drawn = share_bar(one.share, one.interval, one.met, one.n)
    return with_why(drawn, one.share, why_step(asked, steps), f"{t('sla.share')}, {of}")


def _coverage(one: RoleFigure | Agency, asked: SlaFilter, steps: str, of: str) -> Component | str:
    """How much could be judged, which leads to what could and what could not."""
    address = why_step(asked, steps, Figure.COVERAGE)
    words = fmt().percent(one.coverage, 0)
    return why_number(words, address, f"{t('sla.coverage')}, {of}", is_known=one.coverage is not None)


def _over(one: RoleFigure | Agency, asked: SlaFilter, steps: str, of: str) -> Component | str:
    """Time over the target, which leads to the late steps; plain for an agency's own steps, outside the office's."""
    if not one.over_seconds:
        return t("word.none")
    is_office = not OPD_STEPS.intersection(steps.split(","))
    address = why_step(asked, steps, Figure.LATENESS)
    return why_number(fmt().duration_short(one.over_seconds), address, f"{t('sla.over')}, {of}", is_known=is_office)


def agencies_panel(figures: SlaFigures, agencies: tuple[Agency, ...]) -> html.Section:
    """One row an agency: the office's steps for its letters, and beside them its own time."""
    title, note = t("sla.agencies_title"), t("sla.agencies_note")
    if not agencies:
        return panel(empty(t("sla.nothing")), title=title, note=note)
    steps = office_steps(figures)
    table = small_table(title, _OPD_HEADS, [_agency(figures.filter, one, steps) for one in agencies], "sla-agencies")
    return panel(table, title=title, note=note, class_name="sla-tall")


def _agency(asked: SlaFilter, one: Agency, steps: tuple[str, ...]) -> html.Tr:
    its = replace(asked, opd=one.opd)
    cells = (
        ("sla.count", "num", count_link(one.n, requests_behind(its, steps, Behind.JUDGED)) if steps else "0"),
        ("sla.share", "sla-share-cell", _explained(one, its, ALL_STEPS, one.opd)),
        ("sla.late", "num", count_link(one.late, requests_behind(its, steps, Behind.LATE)) if steps else "0"),
        ("sla.over", "num", _over(one, its, ALL_STEPS, one.opd)),
        ("sla.coverage", "num", _coverage(one, its, ALL_STEPS, one.opd)),
        ("sla.own_time", "num", _own_time(its, one)),
    )
    return small_row(link(one.opd, _narrowed(its), "sla-quiet-link sla-opd"), cells)


def _own_time(its: SlaFilter, one: Agency) -> Component | str:
    """The agency's own steps in time: percent and part, which leads to them."""
    if not one.own_n:
        return t("word.none")
    f, own = fmt(), tuple(code for code in ("A1", "B1") if not its.steps or code in its.steps)
    words = t("sla.own_share", share=f.percent(one.own_share, 0), met=f.number(one.own_met))
    share = why_number(words, why_step(its, ",".join(own)), f"{t('sla.own_time')}, {one.opd}")
    return html.Span([share, " ", count_link(one.own_n, requests_behind(its, own, Behind.JUDGED))])


def _narrowed(its: SlaFilter) -> str:
    """This page for one agency."""
    part = {"bagian": its.steps[0][0]} if its.steps else {}
    return with_query("/kepatuhan", dari=its.period.first, sampai=its.period.last, opd=its.opd, ruang=its.room, **part)
