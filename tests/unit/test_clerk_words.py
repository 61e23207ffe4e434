"""What a page or the command line says of a file is said in the words of the office, never by names of the program."""

from __future__ import annotations

import re

import pytest

from dashboard.i18n import sentence
from dashboard.i18n.catalogue import Language, catalogue
from etl.extract.furniture import Furniture
from etl.extract.kinds import SPECS, column_words
from etl.intake.load_report import furniture_words

INTERNAL = re.compile(r"\b(?:no_agenda|(?:tgl|jam|jeda|no)_\w+|\w+_(?:kegiatan|terima|selesai|mulai))\b|\[\[")
SETTINGS_FILE = "rule."
"""What is wrong with a settings file is said in the words of that file."""

SENTENCES = {key: forms for key, forms in catalogue().items() if not key.startswith(SETTINGS_FILE)}


@pytest.mark.parametrize("language", [*Language])
def test_no_sentence_has_a_name_of_the_program(language: Language) -> None:
    assert [key for key, forms in SENTENCES.items() if INTERNAL.search(forms[language])] == []


@pytest.mark.parametrize("kind", [*SPECS])
def test_every_column_has_a_header_as_the_office_writes_it(kind: str) -> None:
    words = [sentence(column_words(name)) for name in SPECS[kind].columns]
    assert [word for word in words if "_" in word or not word[:1].isupper()] == []


@pytest.mark.parametrize("kind", [*SPECS])
def test_what_a_file_lacks_is_said_in_these_words(kind: str) -> None:
    spec = SPECS[kind]
    told = [*spec.missing(()), *spec.expected, *spec.recognised_by]
    assert [message for message in told if INTERNAL.search(sentence(message))] == []


def test_a_row_number_that_several_sheets_have_is_told_once() -> None:
    rows = [Furniture(sheet, 8, "total") for sheet in ("Januari", "Februari", "Maret")]
    assert sentence(furniture_words(rows)) == "3 baris bukan catatan: jumlah (baris 8)"
