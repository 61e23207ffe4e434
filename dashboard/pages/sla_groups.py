"""The same shares by role and by agency: where help is needed, never a ranking of persons."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.case_links import Behind, cases_behind
from dashboard.pages.sla_parts import count_link, share_bar, small_row, small_table, with_why
from dashboard.pages.sla_table import office_steps
from dashboard.pages.why_links import why_step
from etl.domain.sop import SopVersion
from etl.figures.period import SlaFilter
from etl.figures.sla import ALL_STEPS, SlaFigures
from etl.figures.sla_detail import Agency
from etl.figures.sla_reading import RoleFigure, roles

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
    f, asked = fmt(), figures.filter
    name = [html.Strong(one.actor), html.Small(f" {', '.join(one.steps)}", className="p-muted")]
    cells = (
        ("sla.count", "num", count_link(one.n, cases_behind(asked, one.steps, Behind.JUDGED))),
        ("sla.share", "sla-share-cell", _explained(one, asked, ",".join(one.steps), one.actor)),
        ("sla.late", "num", count_link(one.late, cases_behind(asked, one.steps, Behind.LATE))),
        ("sla.over", "num", f.duration_short(one.over_seconds) if one.over_seconds else t("word.none")),
        ("sla.coverage", "num", f.percent(one.coverage, 0)),
    )
    return small_row(name, cells)


def _explained(one: RoleFigure | Agency, asked: SlaFilter, steps: str, of: str) -> Component | str:
    """The share in time with the way to what it was counted from."""
    drawn = share_bar(one.share, one.interval, one.met, one.n)
    return with_why(drawn, one.share, why_step(asked, steps), f"{t('sla.share')}, {of}")


def agencies_panel(figures: SlaFigures, agencies: tuple[Agency, ...]) -> html.Section:
    """One row an agency: the office's steps for its letters, and beside them its own time."""
    title, note = t("sla.agencies_title"), t("sla.agencies_note")
    if not agencies:
        return panel(empty(t("sla.nothing")), title=title, note=note)
    steps = office_steps(figures)
    table = small_table(title, _OPD_HEADS, [_agency(figures.filter, one, steps) for one in agencies], "sla-agencies")
    return panel(table, title=title, note=note, class_name="sla-tall")


def _agency(asked: SlaFilter, one: Agency, steps: tuple[str, ...]) -> html.Tr:
    f, its = fmt(), replace(asked, opd=one.opd)
    cells = (
        ("sla.count", "num", count_link(one.n, cases_behind(its, steps, Behind.JUDGED)) if steps else "0"),
        ("sla.share", "sla-share-cell", _explained(one, its, ALL_STEPS, one.opd)),
        ("sla.late", "num", count_link(one.late, cases_behind(its, steps, Behind.LATE)) if steps else "0"),
        ("sla.over", "num", f.duration_short(one.over_seconds) if one.over_seconds else t("word.none")),
        ("sla.coverage", "num", f.percent(one.coverage, 0)),
        ("sla.own_time", "num", _own_time(its, one)),
    )
    return small_row(link(one.opd, _narrowed(its), "sla-quiet-link sla-opd"), cells)


def _own_time(its: SlaFilter, one: Agency) -> Component | str:
    """The agency's own steps in time: percent and part, which leads to them."""
    if not one.own_n:
        return t("word.none")
    f, own = fmt(), tuple(code for code in ("A1", "B1") if not its.steps or code in its.steps)
    words = t("sla.own_share", share=f.percent(one.own_share, 0), met=f.number(one.own_met))
    return html.Span([f"{words} ", count_link(one.own_n, cases_behind(its, own, Behind.JUDGED))])


def _narrowed(its: SlaFilter) -> str:
    """This page for one agency."""
    part = {"bagian": its.steps[0][0]} if its.steps else {}
    return with_query("/kepatuhan", dari=its.period.first, sampai=its.period.last, opd=its.opd, ruang=its.room, **part)
