"""Cells of one row that cannot all be right, and days whose year breaks the order of the rows around them.

The row is taken as it was before this was looked at; what was taken is said in a remark with the row and its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.register_order import FAR_DAYS, LETTER_AHEAD_DAYS, days_meant, days_near, days_titled
from etl.domain.units import HOUR, MINUTE, day_date
from etl.domain.verdict import RequestStatus
from etl.extract.files.sheet import Column
from etl.extract.findings import fault, shown
from etl.extract.kinds import column_words
from etl.extract.reading import DateColumn, Moments, Reading, TimeColumn
from etl.extract.texts import read_counts
from etl.extract.words import agency_words, fold, shipped_words

CELLS_DISAGREE, DAYS_DISORDERED, YEAR_DOUBTFUL = "cells_disagree", "days_disordered", "year_doubtful"
"""Codes of remarks: two cells say the same thing otherwise; a day stands before one that it follows; a year."""

NUMBER_SLIPPED = "number_slipped"
"""Code of the remark that a register number is probably mistyped."""

NOT_HELD = {
    status.code for status in (RequestStatus.REJECTED, RequestStatus.CANCELLED, RequestStatus.POSTPONED)
}  # fmt: skip
"""What of a request means that nothing takes place."""

_CALM_DAYS, _BREAKING_DAYS = 14, 20
"""A row breaks the order by more days than `_BREAKING_DAYS` between two that lie at most `_CALM_DAYS` apart."""

_LONGEST_LEAD, _LONGEST_MAIL = 180, 60
"""So many days from its receipt to an event, and from the date of a letter to its receipt, are usual."""


def of_letter(reading: Reading, received: Moments, decided: Moments, letter: Moments) -> None:
    """The days of a letter, its receipt and the decision."""
    _disordered(reading, "tgl_status", received.on, decided.on, "tgl_terima")
    _disordered(reading, "tgl_terima", letter.on, received.on, "tgl_surat", most=LETTER_AHEAD_DAYS)
    _odd_year_beside_receipt(reading, "tgl_surat", letter.on, received.on, is_before=True)
    _exchanged_columns(reading, received.on, letter.on)


def _exchanged_columns(reading: Reading, received: Ints, letter: Ints) -> None:
    """`_FEWEST_EXCHANGED` or more letters in a row that are dated after their receipt, beside others that are not."""
    known = (received != MISSING) & (letter != MISSING)
    gap = np.where(known, letter - received, 0)
    ahead = (gap > 0) & (gap <= LETTER_AHEAD_DAYS)
    rows = _of_long_runs(ahead, reading.table.sheet, _FEWEST_EXCHANGED)
    if (known & (gap <= 0)).sum() >= _FEWEST_EXCHANGED:
        _disagree(reading, rows, "tgl_terima", "tgl_surat", "columns_exchanged")


def _exchanged_events(reading: Reading, received: Ints, event: Ints) -> None:
    """The same of letters that are received after their event."""
    known = (received != MISSING) & (event != MISSING)
    gap = np.where(known, received - event, 0)
    rows = _of_long_runs((gap > 0) & (gap <= FAR_DAYS), reading.table.sheet, _FEWEST_EXCHANGED)
    if (known & (gap <= 0)).sum() >= _FEWEST_EXCHANGED:
        _disagree(reading, rows, "tgl_terima", "tgl_kegiatan", "events_exchanged")


def of_senders(reading: Reading) -> None:
    """So many rows that follow one another whose sender reads like no agency, and that of no other row, while another
    column names an agency in each."""
    column, sheet = reading.table.column("asal"), reading.table.sheet
    is_unknown = column.where(~_begin_with_agency(column)) & column.is_filled()
    if not _of_long_runs(is_unknown, sheet, _FEWEST_EXCHANGED).any():
        return
    for name in ("perihal", "nama_kegiatan", "keterangan", "diteruskan_kepada"):
        other = reading.table.column(name)
        rows = _of_long_runs(is_unknown & other.where(_begin_with_agency(other)), sheet, _FEWEST_EXCHANGED)
        rows &= ~np.isin(column.codes, column.codes[~rows])
        _disagree(reading, rows, "asal", name, "senders_exchanged")


def _begin_with_agency(column: Column) -> Bools:
    return _says(column, rf"(?i)^\W*(?:{agency_words()})\b")


_FEWEST_EXCHANGED = 3


def _of_long_runs(marked: Bools, sheet: Ints, fewest: int) -> Bools:
    """Which rows stand among so many marked ones that follow one another on their sheet."""
    rows = np.zeros(len(marked), dtype=bool)
    if len(rows) < fewest:
        return rows
    windows, sheets = (np.lib.stride_tricks.sliding_window_view(values, fewest) for values in (marked, sheet))
    begins = windows.all(axis=1) & (sheets[:, 0] == sheets[:, -1])
    for behind in range(fewest):
        rows[behind : behind + len(begins)] |= begins
    return rows


def of_request(reading: Reading, status: pd.Series, planned: pd.Series) -> None:
    """The status of a request beside its note, and its participants."""
    is_on = ~np.isin(status.to_numpy(), [*NOT_HELD, RequestStatus.OTHER.code])
    _cancelled_notes(reading, is_on, "cancelled_request")
    column, says_nothing = reading.table.column("keterangan"), status.to_numpy() == RequestStatus.UNKNOWN.code
    rows = column.where(_tells_of_change(column)) & says_nothing
    reading.findings.remark(rows, "keterangan", CELLS_DISAGREE, "changed_request", quotes=True)
    _doubtful_statuses(reading, status.to_numpy() == RequestStatus.OTHER.code)
    _persons(reading, "jumlah_peserta", _numbers(planned))


def _doubtful_statuses(reading: Reading, is_other: Bools) -> None:
    """Statuses that are no known word, `Dibatalkan pemohon`, `Tidak dapat dipenuhi`, by which the event may not take
    place as it was asked for; `is_other`: by row."""
    column = reading.table.column("status")
    doubtful = "|".join(word.replace(" ", r"\s+") for word in shipped_words().doubtful)
    says = _tells_of_change(column) | _begin_not_held(column) | _says(column, rf"(?i)\b(?:{doubtful})\b")
    reading.findings.remark(column.where(says) & is_other, "status", CELLS_DISAGREE, "changed_request", quotes=True)


def of_event(reading: Reading, received_on: Ints, first: DateColumn) -> None:
    """The first day of an event beside the receipt of its letter, and a weekday that is of either or of a later day in
    the same cell; nothing of an event whose day is not known."""
    day = first.day
    _odd_year_beside_receipt(reading, "tgl_kegiatan", day, received_on, is_before=False)
    _disordered(reading, "tgl_kegiatan", received_on, day, "tgl_terima", most=FAR_DAYS)
    _exchanged_events(reading, received_on, day)
    later = (np.where(first.last >= day + number, day + number, MISSING) for number in range(1, _WEEK))
    weekdays(reading, day, *later, received_on)


def of_use(reading: Reading, date: DateColumn, opening: TimeColumn, closing: TimeColumn) -> None:
    """The days and hours of the use of a room, and its note."""
    odd_years(reading, "tanggal", date.day)
    weekdays(reading, np.where(date.last == MISSING, date.day, MISSING))
    durations(reading, opening, closing)
    notes = reading.table.column("keterangan")
    is_from = notes.where(_says(notes, _postponed_from()))
    _cancelled_notes(reading, date.is_known & ~is_from, "cancelled_use")
    is_unused = notes.where(_tells_of_no_use(notes)) & date.is_known
    reading.findings.remark(is_unused, "keterangan", CELLS_DISAGREE, "cancelled_use", quotes=True)
    for name in ("instansi", "kegiatan"):
        column = reading.table.column(name)
        begins = _begin_not_held(column) & ~_says(column, rf"{_postponed_from()}|(?i)^\W*tunda\b")
        rows = column.where(begins | _ends_not_held(column)) & date.is_known
        reading.findings.remark(rows, name, CELLS_DISAGREE, "cancelled_use", quotes=True)


def of_people(reading: Reading, fields: Mapping[str, pd.Series]) -> None:
    """The numbers of persons of a use."""
    screened, passed, failed, present = map(_numbers, (fields[name] for name in _PEOPLE))
    _screening(reading, screened, passed, failed)
    _persons(reading, "peserta_hadir", present)


_PEOPLE = ("screened", "passed", "failed", "present")


def of_person(reading: Reading, is_present: pd.Series, is_screened: pd.Series) -> None:
    """Persons who did not come and were screened."""
    rows = (~is_present & is_screened).fillna(False).to_numpy(dtype=bool)
    reading.findings.remark(rows, "hadir", CELLS_DISAGREE, "absent_screened")


def of_pass(reading: Reading, started: Moments, finished: Moments, recorded: Moments, is_range: Bools) -> None:
    """Finishes before the start of their row, and rows written down before the finish. `is_range`: the cell of the
    start's time says an end as well."""
    _disordered(reading, "tgl_selesai", started.on, finished.on, "tgl_mulai")
    _disordered_times(reading, started, finished, is_range)
    _disordered(reading, "dicatat_pada", finished.on, recorded.on, "tgl_selesai")
    for name, day in (("tgl_mulai", started.on), ("tgl_selesai", finished.on)):
        meant = days_meant(day, reading.table.sheet)
        meant = np.where(meant == MISSING, _days_of_titled_year(reading, day), meant)
        _with_year_meant(reading, name, meant, "year_out_of_order")
        titled = np.where(meant == MISSING, days_of_title(reading, day, has_months=False), MISSING)
        _with_year_meant(reading, name, titled, "off_title")


