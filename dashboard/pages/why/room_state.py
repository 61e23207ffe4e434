"""One fault, the state of one room, or one supply taken apart: its time, its reports, what its answers are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, panel, why, with_query
from dashboard.components.tables import Column, read_page, table_row
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.faults import history
from dashboard.pages.facilities.rooms import condition_pill, status_pill
from dashboard.pages.facilities.view import end_words, first_words
from dashboard.pages.shared.links import Crumbs, why_fault, why_room_state
from dashboard.pages.why.explanation import (
    Explanation,
    Facts,
    Rows,
    check_lines,
    columns_of,
    letters_of,
    opd_cell,
    report_line,
    rules_of,
    span_rows,
)
from etl.domain.facilities import VITAL_WEIGHT, Condition, value_of
from etl.domain.statistics import middle
from etl.domain.units import DAY, HOUR
from etl.figures.facilities.conditions import ItemState, RoomState, moment_of, newest_check, room_books, room_states
from etl.figures.facilities.incidents import (
    FEWEST_TIMES,
    RISK_SECONDS,
    Incident,
    Supply,
    bookings_at_risk,
    incidents_at,
    reports_of,
    supplies,
)
from etl.figures.filter import Period
from etl.figures.requests.step_days import span_days
from etl.office import Office


def explain_fault(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The fault that `kunci` names: its time day by day, its reports, what was done, the bookings in whose way it
    stands; in words when there is none any more."""
    fault = next((incident for incident in incidents_at(office, as_of) if incident.key == query.get("kunci")), None)
    crumbs: Crumbs = [(t("sarpras.title"), "/sarpras")]
    if fault is None:
        return Explanation((), [panel(empty(t("sarpras.gone"), t("sarpras.gone_hint")))], crumbs=crumbs)
    crumbs.append((fault.item, with_query("/sarpras", gangguan=fault.key)))
    end = as_of if fault.ended_at is None else fault.ended_at
    span = span_days(fault.first_at, max(end, fault.first_at), office.calendar, is_open=fault.is_open)
    days = Period(fmt().local(fault.first_at).date(), fmt().local(max(end, fault.first_at)).date())
    return Explanation(
        subtitle=(fault.item, fault.room),
        parts=[
            _fault_facts(fault),
            span_rows(span, read_page(query.get("hal")), lambda number: f"{why_fault(fault.key)}&hal={number}"),
            _reports(office, fault, user),
            panel(history(fault), title=t("sarpras.why_done")),
            _risk(office, fault, as_of, user) if fault.is_open else None,
        ],
        rules=rules_of(office, as_of, t("sarpras.rule"), t("sarpras.why_fault_rule"), days=days),
        crumbs=crumbs,
    )


def _fault_facts(fault: Incident) -> Facts:
    f = fmt()
    answered = end_words(fault) if fault.responded_at == fault.ended_at else f.moment(fault.responded_at)
    facts = (
        ("sarpras.head_state", condition_pill(fault.condition)),
        ("sarpras.why_since", first_words(fault)),
        ("sarpras.head_restored", t("sarpras.is_open") if fault.is_open else end_words(fault)),
        ("sarpras.head_working", f.duration(fault.restore_working)),
        ("sarpras.head_elapsed", f.duration(fault.restore_elapsed)),
        ("sarpras.why_responded", answered),
        ("sarpras.why_respond_working", f.duration(fault.respond_working)),
        ("sarpras.head_reports", f.number(fault.reports)),
        ("sarpras.why_openings", f.number(fault.openings)),
    )
    return Facts(t("sarpras.why_fault_title"), facts)


def _reports(office: Office, fault: Incident, user: Account) -> Rows:
    """Every report from the first to the one that ended it, with its row."""

    def at(row: Mapping[str, Any]) -> str:
        return fmt().moment_or_day(row["checked_at"] or row["at"], is_exact=bool(row["checked_at"]))

    return Rows(
        title=t("sarpras.why_reports"),
        columns=[
            Column("at", t("sarpras.why_since"), at),
            Column("state", t("sarpras.head_state"), lambda row: condition_pill(Condition(row["condition"]))),
            Column("note", t("sarpras.note"), lambda row: row["note"] or t("word.none")),
            Column("source", t("why.head_source"), lambda row: report_line(row, user)),
        ],
        rows=reports_of(office, fault),
        note=t("sarpras.why_reports_note"),
    )


