"""`pantau measure`: event logs of any shape against the SOP, each figure from a table by hand; and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from etl.extract.logs import events as log_events
from tests.books.sop_files import NAMES, sop_file
from tests.serving.command_line import Result, pantau

ROOT = Path(__file__).parents[2]
SOP = ROOT / "etl" / "reference" / "sop-2020-06.toml"
AS_OF = "2026-09-30T12:00"
ONE_COLUMN = """case_id,activity,timestamp
1,A1,2026-09-07T11:50:00+07:00
1,A2,2026-09-07T11:58:00+07:00
1,A3,2026-09-07T13:02:00+07:00
2,A1,2026-09-11T15:55:00+07:00
2,A2,2026-09-11T16:00:00.750+07:00
2,A3,2026-09-14T08:00:00.250+07:00
3,A1,2026-09-07T02:00:00Z
3,A2,2026-09-07T02:05:59Z
"""
INTERVALS = """Case ID;Activity;Start Timestamp;Complete Timestamp;Resource;Amount
1;A2;2026-09-07 09:00:00;2026-09-07 09:05:00;Rina;10
4;A3;2026-09-07 12:20:00;2026-09-07 13:10:00;Rina;10
2;A2;2026-09-07 16:30:00;2026-09-08 07:40:00;Budi;11
5;A3;2026-09-12 10:00:00;2026-09-12 11:00:00;Budi;11
3;A2;2026-03-02 15:30:00;2026-03-03 08:30:00;Budi;12
"""
LIVES = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- a log in the form of the public ones, its content invented -->
<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>
  <global scope="event">
    <string key="concept:name" value="UNKNOWN"/><date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
  </global>
  <classifier name="Activity classifier" keys="concept:name lifecycle:transition"/>
  <string key="concept:name" value="Loan Application (invented)"/>
  <trace>
    <string key="concept:name" value="Application_1"/>
    <int key="AMOUNT_REQ" value="20000"/>
    <date key="deadline" value="2026-09-08T12:00:00.000+07:00"/>
    <event>
      <string key="org:resource" value="User_1"/><string key="concept:name" value="W_Handle leads"/>
      <date key="time:timestamp" value="2026-09-07T09:00:00.111+07:00"/>
      <string key="lifecycle:transition" value="SCHEDULE"/>
    </event>
    <event>
      <string key="concept:name" value="W_Handle leads"><string key="note" value="nested"/></string>
      <date key="time:timestamp" value="2026-09-07T09:00:00.222+07:00"/>
      <string key="lifecycle:transition" value="START"/>
    </event>
    <event>
      <string key="concept:name" value="W_Handle leads"/>
      <date key="time:timestamp" value="2026-09-07T09:02:00.000+07:00"/>
      <string key="lifecycle:transition" value="SUSPEND"/>
    </event>
    <event>
      <string key="concept:name" value="W_Handle leads"/>
      <date key="time:timestamp" value="2026-09-07T09:12:00.000+07:00"/>
      <string key="lifecycle:transition" value="RESUME"/>
    </event>
    <event>
      <string key="concept:name" value="W_Handle leads"/>
      <date key="time:timestamp" value="2026-09-07T02:17:00.000Z"/>
      <string key="lifecycle:transition" value="COMPLETE"/>
    </event>
    <event>
      <string key="concept:name" value="A_DECLINED"/>
      <date key="time:timestamp" value="2026-09-07T09:20:00.000+07:00"/>
      <string key="lifecycle:transition" value="COMPLETE"/>
    </event>
  </trace>
  <trace><string key="concept:name" value="Application_2"/></trace>
</log>
"""
MAP = '[kegiatan]\n"w_handle  leads" = "A2"\n'
IGNORED = MAP + 'A_DECLINED = ""\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def measured(folder: Path, content: str | bytes, *more: object, name: str = "log.csv") -> Result:
    log = folder / name
    log.write_bytes(content if isinstance(content, bytes) else content.encode())
    return pantau("measure", log, "--sop", SOP, "--json", "--as-of", AS_OF, *more)


def steps(told: Result) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in told.json["steps"]}


