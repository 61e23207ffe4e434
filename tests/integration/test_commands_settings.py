"""`pantau settings`, `check` and `rebuild`: what the office may change, what is refused, and how it is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.books.settings_sample import OFFICE_FILE
from tests.books.typed import agenda, hand_overs
from tests.serving.command_line import ROOT, Desk, pantau

ROOM = '[[room]]\nname = "Aula"\naliases = ["AL"]\ncapacity = 80\n'
WEEK = 'hours = { mon-thu = ["07:30-12:00", "13:00-16:00"], fri = ["07:30-11:30", "13:00-16:30"] }\n'
PROFILE = '[[calendar.profile]]\nname = "Baru"\nsource = "SE"\nfrom = 2020-01-01\n' + WEEK


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office to which no settings file was ever applied with success."""
    return Desk(tmp_path_factory.mktemp("bawaan"))


def shown(desk: Desk) -> dict:
    told = desk.run("settings", "show")
    assert told.code == 0
    return tomllib.loads(told.out)


def test_the_whole_settings_file_of_the_handbook_is_accepted(desk: Desk) -> None:
    assert desk.settle(OFFICE_FILE).code == 0
    told = shown(desk)
    assert told["retention"] == {"access_log": "365d"}
    assert [room["name"] for room in told["room"]] == ["Smart Center"]
    assert told["room"][0]["closure"][0]["reason"] == "perbaikan AC"
    assert [profile["name"] for profile in told["calendar"]["profile"]] == ["Perpres 21/2023", "Ramadan"]


def test_what_is_shown_can_be_applied_again_unchanged(desk: Desk) -> None:
    before = desk.run("settings", "show").out
    assert desk.settle(before).code == 0
    assert desk.run("settings", "show").out == before


def test_the_shipped_settings_are_shown_as_toml_and_as_one_json_document(shipped: Desk) -> None:
    told, document = shown(shipped), shipped.run("settings", "show", "--json").json
    assert told["office"] == document["office"] == {"timezone": "Asia/Jakarta"}
    assert [room["name"] for room in document["room"]] == ["Smart Center"]
    assert "capacity" not in told["room"][0]


@pytest.mark.parametrize(
    ("text", "table", "names"),
    [
        (ROOM, "room", ["Aula"]),
        ('[opd]\n"Dinas Kesehatan" = ["Dinkes"]\n', "opd", ["Dinas Kesehatan"]),
    ],
)
def test_a_table_in_the_file_replaces_that_whole_table_and_no_other(
    desk: Desk, text: str, table: str, names: list[str]
) -> None:
    before = shown(desk)
    assert desk.settle(text).code == 0
    after = shown(desk)
    assert [one if isinstance(one, str) else one["name"] for one in after[table]] == names
    assert {key: value for key, value in after.items() if key != table} == {
        key: value for key, value in before.items() if key != table
    }


def test_profiles_replace_every_shipped_profile_ramadan_included(desk: Desk) -> None:
    assert desk.settle(PROFILE).code == 0
    told = desk.run("clock", "2026-03-02T15:30", "2026-03-03T08:30", "--json").json
    assert told["working_seconds"] == 30 * 60 + 60 * 60


def test_without_the_package_and_without_days_there_are_no_holidays(desk: Desk) -> None:
    one_day = '[[calendar.day]]\ndate = 2026-09-08\nname = "Libur"\nsource = "SE"\nhours = []\n'
    assert desk.settle(one_day).code == 0
    assert desk.settle("[calendar.holidays]\npackage = false\n").code == 0
    august = desk.run("clock", "2026-08-17T07:30", "2026-08-17T16:00", "--json").json
    assert august["working_seconds"] == 27_000
    assert desk.run("clock", "2026-09-08T07:30", "2026-09-08T16:00", "--json").json["working_seconds"] == 0


