"""The Data page: a file is given, looked at, mapped if need be, and saved; nothing before that."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from plotly.io.json import to_json_plotly
from sqlalchemy import event

from dashboard.pages.intake.offered_file import offered_file
from data_access.records import reading
from data_access.records.intake.loads import last_load_id, loads_page
from etl.intake.offered.uploads import Uploads
from tests.books.typed import book
from tests.offices.desk import Desk
from tests.reading.layout import components, words
from tests.serving.callbacks import call, opened
from tests.serving.data_page import (
    AGENDA,
    FOREIGN,
    csv_bytes,
    data_desk,
    give,
    given,
    look,
    ods_bytes,
    save,
    xlsx_bytes,
)

LETTERS = book("no_agenda;tgl_terima;jam_terima;asal;perihal", "7;07/09/2026;08.00;Dinkes;Rapat").encode()
AGENDARIS = 6
"""Number of the user of that name: users are added in the order of the roles."""

MAP = {"no_agenda": {"kolom": "nomor"}, "tgl_terima": {"kolom": "masuk"}, "asal": {"kolom": "pengirim surat"}}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office in which nothing is ever saved."""
    return data_desk(tmp_path_factory.mktemp("untouched"))


@pytest.fixture(scope="module")
def reader(untouched: Desk) -> FlaskClient:
    """Somebody who gives files there and looks at them."""
    return untouched.signed_in("agendaris")


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office of this test's own."""
    return data_desk(tmp_path)


@pytest.fixture
def clerk(served: Desk) -> FlaskClient:
    """Somebody who loads files there."""
    return served.signed_in("agendaris")


def loads(served: Desk) -> int:
    with reading(served.office.records) as connection:
        return last_load_id(connection)


def attributes(place: Any, name: str) -> list[str]:
    """That attribute of all buttons in a place of the page."""
    return [props[name] for props in components(place, "Button") if name in props]


# What is seen before anything is saved


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("agenda-juni.xlsx", xlsx_bytes(Agenda=AGENDA)),
        ("agenda-juni.ods", ods_bytes(Agenda=AGENDA)),
        ("agenda-juni.csv", csv_bytes(AGENDA)),
    ],
)
def test_a_preview_counts_exactly_what_saving_does(name: str, content: bytes, served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, name, content)
    told = words(look(clerk, token)["preview"]["children"])
    assert f"Pratinjau · {name}" in told
    assert "dikenali sebagai agenda surat masuk · judul kolom di baris 4" in told
    assert "5 baris dibaca 3 baru 0 sama, tidak berubah 2 ditolak" in told
    assert "Simpan 3 baris, unduh 2 yang ditolak" in told
    assert loads(served) == 0
    (result,) = save(clerk, token).json["hasil"]
    assert result["counts"] == {"read": 5, "accepted": 3, "unchanged": 0, "corrected": 0, "waiting": 0, "rejected": 2}
    assert loads(served) == result["load"] == 1


def test_a_cell_stands_as_typed_over_what_was_understood(reader: FlaskClient) -> None:
    told = words(look(reader, given(reader, "a.xlsx", xlsx_bytes(Agenda=AGENDA)))["preview"]["children"])
    assert "Tgl. Diterima Tanggal Terima" in told
    assert "22/06/2026 Senin, 22 Juni 2026" in told
    assert "08.12 WIB 08.12 Dinkes Dinas Kesehatan" in told
    assert "Kolom yang tidak dibaca dan tidak disimpan: “Kode Arsip”" in told


def test_a_rejected_cell_says_why_and_a_missing_time_what_follows(reader: FlaskClient) -> None:
    told = words(look(reader, given(reader, "a.xlsx", xlsx_bytes(Agenda=AGENDA)))["preview"]["children"])
    assert "31 Juni 2026 bukan tanggal yang ada" in told
    assert "Senin, 23 Juni 2026 23 Juni 2026 jatuh pada hari Selasa" in told
    assert "- jam tidak tercatat: A2 belum dapat diukur" in told


def test_a_long_cell_stands_on_one_line_and_opens_by_a_key(reader: FlaskClient) -> None:
    subject = "Koordinasi pengelolaan layanan " * 30
    rows = f"8;07/09/2026;08.00;Dinkes;{subject.strip()}\n9;07/09/2026;09.00;Dinkes;Rapat\n"
    content = f"no_agenda;tgl_terima;jam_terima;asal;perihal\n{rows}".encode()
    cells = components(look(reader, given(reader, "panjang.csv", content))["preview"]["children"], "Summary")
    assert [cell["title"] for cell in cells if cell.get("title")] == [subject.strip()]


