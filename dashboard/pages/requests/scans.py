"""Scans of letters: given by Agendaris, seen by the desks that hold the letter, Kadin, and the agency that sent it.

    POST /pindaian            multipart: `berkas`, and `surat` ("2026/21") of a letter that is there   201 {"nama"}
    GET  /pindaian/<name>     the scan, for whoever may see it
    POST /pindaian/<name>/hapus   deletes one that was given by mistake                                200 {}

A refusal is `{"error": sentence}`; what else was typed on the page stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, jsonify, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

from dashboard.access import Door, Page, account, door
from dashboard.access.accounts import Account, entering
from dashboard.access.roles import May
from dashboard.components import button, icon, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.stamps import own_steps
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.undo import letter_numbers
from data_access.records.letters import Scan, scan_named, scans_of
from data_access.roles import Role
from etl.desk.scans import MAX_BYTES, MIME, drop_scan, keep_scan
from etl.extract.texts import letter_named
from etl.figures.requests.detail import Request, request_detail
from etl.figures.requests.work_list import steps_holding
from etl.office import Office

SCAN_PATH = "/pindaian"
_ENVELOPE = 64 * 1_024
_NAME = re.compile(r"[0-9a-f]{32}\.(?:pdf|jpg)")
Reply = Response | tuple[Response, int]


def scan_field(letter: str = "") -> Component:
    """Where a scan is given: of a letter that is being entered, or of one that is there; assets/desk/letters.js sends
    it and says what became of it."""
    words = {f"data-{name}": t(f"scan.{name}") for name in ("sending", "attached", "failed")}
    limits = {"data-max": str(MAX_BYTES), "data-large": t("scan.too_large", most=MAX_BYTES // 1_024**2)}
    pick = button([icon("paperclip"), t("scan.add")], kind="quiet", class_name="scan-pick")
    parts = [pick, html.Span(t("scan.kinds"), className="p-muted"), html.Ul(className="scan-said")]
    return html.Div(parts, className="scan-field", **{"data-scan": letter, **words, **limits})


def may_see_scans(office: Office, user: Account, detail: Request) -> bool:
    """Kadin and Agendaris, the agency of the letter, and whoever holds a step at which it lies."""
    if {Role.KADIN, Role.AGENDARIS} & set(user.roles):
        return True
    if user.role is Role.OPD:
        return detail.request["opd"] == (office.opd_names.one(user.opd or "") or user.opd)
    own = own_steps(office, user)
    return any(step in own for step in steps_holding(office, int(detail.request["request_id"]), detail.as_of))


def scans_panel(office: Office, detail: Request, user: Account) -> Component | None:
    """The scans of a letter, for those who may see them; Agendaris adds more."""
    if not may_see_scans(office, user, detail):
        return None
    with reading(office.records) as connection:
        kept = scans_of(connection, int(detail.request["request_id"]))
    is_giver = Role.AGENDARIS in user.roles
    if not kept and not is_giver:
        return None
    request_ = detail.request
    field = scan_field(f"{request_['year']}/{request_['agenda_number']}") if is_giver else None
    return panel(_list(kept, may_remove=is_giver), field, title=t("scan.title"), class_name="no-print")


def _list(kept: Sequence[Scan], *, may_remove: bool) -> Component | None:
    if not kept:
        return None
    lines = [
        html.Li([_way(number, scan), _removal(number, scan) if may_remove else None])
        for number, scan in enumerate(kept, start=1)
    ]
    return html.Ul(lines, className="scan-list")


def _way(number: int, scan: Scan) -> Component:
    size = f"{fmt().number(max(scan.bytes // 1_024, 1))} KB"
    words = t("scan.one", n=number, kind=scan.kind.upper(), size=size)
    return html.A([icon("file-earmark-text"), f" {words}"], href=f"{SCAN_PATH}/{scan.file}", target="_blank")


def _removal(number: int, scan: Scan) -> Component:
    """The question before a scan is deleted; assets/desk/letters.js sends the answer."""
    said = {"data-scan-remove": f"{SCAN_PATH}/{scan.file}/hapus", "data-failed": t("scan.remove_failed")}
    label = f"{t('scan.remove')}, {number}"
    yes = button(t("scan.remove"), kind="danger", class_name="scan-remove", **said, **{"aria-label": label})
    question = html.Div([html.P(t("scan.remove_sure")), yes, html.P(className="is-late", role="status")])
    return html.Details([html.Summary(t("scan.remove"), className="p-button is-quiet"), question])


def register_files(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes."""

    @server.post(SCAN_PATH, endpoint="scan_give")
    @door(Door.PAGE, Page.SURAT_BARU, May.DO)
    def give() -> Reply:
        try:
            validate_csrf(request.headers.get("X-CSRFToken"))
            request.max_content_length = MAX_BYTES + _ENVELOPE
            return _given(office, account(), now())
        except ValidationError:
            return _refused(t("scan.stale"), 400)
        except RequestEntityTooLarge:
            return _refused(t("scan.too_large", most=MAX_BYTES // 1_024**2), 413)
        except PantauError as refusal:
            return _refused(sentence(refusal), 422)

    @server.get(f"{SCAN_PATH}/<name>", endpoint="scan")
    @door(Door.PAGE, Page.PERMOHONAN, gives="scan_read")
    def show(name: str) -> Response:
        scan = _visible(office, account(), name, now())
        path = office.home.scans / name
        if scan is None or not path.is_file():
            abort(404)
        reply = Response(path.read_bytes(), mimetype=MIME[scan.kind])
        reply.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return reply

    @server.post(f"{SCAN_PATH}/<name>/hapus", endpoint="scan_remove")
    @door(Door.PAGE, Page.SURAT_BARU, May.DO)
    def remove(name: str) -> Reply:
        user = account()
        if _visible(office, user, name, now()) is None:
            return _refused(t("scan.gone"), 404)
        try:
            drop_scan(office, name, user.name, now())
        except PantauError as refusal:
            return _refused(sentence(refusal), 422)
        return jsonify({}), 200

    # The token comes in a header and is checked before the file is read.
    server.extensions["csrf"].exempt(give)


def _given(office: Office, user: Account, now: int) -> Reply:
    file = request.files.get("berkas")
    if file is None:
        return _refused(t("scan.nothing"), 400)
    request_id = None
    if name := request.form.get("surat", ""):
        named = letter_named(name)
        detail = request_detail(office, *named, now) if named is not None else None
        if detail is None:
            return _refused(t("ask.no_request"), 404)
        request_id = int(detail.request["request_id"])
    content = file.read()
    file.close()
    scan = keep_scan(office, content, request_id, user.name, entering(user, Role.AGENDARIS), now)
    return jsonify({"nama": scan.file}), 201


def _visible(office: Office, user: Account, name: str, now: int) -> Scan | None:
    """The scan of that name, if this user may see it; one without a letter only who gave it."""
    if _NAME.fullmatch(name) is None:
        return None
    with reading(office.records) as connection:
        scan = scan_named(connection, name)
        if scan is None or scan.request_id is None:
            return scan if scan is not None and scan.actor == user.name else None
        number = letter_numbers(connection, [scan.request_id])
    year, key = int(number["year"].iloc[0]), str(number["agenda_key"].iloc[0])
    detail = request_detail(office, year, key, now, opd=user.opd_filter)
    return scan if detail is not None and may_see_scans(office, user, detail) else None


def _refused(words: str, status: int) -> tuple[Response, int]:
    return jsonify({"error": words}), status
