"""A served office with sixty sessions of one room, their letters and checks, and readers of its explanations."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dashboard.web.pages import PAGES
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import apply
from tests.books.moments import seconds
from tests.books.typed import book
from tests.offices.desk import OWN_OPD, Desk, desk
from tests.offices.office import give_books
from tests.reading.layout import Row, components, tables, words
from tests.serving.callbacks import ask, call

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
    check = check_of(day)
    if check is None:
        return []
    clock, condition = check
    words = {"AC": condition}
    return [f"{day:02}/09/2026;{clock};;{item};{words.get(item, 'Baik')};Smart Center" for item in ITEMS]


def office_of_sessions(folder: Path) -> Desk:
    """A served office with these sessions, letters and checks."""
    return desk(folder, _give_sessions, NOW, pages=PAGES)


def _give_sessions(office: Office, folder: Path) -> None:
    books = {
        "agenda.csv": book(REGISTER, *(letter_row(number) for number in SESSIONS if number % 3 == 0)),
        "pemakaian.csv": book(LOG, *(session_row(number) for number in SESSIONS)),
        "kondisi.csv": book(
            "tanggal;jam;saat;barang;kondisi;ruang", *(r for day in range(1, 31) for r in check_rows(day))
        ),
    }
    give_books(office, folder, books, NOW)
    seats = apply(office.settings, f'[[room]]\nname = "Smart Center"\ncapacity = {SEATS}\n', "uji")
    apply_settings(office, seats, NOW, actor="admin")


def explained(served: Desk, search: str, user: str = "kabid") -> Any:
    inputs = [{"id": "why-url", "property": "search", "value": f"?{search}"}]
    reply = call(served.browser_of(user), "why-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["why-body"]["children"]


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
        outputs = tuple(f"sarpras-{part}.children" for part in ("subtitle", "export", "follow", "body"))
        inputs.append({"id": "sarpras-changed", "property": "data", "value": 0})
    return ask(served.browser_of(user), outputs, inputs).json["response"][f"{page}-body"]["children"]


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


def ways_of(served: Desk, page: str) -> list[str]:
    """What stands behind the mark in the addresses of the explanations that a page leads to."""
    hrefs = (link["href"] for link in components(body(served, page), "Link"))
    return [href.partition("?")[2] for href in dict.fromkeys(hrefs) if href.startswith("/mengapa")]
