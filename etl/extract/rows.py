"""The typed rows of each kind: letters, hand-overs, sessions, persons of whom only counts remain, checks of rooms.

Each reader returns one row per row of the table, in its order, good or bad; the caller drops the bad ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_access.errors import Message
from etl.domain.compliance.derive import Unread
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.units import DAY, MINUTE, day_date
from etl.domain.verdict import RequestStatus
from etl.extract import contradictions
from etl.extract.dates import (
    OUT_OF_ORDER,
    TITLE_YEAR,
    DateReader,
    days_of_one_month,
    exchanged_in_part,
    month_first_days,
)
from etl.extract.ditto import is_ditto
from etl.extract.findings import EVENT_REPLACED, LETTERS_IN_CELL, TIME_WITHOUT_DATE, fault, shown
from etl.extract.kinds import Kind
from etl.extract.reading import (
    NOT_KNOWN,
    Agenda,
    DateColumn,
    Moments,
    Reading,
    TimeColumn,
    end_of,
    numbers,
    plain_fields,
    texts,
)
from etl.extract.texts import SEVERAL_LETTERS, agenda_faults, agenda_key, plain_numbers
from etl.extract.words import DASHES, fold, shipped_words, squeeze
from etl.reference.steps import STEP_CODES, STEP_INDEX

_YEAR_DAYS = np.arange("1970", "2102", dtype="datetime64[Y]").astype("datetime64[D]").astype(np.int64)
_NO_STEP = -1
_MAX_NUMBER = 20
_MOST_DAYS, _MONTHS = 31, 12
_MOST_DAY = 1 << 20

# `11`, `11A`, `2026/11`, `4/UM`, `045/VIII/2026`: a code of more letters, or with a small one behind a capital, may be
# a name, and a longer run of digits a NIK or a phone number.
_NUMBER = re.compile(
    r"[0-9]{1,6}[A-Za-z]{0,2}(?:/(?:[0-9]{1,6}[A-Za-z]{0,2}|[A-Z]{1,3}|[a-z]{1,3}|[IVX]{1,4}))*"
    r"(?:~[1-9]| ?\([1-9]\))?",
    re.ASCII,
)
# `005/4`, `421.3/12/dikpora/2026`, `2026-01-03 00:00:00`; `0806/kodim` may be a sender.
_LETTER_NUMBER = re.compile(r"\d+(?:[./-]\d+)+(?: [\d:]+)?|\d[\w.-]*(?:/[\w.-]+){2,}")
_NO_SENDER = re.compile(rf"{_LETTER_NUMBER.pattern}|\d{{1,2}}[.:]\d\d(?:[.:]\d\d)?(?: *wi(?:b|ta|t))?")
_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}|(?:19|20)[0-9]{2})|(?:19|20)[0-9]{2}/[0-9]{1,2}/[0-9]{1,2}")


def read_permohonan(reading: Reading) -> pd.DataFrame:
    """The register of incoming letters: one row a letter. `is_day_doubtful`: day and month of its receipt may be
    exchanged, or the title of its sheet names another year or month."""
    reading.require("no_agenda")
    reading.require("asal")
    _reject_no_senders(reading)
    _reject_exchanged(reading)
    received_date, received_time = reading.date("tgl_terima", is_required=True), reading.single_time("jam_terima")
    reading.check_time_twice("jam_terima", received_date, received_time)
    received = reading.moment(received_date, received_time)
    agenda = _register(reading, received)
    decided, letter = (reading.moment(reading.date(name)) for name in ("tgl_status", "tgl_surat"))
    status, fields = _status(reading), plain_fields(reading)
    _split_senders(reading, fields)
    _remark_further_papers(reading)
    contradictions.of_letter(reading, received, decided, letter)
    contradictions.of_senders(reading)
    _remark_slips(reading, agenda)
    booking = _booking(reading, received.on)
    booked_on = booking["booked_start_on"].to_numpy(np.int64, na_value=MISSING)
    is_doubtful = _exchanged(reading, agenda) | _month_first(reading, agenda)
    is_doubtful |= _titled(reading, received, letter, booked_on, is_doubtful)
    is_doubtful |= _out_of_order(reading, agenda, received, letter)
    contradictions.of_request(reading, status, fields["planned"])
    rows = pd.DataFrame(
        {
            **_number_columns(agenda),
            **_moment_columns(received=received),
            "is_day_doubtful": is_doubtful,
            "letter_on": numbers(letter.on),
            **booking,
            **fields,
            "status": status,
            **_moment_columns(status=decided),
        }
    )
    is_other = _other_event(rows, agenda.key, received.on)
    reading.findings.remark(is_other, "tgl_kegiatan", EVENT_REPLACED, quotes=True)
    return rows


_LETTER = ["agenda_key", "received_on", "opd"]


def _other_event(rows: pd.DataFrame, keys: pa.StringArray, received_on: Ints) -> Bools:
    """Rows that name another day of the event than the last row above of the same letter: one letter has one event, so
    that theirs takes its place. `keys` and `received_on`: of each row the number and the day of its receipt."""
    is_other = np.zeros(len(rows), dtype=bool)
    numbers = keys.dictionary_encode(null_encoding="encode").indices.to_numpy().astype(np.int64)
    # One whole number a letter, as comparing these is quick and hardly any letter has two rows.
    is_again = pd.Series(numbers * _MOST_DAY + received_on % _MOST_DAY).duplicated(keep=False)
    if not is_again.any():
        return is_other
    booked = rows.loc[is_again & rows["booked_start_on"].notna(), [*_LETTER, "letter_number", "booked_start_on"]]
    again = booked[booked.duplicated(_LETTER, keep=False)]
    above = again.groupby(_LETTER, sort=False)[["letter_number", "booked_start_on"]].shift()
    is_paper = (again["letter_number"] == above["letter_number"]) | again["letter_number"].isna()
    is_paper |= above["letter_number"].isna()
    differs = above["booked_start_on"].notna() & (again["booked_start_on"] != above["booked_start_on"]) & is_paper
    is_other[again.index[differs.to_numpy(dtype=bool)]] = True
    return is_other


def read_disposisi(reading: Reading) -> pd.DataFrame:
    """The hand-overs: one row a step pass."""
    reading.require("no_agenda")
    agenda = reading.agenda()
    steps = _steps(reading)
    opening = reading.time("jam_mulai")
    own_closing = reading.time("jam_selesai")
    closing = end_of(opening, own_closing)
    start_date, finish_date = reading.date("tgl_mulai"), reading.date("tgl_selesai")
    is_readable = ~reading.findings.is_aside("tgl_mulai", "jam_mulai")
    started = reading.moment(*_opened(start_date, opening, finish_date, own_closing, is_readable), "jam_mulai")
    finished = reading.moment(finish_date, closing)
    recorded = reading.moment(reading.date("dicatat_pada"))
    reading.check_time_twice("jam_mulai", start_date, opening)
    reading.check_time_twice("jam_selesai", finish_date, own_closing)
    range_end = np.where(finish_date.is_known, MISSING, opening.end)
    reading.check_twice("jam_selesai", range_end, own_closing.start, MINUTE)
    contradictions.of_pass(reading, started, finished, recorded, opening.end != MISSING)
    contradictions.of_returns(reading, agenda.key, steps.step, steps.returned_to)
    pause_start, pause_end = _pauses(reading)
    has_output, is_refused = _output(reading)
    aside = reading.findings.is_aside
    is_finish_lost, is_start_lost = aside("tgl_selesai", "jam_selesai"), aside("tgl_mulai", "jam_mulai")
    is_pause_lost = aside("jeda_mulai", "jeda_selesai")
    is_named = ~start_date.is_known & (opening.start != MISSING)
    _remark_dayless(reading, (closing.start != MISSING) & (finished.on == MISSING) & ~is_finish_lost, is_named)
    has_no_date = (started.on == MISSING) & (finished.on == MISSING) & (pause_start.on == MISSING)
    has_no_date &= ~is_start_lost & ~is_pause_lost
    # A finish time, or the word "selesai" in its place, says that the step is done; so does one nobody can read.
    says_finished = (closing.start != MISSING) | closing.is_until_done | is_finish_lost
    is_done = (
        (finished.on != MISSING) | steps.is_handover | (has_output == 1) | says_finished | (has_no_date & ~is_refused)
    )
    contradictions.of_notes(reading, is_done & (steps.returned_to == MISSING))
    return pd.DataFrame(
        {
            **_number_columns(agenda, reading.year(agenda)),
            "step": steps.step.astype(np.int8),
            "receiver": numbers(steps.receiver),
            "returned_to": numbers(steps.returned_to),
            "is_pair": steps.is_handover,
            "pass_number": numbers(_pass_numbers(reading)),
            **_moment_columns(started=started, finished=finished),
            "is_done": is_done,
            "unread": _unread(is_start_lost, is_finish_lost, is_pause_lost),
            **_moment_columns(recorded=recorded),
            "pause_start_at": numbers(pause_start.at),
            "pause_end_at": numbers(pause_end.at),
            **plain_fields(reading),
            "has_output": pd.Series(pd.arrays.BooleanArray(has_output == 1, has_output < 0)),
        }
    )


def read_pemakaian(reading: Reading) -> pd.DataFrame:
    """The room log: one row a session, or with `last_on` one a day until then, each with the same hours."""
    reading.require("ruang")
    _reject_no_uses(reading)
    is_nobody = _note_signs(reading, "instansi")
    agenda = reading.agenda()
    date = reading.date("tanggal", is_required=True, has_ranges=True)
    opening = reading.time("jam_mulai", is_required=True)
    started = reading.moment(date, opening)
    last = _last_day(reading, date)
    closing = _closing(reading, date, last, opening)
    last, last_on = _daily(reading, date, last, opening, closing)
    ended = _ended(reading, date, last, closing)
    _check_end(reading, started, ended)
    fields = plain_fields(reading)
    fields["opd"] = fields["opd"].mask(is_nobody)
    contradictions.of_use(reading, date, opening, closing)
    contradictions.of_people(reading, fields)
    return pd.DataFrame(
        {
            **_number_columns(agenda, reading.year(agenda)),
            **_moment_columns(started=started),
            "last_on": numbers(last_on),
            "ended_at": numbers(ended.at),
            "end_is_estimated": closing.is_until_done & (ended.at == MISSING),
            **fields,
        }
    )


def read_peserta(reading: Reading) -> pd.DataFrame:
    """The list of persons of a session: one row a person, of whom nothing but counts may remain. `person` tells those
    of several sheets apart until they are counted.

    Nobody can be told from a row, and no fault quotes a cell. An answer is null where its cell is empty or the file
    does not have its column. Of a list without any mark nobody said who came, which is not the same as nobody came.
    """
    reading.require("no_agenda")
    _reject_no_numbers(reading)
    agenda = reading.agenda(is_judged=True)
    answered = _answers(reading, "hadir", shipped_words().attendance, "unknown_attendance")
    # A dash in a list of marks is a mark: who bears it did not come. In other columns it is an empty cell.
    marks = reading.table.column("hadir").strings
    answered = ["no" if mark.strip() in DASHES else sense for mark, sense in zip(marks, answered, strict=True)]
    _reject_copies(reading)
    result = _answers(reading, "hasil", shipped_words().screening, "unknown_screening")
    is_present = _flags(reading, "hadir", answered, {"yes"})
    is_screened = _flags(reading, "hasil", result, {"passed", "failed"})
    contradictions.of_person(reading, is_present, is_screened)
    return pd.DataFrame(
        {
            **_number_columns(agenda, reading.year(agenda, is_quoted=False)),
            "is_present": is_present,
            "is_screened": is_screened,
            "is_passed": _flags(reading, "hasil", result, {"passed"}),
            "person": numbers(_who(reading)),
        }
    )


def _who(reading: Reading) -> Ints:
    """What tells the persons of several sheets apart; MISSING in a file of one."""
    persons = reading.table.persons if len(reading.table.names) > 1 else None
    return np.full(len(reading.table), MISSING) if persons is None else persons.who


def _reject_copies(reading: Reading) -> None:
    """Rows that say of a person, with the running number, all that a row above of their sheet says."""
    persons, table = reading.table.persons, reading.table
    if persons is None:
        return
    lines = pd.DataFrame({"sheet": table.sheet, "line": persons.line, "number": table.column("no_agenda").codes})
    first = pd.Series(table.row).groupby([lines[name] for name in lines], sort=False).transform("first").to_numpy()
    for position in np.flatnonzero((persons.line != MISSING) & (first != table.row)).tolist():
        reading.findings.reject_at(position, None, fault("same_person", row=int(first[position])))


def read_kondisi(reading: Reading) -> pd.DataFrame:
    """The checks of rooms: one row an answer about one item.

    `condition` is one of GOOD, LIGHT, HEAVY, MISSING, NOT_APPLICABLE; an unknown word rejects its row, since no guess
    may call an item sound. `occasion` is before, after, routine or null; an unknown word is noted and means none.
    `checked_at` is null when only the day is known.
    """
    for name in ("ruang", "barang", "kondisi"):
        reading.require(name)
    agenda = reading.agenda()
    date, time = reading.date("tanggal", is_required=True), reading.single_time("jam")
    checked = reading.moment(date, time)
    reading.check_time_twice("jam", date, time)
    contradictions.odd_years(reading, "tanggal", date.day)
    contradictions.weekdays(reading, date.day)
    columns = {
        **_number_columns(agenda, reading.year(agenda)),
        **plain_fields(reading),
        **_moment_columns(checked=checked),
    }
    columns["occasion"], unknown = _codes(reading, "saat", shipped_words().occasion)
    reading.findings.remark(unknown, "saat", "occasion_unknown", quotes=True)
    columns["condition"], unknown = _codes(reading, "kondisi", shipped_words().condition)
    reading.findings.reject(unknown, "kondisi", "unknown_condition", quotes=True)
    contradictions.conditions(reading, columns["condition"])
    return pd.DataFrame(columns)


def _opened(
    start_date: DateColumn, opening: TimeColumn, finish_date: DateColumn, closing: TimeColumn, is_readable: Bools
) -> tuple[DateColumn, TimeColumn]:
    """Day and time of a start; where neither has cells of its own, those of the first time of a range in the cell of
    the finish. Not `is_readable`: it has cells of its own, which nobody can read."""
    is_range = (closing.end != MISSING) & ~start_date.is_known & (opening.start == MISSING) & finish_date.is_known
    is_range &= is_readable
    day = np.where(is_range, finish_date.day, start_date.day)
    start = np.where(is_range, closing.start, opening.start)
    offset = np.where(is_range, closing.start_offset, opening.start_offset)
    return replace(start_date, day=day), replace(opening, start=start, start_offset=offset)


def _remark_dayless(reading: Reading, rows: Bools, is_named: Bools) -> None:
    """Rows of a hand-over that say at what time it was done, in a column of its own or as the end of a range, and not
    on which day. `is_named`: of that range it was said already."""
    is_own = ~reading.is_empty("jam_selesai")
    reading.findings.remark(rows & is_own, "jam_selesai", TIME_WITHOUT_DATE, quotes=True)
    reading.findings.remark(rows & ~is_own & ~is_named, "jam_mulai", TIME_WITHOUT_DATE, quotes=True)


def _unread(start: Bools, finish: Bools, pause: Bools) -> Codes:
    """What of each row nobody can read, in the numbers of `Unread`."""
    return (start * Unread.START + finish * Unread.FINISH + pause * Unread.PAUSE).astype(np.int8)


READERS: Mapping[Kind, Callable[[Reading], pd.DataFrame]] = {
    Kind.PERMOHONAN: read_permohonan,
    Kind.PEMAKAIAN: read_pemakaian,
    Kind.DISPOSISI: read_disposisi,
    Kind.PESERTA: read_peserta,
    Kind.KONDISI: read_kondisi,
}
"""In the order in which the kinds of one file are taken."""


def _number_columns(agenda: Agenda, year: Ints | None = None) -> dict[str, pd.Series]:
    """The letter's number in the register as it compares and as typed, and its year when rows may say one."""
    columns = {"agenda_key": texts(agenda.key), "agenda_number": texts(agenda.number)}
    return columns if year is None else columns | {"year": numbers(year)}


