"""The frame of the pages of rooms, participants and facilities: filters by period, agency and room, and what they show.

The address holds the two dates, never the name of a preset: the same link shows the same period next month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import (
    date_field,
    filter_bar,
    loading,
    page_head,
    page_url,
    read_query,
    select,
    write_query,
    written_out,
)
from dashboard.components.filters import ALL
from dashboard.i18n import t
from dashboard.pages.shared.page_request import PageRequest, office_today, refusal
from dashboard.pages.shared.period_filter import (
    CUSTOM,
    PRESETS,
    AddressError,
    asked_period,
    opd_options,
    own_names,
    preset_of,
    preset_period,
    room_options,
)
from data_access.errors import PantauError
from etl.figures.period import Period, presets
from etl.figures.rooms.diary import RoomsFilter

if TYPE_CHECKING:
    from etl.office import Office

DEFAULT = "this_month"
_FIELDS = ("period", "from", "to", "opd", "room")


def asked_filter(query: Mapping[str, str], today: date, own_opd: str | None) -> RoomsFilter:
    """The filter of an address; without dates this month. `own_opd` wins over whatever the address says.

    AddressError for what is no date and for a user of an agency without a name, FilterError for a reversed period.
    Names are checked by the figures.
    """
    if own_opd is not None and not own_opd.strip():
        raise AddressError("room.no_agency")
    opd = own_opd if own_opd is not None else query.get("opd") or None
    return RoomsFilter(period_of(query, today), opd, query.get("ruang") or None)


def period_of(query: Mapping[str, str], today: date) -> Period:
    """The period between the address's two dates, this month when it has none."""
    is_silent = not query.get("dari") and not query.get("sampai")
    return presets(today)[DEFAULT] if is_silent else asked_period(query, today)


def filters(office: Office, query: Mapping[str, str], today: date, user: Account, prefix: str) -> Component:
    """The controls with what the address says; an agency's own user has no choice of agencies."""
    preset, first, last = _dates(query, today)
    periods = [*((name, t(f"period.{name}")) for name in PRESETS), (CUSTOM, t("period.custom"))]
    dates = html.Div(
        [date_field(f"{prefix}-from", t("word.from"), first), date_field(f"{prefix}-to", t("word.to"), last)],
        id=f"{prefix}-dates",
        className="sla-dates",
        hidden=preset != CUSTOM,
    )
    own, query = user.opd_filter, own_names(office, query)
    opds = opd_options(office) if own is None else [("", own)]
    return filter_bar(
        select(f"{prefix}-period", t("word.period"), periods, preset),
        dates,
        select(f"{prefix}-opd", t("word.opd"), opds, query.get("opd", "") if own is None else ""),
        select(f"{prefix}-room", t("word.room"), room_options(office), query.get("ruang", "")),
    )


Shown = tuple[str, list[Component], Component]
"""Subtitle, links to files, and body of a page of figures."""

DrawFigures = Callable[["Office", Mapping[str, str], int, str | None], Shown]
"""What a page shows for the filters of an address, at a moment, to a user of one agency (None: of all).

PantauError where the address cannot be answered; its words are shown instead.
"""


def frame(
    page_request: PageRequest,
    prefix: str,
    draw: DrawFigures,
    above: Sequence[Component] = (),
    below: Sequence[Component] = (),
) -> Component:
    """A page of figures with these filters: head, body, and what stands above and below the body.

    Ids: `-url`, `-subtitle`, `-export` the links to its files, `-body`. Its class is `prefix`, its title the message
    `<prefix>.title`. Without a mart there is nothing to choose from, and no filters.
    """
    office, query, now, user = page_request.office, page_request.query, page_request.now, page_request.account
    subtitle, links, body = shown(draw, office, query, now, user.opd_filter)
    controls = [filters(office, query, office_today(office, now), user, prefix)] if office.mart.exists() else []
    files = html.Div(links, id=f"{prefix}-export", className="room-exports")
    title, words = t(f"{prefix}.title"), html.Span(subtitle, id=f"{prefix}-subtitle")
    head, place = page_head(title, words, actions=[*controls, files]), loading(html.Div(body, id=f"{prefix}-body"))
    return html.Div([page_url(prefix, page_request.search), head, *above, place, *below], className=prefix)


def shown(draw: DrawFigures, office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> Shown:
    """What the page shows, or why it cannot."""
    try:
        return draw(office, query, now, own_opd)
    except PantauError as error:
        return "", [], refused(error)


def refused(error: PantauError) -> Component:
    """What the address cannot be asked for, in the words of the refusal."""
    return refusal(error, t("sla.check_filter"))


def _dates(query: Mapping[str, str], today: date) -> tuple[str, str, str]:
    """Preset and the two dates; what is no period stays as it was typed."""
    try:
        period = period_of(query, today)
    except PantauError:
        return CUSTOM, query.get("dari", ""), query.get("sampai", "")
    return preset_of(period, today), period.first.isoformat(), period.last.isoformat()


def register(app: Dash, page: Page, prefix: str, office: Office, now: Callable[[], int], draw: DrawFigures) -> None:
    """Keep controls and address in step, and show what the address asks for."""
    register_controls(app, page, prefix, office, now)

    @app.callback(
        Output(f"{prefix}-subtitle", "children"),
        Output(f"{prefix}-export", "children"),
        Output(f"{prefix}-body", "children"),
        Input(f"{prefix}-url", "search"),
        prevent_initial_call=True,
    )
    @guarded(page)
    def show(search: str | None) -> Shown:
        return written_out(shown(draw, office, read_query(search), now(), account().opd_filter))


def register_controls(app: Dash, page: Page, prefix: str, office: Office, now: Callable[[], int]) -> None:
    """Keep controls and address in step."""
    ids = [f"{prefix}-{name}" for name in _FIELDS]

    @app.callback(
        [Output(f"{prefix}-url", "search"), *(Output(id, "value") for id in ids), Output(f"{prefix}-dates", "hidden")],
        [Input(f"{prefix}-url", "search"), *(Input(id, "value") for id in ids), State(f"{prefix}-opd", "options")],
        prevent_initial_call=True,
    )
    @guarded(page)
    def keep_in_step(search: str | None, *parts: Any) -> list[Any]:
        values = dict(zip(_FIELDS, ("" if part in (None, ALL) else part for part in parts[:-1]), strict=True))
        changed = str(ctx.triggered_id or "").removeprefix(f"{prefix}-")
        return _after(changed, own_names(office, read_query(search)), search or "", values, office_today(office, now()))


def _after(changed: str, query: Mapping[str, str], search: str, values: Mapping[str, str], today: date) -> list[Any]:
    """Address, the five controls, whether the dates are hidden – after one of them has changed."""
    if changed == "url":
        preset, first, last = _dates(query, today)
        names = [query.get(name) or ALL for name in ("opd", "ruang")]
        return [no_update, preset, first, last, *names, preset != CUSTOM]
    if changed == "period" and values["period"] == CUSTOM:
        return [no_update] * 6 + [False]
    first, last = values["from"], values["to"]
    if changed == "period":
        period = preset_period(values["period"], today, DEFAULT)
        first, last = period.first.isoformat(), period.last.isoformat()
    kept = {name: value for name, value in query.items() if name not in {"hal", "minggu", "hari"}}
    address = write_query({**kept, "dari": first, "sampai": last, "opd": values["opd"], "ruang": values["room"]})
    is_preset = values["period"] != CUSTOM
    return [address if address != search else no_update, no_update, first, last, no_update, no_update, is_preset]
