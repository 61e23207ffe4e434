"""What the rows of the records add up to: one letter from its register rows, one pass from its hand-over rows, and
which letter a row belongs to.

A later row wins field by field and an empty cell never erases, so files that do not contradict each other may come
in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntFlag
from itertools import chain, zip_longest
from typing import NamedTuple

import numpy as np
import pandas as pd

from etl.domain.frames import MISSING, NEVER, Bools, Ints

PASS_STAMPS = ("started_on", "started_at", "finished_on", "finished_at")
PASS_DESKS = ("receiver", "returned_to")


class Unread(IntFlag):
    """Which moments a hand-over row gives in cells that nobody can read; a moment that is missing is none of these."""

    START = 1
    FINISH = 2
    PAUSE = 4


def is_empty(value: object) -> bool:
    """Whether a cell says nothing."""
    return value is None or value is pd.NA or value == MISSING or value != value


def fold(rows: pd.DataFrame, key: Sequence[str], unfolded: Iterable[str] = ()) -> pd.DataFrame:
    """One row per key: of each column the last value that says something.

    `rows` are in the order in which they were given. Columns in `unfolded` (ids, positions) are taken from the last
    row whole. Integers use MISSING for "nothing", texts None or NaN.
    """
    keys = list(key)
    is_last = ~rows.duplicated(keys, keep="last").to_numpy()
    if is_last.all():
        return rows.reset_index(drop=True)
    group = groups_of(rows, keys)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    last = np.maximum.reduceat(order, starts)
    by_last = np.argsort(last)
    whole = {*keys, *unfolded}
    columns = {}
    for column in [*keys, *(name for name in rows.columns if name not in keys)]:
        values = rows[column]
        places = last if column in whole else _last_given(values, order, starts, last)
        columns[column] = values.array.take(places[by_last])
    return pd.DataFrame(columns)


def groups_of(rows: pd.DataFrame, keys: Sequence[str]) -> Ints:
    """For each row the number of its key, counted from 0 in the order in which keys first appear."""
    group: Ints
    group, *others = (pd.factorize(rows[key], use_na_sentinel=False)[0] for key in keys)
    for codes in others:
        group = pd.factorize(group * len(rows) + codes)[0]
    return group


def says_something(values: pd.Series) -> Bools:
    """Which cells of a column are not empty."""
    says: Bools = values.notna().to_numpy(dtype=bool)
    return says & (values.to_numpy() != MISSING) if values.dtype.kind in "iu" else says


def _last_given(values: pd.Series, order: Ints, starts: Ints, last: Ints) -> Ints:
    """By group the place of its last value that says something, else of its last row."""
    says = says_something(values)
    if says.all():
        return last
    latest = np.maximum.reduceat(np.where(says[order], order, -1), starts)
    return np.where(latest < 0, last, latest)


def without_stale_clock(frame: pd.DataFrame, pairs: Iterable[str], local_day: object) -> pd.DataFrame:
    """Drop a clock time that belongs to another day than the one now known (`x_at` against `x_on`)."""
    for name in pairs:
        on, at = frame[f"{name}_on"].to_numpy(), frame[f"{name}_at"].to_numpy()
        known = (on != MISSING) & (at != MISSING)
        other = known & (local_day(np.where(known, at, 0)) != on)  # type: ignore[operator]
        if other.any():
            frame[f"{name}_at"] = np.where(other, MISSING, at)
    return frame


class To(NamedTuple):
    """Where a row says that the letter went with its finish: the step of the desk that received it, or the step to
    which it went back; MISSING for neither."""

    receiver: int = MISSING
    returned_to: int = MISSING


NOWHERE = To()
Stamp = tuple[int, int]
"""A day and a moment, MISSING for nothing."""


def _in_time(stamp: Stamp) -> Stamp:
    """A stamp as it compares; a day without a clock time is the last of that day."""
    return (stamp[0], NEVER if stamp[1] == MISSING else stamp[1])


def _said(old: Stamp, now: Stamp) -> Stamp:
    """The later of two statements of one stamp; a new day without a clock time drops the old clock time."""
    return old if now[0] == MISSING or (now[1] == MISSING and now[0] == old[0]) else now


class Pass:
    """One pass of a step while its rows are being put together; `extras` are the words and ticks beside its stamps.

    `given_rows` are the typed numbers, stamps and desks of its rows: one of them given again still is of this pass,
    whatever was corrected since. `finishes` has the hand-over to each desk named on its own: the last is the finish.
    """

    __slots__ = ("extras", "finishes", "given_rows", "is_done", "members", "number", "returned_to", "stamps")

    def __init__(self, number: int) -> None:
        self.number = number
        self.stamps = [MISSING] * 4
        self.is_done = False
        self.extras: list[object] = []
        self.members: list[int] = []
        self.given_rows: set[tuple[int, ...]] = set()
        self.finishes: dict[int, Stamp] = {}
        self.returned_to = MISSING

    def shares_moment(self, stamps: Sequence[int]) -> bool:
        """Same start or same finish, with the same precision; that of a hand-over to one desk is a finish too."""
        start, finish = _pairs(stamps)
        finishes = (_pairs(self.stamps)[1], *self.finishes.values())
        return (start[0] != MISSING and start == _pairs(self.stamps)[0]) or (
            finish[0] != MISSING and finish in finishes
        )

    def is_to(self, receiver: int) -> bool:
        """Whether it went to that desk, as far as both are named."""
        return receiver == MISSING or not self.finishes or receiver in self.finishes

    def stamps_to(self, receiver: int) -> list[int]:
        """Its stamps, the finish as that desk has it where it is named on its own."""
        return [*self.stamps[:2], *self.finishes.get(receiver, _pairs(self.stamps)[1])]

    def goes_on(self, stamps: Sequence[int], to: To, returns: Sequence[Stamp]) -> bool:
        """Whether a hand-over to another desk is part of it: no return of the letter lies between."""
        finish = _pairs(stamps)[1]
        if not self.finishes or MISSING in (to.receiver, finish[0]) or to.receiver in self.finishes:
            return False
        moments = [_in_time(known) for known in (*self.finishes.values(), finish)]
        return not any(min(moments) < back <= max(moments) for back in returns)

    def add(self, member: int, number: int, stamps: Sequence[int], to: To = NOWHERE) -> None:
        """Note a row as one of this pass."""
        self.members.append(member)
        self.given_rows.add((number, *stamps, *to))

    def take(self, stamps: Sequence[int], is_done: bool, extras: Sequence[object] = (), to: To = NOWHERE) -> bool:
        """Add what a row says; whether anything changed."""
        before = (self.stamps, self.is_done, self.extras, self.returned_to, dict(self.finishes))
        (old_start, old_finish), (start, finish) = _pairs(self.stamps), _pairs(stamps)
        self._go(to, finish)
        finish = _said(old_finish, finish)
        if len(self.finishes) > 1:
            finish = max(self.finishes.values(), key=_in_time)
        self.stamps = [*_said(old_start, start), *finish]
        self.is_done = self.is_done or is_done
        self.extras = [old if is_empty(now) else now for old, now in zip_longest(self.extras, extras)]
        return before != (self.stamps, self.is_done, self.extras, self.returned_to, self.finishes)

    def _go(self, to: To, finish: Stamp) -> None:
        if to.returned_to != MISSING:
            self.finishes, self.returned_to = {}, to.returned_to
        elif to.receiver != MISSING:
            self.returned_to = MISSING
            if finish[0] != MISSING:
                self.finishes[to.receiver] = _said(self.finishes.get(to.receiver, (MISSING, MISSING)), finish)


def _pairs(stamps: Sequence[int]) -> tuple[Stamp, Stamp]:
    return (stamps[0], stamps[1]), (stamps[2], stamps[3])


def find_pass(
    passes: list[Pass], number: int, stamps: Sequence[int], to: To = NOWHERE, returns: Sequence[Stamp] = ()
) -> Pass | None:
    """The known pass a row belongs to: the one that has such a row, else by its number when typed, else by a shared
    start or finish, one to the same desk first; else the only one that was begun and not finished, for a row with only
    a finish; else the first that went to other desks, when no return lies between.

    A typed number also means the pass that stands at that place without a number of its own. A pass of which no
    moment is known yet, say only a pause, is the one whose moments come later: the order of rows does not matter.
    """
    has_moment = any(stamp != MISSING for stamp in stamps)
    if has_moment and (again := next((p for p in passes if (number, *stamps, *to) in p.given_rows), None)):
        return again
    if number != MISSING:
        typed = next((p for p in passes if p.number == number), None)
        untyped = [p for p in passes if p.number == MISSING]
        shared = next((p for p in untyped if p.shares_moment(stamps)), None)
        return typed or shared or next((p for n, p in number_passes(passes) if n == number), None)
    if not has_moment:
        return passes[-1] if passes else None
    alike = sorted((p for p in passes if p.shares_moment(stamps)), key=lambda p: not p.is_to(to.receiver))
    further = (p for p in passes if p.goes_on(stamps, to, returns))
    empty = (p for p in passes if all(stamp == MISSING for stamp in p.stamps))
    return next(chain(alike, _begun(passes, stamps), further, empty), None)


def _begun(passes: list[Pass], stamps: Sequence[int]) -> list[Pass]:
    """The only pass that was begun and not finished, for a row with only a finish."""
    begun = [p for p in passes if p.stamps[0] != MISSING and p.stamps[2] == MISSING]
    return begun if len(begun) == 1 and stamps[0] == MISSING and stamps[2] != MISSING else []


def add_row(
    passes: list[Pass],
    number: int,
    stamps: Sequence[int],
    is_done: bool,
    member: int,
    extras: Sequence[object] = (),
    to: To = NOWHERE,
    returns: Sequence[Stamp] = (),
) -> tuple[Pass, bool, bool]:
    """Put one row into the passes of its step; returns its pass, whether that or its hand-over to another desk is new,
    and whether the pass changed. `returns` are the moments at which the letter went back to this step or further."""
    known = find_pass(passes, number, stamps, to, returns)
    is_new = known is None or (bool(known.finishes) and not known.is_to(to.receiver))
    if known is None:
        known = Pass(number)
        passes.append(known)
    if number != MISSING:
        known.number = number
    known.add(member, number, stamps, to)
    return known, is_new, known.take(stamps, is_done, extras, to)


class Returns:
    """The moments at which rows say that a letter went back, by letter."""

    def __init__(self, *frames: pd.DataFrame) -> None:
        """`frames`: hand-over rows with request_id, returned_to and finished_on/at."""
        self._by_letter: dict[int, list[tuple[int, Stamp]]] = {}
        for frame in frames:
            back = frame[(frame["returned_to"] != MISSING) & (frame["finished_on"] != MISSING)]
            columns = (back[name].tolist() for name in ("request_id", "returned_to", "finished_on", "finished_at"))
            for letter, to, on, at in zip(*columns, strict=True):
                self._by_letter.setdefault(letter, []).append((to, _in_time((on, at))))

    def until(self, letter: int, step: int) -> list[Stamp]:
        """When it went back to that step or to an earlier one."""
        return [moment for to, moment in self._by_letter.get(letter, ()) if to <= step]


def number_passes(passes: list[Pass]) -> list[tuple[int, Pass]]:
    """Passes with their numbers: typed ones keep theirs, the others take the free ones in order of time."""
    taken = {p.number for p in passes if p.number != MISSING}
    free = (n for n in range(1, len(passes) + len(taken) + 1) if n not in taken)

    def when(p: Pass) -> tuple[int, int]:
        on = p.stamps[2] if p.stamps[2] != MISSING else p.stamps[0]
        at = p.stamps[3] if p.stamps[3] != MISSING else p.stamps[1]
        return (NEVER if on == MISSING else on, NEVER if at == MISSING else at)

    untyped = sorted((p for p in passes if p.number == MISSING), key=when)
    numbered = [(p.number, p) for p in passes if p.number != MISSING]
    return sorted(numbered + [(next(free), p) for p in untyped], key=lambda pair: pair[0])


def passes_from(rows: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Passes of linked hand-over rows, and for each row the number of its pass.

    `rows`: one per hand-over row in the order given; columns request_id, step, pass_number (MISSING when not typed),
    started_on/at, finished_on/at, is_done, receiver, returned_to, has_pause, unread. Returns one row per pass:
    request_id, step, pass_number, started_on/at, finished_on/at, is_done, unread, returned_to, recorded_at, has_output,
    note, position of its last row.
    """
    rows = rows.reset_index(drop=True)
    numbers = rows["pass_number"].to_numpy(dtype=np.int64, copy=True)
    no_dates = (rows["started_on"] == MISSING) & (rows["finished_on"] == MISSING)
    is_done = rows["is_done"].to_numpy(dtype=bool) & ~(no_dates & rows["has_pause"]).to_numpy(dtype=bool)
    stamps = stamps_read(rows)
    desks = _side_by_side(rows, PASS_DESKS)
    unread = rows["unread"].to_numpy(dtype=np.int8, copy=True)
    group = rows["request_id"].to_numpy(dtype=np.int64) * 16 + rows["step"].to_numpy(dtype=np.int64)
    shared = rows.index[pd.Series(group).duplicated(keep=False)].to_numpy()
    alone = np.ones(len(rows), dtype=bool)
    alone[shared] = False
    numbers[alone & (numbers == MISSING)] = 1
    last_row = np.ones(len(rows), dtype=bool)
    by_group: dict[int, list[int]] = {}
    readable, returns = (_readable(rows), Returns(rows)) if len(shared) else (unread, Returns())
    for position in shared.tolist():
        by_group.setdefault(int(group[position]), []).append(position)
    for code, members in by_group.items():
        passes: list[Pass] = []
        back = returns.until(*divmod(code, 16))
        for position in members:
            row = int(numbers[position]), stamps[position].tolist(), bool(is_done[position]), position
            add_row(passes, *row, to=To(*desks[position].tolist()), returns=back)
        for number, whole in number_passes(passes):
            numbers[whole.members] = number
            last_row[whole.members[:-1]] = False
            unread[whole.members[-1]] = _still_unread(unread[whole.members], readable[whole.members])
            stamps[whole.members[-1]] = whole.stamps
            is_done[whole.members[-1]] = whole.is_done
            desks[whole.members[-1], 1] = whole.returned_to
    columns = {
        "request_id": rows["request_id"].to_numpy()[last_row],
        "step": rows["step"].to_numpy()[last_row].astype(np.int8),
        "pass_number": numbers[last_row],
        **{name: stamps[last_row, i] for i, name in enumerate(PASS_STAMPS)},
        "is_done": is_done[last_row],
        "unread": unread[last_row],
        "returned_to": np.where(desks[last_row, 1] == MISSING, -1, desks[last_row, 1]).astype(np.int8),
    }
    for column in ("recorded_at", "has_output", "instruction", "note"):
        if column in rows:
            columns[column] = rows[column].array[last_row]
    return pd.DataFrame(columns), numbers