def _risk(office: Office, fault: Incident, as_of: int, user: Account) -> Rows:
    """The bookings of the next three days whose people and hours add up to the number on the page."""
    f = fmt()
    book = room_books(office, office.mart.read(), as_of).get(fault.room)
    rows = bookings_at_risk(book, as_of) if book else ()
    letters = letters_of(office, [row.request_id for row in rows])
    cells = {
        "opd": lambda row: opd_cell(row.opd, letters.get(row.request_id), user),
        "from": lambda row: f.moment_short(row.start_at),
        "until": lambda row: f.moment_short(row.end_at),
        "planned": lambda row: f.number(row.planned) if row.planned else t("sarpras.why_risk_unknown"),
        "hours": lambda row: f.number(round((row.end_at - row.start_at) / HOUR, 2)),
        "people": lambda row: f.number(round(row.person_hours, 2)),
    }
    columns = columns_of("sarpras.why_risk_", cells, "planned", "hours", "people")
    people = f.number(round(sum(row.person_hours for row in rows), 2))
    return Rows(
        title=t("sarpras.why_risk"),
        columns=columns,
        rows=rows,
        foot=[table_row(columns, {"opd": html.Strong(t("people.why_sum")), "people": people})],
        note=t("sarpras.why_risk_note", until=f.moment_short(as_of + RISK_SECONDS)),
        nothing=empty(t("sarpras.no_risk")),
    )


