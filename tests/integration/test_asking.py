"""An agency asks for a room on the screen: receipt number, free times, decisions, offers, the register's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.i18n import sentence
from dashboard.pages.requests.columns import requests_table
from data_access.errors import PantauError
from data_access.records import one_load, reading
from data_access.records.letters import deeds_of, receipts_page, scans_of
from data_access.records.logs import rows_with
from data_access.records.requests import upsert_requests
from etl.desk.asking import (
    Asker,
    answer_offer,
    approve_request,
    change_request,
    number_request,
    offer_time,
    open_offer,
    reject_request,
    send_request,
    withdraw_request,
)
from etl.desk.closing import Named, close_requests
from etl.desk.letters import NumberTakenError, PaperLetter, enter_letter
from etl.desk.room_taken import TimeRefusedError
from etl.desk.room_wish import Wish
from etl.desk.scans import keep_scan
from etl.desk.stamps import NewStamp, StampDoubtError, StampRefusedError, give_stamp, is_still_pending
from etl.domain.compliance.stamping import Stamp
from etl.domain.verdict import Place
from etl.figures.filter import Period
from etl.figures.requests.work_list import awaits_decision, offered_letters, request_list, undecided_letters
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.free_times import earliest_start
from etl.figures.rooms.lead_time import fairness
from etl.figures.summary import my_steps
from etl.intake.undo import undo, undo_preview
from etl.judging.step_standing import standings
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import MONDAY_NINE, Fill, after, give_books

REGISTER = agenda("143;04/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;09/09/2026;09.00;11.00;disetujui")
WISH: dict[str, str] = {
    "activity": "Rapat gizi", "room": "Smart Center", "day": "10/09/2026", "begin": "09.00", "end": "11.00",
    "people": "40", "opd": "Dinkes",
}  # fmt: skip
HAND_OVERS = hand_overs(*part_a("143", "04/09/2026"))
NAME = "TT-2026-00001"
NINE = "2026-09-07 09:00"


class Desks(Bureau):
    """An office in which everybody does something of a request."""

    taps = 0

    def by(self, role: str, client_id: str = "") -> dict[str, Any]:
        self.taps += 1
        return by(role, client_id or f"tap-{self.taps}", self.clock())

    def at(self, clock: str) -> None:
        self.clock.at = seconds(f"2026-09-{clock}")

    def send(self, client_id: str = "", asker: Asker | None = None, **wish: str) -> Any:
        return send_request(self.office, Wish(**(WISH | wish)), asker=asker, **self.by("opd", client_id))

    def do(self, deed: Callable[..., Any], role: str, *more: Any, agenda: str = "TT-00001", **named: Any) -> Any:
        return deed(self.office, 2026, agenda, *more, **named, **self.by(role))

    def tap(self, step: str, stamp: Stamp, agenda: str) -> None:
        give_stamp(self.office, NewStamp(2026, agenda, step, stamp), **self.by("staf"))

    def status(self, name: str = NAME) -> str:
        return str(self.case(name)["request"]["status"])

    def offer(self) -> Any:
        with reading(self.office.records) as connection:
            return open_offer(deeds_of(connection, receipts_page(connection, 1)[0].request_id))

    def load_of(self, deed: str) -> int:
        """The load of the last deed of that name, of the request sent last."""
        with reading(self.office.records) as connection:
            deeds = deeds_of(connection, receipts_page(connection, 1)[0].request_id)
        return next(said.load_id for said in reversed(deeds) if said.deed == deed)

    def take_back(self, load_id: int) -> Any:
        return undo(self.office, load_id, "salah tekan", "admin", self.clock())

    def to_decide(self) -> list[tuple[str, Place]]:
        """What stands with the desk that approves."""
        return [(row.agenda_number, row.place) for row in my_steps(self.office, self.clock(), ("A5",), None)]

    def waiting_for_an_answer(self) -> int:
        """How many letters of September wait for an answer, as the page of rooms counts them."""
        month = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
        diary = room_diary(self.office, month, self.clock())
        return sum(row.waiting for row in fairness(self.office.mart.read(), diary, {}))

    def paused_at(self, step: str) -> int | None:
        with reading(self.office.records) as connection:
            request_id = receipts_page(connection, 1)[0].request_id
        return standings(self.office, [request_id], [step])[request_id][1][step].paused_at


def by(role: str, client_id: str, now: int = MONDAY_NINE) -> dict[str, Any]:
    return {"actor": role, "role": role, "client_id": client_id, "now": now}


def give_first(office: Office, folder: Path) -> None:
    """Letter 143, approved, and its way over the desks."""
    give_books(office, folder, {"agenda.csv": REGISTER, "disposisi.csv": HAND_OVERS}, MONDAY_NINE)


@after(give_first)
def give_sent(office: Office, _: Path) -> None:
    """A request was sent besides."""
    send_request(office, Wish(**WISH), **by("opd", "first sent"))


@after(give_sent)
def give_numbered(office: Office, _: Path) -> None:
    """It bears number 144."""
    number_request(office, 2026, "TT-00001", "144", **by("agendaris", "first numbered"))


@after(give_numbered)
def give_received(office: Office, _: Path) -> None:
    """The receiving desk has handed it on."""
    hand_on(office, "A2")


@after(give_received)
def give_deciding(office: Office, _: Path) -> None:
    """It lies on the desk that decides."""
    hand_on(office, "A3")
    hand_on(office, "A4")


def hand_on(office: Office, step: str) -> None:
    give_stamp(office, NewStamp(2026, "144", step, Stamp.FORWARDED), **by("staf", f"first {step}"))


def begun(fill: Fill, *, on_both: bool = False) -> Any:
    """A fixture: desks of the test's own at nine on Monday, after what `fill` did; `on_both` on PostgreSQL too."""

    def on_sqlite(tmp_path: Path) -> Iterator[Desks]:
        with bureau_of(Desks, tmp_path, None, fill, NINE) as made:
            yield made

    def on_either(tmp_path: Path, server: str | None) -> Iterator[Desks]:
        with bureau_of(Desks, tmp_path, server, fill, NINE) as made:
            yield made

    return pytest.fixture(on_either if on_both else on_sqlite)


