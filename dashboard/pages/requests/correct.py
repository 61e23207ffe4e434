"""What was written wrong here, and what is right: one value of a request, a pass or a session put right by a person.

The source row stays as it is; the correction lies over it, with who, when and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component
from flask import abort

from dashboard.access import May, Page, account
from dashboard.access.accounts import Account
from dashboard.components import (
    button,
    date_field,
    day_in_address,
    empty,
    link,
    page_head,
    page_url,
    panel,
    select,
    with_query,
)
from dashboard.components.filters import ALL
from dashboard.i18n import fmt, t
from dashboard.i18n.formats import as_date
from dashboard.pages.shared.forms import done, may_do, note, on_press, outcome, reason_field, reason_of, text_field
from dashboard.pages.shared.invented import form_area, refuse_invented
from dashboard.pages.shared.links import CORRECTIONS, Crumbs, correction_address, crumbs, request_address
from dashboard.pages.shared.page_request import ADDRESS_NUMBER, Names, PageRequest, record_number
from dashboard.pages.shared.stamps import own_steps
from dashboard.pages.shared.words import (
    Place,
    Places,
    field_words,
    kind_words,
    place_link,
    place_words,
    request_link,
    stamp_words,
    step_words,
    stored_places,
    value_words,
)
from etl.corrections.page import correct
from etl.corrections.typed import CONDITIONS, STATUSES
from etl.desk.screen_rows import entered_by
from etl.desk.stamps import opd_of_letter, stamp_given
from etl.extract.kinds import NUMBER_FORMS, Field, Form, corrections_of
from etl.figures.intake.open_work import RowNow, row_now
from etl.figures.requests.detail import Request, Source
from etl.office import Office
from etl.reference.steps import STEP_INDEX

PAGE = Page.DATA
PATH = f"/data/koreksi/<kind>/<{ADDRESS_NUMBER}:row_id>"
TITLE = "intake.correct_title"
NAV = None
ADDRESS_NAMES: Names = {"ubah": None}

OWN = "/koreksi-cap"
"""The same form for an agency's own stamps (`correct_own`)."""

_FIRST = {"disposisi": "finished"}
"""The field that is open at first, where that is not the first one."""

_ELSEWHERE = "pass_number"
"""The number of a pass is put right on the page of flags."""


def _fields(kind: str) -> dict[str, Field]:
    """The fields on the form."""
    return {name: field for name, field in corrections_of(kind).items() if name != _ELSEWHERE}


class Id(StrEnum):
    """Ids of the page."""

    TARGET = "correct-target"
    DATE = "correct-date"
    TIME = "correct-time"
    VALUE = "correct-value"
    REASON = "correct-reason"
    SAVE = "correct-save"
    OUTCOME = "correct-said"


def layout(page_request: PageRequest) -> Component:
    """The form for one field of one row; words for those who may not change anything."""
    kind, row_id = str(page_request.path["kind"]), int(page_request.path["row_id"])
    return form_page(
        page_request, kind, row_id, crumbs((t("intake.corrections_title"), CORRECTIONS), (kind_words(kind), None))
    )


def form_page(page_request: PageRequest, kind: str, row_id: int, way: Crumbs) -> Component:
    """The same below the crumbs of whichever page it is reached by."""
    head = page_head(t("intake.correct_title"), crumbs=way)
    office, user = page_request.office, page_request.account
    if not may_correct(office, user, kind, row_id):
        return html.Div([head, panel(empty(t("shell.forbidden_words"), icon_name="shield-lock"))], className="intake")
    fields = _fields(kind)
    record = row_now(office, kind, row_id) if fields else None
    if record is None:
        words = empty(t("intake.no_such_row"), t("intake.no_such_row_hint"), "search")
        return html.Div([head, panel(words)], className="intake")
    field = page_request.query.get("ubah", "")
    field = field if field in fields else _FIRST.get(kind, next(iter(fields)))
    form = html.Div([html.Div(id=Id.OUTCOME), _form(office, record, field, user)])
    shown = form if _is_tap(office, kind, row_id) else form_area(form)
    return html.Div([page_url("correct"), head, shown], className="intake")


def _is_tap(office: Office, kind: str, row_id: int) -> bool:
    """Whether a row was stamped on a screen, which is put right on invented records too."""
    return kind == "disposisi" and stamp_given(office, row_id) is not None


