"""What does a new office have to say before the figures mean anything, and what of it is left?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.access.begin import FIRST_STEPS
from dashboard.components import (
    button,
    date_field,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    read_query,
    stack,
    with_query,
)
from dashboard.components.filters import labelled
from dashboard.i18n import fmt, t
from dashboard.pages.settings import users
from dashboard.pages.settings.preview import anew_banner
from dashboard.pages.settings.typed import field_words, how_written, shown_value, typed_value
from dashboard.pages.shared.forms import done, on_press, text_field, typed_day
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import DATA, NEW_LETTER, may_write_letters
from dashboard.pages.shared.page_request import Names, PageRequest, bind_part, office_today, once_more, one_of
from data_access.records.office import Edit
from data_access.roles import Role
from etl.desk.settings_edit import StepDays, as_room_lines, with_office, with_recording
from etl.figures.compliance.what_if import judged_anew
from etl.figures.first_steps import FirstStep, open_steps
from etl.intake.offered.uploads import Upload, Uploads
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import Settings
from etl.settings.forms import FormField, tables
from etl.settings.tables import Recording

PAGE = Page.PENGATURAN
PATH = FIRST_STEPS
TITLE = "begin.steps_title"
NAV = None

PREFIX = "begin"
STEPS = tuple(FirstStep)
ADDRESS_NAMES: Names = {"langkah": one_of(*STEPS)}


class Id(StrEnum):
    """Ids of the page."""

    URL = "begin-url"
    CHANGED = "begin-changed"
    RESULT = "begin-result"
    BODY = "begin-body"
    OFFICE = "begin-office"
    ROOMS = "begin-rooms"
    SAVE_OFFICE = "begin-save-office"
    SINCE = "begin-since"
    STEP_DAYS = "begin-step-days"
    SAVE_SINCE = "begin-save-since"
    CHECK_SINCE = "begin-check-since"
    CHECK_CLEAR = "begin-check-clear"
    CLEAR = "begin-clear-since"
    EFFECTS = "begin-effects"
    WAYS = "begin-ways"
    SAID_AT = "begin-said-at"


def layout(_: PageRequest) -> Component:
    """Head, what became of a deed, and the place of the steps."""
    return stack(
        page_url(PREFIX),
        dcc.Store(id=Id.CHANGED, data=0),
        dcc.Store(id=Id.SAID_AT),
        page_head(t("begin.steps_title"), t("begin.steps_subtitle")),
        form_area(html.Div(id=Id.RESULT, **{"aria-live": "polite"}), loading(html.Div(id=Id.BODY))),
        class_name="settings begin",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the step of the address; keep what is said, and go on to the next."""
    bind_part(app, PAGE, PREFIX, Id.BODY, lambda query, user: steps(office, query, now(), user), [Id.CHANGED])

    def save_office(_pressed: str, name: Any, rooms: Any, changed: Any) -> tuple[Any, ...]:
        words = office_said(office, now(), str(name or ""), str(rooms or ""))
        address = _search(after(FirstStep.OFFICE))
        return words, once_more(changed), address, address

    def save_since(_pressed: str, since: Any, step_days: Any, changed: Any) -> tuple[Any, ...]:
        address = _search(after(FirstStep.RECORDING))
        return recording_said(office, now(), since, step_days), once_more(changed), address, address

    def clear_since(_pressed: str, changed: Any) -> tuple[Any, ...]:
        address = _search(FirstStep.RECORDING)
        return recording_cleared(office, now()), once_more(changed), address, address

    def check_since(pressed: str, since: Any, step_days: Any) -> Component:
        if pressed == Id.CHECK_CLEAR:
            return recording_effects(office, now(), None)
        return recording_effects(office, now(), typed_day(since, "begin.no_day"), _typed_step_days(step_days))

    mark = (Id.CHANGED, "data")
    outputs = [(Id.RESULT, "children"), mark, (Id.URL, "search"), (Id.SAID_AT, "data")]
    fields = [(Id.OFFICE, "value"), (Id.ROOMS, "value"), mark]
    on_press(app, PAGE, [Id.SAVE_OFFICE], fields, save_office, outputs)
    days = [(Id.SINCE, "value"), (Id.STEP_DAYS, "value")]
    on_press(app, PAGE, [Id.SAVE_SINCE], [*days, mark], save_since, outputs, allow_duplicate=True)
    on_press(app, PAGE, [Id.CLEAR], [mark], clear_since, outputs, allow_duplicate=True)
    checks, place = [Id.CHECK_SINCE, Id.CHECK_CLEAR], [(Id.EFFECTS, "children")]
    on_press(app, PAGE, checks, days, check_since, place)
    _register_renewal(app, office)


