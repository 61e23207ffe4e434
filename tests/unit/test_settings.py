"""The settings: what ships, how a file replaces tables, and how they are written out."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from etl.domain.errors import RuleError
from etl.domain.verdict import MonitoringRule
from etl.extract.kinds import SPECS
from etl.settings.document import (
    Settings,
    SourceMap,
    apply,
    apply_file,
    default_settings,
    parse_settings,
    to_toml,
)
from etl.settings.sources import COLUMNS, Const
from tests.books.settings_sample import OFFICE_FILE
from tests.reading.refusals import says

HOUR = 3600


def applied(text: str) -> Settings:
    return apply(default_settings(), text, "kantor.toml")


def test_the_shipped_profiles_are_the_two_decrees_the_estimate_before_and_ramadan() -> None:
    found = [(profile.valid_from, profile.valid_to, profile.is_estimated) for profile in default_settings().profiles()]
    assert found == [
        (date(2000, 1, 1), date(2021, 1, 3), True),
        (date(2021, 1, 4), None, False),
        (date(2023, 4, 12), None, False),
        (None, None, False),
        (None, None, True),
    ]


def test_the_shipped_ramadan_ranges_cover_2020_to_2027_and_only_the_last_is_an_estimate() -> None:
    ramadan = [profile for profile in default_settings().profiles() if profile.kind == "ramadan"]
    assert [(first.year, profile.is_estimated) for profile in ramadan for first, _ in profile.ranges] == [
        *((year, False) for year in range(2020, 2027)),
        (2027, True),
    ]


def test_every_shipped_profile_names_its_source() -> None:
    assert all(profile.source for profile in default_settings().profiles())


def test_the_shipped_room_has_no_known_capacity_and_the_offices_hours() -> None:
    [room] = default_settings().rooms
    assert (room.name, room.capacity, room.terms, room.closures) == ("Smart Center", None, (), ())


def test_the_shipped_checklist_weighs_what_the_room_cannot_do_without_twice() -> None:
    first, second = default_settings().checklists
    assert first.weights == {
        "Jaringan": 2, "AC": 2, "Proyektor": 2, "Suara": 2, "Kebersihan": 2,
        "Disinfeksi": 1, "Thermal gun": 1, "Masker": 1, "Hand sanitizer": 1, "Sabun": 1, "Wastafel": 1,
    }  # fmt: skip
    assert second.weights == first.weights | {"Alat tulis kantor": 1, "Komputer": 1}
    assert (second.version, second.valid_from) == ("2027-1", date(2027, 1, 1))


def test_a_file_with_every_table_is_taken_whole() -> None:
    settings = applied(OFFICE_FILE)
    assert settings.zone == "Asia/Jakarta"
    assert [profile.name for profile in settings.profiles()] == ["Perpres 21/2023", "Ramadan"]
    assert [(day.date, day.hours) for day in settings.special_days()] == [(date(2026, 9, 8), ())]
    assert [(off.step, off.first, off.last) for off in settings.step_off] == [("B3", date(2023, 6, 22), None)]
    assert settings.holders["kadin"].title == "Kepala Dinas"
    assert settings.checklists[0].version == "2026-1"
    assert settings.retention.access_log.seconds == 365 * 24 * HOUR
    assert settings.monitoring_rule == MonitoringRule(share=0.85, n=8, coverage=0.6, near=0.5)


def test_hours_become_seconds_of_the_day_by_weekday() -> None:
    perpres = applied(OFFICE_FILE).profiles()[0]
    morning = (7 * HOUR + 1800, 12 * HOUR)
    assert perpres.hours == {
        **dict.fromkeys(range(4), (morning, (13 * HOUR, 16 * HOUR))),
        4: ((7 * HOUR + 1800, 11 * HOUR + 1800), (13 * HOUR, 16 * HOUR + 1800)),
    }


def test_days_may_be_one_key_each_and_hours_in_any_order() -> None:
    text = """
