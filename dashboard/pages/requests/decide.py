"""What is decided of this request: its register number, approval, refusal, an offer of another room or time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html, no_update
from dash.development.base_component import Component
from flask import abort

from dashboard.access import May, Page, account
from dashboard.access.accounts import Account, entering
from dashboard.components import Tone, banner, button, icon, link, panel, select
from dashboard.components.filters import labelled
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.requests.ask import nearest_buttons
from dashboard.pages.requests.asked import asker_of, asking_as, has_begun, offer_words, slot_of_deed
from dashboard.pages.requests.paper_letter import field, text_of
from dashboard.pages.shared.forms import done, on_press, outcome
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.page_request import once_more
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.words import dotted, held_words, role_words, too_small_words
from data_access.mart.requests import letters_named
from data_access.records import reading
from data_access.records.letters import LetterDeed, deeds_of
from data_access.roles import Role
from etl.desk.asking import answer_offer, approve_request, number_request, offer_time, open_offer, reject_request
from etl.desk.letters import NumberTakenError, next_number
from etl.desk.room_taken import NEAR_AFTER, NEAR_BEFORE, TimeRefusedError, is_taken
from etl.desk.room_wish import Wish
from etl.domain.sop.steps import Meaning
from etl.domain.units import YEARS, day_number
from etl.domain.verdict import OVER, RequestStatus
from etl.extract.texts import letter_name, receipt_in
from etl.figures.requests.detail import Request
from etl.figures.rooms.free_times import Holding, RoomTimes, Slot, approved_at, asked_at, room_times
from etl.judging.step_standing import standings
from etl.office import Office

DECIDING = (Role.KABID, Role.KADIN)
"""Who approves, refuses, offers another time."""

ANSWERING = (Role.OPD, Role.AGENDARIS)
"""Who answers an offer: the agency itself, or the post that receives its letters."""

NUMBER_PLACE = "nomor-agenda"
"""The place of the number in the page's address, after `#`."""

DECISION_PLACE = "keputusan"
"""The place of the decision there."""


class Id(StrEnum):
    """Ids of these panels."""

    GO = "case-go"
    NUMBER = "number-value"
    NUMBER_SAVE = "number-save"
    NUMBER_ENTRY = "number-entry"
    NUMBER_SAID = "number-said"
    SAID = "decide-said"
    ENTRY = "decide-entry"
    REASON = "decide-reason"
    SURE = "decide-sure"
    APPROVE = "decide-approve"
    FORWARD = "decide-forward"
    REJECT = "decide-reject"
    OFFER = "decide-offer"
    DAY = "decide-day"
    BEGIN = "decide-begin"
    END = "decide-end"
    ROOM = "decide-room"
    ACCEPT = "decide-accept"
    DECLINE = "decide-decline"
    ANSWER_ENTRY = "decide-answer-entry"
    ANSWER_SAID = "decide-answer-said"


def letter_panels(office: Office, detail: Request, user: Account) -> Sequence[Component]:
    """Number and decision, for whoever gives them; what was decided, and an offer that waits, for everybody."""
    with reading(office.records) as connection:
        deeds = deeds_of(connection, int(detail.request["request_id"]))
    parts = (
        _room_warning(office, detail, user),
        _too_small(office, detail),
        _number_panel(office, detail, user),
        _offer_panel(user, detail, deeds),
        _decision_panel(office, detail, user),
        _history(deeds),
    )
    return [part for part in parts if part is not None]


def _number_panel(office: Office, detail: Request, user: Account) -> Component | None:
    """The number of the register, for a request that was sent and has none."""
    receipt = receipt_in(detail.request["agenda_number"])
    if Role.AGENDARIS not in user.roles or receipt is None or detail.status in OVER:
        return None
    number = field(Id.NUMBER, t("paper.number"), next_number(office, detail.as_of), class_name="is-short")
    save = button([icon("hash"), t("decide.number")], id=Id.NUMBER_SAVE)
    return panel(
        dcc.Store(id=Id.NUMBER_ENTRY, data=secrets.token_hex(12)),
        html.Div([number, save], className="letter-row is-low"),
        html.Div(id=Id.NUMBER_SAID, className="decide-said"),
        title=t("decide.number_title"),
        note=t("decide.number_note"),
        id=NUMBER_PLACE,
        class_name="no-print",
    )


def _offer_panel(user: Account, detail: Request, deeds: Sequence[LetterDeed]) -> Component | None:
    """An offer that waits for its agency, which answers here, or through the post that receives its letters."""
    offer = open_offer(deeds)
    if offer is None or detail.status in OVER:
        return None
    ways = _answers() if {*ANSWERING} & {*user.roles} and not has_begun(detail) else ()
    return html.Div([banner(offer_words(offer), Tone.NEAR, "calendar-event"), *ways], className="decide-offer")


