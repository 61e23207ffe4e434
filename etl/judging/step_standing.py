"""The passes of some letters as they stand in the records, for those who hold a step."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from data_access.mart import Basis
from data_access.records import Connection, reading
from data_access.records.requests import passes_of, pauses_of, rows_of, touched_loads
from etl.domain.compliance.choices import by_way
from etl.domain.compliance.judge import lives_of
from etl.domain.compliance.layers import stands
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.stamping import HeldLetter, HeldPass, Standing, standing
from etl.domain.compliance.suspicion import mistyped_dates
from etl.domain.frames import MISSING, Bools, Codes, Ints, Receivers
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.judging.build_facts import (
    PASS_COLUMNS,
    PASS_STANDING,
    folded_passes,
    folded_requests,
    ints,
    pause_frame,
    to_passes,
    to_requests,
    with_numbers,
    with_returns,
)
from etl.judging.overlay import lay_over, overlay_in_force
from etl.office import Office, Rulebook

_ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)
_MOST_KEPT = 2_000


class _Kept(NamedTuple):
    """A letter as it was read by these rules after the load `version`; None for one that waits for a room."""

    book: Rulebook
    version: int
    letter: HeldLetter | None


def letters_as_shown(
    connection: Connection, book: Rulebook, ids: Iterable[int], overlay: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The register rows of these letters that wait for no room, and one row per letter: what they say together."""
    rows = rows_of(connection, ids)
    rows = rows[~rows["is_waiting"]]
    return rows, lay_over(folded_requests(rows, book.calendar), ["request_id"], rows, "permohonan", overlay)