def explain_room(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """Status, score and completeness of the room that `ruang` names, with every answer of its newest check; in words
    when there is none."""
    room = next((state for state in room_states(office, as_of) if state.room == query.get("ruang")), None)
    crumbs: Crumbs = [(t("sarpras.title"), with_query("/sarpras", ruang=query.get("ruang")))]
    if room is None:
        words = empty(t("sarpras.no_rooms"), t("sarpras.no_rooms_hint"), "door-open")
        return Explanation((), [panel(words)], crumbs=crumbs)
    answers = newest_check(office, room.room, as_of)
    faults = {state.item: state for state in incidents_at(office, as_of, only_open=True) if state.room == room.room}
    parts: list[Any] = [_room_facts(room), _items(room, faults)]
    days = None
    if answers and room.checked_on is not None:
        begin = moment_of(office, answers[0]["checked_on"], answers[0]["checked_at"])
        span, address = span_days(begin, as_of, office.calendar, is_open=True), why_room_state(room.room)
        lines = check_lines(office, [answers[0]["check_id"]], user)
        parts.append(span_rows(span, read_page(query.get("hal")), lambda number: f"{address}&hal={number}"))
        places = lines.get(answers[0]["check_id"]) or [html.P(t("word.none"))]
        parts.append(panel(*places, title=t("word.source")))
        days = Period(room.checked_on, fmt().local(as_of).date())
    rules = rules_of(office, as_of, t("sarpras.rule"), t("sarpras.why_room_rule"), days=days)
    return Explanation((room.room,), parts, rules, crumbs)


def _room_facts(room: RoomState) -> Facts:
    f = fmt()
    checked = t("sarpras.never_checked")
    if room.checked_on is not None:
        checked = f.moment(room.checked_at) if room.checked_at else f.date(room.checked_on)
    facts = (
        ("sarpras.why_status", status_pill(room.status)),
        ("sarpras.head_check", checked),
        ("sarpras.why_age", f.duration(room.age_seconds)),
        ("sarpras.why_score", f.number(room.score, 1) if room.score is not None else t("sarpras.no_score")),
        ("sarpras.why_completeness", f.percent(room.completeness)),
        ("sarpras.why_checklist", room.checklist),
        *([("sarpras.why_unrecognised", f.number(room.unrecognised))] if room.unrecognised else []),
    )
    return Facts(t("sarpras.why_room_title"), facts)


def _items(room: RoomState, faults: Mapping[str, Incident]) -> Rows:
    """Each item with what it gives to score and completeness; the last row holds the sums and both figures."""
    f = fmt()
    cells = {
        "item": lambda item: _item_name(item, faults),
        "state": lambda item: html.Div([condition_pill(item.condition if item.is_answered else None)]),
        "weight": lambda item: f.number(item.weight),
        "answered": lambda item: f.number(_worth(item)[0]),
        "applicable": lambda item: f.number(_worth(item)[1]),
        "points": lambda item: f.number(_worth(item)[2]),
    }
    columns = columns_of("sarpras.why_item_", cells, "weight", "answered", "applicable", "points")
    names = ("answered", "applicable", "points")
    sums = {name: f.number(sum(_worth(item)[place] for item in room.items)) for place, name in enumerate(names)}
    divided = t(
        "sarpras.why_divided",
        **sums,
        score=f.number(room.score, 1) if room.score is not None else t("word.none"),
        completeness=f.percent(room.completeness),
    )
    return Rows(
        title=t("sarpras.why_items"),
        columns=columns,
        rows=room.items,
        foot=[table_row(columns, {"item": html.Strong(t("people.why_sum")), **sums})],
        more=[html.P(divided)],
    )


def _worth(item: ItemState) -> tuple[float, float, float]:
    """Weight answered, weight that applies, points; an item that the newest check left out was not answered."""
    condition = item.condition if item.is_answered else None
    if condition is Condition.NOT_APPLICABLE:
        return 0, 0, 0
    if condition is None:
        return 0, item.weight, 0
    return item.weight, item.weight, item.weight * value_of(condition)


def _item_name(item: ItemState, faults: Mapping[str, Incident]) -> Component:
    """The item; that a broken one shuts the room; the way to its open fault."""
    words: list[Component | str] = [item.item]
    if item.weight >= VITAL_WEIGHT:
        words += [" ", html.Small(t("sarpras.why_vital"), className="p-muted")]
    if fault := faults.get(item.item):
        since = t("sarpras.since", moment=first_words(fault, is_short=True))
        words += [html.Br(), html.Small(f"{t('sarpras.open_fault')}, {since}", className="p-muted")]
        words.append(why(why_fault(fault.key), item.item))
    return html.Div(words)


def explain_supply(office: Office, query: Mapping[str, str], as_of: int, _: Account) -> Explanation:
    """When the item of a room that `barang` and `ruang` name will be gone: how long it lasted each time, the middle,
    how long ago it was filled; in words when it is none that is used up."""
    room, item = query.get("ruang", ""), query.get("barang", "")
    crumbs: Crumbs = [(t("sarpras.title"), with_query("/sarpras", ruang=room))]
    known = supplies([(room, item)], incidents_at(office, as_of), as_of)
    if not known:
        return Explanation((), [panel(empty(t("sarpras.no_supplies"), "", "box-seam"))], crumbs=crumbs)
    (supply,) = known
    return Explanation(
        subtitle=(supply.item, supply.room),
        parts=[panel(html.P(_equation(supply, as_of)), title=t("sarpras.supplies_title")), _times(supply)],
        rules=rules_of(office, as_of, t("sarpras.why_supply_rule", fewest=fmt().number(FEWEST_TIMES))),
        crumbs=crumbs,
    )


def _equation(supply: Supply, as_of: int) -> str:
    """The middle of the times less what has passed since it was filled."""
    f = fmt()
    if supply.is_out:
        return t("sarpras.out")
    if supply.days_left is None or supply.filled_at is None:
        return t("sarpras.needs_more", times=f.number(len(supply.lasted)), fewest=f.number(FEWEST_TIMES))
    return t(
        "sarpras.why_supply_sum",
        middle=f.number(round(middle(supply.lasted) or 0, 1)),
        passed=f.number(round((as_of - supply.filled_at) / DAY, 1)),
        left=f.number(round(supply.days_left, 1)),
        filled=f.moment_or_day(supply.filled_at, is_exact=supply.is_filled_exact),
    )


def _times(supply: Supply) -> Rows:
    """Each time from filled to gone."""
    f = fmt()
    cells = {
        "filled": lambda time: f.moment_short(time[0]),
        "gone": lambda time: f.moment_short(time[1]),
        "days": lambda time: f.number(round(time[2], 1)),
    }
    return Rows(
        title=t("sarpras.why_supply_times"),
        columns=columns_of("sarpras.why_supply_", cells, "days"),
        rows=[(*span, days) for span, days in zip(supply.spans, supply.lasted, strict=True)],
        nothing=empty(t("sarpras.not_known")),
    )
