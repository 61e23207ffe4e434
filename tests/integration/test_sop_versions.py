"""A version of the SOP entered on the page: kept, noted, and judging only letters received from its day on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from dashboard.pages.sop.version import Id
from data_access.errors import PantauError
from data_access.records import Engine, reading, writing
from data_access.records.office import SopEntry, add_sop_entry, sop_entries
from etl.desk.sop_edit import SopEdit, SopEditError, cells_of, editable, edited, effects_of, enter_version, take_back
from etl.domain.sop.file import from_json, parse_sop, to_document, to_json
from etl.domain.sop.steps import Cell
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import day_number
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_json
from etl.figures.requests.work_list import request_list
from etl.judging.publishing import catch_up
from etl.office import Office
from etl.settings.sops import load_sop, version_of
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, opened

EDIT = SopEdit("02/SOP/2026", date(2026, 9, 8), {"A4": "40 menit"}, "SK Kepala Dinas")


def shipped() -> Sop:
    return load_sop()


def refusal(**changes: Any) -> str:
    with pytest.raises(SopEditError) as caught:
        edited(shipped(), replace(EDIT, **changes))
    return sentence(caught.value)


def test_a_version_becomes_a_document_and_the_same_version_again() -> None:
    version = shipped().current()
    assert parse_sop(to_document(version), "sop") == version
    assert parse_sop(from_json(to_json(version)), "sop") == version


def test_an_edit_changes_the_printed_time_and_the_seconds_together() -> None:
    step = edited(shipped(), EDIT).step("A4")
    assert (step.time, step.target_seconds) == (Cell("40 menit", None), 2_400)
    assert edited(shipped(), EDIT).step("A3") == shipped().current().step("A3")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effective_on": date(2020, 5, 31)}, "tidak sesudah versi sebelumnya (1 Jun 2020)"),
        ({"effective_on": date(2020, 6, 1)}, "tulis tanggal yang lebih akhir"),
        ({"effective_on": date(2999, 1, 1)}, "terlalu jauh"),
        ({"times": {"A4": "sebentar"}}, 'Waktu A4 "sebentar" bukan lama waktu; tulis misalnya "5 menit"'),
        ({"times": {"A4": ""}}, "bukan lama waktu"),
        ({"times": {"A4": "0 menit"}}, "bukan lama waktu"),
        ({"times": {"A4": "9999 jam"}}, "bukan lama waktu"),
        ({"times": {}, "number": shipped().current().number}, "Tidak ada yang berubah"),
        ({"number": "  "}, "Nomor SOP kosong"),
        ({"reason": "x"}, "tulis mengapa diubah"),
    ],
)
def test_nonsense_is_refused_in_words(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(**changes)


def test_entered_versions_are_kept_on_every_database(records_engine: Engine) -> None:
    version = edited(shipped(), EDIT)
    with writing(records_engine) as connection:
        add_sop_entry(connection, to_json(version), version.effective_on, at=5, actor="kadin", reason="SK")
    with reading(records_engine) as connection:
        (entry,) = sop_entries(connection)
    assert (version_of(entry, load_sop().versions[0]), entry.actor, entry.reason) == (version, "kadin", "SK")


def test_a_version_kept_without_the_meaning_of_its_steps_means_what_it_did() -> None:
    document = to_json(edited(shipped(), EDIT))
    for step in document["langkah"].values():
        for key in ("bagian", "jam", "waktu_opd", "arti", "hari_sebelum"):
            del step[key]
    entry = SopEntry(7, 5, "kadin", "SK", day_number(EDIT.effective_on), document)
    assert version_of(entry, shipped().versions[0]) == edited(shipped(), EDIT)


def test_where_the_file_of_the_office_lets_a8_follow_a7_only_a8_is_judged_otherwise(tmp_path: Path) -> None:
    office = office_with_letters(tmp_path).office
    steps = [row.replace("09.50", "10.05") for row in part_a("150", "16/09/2026")]  # A6 after A7
    books = {"surat.csv": agenda("150;16/09/2026;08.00;Inspektorat;Gelar;;;;;"), "langkah.csv": hand_overs(*steps)}
    give_books(office, tmp_path, books, END_OF_SEPTEMBER)
    shipped_rows = judged_steps(office)
    text = Path("etl/reference/sop-2020-06.toml").read_text(encoding="utf-8")
    office.home.sop_folder.mkdir()
    path = office.home.sop_folder / "betul.toml"
    path.write_text(text.replace('mengikuti = ["A6", "A7"]', 'mengikuti = ["A7"]'), encoding="utf-8")
    office.forget_rules()
    catch_up(office, END_OF_SEPTEMBER)
    rows = judged_steps(office)
    assert {key for key, row in rows.items() if row != shipped_rows[key]} == {("150", "A8")}
    assert (shipped_rows["150", "A8"]["elapsed_seconds"], rows["150", "A8"]["elapsed_seconds"]) == (45 * 60, 50 * 60)


def judged_steps(office: Office) -> dict[tuple[str, str], dict[str, Any]]:
    """By agenda number and step what is said of it."""
    letters = [request_detail(office, 2026, str(row.agenda_number), END_OF_SEPTEMBER) for row in listed(office)]
    told = [request_json(office, letter) for letter in letters if letter]
    return {(one["request"]["agenda_number"], step["step"]): step for one in told for step in one["steps"]}


def listed(office: Office) -> Iterator[Any]:
    return request_list(office, END_OF_SEPTEMBER).itertuples()


def test_of_one_date_a_file_of_the_folder_stands_over_the_page(tmp_path: Path, records_engine: Engine) -> None:
    version = edited(shipped(), EDIT)
    with writing(records_engine) as connection:
        add_sop_entry(connection, to_json(version), version.effective_on, at=5, actor="kadin", reason="SK")
        entries = sop_entries(connection)
    text = Path("etl/reference/sop-2020-06.toml").read_text(encoding="utf-8")
    (tmp_path / "baru.toml").write_text(text.replace("2020-06-01", "2026-09-08", 1), encoding="utf-8")
    assert load_sop(None, entries).current().step("A4").target_seconds == 2_400
    assert load_sop(tmp_path, entries).current().step("A4").target_seconds == 300


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("sop"))


def body(served: Desk, search: str = "?dari=2026-09-01&sampai=2026-09-30", user: str = "kadin") -> Any:
    inputs = [{"id": "sop-url", "property": "search", "value": search}]
    reply = call(served.browser_of(user), "sop-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["sop-body"]["children"]


def enter(served: Desk, user: str = "kadin", **given: str) -> Any:
    """Press the button of the form."""
    newest = served.office.sop.current()
    values = {Id.NUMBER: newest.number, Id.SINCE: "2026-09-08", Id.REASON: "SK Kepala Dinas"}
    return pressed(served, Id.SAVE, Id.SAID, values | given, user)


def pressed(served: Desk, button: str, place: str, given: dict[Any, str], user: str = "kadin") -> Any:
    """Press a button of the form, filled as the newest version stands and then as given."""
    newest = served.office.sop.current()
    values: dict[Any, str] = {Id.NUMBER: newest.number, Id.SINCE: "", Id.REASON: ""}
    values |= {f"{Id.TIME}{code}": newest.step(code).time.text for code in editable(newest)}
    values |= {f"{Id.CELL}{name.replace('.', '-')}": text for name, text in cells_of(newest).items()} | given
    state = [{"id": str(id), "property": "value", "value": value} for id, value in values.items()]
    clicks = [{"id": button, "property": "n_clicks", "value": 1}]
    places = (place,) if place == Id.EFFECTS else (place, Id.FORM, Id.BACK, Id.BACK_SAID)
    names = tuple(f"{one}.children" for one in places)
    if len(names) == 1:
        return call(served.browser_of(user), names[0], clicks, state=state)
    return ask(served.browser_of(user), names, clicks, state=state)


def verdict(served: Desk, letter: str, code: str = "A4") -> str:
    whole = request_detail(served.office, 2026, letter, END_OF_SEPTEMBER)
    return next(step for step in whole.steps if step.step == code).verdict.value


def current(served: Desk) -> SopVersion:
    return served.office.sop.current()


def test_the_form_is_printed_with_its_cells_their_confidence_and_their_results(served: Desk) -> None:
    told = words(body(served))
    assert "Peraturan Daerah Nomor 17 Tahun 2016" in told
    assert "Surat dan lembar disposisi 45% keyakinan bacaan hanya 45%; periksa naskah aslinya" in told
    assert "Jumlah 4 jam 25 menit · jalur kritis 3 jam 25 menit" in told
    assert "2 dari 3 tepat waktu" in told
    assert "dinilai dari keluarannya, bukan waktunya" in told
    assert "di luar SOP" in told


def test_the_results_lead_to_their_explanation(served: Desk) -> None:
    addresses = [one["href"] for one in components(body(served), "Link")]
    assert "/mengapa?angka=tepat-waktu&langkah=A4&dari=2026-09-01&sampai=2026-09-30" in addresses


def test_an_agency_sees_the_sop_with_its_own_results(served: Desk) -> None:
    told = words(body(served, "?dari=2026-09-01&sampai=2026-09-30&opd=Dinas+Pendidikan", "opd"))
    assert "2 dari 2 tepat waktu" in told
    assert "Dinas Pendidikan" not in told


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?dari=2027-01-01&sampai=2027-06-30", "belum mulai"),
        ("?dari=2026-09-30&sampai=2026-09-01", "terbalik"),
        ("?dari=kemarin&sampai=2026-09-01", "bukan tanggal"),
        ("?dari=2026-09-01&sampai=2026-09-30&opd=Dinas+Sihir", "tidak ada dalam catatan"),
    ],
)
def test_what_cannot_be_asked_is_said_and_the_sop_stays(served: Desk, search: str, said: str) -> None:
    told = words(body(served, search))
    assert said in told
    assert "A. Pinjam ruang Smart Center" in told


def test_a_version_entered_on_the_page_judges_letters_received_from_its_day_on(served: Desk) -> None:
    assert (verdict(served, "143"), verdict(served, "144")) == ("MET", "LATE")
    told = words(enter(served, **{f"{Id.TIME}A4": "40 menit"}).json["response"][Id.SAID]["children"])
    assert "berlaku sejak Selasa, 8 September 2026. 4 permohonan" in told
    assert (verdict(served, "143"), verdict(served, "144")) == ("MET", "MET")
    assert current(served).step("A4").target_seconds == 2_400
    # Tightened from a later day on: 144 keeps the limit of the day on which it came in.
    enter(served, **{Id.SINCE: "2026-09-09", f"{Id.TIME}A4": "1 menit"})
    assert [verdict(served, letter) for letter in ("143", "144", "145")] == ["MET", "MET", "LATE"]


def test_who_when_and_why_are_told_and_noted(served: Desk) -> None:
    told = words(body(served))
    assert "A4: 5 menit menjadi 40 menit" in told
    assert "kadin (Kadin)" in told
    assert "SK Kepala Dinas" in told
    with reading(served.office.records) as connection:
        noted = [entry for entry in recent_actions(connection) if entry.action == "sop_version"]
        entered = sop_entries(connection)[-1]
    assert noted[-1].detail == {"times": {"A4": ["5 menit", "40 menit"]}}
    assert (entered.actor, entered.reason) == ("kadin", "SK Kepala Dinas")


def test_a_slip_is_put_right_by_another_version_of_the_same_date(served: Desk) -> None:
    enter(served, **{Id.SINCE: "2026-09-09", f"{Id.TIME}A4": "40 menit"})
    assert verdict(served, "145") == "MET"
    assert "digantikan versi lain" in words(body(served))


def test_an_earlier_version_is_shown_by_its_date(served: Desk) -> None:
    assert "5 menit 85%" in words(body(served, "?versi=2020-06-01"))
    assert current(served).step("A4").target_seconds == 2_400


def test_a_date_that_is_none_is_refused_in_words(served: Desk) -> None:
    told = words(enter(served, **{Id.SINCE: ""}).json["response"][Id.SAID]["children"])
    assert "Tanggal berlaku belum diisi" in told


def test_only_those_who_may_enter_a_version_can(served: Desk) -> None:
    assert enter(served, user="kabid").status_code == 403
    assert "Versi baru" not in words(opened(served.browser_of("kabid"), "/sop"))
    assert "Simpan versi baru" not in words(opened(served.browser_of("kabid"), "/sop/versi"))
    assert "Versi baru" in words(opened(served.browser_of("admin"), "/sop"))


def test_controls_and_address_stay_in_step(served: Desk) -> None:
    names = ("sop-url.search", "sop-from.value", "sop-to.value", "sop-opd.value")
    inputs = [
        {"id": "sop-url", "property": "search", "value": ""},
        {"id": "sop-from", "property": "value", "value": "2026-09-01"},
        {"id": "sop-to", "property": "value", "value": "2026-12-31"},
        {"id": "sop-opd", "property": "value", "value": "*"},
    ]
    looks = {"sop-from": "p-input", "sop-to": "p-input", "sop-opd": "p-select"}
    state = [{"id": id, "property": "class_name", "value": look} for id, look in looks.items()]
    changed = ask(served.browser_of("kadin"), names, inputs, state=state, changedPropIds=["sop-from.value"])
    assert changed.json["response"]["sop-url"]["search"] == "?dari=2026-09-01"


# Every cell, what would be judged anew, and taking back


def test_every_printed_cell_can_be_changed() -> None:
    cells = {"A4.kelengkapan": "Surat  dan disposisi", "identitas.dasar_hukum": "UU 1\n\n UU 2", "B5.catatan": "baru"}
    version = edited(shipped(), replace(EDIT, times={}, cells=cells))
    assert version.step("A4").requires == Cell("Surat dan disposisi", None)
    assert version.identity.legal_basis == ("UU 1", "UU 2")
    assert version.step("B5").note == "baru"
    assert version.step("A3") == shipped().current().step("A3")
    same = edited(shipped(), replace(EDIT, cells=cells_of(shipped().current())))
    assert same.steps == edited(shipped(), EDIT).steps


def test_a_cell_that_must_say_something_is_refused_empty() -> None:
    with pytest.raises(PantauError):
        edited(shipped(), replace(EDIT, cells={"A4.kegiatan": " "}))
    with pytest.raises(SopEditError):
        edited(shipped(), replace(EDIT, cells={"A4.output": "x" * 5_000}))


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    return office_with_letters(tmp_path)


def test_what_would_be_judged_anew_is_shown_before_it_is_saved(own: Desk) -> None:
    effects = effects_of(own.office, EDIT, END_OF_SEPTEMBER)
    given = {Id.SINCE: "08/09/2026", f"{Id.TIME}A4": "40 menit"}
    told = words(pressed(own, Id.CHECK, Id.EFFECTS, given).json["response"][Id.EFFECTS]["children"])
    assert (effects.letters, [step.step for step in effects.steps]) == (4, ["A4"])
    assert "Berlaku sejak Selasa, 8 September 2026: 4 permohonan akan dinilai ulang" in told
    assert "A4 dengan batas 40 menit: tepat waktu 1/2 menjadi 2/2; 1 menjadi tepat, 0 menjadi terlambat" in told
    assert verdict(own, "144") == "LATE"
    assert len(own.office.sop.versions) == len(shipped().versions)
    assert pressed(own, Id.CHECK, Id.EFFECTS, given, "kabid").status_code == 403


def entry_of(served: Desk) -> int:
    with reading(served.office.records) as connection:
        return sop_entries(connection)[-1].id


def back(served: Desk, button: str, entry: Any, day: str = "", reason: str = "SK dibatalkan") -> Any:
    browser = served.browser_of("kadin")
    callbacks = browser.get("/_dash-dependencies").json
    (found,) = (one for one in callbacks if one["inputs"][0]["id"] == Id.REDATE)
    values = {Id.ENTRY: entry, Id.NEW_DAY: day, Id.BACK_REASON: reason}
    state = [{"id": str(id), "property": "value", "value": value} for id, value in values.items()]
    clicks = [
        {"id": id, "property": "n_clicks", "value": 1 if id == button else None} for id in (Id.REDATE, Id.WITHDRAW)
    ]
    places = [{"id": part.partition(".")[0], "property": part.partition(".")[2]} for part in outputs_of(found)]
    changed = [f"{button}.n_clicks"]
    reply = call(browser, found["output"], clicks, outputs=places, state=state, changedPropIds=changed)
    return words(reply.json["response"][Id.BACK_SAID]["children"])


def outputs_of(callback: dict[str, Any]) -> list[str]:
    return callback["output"].strip(".").split("...")


def test_a_version_saved_twice_by_a_double_press_is_stored_once_and_the_page_is_renewed(own: Desk) -> None:
    before = {f"{Id.CELL}identitas-revisi": cells_of(own.office.sop.current())["identitas.revisi"]}
    first = enter(own, **{f"{Id.TIME}A4": "40 menit"}).json["response"]
    assert "Versi terakhir: " in words(first[Id.FORM]["children"])
    assert "berlaku sejak Selasa, 8 September 2026" in words(first[Id.FORM]["children"])
    assert "8 Sep 2026 · 4 permohonan" in str(first[Id.BACK]["children"])
    again = enter(own, **{f"{Id.TIME}A4": "40 menit"}, **before).json["response"]
    assert "sudah tersimpan dengan isi dan alasan yang sama" in words(again[Id.SAID]["children"])
    with reading(own.office.records) as connection:
        assert len(sop_entries(connection)) == 1
    told = back(own, Id.WITHDRAW, str(entry_of(own)))
    assert "Yang berlaku pada tanggal itu kini" in told


def test_a_version_is_withdrawn_by_a_new_entry_with_a_reason(own: Desk) -> None:
    enter_version(own.office, EDIT, END_OF_SEPTEMBER, "kadin")
    assert verdict(own, "144") == "MET"
    assert "mengapa" in back(own, Id.WITHDRAW, str(entry_of(own)), reason="x").lower()
    told = back(own, Id.WITHDRAW, str(entry_of(own)))
    assert "02/SOP/2026 yang berlaku sejak Selasa, 8 September 2026 ditarik kembali. 4 permohonan dinilai ulang" in told
    assert (verdict(own, "144"), own.office.sop.versions) == ("LATE", shipped().versions)
    listed = words(body(own))
    assert "ditarik kembali oleh kadin (Kadin)" in listed
    assert "SK dibatalkan" in listed
    assert "sudah ditarik kembali" in back(own, Id.WITHDRAW, "1")


def test_a_version_gets_another_day_and_letters_are_judged_anew(own: Desk) -> None:
    enter_version(own.office, EDIT, END_OF_SEPTEMBER, "kadin")
    told = back(own, Id.REDATE, str(entry_of(own)), "9-9-26", "tanggal keliru")
    assert "02/SOP/2026 berlaku sejak Rabu, 9 September 2026. 4 permohonan dinilai ulang" in told
    assert verdict(own, "144") == "LATE"
    assert own.office.sop.current().effective_on == date(2026, 9, 9)
    assert "tanggal keliru" in words(body(own))
    take_back(own.office, entry_of(own), "batal sama sekali", END_OF_SEPTEMBER, "kadin")
    assert own.office.sop.versions == shipped().versions


@pytest.mark.parametrize("day", ["", "kemarin", "08/09/2026", "01/06/2020", "01/01/2020", "01/01/2999"])
def test_a_day_that_cannot_be_is_refused_in_words(own: Desk, day: str) -> None:
    enter_version(own.office, EDIT, END_OF_SEPTEMBER, "kadin")
    assert back(own, Id.REDATE, str(entry_of(own)), day)
    assert own.office.sop.current().effective_on == EDIT.effective_on


@pytest.mark.parametrize("entry", [None, "", "*", "0", "99", "x", 7, ["1"], "9" * 30])
def test_what_is_no_version_of_the_page_is_refused_in_words(own: Desk, entry: Any) -> None:
    assert "tidak dimasukkan di halaman ini" in back(own, Id.WITHDRAW, entry)
