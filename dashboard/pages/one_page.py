"""Kepatuhan, Ruang or Sarpras for any filter as one sheet of A4: what the page shows, never more than its reader sees.

GET /kepatuhan/satu-halaman.pdf?…   the address's own filters, as on the page
GET /ruang/satu-halaman.pdf?…
GET /sarpras/satu-halaman.pdf?…
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from dashboard.access import Door, Page, door
from dashboard.access.accounts import account
from dashboard.components import Kpi, with_query
from dashboard.components.tables import Column
from dashboard.i18n import fmt, t
from dashboard.pages.compliance import page as compliance
from dashboard.pages.compliance.cells import is_too_few
from dashboard.pages.compliance.export import checks_of
from dashboard.pages.compliance.headlines import word_on_a_step
from dashboard.pages.facilities import page as facilities
from dashboard.pages.facilities.numbers import headlines as facility_headlines
from dashboard.pages.facilities.rooms import condition_words, readiness_words, warnings_of
from dashboard.pages.facilities.view import FacilitiesView, facilities_view
from dashboard.pages.rooms import page as rooms
from dashboard.pages.rooms.tables import room_columns, rooms_of
from dashboard.pages.rooms.view import rooms_view
from dashboard.pages.shared.exports import ONE_PAGE, sent
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.monitoring_rule import percent_words
from dashboard.pages.shared.page_request import office_today, told_at
from dashboard.pages.shared.words import double_booking_words, kind_words, without_words
from dashboard.printed.one_page import OnePage, PaperTable
from dashboard.printed.step_columns import STEP_COLUMNS, counts_of_checks
from dashboard.printed.words import screen
from etl.domain.facilities import Condition, RoomStatus
from etl.domain.sop.steps import Meaning
from etl.figures.compliance.definitions import PERCENTILE_KEYS, Figure
from etl.figures.compliance.steps import SlaFigures
from etl.figures.facilities.conditions import ItemState, RoomState
from etl.figures.facilities.incidents import Incident
from etl.figures.filter import Period, SlaFilter
from etl.figures.intake.freshness import source_freshness
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Content:
    """What a page gives to its sheet: the filter that was asked, at which moment, and what comes of it."""

    filter: SlaFilter | RoomsFilter
    as_of: int
    headlines: Sequence[Kpi]
    words: Sequence[str]
    table: PaperTable[Any]
    rule: str


Make = Callable[[Office, Mapping[str, str], int], Content]


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route of each page."""
    for page, path, prefix, make in (
        (compliance.PAGE, compliance.PATH, "sla", _compliance),
        (rooms.PAGE, rooms.PATH, rooms.PREFIX, _rooms),
        (facilities.PAGE, facilities.PATH, facilities.PREFIX, _facilities),
    ):
        _register(server, office, now, page, path, prefix, make)


def _register(
    server: Flask, office: Office, now: Callable[[], int], page: Page, path: str, prefix: str, make: Make
) -> None:
    @server.get(f"{path}{ONE_PAGE}", endpoint=f"{prefix}_one_page")
    @door(Door.PAGE, page, gives="export")
    def one_page() -> Response:
        query, moment = request.args.to_dict(), now()
        content = make(office, query, told_at(office, moment))
        title, place = t(f"{prefix}.title"), with_query(path, **query)
        made = _sheet(office, content, title, f"{title} ({place})").pdf(screen(office.zone), moment)
        period = content.filter.period
        return sent(made, f"{path.strip('/')}-{t('onepage.file_name')}-{period.first}-{period.last}.pdf")


def _sheet(office: Office, content: Content, title: str, place: str) -> OnePage:
    f, sop, period = fmt(), office.sop.current(), content.filter.period
    return OnePage(
        agency=tuple(sop.identity.agency),
        address=sop.identity.address,
        title=title,
        subtitle=f.period(period.first, period.last),
        facts=[*_filter_facts(content.filter), *_age_facts(office, content.as_of)],
        headlines=content.headlines,
        words=content.words or [t("onepage.no_words")],
        table=content.table,
        rule=content.rule,
        place=place,
        is_demo=office.is_demo,
    )


def _filter_facts(filter_: SlaFilter | RoomsFilter) -> Facts:
    """Period and filters in words."""
    facts = [
        (t("word.period"), _days(filter_.period)),
        (t("word.opd"), filter_.opd or t("word.all_opd")),
        (t("word.room"), filter_.room or t("word.all_rooms")),
    ]
    if isinstance(filter_, SlaFilter):
        facts.append((t("word.step"), ", ".join(filter_.steps) or t("word.all_steps")))
        facts += [(t("flag.heading"), without_words(filter_))] if filter_.without else []
    return facts


def _days(period: Period) -> str:
    f = fmt()
    return t("laporan.days", first=f.date(period.first), last=f.date(period.last))


def _age_facts(office: Office, as_of: int) -> Facts:
    """The moment, how new the records are, and of which kinds they are."""
    f, sources = fmt(), source_freshness(office, as_of)
    newest = [max((at for at in ats if at is not None), default=None)
              for ats in ([one.loaded_at for one in sources], [one.last_record_at for one in sources])]  # fmt: skip
    loaded, last = (t("laporan.never") if at is None else f.moment(at) for at in newest)
    kinds = ", ".join(dict.fromkeys(kind_words(one.kind) for one in sources if one.loaded_at is not None))
    return [
        (t("laporan.as_of"), f.moment(as_of)),
        (t("laporan.records"), t("laporan.records_age", loaded=loaded, newest=last)),
        (t("onepage.sources"), kinds or t("laporan.never")),
    ]


# Kepatuhan