def _moment_columns(**by_name: Moments) -> dict[str, pd.Series]:
    """The day and the second of each moment, as `…_on` and `…_at`."""
    columns: dict[str, pd.Series] = {}
    for name, moments in by_name.items():
        columns |= {f"{name}_on": numbers(moments.on), f"{name}_at": numbers(moments.at)}
    return columns


def _last_day(reading: Reading, first: DateColumn) -> DateColumn:
    """The day on which the use of a room ends: of its own column, else the last one that the first column says."""
    last = reading.date("tgl_selesai")
    reading.check_twice("tgl_selesai", first.last, last.day)
    return replace(last, day=np.where(last.is_known, last.day, first.last))


def _daily(
    reading: Reading, first: DateColumn, last: DateColumn, opening: TimeColumn, closing: TimeColumn
) -> tuple[DateColumn, Ints]:
    """The day on which a use ends, of one over several days its first one, and the last day on which such a use begins.

    A use over several days has its hours on each of them, as a booking has, or its nights.
    """
    is_daily = (first.last != MISSING) & (last.day == first.last)
    is_night = is_daily & (opening.start != MISSING) & (closing.start != MISSING) & (closing.start <= opening.start)
    last_on = np.where(is_daily, last.day - is_night, MISSING)
    too_many = is_daily & (last_on - first.day >= _MOST_DAYS)
    reading.findings.reject(too_many, "tanggal", "too_many_days", quotes=True, most=_MOST_DAYS)
    end_on = np.where(is_night, first.day + 1, MISSING)
    return replace(last, day=np.where(is_daily, end_on, last.day)), np.where(too_many, MISSING, last_on)


