"""Routes of the Data page's files: those that are given to it, and those that it hands out.

    POST /data/unggah                  multipart, one or several files    201 {"berkas": [{"token", "nama"}]}
    POST /data/unggah/<token>/simpan   JSON: how to read it               200 {"hasil": [...], "ulang": false}
    POST /data/unggah/<token>/batal                                       200 {}
    GET  /data/tolakan/<load_id>       the rejected rows in the original's file type, with a column of reasons
    GET  /data/templat/<kind>.xlsx     the columns of one kind of records, with choices, notes and examples

A refusal of a given file is `{"error": sentence}`; the file stays where it is, so that it can be tried again. The name
of a file of rejected rows carries the number of its load, so that the repaired file is recognised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from flask import Flask, Response, abort, jsonify, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from wtforms.validators import ValidationError

from dashboard.access import Door, Page, account, door
from dashboard.access.http import json_object
from dashboard.access.roles import May
from dashboard.i18n import sentence, t
from dashboard.pages.intake.offered_file import upload_owner
from dashboard.pages.intake.reading_choice import AD_HOC, Choice, Remember, read_choice, read_remember
from dashboard.pages.shared.exports import sent
from dashboard.pages.shared.page_request import ADDRESS_NUMBER, office_today
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.loads import load_by_id
from data_access.records.intake.views import rejects_page
from etl.desk.settings_edit import keep_source, with_source
from etl.extract import Kind, Refused
from etl.extract.files.readers import MAX_BYTES
from etl.intake.load_report import LoadReport
from etl.intake.offered.fill_in_files import rejects_file, write_template
from etl.intake.offered.uploads import PURGE_SECONDS, Arrivals, StorageFullError, Upload, Uploads
from etl.intake.pipeline import ingest
from etl.office import Office
from etl.settings.document import SourceMap

Reply = Response | tuple[Response, int]

UPLOAD_PATH = "/data/unggah"
MAX_FILES = 20
_ENVELOPE = 64 * 1_024
"""Room for what stands around the files of a request."""

_BUFFER = 1_024 * 1_024
"""The reader of a request may hold so much of it at a time; the files run past it to the disk."""


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes, and delete what was left lying from before."""
    _register_given(server, office, now)
    _register_handed_out(server, office, now)


def _register_given(server: Flask, office: Office, now: Callable[[], int]) -> None:
    uploads = Uploads.of(office.home)
    uploads.purge(now())

    last_look = now()

    @server.before_request
    def purge() -> None:
        """Time passes for lists of persons also while nobody opens this page."""
        nonlocal last_look
        if not 0 <= now() - last_look < PURGE_SECONDS:  # a clock may be put back
            last_look = now()
            uploads.purge(last_look)

    @server.post(UPLOAD_PATH, endpoint="upload")
    @door(Door.PAGE, Page.DATA, May.DO)
    def give() -> Reply:
        uploads.purge(now())
        return _received(uploads, upload_owner(office), now())

    @server.post(f"{UPLOAD_PATH}/<token>/simpan", endpoint="upload_save")
    @door(Door.PAGE, Page.DATA, May.DO)
    def save(token: str) -> Reply:
        if office.is_demo:
            return _refused(t("begin.invented"), 409)
        upload = uploads.find(token, account().id)
        return _gone() if upload is None else _saved(office, upload, json_object(), now(), account().name)

    @server.post(f"{UPLOAD_PATH}/<token>/batal", endpoint="upload_drop")
    @door(Door.PAGE, Page.DATA, May.DO)
    def drop(token: str) -> Reply:
        upload = uploads.find(token, upload_owner(office))
        if upload is not None:
            uploads.drop(upload)
        return jsonify({})

    # The token comes in a header and is checked before the body is read, which may be hundreds of megabytes.
    server.extensions["csrf"].exempt(give)


