"""Filters by period, agency, room, part and step, and the frame of the pages of rooms, participants and facilities.

The address holds the two dates, never the name of a preset: the same link shows the same period next month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dash import Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.components.cards import link, loading, page_head, stay
from dashboard.components.days import date_field, day_in_address, day_shown, read_day
from dashboard.components.filters import (
    ALL,
    NO_FILTERS,
    filter_bar,
    page_url,
    plain_value,
    read_query,
    select,
    write_query,
)
from dashboard.components.markup import written_out
from dashboard.components.status import icon
from dashboard.i18n import t
from dashboard.pages.shared.page_request import PageRequest, office_today, refusal, told_at
from data_access.errors import PantauError
from data_access.mart import compliance as questions
from etl.domain.compliance.suspicion import MARKS
from etl.figures.filter import ALL_FLAGS, Period, SlaFilter, presets
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office
from etl.reference.steps import STEP_CODES

Options = list[tuple[str, str]]
"""Values in the address, and words."""

CUSTOM, MONTH, SEMESTER = "custom", "this_month", "this_semester"
PRESETS = (MONTH, "last_month", "this_quarter", SEMESTER, "last_semester", "this_year", "last_year", "last_12_months")


class AddressError(PantauError):
    """A date in the address that is none, or one without the other."""


@dataclass(frozen=True)
class Controls:
    """The controls of a page: its period by name, two dates, and choices whose value stands in the address as it is.

    Ids are `prefix` and `-period`, `-from`, `-to`, `-dates` around the two dates, and one of `choices` by its name in
    the address. `default`: the period of an address without dates. `drops`: what another choice takes out of the
    address; None: all that no control sets.
    """

    prefix: str
    default: str = MONTH
    choices: Mapping[str, str] = field(default_factory=lambda: {"opd": "opd", "ruang": "room"})
    drops: frozenset[str] | None = frozenset({"hal", "minggu", "hari"})

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the controls."""
        return ("period", "from", "to", *self.choices.values())

    def dates(self, query: Mapping[str, str], today: date) -> tuple[str, str, str]:
        """What period and dates show; what is no period stays as it was typed."""
        try:
            period = asked_period(query, today, self.default)
        except PantauError:
            return CUSTOM, *(day_shown(query.get(name, "")) for name in ("dari", "sampai"))
        return preset_of(period, today), day_shown(period.first), day_shown(period.last)

    def after(
        self, changed: str, query: Mapping[str, str], search: str, values: Mapping[str, str], today: date
    ) -> list[Any]:
        """Address, the controls, whether the dates are hidden – after one of them has changed."""
        if changed == "url":
            preset, *dates = self.dates(query, today)
            chosen = [query.get(name) or ALL for name in self.choices]
            return [no_update, preset, *dates, *chosen, preset != CUSTOM]
        if changed == "period" and values["period"] == CUSTOM:
            return [*[no_update] * (1 + len(self.fields)), False]
        first, last = values["from"], values["to"]
        if changed == "period":
            period = preset_period(values["period"], today, self.default)
            first, last = day_shown(period.first), day_shown(period.last)
        address = self.address(query, first, last, values)
        unchanged = [no_update] * len(self.choices)
        is_preset = values["period"] != CUSTOM
        shown = day_shown(first), day_shown(last)
        return [address if address != search else no_update, no_update, *shown, *unchanged, is_preset]

    def address(self, query: Mapping[str, str], first: str, last: str, values: Mapping[str, str]) -> str:
        """The address for what the controls show."""
        kept = {} if self.drops is None else {name: value for name, value in query.items() if name not in self.drops}
        chosen = {name: values[id] for name, id in self.choices.items()}
        return write_query({**kept, "dari": day_in_address(first), "sampai": day_in_address(last), **chosen})


SLA = Controls(
    "sla",
    SEMESTER,
    {"opd": "opd", "ruang": "room", "bagian": "part", "tanpa": "without", "kendali": "control-step"},
    drops=None,
)
"""The controls of the compliance page; the step of its control chart stands beside the chart."""


def asked_sla_filter(query: Mapping[str, str], today: date) -> SlaFilter:
    """The filter of the compliance page that an address asks for; without dates this semester.

    AddressError for what is no date, FilterError for a reversed period. Names are checked by the figures.
    """
    part = query.get("bagian", "").strip()
    steps, without = (part,) if part else (), asked_flags(query)
    return SlaFilter(asked_period(query, today), query.get("opd") or None, query.get("ruang") or None, steps, without)


