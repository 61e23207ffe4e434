"""Stamps: who holds a step says on the screen that it took the letter up, handed it on, sent it back, waits or goes on.

The moment is the server's. What a stamp means is decided inside the transaction that stores it, by what the records
hold by then; so two people who tap at once never stamp one step twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.loads import entry_of, loads_of_source
from data_access.records.intake.page_corrections import rows_with_ids
from data_access.records.intake.views import stored_rows
from data_access.records.requests.passes import add_documents, passes_of
from data_access.records.requests.register import letters_with_keys, rows_of
from etl.corrections.page import end_corrections
from etl.desk.screen_rows import Receipt, give_rows, said_by, store_entry
from etl.domain.compliance.stamping import HeldLetter, Stamp, Standing, standing
from etl.domain.frames import MISSING
from etl.domain.sop.steps import STEP_CODES, STEP_INDEX
from etl.extract.texts import agenda_key
from etl.figures.requests.documents import OUTPUT
from etl.figures.requests.step_standing import held_letters
from etl.intake.entered import TypedRow, letter, stamp
from etl.intake.load_report import SCREEN
from etl.intake.undo import undo
from etl.judging.build_facts import folded_requests
from etl.judging.facts_input import overlay_in_force
from etl.judging.overlay import lay_over

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office, Rulebook

UNDO_SECONDS = 900
"""So long may whoever gave a stamp take it back with one tap; afterwards it is corrected with a reason."""

LONGEST_REASON = 300
LEAST_REASON = 3


@dataclass(frozen=True)
class StampAsked:
    """One stamp that a person asks for; `documents` are (part, name, whether it is there).

    `is_sure`: the person was told that a step before this one is not finished, and stamps all the same.
    """

    year: int
    agenda: str
    step: str
    stamp: Stamp
    reason: str = ""
    documents: Sequence[tuple[str, str, bool]] = ()
    is_sure: bool = False


class StampRefusedError(PantauError):
    """A stamp that makes no sense; `reason` is why, `steps` are those that stand in its way."""

    def __init__(self, reason: str, step: str, steps: Sequence[str] = ()) -> None:
        super().__init__(f"stamp.refused_{reason}", step=step, steps=tuple(steps))
        self.reason, self.steps = reason, tuple(steps)


class StampDoubtError(StampRefusedError):
    """A stamp that may be right all the same: the steps before are not finished. It is taken when asked for again."""


_IMPOSSIBLE = {
    Stamp.RECEIVED: "begun", Stamp.WAITING: "paused", Stamp.RESUMED: "not_paused", Stamp.RETURNED: "no_return",
    Stamp.FORWARDED: "done",
}  # fmt: skip


def give_stamp(
    office: Office, asked: StampAsked, *, actor: str, role: str, client_id: str, now: int, own_opd: str | None = None
) -> Receipt:
    """Store one stamp and publish it; the caller has made sure that the role holds the step.

    `own_opd`: only a letter of that agency may be stamped. The same `client_id` again gives the first receipt.
    Raises StampRefusedError, StampDoubtError, ScreenRefusedError, RecordsError.
    """
    found: list[int] = []

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        held = _letter(connection, book, asked, own_opd)
        found.append(held.request_id)
        stand = _checked(standing(held, asked.step), asked)
        return list(_rows(asked, stand, _reason(asked), now, book))

    def also(connection: Connection, load_id: int) -> None:
        _beside(connection, office.book_in(connection), asked, found[0], load_id, actor, now)

    return give_rows(office, "disposisi", rows, actor=actor, role=role, client_id=client_id, now=now, also=also)


def finish_beside(
    connection: Connection,
    book: Rulebook,
    asked: StampAsked,
    *,
    actor: str,
    role: str,
    client_id: str,
    now: int,
) -> None:
    """Inside the transaction of what finishes a step: its stamp, an entry of its own.

    A step that takes no stamp gets none: finished by now, switched off, gone back, or its letter has ended.
    """
    held = _letter(connection, book, asked, None)
    stand = standing(held, asked.step)
    if asked.stamp not in stand.may:
        return
    rows = list(_rows(asked, stand, "", now, book))
    by = {"actor": actor, "role": role}
    receipt = store_entry(connection, book, "disposisi", rows, client_id=client_id, now=now, **by)
    _beside(connection, book, asked, held.request_id, receipt.load_id, actor, now)


def take_back(office: Office, client_id: str, *, actor: str, reason: str, now: int) -> None:
    """Take one's own stamp back, as long as it is fresh; its rows stay readable. Raises StampRefusedError."""
    with reading(office.records) as connection:
        entry = entry_of(connection, client_id)
    if entry is None or entry.actor != actor or entry.kind != "disposisi" or now - entry.at > UNDO_SECONDS:
        raise StampRefusedError("not_yours", "–")
    undo(office, entry.load_id, reason, actor, now)


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
        rows = rows_with_ids(connection, "disposisi", [row_id])
        loads = loads_of_source(connection, rows["load_id"].tolist(), SCREEN)
        places = stored_rows(connection, "disposisi", [row_id])
    if not loads:
        return None
    one, said = rows.iloc[0], said_by(places[0]["sheet"])
    actor, role = loads[int(one["load_id"])], said[0] if said else None
    return Given(STEP_CODES[int(one["step"])], actor, role, int(one["request_id"]))


