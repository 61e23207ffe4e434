"""Whose letters an explanation of compliance may show: those of the address, for an agency's user only its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.i18n import t
from dashboard.pages.shared.links import filtered_address
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.period_filter import asked_filter
from etl.figures.period import SlaFilter

if TYPE_CHECKING:
    from etl.office import Office


def asked_by(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> SlaFilter:
    """The filter of an address. AddressError for what is no date, FilterError for a reversed period."""
    asked = asked_filter(query, office_today(office, as_of))
    return asked if user.opd_filter is None else replace(asked, opd=user.opd_filter)


def crumbs_of(user: Account, asked: SlaFilter) -> list[tuple[str, str | None]]:
    """The way back to the page of compliance, for those who may see it."""
    if not is_allowed(user.role, Page.KEPATUHAN):
        return []
    return [(t("sla.nav"), filtered_address("/kepatuhan", asked)), (t("word.why"), None)]
