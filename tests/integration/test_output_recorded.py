"""Output tercatat: of the finished passes of each step, how many have their Output on record; counted again row by
row of the book that the office handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.pages.compliance.export import exported
from dashboard.pages.shared.links import why_step
from dashboard.web.pages import PAGES
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.evidence import ROWS, Reference, rows_behind, why
from etl.figures.compliance.steps import sla_figures, sla_json
from etl.figures.filter import Period, SlaFilter
from etl.office import Office
from etl.reference.steps import STEP_CODES
from tests.books.moments import seconds
from tests.books.typed import agenda, book
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import words
from tests.serving.callbacks import ask, call

SEPTEMBER = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
FIRST_HALF = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 15)))
AGENCIES = ("Dinas Kesehatan", "Dinas Pendidikan", "Bappedalitbang")
OUTPUTS = ("ada", "tidak", "", "ada", "")
OPD_TIME = ("A1", "B1")


@dataclass(frozen=True)
class Pass:
    """One row of the hand-over book; `finish` None: the step was begun and not finished."""

    letter: int
    step: str
    number: int
    start: datetime
    finish: datetime | None
    output: str

    def row(self) -> str:
        finish = f"{self.finish:%d/%m/%Y;%H.%M}" if self.finish else ";"
        return f"{self.letter};{self.step};{self.number};{self.start:%d/%m/%Y;%H.%M};{finish};{self.output}"


def opd_of(letter: int) -> str:
    return AGENCIES[letter % 3]


def received_on(letter: int) -> date:
    return date(2026, 9, 1 + letter % 20)


def passes_of(letter: int) -> list[Pass]:
    """Some steps, now and then done twice; of every seventh letter the last step is begun only."""
    rows = []
    at = datetime(2026, 9, 1 + letter % 20, 8, 30) + timedelta(minutes=letter % 30)  # noqa: DTZ001 – office time
    steps = ("A2", "A3", "A4", "A5", "A6", "B2")[: 2 + letter % 5]
    for place, step in enumerate(steps):
        for number in (1, 2) if (letter + place) % 4 == 0 else (1,):
            start = at + timedelta(minutes=20 * place + 200 * (number - 1))
            is_begun_only = step == steps[-1] and letter % 7 == 0
            finish = None if is_begun_only else start + timedelta(minutes=9)
            output = "" if is_begun_only else OUTPUTS[(letter * 3 + place + number) % len(OUTPUTS)]
            rows.append(Pass(letter, step, number, start, finish, output))
    return rows


LETTERS = range(501, 571)
PASSES = [one for letter in LETTERS for one in passes_of(letter)]


def fill(office: Office, folder: Path) -> None:
    register = agenda(*(f"{n};{received_on(n):%d/%m/%Y};08.00;{opd_of(n)};Rapat {n};;;;;;" for n in LETTERS))
    head = "no_agenda;langkah;putaran;tgl_mulai;jam_mulai;tgl_selesai;jam_selesai;output"
    hand_overs = book(head, *(pass_.row() for pass_ in PASSES))
    give_books(office, folder, {"agenda.csv": register, "disposisi.csv": hand_overs}, END_OF_SEPTEMBER)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("output"), fill, END_OF_SEPTEMBER, pages=PAGES)


def day_of(letter: int, step: str) -> date:
    """The day on which the step was finished; that of receipt where it never was."""
    mine = [one for one in PASSES if (one.letter, one.step) == (letter, step)]
    last = max(mine, key=lambda one: one.number)
    return last.finish.date() if last.finish else received_on(letter)


def by_hand(steps: tuple[str, ...], as_of: str, period: Period, opd: str | None = None) -> dict[str, object]:
    """Each row of the book looked at on its own."""
    counts = {"n": 0, "recorded": 0, "absent": 0}
    for one in PASSES:
        if one.step not in steps or one.finish is None or str(one.finish) > f"{as_of}:00":
            continue
        if opd not in (None, opd_of(one.letter)) or not period.first <= day_of(one.letter, one.step) <= period.last:
            continue
        counts["n"] += 1
        counts["recorded"] += one.output == "ada"
        counts["absent"] += one.output == "tidak"
    return counts | {"share": counts["recorded"] / counts["n"] if counts["n"] else None}


def office_steps() -> tuple[str, ...]:
    return tuple(code for code in STEP_CODES if code not in OPD_TIME)


@pytest.mark.parametrize(("asked", "as_of"), [
    (SEPTEMBER, "2026-09-30 17:00"),
    (FIRST_HALF, "2026-09-30 17:00"),
    (SlaFilter(SEPTEMBER.period, opd="Dinas Pendidikan"), "2026-09-30 17:00"),
    (SEPTEMBER, "2026-09-10 09:31"),
])  # fmt: skip
def test_the_figures_are_those_of_the_rows_of_the_book(served: Desk, asked: SlaFilter, as_of: str) -> None:
    figures = sla_figures(served.office, asked, seconds(as_of))
    for one in figures.steps:
        assert one.output_recorded == by_hand((one.step,), as_of, asked.period, asked.opd), one.step
    assert figures.all_steps.output_recorded == by_hand(office_steps(), as_of, asked.period, asked.opd)
    assert figures.all_steps.output_recorded["absent"] > 0
    document = sla_json(served.office, figures)
    assert [step["output_recorded"] for step in document["steps"]] == [one.output_recorded for one in figures.steps]
    assert list(document["all_steps"]["output_recorded"]) == ["n", "recorded", "absent", "share"]


@pytest.mark.parametrize("step", ["A2", "A4", ALL_STEPS])
def test_the_listed_steps_add_up_to_the_figure(served: Desk, step: str) -> None:
    explained = why(served.office, Reference(Figure.OUTPUT, SEPTEMBER, step), END_OF_SEPTEMBER)
    counts = by_hand(office_steps() if step == ALL_STEPS else (step,), "2026-09-30 17:00", SEPTEMBER.period)
    assert (explained.numerator, explained.denominator) == (counts["recorded"], counts["n"])
    assert explained.value == counts["share"]
    for part in explained.parts:
        pages = range(1, -(-part.n // ROWS) + 1)
        rows = [rows_behind(served.office, explained.reference, part.name, page, END_OF_SEPTEMBER) for page in pages]
        name = part.name.replace(".", "_")
        assert sum(len(frame) for frame in rows) == part.n
        if part.counts_below:
            assert sum(int(frame[name].sum()) for frame in rows) == part.total


def test_page_file_and_explanation_show_it(served: Desk) -> None:
    counts = by_hand(("A2",), "2026-09-30 17:00", SEPTEMBER.period)
    shown = f"dari {counts['n']} · {counts['absent']} tidak"
    inputs = [{"id": "sla-url", "property": "search", "value": "?dari=2026-09-01&sampai=2026-09-30"}]
    browser = served.signed_in("kadin")
    page = ask(browser, ("sla-subtitle.children", "sla-body.children"), inputs).json["response"]["sla-body"]["children"]
    assert shown in words(page)
    with served.app.server.test_request_context():
        sheets = exported(served.office, {"dari": "2026-09-01", "sampai": "2026-09-30"}, END_OF_SEPTEMBER)
    (row,) = [row for row in sheets[1].rows if row[0] == "A2"]
    assert tuple(row[-2:]) == (counts["n"], counts["absent"])
    address = why_step(SEPTEMBER, "A2", Figure.OUTPUT)
    inputs = [{"id": "why-url", "property": "search", "value": f"?{address.partition('?')[2]}"}]
    body = call(browser, "why-body.children", inputs).json["response"]["why-body"]["children"]
    assert f"{counts['recorded']} dengan Output {counts['n']} putaran selesai" in words(body)
    assert "1 Output ada" in words(body)
