"""An agency asks for a room on the screen: received as it is sent, under a receipt number, it waits for the office.

Each deed is one entry of the source `layar`: a row of the register, what was said of the request as a whole, and the
pauses of its steps while an offer of another time waits for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple, Unpack

import numpy as np

from data_access.records import Connection, reading
from data_access.records.intake.loads import SCREEN, entry_of, loads_of_source
from data_access.records.letters import (
    ANSWERS,
    LetterDeed,
    LetterReceipt,
    add_deed,
    add_receipt,
    current_key,
    deeds_of,
    join_letter,
    keys_beginning,
    letter_with_key,
    next_receipt_number,
    receipt_of_request,
    rename_letter,
)
from data_access.records.logs import rows_with
from data_access.records.requests import rows_of, touch_requests
from etl.corrections.typed import Context
from etl.desk.letters import (
    NumberTakenError,
    agency,
    begin_receipt,
    free_number,
    numbering_on,
)
from etl.desk.room_taken import refuse_doubtful, slot_of
from etl.desk.room_wish import Wish, booked_columns, free_slot, refuse_gone, slot_in, wished
from etl.desk.screen_rows import (
    LEAST_REASON,
    Giver,
    Receipt,
    ScreenRefusedError,
    TypedRow,
    give_rows,
    letter,
    reason_words,
    stamp,
    store_entry,
)
from etl.desk.stamps import NewStamp, StampDoubtError, finish_step
from etl.domain.compliance.stamping import OFFER_NOTE, HeldLetter, Stamp, standing
from etl.domain.frames import MISSING
from etl.domain.sop.steps import Meaning
from etl.domain.units import day_date, day_number
from etl.domain.verdict import OVER, RequestStatus
from etl.extract.texts import agenda_key, letter_name, receipt_in, receipt_name, unnumbered
from etl.figures.rooms.free_times import Slot
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import held_letters, letters_as_shown
from etl.office import Office, Rulebook
from etl.reference.steps import STEP_INDEX

_DECISIONS = ("approved", "forwarded", "rejected", "offered")


@dataclass(frozen=True)
class Asker:
    """Who asks: the only agency whose requests count, and the only code with which they were made; None for all."""

    opd: str | None = None
    code_id: int | None = None


class Sent(NamedTuple):
    """A request that was sent: its year, what stands in place of its number, its receipt number."""

    year: int
    agenda_number: str
    receipt_number: str
    receipt: Receipt


def send_request(office: Office, wish: Wish, *, asker: Asker | None = None, **giver: Unpack[Giver]) -> Sent:
    """Store the request: received now, without a register number, pending. The same `client_id` gives the first answer.

    Raises TimeRefusedError, ScreenRefusedError, CorrectionError, RecordsError.
    """
    now, asker = giver["now"], asker or Asker()
    numbers: list[int] = []

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        context = Context(book, now)
        numbers.append(_next_receipt(connection, _year(book, now)))
        received = stamp("received", now, book.zone)
        columns = wished(office, wish, context) | {"opd": asker.opd or agency(wish.opd, context)}
        return [letter(unnumbered(numbers[0])) | received | columns | _status(RequestStatus.PENDING, now, book)]

    def also(connection: Connection, load_id: int) -> None:
        year, request_id = _year(office.book_in(connection), now), _letter_of(connection, load_id)
        add_receipt(connection, load_id, LetterReceipt(request_id, year, numbers[0], asker.code_id))
        _note(connection, request_id, load_id, "sent", giver)

    receipt = give_rows(office, "permohonan", rows, also=also, **giver)
    with reading(office.records) as connection:
        known = receipt_of_request(connection, _letter_of(connection, receipt.load_id))
    if known is None:
        raise ScreenRefusedError("condition.id_taken")
    return Sent(known.year, unnumbered(known.number), receipt_name(known.year, known.number), receipt)


def _next_receipt(connection: Connection, year: int) -> int:
    """The receipt number that comes next; none whose place in the register a letter holds."""
    borne = {receipt_in(key) for key in keys_beginning(connection, year, agenda_key(unnumbered(0)[:3]))}
    number = next_receipt_number(connection, year)
    while number in borne:
        number += 1
    return number


def number_request(office: Office, year: int, agenda: str, typed: str, **giver: Unpack[Giver]) -> str:
    """Give a request that was sent its register number, which begins the step that receives it; the number. One that a
    register brought already, by the same agency for the same room and start, it joins.

    Raises NumberTakenError, ScreenRefusedError where it is no number or the request has one or is over, RecordsError.
    """

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        request = _request(connection, book, year, agenda, Asker())
        if receipt_in(request.agenda_number) is None:
            raise ScreenRefusedError("ask.numbered", number=request.agenda_number)
        _refuse_over(request)
        _refuse_begun(book, request, giver["now"])
        requests.append(request.id)
        try:
            number = free_number(connection, office, typed, numbering_on(office, day_date(request.received_on)))
        except NumberTakenError as taken:
            if not _is_same_letter(connection, request, taken.request_id):
                raise
            return [_joined(connection, request, taken.request_id)]
        rename_letter(connection, request.id, number["agenda_key"], number["agenda_number"])
        return [request.row | number]

    requests: list[int] = []

    def also(connection: Connection, load_id: int) -> None:
        request_id = _letter_of(connection, load_id)
        touch_requests(connection, np.array(requests, dtype=np.int64), load_id)
        _note(connection, request_id, load_id, "numbered", giver)
        number = str(rows_with(connection, "permohonan", "load_id", [load_id])["agenda_number"].iloc[0])
        begin_receipt(connection, office.book_in(connection), year, number, request_id, **giver)

    receipt = give_rows(office, "permohonan", rows, also=also, **giver)
    with reading(office.records) as connection:
        return str(rows_with(connection, "permohonan", "load_id", [receipt.load_id])["agenda_number"].iloc[0])


def _is_same_letter(connection: Connection, request: _Request, other: int) -> bool:
    """Whether a letter that a file brought is the one that was sent: of the same agency, room and start."""
    rows = rows_of(connection, [other])
    loads = set(rows["load_id"].tolist())
    if receipt_of_request(connection, other) is not None or loads <= set(loads_of_source(connection, loads, SCREEN)):
        return False
    rows = rows[~rows["is_waiting"]]
    starts = rows.loc[rows["booked_start_at"] != MISSING, "booked_start_at"]
    columns = {
        "opd_name": rows["opd_name"].dropna(),
        "room_name": rows["room_name"].dropna(),
        "booked_start_at": starts,
    }
    return all(len(values) and values.iloc[-1] == request.letter[name] for name, values in columns.items())


def _joined(connection: Connection, request: _Request, other: int) -> TypedRow:
    """Let what is recorded of the request belong to that letter; the row that names it."""
    told = rows_of(connection, [other])
    last = told[~told["is_waiting"] & (told["received_on"] != MISSING)].iloc[-1]
    key, number = str(last["agenda_key"]), str(last["agenda_number"])
    join_letter(connection, request.id, other, key, number)
    return letter(number) | {"received_on": int(last["received_on"]), "opd": str(last["opd"])}


def change_request(
    office: Office, year: int, agenda: str, wish: Wish, *, asker: Asker | None = None, **giver: Unpack[Giver]
) -> Receipt:
    """Let a request ask for something else: it is pending again where room or time change, and an offer is answered.
    Raises as `send_request`, ScreenRefusedError as `withdraw_request`."""

    owner = asker or Asker()

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        _refuse_paper(owner, request)
        _refuse_begun(book, request, giver["now"])
        kept = slot_of(request.letter)
        columns = wished(office, wish, Context(book, giver["now"]), without=request.id, kept=kept)
        asked_anew = {} if slot_in(columns) == kept else _status(RequestStatus.PENDING, giver["now"], book)
        return request.row | columns | asked_anew

    return _deed(office, (year, agenda), "changed", rows, owner, giver)


def withdraw_request(
    office: Office, year: int, agenda: str, *, asker: Asker | None = None, **giver: Unpack[Giver]
) -> Receipt:
    """Cancel a request on behalf of its agency. Raises ScreenRefusedError where it is over, or its event has begun, and
    for a letter of the register that its agency did not send."""
    owner = asker or Asker()

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        _refuse_paper(owner, request)
        _refuse_begun(book, request, giver["now"])
        return request.row | _status(RequestStatus.CANCELLED, giver["now"], book)

    return _deed(office, (year, agenda), "withdrawn", rows, owner, giver)


def approve_request(
    office: Office, year: int, agenda: str, reason: str = "", *, forwards: bool = False, is_sure: bool = False,
    **giver: Unpack[Giver],
) -> Receipt:  # fmt: skip
    """Approve what is asked for; `forwards` also finishes the step that approves. `is_sure`: also where another
    approved booking has the room then, or the room is not open.

    Raises ScreenRefusedError where the request is over or its event has begun, StampDoubtError where that step is not
    in hand, TimeRefusedError for a double booking, and outside the hours of the room.
    """
    giver = _pressed(giver, "forwarded" if forwards else "approved")
    step = office.sop_in_force.step_with(Meaning.APPROVED)

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        _refuse_begun(book, request, giver["now"])
        if forwards:
            _refuse_not_in_hand(request.held, step)
        return request.row | _status(RequestStatus.APPROVED, giver["now"], book)

    def before(connection: Connection, request: _Request) -> None:
        if not is_sure:
            refuse_doubtful(connection, office, slot_of(request.letter), request.id, giver["now"])

    def also(connection: Connection, request: _Request) -> None:
        if forwards:
            stamped = NewStamp(year, request.agenda_number, step, Stamp.FORWARDED, is_sure=True)
            finish_step(connection, office.book_in(connection), stamped, **_other(giver, step))

    words = _reason(reason)
    return _deed(office, (year, agenda), "approved", rows, Asker(), giver, reason=words, also=also, before=before)


def reject_request(office: Office, year: int, agenda: str, reason: str, **giver: Unpack[Giver]) -> Receipt:
    """Refuse it, with a reason. Raises ScreenRefusedError without one, and where the request is over or its event has
    begun."""
    words, giver = _reason(reason, is_needed=True), _pressed(giver, "rejected")

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        _refuse_begun(book, request, giver["now"])
        return request.row | _status(RequestStatus.REJECTED, giver["now"], book)

    return _deed(office, (year, agenda), "rejected", rows, Asker(), giver, reason=words)


def offer_time(office: Office, year: int, agenda: str, wish: Wish, reason: str, **giver: Unpack[Giver]) -> Receipt:
    """Offer another room or time, with a reason: the steps at which the request lies pause until its agency answers.

    Raises TimeRefusedError where that is not free, ScreenRefusedError without a reason and where the request is over or
    its event has begun, CorrectionError.
    """
    words, giver = _reason(reason, is_needed=True), _pressed(giver, "offered")
    slots: list[Slot] = []

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        _refuse_begun(book, request, giver["now"])
        context = Context(book, giver["now"])
        columns = booked_columns(wish, context)
        slots.append(free_slot(office, columns, None, context.now, request.id))
        return request.row

    def also(connection: Connection, request: _Request) -> None:
        book, now = office.book_in(connection), giver["now"]
        pauses = [
            _pause(request, step, number, pause_start_at=now, pause_reason=f"{OFFER_NOTE}{words}")
            for step, number in _standing_at(request.held)
        ]
        if pauses:
            store_entry(connection, book, "disposisi", pauses, **_other(giver, "jeda"))

    return _deed(office, (year, agenda), "offered", rows, Asker(), giver, reason=words, also=also, slots=slots)


def answer_offer(
    office: Office, year: int, agenda: str, *, accepts: bool, asker: Asker | None = None, **giver: Unpack[Giver]
) -> Receipt:
    """Take the time that the office offers, which asks for it anew, or stay with one's own; the steps go on.

    Raises ScreenRefusedError where nothing is offered, TimeRefusedError where it is not free any more.
    """
    slots: list[Slot] = []
    replaced: list[Slot] = []

    def rows(book: Rulebook, request: _Request) -> TypedRow:
        offer = request.offer
        if offer is None or offer.room_name is None or offer.start_at is None or offer.end_at is None:
            raise ScreenRefusedError("ask.no_offer")
        if not accepts:
            return request.row
        columns = {
            "room": offer.room_name,
            **stamp("booked_start", offer.start_at, book.zone),
            **stamp("booked_end", offer.end_at, book.zone),
        }
        slots.append(slot_in(columns))
        replaced.extend(slot for slot in (slot_of(request.letter),) if slot is not None)
        return request.row | columns | _status(RequestStatus.PENDING, giver["now"], book)

    def also(connection: Connection, request: _Request) -> None:
        for slot in slots:
            refuse_gone(connection, office, slot, request.id, giver["now"])

    deed = "accepted" if accepts else "declined"
    return _deed(office, (year, agenda), deed, rows, asker or Asker(), giver, also=also, slots=replaced)


def open_offer(deeds: Sequence[LetterDeed]) -> LetterDeed | None:
    """The offer of another time that waits for an answer."""
    return next(iter(_open_offers(deeds)), None)


def _open_offers(deeds: Sequence[LetterDeed]) -> list[LetterDeed]:
    """The offers since the last answer, the newest first."""
    said = (deed for deed in reversed(deeds) if deed.deed == "offered" or deed.deed in ANSWERS)
    return list(takewhile(lambda deed: deed.deed == "offered", said))


@dataclass(frozen=True)
class _Request:
    """A request as the records hold it inside a transaction; `row` names it in a further row of the register."""

    id: int
    agenda_number: str
    received_on: int
    row: dict[str, Any]
    held: HeldLetter
    letter: dict[str, Any]
    deeds: Sequence[LetterDeed]

    @property
    def offer(self) -> LetterDeed | None:
        """The offer that waits for an answer."""
        return open_offer(self.deeds)


_Rows = Callable[[Rulebook, _Request], TypedRow]
_Beside = Callable[[Connection, _Request], None]


def _deed(
    office: Office, named: tuple[int, str], deed: str, rows: _Rows, asker: Asker, giver: Giver, *,
    reason: str | None = None, before: _Beside | None = None, also: _Beside | None = None, slots: Sequence[Slot] = (),
) -> Receipt:  # fmt: skip
    """One deed: its row of the register, its note, its stamps; an offer that it answers pauses no more."""
    requests: list[_Request] = []

    def made(connection: Connection, book: Rulebook) -> list[TypedRow]:
        request = _request(connection, book, *named, asker)
        requests.append(request)
        _refuse_decided(connection, giver["client_id"])
        _refuse_over(request)
        if before is not None:
            before(connection, request)
        return [rows(book, request)]

    def stored(connection: Connection, load_id: int) -> None:
        (request,) = requests
        place = next(iter(slots), None)
        where = {} if place is None else {"room_name": place.room, "start_at": place.start, "end_at": place.end}
        _note(connection, request.id, load_id, deed, giver, reason=reason, **where)
        if request.offer is not None and deed != "offered":
            _go_on(connection, office.book_in(connection), request, giver)
        if also is not None:
            also(connection, request)

    return give_rows(office, "permohonan", made, also=stored, **giver)


def _request(connection: Connection, book: Rulebook, year: int, agenda: str, asker: Asker) -> _Request:
    """The request of that number or receipt number. Raises ScreenRefusedError for one that is not there, or not the
    asker's."""
    receipt = receipt_in(agenda)
    key = agenda_key(agenda) if receipt is None else current_key(connection, year, receipt)
    request_id = None if key is None else letter_with_key(connection, year, key)
    held = held_letters(connection, book, [request_id]) if request_id is not None else {}
    if request_id is None or request_id not in held or not _is_of(connection, book, request_id, asker):
        raise ScreenRefusedError("ask.no_request")
    rows = rows_of(connection, [request_id])
    rows = rows[~rows["is_waiting"] & (rows["received_on"] != MISSING)]
    last = rows.iloc[-1]
    _, shown = letters_as_shown(connection, book, [request_id], overlay_in_force(connection, book))
    number, received = str(last["agenda_number"]), int(last["received_on"])
    row = letter(number) | {"received_on": received, "opd": str(last["opd"])}
    return _Request(
        request_id, number, received, row, held[request_id], shown.iloc[0].to_dict(), deeds_of(connection, request_id)
    )


