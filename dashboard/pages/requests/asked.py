"""What has become of the requests that were sent from the screen, and what comes next?

A card says the state of a request and what is expected; its agency withdraws or changes it there, and answers an offer
above all cards.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.access.accounts import Account, entering
from dashboard.access.roles import Page
from dashboard.components import Tone, banner, button, empty, icon, link, panel, pill, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import outcome
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.words import dotted
from data_access.mart.requests import letters_named, letters_of_agency
from data_access.records import Connection, reading
from data_access.records.intake.undo import letter_numbers
from data_access.records.letters import (
    LetterDeed,
    LetterReceipt,
    deeds_of,
    open_offers,
    receipt_of_request,
    receipts_page,
)
from data_access.roles import Role
from etl.desk.asking import Asker, answer_offer, open_offer, withdraw_request
from etl.domain.units import YEARS
from etl.domain.verdict import OVER, RequestStatus
from etl.extract.texts import letter_name, receipt_in, receipt_name
from etl.figures.requests.detail import Request, request_detail
from etl.figures.requests.work_list import offered_letters, own_opd, steps_holding
from etl.office import Office

TAP = "ask-tap"
"""Where a tap on a card arrives."""

ASK_PATH = "/ajukan"
MOST = 20
"""So many of the newest requests are shown."""


class Standing(NamedTuple):
    """How a request stands, in words: a tone, an icon, the state, what is expected next."""

    tone: Tone
    icon: str
    state: str
    following: str = ""


def asker_of(user: Account) -> Asker:
    """Whose requests this user speaks for: those of its agency, those made with its code, or all."""
    if Role.AGENDARIS in user.roles:
        return Asker()
    return Asker(user.opd_filter or "", user.code_id)


def asking_as(user: Account) -> str:
    """The role in which this user asks: the agency's own, or that of the post that receives."""
    return entering(user, Role.AGENDARIS) if Role.AGENDARIS in user.roles else user.role.value


def own_request(office: Office, user: Account, now: int, year: int, agenda: str) -> Request | None:
    """The request of that number, when this user may speak for it."""
    asker = asker_of(user)
    detail = request_detail(office, year, agenda, now, opd=asker.opd) if office.mart.exists() else None
    if detail is None or asker.code_id is None:
        return detail
    with reading(office.records) as connection:
        receipt = receipt_of_request(connection, int(detail.request["request_id"]))
    return detail if receipt is not None and receipt.code_id == asker.code_id else None


def own_requests(office: Office, user: Account) -> list[int]:
    """The newest requests that this user speaks for; of who speaks for all agencies those that it sent itself."""
    asker = asker_of(user)
    with reading(office.records) as connection:
        receipts = _receipts(office, connection, asker)
        if asker.opd is not None:
            return [receipt.request_id for receipt in receipts]
        ids = [receipt.request_id for receipt in receipts]
        return [id for id in ids if any(d.deed == "sent" and d.actor == user.name for d in deeds_of(connection, id))]


def _receipts(office: Office, connection: Connection, asker: Asker) -> list[LetterReceipt]:
    return receipts_page(connection, MOST, letters=_letters(office, asker), code_id=asker.code_id)


def asked_list(office: Office, user: Account, now: int) -> Component:
    """The newest requests of the user, a card each."""
    cards = [_card(office, user, *one) for one in _asked(office, user, now)]
    return html.Div(cards, className="asked-list") if cards else empty(t("ask.none"), t("ask.none_hint"), "inbox")


def offers_panel(office: Office, user: Account, now: int) -> Component | None:
    """The offers among the newest requests of the user that can be answered, each with its two buttons; None without
    any."""
    offered = _asked(office, user, now, only_offered=True)
    lines = [_offered(*one) for one in offered if _may_answer(one.detail, one.deeds)]
    return panel(*lines, title=t("ask.offers_title"), class_name="no-print") if lines else None


class _Asked(NamedTuple):
    """A request that was sent, and what was said of it."""

    receipt: LetterReceipt
    detail: Request
    deeds: Sequence[LetterDeed]


