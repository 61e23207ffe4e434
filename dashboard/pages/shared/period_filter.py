"""Period, agency, room, part and step: what filters offer, and the filter of the compliance page in its address.

The address holds the two dates, never the name of a preset: the same link shows the same period next month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from dashboard.access import Page, guarded
from dashboard.components import date_field, filter_bar, read_query, select, write_query
from dashboard.components.filters import ALL
from dashboard.i18n import t
from data_access.errors import PantauError
from data_access.mart import compliance as questions
from etl.domain.sop.steps import STEP_CODES
from etl.figures.period import Period, SlaFilter, presets

if TYPE_CHECKING:
    from etl.office import Office

Options = list[tuple[str, str]]
"""Values in the address, and words."""

CUSTOM = "custom"
DEFAULT = "this_semester"
PRESETS = (
    "this_month",
    "last_month",
    "this_quarter",
    "this_semester",
    "last_semester",
    "this_year",
    "last_year",
    "last_12_months",
)


class Id(StrEnum):
    """Ids of the filters."""

    URL = "sla-url"
    PERIOD = "sla-period"
    DATES = "sla-dates"
    FIRST = "sla-from"
    LAST = "sla-to"
    OPD = "sla-opd"
    ROOM = "sla-room"
    PART = "sla-part"
    CONTROL = "sla-control-step"


class AddressError(PantauError):
    """A date in the address that is none, or one without the other."""


def asked_filter(query: Mapping[str, str], today: date) -> SlaFilter:
    """The filter that an address asks for; without dates this semester.

    AddressError for what is no date, FilterError for a reversed period. Names are checked by the figures.
    """
    part = query.get("bagian", "").strip()
    return SlaFilter(
        period=asked_period(query, today),
        opd=query.get("opd") or None,
        room=query.get("ruang") or None,
        steps=(part,) if part else (),
    )


def asked_period(query: Mapping[str, str], today: date) -> Period:
    """The period between the address's two dates."""
    first, last = query.get("dari", ""), query.get("sampai", "")
    if not first and not last:
        return presets(today)[DEFAULT]
    if not first or not last:
        raise AddressError("sla.both_dates")
    return Period(_day(first), _day(last))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AddressError("sla.bad_date", value=text) from None


def preset_of(period: Period | None, today: date) -> str:
    """The name of a period, CUSTOM for one without a name."""
    known = presets(today)
    return next((name for name in PRESETS if known[name] == period), CUSTOM)


def preset_period(name: object, today: date, default: str) -> Period:
    """The period that a control names; the default for a name that the page never offered."""
    known = presets(today)
    return next((period for key, period in known.items() if key == name), known[default])


def _known_period(query: Mapping[str, str], today: date) -> Period | None:
    """The period, None while what stands in the address is none."""
    try:
        return asked_period(query, today)
    except PantauError:
        return None


def _dates(query: Mapping[str, str], today: date) -> tuple[str, str]:
    """What the two date fields show."""
    period = _known_period(query, today)
    if period is None:
        return query.get("dari", ""), query.get("sampai", "")
    return period.first.isoformat(), period.last.isoformat()


def filters(office: Office, query: Mapping[str, str], today: date) -> list[Component]:
    """The controls with what the address says."""
    preset = preset_of(_known_period(query, today), today)
    first, last = _dates(query, today)
    query = own_names(office, query)
    periods = [*((name, t(f"period.{name}")) for name in PRESETS), (CUSTOM, t("period.custom"))]
    parts = [("", t("sla.all_parts")), ("A", t("sla.part_A")), ("B", t("sla.part_B"))]
    dates = html.Div(
        [date_field(Id.FIRST, t("word.from"), first), date_field(Id.LAST, t("word.to"), last)],
        id=Id.DATES,
        className="sla-dates",
        hidden=preset != CUSTOM,
    )
    return [
        filter_bar(
            select(Id.PERIOD, t("word.period"), periods, preset),
            dates,
            select(Id.OPD, t("word.opd"), opd_options(office), query.get("opd", "")),
            select(Id.ROOM, t("word.room"), room_options(office), query.get("ruang", "")),
            select(Id.PART, t("sla.part"), parts, query.get("bagian", "")),
        )
    ]


def register(app: Dash, page: Page, office: Office, today: Callable[[], date]) -> None:
    """Keep controls and address in step."""

    @app.callback(
        [Output(Id.URL, "search"), *(Output(id, "value") for id in _FIELDS), Output(Id.DATES, "hidden")],
        [Input(Id.URL, "search"), *(Input(id, "value") for id in _FIELDS)],
        prevent_initial_call=True,
    )
    @guarded(page)
    def keep_in_step(search: str | None, *values: str | None) -> list[Any]:
        chosen = dict(zip(_FIELDS, ("" if value in (None, ALL) else value for value in values), strict=True))
        return _after(ctx.triggered_id, own_names(office, read_query(search)), search or "", chosen, today())


_FIELDS = (Id.PERIOD, Id.FIRST, Id.LAST, Id.OPD, Id.ROOM, Id.PART, Id.CONTROL)
_PLAIN = {"opd": Id.OPD, "ruang": Id.ROOM, "bagian": Id.PART, "kendali": Id.CONTROL}
"""Names in the address of the controls whose value stands there as it is."""

_KEEP = [no_update] * len(_FIELDS)


def _after(
    changed: str | None, query: Mapping[str, str], search: str, chosen: Mapping[str, str], today: date
) -> list[Any]:
    """Address, the controls, whether the dates are hidden – after one of them has changed."""
    if changed == Id.URL:
        return [no_update, *_controls(query, today), preset_of(_known_period(query, today), today) != CUSTOM]
    if changed == Id.PERIOD and chosen[Id.PERIOD] == CUSTOM:
        return [no_update, *_KEEP, False]
    first, last = chosen[Id.FIRST], chosen[Id.LAST]
    if changed == Id.PERIOD:
        period = preset_period(chosen[Id.PERIOD], today, DEFAULT)
        first, last = period.first.isoformat(), period.last.isoformat()
    others = {name: chosen[id] for name, id in _PLAIN.items()}
    address = write_query({"dari": first, "sampai": last, **others})
    is_preset = chosen[Id.PERIOD] != CUSTOM
    shown = [no_update, first, last, *_KEEP[3:]]
    return [address if address != search else no_update, *shown, is_preset]


def _controls(query: Mapping[str, str], today: date) -> list[str]:
    preset = preset_of(_known_period(query, today), today)
    return [preset, *_dates(query, today), *(query.get(name) or ALL for name in _PLAIN)]


def opd_options(office: Office) -> Options:
    """All agencies with a request."""
    return [("", t("word.all_opd")), *((name, name) for name in questions.opd_names(office.mart.read()))]


def room_options(office: Office) -> Options:
    """The rooms of the settings and those of the requests."""
    names = [room.name for room in office.settings.rooms]
    names += [name for name in questions.room_names(office.mart.read()) if name not in names]
    return [("", t("word.all_rooms")), *((name, name) for name in names)]


def own_names(office: Office, query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address as the choices call them: an agency or a room by any alias has its own name."""
    named = {"opd": office.opd_names, "ruang": office.room_names}
    own = {key: names.one(query[key]) or query[key] for key, names in named.items() if query.get(key)}
    return {**query, **own}


def step_options(office: Office) -> Options:
    """The steps by code and short name."""
    sop = office.sop.current()
    return [("", t("word.all_steps")), *((code, f"{code} · {sop.step(code).short_name}") for code in STEP_CODES)]
