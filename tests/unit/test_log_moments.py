"""Moments of event logs: fractions, offsets, days alone, hours that come twice, and what is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.domain.calendar.zone import ZoneTable, zone_table
from etl.domain.compliance.logs import DAY_ONLY, UNREAD
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.extract.dates import DateOrder
from etl.extract.logs.moments import Moments, read_moments
from tests.books.moments import seconds

JAKARTA, AMSTERDAM = (
    zone_table(ZoneInfo(name), date(2000, 1, 1), date(2100, 12, 31)) for name in ("Asia/Jakarta", "Europe/Amsterdam")
)


def read(*texts: str, zone: ZoneTable = JAKARTA, order: DateOrder | None = None) -> Moments:
    return read_moments(pa.array(texts, pa.string()), zone, order)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-07T09:00:05", "2026-09-07 09:00:05", "2026/09/07 09:00:05", "2026-09-07T09:00:05.999",
        "2026-09-07T09:00:05,5", "2026-09-07T09:00:05+07:00", "2026-09-07T02:00:05Z", "2026-09-07T02:00:05.123456Z",
        "2026-09-07T02:00:05+00:00", "2026-09-07 04:00:05 +0200", "2026-09-06T22:30:05-03:30", "2026-09-07T02:00:05+00",
        "07/09/2026 09:00:05", "7-9-2026 09.00.05", "7 September 2026 09:00:05",
    ],
)  # fmt: skip
def test_one_moment_has_many_spellings(text: str) -> None:
    assert read(text).packed.tolist() == [seconds("2026-09-07 09:00") + 5]


@pytest.mark.parametrize(
    "text", ["2026-09-07", "07/09/2026", "2026-09-07T00:00:00", "2026-09-07 00:00", "2026-09-06T17:00:00.000Z"]
)
def test_midnight_of_the_office_is_a_day_without_a_clock_time(text: str) -> None:
    assert read(text).packed.tolist() == [DAY_ONLY + day_number(date(2026, 9, 7))]


def test_midnight_elsewhere_is_a_moment() -> None:
    assert read("2026-09-07T00:00:00Z").packed.tolist() == [seconds("2026-09-07 07:00")]


@pytest.mark.parametrize("text", ["", "-", " "])
def test_nothing_is_missing(text: str) -> None:
    assert read(text).packed.tolist() == [MISSING]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T09:00:00", "2026-13-01T09:00:00", "2026-09-07T24:30:00", "2026-09-07T09:61:00",
        "1899-09-07T09:00:00", "2101-01-01T09:00:00", "soon", "2026-09-07T09:00:05+99:00", "2026-09-07T09:00:0x",
        "2026-09-07T09:00:05 pm?", "20x6-09-07T09:00:05",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_unread(text: str) -> None:
    assert read(text, "2026-09-07T09:00:00").packed.tolist() == [UNREAD, seconds("2026-09-07 09:00")]


def test_an_hour_that_comes_twice_is_the_first_and_one_that_never_comes_is_said() -> None:
    twice = read("2024-10-27T02:30:00", "2024-10-27T02:30:00+01:00", "2024-03-31T02:30:00", zone=AMSTERDAM)
    zone = ZoneInfo("Europe/Amsterdam")
    expected = [datetime(2024, 10, 27, 2, 30, tzinfo=zone), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zone)]
    assert twice.packed[:2].tolist() == [moment.timestamp() for moment in expected]
    assert (twice.is_repeated.tolist(), twice.is_skipped.tolist()) == ([True, False, False], [False, False, True])
    assert twice.packed[2] == datetime(2024, 3, 31, 2, 30, tzinfo=zone).timestamp()


def test_the_order_of_three_numbers_is_asked_or_seen() -> None:
    first = read("01/24/2026 09:00", "01/02/2026 09:00")
    assert first.packed[0] == UNREAD
    assert (first.evidence.month_first, first.evidence.day_first) == ("01/24/2026", "")
    assert read("01/24/2026 09:00", order=DateOrder.MDY).packed.tolist() == [seconds("2026-01-24 09:00")]


def test_offsets_are_told_from_office_time() -> None:
    mixed = read("2026-09-07T09:00:00Z", "2026-09-07T09:00:00", "2026-09-07")
    assert (mixed.has_offset.tolist(), mixed.is_local.tolist()) == ([True, False, False], [False, True, False])


@given(
    moments=st.lists(
        st.tuples(
            st.datetimes(datetime.fromisoformat("2000-01-02"), datetime.fromisoformat("2100-12-30")),
            st.sampled_from([None, "Z", 0, 7 * 60, -210, 14 * 60]),
            st.sampled_from(["", ".5", ".123456", ",000"]),
            st.sampled_from("T "),
        ),
        min_size=1,
        max_size=20,
    ),
    zone=st.sampled_from([JAKARTA, AMSTERDAM]),
)
def test_iso_moments_are_those_of_the_standard_library(
    moments: list[tuple[datetime, str | int | None, str, str]], zone: ZoneTable
) -> None:
    texts, expected = [], []
    for naive, offset, fraction, between in moments:
        wall = naive.replace(microsecond=0)
        shift = timedelta(minutes=offset) if isinstance(offset, int) else timedelta()
        tail = offset if isinstance(offset, str) else ""
        if isinstance(offset, int):
            tail = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
        texts.append(f"{wall:%Y-%m-%d}{between}{wall:%H:%M:%S}{fraction}{tail}")
        local = wall.replace(tzinfo=zone.zone)
        at = local if offset is None else (wall - shift).replace(tzinfo=ZoneInfo("UTC"))
        moment, there = int(at.timestamp()), datetime.fromtimestamp(at.timestamp(), zone.zone)
        is_midnight = (there.hour, there.minute, there.second) == (0, 0, 0)
        expected.append(DAY_ONLY + day_number(there.date()) if is_midnight else moment)
    packed = read(*texts, zone=zone).packed
    assert np.array_equal(packed, np.array(expected))
