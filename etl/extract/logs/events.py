"""An event log read into packed events: chunk by chunk, each event a few numbers, each case a few more.

Cases may lie in the log in any order. Of an event 36 bytes are kept, of a case its name and what is said of it as a
whole. What the log says of persons is not kept.
"""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from data_access.errors import cause_of
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.logs import FLAGS_FROM, LARGEST_DAY, UNREAD, Events, Mark, Transition, earliest
from etl.domain.frames import MISSING, NEVER, Bools, Ints
from etl.domain.verdict import Flag, RequestStatus
from etl.extract.dates import NO_EVIDENCE, DateOrder, OrderEvidence
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Column
from etl.extract.logs.columns import OF_CASES, Field, Names, folded, transitions
from etl.extract.logs.moments import read_moments
from etl.extract.logs.sources import Batch, csv_batches, xes_batches
from etl.extract.masks import mask
from etl.extract.words import fold

MOST_EVENTS, MOST_CASES = 50_000_000, 10_000_000
"""Beyond these a log is refused: what is kept of so many fits in 6 GB of memory."""

_MOST_NAMES = 200
_OF_TIME = (Field.START, Field.COMPLETE)
_STATUS = {status.value: status.code for status in RequestStatus}
_MARKS = {mark.word: int(mark) for mark in Mark} | {flag.word: flag << FLAGS_FROM for flag in Flag}
"""The words of a mark in a log: our own export's."""

_SUFFIXES = {".csv": csv_batches, ".xes": xes_batches}

Steps = Mapping[str, int | None]
"""By folded name of an activity the place of its step; None for one that was said to be none."""

MOST_ACTIVITIES = 127
"""So many activities of a log without a SOP have a place of their own."""


