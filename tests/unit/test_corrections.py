"""What later rows changed of earlier ones: each change once, with the value before and after."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.compliance.derive import Pass
from etl.domain.frames import MISSING
from etl.judging.correction_facts import changes
from tests.books.examples import examples

STAMPS = ("started", "finished")


def rows(*told: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of a key with a note and two stamps; None for nothing."""
    names = ("key", "note", "started_on", "started_at", "finished_on", "finished_at")
    frame = pd.DataFrame([[*row, *[None] * (len(names) - len(row))] for row in told], columns=list(names))
    numbers = list(names[2:])
    frame[numbers] = frame[numbers].astype("Int64").fillna(MISSING).astype("int64")
    return frame.astype({"note": "str"})


def found(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    told = changes(frame, ["key"], {"note": "note"}, STAMPS)
    return list(told.itertuples(index=False, name=None))


def test_a_key_told_once_corrects_nothing() -> None:
    assert found(rows((1, "a", 5, 500), (2, "b"))) == []


def test_a_row_given_again_corrects_nothing() -> None:
    assert found(rows((1, "a", 5, 500), (1, "a", 5, 500), (1, None), (1, "a"))) == []


def test_a_later_value_corrects_and_a_blank_one_erases_nothing() -> None:
    assert found(rows((1, "a"), (2, "b"), (1, None), (1, "c"))) == [(3, "note", "a", "c")]


def test_a_value_that_comes_later_fills_what_was_not_known() -> None:
    assert found(rows((1, None), (1, "a"))) == [(1, "note", None, "a")]


def test_a_new_day_without_a_clock_drops_the_old_clock() -> None:
    told = found(rows((1, None, 5, 500), (1, None, 6)))
    assert told == [(1, "started", {"on": 5, "at": 500}, {"on": 6, "at": None})]


def test_the_same_day_without_a_clock_says_nothing_new() -> None:
    assert found(rows((1, None, 5, 500), (1, None, 5))) == []


stamps = st.sampled_from([(None, None), (5, None), (5, 500), (5, 510), (6, 600)])


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(st.integers(1, 2), st.sampled_from([None, "a", "b"]), stamps, stamps), max_size=8))
def test_stamps_change_as_they_do_when_passes_are_put_together(told: list[tuple[Any, ...]]) -> None:
    frame = rows(*((key, note, *start, *end) for key, note, start, end in told))
    expected = []
    known: dict[int, Pass] = {}
    for position, (key, _note, start, end) in enumerate(told):
        said = [MISSING if value is None else value for value in (*start, *end)]
        if key not in known:
            known[key] = Pass(1)
            known[key].take(said, False)
            continue
        before = list(known[key].stamps)
        known[key].take(said, False)
        for at, name in ((0, "started"), (2, "finished")):
            if known[key].stamps[at : at + 2] != before[at : at + 2]:
                expected.append((position, name))
    assert [one[:2] for one in found(frame) if one[1] != "note"] == expected