def _is_of(connection: Connection, book: Rulebook, request_id: int, asker: Asker) -> bool:
    if asker.code_id is not None:
        receipt = receipt_of_request(connection, request_id)
        return receipt is not None and receipt.code_id == asker.code_id
    if asker.opd is None:
        return True
    _, shown = letters_as_shown(connection, book, [request_id], overlay_in_force(connection, book))
    return bool(len(shown)) and shown["opd_name"].iloc[0] == book.opd_names.one(asker.opd)


def _refuse_over(request: _Request) -> None:
    status = RequestStatus.of(int(request.letter["status"]))
    if status in OVER:
        raise ScreenRefusedError(f"ask.over_{status.value}")


def _refuse_paper(asker: Asker, request: _Request) -> None:
    """Raises ScreenRefusedError for an agency whose letter of the register was not sent on the screen."""
    if asker != Asker() and all(deed.deed != "sent" for deed in request.deeds):
        raise ScreenRefusedError("ask.on_paper")


def _refuse_begun(book: Rulebook, request: _Request, now: int) -> None:
    """Raises ScreenRefusedError once the event has begun; one without a clock time begins with the day after."""
    start, day = int(request.letter["booked_start_at"]), int(request.letter["booked_start_on"])
    today = day_number(datetime.fromtimestamp(now, book.zone).date())
    if (start <= now) if start != MISSING else (MISSING != day < today):
        year = day_date(request.received_on).year
        raise ScreenRefusedError("ask.begun", letter=letter_name(year, request.agenda_number))