def _side_by_side(rows: pd.DataFrame, names: Sequence[str]) -> Ints:
    """Columns of whole numbers as one array of their own, a row each."""
    return np.column_stack([rows[name].to_numpy(dtype=np.int64) for name in names])


def stamps_read(rows: pd.DataFrame) -> Ints:
    """The stamps of hand-over rows, PASS_STAMPS; of one that nobody can read the day says nothing either, though the
    row finds its letter by it."""
    stamps = _side_by_side(rows, PASS_STAMPS)
    unread = rows["unread"].to_numpy()
    if unread.any():
        for mark, (on, at) in {Unread.START: (0, 1), Unread.FINISH: (2, 3)}.items():
            stamps[((unread & mark) != 0) & (stamps[:, at] == MISSING), on] = MISSING
    return stamps


def _readable(rows: pd.DataFrame) -> Ints:
    """Which of the moments that may be unread each row gives in full, in the numbers of `Unread`."""
    start, finish = ((rows[name] != MISSING).to_numpy(np.int64) for name in ("started_at", "finished_at"))
    pause = rows["has_pause"].to_numpy(np.int64)
    readable: Ints = start * Unread.START + finish * Unread.FINISH + pause * Unread.PAUSE
    return readable


def _still_unread(unread: Ints, readable: Ints) -> int:
    """What the rows of a pass, in their order, leave unread: a later one that can be read puts an earlier one right."""
    left = 0
    if unread.any():
        for bits, given in zip(unread.tolist(), readable.tolist(), strict=True):
            left = left & ~given | bits
    return left


