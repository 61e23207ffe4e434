"""The tables and panels of participants and facilities: each row leads to what it was made from."""

from __future__ import annotations

import pytest

from etl.figures.facilities.conditions import room_states
from tests.books.moments import seconds
from tests.offices.desk import OWN_OPD, Desk
from tests.offices.sessions import (
    ITEMS,
    NOW,
    OPDS,
    SEATS,
    SEPTEMBER,
    SESSIONS,
    body,
    explained,
    fraction,
    listed,
    number,
    office_of_sessions,
    people,
    present_of,
    row_of,
    sarpras,
    ways_of,
)
from tests.reading.layout import Row, components, tables, words

_SUMMED = ("Bobot × kondisi", "Bobot dijawab", "Bobot berlaku")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_of_sessions(tmp_path_factory.mktemp("mengapa-tabel"))


def test_every_way_of_both_pages_leads_to_an_explanation_with_its_rule(served: Desk) -> None:
    for page, least in (("people", 13), ("sarpras", 9)):
        ways = ways_of(served, page)
        assert len(ways) >= least
        for way in ways:
            said = words(explained(served, way))
            assert "Aturan yang dipakai" in said, way
            assert "tidak dikenal" not in said, way


@pytest.mark.parametrize(("name", "more"), [
    ("September 2026", ""),
    ("Tanpa surat", "&kelompok=tanpa-surat"),
    (OPDS[0], f"&opd={OPDS[0].replace(' ', '+')}"),
    (OPDS[1], f"&opd={OPDS[1].replace(' ', '+')}"),
])  # fmt: skip
def test_a_row_of_a_table_leads_to_the_sessions_that_it_sums(served: Desk, name: str, more: str) -> None:
    search = f"{people('hadir')}{more}"
    mine = [one for one in SESSIONS if is_in_row(one, name)]
    assert {row["Baris sumber"] for row in listed(served, search, pages=2)} == {row_of(one) for one in mine}
    total = sum(present_of(one) or 0 for one in mine)
    assert number(fraction(served, search, "Hadir")["Nilai"]) == total
    shown = [words(one["children"]) for one in components(body(served, "people"), "Table")]
    called = {OPDS[1]: f"{OPDS[1]}, Pemuda dan Olahraga"}.get(name, name)
    assert any(f"{called} Mengapa angka ini? {called} {len(mine)} " in row for row in shown)


def is_in_row(session: int, name: str) -> bool:
    """Every third session has a letter, of one agency and the other by turns."""
    if name == "September 2026":
        return True
    has_letter = session % 3 == 0
    return not has_letter if name == "Tanpa surat" else has_letter and OPDS[session % 2] == name


@pytest.mark.parametrize(("group", "low", "high", "name"), [
    ("terisi-25", 0.0, 0.25, "0–25% kursi"),
    ("terisi-50", 0.25, 0.5, "25–50% kursi"),
    ("terisi-75", 0.5, 0.75, "50–75% kursi"),
    ("terisi-100", 0.75, 1.0, "75–100% kursi"),
    ("melebihi", 1.0, 99.0, "melebihi kapasitas"),
])  # fmt: skip
def test_each_class_of_fullness_lists_its_sessions(
    served: Desk, group: str, low: float, high: float, name: str
) -> None:
    rows = listed(served, f"{people('kursi')}&kelompok={group}")
    mine = [one for one in SESSIONS if (here := present_of(one)) is not None and low < here / SEATS <= high]
    assert {row["Baris sumber"] for row in rows} == {row_of(one) for one in mine}
    assert f"{name} {len(mine)} " in words(body(served, "people"))


def test_sessions_whose_fullness_nobody_knows_are_listed(served: Desk) -> None:
    rows = listed(served, f"{people('kursi')}&kelompok=tak-diketahui")
    assert {row["Baris sumber"] for row in rows} == {row_of(one) for one in SESSIONS if present_of(one) is None}


def test_an_agency_finds_no_sessions_without_a_letter(served: Desk) -> None:
    said = words(explained(served, f"{people('hadir')}&kelompok=tanpa-surat", "opd"))
    assert OWN_OPD in said
    assert "Tidak ada baris pada periode ini" in said