desks, sent, numbered = begun(give_first), begun(give_sent), begun(give_numbered)
deciding = begun(give_deciding)
either, either_sent = begun(give_first, on_both=True), begun(give_sent, on_both=True)
either_received, either_deciding = begun(give_received, on_both=True), begun(give_deciding, on_both=True)


def refusal(act: Callable[..., Any], *given: Any, **named: Any) -> str:
    with pytest.raises(PantauError) as refused:
        act(*given, **named)
    return sentence(refused.value)


def test_sending_is_the_receipt_and_the_request_is_known_by_its_receipt_number(desks: Desks) -> None:
    sent = desks.send()
    assert (sent.year, sent.agenda_number, sent.receipt_number) == (2026, "TT-00001", NAME)
    request = desks.case(NAME)["request"]
    assert (request["opd"], request["received_at"], request["status"]) == (
        "Dinas Kesehatan",
        "2026-09-07T09:00:00+07:00",
        "pending",
    )
    assert desks.step(NAME, "A1")["reason"] == "start_unknown"
    step = desks.step(NAME, "A2")
    assert (step["verdict"], step["started_at"]) == ("ON_TRACK", "2026-09-07T09:00:00+07:00")
    assert desks.send().receipt_number == "TT-2026-00002"


def test_a_double_submit_makes_one_request_and_gives_one_receipt_number(either: Desks) -> None:
    with ThreadPoolExecutor(2) as both:
        sent = list(both.map(lambda _: either.send("same"), range(2)))
    assert {one.receipt_number for one in sent} == {NAME}
    assert sorted(one.receipt.is_repeat for one in sent) == [False, True]


def test_asked_on_monday_at_nine_the_room_is_ready_from_13_20(desks: Desks) -> None:
    assert earliest_start(desks.office, desks.clock()) == seconds("2026-09-07 13:20")
    said = refusal(desks.send, day="07/09/2026", begin="13.00", end="14.00")
    assert "13.20" in said
    assert desks.send(day="07/09/2026", begin="13.20", end="14.00").receipt_number == NAME


def test_numbering_begins_the_receiving_step_and_the_request_is_found_by_both_numbers(sent: Desks) -> None:
    sent.at("07 09:03")
    assert sent.do(number_request, "agendaris", "144") == "144"
    for name in (NAME, "2026/144"):
        assert sent.case(name)["request"]["agenda_number"] == "144"
    step = sent.step("2026/144", "A2")
    assert (step["start_rule"], step["started_at"]) == ("recorded", "2026-09-07T09:03:00+07:00")
    sent.at("07 09:04")
    sent.tap("A2", Stamp.FORWARDED, "TT-00001")  # from a page that was opened before it was numbered
    assert sent.step("2026/144", "A2")["verdict"] == "MET"
    assert "sudah bernomor 144" in refusal(sent.do, number_request, "agendaris", "145")


def test_what_is_not_numbered_is_not_handed_on(sent: Desks) -> None:
    with pytest.raises(StampRefusedError) as refused:
        sent.tap("A2", Stamp.FORWARDED, "TT-00001")
    assert "belum bernomor" in sentence(refused.value)


def test_a_number_that_another_letter_bears_is_refused_and_the_next_one_offered(sent: Desks) -> None:
    with pytest.raises(NumberTakenError) as refused:
        sent.do(number_request, "agendaris", "143")
    assert refused.value.next_number == "144"