[[calendar.profile]]
name = "Pagi"
hours = { mon = ["13:00-15:00", "08:00-12:00"], tue = ["08:00-12:00"], sun = ["00:00-24:00"], wed = [] }
"""
    assert applied(text).profiles()[0].hours == {
        0: ((8 * HOUR, 12 * HOUR), (13 * HOUR, 15 * HOUR)),
        1: ((8 * HOUR, 12 * HOUR),),
        6: ((0, 24 * HOUR),),
    }


CHANGING = """
[[room]]
name = "Smart Center"
capacity = 50
from = 2026-09-01
to = 2027-12-31
[[room.hours]]
from = 2027-03-01
hours = { mon = ["08:00-12:00"] }
[[room.hours]]
hours = { mon-fri = ["08:00-16:00"] }
[[room.hours]]
from = 2027-01-01
capacity = 60
"""


def test_hours_and_seats_of_a_room_hold_from_their_days_on_and_what_is_not_said_stays() -> None:
    settings = applied(CHANGING)
    [room] = settings.rooms
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28), date(2027, 3, 1)]
    assert [room.capacity_on(day) for day in days] == [50, 60, 60, 60]
    assert [len(room.hours_on(day) or ()) for day in days] == [5, 5, 5, 1]
    there = [date(2026, 8, 31), date(2026, 9, 1), date(2027, 12, 31), date(2028, 1, 1)]
    assert [room.is_there_on(day) for day in there] == [False, True, True, False]
    assert applied(to_toml(settings)) == Settings.from_document(settings.to_document()) == settings


def test_hours_of_the_week_that_never_change_are_written_as_a_week() -> None:
    [room] = applied(OFFICE_FILE).to_document()["room"]
    assert room["hours"] == {"mon-fri": ["08:00-12:00", "13:00-16:00"]}


def test_a_room_has_its_aliases_capacity_hours_and_closures() -> None:
    [room] = applied(OFFICE_FILE).rooms
    assert (room.aliases, room.capacity) == (("SC", "Ruang Smart Center"), 50)
    assert sorted(room.hours_on(date.min) or ()) == [0, 1, 2, 3, 4]
    assert [(closure.start, closure.end) for closure in room.closures] == [
        (datetime(2026, 9, 10, 8), datetime(2026, 9, 10, 10))  # noqa: DTZ001  (office time)
    ]


def test_closures_of_a_room_may_overlap() -> None:
    closures = "".join(
        f"[[room.closure]]\nfrom = 2026-09-10T{first}:00:00\nto = 2026-09-10T{last}:00:00\n"
        for first, last in (("08", "10"), ("09", "12"))
    )
    assert len(applied(f'[[room]]\nname = "A"\n{closures}').rooms[0].closures) == 2


def test_a_source_is_a_map_of_columns_with_its_rhythm() -> None:
    assert applied(OFFICE_FILE).source("e-surat") == SourceMap(
        name="e-surat",
        kind="permohonan",
        columns={"no_agenda": "no_agenda", "tgl_terima": "tgl_diterima", "asal": Const("tidak disebut")},
        date_order="ymd",
        url_env="ESURAT_URL",
        query="SELECT * FROM surat WHERE id > :cursor ORDER BY id",
        cursor="id",
        every_seconds=300,
    )


def test_a_source_may_say_what_its_own_words_mean() -> None:
    text = """
[[source]]
name = "e-surat"
kind = "disposisi"
values = { langkah = { "Verifikasi" = "A5", "Arsip" = "A8" } }
"""
    source = applied(text).source("e-surat")
    assert source is not None
    assert source.values == {"langkah": {"Verifikasi": "A5", "Arsip": "A8"}}
    assert applied(text).to_document()["source"][0]["values"] == source.values


def test_a_source_may_say_that_its_numbers_begin_again_every_month() -> None:
    text = '[[source]]\nname = "agenda"\nkind = "permohonan"\nfiles = "agenda*"\nnumbering = "{}"\n'
    source = applied(text.format("month")).source("agenda")
    assert (source and source.numbering) == "month"
    with pytest.raises(RuleError):
        applied(text.format("week"))


def test_a_source_of_files_may_have_a_date_order_for_each_column() -> None:
    text = """
