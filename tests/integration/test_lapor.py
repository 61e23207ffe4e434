"""Reports of a room's condition from a phone: taken once, receipted, refused in words; sessions by a tap."""

from __future__ import annotations

import io
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from dashboard.components.asset_urls import ASSETS
from data_access.records import reading
from data_access.records.logs import log_rows
from data_access.records.schema import check_row, condition_report
from etl.figures.facilities.conditions import room_states
from etl.figures.wall.snapshot import wall_snapshot
from tests.books.photos import photo
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.thursday import give_register, moment

NOW = moment("10:42")
ROOM = "/lapor/Smart%20Center"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The Thursday of the wall's tests, with everybody in it."""
    return desk(tmp_path_factory.mktemp("lapor"), give_register, NOW)


@pytest.fixture(scope="module")
def phone(served: Desk) -> FlaskClient:
    """The phone of somebody who reports."""
    return served.signed_in("staf")


@pytest.fixture(autouse=True)
def a_minute_passes(served: Desk) -> None:
    served.clock.at += 60


def config(phone: FlaskClient) -> dict[str, Any]:
    """What the page's script is told."""
    text = phone.get(ROOM).text
    return json.loads(text.partition('id="config">')[2].partition("</script>")[0])


def said(**other: str) -> list[dict[str, Any]]:
    items = ("Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker",
             "Hand sanitizer", "Sabun", "Wastafel")  # fmt: skip
    return [{"barang": name, "kondisi": other.get(name, "GOOD")} for name in items]


def send(phone: FlaskClient, number: str, made_at: int, answers: Any = None, photos: Any = (), **more: Any) -> Any:
    report = {"id": f"laporan-{number}", "dibuat": made_at, "jawaban": said() if answers is None else answers, **more}
    data: dict[str, Any] = {"laporan": json.dumps(report)}
    for place, content in photos:
        data.setdefault(f"foto-{place}", []).append(FileStorage(io.BytesIO(content), "foto.jpg"))
    headers = {"X-CSRFToken": config(phone)["csrf"], "Accept": "application/json"}
    boundary, body = encode_multipart(data)
    return phone.post(
        ROOM, data=body, headers=headers, content_type=f"multipart/form-data; boundary={boundary}", buffered=True
    )


def tap(phone: FlaskClient, **told: Any) -> Any:
    headers = {"X-CSRFToken": config(phone)["csrf"], "Accept": "application/json"}
    return phone.post(f"{ROOM}/sesi", json=told, headers=headers)


def test_the_page_with_its_style_and_script_is_small(phone: FlaskClient) -> None:
    page = phone.get(ROOM)
    files = ("lapor/lapor.css", "lapor/lapor.js", "vendor/fonts/plus-jakarta-sans-latin-wght-normal.woff2")
    size = len(page.data) + sum((ASSETS / file).stat().st_size for file in files)
    assert (page.status_code, size <= 60 * 1_024) == (200, True), size


def test_a_report_is_kept_with_its_list_its_giver_and_both_times(served: Desk, phone: FlaskClient) -> None:
    made = served.clock.at - 300
    reply = send(
        phone, "satu-baik", made, said(AC="LIGHT"), saat="before", surat=config(phone)["uses"][0]["request_id"]
    )
    assert (reply.status_code, reply.json["ulang"]) == (201, False)
    with reading(served.office.records) as connection:
        kept = select(condition_report).where(condition_report.c.client_id == "laporan-satu-baik")
        report = connection.execute(kept).one()
        rows = log_rows(connection, check_row, check_row.c.load_id == report.load_id)
    assert (report.actor, report.role, report.occasion) == ("staf", "staf", "before")
    assert (report.made_at, report.received_at) == (made, served.clock.at)
    assert report.checklist["items"][0] == {"name": "Jaringan", "weight": 2}
    assert (len(rows), set(rows["request_id"])) == (11, {report.request_id})
    (state,) = room_states(served.office, served.clock.at)
    assert (state.checked_at, state.status, state.score) == (made, "ATTENTION", 93.75)
    assert reply.json["nomor"] == report.receipt_number == "LK-2026-00001"


def test_a_phone_whose_clock_is_ahead_is_shown_at_once(served: Desk, phone: FlaskClient) -> None:
    assert send(phone, "jam-maju", served.clock.at + 540, said(AC="LIGHT")).status_code == 201
    (state,) = room_states(served.office, served.clock.at)
    assert state.checked_at == served.clock.at