def test_a_rejected_row_far_below_is_shown_too(reader: FlaskClient) -> None:
    rows = [f"{number};07/09/2026;08.00;Dinkes;Rapat" for number in range(1, 201)]
    rows[180] = "181;31/06/2026;08.00;Dinkes;Rapat"
    text = book("no_agenda;tgl_terima;jam_terima;asal;perihal", *rows)
    told = words(look(reader, given(reader, "a.csv", text.encode()))["preview"]["children"])
    assert "⋯ 182 181 31/06/2026 bukan tanggal yang ada" in told


def test_a_correction_is_shown_with_the_old_and_the_new_value(clerk: FlaskClient) -> None:
    save(clerk, given(clerk, "a.csv", LETTERS))
    told = words(look(clerk, given(clerk, "b.csv", LETTERS.replace(b"Rapat", b"Pelatihan")))["preview"]["children"])
    assert "0 sama, tidak berubah 1 koreksi" in told
    assert "2026/7 perihal Rapat Pelatihan" in told
    assert "1 surat yang sudah tercatat berubah angkanya." in told


def test_a_moved_event_is_one_change_of_its_letter(clerk: FlaskClient) -> None:
    titles = "no_agenda;tgl_terima;jam_terima;asal;perihal;tgl_kegiatan;jam_mulai;jam_selesai"
    first, moved = (f"7;07/09/2026;08.00;Dinkes;Rapat;{day}/09/2026;13.00;15.00" for day in (10, 11))
    save(clerk, given(clerk, "a.csv", book(titles, first).encode()))
    told = words(look(clerk, given(clerk, "b.csv", book(titles, moved).encode()))["preview"]["children"])
    assert "2026/7 jadwal kegiatan 10 Sep 2026 13.00–15.00 11 Sep 2026 13.00–15.00 " in told + " "
    assert ("2 koreksi 7" in told, "tanggal kegiatan 10 Sep" in told) == (True, False)


def test_the_same_file_again_has_nothing_to_save(clerk: FlaskClient) -> None:
    save(clerk, given(clerk, "a.csv", LETTERS))
    place = look(clerk, given(clerk, "lain.csv", LETTERS))["preview"]["children"]
    assert "Berkas ini sudah dimuat pada Senin, 7 September 2026 09.00 WIB oleh agendaris" in words(place)
    assert attributes(place, "data-choice") == []


def test_a_hand_over_without_its_letter_waits(reader: FlaskClient) -> None:
    text = book("no_agenda;langkah;tgl_selesai;jam_selesai", "7;A2;07/09/2026;08.08", "7;A3;07/09/2026;-")
    told = words(look(reader, given(reader, "d.csv", text.encode()))["preview"]["children"])
    assert "2 baris dibaca 0 baru 0 sama, tidak berubah 2 menunggu" in told
    assert "2 baris menunggu suratnya" in told
    assert "jam tidak tercatat: A3 belum dapat diukur" in told


def test_two_kinds_in_one_workbook_are_two_blocks_and_one_save(served: Desk, clerk: FlaskClient) -> None:
    hand_overs = [["no_agenda", "langkah", "tgl_selesai", "jam_selesai"], ["139", "A2", "22/06/2026", "08.15"]]
    token = given(clerk, "buku.xlsx", xlsx_bytes(Agenda=AGENDA, Disposisi=hand_overs))
    place = look(clerk, token)["preview"]["children"]
    assert "dikenali sebagai agenda surat masuk" in words(place)
    assert "lembar “Disposisi” · dikenali sebagai disposisi" in words(place)
    assert "Simpan 4 baris, unduh 2 yang ditolak" in words(place)
    assert [(one["kind"], one["counts"]["accepted"]) for one in save(clerk, token).json["hasil"]] == [
        ("permohonan", 3),
        ("disposisi", 1),
    ]


