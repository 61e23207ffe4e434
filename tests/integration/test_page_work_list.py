"""The list of requests as a work list: from a late count to exactly those requests, in any order, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from etl.domain.sop.steps import STEP_INDEX
from tests.offices.desk import Desk
from tests.offices.semester import FIRST, LAST, semester_desk
from tests.reading.layout import components, tables, words
from tests.serving.callbacks import STAMPED, ask

HALF_YEAR = f"?dari={FIRST}&sampai={LAST}"
OVER, TOOK = "Lewat Mutu Baku", "Diterima sampai siap"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return semester_desk(tmp_path_factory.mktemp("semester"))


def listed(served: Desk, search: str, user: str = "kadin") -> tuple[str, Any]:
    """How many requests, and the list."""
    reply = ask(
        served.browser_of(user),
        ("cases-count.children", "cases-body.children"),
        [{"id": "cases-url", "property": "search", "value": search}, STAMPED],
    )
    assert reply.status_code == 200, reply.text
    told = reply.json["response"]
    return told["cases-count"]["children"], told["cases-body"]["children"]


def rows(body: Any) -> list[dict[str, str]]:
    """The cells of the list; the agenda number stands under the empty name."""
    (table,) = tables(body)
    return table


def late_link(served: Desk, step: str) -> tuple[str, str]:
    """How many late ones a step has on the compliance page, and where that leads."""
    reply = ask(
        served.browser_of("kadin"),
        ("sla-subtitle.children", "sla-body.children"),
        [{"id": "sla-url", "property": "search", "value": HALF_YEAR}],
    )
    links = components(reply.json["response"]["sla-body"]["children"], "Link")
    told = [(words(one["children"]), one["href"]) for one in links if f"langkah={step}&putusan=terl" in one["href"]]
    return next((count, address) for count, address in told if count[0].isdigit())


def test_from_the_late_ones_of_a_step_one_arrives_at_exactly_those_the_longest_first(served: Desk) -> None:
    told, address = late_link(served, "A4")
    assert told.startswith("2 ")
    count, body = listed(served, address.partition("?")[2])
    assert count == "2 permohonan"
    # A4 may take 5 minutes: letter 4 took 35, letter 2 took 18.
    expected = [("2026/4", "30 mnt"), ("2026/2", "13 mnt")]
    assert [(row[""], row[f"{OVER} A4"]) for row in rows(body)] == expected


@pytest.mark.parametrize("step", ["A2", "A4", "A7", "A8"])
def test_the_number_on_both_pages_is_that_of_the_facts(step: str, served: Desk) -> None:
    told, address = late_link(served, step)
    facts = served.office.mart.read().tuples(
        "SELECT started_at, due_at, finished_at FROM step_fact WHERE step = $step AND due_at IS NOT NULL",
        {"step": STEP_INDEX[step]},
    )
    now = served.clock()
    late = sum((finished or now) > due for _, due, finished in facts)
    assert told.split()[0] == str(late)
    assert listed(served, address.partition("?")[2])[0].split()[0] == str(late)


def test_without_a_step_the_worst_one_of_the_office_is_told(served: Desk) -> None:
    # Letter 7: A8 from Wednesday 10.00 to Thursday 07.40 is 5 h 10 min of 1 h; letter 6: B3 35 of 30 min.
    told = {row[""]: row[OVER] for row in rows(listed(served, "?urut=-lewat")[1])}
    assert told["2026/7"] == "4 j 10 mnt A8 Sterilisasi ruang"
    assert told["2026/6"].startswith("5 mnt B3 ")
    assert told["2026/1"] == "–"


def test_receipt_to_ready_is_told_and_ordered_by_where_that_column_is_chosen(served: Desk) -> None:
    found = rows(listed(served, "?urut=-lama&kolom=agenda,lama")[1])
    assert [(row[""], row[TOOK]) for row in found[:2]] == [("2026/7", "7 j 10 mnt"), ("2026/11", "2 j 50 mnt")]
    assert found[-1] == {"": "2026/12", TOOK: "–"}
