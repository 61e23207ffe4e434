"""The rooms on the Sarpras page and in its files: the gate, the items, the next booking."""

from __future__ import annotations

from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, empty, icon, link, panel, pill, stack, why
from dashboard.components.tables import Column, sheet
from dashboard.i18n import fmt, t
from dashboard.lapor import room_path
from dashboard.pages.facilities.view import FacilitiesView, file_column, local, moment_cell
from dashboard.pages.shared.links import WAITING, why_room_state
from dashboard.pages.shared.words import unrecognised_words
from etl.domain.facilities import Condition, RoomStatus
from etl.figures.facilities.conditions import ItemState, Readiness, RoomState
from etl.sheet_files import Cell, Sheet, share_cell

LOOK_OF_STATUS = {
    RoomStatus.READY: (Tone.GOOD, "check-circle-fill"),
    RoomStatus.ATTENTION: (Tone.NEAR, "exclamation-circle-fill"),
    RoomStatus.DISRUPTED: (Tone.LATE, "x-octagon-fill"),
    RoomStatus.EXPIRED: (Tone.MUTED, "hourglass-bottom"),
    RoomStatus.UNCHECKED: (Tone.MUTED, "question-circle"),
}
LOOK_OF_CONDITION = {
    Condition.GOOD: (Tone.GOOD, "check-lg"),
    Condition.LIGHT: (Tone.NEAR, "exclamation-lg"),
    Condition.HEAVY: (Tone.LATE, "x-lg"),
    Condition.MISSING: (Tone.LATE, "question-lg"),
    Condition.NOT_APPLICABLE: (Tone.MUTED, "dash-lg"),
}


def status_pill(status: RoomStatus) -> Component:
    """The gate as colour, icon and word."""
    return pill(*LOOK_OF_STATUS[status], t(f"condition.status_{status}"))


def condition_words(condition: Condition | None) -> str:
    """What is known of an item; None: nothing."""
    return t("condition.unknown") if condition is None else t(f"condition.{condition}")


def condition_pill(condition: Condition | None) -> Component:
    """The same as colour, icon and word."""
    look = (Tone.MUTED, "circle") if condition is None else LOOK_OF_CONDITION[condition]
    return pill(*look, condition_words(condition))


def warnings_band(view: FacilitiesView) -> Component | None:
    """Rooms whose next booking begins within the hour and that are not known to be ready."""
    words = warnings_of(view)
    return html.Div([banner(warning, Tone.LATE, "alarm") for warning in words]) if words else None


def warnings_of(view: FacilitiesView) -> list[str]:
    """A sentence for each of them."""
    rooms = {room.room for room in view.figures.rooms}
    return [_warning(one) for one in view.next_bookings.values() if one.is_warning and one.room in rooms]


def _warning(booking: Readiness) -> str:
    return t("sarpras.warning", room=booking.room, time=fmt().time(booking.start_at), why=_why(booking))


def readiness_words(booking: Readiness) -> str:
    """Whether a room is ready for its next booking, and what is missing."""
    return t("sarpras.ready") if booking.is_ready else _why(booking)


def _why(booking: Readiness) -> str:
    parts = [] if booking.is_checked else [t("sarpras.not_fresh")]
    parts += [t("sarpras.broken", items=", ".join(booking.broken))] if booking.broken else []
    return "; ".join(parts)


def rooms_row(view: FacilitiesView, *, may_report: bool) -> Component:
    """One card a room."""
    rooms = view.figures.rooms
    if not rooms:
        return panel(empty(t("sarpras.no_rooms"), t("sarpras.no_rooms_hint"), "door-open"))
    cards = [_room(room, view.next_bookings.get(room.room), may_report) for room in rooms]
    return html.Div(cards, className="sarpras-rooms")


def _room(room: RoomState, ahead: Readiness | None, may_report: bool) -> Component:
    tone, name = LOOK_OF_STATUS[room.status]
    head = stack(
        html.Div([html.H2(room.room, className="sarpras-room-name"), html.P(_checked(room), className="p-muted")]),
        html.Div([icon(name), html.Span(t(f"condition.status_{room.status}"))], className=f"sarpras-gate is-{tone}"),
        class_name="sarpras-room-head",
    )
    return html.Section(
        [head, _score(room), _unrecognised(room),
         html.Ul([_item(item) for item in room.items], className="sarpras-items"), _ahead(ahead),
         _ways(room, may_report)],
        className="p-panel sarpras-room",
    )  # fmt: skip


