"""A served office with a handful of letters, for the tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books import agenda, hand_overs, part_a, room_log
from tests.desk_office import Desk, call, desk
from tests.offices.office import give_books, seconds
from tests.written_html import read_back

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


STAMPED = {"id": "stamp-done", "property": "data", "value": 0}
"""What the pages with stamp buttons listen to beside their own inputs."""


FAILED = "Terjadi kesalahan"
"""What stands in the frame instead of a page that failed."""


def office_with_letters(folder: Path) -> Desk:
    """Four letters of early September (one on time, one with a late A4, one dated only) and one under way today."""
    return desk(folder, give_letters, END_OF_SEPTEMBER, pages=PAGES)


def give_letters(office: Office, folder: Path) -> None:
    """The books of those letters."""
    books = {"agenda.csv": LETTERS, "disposisi.csv": HAND_OVERS, "pemakaian.csv": USES}
    give_books(office, folder, books, END_OF_SEPTEMBER)


def outputs(*names: str) -> dict[str, Any]:
    """How Dash's script names a callback with several outputs."""
    pairs = [name.rpartition(".") for name in names]
    return {"outputs": [{"id": id, "property": prop} for id, _, prop in pairs]}


def ask(browser: FlaskClient, names: tuple[str, ...], inputs: list[dict[str, Any]], **more: Any) -> Any:
    """The reply of a callback with several outputs."""
    return call(browser, f"..{'...'.join(names)}..", inputs, **outputs(*names), **more)


def words(part: Any) -> str:
    """All text of a layout, parts separated by blanks."""
    return " ".join(" ".join(_texts(read_back(part))).split())


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, dict):
        yield from _texts(part.get("props", {}).get("children", ""))


def found(part: Any, kind: str) -> list[dict[str, Any]]:
    """Properties of all components of a kind inside a layout."""
    return _found(read_back(part), kind)


def _found(part: Any, kind: str) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [one for child in part for one in _found(child, kind)]
    if not isinstance(part, dict):
        return []
    own = [part["props"]] if part.get("type") == kind else []
    return own + _found(part.get("props", {}).get("children", []), kind)


def later(browser: FlaskClient, name: str, search: str) -> Any:
    """A part of a page that comes after the first (`sla-more`), for an address."""
    inputs = [{"id": f"{name.partition('-')[0]}-later", "property": "data", "value": search}]
    reply = call(browser, f"{name}.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"][name]["children"]


def opened(browser: FlaskClient, path: str, search: str = "") -> Any:
    """The page at an address, as the router sends it."""
    reply = ask(
        browser,
        ("shell-page.children", "shell-title.data"),
        [{"id": "shell-url", "property": "pathname", "value": path}],
        state=[{"id": "shell-url", "property": "search", "value": search}],
    )
    assert reply.status_code == 200, reply.text
    assert FAILED not in reply.text
    return reply.json["response"]["shell-page"]["children"]
