"""Closing requests on the desk pages: one, those that are ticked, or all that are over; with one tap and a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import dash_bootstrap_components as dbc
import numpy as np
import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import abort

from dashboard.access.accounts import Account, entering
from dashboard.access.begin import FIRST_STEPS
from dashboard.access.roles import CLOSING, CLOSING_RUNNING, May, Page
from dashboard.components import Tone, banner, icon, link, panel, with_query
from dashboard.components.filters import labelled
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.links import REQUEST_LIST, request_address
from dashboard.pages.shared.tap_words import band, tap_button
from dashboard.pages.shared.words import dotted, role_words
from data_access.errors import PantauError
from etl.desk.closing import (
    Closed,
    ClosingDoubtError,
    ClosingRefusedError,
    Named,
    close_requests,
    closing_of,
    open_again,
    requests_to_close,
)
from etl.desk.screen_rows import LONGEST_REASON
from etl.domain.units import MINUTE, YEARS
from etl.extract.texts import letter_name
from etl.figures.first_steps import FirstStep
from etl.figures.requests.detail import request_detail
from etl.figures.requests.work_list import is_any_to_close, letters_before_recording, request_list
from etl.figures.rooms.free_times import Slot, approved_at
from etl.office import Office

CLOSE, OPEN_AGAIN = "tutup", "buka_lagi"
MOST_SHOWN, MOST_TOLD = 6, 5
_REASONS = ("event_over", "not_used", "done_elsewhere", "no_further")
_EVENT_OVER = _REASONS[0]
_FORM = {"data-close-form": ""}


def may_close(user: Account) -> bool:
    """Whether that person closes what is over."""
    return any(role in CLOSING for role in user.roles)


def closes_running(user: Account) -> bool:
    """Whether that person also closes what still runs."""
    return any(role in CLOSING_RUNNING for role in user.roles)


def is_closing(tap: Any) -> bool:
    """Whether a tap closes requests, or opens them again."""
    return isinstance(tap, dict) and tap.get("what") in (CLOSE, OPEN_AGAIN)


def to_close_panel(office: Office, now: int, user: Account) -> Component | None:
    """What is over and was never closed, as one line with its requests under it; nothing for who may not close."""
    if not may_close(user) or not office.mart.exists() or not is_any_to_close(office, now):
        return None
    key = "to close", office.book.hash, now // MINUTE  # the same for everybody, whose page is drawn anew after each tap
    rows = office.mart.read().remember(key, lambda: request_list(office, now, needs_closing=True, limit=MOST_SHOWN))
    total = int(rows.attrs["total"])
    if not total:
        return None
    items = [html.Li(_row(row)) for row in rows.itertuples()]
    buttons = [_several({"ticked": True}, t("closing.close_ticked"), "primary")]
    if total > len(items):
        buttons.append(_several({"all": True}, t("closing.close_all", n=total, count=fmt().number(total)), "quiet"))
    way = link(t("closing.see_all"), with_query(REQUEST_LIST, status="closing"), "intake-more")
    form = html.Div(
        [
            html.Ul(items, className="closing-list"),
            html.Div([_reason("panel"), *buttons], className="closing-bar"),
            way,
        ],
        **_FORM,
    )
    return panel(form, title=t("closing.title", n=total, count=fmt().number(total)), note=t("closing.note"))


def old_letters_line(office: Office, now: int, user: Account, *, is_list: bool = False) -> Component | None:
    """How many open requests came before the day of recording and so stand on no desk's list, and what to do; with the
    way to them, unless that `is_list`. Nothing for an agency, and without any."""
    count = len(letters_before_recording(office, now)) if user.opd_filter is None else 0
    if not count:
        return None
    ways = [] if is_list else [link(t("closing.old_see"), with_query(REQUEST_LIST, status="old"))]
    if user.may(Page.PENGATURAN, May.DO):
        ways.append(link(t("closing.old_move"), with_query(FIRST_STEPS, langkah=FirstStep.RECORDING)))
    words = t("closing.old", n=count, count=fmt().number(count))
    return banner(html.Span([words, *(part for way in ways for part in (" ", way))]), Tone.NEAR, "calendar-minus")


def _row(row: Any) -> list[Component]:
    name = letter_name(row.year, row.agenda_number)
    title = next((words for words in (row.activity, row.subject) if isinstance(words, str)), t("case.untitled"))
    steps = row.at_step if isinstance(row.at_step, str) else ""
    ticked = [[int(row.year), str(row.agenda_number)]]
    box = html.Span(
        dbc.Checkbox(id=f"closing-{row.request_id}", value=True, label=name),
        className="stamp-paper",
        **{"data-close-letter": letters_payload(ticked)},
    )
    where = " · ".join(part for part in (steps, row.opd if isinstance(row.opd, str) else "") if part)
    words = html.Div([link(title, request_address(row.year, row.agenda_number), "summary-title"), html.Small(where)])
    return [box, words, close_button(row.year, row.agenda_number)]


def letters_payload(letters: Sequence[Sequence[Any]]) -> str:
    """Letters as a button or box carries them."""
    return ";".join(f"{year}/{agenda}" for year, agenda in letters)


def close_button(year: int, agenda: str, kind: str = "quiet") -> Component:
    """One request is closed with this tap."""
    words, name = t("closing.close"), letter_name(year, agenda)
    payload = {"what": CLOSE, "letters": [[int(year), str(agenda)]]}
    return tap_button(payload, [html.Span(words)], kind, t("closing.close_label", letter=name))


def _several(which: Mapping[str, bool], words: str, kind: str) -> Component:
    return tap_button({"what": CLOSE, **which}, [icon("box-arrow-in-down"), html.Span(words)], kind, words)


def closing_taps(rows: pd.DataFrame, user: Account) -> dict[int, list[Component]]:
    """By request_id the tap that closes a listed request that is over."""
    if not may_close(user):
        return {}
    return {
        int(row.request_id): [close_button(row.year, row.agenda_number)]
        for row in rows.itertuples()
        if row.needs_closing
    }


def closing_form(content: Component, total: int, user: Account) -> Component:
    """The list of requests that are over, with the reason for which they are closed and the tap for all of them."""
    if not may_close(user) or not total:
        return content
    words = t("closing.close_all", n=total, count=fmt().number(total))
    bar = html.Div([_reason("list"), _several({"all": True}, words, "quiet")], className="closing-bar")
    return html.Div([panel(bar), content], **_FORM)


def closing_box(
    year: int, agenda: str, user: Account, *, is_over: bool, is_event_ahead: bool = False
) -> Component | None:
    """On the page of one request: close it. Only who may close what runs sees it before the request is over; while the
    event `is_event_ahead`, nobody is offered to say that it is over."""
    if not may_close(user) or not (is_over or closes_running(user)):
        return None
    summary = html.Summary(t("closing.open_box"), className="stamp-opener")
    reasons = [name for name in _REASONS if name != _EVENT_OVER] if is_event_ahead else _REASONS
    form = html.Div([_reason("one", reasons), close_button(year, agenda, "primary")], className="closing-bar")
    body = html.Details([summary, form], open=is_over, className="stamp-late", **_FORM)
    return panel(body, title=t("closing.box_title"), class_name="no-print")


def closed_line(office: Office, request_id: int, now: int, user: Account) -> Component | None:
    """On the page of a closed request: when, by whom and for which reason; with the tap that opens it again, for who
    closed it, as long as that is fresh. An agency reads the post, the office also the name."""
    closing = closing_of(office, request_id)
    if closing is None:
        return None
    who = [role_words(closing.role)] if closing.role else []
    if closing.actor and (user.opd_filter is None or user.name == closing.actor):
        who.append(closing.actor)
    moment = t("closing.closed_at", moment=fmt().moment_short(closing.at)) if closing.at is not None else ""
    words = dotted(moment or t("status.closed"), *who, closing.reason)
    opens = may_close(user) and closing.opens_for(user.name, now)
    undo = [" ", _open_again(closing.entry, closing.letters, words)] if opens else []
    return banner([words, *undo], Tone.PLAIN, "slash-circle")


def _open_again(entry: str, count: int, words: str) -> Component:
    """The tap that takes an entry back, with all the letters that it closed."""
    label = t("closing.open_again") if count == 1 else t("closing.open_all_again", count=fmt().number(count))
    undo = [icon("arrow-counterclockwise"), html.Span(label)]
    return tap_button({"what": OPEN_AGAIN, "entry": entry}, undo, "quiet", f"{label}: {words}")


def _reason(key: str, reasons: Sequence[str] = _REASONS) -> Component:
    """The reason, the likeliest written there already."""
    offered = [t(f"closing.reason_{name}") for name in reasons]
    field = dbc.Input(
        id=f"closing-reason-{key}",
        value=offered[0],
        list=f"closing-reasons-{key}",
        maxlength=LONGEST_REASON,
        class_name="p-input",
    )
    listed = html.Datalist([html.Option(value=words) for words in offered], id=f"closing-reasons-{key}")
    return html.Div([labelled(t("closing.reason"), html.Span(field, **{"data-close-reason": ""})), listed])


def answered(office: Office, now: int, user: Account, tap: Mapping[str, Any]) -> tuple[Component, bool] | None:
    """What became of a tap in words, and whether something was stored; None for what no button of ours says. Refuses
    (403) who may not close."""
    if not may_close(user):
        abort(403)
    if tap["what"] == OPEN_AGAIN:
        return _opened(office, now, user, str(tap.get("entry", "")))
    wanted = requests_to_close(office, now) if tap.get("all") is True else _named(tap.get("letters"))
    reason = tap["reason"] if isinstance(tap.get("reason"), str) else ""
    is_sure, by_all = tap.get("sure") is True, tap.get("all") is True
    keeps_room = reason.strip() == t("closing.reason_done_elsewhere")
    entry = _entry(wanted, tap.get("at"))
    try:
        if not wanted:
            raise ClosingRefusedError("nothing" if by_all else "none_ticked")
        closed = close_requests(
            office, wanted, reason, closes_running=closes_running(user), is_sure=is_sure, keeps_room=keeps_room,
            actor=user.name, role=_entering(user), client_id=entry, now=now,
        )  # fmt: skip
    except ClosingDoubtError as doubt:
        return _doubt(doubt, reason, "" if keeps_room else _freed(office, now, doubt.named)), False
    except PantauError as error:
        return band(sentence(error), Tone.LATE), False
    return _done(closed, user, entry), True


def _entering(user: Account) -> str:
    """The role in which the user closes: its own where that may, else that of the post it stands in for."""
    post = next(role for role in user.roles if role in CLOSING)
    return entering(user, post)


def _named(letters: Any) -> list[Named]:
    """The requests that a tap names; what is none is passed over."""
    pairs = letters if isinstance(letters, list) else []
    named = (
        Named(pair[0], pair[1].replace("\0", ""))
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], int) and isinstance(pair[1], str)
        if pair[0] in YEARS
    )
    return list(dict.fromkeys(named))


def _entry(wanted: Sequence[Named], at: Any) -> str:
    """The id of the entry: the same tap sent twice is one entry."""
    said = repr((sorted(named.key for named in wanted), at if isinstance(at, int) else 0))
    return f"tutup-{sha256(said.encode()).hexdigest()[:40]}"


def _opened(office: Office, now: int, user: Account, entry: str) -> tuple[Component, bool]:
    try:
        open_again(office, entry, actor=user.name, reason=t("closing.opened_reason"), now=now)
    except PantauError as error:
        return band(sentence(error), Tone.LATE), False
    return band(t("closing.opened"), Tone.GOOD), True


def _freed(office: Office, now: int, named: Named | None) -> str:
    """That closing frees the room of an event to come; empty unless this request alone has it, approved."""
    detail = request_detail(office, *named, now) if named is not None and office.mart.exists() else None
    if detail is None or detail.request["room"] is None or (detail.request["booked_start"] or 0) <= now:
        return ""
    request, f = detail.request, fmt()
    on, at = request["booked_start_on"], request["booked_start_at"]
    start = int(office.calendar.day_start(np.array([on]))[0]) if at is None else at
    if approved_at(office, Slot(request["room"], start, request["booked_end"]), now) != {request["request_id"]}:
        return ""
    when = f.date_short(on) if at is None else f.moment_short(at)
    return t("closing.freed", room=request["room"], moment=when)


def _doubt(doubt: ClosingDoubtError, reason: str, also: str) -> Component:
    """Told what still runs and for which reason it would be closed, the person may close all the same."""
    named, words = doubt.named, t("closing.close_anyway")
    letters = [[named.year, named.agenda]] if named else []
    payload = {"what": CLOSE, "letters": letters, "sure": True, "reason": reason}
    why = t("closing.with_reason", reason=reason.strip().rstrip("."))
    told = " ".join(part for part in (why, also, sentence(doubt)) if part)
    return band(told, Tone.NEAR, tap_button(payload, [html.Span(words)], "quiet", words))


def _done(closed: Closed, user: Account, entry: str) -> Component:
    receipt, count = closed.receipt, len(closed.closed)
    clock = fmt().clock(receipt.at)
    if receipt.actor != user.name:
        return band(t("closing.by_other", name=receipt.actor, clock=clock), Tone.NEAR)
    name = letter_name(*closed.closed[0])
    words = t("closing.done_one", letter=name, clock=clock) if count == 1 else t("closing.done", n=count, clock=clock)
    if closed.left:
        told = " ".join(sentence(error) for error in closed.left[:MOST_TOLD])
        words = f"{words} {t('closing.left', n=len(closed.left))} {told}"
    if not receipt.is_published:
        words = f"{words} {t('intake.saved_not_shown')}"
    tone = Tone.GOOD if receipt.is_published and not closed.left else Tone.NEAR
    return band(words, tone, _open_again(entry, count, words))
