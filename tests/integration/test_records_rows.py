"""Rows go into the records and come out as they were, on SQLite and on PostgreSQL."""

from random import Random

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select

from data_access.records import one_load, reading, schema
from data_access.records.bulk import columns_of, insert_rows, keys, read_frame
from data_access.records.logs import link_rows, log_rows, rows_with
from data_access.records.requests import (
    first_finish_days,
    letters_with_keys,
    passes_of,
    passes_with_keys,
    pauses_of,
    rows_of,
    upsert_requests,
)
from data_access.records.types import MISSING
from tests.books.record_rows import (
    MONDAY,
    NINE_O_CLOCK,
    add_letter,
    add_passes,
    add_session,
    letters,
    start_load,
    waiting_passes,
)


def test_every_kind_of_value_comes_back_as_it_went_in(records_engine: Engine) -> None:
    said = {"started_at": MISSING, "pass_number": 2, "has_output": None, "note": 'kata "kutip", koma;\nbaris\\.'}
    with one_load(records_engine) as connection:
        add_passes(connection, start_load(connection), said)
    with reading(records_engine) as connection:
        row = waiting_passes(connection).iloc[0]
    assert row[["started_at", "finished_at", "finished_on", "pass_number", "step", "is_done", "note"]].tolist() == [
        MISSING, NINE_O_CLOCK, MONDAY, 2, 1, True, 'kata "kutip", koma;\nbaris\\.',
    ]  # fmt: skip
    assert row["has_output"] is pd.NA


