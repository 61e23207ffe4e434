"""An agency asks for a room on the screen: receipt number, free times, decisions, offers, the register's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.i18n import sentence
from dashboard.pages.requests.page import requests_table
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
from etl.desk.room_wish import TimeRefusedError, Wish
from etl.desk.scans import keep_scan
from etl.desk.stamps import NewStamp, StampDoubtError, StampRefusedError, give_stamp, is_still_pending
from etl.domain.compliance.stamping import Stamp
from etl.domain.verdict import Place
from etl.figures.filter import Period
from etl.figures.requests.work_list import awaits_decision, request_list, undecided_letters
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.free_times import earliest_start
from etl.figures.rooms.lead_time import fairness
from etl.figures.summary import my_steps
from etl.intake.undo import undo, undo_preview
from etl.judging.step_standing import standings
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.bureau import Bureau

REGISTER = agenda("143;04/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;09/09/2026;09.00;11.00;disetujui")
WISH: dict[str, str] = {
    "activity": "Rapat gizi", "room": "Smart Center", "day": "10/09/2026", "begin": "09.00", "end": "11.00",
    "people": "40", "opd": "Dinkes",
}  # fmt: skip
HAND_OVERS = hand_overs(*part_a("143", "04/09/2026"))
NAME = "TT-2026-00001"


class Desks(Bureau):
    """An office in which everybody does something of a request."""

    taps = 0

    def by(self, role: str, client_id: str = "") -> dict[str, Any]:
        self.taps += 1
        return {"actor": role, "role": role, "client_id": client_id or f"tap-{self.taps}", "now": self.clock()}

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


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path, now="2026-09-07 09:00")
    made.give(REGISTER, "agenda.csv")
    made.give(HAND_OVERS, "disposisi.csv")
    yield made
    made.close()


@pytest.fixture
def either(tmp_path: Path, records_database_url: str) -> Iterator[Desks]:
    """Once on SQLite, once on PostgreSQL."""
    made = Desks(tmp_path, now="2026-09-07 09:00", database_url=records_database_url)
    made.give(REGISTER, "agenda.csv")
    made.give(HAND_OVERS, "disposisi.csv")
    yield made
    made.close()


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


def test_numbering_begins_the_receiving_step_and_the_request_is_found_by_both_numbers(either: Desks) -> None:
    either.send()
    either.at("07 09:03")
    assert either.do(number_request, "agendaris", "144") == "144"
    for name in (NAME, "2026/144"):
        assert either.case(name)["request"]["agenda_number"] == "144"
    step = either.step("2026/144", "A2")
    assert (step["start_rule"], step["started_at"]) == ("recorded", "2026-09-07T09:03:00+07:00")
    either.at("07 09:04")
    either.tap("A2", Stamp.FORWARDED, "TT-00001")  # from a page that was opened before it was numbered
    assert either.step("2026/144", "A2")["verdict"] == "MET"
    assert "sudah bernomor 144" in refusal(either.do, number_request, "agendaris", "145")


def test_what_is_not_numbered_is_not_handed_on(desks: Desks) -> None:
    desks.send()
    with pytest.raises(StampRefusedError) as refused:
        desks.tap("A2", Stamp.FORWARDED, "TT-00001")
    assert "belum bernomor" in sentence(refused.value)


def test_a_number_that_another_letter_bears_is_refused_and_the_next_one_offered(desks: Desks) -> None:
    desks.send()
    with pytest.raises(NumberTakenError) as refused:
        desks.do(number_request, "agendaris", "143")
    assert refused.value.next_number == "144"


def test_a_number_taken_back_leaves_the_request_under_its_receipt_number(desks: Desks) -> None:
    desks.send()
    receipt = desks.by("agendaris", "number")
    number_request(desks.office, 2026, "TT-00001", "144", **receipt)
    with reading(desks.office.records) as connection:
        load = next(
            d.load_id for d in deeds_of(connection, receipts_page(connection, 1)[0].request_id) if d.deed == "numbered"
        )
    undo(desks.office, load, "salah nomor", "agendaris", desks.clock())
    assert desks.case(NAME)["request"]["agenda_number"] == "TT-00001"
    assert desks.do(number_request, "agendaris", "145") == "145"
    assert desks.case("2026/145")["request"]["opd"] == "Dinas Kesehatan"


def test_the_register_that_brings_the_numbered_letter_joins_it(desks: Desks) -> None:
    desks.send()
    desks.do(number_request, "agendaris", "144")
    row = "144;07/09/2026;09.00;Dinkes;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;"
    assert desks.give(agenda(row), "lagi.csv").counts["waiting"] == 0
    assert desks.case("2026/144")["request"]["subject"] == "Rapat gizi"
    other = "144;04/09/2026;09.00;Bappeda;Musrenbang;Smart Center;10/09/2026;09.00;11.00;"
    assert [wait.code for wait in desks.give(agenda(other), "lain.csv").waits] == ["same_number"]


def test_a_request_whose_letter_a_register_brought_already_joins_it_as_it_is_numbered(desks: Desks) -> None:
    desks.send()
    desks.do(approve_request, "kabid")
    desks.at("07 09:20")
    rows = (
        "144;07/09/2026;09.05;Dinas Kesehatan;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;",
        "145;07/09/2026;09.06;Bappeda;Musrenbang;Smart Center;10/09/2026;13.00;15.00;",
    )
    assert desks.give(agenda(*rows), "lagi.csv").counts["accepted"] == 2
    assert desks.give(hand_overs("144;A2;;;;07/09/2026;09.12"), "cap.csv").counts["accepted"] == 1
    with pytest.raises(NumberTakenError):
        desks.do(number_request, "agendaris", "145")  # another agency's
    assert desks.do(number_request, "agendaris", "144") == "144"
    for name in (NAME, "2026/144"):
        case = desks.case(name)
        assert (case["request"]["agenda_number"], case["request"]["status"]) == ("144", "approved")
        assert desks.step(name, "A2")["finished_at"] == "2026-09-07T09:12:00+07:00"
    with reading(desks.office.records) as connection:
        (receipt,) = receipts_page(connection, 5)
        assert [deed.deed for deed in deeds_of(connection, receipt.request_id)] == ["sent", "approved", "numbered"]
    assert desks.office.mart.read().tuples("SELECT count(*) FROM request_fact WHERE agenda_key LIKE 'tt-%'") == [(0,)]


def test_approval_is_a_status_and_may_finish_the_approving_step(desks: Desks) -> None:
    desks.send()
    desks.do(number_request, "agendaris", "144")
    desks.do(approve_request, "kadin")
    assert desks.status() == "approved"
    assert desks.step("2026/144", "A5")["finished_at"] is None
    with pytest.raises(StampDoubtError):
        desks.do(approve_request, "kabid", forwards=True)
    for step in ("A2", "A3", "A4"):
        desks.tap(step, Stamp.FORWARDED, "144")
    desks.at("07 09:10")
    desks.do(approve_request, "kabid", "silakan", forwards=True)
    assert desks.step("2026/144", "A5")["finished_at"] == "2026-09-07T09:10:00+07:00"


def test_an_approved_time_is_taken_and_the_nearest_ones_are_named(desks: Desks) -> None:
    with pytest.raises(TimeRefusedError) as refused:
        desks.send(day="09/09/2026")
    assert "sudah dipakai" in sentence(refused.value)
    times = [(slot.start, slot.end) for slot in refused.value.nearest]
    assert (seconds("2026-09-09 07:00"), seconds("2026-09-09 09:00")) not in times  # the room opens at half past seven
    assert (seconds("2026-09-09 13:00"), seconds("2026-09-09 15:00")) in times


def test_what_is_only_asked_for_can_be_asked_for_again_and_approving_both_is_doubted(desks: Desks) -> None:
    desks.send()
    desks.send(opd="Bappeda")
    desks.do(approve_request, "kabid")
    said = refusal(desks.do, approve_request, "kabid", agenda="TT-00002")
    assert "tetap setujui" in said
    desks.do(approve_request, "kabid", agenda="TT-00002", is_sure=True)
    assert desks.status("TT-2026-00002") == "approved"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"day": "04/09/2026"}, "sudah lewat"),
        ({"begin": "06.00", "end": "07.00"}, "tidak buka"),
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
    ],
)
def test_what_cannot_be_asked_for_is_said_in_one_sentence(desks: Desks, wish: dict[str, str], words: str) -> None:
    assert words in refusal(desks.send, **wish)
    assert desks.send().receipt_number == NAME


def test_a_changed_time_is_pending_again(desks: Desks) -> None:
    desks.send()
    desks.do(approve_request, "kabid")
    wish = Wish(**(WISH | {"begin": "13.00", "end": "15.00"}))
    desks.do(change_request, "opd", wish, asker=Asker(opd="Dinas Kesehatan"))
    assert desks.status() == "pending"
    assert desks.do(approve_request, "kabid").counts.read == 1


def test_what_its_agency_changes_after_the_approval_stands_with_the_desk_that_decides_again(desks: Desks) -> None:
    desks.send()
    desks.do(number_request, "agendaris", "144")
    for step in ("A2", "A3", "A4"):
        desks.tap(step, Stamp.FORWARDED, "144")
    (row,) = my_steps(desks.office, desks.clock(), ("A5",), None)
    assert (row.place, row.is_undecided) == (Place.HERE, True)
    desks.do(approve_request, "kabid", agenda="144", forwards=True)
    for step in ("A6", "A7", "A8"):
        desks.tap(step, Stamp.FORWARDED, "144")
    assert desks.to_decide() == []
    wish = Wish(**(WISH | {"begin": "13.00", "end": "15.00"}))
    desks.do(change_request, "opd", wish, agenda="144", asker=Asker(opd="Dinas Kesehatan"))
    assert desks.to_decide() == [("144", Place.UNDECIDED)]
    (row,) = request_list(desks.office, desks.clock(), step="A5").itertuples()
    assert (row.agenda_number, row.holder, row.is_undecided) == ("144", "Kabid IATIK", True)
    listed = request_list(desks.office, desks.clock(), step="A5")
    shown = str(requests_table(listed, desks.office.sop.current(), desks.clock()))
    assert "Menunggu keputusan" in shown
    assert "Posisi belum tercatat" not in shown
    desks.do(approve_request, "kadin", agenda="144")
    assert desks.to_decide() == []


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


def test_a_decision_is_awaited_until_the_event_begins(desks: Desks) -> None:
    desks.send()
    desks.do(number_request, "agendaris", "144")
    for step in ("A2", "A3", "A4"):
        desks.tap(step, Stamp.FORWARDED, "144")
    assert awaited(desks, "144") == (True, True, True)
    (waiting,) = request_list(desks.office, desks.clock(), search="144")["request_id"]
    assert undecided_letters(desks.office, desks.clock()) == [waiting]
    assert undecided_letters(desks.office, desks.clock(), "Inspektorat") == []
    desks.at("10 10:00")
    assert awaited(desks, "144") == (False, False, False)
    desks.tap("A5", Stamp.FORWARDED, "144")
    assert not is_still_pending(desks.office, NewStamp(2026, "144", "A5", Stamp.FORWARDED), desks.clock())


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


def test_of_two_approvals_of_one_room_at_once_one_is_asked_about(either: Desks) -> None:
    either.send()
    either.send(opd="Bappeda")
    givers = [either.by("kabid"), either.by("kadin")]

    def approve(place: int) -> str:
        try:
            approve_request(either.office, 2026, f"TT-0000{place + 1}", **givers[place])
        except TimeRefusedError as refused:
            return sentence(refused)
        return "approved"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(approve, range(2)))
    assert "tetap setujui" in answers[0]
    assert answers[1] == "approved"


def test_a_time_before_the_earliest_start_is_taken_too(desks: Desks) -> None:
    early = {"day": "07/09/2026", "begin": "13.20", "end": "14.30"}
    desks.send(**early)
    desks.send(**early, opd="Bappeda")
    desks.at("07 09:10")
    desks.do(approve_request, "kabid")
    assert "kegiatan lain" in refusal(desks.do, approve_request, "kabid", agenda="TT-00002")


def test_an_offer_that_another_request_took_is_not_to_be_had_any_more(either: Desks) -> None:
    soon = {"day": "08/09/2026", "begin": "09.00", "end": "10.00"}
    either.send()
    either.do(offer_time, "kabid", Wish(**(WISH | soon)), "ada rapat pimpinan")
    either.send(**soon, opd="Bappeda")
    either.do(approve_request, "kabid", agenda="TT-00002")
    either.at("08 07:45")
    assert "sudah dipakai" in refusal(either.do, answer_offer, "opd", accepts=True)
    with reading(either.office.records) as connection:
        request_id = receipts_page(connection, 2)[-1].request_id
        assert open_offer(deeds_of(connection, request_id)) is not None


def test_what_lies_outside_the_hours_of_the_room_is_asked_about(desks: Desks) -> None:
    row = "144;07/09/2026;08.05;Bappeda;Rapat malam;Smart Center;10/09/2026;19.00;21.00;menunggu"
    desks.give(agenda(row), "malam.csv")
    assert "tidak buka" in refusal(desks.do, approve_request, "kabid", agenda="144")
    desks.do(approve_request, "kabid", agenda="144", is_sure=True)
    desks.give(agenda(row.replace("144;", "145;").replace("Bappeda", "Dinkes")), "malam2.csv")
    assert "kegiatan lain" in refusal(desks.do, approve_request, "kabid", agenda="145")


def test_of_two_buttons_of_one_panel_the_second_is_told_what_stands(either: Desks) -> None:
    either.send()
    panel = either.by("kabid", "panel")
    assert not approve_request(either.office, 2026, "TT-00001", **panel).is_repeat
    assert "sudah disetujui" in refusal(reject_request, either.office, 2026, "TT-00001", "tidak jadi", **panel)
    assert approve_request(either.office, 2026, "TT-00001", **panel).is_repeat
    assert either.status() == "approved"


def test_a_withdrawn_request_is_cancelled_and_takes_nothing_more(desks: Desks) -> None:
    desks.send()
    desks.do(withdraw_request, "opd", asker=Asker(opd="Dinas Kesehatan"))
    assert desks.status() == "cancelled"
    assert desks.step(NAME, "A2")["verdict"] == "NOT_APPLICABLE"
    assert "sudah dibatalkan" in refusal(desks.do, approve_request, "kabid")
    assert "sudah dibatalkan" in refusal(desks.do, withdraw_request, "opd")


def test_what_the_screens_fill_and_the_status_that_goes_on_are_no_corrections(desks: Desks) -> None:
    desks.send()
    desks.at("07 09:03")
    desks.do(number_request, "agendaris", "144")
    desks.at("07 09:04")
    desks.tap("A2", Stamp.FORWARDED, "144")
    desks.at("07 09:10")
    desks.tap("A3", Stamp.RECEIVED, "144")
    desks.tap("A3", Stamp.FORWARDED, "144")
    desks.do(
        offer_time, "kabid", Wish(**(WISH | {"begin": "13.00", "end": "15.00"})), "ruang dibersihkan", agenda="144"
    )
    desks.at("07 09:20")
    desks.do(answer_offer, "opd", agenda="144", accepts=False)
    desks.do(approve_request, "kadin", agenda="144")
    desks.at("07 09:30")
    by = desks.by("kabid")
    close_requests(desks.office, [Named(2026, "144")], "selesai", closes_running=True, is_sure=True, **by)
    case = desks.case("2026/144")
    assert (case["request"]["status"], case["corrections"]) == ("closed", [])


def test_an_offer_that_its_agency_takes_is_none(desks: Desks) -> None:
    desks.send()
    desks.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ruang dibersihkan")
    desks.at("07 09:05")
    desks.do(answer_offer, "opd", accepts=True)
    case = desks.case(NAME)
    assert (case["request"]["booked_start_on"], case["corrections"]) == ("2026-09-11", [])


def test_what_the_agency_changes_of_its_request_is_one(desks: Desks) -> None:
    desks.send()
    desks.at("07 09:05")
    desks.do(change_request, "opd", Wish(**(WISH | {"begin": "10.00", "end": "12.00"})))
    fields = {one["field"] for one in desks.case(NAME)["corrections"]}
    assert {"booked_start", "booked_end"} <= fields


def test_a_reason_is_kept_without_what_postgresql_refuses(either: Desks) -> None:
    typed = "ada\0  rapat\n"
    either.send()
    either.do(number_request, "agendaris", "144")
    either.tap("A2", Stamp.FORWARDED, "144")
    give_stamp(either.office, NewStamp(2026, "144", "A3", Stamp.RETURNED, typed), **either.by("sekdin"))
    (row,) = my_steps(either.office, either.clock(), ("A2",), None)
    assert getattr(row.sent_back, "reason", None) == "ada rapat"
    closing = {"closes_running": True, "is_sure": True}
    close_requests(either.office, [Named(2026, "144")], typed, **closing, **either.by("kabid"))
    with reading(either.office.records) as connection:
        texts = rows_with(connection, "permohonan", "agenda_number", ["144"])["status_text"].dropna().tolist()
    assert texts[-1] == "ditutup: ada rapat"


def test_a_refusal_needs_a_reason(desks: Desks) -> None:
    desks.send()
    assert "alasannya" in refusal(desks.do, reject_request, "kadin", " ")
    desks.do(reject_request, "kadin", "ruang dipakai rapat pimpinan")
    assert desks.status() == "rejected"


def test_an_offer_pauses_the_step_in_hand_until_the_agency_answers(desks: Desks) -> None:
    desks.send()
    desks.do(number_request, "agendaris", "144")
    desks.at("07 09:02")
    desks.tap("A2", Stamp.FORWARDED, "144")
    desks.at("07 09:04")
    wish = Wish(**(WISH | {"day": "11/09/2026"}))
    assert "alasannya" in refusal(desks.do, offer_time, "kabid", wish, "")
    desks.do(offer_time, "kabid", wish, "ada rapat pimpinan")
    offer = desks.offer()
    assert (offer.room_name, offer.start_at) == ("Smart Center", seconds("2026-09-11 09:00"))
    desks.at("07 10:04")
    desks.do(answer_offer, "opd", accepts=True, asker=Asker(opd="Dinas Kesehatan"))
    assert (desks.offer(), desks.status("2026/144")) == (None, "pending")
    desks.at("07 10:05")
    desks.tap("A3", Stamp.FORWARDED, "144")
    step = desks.step("2026/144", "A3")
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


def test_an_offer_may_be_declined_and_the_time_stays(desks: Desks) -> None:
    desks.send()
    desks.do(offer_time, "kadin", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan")
    desks.do(answer_offer, "opd", accepts=False)
    assert desks.offer() is None
    assert "Tidak ada tawaran" in refusal(desks.do, answer_offer, "opd", accepts=True)


def test_an_agency_reaches_only_its_own_and_a_code_only_what_was_made_with_it(desks: Desks) -> None:
    desks.send()
    desks.send(asker=Asker(opd="Dinas Kesehatan", code_id=7))
    for asker, agenda_ in (
        (Asker(opd="Bappeda"), "TT-00001"),
        (Asker(code_id=7), "TT-00001"),
        (Asker(code_id=8), "TT-00002"),
    ):
        assert "bukan milik Anda" in refusal(desks.do, withdraw_request, "opd", agenda=agenda_, asker=asker)
    desks.do(withdraw_request, "opd", agenda="TT-00002", asker=Asker(opd="Dinas Kesehatan", code_id=7))
    assert desks.status("TT-2026-00002") == "cancelled"


def test_a_letter_typed_from_paper_is_never_the_one_that_was_sent(either: Desks) -> None:
    paper = PaperLetter(
        "144", "Dinkes", "Rapat stunting", day="10/09/2026", begin="09.00", end="11.00", room="Smart Center"
    )
    enter_letter(either.office, paper, **either.by("agendaris"))
    either.send()
    with pytest.raises(NumberTakenError):
        either.do(number_request, "agendaris", "144")
    names = [either.case(name)["request"]["agenda_number"] for name in (NAME, "2026/144")]
    assert names == ["TT-00001", "144"]


@pytest.mark.parametrize("begin", ["08.00", "10.00"])
def test_another_start_on_the_same_day_is_another_letter(desks: Desks, begin: str) -> None:
    desks.send()
    row = f"144;07/09/2026;09.05;Dinas Kesehatan;Rapat stunting;Smart Center;10/09/2026;{begin};12.00;"
    desks.give(agenda(row), "lagi.csv")
    with pytest.raises(NumberTakenError):
        desks.do(number_request, "agendaris", "144")


def test_a_letter_that_was_joined_keeps_its_number_when_the_numbering_is_taken_back(either: Desks) -> None:
    either.send()
    row = "144;07/09/2026;09.05;Dinas Kesehatan;Rapat gizi;Smart Center;10/09/2026;09.00;11.00;"
    loaded = either.give(agenda(row), "lagi.csv")
    either.do(number_request, "agendaris", "144")
    numbered = either.load_of("numbered")
    either.take_back(loaded.load_id)
    either.take_back(numbered)
    assert either.case("2026/144")["request"]["agenda_number"] == "144"


@pytest.mark.parametrize("number", ["TT-00001", "tt-1", "TT-2026-00001"])
def test_a_receipt_number_is_no_register_number(desks: Desks, number: str) -> None:
    desks.send()
    assert "bukan nomor" in refusal(desks.do, number_request, "agendaris", number)
    paper = PaperLetter(number, "Bappeda", "Musrenbang")
    refusal(enter_letter, desks.office, paper, **desks.by("agendaris"))
    row = f"{number};07/09/2026;08.30;Bappeda;Musrenbang;Smart Center;11/09/2026;09.00;11.00;"
    assert desks.give(agenda(row), "tt.csv").counts["rejected"] == 1
    assert desks.case(NAME)["request"]["opd"] == "Dinas Kesehatan"


def test_a_receipt_number_that_a_letter_bears_is_passed_over(either: Desks) -> None:
    with one_load(either.office.records) as connection:
        upsert_requests(connection, pd.DataFrame({"year": [2026, 2026], "agenda_key": ["tt-1", "tt-00002"]}))
    assert either.send().receipt_number == "TT-2026-00003"


@pytest.mark.parametrize("deed", ["change", "withdraw", "approve", "reject", "offer", "number"])
def test_once_the_event_has_begun_the_request_stays_as_it_is(desks: Desks, deed: str) -> None:
    desks.send()
    desks.do(approve_request, "kabid")
    desks.at("10 09:00")
    later = Wish(**(WISH | {"day": "17/09/2026"}))
    acts: dict[str, Callable[[], Any]] = {
        "change": lambda: desks.do(change_request, "opd", later, asker=Asker(opd="Dinas Kesehatan")),
        "withdraw": lambda: desks.do(withdraw_request, "opd", asker=Asker(opd="Dinas Kesehatan")),
        "approve": lambda: desks.do(approve_request, "kabid"),
        "reject": lambda: desks.do(reject_request, "kabid", "terlambat"),
        "offer": lambda: desks.do(offer_time, "kabid", later, "ruang dipakai"),
        "number": lambda: desks.do(number_request, "agendaris", "144"),
    }
    assert f"{NAME} sudah lewat" in refusal(acts[deed])
    assert desks.status() == "approved"


def test_what_is_over_gets_no_number(desks: Desks) -> None:
    desks.send()
    desks.do(withdraw_request, "opd")
    assert "sudah dibatalkan" in refusal(desks.do, number_request, "agendaris", "144")


def test_an_agency_withdraws_and_changes_only_what_was_sent_on_the_screen(desks: Desks) -> None:
    own, other = Asker(opd="Dinas Kesehatan"), Wish(**(WISH | {"day": "11/09/2026"}))
    assert "buku agenda" in refusal(desks.do, withdraw_request, "opd", agenda="143", asker=own)
    assert "buku agenda" in refusal(desks.do, change_request, "opd", other, agenda="143", asker=own)
    assert desks.status("2026/143") == "approved"


def test_an_answer_to_a_second_offer_ends_the_pause_of_the_first(either: Desks) -> None:
    either.send()
    either.do(number_request, "agendaris", "144")
    either.tap("A2", Stamp.FORWARDED, "144")
    for clock, day in (("09:04", "11/09/2026"), ("09:10", "14/09/2026")):
        either.at(f"07 {clock}")
        either.do(offer_time, "kabid", Wish(**(WISH | {"day": day})), "ada rapat pimpinan")
    assert either.paused_at("A3") == seconds("2026-09-07 09:04")
    either.at("07 10:04")
    either.do(answer_offer, "opd", accepts=True)
    assert (either.offer(), either.paused_at("A3")) == (None, None)
    either.tap("A3", Stamp.FORWARDED, "144")
    assert either.step("2026/144", "A3")["paused_seconds"] == 3600


def test_taking_an_entry_back_takes_back_what_was_entered_beside_it(either: Desks) -> None:
    either.send()
    either.do(number_request, "agendaris", "144")
    for step in ("A2", "A3", "A4"):
        either.tap(step, Stamp.FORWARDED, "144")
    either.do(approve_request, "kabid", forwards=True)
    approved = either.load_of("approved")
    assert (undo_preview(either.office, approved).rows, either.take_back(approved).rows) == (2, 2)
    assert (either.status("2026/144"), either.step("2026/144", "A5")["finished_at"]) == ("pending", None)
    either.do(offer_time, "kabid", Wish(**(WISH | {"day": "11/09/2026"})), "ada rapat pimpinan")
    assert either.paused_at("A5") is not None
    either.take_back(either.load_of("offered"))
    assert (either.offer(), either.paused_at("A5")) == (None, None)


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