def _disordered_times(reading: Reading, started: Moments, finished: Moments, is_range: Bools) -> None:
    """Finishes before the start on one day, each said of the cell that has its time."""
    same_day = (started.on == finished.on) & (started.on != MISSING)
    other = "jam_mulai" if "jam_mulai" in reading.table.columns else "tgl_mulai"
    is_own = ~reading.is_empty("jam_selesai")
    cells = {"jam_selesai": is_own, "jam_mulai": ~is_own & is_range, "tgl_selesai": ~is_own & ~is_range}
    for name, rows in cells.items():
        _disordered(reading, name, started.at, np.where(same_day & rows, finished.at, MISSING), other)


def _days_of_titled_year(reading: Reading, day: Ints) -> Ints:
    """The days probably meant in a sheet whose title says a year: of rows of another one between rows of that, near the
    row above in its year and far from it as typed; MISSING elsewhere."""
    meant = np.full(len(day), MISSING, dtype=np.int64)
    for sheet, year in enumerate(reading.table.years):
        here = np.flatnonzero((reading.table.sheet == sheet) & (day != MISSING))
        is_titled = day[here].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970 == year
        if year is None or 2 * is_titled.sum() <= len(here):
            continue
        last = np.maximum.accumulate(np.where(is_titled, np.arange(len(here)), -1))
        is_followed = np.maximum.accumulate(is_titled[::-1])[::-1]
        wrong = np.flatnonzero(~is_titled & is_followed & (last >= 0))
        above = day[here[last[wrong]]]
        is_far = np.abs(day[here[wrong]] - above) > FAR_DAYS
        meant[here[wrong[is_far]]] = days_near(day[here[wrong[is_far]]], above[is_far], -_LONGEST_MAIL, _LONGEST_MAIL)
    return meant


