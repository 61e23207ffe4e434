"""What cannot have been yet when a file is loaded, a use, a check or a hand-over, is taken as written and named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.intake.impossible_rows import IN_THE_FUTURE
from tests.books.typed import book, hand_overs, room_log
from tests.offices.bureau import Bureau, bureau_of, give_letter

CHECKS = "ruang;tanggal;barang;kondisi"


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """Letter 143, on 30 September 2026."""
    with bureau_of(Bureau, tmp_path, fill=give_letter) as made:
        yield made


def books_of(day: str) -> tuple[str, ...]:
    """A use, a check, and a start and a finish of a hand-over on that day."""
    return (
        room_log(f"143;Smart Center;{day};09.00;11.00;40"),
        book(CHECKS, f"Smart Center;{day};AC;baik"),
        hand_overs(f"143;A3;;{day};08.10"),
        hand_overs(f"143;A4;;;;{day};08.20"),
    )


@pytest.mark.parametrize(("day", "named"), [("30/09/2026", 0), ("01/10/2026", 0), ("02/10/2026", 1), ("20/01/2027", 1)])
def test_a_use_a_check_and_a_hand_over_after_the_day_of_loading_are_named(bureau: Bureau, day: str, named: int) -> None:
    for number, text in enumerate(books_of(day)):
        load = bureau.give(text, f"{number}.csv")
        assert (load.counts["accepted"], load.counts["rejected"]) == (1, 0)
        assert [warning.row for warning in load.warnings if warning.code == IN_THE_FUTURE] == [2] * named


def test_the_sentence_names_the_row_its_column_and_the_day(bureau: Bureau) -> None:
    use, *_ = books_of("20/01/2027")
    (warning,) = bureau.give(use).warnings
    words = 'Baris 2, kolom "tanggal": hari itu (20 Jan 2027) belum tiba ketika berkas ini dimuat'
    assert sentence(warning.message).startswith(words)


def test_a_use_of_several_days_is_named_once(bureau: Bureau) -> None:
    rows = ("143;Smart Center;30 September - 3 Oktober 2026;09.00;11.00;", "143;Smart Center;29/09/2026;09.00;11.00;")
    load = bureau.give(room_log(*rows))
    assert load.counts["rejected"] == 0
    assert [warning.row for warning in load.warnings if warning.code == IN_THE_FUTURE] == [2]


def test_a_hundred_rows_are_named_and_the_others_counted(bureau: Bureau) -> None:
    load = bureau.give(
        room_log(*(f"143;Smart Center;20/01/2027;{8 + n // 60:02}.{n % 60:02};23.00;" for n in range(130)))
    )
    named = [warning for warning in load.warnings if warning.code == IN_THE_FUTURE]
    assert [warning.row for warning in named] == [*range(2, 102), None]
    assert "30 baris lain" in sentence(named[-1].message)
