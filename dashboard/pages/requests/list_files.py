"""The list of requests as a file: all that fit what the address asks for, in its order, with its columns.

GET /permohonan/unduh.xlsx?…      what the file is about, then the list; up to so many requests
GET /permohonan/unduh.csv?…       the list alone, of any length, sent part by part
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request, stream_with_context

from dashboard.access import Door, Page, account, door
from dashboard.access.accounts import Account
from dashboard.components.tables import Column, sheet
from dashboard.i18n import fmt, t
from dashboard.pages.requests.columns import column_head, known, state_words
from dashboard.pages.requests.controls import order_words, told
from dashboard.pages.requests.filter import ListColumn, RequestFilter, read_filter, requests_page
from dashboard.pages.requests.views import usual_columns
from dashboard.pages.shared.exports import as_csv, as_xlsx, export_links, sent
from dashboard.pages.shared.invented import is_invented
from dashboard.pages.shared.page_request import office_today
from etl.domain.sop.versions import SopVersion
from etl.domain.units import MINUTE, day_date
from etl.extract.texts import letter_name
from etl.figures.filter import FilterError
from etl.office import Office
from etl.sheet_files import Cell, Sheet

PATH = "/permohonan/unduh"
MOST_IN_A_WORKBOOK = 50_000
"""Requests in a workbook, which is made in memory; a CSV takes any number."""

PART = 20_000
"""Requests that are read at once."""

Rows = Iterator[Any]
Value = Callable[[Any], Cell]


def links(filter_: RequestFilter, total: int) -> Component | None:
    """The ways to the files of a list that holds anything."""
    query = {name: value for name, value in filter_.query.items() if name != "hal"}
    return html.Div(export_links(PATH, query), className="cases-files no-print") if total else None


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes of both files."""

    @server.get(f"{PATH}.<kind>", endpoint="cases_file")
    @door(Door.PAGE, Page.PERMOHONAN, gives="export")
    def cases_file(kind: str) -> Response:
        if kind not in ("xlsx", "csv"):
            abort(404)
        return _file(office, now(), account(), kind)


def _file(office: Office, at: int, user: Account, kind: str) -> Response:
    filter_ = _asked(office, at, user)
    first, total = _part(office, filter_, at, user, 1)
    return _csv(office, filter_, at, user, first) if kind == "csv" else _workbook(office, filter_, at, user, total)


def _asked(office: Office, at: int, user: Account) -> RequestFilter:
    query = {name: value for name, value in request.args.items() if name != "hal"}
    return read_filter(query, office_today(office, at), usual_columns(office, user))


def _part(office: Office, filter_: RequestFilter, at: int, user: Account, part: int) -> tuple[pd.DataFrame, int]:
    """So many rows of the list at once, and how many there are in all."""
    rows, _ = requests_page(office, replace(filter_, page=part), at, user, size=PART)
    return rows, int(rows.attrs["total"])


