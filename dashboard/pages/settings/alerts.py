"""Do alerts go out, to whom, and what became of the last ones?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.codes import change_code_email, codes, is_good
from dashboard.access.people import all_users, change_email
from dashboard.components import Tone, button, empty, icon, page_head, panel, pill, select, stack
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.notices.sending import send_test
from dashboard.pages.shared.forms import on_press, outcome, text_field
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import PageRequest, once_more
from data_access.records import reading
from data_access.records.notices import WEBHOOK, Notice, recent_notices
from etl.office import Office

PAGE = Page.PENGATURAN
PATH = "/pengaturan/pemberitahuan"
TITLE = "notice.title"
NAV = None

SHOWN = 100
_TICK_MS = 10_000
_TONES = {"sent": Tone.GOOD, "failed": Tone.LATE, "unsure": Tone.NEAR}


class Id(StrEnum):
    """Ids of the page."""

    TICK = "alerts-tick"
    CHANGED = "alerts-changed"
    SAID = "alerts-said"
    LIST = "alerts-list"
    TEST = "alerts-test"
    WHO = "alerts-who"
    EMAIL = "alerts-email"
    SAVE = "alerts-save"
    SAVED = "alerts-saved"


def layout(page_request: PageRequest) -> Component:
    """How it stands and the test, the addresses, and the last ones."""
    office = page_request.office
    who = select(Id.WHO, t("notice.who"), _readers(office, page_request.now), None)
    email = text_field(Id.EMAIL, t("notice.email"), placeholder="nama@kantor.go.id")
    save = button([icon("check-lg"), t("notice.save")], id=Id.SAVE)
    return stack(
        dcc.Interval(id=Id.TICK, interval=_TICK_MS),
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("notice.title"), t("notice.subtitle"), crumbs=settings_crumbs(t("notice.title"))),
        form_area(
            panel(
                html.P(t("notice.on" if office.settings.alerts.is_on else "notice.off"), className="settings-lead"),
                html.Div(button([icon("send"), t("notice.test")], id=Id.TEST), className="intake-form"),
                html.Div(id=Id.SAID, **{"aria-live": "polite"}),
            ),
            panel(
                html.P(t("notice.email_lead"), className="settings-lead"),
                html.Div([who, email, save], className="intake-form"),
                html.Div(id=Id.SAVED, **{"aria-live": "polite"}),
                title=t("notice.addresses"),
            ),
        ),
        panel(html.Div(sent_list(office), id=Id.LIST), title=t("notice.last")),
        class_name="settings",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what became of the last ones every few seconds; send a test; give an address."""

    @app.callback(
        Output(Id.LIST, "children"),
        Input(Id.TICK, "n_intervals"),
        Input(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(_: Any, __: Any) -> Component:
        return sent_list(office)

    def test(_pressed: str, changed: Any) -> tuple[Any, ...]:
        return _tested(office, now), once_more(changed)

    def save(_pressed: str, who: Any, email: Any) -> Component:
        return _saved(office, str(who or ""), str(email or ""), now())

    changed = (Id.CHANGED, "data")
    on_press(app, PAGE, [Id.TEST], [changed], test, [(Id.SAID, "children"), changed])
    on_press(app, PAGE, [Id.SAVE], [(Id.WHO, "value"), (Id.EMAIL, "value")], save, [(Id.SAVED, "children")])


def _tested(office: Office, now: Callable[[], int]) -> Component:
    """Send a test to who asks for it, and to the webhook."""
    plan = office.settings.alerts
    if not plan.is_on:
        return outcome(t("notice.off"), Tone.NEAR)
    ways = [f"user:{account().id}"] if plan.smtp_env else []
    rows = send_test(office, [*ways, *([WEBHOOK] if plan.webhook_env else [])], now)
    is_good = all(row.state == "sent" for row in rows)
    answers = [f"{t(f'notice.state_{row.state}')}: {row.answer or ''}" for row in rows]
    return outcome(" · ".join(answers), Tone.GOOD if is_good else Tone.LATE)


def _saved(office: Office, who: str, email: str, now: int) -> Component | None:
    kind, _, id = who.partition(":")
    if kind == "code" and id.isdecimal():
        change_code_email(office, int(id), email, now)
    elif kind == "user" and id:
        change_email(office, id, email, now)
    else:
        return None
    return outcome(t("notice.saved" if email.strip() else "notice.removed"), Tone.GOOD)


def _readers(office: Office, now: int) -> list[tuple[str, str]]:
    """Users and good codes, each with the address it has."""
    users = [(f"user:{one['name']}", one["name"], one["email"]) for one in all_users(office) if one["active"]]
    good = [code for code in codes(office) if is_good(office, code, now)]
    bearers = [(f"code:{code.id}", t("notice.code", number=code.id, opd=code.opd), code.email) for code in good]
    return [(value, f"{name} · {email}" if email else name) for value, name, email in users + bearers]


def sent_list(office: Office) -> Component:
    """The last ones, the newest first."""
    with reading(office.records) as connection:
        rows = recent_notices(connection, SHOWN)
    if not rows:
        return empty(t("notice.none"), t("notice.none_hint"), "bell")
    return table(t("notice.last"), _columns(_names(office)), rows, "intake-table")


def _names(office: Office) -> dict[str, str]:
    """What the recipients are called."""
    users = {f"user:{one['id']}": one["name"] for one in all_users(office)}
    bearers = {f"code:{code.id}": t("notice.code", number=code.id, opd=code.opd) for code in codes(office)}
    return {WEBHOOK: t("notice.webhook"), **users, **bearers}


def _columns(names: dict[str, str]) -> Sequence[Column[Notice]]:
    cells: dict[str, Callable[[Notice], Component | str]] = {
        "made": lambda one: fmt().moment(one.tried_at or one.made_at),
        "kind": lambda one: html.Strong(t(f"notice.kind_{one.kind}")),
        "to": lambda one: names.get(one.recipient, "–"),
        "state": lambda one: pill(_TONES.get(one.state, Tone.MUTED), "envelope", t(f"notice.state_{one.state}")),
        "answer": lambda one: one.answer or "–",
    }
    return [Column(key, t(f"notice.head_{key}"), cell) for key, cell in cells.items()]
