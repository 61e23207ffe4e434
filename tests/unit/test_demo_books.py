"""The invented records as files: read by the intake as the office's own, byte for byte the same each time."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from etl.demo import DEMO_SETTINGS_TOML, write_demo
from etl.demo.files import CHECK_HEADERS, HANDOVER_HEADERS, REGISTER_HEADERS, SESSION_HEADERS
from etl.extract.extraction import Extracted
from etl.extract.kinds import Kind, known_headers
from etl.extract.words import fold_header
from etl.settings.document import apply, default_settings
from etl.settings.names import OpdNames, RoomNames
from tests.books.extracted import extract

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 10, 42, tzinfo=JAKARTA)
MOMENTS = (
    "checked_at",
    "received_at",
    "status_at",
    "started_at",
    "finished_at",
    "recorded_at",
    "ended_at",
    "pause_start_at",
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("demo"), NOW)


@pytest.fixture(scope="module")
def read(books: list[Path]) -> dict[str, Extracted]:
    return {book.name: extract(book, zone=JAKARTA) for book in books}


def frame_of(read: dict[str, Extracted], kind: Kind) -> pd.DataFrame:
    return pd.concat([one.frame for one in read.values() if one.kind == kind], ignore_index=True)


def test_the_same_moment_and_seed_give_the_same_bytes(books: list[Path], tmp_path: Path) -> None:
    again = write_demo(tmp_path / "again", NOW)
    assert [book.name for book in again] == [book.name for book in books]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(again, books, strict=True))


def test_a_moment_in_another_zone_is_the_same_moment(books: list[Path], tmp_path: Path) -> None:
    again = write_demo(tmp_path / "utc", NOW.astimezone(ZoneInfo("UTC")))
    assert [book.read_bytes() for book in again] == [book.read_bytes() for book in books]


def test_a_moment_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        write_demo(tmp_path, NOW.replace(tzinfo=None))


def test_there_is_a_book_of_each_kind_a_year_and_one_of_todays_handovers(books: list[Path]) -> None:
    assert [book.name for book in books] == [
        "agenda-surat-masuk-2024.xlsx",
        "agenda-surat-masuk-2025.xlsx",
        "agenda-surat-masuk-2026.xlsx",
        "disposisi-2024.csv",
        "disposisi-2025.csv",
        "disposisi-2026.csv",
        "disposisi-2026-11-24.csv",
        "buku-pemakaian-2024.csv",
        "buku-pemakaian-2025.csv",
        "buku-pemakaian-2026.csv",
        "pemeriksaan-sarpras-2025.csv",
        "pemeriksaan-sarpras-2026.csv",
    ]


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (Kind.PERMOHONAN, REGISTER_HEADERS),
        (Kind.DISPOSISI, HANDOVER_HEADERS),
        (Kind.PEMAKAIAN, SESSION_HEADERS),
        (Kind.KONDISI, CHECK_HEADERS),
    ],
)
def test_every_header_is_one_the_intake_lists_for_that_column(kind: Kind, headers: dict[str, str]) -> None:
    known = known_headers(kind)
    assert {column: known[fold_header(typed)][0] for column, typed in headers.items()} == {c: c for c in headers}


def test_each_book_is_recognised_as_its_kind(read: dict[str, Extracted]) -> None:
    prefixes = {
        Kind.PERMOHONAN: "agenda-",
        Kind.DISPOSISI: "disposisi-",
        Kind.PEMAKAIAN: "buku-pemakaian-",
        Kind.KONDISI: "pemeriksaan-",
    }
    assert all(name.startswith(prefixes[one.kind]) for name, one in read.items())


def test_only_the_rows_meant_to_be_refused_are(read: dict[str, Extracted]) -> None:
    rejects = [(name[:6], reject.code) for name, one in read.items() for reject in one.rejects]
    assert rejects == [
        ("agenda", "no_such_date"),
        ("agenda", "weekday_mismatch"),
        ("dispos", "unknown_handover"),
        ("buku-p", "end_before_start"),
    ]


def test_the_only_column_nobody_reads_is_paraf(read: dict[str, Extracted]) -> None:
    assert {column for one in read.values() for column in one.ignored_columns} == {"Paraf"}


def test_words_numbers_and_days_that_need_a_look_are_remarked(read: dict[str, Extracted]) -> None:
    codes = {warning.code for one in read.values() for warning in one.warnings}
    assert codes == {"status_unknown", "zero_participants", "days_disordered", "event_replaced", "time_without_date"}


def test_no_moment_read_from_the_books_lies_after_the_demo(read: dict[str, Extracted]) -> None:
    found = [one.frame[column].dropna() for one in read.values() for column in MOMENTS if column in one.frame]
    assert max(int(column.max()) for column in found if len(column)) <= int(NOW.timestamp())


def test_a_letter_typed_twice_or_moved_has_two_rows(read: dict[str, Extracted]) -> None:
    letters = frame_of(read, Kind.PERMOHONAN)
    years = pd.to_datetime(letters["received_on"], unit="D").dt.year
    again = letters.groupby([years, letters["agenda_key"]]).size()
    assert set(again) == {1, 2}


def test_handovers_come_by_code_and_by_hands_with_pauses_rounds_and_late_entries(books: list[Path]) -> None:
    with books[5].open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for column in ("Langkah", "Dari", "Putaran", "Jeda Mulai", "Alasan Jeda", "Dicatat Pada", "Catatan"):
        assert any(row[column] for row in rows), column
    assert any(not row["Tahun"] and "/" not in row["No. Agenda"] for row in rows)
    assert any(re.fullmatch(r"2026/\d+", row["No. Agenda"]) for row in rows)
    assert all(bool(row["Langkah"]) != bool(row["Dari"]) for row in rows)


def test_handovers_without_clock_time_without_date_and_without_either_occur(read: dict[str, Extracted]) -> None:
    passes = frame_of(read, Kind.DISPOSISI)
    is_dated, is_timed = passes["finished_on"].notna(), passes["finished_at"].notna()
    assert (is_dated & ~is_timed & passes["is_done"]).sum() >= 10
    assert (~is_dated & ~is_timed & passes["is_done"]).sum() >= 5
    assert (~is_dated & ~passes["is_done"]).sum() >= 2


def test_a_letter_no_register_knows_has_handovers(read: dict[str, Extracted]) -> None:
    strangers = set(frame_of(read, Kind.DISPOSISI)["agenda_key"]) - set(frame_of(read, Kind.PERMOHONAN)["agenda_key"])
    assert strangers == {"9001"}


def test_sessions_run_late_past_midnight_on_saturday_and_without_an_end(read: dict[str, Extracted]) -> None:
    uses = frame_of(read, Kind.PEMAKAIAN)
    starts = pd.to_datetime(uses["started_at"], unit="s", utc=True).dt.tz_convert(JAKARTA)
    ends = pd.to_datetime(uses["ended_at"], unit="s", utc=True).dt.tz_convert(JAKARTA)
    assert (starts.dt.hour >= 18).sum() >= 3
    assert (starts.dt.day_of_week == 5).sum() == 1
    assert (ends.dt.date > starts.dt.date).sum() == 1
    assert uses["ended_at"].isna().sum() >= 10
    assert uses["end_is_estimated"].sum() >= 5
    assert uses["agenda_key"].isna().sum() >= 20


def test_the_room_was_checked_before_most_uses_and_two_faults_are_open(read: dict[str, Extracted]) -> None:
    checks = frame_of(read, Kind.KONDISI)
    last = checks[checks["checked_at"] == checks["checked_at"].max()].set_index("item")["condition"]
    assert len(last) == 11
    assert last[last != "GOOD"].to_dict() == {"AC": "LIGHT", "Thermal gun": "HEAVY"}
    assert set(checks["condition"]) == {"GOOD", "LIGHT", "HEAVY", "MISSING"}
    assert checks["checked_at"].nunique() > 250


def test_agencies_are_spelled_in_many_ways_and_nearly_all_are_known(read: dict[str, Extracted]) -> None:
    typed = frame_of(read, Kind.PERMOHONAN)["opd"]
    canonical = OpdNames.of(default_settings()).canonical(typed)
    assert typed.nunique() > canonical.nunique() + 15
    unknown = set(canonical) - set(default_settings().opd)
    assert all(name.startswith(("BPS", "KPU")) for name in unknown)


def test_only_the_hall_is_an_unknown_room(read: dict[str, Extracted]) -> None:
    rooms = RoomNames.of(default_settings())
    typed = frame_of(read, Kind.PEMAKAIAN)["room"]
    assert set(typed[rooms.canonical(typed).isna()]) == {"Aula Lantai 2"}


def test_the_books_name_no_person_and_no_telephone(books: list[Path]) -> None:
    text = "".join(book.read_text(encoding="cp1252") for book in books if book.suffix == ".csv")
    assert not re.search(r"\d{10,}", text)
    assert not re.search(r"\b(Bpk|Bapak|Ibu|Sdr|NIP|NIK|HP|Telp)\b", text)


def test_the_demo_settings_give_the_room_its_capacity() -> None:
    settings = apply(default_settings(), DEMO_SETTINGS_TOML, "demo.toml")
    assert [(room.name, room.capacity) for room in settings.rooms] == [("Smart Center", 50)]
