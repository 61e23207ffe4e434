"""Scans of letters: three kinds up to 10 MB, images written anew, and only those see them who may."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.letters import scans_of
from data_access.records.requests import letters_with_keys
from etl.desk.scans import MAX_BYTES, clean_scan, keep_scan, take_scans
from etl.domain.units import DAY
from tests.books.photos import photo
from tests.offices.desk import Desk, desk
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.audit import recent_actions
from tests.reading.layout import words
from tests.serving.callbacks import opened

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LETTER = "2026/147"


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES)


def give(browser: FlaskClient, content: bytes, letter: str = LETTER, name: str = "surat.pdf") -> Any:
    token = browser.get_cookie("_csrf_token").value
    fields = {"berkas": FileStorage(io.BytesIO(content), name), "surat": letter}
    boundary, body = encode_multipart(fields)
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return browser.post(
        "/pindaian", data=body, headers=headers, content_type=f"multipart/form-data; boundary={boundary}"
    )


def kept(served: Desk) -> list[str]:
    with reading(served.office.records) as connection:
        letters = letters_with_keys(connection, ["147"])
        return [scan.file for scan in scans_of(connection, int(letters["request_id"].iloc[0]))]


def test_a_scan_is_kept_and_shown_on_the_page_of_its_letter(served: Desk) -> None:
    agendaris = served.browser_of("agendaris")
    reply = give(agendaris, PDF)
    assert (reply.status_code, kept(served)) == (201, [reply.json["nama"]])
    shown = agendaris.get(f"/pindaian/{reply.json['nama']}")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "application/pdf", PDF)
    assert "Pindaian 1 (PDF" in words(opened(agendaris, "/permohonan/2026/147"))


def test_an_image_is_written_anew_without_what_stands_around_it(served: Desk) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    for kind in ("JPEG", "PNG"):
        told, clean = clean_scan(photo(kind=kind, exif=exif), served.office.home.image_lock_path)
        assert (told, b"Rahasia" in clean) == ("jpeg", False)
        assert Image.open(io.BytesIO(clean)).format == "JPEG"


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    kept_image = Image.open(io.BytesIO(clean_scan(out.getvalue(), tmp_path / "turn")[1]))
    assert kept_image.getpixel((10, 10)) == (255, 255, 255)


def test_agendaris_removes_a_scan_given_by_mistake_and_nobody_else(served: Desk) -> None:
    agendaris = served.browser_of("agendaris")
    name = give(agendaris, PDF).json["nama"]
    assert "Pindaian ini dihapus untuk selamanya" in words(opened(agendaris, "/permohonan/2026/147"))
    assert "dihapus" not in words(opened(served.browser_of("kadin"), "/permohonan/2026/147"))

    def remove(browser: FlaskClient) -> int:
        headers = {"X-CSRFToken": browser.get_cookie("_csrf_token").value, "Accept": "application/json"}
        return browser.post(f"/pindaian/{name}/hapus", headers=headers).status_code

    assert (remove(served.browser_of("kadin")), kept(served)) == (403, [name])
    assert (remove(agendaris), kept(served)) == (200, [])
    assert not any(served.office.home.scans.glob("*"))
    assert remove(agendaris) == 404
    with reading(served.office.records) as connection:
        assert ("agendaris", name) in {(one.actor, one.subject) for one in recent_actions(connection)}


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"PK\x03\x04 lembar kerja", 422, "bukan PDF, JPEG, atau PNG"),
        (b"%PDF-1.7 terpotong", 422, "rusak atau tidak lengkap"),
        (photo()[:200], 422, "rusak atau tidak lengkap"),
        (b"%PDF-" + bytes(MAX_BYTES), 422, "paling besar 10 MB"),
        (bytes(40 * 1024**2), 413, "lebih besar dari 10 MB"),
        (b"", 422, "bukan PDF"),
    ],
    ids=["sheet", "cut", "cut-image", "just-too-large", "forty", "empty"],
)
def test_what_is_no_scan_is_refused_in_one_sentence(served: Desk, content: bytes, status: int, sentence: str) -> None:
    reply = give(served.browser_of("agendaris"), content)
    assert (reply.status_code, sentence in reply.json["error"]) == (status, True)
    assert kept(served) == []
    assert not any(served.office.home.scans.glob("*"))


def test_only_desks_that_hold_the_letter_kadin_agendaris_and_its_agency_see_it(served: Desk) -> None:
    name = give(served.browser_of("agendaris"), PDF).json["nama"]
    expected = {"agendaris": 200, "kadin": 200, "opd": 200, "sekdin": 200, "staf": 404, "admin": 404, "kasi_litik": 404}
    for user, status in expected.items():  # letter 147 lies at A3
        assert served.browser_of(user).get(f"/pindaian/{name}").status_code == status, user
    assert give(served.browser_of("kadin"), PDF).status_code == 403
    assert served.browser_of("opd").get(f"/pindaian/{'0' * 32}.pdf").status_code == 404


def test_another_agency_sees_nothing_of_it(served: Desk) -> None:
    name = give(served.browser_of("agendaris"), PDF, "2026/144").json["nama"]  # of Dinas Pendidikan
    assert served.browser_of("opd").get(f"/pindaian/{name}").status_code == 404


def test_a_scan_given_before_its_letter_belongs_to_it_once_it_is_saved(served: Desk) -> None:
    agendaris = served.browser_of("agendaris")
    name = give(agendaris, PDF, "").json["nama"]
    assert agendaris.get(f"/pindaian/{name}").status_code == 200
    assert served.browser_of("kadin").get(f"/pindaian/{name}").status_code == 404
    with reading(served.office.records) as connection:
        request_id = int(letters_with_keys(connection, ["147"])["request_id"].iloc[0])
    take_scans(served.office, [name], request_id, "kadin")  # not the one who gave it
    assert kept(served) == []
    take_scans(served.office, [name], request_id, "agendaris")
    assert kept(served) == [name]


def test_one_that_no_letter_took_is_deleted_after_a_day(served: Desk) -> None:
    office, now = served.office, served.clock()
    lost = keep_scan(office, PDF, None, "agendaris", "agendaris", now)
    keep_scan(office, PDF, None, "agendaris", "agendaris", now + DAY + 1)
    assert not (office.home.scans / lost.file).exists()
    assert len(list(office.home.scans.glob("*"))) == 1
