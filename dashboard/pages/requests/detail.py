"""What happened to this request: each step against its target, on which days, by whose word?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import Tone, button, empty, icon, page_head, panel, pill, request_pill, stack, verdict_pill
from dashboard.i18n import fmt, sentence, t
from dashboard.i18n.formats import as_date
from dashboard.pages.requests import decide
from dashboard.pages.requests.cards import OnFile, cards, steps_table
from dashboard.pages.requests.columns import nowhere_pill, undecided_pill
from dashboard.pages.requests.correct import correct_panel
from dashboard.pages.requests.decide import Id as Decided
from dashboard.pages.requests.decide import letter_panels
from dashboard.pages.requests.participant_counts import entry_address
from dashboard.pages.requests.scans import scans_panel
from dashboard.pages.requests.timeline import awaits_opd, has_anything, timeline
from dashboard.pages.shared.closing import closed_line, closing_box
from dashboard.pages.shared.links import REQUEST_LIST, Crumbs
from dashboard.pages.shared.page_request import PageRequest, told_at
from dashboard.pages.shared.renewal import RENEWED, about_letter, renewed
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import on_behalf, own_steps, stamp_desk, stamp_form
from dashboard.pages.shared.words import Places, dotted, places_of
from etl.desk.stamps import too_early
from etl.domain.compliance.stamping import HeldLetter, Standing
from etl.domain.sop.steps import PARTS
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import OVER, UNDER_WAY, RequestStatus, RequestVerdict
from etl.extract.texts import letter_name
from etl.figures.intake.open_work import letters_with_unread_start, tap_count
from etl.figures.requests.detail import Request, RequestStep, is_known, request_detail
from etl.figures.requests.documents import Ticks, request_checks, ticked_documents
from etl.figures.requests.holders import unheld_seconds
from etl.figures.requests.work_list import awaits_decision
from etl.judging.step_standing import standings
from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/permohonan/<int:year>/<path:agenda>"
TITLE = "case.title"
NAV = None

EVERY = 30
"""Seconds after which a request that is under way is drawn anew also without news."""


class Id(StrEnum):
    """Ids of the page."""

    HEAD = "case-head"
    STAMPS = "case-stamps"
    BODY = "case-body"
    REQUEST = "case-letter"
    TICK = "case-tick"
    PART_A = "case-part-a"
    PART_B = "case-part-b"


def layout(page_request: PageRequest) -> Component:
    """The request of the address; an agency's user finds only its own."""
    year, agenda = int(page_request.path["year"]), str(page_request.path["agenda"])
    office, user = page_request.office, page_request.account
    detail = request_detail(office, year, agenda, page_request.now, opd=user.opd_filter)
    if detail is None:
        return _not_found(year, agenda)
    is_under_way, subject = any(step.is_running for step in detail.steps), about_letter(detail.request["request_id"])
    marked = renewed(office, subject, Id.TICK, EVERY if is_under_way else 0)
    return stack(
        dcc.Store(id=Id.REQUEST, data=[year, agenda]),
        dcc.Interval(id=Id.TICK, disabled=True),  # renew.js counts: it waits while somebody writes
        html.Div(_head(office, detail), id=Id.HEAD),
        stamp_desk(),
        dcc.Location(id=Decided.GO, refresh="callback-nav"),
        html.Div(taps_panel(office, detail, user), id=Id.STAMPS, **RENEWED),
        html.Div(body(office, detail, places_of(office, detail, user)), id=Id.BODY, **marked),
        class_name="case",
    )


