"""The five headline figures of the page of rooms."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import Tone, kpi, why
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.view import RoomsView
from dashboard.pages.shared.links import why_room
from etl.domain.units import HOUR


def hours(seconds: float) -> str:
    """94,5 for so many hours."""
    return fmt().number(round(seconds / HOUR, 1))


def headlines(view: RoomsView) -> list[Component]:
    """Used, scheduled, seats, no-show, clashes and use outside the hours."""
    return [_used(view), _scheduled(view), _seats(view), _unused(view), _apart(view)]


def _used(view: RoomsView) -> Component:
    one, f = view.figures.all_rooms, fmt()
    if one.utilisation is None:
        note = t("room.not_begun") if view.is_future else t("room.never_open")
        return kpi(t("room.used"), t("word.none"), note=note)
    note = t("room.used_note", used=hours(one.used_seconds), available=hours(one.available_seconds))
    return kpi(t("room.used"), f.percent(one.utilisation, 0), note=note, beside=_why(view, "room.used"))


def _scheduled(view: RoomsView) -> Component:
    one, f = view.figures.all_rooms, fmt()
    if one.scheduled_share is None:
        return kpi(t("room.scheduled"), t("word.none"), note=t("room.never_open"))
    realised = (
        t("room.realised_none")
        if one.realised_share is None
        else t("room.realised_note", share=f.percent(one.realised_share, 0))
    )
    note = f"{t('room.hours_of', part=hours(one.scheduled_seconds), whole=hours(one.open_seconds))} · {realised}"
    value = f.percent(one.scheduled_share, 0)
    return kpi(t("room.scheduled"), value, note=note, beside=_why(view, "room.scheduled"))


def _seats(view: RoomsView) -> Component:
    one, f = view.figures.all_rooms, fmt()
    if one.occupancy is None:
        has_seats = any(room.capacity for room in view.figures.rooms)
        return kpi(
            t("room.seats"), t("word.none"), note=t("room.seats_unknown" if not has_seats else "room.no_present")
        )
    parts = [t("room.seats_note", seated=f.number(one.seated), sessions=f.number(one.sessions))]
    parts += [t("room.overfull", count=f.number(one.overfull))] if one.overfull else []
    tone = Tone.NEAR if one.overfull else Tone.PLAIN
    value, beside = f.percent(one.occupancy, 0), _why(view, "room.seats")
    return kpi(t("room.seats"), value, note=" · ".join(parts), tone=tone, beside=beside)


def _unused(view: RoomsView) -> Component:
    one, f = view.figures.all_rooms, fmt()
    known = one.no_show + one.held
    if not known and not one.unrecorded:
        return kpi(t("room.no_show"), t("word.none"), note=t("room.no_bookings"))
    unrecorded = t("room.unrecorded_note", count=f.number(one.unrecorded))
    if not known:
        return kpi(t("room.no_show"), t("word.none"), note=unrecorded)
    share = f" ({f.percent(one.no_show_share, 0)})"
    note = f"{t('room.of_known', count=f.number(known))}{share} · {unrecorded}"
    tone, beside = Tone.NEAR if one.no_show else Tone.PLAIN, _why(view, "room.no_show")
    return kpi(t("room.no_show"), f.number(one.no_show), note=note, tone=tone, beside=beside)


def _apart(view: RoomsView) -> Component:
    one = view.figures.all_rooms
    value = f"{hours(one.clash_seconds)} · {hours(one.outside_seconds)}"
    unit, beside = f" {t('room.hour_unit')}", _why(view, "room.apart")
    return kpi(t("room.apart"), value, unit=unit, note=t("room.apart_note"), beside=beside)


def _why(view: RoomsView, figure: str) -> Component:
    return why(why_room(view.asked), t(figure))