def test_tables_that_a_later_file_leaves_out_stay(desk: Desk) -> None:
    desk.settle(ROOM)
    desk.settle('[[step_off]]\nstep = "B3"\nfrom = 2026-01-01\n')
    told = shown(desk)
    assert ([room["name"] for room in told["room"]], told["step_off"][0]["step"]) == (["Aula"], "B3")


def test_a_weekly_sum_other_than_2250_minutes_is_a_warning(desk: Desk) -> None:
    told = desk.settle(PROFILE.replace("07:30-12:00", "08:00-12:00"))
    assert told.code == 1
    assert "2130" in told.json["warnings"][0].replace(".", "")
    assert desk.run("check", "--json").code == 1


REFUSED = [
    ("[ruang]\nx = 1\n", "ruang", ""),
    ('[office]\ntimezone = "Asia/Trenggalek"\n', "office.timezone", "Asia/Trenggalek"),
    ('[[room]]\nname = "Aula"\nkapasitas = 3\n', "kapasitas", "3"),
    ('[[room]]\nname = "Aula"\ncapacity = -3\n', "capacity", "-3"),
    ('[[room]]\nname = "Aula"\n[[room]]\nname = "aula"\n', "room", "aula"),
    (ROOM + '[[room.closure]]\nfrom = 2026-09-10T10:00:00\nto = 2026-09-10T08:00:00\n', "closure", "08:00"),
    (PROFILE.replace("07:30-12:00", "12:00-07:30"), "hours", "12:00-07:30"),
    (PROFILE.replace('"13:00-16:00"', '"11:00-16:00"'), "hours", "11:00-16:00"),
    (PROFILE.replace("07:30-12:00", "pagi"), "hours", "pagi"),
    (PROFILE.replace("mon-thu", "senin"), "senin", ""),
    (PROFILE.replace("2020-01-01", '"kapan"'), "from", "kapan"),
    ('[[calendar.day]]\ndate = 2026-09-08\nname = "L"\nhours = ["10:00-07:30"]\n', "hours", "10:00-07:30"),
    ('[[step_off]]\nstep = "C9"\nfrom = 2026-01-01\n', "step", "C9"),
    ('[opd]\n"A" = ["x"]\n"B" = ["x"]\n', "opd", "x"),
    ('[[source]]\nname = "s"\nkind = "rapat"\ncolumns = {}\n', "kind", "rapat"),
    ('[[source]]\nname = "s"\nkind = "permohonan"\ncolumns = { nama = "x" }\n', "columns.nama", "x"),
    ("room = 3\n", "room", "3"),
    ('[office\ntimezone = "x"\n', "baris 1", "[office"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "value"), REFUSED)
def test_a_broken_settings_file_is_refused_naming_file_key_value_and_what_to_write(
    shipped: Desk, text: str, key: str, value: str
) -> None:
    before = shipped.run("settings", "show").out
    told = shipped.settle(text, "rusak.toml")
    assert (told.code, told.out) == (2, "")
    for words in ("rusak.toml", key, value, "tulis"):
        assert words in told.err
    assert shipped.run("settings", "show").out == before


def test_a_database_url_with_a_password_is_refused_and_not_repeated(shipped: Desk) -> None:
    source = '[[source]]\nname = "s"\nkind = "permohonan"\nurl_env = "mysql://u:rahasia123@h/db"\nquery = "SELECT 1"\n'
    told = shipped.settle(source)
    assert (told.code, told.out) == (2, "")
    assert "url_env" in told.err
    assert "rahasia123" not in told.err


def test_a_settings_file_that_is_not_there_or_no_text_is_refused(shipped: Desk) -> None:
    missing = shipped.run("settings", "apply", shipped.folder / "tidak ada.toml")
    assert (missing.code, "tidak ada.toml" in missing.err) == (2, True)
    binary = shipped.run("settings", "apply", shipped.file(b"\xff\xfe\x00\x81", "biner.toml"))
    assert (binary.code, "biner.toml" in binary.err) == (2, True)
    folder = shipped.run("settings", "apply", shipped.folder)
    assert folder.code == 2