REACH_DAYS = 180
"""A row without a year belongs to a letter received at most this many days before it."""

_SPAN = 1 << 20


def link(agenda_key: pd.Series, year: Ints, day: Ints, letters: pd.DataFrame) -> Ints:
    """The request_id for each row, MISSING where its letter has not come.

    `letters`: one row per letter with request_id, agenda_key, year, received_on. A row that names its year belongs
    to that year's letter; else to the letter of that number with the latest receipt on or before `day`, at most
    180 days earlier; a row without any date only when one year alone has that number.
    """
    request_id = np.full(len(agenda_key), MISSING, dtype=np.int64)
    if len(letters) == 0 or len(agenda_key) == 0:
        return request_id
    names = pd.Index(letters["agenda_key"].unique())
    mine = names.get_indexer(pd.Index(agenda_key)).astype(np.int64)
    theirs = names.get_indexer(pd.Index(letters["agenda_key"])).astype(np.int64)
    ids = letters["request_id"].to_numpy(dtype=np.int64)
    known = mine >= 0
    typed = known & (year != MISSING)
    request_id[typed] = _exact(
        mine[typed] * _SPAN + year[typed], theirs * _SPAN + letters["year"].to_numpy(np.int64), ids
    )
    dated = known & ~typed & (day != MISSING)
    request_id[dated] = _latest(mine[dated], day[dated], theirs, letters["received_on"].to_numpy(np.int64), ids)
    blank = known & ~typed & (day == MISSING)
    request_id[blank] = _only(mine[blank], theirs, ids, len(names))
    return request_id


