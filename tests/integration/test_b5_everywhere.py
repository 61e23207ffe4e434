"""B5 is judged by checks: page, form, report, workbook, PDF, files and command line say the same number."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.pages.compliance.export import exported
from dashboard.printed.publish import Paper, draft
from etl.figures.compliance.reading import sla_document
from etl.figures.facilities.period import condition_figures, conditions_json
from etl.figures.filter import SlaFilter, month_period
from etl.figures.report import parse_report_period
from tests.offices.desk import Desk
from tests.offices.sessions import NOW, SEPTEMBER, office_of_sessions
from tests.reading.formulas import Sheets
from tests.reading.layout import components, words
from tests.reading.pdf import pdf_text
from tests.serving.callbacks import ask, call

HELD, CHECKED, GOOD = 60, 38, 26
"""Sessions, those with a check by the rule of the check's time, those with all in good condition: counted one by one
in `test_why_people_and_sarpras`."""

SHARE, COVERAGE = "68,4%", "63,3%"
FROM_AUGUST = "dari=2026-08-01&sampai=2026-09-30"
"""With the month in which the letters came; without one the page of compliance has nothing to show."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_of_sessions(tmp_path_factory.mktemp("b5"))


@pytest.fixture(scope="module")
def paper(served: Desk) -> Paper:
    return draft(served.office, parse_report_period("2026-09"), NOW, NOW)


def row_of(part: Any, start: str) -> str:
    rows = [words(one["children"]) for one in components(part, "Tr")]
    return next(row for row in rows if start in row)


def test_the_pages_of_compliance_and_of_the_sop(served: Desk) -> None:
    browser = served.signed_in("kadin")
    sla = [{"id": "sla-url", "property": "search", "value": f"?{FROM_AUGUST}"}]
    body = ask(browser, ("sla-subtitle.children", "sla-body.children"), sla).json["response"]["sla-body"]["children"]
    assert f"Kondisi baik {SHARE}: {GOOD} dari {CHECKED} pemakaian yang dicek" in words(body)
    sop = [{"id": "sop-url", "property": "search", "value": f"?{SEPTEMBER}"}]
    form = call(browser, "sop-body.children", sop).json["response"]["sop-body"]["children"]
    row = row_of(form, "5. B5")
    assert f"{CHECKED} pemakaian dicek {SHARE}" in row
    assert f"{GOOD} dari {CHECKED} pemakaian yang dicek dalam kondisi baik" in row
    assert "sarpras kondisi baik" in row


def test_an_agency_that_may_not_see_checks_is_told_by_what_the_step_is_judged(served: Desk) -> None:
    sop = [{"id": "sop-url", "property": "search", "value": f"?{SEPTEMBER}"}]
    form = call(served.signed_in("opd"), "sop-body.children", sop).json["response"]["sop-body"]["children"]
    assert "dinilai dari keluarannya" in words(form)
    assert "pemakaian dicek" not in words(form)


def test_the_annex_of_the_report_says_what_it_counts(paper: Paper) -> None:
    row = next(one for one in paper.words.standards if one.code == "B5")
    shown = [row.cells[name] for name in ("n", "met", "late", "share", "coverage")]
    assert shown == ["38", "26", "12", SHARE, COVERAGE]
    assert "dihitung pemakaian yang dicek" in row.actor
    form = next(one for one in paper.words.form if one.code == "B5")
    assert any(f"{GOOD} dari {CHECKED} pemeriksaan" in note and SHARE in note for note in form.notes)


def test_the_page_of_the_report_leads_to_the_sessions(served: Desk) -> None:
    inputs = [{"id": "report-url", "property": "search", "value": "?periode=2026-09"},
              {"id": "report-published", "property": "data", "value": 0}]  # fmt: skip
    body = call(served.signed_in("kadin"), "report-body.children", inputs).json["response"]["report-body"]["children"]
    ways = {one["href"] for one in components(body, "Link")}
    assert any("angka=sarpras&tentang=b5" in way for way in ways)
    assert any("angka=sarpras&tentang=cakupan" in way for way in ways)


def test_the_pdf_and_the_workbook(paper: Paper) -> None:
    text = " ".join(pdf_text(paper.pdf()).split())
    assert "dihitung pemakaian yang dicek" in text
    assert f"{CHECKED} {GOOD} {CHECKED - GOOD} – {SHARE}" in text
    book = Sheets(paper.xlsx())
    sheet = next(name for name in book.sheets if "B5" in {cell.value for cell in book.sheets[name].values()}
                 and "H17" in book.sheets[name])  # fmt: skip
    place = next(at for at, cell in book.sheets[sheet].items() if cell.value == "B5" and at.startswith("A"))[1:]
    computed = {column: book.computed(sheet, f"{column}{place}") for column in "EFHIN"}
    assert (computed["E"], computed["F"], computed["H"]) == (GOOD, CHECKED - GOOD, CHECKED)
    assert (computed["I"], computed["N"]) == (pytest.approx(GOOD / CHECKED), pytest.approx(CHECKED / HELD))
    total = int(place) + 1
    assert book.computed(sheet, f"H{total}") == paper.document["figures"]["all_steps"]["n"], "without the checks"


def test_the_documents_and_files(served: Desk) -> None:
    office, period = served.office, month_period(2026, 9)
    told = sla_document(office, SlaFilter(period), NOW)["steps"][-1]
    assert told["step"] == "B5"
    conditions = conditions_json(office, condition_figures(office, period, NOW))["b5"]
    assert told["checks"] == conditions
    assert (conditions["held"], conditions["checked"], conditions["good"]) == (HELD, CHECKED, GOOD)
    steps = exported(office, {"dari": "2026-09-01", "sampai": "2026-09-30"}, NOW)[1]
    row = next(one for one in steps.rows if one[0] == "B5")
    assert row[4:8] == (CHECKED, GOOD, CHECKED - GOOD, 0)
    assert row[8] == GOOD / CHECKED
