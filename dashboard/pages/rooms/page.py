"""Are the rooms used well: how much, by whom, when, and what stood in the way?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import Kpi, Tone, banner, bind_later, kpi_row, later_place, later_store, loading, panel, why
from dashboard.i18n import fmt, t
from dashboard.pages.rooms import feed
from dashboard.pages.rooms.obstacles import clash_panel, clashes_sheet, lead_panel, lost_panel, unused_panel
from dashboard.pages.rooms.tables import (
    fairness_panel,
    fairness_sheet,
    lines_panel,
    lines_sheet,
    rooms_panel,
    rooms_sheet,
)
from dashboard.pages.rooms.timeline import timeline_panel
from dashboard.pages.rooms.use import heat_panel, hours_sheet, months_panel, months_sheet, opd_panel, opds_sheet
from dashboard.pages.rooms.view import RoomsView, hours, rooms_view
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links, one_page_link
from dashboard.pages.shared.links import DOUBLED, why_room
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, Names, PageRequest, bind_later_part, is_page, told_at
from dashboard.pages.shared.words import double_booking_line
from data_access.errors import PantauError
from etl.figures.facilities.conditions import double_bookings
from etl.figures.rooms.room_day import LOOK_AHEAD_DAYS, Booking
from etl.figures.rooms.timeline import MOST_PAIRS
from etl.office import Office
from etl.sheet_files import Sheet

PAGE = Page.RUANG
PATH = "/ruang"
TITLE = "room.title"
NAV = "room.nav"
ADDRESS_NAMES: Names = {
    **PERIOD_AND_PLACE,
    **dict.fromkeys(("minggu", "hari")),
    "hal": is_page,
    "linimasa": lambda office, room: room in {name for name, _ in filters.room_options(office)},
}

PREFIX = "room"
EXPORT = "/ruang/unduh"
MORE = "room-more"
"""Id of the place of what lies below."""


def layout(page_request: PageRequest) -> Component:
    """Head with filters, the figures seen first, and the place of the others."""
    link = feed.feed_panel(page_request.office, page_request.account)
    below = later_store(PREFIX), loading(later_place(MORE, has_words=False)), link
    return filters.frame(page_request, PREFIX, foreground, below=below)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; keep controls and address in step."""
    filters.register(app, PAGE, PREFIX, office, now, foreground)
    feed.register(app, office, now)
    bind_later(app, PREFIX)

    def more(query: Mapping[str, str], user: Account) -> Component | None:
        return background(office, query, told_at(office, now()), user.opd_filter)

    bind_later_part(app, PAGE, PREFIX, MORE, more)