def test_new_settings_judge_what_is_already_loaded(desk: Desk) -> None:
    desk.give(agenda("1;07/09/2026;15.00;Dinkes"), "a.csv")
    desk.give(hand_overs("1;A2;;;;09/09/2026;08.00"), "d.csv")
    assert desk.step("2026/1", "A2")["elapsed_seconds"] == 32_400
    desk.settle('[[calendar.day]]\ndate = 2026-09-08\nname = "Libur"\nsource = "SE"\nhours = []\n')
    assert desk.step("2026/1", "A2")["elapsed_seconds"] == 5400


def test_the_office_s_own_days_and_sop_versions_count_without_a_rebuild(desk: Desk) -> None:
    desk.give(agenda("1;07/09/2026;15.00;Dinkes"), "a.csv")
    desk.give(hand_overs("1;A2;;;;09/09/2026;08.00"), "d.csv")
    desk.step("2026/1", "A2")
    (desk.home / "hari_kantor.csv").write_text("tanggal;nama;sumber;jam\n08/09/2026;Libur;SE;\n", encoding="utf-8")
    assert desk.step("2026/1", "A2")["elapsed_seconds"] == 5400
    printed = 'teks = "10 menit", keyakinan = 0.85 }\nwaktu_detik = 600'
    longer = 'teks = "100 menit", keyakinan = 0.85 }\nwaktu_detik = 6000'
    slow = SOP.replace("2020-06-01", "2026-09-01").replace(printed, longer)
    put_sop(desk, slow)
    step = desk.step("2026/1", "A2")
    assert (step["target_seconds"], step["verdict"]) == (6000, "MET")


SOP = (ROOT / "etl" / "reference" / "sop-2020-06.toml").read_text(encoding="utf-8")


def put_sop(desk: Desk, text: str) -> None:
    (desk.home / "sop").mkdir(parents=True, exist_ok=True)
    (desk.home / "sop" / "baru.toml").write_text(text, encoding="utf-8")


def broken_by(desk: Desk) -> str:
    """What the figures and the check say of a broken rule file; both refuse."""
    told = desk.run("figures", "sla", "--from", "2026-09-01", "--to", "2026-09-30", "--json")
    assert (told.code, told.out) == (2, "")
    checked = desk.run("check", "--json")
    assert checked.code == 2
    (error,) = [one for one in checked.json["checks"] if one["status"] == "error"]
    assert error["message"] == told.err.strip()
    assert error["action"]
    return told.err


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("waktu_detik = 600", 'waktu_detik = "cepat"', "waktu_detik"),
        ("waktu_detik = 600", "waktu_detik = -5", "waktu_detik"),
        ("berlaku_sejak = 2020-06-01", 'berlaku_sejak = "Juni"', "berlaku_sejak"),
        ("nomor = ", "nomer = ", "nomor"),
        ("judul = ", "judul = =", "baris"),
    ],
)
def test_a_broken_sop_is_refused_naming_file_key_value_and_what_to_write(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    office = Desk(tmp_path)
    assert old in SOP
    put_sop(office, SOP.replace(old, new, 1))
    told = broken_by(office)
    for words in ("baru.toml", key, "tulis"):
        assert words in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tanggal;nama;sumber;jam\n31/09/2026;Libur;SE;\n", ("baris 2", "tanggal", "31/09/2026")),
        ("tanggal;nama;sumber;jam\n08/09/2026;Upacara;SE;10:00-07:30\n", ("baris 2", "jam", "10:00-07:30")),
        ("tanggal;nama;sumber;jam\n08/09/2026;A;SE;\n08/09/2026;B;SE;\n", ("baris 3", "baris 2")),
        ("hari;apa\n", ("judul",)),
    ],
)
def test_a_broken_file_of_office_days_is_refused_naming_its_row(tmp_path: Path, text: str, words: tuple[str]) -> None:
    office = Desk(tmp_path)
    office.home.mkdir()
    (office.home / "hari_kantor.csv").write_text(text, encoding="utf-8")
    told = broken_by(office)
    for word in ("hari_kantor.csv", "tulis", *words):
        assert word in told


