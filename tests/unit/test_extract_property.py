"""Whatever people type, every row is accounted for, once, in file order."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.i18n import sentence
from etl.domain.frames import MISSING
from etl.extract import SPECS, Kind, Refused
from etl.extract.reading import moments
from tests.books.examples import examples
from tests.books.extracted import JAKARTA, cells_of, extract

CELLS = st.one_of(
    st.sampled_from(
        [
            "", "-", "12", "0012", "\t7", "2026/11", "A1", "B9", "Kadin", "Kabid", "07/09/2026", "31 Juni 2020",
            "Senin, 7 September 2026",
            "46272", "2026-09-07 08:10:00", "01/24/2020", "24/01/2020", "08.30", "08.30 - selesai", "00:00:00",
            "25.00", "1:00pm",
            "45 orang", "ada", "tidak", "081234567890", "Total", "Smart Center", "\u00a0", "a\nb", "=1+1", "x" * 300,
        ]
    ),
    st.text(max_size=12),
    st.floats(),
    st.integers(-5, 60_000),
    st.none(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
)  # fmt: skip


@settings(max_examples=examples(40))
@given(data=st.data(), kind=st.sampled_from(list(Kind)))
def test_every_row_is_taken_or_rejected_with_its_own_number(data: st.DataObject, kind: Kind) -> None:
    columns = SPECS[kind].columns
    rows = data.draw(st.lists(st.lists(CELLS, max_size=len(columns) + 2), max_size=6))
    taken = cells_of([["KOP SURAT"], list(columns), *rows], kind=kind, date_order="dmy")
    numbers = sorted([*taken.frame["row"], *(reject.row for reject in taken.rejects)])
    assert taken.read == len(taken.frame) + len(taken.rejects) == len(set(numbers))
    assert set(numbers) <= set(range(3, len(rows) + 3))
    assert taken.frame["row"].is_monotonic_increasing
    assert all(sentence(reject.message).startswith(f"Baris {reject.row}, ") for reject in taken.rejects)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=examples(40))
@given(st.lists(st.lists(TEXT, max_size=5), max_size=60))
def test_any_text_file_is_refused_or_read_whole(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catatan.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["no_agenda", "langkah", "catatan"], *rows])
        read, accounted = _read(path)
    assert read == accounted


def _read(path: Path) -> tuple[int, int]:
    """Rows read and rows accounted for; a refusal reads none."""
    try:
        taken = extract(path, zone=JAKARTA)
    except Refused:
        return 0, 0
    return taken.read, len(taken.frame) + len(taken.rejects)


WALLS = st.lists(st.tuples(st.integers(10_957, 47_846), st.integers(0, 86_400)), max_size=30)


@given(WALLS, st.sampled_from(["Asia/Jakarta", "Europe/Berlin"]))
def test_moments_are_those_of_the_zone(walls: list[tuple[int, int]], name: str) -> None:
    zone = ZoneInfo(name)
    day = np.array([day for day, _ in walls], np.int64)
    seconds = np.array([second for _, second in walls], np.int64)
    found = moments(day, seconds, np.full(len(walls), MISSING), zone)
    expected = [
        int((datetime(1970, 1, 1, tzinfo=zone) + timedelta(days=day, seconds=second)).timestamp())
        for day, second in walls
    ]
    assert found.at.tolist() == expected
    assert found.on.tolist() == day.tolist()