def test_an_empty_text_is_not_a_missing_one(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        add_passes(connection, start_load(connection), {"note": ""}, {"note": None})
    with reading(records_engine) as connection:
        assert waiting_passes(connection)["note"].isna().tolist() == [False, True]


def test_a_frame_has_the_same_dtypes_with_and_without_rows(records_engine: Engine) -> None:
    with reading(records_engine) as connection:
        empty = waiting_passes(connection).dtypes
    with one_load(records_engine) as connection:
        add_passes(connection, start_load(connection), {"has_output": True})
        assert waiting_passes(connection).dtypes.equals(empty)
    assert empty[["started_at", "step", "is_done", "has_output", "note"]].astype(str).tolist() == [
        "int64", "int8", "bool", "boolean", "str",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "numbers",
    [
        pd.Series([3, None], dtype="Int64"),
        pd.Series([3.0, np.nan]),
        pd.Series([3, MISSING]),
        pd.Series([3, None], dtype=object),
    ],
    ids=["Int64", "float", "int64", "object"],
)
def test_a_missing_number_is_understood_in_every_dtype(records_engine: Engine, numbers: pd.Series) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        frame = pd.DataFrame({**origin, "row": [2, 3], "agenda_key": "11", "step": 1, "pass_number": numbers})
        insert_rows(connection, schema.pass_row, frame)
        assert waiting_passes(connection)["pass_number"].tolist() == [3, MISSING]


def test_a_number_with_a_fraction_is_refused(records_engine: Engine) -> None:
    with one_load(records_engine) as connection, pytest.raises(TypeError, match="cannot safely cast"):
        add_passes(connection, start_load(connection), {"pass_number": 1.5})


def test_ids_go_on_from_the_last_one_in_the_order_of_the_file(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        first = add_passes(connection, start_load(connection), {}, {})
    with one_load(records_engine) as connection:
        second = add_passes(connection, start_load(connection), {}, {})
    assert (first.tolist(), second.tolist()) == ([1, 2], [3, 4])


def test_many_rows_with_and_without_a_remainder_keep_their_order(records_engine: Engine) -> None:
    rows = np.arange(2, 5_003)
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        frame = pd.DataFrame({**origin, "row": rows, "agenda_key": rows.astype(str), "step": 1})
        insert_rows(connection, schema.pass_row, frame)
        assert waiting_passes(connection)["agenda_key"].tolist() == rows.astype(str).tolist()


def test_a_column_that_the_table_lacks_is_an_error(records_engine: Engine) -> None:
    with one_load(records_engine) as connection, pytest.raises(KeyError, match="colour"):
        add_passes(connection, start_load(connection), {"colour": "red"})


def test_a_link_to_nothing_is_refused(records_engine: Engine) -> None:
    with one_load(records_engine) as connection, pytest.raises(ValueError, match="request does not have"):
        add_passes(connection, start_load(connection), {"request_id": 404})


def test_a_letter_keeps_its_identity_however_often_it_is_named(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        first = upsert_requests(connection, letters(("2026", "11"), ("2025", "11"), ("2026", "11")))
    with one_load(records_engine) as connection:
        second = upsert_requests(connection, letters(("2026", "12"), ("2025", "11")))
    assert (first.tolist(), second.tolist()) == ([1, 2, 1], [3, 2])


def test_a_letter_is_known_by_the_latest_word_of_the_register(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        add_letter(connection, start_load(connection), received_on=MONDAY, received_at=NINE_O_CLOCK)
        add_letter(connection, start_load(connection), received_on=MONDAY + 1, received_at=MISSING)
        add_letter(connection, start_load(connection), received_on=MISSING)
        known = letters_with_keys(connection, ["11", "99"])
    assert known.to_numpy().tolist() == [[1, 2026, "11", MONDAY + 1, MISSING]]


def test_hand_overs_join_their_letter_and_may_be_sent_back(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        waiting = add_passes(connection, origin, {}, {}, {"agenda_key": "12"})
        letter = add_letter(connection, origin)
        link_rows(connection, "disposisi", waiting[:2], request_id=np.array([letter, letter]))
        link_rows(connection, "disposisi", waiting[:1], request_id=np.array([MISSING]))
    with reading(records_engine) as connection:
        assert passes_with_keys(connection, ["11"])["request_id"].tolist() == [MISSING, letter]
        assert waiting_passes(connection)["id"].tolist() == [1, 3]


def test_the_rows_of_a_letter_come_together(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        letter, other = add_letter(connection, origin), add_letter(connection, origin, "12")
        passes = add_passes(connection, origin, {"request_id": letter}, {"request_id": other}, {})
        pause = {"pass_row_id": passes[:1], "started_at": NINE_O_CLOCK, "reason": "menunggu OPD"}
        insert_rows(connection, schema.pause_row, pd.DataFrame(pause))
    with reading(records_engine) as connection:
        rows, handed = rows_of(connection, [letter]), passes_of(connection, [letter])
        pauses = pauses_of(connection, [letter])
    assert handed["id"].tolist() == passes[:1].tolist()
    assert rows[["request_id", "year", "agenda_key"]].to_numpy().tolist() == [[letter, 2026, "11"]]
    assert pauses[["request_id", "ended_at", "reason"]].to_numpy().tolist() == [[letter, MISSING, "menunggu OPD"]]


def test_a_hundred_thousand_keys_fit_in_one_question(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        add_letter(connection, start_load(connection))
        rows = rows_of(connection, range(1, 100_001))
    assert len(rows) == 1


def test_keys_are_data_whatever_they_contain(records_engine: Engine) -> None:
    odd = "11'; DROP TABLE request; --\"\\{}"
    with one_load(records_engine) as connection:
        upsert_requests(connection, letters(("2026", odd)))
        statement = select(*columns_of(schema.request, "agenda_key"))
        statement = statement.where(schema.request.c.agenda_key.in_(keys(connection, [odd, "11"], str)))
        assert read_frame(connection, statement)["agenda_key"].tolist() == [odd]


def test_a_session_in_an_unknown_room_waits_and_is_found_by_its_start(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection, "pemakaian")
        add_session(connection, origin)
        add_session(connection, origin, room_text="Aula", room_name=None)
        waiting = log_rows(connection, schema.session_row, schema.session_row.c.room_name.is_(None))
        assert waiting["room_text"].tolist() == ["Aula"]
        assert rows_with(connection, "pemakaian", "started_at", [NINE_O_CLOCK])["room_text"].tolist() == ["SC", "Aula"]


def test_the_first_day_of_a_step_is_the_one_that_a_slow_search_finds(records_engine: Engine) -> None:
    """Against a look at every finish: before the receipt or before its own start it says nothing, nor where the caller
    says that it is mistyped; the good one may lie beyond the days that are looked at together."""
    random = Random(3)  # noqa: S311 – invented rows
    finishes = [
        (letter, random.randrange(3), MONDAY + random.choice((-40, -3, 0, 1, 2, 9, 30, 200)), random.choice((0, 0, 5)))
        for letter in range(1, 7)
        for _ in range(random.randrange(1, 9))
    ]
    wrong = {(letter, day) for letter, _, day, _ in finishes if random.random() < 0.6}
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        ids = [add_letter(connection, origin, str(letter), received_on=MONDAY) for letter in range(1, 7)]
        rows = [
            {
                "request_id": ids[letter - 1], "step": step, "finished_on": day, "finished_at": MISSING,
                "started_on": day + ahead, "started_at": MISSING,
            }
            for letter, step, day, ahead in finishes
        ]  # fmt: skip
        add_passes(connection, origin, *rows)

    def is_mistyped(found: pd.DataFrame) -> pd.Series:
        pairs = zip(found["request_id"].tolist(), found["finished_on"].tolist(), strict=True)
        return pd.Series([(ids.index(letter) + 1, day) in wrong for letter, day in pairs], index=found.index)

    told: dict[int, int] = {}
    sure: dict[int, int] = {}
    for letter, step, day, ahead in finishes:
        if ahead == 0 and day >= MONDAY:
            told[step] = min(day, told.get(step, day))
            if (letter, day) not in wrong:
                sure[step] = min(day, sure.get(step, day))
    with reading(records_engine) as connection:
        assert first_finish_days(connection, None, is_mistyped) == (told, sure)
        assert first_finish_days(connection, ids, is_mistyped) == (told, sure)
    assert any(sure[step] > told[step] + 10 for step in sure)
