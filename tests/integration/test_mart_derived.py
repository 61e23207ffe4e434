"""Columns that the mart derives: a statement and arrays give the same, for whatever a step fact holds."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.mart.facts import ALL_FACTS, FactKind, as_table, key_part, with_derived
from data_access.mart.schema import FIGURE_KEY, MISSING, OUTPUTS, STEP_FACT
from tests.books.examples import examples

Facts = list[dict[str, int]]

SECOND_COLUMNS = ("elapsed_seconds", "waiting_seconds", "target_seconds", "handover_seconds")
SECONDS = st.one_of(st.just(MISSING), st.integers(0, 3), st.integers(-(10**6), 10**9))
CODES = {"flags": st.integers(0, 4095), "start_rule": st.integers(0, 3), "reason": st.integers(0, 7)}
FACT = st.fixed_dictionaries(
    dict.fromkeys(SECOND_COLUMNS, SECONDS)
    | dict.fromkeys(OUTPUTS, st.one_of(st.just(MISSING), st.integers(0, 2)))
    | CODES
    | {"verdict": st.integers(0, 15), "step": st.integers(0, 12)}
    | {"belongs_on": st.one_of(st.just(MISSING), st.integers(-1_000, 40_000))}
)
FACTS = st.lists(FACT, min_size=1, max_size=20)
SOME = settings(max_examples=examples(50))


def columns_of(facts: Facts) -> dict[str, np.ndarray]:
    return {name: np.array([fact[name] for fact in facts], np.int64) for name in facts[0]}


def by_statement(columns: dict[str, np.ndarray], select: str) -> list[tuple[int, ...]]:
    with duckdb.connect() as connection:
        connection.register("fact", as_table(columns, STEP_FACT))
        return connection.execute(f"SELECT {select} FROM fact").fetchall()  # noqa: S608 – own words


@SOME
@given(FACTS)
def test_a_statement_and_arrays_derive_the_same_columns(facts: Facts) -> None:
    columns = columns_of(facts)
    select = ", ".join(f"coalesce({value.sql}, {MISSING})::BIGINT" for value in STEP_FACT.derived.values())
    derived = with_derived(columns)
    of_arrays = list(zip(*(derived[name].tolist() for name in STEP_FACT.derived), strict=True))
    assert of_arrays == by_statement(columns, select)


@SOME
@given(FACTS, st.data())
def test_a_kind_holds_for_the_same_facts_as_condition_and_among_keys(facts: Facts, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(FIGURE_KEY))
    codes = data.draw(st.lists(st.integers(0, part.size - 1), min_size=1, max_size=3))
    kind, columns = ALL_FACTS.also(**{part.name: codes}), columns_of(facts)
    chosen = kind.among(with_derived(columns)["figure_key"])
    assert [(bool(value),) for value in chosen] == by_statement(columns, kind.where())


@pytest.mark.parametrize(
    ("part", "fact", "code"),
    [
        ("handover", {"handover_seconds": 60, "target_seconds": 60}, 1),
        ("handover", {"handover_seconds": 61, "target_seconds": 60}, 2),
        ("handover", {"handover_seconds": MISSING, "target_seconds": 60}, 0),
        ("is_measured", {"elapsed_seconds": 0}, 1),
        ("is_measured", {"elapsed_seconds": MISSING}, 0),
        ("has_waited", {"start_rule": 1, "waiting_seconds": 5, "elapsed_seconds": 5}, 1),
        ("has_waited", {"start_rule": 2, "waiting_seconds": 5, "elapsed_seconds": 5}, 0),
        ("output", {"output_recorded": 2, "output_empty": 1}, 5),
        ("flags", {"flags": 8 + 2}, 2),
        ("step", {"step": 12}, 12),
    ],
)
def test_a_part_of_the_key_has_the_code_that_its_rule_gives(part: str, fact: dict[str, int], code: int) -> None:
    nothing = dict.fromkeys(("flags", "start_rule", "reason", "verdict", "step", "belongs_on", *OUTPUTS), 0)
    seconds = dict.fromkeys(SECOND_COLUMNS, MISSING)
    keys = with_derived(columns_of([nothing | seconds | fact]))["figure_key"]
    assert key_part(keys, part).tolist() == [code]
    assert FactKind(((part, (code,)),)).among(keys).all()
