"""What is seen last: were the steps done in their order, the shares by role and by agency (where help is needed, never
a ranking of persons), and how much of the steps could be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import (
    count_link,
    only_step,
    share_bar,
    step_name,
    step_words,
    why_number,
    with_why,
)
from dashboard.pages.shared.links import KEPATUHAN, Behind, filtered_address, requests_behind, why_button, why_step
from dashboard.pages.shared.words import flag_chip
from dashboard.printed.step_columns import STEP_COLUMNS, file_columns, minutes_cell, unflagged_words
from etl.domain.compliance.suspicion import MARKS
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Flag
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import Agency, Order, OrderRow, RoleFigure, order_rows, roles
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.filter import SlaFilter
from etl.reference.steps import STEP_CODES
from etl.sheet_files import share_cell


def order_panel(figures: SlaFigures, sop: SopVersion, order: Order) -> html.Section:
    """Counts by step, below them the letters concerned; in words when all went in order."""
    title, note = t("sla.order_title"), t("sla.order_note")
    if not order.letters:
        return panel(empty(t("sla.order_none"), icon_name="check2-circle"), title=title, note=note)
    rows = [row for row in order_rows(figures, order) if not row.step or row.skipped + row.out_of_order + row.repeated]
    listed = table(title, order_columns(figures, sop), rows, "sla-coverage", _row_properties)
    rule = html.P(t("sla.order_rule", count=order.letters), className="sla-note")
    line = t("sla.order_line", count=fmt().number(order.letters), n=order.letters)
    return panel(listed, rule, title=title, note=note, folded=line)


def _row_properties(row: OrderRow) -> dict[str, Any]:
    return {} if row.step else {"className": "is-whole"}


def order_columns(figures: SlaFigures, sop: SopVersion) -> list[Column[OrderRow]]:
    """One row a step and one of the letters, on the screen and in the file."""

    def counted(name: str, head: str, behind: Behind | None = None, flag: Flag | None = None) -> Column[OrderRow]:
        """How many there are of one kind, with the way to their cases."""

        def cell(row: OrderRow) -> Component | str:
            steps, named = row.step or figures.filter.steps or STEP_CODES, flag.word if flag else None
            return count_link(getattr(row, name), requests_behind(figures.filter, steps, behind, named))

        return Column(name, t(head), cell, attrgetter(name), "num")

    return [
        Column(
            "step",
            t("word.step"),
            lambda row: step_name(row.step, sop) if row.step else html.Strong(t("sla.order_letters")),
            lambda row: row.step,
            is_name=True,
        ),
        Column(
            "name",
            t("sla.export_name"),
            value=lambda row: step_words(row.step, sop) if row.step else t("sla.order_letters"),
        ),
        counted("skipped", "sla.order_skipped", Behind.SKIPPED),
        counted("out_of_order", "sla.order_early", flag=Flag.OUT_OF_ORDER),
        counted("repeated", "sla.order_repeated", flag=Flag.RETURNED),
    ]


Group = TypeVar("Group", RoleFigure, Agency)


class _Scope(NamedTuple):
    """What a row counts: the steps whose cases are listed, how an explanation names them, the row's name, and whether
    they are the office's own steps."""

    filter: SlaFilter
    steps: tuple[str, ...]
    explained: str
    name: str
    is_office: bool = True

    def cases(self, n: int, behind: Behind) -> Component | str:
        """A count that leads to its cases."""
        return count_link(n, requests_behind(self.filter, self.steps, behind)) if self.steps else "0"

    def explain(self, words: str, key: str, figure: Figure, *, is_known: bool) -> Component | str:
        """A number that leads to what it was made from; `key` is the name of its column."""
        address = why_step(self.filter, self.explained, figure)
        return why_number(words, address, f"{t(key)}, {self.name}", is_known=is_known)


