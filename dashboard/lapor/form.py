"""The form of a room: its items with the newest answer to each, today's bookings, the session now; and its report.

A phone posts a report as a JSON part that says everything, with the photos as parts of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.datastructures import FileStorage, MultiDict

from dashboard.i18n import fmt, t
from etl.desk.condition_reports import Answer, NewReport, ReportRefusedError, condition_of
from etl.domain.facilities.condition import Condition
from etl.domain.units import day_date
from etl.figures.facilities.conditions import ItemState, RoomState, room_books, room_states
from etl.figures.rooms.room_day import Booking, RoomBook, Session, day_of
from etl.settings.checklists import Checklists

if TYPE_CHECKING:
    from etl.office import Office

ROOMS_PATH = "/lapor"

SCALE = (Condition.GOOD, Condition.LIGHT, Condition.HEAVY, Condition.MISSING)
"""The answers beside each other; "not applicable" stands apart."""


def room_path(room: str) -> str:
    """The address of a room's form."""
    return f"{ROOMS_PATH}/{quote(room, safe='')}"


@dataclass(frozen=True)
class Item:
    """One item of the form; `last` is the newest answer to it, `hint` the same in words; empty without one."""

    name: str
    last: str | None
    hint: str


@dataclass(frozen=True)
class Use:
    """One booking or session of today that a report or a tap may be about. `state`: booked, running or over."""

    key: str
    request_id: int | None
    started_at: int | None
    start_at: int
    end_at: int | None
    label: str
    state: str
    present: int | None

    def plain(self) -> dict[str, Any]:
        """For the page's script."""
        return {"key": self.key, "request_id": self.request_id, "started_at": self.started_at, "state": self.state,
                "present": self.present, "label": self.words()}  # fmt: skip

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
    today = day_date(day_of(office.calendar, now))
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
        when = fmt().moment_short(item.since)
    return Item(name, item.condition.value, t("lapor.last", condition=t(f"condition.{item.condition}"), when=when))


def _uses(office: Office, book: RoomBook, now: int) -> tuple[Use, ...]:
    """Today's bookings with their sessions, and sessions without a letter."""
    first, last = book.day_span
    today = [b for b in book.bookings if b.is_approved and b.start_at < last and b.end_at > first]
    sessions = [s for s in book.sessions if s.end_at is None or s.end_at > first]
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
        return Use(key, booking.request_id, None, booking.start_at, booking.end_at, label, "booked", None)
    start, state = session.start_at, _state(session, now)
    end = session.end_at or (booking.end_at if booking.end_at > start else None)
    return Use(key, booking.request_id, start, start, end, label, state, session.present)


def _loose(session: Session, now: int) -> Use:
    key, label, start, state = f"t{session.start_at}", t("lapor.no_letter"), session.start_at, _state(session, now)
    return Use(key, session.request_id, start, start, session.end_at, label, state, session.present)


def _state(session: Session, now: int) -> str:
    return "over" if session.end_at is not None and session.end_at <= now else "running"


def _chosen(uses: tuple[Use, ...], now: int) -> Use | None:
    """What a report is most likely about: what runs now, else what comes next today, else the last use."""
    running = [use for use in uses if use.state == "running"]
    coming = [use for use in uses if use.state == "booked" and (use.end_at or now) > now]
    return next(iter([*running, *coming, *reversed(uses)]), None)


# What a phone posts

MOST_ANSWERS = 200


def read_report(room: str, text: str | None, files: MultiDict[str, FileStorage]) -> NewReport:
    """The report in a form: `laporan` is JSON, `foto-<n>` are the photos of its n-th answer.

    Raises ReportRefusedError for what no page of ours sends.
    """
    document = _document(text)
    answers = document.get("jawaban")
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        raise ReportRefusedError("lapor.broken")
    given = tuple(_answer(answer) for answer in answers)
    photos = [
        (answer.item, file.read()) for number, answer in enumerate(given) for file in files.getlist(f"foto-{number}")
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
        raise ReportRefusedError("lapor.broken")
    return document


def _answer(answer: Any) -> Answer:
    if not isinstance(answer, dict) or not isinstance(answer.get("barang"), str):
        raise ReportRefusedError("lapor.broken")
    note = answer.get("uraian")
    return Answer(answer["barang"], condition_of(str(answer.get("kondisi"))), note if isinstance(note, str) else None)


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.isascii():
        raise ReportRefusedError("lapor.broken")
    return value


def _whole(document: dict[str, Any], name: str) -> int:
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**40:
        raise ReportRefusedError("lapor.broken")
    return value


def _maybe(document: dict[str, Any], name: str) -> int | None:
    return None if document.get(name) is None else _whole(document, name)