def test_of_a_list_of_persons_no_cell_is_shown_and_nothing_stays(served: Desk, clerk: FlaskClient) -> None:
    text = book("no_agenda;tahun;nama;nik;hadir;hasil", "7;2026;Warga Satu;3503010101010001;ya;lolos", "8;2026;X;1;ya;")
    token = given(clerk, "peserta.csv", text.encode())
    place = look(clerk, token)["preview"]["children"]
    assert "Daftar perorangan: hanya jumlah per surat yang disimpan" in words(place)
    assert components(place, "Td") == []
    assert "Warga" not in json.dumps(place)
    assert save(clerk, token).status_code == 200
    home = served.office.home.root
    kept = [path for path in home.rglob("*") if path.is_file() and b"Warga Satu" in path.read_bytes()]
    assert kept == []


# Columns nobody knows


def test_unknown_headers_are_refused_with_a_form_to_map_them(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "lain.csv", FOREIGN.encode())
    places = look(clerk, token)
    assert 'Judul kolom yang ditemukan ("nomor", "masuk", "pengirim surat") tidak cocok' in words(
        places["notice"]["children"]
    )
    assert "[[source]]" not in words(places["notice"]["children"])
    assert (places["map-box"]["hidden"], places["map-box"]["open"]) == (False, True)
    assert loads(served) == 0


def map_form(browser: FlaskClient, token: str, kind: str = "", choice: dict[str, Any] | None = None) -> Any:
    state = [
        {"id": "data-url", "property": "search", "value": f"?berkas={token}"},
        {"id": "data-choice", "property": "data", "value": choice},
    ]
    wanted = [{"id": "data-kind", "property": "data", "value": {"berkas": token, "jenis": kind}}]
    reply = call(browser, "data-map.children", wanted, state=state)
    return reply.json["response"]["data-map"]["children"]


def test_the_form_offers_every_header_and_asks_for_what_is_required_first(reader: FlaskClient) -> None:
    form = map_form(reader, given(reader, "lain.csv", FOREIGN.encode()), "permohonan")
    assert "No. Agenda wajib Nomor agenda surat" in words(form)
    selects = {select["name"]: select for select in components(form, "Select")}
    assert list(selects)[:5] == ["jenis", "urutan", "kolom-no_agenda", "kolom-tgl_terima", "kolom-asal"]
    offered = [option["value"] for option in selects["kolom-asal"]["options"]]
    assert offered == ["-", "k:nomor", "k:masuk", "k:pengirim surat", "="]


def test_the_form_opens_as_the_kind_that_was_recognised(reader: FlaskClient) -> None:
    text = book("No;Dari;Kepada;Tanggal;Jam", "7;Agendaris;Sekdin;07/09/2026;08.08").replace("No;", "No. Agenda;")
    token = given(reader, "buku.csv", text.encode())
    assert "dikenali sebagai disposisi" in words(look(reader, token)["preview"]["children"])
    chosen = {select["name"]: select["value"] for select in components(map_form(reader, token), "Select")}
    assert (chosen["jenis"], chosen["kolom-dari"]) == ("disposisi", "k:Dari")


def test_a_map_is_kept_under_a_name_that_is_offered(served: Desk, clerk: FlaskClient) -> None:
    def offered(name: str) -> Any:
        form = map_form(clerk, given(clerk, name, FOREIGN.encode()), "permohonan")
        return next(field["value"] for field in components(form, "Input") if field["name"] == "nama")

    assert [offered(name) for name in ("buku lama-2026-06.csv", "06.csv")] == ["buku lama", "peta kolom"]
    token = given(clerk, "buku lama-2026-06.csv", FOREIGN.encode())
    keep = {"nama": "buku lama", "pola": "buku lama*.csv"}
    assert save(clerk, token, jenis="permohonan", urutan="mdy", peta=MAP, ingat=keep).status_code == 200
    assert offered("buku lama-2026-07.csv") == "buku lama 2"


def test_a_map_survives_a_reload_of_the_page(clerk: FlaskClient) -> None:
    token = given(clerk, "lain.csv", FOREIGN.encode())
    look(clerk, token, jenis="permohonan", urutan="mdy", peta=MAP)
    again = look(clerk, token)
    assert "2 baris dibaca 2 baru" in words(again["preview"]["children"])
    chosen = {select["name"]: select["value"] for select in components(map_form(clerk, token), "Select")}
    assert (chosen["jenis"], chosen["urutan"], chosen["kolom-asal"]) == ("permohonan", "mdy", "k:pengirim surat")