_STEP_NUMBERS = ("target", "n", "late", "overdue", "share", "interval", "coverage", Figure.MEDIAN, Figure.P90)

StepRow = Mapping[str, Any]


def _compliance(office: Office, query: Mapping[str, str], now: int) -> Content:
    """The headline figures, the step that needs a word, and the steps."""
    figures = compliance.page_figures(office, asked_sla_filter(query, office_today(office, now)), now)
    title, columns = t("sla.table"), _step_columns(figures)
    if not compliance.has_any(figures):
        return Content(figures.filter, figures.as_of, (), (), PaperTable(title, columns, ()), t("sla.period_rule"))
    rows = _step_rows(office, figures)
    together = {**vars(figures.all_steps), **dict.fromkeys(PERCENTILE_KEYS), "name": t("sla.all_steps")}
    table = PaperTable(title, columns, rows, together if len(rows) > 1 else None)
    decided = compliance.decided_by(office, figures)
    _, name, words = word_on_a_step(figures, office.settings.monitoring_rule, decided)
    headlines = compliance.first_figures(office, figures)
    return Content(figures.filter, figures.as_of, headlines, [f"{name} {words}".strip()], table, t("sla.period_rule"))


def _step_rows(office: Office, figures: SlaFigures) -> list[StepRow]:
    """One a step; of the one judged by checks what they count stands in the places of its verdicts."""
    sop, rows = figures.version, []
    checked = sop.step_with(Meaning.CHECKED)
    for step in figures.steps:
        written = sop.step(step.step)
        row = {**vars(step), "name": f"{step.step} {written.short_name} · {written.actor}"}
        if step.step == checked and step.target_seconds is None:
            row |= counts_of_checks(vars(checks_of(office, figures)))
            row["name"] += f" ({t('sla.counts_checks')})"
        rows.append(row)
    return rows


def _step_columns(figures: SlaFigures) -> list[Column[StepRow]]:
    def cell(name: str) -> Callable[[StepRow], str]:
        return lambda row: _step_words(figures, name, row)

    numbers = [Column(name, t(f"laporan.col_{name}"), cell(name), class_name="num") for name in _STEP_NUMBERS]
    return [Column("name", t("sla.step_actor"), lambda row: row["name"], is_name=True), *numbers]


def _step_words(figures: SlaFigures, name: str, row: StepRow) -> str:
    """What the page says; nothing of a share that rests on too few once flagged rows are left out."""
    if name in ("share", "interval") and (row["share"] is None or is_too_few(figures, row["n"])):
        return t("word.none")
    return percent_words(row["share"]) if name == "share" else STEP_COLUMNS[name].words(row, fmt())


# Ruang


def _rooms(office: Office, query: Mapping[str, str], now: int) -> Content:
    """The headline figures, double bookings and open faults, and the rooms; an agency's own only."""
    view = rooms_view(office, query, now, account().opd_filter)
    title, columns, rule = t("room.rooms_title"), room_columns(), t("room.rule")
    if not view.has_any:
        return Content(view.filter, view.as_of, (), (), PaperTable(title, columns, ()), rule)
    rows = rooms_of(view)
    whole = rows.pop() if len(rows) > 1 else None
    words = [double_booking_words(*pair) for pair in rooms.bookings_doubled(view)]
    words += [_fault(fault) for fault in view.faults if fault.is_open]
    table = PaperTable(title, columns, rows, whole)
    return Content(view.filter, view.as_of, rooms.headlines(view), words, table, rule)


def _fault(fault: Incident) -> str:
    since = fmt().moment_or_day(fault.first_at, is_exact=fault.is_first_exact)
    return t("onepage.fault", room=fault.room, item=fault.item, since=since)


# Sarpras

ItemRow = tuple[RoomState, ItemState]

_ORDER = (Condition.MISSING, Condition.HEAVY, Condition.LIGHT, None, Condition.GOOD, Condition.NOT_APPLICABLE)


def _facilities(office: Office, query: Mapping[str, str], now: int) -> Content:
    """The headline figures, rooms that are not ready, and the items, the worst first; without what people noted."""
    view = facilities_view(office, query, now)
    rows = sorted(((room, item) for room in view.figures.rooms for item in room.items), key=_badness)
    columns: list[Column[ItemRow]] = [
        Column("room", t("sarpras.column_room"), lambda row: row[0].room),
        Column("item", t("sarpras.column_item"), lambda row: row[1].item, is_name=True),
        Column("state", t("sarpras.column_state"), lambda row: condition_words(row[1].condition)),
        Column("since", t("sarpras.column_since"), _since),
    ]
    headlines = facility_headlines(view) if rows else ()
    words = _not_ready(view) if rows else ()
    table = PaperTable(t("sarpras.file_items"), columns, rows)
    return Content(view.filter, view.as_of, headlines, words, table, t("sarpras.rule"))


def _badness(row: ItemRow) -> tuple[int, int]:
    return _ORDER.index(row[1].condition), row[1].since or 0


def _since(row: ItemRow) -> str:
    item = row[1]
    return fmt().moment_or_day(item.since, is_exact=item.is_since_exact) if item.since else t("word.none")


def _not_ready(view: FacilitiesView) -> list[str]:
    """Rooms in use within the hour that are not ready, then each room that is not, with what its next booking lacks."""
    words = warnings_of(view)
    for room in view.figures.rooms:
        if room.status is RoomStatus.READY:
            continue
        state, ahead = t(f"condition.status_{room.status}"), view.next_bookings.get(room.room)
        missing = readiness_words(ahead) if ahead and not ahead.is_ready else ""
        words.append(t("onepage.room_state", room=room.room, state=f"{state}; {missing}" if missing else state))
    return words
