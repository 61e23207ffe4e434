"""The list of requests as a work list: from a late count to exactly those requests, in any order, counted by hand."""

from __future__ import annotations

import io
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboard.i18n.catalogue import catalogue
from dashboard.pages.requests import list_files
from dashboard.web.pages import PAGES
from etl.domain.verdict import Verdict
from etl.figures.requests.detail import request_detail
from etl.reference.steps import STEP_INDEX
from tests.offices.desk import Desk, desk
from tests.offices.semester import FIRST, LAST, semester_desk
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.layout import components, tables, words
from tests.serving.callbacks import STAMPED, ask, opened

HALF_YEAR = f"?dari={FIRST}&sampai={LAST}"
OVER, TOOK = "Lewat Mutu Baku", "Diterima sampai siap"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return semester_desk(tmp_path_factory.mktemp("semester"))


def listed(served: Desk, search: str, user: str = "kadin") -> tuple[str, Any]:
    """How many requests, and the list."""
    reply = ask(
        served.browser_of(user),
        ("cases-count.children", "cases-body.children"),
        [{"id": "cases-url", "property": "search", "value": search}, STAMPED],
    )
    assert reply.status_code == 200, reply.text
    told = reply.json["response"]
    return told["cases-count"]["children"], told["cases-body"]["children"]


def rows(body: Any) -> list[dict[str, str]]:
    """The cells of the list; the agenda number stands under the empty name."""
    (table,) = tables(body)
    return table


def late_link(served: Desk, step: str) -> tuple[str, str]:
    """How many late ones a step has on the compliance page, and where that leads."""
    reply = ask(
        served.browser_of("kadin"),
        ("sla-subtitle.children", "sla-body.children"),
        [{"id": "sla-url", "property": "search", "value": HALF_YEAR}],
    )
    links = components(reply.json["response"]["sla-body"]["children"], "Link")
    told = [(words(one["children"]), one["href"]) for one in links if f"langkah={step}&putusan=terl" in one["href"]]
    return next((count, address) for count, address in told if count[0].isdigit())


def test_from_the_late_ones_of_a_step_one_arrives_at_exactly_those_the_longest_first(served: Desk) -> None:
    told, address = late_link(served, "A4")
    assert told.startswith("2 ")
    count, body = listed(served, address.partition("?")[2])
    assert count == "2 permohonan"
    # A4 may take 5 minutes: letter 4 took 35, letter 2 took 18.
    expected = [("2026/4", "30 mnt"), ("2026/2", "13 mnt")]
    assert [(row[""], row[f"{OVER} A4"]) for row in rows(body)] == expected


@pytest.mark.parametrize("step", ["A2", "A4", "A7", "A8"])
def test_the_number_on_both_pages_is_that_of_the_facts(step: str, served: Desk) -> None:
    told, address = late_link(served, step)
    facts = served.office.mart.read().tuples(
        "SELECT started_at, due_at, finished_at FROM step_fact WHERE step = $step AND due_at IS NOT NULL",
        {"step": STEP_INDEX[step]},
    )
    now = served.clock()
    late = sum((finished or now) > due for _, due, finished in facts)
    assert told.split()[0] == str(late)
    assert listed(served, address.partition("?")[2])[0].split()[0] == str(late)


@pytest.mark.parametrize("step", ["A4", "B1", "B5"])
def test_a_list_that_is_asked_about_one_step_says_its_verdict_and_minutes_in_each_row(step: str, served: Desk) -> None:
    """Also of a step of the agency, of which the list of the letters says nothing; whatever columns were chosen."""
    shown = {row[""]: row for row in rows(listed(served, f"{HALF_YEAR}&langkah={step}")[1])}
    assert shown
    judged = {}
    for name, row in shown.items():
        detail = request_detail(served.office, 2026, name.partition("/")[2], served.clock())
        (own,) = (one for one in detail.steps if one.step == step)
        judged[name] = str(own.verdict)
        assert row[f"Hasil {step}"].startswith(catalogue()[f"verdict.{own.verdict}"]["id"]), name
        assert (row[f"Lama {step}"] == "–") == (own.elapsed_seconds is None), name
    assert len(set(judged.values())) > 1 or step != "A4"
    ordered = rows(listed(served, f"{HALF_YEAR}&langkah={step}&urut=keadaan")[1])
    worst = [list(Verdict).index(Verdict(judged[row[""]])) in LATE_FIRST for row in ordered]
    assert worst == sorted(worst, reverse=True)  # the late ones before all others
    head, *lines = csv_rows(served, f"{HALF_YEAR}&langkah={step}")
    told = {line[0]: line[head.index(f"Hasil {step}")] for line in lines}
    assert told == {name: catalogue()[f"verdict.{verdict}"]["id"] for name, verdict in judged.items()}
    chosen = rows(listed(served, f"{HALF_YEAR}&langkah={step}&kolom=agenda,opd")[1])
    assert f"Hasil {step}" not in chosen[0]  # an address that names its columns has those


