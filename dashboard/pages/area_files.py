"""Files of the pages of rooms, participants and facilities: what is on the screen, as XLSX or CSV.

GET /ruang/unduh.xlsx?dari=…&sampai=…&opd=…&ruang=…      all tables of the page, what they are about first
GET /ruang/unduh.csv?…                                   the lines of bookings and sessions
GET /peserta/unduh.xlsx?…  .csv?…                        all tables of the page; as CSV participants by month
GET /sarpras/unduh.xlsx?…  .csv?…                        all tables of the page; as CSV below each other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.access.accounts import account
from dashboard.i18n import fmt, t
from dashboard.pages import people
from dashboard.pages.facilities import page as facilities
from dashboard.pages.facilities.view import facilities_view
from dashboard.pages.people import months_sheet, people_sheets
from dashboard.pages.rooms import page as rooms
from dashboard.pages.rooms.tables import lines_sheet
from dashboard.pages.rooms.view import rooms_view
from dashboard.pages.shared.exports import as_csv, as_one_csv, as_xlsx, sent
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office
from etl.sheet_files import Sheet

KINDS = ("xlsx", "csv")


@dataclass(frozen=True)
class AreaFiles:
    """The files of a page: who may have them, where they are, and their sheets.

    `prefix`: of the messages with its title, its rule and the name of its files. `view`: what an address comes to, with
    its `filter` and the moment `as_of`. `csv`: the one sheet of a CSV; None: all of them below each other.
    """

    page: Page
    path: str
    prefix: str
    view: Callable[[Office, Mapping[str, str], int, str | None], Any]
    sheets: Callable[[Any], list[Sheet]]
    csv: Callable[[Any], Sheet] | None = None


AREAS = (
    AreaFiles(Page.RUANG, rooms.EXPORT, rooms.PREFIX, rooms_view, rooms.room_sheets, lines_sheet),
    AreaFiles(Page.PESERTA, people.EXPORT, people.PREFIX, people.people_of, people_sheets, months_sheet),
    AreaFiles(Page.SARPRAS, facilities.EXPORT, facilities.PREFIX, facilities_view, facilities.facilities_sheets),
)


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route of each page."""
    for area in AREAS:
        _register(server, area, office, now)


def _register(server: Flask, area: AreaFiles, office: Office, now: Callable[[], int]) -> None:
    @server.get(f"{area.path}.<kind>", endpoint=f"{area.prefix}_file")
    @door(Door.PAGE, area.page, gives="export")
    def file(kind: str) -> Response:
        if kind not in KINDS:
            abort(404)
        view = area.view(office, request.args.to_dict(), now(), account().opd_filter)
        name = file_name(t(f"{area.prefix}.file_name"), view.filter, kind)
        return sent(_content(area, view, kind), name)


def _content(area: AreaFiles, view: Any, kind: str) -> bytes:
    if kind == "csv" and area.csv is not None:
        return as_csv(area.csv(view))
    sheets = [about(t(f"{area.prefix}.title"), view.filter, view.as_of, t(f"{area.prefix}.rule")), *area.sheets(view)]
    return as_one_csv(sheets) if kind == "csv" else as_xlsx(sheets)


def file_name(stem: str, filter_: RoomsFilter, kind: str) -> str:
    """ "ruang-2026-06-01-2026-06-30.xlsx"."""
    return f"{stem}-{filter_.period.first}-{filter_.period.last}.{kind}"


def about(title: str, filter_: RoomsFilter, as_of: int, rule: str) -> Sheet:
    """What a file says of itself."""
    f = fmt()
    rows = (
        (t("word.page"), title),
        (t("word.period"), f.period(filter_.period.first, filter_.period.last)),
        (t("word.opd"), filter_.opd or t("word.all_opd")),
        (t("word.room"), filter_.room or t("word.all_rooms")),
        (t("room.file_as_of"), f.moment(as_of)),
        (t("word.rule"), rule),
    )
    return Sheet(t("sla.export_about"), (t("sla.export_name"), t("sla.export_value")), rows)