def _received(uploads: Uploads, owner: int, now: int) -> Reply:
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
        request.max_content_length = MAX_BYTES + _ENVELOPE
        with uploads.arrivals() as arrivals:
            _read_files(arrivals)
            kept = arrivals.keep(owner, now)
    except ValidationError:
        return _refused(t("data.upload_stale"), 400)
    except RequestEntityTooLarge:
        return _refused(t("data.upload_too_big", mb=MAX_BYTES // 1024**2), 413)
    except StorageFullError as full:
        return _refused(sentence(full), 507)
    except (BadRequest, ValueError):
        return _refused(t("data.upload_broken"), 400)
    if not kept:
        return _refused(t("data.upload_nothing"), 400)
    return jsonify({"berkas": [{"token": upload.token, "nama": upload.name} for upload in kept]}), 201


def _read_files(arrivals: Arrivals) -> None:
    """Let the files of the request run to the disk as they come."""

    def place(*_: Any, filename: str | None = None, **__: Any) -> IO[bytes]:
        return arrivals.open(filename or "")

    parser = FormDataParser(stream_factory=place, max_form_memory_size=_BUFFER, max_form_parts=MAX_FILES)
    options = request.mimetype_params
    parser.silent = False
    parser.parse(request.stream, request.mimetype, request.content_length, options)


def _saved(office: Office, upload: Upload, document: dict[str, Any], now: int, actor: str) -> Reply:
    """Load the file once, however often it is asked for."""
    with upload.alone():
        if upload.result is not None:
            return jsonify({"hasil": upload.result, "ulang": True})
        if not upload.is_waiting:
            return _gone()
        try:
            wish = _wish(office, read_choice(document), read_remember(document))
        except PantauError as refusal:
            return _refused(sentence(refusal), 422)
        reports = _load(office, upload, wish, now, actor)
        if any(report.status == "refused" for report in reports):
            return _refused(sentence(reports[0].reason or ""), 422)
        upload.finish([_result(report) for report in reports])
        try:
            _keep_map(office, wish, now, actor)
        except PantauError as refusal:
            return _refused(t("data.map_not_kept", reason=sentence(refusal)), 422)
        return jsonify({"hasil": upload.result, "ulang": False})


@dataclass(frozen=True)
class _Wish:
    """How a file is to be read; `kept` is the map by hand that is to be kept once the file was loaded by it."""

    choice: Choice
    source: str | SourceMap | None
    kept: SourceMap | None
    every: str | None


def _wish(office: Office, choice: Choice, remember: Remember | None) -> _Wish:
    """What was asked for. Raises PantauError when the source is gone, or the map could not be kept as it is."""
    mapped = choice.source_map(office.settings, remember.name if remember else AD_HOC, remember and remember.files)
    if choice.source and mapped is None:
        raise Refused("data.source_gone", name=choice.source)
    if mapped is None or remember is None or not choice.is_mapped:
        return _Wish(choice, choice.source or mapped, None, None)
    with_source(office.settings, mapped, remember.every)
    return _Wish(choice, mapped, mapped, remember.every)


def _load(office: Office, upload: Upload, wish: _Wish, now: int, actor: str) -> tuple[LoadReport, ...]:
    choice = wish.choice
    kind, origin = None if choice.is_mapped else choice.kind, wish.kept.name if wish.kept else None
    given: dict[str, Any] = {"kind": kind, "date_order": choice.orders, "source": wish.source, "origin": origin}
    given["with_hidden"] = choice.with_hidden
    return ingest(office, upload.path, now, **given, actor=actor, name=upload.name)


def _keep_map(office: Office, wish: _Wish, now: int, actor: str) -> None:
    """Keep the map by which the file was loaded: one that was refused leaves nothing. Raises PantauError."""
    if wish.kept is not None:
        keep_source(office, wish.kept, now, actor=actor, every=wish.every)


def _result(report: LoadReport) -> dict[str, Any]:
    """What is remembered of a load: counts, also of rows by what they wait for; no cell and no sentence quoting one."""
    return {
        "load": report.load_id,
        "kind": report.kind,
        "status": report.status,
        "counts": {end: int(count) for end, count in report.counts.items()},
        "waits": Counter(wait.code for wait in report.waits),
        "set_aside": len(report.set_aside),
        "is_private": report.kind == Kind.PESERTA,
    }


def _refused(words: str, status: int) -> Reply:
    return jsonify({"error": words}), status


def _gone() -> Reply:
    return _refused(t("data.gone"), 404)


def _register_handed_out(server: Flask, office: Office, now: Callable[[], int]) -> None:

    @server.get(f"/data/tolakan/<{ADDRESS_NUMBER}:load_id>", endpoint="rejects")
    @door(Door.PAGE, Page.DATA, gives="export")
    def rejects(load_id: int) -> Response:
        return _rejects(office, load_id)

    @server.get("/data/templat/<kind>.xlsx", endpoint="template")
    @door(Door.PAGE, Page.DATA)
    def template(kind: str) -> Response:
        if kind not in {known.value for known in Kind}:
            abort(404)
        return _template(office, Kind(kind), now())


def _rejects(office: Office, load_id: int) -> Response:
    with reading(office.records) as connection:
        load = load_by_id(connection, load_id)
        rows = rejects_page(connection, load_id) if load else []
    if load is None or not rows:
        abort(404)
    name, content = rejects_file(rows, load_id, load.file, sentence)
    return sent(content, name)


def _template(office: Office, kind: Kind, now: int) -> Response:
    today = office_today(office, now)
    lists = [known for known in office.settings.checklists if known.valid_from <= today]
    newest = max(lists, key=lambda known: known.valid_from, default=None)
    content = write_template(
        kind,
        rooms=[room.name for room in office.settings.rooms],
        items=[item.name for item in newest.items] if newest else [],
    )
    return sent(content, f"templat-{kind}.xlsx")
