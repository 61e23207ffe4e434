"""The list of every desk against a slow look at each letter, and in offices that the demo never shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data_access.roles import STEP_ROLES
from etl.desk.closing import requests_to_close
from etl.desk.stamps import NewStamp, StampRefusedError, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.domain.verdict import Place, RequestStatus
from etl.figures.summary import desk_list, letters_on_desk, my_steps
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.reference.steps import STEP_CODES
from etl.settings.document import apply
from tests.books.letter_records import LetterRecord, Pass
from tests.books.moments import JAKARTA, seconds
from tests.books.typed import agenda, hand_overs
from tests.offices.bureau import Bureau, bureau_of
from tests.slow.places import slow_places

NOW = "2026-09-30 09:00"
DAYS = [f"{day:02d}/09/2026" for day in (14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 28, 29)]
STATUSES = {"disetujui": RequestStatus.APPROVED, "ditolak": RequestStatus.REJECTED, "": RequestStatus.UNKNOWN}
HANDING = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")

Where = dict[str, Place]


def at(day: str, clock: str) -> datetime:
    return datetime.strptime(f"{day} {clock}", "%d/%m/%Y %H.%M").replace(tzinfo=JAKARTA)


class Drawn:
    """Letters as rows of books and, beside them, as a person knows them."""

    def __init__(self, seed: int, count: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 – invented letters
        self.rows: list[str] = []
        self.stamps: list[str] = []
        self.records: dict[str, LetterRecord] = {}
        for number in range(1, count + 1):
            self._letter(str(number))

    def _letter(self, number: str) -> None:
        day, draw = self.draw.choice(DAYS), self.draw
        clock = draw.choice(["08.00", "09.30", "13.10", ""])
        status = draw.choice(["disetujui"] * 3 + ["", "", "ditolak"])
        event = at(day, "09.00") + timedelta(days=draw.randint(1, 20))
        booked = draw.choice([None, (event, event + timedelta(hours=3))])
        cells = [f"{event:%d/%m/%Y}", "09.00", "12.00"] if booked else ["", "", ""]
        self.rows.append(f"{number};{day};{clock};Dinas Uji;Rapat {number};Smart Center;{';'.join(cells)};{status}")
        received = at(day, clock) if clock else None
        self.records[number] = LetterRecord(
            received_on=at(day, "00.00").date(),
            received_at=received,
            status=STATUSES[status],
            booked=booked,
            passes=tuple(self._passes(number, day)),
        )

    def _passes(self, number: str, day: str) -> Iterator[Pass]:
        """The first so many hand-overs, now and then one left out, one with a date alone, one that is only begun."""
        moment = at(day, "14.00")
        for step in HANDING[: self.draw.choice([0, 0, 1, 1, 2, 3, 5, 7])]:
            moment += timedelta(minutes=self.draw.randint(1, 90))
            shape = self.draw.choice(["finish"] * 6 + ["day", "start", "nothing"])
            on, clock = f"{moment:%d/%m/%Y}", f"{moment:%H.%M}"
            if shape == "start":
                self.stamps.append(f"{number};{step};;{on};{clock};;")
                yield Pass(step, started_on=moment.date(), started_at=moment)
            elif shape != "nothing":
                self.stamps.append(f"{number};{step};;;;{on};{clock if shape == 'finish' else ''}")
                known = moment if shape == "finish" else None
                yield Pass(step, finished_on=moment.date(), finished_at=known, is_done=True)


def slow_lists(office: Office, records: dict[str, LetterRecord]) -> dict[str, set[tuple[str, str]]]:
    """By role the letters and steps that its list must hold, by the definitions alone; part B by the calendar is left
    out."""
    moment = datetime.fromisoformat(NOW).replace(tzinfo=JAKARTA)
    lists: dict[str, set[tuple[str, str]]] = {role.value: set() for role in STEP_ROLES}
    for number, record in records.items():
        for step, place in slow_places(record, office.rules(), moment).items():
            if place is not Place.OLD:
                lists[office.sop_in_force.step(step).role].add((number, step))
    return lists


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_desk_has_what_a_slow_look_at_each_letter_gives_it(seed: int, tmp_path: Path) -> None:
    drawn = Drawn(seed, 60)
    with bureau_of(Bureau, tmp_path, None, None, NOW) as bureau:
        bureau.give(agenda(*drawn.rows), "agenda.csv")
        bureau.give(hand_overs(*drawn.stamps), "disposisi.csv")
        wanted = slow_lists(bureau.office, drawn.records)
        assert sum(map(len, wanted.values())) > 15
        for role, letters in wanted.items():
            steps = bureau.office.sop_in_force.steps_of(role)
            listed = my_steps(bureau.office, seconds(NOW), steps, None)
            told = {(one.agenda_number, one.standing.step) for one in listed if one.place is not Place.NOWHERE}
            assert told == letters, role
            due = [one.due_at for one in listed if one.due_at is not None]
            assert due == sorted(due)


class Taps(Bureau):
    """An office whose desks tap."""

    count = 0

    def tap(self, number: str, step: str, stamp: Stamp = Stamp.FORWARDED, **more: str) -> None:
        self.count += 1
        self.clock.at += 60
        role = self.office.sop_in_force.step(step).role
        wish = NewStamp(2026, number, step, stamp, **more)  # type: ignore[arg-type]
        give_stamp(self.office, wish, actor=role, role=role, client_id=f"t{self.count}", now=self.clock())

    def lists(self) -> dict[str, list[str]]:
        """By step what its desk sees, empty ones left out."""
        told: dict[str, list[str]] = {}
        for step in STEP_CODES:
            rows = my_steps(self.office, self.clock(), (step,), None)
            if rows:
                told[step] = [f"{row.agenda_number}{'!' if row.is_returned else ''}" for row in rows]
        return told


REGISTER = agenda(
    "1;25/09/2026;08.00;Dinas Satu;Rapat satu;Smart Center;12/10/2026;09.00;12.00;disetujui",
    "2;25/09/2026;08.10;Dinas Dua;Rapat dua;Smart Center;13/10/2026;09.00;12.00;disetujui",
    "3;25/09/2026;;Dinas Tiga;Rapat tiga;Smart Center;;;;",
)


@pytest.fixture
def taps(tmp_path: Path) -> Iterator[Taps]:
    with bureau_of(Taps, tmp_path, None, None, "2026-09-28 08:00") as made:
        yield made


def test_an_office_with_nothing_loaded_has_empty_lists(taps: Taps) -> None:
    assert taps.lists() == {}
    assert desk_list(taps.office, taps.clock(), ("A2",), None, 5) == ([], 0)
    assert letters_on_desk(taps.office, taps.clock(), ("A2",), None) == []


def test_a_register_alone_stands_with_agendaris_and_every_tap_reaches_the_next_desk(taps: Taps) -> None:
    taps.give(REGISTER, "agenda.csv")
    assert taps.lists() == {"A2": ["1", "2", "3"]}
    taps.tap("1", "A2")
    taps.tap("1", "A3")
    assert taps.lists()["A4"] == ["1"]
    taps.tap("1", "A4", Stamp.RETURNED, reason="tanggal keliru", to="A3")
    assert taps.lists()["A3"] == ["1!"]
    taps.tap("1", "A3")
    assert taps.lists()["A4"] == ["1"]


def test_what_was_handed_over_in_the_evening_is_still_there_when_the_desk_stamps_for_the_first_time(taps: Taps) -> None:
    taps.give(REGISTER, "agenda.csv")
    for number in ("1", "2"):
        taps.tap(number, "A2")
    taps.clock.at = seconds("2026-09-29 08:00")
    taps.tap("1", "A3")
    assert taps.lists()["A3"] == ["2"]


def test_a_letter_sent_back_to_the_agency_stays_with_agendaris_until_it_comes_again(taps: Taps) -> None:
    taps.give(REGISTER, "agenda.csv")
    taps.tap("1", "A2", Stamp.RETURNED, reason="belum dicap", to="A1")
    (row,) = [row for row in my_steps(taps.office, taps.clock(), ("A2",), None) if row.agenda_number == "1"]
    assert (row.place, row.standing.refusal) == (Place.UNCLAIMED, None)
    assert taps.lists()["A1"] == ["1!"]
    taps.tap("1", "A2", Stamp.RECEIVED)
    assert "A1" not in taps.lists()
    taps.tap("1", "A2")
    assert taps.lists()["A3"] == ["1"]


def test_a_returned_letter_tells_from_where_and_why_and_stands_first(taps: Taps) -> None:
    taps.give(REGISTER, "agenda.csv")
    taps.tap("1", "A2")
    taps.tap("2", "A2")
    taps.tap("2", "A3", Stamp.RETURNED, reason="ruang belum tertulis", to="A2")
    first = my_steps(taps.office, taps.clock(), ("A2",), None)[0]
    assert first.sent_back is not None
    assert (first.agenda_number, first.sent_back.step, first.sent_back.reason) == ("2", "A3", "ruang belum tertulis")


def test_on_a_sunday_and_after_ten_years_the_lists_answer(taps: Taps) -> None:
    taps.give(REGISTER, "agenda.csv")
    taps.clock.at = seconds("2026-10-04 10:00")
    assert taps.lists() == {"A2": ["1", "2", "3"]}
    taps.clock.at = seconds("2036-10-06 10:00")
    assert taps.lists() == {}
    assert [named.agenda for named in requests_to_close(taps.office, taps.clock())] == ["2", "1", "3"]
    with pytest.raises(StampRefusedError):
        taps.tap("99", "A2")


def test_a_step_that_the_office_does_not_record_leaves_its_letters_to_agendaris(taps: Taps) -> None:
    text = "[recording]\nsteps = { A3 = false }\n"
    apply_settings(taps.office, lambda known: apply(known, text, "atur.toml"), taps.clock(), actor="admin")
    taps.give(REGISTER, "agenda.csv")
    taps.tap("1", "A2")
    assert taps.lists() == {"A2": ["1"]}  # the others came before A2 was recorded
