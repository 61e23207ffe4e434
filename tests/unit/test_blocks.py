"""Digests of rows: the same however the rows are held, another one for any cell that differs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data_access.records.blocks import BLOCK_ROWS, FewNumbers, FewTexts, Numbers, Texts, block_digests
from data_access.records.types import MISSING

NUMBERS = st.integers(-(2**62), 2**62) | st.none() | st.just(0)
TEXTS = st.text(max_size=6) | st.none()
ROWS = st.lists(st.tuples(NUMBERS, TEXTS), min_size=1, max_size=8)

Rows = list[tuple[int | None, str | None]]


def as_few(rows: Rows) -> list[bytes]:
    numbers, texts = zip(*rows, strict=True)
    plain = FewNumbers([MISSING if number is None else number for number in numbers], MISSING)
    columns = {"number": plain, "text": FewTexts([None if text is None else text.encode() for text in texts])}
    return block_digests("pass_row", columns, 7, 0, len(rows))


def as_arrays(rows: Rows, first: int = 7) -> list[bytes]:
    numbers, texts = zip(*rows, strict=True)
    plain = np.array([MISSING if number is None else number for number in numbers], dtype=np.int64)
    columns = {"number": Numbers(plain, MISSING), "text": Texts.of(pa.array(pd.Series(texts, dtype="str")))}
    return block_digests("pass_row", columns, first, 0, len(rows))


@given(rows=ROWS)
def test_few_rows_have_the_digest_that_they_have_among_many(rows: Rows) -> None:
    assert as_few(rows) == as_arrays(rows)


@given(rows=ROWS, other=st.tuples(NUMBERS, TEXTS), place=st.integers(0, 7))
def test_another_cell_is_another_digest(rows: Rows, other: tuple[int | None, str | None], place: int) -> None:
    changed = [*rows]
    changed[place % len(rows)] = other
    assert (as_few(rows) == as_few(changed)) == (rows == changed)


def test_each_block_of_many_rows_is_told_apart() -> None:
    rows: Rows = [(number, "sama") for number in range(2 * BLOCK_ROWS + 1)]
    changed: Rows = [*rows]
    changed[BLOCK_ROWS] = (BLOCK_ROWS, "lain")
    kept, now = as_arrays(rows), as_arrays(changed)
    assert [before == after for before, after in zip(kept, now, strict=True)] == [True, False, True]


def test_a_column_that_says_nothing_is_as_if_it_were_not_there() -> None:
    alone = block_digests("pass_row", {"text": FewTexts([b"a"])}, 1, 0, 1)
    with_blank = {"text": FewTexts([b"a"]), "number": FewNumbers([MISSING], MISSING)}
    assert block_digests("pass_row", with_blank, 1, 0, 1) == alone