def of_notes(reading: Reading, is_passed: Bools) -> None:
    """Hand-overs `is_passed` on whose note says that the letter was called off, or went back, where no further pass of
    the step is told of."""
    column = reading.table.column("catatan")
    is_back = column.where(_says(column, _WENT_BACK) & ~_says(column, _NOT_SO)) & reading.is_empty("putaran")
    if is_back.any():
        told = pd.DataFrame({name: reading.table.column(name).codes for name in ("no_agenda", "langkah", "dari")})
        is_back &= ~told.duplicated(keep=False).to_numpy()
    rows = (column.where(_says(column, _called_off())) | is_back) & is_passed
    reading.findings.remark(rows, "catatan", CELLS_DISAGREE, "passed_on", quotes=True)


_WENT_BACK = r"(?i)^\W*(?:surat\s+|berkas\s+)?(?:di\s?kembalikan|kembali\s+ke|retur)\b"
"""How the note of a hand-over says that the letter went back."""


@cache
def _called_off() -> str:
    """How such a note begins by saying that nothing came of the letter."""
    off = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)
    return _any_of(word for word, code in shipped_words().status.items() if code in off).replace("(?i)", r"(?i)^\W*", 1)


def of_returns(reading: Reading, keys: pa.StringArray, step: Ints, returned_to: Ints) -> None:
    """Returns of one letter in rows that follow one another, each by the desk above the one before: hand-overs in whose
    rows giver and receiver are probably exchanged."""
    is_return = returned_to != MISSING
    same = pc.fill_null(pc.equal(keys[1:], keys[:-1]), False).to_numpy(zero_copy_only=False)
    goes_up = same & is_return[1:] & is_return[:-1] & (returned_to[1:] == step[:-1])
    rows = np.append(goes_up, False) | np.append(False, goes_up)
    _disagree(reading, rows, "dari", "kepada", "desks_exchanged")


