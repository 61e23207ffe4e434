"""The report of a room's condition from a phone: a plain page of the same server, not a Dash page.

It must open on a weak line in a moment and keep what was tapped through a lost line, a reload and an expired login; the
Dash renderer alone is forty times as large. Answers to scripts are small JSON documents; a refusal is
`{"error": sentence}`.

GET  /lapor                     the rooms
GET  /lapor/<room>              the form: items with the newest answer to each, today's bookings, the session now
POST /lapor/<room>              multipart: `laporan` (JSON), `foto-<n>`      201 {"nomor", "diterima", "ulang"}
POST /lapor/<room>/sesi         JSON: mulai, selesai or hadir                200 {"uses": […]}
GET  /lapor/-/token             {"token"}: a fresh token against forged requests
GET  /lapor/-/pekerja.js        the worker that opens the form without a line
GET  /lapor/-/qr/<room>         a sheet with the room's code, to be hung up
GET  /lapor/-/foto/<name>       a photo of a fault
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import segno
from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from dashboard.access import Door, Page, account, door
from dashboard.access.accounts import entering, entering_on
from dashboard.access.http import json_object
from dashboard.access.roles import May
from dashboard.components.asset_urls import ASSETS, asset, build_mark
from dashboard.i18n import current_language, fmt, script_words, sentence, t
from data_access.errors import PantauError
from data_access.mart import People
from data_access.records import reading
from data_access.records.rooms import is_photo
from data_access.roles import Role
from etl.desk.facilities import Answer, Given, NewReport, condition_of, give_report
from etl.desk.photos import MAX_BYTES, MAX_PHOTOS
from etl.desk.screen_rows import ScreenRefusedError
from etl.desk.sessions import end_session, note_present, start_session
from etl.domain.facilities import Condition
from etl.domain.units import day_date
from etl.figures.facilities.conditions import ItemState, RoomState, room_books, room_states
from etl.figures.rooms.room_day import Booking, RoomBook, Session
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office
from etl.settings.checklists import Checklists
from etl.settings.rooms import rooms_between

ROOMS_PATH = "/lapor"

SCALE = (Condition.GOOD, Condition.LIGHT, Condition.HEAVY, Condition.MISSING)
"""The answers beside each other; "not applicable" stands apart."""


def room_path(room: str) -> str:
    """The address of a room's form."""
    return f"{ROOMS_PATH}/{quote(room, safe='')}"


@dataclass(frozen=True)
class Item:
    """One item of the form; `last` is the newest answer to it, `hint` the same in words; empty without one.

    `is_open`: it has an open fault, and is answered on its own, never with "all good".
    """

    name: str
    last: str | None
    hint: str
    is_open: bool = False


@dataclass(frozen=True)
class Use:
    """One booking or session of today that a report or a tap may be about. `state`: booked, unapproved (booked, and
    nothing says that it was approved), running, end_due (as in a session of the room's day) or over."""

    key: str
    request_id: int | None
    started_at: int | None
    start_at: int
    end_at: int | None
    label: str
    state: str
    people: int | None

    def plain(self) -> dict[str, Any]:
        """For the page's script."""
        return {"key": self.key, "request_id": self.request_id, "started_at": self.started_at, "state": self.state,
                People.PRESENT: self.people, "label": self.words()}  # fmt: skip

    def words(self) -> str:
        """Dinas Kesehatan, 09.30–12.00."""
        until = fmt().clock(self.end_at) if self.end_at else "…"
        return f"{self.label}, {fmt().clock(self.start_at)}–{until}"


@dataclass(frozen=True)
class Form:
    """Everything of one room's form."""

    room: str
    version: str
    items: tuple[Item, ...]
    uses: tuple[Use, ...]
    chosen: str
    occasion: str


def form_of(office: Office, room: str, now: int) -> Form:
    """The form of a room, which the settings have."""
    today = day_date(office.calendar.day_of(now))
    version = Checklists.of(office.settings).on(today)
    state = next(state for state in room_states(office, now) if state.room == room)
    known = {item.item: item for item in state.items}
    items = tuple(_item(name, known.get(name), state) for name in version.weights)
    mart = office.mart.read() if office.mart.exists() else None
    uses = _uses(office, room_books(office, mart, now)[room], now) if mart else ()
    chosen = _chosen(uses, now)
    occasion = "routine" if chosen is None else "after" if chosen.state == "over" else "before"
    return Form(room, version.version, items, uses, chosen.key if chosen else "", occasion)


