"""The Data page as its script uses it: giving files, looking at the preview, saving."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import xlsxwriter
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.pages.intake import page as intake_page
from etl.intake.offered.fill_in_files import write_ods
from tests.offices.desk import Desk, desk
from tests.serving.callbacks import ask

Rows = list[list[str]]

AGENDA: Rows = [
    ["PEMERINTAH KABUPATEN"],
    ["DINAS KOMUNIKASI"],
    [],
    ["No. Agenda", "Tgl. Diterima", "Pukul", "Dari", "Hal", "Ruang", "Kode Arsip"],
    ["139", "22 Juni 2026", "08.10 WIB", "BKD", "Pinjam ruang", "Smart Center", "K-1"],
    ["140", "22/06/2026", "-", "Bappeda", "Pinjam pakai ruang", "Smart Center", "K-2"],
    ["141", "31 Juni 2026", "09.00", "Dinsos", "Rakor", "Smart Center", "K-3"],
    ["142", "23-06-2026", "08.12 WIB", "Dinkes", "Rakor imunisasi", "Smart Center", "K-4"],
    ["143", "Senin, 23 Juni 2026", "10.05", "Setda", "Zoom desa", "Smart Center", "K-5"],
]
"""A register with a time that is missing, a day that does not exist and a weekday that is not the day's."""

FOREIGN = "nomor;masuk;pengirim surat\n7;01/24/2020;Dinas Kesehatan\n8;02/25/2020;Dinas Sosial\n"
"""Headers that nobody knows, dates with the month first."""

_PLACES = (
    "data-notice.children",
    "data-preview.children",
    "data-map-box.hidden",
    "data-map-box.open",
    "data-main.className",
    "data-unsaved.children",
)


def data_desk(folder: Path) -> Desk:
    """An office with everybody in it and nothing loaded."""
    return desk(folder, pages=[intake_page])


def csv_bytes(rows: Rows) -> bytes:
    """The rows as a CSV."""
    return "".join(";".join(row) + "\n" for row in rows).encode()


def xlsx_bytes(**sheets: Rows) -> bytes:
    """The rows as a workbook, by the names of its sheets."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            page = workbook.add_worksheet(name)
            for line, cells in enumerate(rows):
                page.write_row(line, 0, cells)
    return target.getvalue()


def ods_bytes(**sheets: Rows) -> bytes:
    """The same as ODS."""
    target = io.BytesIO()
    write_ods(target, sheets)
    return target.getvalue()


def csrf(browser: FlaskClient) -> dict[str, str]:
    """The headers that the page's script sends."""
    return {"Accept": "application/json", "X-CSRFToken": browser.get_cookie("_csrf_token").value}


def give(browser: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    """Upload files by name."""
    body = {"berkas": [(io.BytesIO(content), name) for name, content in files]}
    return browser.post("/data/unggah", data=body, headers=csrf(browser))


def given(browser: FlaskClient, name: str, content: bytes) -> str:
    """Upload one file; its token."""
    reply = give(browser, (name, content))
    assert reply.status_code == 201, reply.text
    return str(reply.json["berkas"][0]["token"])


def look(browser: FlaskClient, token: str, **choice: Any) -> dict[str, Any]:
    """The places of the page for that file, read in the chosen way: notice, preview, map-box, main, unsaved."""
    values = (f"?berkas={token}" if token else "", {**choice, "berkas": token} if choice else None, None)
    names = (("data-url", "search"), ("data-choice", "data"), ("data-tick", "data"))
    inputs = [{"id": i, "property": p, "value": v} for (i, p), v in zip(names, values, strict=True)]
    reply = ask(browser, _PLACES, inputs)
    assert reply.status_code == 200, reply.text
    return {name.removeprefix("data-"): props for name, props in reply.json["response"].items()}


def save(browser: FlaskClient, token: str, **choice: Any) -> TestResponse:
    """Press the button."""
    return browser.post(f"/data/unggah/{token}/simpan", json=choice, headers=csrf(browser))


def staged(served: Desk) -> list[str]:
    """Names of everything in the folder of unsaved files."""
    root = served.office.home.root / "unggahan"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*")) if root.is_dir() else []
