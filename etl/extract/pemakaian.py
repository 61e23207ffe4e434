"""The room log: one row a session."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.domain.frames import MISSING
from etl.domain.units import DAY
from etl.extract.moments import Ints, Moments
from etl.extract.reading import DateColumn, Reading, TimeColumn, end_of, numbers, texts


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
            "room": texts(reading.text("ruang")),
            "started_on": numbers(started.on),
            "started_at": numbers(started.at),
            "ended_at": numbers(ended.at),
            "end_is_estimated": closing.is_until_done & (ended.at == MISSING),
            "verified": numbers(_persons(reading, "peserta_terverifikasi")),
            "present": numbers(_persons(reading, "peserta_hadir")),
            "screened": numbers(reading.count("diperiksa")),
            "passed": numbers(reading.count("lolos")),
            "failed": numbers(reading.count("tidak_lolos")),
            "note": texts(reading.text("keterangan")),
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
    reading.findings.remark(timeless, "tgl_selesai", "end_time_missing", "{} tanpa jam selesai tidak dipakai")
    return Moments(np.where(ended.at == MISSING, MISSING, ended.on), ended.at)


def _check_end(reading: Reading, started: Moments, ended: Moments) -> None:
    both = (started.at != MISSING) & (ended.at != MISSING)
    length = np.where(both, ended.at - started.at, 1)
    name = "jam_selesai" if "jam_selesai" in reading.table.columns else "jam_mulai"
    text = "{} membuat pemakaian berakhir sebelum atau saat dimulai; isi tgl_selesai bila melewati tengah malam"
    reading.findings.reject(both & (length <= 0), name, "end_before_start", text)
    reading.findings.reject(both & (length > DAY), name, "longer_than_a_day", "pemakaian lebih dari 24 jam")


def _persons(reading: Reading, name: str) -> Ints:
    """Numbers of persons in a held session: nobody at all means that nobody counted."""
    values = reading.count(name)
    reading.findings.remark(values == 0, name, "zero_participants", "0 peserta dianggap tidak diketahui")
    return np.where(values == 0, MISSING, values)
