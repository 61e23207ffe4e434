"""The rows behind a figure: steps of letters, and whole letters, each leading to the letter and to its days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import link, request_pill, verdict_pill
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import READY, request_address, why_request_step
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import STEP_CODES, Reason, StartRule, Verdict
from etl.figures.compliance.evidence import Figure

_COLUMNS = {
    Figure.REQUESTS: ("received", "ready", "length", "verdict", "deciding"),
    Figure.READY: ("received", "ready", "length", "verdict", "deciding", "days"),
    Figure.EVENT: ("received", "ready_at", "event", "verdict"),
}
_HEADS = {
    "received": "why.received",
    "ready": "why.ready",
    "ready_at": "why.ready",
    "event": "why.event",
    "length": "case.col_elapsed",
    "verdict": "case.col_verdict",
    "deciding": "why.deciding",
    "days": "word.why",
}


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[html.Tr]) -> Component:
    cells = [html.Th(words, scope="col", className=name) for words, name in heads]
    drawn = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="p-table why-rows")
    return html.Div(drawn, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("why.rows_title")})


def _cells(heads: Sequence[tuple[str, str]], values: Sequence[Any]) -> list[html.Td]:
    """The cells after the first; on a phone each under the words of its column."""
    return [
        html.Td(value, className=name, **{"data-label": words})
        for (words, name), value in zip(heads[1:], values, strict=True)
    ]


def steps_table(rows: Any, sop: SopVersion, first: int, *, is_mixed: bool, has_wait: bool = False) -> Component:
    """One row per step of a letter: from when to when, how long, against which target, what was said of it.

    `first`: the number of the first row; `is_mixed`: they are of several steps, so each names its own; `has_wait`:
    the time between hand-over and start stands beside the work.
    """
    f = fmt()
    heads = [
        (t("why.letter"), ""),
        *([(t("word.step"), "")] if is_mixed else []),
        (t("case.col_start"), ""),
        (t("case.col_finish"), ""),
        *([(t("why.waiting"), "num")] if has_wait else []),
        (t("case.col_elapsed"), "num"),
        (t("case.col_standard"), "num"),
        (t("case.col_verdict"), ""),
        (t("word.why"), ""),
    ]
    drawn = []
    for number, row in enumerate(_plain(rows), start=first):
        code = STEP_CODES[row["step"]]
        values = [
            *([f"{code} {sop.step(code).short_name}"] if is_mixed else []),
            _start(row),
            _finish(row),
            *([f.duration(row["waiting_seconds"])] if has_wait else []),
            f.duration(row["elapsed_seconds"]),
            f.duration(row["target_seconds"]),
            [verdict_pill(row["verdict"]), *_reason(row["reason"])],
            link(t("why.day_by_day"), why_request_step(row["year"], row["agenda_number"], code), "why-more"),
        ]
        drawn.append(html.Tr([_letter(row, number), *_cells(heads, values)]))
    return _table(heads, drawn)


def _plain(rows: Any) -> list[dict[str, Any]]:
    """The rows as dictionaries with None for what is not known."""
    return rows.astype(object).where(rows.notna(), None).to_dict("records")  # type: ignore[no-any-return]


def _letter(row: Mapping[str, Any], number: int) -> html.Th:
    name = link(
        f"{row['year']}/{row['agenda_number']}", request_address(row["year"], row["agenda_number"]), "cases-link"
    )
    place = html.Span(f"{fmt().number(number)}.", className="why-number")
    return html.Th([place, name, html.Div(row["opd"] or t("word.none"), className="p-muted")], scope="row")


def _start(row: Mapping[str, Any]) -> list[Component | str]:
    if row["started_at"] is None:
        return [t("word.none")]
    rule = StartRule.of(row["start_rule"] or 0)
    return [fmt().moment_short(row["started_at"]), html.Div(t(f"start.{rule}"), className="p-muted")]


def _finish(row: Mapping[str, Any]) -> str:
    f = fmt()
    if row["finished_at"] is not None:
        return f.moment_short(row["finished_at"])
    if row["finished_on"] is not None:
        return t("case.date_only", day=f.date_short(int(row["finished_on"])))
    if Verdict.of(row["verdict"]) is Verdict.OVERDUE:
        return t("why.due_passed", moment=f.moment_short(row["due_at"]))
    return t("word.none")


def _reason(code: int | None) -> list[Component]:
    reason = Reason.of(code or 0)
    return [] if reason is Reason.NONE else [html.Div(t(f"reason.{reason}"), className="p-muted")]


def letters_table(rows: Any, figure: Figure, first: int) -> Component:
    """One row per letter; its columns are those that the figure is made of. `first`: the number of the first row."""
    columns = _COLUMNS[figure]
    heads = [(t("why.letter"), ""), *((t(_HEADS[name]), "num" if name == "length" else "") for name in columns)]
    drawn = [
        html.Tr([_letter(row, number), *_cells(heads, [_letter_value(row, name) for name in columns])])
        for number, row in enumerate(_plain(rows), start=first)
    ]
    return _table(heads, drawn)


def _letter_value(row: Mapping[str, Any], name: str) -> Any:
    f = fmt()
    values: dict[str, Callable[[], Any]] = {
        "received": lambda: f.moment_short(row["received_at"]),
        "ready": lambda: f.date_short(int(row["ready_on"])),
        "ready_at": lambda: _stamp(row["ready_on"], row["ready_at"]),
        "event": lambda: _stamp(row["booked_start_on"], row["booked_start_at"]),
        "length": lambda: f.duration(row["ready_seconds"]),
        "verdict": lambda: request_pill(row["ready_verdict"]),
        "deciding": lambda: _deciding(row),
        "days": lambda: link(
            t("why.day_by_day"), why_request_step(row["year"], row["agenda_number"], READY), "why-more"
        ),
    }
    return values[name]()


def _stamp(on: int | None, at: int | None) -> str:
    """A moment, or a day without a clock time."""
    f = fmt()
    if at is not None:
        return f.moment_short(at)
    return t("word.none") if on is None else t("case.date_only", day=f.date_short(int(on)))


def _deciding(row: Mapping[str, Any]) -> list[Component | str]:
    """Ways to the steps that made a letter late, or unknown."""
    late = [_step_link(row, code) for code in row["late_steps"].split()]
    unknown = [_step_link(row, code) for code in row["unknown_steps"].split()]
    lines = [(t("why.late_steps"), late), (t("why.unknown_steps"), unknown)]
    return [html.Div([f"{words} ", *links]) for words, links in lines if links] or [t("why.all_met")]


def _step_link(row: Mapping[str, Any], code: str) -> Component:
    return link(code, why_request_step(row["year"], row["agenda_number"], code), "why-code")