def test_a_number_taken_back_leaves_the_request_under_its_receipt_number(sent: Desks) -> None:
    receipt = sent.by("agendaris", "number")
    number_request(sent.office, 2026, "TT-00001", "144", **receipt)
    with reading(sent.office.records) as connection:
        load = next(
            d.load_id for d in deeds_of(connection, receipts_page(connection, 1)[0].request_id) if d.deed == "numbered"
        )
    undo(sent.office, load, "salah nomor", "agendaris", sent.clock())
    assert sent.case(NAME)["request"]["agenda_number"] == "TT-00001"
    assert sent.do(number_request, "agendaris", "145") == "145"
    assert sent.case("2026/145")["request"]["opd"] == "Dinas Kesehatan"


def test_the_register_that_brings_the_numbered_letter_joins_it(numbered: Desks) -> None:
    row = "144;07/09/2026;09.00;Dinkes;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;"
    assert numbered.give(agenda(row), "lagi.csv").counts["waiting"] == 0
    assert numbered.case("2026/144")["request"]["subject"] == "Rapat gizi"
    other = "144;04/09/2026;09.00;Bappeda;Musrenbang;Smart Center;10/09/2026;09.00;11.00;"
    assert [wait.code for wait in numbered.give(agenda(other), "lain.csv").waits] == ["same_number"]


def test_a_request_whose_letter_a_register_brought_already_joins_it_as_it_is_numbered(sent: Desks) -> None:
    sent.do(approve_request, "kabid")
    sent.at("07 09:20")
    rows = (
        "144;07/09/2026;09.05;Dinas Kesehatan;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;",
        "145;07/09/2026;09.06;Bappeda;Musrenbang;Smart Center;10/09/2026;13.00;15.00;",
    )
    assert sent.give(agenda(*rows), "lagi.csv").counts["accepted"] == 2
    assert sent.give(hand_overs("144;A2;;;;07/09/2026;09.12"), "cap.csv").counts["accepted"] == 1
    with pytest.raises(NumberTakenError):
        sent.do(number_request, "agendaris", "145")  # another agency's
    assert sent.do(number_request, "agendaris", "144") == "144"
    for name in (NAME, "2026/144"):
        case = sent.case(name)
        assert (case["request"]["agenda_number"], case["request"]["status"]) == ("144", "approved")
        assert sent.step(name, "A2")["finished_at"] == "2026-09-07T09:12:00+07:00"
    with reading(sent.office.records) as connection:
        (receipt,) = receipts_page(connection, 5)
        assert [deed.deed for deed in deeds_of(connection, receipt.request_id)] == ["sent", "approved", "numbered"]
    assert sent.office.mart.read().tuples("SELECT count(*) FROM request_fact WHERE agenda_key LIKE 'tt-%'") == [(0,)]


def test_approval_is_a_status_and_may_finish_the_approving_step(numbered: Desks) -> None:
    numbered.do(approve_request, "kadin")
    assert numbered.status() == "approved"
    assert numbered.step("2026/144", "A5")["finished_at"] is None
    with pytest.raises(StampDoubtError):
        numbered.do(approve_request, "kabid", forwards=True)
    for step in ("A2", "A3", "A4"):
        numbered.tap(step, Stamp.FORWARDED, "144")
    numbered.at("07 09:10")
    numbered.do(approve_request, "kabid", "silakan", forwards=True)
    assert numbered.step("2026/144", "A5")["finished_at"] == "2026-09-07T09:10:00+07:00"


def test_an_approved_time_is_taken_and_the_nearest_ones_are_named(desks: Desks) -> None:
    with pytest.raises(TimeRefusedError) as refused:
        desks.send(day="09/09/2026")
    assert "sudah dipakai" in sentence(refused.value)
    times = [(slot.start, slot.end) for slot in refused.value.nearest]
    assert (seconds("2026-09-09 07:00"), seconds("2026-09-09 09:00")) not in times  # the room opens at half past seven
    assert (seconds("2026-09-09 13:00"), seconds("2026-09-09 15:00")) in times


def test_what_is_only_asked_for_can_be_asked_for_again_and_approving_both_is_doubted(sent: Desks) -> None:
    sent.send(opd="Bappeda")
    sent.do(approve_request, "kabid")
    said = refusal(sent.do, approve_request, "kabid", agenda="TT-00002")
    assert 'Pilih "tetap"' in said
    sent.do(approve_request, "kabid", agenda="TT-00002", is_sure=True)
    assert sent.status("TT-2026-00002") == "approved"


