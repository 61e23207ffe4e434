"""A served office with some fifty letters more: late, returned, paused, skipped, dated only, and over midnight."""

from __future__ import annotations

from pathlib import Path

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books.typed import agenda, hand_overs
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, give_letters

MORE_LETTERS = agenda(
    *(
        f"{300 + n};{1 + n % 28:02d}/09/2026;08.{n % 60:02d};Dinas {n % 3};Rapat {n};Smart Center;;;;{status}"
        for n, status in enumerate(["disetujui", "", "ditolak", "disetujui"] * 12)
    )
)
MORE_HAND_OVERS = hand_overs(
    *(
        f"{300 + n};{code};;;;{1 + n % 28:02d}/09/2026;{(8 + at) % 24:02d}.{(n * 7 + at * 3) % 60:02d}"
        for n in range(48)
        for at, code in enumerate(("A2", "A3", "A4", "A5", "A6", "A7", "A8", "B2")[: n % 9])
        if (n + at) % 11
    ),
    "301;B3;;02/09/2026;21.30;03/09/2026;00.15",
    "305;A5;;06/09/2026;08.30;09/09/2026;09.00;07/09/2026 09:00;08/09/2026 13:30;menunggu OPD",
    "318;A5;;20/09/2026;08.30;23/09/2026;09.00;21/09/2026 09:00;22/09/2026 13:30;menunggu OPD",
    "309;A5;1;;;10/09/2026;08.40",
    "309;A5;2;11/09/2026;07.00;14/09/2026;08.40",
)


def office_with_many_letters(folder: Path) -> Desk:
    """The office of September with these letters besides its own."""
    return desk(folder, _give_many_letters, END_OF_SEPTEMBER, pages=PAGES)


def _give_many_letters(office: Office, folder: Path) -> None:
    give_letters(office, folder)
    books = {"agenda-lain.csv": MORE_LETTERS, "disposisi-lain.csv": MORE_HAND_OVERS}
    give_books(office, folder, books, END_OF_SEPTEMBER)
