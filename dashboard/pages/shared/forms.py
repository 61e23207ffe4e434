"""What pages with a form share: who may use it, its fields, what became of it, and its line in the access log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, guarded
from dashboard.access.accounts import Account, current_account
from dashboard.components import Tone, button, coded, icon, read_day, stack
from dashboard.components.filters import labelled
from dashboard.i18n import sentence, t
from dashboard.pages.shared.invented import refuse_invented
from dashboard.pages.shared.monitoring_rule import served_office
from dashboard.pages.shared.renewal import own_deed
from data_access.errors import PantauError
from data_access.records.access import note_action
from data_access.records.engine import writing
from etl.office import Office

SHORTEST_REASON = 3
_TAKES_SETTINGS = (Page.DATA, Page.SOP, Page.PENGATURAN)
"""What is done on these pages changes files or settings, which invented records do not take."""


def may_do(user: Account) -> bool:
    """Whether that user may change anything on the Data page."""
    return user.may(Page.DATA, May.DO)


def file_hint(loads: str, others: str) -> str:
    """What an empty page says of files: the sentence `loads` to who may load them, `others`, which names who does, to
    everybody else."""
    user = current_account()
    return t(loads if user is not None and may_do(user) else others)


def reason_of(typed: Any) -> str:
    """A reason as typed, on one line; empty when it is too short to be one."""
    line = " ".join(typed.split()) if isinstance(typed, str) else ""
    return line if len(line) >= SHORTEST_REASON else ""


def reason_field(id: str, example: str = "") -> html.Div:
    """Where a person says why; below the other fields, on the whole width."""
    field = dbc.Textarea(id=id, placeholder=example, class_name="p-input intake-words", rows=2)
    return html.Div(labelled(t("intake.reason_why"), field, "is-wide"), className="intake-form")


class TypedDayError(PantauError):
    """A field of a day is empty, or holds what is none."""


def typed_day(typed: Any, empty: str) -> date:
    """The day that was typed. Raises TypedDayError: there is no such day, or (the sentence `empty`) none was typed."""
    day, text = read_day(typed), typed.strip() if isinstance(typed, str) else ""
    if day is not None:
        return day
    raise TypedDayError("word.no_such_day", text=text[:40]) if text else TypedDayError(empty)


def outcome(message: str, tone: Tone | str = Tone.LATE) -> Component:
    """What came of a button, spoken by screen readers."""
    name = "check-circle" if tone == Tone.GOOD else "exclamation-octagon"
    return html.Div([icon(name), html.Span(coded(message))], className=f"p-banner is-{tone}", role="alert")


def on_press(
    app: Dash,
    page: Page,
    buttons: Sequence[str],
    given: Sequence[tuple[str, str]],
    act: Callable[..., Any],
    outputs: Sequence[tuple[str, str]],
    may: May = May.DO,
    allow_duplicate: bool = False,
) -> None:
    """Let a press of one of `buttons` call `act` with its id and the values `given`; these and `outputs` are (id,
    property).

    `act` answers with the words for the first of `outputs`, or with a tuple of these and a value for each other one;
    None: there was nothing to do. A refusal (PantauError) is said, and leaves the others as they are.
    `allow_duplicate`: another callback fills the same places.
    """

    def _acted(*values: Any) -> Any:
        if page in _TAKES_SETTINGS and may is May.DO:
            refuse_invented()
        return act(str(ctx.triggered_id), *values)

    @app.callback(
        *(Output(*place, allow_duplicate=allow_duplicate) for place in outputs),
        *(Input(id, "n_clicks") for id in buttons),
        *(State(*what) for what in given),
        prevent_initial_call=True,
    )
    @guarded(page, may)
    def press(*parts: Any) -> Any:
        clicks, values = parts[: len(buttons)], parts[len(buttons) :]
        try:
            with own_deed(served_office()):
                answer = _acted(*values) if any(clicks) else None
        except PantauError as error:
            answer = outcome(sentence(error))
        if isinstance(answer, tuple):
            return answer
        words = no_update if answer is None else answer
        return words if len(outputs) == 1 else (words, *[no_update] * (len(outputs) - 1))


def done(words: str, *, is_published: bool) -> Component:
    """What a button did; when the screens do not show it yet, that it is stored all the same."""
    return outcome(words, Tone.GOOD) if is_published else outcome(t("intake.saved_not_shown"), Tone.NEAR)


def note(office: Office, now: int, actor: str, action: str, subject: str, **detail: Any) -> None:
    """One line of the access log about something done on the Data page."""
    with writing(office.records) as connection:
        note_action(connection, action, at=now, actor=actor, subject=subject, detail=detail or None)


def text_field(
    id: str, label: str, value: str = "", *, kind: str = "text", placeholder: str = "", autocomplete: str = ""
) -> html.Label:
    """A field of one line. `autocomplete`: what the browser may fill in."""
    known = {"autocomplete": autocomplete} if autocomplete else {}
    field = dbc.Input(id=id, type=kind, value=value, placeholder=placeholder, class_name="p-input", **known)
    return labelled(label, field)


def shown_once(id: str, title: str, label: str, value: str, how: str) -> Component:
    """A link or code that was made just now and is never shown again."""
    field = dbc.Input(id=id, value=value, readonly=True, class_name="p-input settings-link")
    words = {"data-copy": id, "data-copied": t("settings.copied")}
    copy = html.Button(t("settings.copy"), type="button", className="p-button is-quiet", **words)
    return stack(
        html.Div([icon("check-circle"), html.Strong(title)]),
        html.Div(
            [html.Label([html.Span(label, className="p-field-label"), field], className="p-field"), copy],
            className="settings-copy",
        ),
        html.P(how, className="p-muted"),
        class_name="settings-made",
        role="alert",
    )


def sure_question(stored: Component, title: str, words: str, act: Component, away: str) -> Component:
    """Asks whether something shall really be ended; `stored` keeps what, `act` is the button, `away` leads back."""
    return stack(
        stored,
        html.H3(title),
        html.P(words),
        html.Div([act, button(t("settings.keep"), href=away, kind="quiet")], className="intake-form"),
        class_name="settings-question",
        role="alertdialog",
        **{"aria-label": title},
    )