def test_the_map_of_a_file_is_offered_for_the_corrected_one(clerk: FlaskClient) -> None:
    look(clerk, given(clerk, "lain.csv", FOREIGN.encode()), jenis="permohonan", urutan="mdy", peta=MAP)
    token = given(clerk, "lain (betul).csv", FOREIGN.replace("7;", "9;").encode())
    places = look(clerk, token)
    assert "Dibaca dengan peta kolom yang dipakai untuk berkas berjudul kolom sama" in words(
        places["notice"]["children"]
    )
    assert "2 baris dibaca 2 baru" in words(places["preview"]["children"])
    chosen = {select["name"]: select["value"] for select in components(map_form(clerk, token), "Select")}
    assert (chosen["jenis"], chosen["kolom-tgl_terima"]) == ("permohonan", "k:masuk")
    other = look(clerk, given(clerk, "z.csv", FOREIGN.replace("masuk", "datang").encode()))
    assert "tidak cocok" in words(other["notice"]["children"])


def test_the_form_of_another_kind_has_its_columns(reader: FlaskClient) -> None:
    form = map_form(reader, given(reader, "lain.csv", FOREIGN.encode()), "pemakaian")
    names = [select["name"] for select in components(form, "Select")]
    assert "kolom-ruang" in names
    assert "kolom-asal" not in names


def test_month_first_dates_are_answered_with_a_button(reader: FlaskClient) -> None:
    token = given(reader, "lain.csv", FOREIGN.encode())
    notice = look(reader, token, jenis="permohonan", peta=MAP)["notice"]["children"]
    assert 'Kolom "masuk" memuat tanggal yang hanya dapat dibaca bulan lebih dulu' in words(notice)
    assert "--date-order" not in words(notice)
    assert attributes(notice, "data-quick") == ['{"urutan": "mdy"}']


def test_a_map_without_a_required_column_says_which(reader: FlaskClient) -> None:
    part = {"no_agenda": {"kolom": "nomor"}}
    notice = look(reader, given(reader, "lain.csv", FOREIGN.encode()), jenis="permohonan", peta=part)["notice"]
    assert "belum memuat kolom wajib permohonan: Tanggal Terima, Asal Surat" in words(notice["children"])


def test_a_mapped_file_is_previewed_and_loaded_without_keeping_the_map(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "lain.csv", FOREIGN.encode())
    choice = {"jenis": "permohonan", "urutan": "mdy", "peta": MAP | {"asal": {"tetap": "tidak disebut"}}}
    told = words(look(clerk, token, **choice)["preview"]["children"])
    assert "2 baris dibaca 2 baru" in told
    assert "01/24/2020 Jumat, 24 Januari 2020" in told
    assert "nilai tetap Asal Surat" in told
    assert save(clerk, token, **choice).json["hasil"][0]["counts"]["accepted"] == 2
    assert [source.name for source in served.office.settings.sources] == []


def test_a_map_that_is_kept_reads_the_next_file_by_itself(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "lain-01.csv", FOREIGN.encode())
    keep = {"nama": "buku lama", "pola": "lain-*.csv", "irama": "1d"}
    assert save(clerk, token, jenis="permohonan", urutan="mdy", peta=MAP, ingat=keep).status_code == 200
    source = served.office.settings.source("buku lama")
    assert source is not None
    assert (source.files, source.date_order, source.every_seconds) == ("lain-*.csv", "mdy", 86_400)
    with reading(served.office.records) as connection:
        assert loads_page(connection, 100)[0].source_name == "buku lama"
    following = FOREIGN.replace("7;", "17;").replace("8;", "18;").encode()
    places = look(clerk, given(clerk, "LAIN-02.csv", following))
    assert "Dibaca dengan pemetaan sumber “buku lama”." in words(places["notice"]["children"])
    assert "2 baru" in words(places["preview"]["children"])
    assert attributes(places["preview"]["children"], "data-choice") == ['{"sumber": "buku lama"}']


def test_a_file_of_another_name_whose_headers_fit_a_source_is_read_by_it(clerk: FlaskClient) -> None:
    keep = {"nama": "buku lama"}
    save(clerk, given(clerk, "a.csv", FOREIGN.encode()), jenis="permohonan", urutan="mdy", peta=MAP, ingat=keep)
    places = look(clerk, given(clerk, "z.csv", FOREIGN.replace("7;", "9;").encode()))
    assert "Dibaca dengan pemetaan sumber “buku lama”." in words(places["notice"]["children"])


