"""What holds for any book, however it was typed, and for any order in which books are given."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dashboard.i18n import sentence
from etl.judging.publishing import rebuild
from tests.books.examples import examples
from tests.books.messy import PEOPLE, TRUTH, MessyBook, book_of, messy_books, parts_of_the_truth
from tests.offices.bureau import Bureau, fresh_bureau

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
SOME = settings(max_examples=examples(5), suppress_health_check=SLOW)


def without_places(told: Any) -> Any:
    """The same without where it was read."""
    if isinstance(told, list):
        return [without_places(one) for one in told]
    if isinstance(told, dict):
        return {key: without_places(one) for key, one in told.items() if key not in ("source", "sources")}
    return told


def figures(bureau: Bureau) -> dict[str, Any]:
    """Everything that can be asked of the letters, without where it was read."""
    told: dict[str, Any] = {"sla": bureau.sla("2026-01-01", "2026-12-31")}
    for number in ("1", "2", "3", "4"):
        try:
            whole = bureau.case(f"2026/{number}")
        except AssertionError:
            continue
        told[number] = {part: without_places(whole[part]) for part in ("request", "steps", "sessions")}
    return told


ENDS = ("accepted", "unchanged", "corrected", "waiting", "rejected")


@SOME
@given(books=st.lists(messy_books(), min_size=1, max_size=4))
def test_the_five_ends_add_up_and_a_second_giving_takes_nothing(books: list[MessyBook]) -> None:
    """The same bytes again are the same load; the same rows from another file change no figure."""
    with fresh_bureau("2026-11-30 09:00") as bureau:
        for number, one in enumerate(books):
            told = bureau.give(one.text, f"{number}.csv", kind=one.kind).to_json(sentence)
            assert told["status"] != "refused", told["reason"]
            assert sum(told[end] for end in ENDS) == told["read"]
            again = bureau.give(one.text, f"{number}.csv", kind=one.kind).to_json(sentence)
            assert (again["status"], again["accepted"], again["corrected"]) == ("unchanged", 0, 0)
            assert sum(again[end] for end in ENDS) == again["read"] == told["read"]
            before = figures(bureau)
            bureau.give(one.text + "\n", f"{number}-lagi.csv", kind=one.kind)
            assert figures(bureau) == before


@cache
def true_figures() -> dict[str, Any]:
    """The figures of books in their usual order, one of each kind."""
    with fresh_bureau("2026-11-30 09:00") as bureau:
        for kind, rows in (TRUTH | {"peserta": PEOPLE}).items():
            assert bureau.give(book_of(kind, list(rows)).text, f"{kind}.csv", kind=kind).status == "loaded"
        return figures(bureau)


@settings(SOME, max_examples=examples(3), phases=[Phase.generate])  # shrinking many loads takes minutes
@given(books=parts_of_the_truth())
def test_any_order_of_books_that_agree_gives_the_same_figures(books: list[MessyBook]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        for number, one in enumerate(books):
            report = bureau.give(one.text, f"{number}.csv", kind=one.kind).to_json(sentence)
            assert (report["status"] == "refused", report["rejected"], report["corrected"]) == (False, 0, 0), report
        told = figures(bureau)
        rebuild(bureau.office, bureau.clock())
        assert figures(bureau) == told
    assert told == true_figures()
    assert told["1"]["steps"][1]["verdict"] == "LATE"


@pytest.mark.parametrize("kind", ["permohonan", "disposisi", "pemakaian", "peserta", "kondisi"])
def test_a_header_without_rows_is_loaded_with_no_rows(kind: str) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        told = bureau.give(book_of(kind, []).text, kind=kind).to_json(sentence)
    assert (told["status"], told["kind"], told["read"]) == ("loaded", kind, 0)
