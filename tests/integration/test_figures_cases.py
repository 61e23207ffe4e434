"""The list of letters and one letter whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_access.mart import Change
from etl.domain.compliance.rules import rules_from
from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus, StartRule, Verdict
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import FilterError, Period, SlaFilter
from etl.figures.requests.detail import Source, request_detail
from etl.figures.requests.documents import request_json
from etl.figures.requests.work_list import OfFigure, RequestRow, request_list
from etl.reference.steps import STEP_INDEX
from tests.books.letters import stamp
from tests.books.moments import seconds
from tests.offices.many_letters import FORWARD, SmallOffice, invented, judged, publish, small_office
from tests.offices.many_letters import Letters as Rows
from tests.reading.refusals import says

AS_OF = seconds("2026-09-08 10:00")
RECEIVED = {
    # By number: agency, subject and when it was received.
    "143": ("Dinas Kesehatan", "Rapat imunisasi", "2026-09-07 08:00"),
    "0144": ("Dinas Pendidikan", "Bimbingan guru", "2026-09-08 09:00"),
    "145": ("Dinas Kesehatan", "Rapat besok", "2026-09-09 08:00"),
    "90": ("Bappedalitbang", "Musrenbang", "2026-08-03 08:00"),
}
HANDED_OVER = {
    # By number and step: start and finish.
    ("143", "A2"): (None, "2026-09-07 08:05"),
    ("143", "A3"): ("2026-09-07 08:07", "2026-09-07 08:30"),
    ("143", "A4"): (None, "2026-09-08 11:00"),
    ("0144", "A2"): (None, "2026-09-08 09:04"),
    ("90", "A2"): (None, "2026-08-03 08:05"),
}


def letters() -> Rows:
    """Four letters: at A4 since yesterday, at A3 since an hour, not yet received, and one that nobody closed."""
    ids = {number: place + 1 for place, number in enumerate(RECEIVED)}
    stamps = [stamp(received) for _, _, received in RECEIVED.values()]
    nothing = np.full(len(ids), MISSING, dtype=np.int64)
    requests = pd.DataFrame(
        {
            "request_id": list(ids.values()),
            "year": 2026,
            "agenda_number": list(ids),
            "agenda_key": [number.lstrip("0") for number in ids],
            "opd_name": [opd for opd, _, _ in RECEIVED.values()],
            "room_name": "Smart Center",
            "subject": [subject for _, subject, _ in RECEIVED.values()],
            "activity": None,
            "received_on": [day for day, _ in stamps],
            "received_at": [at for _, at in stamps],
            **{f"booked_{end}_{kind}": nothing for end in ("start", "end") for kind in ("on", "at")},
            "status": np.full(len(ids), RequestStatus.APPROVED.code, dtype=np.int8),
            "status_on": nothing,
            "status_at": nothing,
            "true_received_at": 0,
        }
    )
    return Rows(requests, _passes(ids), _pauses(ids))


def _passes(ids: dict[str, int]) -> pd.DataFrame:
    rows = []
    for (number, step), (start, finish) in HANDED_OVER.items():
        (s_on, s_at), (f_on, f_at) = stamp(start), stamp(finish)
        rows.append((ids[number], STEP_INDEX[step], 1, s_on, s_at, f_on, f_at, True))
    names = ("request_id", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at", "is_done")
    return pd.DataFrame(rows, columns=names).astype({"step": np.int8}).assign(**FORWARD)


def _pauses(ids: dict[str, int]) -> pd.DataFrame:
    row = (ids["143"], STEP_INDEX["A3"], 1, seconds("2026-09-07 08:10"), seconds("2026-09-07 08:20"), "menunggu OPD")
    return pd.DataFrame([row], columns=["request_id", "step", "pass_number", "started_at", "ended_at", "reason"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SmallOffice:
    """The office with those letters, a session of each of two, and their source rows."""
    office = small_office(tmp_path_factory.mktemp("mart"))
    rows = letters()
    first = np.full(13, stamp("2020-01-01")[0], dtype=np.int64)
    frames = judged(office, rows, rules_from(office.sop, office.calendar, first))
    frames["request_source"] = pd.DataFrame(
        {"request_id": [1], "file": ["agenda.xlsx"], "sheet": ["Agenda"], "row": [58], "load_id": [1]}
    )
    frames["pass_source"] = pd.DataFrame(
        {"request_id": [1, 1], "step": [1, 2], "pass_number": [1, 1], "file": "d.csv", "sheet": None, "row": [3, 4]}
    )
    starts = [seconds("2026-09-08 09:00"), seconds("2026-09-09 09:00")]
    frames["session_fact"] = pd.DataFrame(
        {
            "session_id": [1, 2],
            "request_id": [1, 1],
            "room": "Smart Center",
            "started_at": starts,
            "ended_at": [at + 7200 for at in starts],
            "verified": [44, 10],
            "present": [42, 9],
        }
    )
    office.mart.publish(Change(frames, is_full=True, first_handovers=tuple(first.tolist())), 1, "rules", built_at=0)
    return office


def numbers(frame: pd.DataFrame) -> list[str]:
    """The letters in the list, as typed."""
    return frame["agenda_number"].tolist()


def test_the_list_shows_letters_received_so_far_newest_first(office: SmallOffice) -> None:
    found = request_list(office, AS_OF)
    assert list(found.columns) == list(RequestRow._fields)
    assert numbers(found) == ["0144", "143", "90"]
    assert found.attrs["total"] == 3


def test_a_row_says_where_the_letter_is_who_holds_it_and_until_when(office: SmallOffice) -> None:
    row = request_list(office, AS_OF, search="imunisasi").iloc[0]
    assert (row.at_step, row.holder, row.verdict, row.outcome) == ("A4", "Kadin", "OVERDUE", "running")
    assert row.due_at == seconds("2026-09-07 08:35")
    assert row.late_steps == 2
    waiting = request_list(office, AS_OF, search="guru").iloc[0]
    assert (waiting.at_step, waiting.verdict, waiting.late_steps) == ("A3", "OVERDUE", 1)


def test_a_letter_that_nobody_closed_stands_where_it_got_stuck(office: SmallOffice) -> None:
    (row,) = request_list(office, AS_OF, needs_closing=True).itertuples()
    assert (row.agenda_number, row.at_step, row.holder, row.outcome) == ("90", "A3", "Sekdin", "late")


@pytest.mark.parametrize(
    ("words", "found"),
    [("rapat", ["143"]), ("RAPAT kesehatan", ["143"]), ("2026/143", ["143"]), ("rapat guru", []), ("0144", ["0144"])],
)
def test_every_word_searched_for_must_occur(office: SmallOffice, words: str, found: list[str]) -> None:
    assert numbers(request_list(office, AS_OF, search=words)) == found


def test_the_list_can_be_narrowed_to_running_late_or_a_step(office: SmallOffice) -> None:
    assert numbers(request_list(office, AS_OF, status="running")) == ["0144", "143"]
    assert numbers(request_list(office, AS_OF, status="late")) == ["0144", "143", "90"]
    assert numbers(request_list(office, AS_OF, step="A4")) == ["143"]
    with pytest.raises(FilterError, check=says('Status "semua" tidak ada')):
        request_list(office, AS_OF, status="semua")


def test_an_agency_sees_its_own_letters_only(office: SmallOffice) -> None:
    assert numbers(request_list(office, AS_OF, opd="Dinkes")) == ["143"]
    assert numbers(request_list(office, AS_OF, opd="Dinas Lain")) == []
    assert numbers(request_list(office, AS_OF, opd="")) == []
    assert request_detail(office, 2026, "143", AS_OF, opd="Dinkes") is not None
    assert request_detail(office, 2026, "144", AS_OF, opd="Dinkes") is None
    assert request_detail(office, 2026, "143", AS_OF, opd="") is None


def test_a_search_cannot_leave_its_place_in_the_statement(office: SmallOffice) -> None:
    assert numbers(request_list(office, AS_OF, search="' OR 1=1 --", opd="Dinkes")) == []


def test_a_page_of_the_list_knows_how_many_there_are(office: SmallOffice) -> None:
    second = request_list(office, AS_OF, limit=1, offset=1)
    assert numbers(second) == ["143"]
    assert second.attrs["total"] == 3


def test_a_letter_is_found_without_its_leading_zeros_and_not_before_it_came(office: SmallOffice) -> None:
    assert request_detail(office, 2026, "144", AS_OF) is not None
    assert request_detail(office, 2025, "144", AS_OF) is None
    assert request_detail(office, 2026, "145", AS_OF) is None
    assert request_detail(office, 2026, "145", seconds("2026-09-09 09:00")) is not None


def test_a_letter_shows_its_steps_pauses_and_sources(office: SmallOffice) -> None:
    shown = request_detail(office, 2026, "143", AS_OF)
    assert shown is not None
    step = shown.steps[STEP_INDEX["A3"]]
    assert (step.start_rule, step.elapsed_seconds, step.waiting_seconds, step.paused_seconds) == (
        StartRule.RECORDED, 780, 120, 600,
    )  # fmt: skip
    assert (step.verdict, step.target_seconds, step.sources) == (Verdict.LATE, 300, (Source("d.csv", None, 4),))
    assert [pause.reason for pause in step.pauses] == ["menunggu OPD"]
    assert shown.sources == (Source("agenda.xlsx", "Agenda", 58),)
    assert (shown.late_steps, shown.judged_steps) == (2, 3)


def test_what_lies_after_the_moment_has_not_happened(office: SmallOffice) -> None:
    shown = request_detail(office, 2026, "143", AS_OF)
    assert shown is not None
    running = shown.steps[STEP_INDEX["A4"]]
    assert (running.verdict, running.is_running, running.passes, running.finished_at) == (
        Verdict.OVERDUE, True, (), None,
    )  # fmt: skip
    assert [(s.started_at, s.ended_at) for s in shown.sessions] == [(seconds("2026-09-08 09:00"), None)]
    later = request_detail(office, 2026, "143", seconds("2026-09-08 12:00"))
    assert later is not None
    assert later.steps[STEP_INDEX["A4"]].verdict is Verdict.LATE
    assert len(later.steps[STEP_INDEX["A4"]].passes) == 1
    assert later.sessions[0].ended_at == seconds("2026-09-08 11:00")


def test_the_document_has_the_promised_keys_in_order(office: SmallOffice) -> None:
    shown = request_detail(office, 2026, "143", AS_OF)
    assert shown is not None
    document = request_json(office, shown)
    assert list(document["request"])[:6] == ["year", "agenda_number", "opd", "subject", "received_at", "status"]
    assert list(document["steps"][0])[:14] == [
        "step", "actor", "passes", "started_at", "finished_at", "start_rule", "elapsed_seconds", "waiting_seconds",
        "paused_seconds", "target_seconds", "due_at", "verdict", "reason", "flags",
    ]  # fmt: skip
    assert list(document["sessions"][0])[:5] == ["room", "started_at", "ended_at", "verified", "present"]
    a3 = document["steps"][2]
    assert (a3["started_at"], a3["passes"]) == ("2026-09-07T08:07:00+07:00", 1)
    assert a3["sources"] == [{"file": "d.csv", "sheet": None, "row": 4}]


def test_the_letters_behind_a_figure_add_up_to_it(tmp_path: Path) -> None:
    office = small_office(tmp_path / "mart")
    publish(office, invented(300, office.calendar, seed=3))
    at = int(datetime(2026, 6, 24, 10, tzinfo=office.zone).timestamp())
    period = Period(datetime(2026, 1, 1).date(), datetime(2026, 6, 30).date())  # noqa: DTZ001 – days only
    figure = sla_figures(office, SlaFilter(period), at).steps[STEP_INDEX["A5"]]
    late = request_list(office, at, of_figure=OfFigure(period, ("A5",), (Verdict.LATE, Verdict.OVERDUE)))
    assert len(late) == figure.late + figure.overdue > 0
    shown = [request_detail(office, row.year, row.agenda_number, at) for row in late.itertuples()]
    verdicts = [one.steps[STEP_INDEX["A5"]].verdict for one in shown if one]
    assert verdicts.count(Verdict.LATE) == figure.late
