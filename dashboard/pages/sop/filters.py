"""Period and agency of the SOP pages, in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import date_field, filter_bar, link, stack, with_query
from dashboard.i18n import t
from dashboard.pages.shared.filters import SEMESTER, asked_period, asked_select, opd_options, own_names
from data_access.errors import PantauError
from etl.figures.filter import Period, SlaFilter, presets
from etl.office import Office

SHORTCUTS = ("this_month", "this_semester", "last_semester", "last_12_months")


def fields(prefix: str) -> dict[str, str]:
    """Names in the address and the controls of a page that set them."""
    return {"dari": f"{prefix}-from", "sampai": f"{prefix}-to", "opd": f"{prefix}-opd"}


def defaults(today: date, preset: str = SEMESTER) -> dict[str, str]:
    """What the controls show when the address says nothing."""
    period = presets(today)[preset]
    return {"dari": period.first.isoformat(), "sampai": period.last.isoformat()}


def asked_filter(query: Mapping[str, str], today: date, user: Account, preset: str = SEMESTER) -> SlaFilter:
    """The facts that the address asks about; an agency's user asks about its own.

    AddressError or FilterError, in words, for dates that are none.
    """
    given = {**defaults(today, preset), **{name: value for name, value in query.items() if value}}
    opd = given.get("opd") if user.opd_filter is None else user.opd_filter
    return SlaFilter(asked_period(given, today), opd)


def filters(
    office: Office, path: str, query: Mapping[str, str], today: date, user: Account, prefix: str, preset: str = SEMESTER
) -> Component:
    """Dates, agency, and the ways to the usual periods."""
    shown, ids = {**defaults(today, preset), **own_names(office, query)}, fields(prefix)
    opds = opd_options(office) if user.opd_filter is None else [("", user.opd_filter or t("word.none"))]
    known = presets(today)
    kept = {name: value for name, value in query.items() if name not in ("dari", "sampai", "hal")}
    ways = [
        link(
            t(f"period.{name}"),
            _address(path, kept, known[name]),
            f"sop-short{_is_on(query, known[name], today, preset)}",
        )
        for name in SHORTCUTS
    ]
    return stack(
        filter_bar(
            date_field(ids["dari"], t("word.from"), shown["dari"]),
            date_field(ids["sampai"], t("word.to"), shown["sampai"]),
            asked_select(ids["opd"], t("word.opd"), opds, shown.get("opd", "") if user.opd_filter is None else ""),
        ),
        html.Nav(ways, className="sop-shorts no-print", **{"aria-label": t("word.period")}),
        class_name="sop-filters",
    )


def _address(path: str, kept: Mapping[str, str], period: Period) -> str:
    return with_query(path, **kept, dari=period.first, sampai=period.last)


def _is_on(query: Mapping[str, str], period: Period, today: date, preset: str) -> str:
    try:
        shown = asked_period({**defaults(today, preset), **query}, today)
    except PantauError:
        return ""
    return " is-on" if shown == period else ""