def roles_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a role, all its steps together."""
    title = t("sla.roles_title")
    shown = roles(figures, sop)
    listed = table(title, role_columns(figures), shown, "sla-coverage")
    line = t("sla.roles_line", count=fmt().number(len(shown)), n=len(shown))
    return panel(listed, title=title, note=t("sla.roles_note"), folded=line)


def agencies_panel(figures: SlaFigures, agencies: tuple[Agency, ...]) -> html.Section:
    """One row an agency: the office's steps for its letters, and its own time."""
    title, note = t("sla.agencies_title"), t("sla.agencies_note")
    if not agencies:
        return panel(empty(t("sla.nothing")), title=title, note=note)
    listed = table(title, agency_columns(figures), agencies, "sla-coverage sla-agencies")
    line = t("sla.agencies_line", count=fmt().number(len(agencies)), n=len(agencies))
    return panel(listed, title=title, note=note, class_name="sla-tall", folded=line)


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
        return link(row.opd, filtered_address("/kepatuhan", scope(row).filter), "sla-quiet-link sla-opd")

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
    f = fmt()

    def share(row: Group) -> Component | str:
        drawn, its = share_bar(row.share, row.interval, row.met, row.n), scope(row)
        return with_why(drawn, row.share, why_step(its.filter, its.explained), f"{t('sla.share')}, {its.name}")

    def over(row: Group) -> Component | str:
        """Plain for an agency's own steps, outside the office's."""
        if not row.over_seconds:
            return t("word.none")
        words, its = f.duration_short(row.over_seconds), scope(row)
        return its.explain(words, "sla.over", Figure.LATENESS, is_known=its.is_office)

    def coverage(row: Group) -> Component | str:
        words, is_known = f.percent(row.coverage), row.coverage is not None
        return scope(row).explain(words, "sla.coverage", Figure.COVERAGE, is_known=is_known)

    return [
        Column("n", t("sla.count"), lambda row: scope(row).cases(row.n, Behind.JUDGED), lambda row: row.n, "num"),
        Column("share", t("sla.share"), share, class_name="sla-share-cell"),
        *file_columns("met"),
        Column("late", t("sla.late"), lambda row: scope(row).cases(row.late, Behind.LATE), lambda row: row.late, "num"),
        Column("over", t("sla.over"), over, class_name="num"),
        *file_columns("share", "low", "high"),
        Column("coverage", t("sla.coverage"), coverage, lambda row: share_cell(row.coverage), "num"),
        Column("over_minutes", t("sla.export_over"), value=lambda row: minutes_cell(row.over_seconds)),
    ]


def _own_time(filter_: SlaFilter, agency: Agency, version: SopVersion) -> Component | str:
    """The agency's own steps in time: percent and part, which leads to them."""
    if not agency.own_n:
        return t("word.none")
    f, own = fmt(), tuple(code for code in version.opd_steps if not filter_.steps or code in filter_.steps)
    words = t("sla.own_share", share=f.percent(agency.own_share), met=f.number(agency.own_met))
    share = why_number(words, why_step(filter_, ",".join(own)), f"{t('sla.own_time')}, {agency.opd}")
    return html.Span([share, " ", count_link(agency.own_n, requests_behind(filter_, own, Behind.JUDGED))])


def coverage_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """How much of the steps could be judged, and the flags on them."""
    known = (only_step(figures) or figures.all_steps).coverage
    line = f"{t('sla.coverage')} {t('word.none') if known is None else fmt().percent(known)}"
    title, note = t("sla.coverage_title"), t("sla.coverage_note")
    return panel(coverage_table(figures, sop), title=title, note=note, folded=line)


def coverage_table(figures: SlaFigures, sop: SopVersion) -> html.Div:
    """One row a step: coverage with bounds, what could not be measured, what runs, starts, flags; below it the flags
    by kind."""
    rows = [step for step in figures.steps if step.target_seconds is not None]
    listed = table(t("sla.coverage_title"), _coverage_columns(figures, sop), rows, "sla-coverage is-wide")
    return html.Div([listed, *_flags_by_kind(figures)])


def _coverage_columns(figures: SlaFigures, sop: SopVersion) -> list[Column[StepFigure]]:
    return [
        Column("step", t("word.step"), lambda row: step_name(row.step, sop), is_name=True),
        _explained("coverage", figures),
        _explained("bounds", figures),
        _in_words("unjudged", figures, Behind.UNJUDGED, _reasons),
        _in_words("running", figures, Behind.RUNNING, _running),
        Column("starts", t("sla.starts"), _starts),
        _explained("handover", figures),
        Column("flags", t("flag.heading"), lambda row: _flags(figures, row), class_name="sla-flags"),
    ]


