"""Which passwords are taken, and what is said of those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from dashboard.access.passwords import MINIMUM_LENGTH, own_words, weakness
from dashboard.access.people import is_password
from etl.settings.document import Settings
from tests.offices.desk import CHEAP

OWN = ["kadin", "Smart Center", "Dinas Kesehatan", "Kabupaten Trenggalek", "Dinkes"]
WORDS = st.sampled_from(["kadin", "smart", "center", "dinas", "kesehatan", "kabupaten", "trenggalek", "dinkes"])


@pytest.mark.parametrize(
    "password",
    ["kucing meja hujan biru", "angin-teduh-31", "gamelan-di-alun", "Xk4mQv9TzLp2", "perahu sepi lampu 7" * 20],
)
def test_long_and_unrelated_is_taken(password: str) -> None:
    assert weakness(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "short"),
        ("Xk4mQv9TzLp", "short"),
        ("aaaaaaaaaaaa", "common"),
        ("qwertyuiop12", "common"),
        ("password12345", "common"),
        ("bismillah12345", "common"),
        ("Rahasia123456", "common"),
        ("indonesia2026", "common"),
        ("Trenggalek2026!", "own"),
        ("SmartCenter123", "common"),
        ("dinaskesehatan1", "own"),
        ("kadin-kadin-kadin", "common"),
    ],
)
def test_what_is_guessed_first_is_refused_with_its_reason(password: str, reason: str) -> None:
    assert weakness(password, OWN).code == f"access.password_{reason}"


@given(
    st.lists(WORDS, min_size=1, max_size=2),
    st.sampled_from(["", " ", "-", "_"]),
    st.from_regex(r"[0-9]{0,4}", fullmatch=True),
)
def test_the_offices_own_words_with_a_few_figures_are_never_taken(words: list[str], between: str, figures: str) -> None:
    assert weakness(between.join([*words, figures]).title(), OWN) is not None


@given(st.text(max_size=MINIMUM_LENGTH - 1))
def test_nothing_short_is_taken(password: str) -> None:
    assert weakness(password).code == "access.password_short"


@given(st.text(min_size=MINIMUM_LENGTH, max_size=300), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_can_be_weighed(password: str, own: list[str]) -> None:
    weakness(password, own)


def test_no_password_of_the_leaked_lists_is_taken() -> None:
    leaked = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= MINIMUM_LENGTH]
    assert (len(leaked) > 50, len(FREQUENCY_LISTS["passwords"]) > 3_000) == (True, True)
    assert [password for password in leaked if weakness(password) is None] == []


def test_a_password_counts_whole_and_as_it_was_typed() -> None:
    password = "Perahu sepi lampu tujuh " * 4
    assert weakness(password) is None
    hashed = CHEAP.hash(password)
    assert is_password(hashed, password)
    for other in (password.strip(), password.lower(), password[:72], password[:-2] + "x ", f" {password}"):
        assert not is_password(hashed, other)


def test_the_names_of_the_office_its_agencies_and_the_user_are_known() -> None:
    settings = Settings.model_validate({"office": {"name": "Diskominfo"}, "opd": {"Dinas Sosial": ["Dinsos"]}})
    assert {"Diskominfo", "Dinas Sosial", "Dinsos", "budi"} <= set(own_words(settings, "budi"))