def _answers() -> Sequence[Component]:
    return (
        dcc.Store(id=Id.ANSWER_ENTRY, data=secrets.token_hex(12)),
        button([icon("check-lg"), t("ask.accept")], id=Id.ACCEPT),
        button([icon("x-lg"), t("ask.decline")], id=Id.DECLINE, kind="quiet"),
        html.Div(id=Id.ANSWER_SAID, className="decide-said"),
    )


def _history(deeds: Sequence[LetterDeed]) -> Component | None:
    """What was said of the request on the screen: when, by which post, why."""
    if not deeds:
        return None
    lines = [
        html.Li(
            dotted(fmt().moment_short(deed.at), _deed_words(deed), role_words(deed.role), deed.reason),
        )
        for deed in deeds
    ]
    return panel(html.Ul(lines, className="decide-history"), title=t("decide.history"))


def _deed_words(deed: LetterDeed) -> str:
    """What was done, with the time that it offers or replaces."""
    slot = slot_of_deed(deed)
    return t(f"decide.deed_{deed.deed}_slot", slot=slot) if slot else t(f"decide.deed_{deed.deed}")


def _held(office: Office, detail: Request, times: RoomTimes | None, slot: Slot | None) -> Component | None:
    """That another booking has the room then, or asks for it, with the ways to its letter."""
    held = None if times is None or slot is None else times.holding(slot)
    if held is None or slot is None:
        return None
    words = [held_words(held, slot.room), *_ways_to_holders(office, detail, slot, held)]
    return banner(words, Tone.NEAR, "people")


def _ways_to_holders(office: Office, detail: Request, slot: Slot, held: Holding) -> Sequence[Component | str]:
    """The other letters that have the room then, or ask for it, each a link."""
    at = asked_at if held is Holding.ASKED else approved_at
    others = at(office, slot, detail.as_of) - {int(detail.request["request_id"])}
    letters = [(row["year"], row["agenda_number"]) for row in letters_named(office.mart.read(), others).values()]
    return [part for key in sorted(letters) for part in (" ", link(letter_name(*key), request_address(*key)))]


def _room_warning(office: Office, detail: Request, user: Account) -> Component | None:
    """To the office, of an event to come: that another booking has the room then, or asks for it while this one is not
    approved. Whoever decides reads on that panel that it is taken."""
    start = detail.request["booked_start"]
    if user.opd_filter is not None or detail.status in OVER or start is None or start <= detail.as_of:
        return None
    times, slot = _around(office, detail)
    held = None if times is None or slot is None else times.holding(slot)
    is_moot = held is Holding.ASKED and detail.status is RequestStatus.APPROVED
    is_said = {*DECIDING} & {*user.roles} and held in (Holding.APPROVED, Holding.SCHEDULED)
    return None if is_moot or is_said else _held(office, detail, times, slot)


def _too_small(office: Office, detail: Request) -> Component | None:
    """Of an event to come: that its room holds fewer people than are planned."""
    request, start = detail.request, detail.request["booked_start"]
    if detail.status in OVER or start is None or start <= detail.as_of:
        return None
    words = too_small_words(office.settings.rooms, request["room"], request["planned"], fmt().local(start).date())
    return None if words is None else banner(words, Tone.NEAR, "people")


def _decision_panel(office: Office, detail: Request, user: Account) -> Component | None:
    """Approve, refuse, offer another time; unfolded while nothing was decided."""
    if not {*DECIDING} & {*user.roles} or detail.status in OVER or has_begun(detail):
        return None
    times, slot = _around(office, detail)
    doubt = _doubt(office, detail, times, slot)
    is_open = detail.status is not RequestStatus.APPROVED
    body = html.Div(
        [
            dcc.Store(id=Id.ENTRY, data=secrets.token_hex(12)),
            banner(_doubt_parts(office, detail, doubt, slot), Tone.LATE, "people") if doubt else None,
            html.Div(
                dbc.Checkbox(id=Id.SURE, label=t("decide.sure"), value=False), hidden=not doubt,
                className="decide-sure",
            ),
            labelled(t("decide.reason"), dbc.Input(id=Id.REASON, class_name="p-input", maxlength=300)),
            html.Div(id=Id.SAID, className="decide-said"),
            html.Div(_buttons(office, detail, user), className="letter-save"),
            html.Details(
                [html.Summary(t("decide.offer_open")), html.Div(_offer_form(office, times, slot))],
                className="decide-other",
            ),
        ]
    )  # fmt: skip
    content = body if is_open else html.Details([html.Summary(t("decide.again")), body])
    return panel(content, title=t("decide.title"), id=DECISION_PLACE, class_name="no-print")


