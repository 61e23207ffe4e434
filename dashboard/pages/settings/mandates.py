"""Who stands in for whom, and until when? Naming the deputy of a post, and ending a mandate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.people import all_users
from dashboard.components import Tone, button, empty, icon, loading, panel, pill, select
from dashboard.components.days import date_field, read_day
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import on_press, outcome
from dashboard.pages.shared.page_request import office_today, once_more
from data_access.errors import PantauError
from data_access.records.office import Edit
from data_access.roles import POSTS, Role
from etl.desk.settings_edit import mandate_key, with_mandate, without_mandate
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.tables import Mandate

PAGE = Page.PENGATURAN
TITLES = ("Plh.", "Plt.")
_REASON = "mandat"
_BELOW = "intake-form settings-below"


class Id(StrEnum):
    """Ids of the part."""

    CHANGED = "mandates-changed"
    RESULT = "mandates-result"
    LIST = "mandates-list"
    POST = "mandates-post"
    DEPUTY = "mandates-deputy"
    TITLE = "mandates-title"
    FIRST = "mandates-first"
    LAST = "mandates-last"
    ADD = "mandates-add"
    CHOSEN = "mandates-chosen"
    END = "mandates-end"


class MandateDayError(PantauError):
    """A day of a mandate that is none."""


def mandates(office: Office, now: int) -> list[Component]:
    """The form for one more deputy, what came of a deed, and the list."""
    today = office_today(office, now)
    posts = [(post.value, t(f"role.{post}")) for post in POSTS]
    fields = [
        select(Id.POST, t("mandates.post"), posts, Role.KADIN),
        select(Id.DEPUTY, t("mandates.deputy"), _deputies(office), Role.SEKDIN),
        select(Id.TITLE, t("mandates.title"), [(title, title) for title in TITLES], TITLES[0]),
        date_field(Id.FIRST, t("mandates.first"), today),
        date_field(Id.LAST, t("mandates.last"), ""),
        button([icon("person-badge"), t("mandates.add")], id=Id.ADD),
    ]
    return [
        dcc.Store(id=Id.CHANGED, data=0),
        loading(html.Div(id=Id.RESULT)),
        panel(
            html.P(t("mandates.how"), className="settings-lead"),
            html.Div(fields, className="intake-form"),
            title=t("mandates.new"),
        ),
        panel(loading(html.Div(mandate_list(office, now), id=Id.LIST)), title=t("mandates.list")),
    ]


def _deputies(office: Office) -> list[tuple[str, str]]:
    """The posts, and everybody of the office by name."""
    people = [user["name"] for user in all_users(office) if user["role"] != Role.OPD and user["active"]]
    named = [(name, name) for name in people if name not in POSTS]
    return [(post.value, t("mandates.whoever", post=t(f"role.{post}"))) for post in POSTS] + named


def mandate_list(office: Office, now: int) -> list[Component]:
    """Every mandate, the newest first, and the way to end one."""
    today = office_today(office, now)
    known = sorted(office.settings.mandates, key=lambda one: one.first, reverse=True)
    if not known:
        return [empty(t("mandates.none"), t("mandates.none_hint"), "person-badge")]
    columns: list[Column[Mandate]] = [
        Column("name", t("mandates.post"), lambda one: html.Strong(t(f"role.{one.role}")), is_name=True),
        Column("deputy", t("mandates.deputy"), lambda one: f"{one.title} {deputy_words(one.user)}"),
        Column("days", t("mandates.days"), _days),
        Column("state", t("mandates.state"), lambda one: _state(one, today)),
    ]
    parts: list[Component] = [table(t("mandates.list"), columns, known, "intake-table")]
    running = [one for one in known if one.last is None or one.last >= today]
    if running:
        chosen = [(mandate_key(one), f"{t(f'role.{one.role}')} · {_days(one)}") for one in running]
        end = button(t("mandates.end"), id=Id.END, kind="quiet")
        parts.append(html.Div([select(Id.CHOSEN, t("mandates.end_which"), chosen, ""), end], className=_BELOW))
    return parts


def deputy_words(user: str) -> str:
    """The deputy: whoever holds a post, or a user by name."""
    return t(f"role.{user}") if user in POSTS else user


def _days(mandate: Mandate) -> str:
    """From when until when; without an end since when."""
    f, last = fmt(), mandate.last
    first = f.date_short(mandate.first)
    return t("mandates.from_to", first=first, last=f.date_short(last)) if last else t("mandates.since", first=first)


def _state(mandate: Mandate, today: date) -> Component:
    if mandate.holds_on(today):
        return pill(Tone.GOOD, "check-lg", t("mandates.in_force"))
    name = "ahead" if mandate.first > today else "over"
    return pill(Tone.MUTED, "hourglass", t(f"mandates.{name}"))


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the mandates; add one, end one."""

    @app.callback(Output(Id.LIST, "children"), Input(Id.CHANGED, "data"), prevent_initial_call=True)
    @guarded(PAGE)
    def show(_changed: Any) -> list[Component]:
        return mandate_list(office, now())

    def add(_pressed: str, post: Any, deputy: Any, title: Any, first: Any, last: Any, changed: Any) -> tuple[Any, ...]:
        words = added(office, now(), *(str(value or "") for value in (post, deputy, title, first, last)))
        return words, once_more(changed)

    def end(_pressed: str, chosen: Any, changed: Any) -> tuple[Any, ...]:
        return ended(office, now(), str(chosen or "")), once_more(changed)

    said, mark = (Id.RESULT, "children"), (Id.CHANGED, "data")
    typed = [(id, "value") for id in (Id.POST, Id.DEPUTY, Id.TITLE, Id.FIRST, Id.LAST)]
    on_press(app, PAGE, [Id.ADD], [*typed, mark], add, [said, mark])
    on_press(app, PAGE, [Id.END], [(Id.CHOSEN, "value"), mark], end, [said, mark], allow_duplicate=True)


def added(office: Office, now: int, post: str, deputy: str, title: str, first: str, last: str) -> Component:
    """Name a deputy. Raises MandateDayError, MandateError, RuleError."""
    mandate = {"role": post, "user": deputy, "title": title, **_days_typed(first, last)}
    actor = account().name
    edit = Edit(post, "mandate_added", mandate)
    apply_settings(office, lambda known: with_mandate(known, mandate), now, actor=actor, reason=_REASON, edit=edit)
    words = t("mandates.added", title=title, post=t(f"role.{post}"), user=deputy_words(deputy))
    return outcome(words, Tone.GOOD)


def _days_typed(first: str, last: str) -> dict[str, str]:
    """The days as the settings have them; without a last one until further notice."""
    begin = _day(first)
    if not last.strip():
        return {"from": begin.isoformat()}
    end = _day(last)
    if end < begin:
        raise MandateDayError("period.reversed", first=begin, last=end)
    return {"from": begin.isoformat(), "to": end.isoformat()}


def _day(typed: str) -> date:
    day = read_day(typed)
    if day is None:
        raise MandateDayError("mandates.no_day", text=typed.strip())
    return day


def ended(office: Office, now: int, key: str) -> Component:
    """End a mandate before today. Raises UnknownNameError."""
    today, actor = office_today(office, now), account().name
    edit = Edit(key, "mandate_ended")
    apply_settings(
        office, lambda known: without_mandate(known, key, today), now, actor=actor, reason=_REASON, edit=edit
    )
    return outcome(t("mandates.ended"), Tone.GOOD)