def may_correct(office: Office, user: Account, kind: str, row_id: int) -> bool:
    """Whether that user may put this row right: who keeps the data any, who holds a step its own stamps of it, an
    agency those of its own requests and steps that one of its users gave."""
    if may_do(user):
        return True
    given = stamp_given(office, row_id) if kind == "disposisi" else None
    if given is None or given.step not in own_steps(office, user):
        return False
    if user.opd_filter is None:
        return given.actor == user.name
    return given.role == user.role.value and opd_of_letter(office, given.request_id) == _canonical(office, user)


def _canonical(office: Office, user: Account) -> str | None:
    """The agency of a user under the name that its requests bear."""
    return office.book.opd_names.one(user.opd_filter or "")


def _form(office: Office, record: RowNow, field: str, user: Account) -> Component:
    kind, row_id, now = record.kind, int(record.row["id"]), record.values.get(field)
    looks = {name: f"intake-tab{' is-on' if name == field else ''}" for name in _fields(kind)}
    fields = [
        html.A(field_words(name), href=address_for(user, kind, row_id, name), className=look)
        for name, look in looks.items()
    ]
    return panel(
        dcc.Store(id=Id.TARGET, data=[kind, row_id, field]),
        html.Nav(fields, className="intake-tabs", **{"aria-label": t("intake.correct_which")}),
        html.P([t("intake.correct_now"), " ", html.Strong(value_words(field, now))], className="intake-hint"),
        html.Div(_inputs(office, kind, now, field), className="intake-form"),
        reason_field(Id.REASON, t("intake.correct_example")),
        html.Div([button(t("intake.correct_save"), id=Id.SAVE), *_back(record)], className="intake-form"),
        html.P([t("intake.correct_hint"), " ", _place(record, user)], className="p-muted"),
        title=_what(record),
    )


def address_for(user: Account, kind: str, row_id: int, field: str | None = None) -> str:
    """The form as that user reaches it: below Data, or for an agency, which has no Data page, below its requests."""
    if user.may(Page.DATA):
        return correction_address(kind, row_id, field)
    return with_query(f"{OWN}/{int(row_id)}", ubah=field)


def _place(record: RowNow, user: Account) -> Component | str:
    """Where the row stands, with the way to its load for those who may see loads."""
    row = record.row
    return place_link(row) if user.may(Page.DATA) else place_words(row["file"], row["sheet"], row["row"])


def _what(record: RowNow) -> Component:
    """ "A4 · 2026/143"."""
    row = record.row
    name = step_words(row["step"], row["pass_number"]) if record.kind == "disposisi" else kind_words(record.kind)
    return html.Span([name, " · ", request_link(row["year"], row["agenda_key"], row["agenda_number"])])


def _back(record: RowNow | None) -> list[Component]:
    """The way back to the request."""
    if record is None or record.row["year"] is None:
        return []
    address = request_address(record.row["year"], record.row["agenda_key"])
    return [button(t("intake.back_to_letter"), href=address, kind="quiet")]


def _inputs(office: Office, kind: str, now: Any, field: str) -> Sequence[Component]:
    """Day and clock time of a stamp, or one value; the other fields are there unseen, so that one button serves."""
    corrected = _fields(kind)[field]
    if corrected.is_stamp:
        day, clock = _typed(now)
        time = text_field(Id.TIME, t("intake.correct_time"), clock, kind="time")
        return [date_field(Id.DATE, t("intake.correct_date"), day), time, _unseen(Id.VALUE)]
    options = _options(office, corrected.form)
    if options:
        value = select(Id.VALUE, field_words(field), [("", t("intake.choose")), *options], str(now or ""))
    else:
        kind_of_input = "number" if corrected.form in NUMBER_FORMS else "text"
        value = text_field(Id.VALUE, field_words(field), "" if now is None else str(now), kind=kind_of_input)
    return [value, _unseen(Id.DATE), _unseen(Id.TIME)]


def _typed(stamp: Any) -> tuple[str, str]:
    """Day and clock time of a stamp as the browser's own fields take them."""
    if not stamp:
        return "", ""
    local = None if stamp["at"] is None else fmt().local(int(stamp["at"]))
    return as_date(int(stamp["on"])).isoformat(), f"{local:%H:%M}" if local else ""


def _unseen(id: str) -> Component:
    return html.Div(dcc.Input(id=id, type="hidden", value=""), hidden=True)