def _buttons(office: Office, detail: Request, user: Account) -> Sequence[Component]:
    """Approving also hands on, for whoever holds that step and has the letter there."""
    step = office.sop_in_force.step_with(Meaning.APPROVED)
    may_forward = office.sop_in_force.step(step).role in user.roles and _is_in_hand(office, detail, step)
    forward = [icon("check2-all"), t("decide.forward", step=step)]
    return (
        html.Div(button(forward, id=Id.FORWARD), hidden=not may_forward),
        button([icon("check-lg"), t("decide.approve")], id=Id.APPROVE, kind="quiet" if may_forward else "primary"),
        button([icon("x-lg"), t("decide.reject")], id=Id.REJECT, kind="quiet"),
    )


def _is_in_hand(office: Office, detail: Request, step: str) -> bool:
    request_id = int(detail.request["request_id"])
    _, stands = standings(office, [request_id], [step]).get(request_id, (None, {}))
    return step in stands and stands[step].is_handed


def _offer_form(office: Office, times: RoomTimes | None, slot: Slot | None) -> Sequence[Component | None]:
    rooms = [(room.name, room.name) for room in office.settings.rooms]
    room = slot.room if slot else ""
    nearest = [] if times is None or slot is None else [near for near in times.nearest(slot) if near != slot]
    chosen = html.Div(select(Id.ROOM, t("ask.room"), rooms, room), className="letter-field is-middle")
    return (
        nearest_buttons(nearest, "decide"),
        html.Div(
            [
                field(Id.DAY, t("ask.day"), placeholder=t("word.day_form"), class_name="is-middle"),
                field(Id.BEGIN, t("ask.begin"), placeholder=fmt().hour(9), class_name="is-short"),
                field(Id.END, t("ask.end"), placeholder=fmt().hour(12), class_name="is-short"),
                chosen,
            ],
            className="letter-row",
        ),
        button([icon("calendar-plus"), t("decide.offer")], id=Id.OFFER, kind="quiet"),
    )


def _around(office: Office, detail: Request) -> tuple[RoomTimes | None, Slot | None]:
    """The times of the rooms around what is asked for, as if it had not been, and what is asked for."""
    request = detail.request
    start, end, room = request["booked_start_at"], request["booked_end_at"], request["room"]
    if start is None or end is None or room is None:
        return None, None
    day = day_number(fmt().local(start).date())
    times = room_times(
        office, detail.as_of, day - NEAR_BEFORE, day + NEAR_AFTER, people=request["planned"],
        without=int(request["request_id"]),
    )  # fmt: skip
    return times, Slot(room, start, end)


def _doubt(office: Office, detail: Request, times: RoomTimes | None, slot: Slot | None) -> str:
    """What is asked before it is approved; empty for nothing."""
    if times is None or slot is None:
        return ""
    with reading(office.records) as connection:
        if is_taken(connection, office, slot, int(detail.request["request_id"]), detail.as_of):
            is_recorded = times.holding(slot) is not Holding.SCHEDULED
            return held_words(Holding.APPROVED if is_recorded else Holding.SCHEDULED, slot.room)
    is_outside = times.lane(slot.room) is not None and not times.is_open(slot)
    return t("decide.outside", room=slot.room) if is_outside else ""


def _doubt_parts(office: Office, detail: Request, doubt: str, slot: Slot | None) -> Sequence[Component | str]:
    """The doubt, with the ways to the letters that have the room then."""
    return [doubt] if slot is None else [doubt, *_ways_to_holders(office, detail, slot, Holding.APPROVED)]