def passes_as_shown(
    connection: Connection, book: Rulebook, ids: Ints, overlay: pd.DataFrame, columns: Sequence[str] = PASS_COLUMNS
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The hand-over rows of these letters with the number of their pass, and the one that was typed (`typed_number`);
    their pauses; and one row per pass. `columns`: of the rows, PASS_STANDING at least."""
    rows, pauses = passes_of(connection, ids, *columns), pauses_of(connection, ids)
    rows["has_pause"] = rows["id"].isin(pauses["pass_row_id"])
    passes, numbers, _ = folded_passes(rows, overlay, book.calendar)
    return rows.assign(pass_number=numbers, typed_number=rows["pass_number"]), pauses, passes


def mistyped(connection: Connection, book: Rulebook, overlay: pd.DataFrame, finishes: pd.DataFrame) -> pd.Series:
    """Which of these finishes (request_id, step, finished_on) were probably mistyped: day and month exchanged, or a
    day too early or late."""
    _, letters = letters_as_shown(connection, book, finishes["request_id"].unique(), overlay)
    letters = letters.sort_values("request_id", ignore_index=True)
    ids = letters["request_id"].to_numpy(np.int64)
    passes = passes_as_shown(connection, book, ids, overlay, PASS_STANDING)[2].assign(by_tap=False)
    requests, handed = to_requests(letters, book.calendar), to_passes(passes, ids)
    wrong = np.zeros(len(passes), dtype=bool)
    for alike, here in _rules(book).by_procedure(requests.received_on):
        flags, _ = mistyped_dates(requests, handed, alike)
        wrong |= here[handed.request] & (flags != 0)
    return pd.Series(np.isin(_finish_code(finishes), _finish_code(passes[wrong])), index=finishes.index)


def _finish_code(rows: pd.DataFrame) -> Ints:
    """A number for letter, step and day of finish."""
    return (ints(rows, "request_id") * 16 + ints(rows, "step")) * (1 << 20) + ints(rows, "finished_on")


def held_letters(connection: Connection, book: Rulebook, request_ids: Iterable[int]) -> dict[int, HeldLetter]:
    """By request_id; letters whose rows wait for a room are left out."""
    ids = np.array(sorted(set(request_ids)), dtype=np.int64)
    overlay = overlay_in_force(connection, book)
    _, letters = letters_as_shown(connection, book, ids, overlay)
    letters = letters.sort_values("request_id", ignore_index=True)
    shown = letters["request_id"].to_numpy(np.int64)
    rows, pauses, folded = passes_as_shown(connection, book, shown, overlay, PASS_STANDING)
    passes, versions = _passes(rows, pauses, folded, book.sop.codes), touched_loads(connection, ids)
    standing, off = _stands(book, letters, rows, folded, overlay)
    until, events = _open_until(book, letters), _events(book, letters)
    held: dict[int, HeldLetter] = {}
    told = (letters[name].tolist() for name in ("request_id", "received_on", "status"))
    for place, (id, received_on, status) in enumerate(zip(*told, strict=True)):
        sop = book.sop.version_for(day_date(received_on))
        held[id] = HeldLetter(
            request_id=id,
            version=versions.get(id, 0),
            is_ended=status in _ENDED,
            passes=_with_receipt(passes.get(id, {}), sop),
            stands=dict(zip(book.sop.codes, standing[place].tolist(), strict=True)),
            sop=sop,
            off=frozenset(itertools.compress(book.sop.codes, off[place])),
            status=RequestStatus.of(status).value,
            is_closed=status == RequestStatus.CLOSED.code,
            open_until=until[place],
            event_at=events[place][0],
            event_day_at=events[place][1],
        )
    return held


def _rules(book: Rulebook) -> Rules:
    """The rules where it is of no account since when a step is recorded."""
    return book.rules(np.full(len(book.sop.codes), MISSING, dtype=np.int64))


def _open_until(book: Rulebook, letters: pd.DataFrame) -> list[int]:
    """Until when each letter is open when nobody ends or closes it: the end of its event, or of ten working days."""
    requests = to_requests(letters.assign(status=RequestStatus.UNKNOWN.code), book.calendar)
    until: list[int] = lives_of(requests, _rules(book), 0).stop_b.tolist()
    return until


def _events(book: Rulebook, letters: pd.DataFrame) -> list[tuple[int, int] | tuple[None, None]]:
    """When each event is booked to begin, and its day; one without a clock time begins with its day."""
    on, at = (letters[f"booked_start_{name}"].to_numpy(np.int64) for name in ("on", "at"))
    days = book.calendar.day_start(np.where(on == MISSING, 0, on))
    begins = np.where(at == MISSING, days, at)
    pairs = zip(on.tolist(), begins.tolist(), days.tolist(), strict=True)
    return [(None, None) if day == MISSING else (begin, start) for day, begin, start in pairs]


def standings(
    office: Office, request_ids: Sequence[int], steps: Sequence[str]
) -> dict[int, tuple[HeldLetter, dict[str, Standing]]]:
    """How these steps of each letter stand now in the records."""
    letters = _letters_kept(office, request_ids) if len(request_ids) and steps else {}
    return {id: (letter, {step: standing(letter, step) for step in steps}) for id, letter in letters.items()}


def _letters_kept(office: Office, request_ids: Sequence[int]) -> dict[int, HeldLetter]:
    """As `held_letters`; a letter of which nothing was said since it was read beside this mart is not read again."""
    if not office.mart.exists():
        with reading(office.records) as connection:
            return held_letters(connection, office.book, request_ids)
    lasting = Basis.of()  # each says itself whether it still holds
    kept: dict[int, _Kept] = office.mart.read().remember("held letters", dict, lasting)
    book, ids = office.book, sorted(set(request_ids))
    with reading(office.records) as connection:
        versions = touched_loads(connection, ids)  # before the rows: what comes between is read again the next time
        letters = {id: kept[id] for id in ids if id in kept}
        letters = {id: one for id, one in letters.items() if one.version == versions.get(id, 0) and one.book is book}
        new = [id for id in ids if id not in letters]
        read = held_letters(connection, book, new) if new else {}
    letters |= {id: _Kept(book, versions.get(id, 0), read.get(id)) for id in new}
    if len(kept) > _MOST_KEPT:
        kept.clear()
    kept.update((id, letters[id]) for id in new)
    return {id: letter for id in ids if (letter := letters[id].letter) is not None}


def _stands(
    book: Rulebook, letters: pd.DataFrame, rows: pd.DataFrame, passes: pd.DataFrame, overlay: pd.DataFrame
) -> tuple[Codes, Bools]:
    """How each step of each letter stands by everything recorded of it, and whether it is not practised."""
    rules = _rules(book)
    typed = with_numbers(rows.assign(pass_number=rows["typed_number"]), rows["pass_number"].to_numpy(np.int64), overlay)
    passes = with_returns(passes.assign(by_tap=False), typed, letters, rules)
    ids, shape = letters["request_id"].to_numpy(np.int64), (len(letters), rules.step_count)
    standing, off = np.empty(shape, dtype=np.int8), np.empty(shape, dtype=bool)
    passes = passes[~passes["is_extra"]]
    ways = by_way(to_requests(letters, book.calendar), to_passes(passes, ids), Receivers.none(), rules, None)
    for alike, here in ways:
        some = letters[here]
        mine = passes[passes["request_id"].isin(some["request_id"])]
        standing[here], off[here] = stands(to_requests(some, book.calendar), to_passes(mine, ids[here]), alike)
    return standing, off


def _passes(
    rows: pd.DataFrame, pauses: pd.DataFrame, passes: pd.DataFrame, codes: Sequence[str]
) -> dict[int, dict[str, list[HeldPass]]]:
    waits = _open_waits(pause_frame(pauses, rows, rows["pass_number"].to_numpy(np.int64)))
    held_passes: dict[int, dict[str, list[HeldPass]]] = {}
    order = np.argsort(passes["pass_number"].to_numpy(), kind="stable")
    names = ("request_id", "step", "pass_number", "started_on", "finished_on", "is_done")
    told = (passes[name].to_numpy()[order].tolist() for name in names)
    for request_id, step, number, started_on, finished_on, is_said_done in zip(*told, strict=True):
        is_done = is_said_done or finished_on != MISSING
        waits_since = None if is_done else waits.get((request_id, step, number))
        held = HeldPass(number, started_on != MISSING, is_done, waits_since)
        held_passes.setdefault(request_id, {}).setdefault(codes[step], []).append(held)
    return held_passes


def _open_waits(pauses: pd.DataFrame) -> dict[tuple[int, int, int], int]:
    """By letter, step and pass the start of a wait that has not ended."""
    if not len(pauses):
        return {}
    still = pauses[pauses["ended_at"] == MISSING].sort_values("started_at")
    keys = zip(*(still[name].tolist() for name in ("request_id", "step", "pass_number")), strict=True)
    return dict(zip(keys, still["started_at"].tolist(), strict=True))


def _with_receipt(passes: Mapping[str, Sequence[HeldPass]], sop: SopVersion) -> dict[str, Sequence[HeldPass]]:
    """The receipt of the letter is the first finish of its step."""
    received = sop.step_with(Meaning.RECEIVED)
    later = [held for held in passes.get(received, ()) if held.number > 1]
    return {**passes, received: [HeldPass(1, is_begun=True, is_done=True), *later]}