def _item(name: str, item: ItemState | None, room: RoomState) -> Item:
    if item is None or item.condition is None:
        return Item(name, None, "")
    when = fmt().moment_short(room.checked_at) if room.checked_at else fmt().date_short(room.checked_on)
    if not item.is_answered:
        when = fmt().moment_or_day(item.since, is_exact=item.is_since_exact)
    hint = t("lapor.last", condition=t(f"condition.{item.condition}"), when=when)
    is_open = item.since is not None
    return Item(name, item.condition.value, f"{hint} · {t('lapor.open')}" if is_open else hint, is_open)


def _uses(office: Office, book: RoomBook, now: int) -> tuple[Use, ...]:
    """Today's bookings with their sessions, and sessions without a letter. Bookings without any status are among them:
    an office may record no approvals and use its room all the same."""
    first, last = book.day_span
    offered = [booking for booking in book.bookings if booking.is_approved or not booking.has_status]
    today = [booking for booking in offered if booking.start_at < last and booking.end_at > first]
    sessions = [session for session in book.sessions if not session.is_over(first)]
    uses, taken = [], set()
    for booking in today:
        session = next((s for s in reversed(sessions) if s.request_id == booking.request_id), None)
        taken.add(id(session))
        uses.append(_booked(office, booking, session, now))
    uses += [_loose(session, now) for session in sessions if id(session) not in taken]
    return tuple(sorted(uses, key=lambda use: use.start_at))


def _booked(office: Office, booking: Booking, session: Session | None, now: int) -> Use:
    names = (booking.opd, *office.settings.opd.get(booking.opd, ())) if booking.opd else (t("lapor.no_opd"),)
    key, label = f"s{booking.request_id}", min(names, key=len)
    if session is None:
        state = "booked" if booking.is_approved else "unapproved"
        return Use(key, booking.request_id, None, booking.start_at, booking.end_at, label, state, None)
    booked_end = booking.end_at if booking.end_at > session.start_at else None
    return _used(session, key, label, session.end_at or booked_end, now)


def _loose(session: Session, now: int) -> Use:
    return _used(session, f"t{session.start_at}", t("lapor.no_letter"), session.end_at, now)


def _used(session: Session, key: str, label: str, end: int | None, now: int) -> Use:
    start, state = session.start_at, "end_due" if session.is_end_due else "over" if session.is_over(now) else "running"
    return Use(key, session.request_id, start, start, end, label, state, session.people[People.PRESENT])


def _chosen(uses: tuple[Use, ...], now: int) -> Use | None:
    """What a report is most likely about: what runs now, else what comes next today, approved before others, else the
    last use."""
    running = [use for use in uses if use.state in ("running", "end_due")]
    coming = [
        use for state in ("booked", "unapproved") for use in uses if use.state == state and (use.end_at or now) > now
    ]
    return next(iter([*running, *coming, *reversed(uses)]), None)


# What a phone posts

MOST_ANSWERS = 200


def read_report(room: str, text: str | None, files: MultiDict[str, FileStorage]) -> NewReport:
    """The report in a form: `laporan` is JSON, `foto-<n>` are the photos of its n-th answer.

    Raises ScreenRefusedError for what no page of ours sends.
    """
    document = _document(text)
    answers = document.get("jawaban")
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        raise ScreenRefusedError("lapor.broken")
    given = tuple(_answer(answer) for answer in answers)
    photos = [
        (answer.item, file.stream) for number, answer in enumerate(given) for file in files.getlist(f"foto-{number}")
    ]
    return NewReport(
        client_id=_text(document, "id"),
        room=room,
        made_at=_whole(document, "dibuat"),
        answers=given,
        occasion=str(document.get("saat") or "") or None,
        request_id=_maybe(document, "surat"),
        session_started_at=_maybe(document, "sesi"),
        photos=photos,
    )


