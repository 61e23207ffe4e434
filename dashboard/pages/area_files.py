"""Files of the pages of rooms, participants and facilities: what is on the screen, as XLSX or CSV.

GET /ruang/unduh.xlsx?dari=…&sampai=…&opd=…&ruang=…      all tables of the page, what they are about first
GET /ruang/unduh.csv?…                                   the lines of bookings and sessions
GET /sarpras/unduh.xlsx?…  .csv?…                        all tables of the page; as CSV below each other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.access.accounts import account
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.facilities.page import sarpras_of
from dashboard.pages.facilities.sheets import sarpras_sheets
from dashboard.pages.people.page import people_of
from dashboard.pages.people.sheets import people_sheets
from dashboard.pages.rooms.sheets import lines_sheet, room_sheets
from dashboard.pages.rooms.view import rooms_view
from dashboard.pages.shared.exports import as_csv, as_one_csv, as_xlsx, sent
from data_access.errors import PantauError
from etl.figures.rooms.diary import RoomsFilter
from etl.sheet_files import Sheet

if TYPE_CHECKING:
    from etl.office import Office

KINDS = ("xlsx", "csv")


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes."""

    @server.get("/ruang/unduh.<kind>", endpoint="rooms_file")
    @door(Door.PAGE, Page.RUANG)
    def rooms(kind: str) -> Response:
        if kind not in KINDS:
            abort(404)
        return _rooms(office, kind, request.args.to_dict(), now(), account().opd_filter)

    @server.get("/peserta/unduh.<kind>", endpoint="people_file")
    @door(Door.PAGE, Page.PESERTA)
    def people(kind: str) -> Response:
        if kind not in KINDS:
            abort(404)
        return _people(office, kind, request.args.to_dict(), now(), account().opd_filter)

    @server.get("/sarpras/unduh.<kind>", endpoint="sarpras_file")
    @door(Door.PAGE, Page.SARPRAS)
    def sarpras(kind: str) -> Response:
        if kind not in KINDS:
            abort(404)
        return _sarpras(office, kind, request.args.to_dict(), now())


def _sarpras(office: Office, kind: str, query: Mapping[str, str], now: int) -> Response:
    try:
        figures, faults = sarpras_of(office, query, now)
    except PantauError as error:
        abort(400, sentence(error))
    asked = RoomsFilter(figures.period, figures.opd, figures.room)
    told = about(t("sarpras.title"), asked, now, t("sarpras.rule"))
    sheets = [told, *sarpras_sheets(office, figures, faults, now)]
    content = as_one_csv(sheets) if kind == "csv" else as_xlsx(sheets)
    return sent(content, file_name(t("sarpras.file_name"), asked, kind))


def _people(office: Office, kind: str, query: Mapping[str, str], now: int, own_opd: str | None) -> Response:
    try:
        figures = people_of(office, query, now, own_opd)
    except PantauError as error:
        abort(400, sentence(error))
    sheets, name = people_sheets(figures), file_name(t("people.file_name"), figures.filter, kind)
    if kind == "csv":
        return sent(as_csv(sheets[0]), name)
    told = about(t("people.title"), figures.filter, figures.as_of, t("people.rule"))
    return sent(as_xlsx([told, *sheets]), name)


def _rooms(office: Office, kind: str, query: Mapping[str, str], now: int, own_opd: str | None) -> Response:
    try:
        view = rooms_view(office, query, now, own_opd)
    except PantauError as error:
        abort(400, sentence(error))
    name = file_name(t("room.file_name"), view.asked, kind)
    if kind == "csv":
        return sent(as_csv(lines_sheet(view)), name)
    return sent(as_xlsx([about(t("room.title"), view.asked, view.as_of, t("room.rule")), *room_sheets(view)]), name)


def file_name(stem: str, asked: RoomsFilter, kind: str) -> str:
    """ "ruang-2026-06-01-2026-06-30.xlsx"."""
    return f"{stem}-{asked.period.first}-{asked.period.last}.{kind}"


def about(title: str, asked: RoomsFilter, as_of: int, rule: str) -> Sheet:
    """What a file says of itself."""
    f = fmt()
    rows = (
        (t("word.page"), title),
        (t("word.period"), f.period(asked.period.first, asked.period.last)),
        (t("word.opd"), asked.opd or t("word.all_opd")),
        (t("word.room"), asked.room or t("word.all_rooms")),
        (t("room.file_as_of"), f.moment(as_of)),
        (t("word.rule"), rule),
    )
    return Sheet(t("sla.export_about"), (t("sla.export_name"), t("sla.export_value")), rows)