def test_handing_on_at_the_approving_step_asks_what_approving_asks(deciding: Desks) -> None:
    deciding.send(opd="Bappeda")
    deciding.do(approve_request, "kabid", agenda="TT-00002")
    hand_on = NewStamp(2026, "144", "A5", Stamp.FORWARDED)
    asked = refusal(deciding.do, approve_request, "kabid", agenda="144")
    assert "sudah disetujui untuk kegiatan lain" in asked
    assert refusal(give_stamp, deciding.office, hand_on, **deciding.by("kabid")) == asked
    assert refusal(give_stamp, deciding.office, replace(hand_on, is_sure=True), **deciding.by("kabid")) == asked
    assert deciding.step("2026/144", "A5")["finished_at"] is None
    give_stamp(deciding.office, replace(hand_on, takes_room=True), **deciding.by("kabid"))
    assert deciding.step("2026/144", "A5")["finished_at"] == "2026-09-07T09:00:00+07:00"


def test_what_is_approved_already_is_handed_on_without_a_question(deciding: Desks) -> None:
    deciding.send(opd="Bappeda")
    for number in ("TT-00002", "144"):
        deciding.do(approve_request, "kadin", agenda=number, is_sure=True)
    deciding.tap("A5", Stamp.FORWARDED, "144")
    assert deciding.step("2026/144", "A5")["finished_at"] is not None


IMPOSSIBLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"day": "04/09/2026"}, "sudah lewat"),
    ({"day": "04/09"}, "Tulis tahunnya juga"),
    ({"day": "12/9"}, "tidak buka"),
    ({"begin": "06.00", "end": "07.00"}, "buka 07.30–16.00"),
    ({"day": "12/09/2026"}, "tidak buka"),
    ({"begin": "11.00", "end": "09.00"}, "mulai"),
    ({"end": ""}, "Selesai"),
    ({"day": ""}, "tanpa tanggal"),
    ({"room": ""}, "Pilih ruang"),
    ({"room": "Ruang Angkasa"}, "Ruang Angkasa"),
    ({"people": "0"}, "jumlah peserta"),
    ({"people": ""}, "jumlah peserta"),
    ({"people": "-3"}, "-3"),
    ({"activity": " "}, "keperluan"),
    ({"opd": ""}, "OPD"),
)


def test_what_cannot_be_asked_for_is_said_in_one_sentence(desks: Desks) -> None:
    for wish, words in IMPOSSIBLE:
        assert words in refusal(desks.send, **wish), wish
    assert desks.send().receipt_number == NAME


def test_a_changed_time_is_pending_again(sent: Desks) -> None:
    sent.do(approve_request, "kabid")
    wish = Wish(**(WISH | {"begin": "13.00", "end": "15.00"}))
    sent.do(change_request, "opd", wish, asker=Asker(opd="Dinas Kesehatan"))
    assert sent.status() == "pending"
    assert sent.do(approve_request, "kabid").counts.read == 1


def test_what_its_agency_changes_after_the_approval_stands_with_the_desk_that_decides_again(deciding: Desks) -> None:
    (row,) = my_steps(deciding.office, deciding.clock(), ("A5",), None)
    assert (row.place, row.is_undecided) == (Place.HERE, True)
    deciding.do(approve_request, "kabid", agenda="144", forwards=True)
    for step in ("A6", "A7", "A8"):
        deciding.tap(step, Stamp.FORWARDED, "144")
    assert deciding.to_decide() == []
    wish = Wish(**(WISH | {"begin": "13.00", "end": "15.00"}))
    deciding.do(change_request, "opd", wish, agenda="144", asker=Asker(opd="Dinas Kesehatan"))
    assert deciding.to_decide() == [("144", Place.UNDECIDED)]
    (row,) = request_list(deciding.office, deciding.clock(), step="A5").itertuples()
    assert (row.agenda_number, row.holder, row.is_undecided) == ("144", "Kabid IATIK", True)
    listed = request_list(deciding.office, deciding.clock(), step="A5")
    shown = str(requests_table(listed, deciding.office.sop.current(), deciding.clock()))
    assert "Menunggu keputusan" in shown
    assert "Posisi belum tercatat" not in shown
    deciding.do(approve_request, "kadin", agenda="144")
    assert deciding.to_decide() == []


def test_a_paper_letter_waits_for_an_answer_until_the_approving_step_is_finished(desks: Desks) -> None:
    slot = {"room": "Smart Center", "day": "14/09/2026", "begin": "9", "end": "12.00"}
    letter = PaperLetter("145", "Dinkes", "Rapat gizi", **slot)
    enter_letter(desks.office, letter, **desks.by("agendaris"))
    waiting = []
    for step in ("A2", "A3", "A4", "A5"):
        waiting.append(desks.waiting_for_an_answer())
        desks.tap(step, Stamp.FORWARDED, "145")
    assert waiting == [1, 1, 1, 1]
    assert desks.waiting_for_an_answer() == 0
    assert desks.to_decide() == []


