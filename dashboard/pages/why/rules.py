"""By which rules a figure was made: SOP, calendar, accounting, data; the last panel of every explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import panel
from dashboard.i18n import fmt, t
from etl.domain.sop.versions import SopVersion

if TYPE_CHECKING:
    from etl.office import Office

Rule = tuple[str, Sequence[Component | str]]
LONGEST = 800
"""Days of a period whose hours are looked up one by one."""


def rules_panel(rules: Sequence[Rule]) -> Component:
    """A list of names and words."""
    rows = [html.Div([html.Dt(name), html.Dd(list(words))]) for name, words in rules]
    return panel(html.Dl(rows, className="why-rules"), title=t("why.rules_title"))


def sop_rule(sops: Sequence[SopVersion], code: str | None) -> Rule:
    """The SOP's versions that judged, each with its target for a step."""
    f = fmt()
    lines = []
    for sop in sops:
        words = t("why.sop", number=sop.number, day=f.date_short(sop.effective_on))
        target = sop.step(code).target_seconds if code else None
        if code:
            limit = f.duration(target) if target is not None else t("sla.no_time")
            words += f" · {t('why.target', limit=limit)}"
        lines.append(html.Div(words))
    return t("why.rule_sop"), [*lines, html.Div(t("why.rule_sop_words"), className="p-muted")]


def calendar_rule(office: Office, first: date, last: date) -> Rule:
    """The hours in force on these days with their sources, and the version of the settings."""
    days = office.calendar.plans(max(first, office.calendar.first), min(last, office.calendar.last))[-LONGEST:]
    hours = dict.fromkeys(
        (day.note, day.source, day.is_estimated) for day in days if day.kind in ("open", "ramadan", "special")
    )
    lines = [html.Div(_hours(*one)) for one in hours]
    version = office.book.version
    said = t("why.settings", version=version) if version else t("why.settings_shipped")
    return t("why.rule_calendar"), [*lines, html.Div([said, " ", t("why.holidays")], className="p-muted")]


def _hours(name: str, source: str, is_estimated: bool) -> str:
    words = name if not source or source == name else f"{name} ({source})"
    return f"{words} · {t('why.estimated')}" if is_estimated else words


def data_rule(office: Office, as_of: int) -> Rule:
    """As of when, and from how much data."""
    f, meta = fmt(), office.mart.read().meta
    told = t("why.as_of", moment=f.moment(as_of))
    load = t("why.load", load=f.number(meta.load_id), moment=f.moment_short(meta.built_at))
    return t("why.rule_data"), [html.Div(told), html.Div(load, className="p-muted")]


def permanent(as_of: int) -> str:
    """A moment as an address holds it."""
    return datetime.fromtimestamp(as_of, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
