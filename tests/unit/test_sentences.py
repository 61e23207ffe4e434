"""A message below the screens becomes a sentence in the language of the request, also after it was stored."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from dashboard.i18n import sentence
from data_access.errors import Message, stored, stored_message
from etl.domain.errors import RuleError

NESTED = RuleError("kantor.toml", Message("rule.line", line=3), None, Message("rule.one_of", choices=("mon", "tue")))


def test_messages_within_a_message_lists_and_nothing_are_put_into_words() -> None:
    assert sentence(NESTED) == "kantor.toml: baris 3 = (kosong) tidak dapat dipakai; tulis salah satu dari mon, tue."


def test_the_language_is_that_of_the_request() -> None:
    with Flask("sample").test_request_context(headers={"Cookie": "bahasa=en"}):
        assert sentence(NESTED) == "kantor.toml: line 3 = (empty) cannot be used; write one of mon, tue."


def test_a_message_comes_back_from_a_column_of_text() -> None:
    assert sentence(stored(NESTED.message)) == sentence(NESTED)


@pytest.mark.parametrize(
    ("language", "said"), [("id", "30 Nov 2026 sampai 1 Des 2026"), ("en", "30 Nov 2026 to 1 Dec 2026")]
)
def test_days_are_written_day_first_in_the_language_of_the_request_also_after_they_were_stored(
    language: str, said: str
) -> None:
    days = Message("rule.from_to", first=date(2026, 11, 30), last=date(2026, 12, 1))
    with Flask("sample").test_request_context(headers={"Cookie": f"bahasa={language}"}):
        assert (sentence(days), sentence(stored(days))) == (said, said)


def test_a_sentence_that_was_stored_whole_stays_as_it_is() -> None:
    assert (stored("Baris 2: kosong."), stored_message("Baris 2: kosong.")) == ("Baris 2: kosong.", "Baris 2: kosong.")


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (Message("extract.title_year", cell='"05/01/2025"', year=2026), "nama lembarnya, yang menyebut 2026"),
        (Message("extract.cells_uncalculated", count=3), "3 sel berisi rumus yang belum dihitung"),
    ],
)
def test_what_loads_keep_in_an_earlier_form_has_words_still(kept: Message, words: str) -> None:
    assert words in sentence(stored(kept))


def test_braces_in_what_people_typed_are_no_places() -> None:
    assert sentence(Message("rule.quoted", text="{file} {0}")) == '"{file} {0}"'


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence(Message("rule.no_such_code"))
