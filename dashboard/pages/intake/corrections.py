"""Which values did a person put right, and which of these does a file question?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import Tone, button, empty, icon, panel, pill, with_query
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.shared.forms import done, may_do, note, reason_field
from dashboard.pages.shared.links import CORRECTIONS
from dashboard.pages.shared.page_request import Names, is_page, record_number
from dashboard.pages.shared.words import (
    actor_words,
    change_words,
    field_words,
    kind_words,
    place_link,
    request_link,
    step_words,
    value_words,
)
from etl.corrections.page import Answer, answer
from etl.figures.intake.open_work import PageCorrection, corrections_listed
from etl.office import Office

PAGE = Page.DATA
PATH = CORRECTIONS
TITLE = "intake.corrections_title"
NAV = None
ADDRESS_NAMES: Names = {"hal": is_page, "tanya": None}


class Id(StrEnum):
    """Ids of the page."""

    OPENED = "corrections-asked"
    REASON = "corrections-reason"
    KEEP = "corrections-keep"
    TAKE = "corrections-take"


layout = partial(frame.list_page, "corrections")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the corrections; take the answers of those who may give them."""

    frame.show_lists(app, "corrections", lambda query, user: lists(office, query, may_change=may_do(user)))

    def decide(pressed: str, opened: Any, reason: Any) -> Component | None:
        choice = Answer.KEEP if pressed == Id.KEEP else Answer.TAKE_FILE
        return None if record_number(opened) is None else _answer(office, now(), opened, choice, reason)

    frame.take_decisions(app, "corrections", (Id.KEEP, Id.TAKE), ((Id.OPENED, "data"), (Id.REASON, "value")), decide)


def _answer(office: Office, now: int, correction_id: int, choice: Answer, typed: Any) -> Component:
    """Store the answer with its reason; what became of it, in words."""
    reason, user = frame.given_reason(typed), account().name
    answered = answer(office, correction_id, choice, user, now, reason)
    note(office, now, user, "correction_answer", f"correction {correction_id}", answer=choice)
    return done(t(f"intake.answered_{choice}"), is_published=answered.is_published)


def lists(office: Office, query: Mapping[str, str], *, may_change: bool) -> Component:
    """The corrections in force, questions first; what was opened stands above them."""
    page = read_page(query.get("hal"))
    corrections, total = corrections_listed(office, page)
    if not total:
        return panel(empty(t("intake.no_page_corrections"), t("intake.no_page_corrections_hint"), "pencil"))
    opened = next((correction for correction in corrections if str(correction.id) == query.get("tanya")), None)
    return html.Div(
        [
            _decision(opened) if opened and may_change else None,
            panel(
                frame.listed(t("intake.corrections_title"), _columns(office, page, may_change), corrections),
                frame.pages(page, total, lambda number: with_query(CORRECTIONS, hal=number)),
                title=t("intake.in_force", count=fmt().number(total), n=total),
            ),
        ]
    )


def what_columns() -> list[Column[PageCorrection]]:
    """Which value of which row a correction changes."""
    return [frame.column("letter", _request), frame.column("what", _what), frame.column("change", _change)]


def _columns(office: Office, page: int, may_change: bool) -> list[Column[PageCorrection]]:
    columns = [
        *what_columns(),
        frame.column("who", lambda correction: _who(office, correction)),
        frame.column("reason", lambda correction: correction.reason),
    ]
    return [*columns, frame.column("action", lambda correction: _open(correction, page))] if may_change else columns


def _who(office: Office, correction: PageCorrection) -> list[Component]:
    moment = fmt().moment_short(correction.at)
    return [html.Div(actor_words(office, correction.actor)), html.Small(moment, className="p-muted")]


def _open(correction: PageCorrection, page: int) -> Component:
    words = t("intake.answer") if correction.question else t("intake.take_back")
    address = with_query(CORRECTIONS, tanya=correction.id, hal=page if page > 1 else None)
    return frame.way(words, address)


def _what(correction: PageCorrection) -> Sequence[Component | str]:
    """Which pass, request or session is corrected, and where its row was read."""
    row, name = correction.row, kind_words(correction.kind)
    if row is None:
        return [name]
    if correction.kind == "disposisi":
        name = step_words(row["step"], row["pass_number"])
    elif correction.kind == "pemakaian":
        name = f"{row['room_name'] or row['room_text']}, {fmt().moment_short(row['started_at'])}"
    return [html.Div(name), html.Small(place_link(row))]


def _request(correction: PageCorrection) -> Component | str:
    """The way to the request of the row."""
    if correction.row is None:
        return t("word.none")
    return request_link(correction.row["year"], correction.row["agenda_key"], correction.row["agenda_number"])


def _change(correction: PageCorrection) -> Component:
    """The value of the file and the right one; and the question of a later file."""
    old, new = value_words(correction.field, correction.file_value), value_words(correction.field, correction.new_value)
    lines = [change_words(correction.field, old, t("intake.taken_back") if correction.is_revoked else new)]
    if correction.question is not None:
        words = t("intake.file_says", value=value_words(correction.field, correction.question.file_now))
        lines.append(html.Div(pill(Tone.NEAR, "question-circle", words)))
    return html.Div(lines)


def _decision(correction: PageCorrection) -> Component:
    """Keep the correction or let the file's value count; only the second where no file asks."""
    question = correction.question
    file_now = value_words(correction.field, question.file_now if question else correction.file_value)
    mine = value_words(correction.field, correction.new_value)
    keep = button([icon("check2"), t("intake.keep_mine", value=mine)], id=Id.KEEP)
    take = button(t("intake.take_file", value=file_now), id=Id.TAKE, kind="quiet" if question else "primary")
    return frame.decision(
        dcc.Store(id=Id.OPENED, data=correction.id),
        frame.hint(t("intake.question_hint" if question else "intake.take_back_hint")),
        html.Div(_change(correction), className="intake-hint"),
        reason_field(Id.REASON),
        buttons=[keep if question else html.Button(id=Id.KEEP, hidden=True), take],
        cancel=CORRECTIONS,
        title=html.Span([_request(correction), " · ", field_words(correction.field)]),
    )
