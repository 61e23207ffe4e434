"""What an agency's user is told of another agency's letter: as of one that does not exist, whatever its state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.requests import rows_of
from data_access.roles import Role
from etl.desk.asking import reject_request, send_request, withdraw_request
from etl.desk.room_wish import Wish
from etl.desk.scans import keep_scan
from etl.desk.stamps import NewStamp, StampRefusedError, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.figures.requests.detail import request_detail
from tests.offices.desk import Desk, desk
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.serving.callbacks import STAMPED, ask, call, opened

MINE = "147"
_RANDOM = re.compile(r"[0-9a-f]{16,64}")
_PATHS = ("/permohonan", "/jumlah-peserta")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
THEIRS = ("144", "12/A", "TT-00001", "TT-00002", "TT-00003")
"""Approved and over; under way with a late step; asked for; refused; cancelled."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = desk(tmp_path_factory.mktemp("lain"), give_letters, END_OF_SEPTEMBER, pages=PAGES)
    for number in range(1, 4):
        wish = Wish("Rapat guru", "Smart Center", f"{12 + number}/10/2026", "09.00", "11.00", "30", "Dinas Pendidikan")
        send_request(made.office, wish, actor="x", role="agendaris", client_id=f"minta-{number}", now=made.clock())
    who: Any = {"actor": "x", "role": "agendaris", "now": made.clock()}
    reject_request(made.office, 2026, "TT-00002", "Ruang dipakai", client_id="tolak-2", **who)
    withdraw_request(made.office, 2026, "TT-00003", client_id="batal-3", **who)
    return made


def stamps(served: Desk, letter: str) -> Iterator[Any]:
    """Every tap on every step that agencies hold."""
    for step in served.office.sop_in_force.steps_of(Role.OPD):
        for stamp in Stamp:
            what = "batal" if stamp is Stamp.RETURNED else "cap"
            tap = {"year": 2026, "agenda": letter, "step": step, "stamp": stamp.value, "version": 0, "what": what}
            yield ("stamp-said.children", "stamp-done.data"), [_value("stamp-tap", tap)], {"state": [STAMPED]}


def asked(letter: str) -> Iterator[Any]:
    """What can be done on the page Ajukan with a request that was sent."""
    names = ("ask-said.children", "ask-entry.data", "ask-changed.data", "ask-list.children", "ask-activity.value")
    state = [_value("ask-entry", ["a", f"2026/{letter}"]), _value("ask-changed", 0)]
    wish = {"activity": "Rapat", "people": "20", "opd": "", "day": "20/10/2026", "begin": "09.00", "end": "11.00"}
    state += [_value(f"ask-{name}", text, "value") for name, text in (wish | {"room": "Smart Center"}).items()]
    for what in ("withdraw", "accept", "decline"):
        tap = {"what": what, "year": 2026, "agenda": letter, "id": f"{what}-{letter[-1]}"}
        inputs = [_value("ask-send", None, "n_clicks"), _value("ask-tap", tap)]
        yield names, inputs, {"state": state, "changedPropIds": ["ask-tap.data"]}


def counted(letter: str) -> Iterator[Any]:
    names = ("participants-said.children", "participants-known.children", "participants-letter.data",
             "participants-start.hidden")  # fmt: skip
    state = [_value("participants-count", "52", "value"), _value("participants-begun", "", "value")]
    state += [_value("participants-letter", {"year": 2026, "agenda": letter, "id": "a"})]
    yield names, [_value("participants-save", 1, "n_clicks")], {"state": state}


def aged(letter: str) -> Iterator[Any]:
    """What the page of a request asks for while it is open."""
    state = [_value("case-letter", [2026, letter])]
    inputs = [_value("case-tick", 1, "n_intervals"), STAMPED]
    yield ("case-head.children", "case-body.children"), inputs, {"state": state}


def _value(name: str, value: Any, prop: str = "data") -> dict[str, Any]:
    return {"id": name, "property": prop, "value": value}


