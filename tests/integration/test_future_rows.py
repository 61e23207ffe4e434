"""What cannot have been yet when a file is loaded, a use, a check or a hand-over, is rejected with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.intake.offered.preview import preview
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


@pytest.mark.parametrize(
    ("day", "rejected"), [("30/09/2026", 0), ("01/10/2026", 0), ("02/10/2026", 1), ("20/01/2027", 1)]
)
def test_a_use_a_check_and_a_hand_over_cannot_lie_after_the_day_of_loading(
    bureau: Bureau, day: str, rejected: int
) -> None:
    for number, text in enumerate(books_of(day)):
        assert bureau.counts(text, f"{number}.csv") == (1, 1 - rejected, 0, 0, 0, rejected)


def test_the_sentence_names_the_row_its_column_and_the_day(bureau: Bureau) -> None:
    use, *_ = books_of("20/01/2027")
    (reject,) = bureau.give(use).rejects
    assert sentence(reject.message).startswith('Baris 2, kolom "tanggal": hari itu (')
    assert "belum tiba ketika berkas ini dimuat" in sentence(reject.message)
    path = bureau.folder / "lagi.csv"
    path.write_text(use, encoding="utf-8")
    (block,) = preview(bureau.office, path, bureau.clock(), name="lagi.csv").blocks
    assert (block.counts["rejected"], len(block.rejects)) == (1, 1)


def test_a_use_of_several_days_is_rejected_whole_and_the_others_stay(bureau: Bureau) -> None:
    rows = ("143;Smart Center;30 September - 3 Oktober 2026;09.00;11.00;", "143;Smart Center;29/09/2026;09.00;11.00;")
    assert bureau.counts(room_log(*rows)) == (2, 1, 0, 0, 0, 1)
