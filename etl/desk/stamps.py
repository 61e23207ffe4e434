"""Stamps: who holds a step says on the screen that it took the letter up, handed it on, sent it back, waits or goes on.

The moment is the server's. What a stamp means is decided inside the transaction that stores it, by what the records
hold by then; so two people who tap at once never stamp one step twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Unpack

from data_access.errors import PantauError
from data_access.mart.requests import event_began_at
from data_access.records import Connection, reading
from data_access.records.intake.loads import SCREEN, entry_of, loads_of_source
from data_access.records.intake.views import stored_rows
from data_access.records.letters import current_key
from data_access.records.logs import rows_with
from data_access.records.requests import add_documents, letters_with_keys, passes_of
from etl.corrections.page import end_corrections
from etl.desk.room_taken import refuse_doubtful, slot_of
from etl.desk.screen_rows import (
    LEAST_REASON,
    Giver,
    Receipt,
    TypedRow,
    entered_by,
    give_rows,
    letter,
    reason_words,
    stamp,
    store_entry,
)
from etl.domain.compliance.rules import procedure_of
from etl.domain.compliance.stamping import (
    RETURN_NOTE,
    HeldLetter,
    Stamp,
    Standing,
    opens_at,
    standing,
    waits_for_event,
)
from etl.domain.frames import MISSING
from etl.domain.sop.steps import Meaning
from etl.domain.verdict import RequestStatus
from etl.extract.texts import agenda_key, receipt_in
from etl.figures.requests.documents import OUTPUT
from etl.figures.requests.work_list import awaits_decision
from etl.intake.undo import undo
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import held_letters, letters_as_shown
from etl.office import Office, Rulebook
from etl.reference.steps import STEP_CODES, STEP_INDEX

UNDO_SECONDS = 900
"""So long may whoever gave a stamp take it back with one tap; afterwards it is corrected with a reason."""


@dataclass(frozen=True)
class NewStamp:
    """One stamp that a person asks for; `documents` are (part, name, whether it is there).

    `is_sure`: the person was told that a step before this one is not finished, and stamps all the same. `to`: the step
    to which a letter is sent back, empty for the nearest. `began_at`: when the step was begun, of one that is finished
    and whose start nobody has stamped; what the agency sent with it was sent by then. `takes_room`: the person was told
    that the room cannot be had then, and hands on at the approving step all the same.
    """

    year: int
    agenda: str
    step: str
    stamp: Stamp
    reason: str = ""
    documents: Sequence[tuple[str, str, bool]] = ()
    is_sure: bool = False
    to: str = ""
    began_at: int | None = None
    takes_room: bool = False


class StampRefusedError(PantauError):
    """A stamp that makes no sense; `reason` is why, `steps` are those that stand in its way."""

    def __init__(self, reason: str, step: str, steps: Sequence[str] = ()) -> None:
        super().__init__(f"stamp.refused_{reason}", step=step, steps=tuple(steps))
        self.reason, self.steps = reason, tuple(steps)


class StampDoubtError(StampRefusedError):
    """A stamp that may be right all the same: the steps before are not finished. It is taken when asked for again."""


class StampEarlyError(PantauError):
    """A stamp of what goes on with an event that is yet to come."""


_IMPOSSIBLE = {
    Stamp.RECEIVED: "begun", Stamp.WAITING: "paused", Stamp.RESUMED: "not_paused", Stamp.RETURNED: "no_return",
    Stamp.FORWARDED: "done",
}  # fmt: skip


def give_stamp(office: Office, wish: NewStamp, *, own_opd: str | None = None, **giver: Unpack[Giver]) -> Receipt:
    """Store one stamp and publish it; the caller has made sure that the role holds the step.

    `own_opd`: only a letter of that agency may be stamped. The same `client_id` again gives the first receipt.
    Raises StampRefusedError, StampDoubtError, StampEarlyError, TimeRefusedError where handing on at the approving step
    gives away a room that cannot be had then, ScreenRefusedError, RecordsError.
    """
    letters: list[int] = []
    if own_opd is not None:  # also of a repeat, whose receipt says what became of the letter
        with reading(office.records) as connection:
            _letter(connection, office.book_in(connection), _as_numbered(connection, wish), own_opd)

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        meant = _as_numbered(connection, wish)
        held = _letter(connection, book, meant, own_opd)
        letters.append(held.request_id)
        stand = _checked(standing(held, wish.step), wish)
        _refuse_unnumbered(held, meant)
        if (early := too_early(office, held, wish.step, giver["now"])) is not None:
            raise early
        _refuse_room(connection, office, held, wish, giver["now"])
        return list(_rows(meant, stand, _reason(wish), giver["now"], book))

    def also(connection: Connection, load_id: int) -> None:
        _store_with_rows(connection, office.book_in(connection), wish, letters[0], load_id, giver)

    return give_rows(office, "disposisi", rows, also=also, **giver)


def finish_step(connection: Connection, book: Rulebook, wish: NewStamp, **giver: Unpack[Giver]) -> None:
    """Inside the transaction of what finishes a step: its stamp, an entry of its own.

    A step that takes no stamp gets none: finished by now, switched off, gone back, or its letter has ended.
    """
    wish = _as_numbered(connection, wish)
    held = _letter(connection, book, wish, None)
    stand = standing(held, wish.step)
    if wish.stamp not in stand.may:
        return
    rows = list(_rows(wish, stand, "", giver["now"], book))
    receipt = store_entry(connection, book, "disposisi", rows, **giver)
    _store_with_rows(connection, book, wish, held.request_id, receipt.load_id, giver)


def take_back(office: Office, client_id: str, *, actor: str, reason: str, now: int) -> None:
    """Take one's own stamp back, as long as it is fresh; its rows stay readable. Raises StampRefusedError."""
    with reading(office.records) as connection:
        entry = entry_of(connection, client_id)
    if entry is None or entry.actor != actor or entry.kind != "disposisi" or now - entry.at > UNDO_SECONDS:
        raise StampRefusedError("not_yours", "–")
    undo(office, entry.load_id, reason, actor, now)