class Activities:
    """The activities of a log as they come, for one without a SOP: each is a step, in the order in which it appears;
    and by place which roles its rows name, how often."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.roles: dict[int, Counter[str]] = {}
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """The place of an activity, also of a new one. Raises Refused where there are too many."""
        key = fold(text)
        if key not in self._places:
            if len(self.names) == MOST_ACTIVITIES:
                raise Refused("draft.activities", most=MOST_ACTIVITIES)
            self._places[key] = len(self.names)
            self.names.append(text.strip())
        return self._places[key]

    def see_roles(self, place: Ints, roles: Column) -> None:
        """Count which role did what."""
        seen, times = np.unique(place * len(roles.texts) + roles.codes, return_counts=True)
        strings = roles.strings
        for both, count in zip(seen.tolist(), times.tolist(), strict=True):
            step, role = divmod(both, len(roles.texts))
            if step >= 0 and (name := mask(strings[role].strip())[:_LONGEST_NAME]):
                counter = self.roles.setdefault(step, Counter())
                counter[name if name in counter or len(counter) < _MOST_NAMES else ""] += count


@dataclass(frozen=True)
class Found:
    """Something of a log that was not understood, or is worth a look: so many rows, the first of them `row`."""

    code: str
    count: int
    row: int | None = None


@dataclass
class EventLog:
    """A log as it was read.

    `first_on` is by case the day of the first event with a known moment, MISSING where no event has one; `first_at` its
    moment, MISSING where that is only a day. `of_cases` has by field what is said of each case as a whole, as packed
    moments (`status`: a code of `RequestStatus`). `has_starts`: some event tells when it began. `activities` and
    `transitions` were not understood, by name how many events; `unread` are names of columns that were not read.
    """

    events: Events
    cases: int
    first_on: Ints
    first_at: Ints
    of_cases: Mapping[Field, Ints]
    rows: int
    has_starts: bool
    columns: Mapping[Field, str]
    unread: tuple[str, ...]
    activities: Counter[str]
    transitions: Counter[str]
    left_out: tuple[Found, ...]
    warnings: tuple[Found, ...]


def read_log(
    path: Path,
    steps: Steps | Activities,
    codes: Mapping[str, int],
    calendar: WorkCalendar,
    said: Mapping[str, str] | None = None,
    order: DateOrder | None = None,
) -> EventLog:
    """Read a log of which `steps` tells the step of each activity and `codes` that of each code.

    `said` names columns by field, `order` how dates of three numbers are read. Raises Refused.
    """
    with _opened(path) as (stream, batches):
        names = Names(said or {})
        reader = _Reader(steps, codes, calendar, order)
        try:
            for batch in batches(stream, names):
                reader.add(batch)
        except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
            raise Refused("measure.broken_gzip") from fault
        return reader.log()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, Callable[[BinaryIO, Names], Iterator[Batch]]]]:
    """The bytes of a log, unpacked, and what reads them. Raises Refused for a file that is no log by its name."""
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    is_packed = suffixes[-1:] == [".gz"]
    batches = _SUFFIXES.get("".join(suffixes[-2:-1] if is_packed else suffixes[-1:]))
    if batches is None:
        raise Refused("measure.no_log", file=path.name, known=["CSV", "XES"])
    try:
        if path.stat().st_size == 0:
            raise Refused("extract.empty_file")
        with path.open("rb") as file:
            if not is_packed:
                yield file, batches
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast(BinaryIO, unpacked), batches
    except OSError as fault:
        if isinstance(fault, gzip.BadGzipFile):
            raise Refused("measure.broken_gzip") from fault
        raise Refused("command.file_error", file=path.name, cause=cause_of(fault)) from fault


@dataclass
class _Growing:
    """Numbers of cases, an array that grows with them."""

    blank: int
    values: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def upto(self, count: int) -> Ints:
        """The numbers of so many cases; those not told yet are blank."""
        if count > len(self.values):
            more = np.full(max(count, 2 * len(self.values)), self.blank, dtype=np.int64)
            more[: len(self.values)] = self.values
            self.values = more
        return self.values[:count]


class _Reader:
    """Takes batch after batch and keeps what is understood."""

    def __init__(
        self, steps: Steps | Activities, codes: Mapping[str, int], calendar: WorkCalendar, order: DateOrder | None
    ) -> None:
        self._steps, self._calendar, self._order = steps, calendar, order
        self._codes = {code.casefold(): place for code, place in codes.items()}
        self._cases: dict[str, int] = {}
        self._parts: list[Events] = []
        self._first = _Growing(NEVER)
        self._of_cases: dict[Field, _Growing] = {}
        self._activities: Counter[str] = Counter()
        self._transitions: Counter[str] = Counter()
        self._left_out: dict[str, Found] = {}
        self._warnings: dict[str, Found] = {}
        self._evidence: OrderEvidence = NO_EVIDENCE
        self._clocks = np.zeros(2, dtype=np.int64)
        self._rows = self._kept = 0
        self._last: Batch | None = None

    def add(self, batch: Batch) -> None:
        """Take the next rows, or what the next cases say. Raises Refused for more than can be kept."""
        self._last = batch
        if not batch.height:
            return
        case = self._numbers(batch.column(Field.CASE))
        for name in OF_CASES:
            if name in batch.columns and name is not Field.UNDATED:
                self._tell(name, batch, case)
        if not batch.is_cases:
            self._add_events(batch, case)
        if self._kept > MOST_EVENTS or len(self._cases) > MOST_CASES:
            raise Refused("measure.too_large", events=MOST_EVENTS, cases=MOST_CASES)

    def log(self) -> EventLog:
        """Everything that was read. Raises Refused for a log whose dates have the month first and nobody said so."""
        if self._order is None and self._evidence.month_first and not self._evidence.day_first:
            raise Refused("measure.month_first", text=mask(self._evidence.month_first))
        if self._clocks.all():
            self._note(self._warnings, "mixed_zones", int(self._clocks.min()), None)
        count, batch, events = len(self._cases), self._last, _stacked(self._parts)
        first = self._first.upto(count)
        known = first != NEVER
        at = np.where(known, first >> 1, MISSING)
        return EventLog(
            events=events,
            cases=count,
            first_on=self._calendar.local_day(at),
            first_at=np.where(known & (first % 2 == 1), at, MISSING),
            of_cases={name: grown.upto(count) for name, grown in self._of_cases.items()},
            rows=self._rows,
            has_starts=bool((events.start != MISSING).any()),
            columns=batch.names if batch else {},
            unread=batch.unread if batch else (),
            activities=self._activities,
            transitions=self._transitions,
            left_out=tuple(self._left_out.values()),
            warnings=tuple(self._warnings.values()),
        )

    def _numbers(self, names: Column) -> Ints:
        """The number of each row's case, −1 where none is named."""
        known, numbers = self._cases, []
        for name in names.strings:
            number = known.get(name)
            if number is None:
                bare = name.strip()
                number = known.setdefault(bare, len(known)) if bare else -1
            numbers.append(number)
        return np.array(numbers, dtype=np.int64)[names.codes]

    def _add_events(self, batch: Batch, case: Ints) -> None:
        mark = _by_text(batch.column(Field.MARK), _mark)
        start, end = (self._with_clock(self._moments(batch, name), mark) for name in _OF_TIME)
        activity = batch.column(Field.ACTIVITY)
        is_named = activity.is_filled()
        is_row = (case >= 0) | is_named | (start != MISSING) | (end != MISSING)
        self._rows += int(is_row.sum())
        self._leave_out("no_case", is_row & (case < 0), batch)
        self._leave_out("no_activity", (case >= 0) & ~is_named, batch)
        self._see_first(case, start, end)
        receiver = _by_text(batch.column(Field.RECEIVER), self._code, -1)
        turn = self._turns(batch, start, receiver)
        step = self._places(activity, (case >= 0) & is_named)
        if isinstance(self._steps, Activities) and Field.ROLE in batch.columns:
            self._steps.see_roles(step, batch.column(Field.ROLE))
        opens = np.isin(turn, (Transition.START, Transition.SUSPEND))
        start, end = (
            np.where(opens & (start == MISSING), end, np.where(_takes_end(turn), MISSING, start)),
            np.where(opens, MISSING, end),
        )
        start = np.where(opens & (start == MISSING) & ((mark & Mark.UNREAD) > 0), UNREAD, start)
        kept = (case >= 0) & (step >= 0) & (turn >= 0)
        lacks = kept & (start == MISSING) & (end == MISSING) & (turn != Transition.COMPLETE)
        unread = kept & ((start == UNREAD) | (end == UNREAD))
        self._leave_out("no_moment", lacks, batch)
        self._note(self._warnings, "unread_moment", int(unread.sum()), _first_row(unread, batch))
        kept &= ~lacks & ~(unread & np.isin(turn, (Transition.SUSPEND, Transition.RESUME)))
        self._keep(
            batch, kept, case=case, step=step, transition=turn, start=start, end=end, mark=mark, receiver=receiver
        )

    def _keep(self, batch: Batch, kept: Bools, **told: Ints) -> None:
        """Add the rows that were understood, with what the log tells besides."""
        told |= {
            "instance": _by_text(batch.column(Field.INSTANCE), lambda text: zlib.crc32(text.encode()) >> 1),
            "number": _by_text(batch.column(Field.PASS), _number),
            "returned_to": _by_text(batch.column(Field.RETURNED_TO), self._code, -1),
        }
        self._parts.append(Events(**{name: told[name][kept].astype(kind) for name, kind in _KINDS.items()}))
        self._kept += len(self._parts[-1])

    def _code(self, text: str) -> int:
        return self._codes.get(text.casefold(), -1)

    def _moments(self, batch: Batch, name: Field) -> Ints:
        """The packed moments of a column; what is odd about its clock times is noted."""
        if name not in batch.columns:
            return np.full(batch.height, MISSING)
        column = batch.columns[name]
        read = read_moments(column.texts, self._calendar.clock, self._order, self._evidence)
        self._evidence = read.evidence
        times = column.counts()
        self._clocks += times[read.has_offset].sum(), times[read.is_local].sum()
        for code, which in (("repeated_hour", read.is_repeated), ("skipped_hour", read.is_skipped)):
            if which.any():
                where = column.where(which)
                self._note(self._warnings, code, int(where.sum()), _first_row(where, batch))
        return np.asarray(read.packed[column.codes])

    def _with_clock(self, packed: Ints, mark: Ints) -> Ints:
        """The moments, midnight a clock time where that is said."""
        is_day = ((mark & Mark.CLOCK) > 0) & (packed > UNREAD) & (packed < LARGEST_DAY)
        return np.where(is_day, earliest(packed, self._calendar), packed) if is_day.any() else packed

    def _see_first(self, case: Ints, start: Ints, end: Ints) -> None:
        """Keep of each case the first moment that is known; twice the moment, one more where it has a clock time."""
        first = self._first.upto(len(self._cases))
        for packed in (start, end):
            known = (case >= 0) & (packed > UNREAD)
            has_clock = packed[known] > LARGEST_DAY
            np.minimum.at(first, case[known], 2 * earliest(packed[known], self._calendar) + has_clock)

    def _turns(self, batch: Batch, start: Ints, receiver: Ints) -> Ints:
        """What each row tells of the life of its activity; −1 where nobody knows. One that names a receiver is an end
        for that one."""
        column = batch.column(Field.TRANSITION)
        known = transitions()
        turns = [int(known.get(folded(text), -1)) if text.strip() else Transition.ROW for text in column.strings]
        turn = np.array(turns, dtype=np.int64)[column.codes]
        turn = np.where(receiver >= 0, Transition.COMPLETE, turn)
        _count(self._transitions, column, turn < 0)
        return np.where((turn == Transition.COMPLETE) & (start != MISSING), Transition.ROW, turn)

    def _places(self, activities: Column, named: Bools) -> Ints:
        """The step of each row's activity; −1 where nobody knows it, −2 where it was said to be none."""
        if isinstance(self._steps, Activities):
            places = [self._steps.place(text) if text.strip() else -2 for text in activities.strings]
            return np.array(places, dtype=np.int64)[activities.codes]
        places = []
        for text in activities.strings:
            place = self._steps.get(fold(text), -1)
            places.append(-2 if place is None else place)
        place = np.array(places, dtype=np.int64)[activities.codes]
        _count(self._activities, activities, named & (place == -1))
        return place

    def _tell(self, name: Field, batch: Batch, case: Ints) -> None:
        """Keep what rows say of their cases; the later word holds."""
        if name is Field.STATUS:
            values = _by_text(batch.columns[name], lambda text: _STATUS.get(text.strip(), MISSING), MISSING)
        else:
            values = self._moments(batch, name)
        known = (case >= 0) & (values != MISSING)
        mine, values = case[known], values[known]
        told = self._of_cases.setdefault(name, _Growing(MISSING)).upto(len(self._cases))
        before = told[mine]
        told[mine] = values
        differs = ((before != MISSING) & (before != values)) | (told[mine] != values)
        self._note(self._warnings, "told_twice", len(np.unique(mine[differs])), None)
        self._note(self._warnings, "unread_of_case", int((values == UNREAD).sum()), None)

    def _leave_out(self, code: str, which: Bools, batch: Batch) -> None:
        self._note(self._left_out, code, int(which.sum()), _first_row(which, batch))

    @staticmethod
    def _note(notes: dict[str, Found], code: str, count: int, row: int | None) -> None:
        """Count something, with the first row of it."""
        if count:
            before = notes.get(code, Found(code, 0, row))
            notes[code] = Found(code, before.count + count, before.row)


