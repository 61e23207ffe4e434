"""An explanation is data: what is explained, its parts one under the other, the rules. One function draws it.

Below stand the parts that several explanations share: days, figures beside each other, sessions and checks with where
they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import empty, link, page_head, panel
from dashboard.components.tables import Column, pager, pages_of, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import Crumbs, request_address
from dashboard.pages.shared.words import Place, opd_words, source_lines, without_words
from data_access.mart.facilities import check_places, session_places
from data_access.mart.requests import letters_named
from data_access.records import reading
from data_access.records.intake.views import loads_of_rows
from etl.domain.calendar.days import Interval
from etl.domain.facilities import FAULTS, Condition
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.detail import Source
from etl.figures.requests.step_days import PassDays, StepDay
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office

Member = TypeVar("Member", bound=StrEnum)
Rule = tuple[str, Sequence[Component | str]]
DAYS = 31
"""Days on one page."""

LONGEST = 800
"""Days of a period whose hours are looked up one by one."""


@dataclass(frozen=True)
class Fraction:
    """A figure and what it is equal to, with a sentence that says what it means."""

    value: str
    equals: Sequence[Component | str]
    meaning: str


@dataclass(frozen=True)
class Facts:
    """Keys of the catalogue and values."""

    title: str
    facts: Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Pages:
    """Which page (from 1) is shown of so many rows; `address` is that of a page."""

    page: int
    size: int
    total: int
    address: Callable[[int], str]
    is_always_shown: bool = True

    @property
    def first(self) -> int:
        """The number of the first row of the page, from 1."""
        return (self.page - 1) * self.size + 1

    def slice(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows of the page."""
        return rows[self.first - 1 : self.page * self.size]


def page_of(page: int, size: int, total: int, address: Callable[[int], str], *, is_always_shown: bool = True) -> Pages:
    """That page, or the last one when there are not so many."""
    return Pages(min(page, pages_of(total, size)), size, total, address, is_always_shown)


@dataclass(frozen=True)
class Rows:
    """A table. `foot`: rows that are none of the list, such as sums; `nothing` stands in its place without rows;
    `label` names it for who cannot see it. `more` follows after its pages."""

    title: str
    columns: Sequence[Column[Any]]
    rows: Sequence[Any]
    note: str | None = None
    label: str = ""
    foot: Sequence[html.Tr] = ()
    pages: Pages | None = None
    nothing: Component | None = None
    more: Sequence[Component] = ()
    class_name: str = "intake-table"
    row_properties: Callable[[Any], dict[str, Any]] = lambda _: {}


@dataclass(frozen=True)
class Explanation:
    """`subtitle` names the figure with period, agency and room; blank parts of it are left out. `parts` that are
    components are drawn already. `crumbs`: the way here, without the explanation itself."""

    subtitle: Sequence[str | None]
    parts: Sequence[Fraction | Facts | Rows | Component | None]
    rules: Sequence[Rule] = ()
    crumbs: Crumbs = field(default_factory=list)
    title: str = ""
    actions: Sequence[Component] = ()


def drawn(explanation: Explanation) -> Component:
    """Head, parts, rules."""
    subtitle = " · ".join(word for word in explanation.subtitle if word)
    crumbs = [*explanation.crumbs, (t("word.why"), None)] if explanation.crumbs else []
    head = page_head(explanation.title or t("word.why"), subtitle, explanation.actions, crumbs)
    rules = [_rules(explanation.rules)] if explanation.rules else []
    return html.Div([head, *(_part(part) for part in explanation.parts), *rules])


def _part(part: Any) -> Any:
    draw = _DRAWN.get(type(part))
    return draw(part) if draw else part


def _fraction(part: Fraction) -> Component:
    equals = html.Span("=", className="why-equals", **{"aria-hidden": "true"})
    line = html.Div([html.Strong(part.value, className="why-value"), equals, *part.equals], className="why-equation")
    return panel(line, html.P(part.meaning, className="why-meaning"))


def _facts(part: Facts) -> Component:
    facts = [html.Div([html.Dt(t(key)), html.Dd(words)]) for key, words in part.facts]
    return panel(html.Dl(facts, className="why-facts"), title=part.title)


