"""The office's requests as an event log in XES, for process mining tools: a trace a request, an event for each turn in
the life of a step (start, suspend, resume, complete). Nothing of persons, agencies or subjects is in it.

What `pantau measure` needs to judge the same again stands in attributes that begin with `pantau:`; other tools pass
them over.
"""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from data_access.errors import cause_of
from data_access.mart import Snapshot
from data_access.mart.compliance import letters_by_day
from data_access.mart.facts import SINCE_EVER, Days, Unsettled, unsettled
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.logs import Mark
from etl.domain.frames import MISSING, NEVER, Bools, Ints
from etl.domain.verdict import Flag, RequestStatus
from etl.extract.texts import letter_name
from etl.figures.live import FILE_FLAGS
from etl.judging.build_facts import to_requests
from etl.keeping.facts_export import ExportError
from etl.office import Office

_AT_ONCE = 20_000
"""So many requests are held at a time; those of one day always together."""

_EVERY_DAY: Days = (-(2**31), 2**31 - 1)
_START, _SUSPEND, _RESUME, _REASSIGN, _COMPLETE = "start", "suspend", "resume", "reassign", "complete"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value="-"/></global>
<global scope="event"><string key="concept:name" value="-"/></global>
<classifier name="Step" keys="concept:name"/>
"""


def export_xes(office: Office, file: Path, as_of: int) -> dict[str, int]:
    """Write the requests received by `as_of` into a new file, packed where its name ends in .gz; how many requests and
    events it has. What lies after the moment is not in it.

    Raises ExportError; then there is no such file.
    """
    if not file.name.casefold().endswith((".xes", ".xes.gz")):
        raise ExportError("export.no_xes", file=file.name)
    if file.exists():
        raise ExportError("export.file_there", file=file)
    part = file.with_name(f".{secrets.token_hex(4)}.{file.name}")
    try:
        with _opened(part) as stream:
            counts = _Writer(office, as_of).write(stream)
        part.rename(file)
    except OSError as fault:
        raise ExportError("export.failed", folder=file, cause=cause_of(fault)) from fault
    finally:
        with suppress(OSError):
            part.unlink()
    return counts


def _opened(part: Path) -> IO[str]:
    if part.suffix == ".gz":
        return cast(IO[str], gzip.open(part, "wt", encoding="utf-8", newline="\n"))
    return part.open("w", encoding="utf-8", newline="\n")


@dataclass
class _Writer:
    """Writes the traces of an office as of a moment."""

    office: Office
    as_of: int

    def __post_init__(self) -> None:
        self.calendar: WorkCalendar = self.office.calendar
        self.zone = self.office.zone
        self.codes: Sequence[str] = [step.code for step in self.office.sop.current().steps]
        self.today = self.calendar.day_of(self.as_of)

    def write(self, stream: IO[str]) -> dict[str, int]:
        """All requests, in the order of their receipt."""
        counts = {"requests": 0, "events": 0}
        snapshot = self.office.mart.read()
        stream.write(_HEAD)
        for days in _spans(snapshot, self.today):
            rows = unsettled(snapshot, SINCE_EVER, days)
            for events, text in self._traces(rows):
                stream.write(text)
                counts = {"requests": counts["requests"] + 1, "events": counts["events"] + events}
        stream.write("</log>\n")
        return counts

    def _traces(self, rows: Unsettled) -> Iterator[tuple[int, str]]:
        """The trace of each request that was received, and how many events it has."""
        requests = to_requests(rows.requests, self.calendar)
        events = _Events.of(self._events(rows), self.codes)
        told = {name: self._moments(getattr(requests, name)) for name in _TOLD_MOMENTS}
        receipt = self._moments(np.where(
            requests.received_at == MISSING, self.calendar.day_start(requests.received_on), requests.received_at
        ))  # fmt: skip
        is_here = np.where(
            requests.received_at == MISSING, requests.received_on <= self.today, requests.received_at <= self.as_of
        )
        names = [letter_name(int(y), n) for y, n in rows.requests[["year", "agenda_number"]].itertuples(index=False)]
        for at in np.flatnonzero(is_here).tolist():
            status = RequestStatus.of(int(requests.status[at]))
            said = {"received": receipt[at], **{name: told[field][at] for field, name in _TOLD_MOMENTS.items()}}
            lines, undated = events.of_request(at)
            yield len(lines), _trace(names[at], status, said, undated, lines)

    def _moments(self, at: Ints) -> list[str | None]:
        """Moments as XES writes them, on the clock of the office; None for one that is not known."""
        known = at != MISSING
        moment = np.where(known, at, 0)
        offset = np.broadcast_to(np.asarray(self.calendar.clock.offset(moment)), at.shape)
        clocks = np.datetime_as_string((moment + offset).astype("M8[s]")).tolist()
        shown = {int(seconds): _offset(int(seconds)) for seconds in np.unique(offset)}
        rows = zip(clocks, offset.tolist(), known.tolist(), strict=True)
        return [f"{clock}{shown[seconds]}" if is_known else None for clock, seconds, is_known in rows]

    def _events(self, rows: Unsettled) -> pd.DataFrame:
        """A row an event, in the order in which they happened in each request: `place` of the request, the `turn`,
        step, number of the pass, `moment` as text (None where nobody knows it), what else is told of the pass."""
        passes = self._as_known(rows).assign(mark=self._marks(rows), receiver=-1)
        begun = passes[(passes["started_on"] != MISSING) | passes["is_unread"].astype(bool)]
        done = passes[passes["is_done"].astype(bool)]
        pauses = rows.pauses.merge(passes[[*_PASS, "mark"]], on=_PASS, how="left").assign(returned_to=-1, receiver=-1)
        desks = rows.receivers.assign(mark="told", returned_to=-1)
        parts = [
            _turn(begun, _START, "started"), _turn(done, _COMPLETE, "finished"), _turn(desks, _REASSIGN, "finished"),
            *(_turn(pauses, turn, stamp) for turn, stamp in ((_SUSPEND, "started"), (_RESUME, "ended"))),
        ]  # fmt: skip
        events = pd.concat(parts, ignore_index=True)
        at, on = (events[name].to_numpy(dtype=np.int64) for name in ("at", "on"))
        day = self.calendar.day_start(np.where(at == MISSING, on, self.calendar.local_day(at)))
        moment = np.where(at == MISSING, day, at)
        ids = rows.requests["request_id"].to_numpy(dtype=np.int64)
        events["place"] = np.searchsorted(ids, events["request_id"].to_numpy(dtype=np.int64))
        events["moment"] = self._moments(moment)
        is_clock = (at != MISSING) & (at == day)
        events["mark"] = events["mark"].fillna("told") + np.where(is_clock, " clock", "")
        is_past = np.where(at == MISSING, (on <= self.today), at <= self.as_of)
        order = np.lexsort((events["turn"].map(_TURNS), np.where(moment == MISSING, NEVER, moment), events["place"]))
        return events.iloc[order[is_past[order]]]

    def _as_known(self, rows: Unsettled) -> pd.DataFrame:
        """The passes; one that goes to several desks ends with the last of them known by the moment."""
        is_past = (rows.receivers["finished_at"] != MISSING) & (rows.receivers["finished_at"] <= self.as_of)
        desks = rows.receivers[is_past].sort_values("finished_at").drop_duplicates(_PASS, keep="last")
        passes = rows.passes.merge(
            desks[[*_PASS, "finished_on", "finished_at"]], on=_PASS, how="left", suffixes=("", "_by")
        )
        later = (passes["finished_at"] > self.as_of) & passes["finished_at_by"].notna()
        for name in ("finished_on", "finished_at"):
            passes[name] = passes[name].where(~later, passes[f"{name}_by"]).astype(np.int64)
        return passes

    def _marks(self, rows: Unsettled) -> list[str]:
        """What is told of each pass beside its moments, in the words of `Mark` and `Flag`."""
        ids = rows.requests["request_id"].to_numpy(dtype=np.int64)
        steps = rows.passes["step"].to_numpy(dtype=np.int64)
        cell = np.searchsorted(ids, rows.passes["request_id"].to_numpy(dtype=np.int64)) * len(self.codes) + steps
        flags = rows.flags[cell] & FILE_FLAGS.value & ~Flag.EXTRA_PASS.value
        has_output = rows.passes["has_output"].astype("boolean")
        said: list[tuple[Mark | Flag, Any]] = [
            (Mark.TAP, rows.passes["by_tap"].astype(bool)),
            (Mark.UNREAD, rows.passes["is_unread"].astype(bool)),
            (Mark.OUTPUT, has_output.fillna(value=False)),
            (Mark.NO_OUTPUT, ~has_output.fillna(value=True)),
            (Flag.EXTRA_PASS, rows.passes["is_extra"].astype(bool)),
            *((flag, (flags & flag.value) > 0) for flag in Flag if flag & FILE_FLAGS & ~Flag.EXTRA_PASS),
        ]
        words = np.full(len(rows.passes), Mark.TOLD.word, dtype=object)
        for mark, here in said:
            words[np.asarray(here, dtype=bool)] += f" {mark.word}"
        return words.tolist()


_PASS = ["request_id", "step", "pass_number"]
_TOLD_MOMENTS = {"ended_at": "ended", "booked_start": "booked_start", "booked_end": "booked_end", "began_at": "began"}
_TURNS = {turn: place for place, turn in enumerate((_START, _SUSPEND, _RESUME, _REASSIGN, _COMPLETE))}


def _turn(rows: pd.DataFrame, turn: str, stamp: str) -> pd.DataFrame:
    """An event of that turn for each row with such a stamp; a pause has no day of its own."""
    at = rows[f"{stamp}_at"]
    on = rows[f"{stamp}_on"] if f"{stamp}_on" in rows else pd.Series(MISSING, index=rows.index)
    told = rows[[*_PASS, "returned_to", "receiver", "mark"]].assign(turn=turn, on=on, at=at)
    return told if f"{stamp}_on" in rows else told[at != MISSING]


@dataclass(frozen=True)
class _Events:
    """Events in the order of their requests; those of a request stand from one edge to the next. Of those without a
    moment, which no tool takes, the line is what the trace says of them."""

    lines: Sequence[str]
    is_dated: Bools
    places: Ints

    @classmethod
    def of(cls, events: pd.DataFrame, codes: Sequence[str]) -> _Events:
        """The events as lines."""
        columns = ("turn", "step", "pass_number", "moment", "returned_to", "receiver", "mark")
        rows = zip(*(events[name].tolist() for name in columns), strict=True)
        is_dated = events["moment"].notna().to_numpy(dtype=bool)
        return cls([_event(codes, *row) for row in rows], is_dated, events["place"].to_numpy(dtype=np.int64))

    def of_request(self, place: int) -> tuple[list[str], list[str]]:
        """Those of one request, with a moment and without."""
        low, high = np.searchsorted(self.places, [place, place + 1]).tolist()
        mine = list(zip(self.lines[low:high], self.is_dated[low:high].tolist(), strict=True))
        return [line for line, is_dated in mine if is_dated], [line for line, is_dated in mine if not is_dated]


def _event(
    codes: Sequence[str], turn: str, step: int, number: int, moment: object, back: int, receiver: int, mark: str
) -> str:
    """One event; one without a moment as `Field.UNDATED` says."""
    if not isinstance(moment, str):
        return f"{codes[step]} {turn} {number} {mark}"
    said = [
        f'<string key="concept:name" value="{codes[step]}"/>',
        f'<string key="lifecycle:transition" value="{turn}"/>',
        f'<int key="pantau:pass" value="{number}"/>',
        f'<string key="pantau:mark" value="{mark}"/>',
        f'<date key="time:timestamp" value="{moment}"/>',
    ]
    said += [] if back < 0 else [f'<string key="pantau:returned_to" value="{codes[back]}"/>']
    said += [] if receiver < 0 else [f'<string key="pantau:receiver" value="{codes[receiver]}"/>']
    return "\n".join(["<event>", *said, "</event>"])


def _trace(
    name: str, status: RequestStatus, said: Mapping[str, str | None], undated: Sequence[str], events: Sequence[str]
) -> str:
    """One trace."""
    told = [
        f'<string key="concept:name" value={quoteattr(name)}/>',
        f'<string key="pantau:status" value="{status.value}"/>',
        *(f'<date key="pantau:{key}" value="{moment}"/>' for key, moment in said.items() if moment is not None),
        *([f'<string key="pantau:undated" value="{"; ".join(undated)}"/>'] if undated else []),
    ]
    return "\n".join(["<trace>", *told, *events, "</trace>\n"])


def _offset(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _spans(snapshot: Snapshot, today: int) -> Iterator[Days]:
    """The days of receipt up to that day, in spans of not too many requests."""
    counts = letters_by_day(snapshot, (_EVERY_DAY[0], today))
    first, held = None, 0
    for day, n in zip(counts["received_on"].tolist(), counts["n"].tolist(), strict=True):
        if first is not None and held + n > _AT_ONCE:
            yield first, day - 1
            first, held = None, 0
        first, held = day if first is None else first, held + n
    if first is not None:
        yield first, today
