"""What did this file bring: its counts, its rejected and waiting rows, what it changed, and how to take it back?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.components.cards import Kpi, banner, button, empty, kpi_row, link, loading, page_head, panel
from dashboard.components.filters import page_url, read_query
from dashboard.components.status import Tone, icon
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake import load_lists as lists
from dashboard.pages.intake.frame import UnusableAnswerError, decision, given_reason, hint, left_out, take_decisions
from dashboard.pages.intake.waiting_parts import row_answered, row_named
from dashboard.pages.shared.forms import done, may_do, note, outcome, reason_field
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import DATA, RUNS, WAITING, crumbs, load_address
from dashboard.pages.shared.page_request import ADDRESS_NUMBER, Names, PageRequest, is_page, one_of, record_number
from dashboard.pages.shared.words import actor_words, file_words, kind_words, result_pill
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.access import REJECTS_DONE, REJECTS_OPEN
from data_access.records.intake.loads import Load, load_by_id
from data_access.records.intake.views import set_aside_count, span_of, undoing_load
from etl.desk.rejected_rows import letters_named, open_reject, take_each
from etl.extract import SPECS
from etl.extract.furniture import Furniture
from etl.figures.intake.open_work import load_subject, open_rejects
from etl.intake.load_report import furniture_words
from etl.intake.undo import Undone, undo, undo_preview
from etl.office import Office

PAGE = Page.DATA
PATH = f"/data/muatan/<{ADDRESS_NUMBER}:load_id>"
TITLE = "intake.load"
NAV = None
ADDRESS_NAMES: Names = {
    "hal": is_page,
    "aksi": one_of("batalkan"),
    "bagian": one_of(*lists.SECTIONS),
    "baris": lambda _office, row: row.isdecimal() and len(row) < 10,
    **dict.fromkeys(("lembar", "pisah")),
}

_TONES = {"accepted": Tone.GOOD, "waiting": Tone.NEAR, "rejected": Tone.LATE}
SURE = "sure"


class Id(StrEnum):
    """Ids of the page."""

    URL = "load-url"
    LOAD = "load-id"
    BODY = "load-body"
    CHANGED = "load-changed"
    MARK = "load-mark"
    OUTCOME = "load-said"
    SCROLLED = "load-scrolled"


class SeveralId(StrEnum):
    """Ids of the question about a row that names several letters."""

    ROW = "load-several-row"
    DO = "load-several-do"


class UndoId(StrEnum):
    """Ids of undoing, on the page of one load."""

    REASON = "load-undo-reason"
    SURE = "load-undo-sure"
    DO = "load-undo-do"
    OUTCOME = "load-undo-said"
    UNDONE = "load-undo-changed"


def layout(page_request: PageRequest) -> Component:
    """The load of the address."""
    load = _load(page_request.office, int(page_request.path["load_id"]))
    if load is None:
        return _not_found(int(page_request.path["load_id"]))
    return html.Div(
        [
            page_url("load"),
            dcc.Store(id=Id.LOAD, data=load.id),
            dcc.Store(id=Id.CHANGED, data=0),
            dcc.Store(id=Id.SCROLLED),
            dcc.Store(id=UndoId.UNDONE, data=0),
            form_area(loading(html.Div(id=UndoId.OUTCOME)), html.Div(id=Id.OUTCOME), loading(html.Div(id=Id.BODY))),
        ],
        className="intake intake-load",
    )


def _load(office: Office, load_id: int) -> Load | None:
    with reading(office.records) as connection:
        return load_by_id(connection, load_id)


def _not_found(load_id: int) -> Component:
    back = html.Div(button(t("intake.all_runs"), href=RUNS), className="case-back")
    words = empty(t("intake.no_such_load", number=load_id), t("intake.no_such_load_hint"), "search")
    return html.Div([page_head(t("intake.load"), crumbs=crumbs((t("intake.runs_title"), RUNS))), panel(words, back)])


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show the load; let those who may mark its rejected rows as done with."""

    @app.callback(
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        Input(Id.CHANGED, "data"),
        Input(UndoId.UNDONE, "data"),
        State(Id.LOAD, "data"),
    )
    @guarded(PAGE)
    def show(search: str | None, _changed: Any, _undone: Any, load_id: Any) -> Component:
        load = _load(office, _number(load_id))
        if load is None:
            return _not_found(_number(load_id))
        return whole(office, load, read_query(search), may_change=may_do(account()))

    def mark(_pressed: str, load_id: Any) -> Component:
        load = _load(office, _number(load_id))
        if load is None:
            raise UnusableAnswerError("intake.no_such_load", number=_number(load_id))
        is_open = load.id in open_rejects(office)
        note(office, now(), account().name, REJECTS_DONE if is_open else REJECTS_OPEN, load_subject(load.id))
        return outcome(t("intake.marked_done") if is_open else t("intake.marked_open"), Tone.GOOD)

    def take_row(_pressed: str, load_id: Any, row: Any) -> Component:
        return _take_each(office, now(), load_id, row)

    take_decisions(app, "load", (Id.MARK,), ((Id.LOAD, "data"),), mark, address=None)
    several = (Id.LOAD, "data"), (SeveralId.ROW, "data")
    take_decisions(app, "load", (SeveralId.DO,), several, take_row, allow_duplicate=True)
    register_undo(app, office, now)
    app.clientside_callback(
        ClientsideFunction("pantau", "showRow"), Output(Id.SCROLLED, "data"), Input(Id.BODY, "children")
    )


