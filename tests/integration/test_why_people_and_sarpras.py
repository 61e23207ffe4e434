"""The explanations of participants and facilities: the rows they list give the figures of the pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.pages import PAGES
from etl.pipeline import apply_settings
from etl.settings import apply
from tests.books import book, seconds
from tests.desk_office import OWN_OPD, Desk, call, desk
from tests.page_office import ask, found, words
from tests.wall_office import give

SEPTEMBER = "dari=2026-09-01&sampai=2026-09-30"
NOW = seconds("2026-09-30 17:00")
REGISTER = (
    "no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta;status"
)
LOG = "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_terverifikasi;peserta_hadir;diperiksa;lolos;tidak_lolos"
ITEMS = ("Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker", "Hand sanitizer",
         "Sabun", "Wastafel")  # fmt: skip
OPDS = (OWN_OPD, "Dinas Pendidikan")
SEATS = 40
SESSIONS = range(60)
"""Two a day, at 09.00 and at 13.00; every third has a letter."""


def start_of(number: int) -> datetime:
    return datetime.fromisoformat(f"2026-09-{1 + number // 2:02} {13 if number % 2 else 9:02}:00")


def planned_of(number: int) -> int | None:
    return 20 + number if number % 3 == 0 and number % 9 else None


def verified_of(number: int) -> int | None:
    return 10 + number if number % 4 else None


def present_of(number: int) -> int | None:
    return 5 + number if number % 5 else None


def check_of(day: int) -> tuple[str, str] | None:
    """Clock time and condition of the air conditioner of the day's check; everything else is good."""
    if day % 5 == 0:
        return "08.00", "Kurang baik"
    if day % 3 == 0:
        return "08.00", "Baik"
    return ("12.00", "Baik") if day % 7 == 1 else None


def typed(value: int | None) -> str:
    return "" if value is None else str(value)


def letter_row(number: int) -> str:
    day = f"{start_of(number):%d/%m/%Y}"
    opd = OPDS[number % 2]
    booked = f"Smart Center;{day};09.00;11.00"
    return f"{number + 1};24/08/2026;08.00;{opd};Rapat;{booked};{typed(planned_of(number))};disetujui"


def session_row(number: int) -> str:
    start, letter = start_of(number), typed(number + 1 if number % 3 == 0 else None)
    people = f"{typed(verified_of(number))};{typed(present_of(number))};20;18;2"
    return f"{letter};Smart Center;{start:%d/%m/%Y;%H.%M};{start + timedelta(hours=2):%H.%M};{people}"


def check_rows(day: int) -> list[str]:
    said = check_of(day)
    if said is None:
        return []
    return [f"{day:02}/09/2026;{said[0]};;{item};{said[1] if item == 'AC' else 'Baik'};Smart Center" for item in ITEMS]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Desk:
    folder = tmp_path_factory.mktemp("mengapa")
    one = desk(folder, migrated_sqlite, pages=PAGES)
    one.clock.at = NOW
    files = {
        "agenda.csv": book(REGISTER, *(letter_row(number) for number in SESSIONS if number % 3 == 0)),
        "pemakaian.csv": book(LOG, *(session_row(number) for number in SESSIONS)),
        "kondisi.csv": book(
            "tanggal;jam;saat;barang;kondisi;ruang", *(r for day in range(1, 31) for r in check_rows(day))
        ),
    }
    for name, text in files.items():
        give(one.office, folder, name, text, NOW)
    seats = apply(one.office.settings, f'[[room]]\nname = "Smart Center"\ncapacity = {SEATS}\n', "uji")
    apply_settings(one.office, seats, NOW, actor="admin")
    return one


_BROWSERS: dict[tuple[int, str], FlaskClient] = {}


def browser_of(served: Desk, user: str) -> FlaskClient:
    key = (id(served), user)
    if key not in _BROWSERS:
        _BROWSERS[key] = served.signed_in(user)
    return _BROWSERS[key]