def is_there(office: Office, user: Account, path: Mapping[str, Any]) -> bool:
    """Whether there is such a request for that user; without one the address answers 404."""
    return is_known(office, int(path["year"]), str(path["agenda"]), opd=user.opd_filter)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """A request under way ages while it is looked at; what is stamped shows at once."""

    @app.callback(
        Output(Id.HEAD, "children"),
        Output(Id.BODY, "children"),
        Input(Id.TICK, "n_intervals"),
        Input(Stamped.DONE, "data"),
        State(Id.REQUEST, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def grow_older(_tick: int | None, _done: Any, key: Any) -> tuple[Component | None, Component]:
        detail = _remembered(office, key, told_at(office, now()))
        if detail is None:
            return None, _not_found(key[0], str(key[1]))
        return _head(office, detail), body(office, detail, places_of(office, detail, account()))

    # Apart, so that nothing that somebody writes there is lost while the request ages.
    @app.callback(
        Output(Id.STAMPS, "children"), Input(Stamped.DONE, "data"), State(Id.REQUEST, "data"), prevent_initial_call=True
    )
    @guarded(PAGE)
    def renew(_done: Any, key: Any) -> Component | None:
        detail = _remembered(office, key, told_at(office, now()))
        return None if detail is None else taps_panel(office, detail, account())

    decide.register(app, office, now, Id.REQUEST)


def _remembered(office: Office, key: Any, now: int) -> Request | None:
    """The request that the page remembers; an agency's user finds only its own."""
    if not (isinstance(key, list) and len(key) == 2 and isinstance(key[0], int)):
        raise PreventUpdate
    return request_detail(office, key[0], str(key[1]), now, opd=account().opd_filter)


def _not_found(year: int, agenda: str) -> Component:
    name = letter_name(year, agenda)
    period, _, number = name.partition("/") if "/" in name else (str(year), "", name)
    return stack(
        page_head(t("case.not_found"), crumbs=_crumbs(year, agenda)),
        panel(
            empty(t("case.not_found_words", year=period, agenda=number), t("case.not_found_hint"), "search"),
            html.Div(button(t("case.to_list"), href=REQUEST_LIST), className="case-back"),
        ),
    )


def _crumbs(year: int, agenda: str) -> Crumbs:
    period, _, number = letter_name(year, agenda).partition("/")
    if not number:
        return [(t("cases.title"), REQUEST_LIST), (period, None)]
    return [(t("cases.title"), REQUEST_LIST), (period, None), (number, None)]


def body(office: Office, detail: Request, places: Places) -> Component:
    """The page of one request below its head; `places` lead from its rows to their loads."""
    sop = detail.sop
    parts = {part: [detail.step(step.code) for step in sop.part(part)] for part in PARTS}
    shown = [*parts["A"], *(parts["B"] if has_anything(parts["B"]) else ())]
    request_id = detail.request["request_id"]
    on_file = OnFile(ticked_documents(office, request_id), request_checks(office, request_id, detail.as_of))
    return stack(
        _part_panel(Id.PART_A, office, detail, parts["A"], sop),
        _part_panel(Id.PART_B, office, detail, parts["B"], sop),
        cards(detail, shown, sop, office.calendar, places, on_file),
        panel(
            steps_table(detail, detail.steps, sop, unheld_seconds(office, detail)),
            title=t("case.steps_title"),
            note=t("case.steps_note"),
        ),
        correct_panel(office, detail, places, account()),
    )


def _head(office: Office, detail: Request) -> Component:
    request = detail.request
    title = request["activity"] or request["subject"] or _logged(detail, "activity") or t("case.untitled")
    head = page_head(
        title,
        _subtitle(office, detail),
        actions=[*_pills(office, detail), _people(detail)],
        crumbs=_crumbs(request["year"], request["agenda_number"]),
    )
    return html.Div(head, className="case-head")


def _people(detail: Request) -> Component:
    """The way to the number of participants, which its agency says and Kasi LITIK verifies."""
    address = entry_address(detail.request["year"], detail.request["agenda_number"])
    return button([icon("people"), t("participants_entry.open")], href=address, kind="quiet")


def _subtitle(office: Office, detail: Request) -> str:
    f, request = fmt(), detail.request
    received = f.date(request["received_on"])
    if request["received_at"] is not None:
        received = f.moment(request["received_at"])
    parts = [
        request["opd"] or t("word.none"),
        t("case.letter", number=request["letter_number"]) if request["letter_number"] else "",
        t("case.received", moment=received),
        _event(detail),
        t("room.start_unread") if _is_start_unread(office, detail) else "",
        request["activity_kind"] or _logged(detail, "activity_kind") or "",
        request["room"] or "",
    ]
    return dotted(*parts)


def _logged(detail: Request, name: str) -> str | None:
    """What the room log says of the event, where the letter says nothing."""
    return next((words for session in detail.sessions if (words := getattr(session, name))), None)


def _event(detail: Request) -> str:
    """ "kegiatan Kamis, 25 Juni 2026 09.30–12.00", as far as it is known."""
    f, request = fmt(), detail.request
    if request["booked_start_on"] is None:
        return t("case.no_event")
    words = f.date(request["booked_start_on"])
    if request["booked_start_at"] is not None:
        words += f" {f.clock(request['booked_start_at'])}"
        if request["booked_end_at"] is not None:
            is_same_day = request["booked_end_on"] in (None, request["booked_start_on"])
            end = request["booked_end_at"]
            words += f"–{f.clock(end)}" if is_same_day else f" – {f.moment_short(end)}"
    return t("case.event", moment=words)


def _is_start_unread(office: Office, detail: Request) -> bool:
    """Whether the hour of the event was written and nobody can read it."""
    request = detail.request
    if request["booked_start_on"] is None or request["booked_start_at"] is not None:
        return False
    return request["request_id"] in letters_with_unread_start(office)


def _pills(office: Office, detail: Request) -> Sequence[Component]:
    """The state of the request: late steps, where it is now, whether somebody has to close it."""
    shown: list[Component] = []
    if detail.late_steps:
        words = t("case.late_of", late=detail.late_steps, n=detail.judged_steps)
        shown.append(pill(Tone.LATE, "x-lg", words))
    elif detail.outcome is RequestVerdict.ON_TIME:
        shown.append(pill(Tone.GOOD, "check-lg", t("case.all_on_time", n=detail.judged_steps)))
    if detail.status in OVER:
        shown.append(pill(Tone.MUTED, "slash-circle", t(f"status.{detail.status}")))
    if detail.needs_closing:
        shown.append(pill(Tone.NEAR, "box-arrow-in-down", t("cases.needs_closing")))
    if awaits_decision(office, int(detail.request["request_id"]), detail.as_of):
        shown.append(undecided_pill())
    running = [step for step in detail.steps if step.is_running]
    shown += [_at(step) for step in running]
    if not shown:
        is_nowhere = detail.outcome is RequestVerdict.RUNNING
        shown.append(nowhere_pill() if is_nowhere else request_pill(detail.outcome))
    return shown


def _at(step: RequestStep) -> Component:
    due = t("case.due", moment=fmt().moment_short(step.due_at)) if step.due_at is not None else ""
    due = t("case.awaits_opd") if awaits_opd(step) else due
    words = t("case.now_at", step=step.step, actor=step.actor)
    return pill(Tone.PLAIN, "geo-alt-fill", f"{words} · {due}" if due else words)


def _part_panel(
    id: Id, office: Office, detail: Request, steps: Sequence[RequestStep], sop: SopVersion
) -> Component | None:
    """One part's time line; part B only when something of it is recorded."""
    if not has_anything(steps) and id == Id.PART_B:
        return None
    drawn = timeline(id, detail, steps, sop, office.calendar)
    is_a = id == Id.PART_A
    title = t("case.part_A") if is_a else t("case.part_B")
    note = t("case.timeline_note") if is_a else f"{t('case.timeline_note')} · {t('case.elapsed_note')}"
    if drawn is None:
        hint = t("case.no_taps_hint") if tap_count(office) else t("case.no_moments_hint")
        return panel(empty(t("case.no_moments"), hint, "clock-history"), title=title)
    return panel(drawn, title=title, note=note, class_name="case-part")


def taps_panel(office: Office, detail: Request, user: Account) -> Component:
    """What the user may say of the request with one tap: the steps that it holds, its number, what is decided of it,
    and that it is closed."""
    return stack(
        stamp_panel(office, detail, user),
        *letter_panels(office, detail, user),
        scans_panel(office, detail, user),
        _closing(office, detail, user),
    )


def _closing(office: Office, detail: Request, user: Account) -> Component | None:
    """That it was closed; or the form that closes it, for whoever may."""
    if detail.status is RequestStatus.CLOSED:
        return closed_line(office, int(detail.request["request_id"]), detail.as_of, user)
    if detail.status in OVER:
        return None
    is_over, request = detail.needs_closing, detail.request
    is_done = detail.outcome is not RequestVerdict.RUNNING and not is_over
    if is_done:
        return None
    end, start = request["booked_end"], request["booked_start"]
    is_ahead = any(at is not None and at > detail.as_of for at in (end, start))
    return closing_box(request["year"], request["agenda_number"], user, is_over=is_over, is_event_ahead=is_ahead)


def stamp_panel(office: Office, detail: Request, user: Account) -> Component | None:
    """The panel of the steps that the user holds; nothing for who holds none, or when all are over."""
    steps = own_steps(office, user)
    standing = standings(office, [detail.request["request_id"]], steps).get(detail.request["request_id"])
    if standing is None:
        return None
    held, stands = standing
    by_code = {step.step: step for step in detail.steps}
    open_stands = [stand for stand in stands.values() if stand.refusal is None]
    open_stands.sort(key=lambda stand: not _is_at_hand(by_code[stand.step], stand, detail))
    if not open_stands:
        return None
    ticks = ticked_documents(office, detail.request["request_id"])
    parts = [
        _step(office, detail, held, stand, by_code[stand.step], ticks, on_behalf(office, user, stand.step))
        for stand in open_stands
    ]
    is_quiet = not _is_at_hand(by_code[open_stands[0].step], open_stands[0], detail)
    return panel(*parts, title=t("stamp.mine"), class_name=f"stamp-panel no-print{' is-quiet' if is_quiet else ''}")


def _is_at_hand(step: RequestStep, stand: Standing, detail: Request) -> bool:
    """Whether the step waits for its holder now: it runs, was begun, or the event is today."""
    if step.is_running or stand.is_begun or stand.paused_at is not None:
        return True
    start = detail.request["booked_start_on"]
    is_today = start is not None and as_date(start) == fmt().local(detail.as_of).date()
    return detail.sop.step(step.step).part == "B" and stand.is_handed and is_today


def _step(
    office: Office,
    detail: Request,
    held: HeldLetter,
    stand: Standing,
    step: RequestStep,
    ticks: Mapping[str, Ticks],
    behalf: Component | None,
) -> Component:
    of_sop = office.sop.current().step(stand.step)
    head = [html.Strong(f"{stand.step} {of_sop.short_name}"), html.Span(_state(stand, step), className="p-muted")]
    if step.verdict in UNDER_WAY and step.is_running:
        head.append(verdict_pill(step.verdict))
    head += [behalf] if behalf else []
    request = detail.request
    named = html.Div(head, className="stamp-head")
    if (early := too_early(office, held, stand.step, detail.as_of)) is not None:
        return html.Div([named, html.P(sentence(early), className="p-muted")], className="stamp-step")
    form = stamp_form(request["year"], request["agenda_number"], held, stand, of_sop, ticks.get(stand.step))
    if _is_at_hand(step, stand, detail):
        return html.Div([named, form], className="stamp-step")
    summary = html.Summary(t("stamp.stamp_anyway", step=stand.step))
    return html.Div([named, html.Details([summary, form], className="stamp-late")], className="stamp-step")


def _state(stand: Standing, step: RequestStep) -> str:
    """Since when the step is in hand and until when, or what is missing."""
    f = fmt()
    if stand.doubtful:
        return t("stamp.not_handed", steps=", ".join(stand.doubtful))
    if stand.paused_at is not None:
        return t("stamp.paused", moment=f.moment_short(stand.paused_at))
    since = step.passes[-1].started_at if stand.is_begun and step.passes else step.started_at
    if since is None:
        return t("stamp.ready_to_stamp")
    words = t("stamp.begun" if stand.is_begun else "stamp.handed", moment=f.moment_short(since))
    due = t("stamp.due", moment=f.moment_short(step.due_at)) if step.due_at is not None else ""
    return dotted(words, due)