def register(app: Dash, office: Office, now: Callable[[], int], request: str) -> None:
    """Number a request and decide about it; `request`: the store that holds its year and number. A refusal is said
    beside its button; what was done, or that the time is taken, where the page says what stamps did, drawn anew."""

    def number(_pressed: str, typed: Any, key: Any, entry: Any) -> tuple[Any, Any, Any]:
        user = account()
        if Role.AGENDARIS not in user.roles:
            abort(403)
        year, agenda = _key(key)
        try:
            given = number_request(office, year, agenda, text_of(typed), **_giver(user, entry, now(), Role.AGENDARIS))
        except NumberTakenError as error:
            return outcome(sentence(error)), error.next_number, no_update
        return no_update, no_update, request_address(year, given)

    values = [(Id.NUMBER, "value"), (request, "data"), (Id.NUMBER_ENTRY, "data")]
    outputs = [(Id.NUMBER_SAID, "children"), (Id.NUMBER, "value"), (Id.GO, "href")]
    on_press(app, Page.PERMOHONAN, [Id.NUMBER_SAVE], values, number, outputs, May.SEE, allow_duplicate=True)

    def decide(pressed: str, key: Any, times: Any, *given: Any) -> tuple[Any, Any, Any]:
        user = account()
        if not {*DECIDING} & {*user.roles}:
            abort(403)
        return no_update, _decided(office, user, now(), pressed, _key(key), given), once_more(times)

    values = [(request, "data"), (Stamped.DONE, "data"), (Id.ENTRY, "data"), (Id.SURE, "value"), (Id.REASON, "value")]
    values += [(id, "value") for id in (Id.DAY, Id.BEGIN, Id.END, Id.ROOM)]
    buttons = [Id.APPROVE, Id.FORWARD, Id.REJECT, Id.OFFER]
    deed_done = [(Stamped.OUTCOME, "children"), (Stamped.DONE, "data")]
    outputs = [(Id.SAID, "children"), *deed_done]
    on_press(app, Page.PERMOHONAN, buttons, values, decide, outputs, May.SEE, allow_duplicate=True)

    def answer(pressed: str, key: Any, times: Any, entry: Any) -> tuple[Any, Any, Any]:
        user = account()
        if not {*ANSWERING} & {*user.roles}:
            abort(403)
        said = _answered(office, user, now(), _key(key), entry, accepts=pressed == Id.ACCEPT)
        return no_update, said, once_more(times)

    values = [(request, "data"), (Stamped.DONE, "data"), (Id.ANSWER_ENTRY, "data")]
    buttons = [Id.ACCEPT, Id.DECLINE]
    outputs = [(Id.ANSWER_SAID, "children"), *deed_done]
    on_press(app, Page.PERMOHONAN, buttons, values, answer, outputs, May.SEE, allow_duplicate=True)


def _decided(
    office: Office, user: Account, now: int, pressed: str, key: tuple[int, str], given: Sequence[Any]
) -> Component:
    """Do what was pressed; what came of it. Raises PantauError."""
    entry, sure, reason, *typed = given
    step, forwards = office.sop_in_force.step(office.sop_in_force.step_with(Meaning.APPROVED)), pressed == Id.FORWARD
    if forwards and step.role not in user.roles:
        abort(403)
    post = Role(step.role) if forwards else next(role for role in user.roles if role in DECIDING)
    by, words = _giver(user, entry, now, post), text_of(reason)
    if pressed in (Id.APPROVE, Id.FORWARD):
        try:
            receipt = approve_request(office, *key, words, forwards=forwards, is_sure=sure is True, **by)
        except TimeRefusedError as error:
            return outcome(sentence(error))
        return done(t("decide.approved", letter=letter_name(*key)), is_published=receipt.is_published)
    if pressed == Id.REJECT:
        receipt = reject_request(office, *key, words, **by)
        return done(t("decide.rejected", letter=letter_name(*key)), is_published=receipt.is_published)
    day, begin, end, room = map(text_of, typed)
    wish = Wish("", room, day, begin, end, "")
    receipt = offer_time(office, *key, wish, words, **by)
    return done(t("decide.offered", letter=letter_name(*key)), is_published=receipt.is_published)


def _answered(office: Office, user: Account, now: int, key: tuple[int, str], entry: Any, *, accepts: bool) -> Component:
    """The agency's answer to an offer; what came of it. Raises PantauError."""
    by = _giver(user, entry, now, Role.AGENDARIS) | {"role": asking_as(user)}
    receipt = answer_offer(office, *key, accepts=accepts, asker=asker_of(user), **by)
    return done(t("ask.accepted" if accepts else "ask.declined"), is_published=receipt.is_published)


def _key(data: Any) -> tuple[int, str]:
    if not (isinstance(data, list) and len(data) == 2 and isinstance(data[0], int) and isinstance(data[1], str)):
        abort(400)
    if data[0] not in YEARS:
        abort(400)
    return data[0], data[1]


def _giver(user: Account, entry: Any, now: int, post: Role) -> Any:
    """Who gives the entry that the panel was drawn for, as that post or its deputy: pressed twice it is one."""
    if not isinstance(entry, str):
        abort(400)
    return {"actor": user.name, "role": entering(user, post), "client_id": f"putusan-{entry[:40]}", "now": now}