def explained(served: Desk, search: str, user: str = "kabid") -> Any:
    inputs = [{"id": "why-url", "property": "search", "value": f"?{search}"}]
    reply = call(browser_of(served, user), "why-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["why-body"]["children"]


Row = dict[str, str]


def tables(part: Any) -> list[list[Row]]:
    """The cells of each table by the words of their columns."""
    return [[_cells(row["children"]) for row in found(one["children"], "Tr")][1:] for one in found(part, "Table")]


def _cells(cells: list[Any]) -> Row:
    return {cell["props"].get("data-label", ""): words(cell["props"]["children"]) for cell in cells}


def listed(served: Desk, search: str, pages: int = 1, user: str = "kabid") -> list[Row]:
    """The rows behind a figure, from so many pages, without the row of the sum."""
    parts = [tables(explained(served, f"{search}&hal={page}", user))[1] for page in range(1, pages + 1)]
    return [row for part in parts for row in part if not row.get("Pemakaian", "").startswith("Jumlah")]


def fraction(served: Desk, search: str, name: str, user: str = "kabid") -> Row:
    return next(row for row in tables(explained(served, search, user))[0] if row["Angka"] == name)


def body(served: Desk, page: str, user: str = "kabid") -> Any:
    """The figures of the page itself."""
    inputs = [{"id": f"{page}-url", "property": "search", "value": f"?{SEPTEMBER}"}]
    if page == "people":
        outputs = ("people-subtitle.children", "people-export.children", "people-body.children")
    else:
        outputs = ("sarpras-subtitle.children", "sarpras-follow.children", "sarpras-body.children")
        inputs.append({"id": "sarpras-changed", "property": "data", "value": 0})
    return ask(browser_of(served, user), outputs, inputs).json["response"][f"{page}-body"]["children"]


def headline(served: Desk, page: str, name: str) -> str:
    """The words of the page after that headline."""
    return words(body(served, page)).partition(f"{name} ")[2]


def people(figure: str) -> str:
    return f"angka=peserta&tentang={figure}&{SEPTEMBER}"


def sarpras(figure: str) -> str:
    return f"angka=sarpras&tentang={figure}&{SEPTEMBER}"


def number(text: str) -> int:
    return int(text.replace(".", ""))


def row_of(session: int) -> str:
    return f"pemakaian.csv, baris {session + 2}"


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


@pytest.mark.parametrize(("figure", "name", "whole", "of"), [
    ("kehadiran", "Kehadiran", "Direncanakan", planned_of),
    ("kursi", "Keterisian kursi", "Kapasitas", lambda _: SEATS),
])  # fmt: skip
def test_the_listed_sessions_divide_into_the_shares(served: Desk, figure: str, name: str, whole: str, of: Any) -> None:
    rows = [row for row in listed(served, people(figure), pages=2) if row["Dihitung"] == "Dihitung"]
    known = [session for session in SESSIONS if present_of(session) is not None and of(session) is not None]
    pairs = {row["Baris sumber"]: (number(row["Hadir"]), number(row[whole])) for row in rows}
    assert pairs == {row_of(session): (present_of(session), of(session)) for session in known}
    above, below = (sum(side) for side in zip(*pairs.values(), strict=True))
    told = fraction(served, people(figure), name)
    assert (number(told["Pembilang"]), number(told["Penyebut"])) == (above, below)
    assert headline(served, "people", name).startswith(f"{round(100 * above / below)}%")


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
    assert {row["Baris pemakaian"]: row["Dihitung"] for row in rows} == expected
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
    for page, count in (("people", 5), ("sarpras", 5)):
        ways = {one["href"] for one in found(body(served, page), "Link") if one["href"].startswith("/mengapa")}
        assert len(ways) == count
        for way in ways:
            assert "Baris di baliknya" in words(explained(served, way.partition("?")[2]))


def test_what_makes_no_sense_or_has_no_rows_is_said_in_words(served: Desk) -> None:
    for kind in ("peserta", "sarpras"):
        nothing = explained(served, f"angka={kind}&tentang=sihir&dari=2020-01-01&sampai=2020-01-31")
        assert "Tidak ada baris pada periode ini" in words(nothing)
        assert not any("%" in row["Nilai"] for row in tables(nothing)[0])
        assert "terbalik" in words(explained(served, f"angka={kind}&dari=2026-02-01&sampai=2026-01-01"))