def _rows(part: Rows) -> Component:
    if part.nothing is not None and not part.rows:
        return panel(part.nothing, title=part.title, note=part.note)
    label = part.label or part.title
    shown = table(label, part.columns, part.rows, part.class_name, part.row_properties, part.foot)
    return panel(shown, *_pager(part.pages), *part.more, title=part.title, note=part.note)


def _pager(pages: Pages | None) -> Iterable[Component]:
    if pages is not None and (pages.is_always_shown or pages.total > pages.size):
        yield pager(pages.page, pages.size, pages.total, pages.address)


def _rules(rules: Sequence[Rule]) -> Component:
    rows = [html.Div([html.Dt(name), html.Dd(list(words))]) for name, words in rules]
    return panel(html.Dl(rows, className="why-rules"), title=t("why.rules_title"))


_DRAWN: dict[type, Callable[[Any], Component]] = {Fraction: _fraction, Facts: _facts, Rows: _rows}


def rules_of(
    office: Office,
    as_of: int,
    *how: Component | str,
    sops: Sequence[SopVersion] = (),
    step: str | None = None,
    belongs: str = "",
    days: Period | None = None,
) -> list[Rule]:
    """By which versions of the SOP, with their target for a step; what belongs to a period; how it is counted, in
    sentences; the hours in force on some days; from which data. What is not given is left out."""
    lines = [html.Div(line) if isinstance(line, str) and len(how) > 1 else line for line in how]
    return [
        *([_sop_rule(sops, step)] if sops else []),
        *([(t("why.rule_period"), [belongs])] if belongs else []),
        (t("why.rule_accounting"), lines),
        *([_calendar_rule(office, days)] if days else []),
        _data_rule(office, as_of),
    ]


def _sop_rule(sops: Sequence[SopVersion], code: str | None) -> Rule:
    lines = [html.Div(_sop_words(sop, code)) for sop in sops]
    return t("why.rule_sop"), [*lines, html.Div(t("why.rule_sop_words"), className="p-muted")]


def _sop_words(sop: SopVersion, code: str | None) -> str:
    f = fmt()
    words = t("why.sop", number=sop.number, day=f.date_short(sop.effective_on))
    if code is None:
        return words
    target = sop.step(code).target_seconds
    limit = f.duration(target) if target is not None else t("sla.no_time")
    return f"{words} · {t('why.target', limit=limit)}"


def _calendar_rule(office: Office, days: Period) -> Rule:
    """The hours in force on these days with their sources, and the version of the settings."""
    calendar = office.calendar
    plans = calendar.plans(max(days.first, calendar.first), min(days.last, calendar.last))[-LONGEST:]
    hours = dict.fromkeys(
        (day.note, day.source, day.is_estimated) for day in plans if day.kind in ("open", "ramadan", "special")
    )
    version = office.book.version
    settings = t("why.settings", version=version) if version else t("why.settings_shipped")
    lines = [html.Div(_hours(*plan)) for plan in hours]
    return t("why.rule_calendar"), [*lines, html.Div([settings, " ", t("why.holidays")], className="p-muted")]


def _hours(name: str, source: str, is_estimated: bool) -> str:
    words = name if not source or source == name else f"{name} ({source})"
    return f"{words} · {t('why.estimated')}" if is_estimated else words


def _data_rule(office: Office, as_of: int) -> Rule:
    f, meta = fmt(), office.mart.read().meta
    load = t("why.load", load=f.number(meta.load_id), moment=f.moment_short(meta.built_at))
    return t("why.rule_data"), [
        html.Div(t("why.as_of", moment=f.moment(as_of))),
        html.Div(load, className="p-muted"),
    ]


def subtitle(what: str, filter_: SlaFilter | RoomsFilter) -> tuple[str | None, ...]:
    """What is explained, of which period, agency and room, and without which flagged steps."""
    without = without_words(filter_) if isinstance(filter_, SlaFilter) else None
    return what, fmt().period(filter_.period.first, filter_.period.last), filter_.opd, filter_.room, without


