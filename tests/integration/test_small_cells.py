"""The numbers of the health screening that are hidden leave the office by no way: page, explanation, file, command."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyarrow import parquet

from dashboard.web.pages import PAGES
from etl.figures.filter import Period
from etl.figures.people import participant_figures
from etl.figures.rooms.diary import RoomsFilter
from etl.keeping.facts_export import export_facts
from tests.books.typed import book
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.serving.command_line import pantau
from tests.serving.walk import Walk

LOG = "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_terverifikasi;peserta_hadir;diperiksa;lolos;tidak_lolos"
USES = book(
    LOG,
    "144;Smart Center;11/09/2026;09.00;11.30;30;28;7413;7410;3",
    "144;Smart Center;14/09/2026;09.00;11.30;;;1501;1501;0",
    "145;Smart Center;18/09/2026;09.00;11.30;;;2309;2309;0",
    ";Smart Center;21/09/2026;09.00;11.30;;;3;3;0",
)
MONTH = 7413 + 1501 + 2309 + 3
HIDDEN = (7413, 7410, 1501, 2309, MONTH - 3, 7410 + 1501, 7410 + 1501 + 2309)
"""What single sessions and the agency next to the small one count, and sums from which a small number would follow."""

SPELT = re.compile("|".join(rf"(?<![\d.,-]){str(n)[0]}[.,]?{str(n)[1:]}(?![\d-])" for n in HIDDEN))
PERIODS = (
    "?dari=2026-09-01&sampai=2026-09-30",
    "?dari=2026-09-11&sampai=2026-09-11",
    "?dari=2026-01-01&sampai=2026-12-31",
)
SCOPES = ("", "&opd=Dinas Pendidikan", "&opd=Dinas Kesehatan")
PLACES = {"year": "2026", "agenda": "144", "load_id": "4", "row_id": "2", "kind": "pemakaian", "chapter": "staf"}
PATHS = tuple(re.sub(r"<(?:[^<:]+:)?(\w+)>", lambda place: PLACES[place[1]], page.PATH) for page in PAGES)
FILES = [f"/{name}/unduh.{kind}" for name in ("ruang", "peserta", "sarpras", "kepatuhan") for kind in ("csv", "xlsx")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("kecil")
    desk = office_with_letters(folder)
    give_books(desk.office, folder, {"pemakaian-2.csv": USES}, END_OF_SEPTEMBER)
    return desk


def text_in(content: bytes) -> str:
    """All text of a file, that of a packed one too."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


class Heard(Walk):
    """A walk that remembers what it was answered."""

    def _judge(self, what: str, reply: object) -> None:
        super()._judge(what, reply)
        leaks = SPELT.findall(text_in(reply.get_data()))
        self.failures += [f"{what}: {leak}" for leak in leaks]


def addresses() -> Iterator[str]:
    for period in PERIODS:
        for scope in SCOPES:
            yield f"/peserta{period}{scope}"
            yield f"/mengapa{period}{scope}&angka=peserta"
    yield from PATHS
    yield f"/ruang{PERIODS[0]}"
    yield f"/mengapa{PERIODS[0]}&angka=ruang"


def test_what_is_hidden_is_hidden_on_every_page(served: Desk) -> None:
    walk = Heard(served.app, served.browser_of("kabid"))
    for address in addresses():
        walk.whole_page(address)
    assert walk.failures == []


def test_what_is_hidden_is_in_no_file_nor_on_the_wall(served: Desk) -> None:
    walk = Heard(served.app, served.browser_of("kabid"))
    for file in FILES:
        for period in PERIODS[:2]:
            walk.get(file + period)
    for address in (f"/peserta/unduh.csv{PERIODS[2]}{SCOPES[1]}", "/layar/data.json", "/laporan/2026-09.xlsx"):
        walk.get(address)
    assert walk.failures == []


def test_what_is_hidden_is_in_no_commands_answer_and_in_no_export(served: Desk, tmp_path: Path) -> None:
    home = served.office.home.root
    span = ("--from", "2026-09-01", "--to", "2026-09-30", "--as-of", "2026-09-30T09:00")
    for words in ("figures participants", "figures participants --json", "figures rooms --json"):
        assert SPELT.findall(pantau(*words.split(), *span, "--home", home).out) == [], words
    assert SPELT.findall(pantau("case", "2026/144", "--json", "--as-of", "2026-09-30T09:00", "--home", home).out) == []
    export_facts(served.office, tmp_path / "fakta", END_OF_SEPTEMBER)
    for path in (tmp_path / "fakta").iterdir():
        assert SPELT.findall(parquet.read_table(path).to_pandas().to_csv()) == [], path.name


def test_hidden_numbers_would_be_recognised_and_the_whole_month_is_shown(served: Desk) -> None:
    assert SPELT.search("7.413 orang")
    assert SPELT.search(">7410<")
    shown = participant_figures(
        served.office, RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30))), END_OF_SEPTEMBER
    )
    assert shown.screened is not None
    assert shown.screened.n == MONTH
