"""Which pass of a step a hand-over row tells of."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.compliance.derive import NOWHERE, Pass, Stamp, To, add_row, number_passes
from etl.domain.frames import MISSING
from tests.books.examples import examples

Row = tuple[int, tuple[int, int, int, int], bool, To]

NOTHING = (MISSING, MISSING)
MOMENTS = st.sampled_from([NOTHING, (100, MISSING), (100, 100_001), (100, 100_002), (101, MISSING), (101, 101_001)])
ROWS = st.tuples(
    st.sampled_from([MISSING, MISSING, 1, 2]),
    st.tuples(MOMENTS, MOMENTS).filter(lambda two: two != (NOTHING, NOTHING)).map(lambda two: (*two[0], *two[1])),
    st.booleans(),
    st.sampled_from([NOWHERE, NOWHERE, To(5), To(6), To(MISSING, 3)]),
)


def passes(rows: list[Row], returns: Sequence[Stamp] = ()) -> list[tuple[int, tuple[int, ...], bool]]:
    """Number, stamps and whether it is done of each pass that these rows of one step make."""
    found: list[Pass] = []
    for place, (number, stamps, is_done, to) in enumerate(rows):
        add_row(found, number, stamps, is_done, place, to=to, returns=returns)
    return [(number, tuple(one.stamps), one.is_done) for number, one in number_passes(found)]


def done(at: int, to: To = NOWHERE) -> Row:
    """A row with only a finish."""
    return (MISSING, (*NOTHING, 100, at), True, to)


@settings(max_examples=examples(300))
@given(rows=st.lists(ROWS, min_size=1, max_size=6))
def test_rows_given_again_make_no_further_pass(rows: list[Row]) -> None:
    assert passes(rows + rows) == passes(rows)


def test_a_row_that_was_corrected_by_its_pass_number_stays_of_that_pass() -> None:
    early, right = done(100_001), (1, (*NOTHING, 100, 100_002), True, NOWHERE)
    assert passes([early, right, early, right]) == [(1, (*NOTHING, 100, 100_002), True)]


def test_hand_overs_to_different_desks_are_one_pass_that_ends_with_the_last_in_any_order() -> None:
    rows = [done(100_001, To(5)), done(100_002, To(6))]
    assert passes(rows) == passes(rows[::-1]) == [(1, (*NOTHING, 100, 100_002), True)]


def test_a_return_between_makes_the_hand_over_to_another_desk_a_further_pass() -> None:
    rows = [done(100_001, To(5)), done(100_003, To(6))]
    assert len(passes(rows, returns=[(100, 100_002)])) == 2
    assert len(passes(rows, returns=[(100, 100_001)])) == len(passes(rows, returns=[(100, 100_004)])) == 1


def test_a_second_hand_over_to_the_same_desk_is_a_further_pass() -> None:
    assert len(passes([done(100_001, To(5)), done(100_002, To(5))])) == 2


def test_rows_of_one_moment_are_one_pass_whatever_desk_they_name() -> None:
    assert len(passes([done(100_001, To(5)), done(100_001, To(6)), done(100_001)])) == 1


def test_one_number_is_one_pass_for_all_desks() -> None:
    rows = [(2, (*NOTHING, 100, at), True, To(desk)) for at, desk in ((100_001, 5), (100_002, 6), (100_000, 7))]
    assert passes(rows) == [(2, (*NOTHING, 100, 100_002), True)]


def test_a_row_with_only_a_finish_completes_the_only_pass_begun() -> None:
    begun = (MISSING, (100, 100_000, *NOTHING), False, NOWHERE)
    other = (MISSING, (100, 100_005, *NOTHING), False, NOWHERE)
    assert passes([begun, done(100_001)]) == [(1, (100, 100_000, 100, 100_001), True)]
    assert len(passes([begun, other, done(100_006)])) == 3