def breaking_rows(received: Ints, letter: Ints, numbers: Ints, sheet: Ints) -> Bools:
    """Rows between two of about the same day, in a sheet in order for two rows on either side, that were received weeks
    after the next number, or weeks before the number above and before the date of their letter."""
    rows = np.zeros(len(received), dtype=bool)
    if len(rows) < _AROUND:
        return rows
    day, number, of = (_around(values) for values in (received, numbers, sheet))
    is_known = (day != MISSING).all(axis=0) & (number != MISSING).all(axis=0) & (of[0] == of[-1])
    rises = (np.diff(number, axis=0) > 0).all(axis=0)
    before, own, after = day[1], day[2], day[3]
    is_calm = (day[0] <= before) & (before <= after) & (after <= day[4]) & (after <= before + _CALM_DAYS)
    goes_back = (own < before - _BREAKING_DAYS) & (letter[2:-2] > own)
    rows[2:-2] = is_known & rises & is_calm & ((own > after + _BREAKING_DAYS) | goes_back)
    return rows


def slipped_numbers(numbers: Ints, sheet: Ints) -> Ints:
    """By row the register number that was probably meant, MISSING where nothing tells of another: the one number that
    is missing between the rows above and below, of two rising on either side, in a sheet that nowhere has it."""
    meant = np.full(len(numbers), MISSING, dtype=np.int64)
    if len(numbers) < _AROUND:
        return meant
    number, of = _around(numbers), _around(sheet)
    above, own, below = number[1], number[2], number[3]
    rises = (number[0] < above) & (below == above + 2) & (below < number[4]) & (number[0] != MISSING)
    slipped = rises & (of[0] == of[-1]) & ((own < above) | (own > below)) & (own != MISSING)
    slipped &= ~np.isin(above + 1, numbers)
    meant[2:-2][slipped] = above[slipped] + 1
    return meant


_AROUND = 5


def _around(values: Ints) -> Ints:
    """For each row but the outermost two on either side the values of the two before it, its own, and the next two."""
    return np.lib.stride_tricks.sliding_window_view(values, _AROUND).T


def _numbers(values: pd.Series) -> Ints:
    return values.to_numpy(np.int64, na_value=MISSING)


def odd_years(reading: Reading, name: str, day: Ints) -> None:
    """Days of a column in whose place another year would keep the order of the rows, or that of a title."""
    meant = days_meant(day, reading.table.sheet)
    _with_year_meant(reading, name, meant, "year_out_of_order")
    _with_year_meant(reading, name, np.where(meant == MISSING, days_of_title(reading, day), MISSING), "off_title")


def days_of_title(reading: Reading, day: Ints, *, has_months: bool = True) -> Ints:
    """The days probably meant by rows that the names, titles and headings over them contradict; MISSING elsewhere."""
    meant = np.full(len(day), MISSING, dtype=np.int64)
    for title in reading.table.titles:
        rows = title.rows[(day[title.rows] != MISSING) & (meant[title.rows] == MISSING)]
        if len(rows):
            meant[rows] = days_titled(day[rows], title.year, title.month if has_months else None)
    return meant