def _options(office: Office, form: Form) -> list[tuple[str, str]]:
    """The values to choose from; none where any may be typed."""
    if form is Form.STATUS:
        return [(status, t(f"status.{status}")) for status in STATUSES]
    if form is Form.CONDITION:
        return [(name, t(f"intake.condition_{name}")) for name in CONDITIONS]
    if form is Form.ROOM:
        return [(room.name, room.name) for room in office.settings.rooms]
    return [(name, name) for name in sorted(office.settings.opd)] if form is Form.OPD else []


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a correction from those who may give it."""

    def save(_pressed: str, target: Any, day: Any, clock: Any, value: Any, reason: Any) -> Component | None:
        if not (isinstance(target, list) and len(target) == 3 and record_number(target[1])):
            return None
        kind, row_id, field = str(target[0]), target[1], str(target[2])
        if not may_correct(office, account(), kind, row_id) or field not in _fields(kind):
            abort(403)
        if not _is_tap(office, kind, row_id):
            refuse_invented()
        words = reason_of(reason)
        if not words:
            return outcome(t("intake.reason_short"))
        is_stamp = _fields(kind)[field].is_stamp
        typed = (
            f"{day_in_address(day or '')} {clock or ''}".strip()
            if is_stamp
            else str("" if value in (None, ALL) else value)
        )
        return _saved(office, now(), Place(0, kind, row_id), field, typed, words)

    given = [(Id.TARGET, "data"), *((id, "value") for id in (Id.DATE, Id.TIME, Id.VALUE, Id.REASON))]
    on_press(app, Page.PERMOHONAN, [Id.SAVE], given, save, [(Id.OUTCOME, "children")], May.SEE)


def _saved(office: Office, now: int, row: Place, field: str, typed: str, reason: str) -> Component:
    corrected = correct(office, row.kind, row.row_id, {field: typed}, reason, account().name, now)
    note(office, now, account().name, "correct", f"{row.kind} {row.row_id}", field=field)
    record = row_now(office, row.kind, row.row_id)
    stored = done(t("intake.corrected_said"), is_published=corrected.is_published)
    return html.Div([stored, html.Div(_back(record), className="intake-form")])


def correct_panel(office: Office, detail: Request, places: Places, user: Account) -> Component | None:
    """The ways to put each pass, the request and its sessions right; for who holds a step, its own stamps.

    `detail` is of a request that the user may see.
    """
    rows = _rows_to_correct(office, detail, places, user)
    if not rows:
        return None
    lines = [(words, address_for(user, place.kind, place.row_id)) for words, place in rows]
    items = [html.Li([html.Span(words), link(t("intake.correct_do"), href, "intake-more")]) for words, href in lines]
    return panel(
        html.Details([html.Summary(t("intake.correct_open")), html.Ul(items, className="case-correct")]),
        title=t("intake.correct_title"),
        class_name="no-print",
    )


Stamped = Callable[[str, tuple[str, str]], bool]
"""Whether a row of a step, entered on a screen by a role and a user, is meant."""

Rows = list[tuple[str, Place]]
"""What can be put right, in words, and where it is stored."""


def _rows_to_correct(office: Office, detail: Request, places: Places, user: Account) -> Rows:
    if may_do(user):
        whole = (t("intake.correct_letter"), detail.sources[-1] if detail.sources else None)
        none, f = t("word.none"), fmt()
        sessions = [
            (f"{used.room or none} · {f.moment_short(used.started_at)}", used.source) for used in detail.sessions
        ]
        return [*_stored([whole], places), *_passes(detail, places), *_stored(sessions, places)]
    if user.may(Page.DATA):
        return _passes(detail, places, lambda _, giver: giver == (user.role.value, user.name))
    own, stored = own_steps(office, user), stored_places(office, detail)
    return _passes(detail, stored, lambda step, giver: step in own and giver[0] == user.role.value)


def _stored(rows: Iterable[tuple[str, Source | None]], places: Places) -> Rows:
    """Those whose row is known."""
    return [(words, places[source]) for words, source in rows if source in places]


def _passes(detail: Request, places: Places, by: Stamped | None = None) -> Rows:
    """One line a pass, with the newest of its rows; with `by` only those stamped on a screen, as it says."""
    rows: list[tuple[str, Source | None]] = []
    for step in detail.steps:
        for pass_ in step.passes:
            sources = [source for source in pass_.sources if by is None or _is_by(by, step.step, source)]
            when = stamp_words(pass_.finished_on, pass_.finished_at)
            words = f"{step_words(STEP_INDEX[step.step], pass_.number)} · {field_words('finished')} {when}"
            rows.append((words, sources[-1] if sources else None))
    return _stored(rows, places)


def _is_by(by: Stamped, step: str, source: Source) -> bool:
    giver = entered_by(source.sheet)
    return giver is not None and by(step, giver)
