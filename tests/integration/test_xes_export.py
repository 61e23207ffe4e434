"""The office's requests as XES: what `pantau measure` reads back is judged the same; nothing of persons is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from data_access.errors import PantauError
from etl.figures.compliance.reading import sla_document
from etl.figures.filter import Period, SlaFilter
from etl.figures.measure import measure, measure_json, rules_of
from etl.keeping.xes_export import export_xes
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, book, hand_overs, part_a
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import give_books
from tests.offices.september import HAND_OVERS, LETTERS, USES
from tests.reading.refusals import says
from tests.serving.command_line import Desk

ROOT = Path(__file__).parents[2]
SOP = ROOT / "etl" / "reference" / "sop-2020-06.toml"
NOW = seconds("2026-09-30 09:00")
XES = "{http://www.xes-standard.org/}"

BACK = "no_agenda;dari;kepada;tgl_diteruskan;jam_diteruskan"
PAIRS = book(
    BACK,
    "31;Agendaris;Sekdin;07/09/2026;09.10", "31;Sekdin;Kadin;07/09/2026;09.15", "31;Kadin;Sekdin;07/09/2026;09.18",
    "31;Sekdin;Kadin;07/09/2026;09.22", "31;Kadin;Kabid;07/09/2026;09.24",
    "31;Kabid;Kasi LITIK;07/09/2026;10.10", "31;Kabid;Kasi Aplikasi;07/09/2026;10.20",
    "31;Kasi LITIK;Staf;07/09/2026;10.50",
)  # fmt: skip
"""A letter that came back to Sekdin, and then went to two desks, one after the other."""

ODD = hand_overs(
    "32;A2;;07/09/2026;09.05;07/09/2026;09.40;07/09/2026 09.10;07/09/2026 09.30;menunggu OPD",
    "32;A2;;;;07/09/2026;09.50", "32;A3;;;;07/09/2026;", "32;A4;;08/09/2026;entah;08/09/2026;10.00",
    "33;A2;;07/09/2026;09.30;07/09/2026;09.20", "33;A4;;08/09/2026;09.00;;",
    *part_a("34", "08/09/2026"),
)  # fmt: skip
"""A pause, a row too many, a day alone, a start that nobody can read, an end before its start, and one that runs."""


def give_all(office: Office, folder: Path) -> None:
    """The books of September and of the letters above."""
    more = agenda(
        "31;07/09/2026;09.00;Dinas Contoh", "32;07/09/2026;09.00;Dinas Contoh",
        "33;07/09/2026;09.00;Dinas Contoh;;;;;;ditolak;10/09/2026", "34;08/09/2026;;Dinas \"Contoh\" & Co",
    )  # fmt: skip
    books = {"a.csv": LETTERS, "d.csv": HAND_OVERS, "p.csv": USES, "b.csv": more, "e.csv": PAIRS, "f.csv": ODD}
    give_books(office, folder, books, NOW)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The office of September, with what is odd."""
    with bureau_of(Bureau, tmp_path_factory.mktemp("log"), None, give_all) as made:
        yield made


def read_back(log: Path, as_of: int) -> dict[str, Any]:
    """The log as `pantau measure` gives it, by the rules that the office has, too."""
    book, names = rules_of([SOP], None, None, as_of)
    return measure_json(measure(log, book, names, as_of), str)


def ever(office: Office, as_of: int) -> dict[str, Any]:
    """The figures of all days."""
    return sla_document(office, SlaFilter(Period(date(2000, 1, 1), date(2100, 12, 31))), as_of)


def of_log(row: dict[str, Any]) -> dict[str, Any]:
    """What a log can tell: the sessions that were checked are none of its events."""
    return {name: value for name, value in row.items() if name != "checks"}


