"""A room's status, score and completeness taken apart: every answer of its newest check with what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, page_head, panel, why, with_query
from dashboard.components.pager import read_page
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.rooms import condition_pill, status_pill
from dashboard.pages.shared.links import why_fault, why_room_state
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.why.days import span_panel
from dashboard.pages.why.room_rows import check_lines
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel
from etl.domain.facilities.condition import VITAL_WEIGHT, Condition, value_of
from etl.figures.facilities.conditions import ItemState, RoomState, moment_of, newest_check, room_states
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.requests.step_days import span_days

if TYPE_CHECKING:
    from etl.office import Office


def explain_room(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The state of the room that `ruang` names; in words when there is none."""
    room = next((one for one in room_states(office, as_of) if one.room == query.get("ruang")), None)
    crumbs = [(t("sarpras.title"), with_query("/sarpras", ruang=query.get("ruang"))), (t("word.why"), None)]
    if room is None:
        words = empty(t("sarpras.no_rooms"), t("sarpras.no_rooms_hint"), "door-open")
        return html.Div([page_head(t("word.why"), crumbs=crumbs), panel(words)])
    answers = newest_check(office, room.room, as_of)
    faults = {one.item: one for one in incidents_at(office, as_of, only_open=True) if one.room == room.room}
    rules = [(t("why.rule_accounting"), [html.Div(t("sarpras.rule")), html.Div(t("sarpras.why_room_rule"))])]
    drawn: list[Component] = [
        page_head(t("word.why"), room.room, crumbs=crumbs),
        panel(_facts(room), title=t("sarpras.why_room_title")),
        _items(room, faults),
    ]
    if answers and room.checked_on is not None:
        begin = moment_of(office, answers[0]["checked_on"], answers[0]["checked_at"])
        span = span_days(begin, as_of, office.calendar, is_open=True)
        page = read_page(query.get("hal"))
        drawn.append(span_panel(span, page, lambda number: f"{why_room_state(room.room)}&hal={number}"))
        drawn.append(_sources(office, answers, user))
        rules.append(calendar_rule(office, room.checked_on, fmt().local(as_of).date()))
    return html.Div([*drawn, rules_panel([*rules, data_rule(office, as_of)])])


def _facts(room: RoomState) -> Component:
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
    )
    return html.Dl([html.Div([html.Dt(t(key)), html.Dd(words)]) for key, words in facts], className="why-facts")


_NUMBERS = ("weight", "answered", "applicable", "points")


def _items(room: RoomState, faults: Mapping[str, Incident]) -> Component:
    """Each item with what it gives to score and completeness; the last row holds the sums and both figures."""
    f, title = fmt(), t("sarpras.why_items")
    heads = {name: t(f"sarpras.why_item_{name}") for name in ("item", "state", *_NUMBERS)}
    parts = [_part(one) for one in room.items]
    rows = [
        table_row(heads, {**_cells(one, part), "item": _name(one, faults)}, _NUMBERS)
        for one, part in zip(room.items, parts, strict=True)
    ]
    answered, applicable, points = (sum(part[place] for part in parts) for place in range(3))
    whole = {
        "item": html.Strong(t("people.why_sum")),
        "answered": f.number(answered),
        "applicable": f.number(applicable),
        "points": f.number(points),
    }
    figures = html.P(
        t(
            "sarpras.why_divided",
            points=f.number(points), answered=f.number(answered), applicable=f.number(applicable),
            score=f.number(room.score, 1) if room.score is not None else t("word.none"),
            completeness=f.percent(room.completeness),
        )
    )  # fmt: skip
    return panel(table(title, heads, [*rows, table_row(heads, whole, _NUMBERS)], _NUMBERS), figures, title=title)


def _part(one: ItemState) -> tuple[float, float, float]:
    """Weight answered, weight that applies, points; an item that the newest check left out was not answered."""
    said = one.condition if one.is_answered else None
    if said is Condition.NOT_APPLICABLE:
        return 0, 0, 0
    return (0, one.weight, 0) if said is None else (one.weight, one.weight, one.weight * value_of(said))


def _cells(one: ItemState, part: Sequence[float]) -> dict[str, Any]:
    f = fmt()
    state = [condition_pill(one.condition if one.is_answered else None)]
    numbers = dict(zip(_NUMBERS, (one.weight, *part), strict=True))
    return {"state": html.Div(state), **{name: f.number(value) for name, value in numbers.items()}}


def _name(one: ItemState, faults: Mapping[str, Incident]) -> Component:
    """The item; that a broken one shuts the room; the way to its open fault."""
    words: list[Component | str] = [one.item]
    if one.weight >= VITAL_WEIGHT:
        words += [" ", html.Small(t("sarpras.why_vital"), className="p-muted")]
    if fault := faults.get(one.item):
        since = t("sarpras.since", moment=fmt().moment_short(fault.first_at))
        words += [html.Br(), html.Small(f"{t('sarpras.open_fault')}, {since}", className="p-muted")]
        words.append(why(why_fault(fault.key), one.item))
    return html.Div(words)


def _sources(office: Office, answers: Sequence[Mapping[str, Any]], user: Account) -> Component:
    """Where the answers are written."""
    lines = check_lines(office, [answers[0]["check_id"]], user)
    return panel(*(lines.get(answers[0]["check_id"]) or [html.P(t("word.none"))]), title=t("word.source"))