def _asked(office: Office, user: Account, now: int, *, only_offered: bool = False) -> list[_Asked]:
    """The newest requests of the user; `only_offered`: those of them with an offer that nobody has answered."""
    if not office.mart.exists():
        return []
    asker = asker_of(user)
    with reading(office.records) as connection:
        receipts = _receipts(office, connection, asker)
        if only_offered:
            offered = {*open_offers(connection)}
            receipts = [receipt for receipt in receipts if receipt.request_id in offered]
        numbers = letter_numbers(connection, [receipt.request_id for receipt in receipts]).set_index("request_id")
        deeds = {receipt.request_id: deeds_of(connection, receipt.request_id) for receipt in receipts}
    asked: list[_Asked] = []
    for receipt in receipts:
        year, key = numbers.loc[receipt.request_id, ["year", "agenda_key"]]
        detail = request_detail(office, int(year), str(key), now, opd=asker.opd)
        if detail is not None:
            asked.append(_Asked(receipt, detail, deeds[receipt.request_id]))
    return asked


def _offered(receipt: LetterReceipt, detail: Request, deeds: Sequence[LetterDeed]) -> Component:
    offer = open_offer(deeds)
    words = dotted(receipt_name(receipt.year, receipt.number), detail.request["activity"])
    return html.Div(
        [
            html.Strong(words),
            html.Div(offer_words(offer)) if offer is not None else None,
            html.Div(_answers(detail), className="asked-ways"),
        ],
        className="asked-card",
    )


def _answers(detail: Request) -> Sequence[Component]:
    return (
        _tap(detail, "accept", t("ask.accept"), "check-lg", "primary"),
        _tap(detail, "decline", t("ask.decline"), "x-lg", "quiet"),
    )


def offers_lines(office: Office, user: Account, now: int) -> Sequence[Component]:
    """One line for each letter of the user's agency with an offer that it has yet to answer, the way to it in it."""
    if user.opd_filter is None:
        return ()
    ids = offered_letters(office, now, user.opd_filter)
    letters = letters_named(office.mart.read(), ids) if ids else {}
    with reading(office.records) as connection:
        offers = {id: open_offer(deeds_of(connection, id)) for id in letters}
    return [_offer_line(letters[id], offer) for id, offer in offers.items() if offer is not None]


def _offer_line(letter: Mapping[str, Any], offer: LetterDeed) -> Component:
    year, number = letter["year"], letter["agenda_number"]
    name = letter_name(year, number)
    way = link(t("ask.offer_answer"), request_address(year, number))
    words = t("ask.offer_line", letter=name, offer=offer_words(offer))
    return banner(html.Span([words, " ", way]), Tone.NEAR, "calendar-event")


def _letters(office: Office, asker: Asker) -> list[int] | None:
    """The letters shown as the agency's that asks; None where requests are not told apart by it."""
    opd = own_opd(office, asker.opd)
    if opd is None or asker.code_id is not None:
        return None
    return letters_of_agency(office.mart.read(), opd) if office.mart.exists() else []


def _card(
    office: Office, user: Account, receipt: LetterReceipt, detail: Request, deeds: Sequence[LetterDeed]
) -> Component:
    f, request = fmt(), detail.request
    stands = standing_of(office, detail, deeds)
    opd = request["opd"] if asker_of(user).opd is None else ""
    name = receipt_name(receipt.year, receipt.number)
    head: Any = html.Strong(name)
    if user.may(Page.PERMOHONAN):
        head = link(name, request_address(request["year"], request["agenda_number"]), "cases-link")
    number = (
        "" if receipt_in(request["agenda_number"]) is not None else t("ask.number", number=request["agenda_number"])
    )
    start, end = request["booked_start_at"], request["booked_end_at"]
    when = f"{f.date(f.local(start).date())} {f.clock(start)}–{f.clock(end)}" if start and end else t("word.none")
    return html.Div(
        [
            html.Div([head, pill(stands.tone, stands.icon, stands.state)], className="asked-head"),
            html.Div(dotted(opd, request["activity"], request["room"], when, number)),
            html.Div(stands.following, className="p-muted") if stands.following else None,
            *_ways(detail, receipt),
        ],
        className="asked-card",
    )


def standing_of(office: Office, detail: Request, deeds: Sequence[LetterDeed]) -> Standing:
    """State and what is expected next, for the agency that asked."""
    last = next((deed for deed in reversed(deeds) if deed.deed in ("rejected", "approved")), None)
    offer = open_offer(deeds)
    if detail.status in OVER:
        reason = last.reason if last is not None and detail.status is RequestStatus.REJECTED else None
        return Standing(Tone.MUTED, "slash-circle", t(f"status.{detail.status}"), reason or "")
    if offer is not None:
        return Standing(Tone.NEAR, "calendar-event", t("ask.state_offered"), offer_words(offer))
    following = _following(office, detail)
    if detail.status is RequestStatus.APPROVED:
        return Standing(Tone.GOOD, "check-lg", t("status.approved"), following)
    return Standing(Tone.PLAIN, "hourglass-split", t("ask.state_pending"), following)


