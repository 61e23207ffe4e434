"""Whether the records are as they were recorded: what the last check of the chain found, and the button for another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import Tone, banner, button, icon, link, with_query
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.settings import backups
from dashboard.pages.shared.forms import note, on_press
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import load_address
from data_access.errors import Message
from etl.keeping.seals import ChainCheck, last_check, share_checked
from etl.office import Office

_TICK_MS = 1_000
_START_SECONDS = 30
"""So long after the button a check that is neither running nor on record is taken for one that still begins."""


class Id(StrEnum):
    """Ids of the part."""

    TICK = "chain-tick"
    PRESSED = "chain-pressed"
    RESULT = "chain-said"
    STATE = "chain-state"
    CHECK = "chain-check"


def chain_parts(office: Office) -> list[Component]:
    """The state, and for an administrator the button; it ticks while a check runs."""
    running = share_checked(office.home) is not None
    parts: list[Component] = [
        dcc.Interval(id=Id.TICK, interval=_TICK_MS, disabled=not running),
        dcc.Store(id=Id.PRESSED),
        html.Div(state(office), id=Id.STATE),
    ]
    if account().may(Page.PENGATURAN, May.DO):
        press = button([icon("shield-check"), t("audit.check_now")], id=Id.CHECK, kind="quiet")
        said = html.Div(id=Id.RESULT, **{"aria-live": "polite"})
        parts.append(form_area(html.Div([press, said], className="audit-check")))
    return parts


def register_chain(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show how far a check is; begin one."""

    @app.callback(
        Output(Id.STATE, "children"),
        Output(Id.TICK, "disabled"),
        Input(Id.TICK, "n_intervals"),
        Input(Id.PRESSED, "data"),
        State(Id.PRESSED, "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.JEJAK)
    def show(_ticks: Any, _pressed: Any, pressed: Any) -> tuple[list[Component], bool]:
        starts = is_starting(office, pressed, now())
        return state(office, starts=starts), not starts and share_checked(office.home) is None

    def check(_pressed: str) -> tuple[Any, ...]:
        if share_checked(office.home) is None:
            note(office, now(), account().name, "chain_begun", "")
            process = backups.begin_command(office.home, "check", "--chain")
            threading.Thread(target=process.wait, daemon=True).start()
        return "", now()

    on_press(app, Page.PENGATURAN, [Id.CHECK], [], check, [(Id.RESULT, "children"), (Id.PRESSED, "data")])


def is_starting(office: Office, pressed: Any, now: int) -> bool:
    """Whether the check of a press at that moment has left nothing yet."""
    if not isinstance(pressed, int) or not 0 <= now - pressed < _START_SECONDS:
        return False
    last = last_check(office.records)
    return share_checked(office.home) is None and (last is None or last.at < pressed)


def state(office: Office, *, starts: bool = False) -> list[Component]:
    """What the last check found, each fault with the way to it and what to do; how far the one is that runs."""
    share = 0.0 if starts else share_checked(office.home)
    if share is not None:
        words = t("audit.chain_running", share=fmt().percent(share))
        return [banner(words, Tone.NEAR), html.Progress(value=str(share), max="1", className="audit-progress")]
    last = last_check(office.records)
    if last is None:
        return [banner(f"{t('audit.chain_unchecked')} {t('audit.chain_daily')}", Tone.NEAR)]
    return _result(last)


def _result(last: ChainCheck) -> list[Component]:
    moment = fmt().moment(last.at)
    if last.failure is not None:
        words = t("audit.chain_failed", moment=moment, reason=sentence(last.failure))
        return [banner(words, Tone.LATE, "exclamation-octagon"), _what_to_do()]
    if not last.faults:
        words = t("audit.chain_whole", moment=moment, links=fmt().number(last.links))
        return [banner(words, Tone.GOOD, "check-circle")]
    words = t("audit.chain_broken", moment=moment, faults=fmt().number(last.faults))
    more = last.faults - len(last.named)
    named = [html.Li([sentence(fault), " ", _way_to(fault)]) for fault in last.named]
    if more > 0 and named:
        named.append(html.Li(t("audit.chain_more", count=fmt().number(more))))
    return [banner(words, Tone.LATE, "exclamation-octagon"), html.Ul(named), _what_to_do()]


def _way_to(fault: Message | str) -> Component | None:
    """The page of the load or report that a fault names; None where it names neither."""
    values = fault.values if isinstance(fault, Message) else {}
    where = values.get("where")
    values = {**values, **(where.values if isinstance(where, Message) else {})}
    if "load" in values and account().may(Page.DATA):
        return link(t("audit.chain_see"), load_address(values["load"]), "cases-link")
    if "number" in values and account().may(Page.LAPORAN):
        period, _, edition = str(values["number"]).partition("/")
        return link(t("audit.chain_see"), with_query("/laporan", periode=period, edisi=edition), "cases-link")
    return None


def _what_to_do() -> Component:
    way = link(t("backups.title"), backups.PATH, "cases-link") if account().may(Page.PENGATURAN) else None
    return html.P([t("audit.chain_what"), " ", way])