LATE_FIRST = [place for place, verdict in enumerate(Verdict) if verdict in (Verdict.LATE, Verdict.OVERDUE)]


def test_without_a_step_the_worst_one_of_the_office_is_told(served: Desk) -> None:
    # Letter 7: A8 from Wednesday 10.00 to Thursday 07.40 is 5 h 10 min of 1 h; letter 6: B3 35 of 30 min.
    told = {row[""]: row[OVER] for row in rows(listed(served, "?urut=-lewat")[1])}
    assert told["2026/7"] == "4 j 10 mnt A8 Sterilisasi ruang"
    assert told["2026/6"].startswith("5 mnt B3 ")
    assert told["2026/1"] == "–"


def test_receipt_to_ready_is_told_and_ordered_by_where_that_column_is_chosen(served: Desk) -> None:
    found = rows(listed(served, "?urut=-lama&kolom=agenda,lama")[1])
    assert [(row[""], row[TOOK]) for row in found[:2]] == [("2026/7", "7 j 10 mnt"), ("2026/11", "2 j 50 mnt")]
    assert found[-1] == {"": "2026/12", TOOK: "–"}


def csv_rows(served: Desk, search: str, user: str = "kadin") -> list[list[str]]:
    """The lines of the file of a list, its headings first."""
    reply = served.browser_of(user).get(f"/permohonan/unduh.csv{search}")
    assert reply.status_code == 200, reply.text
    return [line.split(";") for line in reply.get_data(as_text=True).lstrip("\ufeff").splitlines()]


def test_the_file_holds_what_is_shown_all_of_it_in_its_order(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "PART", 5)  # the twelve come in three parts
    search = f"{HALF_YEAR}&urut=-lama&kolom=agenda,keadaan,lama"
    head, *lines = csv_rows(served, search)
    assert head == ["Agenda", "Keadaan", "Diterima sampai siap (menit)"]
    assert [line[0] for line in lines] == [row[""] for row in rows(listed(served, search)[1])]
    assert (len(lines), lines[0][2], lines[-1][2]) == (12, "430,0", "")


def test_the_workbook_says_what_it_is_of(served: Desk) -> None:
    reply = served.browser_of("kadin").get("/permohonan/unduh.xlsx?langkah=A4&putusan=terlambat&urut=-lewat")
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    about, cells = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
    told = {row[0]: row[1] for row in about}
    assert (told["Saringan"], told["Jumlah permohonan"]) == ("A4 · terlambat, termasuk lewat batas", 2)
    assert told["Urutan"] == "Lewat Mutu Baku A4, turun"
    over = cells[0].index("Lewat Mutu Baku A4 (menit)")
    assert [(row[0], row[over]) for row in cells[1:]] == [("2026/4", 30), ("2026/2", 13)]


def test_a_file_of_invented_records_says_so_in_its_name_and_in_each_row(tmp_path: Path) -> None:
    demo = desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES, is_demo=True)
    reply = demo.browser_of("kadin").get("/permohonan/unduh.csv?kolom=agenda")
    assert 'filename="permohonan-data-contoh-2026-09-30.csv"' in reply.headers["Content-Disposition"]
    head, *lines = reply.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert (head, len(lines)) == ("Agenda;Catatan", 5)
    assert {line.partition(";")[2] for line in lines} == {"data contoh"}