def part(request_id: Ints, agenda_key: pd.Series, year: Ints, day: Ints, letters: pd.DataFrame) -> tuple[Ints, Bools]:
    """What `link` says, where several letters of one year may bear the number of a row; and the rows that may belong
    to more than one of them.

    `letters` as for `link`, with `number`, that of a further letter too, and `period`, the year or month within which
    it counts. Such a row belongs to the only letter of its year, or of the latest month in it, that was received by its
    day.
    """
    is_doubtful = np.zeros(len(request_id), dtype=bool)
    shared = set(letters.loc[letters.duplicated(["year", "number"], keep=False), "number"])
    of_number = {number: mine for number, mine in letters.groupby("number") if number in shared}
    is_shared = agenda_key.isin(list(of_number)).to_numpy(dtype=bool)
    latest, is_sure = _sole_by_day(agenda_key, year, day, letters)
    ids = np.where(is_shared & is_sure, latest, request_id)
    for place in np.flatnonzero(is_shared & ~is_sure).tolist():
        mine = of_number[agenda_key.iloc[place]]
        may_be = _may_be(mine, int(year[place]), int(day[place]))
        is_doubtful[place] = len(may_be) > 1 or (may_be.empty and int(request_id[place]) != MISSING)
        ids[place] = may_be["request_id"].item() if len(may_be) == 1 else MISSING
    return ids, is_doubtful