def test_a_fresh_office_is_well(desk: Desk) -> None:
    told = desk.run("check", "--json")
    assert told.code == 0
    assert {one["status"] for one in told.json["checks"]} == {"ok"}
    for one in told.json["checks"]:
        assert set(one) >= {"name", "status", "message", "action"}


def test_a_lost_mart_is_a_warning_and_comes_back(desk: Desk) -> None:
    desk.give(agenda("1;07/09/2026;08.00;Dinkes"), "a.csv")
    desk.give(hand_overs("1;A2;;;;07/09/2026;08.08"), "d.csv")
    before = desk.sla("2026-09-01", "2026-09-30")
    for file in (desk.home / "mart").iterdir():
        file.unlink()
    told = desk.run("check")
    assert (told.code, "pantau rebuild" in told.out) == (1, True)
    again = desk.run("rebuild", "--json")
    assert (again.code, again.json["load_id"]) == (0, 2)
    assert desk.run("check").code == 0
    assert desk.sla("2026-09-01", "2026-09-30") == before


def test_a_damaged_mart_never_hides_the_records(desk: Desk) -> None:
    desk.give(agenda("1;07/09/2026;08.00;Dinkes"), "a.csv")
    for file in (desk.home / "mart").glob("mart-*.duckdb"):
        file.write_bytes(b"rusak")
    assert desk.case("2026/1")["request"]["opd"] == "Dinas Kesehatan"


def test_people_see_every_finding_of_the_check(shipped: Desk) -> None:
    told = shipped.run("check")
    for name in ("Basis data", "Pengaturan", "Kalender", "SOP", "Mart"):
        assert name in told.out


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://nobody:rahasia123@127.0.0.1:1/pantau", "tidak dapat dihubungi"),
        ("omong kosong", "PANTAU_DATABASE_URL"),
        ("mysql://h/pantau", "postgresql://"),
    ],
)
def test_records_that_cannot_be_reached_are_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    office = Desk(tmp_path)
    monkeypatch.setenv("PANTAU_DATABASE_URL", url)
    for command in (
        ("figures", "sla", "--from", "2026-09-01", "--to", "2026-09-30"),
        ("settings", "show"),
        ("rebuild",),
    ):
        told = office.run(*command)
        assert (told.code, told.out) == (2, "")
        assert words in told.err
        assert "rahasia123" not in told.err
        assert len(told.err.strip().splitlines()) == 1
    assert office.run("check").code == 2


@pytest.mark.parametrize("command", [("settings", "show"), ("check",), ("rebuild",), ("case", "2026/1")])
def test_a_home_that_cannot_be_a_folder_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "berkas").write_text("bukan folder", encoding="utf-8")
    told = pantau(*command, "--home", tmp_path / "berkas")
    assert (told.code, told.out) == (2, "")
    assert "berkas" in told.err


def test_a_source_translates_its_own_words_and_a_new_meaning_reads_the_file_anew(desk: Desk) -> None:
    source = '[[source]]\nname = "e-surat"\nkind = "disposisi"\nvalues = { langkah = { "Verifikasi" = "A2" } }\n'
    desk.settle(source)
    desk.give(agenda("143;07/09/2026;08.00;Dinkes"), "agenda.csv")
    given = ("ekspor.csv", "--source", "e-surat")
    assert desk.give(hand_overs("143;verifikasi;;;;07/09/2026;08.08"), *given).counts == (1, 1, 0, 0, 0, 0)
    assert desk.verdict("2026/143", "A2") == ("MET", None)
    desk.settle(source.replace("A2", "A3"))
    assert desk.give(hand_overs("143;verifikasi;;;;07/09/2026;08.08"), *given).counts == (1, 1, 0, 0, 0, 0)
