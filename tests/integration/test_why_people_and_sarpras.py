"""The explanations of participants and facilities: the rows they list give the figures of the pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from etl.figures.facilities.period import ConditionFigure
from etl.figures.people import PeopleFigure
from tests.offices.desk import Desk
from tests.offices.sessions import (
    SEATS,
    SESSIONS,
    check_of,
    explained,
    fraction,
    headline,
    listed,
    number,
    office_of_sessions,
    people,
    planned_of,
    present_of,
    row_of,
    sarpras,
    start_of,
    verified_of,
    ways_of,
)
from tests.reading.layout import tables, words


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_of_sessions(tmp_path_factory.mktemp("mengapa"))


@pytest.mark.parametrize(("figure", "name", "of"), [
    ("rencana", "Direncanakan", planned_of),
    ("terverifikasi", "Terverifikasi", verified_of),
    ("hadir", "Hadir", present_of),
])  # fmt: skip
def test_the_listed_sessions_add_up_to_every_number_of_people(served: Desk, figure: str, name: str, of: Any) -> None:
    rows = listed(served, people(figure), pages=2)
    counted = {row["Baris sumber"]: number(row[name]) for row in rows if row["Dihitung"] == "Dihitung"}
    assert counted == {row_of(session): of(session) for session in SESSIONS if of(session) is not None}
    left = [row for row in rows if row["Dihitung"] == f"Tidak tercatat: {name}"]
    assert len(rows) == len(counted) + len(left) == len(SESSIONS)
    total = sum(counted.values())
    assert number(headline(served, "people", name).split()[0]) == total
    told = fraction(served, people(figure), name)
    assert (number(told["Nilai"]), told["Tidak dihitung"]) == (total, str(len(left)))


@pytest.mark.parametrize(("figure", "name", "heads", "of"), [
    ("kehadiran", "Kehadiran", ("Hadir", "Direncanakan", 1), planned_of),
    ("kursi", "Keterisian kursi", ("Orang × jam", "Kursi × jam", 2), lambda _: SEATS),
])  # fmt: skip
def test_the_listed_sessions_divide_into_the_shares(served: Desk, figure: str, name: str, heads: Any, of: Any) -> None:
    part, whole, hours = heads
    rows = [row for row in listed(served, people(figure), pages=2) if row["Dihitung"] == "Dihitung"]
    known = [session for session in SESSIONS if present_of(session) is not None and of(session) is not None]
    pairs = {row["Baris sumber"]: (number(row[part]), number(row[whole])) for row in rows}
    assert pairs == {row_of(session): (present_of(session) * hours, of(session) * hours) for session in known}
    above, below = (sum(side) for side in zip(*pairs.values(), strict=True))
    told = fraction(served, people(figure), name)
    assert (number(told["Pembilang"]), number(told["Penyebut"])) == (above, below)
    assert headline(served, "people", name).startswith(
        f"{f'{100 * above / below:.1f}'.removesuffix('.0').replace('.', ',')}%"
    )


def test_an_agency_sees_only_its_own_sessions(served: Desk) -> None:
    search = f"{people('hadir')}&opd=Dinas+Pendidikan"
    rows = listed(served, search, user="opd")
    own = [session for session in SESSIONS if session % 3 == 0 and session % 2 == 0]
    assert {row["Baris sumber"] for row in rows} == {row_of(session) for session in own}
    assert "Pendidikan" not in words(explained(served, search, "opd"))
    assert "Anda tidak berwenang" in words(explained(served, sarpras("b5"), "opd"))


def test_of_the_screening_only_what_the_page_shows_is_told(served: Desk) -> None:
    assert "September 2026" in words(explained(served, people("hadir")))
    part = words(explained(served, "angka=peserta&tentang=hadir&dari=2026-09-01&sampai=2026-09-20"))
    assert "hanya ditampilkan untuk bulan penuh" in part
    assert not any("1.080" in word for word in part.split())


def check_behind(session: int) -> tuple[datetime, str] | None:
    """The nearest check from a day before the session to two hours after it, the slow way."""
    start = start_of(session)
    end = start + timedelta(hours=2)
    near = []
    for day in range(1, 31):
        if said := check_of(day):
            at = datetime.fromisoformat(f"2026-09-{day:02} {said[0].replace('.', ':')}")
            if start - timedelta(days=1) <= at <= end + timedelta(hours=2):
                near.append((max(start - at, at - end, timedelta()), at, said[1]))
    return (lambda one: (one[1], one[2]))(min(near)) if near else None


def test_the_listed_sessions_give_b5_and_its_coverage(served: Desk) -> None:
    checks = {session: check_behind(session) for session in SESSIONS}
    words_of = {None: "Tidak dihitung: belum dicek", "Baik": "Baik", "Kurang baik": "Tidak baik"}
    expected = {row_of(session): words_of[check and check[1]] for session, check in checks.items()}
    rows = listed(served, sarpras("b5"), pages=2)
    assert {row["Baris pemakaian"]: row["Dihitung"].partition(" AC")[0] for row in rows} == expected
    said = list(expected.values())
    good, checked = said.count("Baik"), len(SESSIONS) - said.count(words_of[None])
    told = fraction(served, sarpras("b5"), "B5 sarpras kondisi baik")
    assert (told["Pembilang"], told["Penyebut"], told["Tidak dihitung"]) == tuple(
        map(str, (good, checked, len(SESSIONS) - checked))
    )
    assert f"{good} dari {checked}" in headline(served, "sarpras", "B5 sarpras kondisi baik")
    coverage = listed(served, sarpras("cakupan"), pages=2)
    assert sum(row["Dihitung"] == "Dicek" for row in coverage) == checked
    assert all(row["Baris pengecekan"].startswith("kondisi.csv, baris ") for row in coverage[:checked])


def test_the_listed_days_give_the_checks_before_the_first_use(served: Desk) -> None:
    rows = listed(served, sarpras("awal"))
    early = [day for day in range(1, 31) if (said := check_of(day)) and said[0] == "08.00"]
    late = [day for day in range(1, 31) if (said := check_of(day)) and said[0] == "12.00"]
    assert len(rows) == 30
    assert [
        int(row["Pemakaian pertama hari itu"].split()[0]) for row in rows if "sebelumnya" in row["Dihitung"]
    ] == early
    assert sum(row["Dihitung"] == "Dicek sesudah mulai" for row in rows) == len(late)
    assert f"{len(early)} dari 30" in headline(served, "sarpras", "Dicek sebelum pemakaian pertama")


def test_the_listed_faults_are_those_of_the_page(served: Desk) -> None:
    opened, restored = listed(served, sarpras("terbuka")), listed(served, sarpras("pulih"))
    assert headline(served, "sarpras", "Gangguan terbuka").split()[0] == str(len(opened)) == "1"
    assert opened[0]["Laporan pertama"].startswith("kondisi.csv, baris ")
    told = fraction(served, sarpras("pulih"), "Median waktu pulih (jam kerja)")
    assert told["Dihitung"] == str(len(restored))
    if len(restored) % 2:
        assert told["Nilai"] == restored[len(restored) // 2]["Jam kerja"]


def test_every_headline_of_both_pages_leads_to_its_own_explanation(served: Desk) -> None:
    for page, kinds in (("people", PeopleFigure), ("sarpras", ConditionFigure)):
        ways = [way for way in ways_of(served, page) if any(f"tentang={one}&" in way for one in kinds)]
        assert {one for one in kinds for way in ways if f"tentang={one}&" in way} == set(kinds)
        for way in ways:
            assert "Baris di baliknya" in words(explained(served, way)), way


def test_what_makes_no_sense_or_has_no_rows_is_said_in_words(served: Desk) -> None:
    for kind in ("peserta", "sarpras"):
        nothing = explained(served, f"angka={kind}&tentang=sihir&dari=2020-01-01&sampai=2020-01-31")
        assert "Tidak ada baris pada periode ini" in words(nothing)
        assert not any("%" in row["Nilai"] for row in tables(nothing)[0])
        assert "terbalik" in words(explained(served, f"angka={kind}&dari=2026-02-01&sampai=2026-01-01"))