def _number(value: Any) -> int:
    return record_number(value) or 0


def whole(office: Office, load: Load, query: Mapping[str, str], *, may_change: bool) -> Component:
    """The page of one load; `may_change` adds the buttons."""
    head = [_head(load, may_change), undone_banner(office, load)]
    if may_change and query.get("aksi") == "batalkan":
        head.append(undo_panel(office, load))
    if may_change and query.get("pisah"):
        head.append(several_panel(office, load, query["pisah"]))
    if load.kind not in SPECS:
        facts = panel(_facts(office, load), class_name="intake-facts")
        return html.Div([*head, facts, lists.done_on_page(office, load)])
    with reading(office.records) as connection:
        span = span_of(connection, load.kind, load.id)
        aside = set_aside_count(connection, load.id)
    name = lists.section_asked(load, query, aside)
    drawn = lists.section(office, load, span, name, query, may_change=may_change)
    return html.Div(
        [
            *head,
            kpi_row(*_counts(load)),
            panel(_facts(office, load), _warnings(load), class_name="intake-facts"),
            panel(
                lists.tabs(load, name, span.count, aside),
                _for_rejects(office, load, may_change) if name == lists.REJECTED and load.counts.rejected else None,
                drawn,
            ),
        ]
    )


def _head(load: Load, may_change: bool) -> Component:
    actions: list[Component] = [result_pill(load)]
    if may_change and load.status == "loaded" and load.kind != "pembatalan":
        words = [icon("arrow-counterclockwise"), t("intake.undo_open")]
        actions.append(button(words, href=load_address(load.id, aksi="batalkan"), kind="quiet"))
    subtitle = f"{kind_words(load.kind)} · {t('intake.load_number', number=load.id)}"
    return page_head(
        file_words(load), subtitle, actions=actions, crumbs=crumbs((t("intake.runs_title"), RUNS), (str(load.id), None))
    )


def _counts(load: Load) -> list[Kpi]:
    """Rows read, and the five ends that add up to them."""
    f, counts = fmt(), load.counts
    names = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")
    by_name = {name: getattr(counts, name) for name in names}
    return [
        Kpi(t(f"intake.{name}"), f.number(count), tone=_TONES.get(name, Tone.PLAIN) if count else Tone.MUTED)
        for name, count in by_name.items()
    ]


def _facts(office: Office, load: Load) -> Component:
    f = fmt()
    lines = {
        "when": f.moment(load.started_at),
        "who": actor_words(office, load.actor),
        "source": load.source_name or t("intake.no_source"),
        "sha256": html.Code(load.sha256[:12], title=load.sha256),
        "ignored": ", ".join(load.ignored_columns or ()) or t("intake.none_ignored"),
        "furniture": _furniture(load),
    }
    terms = [part for name, words in lines.items() for part in (html.Dt(t(f"intake.{name}")), html.Dd(words))]
    return html.Dl(terms, className="intake-terms")


def _furniture(load: Load) -> str:
    rows = [Furniture(**row) for row in load.furniture or ()]
    return sentence(furniture_words(rows)) if rows else t("intake.none_ignored")


def _warnings(load: Load) -> Component | None:
    if not load.warnings:
        return None
    lines = [html.Li(sentence(warning["message"])) for warning in load.warnings[:200]]
    title = t("intake.warnings", count=fmt().number(len(load.warnings)), n=len(load.warnings))
    rest = left_out("intake.more_warnings", len(load.warnings) - len(lines))
    return html.Details([html.Summary([icon("exclamation-triangle"), " ", title]), html.Ul(lines), *rest])


def _for_rejects(office: Office, load: Load, may_change: bool) -> Component:
    """What can be done with rejected rows: take them home, repair them, or say that they are done with."""
    download = html.A(
        [icon("download"), t("intake.download_rejects")],
        href=f"{DATA}/tolakan/{load.id}",
        className="p-button is-primary",
    )
    is_open = load.id in open_rejects(office)
    words = t("intake.rejects_wait") if is_open else t("intake.rejects_closed")
    parts: list[Any] = [hint(words), download]
    if may_change and load.status == "loaded":
        label = t("intake.mark_done") if is_open else t("intake.mark_open")
        parts.append(button([icon("check2-square"), label], id=Id.MARK, kind="quiet"))
        parts.append(link(t("intake.give_again"), DATA, "intake-more"))
    return html.Div(parts, className="intake-actions")