def offer_words(offer: LetterDeed) -> str:
    """What the office offers, and why."""
    return dotted(t("ask.offered", slot=slot_of_deed(offer)), offer.reason)


def slot_of_deed(deed: LetterDeed) -> str:
    """Time and room that an offer offers, or that its acceptance replaces; empty for none."""
    f, start, end = fmt(), deed.start_at, deed.end_at
    when = f"{f.date(f.local(start).date())} {f.clock(start)}–{f.clock(end)}" if start and end else ""
    return dotted(when, deed.room_name)


def _following(office: Office, detail: Request) -> str:
    """Who has it now and until when: "Berikutnya: A3 Sekdin, paling lambat 7 Sep 09.10"."""
    lies = steps_holding(office, int(detail.request["request_id"]), detail.as_of)
    at = [detail.step(code) for code in lies if detail.sop.step(code).part == "A"]
    if not at:
        return t("ask.next_event") if detail.status is RequestStatus.APPROVED else t("ask.next_office")
    step = min(at, key=lambda step: step.due_at or 0)
    words = t("ask.next_at", step=step.step, actor=step.actor)
    is_due = step.due_at is not None and step.is_running
    return f"{words}, {t('ask.next_due', moment=fmt().moment_short(step.due_at))}" if is_due else words


def has_begun(detail: Request) -> bool:
    """Whether the event that a request asks for has begun."""
    start = detail.request["booked_start"]
    return start is not None and start <= detail.as_of


def _may_answer(detail: Request, deeds: Sequence[LetterDeed]) -> bool:
    return open_offer(deeds) is not None and detail.status not in OVER and not has_begun(detail)


def _ways(detail: Request, receipt: LetterReceipt) -> Sequence[Component]:
    """What its agency can do beside answering an offer: change, withdraw; nothing once it is over or its event has
    begun."""
    if detail.status in OVER or has_begun(detail):
        return ()
    ways: list[Component] = []
    name = receipt_name(receipt.year, receipt.number)
    change = [icon("pencil"), html.Span(t("ask.change"))]
    ways.append(button(change, href=with_query(ASK_PATH, ubah=name), kind="quiet"))
    withdraw = [html.P(t("ask.withdraw_sure")), _tap(detail, "withdraw", t("ask.withdraw"), "slash-circle", "danger")]
    ways.append(html.Details([html.Summary(t("ask.withdraw"), className="p-button is-quiet"), html.Div(withdraw)]))
    return [html.Div(ways, className="asked-ways no-print")]


def _tap(detail: Request, what: str, words: str, icon_name: str, kind: str) -> Component:
    """A button that says what is done with which request; assets/desk/letters.js hands it on."""
    request = detail.request
    said = {
        "what": what, "year": request["year"], "agenda": request["agenda_number"], "id": secrets.token_hex(12),
    }  # fmt: skip
    label = f"{words}, {request['agenda_number']}"
    parts = [icon(icon_name), html.Span(words)]
    return button(parts, kind=kind, class_name="asked-tap", **{"data-asked": json.dumps(said), "aria-label": label})


def taken(office: Office, user: Account, now: int, tap: Any) -> Component:
    """Do what a tap says; what came of it. Raises PantauError."""
    said = _read(tap)
    year, agenda = said["year"], said["agenda"]
    giver: Any = {"actor": user.name, "role": asking_as(user), "client_id": f"ajukan-{said['id']}", "now": now}
    asker = asker_of(user)
    if said["what"] == "withdraw":
        withdraw_request(office, year, agenda, asker=asker, **giver)
        return outcome(t("ask.withdrawn"), Tone.GOOD)
    accepts = said["what"] == "accept"
    answer_offer(office, year, agenda, accepts=accepts, asker=asker, **giver)
    return outcome(t("ask.accepted" if accepts else "ask.declined"), Tone.GOOD)


def _read(tap: Any) -> Mapping[str, Any]:
    """A tap of ours. Refuses (PreventUpdate) any other."""
    names = {"what": str, "year": int, "agenda": str, "id": str}
    if not isinstance(tap, dict) or not all(isinstance(tap.get(name), kind) for name, kind in names.items()):
        raise PreventUpdate
    if (
        tap["what"] not in ("withdraw", "accept", "decline")
        or not 1 <= len(tap["id"]) <= 40
        or tap["year"] not in YEARS
    ):
        raise PreventUpdate
    return tap