def test_the_form_shows_what_was_said_last_as_a_hint_only(phone: FlaskClient) -> None:
    page = phone.get(ROOM).text
    assert "Terakhir: Rusak ringan" in page
    assert "gangguan terbuka: jawab sendiri" in page
    assert re.findall(r'data-item="([^"]+)" data-last="LIGHT" data-open', page)
    assert 'data-last="GOOD" data-open' not in page
    assert "checked" not in page.partition('id="form"')[2].partition("</form>")[0]


def test_a_report_given_twice_is_one_also_at_the_same_moment(served: Desk, phone: FlaskClient) -> None:
    made = served.clock.at
    with ThreadPoolExecutor(2) as pool:
        barrier = threading.Barrier(2)

        def one(_: int) -> Any:
            own = served.signed_in("staf")
            barrier.wait()
            return send(own, "dua-kali", made, said(AC="HEAVY"), [(1, photo())]).json["nomor"]

        numbers = set(pool.map(one, range(2)))
    assert len(numbers) == 1
    assert send(phone, "dua-kali", made).json == {
        **send(phone, "dua-kali", made).json, "nomor": numbers.pop(), "ulang": True}  # fmt: skip
    assert len(list(served.office.home.photos.glob("*"))) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"made_at": NOW + 86_400}, "masa depan"),
        ({"made_at": NOW - 365 * 86_400}, "7 hari"),
        ({"answers": []}, "Belum ada barang"),
        ({"answers": [{"barang": "Kulkas", "kondisi": "GOOD"}]}, "tidak ada dalam daftar periksa"),
        ({"answers": [{"barang": "AC", "kondisi": "SEDANG"}]}, "bukan kondisi"),
        ({"answers": [{"barang": "AC", "kondisi": "GOOD"}] * 2}, "dua kali"),
        ({"answers": "semua"}, "tidak utuh"),
        ({"answers": said(AC="HEAVY"), "photos": [(1, b"%PDF-1.7")]}, "bukan foto"),
        ({"answers": said(AC="HEAVY"), "photos": [(1, photo(400, 300)[:900])]}, "terpotong"),
        ({"answers": said(AC="HEAVY"), "photos": [(1, b"\xff\xd8" + b"\0" * 40_000_000)]}, "terlalu besar"),
        ({"photos": [(1, photo())]}, "hanya untuk barang"),
        ({"saat": "kemarin"}, "tidak dikenal"),
        ({"saat": ["before"]}, "tidak dikenal"),
    ],
)
def test_a_report_that_cannot_be_is_refused_in_words(phone: FlaskClient, served: Desk, change: Any, says: str) -> None:
    before = sorted(served.office.home.photos.glob("*"))
    reply = send(phone, f"salah-{says[:8]}", **({"made_at": served.clock.at} | change))
    assert (reply.status_code, says in reply.json["error"]) == (422, True), reply.text
    assert sorted(served.office.home.photos.glob("*")) == before


def test_an_unknown_room_has_words(phone: FlaskClient) -> None:
    assert phone.get("/lapor/Gudang").status_code == 404
    assert "tidak ada dalam pengaturan" in phone.get("/lapor/Gudang").text
    assert phone.get("/lapor/SC").headers["Location"] == ROOM
    assert f'href="{ROOM}"' in phone.get("/lapor").text


def test_who_may_not_report_gets_no_form_and_no_token(served: Desk) -> None:
    for name in ("kadin", "agendaris", "opd", "admin"):
        assert served.signed_in(name).get(ROOM).status_code == 403
    nobody = served.browser()
    assert nobody.post(ROOM, headers={"Accept": "application/json"}).status_code == 401
    phone = served.signed_in("kabid")
    assert phone.post(ROOM, data={"laporan": "{}"}).status_code == 400


def test_a_session_is_begun_counted_and_ended_by_taps(served: Desk, phone: FlaskClient) -> None:
    use = config(phone)["uses"][0]
    begun = tap(phone, id="tap-mulai-1", apa="mulai", surat=use["request_id"]).json
    assert [one["state"] for one in begun["uses"]] == ["running", "booked"]
    again = tap(phone, id="tap-mulai-1", apa="mulai", surat=use["request_id"])
    assert (again.status_code, len(again.json["uses"])) == (200, 2)
    assert "masih dipakai" in tap(phone, id="tap-mulai-2", apa="mulai").json["error"]
    running = begun["uses"][0]
    told = {"sesi": running["started_at"], "surat": running["request_id"]}
    assert "satu menit" in tap(phone, id="tap-tutup-1", apa="selesai", **told).json["error"]
    assert tap(phone, id="tap-hadir-1", apa="hadir", hadir=41, **told).json["uses"][0]["present"] == 41
    assert wall_snapshot(served.office, served.clock.at)["people"]["present"] == 41
    served.clock.at += 600
    ended = tap(phone, id="tap-tutup-2", apa="selesai", hadir=42, **told).json["uses"][0]
    assert (ended["state"], ended["present"]) == ("over", 42)


