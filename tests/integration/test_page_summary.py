"""The summary: today, what needs me by role, what has changed since the last visit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.schema import last_visit
from etl.domain.verdict import Verdict
from etl.figures.requests.detail import request_detail
from etl.figures.summary import changes_since, my_steps
from etl.intake.pipeline import ingest
from tests.books.moments import seconds
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.offices.desk import Desk, desk
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.html import read_back
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, call, opened

HOUR, SIDE = 3_600, "summary-side"
TOLD_AT_NOON = {("147", "A3"), ("147", "A4"), ("147", "A5")}
"""The late rows of the file of noon, and the step to which they handed the letter."""

NOON = END_OF_SEPTEMBER + 3 * HOUR
MORE = agenda(
    "150;30/09/2026;08.40;Dinas Pendidikan;Rapat guru;Smart Center;30/09/2026;10.00;12.30;disetujui",
    "151;31/09/2026;08.40;Dinas Pendidikan;Salah tanggal;Smart Center;;;;",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The office of September, in which a file with a bad row, a use and two finishes came at noon of the 30th."""
    folder = tmp_path_factory.mktemp("summary")
    made = office_with_letters(folder)
    late = hand_overs("147;A3;;;;30/09/2026;10.00", "147;A4;;;;30/09/2026;10.03")
    for name, text in (
        ("baru.csv", MORE),
        ("lambat.csv", late),
        ("ruang.csv", room_log("150;Smart Center;30/09/2026;10.05;;")),
    ):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        ingest(made.office, path, NOON)
    return made


@pytest.fixture
def served(office: Desk) -> Desk:
    office.clock.at = END_OF_SEPTEMBER
    return office


def summary(served: Desk, user: str, at: int) -> Any:
    served.clock.at = at
    return opened(served.signed_in(user), "/ringkasan")


def test_each_role_finds_its_own_steps_with_their_taps(served: Desk) -> None:
    layout = summary(served, "agendaris", NOON)
    assert taps_on(layout) == [
        ("150", "A2", "diterima"), ("150", "A2", "diteruskan"),
    ]  # fmt: skip
    layout = summary(served, "kabid", NOON)
    assert taps_on(layout) == [
        ("147", "A5", "diterima"), ("147", "A5", "diteruskan"), ("150", "B5", "diterima"), ("150", "B5", "diteruskan"),
    ]  # fmt: skip
    assert "Lewat batas" in words(layout)
    assert "Tidak ada langkah yang menunggu Anda" in words(summary(served, "sekdin", NOON))
    assert "Perlu Anda tandai" not in words(summary(served, "admin", NOON))


def taps_on(layout: Any) -> list[tuple[str, str, str]]:
    taps = [json.loads(one["data-stamp"]) for one in components(layout, "Button") if "data-stamp" in one]
    return [(one["agenda"], one["step"], one["stamp"]) for one in taps if "stamp" in one]