def opd_of_letter(office: Office, request_id: int) -> str | None:
    """The agency of a letter as the records hold it now; None for none, and for a letter that is not there."""
    with reading(office.records) as connection:
        return _opd_of(connection, office.book, request_id)


def _letter(connection: Connection, book: Rulebook, asked: StampAsked, own_opd: str | None) -> HeldLetter:
    known = letters_with_keys(connection, [agenda_key(asked.agenda)])
    ids = known.loc[known["year"] == asked.year, "request_id"].tolist()
    if ids and own_opd is not None and _opd_of(connection, book, ids[0]) != book.opd_names.one(own_opd):
        ids = []
    held = held_letters(connection, book, ids) if ids else {}
    if not held:
        raise StampRefusedError("no_letter", asked.step)
    return held[ids[0]]


def _opd_of(connection: Connection, book: Rulebook, request_id: int) -> str | None:
    rows = rows_of(connection, [request_id])
    rows = rows[~rows["is_waiting"]]
    overlay = overlay_in_force(connection, book)
    one = lay_over(folded_requests(rows, book.calendar), ["request_id"], rows, "permohonan", overlay)
    name = one["opd_name"].iloc[0] if len(one) else None
    return name if isinstance(name, str) else None


def _checked(stand: Standing, asked: StampAsked) -> Standing:
    if stand.refusal is not None:
        raise StampRefusedError(stand.refusal.value, asked.step, stand.blocked_by)
    if asked.stamp not in stand.may:
        raise StampRefusedError(_IMPOSSIBLE[asked.stamp], asked.step)
    if stand.doubtful and not asked.is_sure:
        raise StampDoubtError("missing", asked.step, stand.doubtful)
    return stand


def _reason(asked: StampAsked) -> str:
    words = " ".join(asked.reason.split())[:LONGEST_REASON]
    if asked.stamp is Stamp.RETURNED and len(words) < LEAST_REASON:
        raise StampRefusedError("reason", asked.step)
    return words


def _rows(asked: StampAsked, stand: Standing, reason: str, now: int, book: Rulebook) -> Iterator[TypedRow]:
    """The hand-over rows that a stamp is."""
    begins, ends = stamp("started", now, book.zone), stamp("finished", now, book.zone) | {"is_done": True}

    def row(step: str, number: int, **said: object) -> TypedRow:
        return letter(asked.agenda) | {"year": asked.year, "step": STEP_INDEX[step], "pass_number": number} | said

    for before in stand.sent_by_opd:
        yield row(before, stand.number, **ends)
    if asked.stamp is Stamp.RECEIVED:
        yield row(asked.step, stand.number, **begins)
    elif asked.stamp is Stamp.FORWARDED:
        yield row(asked.step, stand.number, **ends, has_output=_output(asked), note=reason)
    elif asked.stamp is Stamp.WAITING:
        yield row(asked.step, stand.number, pause_start_at=now, pause_reason=reason or "Menunggu OPD")
    elif asked.stamp is Stamp.RESUMED:
        yield row(asked.step, stand.number, pause_start_at=stand.paused_at or now, pause_end_at=now)
    else:
        yield row(asked.step, stand.number, **ends, note=f"Dikembalikan: {reason}")
        for before, number in stand.returns_to.items():
            yield row(before, number, **begins, note=f"Dikembalikan dari {asked.step}: {reason}")


def _output(asked: StampAsked) -> bool | None:
    """Whether every output was ticked; None when none was asked."""
    ticked = [is_present for part, _, is_present in asked.documents if part == OUTPUT]
    return all(ticked) if ticked else None


def _beside(
    connection: Connection, book: Rulebook, asked: StampAsked, request_id: int, load_id: int, actor: str, now: int
) -> None:
    """What belongs to the rows of a stamp: its documents, and the end of corrections that said otherwise."""
    rows = passes_of(connection, [request_id])
    mine = rows[rows["load_id"] == load_id]
    own = mine[mine["step"] == STEP_INDEX[asked.step]]
    add_documents(connection, load_id, int(own["id"].iloc[0]), asked.documents)
    for row in mine.to_dict("records"):
        said = {name for name in ("started", "finished") if row[f"{name}_on"] != MISSING}
        end_corrections(connection, book, "disposisi", int(row["id"]), said, load_id, actor, now)
