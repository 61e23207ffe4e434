"""A served office with a month of intake: rejected, waiting and corrected rows, an unknown name, an odd pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from dashboard.web.pages import PAGES
from etl.intake.load_report import LoadReport
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a, room_log
from tests.offices.desk import Desk, desk
from tests.offices.office import give
from tests.offices.september import END_OF_SEPTEMBER
from tests.serving.callbacks import ask, call

REGISTER, HAND_OVER_BOOK, ROOM_LOG, LATER = 1, 2, 3, 4
"""Numbers of the loads."""

LETTERS = agenda(
    "143;07/09/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;10/09/2026;09.00;12.00;disetujui",
    "144;08/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;11/09/2026;09.00;12.00;disetujui",
    "146;31/09/2026;08.00;Dinsos;Rakor;Smart Center;14/09/2026;09.00;12.00;disetujui",
    "147;Senin, 23/06/2026;10.05;Setda;Zoom desa;Smart Center;;;;",
    "148;10/09/2026;08.00;Dinas Kesehatn;Rapat gizi;Aula Kecil;15/09/2026;09.00;12.00;disetujui",
    "149;10/09/2026;09.00;Karang Taruna;Latihan;aula  kecil;16/09/2026;09.00;12.00;disetujui",
    "150;11/09/2026;09.00;Dinas Kesehatn;Rapat malaria;Smart Center;16/09/2026;13.00;15.00;disetujui",
)
BOOK = hand_overs(
    *part_a("143", "07/09/2026"),
    *part_a("144", "08/09/2026", a4="08.47"),
    "201;A2;;;;12/09/2026;08.10",
    "201;A3;;;;12/09/2026;08.15",
    "148;A2;;;;10/09/2026;08.08",
    "143;A3;;;;07/09/2026;08.14",
)
USES = room_log("143;Smart Center;10/09/2026;09.05;11.50;42", "150;Ruang Rapat Lt 2;16/09/2026;13.05;14.50;22")
AGAIN = agenda("144;08/09/2026;08.00;Dinas Pendidikan;Bimbingan guru SD;Smart Center;11/09/2026;09.00;13.00;disetujui")


def intake_office(folder: Path) -> Desk:
    """Four loads: the register, the hand-overs, the room log, and a later row of letter 144."""
    return desk(folder, _give_all, END_OF_SEPTEMBER, pages=PAGES)


def _give_all(office: Office, folder: Path) -> None:
    for name, text, at, actor in (
        ("agenda-september.csv", LETTERS, "2026-09-21 08:30", "agendaris"),
        ("disposisi.csv", BOOK, "2026-09-23 10:20", "cli"),
        ("pemakaian.csv", USES, "2026-09-24 08:30", "agendaris"),
        ("agenda-susulan.csv", AGAIN, "2026-09-25 08:30", "agendaris"),
    ):
        give(office, folder, name, text, seconds(at), actor=actor)


def give_later(served: Desk, folder: Path, name: str, text: str, at: str = "2026-09-29 08:00") -> LoadReport:
    """Load a book after those."""
    return give(served.office, folder, name, text, seconds(at), actor="agendaris")


def value(id: str, name: str, of: Any) -> dict[str, Any]:
    """One property of one component, as Dash's script sends it."""
    return {"id": id, "property": name, "value": of}


def listed(browser: FlaskClient, page: str, search: str = "") -> Any:
    """The body of one of the lists at an address."""
    inputs = [value(f"{page}-url", "search", search)]
    inputs += [] if page == "runs" else [value(f"{page}-changed", "data", 0)]
    reply = call(browser, f"{page}-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"][f"{page}-body"]["children"]


def load_page(browser: FlaskClient, load_id: int, search: str = "") -> Any:
    """The body of one load's page."""
    inputs = [
        value("load-url", "search", search),
        value("load-changed", "data", 0),
        value("load-undo-changed", "data", 0),
    ]
    reply = call(browser, "load-body.children", inputs, state=[value("load-id", "data", load_id)])
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["load-body"]["children"]


def press(
    browser: FlaskClient, outputs: tuple[str, ...], buttons: tuple[str, ...], pressed: str, state: dict[str, Any]
) -> Any:
    """Press one of the buttons that a callback listens to; `state` by "id.property"."""
    inputs = [value(button, "n_clicks", 1 if button == pressed else None) for button in buttons]
    values = [value(*name.rsplit(".", 1), of) for name, of in state.items()]
    changed = [f"{pressed}.n_clicks"]
    if len(outputs) > 1:
        return ask(browser, outputs, inputs, state=values, changedPropIds=changed)
    return call(browser, outputs[0], inputs, state=values, changedPropIds=changed)
