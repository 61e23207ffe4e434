"""Checks of a room made on a screen, and what people do about the faults they find.

A check is stored as rows of `kondisi` in one load, with the checklist in force on its day, and receipted. A fault is
assigned to a role, commented, resolved, opened again; deeds are only added. What is refused is refused whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Unpack

from data_access.records import Connection, one_load, reading
from data_access.records.rooms import Report, add_deed, add_photos, add_report, report_of_client
from etl.desk.photos import clean_photos, remove_photos, write_photos
from etl.desk.screen_rows import Giver, ScreenRefusedError, give_rows, letter_with_id, stamp
from etl.domain.facilities import FAULTS, Condition
from etl.domain.units import DAY
from etl.extract.masks import mask
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.office import Office, Rulebook
from etl.settings.checklists import Checklists, ListVersion
from etl.settings.values import room_key

LONGEST_NOTE = 500
LONGEST_DEED = 1_000
NEEDS_WORDS = frozenset(("comment", "resolve", "reopen"))
AHEAD_SECONDS = 600
"""A phone's clock may be this much ahead of the server's."""

OLDEST_SECONDS = 7 * DAY
"""A report that waited longer for a line tells nothing of the room any more."""

OCCASIONS = ("before", "after", "routine")
WORDS = {
    Condition.GOOD: "baik",
    Condition.LIGHT: "rusak ringan",
    Condition.HEAVY: "rusak berat",
    Condition.MISSING: "hilang",
    Condition.NOT_APPLICABLE: "tidak berlaku",
}


@dataclass(frozen=True)
class Answer:
    """What was said of one item."""

    item: str
    condition: Condition
    note: str | None = None


@dataclass(frozen=True)
class NewReport:
    """A report as it was given. `made_at` by the giver's clock, taken as now where that is ahead; `photos` are (item,
    open file)."""

    client_id: str
    room: str
    made_at: int
    answers: tuple[Answer, ...]
    occasion: str | None = None
    request_id: int | None = None
    session_started_at: int | None = None
    photos: Sequence[tuple[str, BinaryIO]] = ()


@dataclass(frozen=True)
class Given:
    """What became of a report. `is_repeat`: it was given before. `is_published`: the screens show it already."""

    receipt_number: str
    room: str
    received_at: int
    is_repeat: bool
    is_published: bool = True


def give_report(
    office: Office,
    report: NewReport,
    *,
    actor: str,
    role: str,
    now: int,
    oldest_seconds: int | None = OLDEST_SECONDS,
    publishes: bool = True,
) -> Given:
    """Store a report and publish it; the same `client_id` again gives the first receipt.

    `oldest_seconds`: how long ago it may have been made, None: at any time. With `publishes` False the caller publishes
    afterwards, once it has answered.

    Raises ScreenRefusedError, PhotoRefusedError, RecordsError.
    """
    first = earlier(office, report.client_id)
    if first is not None:
        return first
    room, version = _checked(office.book, report, now, oldest_seconds)
    report = replace(report, made_at=min(report.made_at, now))  # by a clock that is ahead it would show later only
    rows = _rows(office, report, room, version)
    photos = clean_photos(_photos_of_faults(report), office.home.image_lock_path) if report.photos else ()
    kept = write_photos(office.home.photos, photos) if photos else []
    stored: list[Report] = []

    def also(connection: Connection, load_id: int) -> None:
        values = _values(report, room, version) | {"load_id": load_id, "actor": actor, "role": role, "received_at": now}
        stored.append(add_report(connection, values, _receipt_form(office, now)))
        add_photos(connection, stored[0].id, kept)

    try:
        giver = Giver(actor=actor, role=role, client_id=report.client_id, now=now)
        receipt = give_rows(office, "kondisi", rows, also=also, publishes=publishes, **giver)
    except BaseException:
        remove_photos(office.home.photos, kept)
        raise
    if stored:
        return Given(stored[0].receipt_number, room, now, is_repeat=False, is_published=receipt.is_published)
    remove_photos(office.home.photos, kept)  # the same report came twice at the same moment
    again = earlier(office, report.client_id)
    if again is None:
        raise ScreenRefusedError("condition.id_taken")
    return again


def earlier(office: Office, client_id: str) -> Given | None:
    """What was answered to the report with that id; None when it never came."""
    with reading(office.records) as connection:
        report = report_of_client(connection, client_id)
    return None if report is None else Given(report.receipt_number, report.room_name, report.received_at, True)


def _checked(book: Rulebook, report: NewReport, now: int, oldest_seconds: int | None) -> tuple[str, ListVersion]:
    """The room's own name and the checklist of that day. Raises ScreenRefusedError."""
    room = book.room_names.one(report.room)
    if room is None or book.settings.room(room) is None:
        raise ScreenRefusedError("condition.unknown_room", room=report.room)
    if report.made_at > now + AHEAD_SECONDS:
        raise ScreenRefusedError("condition.in_the_future")
    if oldest_seconds is not None and report.made_at < now - oldest_seconds:
        raise ScreenRefusedError("condition.too_old")
    if not report.answers:
        raise ScreenRefusedError("condition.no_item")
    version = list_of_day(book, report.made_at)
    _check_items(report, version)
    return room, version


