"""Closing: what is over, what still runs and who may; taken back while fresh, kept against later registers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from dashboard.web.pages import PAGES
from etl.desk.closing import (
    Closed,
    ClosingDoubtError,
    ClosingRefusedError,
    Named,
    close_requests,
    closing_of,
    open_again,
    requests_to_close,
)
from etl.desk.stamps import NewStamp, StampRefusedError, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.domain.units import day_number
from etl.figures.filter import Period
from etl.figures.requests.work_list import request_list
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.free_times import Slot, approved_at
from etl.figures.rooms.room_day import room_book
from etl.figures.rooms.use import rooms_figures, rooms_json
from etl.figures.summary import my_steps
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, opened

LETTERS = agenda(
    "143;07/09/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui",
    "144;07/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;08/09/2026;13.00;15.00;disetujui",
    "145;07/09/2026;08.00;Inspektorat;Gelar pengawasan;Smart Center;21/09/2026;09.00;12.00;disetujui",
    "146;07/09/2026;08.00;Dinas Sosial;Rapat sosial;Smart Center;22/09/2026;09.00;12.00;ditolak",
    "147;31/08/2026;08.00;Bappeda;Rapat rencana;Smart Center;23/09/2026;09.00;12.00;menunggu",
    "100;01/09/2026;08.00;Bappeda;Rapat awal;Smart Center;02/09/2026;09.00;12.00;disetujui",
)
HAND_OVERS = hand_overs(
    *part_a("100", "01/09/2026"), *(f"{number};A2;;;;07/09/2026;08.06" for number in (143, 144, 145)),
)  # fmt: skip
LATER = seconds("2026-09-09 09:00")
REASON = "Kegiatan sudah selesai"
OF_145 = Slot("Smart Center", seconds("2026-09-21 09:00"), seconds("2026-09-21 12:00"))


def fill(office: Office, folder: Path) -> None:
    books = {"agenda.csv": LETTERS, "disposisi.csv": HAND_OVERS}
    give_books(office, folder, books, seconds("2026-09-07 08:30"))


class Closing(Bureau):
    """An office in which two letters are over, one runs, and one lies on no desk that was recorded."""

    taps = 0

    def shut(self, *numbers: str, role: str = "agendaris", reason: str = REASON, **more: Any) -> Closed:
        self.taps += 1
        wanted = [Named(2026, number) for number in numbers]
        giver = {"actor": f"orang-{role}", "role": role, "client_id": f"tutup-{self.taps}", "now": self.clock()} | more
        is_sure = giver.pop("is_sure", False)
        return close_requests(self.office, wanted, reason, closes_running=role == "kabid", is_sure=is_sure, **giver)  # type: ignore[arg-type]

    def refusal(self, *args: Any, **more: Any) -> tuple[str, tuple[str, ...]]:
        with pytest.raises(ClosingRefusedError) as told:
            self.shut(*args, **more)
        assert sentence(told.value)
        return told.value.reason, tuple(told.value.steps)

    def left(self) -> set[str]:
        return {named.agenda for named in requests_to_close(self.office, self.clock())}


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Closing]:
    with bureau_of(Closing, tmp_path, None, fill, "2026-09-09 09:00") as made:
        yield made


@pytest.fixture
def either(tmp_path: Path, server: str | None) -> Iterator[Closing]:
    with bureau_of(Closing, tmp_path, server, fill, "2026-09-09 09:00") as made:
        yield made


def test_what_is_over_is_closed_singly_or_together_and_opened_again(either: Closing) -> None:
    assert either.left() == {"143", "144"}
    before = either.step("2026/143", "A3")
    closed = either.shut("143", "144", client_id="both")
    assert [named.agenda for named in closed.closed] == ["143", "144"]
    assert (either.left(), either.case("2026/143")["request"]["status"]) == (set(), "closed")
    assert either.step("2026/143", "A3")["verdict"] == before["verdict"]
    open_again(either.office, "both", actor="orang-agendaris", reason="salah tutup", now=either.clock() + 60)
    assert (either.left(), either.case("2026/143")["request"]["status"]) == ({"143", "144"}, "approved")


def test_what_still_runs_is_closed_by_the_kabid_alone_who_is_asked_first(bureau: Closing) -> None:
    assert bureau.refusal("145") == ("runs", ("A3",))
    with pytest.raises(ClosingDoubtError) as doubt:
        bureau.shut("145", role="kabid")
    assert "A3" in sentence(doubt.value)
    assert [row.agenda_number for row in my_steps(bureau.office, LATER, ("A3",), None)] == ["145"]
    bureau.shut("145", role="kabid", is_sure=True)
    assert my_steps(bureau.office, LATER, ("A3",), None) == []
    told = bureau.step("2026/145", "A3", "2026-09-12 09:00")
    assert (told["verdict"], told["elapsed_seconds"]) == ("OVERDUE", bureau.step("2026/145", "A3")["elapsed_seconds"])


def test_of_a_letter_on_no_recorded_desk_the_question_names_no_step(bureau: Closing) -> None:
    listed = request_list(bureau.office, LATER, search="147")
    assert (listed["at_step"].tolist(), listed["verdict"].tolist()) == ([None], ["running"])
    assert bureau.refusal("147") == ("nowhere", ())
    assert bureau.refusal("147", role="kabid") == ("sure_nowhere", ())
    bureau.shut("147", role="kabid", is_sure=True)
    assert bureau.case("2026/147")["request"]["status"] == "closed"


def test_a_room_that_is_only_asked_for_is_not_said_to_become_free(served: Desk) -> None:
    assert "menjadi bebas" not in said(tapped(served, "kabid", letters=[[2026, "147"]]))


def test_a_room_that_another_letter_has_or_that_the_event_keeps_is_not_said_to_become_free(
    served: Desk, tmp_path: Path
) -> None:
    outside = {"letters": [[2026, "145"]], "reason": "Ditangani di luar sistem"}
    assert "menjadi bebas" not in said(tapped(served, "kabid", **outside))
    second = "148;07/09/2026;08.00;Bappeda;Rapat dua;Smart Center;21/09/2026;10.00;11.00;disetujui"
    give_books(served.office, tmp_path, {"dua.csv": agenda(second)}, seconds("2026-09-07 08:40"))
    assert "menjadi bebas" not in said(tapped(served, "kabid", letters=[[2026, "145"]]))
    tapped(served, "kabid", **outside, sure=True)
    assert len(approved_at(served.office, OF_145, LATER)) == 2


def test_what_is_rejected_says_so_in_the_list(served: Desk) -> None:
    shown = words(opened(served.signed_in("kabid"), "/permohonan", "?q=2026/146"))
    assert ("Ditolak" in shown, "Belum dapat dinilai" in shown) == (True, False)


def test_open_letters_from_before_the_recording_are_one_line_with_the_way_to_them(served: Desk) -> None:
    line = "1 permohonan terbuka diterima sebelum hari mulai pencatatan"
    for user, is_told in (("agendaris", True), ("kabid", True), ("kadin", True), ("admin", True), ("staf", False)):
        page = opened(served.browser_of(user), "/ringkasan")
        hrefs = {one["href"] for one in components(page, "Link") if "href" in one}
        assert (line in words(page), "/permohonan?status=old" in hrefs) == (is_told, is_told), user
        assert ("/langkah-awal?langkah=pencatatan" in hrefs) == (user == "admin")
    assert line in words(opened(served.browser_of("staf"), "/permohonan"))
    listed = words(opened(served.browser_of("staf"), "/permohonan", "?status=old"))
    assert ("1 permohonan" in listed, "2026/147" in listed, "2026/145" in listed) == (True, True, False)
    assert "hari mulai pencatatan" not in words(opened(served.browser_of("opd"), "/permohonan"))


def test_before_the_event_nobody_is_offered_to_say_that_it_is_over(served: Desk) -> None:
    for number, first, is_over in (("145", "Ruang tidak jadi dipakai", False), ("143", REASON, True)):
        page = opened(served.browser_of("kabid"), f"/permohonan/2026/{number}")
        (field,) = (one for one in components(page, "Input") if one.get("id") == "closing-reason-one")
        offered = [one["value"] for one in components(page, "Option")]
        assert (field["value"], REASON in offered) == (first, is_over)


def test_a_closed_request_says_when_by_whom_and_why_and_opens_again_for_who_closed_it(served: Desk) -> None:
    said(tapped(served, "kabid", letters=[[2026, "145"]], reason="Batal dipakai", sure=True))
    line = "Ditutup 9 Sep 2026 09.00 · Kabid IATIK · kabid · Batal dipakai"
    for user, opens in (("kabid", True), ("agendaris", False)):
        shown = words(opened(served.browser_of(user), "/permohonan/2026/145"))
        assert (line in shown, "Batalkan penutupan" in shown) == (True, opens), user
    closing = closing_of(served.office, 3)
    assert closing is not None
    assert [closing.opens_for("kabid", LATER + after) for after in (900, 901)] == [True, False]
    tapped(served, "agendaris", all=True)
    shown = words(opened(served.browser_of("agendaris"), "/permohonan/2026/143"))
    assert "Kegiatan sudah selesai Batalkan penutupan 2 surat" in shown


def test_the_list_shows_what_is_closed_as_closed_and_finds_it(served: Desk) -> None:
    tapped(served, "kabid", letters=[[2026, "147"]], sure=True)
    found = words(opened(served.signed_in("kabid"), "/permohonan", "?status=closed"))
    assert "2026/147" in found
    assert "2026/145" not in found
    assert "Belum dapat dinilai" not in found


def test_of_several_those_that_cannot_be_closed_are_left_out_and_told(bureau: Closing) -> None:
    closed = bureau.shut("143", "145", "146", "999")
    assert [named.agenda for named in closed.closed] == ["143"]
    assert [error.reason for error in closed.left] == ["runs", "ended", "no_letter"]
    assert bureau.refusal("145", "146")[0] == "runs"
    assert bureau.refusal("143")[0] == "closed"
    assert bureau.refusal("144", reason=" x ")[0] == "reason"


def test_two_people_who_close_at_once_close_once(either: Closing) -> None:
    def close(role: str) -> str:
        try:
            return str(len(either.shut("143", role=role, client_id=f"von-{role}").closed))
        except ClosingRefusedError as error:
            return error.reason

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(close, ("agendaris", "kabid")))
    assert told == ["1", "closed"]


def test_a_double_tap_is_one_closing(bureau: Closing) -> None:
    receipts = [bureau.shut("143", client_id="same").receipt for _ in range(2)]
    assert [receipt.is_repeat for receipt in receipts] == [False, True]


def test_a_closed_letter_takes_no_stamp(bureau: Closing) -> None:
    bureau.shut("145", role="kabid", is_sure=True)
    wish = NewStamp(2026, "145", "A3", Stamp.FORWARDED)
    with pytest.raises(StampRefusedError) as told:
        give_stamp(bureau.office, wish, actor="s", role="sekdin", client_id="x", now=bureau.clock())
    assert (told.value.reason, "ditutup" in sentence(told.value)) == ("closed", True)


def test_only_who_closed_opens_again_and_only_while_it_is_fresh(bureau: Closing) -> None:
    bureau.shut("143", client_id="mine")
    for actor, after in (("orang-kabid", 60), ("orang-agendaris", 901)):
        with pytest.raises(ClosingRefusedError):
            open_again(bureau.office, "mine", actor=actor, reason="salah tutup", now=bureau.clock() + after)
    assert bureau.left() == {"144"}


def test_closing_ends_no_booking_and_a_later_copy_of_the_register_opens_nothing(bureau: Closing) -> None:
    def booked() -> dict[str, Any]:
        month = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
        return rooms_json(bureau.office, rooms_figures(bureau.office, month, bureau.clock()))

    before = booked()
    assert before["all_rooms"]["scheduled_seconds"] > 0
    bureau.shut("143", "144")
    assert booked() == before
    assert bureau.counts(LETTERS.replace("Rapat imunisasi", "Rapat imunisasi "), "lagi.csv")[3] == 0
    assert bureau.case("2026/143")["request"]["status"] == "closed"
    assert (bureau.left(), booked()) == (set(), before)


def test_closing_before_the_event_frees_the_room_until_it_is_opened_again(bureau: Closing) -> None:
    def is_taken(before: int = 0) -> bool:
        as_of = bureau.clock() - before
        day = room_book(bureau.office, bureau.office.mart.read(), day_number(date(2026, 9, 9)), as_of)
        taken = bool(approved_at(bureau.office, OF_145, as_of))
        assert taken == any(booking.agenda_number == "145" for booking in day.bookings)
        return taken

    assert is_taken()
    bureau.shut("145", role="kabid", is_sure=True, client_id="early")
    assert (is_taken(), is_taken(before=60)) == (False, True)
    open_again(bureau.office, "early", actor="orang-kabid", reason="salah tutup", now=bureau.clock() + 60)
    assert is_taken()


def test_the_approval_of_what_was_closed_before_its_event_still_counts_as_the_first(tmp_path: Path) -> None:
    approved = "145;07/09/2026;08.00;Inspektorat;Gelar pengawasan;Smart Center;21/09/2026;09.00;12.00;disetujui"
    silent = "150;08/09/2026;08.00;Bappeda;Rapat;Smart Center;21/09/2026;09.00;12.00;"
    with bureau_of(Closing, tmp_path, None, None, "2026-09-09 09:00") as bureau:
        bureau.give(agenda(approved, silent))
        bureau.shut("145", role="kabid", is_sure=True)
        assert approved_at(bureau.office, OF_145, bureau.clock()) == set()


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, fill, LATER, pages=PAGES)


def tapped(served: Desk, user: str, **tap: Any) -> Any:
    inputs = [{"id": "stamp-tap", "property": "data", "value": {"what": "tutup", "reason": REASON, "at": 1, **tap}}]
    return ask(served.browser_of(user), ("stamp-said.children", "stamp-done.data"), inputs, state=[STAMPED])


def said(reply: Any) -> str:
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["stamp-said"]["children"])


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("agendaris", {"letters": []}, "Centang dahulu"),
    ("agendaris", {"letters": "143"}, "Centang dahulu"),
    ("agendaris", {"letters": [["2026", 143], [2026]]}, "Centang dahulu"),
    ("agendaris", {"letters": [[2026, "143"]], "reason": " "}, "Tulis alasan ditutup"),
    ("kabid", {"letters": [[2026, "145"]]}, "masih berjalan di A3. Tetap menutupnya?"),
    ("kabid", {"letters": [[2026, "145"]]}, "Smart Center untuk 21 Sep 2026 09.00 menjadi bebas."),
    ("kabid", {"letters": [[2026, "145"]]}, "Alasan ditutup: Kegiatan sudah selesai."),
    ("kabid", {"letters": [[2026, "999"]]}, "Surat 2026/999 tidak ada"),
    ("kabid", {"what": "buka_lagi", "entry": "tidak-ada"}, "Penutupan ini sudah dibatalkan"),
    ("agendaris", {"letters": [[2026, "143"], [2026, "145"]]}, "hanya Kabid yang dapat menutupnya"),
)
"""Taps that close nothing, and at last one that closes only the first of two."""

DONE: tuple[tuple[tuple[str, dict[str, Any], str], ...], ...] = (
    (("agendaris", {"letters": [[2026, "143"], [2026, "144"]]}, "2 surat ditutup pukul 09.00."),),
    (("agendaris", {"all": True}, "2 surat ditutup pukul 09.00."),),
    (
        ("agendaris", {"letters": [[2026, "143"]], "reason": "selesai\0"}, "Surat 2026/143 ditutup pukul 09.00."),
        ("kabid", {"letters": [[2026, "145"]], "sure": True}, "Surat 2026/145 ditutup pukul 09.00."),
    ),
)
"""Taps that close, by the office in which they are tried."""


@pytest.mark.parametrize("taps", [REFUSED, *DONE], ids=["none", "two", "all", "each"])
def test_every_tap_that_closes_gets_one_clear_sentence(
    served: Desk, taps: tuple[tuple[str, dict[str, Any], str], ...]
) -> None:
    for user, tap, answer in taps:
        assert answer in said(tapped(served, user, **tap)), tap
    if taps is REFUSED:
        assert {named.agenda for named in requests_to_close(served.office, LATER)} == {"144"}


def test_others_close_nothing(served: Desk) -> None:
    for user in ("sekdin", "opd", "admin"):
        assert tapped(served, user, all=True).status_code == 403, user