def some(step: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(step[key] for key in ("n", "met", "late", "overdue"))


def test_a_log_of_ends_alone_is_measured_from_hand_over_to_hand_over(folder: Path) -> None:
    told = measured(folder, ONE_COLUMN)
    assert told.code == 0, told.err
    a2, a3 = steps(told)["A2"], steps(told)["A3"]
    # A2: 480 s, 300 s, 359 s against 600; A3: 240 s (over noon), 3 600 s (over the weekend) against 300.
    assert (some(a2), a2["unmeasurable"], a2["handover_starts"]) == ((3, 3, 0, 0), {}, 3)
    assert (some(a3), a3["over_seconds"]) == ((3, 1, 1, 1), a3["over_seconds"])
    assert steps(told)["A1"]["unmeasurable"] == {"start_unknown": 3}
    assert told.json["cases"] == 3
    assert told.json["events"] == 8
    assert [one["code"] for one in told.json["warnings"]] == ["no_starts"]
    assert told.json["columns"] == {"case": "case_id", "activity": "activity", "complete": "timestamp"}


def test_a_log_of_starts_and_ends_has_the_seconds_of_the_definitions(folder: Path) -> None:
    told = measured(folder, INTERVALS)
    a2, a3 = steps(told)["A2"], steps(told)["A3"]
    # 300, 600 and, in Ramadan, 1 800 s against 600; 600 and 0 s against 300.
    assert some(a2) == (3, 2, 1, 0)
    assert a2["over_seconds"] == 1200
    assert (a3["met"], a3["late"]) == (1, 1)
    assert told.json["not_understood"]["columns"] == ["Amount"]
    assert "Rina" not in told.out
    assert told.json["columns"]["resource"] == "Resource"


def test_the_life_of_an_activity_is_read_from_xes_also_compressed(folder: Path) -> None:
    (folder / "peta.toml").write_text(MAP, encoding="utf-8")
    packed = gzip.compress(LIVES.encode())
    told = measured(folder, packed, "--map", folder / "peta.toml", name="log.xes.gz")
    assert told.code == 1, told.err
    a2 = steps(told)["A2"]
    # 09.00 to 09.17 less ten minutes of pause: 420 s against 600.
    assert (some(a2), a2["recorded_starts"]) == ((1, 1, 0, 0), 1)
    left = told.json["not_understood"]
    assert left["activities"] == [{"activity": "A_DECLINED", "events": 1}]
    assert left["transitions"] == [{"transition": "SCHEDULE", "events": 1}]
    assert left["columns"] == ["AMOUNT_REQ"]
    assert [(one["code"], one["count"]) for one in left["rows"]] == [("case_undated", 1)]
    assert told.json["deadlines"]["overdue"] == 1


def test_an_activity_that_is_said_to_be_no_step_is_no_riddle(folder: Path) -> None:
    sop = folder / "sop.toml"
    sop.write_text(SOP.read_text(encoding="utf-8") + IGNORED, encoding="utf-8")
    log = folder / "log.xes"
    log.write_text(LIVES.replace('value="SCHEDULE"', 'value="START"', 1), encoding="utf-8")
    told = pantau("measure", log, "--sop", sop, "--json", "--as-of", AS_OF)
    assert told.json["not_understood"]["activities"] == []
    assert some(steps(told)["A2"])[0] == 1


def test_a_step_that_is_not_there_is_refused(folder: Path) -> None:
    (folder / "peta.toml").write_text('[kegiatan]\nX = "Z9"\n', encoding="utf-8")
    told = measured(folder, ONE_COLUMN, "--map", folder / "peta.toml")
    assert (told.code, told.out) == (2, "")
    assert "Z9" in told.err


def test_columns_are_named_and_dates_are_read_as_they_are_typed(folder: Path) -> None:
    log = "Berkas,Apa,Kapan\nX,Agendaris memverifikasi,07/09/2026 09.10\nX,a2,07/09/2026 09:20\n"
    told = measured(folder, log, "--columns", "case=Berkas,activity=Apa,complete=Kapan")
    assert told.code == 1
    assert [one["activity"] for one in told.json["not_understood"]["activities"]] == ["Agendaris memverifikasi"]
    american = log.replace("07/09/2026", "09/27/2026")
    refused = measured(folder, american, "--columns", "case=Berkas,activity=Apa,complete=Kapan")
    assert (refused.code, "--date-order mdy" in refused.err) == (2, True)
    read = measured(folder, american, "--columns", "case=Berkas,activity=Apa,complete=Kapan", "--date-order", "mdy")
    assert read.json["cases"] == 1


def test_the_name_and_the_short_name_of_a_step_are_known(folder: Path) -> None:
    log = "kasus,kegiatan,selesai\n1,OPD mengirim surat pinjam,2026-09-07 09:00\n"
    told = measured(folder, log)
    assert told.json["not_understood"]["activities"] == []
    assert told.json["cases"] == 1


def test_an_end_before_its_start_a_day_alone_and_an_unreadable_time_have_their_reasons(folder: Path) -> None:
    log = """case,activity,start,end
1,A2,2026-09-07 09:10,2026-09-07 09:05
2,A2,2026-09-07 09:10,2026-09-07
3,A2,2026-09-07 09:10,kapan-kapan
4,A2,kapan-kapan,2026-09-07 09:30
,A2,2026-09-07 09:10,2026-09-07 09:12
6,A2,,
7,,2026-09-07 09:10,2026-09-07 09:12
"""
    told = measured(folder, log)
    assert told.code == 1
    a2 = steps(told)["A2"]
    assert a2["n"] == 0
    assert a2["unmeasurable"] == {"date_only": 1, "time_missing": 2, "end_before_start": 1, "not_recorded": 1}
    rows = {one["code"]: (one["count"], one["row"]) for one in told.json["not_understood"]["rows"]}
    assert rows == {"no_case": (1, 6), "no_activity": (1, 8), "no_moment": (1, 7), "case_undated": (1, None)}
    assert [(one["code"], one["row"]) for one in told.json["warnings"]] == [("unread_moment", 4)]


def test_mixed_offsets_and_hours_that_come_twice_are_said(folder: Path) -> None:
    zone = folder / "zona.toml"
    zone.write_text('[office]\ntimezone = "Europe/Amsterdam"\n', encoding="utf-8")
    log = """case,activity,time
1,A2,2026-10-25T02:30:00
1,A3,2026-10-25T02:45:00+01:00
2,A2,2026-03-29T02:30:00
"""
    told = measured(folder, log, "--settings", zone)
    assert {one["code"]: one["count"] for one in told.json["warnings"]} == {
        "repeated_hour": 1, "skipped_hour": 1, "mixed_zones": 1, "no_starts": 1,
    }  # fmt: skip
    assert all(one["message"] for one in told.json["warnings"])


def test_deadlines_of_cases_are_judged_on_the_whole_case(folder: Path) -> None:
    due = {"met": "2026-09-08", "late": "2026-09-07 09:30", "unknown": "entah", "overdue": "2026-09-09 12:00"}
    rows = ["case,activity,start,complete,due date"]
    for case in due:
        for place in range(2, 9 if case != "overdue" else 8):
            rows.append(f"{case},A{place},2026-09-07 1{place - 1}:00,2026-09-07 1{place - 1}:01,{due[case]}")
    rows += ["running,A2,2026-09-30 11:00,2026-09-30 11:01,2027-01-01", "none,A2,2026-09-30 11:00,2026-09-30 11:01,"]
    told = measured(folder, "\n".join(rows))
    found = told.json["deadlines"]
    assert {name: found[name] for name in (*due, "running", "not_applicable", "n")} == {
        "met": 1, "late": 1, "unknown": 1, "overdue": 1, "running": 1, "not_applicable": 0, "n": 3,
    }  # fmt: skip
    assert found["share"] == pytest.approx(1 / 3)
    assert found["coverage"] == 0.75


def test_a_case_is_one_however_its_rows_lie_in_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head, *rows = ONE_COLUMN.splitlines()
    straight = measured(folder, ONE_COLUMN).json
    monkeypatch.setattr("etl.extract.logs.sources.ROWS", 2)
    monkeypatch.setattr("etl.figures.measure.FACTS_AT_ONCE", 13)
    monkeypatch.setattr("etl.figures.measure._KEPT_EVENTS", 1)
    assert measured(folder, "\n".join([head, *reversed(rows)])).json == straight


def test_returned_work_is_summed_and_a_row_too_many_is_flagged(folder: Path) -> None:
    log = """case,activity,complete
1,A1,2026-09-07 09:00
1,A2,2026-09-07 09:10
1,A3,2026-09-07 09:15
1,A4,2026-09-07 09:18
1,A3,2026-09-07 09:22
1,A4,2026-09-07 09:24
1,A5,2026-09-07 10:20
2,A1,2026-09-07 09:00
2,A2,2026-09-07 09:05
2,A2,2026-09-07 09:06
2,A3,2026-09-07 09:07
"""
    told = measured(folder, log)
    a2, a3, a4 = (steps(told)[code] for code in ("A2", "A3", "A4"))
    # The example of the definitions: A3 300 + 240 s, late; A4 180 + 120 s, met.
    assert (some(a3), a3["over_seconds"], a3["returned"]) == ((2, 1, 1, 0), 240, 1)
    assert (a4["met"], a4["returned"]) == (1, 1)
    assert a2["flags"] == {"extra_pass": 1}


def test_a_column_that_is_no_case_is_said_and_costs_nothing(folder: Path) -> None:
    rows = "".join(f"sama,A2,2026-09-{1 + place // 1000:02d} 09:{place % 60:02d}\n" for place in range(20_000))
    told = measured(folder, "case,activity,time\n" + rows + "1,A2,2026-09-07 09:05\n")
    assert (told.code, told.json["cases"]) == (1, 1)
    assert [(one["code"], one["count"]) for one in told.json["not_understood"]["rows"]] == [("case_endless", 1)]


def test_what_lies_after_the_moment_asked_for_has_not_happened(folder: Path) -> None:
    told = measured(folder, ONE_COLUMN, "--as-of", "2026-09-10T12:00")
    assert told.json["cases"] == 2
    assert [(one["code"], one["count"]) for one in told.json["not_understood"]["rows"]] == [("case_after_as_of", 1)]


def test_a_log_older_than_the_sop_has_no_limits_and_says_so(folder: Path) -> None:
    told = measured(folder, ONE_COLUMN.replace("2026-09", "2018-09"))
    assert steps(told)["A2"]["no_target"] == 3
    assert ("older_than_sop", 3) in [(one["code"], one["count"]) for one in told.json["warnings"]]


def test_three_hundred_columns_are_named_and_not_read(folder: Path) -> None:
    head, *rows = ONE_COLUMN.splitlines()
    names = [f"K{place}" for place in range(300)]
    wide = [",".join([head, *names]), *(",".join([row, *["x"] * 300]) for row in rows)]
    told = measured(folder, "\n".join(wide))
    assert told.json["cases"] == 3
    assert told.json["not_understood"]["columns"] == names[:50]


@pytest.mark.parametrize("content", ["case,activity,timestamp\n", LIVES[: LIVES.index("  <trace>")] + "</log>"])
def test_a_log_without_events_has_figures_of_nothing(folder: Path, content: str) -> None:
    told = measured(folder, content, name="log.xes" if "<log" in content else "log.csv")
    assert told.code == 0, told.err
    assert (told.json["cases"], told.json["all_steps"]["n"], told.json["all_steps"]["share"]) == (0, 0, None)


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log><trace/></log>'
LONG = f'<log><trace><string key="concept:name" value="{"x" * (1 << 24) + "x" * (1 << 19)}"/></trace></log>'
REFUSED = {
    "empty": ("log.csv", b"", "kosong"),
    "blank": ("log.csv", b"\n\n \n", "kosong"),
    "no table": ("log.csv", b"a,b\n1,2\n", "case"),
    "only starts": ("log.csv", b"case,activity,start\n1,A2,2026-09-07 09:00\n", "complete"),
    "twice": ("log.csv", b"case,activity,time,Time\n1,A2,x,y\n", "dua kali"),
    "binary": ("log.csv", b"case,activity,time\n1,\0,2\n", "NUL"),
    "another kind": ("log.xlsx", b"PK", "CSV"),
    "no gzip": ("log.csv.gz", b"case,activity,time\n", "rusak"),
    "cut off": ("log.csv.gz", gzip.compress(ONE_COLUMN.encode())[:-9], "rusak"),
    "no xml": ("log.xes", b"case,activity", "rusak"),
    "no xes": ("log.xes", b"<html><body/></html>", "html"),
    "cut xes": ("log.xes", LIVES[:900].encode(), "rusak"),
    "entities": ("log.xes", BOMB.encode(), "DOCTYPE"),
    "no trace": ("log.xes", b'<log><event><string key="concept:name" value="A2"/></event></log>', "trace"),
    "deep": ("log.xes", b"<log>" + b"<list>" * 200 + b"</list>" * 200 + b"</log>", "100"),
    "endless": ("log.xes", LONG.encode(), "16 MB"),
    "no time": ("log.xes", b'<log><trace><event><string key="concept:name" value="A2"/></event></trace></log>', "comp"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_log_is_refused_in_a_sentence(folder: Path, what: str) -> None:
    name, content, word = REFUSED[what]
    told = measured(folder, content, name=name)
    assert (told.code, told.out) == (2, "")
    assert word in told.err
    assert "Traceback" not in told.err


def test_a_log_that_is_too_large_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_events, "MOST_EVENTS", 5)
    told = measured(folder, ONE_COLUMN)
    assert (told.code, "lebih dari 5 kejadian" in told.err) == (2, True)


@pytest.mark.parametrize("columns", ["case", "warna=X", "case=Tidak Ada", "case="])
def test_columns_that_cannot_be_are_refused(folder: Path, columns: str) -> None:
    told = measured(folder, ONE_COLUMN, "--columns", columns)
    assert (told.code, told.out) == (2, "")


def test_a_file_that_is_not_there_is_refused(folder: Path) -> None:
    assert pantau("measure", folder / "tiada.csv", "--sop", SOP).code == 2
    assert measured(folder, ONE_COLUMN, "--settings", folder / "tiada.toml").code == 2


def test_people_read_lines(folder: Path) -> None:
    log = folder / "log.csv"
    log.write_text(ONE_COLUMN + "3,Rapat,2026-09-07T02:09:00Z\n", encoding="utf-8")
    told = pantau("measure", log, "--sop", SOP, "--as-of", AS_OF)
    assert told.code == 1
    assert "3 kasus, 9 kejadian" in told.out
    assert "Kegiatan tidak dikenal: Rapat (1 kejadian)" in told.out
    assert "100,0%" in told.out


RESEARCH = """no berkas,tahapan,waktu selesai
1,1,2026-09-07 09:00
1,2,2026-09-07 09:20
1,3,2026-09-08 09:20
1,4,2026-09-08 11:20
1,Menandatangani surat rekomendasi secara elektronik,2026-09-09 15:00
1,7,2026-09-09 15:15
2,1,2026-09-07 09:00
2,2,2026-09-07 09:20
2,1,2026-09-07 10:00
2,2,2026-09-07 10:15
2,3,2026-09-08 10:16
2,6,2026-09-08 10:46
2,7,2026-09-08 10:56
"""
"""The way of a recommendation; and one whose papers went back once and that was then refused."""


def test_another_sop_with_a_choice_and_a_return_is_judged_by_its_own_steps(folder: Path) -> None:
    (folder / "log.csv").write_text(RESEARCH, encoding="utf-8")
    told = pantau(
        "measure", folder / "log.csv", "--sop", sop_file("rekomendasi-penelitian"), "--json", "--as-of", AS_OF
    )
    assert told.code == 0, told.err
    rows = steps(told)
    # 1 working day is 27 000 s: 09.20 to 09.20 is just that; 10.15 to 10.16 of the next day is 60 s more.
    assert (some(rows["3"]), rows["3"]["over_seconds"]) == ((2, 1, 1, 0), 60)
    # 09.00 to 09.20 and, once the papers were there again at 10.00, to 10.15: 2 100 s against 1 800.
    assert (some(rows["2"]), rows["2"]["over_seconds"], rows["2"]["returned"]) == ((2, 1, 1, 0), 300, 1)
    assert [(rows[code]["n"], rows[code]["not_applicable"]) for code in ("4", "5", "6")] == [(1, 1), (1, 1), (1, 1)]
    # 11.20 to 15.00 of the next day: 40 minutes, 3 hours, and 6½ hours: 36 600 s against a day; 7 is in time twice.
    assert (some(rows["5"]), some(rows["7"])) == ((1, 0, 1, 0), (2, 2, 0, 0))
    assert rows["5"]["over_seconds"] == 36_600 - 27_000
    assert told.json["requests"]["late"] == 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".toml", ".xlsx"])
