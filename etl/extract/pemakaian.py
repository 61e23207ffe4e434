"""The room log: one row a session."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.frames import MISSING
from etl.domain.units import DAY
from etl.extract.moments import Moments
from etl.extract.reading import DateColumn, Reading, TimeColumn, end_of, numbers, plain_fields, texts


def read_pemakaian(reading: Reading) -> pd.DataFrame:
    """One row per row of the table, in its order, good or bad; the caller drops the bad ones."""
    reading.require("ruang")
    agenda = reading.agenda()
    date = reading.date("tanggal", is_required=True)
    opening = reading.time("jam_mulai", is_required=True)
    started = reading.moment(date, opening)
    closing = end_of(opening, reading.time("jam_selesai"))
    ended = _ended(reading, date, closing)
    _check_end(reading, started, ended)
    return pd.DataFrame(
        {
            "agenda_key": texts(agenda.key),
            "agenda_number": texts(agenda.number),
            "year": numbers(reading.year(agenda)),
            "started_on": numbers(started.on),
            "started_at": numbers(started.at),
            "ended_at": numbers(ended.at),
            "end_is_estimated": closing.is_until_done & (ended.at == MISSING),
            **plain_fields(reading),
        }
    )


def _ended(reading: Reading, date: DateColumn, closing: TimeColumn) -> Moments:
    """The end on its own date, else on the session's; a day is known only together with a time."""
    last = reading.date("tgl_selesai")
    day = np.where(last.is_known, last.day, date.day)
    own = (closing.start == MISSING) & last.is_known
    seconds = np.where(own, last.seconds, closing.start)
    ended = reading.at(day, seconds, np.where(own, last.offset, closing.start_offset))
    timeless = last.is_known & (ended.at == MISSING)
    reading.findings.remark(timeless, "tgl_selesai", "end_time_missing", quotes=True)
    return Moments(np.where(ended.at == MISSING, MISSING, ended.on), ended.at)


def _check_end(reading: Reading, started: Moments, ended: Moments) -> None:
    both = (started.at != MISSING) & (ended.at != MISSING)
    length = np.where(both, ended.at - started.at, 1)
    name = "jam_selesai" if "jam_selesai" in reading.table.columns else "jam_mulai"
    reading.findings.reject(both & (length <= 0), name, "end_before_start", "use_reversed", quotes=True)
    reading.findings.reject(both & (length > DAY), name, "longer_than_a_day")