def _odd_year_beside_receipt(reading: Reading, name: str, day: Ints, received: Ints, *, is_before: bool) -> None:
    """Days far from the receipt of their row that another year puts near it; `is_before`: they come before it."""
    span = (-_LONGEST_MAIL, 0) if is_before else (0, _LONGEST_LEAD)
    known = (day != MISSING) & (received != MISSING)
    far = np.flatnonzero(known & (np.abs(np.where(known, day - received, 0)) > FAR_DAYS))
    meant = np.full(len(day), MISSING, dtype=np.int64)
    meant[far] = days_near(day[far], received[far], *span)
    _with_year_meant(reading, name, meant, "year_far_from_receipt")


def _with_year_meant(reading: Reading, name: str, meant: Ints, sentence: str) -> None:
    for position in np.flatnonzero(meant != MISSING).tolist():
        cell, date = shown(reading.table.typed(name).cell(position)), day_date(int(meant[position]))
        reading.findings.remark_at(position, name, fault(YEAR_DOUBTFUL, sentence, cell=cell, date=date))


def _disordered(
    reading: Reading, name: str, earlier: Ints, later: Ints, other: str, *, most: int | None = None
) -> None:
    """Days `later` of a column that stand before the day or moment `earlier` of another column that they follow, by no
    more than `most`."""
    known = (earlier != MISSING) & (later != MISSING)
    gap = np.where(known, earlier - later, 0)
    rows = (gap > 0) & (most is None or gap <= (most or 0))
    reading.findings.remark(rows, name, DAYS_DISORDERED, quotes=True, other=column_words(other))


def steps(reading: Reading, typed: Ints, by_desks: Ints) -> None:
    """Steps that are not those of the giver and receiver beside them."""
    is_known = (by_desks != MISSING) & (typed >= 0) & (by_desks >= 0)
    _disagree(reading, is_known & (typed != by_desks) & ~reading.is_empty("dari"), "langkah", "dari")


def _screening(reading: Reading, screened: Ints, passed: Ints, failed: Ints) -> None:
    """Numbers of screened persons that are not the sum of those who passed and those who did not, or less than one."""
    is_known = screened != MISSING
    parts = np.where(passed != MISSING, passed, 0) + np.where(failed != MISSING, failed, 0)
    has_both = (passed != MISSING) & (failed != MISSING)
    rows = is_known & np.where(has_both, parts != screened, parts > screened)
    reading.findings.remark(rows, "diperiksa", CELLS_DISAGREE, "not_the_sum", quotes=True)


def _cancelled_notes(reading: Reading, may_be: Bools, sentence: str) -> None:
    """Notes that begin by saying that nothing took place, of rows that tell of an event or use."""
    column = reading.table.column("keterangan")
    rows = column.where(_begin_not_held(column)) & may_be
    reading.findings.remark(rows, "keterangan", CELLS_DISAGREE, sentence, quotes=True)


def not_held(column: Column) -> Bools:
    """Which distinct texts of a column say that nothing took place, and no more."""
    says, known = _begin_not_held(column), shipped_words().status
    for place in np.flatnonzero(says).tolist():
        says[place] = known.get(fold(column.strings[place]).strip(" .!()")) in NOT_HELD
    return says


def _begin_not_held(column: Column) -> Bools:
    """Which distinct texts of a column begin by saying so."""
    return pc.match_substring_regex(column.texts, _not_held()).to_numpy(zero_copy_only=False).astype(bool)


def _ends_not_held(column: Column) -> Bools:
    """Which distinct texts of a column end by saying so, behind something else."""
    return _says(column, rf"(?i)[\w.][\s(,;:–-]+(?:{_words_not_held()})\W*$") & ~_says(column, _NOT_SO)


def _tells_of_change(column: Column) -> Bools:
    """Which distinct texts of a note tell that an event was moved, or end by saying that nothing took place."""
    moved = "|".join(word.replace(" ", r"\s+") for word in shipped_words().moved)
    says = _says(column, rf"(?i)\b(?:{moved})\b|{_SENT_BACK}") & ~_says(column, _NOT_SO)
    return (says | _ends_not_held(column)) & ~_begin_not_held(column)


