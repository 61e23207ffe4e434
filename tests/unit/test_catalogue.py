"""The words of the screens: whole in both languages, and every word that is used is there."""

from __future__ import annotations

import re
import string
import sys
from functools import cache
from pathlib import Path

import pytest

from dashboard.i18n.catalogue import CatalogueError, Language, catalogue, message, parse_language, read_area
from data_access.roles import Role
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.extract.kinds import SPECS, Kind, corrections_of

DASHBOARD = Path(__file__).parents[2] / "dashboard"
SOURCES = [file for file in DASHBOARD.rglob("*") if file.suffix in {".py", ".html"}]
LITERAL = re.compile(r"""(?<![\w.])(?:t|message)\(\s*["']([a-z_]+\.[^"'{]+)["']""")
PREFIX = re.compile(r"""(?<![\w.])(?:t|message)\(\s*f["']([^"'{]+)\{""")


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def used(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    return {(found, file.name) for file in SOURCES for found in pattern.findall(file.read_text(encoding="utf-8"))}


def test_every_message_is_there_in_both_languages_and_fills_the_same_holes() -> None:
    for key, forms in catalogue().items():
        assert forms["id"].strip(), key
        assert forms["en"].strip(), key
        for form in forms.values():
            assert holes(form) <= holes(forms["id"]) | holes(forms["en"]) | {"n"}, key
        assert holes(forms["id"]) == holes(forms["en"]), key


def test_every_word_that_the_screens_use_is_in_the_catalogue() -> None:
    assert {(key, file) for key, file in used(LITERAL) if key not in catalogue()} == set()


def test_every_family_of_words_that_the_screens_use_has_members() -> None:
    without = {(p, file) for p, file in used(PREFIX) if not any(key.startswith(p) for key in catalogue())}
    assert without == set()


@pytest.mark.parametrize(
    ("prefix", "members"),
    [
        ("verdict", Verdict),
        ("reason", Reason),
        ("start", StartRule),
        ("request", RequestVerdict),
        ("status", RequestStatus),
        ("role", Role),
    ],
)
def test_every_member_of_an_enumeration_has_a_word(prefix: str, members: type) -> None:
    assert [member for member in members if f"{prefix}.{member}" not in catalogue()] == []


@pytest.mark.parametrize("key", ["flag.{}", "flag.why_{}"])
def test_every_flag_has_a_word_and_a_sentence(key: str) -> None:
    assert [flag.name for flag in Flag if flag and key.format(flag.name) not in catalogue()] == []


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_a_record_has_its_words(kind: Kind) -> None:
    of_columns = [field.name for field in SPECS[kind].fields if f"data.col_{kind}_{field.name}" not in catalogue()]
    keys = [f"data.col_{name}" for name in of_columns]
    keys += [f"{area}.field_{name}" for name in corrections_of(kind) for area in ("intake", "correction")]
    assert [key for key in keys if key not in catalogue()] == []


def test_a_verdict_is_called_what_the_office_calls_it() -> None:
    assert message("verdict.OVERDUE", Language.INDONESIAN) == "Lewat batas"
    assert message("verdict.UNMEASURABLE", Language.INDONESIAN) == "Belum dapat diukur"


def test_english_has_one_and_many() -> None:
    assert message("format.long.day", Language.ENGLISH, count="1", n=1) == "1 day"
    assert message("format.long.day", Language.ENGLISH, count="2", n=2) == "2 days"
    assert message("format.long.day", Language.INDONESIAN, count="1", n=1) == "1 hari"


@pytest.mark.parametrize("key", ["shell.tidak_ada", "tidak_ada.kata", "tidak_ada"])
def test_an_unknown_key_is_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        message(key, Language.INDONESIAN)


def test_a_word_is_had_without_reading_the_files_of_other_areas(monkeypatch: pytest.MonkeyPatch) -> None:
    module, areas = sys.modules["dashboard.i18n.catalogue"], []
    monkeypatch.setattr(module, "_messages_of", cache(module._messages_of.__wrapped__))
    monkeypatch.setattr(module, "read_area", lambda area, text: areas.append(area) or read_area(area, text))
    assert message("verdict.OVERDUE", Language.ENGLISH) == "Over the limit"
    assert message("verdict.MET", Language.ENGLISH) == "On time"
    assert areas == ["verdict"]


@pytest.mark.parametrize(
    "text",
    ['["lain.kata"]\nid = "a"\nen = "b"', '["sla.kata"]\nid = "a"', '["sla.kata"]\nid = "a"\nen = "b"\nfr = "c"'],
)
def test_a_message_file_that_breaks_the_rules_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        read_area("sla", text)


def test_indonesian_is_the_language_of_whoever_chose_none() -> None:
    assert [parse_language(code) for code in ("en", "id", "fr", "", None)] == ["en", "id", "id", "id", "id"]