def test_a_sop_of_any_form_measures_a_log(folder: Path, name: str, suffix: str) -> None:
    (folder / "log.csv").write_text("case,activity,complete\n1,1,2026-09-07 09:00\n1,2,2026-09-07 09:05\n")
    told = pantau("measure", folder / "log.csv", "--sop", sop_file(name, suffix), "--json", "--as-of", AS_OF)
    assert told.code == 0, told.err
    assert some(steps(told)["2"])[:2] == (1, 1)


def test_versions_of_a_sop_judge_the_cases_of_their_time(folder: Path) -> None:
    text = sop_file("rekomendasi-penelitian").read_text(encoding="utf-8")
    later = text.replace("2025-07-01", "2026-09-08").replace('waktu = "30 menit"', 'waktu = "5 menit"')
    (folder / "baru.toml").write_text(later, encoding="utf-8")
    rows = "".join(
        f"{day},{step},2026-09-0{day} 09:{minute}\n" for day in (7, 8) for step, minute in ((1, "00"), (2, 20))
    )
    (folder / "log.csv").write_text("case,activity,complete\n" + rows, encoding="utf-8")
    both = ("--sop", sop_file("rekomendasi-penelitian"), "--sop", folder / "baru.toml")
    told = pantau("measure", folder / "log.csv", *both, "--json", "--as-of", AS_OF)
    assert some(steps(told)["2"]) == (2, 1, 1, 0)
    again = pantau("measure", folder / "log.csv", *both, *both[2:], "--json")
    assert (again.code, again.out) == (2, "")
