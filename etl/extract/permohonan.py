"""The register of incoming letters: one row a letter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus
from etl.extract.moments import Ints, Moments
from etl.extract.reading import Agenda, Bools, Reading, end_of, numbers, plain_fields, texts
from etl.extract.texts import agenda_key

_YEAR_DAYS = np.arange("1970", "2102", dtype="datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def read_permohonan(reading: Reading) -> pd.DataFrame:
    """One row per row of the table, in its order, good or bad; the caller drops the bad ones."""
    reading.require("no_agenda")
    reading.require("asal")
    received_date = reading.date("tgl_terima", is_required=True)
    received = reading.moment(received_date, reading.single_time("jam_terima"))
    agenda = _register(reading, received)
    status = reading.moment(reading.date("tgl_status"))
    return pd.DataFrame(
        {
            "agenda_key": texts(agenda.key),
            "agenda_number": texts(agenda.number),
            "received_on": numbers(received.on),
            "received_at": numbers(received.at),
            "letter_on": numbers(reading.moment(reading.date("tgl_surat")).on),
            **_booking(reading),
            **plain_fields(reading),
            "status": _status(reading),
            "status_on": numbers(status.on),
            "status_at": numbers(status.at),
        }
    )


def _register(reading: Reading, received: Moments) -> Agenda:
    """The register numbers; one that names a year must name the year of its receipt.

    With letters behind it (`2020/11B`) what is not the year of the receipt is no year, but part of the number.
    """
    agenda = reading.agenda()
    known = (agenda.year != MISSING) & (received.on != MISSING)
    differ = known & (agenda.year != _year_of(received.on))
    lettered = pc.match_substring_regex(agenda.number, "[A-Za-z]$").fill_null(False).to_numpy(zero_copy_only=False)
    wrong = differ & ~lettered
    reading.findings.reject(wrong, "no_agenda", "year_mismatch", "register_year", quotes=True)
    return _whole(reading, agenda, differ & lettered)


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


def _booking(reading: Reading) -> dict[str, pd.Series]:
    """When the room is wanted: from the first day's start to the last day's end."""
    first, last = reading.date("tgl_kegiatan"), reading.date("tgl_selesai")
    opening, closing = reading.time("jam_mulai"), reading.time("jam_selesai")
    ending = end_of(opening, closing)
    start = reading.moment(first, opening, "jam_mulai")
    last_day = np.where(last.is_known, last.day, first.day)
    own = (ending.start == MISSING) & last.is_known
    seconds, offset = np.where(own, last.seconds, ending.start), np.where(own, last.offset, ending.start_offset)
    end = reading.at(last_day, seconds, offset)
    _check_booking(reading, start, end)
    return {
        "booked_start_on": numbers(start.on),
        "booked_start_at": numbers(start.at),
        "booked_end_on": numbers(end.on),
        "booked_end_at": numbers(end.at),
        "booked_end_is_estimated": pd.Series(ending.is_until_done & (end.at == MISSING) & (end.on != MISSING)),
    }


def _check_booking(reading: Reading, start: Moments, end: Moments) -> None:
    """A booking that ends before it starts cannot be meant."""
    both_days = (start.on != MISSING) & (end.on != MISSING)
    earlier_day = both_days & (end.on < start.on)
    reading.findings.reject(earlier_day, "tgl_selesai", "end_before_start", "booked_days_reversed", quotes=True)
    both = (start.at != MISSING) & (end.at != MISSING) & ~earlier_day
    reading.findings.reject(both & (end.at <= start.at), "jam_mulai", "end_before_start", "booked_times_reversed")


def _status(reading: Reading) -> pd.Series:
    """Status codes; a word that is not known is taken as OTHER and noted."""
    column, words = reading.table.column("status"), reading.word("status")
    known = {"": RequestStatus.UNKNOWN.code} | dict(reading.words.status)
    codes = np.array([known.get(word.strip(" .!"), RequestStatus.OTHER.code) for word in words], np.int8)
    is_other = codes == RequestStatus.OTHER.code
    reading.findings.remark(column.where(is_other), "status", "status_unknown", quotes=True)
    return pd.Series(codes[column.codes])