def _explained(name: str, figures: SlaFigures) -> Column[StepFigure]:
    """A column whose values lead to what they were made from; where nothing is known only the coverage says why."""
    column = STEP_COLUMNS[name]

    def cell(step: StepFigure) -> list[Component | str]:
        words, figure = column.words(step, fmt()), column.value.figure
        if figure is None or (column.value.of(step) is None and figure is not Figure.COVERAGE):
            return [words]
        if figure is Figure.COVERAGE:
            return [words, why_button(figures.filter, step.step, figure)]
        name = f"{t(f'why.figure_{figure.name}')}, {step.step}"
        return [why_number(words, why_step(figures.filter, step.step, figure), name)]

    return Column(name, column.head, cell, class_name="num")


def _in_words(
    name: str, figures: SlaFigures, behind: Behind, told: Callable[[StepFigure], Sequence[str]]
) -> Column[StepFigure]:
    """A column of counts in words that lead to their cases."""

    def cell(step: StepFigure) -> Component | str:
        words, address = " · ".join(told(step)), requests_behind(figures.filter, step.step, behind)
        return link(words, address, "sla-quiet-link") if words else t("word.none")

    return Column(name, t(f"sla.{name}"), cell, class_name="sla-reasons")


def _reasons(step: StepFigure) -> list[str]:
    """ "jam tidak tercatat (2)", "dilewati (1)"; empty when everything could be judged."""
    counted = [(t(f"reason.{reason}"), n) for reason, n in Counter(step.unmeasurable).most_common()]
    counted.append((t("verdict.SKIPPED").lower(), step.skipped))
    return [f"{words} ({fmt().number(n)})" for words, n in counted if n]


def _running(step: StepFigure) -> list[str]:
    counts = (("verdict.ON_TRACK", step.on_track), ("verdict.AT_RISK", step.at_risk), ("verdict.OVERDUE", step.overdue))
    return [f"{fmt().number(n)} {t(key).lower()}" for key, n in counts if n]


def _starts(step: StepFigure) -> list[Component] | str:
    """How many were measured from a recorded start, how many from the hand-over."""
    f = fmt()
    counts = (("sla.recorded", step.recorded_starts), ("sla.handed_over", step.handover_starts))
    return [html.Div(t(key, count=f.number(n)), className="sla-start") for key, n in counts if n] or t("word.none")


def _flags(figures: SlaFigures, step: StepFigure) -> list[Component] | str:
    """ "12 dicatat menyusul", a line each, leading to the letters; last the share without them."""
    f, lines = fmt(), list[Component]()
    for name, n in step.flags.items():
        address = requests_behind(figures.filter, step.step, None, name)
        lines.append(link(f"{f.number(n)} {t(f'flag.{name.upper()}').lower()}", address, "sla-quiet-link"))
    if not lines:
        return t("word.none")
    return [*lines, html.Small(unflagged_words(step.without_flagged, f))] if step.n else lines


def _flags_by_kind(figures: SlaFigures) -> list[Component]:
    """Each flag with its count over the steps shown and its meaning."""
    counts: Counter[str] = Counter()
    for step in figures.steps:
        counts.update(step.flags)
    heading = html.H3([t("flag.heading"), html.Span(t("flag.note"), className="p-muted")], className="flag-heading")
    if not counts:
        return [heading, html.P(t("flag.none"), className="p-muted")]
    rows = [_flag_row(figures, flag, counts[flag.word]) for flag in MARKS if counts[flag.word]]
    return [heading, html.Dl(rows, className="flag-meanings")]


def _flag_row(figures: SlaFigures, flag: Flag, count: int) -> html.Div:
    words = t("flag.count", count=fmt().number(count), n=count)
    address = requests_behind(figures.filter, _part_of(figures.filter), None, flag.word)
    return html.Div(
        [
            html.Dt(flag_chip(flag)),
            html.Dd(link(words, address, "sla-quiet-link")),
            html.Dd([t(f"flag.why_{flag.name}"), *_without(figures, flag)]),
        ]
    )


def _without(figures: SlaFigures, flag: Flag) -> list[Component | str]:
    """The share of all steps of the office without those of a flag, which leads to the figures without them."""
    left = figures.all_steps.without_flagged["by_flag"].get(flag.word)
    if left is None:
        return []
    address = filtered_address(KEPATUHAN, replace(figures.filter, without=(flag.word,)))
    return [" ", link(f"{t('sla.all_steps')}: {unflagged_words(left, fmt())}", address, "sla-quiet-link")]


def _part_of(filter_: SlaFilter) -> str:
    """How an address names the steps of a filter: all, one, or a part."""
    steps = filter_.steps
    return steps[0] if len(steps) == 1 else steps[0][0] if steps else ""