def list_of_day(book: Rulebook, at: int) -> ListVersion:
    """The checklist in force on the day of a moment."""
    return Checklists.of(book.settings).on(datetime.fromtimestamp(at, book.zone).date())


def _check_items(report: NewReport, version: ListVersion) -> None:
    known, seen = {room_key(name) for name in version.weights}, set()
    for answer in report.answers:
        key = room_key(answer.item)
        if key not in known:
            raise ScreenRefusedError("condition.unknown_item", item=answer.item, version=version.version)
        if key in seen:
            raise ScreenRefusedError("condition.item_twice", item=answer.item)
        seen.add(key)
    if report.occasion is not None and report.occasion not in OCCASIONS:
        raise ScreenRefusedError("condition.unknown_occasion", occasion=report.occasion)


def condition_of(text: str) -> Condition:
    """The condition that a screen or script names. Raises ScreenRefusedError for one outside the scale."""
    try:
        return Condition(text.strip().upper())
    except ValueError:
        condition = next((known for known, words in WORDS.items() if words == text.strip().casefold()), None)
    if condition is None:
        raise ScreenRefusedError("condition.unknown_condition", text=text, conditions=list(WORDS.values()))
    return condition


def _photos_of_faults(report: NewReport) -> Iterator[tuple[str, BinaryIO]]:
    """The photos, each of an item that was answered. Raises ScreenRefusedError."""
    answered = {answer.item for answer in report.answers if answer.condition in FAULTS}
    for item, stream in report.photos:
        if item not in answered:
            raise ScreenRefusedError("condition.photo_without_fault", item=item)
        yield item, stream


def _rows(office: Office, report: NewReport, room: str, version: ListVersion) -> list[dict[str, object]]:
    own = {room_key(name): name for name in version.weights}
    common = stamp("checked", report.made_at, office.zone) | letter_with_id(office, report.request_id)
    return [
        {
            "room": room,
            "occasion": report.occasion,
            "item": own[room_key(answer.item)],
            "condition": answer.condition.value,
            "note": " ".join(mask(answer.note or "").split())[:LONGEST_NOTE],
            **common,
        }
        for answer in report.answers
    ]


def _values(report: NewReport, room: str, version: ListVersion) -> dict[str, object]:
    items = [{"name": name, "weight": weight} for name, weight in version.weights.items()]
    return {
        "client_id": report.client_id.strip(),
        "room_name": room,
        "checklist_version": version.version,
        "checklist": {"version": version.version, "from": version.valid_from.isoformat(), "items": items},
        **{name: getattr(report, name) for name in ("occasion", "request_id", "session_started_at", "made_at")},
    }


def _receipt_form(office: Office, now: int) -> str:
    """LK-2026-00012: the year of the office's day, then the report's own number."""
    return f"LK-{datetime.fromtimestamp(now, office.zone).year}-{{number:05d}}"


def do_deed(
    office: Office, key: str, deed: str, *, note: str, assigned_role: str | None, holders: Collection[str],
    **giver: Unpack[Giver],
) -> Incident:  # fmt: skip
    """Add a deed to the incident with that key and return the incident as it is now; the same `client_id` counts once.

    `holders` are the roles that a fault can be given to. Raises ScreenRefusedError for an incident that is not there, a
    deed that does not fit its state, missing words, a role that holds no faults.
    """
    client_id, now = giver["client_id"], giver["now"]
    words = " ".join(mask(note).split())[:LONGEST_DEED]
    holder = assigned_role if deed == "assign" else None
    with one_load(office.records) as connection:  # two who close a fault at once: the second is told that it is closed
        before = _incident(office, key, now)
        if not any(earlier.client_id == client_id for earlier in before.deeds):
            _check_deed(before, deed, words)
            if deed == "assign" and holder not in holders:
                raise ScreenRefusedError("sarpras.no_holder")
        values = {
            "client_id": client_id, "at": now, "room_name": before.room, "item_name": before.item, "deed": deed,
            "assigned_role": holder, "note": words or None, "actor": giver["actor"], "role": giver["role"],
        }  # fmt: skip
        add_deed(connection, values)
    return _incident(office, key, now)


def _incident(office: Office, key: str, now: int) -> Incident:
    incident = next((each for each in incidents_at(office, now) if each.key == key), None)
    if incident is None:
        raise ScreenRefusedError("sarpras.incident_gone")
    return incident


def _check_deed(incident: Incident, deed: str, words: str) -> None:
    if deed in NEEDS_WORDS and len(words) < 3:
        raise ScreenRefusedError("sarpras.no_words")
    if deed == "resolve" and not incident.is_open:
        raise ScreenRefusedError("sarpras.closed_already")
    if deed == "reopen" and incident.is_open:
        raise ScreenRefusedError("sarpras.still_open")
