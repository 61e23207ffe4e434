"""Tables as downloads, in the numbers of the reader's language."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from dash import html
from dash.development.base_component import Component
from flask import Response, send_file

from dashboard.components import icon, with_query
from dashboard.i18n import Language, current_language, t
from etl.sheet_files import Sheet, csv_table, write_csv, write_xlsx

_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
}


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one sheet a table."""
    target = io.BytesIO()
    write_xlsx(target, sheets)
    return target.getvalue()


def as_csv(sheet: Sheet) -> bytes:
    """One table."""
    return csv_table(sheet, decimal=_decimal())


def as_one_csv(sheets: Sequence[Sheet]) -> bytes:
    """The tables below each other, each under its name."""
    target = io.BytesIO()
    write_csv(target, sheets, decimal=_decimal())
    return target.getvalue()


def _decimal() -> str:
    return "," if current_language() is Language.INDONESIAN else "."


def sent(content: bytes, name: str) -> Response:
    """A file as a download that no cache keeps."""
    mimetype = _TYPES.get(PurePath(name).suffix, "application/octet-stream")
    reply = send_file(io.BytesIO(content), mimetype, as_attachment=True, download_name=name, max_age=0)
    reply.headers["Cache-Control"] = "no-store"
    return reply


ONE_PAGE = "/satu-halaman.pdf"
"""Behind the path of a page: what it shows as one sheet of A4."""


def one_page_link(page: str, query: Mapping[str, str], **properties: str) -> Component:
    """The way to the sheet of that page for these filters."""
    words, href = [icon("file-earmark-pdf"), html.Span(t("onepage.button"))], with_query(f"{page}{ONE_PAGE}", **query)
    return html.A(words, href=href, download="", className="p-button is-quiet", title=t("onepage.hint"), **properties)


def export_links(path: str, query: Mapping[str, str]) -> list[Component]:
    """Links to what is on the screen as files."""
    return [
        html.A(
            [icon("download"), html.Span(kind.upper())],
            href=with_query(f"{path}.{kind}", **query),
            download="",
            className="p-button is-quiet",
            **{"aria-label": t("room.export_as", kind=kind.upper())},
        )
        for kind in ("xlsx", "csv")
    ]