[[source]]
name = "register"
kind = "pemakaian"
files = "event*.csv"
date_order = { tanggal = "ymd", tgl_selesai = "mdy" }
"""
    source = applied(text).source("register")
    assert source is not None
    assert (source.files, source.date_order) == ("event*.csv", {"tanggal": "ymd", "tgl_selesai": "mdy"})


def test_the_columns_a_map_may_name_are_those_that_the_intake_reads() -> None:
    for kind, spec in SPECS.items():
        assert COLUMNS[kind] == spec.columns


def test_a_table_in_the_file_replaces_that_whole_table() -> None:
    settings = applied('[[calendar.profile]]\nname = "Baru"\nhours = { mon-fri = ["08:00-16:00"] }\n')
    assert [profile.name for profile in settings.profiles()] == ["Baru"]


def test_tables_that_the_file_does_not_have_stay() -> None:
    before = applied('[[calendar.day]]\ndate = 2026-09-08\nname = "Libur daerah"\n')
    after = apply(before, '[calendar.holidays]\npackage = false\n[[room]]\nname = "Aula"\n', "kantor.toml")
    assert not after.calendar.holidays.package
    assert [day.name for day in after.special_days()] == ["Libur daerah"]
    assert after.profiles() == before.profiles()
    assert after.opd == before.opd
    assert [room.name for room in after.rooms] == ["Aula"]


def test_an_empty_list_empties_its_table() -> None:
    before = applied('[[calendar.day]]\ndate = 2026-09-08\nname = "Libur daerah"\n')
    assert apply(before, "[calendar]\nday = []\n", "kantor.toml").special_days() == ()


def test_an_opd_table_replaces_the_shipped_names() -> None:
    assert applied('[opd]\n"Dinas Kesehatan" = ["Dinkes"]\n').opd == {"Dinas Kesehatan": ("Dinkes",)}


def test_a_file_that_changes_nothing_changes_nothing() -> None:
    assert applied("# hanya catatan\n") == default_settings()


def test_what_is_shown_can_be_applied_again() -> None:
    for settings in (default_settings(), applied(OFFICE_FILE)):
        assert apply(default_settings(), to_toml(settings), "kantor.toml") == settings


def test_what_is_stored_as_json_comes_back_the_same() -> None:
    for settings in (default_settings(), applied(OFFICE_FILE)):
        assert Settings.from_document(json.loads(json.dumps(settings.to_document()))) == settings


def test_stored_settings_that_cannot_be_used_are_refused_by_name() -> None:
    document = default_settings().to_document() | {"office": {"timezone": "Asia/Jakata"}}
    with pytest.raises(RuleError, check=says(r'^pengaturan tersimpan: office\.timezone = "Asia/Jakata"')):
        Settings.from_document(document)


def test_the_parsed_file_holds_only_its_own_tables() -> None:
    assert list(parse_settings('[office]\ntimezone = "Asia/Makassar"\n', "kantor.toml")) == ["office"]


@pytest.mark.parametrize(
    "text",
    [
        '[office]\ntimezone = "Asia/Makassar"\n',
        '[[calendar.day]]\ndate = 2026-09-08\nname = "Libur"\n',
        "[calendar.holidays]\npackage = false\n",
        '[[step_off]]\nstep = "B3"\nfrom = 2023-06-22\n',
        "[recording]\nfrom = 2026-09-01\n",
    ],
)
def test_the_hash_of_the_rules_changes_with_what_judges(text: str) -> None:
    assert applied(text).rules_hash() != default_settings().rules_hash()


def test_the_hash_of_the_rules_does_not_change_with_what_judges_nothing() -> None:
    settings = applied('[[room]]\nname = "Aula"\n[holders]\nkadin = { name = "Nama" }\n')
    assert settings.rules_hash() == default_settings().rules_hash()


def test_recording_begins_on_the_day_of_the_step_or_of_all() -> None:
    recording = applied("[recording]\nfrom = 2026-09-01\nsteps = { A6 = 2026-10-01, B3 = false }\n").recording
    assert [recording.day_of(step) for step in ("A2", "A6", "B3")] == [date(2026, 9, 1), date(2026, 10, 1), False]
    assert default_settings().recording.day_of("A2") is None


def test_recording_is_stored_and_read_again() -> None:
    settings = applied("[recording]\nsteps = { A6 = 2026-10-01, B3 = false }\n")
    assert Settings.from_document(settings.to_document()) == settings
    assert parse_settings(to_toml(settings), "kantor.toml")["recording"]["steps"]["B3"] is False


def test_a_settings_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "kantor.toml"
    path.write_text('[office]\ntimezone = "Asia/Makassar"\n', encoding="utf-8-sig")
    assert apply_file(default_settings(), path).zone == "Asia/Makassar"


def test_a_settings_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, check=says(r"tidak-ada\.toml: berkas = .* tulis nama berkas yang ada")):
        apply_file(default_settings(), tmp_path / "tidak-ada.toml")
