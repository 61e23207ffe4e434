"""`pantau condition add` and `pantau figures conditions`, as a script calls them."""

from __future__ import annotations

from pathlib import Path

from tests.books.checks import checks, whole
from tests.offices.thursday import REGISTER
from tests.serving.command_line import pantau

REPORT = ("condition", "add", "--room", "SC", "--at", "2026-09-07T08:00", "--good")
FIGURES = (
    "figures",
    "conditions",
    "--from",
    "2026-09-01",
    "--to",
    "2026-09-30",
    "--json",
    "--as-of",
    "2026-09-07T10:00",
)


def test_a_script_reports_and_the_figures_say_so(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text(REGISTER, encoding="utf-8")
    assert pantau("ingest", register).code == 0
    first = pantau(*REPORT, "--item", "proyektor=RUSAK BERAT", "--note", "Proyektor=lampu mati", "--id", "x1", "--json")
    assert (first.code, first.json["room"], first.json["repeat"]) == (0, "Smart Center", False)
    again = pantau(*REPORT, "--id", "x1", "--json")
    assert (again.json["receipt"], again.json["repeat"]) == (first.json["receipt"], True)
    figures = pantau(*FIGURES).json
    assert (figures["rooms"][0]["status"], figures["rooms"][0]["score"]) == ("DISRUPTED", 87.5)
    assert figures["incidents"]["open"] == 1
    assert pantau(*FIGURES[:-3], "--as-of", "2026-09-07T07:59").out.startswith("Smart Center") is True


def test_the_rest_that_is_good_leaves_an_open_fault_open_until_it_is_answered(tmp_path: Path) -> None:
    broken = ("--at", "2026-09-07T08:00", "--item", "AC=RUSAK BERAT", "--good")
    for more in (broken, ("--at", "2026-09-07T09:00", "--good")):
        assert pantau("condition", "add", "--room", "SC", *more).code == 0
    figures = pantau(*FIGURES).json
    assert (figures["rooms"][0]["status"], figures["incidents"]["open"]) == ("DISRUPTED", 1)
    assert {one["item"] for one in figures["rooms"][0]["items"] if not one["answered"]} == {"AC"}
    answered = ("--at", "2026-09-07T09:30", "--item", "AC=baik", "--good")
    assert pantau("condition", "add", "--room", "SC", *answered).code == 0
    assert pantau(*FIGURES).json["incidents"]["open"] == 0


def test_a_file_with_an_unknown_item_is_loaded_with_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "kondisi.csv"
    file.write_text(checks(*whole("07/09/2026", "08.00")[:3], "07/09/2026;08.00;;LCD Proyektor;RB"), encoding="utf-8")
    result = pantau("ingest", file, "--json")
    assert (result.code, result.counts) == (1, (4, 3, 0, 0, 1, 0))
    again = pantau("ingest", file, "--json")
    assert (again.code, again.load["waiting"]) == (1, 1)
    (wait,) = again.load["waits"]
    assert (wait["row"], wait["code"]) == (5, "item_unknown")
    assert wait["message"] == 'Baris 5: menunggu barang "LCD Proyektor" dikenal; mungkin “Proyektor”.'


def test_a_fault_without_a_clock_time_shows_the_date_alone(tmp_path: Path) -> None:
    file = tmp_path / "kondisi.csv"
    rows = ["07/09/2026;;;AC;RB", "07/09/2026;08.00;;AC;Baik", "08/09/2026;08.00;;Suara;RB", "08/09/2026;;;Sabun;RB"]
    file.write_text(checks(*rows, "09/09/2026;;;Suara;Baik"), encoding="utf-8")
    assert pantau("ingest", file).code == 0
    figures = pantau(*FIGURES[:-1], "2026-09-10T10:00").json
    cases = {case["item"]: (case["reported_at"], case["restored_at"]) for case in figures["incidents"]["cases"]}
    assert cases["AC"] == ("2026-09-07", "2026-09-07T08:00:00+07:00")
    assert cases["Suara"] == ("2026-09-08T08:00:00+07:00", "2026-09-09")
    assert figures["incidents"]["oldest_open_at"] == "2026-09-08"


def test_what_cannot_be_is_refused_with_exit_code_2() -> None:
    assert pantau(*REPORT, "--item", "AC=aneh").code == 2
    assert "bukan kondisi" in pantau(*REPORT, "--item", "AC=aneh").err
    assert "tidak dikenal" in pantau("condition", "add", "--room", "Gudang", "--good").err
    assert pantau("condition", "add", "--room", "SC").code == 2
    assert pantau("condition", "add", "--room", "SC", "--good", "--at", "2101-01-01T08:00").code == 2
