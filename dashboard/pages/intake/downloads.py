"""Files that the Data page hands out: the rejected rows of a load, and templates to be filled in.

    GET /data/tolakan/<load_id>       the rejected rows in the original's file type, with a column of reasons
    GET /data/templat/<kind>.xlsx     the columns of one kind of records, with choices, notes and examples

The name of a file of rejected rows carries the number of its load, so that the repaired file is recognised.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from flask import Flask, Response, abort

from dashboard.access import Door, Page, door
from dashboard.i18n import sentence
from dashboard.pages.shared.exports import sent
from dashboard.pages.shared.numbers import ADDRESS_NUMBER
from data_access.records import reading
from data_access.records.intake.loads import load_by_id
from data_access.records.intake.views import rejects_page
from etl.extract import Kind
from etl.intake.load_report import rejects_name
from etl.intake.offered.rejects_file import rejects_suffix, write_rejects
from etl.intake.offered.templates import write_template

if TYPE_CHECKING:
    from etl.office import Office


@dataclass(frozen=True)
class _Rejected:
    """One rejected row, as its file is written from."""

    sheet: str | None
    row: int
    message: str
    cells: Mapping[str, str]


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes."""

    @server.get(f"/data/tolakan/<{ADDRESS_NUMBER}:load_id>", endpoint="rejects")
    @door(Door.PAGE, Page.DATA)
    def rejects(load_id: int) -> Response:
        return _rejects(office, load_id)

    @server.get("/data/templat/<kind>.xlsx", endpoint="template")
    @door(Door.PAGE, Page.DATA)
    def template(kind: str) -> Response:
        if kind not in {one.value for one in Kind}:
            abort(404)
        return _template(office, Kind(kind), now())


def _rejects(office: Office, load_id: int) -> Response:
    with reading(office.records) as connection:
        load = load_by_id(connection, load_id)
        rows = rejects_page(connection, load_id, load.counts.rejected, 0) if load else []
    if load is None or not rows:
        abort(404)
    found = [_Rejected(row["sheet"], row["row"], sentence(row["message"]), row["cells"] or {}) for row in rows]
    suffix = rejects_suffix(PurePath(load.file).suffix, found)
    target = io.BytesIO()
    write_rejects(target, suffix, found)
    return sent(target.getvalue(), rejects_name(load_id, load.file, suffix))


def _template(office: Office, kind: Kind, now: int) -> Response:
    today = datetime.fromtimestamp(now, office.zone).date()
    lists = [one for one in office.settings.checklists if one.valid_from <= today]
    newest = max(lists, key=lambda one: one.valid_from, default=None)
    content = write_template(
        kind,
        rooms=[room.name for room in office.settings.rooms],
        items=[item.name for item in newest.items] if newest else [],
    )
    return sent(content, f"templat-{kind}.xlsx")