def awaited(desks: Desks, number: str) -> tuple[bool, bool, bool]:
    """Whether the desk, the list and the page say that the letter waits for its decision."""
    now = desks.clock()
    rows = [row for row in my_steps(desks.office, now, ("A5",), None) if row.agenda_number == number]
    (listed,) = request_list(desks.office, now, search=number).itertuples()
    said = awaits_decision(desks.office, int(listed.request_id), now)
    return any(row.is_undecided for row in rows), bool(listed.is_undecided), said


def test_a_decision_is_awaited_until_the_event_begins(deciding: Desks) -> None:
    assert awaited(deciding, "144") == (True, True, True)
    (waiting,) = request_list(deciding.office, deciding.clock(), search="144")["request_id"]
    assert undecided_letters(deciding.office, deciding.clock()) == [waiting]
    assert undecided_letters(deciding.office, deciding.clock(), "Inspektorat") == []
    deciding.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan", agenda="144")
    assert awaited(deciding, "144") == (False, False, False)
    assert offered_letters(deciding.office, deciding.clock(), "Dinkes") == [waiting]
    assert offered_letters(deciding.office, deciding.clock(), "Inspektorat") == []
    deciding.do(answer_offer, "opd", agenda="144", accepts=False)
    assert (awaited(deciding, "144"), undecided_letters(deciding.office, deciding.clock())) == ((True,) * 3, [waiting])
    deciding.at("10 10:00")
    assert offered_letters(deciding.office, deciding.clock(), "Dinkes") == []
    assert awaited(deciding, "144") == (False, False, False)
    deciding.tap("A5", Stamp.FORWARDED, "144")
    assert not is_still_pending(deciding.office, NewStamp(2026, "144", "A5", Stamp.FORWARDED), deciding.clock())


def test_a_letter_without_a_status_that_passed_the_approving_step_awaits_its_decision(desks: Desks) -> None:
    slot = {"room": "Smart Center", "day": "14/09/2026", "begin": "9", "end": "12.00"}
    enter_letter(desks.office, PaperLetter("145", "Dinkes", "Rapat gizi", **slot), **desks.by("agendaris"))
    for step in ("A2", "A3", "A4"):
        desks.tap(step, Stamp.FORWARDED, "145")
    assert awaited(desks, "145") == (False, False, False)
    passed = NewStamp(2026, "145", "A6", Stamp.FORWARDED, is_sure=True)
    give_stamp(desks.office, passed, **desks.by("staf"))
    assert awaited(desks, "145") == (True, True, True)
    assert is_still_pending(desks.office, passed, desks.clock())


def test_a_change_that_keeps_room_and_time_keeps_the_approval_also_close_to_the_event(desks: Desks) -> None:
    own, today = Asker(opd="Dinas Kesehatan"), {"day": "07/09/2026", "begin": "13.20", "end": "14.30"}
    desks.send(**today)
    desks.do(approve_request, "kabid")
    desks.at("07 12:00")
    desks.do(change_request, "opd", Wish(**(WISH | today | {"people": "41"})), asker=own)
    request = desks.case(NAME)["request"]
    assert (request["status"], request["planned"]) == ("approved", 41)


def test_of_two_approvals_of_one_room_at_once_one_is_asked_about(either_sent: Desks) -> None:
    either_sent.send(opd="Bappeda")
    givers = [either_sent.by("kabid"), either_sent.by("kadin")]

    def approve(place: int) -> str:
        try:
            approve_request(either_sent.office, 2026, f"TT-0000{place + 1}", **givers[place])
        except TimeRefusedError as refused:
            return sentence(refused)
        return "approved"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(approve, range(2)))
    assert 'Pilih "tetap"' in answers[0]
    assert answers[1] == "approved"


def test_a_time_before_the_earliest_start_is_taken_too(desks: Desks) -> None:
    early = {"day": "07/09/2026", "begin": "13.20", "end": "14.30"}
    desks.send(**early)
    desks.send(**early, opd="Bappeda")
    desks.at("07 09:10")
    desks.do(approve_request, "kabid")
    assert "kegiatan lain" in refusal(desks.do, approve_request, "kabid", agenda="TT-00002")


def test_an_offer_that_another_request_took_is_not_to_be_had_any_more(sent: Desks) -> None:
    soon = {"day": "08/09/2026", "begin": "09.00", "end": "10.00"}
    sent.do(offer_time, "kabid", Wish(**(WISH | soon)), "ada rapat pimpinan")
    sent.send(**soon, opd="Bappeda")
    sent.do(approve_request, "kabid", agenda="TT-00002")
    sent.at("08 07:45")
    assert "sudah dipakai" in refusal(sent.do, answer_offer, "opd", accepts=True)
    with reading(sent.office.records) as connection:
        request_id = receipts_page(connection, 2)[-1].request_id
        assert open_offer(deeds_of(connection, request_id)) is not None