def _closing(reading: Reading, first: DateColumn, last: DateColumn, opening: TimeColumn) -> TimeColumn:
    """When the use of a room ends; 00.00 is midnight where it began at a known time of an earlier day than it ends."""
    is_later = first.is_known & (last.day > first.day) & (opening.start != MISSING)
    closing = reading.time("jam_selesai", at_midnight=is_later)
    reading.check_time_twice("jam_mulai", first, opening)
    reading.check_twice("jam_selesai", opening.end, closing.start, MINUTE)
    return end_of(opening, closing)


def _end_on(reading: Reading, date: DateColumn, last: DateColumn, closing: TimeColumn) -> Moments:
    """The end on its own date, else on that of the start; its time from its column, else from its date's cell."""
    own = (closing.start == MISSING) & last.is_known
    seconds, offset = np.where(own, last.seconds, closing.start), np.where(own, last.offset, closing.start_offset)
    return reading.at(np.where(last.is_known, last.day, date.day), seconds, offset)


def _senses(reading: Reading, name: str, known: Mapping[str, str], edges: str) -> tuple[list[str], Bools]:
    """What each distinct text of a column says, empty where it is no known word; and the rows with an unknown one."""
    words = [word.strip(edges) for word in reading.word(name)]
    unknown = [bool(word) and word not in known for word in words]
    return [known.get(word, "") for word in words], reading.table.column(name).where(unknown)


