"""When a share counts as good: the office's own rule, as its settings say it at this request."""

from __future__ import annotations

from flask import Flask, current_app, has_app_context

from dashboard.components import Tone
from dashboard.i18n import fmt, t
from etl.domain.statistics import Pair
from etl.domain.verdict import MonitoringRule
from etl.office import Office

_OFFICE_KEY = "PANTAU_RULE_OF"


def keep_rule(server: Flask, office: Office) -> None:
    """Let the pages of this server ask for that office and its rule."""
    server.config[_OFFICE_KEY] = office


def monitoring_rule() -> MonitoringRule:
    """The rule in force; the shipped one where no office is served."""
    office = served_office()
    return MonitoringRule() if office is None else office.settings.monitoring_rule


def served_office() -> Office | None:
    """The office whose pages this server shows; None outside a server."""
    return current_app.config.get(_OFFICE_KEY) if has_app_context() else None


def share_tone(share: float | None, n: int) -> Tone:
    """The colour of a share; too few cases have none."""
    rule = monitoring_rule()
    if share is None or n < rule.n:
        return Tone.MUTED
    return Tone.GOOD if share >= rule.share else Tone.NEAR if share >= rule.near else Tone.LATE


def percent_words(share: float) -> str:
    """A share as the paper writes it; the limits of the colours decide its decimals: 89,96% is not 90%."""
    rule = monitoring_rule()
    return fmt().share(share, rule.share, rule.near)


def share_words(met: int, n: int, interval: Pair) -> str:
    """Of how many so many were in time, and the interval of the share."""
    f = fmt()
    return t("sla.share_title", met=f.number(met), n=f.number(n), interval=f.interval(*interval))


def rule_words() -> dict[str, str]:
    """The limits of the colours as the sentences about them need them: good, near, least."""
    f, rule = fmt(), monitoring_rule()
    return {"good": f.percent(rule.share), "near": f.percent(rule.near), "least": f.number(rule.n)}
