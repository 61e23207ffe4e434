"""When a share counts as good: the office's own rule, as its settings say it at this request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app, has_app_context

from etl.domain.compliance.monitoring import MonitoringRule

if TYPE_CHECKING:
    from etl.office import Office

_OFFICE_KEY = "PANTAU_RULE_OF"


def keep_rule(server: Flask, office: Office) -> None:
    """Let the pages of this server ask for the rule of that office."""
    server.config[_OFFICE_KEY] = office


def monitoring_rule() -> MonitoringRule:
    """The rule in force; the shipped one where no office is served."""
    office: Office | None = current_app.config.get(_OFFICE_KEY) if has_app_context() else None
    return MonitoringRule() if office is None else office.settings.monitoring_rule
