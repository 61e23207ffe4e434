"""A served office with a handful of letters, for the tests of the pages."""

from __future__ import annotations

from pathlib import Path

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a, room_log
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books

END_OF_SEPTEMBER = seconds("2026-09-30 09:00")

LETTERS = agenda(
    "143;07/09/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;10/09/2026;09.00;12.00;disetujui",
    "144;08/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;11/09/2026;09.00;12.00;disetujui",
    "145;09/09/2026;08.00;Dinas Kesehatan;Pelatihan bidan;Smart Center;14/09/2026;09.00;12.00;disetujui",
    "12/A;10/09/2026;08.00;Inspektorat;Gelar pengawasan;Smart Center;15/09/2026;09.00;12.00;disetujui",
    "147;30/09/2026;08.30;Dinas Kesehatan;Rapat malaria;Smart Center;12/10/2026;09.00;12.00;",
)
HAND_OVERS = hand_overs(
    *part_a("143", "07/09/2026"),
    *part_a("144", "08/09/2026", a4="08.47"),
    *part_a("145", "09/09/2026"),
    "12/A;A2;;;;10/09/2026;",
    "147;A2;;;;30/09/2026;08.36",
    "143;B3;;10/09/2026;08.30;10/09/2026;08.55",
)
USES = room_log("143;Smart Center;10/09/2026;09.05;11.50;42")


def office_with_letters(folder: Path) -> Desk:
    """Four letters of early September (one on time, one with a late A4, one dated only) and one under way today."""
    return desk(folder, give_letters, END_OF_SEPTEMBER, pages=PAGES)


def give_letters(office: Office, folder: Path) -> None:
    """The books of those letters."""
    books = {"agenda.csv": LETTERS, "disposisi.csv": HAND_OVERS, "pemakaian.csv": USES}
    give_books(office, folder, books, END_OF_SEPTEMBER)
