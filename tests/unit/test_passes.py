"""Which pass of a step a hand-over row tells of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.compliance.derive import Pass, add_row, number_passes
from etl.domain.frames import MISSING

Row = tuple[int, tuple[int, int, int, int], bool]

NOTHING = (MISSING, MISSING)
MOMENTS = st.sampled_from([NOTHING, (100, MISSING), (100, 100_001), (100, 100_002), (101, MISSING), (101, 101_001)])
ROWS = st.tuples(
    st.sampled_from([MISSING, MISSING, 1, 2]),
    st.tuples(MOMENTS, MOMENTS).filter(lambda two: two != (NOTHING, NOTHING)).map(lambda two: (*two[0], *two[1])),
    st.booleans(),
)


def passes(rows: list[Row]) -> list[tuple[int, tuple[int, ...], bool]]:
    """Number, stamps and whether it is done of each pass that these rows of one step make."""
    found: list[Pass] = []
    for place, (number, stamps, is_done) in enumerate(rows):
        add_row(found, number, stamps, is_done, place)
    return [(number, tuple(one.stamps), one.is_done) for number, one in number_passes(found)]


@settings(max_examples=300, derandomize=True)
@given(rows=st.lists(ROWS, min_size=1, max_size=6))
def test_rows_given_again_make_no_further_pass(rows: list[Row]) -> None:
    assert passes(rows + rows) == passes(rows)


def test_a_row_that_was_corrected_by_its_pass_number_stays_of_that_pass() -> None:
    early, right = (MISSING, (*NOTHING, 100, 100_001), True), (1, (*NOTHING, 100, 100_002), True)
    assert passes([early, right, early, right]) == [(1, (*NOTHING, 100, 100_002), True)]