def _register_renewal(app: Dash, office: Office) -> None:
    """Words about a step go when another one than the step after it opens; a user who was added ends a step."""

    app.clientside_callback(
        ClientsideFunction("pantau", "keptAt"),
        Output(Id.RESULT, "children", allow_duplicate=True),
        Input(Id.URL, "search"),
        State(Id.SAID_AT, "data"),
        prevent_initial_call=True,
    )

    # A preview goes with the days it was made for, what came of the step before with the next deed.
    days = [(Id.SINCE, "value"), (Id.STEP_DAYS, "value")]
    for place, given in ((Id.EFFECTS, days), (Id.RESULT, [(users.Id.CHANGED, "data")])):
        app.clientside_callback(
            ClientsideFunction("pantau", "emptied"),
            Output(place, "children", allow_duplicate=True),
            *(Input(*what) for what in given),
            prevent_initial_call=True,
        )

    @app.callback(
        Output(Id.WAYS, "children"),
        Input(users.Id.CHANGED, "data"),
        State(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def renew_ways(_changed: Any, search: str | None) -> Component:
        left = open_steps(office)
        return _ways(_chosen(read_query(search), left), left)


def office_said(office: Office, now: int, name: str, rooms: str) -> Component:
    """Keep the office's name and rooms; a message for the page."""
    words = t("begin.office_saved", office=" ".join(name.split()))
    may_drop = FirstStep.RECORDS in open_steps(office)
    return _apply(office, now, lambda settings: with_office(settings, name, rooms, may_drop=may_drop), words, "office")


def recording_said(office: Office, now: int, since: Any, step_days: Any) -> Component:
    """Keep the day from which steps are recorded, and the days of single steps; a message for the page."""
    first = typed_day(since, "begin.no_day")
    return _keep_recording(
        office, now, first, t("begin.since_saved", day=fmt().date(first)), _typed_step_days(step_days)
    )


def recording_cleared(office: Office, now: int) -> Component:
    """Let steps be recorded from their first finish again; a message for the page."""
    return _keep_recording(office, now, None, t("begin.since_cleared"))


def _typed_step_days(typed: Any) -> StepDays:
    """The days of single steps as typed, a line a step. Raises TypedValueError."""
    return typed_value(_step_days_field(), typed if isinstance(typed, str) else "") or {}


def _step_days_field() -> FormField:
    """The days of single steps among the fields of the settings."""
    (field,) = (field for one in tables() if one.path == "recording" for field in one.fields if field.key == "steps")
    return field


def _keep_recording(
    office: Office, now: int, first: date | None, words: str, step_days: StepDays | None = None
) -> Component:
    """Keep the days, and in the access log the days before and after with how much was judged anew."""
    before = office.settings.recording.first
    anew = judged_anew(office, with_recording(office.settings, first, step_days), now)
    days = {"from": before and before.isoformat(), "to": first and first.isoformat()}
    detail = {**days, "letters": anew.letters, "steps": anew.steps}
    return _apply(
        office, now, lambda settings: with_recording(settings, first, step_days), words, "recording", **detail
    )


def _apply(
    office: Office, now: int, edit: Callable[[Settings], Settings], words: str, subject: str, **detail: Any
) -> Component:
    noted = Edit(subject, detail=detail)
    applied = apply_settings(office, edit, now, actor=account().name, reason=words, edit=noted)
    return done(words, is_published=applied.is_published)


def recording_effects(office: Office, now: int, first: date | None, step_days: StepDays | None = None) -> Component:
    """What that day, or (None) no day, would judge anew, with other days of single steps where they are given; nothing
    is kept."""
    head = t("begin.if_cleared") if first is None else t("begin.if_since", day=fmt().date(first))
    return anew_banner(judged_anew(office, with_recording(office.settings, first, step_days), now), head)


def after(step: FirstStep) -> FirstStep | None:
    """The step that comes next; None after the last."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def _search(step: FirstStep | None) -> str:
    return with_query("", langkah=step)


def steps(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """All steps with what is left of them, and the form of one: that of the address, else the first that is open."""
    left = open_steps(office)
    chosen = _chosen(query, left)
    forms = {
        FirstStep.OFFICE: lambda: [_office_form(office)],
        FirstStep.PEOPLE: lambda: users.people(office, now),
        FirstStep.RECORDING: lambda: [_recording_form(office, now)],
        FirstStep.RECORDS: lambda: [_records_form(office, user)],
    }
    ways = html.Div(_ways(chosen, left), id=Id.WAYS)
    return html.Div(
        [ways, html.Div([*forms[chosen](), _later(chosen)], className="begin-form")], className="begin-columns"
    )


def _chosen(query: Mapping[str, str], left: tuple[FirstStep, ...]) -> FirstStep:
    """The step of the address, else the first that is open."""
    return next((step for step in STEPS if step == query.get("langkah")), left[0] if left else FirstStep.RECORDS)


def _ways(chosen: FirstStep, left: tuple[FirstStep, ...]) -> html.Nav:
    return html.Nav(
        html.Ol([_step_way(step, chosen, left) for step in STEPS], className="begin-steps"),
        **{"aria-label": t("begin.steps_title")},
    )


def _step_way(step: FirstStep, chosen: FirstStep, left: tuple[FirstStep, ...]) -> html.Li:
    is_done = step not in left
    state = t("begin.is_done") if is_done else t("begin.is_open")
    sign = icon("check-circle-fill" if is_done else "circle")
    words = [sign, html.Span([html.Strong(t(f"begin.step_{step}")), html.Small(state)])]
    look = f"begin-step{' is-done' if is_done else ''}{' is-on' if step is chosen else ''}"
    return html.Li(link(words, with_query(PATH, langkah=step), look))


def _later(step: FirstStep) -> Component:
    """On to the next step without saying anything; after the last, to the desk."""
    following = after(step)
    if following is None:
        return link([t("begin.to_summary"), icon("chevron-right")], "/", "intake-more")
    words = t("begin.next") if step is FirstStep.PEOPLE else t("begin.later")
    return link([words, icon("chevron-right")], with_query(PATH, langkah=following), "intake-more")


def _office_form(office: Office) -> Component:
    name = text_field(Id.OFFICE, t("begin.office_name"), office.settings.office.name or t("shell.office"))
    rooms = dbc.Textarea(id=Id.ROOMS, value=as_room_lines(office.settings), rows=5, class_name="p-input intake-words")
    return panel(
        html.P(t("begin.office_how"), className="settings-lead"),
        html.Div([name, labelled(t("begin.rooms"), rooms, "is-wide")], className="intake-form"),
        html.P(t("begin.rooms_how"), className="p-muted"),
        html.Div(button(t("begin.save"), id=Id.SAVE_OFFICE), className="intake-form"),
        title=t("begin.step_kantor"),
    )


def _recording_form(office: Office, now: int) -> Component:
    recording = office.settings.recording
    since = date_field(Id.SINCE, t("begin.since"), recording.first or office_today(office, now))
    check = button(t("begin.check"), id=Id.CHECK_SINCE, kind="quiet")
    return panel(
        html.P(t("begin.since_how"), className="settings-lead"),
        html.Div([since, check, button(t("begin.save"), id=Id.SAVE_SINCE)], className="intake-form"),
        html.P(t("begin.since_hint"), className="p-muted"),
        _step_days(recording),
        _clear_form(recording),
        loading(html.Div(id=Id.EFFECTS, **{"aria-live": "polite"})),
        title=t("begin.step_pencatatan"),
    )


def _clear_form(recording: Recording) -> Component:
    """To take the day away again; there unseen while none is set."""
    buttons = [
        button(t("begin.check_clear"), id=Id.CHECK_CLEAR, kind="quiet"),
        button(t("begin.clear"), id=Id.CLEAR, kind="quiet"),
    ]
    parts = [html.P(t("begin.clear_how"), className="p-muted"), html.Div(buttons, className="intake-form")]
    return html.Div(parts, hidden=recording.first is None)


def _step_days(recording: Recording) -> Component:
    """The days of single steps, or that one is never recorded; unfolded where there are any."""
    field = _step_days_field()
    typed = shown_value(field, recording.model_dump(mode="json")["steps"])
    area = dbc.Textarea(id=Id.STEP_DAYS, value=typed, rows=3, class_name="p-input intake-words")
    return html.Details(
        [
            html.Summary(t("begin.step_days")),
            html.Div(labelled(field_words(field), area, "is-wide"), className="intake-form"),
            html.Small(how_written(field), className="settings-hint"),
        ],
        open=bool(recording.steps),
    )


def _records_form(office: Office, user: Account) -> Component:
    """The files that wait here already, and the ways to further ones and to a first letter."""
    waiting = Uploads.of(office.home).waiting(user.id)
    files = [html.Li(_file_way(upload)) for upload in waiting]
    return panel(
        _records_how(user),
        html.Div([html.P(t("begin.waiting_files", n=len(files))), html.Ul(files, className="intake-last")])
        if files
        else None,
        html.Div([_load_way(waiting), *_letter_way(user)], className="intake-form"),
        title=t("begin.step_catatan"),
    )


def _file_way(upload: Upload) -> Component:
    until = t("data.kept_until", until=fmt().moment_short(upload.deleted_at))
    words = [html.Span(upload.name, className="intake-file"), html.Small(until)]
    return link([html.Span(words), icon("chevron-right")], with_query(DATA, berkas=upload.token))


def _load_way(waiting: Sequence[Upload]) -> Component:
    """To the preview of the newest file that waits; without one, to where files are loaded."""
    if not waiting:
        return button([icon("cloud-arrow-up"), t("begin.to_data")], href=DATA)
    return button([icon("table"), t("begin.see_preview")], href=with_query(DATA, berkas=waiting[0].token))


def _letter_way(user: Account) -> list[Component]:
    return [button(t("begin.letter_do"), href=NEW_LETTER, kind="quiet")] if may_write_letters(user) else []


def _records_how(user: Account) -> Component:
    """How the records begin; "with the first letter" leads there for who may write one."""
    first = t("begin.records_letter")
    way = link(first, NEW_LETTER) if may_write_letters(user) else first
    return html.P([t("begin.records_how"), " ", way, "."], className="settings-lead")


def first_days(office: Office, user: Account) -> Component | None:
    """What a new office has left to do, for who does it; for others that nothing is recorded yet. None when all is."""
    left = open_steps(office)
    if not left:
        return None
    if user.role not in (Role.ADMIN, Role.AGENDARIS):
        return (
            panel(html.P(t("begin.nothing_yet")), title=t("begin.steps_title")) if FirstStep.RECORDS in left else None
        )
    items = [html.Li(_left(step, user)) for step in left]
    note_ = t("begin.left", n=len(left), count=fmt().number(len(left)))
    return panel(html.Ul(items, className="intake-waits"), title=t("begin.steps_title"), note=note_)


def _left(step: FirstStep, user: Account) -> Component:
    words = html.Span(t(f"begin.step_{step}"))
    if user.may(PAGE):
        return link([words, icon("chevron-right")], with_query(PATH, langkah=step))
    if step is not FirstStep.RECORDS:
        return html.Div([words, html.Small(t("begin.by_admin"), className="p-muted")], className="begin-by-admin")
    address = NEW_LETTER if may_write_letters(user) else DATA
    return link([words, icon("chevron-right")], address)
