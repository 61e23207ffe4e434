"""Files given to the server: where they lie, under which name, how long, and who is turned away."""

from __future__ import annotations

import io
import os
import resource
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from etl.extract.files import readers
from etl.intake.offered.uploads import KEPT_PERSONAL_SECONDS, KEPT_SECONDS, Uploads, file_label
from tests.books.typed import book
from tests.offices.desk import Desk
from tests.offices.office import MONDAY_NINE
from tests.reading.layout import words
from tests.serving.data_page import csrf, csv_bytes, data_desk, give, given, look, save, staged, xlsx_bytes

LETTERS = book("no_agenda;tgl_terima;jam_terima;asal;perihal", "7;07/09/2026;08.00;Dinkes;Rapat").encode()

AGENDARIS = 6
"""Number of the user of that name: users are added in the order of the roles."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return data_desk(tmp_path_factory.mktemp("uploads"))


@pytest.fixture
def clerk(served: Desk) -> FlaskClient:
    return served.browser_of("agendaris")


@pytest.fixture(autouse=True)
def cleared(served: Desk) -> None:
    """Each test begins with no file lying there, at nine on Monday."""
    served.clock.at = MONDAY_NINE
    shutil.rmtree(served.office.home.root / "unggahan", ignore_errors=True)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("agenda.xlsx", "agenda.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Meja\\agenda juni.xlsx", "agenda juni.xlsx"),
        ("a\x00b\r\nc\u202e.csv", "abc.csv"),
        ("hadir 081234567890.xlsx", "hadir [disamarkan].xlsx"),
        ("..", "berkas"),
        ("", "berkas"),
        ("x" * 400 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_clients_name_is_a_label_and_nothing_else(typed: str, shown: str) -> None:
    assert file_label(typed) == shown


@pytest.mark.parametrize("name", ["../../jahat.csv", "/etc/jahat.csv", "a/../../jahat.csv"])
def test_no_name_leads_out_of_the_folder(name: str, served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, name, LETTERS)
    assert staged(served) == [token, f"{token}/berkas.csv", f"{token}/label.json"]
    assert "Pratinjau · jahat.csv" in words(look(clerk, token)["preview"]["children"])


def test_only_the_owner_of_the_server_can_look_into_the_folder(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    root = served.office.home.root / "unggahan"
    assert [path.stat().st_mode & 0o777 for path in (root, root / token)] == [0o700, 0o700]


@pytest.mark.parametrize("token", ["..", "%2e%2e", "a" * 32, "../" * 3, "0" * 31, "0" * 32 + "x"])
def test_what_is_no_token_names_no_file(token: str, clerk: FlaskClient) -> None:
    assert clerk.post(f"/data/unggah/{token}/simpan", json={}, headers=csrf(clerk)).status_code == 404
    assert look(clerk, token)["main"]["className"] == "data-main"


def test_without_the_pages_token_nothing_is_taken(served: Desk, clerk: FlaskClient) -> None:
    body = {"berkas": (io.BytesIO(LETTERS), "a.csv")}
    reply = clerk.post("/data/unggah", data=body, headers={"Accept": "application/json"})
    assert (reply.status_code, "muat ulang halaman" in reply.json["error"]) == (400, True)
    assert staged(served) == []


def test_an_expired_login_gets_a_status_and_nothing_is_taken(served: Desk) -> None:
    body = {"berkas": (io.BytesIO(LETTERS), "a.csv")}
    reply = served.browser().post("/data/unggah", data=body, headers={"Accept": "application/json"})
    assert reply.status_code == 401
    assert staged(served) == []


def test_saving_needs_the_pages_token_too(clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    for action in ("simpan", "batal"):
        assert clerk.post(f"/data/unggah/{token}/{action}", json={}).status_code == 400


def test_a_request_without_a_file_is_told_so(clerk: FlaskClient) -> None:
    reply = clerk.post("/data/unggah", data={"x": "y"}, headers=csrf(clerk), content_type="multipart/form-data")
    assert (reply.status_code, reply.json["error"]) == (
        400,
        "Tidak ada berkas yang terkirim; pilih satu berkas atau lebih.",
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (
            b"--x\r\nContent-Disposition: form-data; name=berkas; filename=a.csv\r\n\r\nputus",
            "multipart/form-data; boundary=x",
        ),
        (b"apa saja", "multipart/form-data"),
        (b"apa saja", "application/octet-stream"),
        (b"a=b", "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_request_leaves_nothing(body: bytes, content_type: str, served: Desk, clerk: FlaskClient) -> None:
    reply = clerk.post("/data/unggah", data=body, headers=csrf(clerk), content_type=content_type)
    assert reply.status_code == 400
    assert reply.json["error"]
    assert staged(served) == []


def test_what_is_larger_than_the_limit_is_refused_before_it_is_read(served: Desk, clerk: FlaskClient) -> None:
    reply = clerk.post(
        "/data/unggah",
        data=one_file(b"hanya permulaannya"),
        content_type="multipart/form-data; boundary=x",
        headers=csrf(clerk),
        environ_overrides={"CONTENT_LENGTH": str(readers.MAX_BYTES * 2)},
    )
    assert (reply.status_code, reply.json["error"]) == (
        413,
        "Berkas lebih besar dari 256 MB; bagi menjadi beberapa berkas.",
    )
    assert staged(served) == []


def one_file(content: bytes) -> bytes:
    """The body of a request with one file."""
    return b"--x\r\nContent-Disposition: form-data; name=berkas; filename=a.csv\r\n\r\n" + content + b"\r\n--x--\r\n"


def given_raw(browser: FlaskClient, content: bytes) -> TestResponse:
    """Upload a file without the test client's own file in between."""
    content_type = "multipart/form-data; boundary=x"
    return browser.post("/data/unggah", data=one_file(content), content_type=content_type, headers=csrf(browser))