def _document(text: str | None) -> dict[str, Any]:
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ScreenRefusedError("lapor.broken")
    return document


def _answer(answer: Any) -> Answer:
    if not isinstance(answer, dict) or not isinstance(answer.get("barang"), str):
        raise ScreenRefusedError("lapor.broken")
    note = answer.get("uraian")
    return Answer(answer["barang"], condition_of(str(answer.get("kondisi"))), note if isinstance(note, str) else None)


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.isascii():
        raise ScreenRefusedError("lapor.broken")
    return value


def _whole(document: dict[str, Any], name: str) -> int:
    number = _number(document.get(name))
    if number is None:
        raise ScreenRefusedError("lapor.broken")
    return number


def _maybe(document: dict[str, Any], name: str) -> int | None:
    return None if document.get(name) is None else _whole(document, name)


Reply = Response | BaseResponse | str | tuple[Response | str, int]

MAX_REQUEST = 80 * 1_024**2
"""What a report with all its photos may weigh; a single photo is refused by its own size."""

_PHOTO_NAME = re.compile(r"[0-9a-f]{32}\.jpg")


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the form to the server, for the roles that report."""
    lapor = Blueprint("lapor", __name__, template_folder="templates", url_prefix=ROOMS_PATH)
    _register_form(server, lapor, office, now)
    _register_files(lapor, office)
    server.register_blueprint(lapor)


def _register_form(server: Flask, lapor: Blueprint, office: Office, now: Callable[[], int]) -> None:
    """The rooms, the form of each, and what is given with it."""

    @lapor.get("")
    @door(Door.PAGE, Page.LAPOR, May.DO)
    def rooms() -> Reply:
        today = day_date(office.calendar.day_of(now()))
        names = [room.name for room in rooms_between(office.settings.rooms, today, today)]
        return render_template("rooms.html", rooms=[(name, room_path(name)) for name in names])

    @lapor.get("/<path:room>")
    @door(Door.PAGE, Page.LAPOR, May.DO)
    def form(room: str) -> Reply:
        own = _room(office, room)
        if own is None:
            return _no_room(room)
        if own != room:
            return redirect(room_path(own))
        fault_of_catching_up(office, now())  # the report of a moment ago is a hint of this one
        return _page(office, form_of(office, own, now()), now())

    @lapor.post("/<path:room>")
    @door(Door.PAGE, Page.LAPOR, May.DO)
    def give(room: str) -> Reply:
        try:
            validate_csrf(request.headers.get("X-CSRFToken"))
            request.max_content_length = MAX_REQUEST
            report = read_report(room, request.form.get("laporan"), request.files)
            user = account()
            given = give_report(
                office, report, actor=user.name, role=entering_on(user, Page.LAPOR), now=now(), publishes=False
            )
        except ValidationError:
            return jsonify({"error": t("lapor.stale"), "token": True}), 400
        except RequestEntityTooLarge:
            return _refused(t("lapor.too_big", mb=MAX_REQUEST // 1_024**2), 413)
        except PantauError as refusal:
            return _refused(sentence(refusal), 422)
        return _receipt(office, given, now())

    @lapor.post("/<path:room>/sesi")
    @door(Door.PAGE, Page.LAPOR, May.DO)
    def session(room: str) -> Reply:
        own = _room(office, room)
        if own is None or Role.STAF not in account().roles:
            abort(403 if own else 404)
        try:
            _session(office, own, json_object(), now())
        except PantauError as refusal:
            return _refused(sentence(refusal), 422)
        return jsonify({"uses": [use.plain() for use in form_of(office, own, now()).uses]})

    # The token comes in a header and is checked before the photos are read.
    server.extensions["csrf"].exempt(give)


def _register_files(lapor: Blueprint, office: Office) -> None:
    """What the form needs beside it: a fresh token, its script, the sheet with a room's code, photos of faults."""

    @lapor.get("/-/token")
    @door(Door.PAGE, Page.LAPOR, May.DO)
    def token() -> Reply:
        return jsonify({"token": generate_csrf()})

    @lapor.get("/-/pekerja.js")
    @door(Door.PUBLIC)
    def worker() -> Reply:
        text = (ASSETS / "lapor" / "pekerja.js").read_text(encoding="utf-8").replace("@build@", build_mark())
        reply = Response(text, mimetype="text/javascript")
        reply.headers.update({"Service-Worker-Allowed": f"{ROOMS_PATH}/", "Cache-Control": "no-cache"})
        return reply

    @lapor.get("/-/qr/<path:room>")
    @door(Door.PAGE, Page.SARPRAS)
    def sheet(room: str) -> Reply:
        own = _room(office, room)
        if own is None:
            return _no_room(room)
        address = request.host_url.rstrip("/") + room_path(own)
        code = segno.make(address, error="m").svg_inline(border=0, omitsize=True)
        return render_template("qr.html", room=own, address=address, code=Markup(code))  # noqa: S704 – made here

    @lapor.get("/-/foto/<name>")
    @door(Door.PAGE, Page.SARPRAS)
    def photo(name: str) -> Reply:
        if _PHOTO_NAME.fullmatch(name) is None:
            abort(404)
        with reading(office.records) as connection:
            is_known = is_photo(connection, name)
        if not is_known or not (office.home.photos / name).is_file():
            abort(404)
        return Response((office.home.photos / name).read_bytes(), mimetype="image/jpeg")