def test_what_lies_outside_the_hours_of_the_room_is_asked_about(desks: Desks) -> None:
    row = "144;07/09/2026;08.05;Bappeda;Rapat malam;Smart Center;10/09/2026;19.00;21.00;menunggu"
    desks.give(agenda(row), "malam.csv")
    assert "tidak buka" in refusal(desks.do, approve_request, "kabid", agenda="144")
    desks.do(approve_request, "kabid", agenda="144", is_sure=True)
    desks.give(agenda(row.replace("144;", "145;").replace("Bappeda", "Dinkes")), "malam2.csv")
    assert "kegiatan lain" in refusal(desks.do, approve_request, "kabid", agenda="145")


def test_of_two_buttons_of_one_panel_the_second_is_told_what_stands(either_sent: Desks) -> None:
    panel = either_sent.by("kabid", "panel")
    assert not approve_request(either_sent.office, 2026, "TT-00001", **panel).is_repeat
    assert "sudah disetujui" in refusal(reject_request, either_sent.office, 2026, "TT-00001", "tidak jadi", **panel)
    assert approve_request(either_sent.office, 2026, "TT-00001", **panel).is_repeat
    assert either_sent.status() == "approved"


def test_a_withdrawn_request_is_cancelled_and_takes_nothing_more(sent: Desks) -> None:
    sent.do(withdraw_request, "opd", asker=Asker(opd="Dinas Kesehatan"))
    assert sent.status() == "cancelled"
    assert sent.step(NAME, "A2")["verdict"] == "NOT_APPLICABLE"
    assert "sudah dibatalkan" in refusal(sent.do, approve_request, "kabid")
    assert "sudah dibatalkan" in refusal(sent.do, withdraw_request, "opd")


def test_what_the_screens_fill_and_the_status_that_goes_on_are_no_corrections(numbered: Desks) -> None:
    numbered.at("07 09:04")
    numbered.tap("A2", Stamp.FORWARDED, "144")
    numbered.at("07 09:10")
    numbered.tap("A3", Stamp.RECEIVED, "144")
    numbered.tap("A3", Stamp.FORWARDED, "144")
    numbered.do(
        offer_time, "kabid", Wish(**(WISH | {"begin": "13.00", "end": "15.00"})), "ruang dibersihkan", agenda="144"
    )
    numbered.at("07 09:20")
    numbered.do(answer_offer, "opd", agenda="144", accepts=False)
    numbered.do(approve_request, "kadin", agenda="144")
    numbered.at("07 09:30")
    by = numbered.by("kabid")
    close_requests(numbered.office, [Named(2026, "144")], "selesai", closes_running=True, is_sure=True, **by)
    case = numbered.case("2026/144")
    assert (case["request"]["status"], case["corrections"]) == ("closed", [])


def test_an_offer_that_its_agency_takes_is_none(sent: Desks) -> None:
    sent.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ruang dibersihkan")
    sent.at("07 09:05")
    sent.do(answer_offer, "opd", accepts=True)
    case = sent.case(NAME)
    assert (case["request"]["booked_start_on"], case["corrections"]) == ("2026-09-11", [])


def test_what_the_agency_changes_of_its_request_is_one(sent: Desks) -> None:
    sent.at("07 09:05")
    sent.do(change_request, "opd", Wish(**(WISH | {"begin": "10.00", "end": "12.00"})))
    fields = {one["field"] for one in sent.case(NAME)["corrections"]}
    assert {"booked_start", "booked_end"} <= fields


def test_a_reason_is_kept_without_what_postgresql_refuses(either_received: Desks) -> None:
    typed = "ada\0  rapat\n"
    returned = NewStamp(2026, "144", "A3", Stamp.RETURNED, typed)
    give_stamp(either_received.office, returned, **either_received.by("sekdin"))
    (row,) = my_steps(either_received.office, either_received.clock(), ("A2",), None)
    assert getattr(row.sent_back, "reason", None) == "ada rapat"
    closing = {"closes_running": True, "is_sure": True}
    close_requests(either_received.office, [Named(2026, "144")], typed, **closing, **either_received.by("kabid"))
    with reading(either_received.office.records) as connection:
        texts = rows_with(connection, "permohonan", "agenda_number", ["144"])["status_text"].dropna().tolist()
    assert texts[-1] == "ditutup: ada rapat"


def test_a_refusal_needs_a_reason(sent: Desks) -> None:
    assert "alasannya" in refusal(sent.do, reject_request, "kadin", " ")
    sent.do(reject_request, "kadin", "ruang dipakai rapat pimpinan")
    assert sent.status() == "rejected"