@pytest.mark.parametrize(("most", "told"), [(0, "2 langkah lagi"), (1, "1 langkah lagi")])
def test_steps_that_find_no_room_are_counted_and_lead_to_the_letters_at_them(
    most: int, told: str, served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.summary.mine.MOST_MINE", most)
    ways = [one for one in components(summary(served, "kabid", NOON), "Link") if one.get("className") == "intake-more"]
    assert (words(ways[0]["children"]), ways[0]["href"]) == (told, "/permohonan?status=mine")
    listed = words(opened(served.signed_in("kabid"), "/permohonan", "?status=mine"))
    assert "2 permohonan" in listed
    assert listed.index("2026/147") < listed.index("2026/150")


def test_today_tells_bookings_with_their_use_and_the_rooms_condition(served: Desk) -> None:
    told = words(summary(served, "kadin", NOON))
    assert "10.00–12.30 Rapat guru Dinas Pendidikan" in told
    assert "Berlangsung sejak 10.05" in told
    assert "Smart Center Belum dicek" in told


def test_an_agency_sees_nothing_of_others(served: Desk) -> None:
    told = words(summary(served, "opd", NOON))
    assert "Tidak ada kegiatan hari ini" in told
    for secret in ("Rapat guru", "Dinas Pendidikan", "ditolak", "Belum dicek", "Menunggu tindakan"):
        assert secret not in told


def test_a_use_without_a_letter_is_told_with_its_agency_and_to_that_agency(tmp_path: Path) -> None:
    made = office_with_letters(tmp_path)
    head = "ruang;tanggal;jam_mulai;jam_selesai;instansi"
    rows = (f"Smart Center;30/09/2026;{clock};;{opd}" for clock, opd in (("10.05", "Dinas Kesehatan"), ("11.00", "")))
    (tmp_path / "ruang.csv").write_text(book(head, *rows), encoding="utf-8")
    ingest(made.office, tmp_path / "ruang.csv", NOON)
    used = "Pemakaian tanpa jadwal Dinas Kesehatan · tanpa surat · Smart Center"
    told = [words(summary(made, user, NOON)) for user in ("kadin", "opd")]
    assert [used in each for each in told] == [True, True]
    assert ["Pemakaian tanpa jadwal tanpa surat · Smart Center" in each for each in told] == [True, False]


def test_what_waits_on_the_data_page_is_shown_to_those_who_keep_it(served: Desk) -> None:
    assert "1 baris ditolak menunggu perbaikan" in words(summary(served, "agendaris", NOON))
    assert "menunggu perbaikan" not in words(summary(served, "kadin", NOON))


def test_the_first_visit_says_so_and_the_next_one_tells_what_has_changed(served: Desk) -> None:
    assert "Ini kunjungan pertama Anda" in words(summary(served, "kasi_aplikasi", END_OF_SEPTEMBER))
    assert "Ini kunjungan pertama Anda" in words(summary(served, "kasi_aplikasi", END_OF_SEPTEMBER + 60))
    for at in (NOON, NOON + 600):
        told = words(summary(served, "kasi_aplikasi", at))
        assert "sejak 30 Sep 2026 09.01" in told
        assert "Rapat malaria 2026/147 · 30 Sep 2026 10.00 A3" in told
        assert "1 baris ditolak" in told
    assert "Tidak ada perubahan" in words(summary(served, "kasi_aplikasi", NOON + 2 * HOUR))
    with reading(served.office.records) as connection:
        assert connection.execute(last_visit.select()).first() is not None


def test_an_agency_is_told_of_its_own_letters_only(served: Desk) -> None:
    own = changes_since(served.office, END_OF_SEPTEMBER, NOON, "Dinas Kesehatan", sees_intake=False)
    assert [(one.agenda_number, one.step) for one in own.late] == [("147", "A5"), ("147", "A3")]
    assert (own.rejected, own.incidents) == (None, None)
    other = changes_since(served.office, END_OF_SEPTEMBER, NOON, "Dinas Sosial", sees_intake=False)
    assert other.late == ()


@pytest.mark.parametrize("since", ["2026-09-07 07:00", "2026-09-08 08:46", "2026-09-30 09:30", "2026-09-30 11:30"])
def test_new_late_steps_are_those_that_the_letters_themselves_tell(served: Desk, since: str) -> None:
    begin, expected = seconds(since), set()
    for letter in ("143", "144", "145", "12/A", "147", "150"):
        whole = request_detail(served.office, 2026, letter, NOON)
        assert whole is not None
        for step in whole.steps:
            at = step.finished_at if step.verdict is Verdict.LATE else step.due_at
            is_of_noon = letter == "150" or (letter, step.step) in TOLD_AT_NOON
            told_at = max(at or 0, NOON if is_of_noon else END_OF_SEPTEMBER)
            if step.verdict in (Verdict.LATE, Verdict.OVERDUE) and at is not None and begin < told_at:
                expected.add((letter, step.step, at))
    found_steps = changes_since(served.office, begin, NOON, None, sees_intake=True).late
    assert {(one.agenda_number, one.step, one.late_at) for one in found_steps} == expected


def test_a_late_step_whose_row_comes_after_the_visit_is_told_once(tmp_path: Path) -> None:
    served = office_with_letters(tmp_path)
    visit, late = NOON - HOUR // 2, "147;A3;;;;30/09/2026;10.00"

    def told(since: int, at: int) -> list[tuple[str, str]]:
        found_steps = changes_since(served.office, since, at, None, sees_intake=True).late
        return [(one.agenda_number, one.step) for one in found_steps]

    def give(name: str, at: int, *rows: str) -> None:
        (tmp_path / name).write_text(hand_overs(*rows), encoding="utf-8")
        ingest(served.office, tmp_path / name, at)

    assert told(visit, NOON) == []
    give("pagi.csv", NOON, late)
    assert told(visit, NOON) == [("147", "A4"), ("147", "A3")]
    give("sore.csv", NOON + HOUR, late, *part_a("144", "08/09/2026", a4="08.47"))
    assert told(NOON + 60, NOON + HOUR) == []


@pytest.mark.parametrize("user", ["kadin", "opd"])
def test_an_office_in_which_no_letter_runs_tells_what_came_since_the_visit(user: str, tmp_path: Path) -> None:
    served = desk(tmp_path, pages=PAGES)
    leads_to_asking = any(way.get("href") == "/ajukan" for way in components(summary(served, user, NOON), "Link"))
    assert leads_to_asking is (user == "opd")
    (tmp_path / "ruang.csv").write_text(room_log(";Smart Center;30/09/2026;10.05;11.00;"), encoding="utf-8")
    ingest(served.office, tmp_path / "ruang.csv", NOON + HOUR)
    assert "Tidak ada perubahan" in words(summary(served, user, NOON + 2 * HOUR))


def test_steps_stand_by_their_due_moment_and_the_open_page_ages(served: Desk) -> None:
    rows = my_steps(served.office, NOON, ("A5", "B5"), None)
    assert [(one.agenda_number, one.standing.step, one.verdict) for one in rows] == [
        ("147", "A5", Verdict.OVERDUE), ("150", "B5", None)]  # fmt: skip
    served.clock.at = NOON
    inputs = [{"id": "summary-tick", "property": "n_intervals", "value": 1}, STAMPED]
    state = [{"id": "summary-since", "property": "data", "value": END_OF_SEPTEMBER}]
    told = {
        user: words(call(served.signed_in(user), "summary-body.children", inputs, state=state)
                    .json["response"]["summary-body"]["children"])
        for user in ("opd", "kabid")
    }  # fmt: skip
    assert "Rapat guru" in told["kabid"]
    assert "Rapat guru" not in told["opd"]


def test_what_is_over_is_on_no_list(tmp_path: Path) -> None:
    served = desk(tmp_path, pages=PAGES)
    letters = agenda(
        "10;01/09/2026;08.00;Dinas Sosial;Rapat pertama;Smart Center;02/09/2026;09.00;12.00;disetujui",
        "11;01/09/2026;08.10;Dinas Sosial;Rapat lewat;Smart Center;03/09/2026;09.00;12.00;disetujui",
        "12;01/09/2026;08.20;Dinas Sosial;Rapat tanpa ruang;;;;;",
        "13;30/09/2026;08.20;Dinas Sosial;Rapat baru;Smart Center;12/10/2026;09.00;12.00;",
    )
    stamps = hand_overs(
        *part_a("10", "01/09/2026"), *part_a("11", "01/09/2026"),
        "10;B1;;;;01/09/2026;13.00", "10;B2;;;;01/09/2026;13.05", "11;B1;;;;02/09/2026;13.00",
        "12;A2;;;;01/09/2026;08.25", "12;A3;;;;01/09/2026;08.28",
        "13;A2;;;;30/09/2026;08.25", "13;A3;;;;30/09/2026;08.28",
    )  # fmt: skip
    for name, text in (("agenda.csv", letters), ("disposisi.csv", stamps)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        ingest(served.office, tmp_path / name, NOON)
    assert at_steps(served, "2026-09-30 12:00", "A4", "B2") == [("13", "A4")]
    assert at_steps(served, "2026-09-03 11:59", "B2") == [("11", "B2")]
    assert at_steps(served, "2026-09-03 12:00", "B2") == []
    assert at_steps(served, "2026-09-15 15:59", "A4") == [("12", "A4")]
    assert at_steps(served, "2026-09-15 16:00", "A4") == []


def test_what_is_over_is_one_line_for_those_who_may_close_it(served: Desk) -> None:
    for user in ("agendaris", "kabid"):
        told = words(summary(served, user, NOON))
        assert "1 perlu ditutup" in told
        assert "Gelar pengawasan" in told
    assert "perlu ditutup" not in words(summary(served, "kadin", NOON))


def at_steps(served: Desk, at: str, *steps: str) -> list[tuple[str, str]]:
    rows = my_steps(served.office, seconds(at), steps, None)
    return [(one.agenda_number, one.standing.step) for one in rows]


def test_a_double_booking_of_tomorrow_is_warned_of_here_and_on_ruang(tmp_path: Path) -> None:
    made, path = office_with_letters(tmp_path), tmp_path / "ganda.csv"
    rows = (f"{number};29/09/2026;08.40;Dinas Uji;Rapat;Smart Center;01/10/2026;{hours};disetujui"
            for number, hours in ((160, "09.00;11.00"), (161, "10.00;12.00")))  # fmt: skip
    path.write_text(agenda(*rows), encoding="utf-8")
    ingest(made.office, path, END_OF_SEPTEMBER)
    warning = "Jadwal ganda Smart Center, 1 Okt 2026 10.00: Dinas Uji dan Dinas Uji sama-sama disetujui."
    assert warning in words(summary(made, "kabid", END_OF_SEPTEMBER))
    assert warning in words(opened(made.signed_in("kabid"), "/ruang"))


def test_more_double_bookings_are_counted_with_the_way_to_all_and_each_letter_linked(tmp_path: Path) -> None:
    made, path = office_with_letters(tmp_path), tmp_path / "ganda.csv"
    rows = (f"{number};29/09/2026;08.40;Dinas Uji;Rapat;Smart Center;{day}/10/2026;{hours};disetujui"
            for number, day, hours in ((160, "01", "09.00;11.00"), (161, "01", "10.00;12.00"),
                                       (162, "15", "09.00;11.00"), (163, "15", "10.00;12.00")))  # fmt: skip
    path.write_text(agenda(*rows), encoding="utf-8")
    ingest(made.office, path, END_OF_SEPTEMBER)
    for user in ("agendaris", "kabid"):
        shown = summary(made, user, END_OF_SEPTEMBER)
        assert "Jadwal ganda Smart Center, 1 Okt 2026 10.00" in words(shown)
        assert "dan 1 lagi" in words(shown)
        assert {"/permohonan/2026/160", "/permohonan/2026/161", "/ruang#jadwal-ganda"} <= hrefs(shown)
    page = opened(made.signed_in("kabid"), "/ruang")
    assert "dan 1 lagi" in words(page)
    assert "Jadwal ganda Smart Center, 15 Okt 2026 10.00" in words(page)
    assert {"/permohonan/2026/162", "/permohonan/2026/163"} <= hrefs(page)


def hrefs(part: Any) -> set[str]:
    """The addresses in a reply."""
    return set(re.findall(r'"href": "([^"]+)"', json.dumps(read_back(part))))


def test_beside_a_long_list_stands_what_has_changed_and_below_a_short_one(served: Desk, tmp_path: Path) -> None:
    def beside(layout: Any) -> str:
        return " ".join(words(one["children"]) for one in components(layout, "Div") if one.get("className") == SIDE)

    assert "Sejak kunjungan terakhir" not in beside(summary(served, "kabid", NOON + HOUR))
    many = desk(tmp_path, pages=PAGES)
    summary(many, "sekdin", NOON - HOUR)
    rows = (f"{number};30/09/2026;08.40;Dinas Uji;Rapat;Smart Center;12/10/2026;09.00;11.00;" for number in range(1, 6))
    letters = agenda(*rows, "6;31/09/2026;08.40;Dinas Uji;Salah;;;;;")
    stamps = hand_overs(*(f"{number};A2;;;;30/09/2026;08.45" for number in range(1, 6)))
    for name, text in (("lima.csv", letters), ("cap.csv", stamps)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        ingest(many.office, tmp_path / name, NOON)
    assert "Sejak kunjungan terakhir" in beside(summary(many, "sekdin", NOON + HOUR))