def asked_flags(query: Mapping[str, str]) -> tuple[str, ...]:
    """The flags without whose steps an address asks for figures; checked by the figures."""
    return tuple(word for word in query.get("tanpa", "").split(",") if word.strip())


def asked_filter(query: Mapping[str, str], today: date, own_opd: str | None) -> RoomsFilter:
    """The filter of an address; without dates this month. `own_opd` wins over whatever the address says.

    AddressError for what is no date and for a user of an agency without a name, FilterError for a reversed period.
    Names are checked by the figures.
    """
    if own_opd is not None and not own_opd.strip():
        raise AddressError("room.no_agency")
    opd = own_opd if own_opd is not None else query.get("opd") or None
    return RoomsFilter(asked_period(query, today, MONTH), opd, query.get("ruang") or None)


def asked_period(query: Mapping[str, str], today: date, default: str = SEMESTER) -> Period:
    """The period between the address's two dates; the default when it has none."""
    first, last = query.get("dari", ""), query.get("sampai", "")
    if not first and not last:
        return presets(today)[default]
    if not first or not last:
        raise AddressError("sla.both_dates")
    return Period(asked_day(first), asked_day(last))


def asked_day(text: str) -> date:
    """A day of an address; AddressError for what is no date."""
    day = read_day(text)
    if day is None:
        raise AddressError("sla.bad_date", value=text)
    return day


def preset_of(period: Period, today: date) -> str:
    """The name of a period, CUSTOM for one without a name."""
    known = presets(today)
    return next((name for name in PRESETS if known[name] == period), CUSTOM)


def preset_period(name: object, today: date, default: str) -> Period:
    """The period that a control names; the default for a name that the page never offered."""
    known = presets(today)
    return next((period for key, period in known.items() if key == name), known[default])


def filters(
    office: Office,
    query: Mapping[str, str],
    today: date,
    controls: Controls,
    own_opd: str | None = None,
    more: Iterable[Component] = (),
) -> Component:
    """The controls with what the address says, and `more`; an agency's own user has no choice of agencies."""
    prefix, (preset, first, last) = controls.prefix, controls.dates(query, today)
    periods = [*((name, t(f"period.{name}")) for name in PRESETS), (CUSTOM, t("period.custom"))]
    dates = html.Div(
        [date_field(f"{prefix}-from", t("word.from"), first), date_field(f"{prefix}-to", t("word.to"), last)],
        id=f"{prefix}-dates",
        className="sla-dates",
        hidden=preset != CUSTOM,
    )
    query = own_names(office, query)
    opds = opd_options(office) if own_opd is None else [("", own_opd)]
    return filter_bar(
        select(f"{prefix}-period", t("word.period"), periods, preset),
        dates,
        asked_select(f"{prefix}-opd", t("word.opd"), opds, query.get("opd", "") if own_opd is None else ""),
        asked_select(f"{prefix}-room", t("word.room"), room_options(office), query.get("ruang", "")),
        *more,
    )


LONGEST_UNKNOWN = 40


def asked_select(id: str, label: str, options: Options, value: str) -> html.Label:
    """A choice of names with what the address says: a name that nobody knows stands there as one more, said to be
    unknown, so that it is seen and can be changed."""
    if value in {option for option, _ in options}:
        return select(id, label, options, value)
    shown = value if len(value) <= LONGEST_UNKNOWN else f"{value[:LONGEST_UNKNOWN]}…"
    return select(id, label, [*options, (value, t("word.unknown_name", name=shown))], value)


def part_field(office: Office, query: Mapping[str, str]) -> Component:
    """The choice of a part of the SOP, or of one step, on the compliance page."""
    parts = [("", t("sla.all_parts")), ("A", t("sla.part_A")), ("B", t("sla.part_B")), *step_options(office)[1:]]
    return asked_select("sla-part", t("sla.part"), parts, query.get("bagian", "").strip().upper())


def without_field(query: Mapping[str, str]) -> Component:
    """The choice of flags whose steps are left out, on the compliance page."""
    flags = [(flag.word, t("sla.without_one", flag=t(f"flag.{flag.name}"))) for flag in MARKS]
    choices = [("", t("sla.without_none")), (ALL_FLAGS, t("sla.without_all")), *flags]
    return select("sla-without", t("flag.heading"), choices, query.get("tanpa", ""))