def test_a_file_that_cannot_be_had_is_refused_in_words(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = served.browser_of("kadin").get("/permohonan/unduh.csv?langkah=A9")
    assert (refused.status_code, 'Langkah "A9" tidak ada' in unescape(refused.text)) == (422, True)
    assert served.browser_of("kadin").get("/permohonan/unduh.pdf").status_code == 404
    monkeypatch.setattr(list_files, "MOST_IN_A_WORKBOOK", 11)
    many = served.browser_of("kadin").get("/permohonan/unduh.xlsx")
    assert "12 permohonan terlalu banyak untuk XLSX (paling banyak 11)" in many.text


def press(served: Desk, button: str, user: str, **values: Any) -> dict[str, Any]:
    """What a press on a button answers; `values` are those of the fields, by their ids with `_` for `-`."""
    output, callback = next(
        (output, one) for output, one in served.app.callback_map.items()
        if {"id": button, "property": "n_clicks"} in one["inputs"]
    )  # fmt: skip
    inputs = [{**one, "value": 1 if one["id"] == button else None} for one in callback["inputs"]]
    state = [{**one, "value": values.get(one["id"].replace("-", "_"))} for one in callback["state"]]
    names = tuple(output.strip(".").split("..."))
    reply = ask(served.browser_of(user), names, inputs, state=state, changedPropIds=[f"{button}.n_clicks"])
    assert reply.status_code == 200, reply.text
    return reply.json["response"]  # type: ignore[no-any-return]


def pressed(served: Desk, button: str, name: str = "", chosen: str = "", search: str = "") -> str:
    """What a press on a button of the views says."""
    told = press(served, button, "kadin", cases_view_name=name, cases_view_chosen=chosen, cases_url=search)
    return words(told["cases-view-said"]["children"])


def views(served: Desk, user: str = "kadin", search: str = "") -> dict[str, str]:
    """The views that the page of a user leads to."""
    page = opened(served.browser_of(user), "/permohonan", search)
    return {words(one["children"]): one["href"] for one in components(page, "Link") if "cases-view" in one["className"]}


def test_a_view_is_kept_renamed_replaced_and_deleted_for_its_user_alone(served: Desk) -> None:
    late = "?status=late&urut=-lewat&hal=2"
    assert pressed(served, "cases-view-save", "  Yang   lama ", search=late) == "Tampilan “Yang lama” disimpan."
    usual = "agenda%2Cditerima%2Copd%2Ckegiatan%2Cposisi%2Cbatas%2Ckeadaan%2Clewat"
    assert views(served)["Yang lama"] == f"/permohonan?status=late&urut=-lewat&kolom={usual}"
    assert views(served, "kabid") == {}
    assert pressed(served, "cases-view-rename", "Telat", "Yang lama") == "“Yang lama” sekarang bernama “Telat”."
    assert pressed(served, "cases-view-save", "Telat", search="?status=late&kolom=agenda") == (
        "Tampilan “Telat” diganti dengan yang tampil sekarang."
    )
    assert views(served)["Telat"] == "/permohonan?status=late&kolom=agenda"
    assert pressed(served, "cases-view-remove", chosen="Telat") == "Tampilan “Telat” dihapus."
    assert views(served) == {}


@pytest.mark.parametrize(
    ("button", "name", "chosen", "told"),
    [
        ("cases-view-save", " ", "", "Tulis nama tampilan."),
        ("cases-view-save", "x" * 1000, "", "Nama tampilan paling panjang 60 huruf."),
        ("cases-view-rename", "Baru", "", "Pilih tampilan dan tulis nama barunya."),
        ("cases-view-rename", "Baru", "Tidak ada", "Tampilan “Tidak ada” tidak ada lagi."),
        ("cases-view-remove", "", "", "Pilih tampilan yang akan dihapus."),
        ("cases-view-remove", "", "Tidak ada", "Tampilan “Tidak ada” tidak ada lagi."),
    ],
)
def test_what_cannot_be_done_with_a_view_is_said(button: str, name: str, chosen: str, told: str, served: Desk) -> None:
    assert pressed(served, button, name, chosen) == told


def test_columns_once_chosen_stand_wherever_the_address_names_none(served: Desk) -> None:
    told = press(served, "cases-columns-use", "sekdin", cases_columns=["ruang", "acara"], cases_url="?status=late")
    assert told["cases-url"]["search"] == "?status=late&kolom=agenda%2Cruang%2Cacara"
    assert set(rows(listed(served, "", "sekdin")[1])[0]) == {"", "Ruang", "Waktu kegiatan"}
    assert len(rows(listed(served, "")[1])[0]) == 8
