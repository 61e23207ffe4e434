"""Addresses of the SOP pages, and the tabs between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dash import html

from dashboard.access import May, Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import link, with_query
from dashboard.i18n import t
from etl.domain.sop.versions import Sop, SopVersion

SOP = "/sop"
TARGET = "/sop/target"
VERSION = "/sop/versi"
_KEPT = ("dari", "sampai", "opd")
"""Filters that a tab takes over from another."""


def may_do(user: Account) -> bool:
    """Whether that user may enter a version."""
    return is_allowed(user.role, Page.SOP, May.DO)


def tabs(here: str, query: Mapping[str, str], user: Account) -> html.Nav:
    """The pages about the SOP; the filters stay."""
    kept = {name: query.get(name) for name in _KEPT}
    entries = [(SOP, t("sop.tab_form")), (TARGET, t("sop.tab_target"))]
    if may_do(user):
        entries.append((VERSION, t("sop.tab_version")))
    links = [
        html.Span(words, className="sop-tab is-on", **{"aria-current": "page"})
        if path == here
        else link(words, with_query(path, **kept), "sop-tab")
        for path, words in entries
    ]
    return html.Nav(links, className="sop-tabs no-print", **{"aria-label": t("sop.tabs")})


def version_shown(sop: Sop, query: Mapping[str, str], last: date) -> SopVersion:
    """The version that the address names by its date, else the one in force on the period's last day."""
    wanted = query.get("versi", "")
    named = next((version for version in sop.versions if version.effective_on.isoformat() == wanted), None)
    return named or sop.version_for(last)
