"""What is published: whether the report shown is, how its figures differ from those of now and why, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, button, empty, icon, link, panel, pill
from dashboard.i18n import fmt, t
from dashboard.pages.report.files import TABEL7, draft_address, edition_address
from dashboard.pages.report.filters import DRAFT, report_page
from dashboard.pages.report.publish import PLACE
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.printed.publish import all_published
from dashboard.printed.voice import screen
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.report.changes import REQUESTS, Cause, Difference, causes, differences
from etl.figures.report.period import ReportPeriod, parse_report_period
from etl.figures.report.restated import restated

if TYPE_CHECKING:
    from dashboard.printed.paper import Paper
    from data_access.records.office.published_reports import PublishedReport
    from etl.office import Office

_SHARES = ("share", "coverage")
_TIMES = ("median_seconds", "p90_seconds", "ready_median_seconds")
_LIST = ("number", "period", "when", "who", "reason", "state", "files")
_CHANGES = ("where", "what", "before", "after")


def draft_standing(period: ReportPeriod, newest: PublishedReport | None, *, may_publish: bool) -> Component:
    """Above a draft: that it is one, its files, the way down to publishing it."""
    way = html.A([icon("patch-check"), t("laporan.publish_way")], href=f"#{PLACE}", className="p-button is-quiet")
    return html.Div([_draft_banner(period, newest), _files(draft_addresses(period), *([way] if may_publish else []))])


def edition_standing(
    office: Office, period: ReportPeriod, current: Paper, newest: PublishedReport | None, chosen: Paper
) -> Component:
    """Above a published report: who published it, its files, and what is different now."""
    told = chosen.document["published"]
    is_newest = newest is not None and newest.number == told["number"]
    report_id = newest.id if newest is not None and is_newest else _id_of(office, told["number"])
    return html.Div(
        [
            _edition_banner(told, newest, period, is_newest=is_newest),
            _files(
                edition_addresses(report_id),
                _see_now(period),
            ),
            _changes(office, chosen, current),
        ]
    )


def _see_now(period: ReportPeriod) -> Component:
    return button(t("laporan.see_now"), href=report_page(period, DRAFT), kind="quiet")


def _id_of(office: Office, number: str) -> int:
    return next(one.id for one in all_published(office) if one.number == number)


def draft_addresses(period: ReportPeriod) -> dict[str, str]:
    """The files of a draft by the words on their buttons' keys."""
    return {
        "pdf": draft_address(period, "pdf"),
        "form": draft_address(period, "pdf", TABEL7),
        "xlsx": draft_address(period, "xlsx"),
    }


def edition_addresses(report_id: int) -> dict[str, str]:
    """The files of an edition."""
    return {
        "pdf": edition_address(report_id, "pdf"),
        "form": edition_address(report_id, "pdf", TABEL7),
        "xlsx": edition_address(report_id, "xlsx"),
    }


def _files(addresses: dict[str, str], *more: Component) -> Component:
    """The downloads; plain links, so that the browser saves them."""
    icons = {"pdf": "file-earmark-pdf", "form": "table", "xlsx": "file-earmark-spreadsheet"}
    links = [
        html.A(
            [icon(icons[name]), t(f"laporan.get_{name}")],
            href=address,
            className=f"p-button is-{'primary' if name == 'pdf' else 'quiet'}",
        )
        for name, address in addresses.items()
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


def _edition_banner(told: Any, newest: PublishedReport | None, period: ReportPeriod, *, is_newest: bool) -> Component:
    words = t("laporan.is_published", number=told["number"], moment=fmt().moment(told["at"]), who=told["actor"])
    if told["reason"]:
        words += " " + t("laporan.because", reason=told["reason"])
    if is_newest or newest is None:
        return banner(words, Tone.GOOD, "patch-check")
    replaced = link(t("laporan.is_replaced", number=newest.number), report_page(period))
    return banner([words, " ", replaced], Tone.NEAR, "archive")


def _changes(office: Office, chosen: Paper, current: Paper) -> Component:
    """The figures that are others now, and what has changed since; one sentence when none is."""
    title = t("laporan.changes_title")
    found = differences(chosen.document, current.document)
    if not found:
        return panel(empty(t("laporan.no_changes"), t("laporan.no_changes_hint"), "check2-circle"), title=title)
    heads = {name: t(f"laporan.change_{name}") for name in _CHANGES}
    rows = [table_row(heads, _change_cells(one), ("before", "after")) for one in found]
    reasons = [html.Li(cause_words(one)) for one in causes(office, chosen.document, current.document)]
    return panel(
        html.P(t("laporan.changes_hint"), className="intake-hint"),
        html.H3(t("laporan.causes_title"), className="report-form-title"),
        html.Ul(reasons, className="report-causes"),
        table(title, heads, rows, ("before", "after")),
        title=title,
        class_name="report-changes",
    )


def _change_cells(one: Difference) -> dict[str, Any]:
    wheres = {ALL_STEPS: t("laporan.all_steps"), REQUESTS: t("laporan.x_letters")}
    return {
        "where": wheres.get(one.where, one.where),
        "what": t(f"laporan.figure_{one.what}"),
        "before": _figure(one.what, one.before),
        "after": _figure(one.what, one.after),
    }


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
    found, title = all_published(office), t("laporan.list_title")
    if not found:
        return panel(empty(t("laporan.list_empty"), t("laporan.list_empty_hint"), "journal-check"), title=title)
    newest = {one.period: one.edition for one in reversed(found)}
    heads = {name: t(f"laporan.list_{name}") for name in _LIST}
    changed = restated(office, now) if office.mart.exists() else {}
    rows = [table_row(heads, _list_cells(office, one, newest, changed.get(one.id, 0))) for one in found]
    return panel(table(title, heads, rows), title=title, class_name="report-published")


def _list_cells(office: Office, one: PublishedReport, newest: dict[str, int], changed: int) -> dict[str, Any]:
    period = parse_report_period(one.period)
    files: Sequence[Component] = [
        html.A(t(f"laporan.short_{suffix}"), href=edition_address(one.id, suffix), className="cases-link")
        for suffix in ("pdf", "xlsx")
    ]
    return {
        "number": link(one.number, report_page(period, one.edition), "cases-link"),
        "period": screen(office.zone).period(period),
        "when": fmt().moment_short(one.published_at),
        "who": one.actor,
        "reason": one.reason or t("word.none"),
        "state": _state(one, newest[one.period], changed),
        "files": html.Span([part for file in files for part in (file, " ")]),
    }


def _state(one: PublishedReport, newest: int, changed: int) -> Component:
    if changed:
        words = t("laporan.state_changed", count=fmt().number(changed), n=changed)
        return link(pill(Tone.NEAR, "exclamation-lg", words), report_page(parse_report_period(one.period)))
    if one.edition == newest:
        return pill(Tone.GOOD, "patch-check", t("laporan.state_in_force"))
    return pill(Tone.MUTED, "archive", t("laporan.state_replaced", number=f"{one.period}/{newest}"))