def foreground(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> filters.Shown:
    """Headline figures and the calendar."""
    view = rooms_view(office, query, now, own_opd)
    nothing = None if view.has_any else banner(t("word.no_data"), Tone.PLAIN)
    doubled = bookings_doubled(view)
    parts = [_doubled_banner(view, doubled), kpi_row(*headlines(view)), timeline_panel(view), _doubled_panel(doubled)]
    body = html.Div([nothing, *parts])
    return _subtitle(view), [*export_links(EXPORT, query), one_page_link(PATH, query)], body


def bookings_doubled(view: RoomsView) -> list[tuple[str, Booking, Booking]]:
    """Those to come in the rooms shown, by time; none to an agency, which sees its own bookings only."""
    pairs = double_bookings(view.office, view.as_of, LOOK_AHEAD_DAYS) if view.filter.opd is None else []
    return [pair for pair in pairs if pair[0] in view.diary.rooms]


def _doubled_banner(view: RoomsView, pairs: Sequence[tuple[str, Booking, Booking]]) -> Component | None:
    """The next double booking, when it is one of today or tomorrow, and the way to all."""
    near = double_bookings(view.office, view.as_of) if pairs else []
    if not pairs or pairs[0] not in near:
        return None
    words = double_booking_line(*pairs[0])
    more = t("room.double_more", n=fmt().number(len(pairs) - 1))
    words += [" ", html.A(more, href=f"#{DOUBLED}")] if len(pairs) > 1 else []
    return banner(words, Tone.NEAR, "exclamation-triangle")


def _doubled_panel(pairs: Sequence[tuple[str, Booking, Booking]]) -> Component | None:
    """All of them, each with its letters; those beyond MOST_PAIRS are counted."""
    if not pairs:
        return None
    items = [html.Li(double_booking_line(*pair)) for pair in pairs[:MOST_PAIRS]]
    beyond = len(pairs) - len(items)
    more = html.P(t("room.double_more", n=fmt().number(beyond)), className="p-muted") if beyond else None
    note = t("room.double_ahead_note", n=LOOK_AHEAD_DAYS)
    return panel(html.Ul(items, className="room-list"), more, title=t("room.double_ahead"), note=note, id=DOUBLED)


def background(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> Component | None:
    """Everything below; None where the part above refuses the address."""
    try:
        view = rooms_view(office, query, now, own_opd)
    except PantauError:
        return None
    return html.Div(
        [
            html.Div([heat_panel(view), opd_panel(view)], className="p-grid-2 room-pair"),
            html.Div([months_panel(view), lead_panel(view)], className="p-grid-2"),
            rooms_panel(view),
            lines_panel(view),
            html.Div([clash_panel(view), unused_panel(view)], className="p-grid-2"),
            lost_panel(view),
            fairness_panel(view),
            html.P(t("room.rule"), className="sla-note"),
        ]
    )


def _subtitle(view: RoomsView) -> str:
    f, filter_, rooms = fmt(), view.filter, view.figures.rooms
    names = [t("room.count", count=f.number(len(rooms)), n=len(rooms))]
    if len(rooms) == 1:
        seats = rooms[0].capacity
        names = [rooms[0].room, t("room.capacity", seats=f.number(seats)) if seats else t("room.capacity_unknown")]
    parts = [*names, filter_.opd or "", f.period(filter_.period.first, filter_.period.last)]
    return " · ".join(part for part in parts if part)


def room_sheets(view: RoomsView) -> list[Sheet]:
    """The tables as sheets of a file, the figures first."""
    return [
        rooms_sheet(view), lines_sheet(view), opds_sheet(view), months_sheet(view), hours_sheet(view),
        clashes_sheet(view), fairness_sheet(view),
    ]  # fmt: skip


# Headline figures


def headlines(view: RoomsView) -> list[Kpi]:
    """Used, scheduled, seats, no-show, clashes and use outside the hours."""
    return [_used(view), _scheduled(view), _seats(view), _unused(view), _apart(view)]


def _used(view: RoomsView) -> Kpi:
    whole, f = view.figures.all_rooms, fmt()
    if whole.utilisation is None:
        return Kpi(t("room.used"), t("word.none"), note=view.why_none_open)
    note = t("room.used_note", used=hours(whole.used_seconds), available=hours(whole.available_seconds))
    return Kpi(t("room.used"), f.percent(whole.utilisation), note=note, beside=_why(view, "room.used"))


def _scheduled(view: RoomsView) -> Kpi:
    whole, f = view.figures.all_rooms, fmt()
    if whole.scheduled_share is None:
        return Kpi(t("room.scheduled"), t("word.none"), note=t("room.never_open"))
    realised = (
        t("room.realised_none")
        if whole.realised_share is None
        else t("room.realised_note", share=f.percent(whole.realised_share))
    )
    note = f"{t('room.hours_of', part=hours(whole.scheduled_seconds), whole=hours(whole.open_seconds))} · {realised}"
    if whole.approvals_unrecorded:
        note += f" · {f.number(whole.approvals_unrecorded)} {t('room.approval_unrecorded')}"
    value = f.percent(whole.scheduled_share)
    return Kpi(t("room.scheduled"), value, note=note, beside=_why(view, "room.scheduled"))


def _seats(view: RoomsView) -> Kpi:
    whole, f = view.figures.all_rooms, fmt()
    if whole.occupancy is None:
        has_seats = any(room.capacity for room in view.figures.rooms)
        return Kpi(
            t("room.seats"), t("word.none"), note=t("room.seats_unknown" if not has_seats else "room.no_present")
        )
    parts = [t("room.seats_note", seated=f.number(whole.seated), sessions=f.number(whole.sessions))]
    parts += [t("room.overfull", count=f.number(whole.overfull))] if whole.overfull else []
    tone = Tone.NEAR if whole.overfull else Tone.PLAIN
    value, beside = f.percent(whole.occupancy), _why(view, "room.seats")
    return Kpi(t("room.seats"), value, note=" · ".join(parts), tone=tone, beside=beside)


def _unused(view: RoomsView) -> Kpi:
    whole, f = view.figures.all_rooms, fmt()
    known = whole.no_show + whole.held
    if not known and not whole.unrecorded:
        return Kpi(t("room.no_show"), t("word.none"), note=t("room.no_bookings"))
    unrecorded = t("room.unrecorded_note", count=f.number(whole.unrecorded))
    if not known:
        return Kpi(t("room.no_show"), t("word.none"), note=unrecorded)
    share = f" ({f.percent(whole.no_show_share)})"
    note = f"{t('room.of_known', count=f.number(known))}{share} · {unrecorded}"
    tone, beside = Tone.NEAR if whole.no_show else Tone.PLAIN, _why(view, "room.no_show")
    return Kpi(t("room.no_show"), f.number(whole.no_show), note=note, tone=tone, beside=beside)


def _apart(view: RoomsView) -> Kpi:
    whole = view.figures.all_rooms
    outside = hours(whole.outside_seconds)
    outside = t("room.at_most", hours=outside) if view.diary.uses.is_after_hours.any() else outside
    value = f"{hours(whole.clash_seconds)} · {outside}"
    unit, beside = f" {t('room.hour_unit')}", _why(view, "room.apart")
    return Kpi(t("room.apart"), value, unit=unit, note=t("room.apart_note"), beside=beside)


def _why(view: RoomsView, figure: str) -> Component:
    return why(why_room(view.filter), t(figure))
