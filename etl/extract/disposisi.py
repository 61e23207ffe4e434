"""The hand-overs: one row a step pass."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access.errors import Message
from etl.domain.frames import MISSING
from etl.domain.sop.steps import STEP_CODES, STEP_INDEX
from etl.extract.findings import fault, shown
from etl.extract.moments import Ints, Moments
from etl.extract.reading import Bools, Reading, TimeColumn, end_of, numbers, plain_fields, texts
from etl.extract.words import fold_role, squeeze

_NO_STEP = -1


def read_disposisi(reading: Reading) -> pd.DataFrame:
    """One row per row of the table, in its order, good or bad; the caller drops the bad ones."""
    reading.require("no_agenda")
    agenda = reading.agenda()
    step, is_handover = _steps(reading)
    opening = reading.time("jam_mulai")
    closing = end_of(opening, reading.time("jam_selesai"))
    started = reading.moment(reading.date("tgl_mulai"), opening, "jam_mulai")
    finished = reading.moment(reading.date("tgl_selesai"), closing)
    recorded = reading.moment(reading.date("dicatat_pada"))
    pause_start, pause_end = _pauses(reading)
    has_output, is_refused = _output(reading)
    has_no_date = (started.on == MISSING) & (finished.on == MISSING) & (pause_start.on == MISSING)
    is_done = (
        (finished.on != MISSING)
        | is_handover
        | (has_output == 1)
        | _says_finished(closing)
        | (has_no_date & ~is_refused)
    )
    return pd.DataFrame(
        {
            "agenda_key": texts(agenda.key),
            "agenda_number": texts(agenda.number),
            "year": numbers(reading.year(agenda)),
            "step": step,
            "pass_number": numbers(_pass_numbers(reading)),
            "started_on": numbers(started.on),
            "started_at": numbers(started.at),
            "finished_on": numbers(finished.on),
            "finished_at": numbers(finished.at),
            "is_done": is_done,
            "recorded_on": numbers(recorded.on),
            "recorded_at": numbers(recorded.at),
            "pause_start_at": numbers(pause_start.at),
            "pause_end_at": numbers(pause_end.at),
            **plain_fields(reading),
            "has_output": pd.Series(pd.arrays.BooleanArray(has_output == 1, has_output < 0)),
        }
    )


def _says_finished(closing: TimeColumn) -> Bools:
    """A finish time, or the word "selesai" in its place, says that the step is done."""
    return (closing.start != MISSING) | closing.is_until_done


def _steps(reading: Reading) -> tuple[Ints, Bools]:
    """Step codes by row, and which of them come from who handed the letter to whom."""
    typed = _typed_steps(reading)
    is_handover = reading.is_empty("langkah") & ~(reading.is_empty("dari") & reading.is_empty("kepada"))
    pairs = _pair_steps(reading)
    _reject_pairs(reading, is_handover & (pairs == _NO_STEP))
    nothing = reading.is_empty("langkah") & ~is_handover
    column = "langkah" if "langkah" in reading.table.columns else "dari"
    reading.findings.reject(nothing, column, "missing", "step_missing")
    return np.where(is_handover, pairs, typed).astype(np.int8), is_handover


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


def _pair_steps(reading: Reading) -> Ints:
    """Step codes by row from giver and receiver."""
    names = sorted({name for pair in reading.words.steps for name in pair})
    table = np.full((len(names) + 1, len(names) + 1), _NO_STEP)
    for (giver, receiver), step in reading.words.steps.items():
        table[names.index(giver), names.index(receiver)] = step
    return table[_roles(reading, "dari", names), _roles(reading, "kepada", names)]


def _roles(reading: Reading, column: str, names: list[str]) -> Ints:
    """Which of the known names of offices each row holds; their number where it is none of them."""
    known = {name: index for index, name in enumerate(names)}
    places = [known.get(fold_role(word), len(names)) for word in reading.word(column)]
    return np.array(places, np.int64)[reading.table.column(column).codes]


def _reject_pairs(reading: Reading, unknown: Bools) -> None:
    giver, receiver = reading.table.column("dari"), reading.table.column("kepada")
    known = "; ".join(map(str, reading.words.handovers))
    for position in np.flatnonzero(unknown).tolist():
        pair = Message("extract.pair", giver=_named(giver.cell(position)), receiver=_named(receiver.cell(position)))
        reading.findings.reject_at(position, "dari", fault("unknown_handover", pair=pair, known=known))


def _named(cell: str) -> Message | str:
    return shown(cell) if squeeze(cell) else Message("extract.blank")


def _pass_numbers(reading: Reading) -> Ints:
    values = reading.count("putaran")
    reading.findings.reject(values == 0, "putaran", "not_a_number", "not_a_pass", quotes=True)
    return values


def _pauses(reading: Reading) -> tuple[Moments, Moments]:
    """Start and end of a pause; both must hold a date and a time, and the end may be open."""
    start = reading.moment(reading.date("jeda_mulai"))
    end = reading.moment(reading.date("jeda_selesai"))
    for name, moment in (("jeda_mulai", start), ("jeda_selesai", end)):
        bare = (moment.on != MISSING) & (moment.at == MISSING)
        reading.findings.reject(bare, name, "time_missing", quotes=True)
    alone = (start.on == MISSING) & (end.on != MISSING)
    reading.findings.reject(alone, "jeda_selesai", "pause_without_start")
    both = (start.at != MISSING) & (end.at != MISSING)
    reading.findings.reject(both & (end.at < start.at), "jeda_selesai", "pause_end_before_start", quotes=True)
    return start, end


def _output(reading: Reading) -> tuple[Ints, Bools]:
    """1 there, 0 not there, −1 not said, by row; and which rows say that it is not there."""
    column, words = reading.table.column("output"), reading.word("output")
    senses = [reading.words.output.get(word.strip(" .")) for word in words]
    codes = np.array([-1 if sense is None else int(sense) for sense in senses], np.int64)
    unknown = np.array([bool(word) for word in words], dtype=bool) & (codes < 0)
    reading.findings.remark(column.where(unknown), "output", "output_unknown", quotes=True)
    by_row = codes[column.codes]
    return by_row, by_row == 0