def is_still_pending(office: Office, wish: NewStamp, now: int) -> bool:
    """Whether a stamp handed a request on from the approving step, or from one behind it, that still awaits its
    decision."""
    if wish.stamp is not Stamp.FORWARDED:
        return False
    with reading(office.records) as connection:
        held = _letter(connection, office.book, _as_numbered(connection, wish), None)
    procedure = procedure_of(held.sop)
    is_behind = STEP_INDEX[wish.step] in (procedure.approved, *procedure.dependents[procedure.approved])
    return is_behind and office.mart.exists() and awaits_decision(office, held.request_id, now)


def has_changed(office: Office, wish: NewStamp, version: int, own_opd: str | None) -> bool:
    """Whether anything was said of the letter since the state `version`, which a button showed; not of a letter that is
    not there, as for `own_opd` those of other agencies are not."""
    try:
        with reading(office.records) as connection:
            return _letter(connection, office.book, _as_numbered(connection, wish), own_opd).version != version
    except StampRefusedError:
        return False


@dataclass(frozen=True)
class Given:
    """A hand-over row that was given on a screen: of which step, by whom in which role, for which letter."""

    step: str
    actor: str | None
    role: str | None
    request_id: int


def stamp_given(office: Office, row_id: int) -> Given | None:
    """Who stamped a hand-over row; None for one that came with a file, or is not there."""
    with reading(office.records) as connection:
        rows = rows_with(connection, "disposisi", "id", [row_id])
        loads = loads_of_source(connection, rows["load_id"].tolist(), SCREEN)
        places = stored_rows(connection, "disposisi", [row_id])
    if not loads:
        return None
    row, giver = rows.iloc[0], entered_by(places[0]["sheet"])
    actor, role = loads[int(row["load_id"])], giver[0] if giver else None
    return Given(STEP_CODES[int(row["step"])], actor, role, int(row["request_id"]))


def opd_of_letter(office: Office, request_id: int) -> str | None:
    """The agency of a letter as the records hold it now; None for none, and for a letter that is not there."""
    with reading(office.records) as connection:
        return _opd_of(connection, office.book, request_id)


def _as_numbered(connection: Connection, wish: NewStamp) -> NewStamp:
    """The same stamp of a letter that is named by its receipt number, under the number that it bears by now."""
    receipt = receipt_in(wish.agenda)
    key = None if receipt is None else current_key(connection, wish.year, receipt)
    return wish if key is None or key == agenda_key(wish.agenda) else replace(wish, agenda=key)


def _refuse_unnumbered(held: HeldLetter, wish: NewStamp) -> None:
    """What is not numbered is not received: its number begins that step. Raises StampRefusedError."""
    is_receiving = held.sop.step_with(Meaning.RECEIVED) in held.before(wish.step)
    is_unnumbered = receipt_in(wish.agenda) is not None
    if is_unnumbered and is_receiving and wish.stamp in (Stamp.RECEIVED, Stamp.FORWARDED):
        raise StampRefusedError("unnumbered", wish.step)


def too_early(office: Office, held: HeldLetter, step: str, now: int) -> StampEarlyError | None:
    """Why a step takes no stamp yet: it goes on with an event that is to come; None where it takes one."""
    at = opens_at(held, step)
    if at is None or at <= now or _has_begun(office, held.request_id, now):
        return None
    opens = datetime.fromtimestamp(at, office.zone)
    if at == held.event_day_at or not waits_for_event(held.sop.step(step)):
        return StampEarlyError("stamp.early_day", step=step, day=opens.date())
    return StampEarlyError("stamp.early", step=step, day=opens.date(), clock=opens.time())


def _has_begun(office: Office, request_id: int, now: int) -> bool:
    """Whether a session of the letter's event has begun, before the time that is booked."""
    began = event_began_at(office.mart.read(), request_id) if office.mart.exists() else None
    return began is not None and began <= now