PLAIN_REGISTER = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta
2;17/11/2026;08.00;Dinas Kesehatan;Rapat koordinasi imunisasi daerah;19/11/2026;09.30;12.00;45
3;18/11/2026;08.00;Dinas Pendidikan;Pelatihan operator sekolah;19/11/2026;13.00;15.30;30
"""
APPROVED_ONCE = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status
1;02/11/2026;08.00;Dinas Sosial;Sosialisasi PKH;Smart Center;05/11/2026;09.00;11.00;disetujui
2;18/11/2026;09.00;Dinas Pariwisata;Rapat festival;Smart Center;19/11/2026;10.30;12.00;
4;18/11/2026;09.00;Dinas Perhubungan;Rapat mudik;Smart Center;19/11/2026;10.30;12.00;menunggu
5;18/11/2026;09.10;Dinas Perikanan;Rapat nelayan;Smart Center;19/11/2026;08.00;09.00;dibatalkan
6;18/11/2026;10.20;Bappeda;Musrenbang;Smart Center;19/11/2026;13.00;15.00;
"""


@pytest.mark.parametrize(
    ("register", "labels", "states"),
    [
        (PLAIN_REGISTER, ["Dinkes, 09.30–12.00", "Disdik, 13.00–15.30"], ["booked", "booked"]),
        (APPROVED_ONCE, ["Dispar, 10.30–12.00", "Bappeda, 13.00–15.00"], ["unapproved", "unapproved"]),
    ],
)
def test_a_booking_without_a_recorded_approval_is_begun_and_runs_on_the_wall(
    tmp_path: Path, register: str, labels: list[str], states: list[str]
) -> None:
    served = desk(tmp_path, lambda office, folder: give_books(office, folder, {"r.csv": register}, NOW - 3_600), NOW)
    staff = served.signed_in("staf")
    offered = config(staff)
    assert [use["label"] for use in offered["uses"]] == labels
    assert [use["state"] for use in offered["uses"]] == states
    assert offered["chosen"] == offered["uses"][0]["key"]
    for use in offered["uses"]:
        begun = tap(staff, id=f"mulai-{use['key']}", apa="mulai", surat=use["request_id"])
        assert begun.status_code == 200, begun.text
        (running,) = [one for one in begun.json["uses"] if one["state"] == "running"]
        shown = wall_snapshot(served.office, served.clock.at)["room"]
        assert (running["key"], shown["state"]) == (use["key"], "in_use")
        assert shown["now"]["label"] == use["label"].partition(",")[0]
        served.clock.at += 600
        ended = tap(staff, id=f"tutup-{use['key']}", apa="selesai", hadir=20, surat=use["request_id"],
                    sesi=running["started_at"])  # fmt: skip
        assert ended.status_code == 200, ended.text
        served.clock.at += 60


def test_only_staff_begin_sessions(served: Desk) -> None:
    assert tap(served.signed_in("kabid"), id="tap-kabid-1", apa="mulai").status_code == 403


def test_the_code_sheet_and_the_photos(served: Desk, phone: FlaskClient) -> None:
    sheet = phone.get("/lapor/-/qr/SC")
    assert (sheet.status_code, "<svg" in sheet.text, "/lapor/Smart%20Center" in sheet.text) == (200, True, True)
    (file,) = served.office.home.photos.glob("*")
    picture = phone.get(f"/lapor/-/foto/{file.name}")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert phone.get("/lapor/-/foto/../records.sqlite").status_code == 404
    assert served.signed_in("opd").get(f"/lapor/-/foto/{file.name}").status_code == 403


@pytest.mark.parametrize(("role", "may"), [("kabid", True), ("kasi_aplikasi", True), ("kadin", False), ("opd", False)])
def test_the_way_to_report_stands_for_who_may(served: Desk, role: str, may: bool) -> None:
    frame = served.signed_in(role).get("/_dash-layout").text
    assert ("p-nav-phone" in frame) is may