def several_panel(office: Office, load: Load, text: str) -> Component:
    """The question whether a rejected row is taken once for each letter that it names; `text`: its place among
    the rejected rows of the load."""
    row = row_named(text, lambda place: open_reject(office, load, place))
    if row is None:
        return decision(html.P(t("intake.number_answered")))
    numbers = letters_named(load.kind, row)
    return decision(
        dcc.Store(id=SeveralId.ROW, data=int(text)),
        hint(t("intake.several_hint", row=row["row"])),
        html.Ul([html.Li(number) for number in numbers], className="intake-letters"),
        buttons=[button(t("intake.several_do", count=fmt().number(len(numbers))), id=SeveralId.DO)],
        cancel=load_address(load.id, bagian=lists.REJECTED),
        title=t("intake.several_title"),
    )


def _take_each(office: Office, now: int, load_id: Any, row: Any) -> Component:
    """Take the row once for each of its letters; what became of it, in words."""
    load, row_id, user = _number(load_id), row_answered(row), account()
    receipt = take_each(office, load, row_id, user.name, user.role, now)
    note(office, now, user.name, "correct", f"{load_subject(load)} {row_id}", field="no_agenda")
    counts = receipt.counts
    taken = counts.accepted + counts.corrected + counts.unchanged
    words = t("intake.several_done", count=fmt().number(taken), load=receipt.load_id)
    shown = done(words, is_published=receipt.is_published)
    return html.Div([shown, _way_to_waiting(counts.waiting)]) if counts.waiting else shown


def _way_to_waiting(count: int) -> Component:
    """How many of the rows wait, with the list on which they are answered."""
    return html.P(link(t("intake.several_waiting", count=fmt().number(count), n=count), WAITING))


def register_undo(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a load back for those who may, once they have said why and that they are sure."""

    def decide(_pressed: str, load_id: Any, reason: Any, sure: Any) -> Component | None:
        return None if record_number(load_id) is None else _undo(office, now(), load_id, reason, is_sure=sure == [SURE])

    given = ((Id.LOAD, "data"), (UndoId.REASON, "value"), (UndoId.SURE, "value"))
    take_decisions(app, "load-undo", (UndoId.DO,), given, decide, url=Id.URL)


def _undo(office: Office, now: int, load_id: int, typed: Any, *, is_sure: bool) -> Component:
    """Take the load back; what became of it, in words."""
    reason, user = given_reason(typed), account().name
    if not is_sure:
        raise UnusableAnswerError("intake.undo_unsure")
    undone = undo(office, load_id, reason, user, now)
    note(office, now, user, "undo", load_subject(load_id), rows=undone.rows)
    return done(t("intake.undo_done", file=undone.file), is_published=undone.is_published)


def undone_banner(office: Office, load: Load) -> Component | None:
    """Who took the load back, when and why; None while it counts."""
    if load.status != "undone":
        return None
    with reading(office.records) as connection:
        by = undoing_load(connection, load.id)
    who = actor_words(office, by["actor"] if by else None)
    moment = fmt().moment(by["started_at"] if by else load.undone_at)
    reason = (by or {}).get("undo_reason") or t("word.none")
    words = t("intake.undone_words", moment=moment, who=who, reason=reason)
    return banner([words, " ", link(t("intake.give_again"), DATA)], Tone.NEAR, "arrow-counterclockwise")


def undo_panel(office: Office, load: Load) -> Component:
    """The question before a load is taken back: what would go, what would return, and why."""
    try:
        would = undo_preview(office, load.id)
    except PantauError as error:
        return banner(sentence(error), Tone.LATE, "exclamation-octagon")
    sure = dbc.Checklist(
        id=UndoId.SURE, options=[{"label": t("intake.undo_sure"), "value": SURE}], value=[], class_name="intake-check"
    )
    words = [icon("arrow-counterclockwise"), t("intake.undo_do")]
    return decision(
        hint(t("intake.undo_hint")),
        html.Ul([html.Li(words) for words in _losses(would)], className="intake-loss"),
        reason_field(UndoId.REASON, t("intake.undo_example")),
        html.Div(sure, className="intake-form"),
        buttons=[button(words, id=UndoId.DO, kind="danger")],
        cancel=load_address(load.id),
        title=t("intake.undo_title"),
    )


def _losses(would: Undone) -> list[str]:
    """One sentence a consequence; those that concern nothing are left out."""
    counts = {
        "rows": would.rows,
        "letters": would.letters,
        "sessions": would.sessions,
        "returning": would.returning,
        "page_corrections": would.page_corrections,
    }
    sentences = [
        t(f"intake.undo_{name}", count=fmt().number(count), n=count) for name, count in counts.items() if count
    ]
    return sentences or [t("intake.undo_nothing")]