def test_a_name_that_another_source_has_is_refused_and_the_file_stays(served: Desk, clerk: FlaskClient) -> None:
    keep = {"nama": "buku lama"}
    save(clerk, given(clerk, "a.csv", FOREIGN.encode()), jenis="permohonan", urutan="mdy", peta=MAP, ingat=keep)
    other = MAP | {"asal": {"tetap": "Setda"}}
    token = given(clerk, "b.csv", FOREIGN.encode())
    reply = save(clerk, token, jenis="permohonan", urutan="mdy", peta=other, ingat=keep)
    assert (reply.status_code, "sudah ada dengan pemetaan lain" in reply.json["error"]) == (422, True)
    assert "Simpan 2 baris" in words(
        look(clerk, token, jenis="permohonan", urutan="mdy", peta=other)["preview"]["children"]
    )


def test_a_map_that_was_refused_leaves_no_source_and_can_be_corrected(served: Desk, clerk: FlaskClient) -> None:
    token, keep = given(clerk, "a.csv", FOREIGN.encode()), {"nama": "buku lama"}
    wrong = MAP | {"asal": {"kolom": "pengirim"}}
    assert save(clerk, token, jenis="permohonan", urutan="mdy", peta=wrong, ingat=keep).status_code == 422
    assert served.office.settings.source("buku lama") is None
    assert save(clerk, token, jenis="permohonan", urutan="mdy", peta=MAP, ingat=keep).status_code == 200
    assert served.office.settings.source("buku lama").columns["asal"] == "pengirim surat"


def test_the_form_of_a_list_without_headers_names_no_person(reader: FlaskClient) -> None:
    token = given(reader, "p.csv", b"1;Budi Contoh;3503010101010001;081234567890\n2;Ani Contoh;;\n")
    places = look(reader, token)
    form = call(reader, "data-map.children", [value_of("data-kind", "data", {"berkas": token})], state=[
        value_of("data-url", "search", f"?berkas={token}"), value_of("data-choice", "data", None),
    ]).text  # fmt: skip
    told = form + json.dumps(places, default=str)
    assert "kolom B" in form
    assert [name for name in ("Budi", "Ani Contoh", "3503010101010001", "081234567890") if name in told] == []


def value_of(id: str, name: str, of: Any) -> dict[str, Any]:
    """One property of one component, as Dash's script sends it."""
    return {"id": id, "property": name, "value": of}


