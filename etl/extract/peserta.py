"""The list of persons of a session, of whom nothing but counts may remain."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from etl.domain.frames import MISSING
from etl.extract.dates import FIRST_YEAR, LAST_YEAR
from etl.extract.findings import fault
from etl.extract.moments import Ints
from etl.extract.reading import Agenda, Reading, numbers, texts
from etl.extract.texts import read_counts
from etl.extract.words import squeeze

_MAX_NUMBER = 20

# `11`, `11A`, `2026/11`, `4/UM`, `045/VIII/2026`: a code of more letters, or with a small one behind a capital, may be
# a name, and a longer run of digits a NIK or a phone number.
_NUMBER = re.compile(
    r"[0-9]{1,6}[A-Za-z]{0,2}(?:/(?:[0-9]{1,6}[A-Za-z]{0,2}|[A-Z]{1,3}|[a-z]{1,3}|[IVX]{1,4}))*", re.ASCII
)
_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}|(?:19|20)[0-9]{2})|(?:19|20)[0-9]{2}/[0-9]{1,2}/[0-9]{1,2}")


def read_peserta(reading: Reading) -> pd.DataFrame:
    """One row per row of the table, that is per person, in its order, good or bad; the caller drops the bad ones.

    Nobody can be told from a row, and no fault quotes a cell. The answers are null throughout when the file does
    not have their column: then nobody said who came, which is not the same as nobody came.
    """
    reading.require("no_agenda")
    _reject_no_numbers(reading)
    agenda = reading.agenda()
    answered = _answers(reading, "hadir", reading.words.attendance, "unknown_attendance")
    result = _answers(reading, "hasil", reading.words.screening, "unknown_screening")
    return pd.DataFrame(
        {
            "agenda_key": texts(agenda.key),
            "agenda_number": texts(agenda.number),
            "year": numbers(_year(reading, agenda)),
            "is_present": _flags(reading, "hadir", answered, {"yes"}),
            "is_screened": _flags(reading, "hasil", result, {"passed", "failed"}),
            "is_passed": _flags(reading, "hasil", result, {"passed"}),
        }
    )


def _reject_no_numbers(reading: Reading) -> None:
    """What stands in place of a letter's number may be of a person, in the wrong column, and is not kept."""
    column = reading.table.column("no_agenda")
    doubtful = [not _is_number(squeeze(text)) for text in column.strings]
    is_doubtful = column.where(doubtful) & ~reading.is_empty("no_agenda")
    reading.findings.reject(is_doubtful, "no_agenda", "not_an_agenda_number")


def _is_number(text: str) -> bool:
    """Whether a text can be a letter's number in the register; a date is one of birth rather than that."""
    return len(text) <= _MAX_NUMBER and bool(_NUMBER.fullmatch(text)) and not _DATE.fullmatch(text)


def _answers(reading: Reading, name: str, known: Mapping[str, str], expected: str) -> list[str]:
    """What each distinct text of a column says, empty where nothing; rows with another word are rejected."""
    column, words = reading.table.column(name), [word.strip(" .") for word in reading.word(name)]
    unknown = [bool(word) and word not in known for word in words]
    reading.findings.reject(column.where(unknown), name, "unknown_answer", expected)
    return [known.get(word, "") for word in words]


def _flags(reading: Reading, name: str, senses: list[str], meant: set[str]) -> pd.Series:
    """Whether each row says one of these; null when the file does not have the column."""
    if name not in reading.table.columns:
        return pd.Series([pd.NA] * len(reading.table), dtype="boolean")
    is_meant = reading.table.column(name).where([sense in meant for sense in senses])
    return pd.Series(is_meant, dtype="boolean")


def _year(reading: Reading, agenda: Agenda) -> Ints:
    """As `Reading.year`, which would quote the cells."""
    column = reading.table.column("tahun")
    values, faults = read_counts(column.strings)
    outside = np.flatnonzero((values != MISSING) & ((values < FIRST_YEAR) | (values > LAST_YEAR))).tolist()
    outside_years = fault("year_out_of_range", "persons_year_outside", first=FIRST_YEAR, last=LAST_YEAR)
    reading.findings.reject_texts("tahun", column, dict.fromkeys([*faults, *outside], outside_years))
    typed = values[column.codes]
    differ = (typed != MISSING) & (agenda.year != MISSING) & (typed != agenda.year)
    reading.findings.reject(differ, "tahun", "year_mismatch", "persons_year_differs")
    return np.where(typed == MISSING, agenda.year, typed)
