"""The month's share of steps in time, with the month before: the compliance page's own figures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from data_access.mart import Snapshot
from etl.domain.statistics import is_within_chance
from etl.figures.live import LiveFacts
from etl.figures.period import SlaFilter, month_period
from etl.figures.sla import sla_figures

if TYPE_CHECKING:
    from etl.office import Office

GOOD_SHARE, GOOD_N, GOOD_COVERAGE = 0.9, 5, 0.7
"""When a month counts as going well: the default rule of the monitoring form, "berjalan dengan baik"."""

NEAR_SHARE = 0.7
"""Below it a month is far below the standard, as on the compliance page."""


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
    is_chance = before and is_within_chance(now.met, now.n, before.met, before.n)
    return {
        "month": f"{today:%Y-%m}",
        "n": now.n,
        "met": now.met,
        "share": now.share,
        "interval": now.interval,
        "coverage": now.coverage,
        "target": GOOD_SHARE,
        "level": _level(now.share, now.n, now.coverage),
        "previous": {
            "month": f"{figures.previous_period.last:%Y-%m}",
            "n": before.n if before else 0,
            "share": before.share if before else None,
        },
        "is_change_chance": bool(is_chance),
    }


def no_compliance(today: date) -> dict[str, Any]:
    before = month_period(today.year, today.month).previous().last
    return {
        "month": f"{today:%Y-%m}",
        "n": 0,
        "met": 0,
        "share": None,
        "interval": None,
        "coverage": None,
        "target": GOOD_SHARE,
        "level": "none",
        "previous": {"month": f"{before:%Y-%m}", "n": 0, "share": None},
        "is_change_chance": False,
    }


def _level(share: float | None, n: int, coverage: float | None) -> str:
    if share is None or n < GOOD_N or coverage is None or coverage < GOOD_COVERAGE:
        return "none"
    if share >= GOOD_SHARE:
        return "good"
    return "near" if share >= NEAR_SHARE else "late"