def _tells_of_no_use(column: Column) -> Bools:
    """Which distinct texts of a note tell that nobody used the room that day: `ruang tidak dipakai`, `dialihkan ke
    zoom`, `rapat dibatalkan via WA`. A use moved from another day or room, or by some hours, took place."""
    words = shipped_words()
    unused, moved, use = ("|".join(each).replace(" ", r"\s+") for each in (words.unused, words.moved, words.use_of))
    behind = rf"(?i)^\W*(?:(?:{use})\s+)"
    is_moved = _says(column, rf"{behind}?(?:{moved})\b") & ~_says(column, r"(?i)\b(?:dari|sini|\d+\s*(?:jam|menit))\b")
    is_off = _says(column, rf"{behind}(?:{_words_not_held()})\b") | _says(column, rf"{behind}?(?:{unused})\W*$")
    return (is_moved | is_off) & ~_says(column, _NOT_SO) & ~_begin_not_held(column)


_NOT_SO = (
    r"(?i)\b(?:tidak|tdk|bukan|belum|tanpa|jangan)\s+"
    r"(?:di)?(?:batal|tolak|tunda|pindah|undur|mundur|geser|maju|kembali|alih|tarik|cabut)"
)
"""How a text says that something did not happen."""

_SENT_BACK = r"^\W*(?:dikembalikan\b|mundur\b|pindah\W*$)|\b(?:surat|berkas)(?:nya)?(?:\s+\w+)?\s+dikembalikan\b"
"""How a note says that a letter went back or its event moved, by words that elsewhere tell of a key or a person."""


def _says(column: Column, pattern: str) -> Bools:
    return pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False).astype(bool)


@cache
def _words_not_held() -> str:
    words = [word.replace(" ", r"\s+") for word, code in shipped_words().status.items() if code in NOT_HELD]
    return "|".join(words)


@cache
def _postponed_from() -> str:
    """How a note begins by saying from which day a use was postponed, which then took place."""
    words = shipped_words()
    postponed = "|".join(word for word, code in words.status.items() if code == RequestStatus.POSTPONED.code)
    return rf"(?i)^\W*(?:{postponed})\s+dari\s+(?:tgl|tanggal|hari|jadwal|rencana|\d|{'|'.join(words.weekdays)})"


@cache
def _not_held() -> str:
    return rf"(?i)^\W*(?:{_words_not_held()})\b"


def conditions(reading: Reading, condition: pd.Series) -> None:
    """Items whose condition the note beside it contradicts: sound ones of whose damage it tells, slightly damaged ones
    that it calls useless, damaged ones that it calls sound again."""
    column, words = reading.table.column("uraian"), shipped_words()
    of_row = condition.to_numpy(dtype=object, na_value="")
    is_over = (_says(column, _any_of(words.repaired)) & ~_says(column, _TO_BE_DONE)) | _says(column, _NO_DAMAGE)
    is_harmed = _tells_of_damage(column)
    tells_damage = is_harmed & ~is_over
    is_bad = [words.condition.get(word.strip(" .!")) in _DAMAGED for word in reading.word("uraian")]
    rows = column.where(tells_damage | is_bad) & (of_row == "GOOD")
    is_worse, is_sound = _says(column, _any_of(words.severe)), _says(column, _any_of(words.sound))
    rows |= column.where(is_worse) & (of_row == "LIGHT")
    is_sound &= ~_says(column, r"(?i)\bbelum\b") & ~(is_harmed & _says(column, _BUT))
    rows |= column.where(is_sound) & np.isin(of_row, _DAMAGED)
    reading.findings.remark(
        rows, "uraian", CELLS_DISAGREE, "other_condition", quotes=True, other=column_words("kondisi")
    )


def _tells_of_damage(column: Column) -> Bools:
    """Which distinct notes tell of damage: what is switched off, or stands fast, is sound."""
    words = shipped_words()
    harmless = rf"(?i)\b(?:sudah\s+mati|(?:tidak|tdk)\s+(?:bisa|dapat)\s+(?:{'|'.join(words.fixed)}))\b"
    notes = pc.replace_substring_regex(column.texts, harmless, "")
    tells = pc.match_substring_regex(notes, _any_of(words.damage)).to_numpy(zero_copy_only=False).astype(bool)
    return tells | _says(column, _any_of(words.severe))


