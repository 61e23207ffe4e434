"""Which events of calendars have no letter yet, and which letter is it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import account
from dashboard.components import button, date_field, day_in_address, panel
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.intake.waiting_parts import EVENTS_PAGE, here, row_answered, row_named
from dashboard.pages.shared.forms import done, note, text_field
from dashboard.pages.shared.words import dotted, place_link
from etl.desk.second_letters import LetterAsTyped, answer_event, dismiss_event
from etl.figures.intake.open_work import waiting_event
from etl.office import Office


class Id(StrEnum):
    """Ids of the question."""

    EVENT = "waiting-event"
    NUMBER = "waiting-number"
    DAY = "waiting-event-day"
    TIME = "waiting-event-time"
    OPD = "waiting-opd"
    COMPLETE = "waiting-complete"
    DISMISS = "waiting-dismiss"


def take_answers(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take what a person says of an event."""

    def decide(pressed: str, row_id: Any, number: Any, day: Any, clock: Any, opd: Any) -> Component:
        letter = LetterAsTyped(str(number or ""), f"{day_in_address(day or '')} {clock or ''}", str(opd or ""))
        return settle_event(office, now(), row_id, letter if pressed == Id.COMPLETE else None)

    fields = ((Id.NUMBER, "value"), (Id.DAY, "value"), (Id.TIME, "value"), (Id.OPD, "value"))
    event, deeds = ((Id.EVENT, "data"), *fields), (Id.COMPLETE, Id.DISMISS)
    frame.take_decisions(app, "waiting", deeds, event, decide, allow_duplicate=True)


def settle_event(office: Office, now: int, row_id: Any, letter: LetterAsTyped | None) -> Component:
    """The event of a calendar is the booking of that letter, or (None) of no letter; what became of it, in words."""
    row, user = row_answered(row_id), account()
    if letter is None:
        words, is_published = t("intake.event_dismissed"), dismiss_event(office, row, user.name, now)
    else:
        words = t("intake.event_completed", number=letter.number.strip())
        is_published = answer_event(office, row, letter, user.name, user.role, now)
    note(office, now, user.name, "correct", f"permohonan {row}", field="no_agenda")
    return done(words, is_published=is_published)


def event_panel(office: Office, text: str) -> Component:
    """An event of a calendar, and the fields that make it a row of the register; `text`: the row's id."""
    row = row_named(text, partial(waiting_event, office))
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    fields = [
        text_field(Id.NUMBER, t("intake.event_agenda")),
        date_field(Id.DAY, t("intake.event_received")),
        text_field(Id.TIME, t("intake.event_time"), kind="time"),
        text_field(Id.OPD, t("intake.event_opd")),
    ]
    return frame.decision(
        dcc.Store(id=Id.EVENT, data=row["id"]),
        html.P(dotted(_event_time(row), row["room"] or "")),
        html.Div(fields, className="intake-form"),
        frame.hint(t("intake.event_hint")),
        buttons=[
            button(t("intake.event_do"), id=Id.COMPLETE),
            button(t("intake.event_dismiss"), id=Id.DISMISS, kind="quiet"),
        ],
        title=_event_name(row),
    )


def _event_name(row: Mapping[str, Any]) -> str:
    return row["subject"] or t("word.none")


def _event_time(row: Mapping[str, Any]) -> str:
    """Day and hours of an event, as far as it has them; its last day where that is another one."""
    f, end_at = fmt(), row["booked_end_at"]
    start, end = (
        f.date_short(row[f"{name}_on"]) if row[f"{name}_at"] is None else f.moment_short(row[f"{name}_at"])
        for name in ("booked_start", "booked_end")
    )
    if row["booked_end_on"] == row["booked_start_on"]:
        end = "" if end_at is None else f.clock(end_at)
    return f"{start} – {end}" if end else start


def events_list(rows: Sequence[Mapping[str, Any]], total: int, query: Mapping[str, str], may_change: bool) -> Component:
    """Events of calendars that nobody has given a letter yet."""
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("event", lambda row: html.Strong(_event_name(row))),
        frame.column("event_when", lambda row: dotted(_event_time(row), row["room"] or "")),
        frame.column("read_at", place_link),
    ]
    if may_change:
        words = t("intake.event_complete")
        columns.append(frame.column("action", lambda row: frame.way(words, here(query, acara=row["id"]))))
    title, page = t("intake.waiting_events"), read_page(query.get(EVENTS_PAGE))
    ways = frame.pages(page, total, lambda number: here(query, **{EVENTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.waiting_events_note"))