def _register(reading: Reading, received: Moments) -> Agenda:
    """The register numbers; one that names a year, or year and month, must name those of its receipt.

    With letters behind it (`2020/11B`) what is not the year of the receipt is no year, but part of the number.
    """
    agenda = reading.agenda()
    known = (agenda.year != MISSING) & (received.on != MISSING)
    differ = known & (agenda.year != _year_of(received.on))
    lettered = pc.match_substring_regex(agenda.number, "[A-Za-z]$").fill_null(False).to_numpy(zero_copy_only=False)
    wrong = differ & ~lettered
    reading.findings.reject(wrong, "no_agenda", "year_mismatch", "register_year", quotes=True)
    reading.findings.reject(_names_other_month(agenda, received), "no_agenda", "month_mismatch", quotes=True)
    return _whole(reading, agenda, differ & lettered)


def _names_other_month(agenda: Agenda, received: Moments) -> Bools:
    """Rows whose number is that of a month (`2026-02/30`) other than that of their receipt."""
    if not pc.any(pc.starts_with(agenda.key, "-")).as_py():
        return np.zeros(len(agenda.key), dtype=bool)
    months = pc.struct_field(pc.extract_regex(agenda.key, r"^-(?P<month>\d\d)/"), "month")
    named = months.fill_null("0").cast(pa.int64()).to_numpy(zero_copy_only=False)
    received_in = _month_of(received.on) % _MONTHS + 1
    is_wrong: Bools = (named > 0) & (agenda.year != MISSING) & (received.on != MISSING) & (named != received_in)
    return is_wrong


def _whole(reading: Reading, agenda: Agenda, rows: Bools) -> Agenda:
    """The same with the whole text as the number in these rows."""
    if not rows.any():
        return agenda
    mask = pa.array(rows)
    number = reading.text("no_agenda", is_masked=False).filter(mask)
    key = pa.array(map(agenda_key, number.to_pylist()), pa.string())
    year = np.where(rows, MISSING, agenda.year)
    return Agenda(pc.replace_with_mask(agenda.key, mask, key), pc.replace_with_mask(agenda.number, mask, number), year)


def _year_of(day: Ints) -> Ints:
    return np.searchsorted(_YEAR_DAYS, day, side="right") - 1 + 1970


def _booking(reading: Reading, received_on: Ints) -> dict[str, pd.Series]:
    """When the room is wanted: from the first day's start to the last day's end."""
    first = reading.date("tgl_kegiatan", has_ranges=True)
    last = _last_day(reading, first)
    opening = reading.time("jam_mulai")
    contradictions.of_event(reading, received_on, first)
    ending = _closing(reading, first, last, opening)
    contradictions.durations(reading, opening, ending)
    start = reading.moment(first, opening, "jam_mulai")
    end = _checked(reading, start, _end_on(reading, first, last, ending))
    return {
        **_moment_columns(booked_start=start, booked_end=end),
        "booked_end_is_estimated": pd.Series(ending.is_until_done & (end.at == MISSING) & (end.on != MISSING)),
    }


def _checked(reading: Reading, start: Moments, end: Moments) -> Moments:
    """The end of a booking as far as its cells can be read: one before the start cannot be meant, and without a first
    day there is none."""
    aside = reading.findings.is_aside
    end = _without(end, aside("tgl_kegiatan", "tgl_selesai"), aside("jam_selesai"))
    both_days = (start.on != MISSING) & (end.on != MISSING)
    earlier_day = both_days & (end.on < start.on)
    reading.findings.note(earlier_day, "tgl_selesai", "end_before_start", "booked_days_reversed", quotes=True)
    earlier = (start.at != MISSING) & (end.at != MISSING) & ~earlier_day & (end.at <= start.at)
    name = "jam_selesai" if "jam_selesai" in reading.table.columns else "jam_mulai"
    reading.findings.note(earlier, name, "end_before_start", "booked_times_reversed")
    return _without(end, earlier_day, earlier)