_DAMAGED = ("LIGHT", "HEAVY", "MISSING")
_BUT = r"(?i)\b(?:masih|tapi|tetapi|namun)\b"
"""How a note goes on to what is left of damage that was mended."""

_TO_BE_DONE = r"(?i)\b(?:perlu|harus|mohon|belum|akan|minta)\b"
_NO_DAMAGE = (
    r"(?i)\b(?:tidak|tdk|tanpa|bukan|belum)\s+(?:ada\s+)?(?:yang\s+|yg\s+)?"
    r"(?:rusak|mati|bocor|hilang|pecah|error|kendala|kerusakan|masalah)"
)
"""How a note says that there is no damage."""


def _any_of(words: Iterable[str]) -> str:
    return rf"(?i)\b(?:{'|'.join(words)})\b".replace(" ", r"\s+")


def weekdays(reading: Reading, day: Ints, *others: Ints) -> None:
    """Weekdays in a column of their own that are those of none of the days of their row, of which `day` is known."""
    if "hari" not in reading.table.columns:
        return
    known = shipped_words().weekdays
    named = np.array([known.get(word.strip(" .,"), MISSING) for word in reading.word("hari")], dtype=np.int64)
    weekday = named[reading.table.column("hari").codes]
    is_one = np.any([(one != MISSING) & ((one + _MONDAY) % _WEEK == weekday) for one in (day, *others)], axis=0)
    rows = (weekday != MISSING) & (day != MISSING) & ~is_one
    reading.findings.remark(rows, "hari", CELLS_DISAGREE, "other_weekday", quotes=True)


_MONDAY, _WEEK = 3, 7
"""1970-01-01 was a Thursday."""


def durations(reading: Reading, opening: TimeColumn, closing: TimeColumn) -> None:
    """Durations in columns of their own that are not the time from start to end on one day."""
    for name in (name for name in ("durasi", "lama") if name in reading.table.columns):
        said = np.array([_length(word, in_hours=name == "durasi") for word in reading.word(name)], dtype=np.int64)
        length = said[reading.table.column(name).codes]
        known = (length != MISSING) & (opening.start != MISSING) & (closing.start > opening.start)
        rows = known & (np.abs(np.where(known, closing.start - opening.start - length, 0)) >= _ROUNDED)
        reading.findings.remark(rows, name, CELLS_DISAGREE, "other_length", quotes=True)


_LENGTH = re.compile(
    r"(?:(\d{1,2}(?:,\d+)?)\s*(?:jam|j))?\s*(?:(\d{1,3})\s*(?:menit|mnt|m))?|(\d{1,2})(?::(\d\d)(?::\d\d)?)?"
)
_ROUNDED = 15 * MINUTE
"""Durations are written to the quarter of an hour."""


def _length(word: str, *, in_hours: bool) -> int:
    """Seconds of "2 jam", "2,5 jam", "90 menit", "2 jam 30 menit", "02:30", "02:30:00", and `in_hours` of "2", which
    may be days elsewhere; MISSING of others."""
    match = _LENGTH.fullmatch(word)
    if match is None or not any(match.groups()) or (word.isdigit() and not in_hours):
        return MISSING
    hours, minutes = match[1] or match[3] or "0", match[2] or match[4] or "0"
    return round(float(hours.replace(",", ".")) * HOUR) + int(minutes) * MINUTE


def _persons(reading: Reading, name: str, total: Ints) -> None:
    """Numbers of persons that are not the sum of men and women in columns of their own."""
    if not {"laki_laki", "perempuan"} <= reading.table.columns.keys():
        return
    columns = [reading.table.column(each) for each in ("laki_laki", "perempuan")]
    men, women = (read_counts(column.strings)[0][column.codes] for column in columns)
    rows = (men != MISSING) & (women != MISSING) & (total != MISSING) & (men + women != total)
    reading.findings.remark(rows, name, CELLS_DISAGREE, "not_men_and_women", quotes=True)


def _disagree(reading: Reading, rows: Bools, name: str, other: str, sentence: str = "") -> None:
    reading.findings.remark(rows, name, CELLS_DISAGREE, sentence, quotes=True, other=column_words(other))
