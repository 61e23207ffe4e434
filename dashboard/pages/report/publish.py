"""Publishing the report that is on the screen, with the Tindakan typed into it, after saying so twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import Tone, banner, icon, loading, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.report.filters import PUBLISHED
from dashboard.pages.shared.forms import outcome, reason_field, reason_of
from dashboard.pages.shared.page_request import once_more
from dashboard.printed.publish import LONGEST_FOLLOWUP, Seen, publish
from data_access.errors import PantauError
from etl.domain.sop.steps import STEP_CODES
from etl.figures.report import digest, parse_report_period

if TYPE_CHECKING:
    from dashboard.printed.paper import Paper
    from data_access.records.office import PublishedReport
    from etl.figures.report import Document
    from etl.office import Office

SURE = "sure"
PLACE = "terbitkan"
"""The id of the question, to which the top of the page leads."""


class Id(StrEnum):
    """Ids of publishing, on the page of a report."""

    SEEN = "report-seen"
    REASON = "report-reason"
    SURE = "report-sure"
    DO = "report-publish"
    SAID = "report-said"


def followup_id(code: str) -> str:
    """The id of the field of a step's Tindakan."""
    return f"report-followup-{code}"


@dataclass(frozen=True)
class Typed:
    """What the fields of Tindakan begin with: the words of the edition before, by step."""

    period: str
    texts: Mapping[str, str]

    @classmethod
    def of(cls, former: Document | None, current: Document) -> Typed:
        """From the edition before, empty without one."""
        return cls(current["period"], former.get("followups", {}) if former else {})

    def fields(self) -> dict[str, Component]:
        """One field a step; the browser keeps what was typed until it is published."""
        return {code: self._field(code) for code in STEP_CODES}

    def _field(self, code: str) -> Component:
        field = dbc.Textarea(
            id=followup_id(code),
            value=self.texts.get(code, ""),
            rows=2,
            maxlength=LONGEST_FOLLOWUP,
            persistence=self.period,
            persistence_type="local",
            class_name="p-input report-followup",
        )
        words = html.Span(t("laporan.followup_of", step=code), className="visually-hidden")
        return html.Label([words, field], className="report-followup-label")


def places() -> Component:
    """Where it is said what became of publishing, and the mark that something was published."""
    return html.Div([dcc.Store(id=PUBLISHED, data=0), loading(html.Div(id=Id.SAID))])


def decision(current: Paper, newest: PublishedReport | None, typed: Typed, *, is_over: bool) -> Component:
    """The question before a report is published; words while its period still runs."""
    title = t("laporan.publish_title")
    if not is_over:
        period = parse_report_period(current.document["period"])
        words = t("laporan.not_over", day=fmt().date(period.days.last))
        return panel(banner(words, Tone.PLAIN, "hourglass-split"), title=title)
    seen = {"period": typed.period, "mark": digest(current.document), "edition_id": newest.id if newest else None}
    sure = dcc.Checklist(
        id=Id.SURE, options=[{"label": t("laporan.publish_sure"), "value": SURE}], value=[], className="intake-check"
    )
    reason = reason_field(Id.REASON, t("laporan.reason_example"))
    return panel(
        dcc.Store(id=Id.SEEN, data=seen),
        html.P(t("laporan.publish_hint"), className="intake-hint"),
        html.P(t("laporan.replaces_hint", number=newest.number), className="intake-hint") if newest else None,
        reason if newest else html.Div(reason, hidden=True),
        html.Div(sure, className="intake-form"),
        html.Button(
            [icon("patch-check"), t("laporan.publish_do")], id=Id.DO, type="button", className="p-button is-primary"
        ),
        title=title,
        id=PLACE,
        class_name="intake-decision report-decision no-print",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Publish for those who may, once they are sure."""

    @app.callback(
        Output(Id.SAID, "children"),
        Output(PUBLISHED, "data"),
        Input(Id.DO, "n_clicks"),
        State(Id.SEEN, "data"),
        State(Id.REASON, "value"),
        State(Id.SURE, "value"),
        State(PUBLISHED, "data"),
        *(State(followup_id(code), "value") for code in STEP_CODES),
        prevent_initial_call=True,
    )
    @guarded(Page.LAPORAN, May.DO)
    def publish_it(
        clicks: int | None, seen: Any, reason: Any, sure: Any, times: Any, *followups: Any
    ) -> tuple[Any, Any]:
        if not clicks or not isinstance(seen, dict):
            return no_update, no_update
        if sure != [SURE]:
            return outcome(t("laporan.unsure")), no_update
        try:
            words = _publish(office, seen, reason, followups, now())
        except PantauError as error:
            return outcome(sentence(error)), no_update
        return outcome(words, Tone.GOOD), once_more(times)


def _publish(office: Office, seen: Mapping[str, Any], reason: Any, followups: Sequence[Any], now: int) -> str:
    edition_id = seen.get("edition_id")
    kept = publish(
        office,
        parse_report_period(str(seen.get("period"))),
        Seen(str(seen.get("mark")), edition_id if isinstance(edition_id, int) else None),
        followups={code: text for code, text in zip(STEP_CODES, followups, strict=True) if isinstance(text, str)},
        reason=reason_of(reason if isinstance(reason, str) else ""),
        actor=account().name,
        now=now,
    )
    return t("laporan.publish_done", number=kept.number)
