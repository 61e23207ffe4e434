"""What happened to this letter: each step against its target, on which days, by whose word?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.access import Page, account, guarded
from dashboard.components import Tone, button, empty, icon, page_head, panel, pill, request_pill
from dashboard.i18n import fmt, t
from dashboard.pages.requests.cards import Beside, cards
from dashboard.pages.requests.correct import correct_panel
from dashboard.pages.requests.participant_counts import entry_address
from dashboard.pages.requests.spans import awaits_opd
from dashboard.pages.requests.stamp_panel import stamp_panel
from dashboard.pages.requests.steps import steps_table
from dashboard.pages.requests.table import nowhere_pill
from dashboard.pages.requests.timeline import has_anything, timeline
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.request_links import CASES
from dashboard.pages.shared.sources import Places, places_of
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import stamp_desk
from etl.domain.sop.steps import PARTS
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import RequestStatus, RequestVerdict
from etl.figures.requests.check import case_checks
from etl.figures.requests.detail import Case, CaseStep
from etl.figures.requests.detail import case as find_case
from etl.figures.requests.documents import ticked_documents

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/permohonan/<int:year>/<path:agenda>"
TITLE = "case.title"
NAV = None
HAS_CHARTS = True

EVERY = 30_000
"""Milliseconds between two looks at a letter that is under way."""


class Id(StrEnum):
    """Ids of the page."""

    HEAD = "case-head"
    STAMPS = "case-stamps"
    BODY = "case-body"
    LETTER = "case-letter"
    TICK = "case-tick"
    PART_A = "case-part-a"
    PART_B = "case-part-b"


def layout(page_request: PageRequest) -> Component:
    """The letter of the address; an agency's user finds only its own."""
    year, agenda = int(page_request.path["year"]), str(page_request.path["agenda"])
    office, user = page_request.office, page_request.account
    found = find_case(office, year, agenda, page_request.now, opd=user.opd_filter)
    if found is None:
        return _not_found(year, agenda)
    is_under_way = any(step.is_running for step in found.steps)
    return html.Div(
        [
            dcc.Store(id=Id.LETTER, data=[year, agenda]),
            dcc.Interval(id=Id.TICK, interval=EVERY, disabled=not is_under_way),
            html.Div(_head(found), id=Id.HEAD),
            stamp_desk(),
            html.Div(stamp_panel(office, found, user), id=Id.STAMPS),
            html.Div(letter(office, found, places_of(office, found, user)), id=Id.BODY),
        ],
        className="case",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """A letter under way ages while it is looked at; what is stamped shows at once."""

    @app.callback(
        Output(Id.HEAD, "children"),
        Output(Id.BODY, "children"),
        Input(Id.TICK, "n_intervals"),
        Input(Stamped.DONE, "data"),
        State(Id.LETTER, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def grow_older(_tick: int | None, _done: Any, of_letter: Any) -> tuple[Component | None, Component]:
        found = _found(office, of_letter, now())
        if found is None:
            return None, _not_found(of_letter[0], str(of_letter[1]))
        return _head(found), letter(office, found, places_of(office, found, account()))

    # Apart, so that nothing that somebody writes there is lost while the letter ages.
    @app.callback(
        Output(Id.STAMPS, "children"),
        Input(Stamped.DONE, "data"),
        State(Id.LETTER, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def renew(_done: Any, of_letter: Any) -> Component | None:
        found = _found(office, of_letter, now())
        return None if found is None else stamp_panel(office, found, account())


def _found(office: Office, of_letter: Any, now: int) -> Case | None:
    """The letter that the page remembers; an agency's user finds only its own."""
    if not (isinstance(of_letter, list) and len(of_letter) == 2 and isinstance(of_letter[0], int)):
        raise PreventUpdate
    return find_case(office, of_letter[0], str(of_letter[1]), now, opd=account().opd_filter)


def _not_found(year: int, agenda: str) -> Component:
    return html.Div(
        [
            page_head(t("case.not_found"), crumbs=_crumbs(year, agenda)),
            panel(
                empty(t("case.not_found_words", year=year, agenda=agenda), t("case.not_found_hint"), "search"),
                html.Div(button(t("case.to_list"), href=CASES), className="case-back"),
            ),
        ]
    )


def _crumbs(year: int, agenda: str) -> list[tuple[str, str | None]]:
    return [(t("cases.title"), CASES), (str(year), None), (agenda, None)]


def letter(office: Office, case: Case, places: Places) -> Component:
    """The page of one letter below its head; `places` lead from its rows to their loads."""
    sop = case.sop
    parts = {part: [case.step(step.code) for step in sop.part(part)] for part in PARTS}
    shown = [*parts["A"], *(parts["B"] if has_anything(parts["B"]) else ())]
    request_id = case.request["request_id"]
    beside = Beside(ticked_documents(office, request_id), case_checks(office, request_id, case.as_of))
    return html.Div(
        [
            _part_panel(Id.PART_A, office, case, parts["A"], sop),
            _part_panel(Id.PART_B, office, case, parts["B"], sop),
            cards(case, shown, sop, office.calendar, places, beside),
            panel(steps_table(case, case.steps, sop), title=t("case.steps_title"), note=t("case.steps_note")),
            correct_panel(office, case, places, account()),
        ]
    )


def _head(case: Case) -> Component:
    request = case.request
    title = request["activity"] or request["subject"] or t("case.untitled")
    head = page_head(
        title,
        _subtitle(case),
        actions=[*_pills(case), _people(case)],
        crumbs=_crumbs(request["year"], request["agenda_number"]),
    )
    return html.Div(head, className="case-head")


def _people(case: Case) -> Component:
    """The way to the number of participants, which its agency says and Kasi LITIK verifies."""
    address = entry_address(case.request["year"], case.request["agenda_number"])
    return button([icon("people"), t("participants_entry.open")], href=address, kind="quiet")


def _subtitle(case: Case) -> str:
    f, request = fmt(), case.request
    received = f.date(request["received_on"])
    if request["received_at"] is not None:
        received = f.moment(request["received_at"])
    parts = [
        request["opd"] or t("word.none"),
        t("case.letter", number=request["letter_number"]) if request["letter_number"] else "",
        t("case.received", moment=received),
        _event(case),
        _activity_kind(case) or "",
        request["room"] or "",
    ]
    return " · ".join(part for part in parts if part)


def _activity_kind(case: Case) -> str | None:
    """What kind of event it is, by the letter, else by the room log."""
    kinds = (case.request["activity_kind"], *(session.activity_kind for session in case.sessions))
    return next((kind for kind in kinds if kind), None)


def _event(case: Case) -> str:
    """ "kegiatan Kamis, 25 Juni 2026 09.30–12.00", as far as it is known."""
    f, request = fmt(), case.request
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


def _pills(case: Case) -> Sequence[Component]:
    """What is said of the letter: late steps, where it is now, whether somebody has to close it."""
    shown: list[Component] = []
    if case.late_steps:
        words = t("case.late_of", late=case.late_steps, n=case.judged_steps)
        shown.append(pill(Tone.LATE, "x-lg", words))
    elif case.outcome is RequestVerdict.ON_TIME:
        shown.append(pill(Tone.GOOD, "check-lg", t("case.all_on_time", n=case.judged_steps)))
    if case.status in (RequestStatus.REJECTED, RequestStatus.CANCELLED):
        shown.append(pill(Tone.MUTED, "slash-circle", t(f"status.{case.status}")))
    if case.needs_closing:
        shown.append(pill(Tone.NEAR, "box-arrow-in-down", t("cases.needs_closing")))
    running = [step for step in case.steps if step.is_running]
    shown += [_at(step) for step in running]
    if not shown:
        is_nowhere = case.outcome is RequestVerdict.RUNNING
        shown.append(nowhere_pill() if is_nowhere else request_pill(case.outcome))
    return shown


def _at(step: CaseStep) -> Component:
    due = t("case.due", moment=fmt().moment_short(step.due_at)) if step.due_at is not None else ""
    due = t("case.awaits_opd") if awaits_opd(step) else due
    words = t("case.now_at", step=step.step, actor=step.actor)
    return pill(Tone.PLAIN, "geo-alt-fill", f"{words} · {due}" if due else words)


def _part_panel(id: Id, office: Office, case: Case, steps: Sequence[CaseStep], sop: SopVersion) -> Component | None:
    """One part's time line; part B only when something of it is recorded."""
    if not has_anything(steps) and id == Id.PART_B:
        return None
    drawn = timeline(id, case, steps, sop, office.calendar)
    is_a = id == Id.PART_A
    title = t("case.part_A") if is_a else t("case.part_B")
    note = t("case.timeline_note") if is_a else f"{t('case.timeline_note')} · {t('case.elapsed_note')}"
    if drawn is None:
        return panel(empty(t("case.no_moments"), t("case.no_moments_hint"), "clock-history"), title=title)
    return panel(drawn, title=title, note=note, class_name="case-part")