def _room(office: Office, name: str) -> str | None:
    """The room's own name for any of its spellings; None when there is no such room."""
    own = office.room_names.one(name)
    return own if own is not None and office.settings.room(own) else None


def _no_room(name: str) -> tuple[str, int]:
    words = t("lapor.no_room_words", room=name[:80])
    page = render_template(
        "message.html", title=t("lapor.no_room"), words=words, icon="qr-code", target=ROOMS_PATH,
        way_out=t("lapor.rooms"),
    )  # fmt: skip
    return page, 404


def _page(office: Office, form: Form, now: int) -> str:
    user = account()
    config = {
        "room": form.room,
        "url": room_path(form.room),
        "user": user.name,
        "csrf": generate_csrf(),
        "build": build_mark(),
        "max_photos": MAX_PHOTOS,
        "max_bytes": MAX_BYTES,
        "occasion": form.occasion,
        "chosen": form.chosen,
        "uses": [use.plain() for use in form.uses],
        "may_use": Role.STAF in user.roles,
        "sarpras": user.may(Page.SARPRAS),
        "words": script_words("lapor.js_"),
    }
    return render_template(
        "lapor.html",
        lang=current_language(),
        form=form,
        config=config,
        scale=[condition.value for condition in SCALE],
        moment=f"{fmt().date(fmt().local(now).date())} {fmt().clock(now)}",
        may_use=Role.STAF in user.roles,
        is_demo=office.is_demo,
        style=asset("lapor/lapor.css"),
        script=asset("lapor/lapor.js"),
    )


def _receipt(office: Office, given: Given, now: int) -> tuple[Response, int]:
    """The receipt. The phone does not wait for the screens: they follow once it has its answer."""
    document = {
        "nomor": given.receipt_number,
        "ruang": given.room,
        "diterima": fmt().moment(given.received_at),
        "ulang": given.is_repeat,
    }
    reply = jsonify(document)
    reply.call_on_close(lambda: fault_of_catching_up(office, now))
    return reply, 200 if given.is_repeat else 201


def _session(office: Office, room: str, document: dict[str, Any], now: int) -> None:
    """Begin or end a session, or note how many are in the room; PantauError where that cannot be."""
    user = account()
    who = {
        "actor": user.name,
        "role": entering(user, Role.STAF),
        "client_id": str(document.get("id") or ""),
        "now": now,
    }
    started, letter, people = (_number(document.get(name)) for name in ("sesi", "surat", "hadir"))
    if document.get("apa") == "mulai":
        start_session(office, room, letter, **who)
    elif document.get("apa") == "selesai" and started is not None:
        end_session(office, room, started, letter, people, **who)
    elif document.get("apa") == "hadir" and started is not None and people is not None:
        note_present(office, room, started, letter, people, **who)
    else:
        abort(400)


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40
    return value if is_number else None


def _refused(sentence: str, status: int) -> tuple[Response, int]:
    return jsonify({"error": sentence}), status