def _refuse_room(connection: Connection, office: Office, held: HeldLetter, wish: NewStamp, now: int) -> None:
    """Handing on at the approving step gives the room away, so it asks what approving asks, unless it is approved.
    Raises TimeRefusedError."""
    is_handing_on = wish.stamp is Stamp.FORWARDED and Meaning.APPROVED in held.sop.step(wish.step).meanings
    if wish.takes_room or not is_handing_on or held.status == RequestStatus.APPROVED.value:
        return
    if held.event_at is None or held.event_at <= now:
        return
    book = office.book_in(connection)
    _, letters = letters_as_shown(connection, book, [held.request_id], overlay_in_force(connection, book))
    refuse_doubtful(connection, office, slot_of(letters.iloc[0].to_dict()), held.request_id, now)


def _letter(connection: Connection, book: Rulebook, wish: NewStamp, own_opd: str | None) -> HeldLetter:
    known = letters_with_keys(connection, [agenda_key(wish.agenda)])
    ids = known.loc[known["year"] == wish.year, "request_id"].tolist()
    if ids and own_opd is not None and _opd_of(connection, book, ids[0]) != book.opd_names.one(own_opd):
        ids = []
    held = held_letters(connection, book, ids) if ids else {}
    if not held:
        raise StampRefusedError("no_letter", wish.step)
    return held[ids[0]]


def _opd_of(connection: Connection, book: Rulebook, request_id: int) -> str | None:
    _, letter = letters_as_shown(connection, book, [request_id], overlay_in_force(connection, book))
    name = letter["opd_name"].iloc[0] if len(letter) else None
    return name if isinstance(name, str) else None


def _checked(stand: Standing, wish: NewStamp) -> Standing:
    if stand.refusal is not None:
        raise StampRefusedError(stand.refusal.value, wish.step, stand.blocked_by)
    if wish.stamp not in stand.may or (wish.to and wish.to not in stand.returns_to):
        raise StampRefusedError(_IMPOSSIBLE[wish.stamp], wish.step)
    if stand.doubtful and not wish.is_sure:
        raise StampDoubtError("missing", wish.step, stand.doubtful)
    return stand


def _reason(wish: NewStamp) -> str:
    words = reason_words(wish.reason)
    if wish.stamp is Stamp.RETURNED and len(words) < LEAST_REASON:
        raise StampRefusedError("reason", wish.step)
    return words


def _rows(wish: NewStamp, stand: Standing, reason: str, now: int, book: Rulebook) -> Iterator[TypedRow]:
    """The hand-over rows that a stamp is."""
    begins, ends = stamp("started", now, book.zone), stamp("finished", now, book.zone) | {"is_done": True}

    def row(step: str, number: int, **values: object) -> TypedRow:
        return letter(wish.agenda) | {"year": wish.year, "step": STEP_INDEX[step], "pass_number": number} | values

    began_at = None if stand.is_begun else wish.began_at
    own_start = {} if began_at is None else stamp("started", began_at, book.zone)
    sent = ends if began_at is None else stamp("finished", began_at, book.zone) | {"is_done": True}
    for before, number in stand.sent_by_opd.items():
        yield row(before, number, **sent)
    if wish.stamp is Stamp.RECEIVED:
        yield row(wish.step, stand.number, **begins)
    elif wish.stamp is Stamp.FORWARDED:
        yield row(wish.step, stand.number, **own_start, **ends, has_output=_output(wish), note=reason)
    elif wish.stamp is Stamp.WAITING:
        yield row(wish.step, stand.number, pause_start_at=now, pause_reason=reason or "Menunggu OPD")
    elif wish.stamp is Stamp.RESUMED:
        yield row(wish.step, stand.number, pause_start_at=stand.paused_at or now, pause_end_at=now)
    else:
        to = STEP_INDEX[wish.to or stand.returns_to[0]]
        yield row(wish.step, stand.number, **ends, returned_to=to, note=f"{RETURN_NOTE}{reason}")


def _output(wish: NewStamp) -> bool | None:
    """Whether every output was ticked; None when none was asked."""
    ticked = [is_present for part, _, is_present in wish.documents if part == OUTPUT]
    return all(ticked) if ticked else None


def _store_with_rows(
    connection: Connection, book: Rulebook, wish: NewStamp, request_id: int, load_id: int, giver: Giver
) -> None:
    """Store what belongs to the rows of a stamp: its documents, and the end of corrections that said otherwise."""
    rows = passes_of(connection, [request_id], "id", "load_id", "step", "started_on", "finished_on")
    mine = rows[rows["load_id"] == load_id]
    own = mine[mine["step"] == STEP_INDEX[wish.step]]
    add_documents(connection, load_id, int(own["id"].iloc[0]), wish.documents)
    actor, now = giver["actor"], giver["now"]
    for row in mine.to_dict("records"):
        fields = {name for name in ("started", "finished") if row[f"{name}_on"] != MISSING}
        end_corrections(connection, book, "disposisi", int(row["id"]), fields, load_id, actor, now)
