"""Whatever is stored comes back as it was: the way of whole columns out of the records."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from data_access.records import one_load, reading, schema
from data_access.records.bulk import among, columns_of, insert_rows, read_frame
from data_access.records.types import MISSING
from tests.books.examples import examples
from tests.books.record_rows import add_passes, start_load

TEXTS = [
    "",
    "NULL",
    "'",
    "''",
    "'NULL'",
    ",",
    "a,b",
    "\n",
    "baris\r\ndua",
    '"',
    "\\",
    "\\N",
    "%",
    "%Q",
    " ",
    "−2·½",
    "\t",
]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def notes(engine: Engine, stored: list[str | None]) -> list[str | None]:
    """What was noted beside hand-overs, given in and read out again; the last column, so that no other follows."""
    with one_load(engine) as connection:
        ids = add_passes(connection, start_load(connection), *({"note": text} for text in stored))
    with reading(engine) as connection:
        columns = columns_of(schema.pass_row, "pass_number", "note")
        chosen = among(connection, schema.pass_row.c.id, ids)
        frame = read_frame(connection, select(*columns).where(chosen).order_by(schema.pass_row.c.id))
    assert (frame["pass_number"] == MISSING).all()
    return [None if pd.isna(text) else text for text in frame["note"]]


def test_texts_that_look_like_something_else_stay_texts(records_engine: Engine) -> None:
    stored = [*TEXTS, None, "akhir"]
    assert notes(records_engine, stored) == stored


def test_a_missing_text_at_the_very_end_is_not_an_empty_one(records_engine: Engine) -> None:
    assert notes(records_engine, ["ada", None]) == ["ada", None]
    assert notes(records_engine, [None]) == [None]


@settings(max_examples=examples(15), deadline=timedelta(seconds=30), suppress_health_check=SLOW)
@given(
    stored=st.lists(st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1)
)
def test_any_text_comes_back(records_engine: Engine, stored: list[str | None]) -> None:
    assert notes(records_engine, stored) == stored


def test_a_nul_character_is_left_out(records_engine: Engine) -> None:
    assert notes(records_engine, ["a\0b", "\0"]) == ["ab", ""]


def test_a_column_that_is_missing_everywhere_has_its_type(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        add_passes(connection, start_load(connection), {}, {})
    with reading(records_engine) as connection:
        frame = read_frame(connection, select(*columns_of(schema.pass_row, "recorded_at")))
    assert frame["recorded_at"].tolist() == [MISSING, MISSING]
    assert frame["recorded_at"].dtype == np.int64


def test_ids_are_found_with_and_without_gaps(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        add_passes(connection, origin, *({} for _ in range(6)))
    with reading(records_engine) as connection:
        found = [
            read_frame(connection, select(schema.pass_row.c.id).where(among(connection, schema.pass_row.c.id, ids)))
            for ids in ([2, 3, 4], [5, 1], [], [7])
        ]
    assert [sorted(frame["id"].tolist()) for frame in found] == [[2, 3, 4], [1, 5], [], []]


def test_one_row_of_a_set_without_its_link_refuses_the_set(records_engine: Engine) -> None:
    frame = pd.DataFrame({"load_id": [1, 99], "step": [0, 1]})
    refused = False
    try:
        with one_load(records_engine) as connection:
            start_load(connection)
            insert_rows(connection, schema.round_stamp, frame)
    except ValueError as error:
        refused = "load" in str(error)
    assert refused
