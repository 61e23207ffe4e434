"""One row per key from rows in the order in which they were given."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from etl.domain.compliance.derive import fold, is_empty
from etl.domain.frames import MISSING

CELLS = st.tuples(
    st.integers(0, 3), st.sampled_from([None, "a"]), st.sampled_from([MISSING, 1, 2]), st.sampled_from([None, "x", "y"])
)


def slow(rows: list[tuple]) -> list[tuple]:
    """The same by hand: keys in the order of their last rows."""
    told: dict[tuple, list] = {}
    for key, room, number, word in rows:
        number_before, word_before = told.pop((key, room), (MISSING, None))
        told[key, room] = [number_before if number == MISSING else number, word or word_before]
    return [(*key, *values) for key, values in told.items()]


@given(rows=st.lists(CELLS, min_size=1, max_size=12))
def test_of_each_column_the_last_value_that_says_something_wins(rows: list[tuple]) -> None:
    frame = pd.DataFrame(rows, columns=["key", "room", "number", "word"])
    frame = frame.astype({"room": "str", "word": "str", "number": np.int64}).assign(row=range(len(rows)))
    one = fold(frame, ["key", "room"], unfolded=["row"])
    told = [tuple(None if is_empty(v) and not isinstance(v, int) else v for v in row) for row in one.values.tolist()]
    places = {row[:2]: place for place, row in enumerate(rows)}
    assert [row[:4] for row in told] == slow(rows)
    assert [row[4] for row in told] == [places[row[:2]] for row in told]
    assert one.dtypes.drop("row").tolist() == frame.dtypes.drop("row").tolist()