def _checked(room: RoomState) -> str:
    if room.checked_on is None:
        return t("sarpras.never_checked")
    if room.checked_at is None:
        return t("sarpras.checked_on", day=fmt().date(room.checked_on))
    return t("sarpras.checked_at", moment=fmt().moment(room.checked_at), age=fmt().duration(room.age_seconds))


def _score(room: RoomState) -> Component:
    score = t("sarpras.no_score") if room.score is None else t("sarpras.score", score=fmt().number(room.score, 1))
    whole = t("sarpras.completeness", share=fmt().percent(room.completeness)) if room.completeness is not None else ""
    beside = why(why_room_state(room.room), t("sarpras.why_room_title"))
    return html.P([html.Strong(score), html.Span(f" · {whole}" if whole else "", className="p-muted"), " ", beside])


def _unrecognised(room: RoomState) -> Component | None:
    """That faults wait for their items to be known, leading to where they are decided."""
    if not room.unrecognised:
        return None
    way = link(unrecognised_words(room.unrecognised), WAITING)
    return html.P([icon("hourglass-split"), " ", way], className="sarpras-next is-near")


def _item(item: ItemState) -> Component:
    words = [html.Span(item.item)]
    if not item.is_answered and item.condition is not None:
        words.append(html.Small(t("sarpras.open_fault"), className="p-muted"))
    elif item.note:
        words.append(html.Small(item.note, className="p-muted"))
    return html.Li([html.Div(words, className="sarpras-item-name"), condition_pill(item.condition)])


def _ahead(ahead: Readiness | None) -> Component:
    if ahead is None:
        return html.P(t("sarpras.no_booking"), className="p-muted")
    when = t("sarpras.next", moment=fmt().moment(ahead.start_at), opd=ahead.opd or t("word.none"))
    if ahead.is_ready:
        return html.P([icon("check-lg"), f" {when} · {t('sarpras.ready')}"], className="sarpras-next is-good")
    tone = Tone.LATE if ahead.is_due else Tone.NEAR
    return html.P([icon("exclamation-triangle"), f" {when} · {_why(ahead)}"], className=f"sarpras-next is-{tone}")


def _ways(room: RoomState, may_report: bool) -> Component:
    """Plain links: the form and the sheet with its code are no Dash pages."""
    path = room_path(room.room)
    links = [html.A([icon("clipboard-check"), t("sarpras.report")], href=path, className="p-button is-primary")]
    sheet = f"/lapor/-/qr{path.removeprefix('/lapor')}"
    qr = html.A([icon("qr-code"), t("sarpras.qr")], href=sheet, className="p-button is-quiet", target="_blank")
    return html.Div([*(links if may_report else ()), qr], className="sarpras-ways no-print")


# Sheets


def rooms_sheet(view: FacilitiesView) -> Sheet:
    """One row a room."""

    def booking(of: Callable[[Readiness], Cell]) -> Callable[[RoomState], Cell]:
        ahead = view.next_bookings
        return lambda room: of(ahead[room.room]) if room.room in ahead else None

    columns: list[Column[RoomState]] = [
        file_column("room", lambda room: room.room),
        file_column("status", lambda room: t(f"condition.status_{room.status}")),
        file_column("score", lambda room: room.score),
        file_column("completeness", lambda room: share_cell(room.completeness)),
        file_column("check", lambda room: room.checked_on if room.checked_at is None else local(room.checked_at)),
        file_column("next", booking(lambda ahead: local(ahead.start_at))),
        file_column("opd", booking(lambda ahead: ahead.opd)),
        file_column("readiness", booking(readiness_words)),
    ]
    return sheet(t("sarpras.file_rooms"), columns, view.figures.rooms)


def items_sheet(view: FacilitiesView) -> Sheet:
    """One row an item of a room."""
    columns: list[Column[tuple[RoomState, ItemState]]] = [
        file_column("room", lambda row: row[0].room),
        file_column("item", lambda row: row[1].item),
        file_column("state", lambda row: condition_words(row[1].condition)),
        file_column("since", lambda row: moment_cell(row[1].since, is_exact=row[1].is_since_exact)),
        file_column("note", lambda row: row[1].note),
    ]
    rows = [(room, item) for room in view.figures.rooms for item in room.items]
    return sheet(t("sarpras.file_items"), columns, rows)