@pytest.mark.parametrize(("name", "as_of"), [("a.xes.gz", "2026-09-30 09:00"), ("a.xes", "2026-09-08 09:30")])
def test_a_log_read_back_has_the_figures_of_the_office(bureau: Bureau, tmp_path: Path, name: str, as_of: str) -> None:
    at = seconds(as_of)
    counts = export_xes(bureau.office, tmp_path / name, at)
    own, again = ever(bureau.office, at), read_back(tmp_path / name, at)
    assert counts["requests"] == again["cases"]
    for step, told in zip(own["steps"], again["steps"], strict=True):
        assert told == of_log(step)
    assert again["all_steps"] == own["all_steps"]
    assert again["requests"]["running"] == own["requests"]["running"]
    left = again["not_understood"]
    assert (left["activities"], left["transitions"], left["columns"], left["rows"]) == ([], [], [], [])


def test_the_log_has_the_form_of_the_standard_and_nothing_of_persons(bureau: Bureau, tmp_path: Path) -> None:
    export_xes(bureau.office, tmp_path / "kantor.xes", NOW)
    log = ElementTree.parse(tmp_path / "kantor.xes").getroot()  # noqa: S314 – our own file
    traces = log.findall(f"{XES}trace")
    events = [event for trace in traces for event in trace.findall(f"{XES}event")]
    assert log.tag == f"{XES}log"
    names = [attribute.get("value") for trace in traces for attribute in trace.iterfind("*[@key='concept:name']")]
    assert sorted(names) == [f"2026/{number}" for number in ("12/A", 143, 144, 145, 147, 31, 32, 33, 34)]
    keys = {attribute.get("key") for event in events for attribute in event}
    assert keys == {
        "concept:name", "lifecycle:transition", "time:timestamp", "pantau:pass", "pantau:mark", "pantau:returned_to",
        "pantau:receiver",
    }  # fmt: skip
    turns = {
        attribute.get("value") for event in events for attribute in event.iterfind("*[@key='lifecycle:transition']")
    }
    assert turns == {"start", "suspend", "resume", "reassign", "complete"}
    text = (tmp_path / "kantor.xes").read_text(encoding="utf-8")
    assert [word for word in ("Dinas", "Rapat", "Smart", "menunggu", "Contoh") if word in text] == []


def test_a_step_handed_to_one_of_two_desks_ends_there_until_the_other_has_it(bureau: Bureau, tmp_path: Path) -> None:
    export_xes(bureau.office, tmp_path / "kantor.xes", seconds("2026-09-07 10:15"))
    log = ElementTree.parse(tmp_path / "kantor.xes").getroot()  # noqa: S314 – our own file
    told = [{attribute.get("key"): attribute.get("value") for attribute in event} for event in log.iter(f"{XES}event")]
    ends = [(one["time:timestamp"], one.get("pantau:receiver")) for one in told if one["concept:name"] == "A5"]
    assert sorted(ends, key=str) == [
        ("2026-09-07T09:00:00+07:00", None),
        ("2026-09-07T10:10:00+07:00", "A6"),
        ("2026-09-07T10:10:00+07:00", None),
    ]


def test_a_file_that_is_there_stays_as_it_is(bureau: Bureau, tmp_path: Path) -> None:
    there = tmp_path / "kantor.xes"
    there.write_text("milik orang lain", encoding="utf-8")
    with pytest.raises(PantauError, check=says("sudah ada")):
        export_xes(bureau.office, there, NOW)
    with pytest.raises(PantauError, check=says("xes")):
        export_xes(bureau.office, tmp_path / "kantor.csv", NOW)
    with pytest.raises(PantauError, check=says("Tidak ada yang ditulis")):
        export_xes(bureau.office, tmp_path / "tiada" / "kantor.xes", NOW)
    assert there.read_text(encoding="utf-8") == "milik orang lain"
    assert [path.name for path in tmp_path.iterdir()] == ["kantor.xes"]


def test_an_office_without_letters_gives_a_log_without_traces(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = desk.run("export", "--xes", tmp_path / "kosong.xes", "--json")
    assert (done.code, done.json["requests"], done.json["events"]) == (0, 0, 0)
    assert read_back(tmp_path / "kosong.xes", NOW)["cases"] == 0
    assert desk.run("export").code == 2
    assert desk.run("export", "--xes", tmp_path / "a.xes", "--parquet", tmp_path / "b").code == 2