def test_an_offer_pauses_the_step_in_hand_until_the_agency_answers(numbered: Desks) -> None:
    numbered.at("07 09:02")
    numbered.tap("A2", Stamp.FORWARDED, "144")
    numbered.at("07 09:04")
    wish = Wish(**(WISH | {"day": "11/09/2026"}))
    assert "alasannya" in refusal(numbered.do, offer_time, "kabid", wish, "")
    numbered.do(offer_time, "kabid", wish, "ada rapat pimpinan")
    offer = numbered.offer()
    assert (offer.room_name, offer.start_at) == ("Smart Center", seconds("2026-09-11 09:00"))
    numbered.at("07 10:04")
    numbered.do(answer_offer, "opd", accepts=True, asker=Asker(opd="Dinas Kesehatan"))
    assert (numbered.offer(), numbered.status("2026/144")) == (None, "pending")
    numbered.at("07 10:05")
    numbered.tap("A3", Stamp.FORWARDED, "144")
    step = numbered.step("2026/144", "A3")
    assert (step["paused_seconds"], step["elapsed_seconds"]) == (3600, 180)


def test_an_offer_that_nobody_answers_pauses_no_longer_than_until_the_event(desks: Desks) -> None:
    desks.send(day="08/09/2026", begin="08.30")
    desks.do(number_request, "agendaris", "144")
    desks.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan")
    desks.at("08 08:40")
    desks.tap("A2", Stamp.FORWARDED, "144")
    step = desks.step("2026/144", "A2")
    working = 3 * 3600 + 3 * 3600 + 3600
    assert (step["paused_seconds"], step["elapsed_seconds"]) == (working, 600)


