"""What is published: whether the report shown is, how its figures differ from those of now and why, and the list; and
publishing the report that is on the screen, with the Tindakan typed into it, after saying so twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import Tone, banner, button, empty, icon, link, loading, panel, pill, stack
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.report.address import DRAFT, PUBLISHED, TABEL7, draft_address, edition_address, report_page
from dashboard.pages.shared.forms import on_press, outcome, reason_field, reason_of
from dashboard.pages.shared.page_request import once_more
from dashboard.printed.publish import LONGEST_FOLLOWUP, Paper, Seen, all_published, publish
from dashboard.printed.words import screen
from data_access.records.office import PublishedReport
from etl.figures.compliance.definitions import ALL_STEPS, PERCENTILE_KEYS
from etl.figures.report import (
    REQUESTS,
    Cause,
    Difference,
    Document,
    ReportPeriod,
    causes,
    differences,
    digest,
    parse_report_period,
    restated,
)
from etl.office import Office
from etl.reference.steps import STEP_CODES

_SHARES = ("share", "coverage")

_TIMES = (*PERCENTILE_KEYS, "ready_median_seconds")

SURE = "sure"

PLACE = "terbitkan"
"""The id of the question, to which the top of the page leads."""

_FILES = (
    ("pdf", "pdf", "", "file-earmark-pdf"),
    ("form", "pdf", TABEL7, "table"),
    ("xlsx", "xlsx", "", "file-earmark-spreadsheet"),
)
"""The downloads: name in the words of the button, suffix, kind, icon."""


class Id(StrEnum):
    """Ids of publishing, on the page of a report."""

    SEEN = "report-seen"
    REASON = "report-reason"
    SURE = "report-sure"
    DO = "report-publish"
    SAID = "report-said"


def draft_standing(period: ReportPeriod, newest: PublishedReport | None, *, may_publish: bool) -> Component:
    """Above a draft: that it is one, its files, the way down to publishing it."""
    way = html.A([icon("patch-check"), t("laporan.publish_way")], href=f"#{PLACE}", className="p-button is-quiet")
    files = _files(partial(draft_address, period), *([way] if may_publish else []))
    return html.Div([_draft_banner(period, newest), files])


def edition_standing(
    office: Office, period: ReportPeriod, current: Paper, newest: PublishedReport | None, chosen: Paper
) -> Component:
    """Above a published report: who published it, its files, and what is different now."""
    published = chosen.document["published"]
    is_newest = newest is not None and newest.number == published["number"]
    report_id = newest.id if newest is not None and is_newest else _id_of(office, published["number"])
    see_now = button(t("laporan.see_now"), href=report_page(period, DRAFT), kind="quiet")
    return stack(
        _edition_banner(published, newest, period, is_newest=is_newest),
        _files(partial(edition_address, report_id), see_now),
        _changes(office, chosen, current),
    )


def _id_of(office: Office, number: str) -> int:
    return next(edition.id for edition in all_published(office) if edition.number == number)


def _files(address: Callable[[str, str], str], *more: Component) -> Component:
    """The downloads; `address` of a suffix and a kind. Plain links, so that the browser saves them."""
    links = [
        html.A(
            [icon(icon_name), t(f"laporan.get_{name}")],
            href=address(suffix, kind),
            className=f"p-button is-{'primary' if name == 'pdf' else 'quiet'}",
        )
        for name, suffix, kind, icon_name in _FILES
    ]
    return html.Div([*links, *more], className="report-files no-print")


def _draft_banner(period: ReportPeriod, newest: PublishedReport | None) -> Component:
    if newest is None:
        return banner(t("laporan.is_draft"), Tone.NEAR, "pencil")
    words = [
        t("laporan.is_new_draft", number=newest.number),
        " ",
        link(t("laporan.see_published"), report_page(period)),
    ]
    return banner(words, Tone.NEAR, "pencil")


def _edition_banner(
    published: Any, newest: PublishedReport | None, period: ReportPeriod, *, is_newest: bool
) -> Component:
    words = t(
        "laporan.is_published", number=published["number"], moment=fmt().moment(published["at"]), who=published["actor"]
    )
    if published["reason"]:
        words += " " + t("laporan.because", reason=published["reason"])
    if is_newest or newest is None:
        return banner(words, Tone.GOOD, "patch-check")
    replaced = link(t("laporan.is_replaced", number=newest.number), report_page(period))
    return banner([words, " ", replaced], Tone.NEAR, "archive")


def _changes(office: Office, chosen: Paper, current: Paper) -> Component:
    """The figures that are others now, and what has changed since; one sentence when none is."""
    title = t("laporan.changes_title")
    rows = differences(chosen.document, current.document)
    if not rows:
        return panel(empty(t("laporan.no_changes"), t("laporan.no_changes_hint"), "check2-circle"), title=title)
    wheres = {ALL_STEPS: t("laporan.all_steps"), REQUESTS: t("laporan.x_letters")}
    columns: list[Column[Difference]] = [
        Column("where", t("laporan.change_where"), lambda row: wheres.get(row.where, row.where)),
        Column("what", t("laporan.change_what"), lambda row: t(f"laporan.figure_{row.what}")),
        Column("before", t("laporan.change_before"), lambda row: _figure(row.what, row.before), class_name="num"),
        Column("after", t("laporan.change_after"), lambda row: _figure(row.what, row.after), class_name="num"),
    ]
    reasons = [html.Li(cause_words(cause)) for cause in causes(office, chosen.document, current.document)]
    return panel(
        html.P(t("laporan.changes_hint"), className="intake-hint"),
        html.H3(t("laporan.causes_title"), className="report-form-title"),
        html.Ul(reasons, className="report-causes"),
        table(title, columns, rows, "intake-table"),
        title=title,
        class_name="report-changes",
    )


def _figure(what: str, value: Any) -> str:
    f = fmt()
    if what == "assessment":
        return t(f"laporan.{value}")
    if what in _SHARES:
        return f.percent(value, 2)
    return f.duration(value) if what in _TIMES else f.number(value)


def cause_words(cause: Cause) -> str:
    """One sentence about something that has changed since a report was published."""
    f, values = fmt(), dict(cause.values)
    if "day" in values:
        values["day"] = f.date_short(date.fromisoformat(values["day"]))
    for name in ("before_seconds", "after_seconds"):
        if name in values:
            values[name] = f.duration(values[name])
    if "count" in values:
        values |= {"n": values["count"], "count": f.number(values["count"])}
    return t(f"laporan.cause_{cause.code}", **values)


def editions_list(office: Office, now: int) -> Component:
    """Every edition of every period, the newest first; it says of those in force whether their figures still hold."""
    editions, title = all_published(office), t("laporan.list_title")
    if not editions:
        return panel(empty(t("laporan.list_empty"), t("laporan.list_empty_hint"), "journal-check"), title=title)
    newest = {edition.period: edition.edition for edition in reversed(editions)}
    changed = restated(office, now) if office.mart.exists() else {}
    words = {
        "number": lambda row: link(row.number, report_page(parse_report_period(row.period), row.edition), "cases-link"),
        "period": lambda row: screen(office.zone).period(parse_report_period(row.period)),
        "when": lambda row: fmt().moment_short(row.published_at),
        "who": lambda row: row.actor,
        "reason": lambda row: row.reason or t("word.none"),
        "state": lambda row: _state(row, newest[row.period], changed.get(row.id, 0)),
        "files": _files_of,
    }
    columns = [Column(name, t(f"laporan.list_{name}"), cell) for name, cell in words.items()]
    return panel(table(title, columns, editions, "intake-table"), title=title, class_name="report-published")


def _files_of(edition: PublishedReport) -> html.Span:
    files = [
        html.A(t(f"laporan.short_{suffix}"), href=edition_address(edition.id, suffix), className="cases-link")
        for suffix in ("pdf", "xlsx")
    ]
    return html.Span([part for file in files for part in (file, " ")])


def _state(edition: PublishedReport, newest: int, changed: int) -> Component:
    if changed:
        words = t("laporan.state_changed", count=fmt().number(changed), n=changed)
        return link(pill(Tone.NEAR, "exclamation-lg", words), report_page(parse_report_period(edition.period)))
    if edition.edition == newest:
        return pill(Tone.GOOD, "patch-check", t("laporan.state_in_force"))
    return pill(Tone.MUTED, "archive", t("laporan.state_replaced", number=f"{edition.period}/{newest}"))


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
    sure = dbc.Checklist(
        id=Id.SURE, options=[{"label": t("laporan.publish_sure"), "value": SURE}], value=[], class_name="intake-check"
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

    def publish_it(_pressed: str, seen: Any, reason: Any, sure: Any, times: Any, *followups: Any) -> Any:
        if not isinstance(seen, dict):
            return None
        if sure != [SURE]:
            return outcome(t("laporan.unsure"))
        return outcome(_publish(office, seen, reason, followups, now()), Tone.GOOD), once_more(times)

    published = (PUBLISHED, "data")
    given = [(Id.SEEN, "data"), (Id.REASON, "value"), (Id.SURE, "value"), published]
    given += [(followup_id(code), "value") for code in STEP_CODES]
    on_press(app, Page.LAPORAN, [Id.DO], given, publish_it, [(Id.SAID, "children"), published])


def _publish(office: Office, seen: Mapping[str, Any], reason: Any, followups: Sequence[Any], now: int) -> str:
    edition_id = seen.get("edition_id")
    kept = publish(
        office,
        parse_report_period(str(seen.get("period"))),
        Seen(str(seen.get("mark")), edition_id if isinstance(edition_id, int) else None),
        followups={code: text for code, text in zip(STEP_CODES, followups, strict=True) if isinstance(text, str)},
        reason=reason_of(reason),
        actor=account().name,
        now=now,
    )
    return t("laporan.publish_done", number=kept.number)