def _parts(office: Office, filter_: RequestFilter, at: int, user: Account, total: int) -> Rows:
    """All rows of the list."""
    for part in range(1, -(-total // PART) + 1):
        yield from _part(office, filter_, at, user, part)[0].itertuples()


def _workbook(office: Office, filter_: RequestFilter, at: int, user: Account, total: int) -> Response:
    if total > MOST_IN_A_WORKBOOK:
        f = fmt()
        raise FilterError("cases.too_many", count=f.number(total), most=f.number(MOST_IN_A_WORKBOOK))
    columns = _columns(filter_, office.sop.current())
    rows = _parts(office, filter_, at, user, total)
    return sent(as_xlsx([_about(filter_, total, at), sheet(t("cases.title"), columns, rows)]), _name(at, "xlsx"))


def _csv(office: Office, filter_: RequestFilter, at: int, user: Account, first: pd.DataFrame) -> Response:
    """The list part by part: a reader that goes away ends it, and no part is larger than the first."""
    columns, total = _columns(filter_, office.sop.current()), int(first.attrs["total"])

    def parts() -> Iterator[bytes]:
        yield as_csv(sheet("", columns, first.itertuples()))
        for part in range(2, -(-total // PART) + 1):
            rows, _ = _part(office, filter_, at, user, part)
            yield _without_head(as_csv(sheet("", columns, rows.itertuples())))

    reply = Response(stream_with_context(parts()), mimetype="text/csv; charset=utf-8")
    reply.headers["Content-Disposition"] = f'attachment; filename="{_name(at, "csv")}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _without_head(part: bytes) -> bytes:
    """The rows alone of a later part."""
    return part[part.index(b"\r\n") + 2 :]


def _name(at: int, kind: str) -> str:
    """ "permohonan-2026-06-30.xlsx"; of invented records it says so."""
    invented = f"-{t('cases.file_invented')}" if is_invented() else ""
    return f"{t('cases.file_name')}{invented}-{fmt().local(at):%Y-%m-%d}.{kind}"


def _about(filter_: RequestFilter, total: int, at: int) -> Sheet:
    """What the list is of."""
    rows: list[tuple[Cell, ...]] = [
        (t("word.page"), t("cases.title")),
        (t("cases.file_filters"), " · ".join(told(filter_)) or t("cases.file_no_filter")),
        (t("cases.filter_urut"), order_words(filter_)),
        (t("cases.file_count"), total),
        (t("room.file_as_of"), fmt().moment(at)),
        (t("word.rule"), t("cases.file_rule")),
    ]
    rows += [(t("cases.file_records"), t("cases.file_is_invented"))] if is_invented() else []
    return Sheet(t("sla.export_about"), (t("sla.export_name"), t("sla.export_value")), tuple(rows))


def _columns(filter_: RequestFilter, sop: SopVersion) -> Sequence[Column[Any]]:
    """The columns of the screen as a spreadsheet has them: lengths in minutes, moments as such, a word a column; of
    invented records each row says that it is one."""
    parts = {
        ListColumn.AGENDA: (_one("agenda", lambda row: letter_name(row.year, row.agenda_number)),),
        ListColumn.RECEIVED: (_one("received", lambda row: _moment(row.received_at, row.received_on)),),
        ListColumn.OPD: (_one("opd", lambda row: row.opd),),
        ListColumn.ACTIVITY: (
            _one("file_activity", lambda row: known(row.activity)),
            _one("file_subject", lambda row: known(row.subject)),
        ),
        ListColumn.ROOM: (_one("room", lambda row: known(row.room)),),
        ListColumn.EVENT: (_one("event", lambda row: _moment(row.booked_start_at, row.booked_start_on)),),
        ListColumn.POSITION: (
            _one("position", lambda row: known(row.at_step)),
            _one("filter_pemegang", lambda row: known(row.holder)),
        ),
        ListColumn.DUE: (_one("due", lambda row: _moment(row.due_at, None)),),
        ListColumn.VERDICT: (
            *_of_step(filter_),
            _one("verdict", lambda row: ", ".join(state_words(row, sop))),
        ),
        ListColumn.OVER: (
            _minutes(ListColumn.OVER, filter_, lambda row: row.over_seconds),
            _one("file_over_step", lambda row: known(row.over_step)),
        ),
        ListColumn.TOOK: (_minutes(ListColumn.TOOK, filter_, lambda row: row.took_seconds),),
    }  # fmt: skip
    invented = [_one("file_records", lambda _: t("cases.file_is_invented"))] if is_invented() else []
    return [*(part for column in filter_.columns for part in parts[column]), *invented]


def _of_step(filter_: RequestFilter) -> Sequence[Column[Any]]:
    """The verdict of the one step asked for."""
    if filter_.measured is None:
        return ()
    head = column_head(ListColumn.VERDICT, filter_)
    return (Column("verdict_of", head, value=_step_verdict),)


def _step_verdict(row: Any) -> str | None:
    return t(f"verdict.{row.step_verdict}") if known(row.step_verdict) else None


def _one(key: str, value: Value) -> Column[Any]:
    return Column(key, t(f"cases.{key}"), value=value)


def _minutes(column: ListColumn, filter_: RequestFilter, seconds: Callable[[Any], Any]) -> Column[Any]:
    """A length of time in minutes, to two decimals."""
    head = t("cases.file_minutes", column=column_head(column, filter_))
    return Column(column.key, head, value=lambda row: None if pd.isna(seconds(row)) else seconds(row) / MINUTE)


def _moment(at: Any, on: Any) -> Cell:
    """A moment on the office's clock, or its day where no clock time is known."""
    if not pd.isna(at):
        return fmt().local(int(at)).replace(tzinfo=None)
    return None if on is None or pd.isna(on) else day_date(int(on))
