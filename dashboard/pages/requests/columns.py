"""The columns of the list of requests: where each is, who holds the next step, until when, how late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import link
from dashboard.components.status import Tone, pill, pill_word, request_pill, verdict_pill
from dashboard.components.tables import Column, Sorting, table
from dashboard.i18n import fmt, t
from dashboard.pages.requests.filter import LARGEST_FIRST, USUAL, ListColumn, RequestFilter, written_order
from dashboard.pages.shared.links import request_address
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import OVER, RequestVerdict, Verdict
from etl.extract.texts import letter_name

_VERDICTS = {verdict.value for verdict in Verdict}
_AWAITING = (Verdict.ON_TRACK, Verdict.AT_RISK)
"""Words of a running step with a limit: without a due moment it stands still until the agency answers."""


def nowhere_pill() -> html.Span:
    """Of a request that is not ready and on no desk that was recorded: it would say too much that it is under way."""
    return pill(Tone.MUTED, "question-circle", t("cases.nowhere"), t("cases.nowhere_hint"))


def undecided_pill() -> html.Span:
    """Of a request at the approving step, handed on or not, that nobody has approved or refused."""
    return pill(Tone.NEAR, "hourglass-split", t("cases.undecided"), t("cases.undecided_hint"))


def at_opd_pill() -> html.Span:
    """Of a letter that was returned to its agency."""
    return pill(Tone.MUTED, "question-circle", t("summary.at_opd"), t("summary.at_opd_hint"))


def requests_table(
    rows: pd.DataFrame,
    sop: SopVersion,
    as_of: int,
    taps: Mapping[int, Sequence[Component]] | None = None,
    filter_: RequestFilter | None = None,
) -> html.Div:
    """One row per request; the agenda number leads to its page. `taps`: by request_id the buttons of who looks.
    `filter_`: whose columns are shown, and ordered by their headings."""
    columns = list_columns(sop, as_of, taps or {}, filter_)
    shown = [columns[column] for column in (filter_.columns if filter_ else USUAL)]
    return table(t("cases.title"), shown, rows.itertuples(), "cases-table")


def list_columns(
    sop: SopVersion, as_of: int, taps: Mapping[int, Sequence[Component]], filter_: RequestFilter | None
) -> dict[ListColumn, Column[Any]]:
    """All columns that the list can have."""
    cells: dict[ListColumn, Callable[[Any], Any]] = {
        ListColumn.AGENDA: _number,
        ListColumn.RECEIVED: _received,
        ListColumn.OPD: lambda row: html.Div(row.opd, className="cases-agency", title=_whole(row.opd)),
        ListColumn.ACTIVITY: _activity,
        ListColumn.ROOM: lambda row: _text(row.room),
        ListColumn.EVENT: _event,
        ListColumn.POSITION: lambda row: _position(row, sop, taps.get(int(row.request_id), ())),
        ListColumn.DUE: lambda row: _due(row, as_of),
        ListColumn.VERDICT: lambda row: _verdict(row, sop, filter_),
        ListColumn.OVER: lambda row: _over(row, sop, filter_),
        ListColumn.TOOK: lambda row: _length(row.took_seconds),
    }
    return {
        column: Column(
            column.key,
            column_head(column, filter_),
            cell,
            class_name=f"cases-{column.key}",
            is_name=column is ListColumn.AGENDA,
            sorting=sorting(column, filter_) if filter_ else None,
        )
        for column, cell in cells.items()
    }


def column_head(column: ListColumn, filter_: RequestFilter | None) -> str:
    """The words of a heading; verdict, lateness and duration name the step that they are of."""
    step = filter_.measured if filter_ else None
    if step and column in (ListColumn.VERDICT, ListColumn.OVER, ListColumn.TOOK):
        return t(f"cases.{column.key}_of", step=step)
    return t(f"cases.{column.key}")


def sorting(column: ListColumn, filter_: RequestFilter) -> Sorting:
    """How a press on the heading orders the list, and how it is ordered now."""
    order = filter_.order
    if order is None or order.column != column.key:
        return Sorting(filter_.address(urut=written_order(column, column in LARGEST_FIRST), hal=None))
    other_way = filter_.address(urut=written_order(column, not order.is_descending), hal=None)
    return Sorting(other_way, "descending" if order.is_descending else "ascending")


def _number(row: Any) -> Component:
    return link(letter_name(row.year, row.agenda_number), request_address(row.year, row.agenda_number), "cases-link")


def known(value: Any) -> Any:
    """A value of a row; None for none."""
    return None if pd.isna(value) else value


def _received(row: Any) -> list[Component | str]:
    f = fmt()
    at = known(row.received_at)
    day = f.date_short(int(row.received_on))
    return [day] if at is None else [f"{day} ", html.Span(f.clock(int(at)), className="p-muted")]


def _activity(row: Any) -> list[Component]:
    activity, subject = known(row.activity), known(row.subject)
    name = activity or subject or t("word.none")
    lines = [html.Div(name, className="cases-what", title=_whole(name))]
    if activity and subject and activity.casefold() not in subject.casefold():
        lines.append(html.Div(subject, className="p-muted cases-subject", title=_whole(subject)))
    return lines


_SHORT = 60
"""Characters that surely stand in three lines, more than which are cut."""


def _whole(text: Any) -> str | None:
    """The whole text of what the table may cut."""
    return text if isinstance(text, str) and len(text) > _SHORT else None


def _position(row: Any, sop: SopVersion, taps: Sequence[Component]) -> list[Component | str]:
    """Where the request is and who holds the next step; one tap for who does."""
    at_step, holder = known(row.at_step), known(row.holder)
    buttons = [html.Div(list(taps), className="cases-stamps no-print")] if taps else []
    if at_step is None:
        return [html.Span(t("word.none"), className="p-muted cases-none"), *buttons]
    codes = at_step.split(", ")
    names = " · ".join(f"{code} {sop.step(code).short_name}" for code in codes)
    return [html.Div(names, className="cases-step"), html.Div(holder or "", className="p-muted"), *buttons]


def _due(row: Any, as_of: int) -> Component | str:
    """When the next step is due: the clock alone for today."""
    f, due = fmt(), known(row.due_at)
    if due is None and row.verdict in _AWAITING:
        return html.Span(t("case.awaits_opd"), className="p-muted")
    if due is None:
        return html.Span(t("word.none"), className="p-muted cases-none")
    is_today = f.local(int(due)).date() == f.local(as_of).date()
    words = t("cases.today", clock=f.clock(int(due))) if is_today else f.moment_short(int(due))
    return html.Span(words, className="is-late" if due < as_of else "")


def _text(value: Any) -> Component | str:
    there = known(value)
    return html.Span(t("word.none"), className="p-muted cases-none") if there is None else str(there)


def _event(row: Any) -> Component | str:
    """When the event begins; the day alone where no hour is known."""
    day, at = known(row.booked_start_on), known(row.booked_start_at)
    if day is None:
        return _text(None)
    return fmt().date_short(int(day)) if at is None else fmt().moment_short(int(at))


def _length(seconds: Any) -> Component | str:
    there = known(seconds)
    return _text(None) if there is None else fmt().duration_short(int(there))


def _over(row: Any, sop: SopVersion, filter_: RequestFilter | None) -> list[Component | str] | Component | str:
    """By how much the worst step went over its standard, and which it was where several may be."""
    if known(row.over_seconds) is None:
        return _text(None)
    shown: list[Component | str] = [html.Span(_length(row.over_seconds), className="is-late")]
    if filter_ is None or filter_.measured is None:
        shown.append(html.Div(f"{row.over_step} {sop.step(row.over_step).short_name}", className="p-muted cases-late"))
    return shown


def _verdict(row: Any, sop: SopVersion, filter_: RequestFilter | None) -> list[Component]:
    """Its state; what else has to be known in small. Where one step is asked for, that of the step, and below it the
    state of the letter."""
    step = filter_.measured if filter_ else None
    if step and known(row.step_verdict):
        whole = t("cases.of_letter", state=" · ".join(state_words(row, sop)) or t("word.none"))
        return [verdict_pill(Verdict(row.step_verdict)), html.Div(whole, className="p-muted cases-late")]
    late = html.Div(t("cases.late_steps", n=int(row.late_steps)), className="p-muted cases-late")
    return [*_state(row, sop), *([late] if row.late_steps else [])]


def state_words(row: Any, sop: SopVersion) -> list[str]:
    """What the column of the state says, in words alone."""
    late = [t("cases.late_steps", n=int(row.late_steps))] if row.late_steps else []
    return [*map(pill_word, _state(row, sop)), *late]


def _state(row: Any, sop: SopVersion) -> list[html.Span]:
    """The worst running step, or the request as a whole, and what somebody has to do about it."""
    shown, is_over = [], row.status in OVER
    if is_over:
        shown.append(pill(Tone.MUTED, "slash-circle", t(f"status.{row.status}")))
    if row.at_step == sop.step_with(Meaning.RECEIVED) and row.verdict == Verdict.UNMEASURABLE:
        shown.append(at_opd_pill())
    elif row.verdict in _VERDICTS:
        shown.append(verdict_pill(Verdict(row.verdict)))
    elif row.verdict == RequestVerdict.RUNNING:
        shown += [] if known(row.at_step) else [nowhere_pill()]
    elif not ((row.needs_closing or is_over) and row.verdict == RequestVerdict.UNKNOWN):
        shown.append(request_pill(RequestVerdict(row.verdict)))
    if row.is_undecided:
        shown.append(undecided_pill())
    if row.needs_closing:
        shown.append(pill(Tone.NEAR, "box-arrow-in-down", t("cases.needs_closing")))
    return shown