def test_the_screening_is_explained_by_sums_and_rules_without_a_session(served: Desk) -> None:
    (way,) = [way for way in ways_of(served, "people") if "tentang=skrining" in way]
    part = explained(served, way)
    said = words(part)
    assert "September 2026 1.200 1.080 120" in said
    assert "satu sesi tidak pernah ditampilkan" in said
    assert "pemakaian.csv" not in said
    assert components(part, "Table")
    assert all("Pemakaian" not in row for table in tables(part) for row in table)
    short = words(explained(served, "angka=peserta&tentang=skrining&dari=2026-09-01&sampai=2026-09-20"))
    assert "hanya ditampilkan untuk bulan penuh" in short
    assert "1.200" not in short


def facts_of(served: Desk, search: str) -> Row:
    """The facts of an explanation by their names."""
    (facts,) = [one for one in components(explained(served, search), "Dl") if one["className"] == "why-facts"]
    pairs = [one["props"]["children"] for one in facts["children"]]
    return {words(name["props"]["children"]): words(said["props"]["children"]) for name, said in pairs}


@pytest.mark.parametrize(("begun", "reports", "whole"), [
    ("2026-09-25 08:00", ["Rusak ringan", "Baik", "Rusak ringan"], "29 jam 30 menit"),
    ("2026-09-10 08:00", ["Rusak ringan", "Baik", "Rusak ringan", "Baik", "Rusak ringan", "Baik"], "52 jam 30 menit"),
    ("2026-09-05 08:00", ["Rusak ringan", "Baik"], "0 menit"),
])  # fmt: skip
def test_a_fault_is_explained_day_by_day_with_its_reports(
    served: Desk, begun: str, reports: list[str], whole: str
) -> None:
    """From its first report on, mended for less than three working days included; the last is open, one was short."""
    way = next(way for way in ways_of(served, "sarpras") if "gangguan" in way and way.endswith(f"{seconds(begun)}"))
    days, told, *_ = tables(explained(served, way))
    facts = facts_of(served, way)
    assert [row["Kondisi"] for row in told] == reports
    assert facts["Laporan"] == str(reports.count("Rusak ringan"))
    assert all(row["Baris sumber"].startswith("kondisi.csv, baris ") for row in told)
    *each, total = (minutes(row["Lama"]) for row in days)
    assert sum(each) == total == minutes(whole)
    assert facts["Jam kerja"] == whole


def minutes(text: str) -> int:
    """ "29 jam 30 menit" as minutes."""
    parts = text.split()
    return sum(int(n) * {"jam": 60, "menit": 1}[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True))


def test_a_rooms_score_is_the_sum_of_what_its_answers_are_worth(served: Desk) -> None:
    (way,) = (way for way in ways_of(served, "sarpras") if "tentang=kondisi" in way)
    *items, whole = tables(explained(served, way))[0]
    assert len(items) == len(ITEMS)
    sums = {name: sum(decimal(row[name]) for row in items) for name in _SUMMED}
    assert {name: decimal(whole[name]) for name in _SUMMED} == sums
    points, answered, applicable = (sums[name] for name in _SUMMED)
    (state,) = room_states(served.office, NOW)
    assert state.score == pytest.approx(100 * points / answered)
    assert state.completeness == pytest.approx(answered / applicable)
    assert "kondisi.csv, baris " in words(explained(served, way))


def decimal(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def test_the_list_behind_b5_names_what_was_not_good(served: Desk) -> None:
    bad = [row for row in listed(served, sarpras("b5"), pages=2) if row["Dihitung"].startswith("Tidak baik")]
    assert bad
    assert all(row["Dihitung"] == "Tidak baik AC: Rusak ringan" for row in bad)


def test_a_supply_tells_how_long_it_lasted_each_time(served: Desk) -> None:
    ways = [way for way in ways_of(served, "sarpras") if "tentang=persediaan" in way]
    assert len(ways) == 4
    assert "paling sedikit" in words(explained(served, ways[0])).lower()


def test_what_was_mistyped_in_an_address_is_answered_in_words(served: Desk) -> None:
    for more in ("tentang=gangguan&kunci=x", "tentang=kondisi&ruang=x", "tentang=persediaan&ruang=x&barang=y"):
        said = words(explained(served, f"angka=sarpras&{more}&{SEPTEMBER}"))
        assert "Mengapa angka ini?" in said
        assert "%" not in said
