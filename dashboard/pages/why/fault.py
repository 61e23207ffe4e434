"""One fault taken apart: its time day by day, its reports, what was done, the bookings in whose way it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, page_head, panel, with_query
from dashboard.components.pager import read_page
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.follow_up import history
from dashboard.pages.facilities.rooms import condition_pill
from dashboard.pages.shared.links import why_fault
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.why.days import span_panel
from dashboard.pages.why.room_rows import letters_of, opd_cell, report_line
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel
from etl.domain.facilities.condition import Condition
from etl.domain.units import HOUR
from etl.figures.facilities.conditions import room_books
from etl.figures.facilities.incidents import RISK_SECONDS, Incident, bookings_at_risk, incidents_at, reports_of
from etl.figures.requests.step_days import span_days

if TYPE_CHECKING:
    from etl.office import Office


def explain_fault(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The fault that `kunci` names; in words when there is none any more."""
    fault = next((one for one in incidents_at(office, as_of) if one.key == query.get("kunci")), None)
    crumbs: list[tuple[str, str | None]] = [(t("sarpras.title"), "/sarpras"), (t("word.why"), None)]
    if fault is None:
        words = empty(t("sarpras.gone"), t("sarpras.gone_hint"))
        return html.Div([page_head(t("word.why"), crumbs=crumbs), panel(words)])
    crumbs.insert(1, (fault.item, with_query("/sarpras", gangguan=fault.key)))
    end = as_of if fault.ended_at is None else fault.ended_at
    span = span_days(fault.first_at, max(end, fault.first_at), office.calendar, is_open=fault.is_open)
    first, last = (fmt().local(at).date() for at in (fault.first_at, end))
    rules = [
        (t("why.rule_accounting"), [html.Div(t("sarpras.rule")), html.Div(t("sarpras.why_fault_rule"))]),
        calendar_rule(office, first, last),
        data_rule(office, as_of),
    ]
    return html.Div(
        [
            page_head(t("word.why"), f"{fault.item} · {fault.room}", crumbs=crumbs),
            panel(_facts(fault), title=t("sarpras.why_fault_title")),
            span_panel(span, read_page(query.get("hal")), lambda number: f"{why_fault(fault.key)}&hal={number}"),
            _reports(office, fault, user),
            panel(history(fault), title=t("sarpras.why_done")),
            _risk(office, fault, as_of, user) if fault.is_open else None,
            rules_panel(rules),
        ]
    )


def _facts(one: Incident) -> Component:
    f = fmt()
    facts = (
        ("sarpras.head_state", condition_pill(one.condition)),
        ("sarpras.why_since", f.moment(one.first_at)),
        ("sarpras.head_restored", t("sarpras.is_open") if one.is_open else f.moment(one.ended_at)),
        ("sarpras.head_working", f.duration(one.restore_working)),
        ("sarpras.head_elapsed", f.duration(one.restore_elapsed)),
        ("sarpras.why_responded", f.moment(one.responded_at)),
        ("sarpras.why_respond_working", f.duration(one.respond_working)),
        ("sarpras.head_reports", f.number(one.reports)),
        ("sarpras.why_openings", f.number(one.openings)),
    )
    return html.Dl([html.Div([html.Dt(t(key)), html.Dd(words)]) for key, words in facts], className="why-facts")


def _reports(office: Office, fault: Incident, user: Account) -> Component:
    """Every report from the first to the one that ended it, with its row."""
    title, rows = t("sarpras.why_reports"), reports_of(office, fault)
    heads = {"at": t("sarpras.why_since"), "state": t("sarpras.head_state"), "note": t("sarpras.note"),
             "source": t("why.head_source")}  # fmt: skip
    drawn = [table_row(heads, _report(row, user)) for row in rows]
    return panel(table(title, heads, drawn), title=title, note=t("sarpras.why_reports_note"))


def _report(row: Mapping[str, Any], user: Account) -> dict[str, Any]:
    f = fmt()
    at = f.moment_short(row["checked_at"]) if row["checked_at"] else f.date_short(f.local(row["at"]).date())
    state = condition_pill(Condition(row["condition"]))
    return {"at": at, "state": state, "note": row["note"] or t("word.none"), "source": report_line(row, user)}


def _risk(office: Office, fault: Incident, as_of: int, user: Account) -> Component:
    """The bookings of the next three days whose people and hours add up to the number on the page."""
    f, title = fmt(), t("sarpras.why_risk")
    book = room_books(office, office.mart.read(), as_of).get(fault.room)
    found = bookings_at_risk(book, as_of) if book else ()
    note = t("sarpras.why_risk_note", until=f.moment_short(as_of + RISK_SECONDS))
    if not found:
        return panel(empty(t("sarpras.no_risk")), title=title, note=note)
    heads = {name: t(f"sarpras.why_risk_{name}") for name in ("opd", "from", "until", "planned", "hours", "people")}
    numbers: Sequence[str] = ("planned", "hours", "people")
    letters = letters_of(office, [one.request_id for one in found])
    drawn = [
        table_row(
            heads,
            {
                "opd": opd_cell(one.opd, letters.get(one.request_id), user),
                "from": f.moment_short(one.start_at),
                "until": f.moment_short(one.end_at),
                "planned": f.number(one.planned) if one.planned else t("sarpras.why_risk_unknown"),
                "hours": f.number(round((one.end_at - one.start_at) / HOUR, 2)),
                "people": f.number(round(one.person_hours, 2)),
            },
            numbers,
        )
        for one in found
    ]
    whole = {"opd": html.Strong(t("people.why_sum")), "people": f.number(round(sum(o.person_hours for o in found), 2))}
    return panel(table(title, heads, [*drawn, table_row(heads, whole, numbers)], numbers), title=title, note=note)
