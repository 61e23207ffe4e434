"""What has changed since the last visit, and what waits for those who keep the data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.access import May, Page
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    icon,
    link,
    panel,
    pill,
    with_query,
)
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.page import PATH as SARPRAS
from dashboard.pages.intake.page import open_work
from dashboard.pages.report.page import PATH as REPORTS
from dashboard.pages.shared.links import (
    CORRECTIONS,
    REQUEST_LIST,
    RUNS,
    request_address,
)
from etl.extract.texts import letter_name
from etl.figures.summary import Changes, LateStep, changes_since
from etl.office import Office

MOST_LATE = 6


def changes_panel(office: Office, now: int, user: Account, since: int | None) -> Component | None:
    """What has changed since the last visit, line by line; None where nothing has, or where this is the first."""
    if since is None:
        return None
    changes = changes_since(
        office,
        since,
        now,
        user.opd_filter,
        sees_intake=user.may(Page.DATA),
        sees_reports=user.may(Page.LAPORAN),
    )
    lines = _counts(changes, user)
    if not lines and not changes.late:
        return None
    title, note = t("summary.changes"), t("summary.since", moment=fmt().moment_short(since))
    late = [html.Li(_late(step)) for step in changes.late[:MOST_LATE]]
    return panel(
        html.Ul(lines, className="intake-waits") if lines else None,
        html.Ul(late, className="intake-last") if late else None,
        title=title,
        note=note,
    )


def _counts(changes: Changes, user: Account) -> list[Component]:
    """One line a kind of change, with a link to its list where the user may see that."""
    sees_data = user.may(Page.DATA)
    counts = [
        (len(changes.late), "late", with_query(REQUEST_LIST, status="late")),
        (changes.rejected or 0, "rejected", with_query(RUNS, tampil="tolakan") if sees_data else None),
        (changes.incidents or 0, "incidents", SARPRAS if user.may(Page.SARPRAS) else None),
        (changes.corrected, "corrected", CORRECTIONS if sees_data else None),
        (changes.restated or 0, "restated", REPORTS),
    ]
    return [html.Li(_count(count, name, href)) for count, name, href in counts if count]


def _count(count: int, name: str, href: str | None) -> Component:
    words = html.Span([html.Strong(fmt().number(count)), f" {t(f'summary.changed_{name}', n=count)}"])
    return link([words, icon("chevron-right")], href) if href else html.Div(words, className="summary-count")


def _late(step: LateStep) -> Component:
    title = html.Span(step.title or t("case.untitled"), className="intake-file")
    letter = html.Small(f"{letter_name(step.year, step.agenda_number)} · {fmt().moment_short(step.late_at)}")
    return link(
        [html.Span([title, letter]), pill(Tone.LATE, "x-lg", step.step)], request_address(step.year, step.agenda_number)
    )


def waiting_panel(office: Office, user: Account) -> Component | None:
    """What waits on the Data page, for those who keep the data."""
    if not user.may(Page.DATA, May.DO):
        return None
    return panel(open_work(office, user), title=t("summary.waiting"), class_name="intake-attention")