def _refuse_not_in_hand(held: HeldLetter, step: str) -> None:
    stand = standing(held, step)
    if not stand.is_handed:
        raise StampDoubtError("missing", step, stand.missing or stand.blocked_by or (step,))


def _refuse_decided(connection: Connection, client_id: str) -> None:
    """Raises ScreenRefusedError where another button of the same panel was pressed before."""
    panel, _, pressed = client_id.strip().rpartition("-")
    for deed in _DECISIONS:
        if pressed in _DECISIONS and deed != pressed and entry_of(connection, f"{panel}-{deed}") is not None:
            raise ScreenRefusedError(f"ask.stands_{deed}")


def _pressed(giver: Giver, deed: str) -> Giver:
    """The giver of a decision: each button of a panel is an entry of its own."""
    return {**giver, "client_id": f"{giver['client_id'].strip()}-{deed}"}


def _standing_at(held: HeldLetter) -> list[tuple[str, int]]:
    """The steps of part A at which a request lies, that wait for nothing yet, and the pass in hand there."""
    stands = (standing(held, step.code) for step in held.sop.part("A") if not step.is_opd_time)
    return [(stand.step, stand.number) for stand in stands if stand.is_handed and Stamp.WAITING in stand.may]


def _go_on(connection: Connection, book: Rulebook, request: _Request, giver: Giver) -> None:
    """End the pauses that the offers since the last answer began."""
    offered = {offer.at for offer in _open_offers(request.deeds)}
    stands = [standing(request.held, step.code) for step in request.held.sop.part("A")]
    rows = [
        _pause(request, stand.step, stand.number, pause_start_at=stand.paused_at, pause_end_at=giver["now"])
        for stand in stands
        if stand.paused_at in offered
    ]
    if rows:
        store_entry(connection, book, "disposisi", rows, **_other(giver, "lanjut"))


