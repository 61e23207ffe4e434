"""The month's share of steps in time, with the month before: the compliance page's own figures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from data_access.mart import Snapshot
from etl.domain.compliance.monitoring import Assessment, MonitoringRule
from etl.domain.statistics import is_within_chance
from etl.figures.compliance.steps import sla_figures
from etl.figures.live import LiveFacts
from etl.figures.period import SlaFilter, month_period

if TYPE_CHECKING:
    from etl.office import Office


def month_compliance(office: Office, mart: Snapshot, live: LiveFacts, today: date, as_of: int) -> dict[str, Any]:
    """The office's steps of this month and of the one before, as the compliance page counts them.

    The figures can only change when a letter settles or a live step changes its verdict, so they are kept until then.
    """
    seen = hash((live.request_ids.tobytes(), live.steps.verdict.tobytes(), live.steps.belongs_on.tobytes()))
    key = ("wall-compliance", today.year, today.month, office.book.hash, seen)
    return mart.remember(key, lambda: _counted(office, today, as_of))


def _counted(office: Office, today: date, as_of: int) -> dict[str, Any]:
    figures = sla_figures(office, SlaFilter(month_period(today.year, today.month)), as_of)
    now, before = figures.all_steps, figures.previous_all_steps
    rule = office.settings.monitoring_rule
    is_chance = before and is_within_chance(now.met, now.n, before.met, before.n)
    return {
        "month": f"{today:%Y-%m}",
        "n": now.n,
        "met": now.met,
        "share": now.share,
        "interval": now.interval,
        "coverage": now.coverage,
        "target": rule.share,
        "level": _level(rule, now.share, now.n, now.coverage),
        "previous": {
            "month": f"{figures.previous_period.last:%Y-%m}",
            "n": before.n if before else 0,
            "share": before.share if before else None,
        },
        "is_change_chance": bool(is_chance),
    }


def no_compliance(today: date, rule: MonitoringRule) -> dict[str, Any]:
    before = month_period(today.year, today.month).previous().last
    return {
        "month": f"{today:%Y-%m}",
        "n": 0,
        "met": 0,
        "share": None,
        "interval": None,
        "coverage": None,
        "target": rule.share,
        "level": "none",
        "previous": {"month": f"{before:%Y-%m}", "n": 0, "share": None},
        "is_change_chance": False,
    }


def _level(rule: MonitoringRule, share: float | None, n: int, coverage: float | None) -> str:
    assessed = rule.assess(share, n, coverage)
    if assessed is Assessment.UNKNOWN or share is None:
        return "none"
    if assessed is Assessment.WELL:
        return "good"
    return "near" if share >= rule.near else "late"
