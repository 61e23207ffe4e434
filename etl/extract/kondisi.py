"""The checks of rooms: one row an answer about one item."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from etl.extract.reading import Reading, numbers, plain_fields, texts


def read_kondisi(reading: Reading) -> pd.DataFrame:
    """One row per row of the table, in its order, good or bad; the caller drops the bad ones.

    `condition` is one of GOOD, LIGHT, HEAVY, MISSING, NOT_APPLICABLE; `occasion` before, after, routine or null;
    `checked_at` is null when only the day is known.
    """
    for name in ("ruang", "barang", "kondisi"):
        reading.require(name)
    agenda = reading.agenda()
    checked = reading.moment(reading.date("tanggal", is_required=True), reading.single_time("jam"))
    return pd.DataFrame(
        {
            "agenda_key": texts(agenda.key),
            "agenda_number": texts(agenda.number),
            "year": numbers(reading.year(agenda)),
            **plain_fields(reading),
            "checked_on": numbers(checked.on),
            "checked_at": numbers(checked.at),
            "occasion": _occasion(reading),
            "condition": _condition(reading),
        }
    )


def _condition(reading: Reading) -> pd.Series:
    """Codes of conditions; an unknown word rejects its row, since no guess may call an item sound."""
    codes, unknown = _senses(reading, "kondisi", reading.words.condition)
    reading.findings.reject(unknown, "kondisi", "unknown_condition", quotes=True)
    return codes


def _occasion(reading: Reading) -> pd.Series:
    """Codes of occasions; an unknown word is noted and means none."""
    codes, unknown = _senses(reading, "saat", reading.words.occasion)
    reading.findings.remark(unknown, "saat", "occasion_unknown", quotes=True)
    return codes


def _senses(reading: Reading, name: str, known: Mapping[str, str]) -> tuple[pd.Series, np.ndarray]:
    """What each row says by the office's words, null where it is none of them; and the rows with an unknown word."""
    column, words = reading.table.column(name), [word.strip(" .!") for word in reading.word(name)]
    senses = pa.array([known.get(word) for word in words], pa.string())
    unknown = column.where([bool(word) and word not in known for word in words])
    return texts(senses.take(pa.array(column.codes))), unknown