def _without(moments: Moments, whole: Bools, clock: Bools) -> Moments:
    """The same without the moments of some rows, and without the clock time of others."""
    return Moments(np.where(whole, MISSING, moments.on), np.where(whole | clock, MISSING, moments.at))


def _status(reading: Reading) -> pd.Series:
    """Status codes; a word that is not known is taken as OTHER and noted."""
    column, words = reading.table.column("status"), reading.word("status")
    known = {"": RequestStatus.UNKNOWN.code} | dict(shipped_words().status)
    codes = np.array([known.get(word.strip(" .!"), RequestStatus.OTHER.code) for word in words], np.int8)
    is_other = codes == RequestStatus.OTHER.code
    reading.findings.remark(column.where(is_other), "status", "status_unknown", quotes=True)
    return pd.Series(codes[column.codes])


@dataclass(frozen=True)
class _Steps:
    """By row the step that a hand-over is of, the desk it goes to and the one it goes back to by their steps (MISSING
    for none), and whether all that comes from who handed the letter to whom."""

    step: Ints
    receiver: Ints
    returned_to: Ints
    is_handover: Bools


def _steps(reading: Reading) -> _Steps:
    """A typed step stands; giver and receiver say more of it where they speak of the same step."""
    typed, is_typed = _typed_steps(reading), ~reading.is_empty("langkah")
    pairs = _pairs(reading, typed)
    is_handover = ~is_typed & ~(reading.is_empty("dari") & reading.is_empty("kepada"))
    _reject_pairs(reading, is_handover & (pairs.step == _NO_STEP))
    column = "langkah" if "langkah" in reading.table.columns else "dari"
    reading.findings.reject(~is_typed & ~is_handover, column, "missing", "step_missing")
    step = np.where(is_handover, pairs.step, typed)
    contradictions.steps(reading, np.where(is_typed, typed, _NO_STEP), pairs.step)
    says_same = step == pairs.step
    receiver, returned_to = (np.where(says_same, to, MISSING) for to in (pairs.receiver, pairs.returned_to))
    return _Steps(step, receiver, returned_to, is_handover)


def _typed_steps(reading: Reading) -> Ints:
    column = reading.table.column("langkah")
    bare = [
        word.replace("langkah", "").replace(" ", "").replace(".", "").replace("-", "")
        for word in reading.word("langkah")
    ]
    codes = np.array([STEP_INDEX.get(word.upper(), _NO_STEP) for word in bare], np.int64)
    unknown = (codes == _NO_STEP) & np.array([bool(word) for word in reading.word("langkah")], dtype=bool)
    reading.findings.reject(column.where(unknown), "langkah", "unknown_step", quotes=True, known=list(STEP_CODES))
    return codes[column.codes]


