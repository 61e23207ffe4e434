"""`pantau sop draft`: from a log to a file that `sop check` takes and `measure` uses; and what gives no SOP."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from etl.domain.statistics import percentile_interval
from tests.serving.command_line import Result, pantau

AS_OF = "2026-09-30T12:00"
HEAD = "case,activity,start,timestamp,role,resource\n"


def draft(folder: Path, text: str, *more: str) -> tuple[Result, Path]:
    (folder / "log.csv").write_text(text, encoding="utf-8")
    out = folder / "sop.toml"
    return pantau("sop", "draft", folder / "log.csv", "--out", out, "--as-of", AS_OF, "--json", *more), out


def rows(case: int, *events: tuple[str, str, str], role: str = "Verifikator") -> str:
    """Events of a case on Monday 7 September, each with its start and end."""
    return "".join(
        f"{case},{name},{begin and f'2026-09-07T{begin}'},2026-09-07T{end},{role},Rina\n" for name, begin, end in events
    )


def some(count: int) -> str:
    """Cases that take 1, 2, 3 … minutes for the check, over the midday break, and then ten for the signature."""
    return HEAD + "".join(
        rows(
            case,
            ("Terima", "", "11:50"),
            ("Periksa", "11:58", f"13:{case:02}"),
            ("Tanda tangan", "", f"13:{case + 10}"),
        )
        for case in range(1, count + 1)
    )


def test_times_are_the_eightieth_percentile_of_the_working_time(tmp_path: Path) -> None:
    result, out = draft(tmp_path, some(9))
    assert result.code == 0
    first, check, sign = result.json["steps"]
    # two minutes before the break and 1 … 9 after it: the percentile between the 8th and 9th of nine lies at 9,4
    assert (check["n"], check["p80_seconds"], check["target_seconds"]) == (9, round((2 + 7.4) * 60), 600)
    assert check["interval_seconds"] == [(2 + 5) * 60, None]
    assert (sign["p80_seconds"], sign["target_seconds"]) == (600, 600)
    assert (first["target_seconds"], first["p80_seconds"]) == (None, None)
    assert [step["follows"] for step in result.json["steps"]] == [[], ["L1"], ["L2"]]
    document = tomllib.loads(out.read_text(encoding="utf-8"))
    assert document["kegiatan"] == {"Terima": "L1", "Periksa": "L2", "Tanda tangan": "L3"}
    assert document["langkah"]["L2"]["waktu"] == "10 menit"
    assert "9 menit 24 detik" in document["langkah"]["L2"]["catatan"]


def test_the_draft_passes_the_check_and_measures_its_log(tmp_path: Path) -> None:
    result, out = draft(tmp_path, some(9))
    checked = pantau("sop", "check", out, "--json")
    assert (checked.code, checked.json["status"]) == (0, "ok")
    measured = pantau("measure", tmp_path / "log.csv", "--sop", out, "--as-of", AS_OF, "--json")
    assert measured.code == 0
    kept = {step["step"]: (step["target_seconds"], step["n"], step["met"]) for step in measured.json["steps"]}
    assert kept == {"L1": (None, 0, 0), "L2": (600, 9, 8), "L3": (600, 9, 9)}
    assert [step["target_seconds"] for step in result.json["steps"]] == [None, 600, 600]


def test_few_durations_give_no_time_and_the_file_says_so(tmp_path: Path) -> None:
    result, out = draft(tmp_path, some(4))
    assert [(step["n"], step["target_seconds"]) for step in result.json["steps"][1:]] == [(4, None), (4, None)]
    assert "n = 4, kurang dari 5" in out.read_text(encoding="utf-8")


def test_the_desk_is_a_role_and_never_a_person(tmp_path: Path) -> None:
    result, out = draft(tmp_path, some(5))
    assert {step["actor"] for step in result.json["steps"]} == {"Verifikator"}
    assert "Rina" not in out.read_text(encoding="utf-8") + result.out
    out.unlink()
    bare = some(5).replace("role", "catatan")
    result, out = draft(tmp_path, bare)
    assert {step["actor"] for step in result.json["steps"]} == {None}
    assert 'pelaksana = "(diisi)"' in out.read_text(encoding="utf-8")


def test_the_draft_speaks_the_language_that_was_asked_for(tmp_path: Path) -> None:
    _, out = draft(tmp_path, some(5), "--lang", "en")
    text = out.read_text(encoding="utf-8")
    assert 'judul = "Draft SOP from the log log.csv"' in text
    assert "# The role of 100% of its events." in text
    assert "Ditempuh" not in text


def test_rare_activities_are_told_to_be_no_steps(tmp_path: Path) -> None:
    text = some(30) + rows(1, ("Salah\tketik", "", "14:00"))
    result, out = draft(tmp_path, text)
    assert result.json["no_steps"] == [{"activity": "Salah\tketik", "cases": 1}]
    assert tomllib.loads(out.read_text(encoding="utf-8"))["kegiatan"]["Salah\tketik"] == ""


def test_one_case_is_a_draft_without_times(tmp_path: Path) -> None:
    result, out = draft(tmp_path, some(1))
    assert [step["target_seconds"] for step in result.json["steps"]] == [None] * 3
    assert pantau("sop", "check", out).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "kosong"),
        (HEAD, "hanya 0 kegiatan"),
        (HEAD + rows(1, ("Terima", "", "09:00")) + rows(2, ("Terima", "", "09:10")), "hanya 1 kegiatan"),
        (HEAD + "".join(rows(1, (f"Berkas {at}", "", "09:00")) for at in range(300)), "lebih dari 127 kegiatan"),
        (HEAD + "".join(rows(1, (f"Berkas {at}", "", "09:00")) for at in range(61)), "memberi 61 langkah"),
        (HEAD + "1,Terima,2026-09-07T09:00,,Staf,\n1,Periksa,2026-09-07T09:10,,Staf,\n", "hanya 0 kegiatan"),
    ],
)
def test_a_log_that_gives_no_sop_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    result, out = draft(tmp_path, text)
    assert (result.code, out.exists()) == (2, False)
    assert said in result.err


def test_a_file_that_is_there_already_stays_as_somebody_left_it(tmp_path: Path) -> None:
    (tmp_path / "sop.toml").write_text("judul = 'disunting'", encoding="utf-8")
    result, out = draft(tmp_path, some(5))
    assert (result.code, out.read_text(encoding="utf-8")) == (2, "judul = 'disunting'")
    assert "sop.toml sudah ada" in result.err


def test_another_kind_of_file_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(some(5), encoding="utf-8")
    result = pantau("sop", "draft", tmp_path / "log.csv", "--out", tmp_path / "sop.xlsx")
    assert (result.code, "akhiri dengan .toml" in result.err) == (2, True)


@pytest.mark.parametrize(("n", "ends"), [(4, (1, None)), (9, (5, None)), (17, (10, 17)), (100, (72, 89))])
def test_the_interval_of_a_percentile_is_of_values_in_their_order(n: int, ends: tuple[int, int | None]) -> None:
    assert percentile_interval(np.arange(n, 0, -1), np.ones(n), 80) == ends


def test_the_interval_of_a_percentile_holds_it_nineteen_times_of_twenty() -> None:
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(2_000):
        low, high = percentile_interval(chance.random(60), np.ones(60), 80)
        assert low is not None
        assert high is not None
        held += low <= 0.8 <= high
    assert 0.95 <= held / 2_000 < 0.985
