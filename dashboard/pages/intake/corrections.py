"""Which values did a person put right, and which of these does a file question?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import (
    Tone,
    button,
    empty,
    icon,
    link,
    panel,
    pill,
    with_query,
)
from dashboard.components.pager import pager, read_page
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.list_frame import frame, show_lists
from dashboard.pages.shared.numbers import once_more, record_number
from dashboard.pages.shared.page_request import Visit
from dashboard.pages.shared.row_lists import (
    CORRECTIONS,
    actor_words,
    done,
    kind_words,
    letter_link,
    may_do,
    note,
    place_link,
    reason_field,
    reason_of,
    said,
    table,
    table_row,
)
from dashboard.pages.shared.row_words import field_words, step_words, value_words
from data_access.errors import PantauError
from etl.corrections.page import Answer, answer
from etl.figures.intake.corrections import PageCorrection, corrections_listed
from etl.figures.intake.open_work import PAGE_ROWS

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.DATA
PATH = CORRECTIONS
TITLE = "intake.corrections_title"
NAV = None


class Id(StrEnum):
    """Ids of the page."""

    URL = "corrections-url"
    SAID = "corrections-said"
    CHANGED = "corrections-changed"
    ASKED = "corrections-asked"
    REASON = "corrections-reason"
    KEEP = "corrections-keep"
    TAKE = "corrections-take"


def layout(_: Visit) -> Component:
    """Head, and the place of the list."""
    return frame("corrections")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the corrections; take the answers of those who may give them."""

    show_lists(app, "corrections", lambda query: lists(office, query, may_change=may_do(account())))

    @app.callback(
        Output(Id.SAID, "children"),
        Output(Id.CHANGED, "data"),
        Output(Id.URL, "search"),
        Input(Id.KEEP, "n_clicks"),
        Input(Id.TAKE, "n_clicks"),
        State(Id.ASKED, "data"),
        State(Id.REASON, "value"),
        State(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def decide(kept: int | None, taken: int | None, asked: Any, reason: Any, changed: Any) -> tuple[Any, Any, Any]:
        if not (kept or taken) or record_number(asked) is None:
            return no_update, no_update, no_update
        words = reason_of(reason if isinstance(reason, str) else "")
        if not words:
            return said(t("intake.reason_short")), no_update, no_update
        choice = Answer.KEEP if ctx.triggered_id == Id.KEEP else Answer.TAKE_FILE
        try:
            answered = answer(office, asked, choice, account().name, now(), words)
        except PantauError as error:
            return said(sentence(error)), no_update, no_update
        note(office, now(), account().name, "correction_answer", f"correction {asked}", answer=choice, reason=words)
        told = done(t(f"intake.answered_{choice}"), is_published=answered.is_published)
        return told, once_more(changed), ""


def lists(office: Office, query: Mapping[str, str], *, may_change: bool) -> Component:
    """The corrections in force, questions first; what was opened stands above them."""
    page = read_page(query.get("hal"))
    found, total = corrections_listed(office, page)
    if not total:
        return panel(empty(t("intake.no_page_corrections"), t("intake.no_page_corrections_hint"), "pencil"))
    opened = next((one for one in found if str(one.id) == query.get("tanya")), None)
    names = ["letter", "what", "change", "who", "reason"]
    heads = {name: t(f"intake.{name}") for name in names} | ({"action": t("intake.action")} if may_change else {})
    rows = [table_row(heads, _cells(office, one, page)) for one in found]

    def address(number: int) -> str:
        return with_query(CORRECTIONS, hal=number if number > 1 else None)

    return html.Div(
        [
            _decision(one=opened) if opened and may_change else None,
            panel(
                table(t("intake.corrections_title"), heads, rows),
                pager(page, PAGE_ROWS, total, address),
                title=t("intake.in_force", count=fmt().number(total), n=total),
            ),
        ]
    )


def what_of(one: PageCorrection) -> Sequence[Component | str]:
    """Which pass, letter or session is corrected, and where its row was read."""
    if one.row is None:
        return [kind_words(one.kind)]
    name = kind_words(one.kind)
    if one.kind == "disposisi":
        name = step_words(one.row["step"], one.row["pass_number"])
    elif one.kind == "pemakaian":
        name = f"{one.row['room_name'] or one.row['room_text']}, {fmt().moment_short(one.row['started_at'])}"
    return [html.Div(name), html.Small(place_link(one.row))]


def letter_of(one: PageCorrection) -> Component | str:
    """The way to the letter of the row."""
    if one.row is None:
        return t("word.none")
    return letter_link(one.row["year"], one.row["agenda_key"], one.row["agenda_number"])


def change_of(one: PageCorrection) -> Component:
    """The value of the file and the right one; and the question of a later file."""
    old, new = value_words(one.field, one.file_value), value_words(one.field, one.new_value)
    parts: list[Any] = [html.Span(f"{field_words(one.field)}: ", className="p-muted"), html.Del(old), " → "]
    parts.append(html.Ins(t("intake.taken_back") if one.is_revoked else new))
    lines = [html.Div(parts, className="intake-change")]
    if one.question is not None:
        words = t("intake.file_says", value=value_words(one.field, one.question.file_now))
        lines.append(html.Div(pill(Tone.NEAR, "question-circle", words)))
    return html.Div(lines)


def _cells(office: Office, one: PageCorrection, page: int) -> dict[str, Any]:
    key = "answer" if one.question else "take_back"
    address = with_query(CORRECTIONS, tanya=one.id, hal=page if page > 1 else None)
    return {
        "letter": letter_of(one),
        "what": what_of(one),
        "change": change_of(one),
        "who": [html.Div(actor_words(office, one.actor)), html.Small(fmt().moment_short(one.at), className="p-muted")],
        "reason": one.reason,
        "action": link([t(f"intake.{key}"), icon("chevron-right")], address, "intake-more"),
    }


def _decision(one: PageCorrection) -> Component:
    """Keep the correction or let the file's value count; only the second where no file asks."""
    question = one.question
    file_now = value_words(one.field, question.file_now if question else one.file_value)
    mine = value_words(one.field, one.new_value)
    keep = button([icon("check2"), t("intake.keep_mine", value=mine)], id=Id.KEEP)
    take = button(t("intake.take_file", value=file_now), id=Id.TAKE, kind="quiet" if question else "primary")
    return panel(
        dcc.Store(id=Id.ASKED, data=one.id),
        html.P(t("intake.question_hint" if question else "intake.take_back_hint"), className="intake-hint"),
        html.Div(change_of(one), className="intake-hint"),
        reason_field(Id.REASON),
        html.Div(
            [
                keep if question else html.Button(id=Id.KEEP, hidden=True),
                take,
                button(t("intake.cancel"), href=CORRECTIONS, kind="quiet"),
            ],
            className="intake-form",
        ),
        title=html.Span([letter_of(one), " · ", field_words(one.field)]),
        class_name="intake-decision",
    )
