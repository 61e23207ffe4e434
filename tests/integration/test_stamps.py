"""Stamps on the screen: the moment is the server's, the sense is checked, files do not overwrite them silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.requests import documents_of
from data_access.records.schema import LOG_OF
from etl.corrections.page import Answer, answer, correct, questions
from etl.desk.screen_rows import Receipt, give_rows, letter, stamp
from etl.desk.stamps import NewStamp, StampDoubtError, StampRefusedError, give_stamp, take_back
from etl.domain.compliance.stamping import Stamp
from etl.figures.requests.detail import RequestPass, request_detail
from etl.figures.requests.documents import OUTPUT
from etl.intake.undo import undo
from etl.judging.step_standing import standings
from etl.office import Office
from etl.reference.steps import STEP_CODES
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import Fill, after, give_books

LETTERS = agenda(
    "143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;14/09/2026;09.00;12.00;disetujui",
    "100;01/09/2026;08.00;Inspektorat;Gelar pengawasan;Smart Center;03/09/2026;09.00;12.00;disetujui",
    "144;07/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;15/09/2026;09.00;12.00;ditolak",
    "31;07/09/2026;09.00;Dinas Contoh",
)
BEGIN = "2026-09-07 08:01"
FIRST = part_a("100", "01/09/2026")
HOLDERS = {"A1": "opd", "A2": "agendaris", "A3": "sekdin", "A4": "kadin", "A5": "kabid"}


class Stamping(Bureau):
    """An office whose desks stamp."""

    taps = 0

    def tap(self, step: str, stamp: Stamp, at: str, *, letter: int = 143, client_id: str = "", **more: Any) -> Receipt:
        self.clock.at = seconds(f"2026-09-{at}")
        self.taps += 1
        asked = NewStamp(2026, str(letter), step, stamp, **more)
        role = HOLDERS.get(step, "staf")
        id = client_id or f"tap-{self.taps}"
        return give_stamp(self.office, asked, actor=f"orang-{role}", role=role, client_id=id, now=self.clock())

    def verdicts(self, *steps: str) -> list[str]:
        told = {step["step"]: step["verdict"] for step in self.case("2026/143")["steps"]}
        return [told[step] for step in steps]


def fill(office: Office, folder: Path) -> None:
    give_books(office, folder, {"agenda.csv": LETTERS, "awal.csv": hand_overs(*FIRST)}, seconds(BEGIN))


def stamped(office: Office, number: str, *taps: tuple[str, str]) -> None:
    """Desks hand a letter on, each at its time."""
    for step, clock in taps:
        now, role = seconds(f"2026-09-07 {clock}"), HOLDERS.get(step, "staf")
        tap, id = NewStamp(2026, number, step, Stamp.FORWARDED), f"{number} {step}"
        give_stamp(office, tap, actor=f"orang-{role}", role=role, client_id=id, now=now)


@after(fill)
def hand_143_on(office: Office, _: Path) -> None:
    stamped(office, "143", ("A2", "08:08:20"))


@after(fill)
def hand_31_on(office: Office, _: Path) -> None:
    stamped(office, "31", ("A2", "09:10"), ("A3", "09:15"))


@after(fill)
def hand_31_on_sooner(office: Office, _: Path) -> None:
    stamped(office, "31", ("A2", "09:05"), ("A3", "09:08"))


@after(hand_31_on_sooner)
def hand_31_on_to_kabid(office: Office, _: Path) -> None:
    stamped(office, "31", ("A4", "09:10"))


@pytest.fixture
def bureau(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stamping]:
    """On SQLite, after what the test is marked with; locks and questions are tried on PostgreSQL too (`either`)."""
    with bureau_of(Stamping, tmp_path, None, getattr(request, "param", fill), BEGIN) as made:
        yield made


def begins(fill: Fill, fixture: str = "bureau") -> pytest.MarkDecorator:
    """The test begins in an office in which that was done."""
    return pytest.mark.parametrize(fixture, [fill], indirect=True, ids=[""])


@pytest.fixture
def either(tmp_path: Path, server: str | None, request: pytest.FixtureRequest) -> Iterator[Stamping]:
    with bureau_of(Stamping, tmp_path, server, getattr(request, "param", fill), BEGIN) as made:
        yield made


def first_pass(bureau: Stamping, code: str) -> RequestPass:
    whole = request_detail(bureau.office, 2026, "143", bureau.clock())
    assert whole is not None
    return next(step.passes[0] for step in whole.steps if step.step == code)


def refusal(bureau: Stamping, *args: Any, **more: Any) -> tuple[str, Sequence[str]]:
    with pytest.raises(StampRefusedError) as told:
        bureau.tap(*args, **more)
    assert sentence(told.value)
    return told.value.reason, told.value.steps


def test_the_desks_hand_a_letter_on_with_one_tap_each(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.FORWARDED, "07 08:08")
    bureau.tap("A3", Stamp.RECEIVED, "07 08:10")
    bureau.tap("A3", Stamp.FORWARDED, "07 08:14:30")
    step = bureau.step("2026/143", "A3")
    assert (step["start_rule"], step["elapsed_seconds"], step["waiting_seconds"]) == ("recorded", 270, 120)
    assert bureau.verdicts("A2", "A3", "A4") == ["MET", "MET", "ON_TRACK"]


def test_a_double_tap_from_two_places_is_one_stamp(either: Stamping) -> None:
    with ThreadPoolExecutor(2) as both:
        told = list(both.map(lambda _: either.tap("A2", Stamp.FORWARDED, "07 08:08", client_id="same"), range(2)))
    assert sorted(one.is_repeat for one in told) == [False, True]
    assert refusal(either, "A2", Stamp.FORWARDED, "07 08:09") == ("done", ())


def test_a_stamp_that_makes_no_sense_is_refused(bureau: Stamping) -> None:
    assert refusal(bureau, "A2", Stamp.FORWARDED, "07 08:05", letter=144)[0] == "ended"
    assert refusal(bureau, "A2", Stamp.FORWARDED, "07 08:05", letter=999)[0] == "no_letter"
    assert refusal(bureau, "A1", Stamp.FORWARDED, "07 08:05")[0] == "done"
    assert refusal(bureau, "A2", Stamp.RESUMED, "07 08:05")[0] == "not_paused"
    assert refusal(bureau, "A2", Stamp.RETURNED, "07 08:05", reason=" x ")[0] == "reason"
    bureau.tap("A2", Stamp.RECEIVED, "07 08:05")
    assert refusal(bureau, "A2", Stamp.RECEIVED, "07 08:06")[0] == "begun"


def test_a_step_before_its_turn_is_doubted_and_taken_when_sure(bureau: Stamping) -> None:
    with pytest.raises(StampDoubtError) as doubt:
        bureau.tap("A4", Stamp.FORWARDED, "07 08:20")
    assert doubt.value.steps == ("A3",)
    bureau.tap("A4", Stamp.FORWARDED, "07 08:20", is_sure=True)
    assert bureau.verdicts("A2", "A3", "A5") == ["SKIPPED", "SKIPPED", "ON_TRACK"]


def test_waiting_for_the_agency_stops_the_clock(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.WAITING, "07 08:04")
    assert bureau.step("2026/143", "A2", "2026-09-07 11:00")["elapsed_seconds"] == 240
    assert refusal(bureau, "A2", Stamp.WAITING, "07 08:30")[0] == "paused"
    bureau.tap("A2", Stamp.RESUMED, "07 09:04:30")
    bureau.tap("A2", Stamp.FORWARDED, "07 09:06")
    step = bureau.step("2026/143", "A2")
    assert (step["verdict"], step["elapsed_seconds"], step["paused_seconds"]) == ("MET", 330, 3630)
    assert step["pauses"][0]["reason"] == "Menunggu OPD"


def test_a_letter_sent_back_runs_a_further_pass_and_nothing_after_it(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.FORWARDED, "07 08:06")
    bureau.tap("A3", Stamp.RETURNED, "07 08:09", reason="tanggal kegiatan kosong")
    assert bureau.verdicts("A2", "A3", "A4") == ["ON_TRACK", "NOT_STARTED", "NOT_STARTED"]
    assert refusal(bureau, "A3", Stamp.FORWARDED, "07 08:10") == ("gone_back", ("A2",))
    assert refusal(bureau, "A4", Stamp.FORWARDED, "07 08:10") == ("missing", ("A2",))
    bureau.tap("A2", Stamp.FORWARDED, "07 08:12")
    bureau.tap("A3", Stamp.FORWARDED, "07 08:13")
    a2, a3 = bureau.step("2026/143", "A2"), bureau.step("2026/143", "A3")
    assert (a2["passes"], a2["elapsed_seconds"], "returned" in a2["flags"]) == (2, 540, True)
    assert (a3["passes"], a3["elapsed_seconds"], bureau.verdicts("A4")) == (2, 240, ["ON_TRACK"])
    assert first_pass(bureau, "A3").note == "Dikembalikan: tanggal kegiatan kosong"


def clocks(bureau: Stamping, *steps: str) -> list[tuple[object, ...]]:
    told = {step["step"]: step for step in bureau.case("2026/31")["steps"]}
    return [(told[s]["passes"], told[s]["elapsed_seconds"], told[s]["verdict"]) for s in steps]


def hand_on(bureau: Stamping, *taps: tuple[str, str]) -> None:
    for step, clock in taps:
        bureau.tap(step, Stamp.FORWARDED, f"07 {clock}", letter=31)


@begins(hand_31_on)
def test_a_letter_sent_back_by_a_tap_counts_as_in_the_books(bureau: Stamping) -> None:
    bureau.tap("A4", Stamp.RETURNED, "07 09:18", letter=31, reason="ruang belum tertulis")
    with reading(bureau.office.records) as connection:
        rows = connection.execute(LOG_OF["disposisi"].select().where(LOG_OF["disposisi"].c.agenda_key == "31")).all()
    assert [(STEP_CODES[row.step], row.returned_to) for row in rows] == [("A2", None), ("A3", None), ("A4", 2)]
    assert refusal(bureau, "A4", Stamp.FORWARDED, "07 09:19", letter=31) == ("gone_back", ("A3",))
    hand_on(bureau, ("A3", "09:22"), ("A4", "09:24"), ("A5", "10:20"))
    assert clocks(bureau, "A3", "A4", "A5") == [(2, 540, "LATE"), (2, 300, "MET"), (1, 3360, "MET")]


@begins(hand_31_on_to_kabid)
def test_a_letter_may_go_back_to_every_step_before_and_again(bureau: Stamping) -> None:
    offered = standings(bureau.office, [4], ["A5"])[4][1]["A5"].returns_to
    assert offered == ("A4", "A3", "A2", "A1")
    assert refusal(bureau, "A5", Stamp.RETURNED, "07 09:20", letter=31, reason="salah ruang", to="A6")[0] == "no_return"
    bureau.tap("A5", Stamp.RETURNED, "07 09:20", letter=31, reason="salah ruang", to="A2")
    for step in ("A3", "A4", "A5"):
        assert refusal(bureau, step, Stamp.FORWARDED, "07 09:21", letter=31) == ("gone_back", ("A2",))
    hand_on(bureau, ("A2", "09:23"), ("A3", "09:25"))
    bureau.tap("A4", Stamp.RETURNED, "07 09:26", letter=31, reason="salah jam", to="A2")
    hand_on(bureau, ("A2", "09:27"), ("A3", "09:28"), ("A4", "09:29"), ("A5", "09:40"))
    assert clocks(bureau, "A2", "A3", "A4", "A5") == [
        (3, 300 + 180 + 60, "MET"), (3, 180 + 120 + 60, "LATE"), (3, 120 + 60 + 60, "MET"), (2, 600 + 660, "MET"),
    ]  # fmt: skip


@begins(hand_31_on_to_kabid)
def test_one_of_two_desks_sends_a_letter_back_and_the_other_keeps_it(bureau: Stamping) -> None:
    hand_on(bureau, ("A5", "09:20"), ("A7", "09:30"))
    bureau.tap("A6", Stamp.RETURNED, "07 09:35", letter=31, reason="tidak ada jaringan", to="A5")
    assert refusal(bureau, "A7", Stamp.FORWARDED, "07 09:36", letter=31) == ("done", ())
    assert refusal(bureau, "A8", Stamp.FORWARDED, "07 09:36", letter=31)[0] == "missing"
    hand_on(bureau, ("A5", "09:40"), ("A6", "09:50"), ("A8", "10:00"))
    assert clocks(bureau, "A5", "A6", "A7", "A8") == [
        (2, 900, "MET"), (2, 900 + 600, "MET"), (1, 600, "MET"), (1, 600, "MET"),
    ]  # fmt: skip


@begins(hand_31_on)
def test_a_return_stamped_as_the_start_of_the_earlier_step_is_still_read(bureau: Stamping) -> None:
    end, begin = seconds("2026-09-07 09:18"), stamp("started", seconds("2026-09-07 09:18"), bureau.office.zone)
    of_letter = letter("31") | {"year": 2026}
    rows = [
        of_letter | {"step": 3, "pass_number": 1, "is_done": True} | stamp("finished", end, bureau.office.zone),
        of_letter | {"step": 2, "pass_number": 2} | begin,
    ]
    give_rows(bureau.office, "disposisi", rows, actor="kadin", role="kadin", client_id="lama", now=end)
    assert refusal(bureau, "A4", Stamp.FORWARDED, "07 09:19", letter=31) == ("gone_back", ("A3",))
    hand_on(bureau, ("A3", "09:22"), ("A4", "09:24"), ("A5", "10:20"))
    assert clocks(bureau, "A3", "A4", "A5") == [(2, 540, "LATE"), (2, 300, "MET"), (1, 3360, "MET")]


def test_what_comes_back_from_the_agency_ends_its_pass(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.RETURNED, "07 08:06", reason="surat belum ditandatangani")
    assert bureau.verdicts("A2") == ["NOT_STARTED"]
    assert refusal(bureau, "A3", Stamp.FORWARDED, "07 08:10") == ("missing", ("A1",))
    bureau.tap("A2", Stamp.RECEIVED, "08 08:00")
    bureau.tap("A2", Stamp.FORWARDED, "08 08:03")
    step = bureau.step("2026/143", "A2")
    assert (step["passes"], step["elapsed_seconds"]) == (2, 540)


@begins(hand_31_on_sooner)
def test_a_later_desk_sends_a_letter_to_the_agency_and_the_first_takes_it_up_again(bureau: Stamping) -> None:
    bureau.tap("A4", Stamp.RETURNED, "07 09:10", letter=31, reason="surat tanpa cap", to="A1")
    assert refusal(bureau, "A3", Stamp.FORWARDED, "07 09:11", letter=31) == ("gone_back", ("A1",))
    bureau.tap("A2", Stamp.RECEIVED, "07 10:00", letter=31)
    hand_on(bureau, ("A2", "10:02"), ("A3", "10:03"), ("A4", "10:04"))
    assert clocks(bureau, "A2", "A3", "A4") == [(2, 300 + 120, "MET"), (2, 180 + 60, "MET"), (2, 120 + 60, "MET")]


def test_documents_are_kept_with_the_stamp_and_go_when_it_is_taken_back(either: Stamping) -> None:
    ticked = [("requirement", "Surat dari OPD", True), (OUTPUT, "Agenda Surat Masuk", True)]
    either.tap("A2", Stamp.FORWARDED, "07 08:08", documents=ticked, client_id="with-papers")
    with reading(either.office.records) as connection:
        kept = documents_of(connection, [1])
    assert list(zip(kept["part"], kept["name"], kept["is_present"], strict=True)) == ticked
    assert first_pass(either, "A2").has_output is True
    with pytest.raises(StampRefusedError):
        take_back(either.office, "with-papers", actor="orang-sekdin", reason="salah ketuk", now=either.clock())
    take_back(either.office, "with-papers", actor="orang-agendaris", reason="salah ketuk", now=either.clock() + 60)
    assert either.verdicts("A2", "A3") == ["AT_RISK", "NOT_STARTED"]
    with reading(either.office.records) as connection:
        assert len(documents_of(connection, [1])) == 0
        assert len(connection.execute(LOG_OF["disposisi"].select()).all()) == len(FIRST) + 1
    either.tap("A2", Stamp.FORWARDED, "07 08:10")
    assert either.step("2026/143", "A2")["finished_at"][11:16] == "08:10"


def test_a_stamp_is_corrected_with_a_reason_and_may_be_given_anew(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.FORWARDED, "07 08:08")
    correct(
        bureau.office,
        "disposisi",
        len(FIRST) + 1,
        {"finished": "07/09/2026 08.05"},
        "salah ketuk",
        "ani",
        bureau.clock(),
    )
    assert bureau.step("2026/143", "A2")["elapsed_seconds"] == 300
    correct(bureau.office, "disposisi", len(FIRST) + 1, {"finished": ""}, "belum diteruskan", "ani", bureau.clock())
    assert bureau.verdicts("A2") == ["AT_RISK"]
    bureau.tap("A2", Stamp.FORWARDED, "07 08:09")
    assert bureau.step("2026/143", "A2")["elapsed_seconds"] == 540
    assert questions(bureau.office) == []


@begins(hand_143_on, "either")
def test_a_later_file_does_not_overwrite_a_stamp_but_asks(either: Stamping, server: str | None) -> None:
    number = "" if server else "1"  # the number of the pass changes nothing
    either.clock.at = seconds("2026-09-07 10:00")
    report = either.give(hand_overs(f"143;A2;{number};;;07/09/2026;08.30"), "disposisi.csv")
    step = either.step("2026/143", "A2")
    assert (step["finished_at"][11:19], step["passes"], step["flags"]) == ("08:08:20", 1, [])
    assert either.case("2026/143")["corrections"] == [] or all(
        not one["is_page"] for one in either.case("2026/143")["corrections"]
    )
    (asked,) = questions(either.office)
    assert (asked.field, asked.actor, asked.reason) == ("finished", "orang-agendaris", "cap di layar")
    assert asked.file_now == {"on": asked.mine["on"], "at": seconds("2026-09-07 08:30")}  # type: ignore[index]
    answer(either.office, asked.correction_id, Answer.TAKE_FILE, "ani", either.clock())
    assert either.step("2026/143", "A2")["finished_at"][11:19] == "08:30:00"
    assert report.load_id is not None
    undo(either.office, report.load_id, "salah berkas", "ani", either.clock())
    assert either.step("2026/143", "A2")["finished_at"][11:19] == "08:08:20"
    assert questions(either.office) == []


def test_a_file_that_says_the_same_asks_nothing(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.FORWARDED, "07 08:08")
    bureau.clock.at = seconds("2026-09-07 10:00")
    bureau.give(hand_overs("143;A2;;;;07/09/2026;08.08", "143;A3;;;;07/09/2026;08.12"), "disposisi.csv")
    assert questions(bureau.office) == []
    assert bureau.verdicts("A2", "A3") == ["MET", "MET"]


def test_how_steps_stand_is_read_for_many_letters_at_once(bureau: Stamping) -> None:
    bureau.tap("A2", Stamp.RECEIVED, "07 08:03")
    told = standings(bureau.office, [1, 3], ["A2", "A3"])
    letter, steps = told[1]
    assert (steps["A2"].is_begun, steps["A2"].is_handed, steps["A3"].missing) == (True, True, ("A2",))
    assert steps["A2"].may == (Stamp.FORWARDED, Stamp.WAITING, Stamp.RETURNED)
    assert (letter.version, told[3][1]["A2"].refusal) == (3, "ended")