@pytest.mark.parametrize(
    "document",
    [
        {"jenis": "sql", "peta": 5},
        {"jenis": "permohonan", "peta": {"no_agenda": "nomor", "x": {"kolom": "y"}}},
        {"urutan": ["mdy"], "sumber": {"a": 1}, "polos": "ya"},
        {"sumber": "tidak ada"},
    ],
)
def test_a_choice_that_makes_no_sense_is_left_out_or_refused(document: dict[str, Any], clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    assert look(clerk, token, **document)["main"]["className"].startswith("data-main has-file")
    assert save(clerk, token, **document).status_code in (200, 422)


# Saving, once


def test_pressing_the_button_twice_loads_once_and_answers_alike(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    first, second = save(clerk, token).json, save(clerk, token).json
    assert (first["ulang"], second["ulang"]) == (False, True)
    assert first["hasil"] == second["hasil"]
    assert loads(served) == 1


def test_the_result_leads_to_the_load_and_stays_there_after_a_reload(clerk: FlaskClient) -> None:
    token = given(clerk, "a.xlsx", xlsx_bytes(Agenda=AGENDA))
    save(clerk, token)
    place = look(clerk, token)["preview"]["children"]
    assert "Berkas sudah dimuat" in words(place)
    assert "5 baris dibaca 3 baru 0 sama, tidak berubah 2 ditolak" in words(place)
    assert "/data/muatan/1" in [props["href"] for props in components(place, "Link")]
    assert [props["href"] for props in components(place, "A")] == ["/data/tolakan/1"]


def test_a_file_is_loaded_under_the_name_the_client_gave(served: Desk, clerk: FlaskClient) -> None:
    save(clerk, given(clerk, "Buku Agenda (1).csv", LETTERS))
    with reading(served.office.records) as connection:
        load = loads_page(connection, 100)[0]
    assert (load.file, load.actor) == ("Buku Agenda (1).csv", "agendaris")


def test_a_file_whose_rows_are_all_bad_is_noted_with_nothing_taken(clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS.replace(b"07/09/2026", b"31/06/2026"))
    assert "Catat berkas, unduh 1 yang ditolak" in words(look(clerk, token)["preview"]["children"])
    counts = save(clerk, token).json["hasil"][0]["counts"]
    assert (counts["accepted"], counts["rejected"]) == (0, 1)


# When the records cannot


def test_while_another_load_runs_the_preview_says_so_and_the_file_waits(
    served: Desk, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.intake.offered.preview.WAIT_SECONDS", 0.05)
    token = given(clerk, "a.csv", LETTERS)
    other = sqlite3.connect(served.office.home.records_path)
    other.execute("BEGIN IMMEDIATE")
    busy = words(look(clerk, token)["preview"]["children"])
    other.rollback()
    other.close()
    assert "Sedang ada pemuatan lain, pratinjau dicoba lagi" in busy
    assert "1 baru" in words(look(clerk, token)["preview"]["children"])


def test_a_full_disk_while_loading_leaves_nothing_half_done(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", book(LETTERS.decode().splitlines()[0], *many_rows(3_000)).encode())
    with served.office.records.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    served.office.records.dispose()
    limit_pages(served, int(pages))
    reply = save(clerk, token)
    assert (reply.status_code, "penyimpanan penuh" in reply.json["error"]) == (422, True)
    assert loads(served) == 0
    limit_pages(served, 1_000_000)
    assert save(clerk, token).json["hasil"][0]["counts"]["accepted"] == 3_000


def many_rows(count: int) -> list[str]:
    return [f"{number};07/09/2026;08.00;Dinkes;Rapat {number}" for number in range(1, count + 1)]


def limit_pages(served: Desk, pages: int) -> None:
    """The real fault: SQLite may not grow beyond so many pages."""
    engine = served.office.records
    engine.dispose()
    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))


def test_records_that_cannot_be_read_are_a_sentence_and_the_file_waits(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    upload = Uploads(served.office.home.root).find(token, AGENDARIS)
    assert upload is not None
    spoil(served)
    with served.app.server.test_request_context():
        place = to_json_plotly(offered_file(served.office, upload, {}, served.clock()).preview)
    assert "bukan berkas catatan pantau atau rusak" in place
    assert "Tidak ada yang dimuat. Berkas Anda tetap di sini" in place
    assert upload.is_waiting


def spoil(served: Desk) -> None:
    """The real fault: the file of the records holds something else."""
    path = served.office.home.records_path
    assert served.office.book.calendar  # known before the records go
    served.office.records.dispose()
    for file in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)
    path.write_bytes(b"bukan basis data" * 4_096)


# Who sees what


@pytest.mark.parametrize("role", ["kadin", "sekdin", "kabid", "kasi_litik", "kasi_aplikasi"])
def test_who_may_only_look_gets_the_panels_and_no_upload(role: str, untouched: Desk) -> None:
    page = opened(untouched.signed_in(role), "/data")
    assert "Riwayat" in words(page)
    assert "Seret berkas" not in words(page)


@pytest.mark.parametrize("role", ["agendaris", "staf", "admin"])
def test_who_may_load_gets_both(role: str, untouched: Desk) -> None:
    page = words(opened(untouched.signed_in(role), "/data"))
    assert "Riwayat" in page
    assert "Seret berkas ke sini" in page


def test_nobody_sees_or_saves_the_file_of_another(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    other = served.signed_in("staf")
    assert "tidak ada lagi" in words(look(other, token)["notice"]["children"])
    assert save(other, token).status_code == 404
    assert look(clerk, token)["preview"]["children"]


def test_files_that_were_not_saved_are_listed_for_their_owner(clerk: FlaskClient) -> None:
    first, second = given(clerk, "a.csv", LETTERS), given(clerk, "b.csv", LETTERS)
    place = look(clerk, second)["unsaved"]["children"]
    assert "a.csv" in words(place)
    assert [props["href"] for props in components(place, "Link")] == [f"/data?berkas={first}"]


def test_several_files_can_come_in_one_request(reader: FlaskClient) -> None:
    reply = give(reader, ("a.csv", LETTERS), ("b.csv", FOREIGN.encode()))
    assert [one["nama"] for one in reply.json["berkas"]] == ["a.csv", "b.csv"]