Answers = list[tuple[int, str]]


def answers(served: Desk, letter: str) -> Answers:
    """Status and body of everything that can be asked with the number of a letter, the number itself left out."""
    browser = served.browser_of("opd")
    taps = [*stamps(served, letter), *asked(letter), *counted(letter), *aged(letter)]
    replies = [ask(browser, names, inputs, **more) for names, inputs, more in taps]
    address = letter.replace("/", "%2F")
    for step in ("A4", "siap"):
        search = f"?angka=kasus&surat=2026/{letter}&langkah={step}"
        replies.append(call(browser, "why-body.children", [_value("why-url", search, "search")]))
    told = [(reply.status_code, _without(reply.get_data(as_text=True), letter)) for reply in replies]
    pages = [opened(browser, f"{path}/2026/{address}") for path in _PATHS]
    pages += [opened(browser, "/ajukan", f"?ubah=2026/{letter}")]
    told += [(200, _without(str(page), letter)) for page in pages]
    return told + [(browser.get(f"{path}/2026/{address}").status_code, "") for path in _PATHS]


def _without(text: str, letter: str) -> str:
    """An answer without the number that was asked for, and without what every page makes anew."""
    for name in (letter, letter.replace("/", "%2F"), letter.replace("/", "\\u002f"), letter.replace("-", "-2026-")):
        text = text.replace(name, "#")
    return _RANDOM.sub("*", text)


@pytest.fixture(scope="module")
def nobodys(served: Desk) -> dict[bool, Answers]:
    """What is answered to numbers that no letter has, by whether they are receipt numbers."""
    return {False: answers(served, "988"), True: answers(served, "TT-00988")}


@pytest.mark.parametrize("letter", THEIRS)
def test_another_agencys_letter_answers_as_one_that_does_not_exist(
    served: Desk, letter: str, nobodys: dict[bool, Answers]
) -> None:
    assert request_detail(served.office, 2026, letter, served.clock()) is not None
    assert answers(served, letter) == nobodys[letter[:2] == "TT"]


def test_its_own_letter_answers_otherwise(served: Desk, nobodys: dict[bool, Answers]) -> None:
    both = zip(answers(served, MINE), nobodys[False], strict=True)
    assert sum(own != none for own, none in both) > 10


def test_the_forged_repeat_of_another_agencys_tap_is_not_receipted(served: Desk) -> None:
    wish = NewStamp(2026, "12/A", "A3", Stamp.FORWARDED, is_sure=True)
    give: Any = {"actor": "y", "role": "opd", "client_id": "cap-ditebak", "now": served.clock()}
    give_stamp(served.office, wish, own_opd="Inspektorat", **give)
    with pytest.raises(StampRefusedError) as refused:
        give_stamp(served.office, wish, own_opd="Dinas Kesehatan", **give)
    assert refused.value.reason == "no_letter"
    assert give_stamp(served.office, wish, own_opd="Inspektorat", **give).is_repeat


def test_another_agencys_scan_and_row_answer_as_none(served: Desk) -> None:
    theirs = request_detail(served.office, 2026, "144", served.clock())
    assert theirs is not None
    scan = keep_scan(served.office, PDF, int(theirs.request["request_id"]), "x", "agendaris", served.clock())
    with reading(served.office.records) as connection:
        row = int(rows_of(connection, [int(theirs.request["request_id"])])["id"].iloc[0])
    browser = served.browser_of("opd")
    replies = [browser.get(f"/pindaian/{name}") for name in (scan.file, f"{'0' * 32}.pdf")]
    assert len({(reply.status_code, _RANDOM.sub("*", reply.get_data(as_text=True))) for reply in replies}) == 1
    pages = [str(opened(browser, f"/data/koreksi/permohonan/{number}")) for number in (row, 9_988)]
    assert _RANDOM.sub("*", pages[0]).replace(str(row), "#") == _RANDOM.sub("*", pages[1]).replace("9988", "#")