def register_controls(app: Dash, page: Page, controls: Controls, office: Office, now: Callable[[], int]) -> None:
    """Keep controls and address in step."""
    prefix, fields = controls.prefix, controls.fields
    values = [f"{prefix}-{name}" for name in fields]

    @app.callback(
        [
            Output(f"{prefix}-url", "search"),
            *(Output(id, "value") for id in values),
            Output(f"{prefix}-dates", "hidden"),
        ],
        [Input(f"{prefix}-url", "search"), *(Input(id, "value") for id in values)],
        prevent_initial_call=True,
    )
    @guarded(page)
    def keep_in_step(search: str | None, *shown: Any) -> list[Any]:
        given = dict(zip(fields, map(plain_value, shown), strict=True))
        changed = str(ctx.triggered_id or "").removeprefix(f"{prefix}-")
        query = own_names(office, read_query(search))
        return controls.after(changed, query, search or "", given, office_today(office, now()))


def opd_options(office: Office) -> Options:
    """All agencies with a request."""
    return [("", t("word.all_opd")), *((name, name) for name in questions.opd_names(office.mart.read()))]


def room_options(office: Office) -> Options:
    """The rooms of the settings and those of the requests."""
    names = [room.name for room in office.settings.rooms]
    names += [name for name in questions.room_names(office.mart.read()) if name not in names]
    return [("", t("word.all_rooms")), *((name, name) for name in names)]


def step_options(office: Office) -> Options:
    """The steps by code and short name."""
    sop = office.sop.current()
    return [("", t("word.all_steps")), *((code, f"{code} · {sop.step(code).short_name}") for code in STEP_CODES)]


def own_names(office: Office, query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address as the choices call them: an agency or a room by any alias has its own name."""
    named = {"opd": office.opd_names, "ruang": office.room_names}
    own = {key: names.one(query[key]) or query[key] for key, names in named.items() if query.get(key)}
    return {**query, **own}


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
    office, query, now, own = page_request.office, page_request.query, page_request.now, page_request.account.opd_filter
    subtitle, links, body = shown(draw, office, query, now, own)
    has_filters, today = office.mart.exists(), office_today(office, now)
    controls = stay(filters(office, query, today, Controls(prefix), own)) if has_filters else None
    files = html.Div(links, id=f"{prefix}-export", className="room-exports")
    title, words = t(f"{prefix}.title"), html.Span(subtitle, id=f"{prefix}-subtitle")
    head, place = page_head(title, words, actions=[files]), loading(html.Div(body, id=f"{prefix}-body"))
    return html.Div([page_url(prefix, page_request.search), head, controls, *above, place, *below], className=prefix)


def shown(draw: DrawFigures, office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> Shown:
    """What the page shows, or why it cannot."""
    try:
        return draw(office, query, now, own_opd)
    except PantauError as error:
        return "", [], refused(error, query)


_NAMES_OF = {
    f"period.{why}_{kind}": name
    for why in ("unknown", "near")
    for kind, name in (("opd", "opd"), ("room", "ruang"))
}  # fmt: skip
"""By the code of the refusal the name in the address of what nobody knows."""


def refused(error: PantauError, query: Mapping[str, str]) -> Component:
    """What the address cannot be asked for, in the words of the refusal, and the way to the same without that, or
    without any filter."""
    name = _NAMES_OF.get(error.code)
    address = write_query({**query, name: ""}) if name else ""
    way = t(f"word.clear_{name}") if name else t("cases.clear")
    away = link([icon("x-lg"), html.Span(way)], address or NO_FILTERS, "p-button is-quiet")
    return html.Div([refusal(error, t("sla.check_filter")), html.Div(away, className="refused-way no-print")])


def register(app: Dash, page: Page, prefix: str, office: Office, now: Callable[[], int], draw: DrawFigures) -> None:
    """Keep controls and address in step, and show what the address asks for."""
    register_controls(app, page, Controls(prefix), office, now)

    @app.callback(
        Output(f"{prefix}-subtitle", "children"),
        Output(f"{prefix}-export", "children"),
        Output(f"{prefix}-body", "children"),
        Input(f"{prefix}-url", "search"),
        prevent_initial_call=True,
    )
    @guarded(page)
    def show(search: str | None) -> Shown:
        return written_out(shown(draw, office, read_query(search), told_at(office, now()), account().opd_filter))