def member(text: str | None, otherwise: Member) -> Member:
    """The member of an enumeration that an address names; `otherwise` for any other word."""
    return next((word for word in type(otherwise) if word.value == text), otherwise)


def permanent(as_of: int) -> str:
    """A moment as an address holds it."""
    return datetime.fromtimestamp(as_of, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def span_rows(span: PassDays, page: int, address: Callable[[int], str], title: str = "") -> Rows:
    """A span of working time day by day, page by page: what decided the hours of each day and what of it counts; the
    last row is the whole span."""
    f = fmt()
    end = t("why.until_now", moment=f.moment_short(span.end)) if span.is_open else f.moment_short(span.end)
    pages, columns = page_of(page, DAYS, len(span.days), address, is_always_shown=False), _day_columns()
    length = html.Td(f.duration(span.seconds), className="num", **{"data-label": columns[-1].head})
    total = html.Th(t("why.total"), scope="row", colSpan=len(columns) - 1)
    return Rows(
        title=title or t("why.days_title"),
        label=t("why.days_title"),
        columns=columns,
        rows=pages.slice(span.days),
        foot=[html.Tr([total, length], className="is-sum")],
        note=f"{f.moment_short(span.begin)} – {end}",
        pages=pages,
        class_name="why-days",
        row_properties=lambda day: {"className": "" if day.counted else "is-closed"},
    )


def columns_of(prefix: str, cells: Mapping[str, Callable[[Any], Any]], *numbers: str) -> list[Column[Any]]:
    """Columns by the names of their cells, some of them numbers; the words of each are those of its name after a
    prefix."""
    return [
        Column(name, t(f"{prefix}{name}"), cell, class_name="num" if name in numbers else None)
        for name, cell in cells.items()
    ]


def _day_columns() -> list[Column[StepDay]]:
    f, none = fmt(), t("word.none")
    cells: dict[str, Callable[[StepDay], str]] = {
        "day": lambda day: f.date(day.plan.date),
        "what": _day_words,
        "open": lambda day: _spans(day.plan.intervals) or t("why.closed"),
        "break": lambda day: _spans(day.breaks) or none,
        "counted": lambda day: _spans(day.counted) or none,
        "paused": lambda day: f.duration(day.paused_seconds) if day.paused_seconds else none,
        "length": lambda day: f.duration(day.seconds),
    }
    name, *others = columns_of("why.day_", cells, "paused", "length")
    return [replace(name, is_name=True), *others]


def _day_words(day: StepDay) -> str:
    """What decided the day's hours: the decree, the holiday's name, the weekend."""
    kind = t(f"why.kind_{day.plan.kind}")
    words = f"{kind}: {day.plan.note}" if day.plan.note and day.plan.kind != "weekend" else kind
    return f"{words} ({t('why.estimated')})" if day.plan.is_estimated else words


def _spans(intervals: Sequence[Interval]) -> str:
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in intervals)


