"""Stamps on the desk pages: the buttons of who holds a step, and what becomes of a tap.

A button carries what it says; assets/desk/stamps.js hands it on together with what was ticked and written beside it.
The server decides everything again: the role, the request, the sense.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import abort

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account, entering
from dashboard.components import Tone, button, icon, pill, stack
from dashboard.components.filters import labelled
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared import closing
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.page_request import once_more
from dashboard.pages.shared.tap_words import band, tap_button
from data_access.errors import PantauError
from etl.desk.room_taken import TimeRefusedError
from etl.desk.screen_rows import LONGEST_REASON, Receipt
from etl.desk.stamps import (
    NewStamp,
    StampDoubtError,
    StampRefusedError,
    give_stamp,
    has_changed,
    is_still_pending,
    take_back,
    too_early,
)
from etl.domain.compliance.stamping import HeldLetter, Stamp, Standing
from etl.domain.sop.steps import Meaning, SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.units import YEARS
from etl.extract.texts import agenda_key, letter_name, receipt_in
from etl.figures.requests.documents import Ticks, documents_of_step
from etl.judging.step_standing import standings
from etl.office import Office
from etl.reference.steps import STEP_CODES

TAKE_BACK = "batal"
_PLAIN, _WITH_REASON = (Stamp.RECEIVED, Stamp.FORWARDED, Stamp.RESUMED), (Stamp.WAITING, Stamp.RETURNED)
_MOST_DOCUMENTS = 20
_ICONS = {
    Stamp.RECEIVED: "inbox-fill", Stamp.FORWARDED: "check2-circle", Stamp.RETURNED: "reply-fill",
    Stamp.WAITING: "pause-fill", Stamp.RESUMED: "play-fill",
}  # fmt: skip


class Id(StrEnum):
    """Ids of the stamp desk; a page has one."""

    DESK = "stamp-desk"
    TAP = "stamp-tap"
    OUTCOME = "stamp-said"
    DONE = "stamp-done"
    FREED = "stamp-freed"
    SETTLED = "stamp-settled"


def stamp_desk() -> Component:
    """What a page with stamp buttons needs once: the tap, the answer, and the mark that something was stamped."""
    return stack(
        dcc.Store(id=Id.TAP),
        dcc.Store(id=Id.DONE, data=0),
        dcc.Store(id=Id.FREED),
        dcc.Store(id=Id.SETTLED),
        html.Div(id=Id.OUTCOME, className="stamp-said", **{"aria-live": "assertive"}),
        id=Id.DESK,
        class_name="no-print",
    )


def own_steps(office: Office, user: Account) -> tuple[str, ...]:
    """The steps that this user stamps, those of the posts that it stands in for among them."""
    return tuple(step for role in user.roles for step in office.sop_in_force.steps_of(role))


def on_behalf(office: Office, user: Account, step: str) -> Component | None:
    """Of a step that the user stamps as the deputy of its post: for whom, and with which title."""
    post = office.sop_in_force.step(step).role
    title = user.title_for(post)
    if title is None:
        return None
    words = t("mandates.on_behalf", post=t(f"role.{post}"), title=title)
    return pill(Tone.PLAIN, "person-badge", words)


def stamp_words(held: HeldLetter, step: str, stamp: Stamp) -> str:
    """What a button says: "Terima", "Teruskan"; "Mulai", "Selesai" for steps that hand nothing on."""
    is_ending = Meaning.WORKED in held.sop.step(step).meanings and stamp in (Stamp.RECEIVED, Stamp.FORWARDED)
    return t(f"stamp.do_{stamp.value}_end") if is_ending else t(f"stamp.do_{stamp.value}")


def step_and_actor(sop: SopVersion, code: str) -> str:
    """ "A3 · Sekdin": a step and whose desk it is."""
    step = sop.step(code)
    return f"{code} · {step.desk_actor or step.actor}"


def stamp_button(
    year: int,
    agenda: str,
    held: HeldLetter,
    step: str,
    stamp: Stamp,
    kind: str = "primary",
    *,
    names_step: bool = False,
    to: str = "",
    desk: str = "",
) -> Component:
    """One tap; `to` is the step to which it sends the letter back, `desk` the only one to which it can."""
    if stamp in _PLAIN and _awaits_number(agenda, held, step):
        return button(
            [icon("hash"), html.Span(t("stamp.number_first"))], href=f"{request_address(year, agenda)}#nomor-agenda"
        )
    more = {"desk": to or desk} if to or desk else {}
    payload = _payload(NewStamp(year, agenda, step, stamp, to=to), held.version, **more)
    request = letter_name(year, agenda)
    if to or desk:
        back = step_and_actor(held.sop, to or desk)
        words, label = t("stamp.return_to", step=back), t("stamp.return_label", to=back, step=step, letter=request)
    else:
        words = stamp_words(held, step, stamp)
        label = t("stamp.label", what=words, step=step, letter=request)
    return tap_button(
        payload, [icon(_ICONS[stamp]), html.Span(f"{words} {step}" if names_step else words)], kind, label
    )


def stamp_form(
    year: int, agenda: str, held: HeldLetter, stand: Standing, of_sop: SopStep, ticks: Ticks | None = None
) -> Component:
    """Everything that the holder of a step may say of it: papers to tick, the plain taps, the taps with a reason.

    `ticks`: what was said of the papers before.
    """
    tap, main = partial(stamp_button, year, agenda, held, stand.step), _main(stand)
    waits = _awaits_number(agenda, held, stand.step)
    buttons = [
        tap(stamp, "primary" if stamp is main else "quiet") for stamp in stand.may if stamp in _PLAIN and not waits
    ]
    why = [_with_reason(stand.step, stamp, _taps(stand, stamp, tap)) for stamp in _WITH_REASON if stamp in stand.may]
    return stack(
        _papers(stand.step, of_sop, ticks or {}),
        html.Div([*buttons, *why], className="stamp-buttons"),
        html.P(t("stamp.server_time"), className="p-muted stamp-hint"),
        class_name="stamp-form",
        **_FORM,
    )


def taps_of(office: Office, rows: pd.DataFrame, user: Account, now: int) -> dict[int, list[Component]]:
    """By request_id one tap for each step that this user holds now; `rows` as in `request_list`."""
    mine, by_id = own_steps(office, user), {int(row.request_id): row for row in rows.itertuples()}
    steps = {key: [step for step in str(row.at_step).split(", ") if step in mine] for key, row in by_id.items()}
    taps: dict[int, list[Component]] = {}
    for key, (held, stands) in standings(office, [key for key, own in steps.items() if own], mine).items():
        tap = partial(stamp_button, int(by_id[key].year), str(by_id[key].agenda_number), held)
        handed = [stands[step] for step in steps[key] if stands[step].is_handed]
        handed = [stand for stand in handed if too_early(office, held, stand.step, now) is None]
        taps[key] = [tap(stand.step, _main(stand), names_step=True) for stand in handed]
    return taps


def _main(stand: Standing) -> Stamp:
    """What the one tap of a step says."""
    return Stamp.RESUMED if stand.paused_at is not None else Stamp.FORWARDED


def short_form(
    year: int,
    agenda: str,
    held: HeldLetter,
    stand: Standing,
    of_sop: SopStep,
    ticks: Ticks | None = None,
    *,
    before: Sequence[Component] = (),
) -> Component:
    """The taps of a row of a list, two at most, and the papers to tick before: receive, and hand on or resume. The
    letter's page has the others. `before` is the row's main button, if it is another than these."""
    tap, main = partial(stamp_button, year, agenda, held, stand.step), _main(stand)
    both = (main,) if _awaits_number(agenda, held, stand.step) else (Stamp.RECEIVED, main)
    stamps = [stamp for stamp in both if stamp in stand.may]
    buttons = [tap(stamp, "primary" if stamp is main and not before else "quiet") for stamp in stamps]
    papers = _papers(f"{held.request_id}-{stand.step}", of_sop, ticks or {})
    opener = html.Summary(t("stamp.papers_short"), className="stamp-opener")
    folded = None if papers is None else html.Details([opener, papers], className="stamp-folded")
    return html.Div([folded, html.Div([*before, *buttons], className="summary-taps")], className="stamp-short", **_FORM)


_FORM = {"data-stamp-form": ""}


def _papers(key: str, of_sop: SopStep, ticks: Ticks) -> Component | None:
    """The documents of the step from the SOP, to be ticked as evidence; `key` tells it from others of the page."""
    papers = documents_of_step(of_sop)
    if not papers:
        return None
    boxes = [
        html.Span(
            dbc.Checkbox(id=f"stamp-paper-{key}-{index}", label=name, value=ticks.get((part, name), False)),
            className="stamp-paper",
            **{"data-stamp-paper": f"{part}|{name}"},
        )
        for index, (part, name) in enumerate(papers)
    ]
    return html.Fieldset([html.Legend(t("stamp.papers")), html.Div(boxes, className="stamp-papers")])


def _taps(stand: Standing, stamp: Stamp, tap: Callable[..., Component]) -> list[Component]:
    """The tap beside its reason; where a letter may go back to several steps one for each, the nearest first."""
    if stamp is not Stamp.RETURNED or len(stand.returns_to) == 1:
        return [tap(stamp, desk="".join(stand.returns_to) if stamp is Stamp.RETURNED else "")]
    return [tap(stamp, "quiet" if place else "primary", to=to) for place, to in enumerate(stand.returns_to)]


def _with_reason(step: str, stamp: Stamp, taps: list[Component]) -> Component:
    field = dbc.Textarea(
        id=f"stamp-why-{step}-{stamp.value}",
        placeholder=t(f"stamp.why_{stamp.value}_example"),
        class_name="p-input",
        rows=2,
        maxlength=LONGEST_REASON,
    )
    opener = [icon(_ICONS[stamp]), html.Span(t(f"stamp.open_{stamp.value}"))]
    parts = html.Div([labelled(t(f"stamp.why_{stamp.value}"), field), *taps], className="stamp-why")
    why = [html.Summary(opener, className="p-button is-quiet"), parts]
    return html.Details(why, **{"data-stamp-why": ""})


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a tap from who holds the step."""

    @app.callback(
        Output(Id.OUTCOME, "children"),
        Output(Id.DONE, "data"),
        Input(Id.TAP, "data"),
        State(Id.DONE, "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.PERMOHONAN)
    def stamp(tap: Any, done: Any) -> tuple[Any, Any]:
        answered = _answer(tap)
        if answered is None:
            raise PreventUpdate
        answer, is_new = answered
        if not is_new:  # what was written and ticked beside a refused stamp stays
            return answer, no_update
        return answer, once_more(done)

    def _answer(tap: Any) -> tuple[Component, bool] | None:
        if closing.is_closing(tap):
            return closing.answered(office, now(), account(), tap)
        read = read_tap(tap, office)
        return None if read is None else tapped(office, now(), account(), read)

    app.clientside_callback(
        ClientsideFunction("stamps", "answered"),
        Output(Id.FREED, "data"),
        Input(Id.OUTCOME, "children"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("renew", "settled"),
        Output(Id.SETTLED, "data"),
        Input(Id.DONE, "data"),
        prevent_initial_call=True,
    )


@dataclass(frozen=True)
class Tap:
    """One tap: the stamp, the state of the request that the button showed, and whether the stamp is taken back.

    `desk`: the step to which the button says that it sends the letter back, empty for none.
    """

    given: NewStamp
    version: int
    is_back: bool
    desk: str = ""

    @property
    def entry(self) -> str:
        """The id of the entry: two taps on the same state of a request are one entry, wherever they come from."""
        given = self.given
        state = repr((given.year, agenda_key(given.agenda), given.step, given.stamp.value + given.to, self.version))
        return f"cap-{sha256(state.encode()).hexdigest()[:40]}"


def read_tap(tap: Any, office: Office) -> Tap | None:
    """A tap as a request; None for what no button of ours says."""
    if not isinstance(tap, dict):
        return None
    names = {"year": int, "agenda": str, "step": str, "stamp": str, "version": int}
    if not all(isinstance(tap.get(name), kind) for name, kind in names.items()) or tap["step"] not in STEP_CODES:
        return None
    if tap["year"] not in YEARS or tap["stamp"] not in {stamp.value for stamp in Stamp}:
        return None
    known = documents_of_step(office.sop.current().step(tap["step"]))
    papers = _documents(tap.get("documents"), known)
    reason = tap["reason"] if isinstance(tap.get("reason"), str) else ""
    stamp, is_sure, takes_room = Stamp(tap["stamp"]), tap.get("sure") is True, tap.get("room") is True
    to = tap["to"] if stamp is Stamp.RETURNED and tap.get("to") in STEP_CODES else ""
    agenda = tap["agenda"].replace("\0", "")
    given = NewStamp(tap["year"], agenda, tap["step"], stamp, reason, papers, is_sure, to, takes_room=takes_room)
    desk = tap["desk"] if stamp is Stamp.RETURNED and tap.get("desk") in STEP_CODES else ""
    return Tap(given, tap["version"], tap.get("what") == TAKE_BACK, desk)


def _documents(ticked: Any, known: Sequence[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    """What was ticked; a part of which nothing was ticked is left out."""
    rows = ticked[:_MOST_DOCUMENTS] if isinstance(ticked, list) else []
    threes = [row for row in rows if isinstance(row, list) and len(row) == 3]
    is_there = {(str(part), str(name)): mark is True for part, name, mark in threes}
    parts = {part for (part, _), mark in is_there.items() if mark}
    return [(part, name, is_there.get((part, name), False)) for part, name in known if part in parts]


def tapped(office: Office, now: int, user: Account, tap: Tap) -> tuple[Component, bool]:
    """What became of a tap in words, and whether something was stored. Refuses (403) who does not hold the step."""
    given = tap.given
    if given.step not in own_steps(office, user):
        abort(403)
    role = entering(user, office.sop_in_force.step(given.step).role)
    try:
        if tap.is_back:
            take_back(office, tap.entry, actor=user.name, reason=t("stamp.taken_back_reason"), now=now)
            return band(t("stamp.taken_back", step=given.step), Tone.GOOD), True
        receipt = give_stamp(
            office, given, actor=user.name, role=role, client_id=tap.entry, now=now, own_opd=user.opd_filter
        )
    except (StampDoubtError, TimeRefusedError) as doubt:
        return _doubt(tap, doubt), False
    except StampRefusedError as refused:
        is_old = not tap.is_back and has_changed(office, given, tap.version, user.opd_filter)
        return _old(refused) if is_old else band(sentence(refused), Tone.LATE), False
    except PantauError as error:
        return band(sentence(error), Tone.LATE), False
    to = step_and_actor(office.sop_in_force, tap.desk) if tap.desk else ""
    return _done(tap, receipt, user, to, is_pending=is_still_pending(office, given, now)), True


def _awaits_number(agenda: str, held: HeldLetter, step: str) -> bool:
    """Whether the step receives a request that has no register number yet: its number comes first."""
    return receipt_in(agenda) is not None and held.sop.step_with(Meaning.RECEIVED) in held.before(step)


def _payload(given: NewStamp, version: int, **more: object) -> dict[str, Any]:
    """What a button says of a stamp, and of the state of the letter that it shows."""
    state = {"year": given.year, "agenda": given.agenda, "step": given.step, "stamp": given.stamp.value}
    return {**state, "version": version, **({"to": given.to} if given.to else {}), **more}


def _old(refused: StampRefusedError) -> Component:
    """A refusal under buttons that show an older state of the letter: says so, and leads to the same address anew."""
    words = f"{sentence(refused)} {t('stamp.page_is_old')}"
    return band(words, Tone.LATE, html.A(t("renew.offer"), href="", className="p-button is-quiet"))


def _doubt(tap: Tap, doubt: StampDoubtError | TimeRefusedError) -> Component:
    """Told what is missing, or what keeps the room from being had then, the person may stamp all the same; what was
    ticked and written goes with it, and what was said to be meant before."""
    given, words = tap.given, t("stamp.sure", step=tap.given.step)
    is_room = isinstance(doubt, TimeRefusedError)
    meant = {"sure": given.is_sure or not is_room, "room": given.takes_room or is_room}
    kept = {"reason": given.reason, "papers": [list(document) for document in given.documents]}
    payload = _payload(given, tap.version, **meant, **kept)
    return band(sentence(doubt), Tone.NEAR, tap_button(payload, [html.Span(words)], "quiet", words))


def _done(tap: Tap, receipt: Receipt, user: Account, to: str, *, is_pending: bool) -> Component:
    f, given = fmt(), tap.given
    if receipt.actor != user.name:
        return band(t("stamp.by_other", step=given.step, name=receipt.actor, clock=f.clock(receipt.at)), Tone.NEAR)
    request = letter_name(given.year, given.agenda)
    words = t(f"stamp.done_{given.stamp.value}", step=given.step, letter=request, clock=f.clock(receipt.at))
    words = f"{words} {t('stamp.returned_to', to=to)}" if to else words
    if not receipt.is_published:
        words = f"{words} {t('intake.saved_not_shown')}"
    if is_pending:
        words = f"{words} {t('stamp.still_pending')}"
    undo = [icon("arrow-counterclockwise"), html.Span(t("stamp.take_back"))]
    back = tap_button(_payload(given, tap.version, what=TAKE_BACK), undo, "quiet", f"{t('stamp.take_back')}: {words}")
    return band(words, Tone.GOOD if receipt.is_published and not is_pending else Tone.NEAR, back)