_KINDS = {
    "case": np.int32, "step": np.int8, "transition": np.int8, "start": np.int64, "end": np.int64,
    "instance": np.int32, "number": np.int32, "returned_to": np.int8, "receiver": np.int8, "mark": np.int32,
}  # fmt: skip


def _stacked(parts: list[Events]) -> Events:
    """The parts as one, column by column; the parts are gone afterwards."""
    columns = {name: [np.empty(0, kind), *(getattr(part, name) for part in parts)] for name, kind in _KINDS.items()}
    parts.clear()
    return Events(**{name: np.concatenate(columns.pop(name)) for name in _KINDS})


def _takes_end(turn: Ints) -> Bools:
    """Whether a row tells an end alone."""
    return np.isin(turn, (Transition.RESUME, Transition.COMPLETE))


def _first_row(which: Bools, batch: Batch) -> int | None:
    return batch.first + int(which.argmax()) if which.any() else None


def _by_text(column: Column, meaning: Callable[[str], int], blank: int = 0) -> Ints:
    """A number for each row by its text; `blank` for an empty one."""
    return np.array([meaning(text) if text else blank for text in column.strings], dtype=np.int64)[column.codes]


def _number(text: str) -> int:
    """The number of a pass; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


_DIGITS = 3


def _mark(text: str) -> int:
    return sum(_MARKS.get(word, 0) for word in {*text.casefold().split()})


def _count(counter: Counter[str], column: Column, which: Bools) -> None:
    """Add how many of these rows hold each text; of very many different texts the rest count together."""
    if which.any():
        for place, times in enumerate(np.bincount(column.codes[which], minlength=len(column.texts)).tolist()):
            if times:
                name = mask(column.strings[place])[:_LONGEST_NAME]
                counter[name if name in counter or len(counter) < _MOST_NAMES else ""] += times


_LONGEST_NAME = 100