def _sole_by_day(agenda_key: pd.Series, year: Ints, day: Ints, letters: pd.DataFrame) -> tuple[Ints, Bools]:
    """The letter received last by the day of each row, and whether it is the row's: the only one of its period, and of
    the year that the row names, if any."""
    sole = letters[~letters.duplicated(["period", "number"], keep=False)]
    latest = link(agenda_key, np.full(len(day), MISSING), day, letters)
    year_of = pd.Series(latest).map(dict(zip(sole["request_id"], sole["year"], strict=True))).fillna(MISSING)
    is_sole = (latest != MISSING) & (year_of != MISSING).to_numpy(dtype=bool) & (day != MISSING)
    return latest, is_sole & ((year == MISSING) | (year == year_of.to_numpy()))


def _may_be(letters: pd.DataFrame, year: int, day: int) -> pd.DataFrame:
    """The letters of one number to which a row of that year (MISSING: names none) and day may belong."""
    before = letters["received_on"] <= day if day != MISSING else letters["received_on"] > MISSING
    if year != MISSING:
        mine = letters["year"] == year
        near = letters[mine] if mine.sum() == 1 else letters[mine & before]
    elif day == MISSING:
        near = letters if letters["year"].nunique() == 1 else letters[:0]
    else:
        near = letters[before & (day - letters["received_on"] <= REACH_DAYS)]
    return near if day == MISSING else near[near["period"] == near["period"].max()]


def _exact(wanted: Ints, keys: Ints, ids: Ints) -> Ints:
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    hit = keys[order][at] == wanted
    return np.where(hit, ids[order][at], MISSING)


def _latest(wanted: Ints, day: Ints, keys: Ints, received_on: Ints, ids: Ints) -> Ints:
    stamp = keys * _SPAN + received_on
    order = np.argsort(stamp, kind="stable")
    at = np.searchsorted(stamp[order], wanted * _SPAN + day, side="right") - 1
    before = np.maximum(at, 0)
    hit = (at >= 0) & (keys[order][before] == wanted) & (day - received_on[order][before] <= REACH_DAYS)
    return np.where(hit, ids[order][before], MISSING)


def _only(wanted: Ints, keys: Ints, ids: Ints, size: int) -> Ints:
    count = np.bincount(keys, minlength=size)
    one = np.zeros(size, dtype=np.int64)
    one[keys] = ids
    return np.where(count[wanted] == 1, one[wanted], MISSING)
