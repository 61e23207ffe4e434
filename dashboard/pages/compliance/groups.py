"""The same shares by role and by agency: where help is needed, never a ranking of persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, with_query
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, share_bar, why_number, with_why
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from dashboard.printed.step_columns import file_columns, minutes_cell
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import Agency, RoleFigure, roles
from etl.figures.compliance.steps import SlaFigures
from etl.figures.period import SlaFilter
from etl.sheet_files import share_cell

Group = TypeVar("Group", RoleFigure, Agency)


class _Scope(NamedTuple):
    """What a row counts: the steps whose cases are listed, how an explanation names them, the row's name, and whether
    they are the office's own steps."""

    filter: SlaFilter
    steps: tuple[str, ...]
    explained: str
    name: str
    is_office: bool = True


def roles_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a role, all its steps together."""
    title = t("sla.roles_title")
    listed = table(title, role_columns(figures), roles(figures, sop), "sla-coverage")
    return panel(listed, title=title, note=t("sla.roles_note"))


def agencies_panel(figures: SlaFigures, agencies: tuple[Agency, ...]) -> html.Section:
    """One row an agency: the office's steps for its letters, and its own time."""
    title, note = t("sla.agencies_title"), t("sla.agencies_note")
    if not agencies:
        return panel(empty(t("sla.nothing")), title=title, note=note)
    listed = table(title, agency_columns(figures), agencies, "sla-coverage sla-agencies")
    return panel(listed, title=title, note=note, class_name="sla-tall")


def role_columns(figures: SlaFigures) -> list[Column[RoleFigure]]:
    """Roles on the screen and in the file."""

    office = set(figures.version.office_steps)

    def scope(row: RoleFigure) -> _Scope:
        return _Scope(figures.filter, row.steps, ",".join(row.steps), row.actor, office.issuperset(row.steps))

    def name(row: RoleFigure) -> list[Component]:
        return [html.Strong(row.actor), html.Small(f" {', '.join(row.steps)}", className="p-muted")]

    return [
        Column("role", t("sla.role"), name, lambda row: row.actor, is_name=True),
        Column("steps", t("word.step"), value=lambda row: ", ".join(row.steps)),
        *_counted(scope),
    ]


def agency_columns(figures: SlaFigures) -> list[Column[Agency]]:
    """Agencies on the screen and in the file."""
    steps, version = figures.office_steps, figures.version

    def scope(row: Agency) -> _Scope:
        return _Scope(replace(figures.filter, opd=row.opd), steps, ALL_STEPS, row.opd)

    def name(row: Agency) -> Component:
        return link(row.opd, _narrowed(scope(row).filter), "sla-quiet-link sla-opd")

    return [
        Column("opd", t("word.opd"), name, lambda row: row.opd, is_name=True),
        *_counted(scope),
        Column("own_n", t("sla.export_own_n"), value=lambda row: row.own_n),
        Column("own_met", t("sla.export_own_met"), value=lambda row: row.own_met),
        Column(
            "own", t("sla.own_time"), lambda row: _own_time(scope(row).filter, row, version),
            lambda row: share_cell(row.own_share), "num",
        ),
    ]  # fmt: skip


def _counted(scope: Callable[[Group], _Scope]) -> list[Column[Group]]:
    """The columns of both tables: what was judged of a group's steps."""

    def count(n: int, behind: Behind, row: Group) -> Component | str:
        its = scope(row)
        return count_link(n, requests_behind(its.filter, its.steps, behind)) if its.steps else "0"

    return [
        Column("n", t("sla.count"), lambda row: count(row.n, Behind.JUDGED, row), lambda row: row.n, "num"),
        Column("share", t("sla.share"), lambda row: _share(row, scope(row)), class_name="sla-share-cell"),
        *file_columns("met"),
        Column("late", t("sla.late"), lambda row: count(row.late, Behind.LATE, row), lambda row: row.late, "num"),
        Column("over", t("sla.over"), lambda row: _over(row, scope(row)), class_name="num"),
        *file_columns("share", "low", "high"),
        Column(
            "coverage", t("sla.coverage"), lambda row: _coverage(row, scope(row)),
            lambda row: share_cell(row.coverage), "num",
        ),
        Column("over_minutes", t("sla.export_over"), value=lambda row: minutes_cell(row.over_seconds)),
    ]  # fmt: skip


def _share(group: RoleFigure | Agency, scope: _Scope) -> Component | str:
    """The share in time with the way to what it was counted from."""
    drawn = share_bar(group.share, group.interval, group.met, group.n)
    return with_why(drawn, group.share, why_step(scope.filter, scope.explained), f"{t('sla.share')}, {scope.name}")


def _coverage(group: RoleFigure | Agency, scope: _Scope) -> Component | str:
    """How much could be judged, which leads to what could and what could not."""
    address = why_step(scope.filter, scope.explained, Figure.COVERAGE)
    words, of = fmt().percent(group.coverage, 0), f"{t('sla.coverage')}, {scope.name}"
    return why_number(words, address, of, is_known=group.coverage is not None)


def _over(group: RoleFigure | Agency, scope: _Scope) -> Component | str:
    """Time over the target, which leads to the late steps; plain for an agency's own steps, outside the office's."""
    if not group.over_seconds:
        return t("word.none")
    address = why_step(scope.filter, scope.explained, Figure.LATENESS)
    words, of = fmt().duration_short(group.over_seconds), f"{t('sla.over')}, {scope.name}"
    return why_number(words, address, of, is_known=scope.is_office)


def _own_time(filter_: SlaFilter, agency: Agency, version: SopVersion) -> Component | str:
    """The agency's own steps in time: percent and part, which leads to them."""
    if not agency.own_n:
        return t("word.none")
    f, own = fmt(), tuple(code for code in version.opd_steps if not filter_.steps or code in filter_.steps)
    words = t("sla.own_share", share=f.percent(agency.own_share, 0), met=f.number(agency.own_met))
    share = why_number(words, why_step(filter_, ",".join(own)), f"{t('sla.own_time')}, {agency.opd}")
    return html.Span([share, " ", count_link(agency.own_n, requests_behind(filter_, own, Behind.JUDGED))])


def _narrowed(filter_: SlaFilter) -> str:
    """This page for one agency."""
    part = {"bagian": filter_.steps[0][0]} if filter_.steps else {}
    first, last = filter_.period.first, filter_.period.last
    return with_query("/kepatuhan", dari=first, sampai=last, opd=filter_.opd, ruang=filter_.room, **part)