def _pause(request: _Request, step: str, number: int, **pause: object) -> TypedRow:
    year = day_date(request.received_on).year
    return letter(request.agenda_number) | {"year": year, "step": STEP_INDEX[step], "pass_number": number} | pause


def _status(status: RequestStatus, now: int, book: Rulebook) -> dict[str, object]:
    words = {
        RequestStatus.PENDING: "menunggu", RequestStatus.APPROVED: "disetujui", RequestStatus.REJECTED: "ditolak",
        RequestStatus.CANCELLED: "dibatalkan",
    }  # fmt: skip
    return {"status": status.code, "status_text": words[status], **stamp("status", now, book.zone)}


def _reason(typed: str, *, is_needed: bool = False) -> str:
    words = reason_words(typed)
    if is_needed and len(words) < LEAST_REASON:
        raise ScreenRefusedError("ask.no_reason")
    return words


def _note(
    connection: Connection, request_id: int, load_id: int, deed: str, giver: Giver, *, reason: str | None = None,
    **where: Any,
) -> None:  # fmt: skip
    by = {"at": giver["now"], "actor": giver["actor"], "role": giver["role"]}
    add_deed(connection, LetterDeed(request_id, load_id, deed, reason=reason or None, **by, **where))


def _other(giver: Giver, mark: str) -> Giver:
    """The giver of a further entry beside this one."""
    return {**giver, "client_id": f"{giver['client_id'].strip()} {mark}"}


def _letter_of(connection: Connection, load_id: int) -> int:
    return int(rows_with(connection, "permohonan", "load_id", [load_id])["request_id"].iloc[0])


def _year(book: Rulebook, now: int) -> int:
    return datetime.fromtimestamp(now, book.zone).year