def _clock(seconds: int) -> str:
    """ "07.30" of the local day; with seconds where there are any."""
    hours, rest = divmod(seconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    point = t("why.clock_point")
    return f"{hours:02d}{point}{minutes:02d}" + (f"{point}{rest:02d}" if rest else "")


ROWS = 50
"""Rows on one page."""

Letter = tuple[int, str]
Lines = dict[int, list[Component]]


def session_lines(office: Office, ids: Sequence[int], user: Account) -> Lines:
    """Where each session is written; a way to its load for those who may see loads."""
    if not ids:
        return {}
    rows = session_places(office.mart.read(), ids)
    loads: dict[int, int] = {}
    if user.may(Page.DATA):
        with reading(office.records) as connection:
            loads = loads_of_rows(connection, "pemakaian", ids)
    return {row["id"]: _lines([{**row, "load_id": loads.get(row["id"])}], "pemakaian", user) for row in rows}


def check_lines(office: Office, ids: Iterable[int | None], user: Account) -> Lines:
    """Where every answer of a check is written, by the check's first answer."""
    return {check: _lines(rows, "kondisi", user) for check, rows in _answers(office, ids).items()}


def check_faults(office: Office, ids: Iterable[int | None]) -> dict[int, list[Component]]:
    """What is not good in a check, an item a line, by the check's first answer; what was not answered is not said."""
    return {
        check: [_fault(row) for row in rows if Condition(row["condition"]) in FAULTS]
        for check, rows in _answers(office, ids).items()
    }


def _fault(row: Mapping[str, Any]) -> Component:
    condition = t(f"condition.{row['condition']}")
    return html.Div(html.Small(f"{row['item']}: {condition}", className="p-muted"))


def _answers(office: Office, ids: Iterable[int | None]) -> dict[int, list[Mapping[str, Any]]]:
    """The answers of each check with where they are written, by the check's first answer."""
    known = sorted({id_ for id_ in ids if id_ is not None})
    by_check: dict[int, list[Mapping[str, Any]]] = {}
    for row in check_places(office.mart.read(), known) if known else ():
        by_check.setdefault(row["id"], []).append(row)
    return by_check


def report_line(row: Mapping[str, Any] | None, user: Account) -> list[Component] | str:
    """Where one report of a fault is written; a dash for none."""
    return t("word.none") if row is None else _lines([{**row, "id": 0}], "kondisi", user)


def _lines(rows: Sequence[Mapping[str, Any]], kind: str, user: Account) -> list[Component]:
    by_source = {Source(row["file"], row["sheet"], row["row"]): row for row in rows}
    may_see = user.may(Page.DATA)
    places = {
        source: Place(row["load_id"], kind, row["id"])
        for source, row in by_source.items()
        if may_see and row["load_id"] is not None
    }
    return source_lines(by_source, places)


def letters_of(office: Office, ids: Iterable[int | None]) -> dict[int, Letter]:
    """Year and agenda number of letters by request_id."""
    words = letters_named(office.mart.read(), (id_ for id_ in ids if id_ is not None))
    return {letter: (row["year"], row["agenda_number"]) for letter, row in words.items()}


def session_cell(start_at: int, room: str) -> Component:
    """When it began, and where."""
    return html.Div([fmt().moment_short(start_at), html.Br(), html.Span(room, className="p-muted")])


def opd_cell(opd: str | None, letter: Letter | None, user: Account) -> Component:
    """The agency, and the way to its letter for those who may see letters."""
    if letter is None:
        return html.Div(opd_words(opd))
    name = f"{letter[0]}/{letter[1]}"
    may_see = user.may(Page.PERMOHONAN)
    way = link(name, request_address(*letter), "cases-link") if may_see else html.Span(name)
    return html.Div([opd_words(opd), html.Br(), way])


@dataclass(frozen=True)
class FigureRow:
    """One figure of a page as numerator, denominator, value in words, how many count and how many were left out; `href`
    is its own explanation, `is_here` that it is the one explained."""

    name: str
    href: str
    is_here: bool
    part: float | None
    whole: float | None
    value: str
    counted: int
    left: int


def fractions(rows: Sequence[FigureRow]) -> Rows:
    """Every figure of the page beside the one explained."""
    f = fmt()
    cells = {
        "name": _figure_name,
        "part": lambda row: f.number(row.part),
        "whole": lambda row: f.number(row.whole),
        "value": lambda row: row.value,
        "counted": lambda row: f.number(row.counted),
        "left": lambda row: f.number(row.left),
    }
    return Rows(
        title=t("why.fractions_title"),
        columns=columns_of("why.head_", cells, "part", "whole", "value", "counted", "left"),
        rows=rows,
        row_properties=lambda row: {"aria-current": "true"} if row.is_here else {},
    )


def _figure_name(row: FigureRow) -> Component:
    return html.Strong(row.name) if row.is_here else link(row.name, row.href, "cases-link")


def rows_of_figure(
    name: str, columns: Sequence[Column[Any]], rows: Sequence[Any], pages: Pages, foot: Sequence[html.Tr] = ()
) -> Rows:
    """One page of the rows of a figure."""
    title = t("why.rows_title")
    return Rows(title, columns, rows, name, f"{title}: {name}", foot, pages, no_rows())


def no_rows() -> Component:
    """Words in the place of a list without rows."""
    return empty(t("word.no_data"), t("why.no_rows_hint"))