def test_a_file_of_many_megabytes_arrives_whole(served: Desk, clerk: FlaskClient) -> None:
    content = LETTERS + b"8;07/09/2026;08.00;Dinkes;" + b"panjang " * 3_000_000
    token = given_raw(clerk, content).json["berkas"][0]["token"]
    assert (served.office.home.root / "unggahan" / token / "berkas.csv").read_bytes() == content


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """The real fault: no file may grow beyond that size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_while_a_file_arrives_is_a_sentence_and_leaves_nothing(served: Desk, clerk: FlaskClient) -> None:
    with disk_of(2_000_000):
        reply = given_raw(clerk, b"x" * 4_000_000)
    assert (reply.status_code, "Penyimpanan server penuh" in reply.json["error"]) == (507, True)
    assert staged(served) == []
    assert give(clerk, ("a.csv", LETTERS)).status_code == 201


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "belum dapat dibaca"),
        ("surat.pdf", b"%PDF-1.7 dan seterusnya", "belum dapat dibaca"),
        ("agenda.xlsx", b"%PDF-1.7 dan seterusnya", "PDF"),
        ("agenda.csv", xlsx_bytes(Agenda=[["no_agenda"]]), "XLSX"),
        ("agenda.xlsx", b"PK\x03\x04 rusak", "rusak"),
        ("agenda.csv", bytes(range(256)) * 400, ""),
        ("agenda.csv", b"\x00" * 5_000, ""),
        ("tanpa akhiran", LETTERS, "belum dapat dibaca"),
        ("agenda.csv", b",".join(b"a" for _ in range(100_000)), "kolom"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    name: str, content: bytes, sentence: str, served: Desk, clerk: FlaskClient
) -> None:
    token = given(clerk, name, content)
    notice = words(look(clerk, token)["notice"]["children"])
    assert f"Belum dapat dibaca · {name}" in notice
    assert sentence in notice
    assert "berkas.csv" not in notice
    assert save(clerk, token).status_code == 422
    assert loads(served) == 0


def loads(served: Desk) -> int:
    with reading(served.office.records) as connection:
        return last_load_id(connection)


def test_a_file_is_given_up_and_gone(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    assert clerk.post(f"/data/unggah/{token}/batal", json={}, headers=csrf(clerk)).status_code == 200
    assert staged(served) == []
    assert "tidak ada lagi; unggah lagi" in words(look(clerk, token)["notice"]["children"])


def test_a_file_without_persons_that_nobody_saved_goes_after_a_day(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    look(clerk, token)
    served.clock.at += KEPT_SECONDS - 60
    later = served.signed_in("staf")
    look(later, "")
    assert staged(served)[0] == token
    served.clock.at += 60
    look(later, "")
    assert staged(served) == []


PERSONS = b"no_agenda;tahun;nama;hadir\n7;2026;Warga;ya\n"


@pytest.mark.parametrize(
    ("content", "is_looked_at"),
    [(PERSONS, True), (PERSONS, False), (b"1;Warga;3503010101010001;0812\n", True), (LETTERS, False)],
)
def test_a_file_that_may_hold_persons_goes_after_an_hour(
    content: bytes, is_looked_at: bool, served: Desk, clerk: FlaskClient
) -> None:
    token = given(clerk, "p.csv", content)
    if is_looked_at:
        look(clerk, token)
    served.clock.at += KEPT_PERSONAL_SECONDS - 61
    clerk.get("/sehat")
    assert staged(served)[0] == token
    served.clock.at += 61
    clerk.get("/sehat")
    assert staged(served) == []


def test_a_workbook_with_a_sheet_that_nobody_can_read_goes_after_an_hour(served: Desk, clerk: FlaskClient) -> None:
    letters = [["no_agenda", "tgl_terima", "jam_terima", "asal"], ["7", "07/09/2026", "08.00", "Dinkes"]]
    token = given(clerk, "a.xlsx", xlsx_bytes(Agenda=letters, Tamu=[["urut", "siapa"], ["1", "Warga"]]))
    assert "1 baru" in words(look(clerk, token)["preview"]["children"])
    served.clock.at += KEPT_PERSONAL_SECONDS
    look(clerk, "")
    assert staged(served) == []


def test_what_became_of_a_saved_file_is_remembered_for_a_day(served: Desk, clerk: FlaskClient) -> None:
    token = given(clerk, "a.csv", LETTERS)
    save(clerk, token)
    served.clock.at += KEPT_SECONDS - 60
    look(served.signed_in("staf"), "")
    assert f"{token}/hasil.json" in staged(served)


def test_a_file_that_is_being_loaded_is_not_purged(served: Desk, clerk: FlaskClient) -> None:
    given(clerk, "a.csv", LETTERS)
    uploads = Uploads(served.office.home.root)
    (upload,) = uploads.waiting(AGENDARIS)
    with upload.alone():
        uploads.purge(MONDAY_NINE + KEPT_SECONDS)
        assert upload.is_waiting
    uploads.purge(MONDAY_NINE + KEPT_SECONDS)
    assert staged(served) == []


def test_giving_up_waits_for_a_save_and_what_became_of_it_stays(served: Desk, clerk: FlaskClient) -> None:
    given(clerk, "a.csv", LETTERS)
    uploads = Uploads(served.office.home.root)
    (upload,) = uploads.waiting(AGENDARIS)
    dropping = threading.Thread(target=uploads.drop, args=(upload,))
    with upload.alone():
        dropping.start()
        dropping.join(0.2)
        assert (dropping.is_alive(), upload.is_waiting) == (True, True)
        upload.finish([{"load": 1}])
    dropping.join(10)
    assert upload.result == [{"load": 1}]


def test_what_is_no_upload_in_the_folder_goes_when_it_is_old(served: Desk) -> None:
    uploads = Uploads(served.office.home.root)
    arrivals = uploads.arrivals()
    with arrivals.open("a.csv") as stream:
        stream.write(b"separuh")
    folder = next(uploads.root.iterdir())
    for age, is_there in ((KEPT_PERSONAL_SECONDS - 60, True), (KEPT_PERSONAL_SECONDS + 60, False)):
        for path in (*folder.iterdir(), folder):
            os.utime(path, (time.time() - age,) * 2)
        uploads.purge(MONDAY_NINE)
        assert folder.exists() == is_there


def test_a_file_that_is_just_arriving_stays_whatever_the_office_clock_says(served: Desk) -> None:
    uploads = Uploads(served.office.home.root)
    arrivals = uploads.arrivals()
    with arrivals.open("a.csv") as stream:
        stream.write(b"separuh")
        uploads.purge(int(time.time()) + 10 * KEPT_SECONDS)
        (upload,) = arrivals.keep(1, MONDAY_NINE)
    assert upload.is_waiting


def at_once(*jobs: Any) -> list[Any]:
    """The answers of functions that run at the same moment."""
    answers: list[Any] = [None] * len(jobs)
    line = threading.Barrier(len(jobs))

    def run(place: int) -> None:
        line.wait(10)
        answers[place] = jobs[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_two_clicks_at_once_make_one_load(tmp_path: Path) -> None:
    served = data_desk(tmp_path)
    clerk, again = served.signed_in("agendaris"), served.signed_in("agendaris")
    token = given(clerk, "a.csv", LETTERS)
    answers = at_once(lambda: save(clerk, token).json, lambda: save(again, token).json)
    assert sorted(answer["ulang"] for answer in answers) == [False, True]
    assert answers[0]["hasil"] == answers[1]["hasil"]
    assert loads(served) == 1


def test_one_file_given_twice_at_once_is_loaded_once(tmp_path: Path) -> None:
    served = data_desk(tmp_path)
    clerk, other = served.signed_in("agendaris"), served.signed_in("staf")
    rows = [[str(n), "07/09/2026", "08.00", "Dinkes", "Rapat"] for n in range(1, 401)]
    content = csv_bytes([["no_agenda", "tgl_terima", "jam_terima", "asal", "perihal"], *rows])
    mine, theirs = given(clerk, "a.csv", content), given(other, "b.csv", content)
    answers = at_once(lambda: save(clerk, mine).json, lambda: save(other, theirs).json)
    assert sorted(answer["hasil"][0]["status"] for answer in answers) == ["loaded", "unchanged"]
    assert {answer["hasil"][0]["counts"]["read"] for answer in answers} == {400}
    assert loads(served) == 1