def test_an_offer_may_be_declined_and_the_time_stays(sent: Desks) -> None:
    sent.do(offer_time, "kadin", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan")
    sent.do(answer_offer, "opd", accepts=False)
    assert sent.offer() is None
    assert "Tidak ada tawaran" in refusal(sent.do, answer_offer, "opd", accepts=True)


def test_an_agency_reaches_only_its_own_and_a_code_only_what_was_made_with_it(sent: Desks) -> None:
    sent.send(asker=Asker(opd="Dinas Kesehatan", code_id=7))
    for asker, agenda_ in (
        (Asker(opd="Bappeda"), "TT-00001"),
        (Asker(code_id=7), "TT-00001"),
        (Asker(code_id=8), "TT-00002"),
    ):
        assert "bukan milik Anda" in refusal(sent.do, withdraw_request, "opd", agenda=agenda_, asker=asker)
    sent.do(withdraw_request, "opd", agenda="TT-00002", asker=Asker(opd="Dinas Kesehatan", code_id=7))
    assert sent.status("TT-2026-00002") == "cancelled"


def test_a_letter_typed_from_paper_is_never_the_one_that_was_sent(desks: Desks) -> None:
    paper = PaperLetter(
        "144", "Dinkes", "Rapat stunting", day="10/09/2026", begin="09.00", end="11.00", room="Smart Center"
    )
    enter_letter(desks.office, paper, **desks.by("agendaris"))
    desks.send()
    with pytest.raises(NumberTakenError):
        desks.do(number_request, "agendaris", "144")
    names = [desks.case(name)["request"]["agenda_number"] for name in (NAME, "2026/144")]
    assert names == ["TT-00001", "144"]


def test_another_start_on_the_same_day_is_another_letter(sent: Desks) -> None:
    row = "{};07/09/2026;09.05;Dinas Kesehatan;Rapat stunting;Smart Center;10/09/2026;{};12.00;"
    sent.give(agenda(row.format("144", "08.00"), row.format("145", "10.00")), "lagi.csv")
    for number in ("144", "145"):
        with pytest.raises(NumberTakenError):
            sent.do(number_request, "agendaris", number)


def test_a_letter_that_was_joined_keeps_its_number_when_the_numbering_is_taken_back(either_sent: Desks) -> None:
    row = "144;07/09/2026;09.05;Dinas Kesehatan;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;"
    loaded = either_sent.give(agenda(row), "lagi.csv")
    either_sent.do(number_request, "agendaris", "144")
    numbered = either_sent.load_of("numbered")
    either_sent.take_back(loaded.load_id)
    either_sent.take_back(numbered)
    assert either_sent.case("2026/144")["request"]["agenda_number"] == "144"


def test_a_receipt_number_is_no_register_number(sent: Desks) -> None:
    numbers = ("TT-00001", "tt-1", "TT-2026-00001")
    for number in numbers:
        assert "bukan nomor" in refusal(sent.do, number_request, "agendaris", number), number
        paper = PaperLetter(number, "Bappeda", "Musrenbang")
        refusal(enter_letter, sent.office, paper, **sent.by("agendaris"))
    row = "{};07/09/2026;08.30;Bappeda;Musrenbang;Smart Center;11/09/2026;09.00;11.00;"
    assert sent.give(agenda(*map(row.format, numbers)), "tt.csv").counts["rejected"] == len(numbers)
    assert sent.case(NAME)["request"]["opd"] == "Dinas Kesehatan"


def test_a_receipt_number_that_a_letter_bears_is_passed_over(either: Desks) -> None:
    with one_load(either.office.records) as connection:
        upsert_requests(connection, pd.DataFrame({"year": [2026, 2026], "agenda_key": ["tt-1", "tt-00002"]}))
    assert either.send().receipt_number == "TT-2026-00003"


def test_once_the_event_has_begun_the_request_stays_as_it_is(sent: Desks) -> None:
    sent.do(approve_request, "kabid")
    sent.at("10 09:00")
    later, own = Wish(**(WISH | {"day": "17/09/2026"})), {"asker": Asker(opd="Dinas Kesehatan")}
    acts: tuple[tuple[Callable[..., Any], str, tuple[Any, ...], dict[str, Any]], ...] = (
        (change_request, "opd", (later,), own),
        (withdraw_request, "opd", (), own),
        (approve_request, "kabid", (), {}),
        (reject_request, "kabid", ("terlambat",), {}),
        (offer_time, "kabid", (later, "ruang dipakai"), {}),
        (number_request, "agendaris", ("144",), {}),
    )
    for deed, role, more, named in acts:
        assert f"{NAME} sudah lewat" in refusal(sent.do, deed, role, *more, **named), deed
        assert sent.status() == "approved", deed


def test_what_is_over_gets_no_number(sent: Desks) -> None:
    sent.do(withdraw_request, "opd")
    assert "sudah dibatalkan" in refusal(sent.do, number_request, "agendaris", "144")


def test_an_agency_withdraws_and_changes_only_what_was_sent_on_the_screen(desks: Desks) -> None:
    own, other = Asker(opd="Dinas Kesehatan"), Wish(**(WISH | {"day": "11/09/2026"}))
    assert "buku agenda" in refusal(desks.do, withdraw_request, "opd", agenda="143", asker=own)
    assert "buku agenda" in refusal(desks.do, change_request, "opd", other, agenda="143", asker=own)
    assert desks.status("2026/143") == "approved"


def test_an_answer_to_a_second_offer_ends_the_pause_of_the_first(either_received: Desks) -> None:
    for clock, day in (("09:04", "11/09/2026"), ("09:10", "14/09/2026")):
        either_received.at(f"07 {clock}")
        either_received.do(offer_time, "kabid", Wish(**(WISH | {"day": day})), "ada rapat pimpinan")
    assert either_received.paused_at("A3") == seconds("2026-09-07 09:04")
    either_received.at("07 10:04")
    either_received.do(answer_offer, "opd", accepts=True)
    assert (either_received.offer(), either_received.paused_at("A3")) == (None, None)
    either_received.tap("A3", Stamp.FORWARDED, "144")
    assert either_received.step("2026/144", "A3")["paused_seconds"] == 3600


def test_taking_an_entry_back_takes_back_what_was_entered_beside_it(either_deciding: Desks) -> None:
    either_deciding.do(approve_request, "kabid", forwards=True)
    approved = either_deciding.load_of("approved")
    assert (undo_preview(either_deciding.office, approved).rows, either_deciding.take_back(approved).rows) == (2, 2)
    assert either_deciding.status("2026/144") == "pending"
    assert either_deciding.step("2026/144", "A5")["finished_at"] is None
    either_deciding.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan")
    assert either_deciding.paused_at("A5") is not None
    either_deciding.take_back(either_deciding.load_of("offered"))
    assert (either_deciding.offer(), either_deciding.paused_at("A5")) == (None, None)


def test_a_number_used_again_inherits_nothing_of_the_letter_that_was_taken_back(either: Desks) -> None:
    first = enter_letter(either.office, PaperLetter("144", "Dinkes", "Rapat stunting"), **either.by("agendaris"))
    content = b"%PDF-1.7\nrahasia\n%%EOF\n"
    keep_scan(either.office, content, first.request_id, "agendaris", "agendaris", either.clock())
    either.at("07 10:00")
    either.take_back(first.receipt.load_id)
    either.at("07 14:00")
    second = enter_letter(either.office, PaperLetter("144", "Bappeda", "Musrenbang"), **either.by("agendaris"))
    with reading(either.office.records) as connection:
        assert scans_of(connection, second.request_id) == []
    step = either.step("2026/144", "A2")
    assert (step["started_at"], step["verdict"]) == ("2026-09-07T14:00:00+07:00", "ON_TRACK")