def _pairs(reading: Reading, typed: Ints) -> _Steps:
    """The same of giver and receiver alone; every two texts that stand side by side are looked at once.

    Where no giver stands beside a typed step it is the office that ends that step, which hands the letter on.
    """
    offices, receivers = shipped_words().offices, reading.word("kepada")
    givers = [*reading.word("dari"), *(offices.giver_of(step) for step in range(len(STEP_CODES)))]
    is_meant = reading.is_empty("dari") & (typed != _NO_STEP)
    giver = np.where(is_meant, len(givers) - len(STEP_CODES) + typed, reading.table.column("dari").codes)
    code = giver * len(receivers) + reading.table.column("kepada").codes
    pairs, by_row = np.unique(code, return_inverse=True)
    columns = np.full((3, len(pairs)), MISSING)
    columns[0] = _NO_STEP
    for place, pair in enumerate(pairs.tolist()):
        cells = givers[pair // len(receivers)], receivers[pair % len(receivers)]
        passage = offices.passage(*cells, reading.dependents)
        if passage is not None:
            columns[0, place] = passage.step
            columns[1 + passage.is_return, place] = MISSING if passage.receiver is None else passage.receiver
    step, receiver, returned_to = columns[:, by_row]
    return _Steps(step, receiver, np.where(is_meant, MISSING, returned_to), step != _NO_STEP)


def _reject_pairs(reading: Reading, unknown: Bools) -> None:
    giver, receiver = reading.table.column("dari"), reading.table.column("kepada")
    known = "; ".join(map(str, shipped_words().handovers))
    for position in np.flatnonzero(unknown).tolist():
        pair = Message("extract.pair", giver=_named(giver.cell(position)), receiver=_named(receiver.cell(position)))
        reading.findings.reject_at(position, "dari", fault("unknown_handover", pair=pair, known=known))


def _named(cell: str) -> Message | str:
    return shown(cell) if squeeze(cell) else Message("extract.blank")


def _pass_numbers(reading: Reading) -> Ints:
    values = reading.count("putaran")
    reading.findings.note(values == 0, "putaran", "not_a_number", "not_a_pass", quotes=True)
    return np.where(values == 0, MISSING, values)


def _pauses(reading: Reading) -> tuple[Moments, Moments]:
    """Start and end of a pause; both must hold a date and a time, and the end may be open. One of which a cell cannot
    be read is none."""
    start = reading.moment(reading.date("jeda_mulai"))
    end = reading.moment(reading.date("jeda_selesai"))
    for name, moment in (("jeda_mulai", start), ("jeda_selesai", end)):
        bare = (moment.on != MISSING) & (moment.at == MISSING)
        reading.findings.note(bare, name, "time_missing", quotes=True)
    alone = (start.on == MISSING) & (end.on != MISSING) & ~reading.findings.is_aside("jeda_mulai")
    reading.findings.note(alone, "jeda_selesai", "pause_without_start")
    both = (start.at != MISSING) & (end.at != MISSING)
    reading.findings.note(both & (end.at < start.at), "jeda_selesai", "pause_end_before_start", quotes=True)
    lost = reading.findings.is_aside("jeda_mulai", "jeda_selesai")
    return _without(start, lost, lost), _without(end, lost, lost)


def _output(reading: Reading) -> tuple[Ints, Bools]:
    """1 there, 0 not there, −1 not said, by row; and which rows say that it is not there."""
    column, words = reading.table.column("output"), reading.word("output")
    senses = [shipped_words().output.get(word.strip(" .")) for word in words]
    codes = np.array([-1 if sense is None else int(sense) for sense in senses], np.int64)
    unknown = np.array([bool(word) for word in words], dtype=bool) & (codes < 0)
    reading.findings.remark(column.where(unknown), "output", "output_unknown", quotes=True)
    by_row = codes[column.codes]
    return by_row, by_row == 0


def _ended(reading: Reading, date: DateColumn, last: DateColumn, closing: TimeColumn) -> Moments:
    """When a session ended; its day is known only together with a time."""
    ended = _end_on(reading, date, last, closing)
    lost = reading.findings.is_aside("tgl_selesai", "jam_selesai")
    ended = _without(ended, lost, lost)
    timeless = last.is_known & (ended.at == MISSING) & ~lost
    reading.findings.remark(timeless, "tgl_selesai", "end_time_missing", quotes=True)
    return Moments(np.where(ended.at == MISSING, MISSING, ended.on), ended.at)


def _check_end(reading: Reading, started: Moments, ended: Moments) -> None:
    both = (started.at != MISSING) & (ended.at != MISSING)
    length = np.where(both, ended.at - started.at, 1)
    name = "jam_selesai" if "jam_selesai" in reading.table.columns else "jam_mulai"
    reading.findings.reject(both & (length <= 0), name, "end_before_start", "use_reversed", quotes=True)
    reading.findings.reject(both & (length > DAY), name, "longer_than_a_day")


def _reject_no_numbers(reading: Reading) -> None:
    """What stands in place of a letter's number may be of a person, in the wrong column, and is not kept."""
    column = reading.table.column("no_agenda")
    faults = agenda_faults(column.strings)
    doubtful = [at in faults or not _is_number(squeeze(text)) for at, text in enumerate(column.strings)]
    is_doubtful = column.where(doubtful) & ~reading.is_empty("no_agenda")
    reading.findings.reject(is_doubtful, "no_agenda", "not_an_agenda_number")


def _exchanged(reading: Reading, agenda: Agenda) -> Bools:
    """Rows of a workbook in whose receipt day and month are probably exchanged, which is remarked."""
    if not reading.is_workbook:
        return np.zeros(len(reading.table), dtype=bool)
    own, beside = reading.exchanged("tgl_terima")
    in_part = exchanged_in_part(reading.table.column("tgl_terima"), reading.table.sheet, agenda.key) & ~own & ~beside
    for rows, sentence in ((own, ""), (beside, "days_exchanged_beside"), (in_part, "days_exchanged_here")):
        reading.findings.remark(rows, "tgl_terima", "days_exchanged", sentence, quotes=True)
    return own | beside | in_part


def _month_first(reading: Reading, agenda: Agenda) -> Bools:
    """Rows whose receipt is probably typed with the month first, which is remarked; nobody said the order."""
    if "tgl_terima" in reading.orders:
        return np.zeros(len(reading.table), dtype=bool)
    column, sheet = reading.table.column("tgl_terima"), reading.table.sheet
    is_likely, is_alike = month_first_days(column, sheet, agenda.key), days_of_one_month(column, sheet)
    reading.findings.remark(is_likely, "tgl_terima", "month_first_likely", quotes=True)
    reading.findings.remark(is_alike & ~is_likely, "tgl_terima", "month_first_likely", "month_first_alike", quotes=True)
    return is_likely | is_alike


def _titled(reading: Reading, received: Moments, letter: Moments, booked_on: Ints, is_explained: Bools) -> Bools:
    """Rows, other than those `is_explained` otherwise, whose receipt lies outside the year or month that the title or
    name of their sheet, or a heading above them, says, which is remarked; of another month not those that came right
    behind the date of their letter, nor those under a title that is of the month of the events."""
    meant = contradictions.days_of_title(reading, received.on)
    is_late = (letter.on != MISSING) & (letter.on <= received.on) & (received.on <= letter.on + _LATE_DAYS)
    is_other_year = (meant != MISSING) & (_year_of(meant) != _year_of(received.on))
    is_in_place = is_late | _by_event(reading, meant, booked_on)
    is_odd = (meant != MISSING) & (is_other_year | ~is_in_place) & ~is_explained
    for position in np.flatnonzero(is_odd).tolist():
        cell = shown(reading.table.typed("tgl_terima").cell(position))
        remarked = fault(TITLE_YEAR, "title_of_other_days", cell=cell, date=day_date(int(meant[position])))
        reading.findings.remark_at(position, "tgl_terima", remarked)
    return is_odd


def _by_event(reading: Reading, meant: Ints, booked_on: Ints) -> Bools:
    """Rows with an event under titles whose month is that of all events under them, by which such a register is kept:
    in one kept by the receipts some events are in the month after."""
    is_by_event = np.zeros(len(meant), dtype=bool)
    for title in reading.table.titles:
        booked = title.rows[booked_on[title.rows] != MISSING]
        off = booked[meant[booked] != MISSING]
        if len(off):
            is_by_event[off] = (_month_of(booked_on[booked]) == _month_of(meant[off[:1]])).all()
    return is_by_event


def _month_of(day: Ints) -> Ints:
    """Months since January 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


_LATE_DAYS = 14
"""A letter that came so soon after its date and stands on the sheet of a later month was written down late."""


def _out_of_order(reading: Reading, agenda: Agenda, received: Moments, letter: Moments) -> Bools:
    """Single rows whose receipt weeks later than that of the next number, or weeks earlier than that before and than
    the date of its letter, breaks the order of the rows around it, which is remarked."""
    is_odd = contradictions.breaking_rows(received.on, letter.on, plain_numbers(agenda.key), reading.table.sheet)
    reading.findings.remark(is_odd, "tgl_terima", OUT_OF_ORDER, quotes=True)
    return is_odd


def _remark_slips(reading: Reading, agenda: Agenda) -> None:
    """Single register numbers that are probably mistyped: `221` between 21 and 23."""
    meant = contradictions.slipped_numbers(plain_numbers(agenda.key), reading.table.sheet)
    for position in np.flatnonzero(meant != MISSING).tolist():
        cell = shown(reading.table.typed("no_agenda").cell(position))
        slip = fault(contradictions.NUMBER_SLIPPED, cell=cell, meant=str(meant[position]))
        reading.findings.remark_at(position, "no_agenda", slip)


def _reject_no_senders(reading: Reading) -> None:
    """A date, a clock time or a letter number in place of the sender comes from another column; "ttd" and "dst" name
    nobody."""
    column, reader, words = reading.table.column("asal"), DateReader(None), shipped_words()
    folded = map(fold, column.strings)
    doubtful = [
        (text[:1].isdigit() and (bool(_NO_SENDER.fullmatch(text)) or isinstance(reader.day(text), int)))
        or (len(text) > 1 and words.attendance.get(text.strip(" .")) == "yes")
        or text.strip(" .") in words.and_so_on
        for text in folded
    ]
    reading.findings.reject(column.where(doubtful), "asal", "not_a_sender", quotes=True)
    _note_signs(reading, "asal")


def _note_signs(reading: Reading, name: str) -> Bools:
    """The rows with a sign in place of who sent a letter or used a room, such as a dot, that is no mark for the cell
    above; they are noted."""
    column = reading.table.column(name)
    signs = (
        _match(reading, name, _SIGNS) & ~_match(reading, name, NOT_KNOWN) & ~column.where(is_ditto(column.texts, name))
    )
    if signs.any():
        signs &= column.where([not any(map(str.isalnum, text)) for text in column.strings])
    reading.findings.note(signs, name, "not_a_sender", "sign_of_sender", quotes=True)
    return signs


_SIGNS = r"^[^0-9A-Za-z]*[^0-9A-Za-z\s\x{2013}\x{2014}-][^0-9A-Za-z]*$"


def _split_senders(reading: Reading, fields: dict[str, pd.Series]) -> None:
    """A letter number behind the sender in one cell, `BKD⏎005/856/2025`: the sender is the rest, and the number that of
    the letter where its own cell is empty. A date there is no number."""
    if not _match(reading, "asal", _NUMBER_BEHIND).any():
        return
    column = reading.table.column("asal")
    parts = [re.fullmatch(_SENDER_AND_NUMBER, text or "") for text in reading.tidied("asal").to_pylist()]
    senders, numbers = ([match and match[place] for match in parts] for place in (1, 2))
    rows = column.where([match is not None for match in parts])
    is_numberless = rows & reading.is_empty("no_surat")
    for name, here, values in (("opd", rows, senders), ("letter_number", is_numberless, numbers)):
        own = texts(pa.array(values, pa.string()).take(pa.array(column.codes)))
        fields[name] = fields[name].where(~here, own)
    reading.findings.remark(rows, "asal", "sender_with_number", quotes=True)


_NUMBER_BEHIND = r"\s\d[\w.-]*(?:/[\w.-]+){2,}\s*$"
_SENDER_AND_NUMBER = (
    rf"(.*?[^\W\d].*?)[ ,;:-]+(?:(?i:no|nomor)\b[ .:]*)?(?!(?:{_DATE.pattern})$)(\d[\w.-]*(?:/[\w.-]+){{2,}})"
)


def _reject_exchanged(reading: Reading) -> None:
    """Sender and subject each in the other's column, and a row that stands one column to the right from its letter
    number on, as behind a comma in a cell of a CSV without quotation marks."""
    words = shipped_words()
    if (subjects := _match(reading, "asal", _beginning(words.subject))).any():
        exchanged = subjects & _match(reading, "perihal", _beginning(words.agency))
        reading.findings.reject(exchanged, "asal", "sender_is_subject", quotes=True)
    if (wordy := _match(reading, "no_surat", _WORDY)).any():
        wordy &= ~_match(reading, "no_surat", _NUMBER_WITHIN)
        subject = reading.table.column("perihal")
        numbers = subject.where([bool(_LETTER_NUMBER.fullmatch(text.strip().casefold())) for text in subject.strings])
        reading.findings.reject(wordy & numbers, "perihal", "subject_is_number", quotes=True)
    if (papers := _match(reading, "no_agenda", _WHOLE_NUMBER)).any():
        bare = _match(reading, "no_surat", _BARE_NUMBER)
        if (_match(reading, "no_agenda", _BARE_NUMBER) & ~bare).sum() >= _FEWEST_BARE:
            reading.findings.reject(papers & bare, "no_agenda", "number_of_letter", quotes=True)


_WORDY = r"^[^0-9]*[A-Za-z]{3}[^0-9]*$|[A-Za-z]{3}.*\s.*[A-Za-z]{3}"
_NUMBER_WITHIN = r"[\w.-]*\d[\w.-]*/[\w.-]+/[\w.-]+|\d/\d+/|\d{3}/\d"
"""How a letter number cell reads that holds words, a digit among them or not, and that has a number all the same."""

_WHOLE_NUMBER, _BARE_NUMBER = r"^\s*\d[\w.-]*(?:/[\w.-]+){2,}\s*$", r"^\s*\d{1,6}\s*$"
_FEWEST_BARE = 8
"""So many bare numbers show that the register has these, and letters the whole ones."""


def _remark_further_papers(reading: Reading) -> None:
    """Cells with the numbers of two letters, whole ones or `12 dan 13`, `005/12 & 005/13`, `005/12-13/406.1/2026`, or
    that say so: `(2 surat)`."""
    column = reading.table.column("no_surat")
    may_be = pc.match_substring_regex(column.texts, _TWO_NUMBERS).to_numpy(zero_copy_only=False)
    if may_be.any():
        texts = {at: column.strings[at] for at in np.flatnonzero(may_be).tolist()}
        spans = Counter(span for text in texts.values() for span in _spans(text))
        several = np.zeros(len(may_be), dtype=bool)
        several[[at for at, text in texts.items() if _has_papers(text) or 1 in map(spans.get, _spans(text))]] = True
        reading.findings.remark(column.where(several), "no_surat", LETTERS_IN_CELL, quotes=True)


def _has_papers(text: str) -> bool:
    """Whether a letter number is two whole ones, joins two short ones, or says how many letters there are."""
    numbers = {number.casefold() for number in _PAPER.findall(text) if not _DATE.fullmatch(number)}
    folded = fold(text)
    if len(numbers) > 1 or SEVERAL_LETTERS.search(folded):
        return True
    first, last = match.groups() if (match := _JOINED.fullmatch(folded)) else ("", "")
    return first != last and first.count("/") == last.count("/")


def _spans(text: str) -> set[str]:
    """The numbers between the strokes of a letter number that follow one another, "12-13"; in several cells of a column
    they are a code."""
    spans = ((f"{first}-{last}", int(last) - int(first)) for first, last in _SPAN.findall(text))
    return {span for span, apart in spans if 0 < apart <= _MOST_TOGETHER}


_TWO_NUMBERS = r"(?is)/[\w.-]+/.*[^/\w.-].*/[\w.-]+/|\bsurat\b|\d\s*(?:\b(?:dan|serta)\b|[&+;])\s*\d|/\d+ ?- ?\d+/"
_JOINED = re.compile(r"(\d{1,5}|\d[\d.]*(?:/[\w.-]+)+) ?(?:\b(?:dan|serta)\b|[&+;]) ?(\d{1,5}|\d[\d.]*(?:/[\w.-]+)+)")
_SPAN = re.compile(r"/(\d{1,5}) ?- ?(\d{1,5})(?=/[\w.-]+/|/[\w.-]+$)")
_MOST_TOGETHER = 9
_PAPER = re.compile(r"(?=[\w./-]*\d)[\w.-]+(?:/[\w.-]+){2,}")


def _beginning(words: Iterable[str]) -> str:
    return rf"(?i)^\s*(?:{'|'.join(map(re.escape, words))})\b"


def _match(reading: Reading, name: str, pattern: str) -> Bools:
    """Rows whose cell matches a pattern."""
    column = reading.table.column(name)
    return column.where(pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False))


def _reject_no_uses(reading: Reading) -> None:
    """A row that says in place of who used the room, or for what, that nobody did."""
    for name in ("instansi", "kegiatan", "keterangan", "status"):
        column = reading.table.column(name)
        is_none = contradictions.not_held(column)
        if name == "status":
            is_none |= [_no_use().match(word) is not None for word in reading.word(name)]
        reading.findings.reject(column.where(is_none), name, "no_use", quotes=True)


@cache
def _no_use() -> re.Pattern[str]:
    """How a status reads by which nobody used the room: words of the list at its beginning, one of them alone."""
    words = shipped_words().no_use
    begins = "|".join(re.escape(word) for word in words if " " in word)
    alone = "|".join(re.escape(word) for word in words if " " not in word)
    return re.compile(rf"\W*(?:(?:{begins})\b|(?:{alone})\W*$)")


def _is_number(text: str) -> bool:
    """Whether a text can be a letter's number in the register; a date is one of birth rather than that."""
    return len(text) <= _MAX_NUMBER and bool(_NUMBER.fullmatch(text)) and not _DATE.fullmatch(text)


def _answers(reading: Reading, name: str, known: Mapping[str, str], expected: str) -> list[str]:
    """What each distinct text of a column says, empty where nothing; another word is a fault."""
    senses, unknown = _senses(reading, name, known, " .")
    reading.findings.note(unknown, name, "unknown_answer", expected)
    return senses


def _flags(reading: Reading, name: str, senses: list[str], meant: set[str]) -> pd.Series:
    """Whether each row says one of these; null where it says nothing, or the file does not have the column."""
    if name not in reading.table.columns:
        return pd.Series([pd.NA] * len(reading.table), dtype="boolean")
    column = reading.table.column(name)
    is_meant = pd.Series(column.where([sense in meant for sense in senses]), dtype="boolean")
    return is_meant.mask(column.where([not sense for sense in senses]))


def _codes(reading: Reading, name: str, known: Mapping[str, str]) -> tuple[pd.Series, Bools]:
    """The code that each row's word stands for, null for no known word; and the rows with an unknown one."""
    senses, unknown = _senses(reading, name, known, " .!")
    codes = pa.array([sense or None for sense in senses], pa.string())
    return texts(codes.take(pa.array(reading.table.column(name).codes))), unknown
