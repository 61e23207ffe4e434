"""The SOP as data: what ships, what an office may correct, and what is refused."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from etl.domain.compliance.rules import procedure_of
from etl.domain.errors import RuleError
from etl.domain.frames import MISSING
from etl.domain.sop.file import parse_sop
from etl.domain.sop.steps import Clock, Meaning
from etl.domain.sop.versions import Sop, SopVersion
from etl.reference import shipped_sop_texts
from etl.settings.sops import load_sop
from tests.reading.refusals import says

[(FILE, TEXT)] = shipped_sop_texts()


def shipped() -> SopVersion:
    return load_sop().current()


def office_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(change: Any) -> RuleError:
    document = tomllib.loads(TEXT)
    change(document)
    with pytest.raises(RuleError) as caught:
        parse_sop(document, "sop.toml", shipped())
    return caught.value


def test_the_targets_of_the_thirteen_steps_are_those_of_the_sop() -> None:
    days, targets = load_sop().target_table()
    assert days.tolist() == [18414]  # 1 June 2020
    assert targets.tolist() == [
        [300, 600, 300, 300, 3600, 3600, 3600, 3600, 1200, 600, 1800, 3600, MISSING],
    ]


def test_receipt_to_ready_takes_200_minutes_on_the_critical_path_and_260_in_series() -> None:
    assert (shipped().critical_path_seconds(), shipped().series_seconds()) == (200 * 60, 260 * 60)


def test_part_a_with_the_opds_own_step_takes_205_minutes_on_the_critical_path_and_265_in_series() -> None:
    part_a = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8")
    assert (shipped().critical_path_seconds(part_a), shipped().series_seconds(part_a)) == (205 * 60, 265 * 60)


def test_a7_and_a6_both_follow_a5_and_a8_follows_both() -> None:
    follows = {step.code: step.follows for step in shipped().steps}
    assert (follows["A6"], follows["A7"], follows["A8"]) == (("A5",), ("A5",), ("A6", "A7"))


def test_only_steps_of_the_event_itself_run_on_elapsed_time() -> None:
    assert [step.code for step in shipped().steps if step.clock is Clock.ELAPSED] == ["B3", "B4", "B5"]


def test_only_a1_and_b1_are_the_opds_time() -> None:
    assert [step.code for step in shipped().steps if step.is_opd_time] == ["A1", "B1"]


def test_a_step_carries_its_printed_cells_with_the_confidence_of_their_reading() -> None:
    step = shipped().step("A7")
    assert (step.actor, step.role) == ("Kasi Pengembangan Aplikasi", "kasi_aplikasi")
    assert (step.requires.text, step.requires.confidence) == ("Surat dan lembar disposisi", 0.45)
    assert (step.time.text, step.time.confidence) == ("1 jam", 0.85)
    assert (step.output.text, step.output.confidence) == ("TL disposisi surat", 0.7)


def test_part_b_is_clear_print_and_has_no_confidence() -> None:
    cells = [cell for step in shipped().steps if step.part == "B" for cell in (step.requires, step.time, step.output)]
    assert [cell.confidence for cell in cells] == [None] * 15


def test_the_last_step_has_no_time() -> None:
    assert shipped().step("B5").target_seconds is None


def test_tables_and_wall_have_short_names_of_their_own() -> None:
    step = shipped().step("A2")
    assert (step.short_name, step.desk_name, step.desk_actor) == (
        "Pindai dan teruskan ke Sekdin",
        "Pindai surat",
        "Agendaris",
    )


def test_the_identity_block_names_the_signatory_without_a_personal_number() -> None:
    identity = shipped().identity
    assert identity.approved_name == "Edif Hayunan Siswanto, S.Sos., M.Si"
    assert identity.effective == "Juni 2020"
    assert re.search(r"\d{12,}|NIP", TEXT) is None


def test_before_the_first_version_no_sop_is_in_force() -> None:
    sop = load_sop()
    assert sop.version_on(date(2020, 5, 31)) is None
    assert sop.version_on(date(2020, 6, 1)) is sop.current()


def test_the_offices_file_of_the_same_date_replaces_the_shipped_one(tmp_path: Path) -> None:
    office_file(tmp_path, "betul.toml", with_time_of_a4("10 menit", 600))
    sop = load_sop(tmp_path)
    assert [version.step("A4").target_seconds for version in sop.versions] == [600]


def test_a_later_version_judges_from_its_own_date(tmp_path: Path) -> None:
    later = with_time_of_a4("10 menit", 600).replace("berlaku_sejak = 2020-06-01", "berlaku_sejak = 2027-01-01")
    office_file(tmp_path, "2027.toml", later)
    sop = load_sop(tmp_path)
    assert target_of_a4(sop, date(2026, 12, 31)) == 300
    assert target_of_a4(sop, date(2027, 1, 1)) == 600


def test_two_files_of_the_office_with_one_date_are_refused(tmp_path: Path) -> None:
    office_file(tmp_path, "a.toml", TEXT)
    office_file(tmp_path, "b.toml", TEXT)
    with pytest.raises(RuleError, check=says(r"b\.toml: berlaku_sejak = 2020-06-01 .* tulis tanggal lain; .*a\.toml")):
        load_sop(tmp_path)


def test_a_folder_that_is_not_there_leaves_the_shipped_version(tmp_path: Path) -> None:
    assert len(load_sop(tmp_path / "sop").versions) == 1


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    office_file(tmp_path, "sop.toml", 'nomor = "1"\njudul "x"\n')
    with pytest.raises(RuleError, check=says(r'sop\.toml: baris 2, kolom 7 = "judul "x"" .* tulis kunci = nilai')):
        load_sop(tmp_path)


def test_a_step_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    office_file(tmp_path, "sop.toml", TEXT + "\n[langkah.A4]\n")
    with pytest.raises(RuleError, check=says(r'"\[langkah\.A4\]" .* tulis setiap tabel satu kali saja')):
        load_sop(tmp_path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sop.toml").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(RuleError, check=says("bukan teks UTF-8")):
        load_sop(tmp_path)


@pytest.mark.parametrize("value", [-300, 0, 300.5, "300", True])
def test_a_target_that_is_not_a_positive_whole_number_is_refused(value: object) -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].update(waktu_detik=value))
    assert (error.file, error.key, error.value) == ("sop.toml", "langkah.A4.waktu_detik", value)
    assert sentence(error.expected) == "detik sebagai bilangan bulat lebih dari 0, misalnya 300 untuk 5 menit"


def test_a_target_that_contradicts_the_printed_time_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].update(waktu_detik=600))
    assert (error.key, error.value) == ("langkah.A4.waktu_detik", 600)
    assert sentence(error.expected) == '300, sama dengan waktu "5 menit", atau betulkan keduanya'


def test_a_target_left_out_beside_a_printed_time_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].pop("waktu_detik"))
    assert (error.key, error.value) == ("langkah.A4.waktu_detik", None)


def test_a_missing_step_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"].pop("A4"))
    assert (error.key, sentence(error.expected)) == ("langkah.A4", "kunci A4, yang wajib ada")


def test_a_step_that_the_sop_does_not_have_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"].update(A9={"kegiatan": "x"}))
    assert error.key == "langkah.A9"


def test_another_order_of_the_steps_is_read(tmp_path: Path) -> None:
    office_file(tmp_path, "urutan.toml", TEXT.replace('mengikuti = ["A6", "A7"]', 'mengikuti = ["A7"]'))
    assert load_sop(tmp_path).current().step("A8").follows == ("A7",)


def test_a_step_may_follow_one_that_stands_below_it(tmp_path: Path) -> None:
    sixth = TEXT.index("[langkah.A6]")
    text = TEXT[:sixth] + TEXT[sixth:].replace('mengikuti = ["A5"]', 'mengikuti = ["A7"]', 1)
    office_file(tmp_path, "urutan.toml", text)
    sop = load_sop(tmp_path).current()
    assert procedure_of(sop).order[4:8] == (4, 6, 5, 7)  # A5, A7, A6, A8
    assert sop.critical_path_seconds() == 260 * 60


@pytest.mark.parametrize("follows", [["A9"], ["A8"], ["B1"], ["A7", "A7"], "A7"])
def test_a_step_follows_others_of_its_part_once_each(follows: object) -> None:
    error = refusal(lambda sop: sop["langkah"]["A8"].update(mengikuti=follows))
    assert (error.key, error.value) == ("langkah.A8.mengikuti", follows)


def test_steps_that_follow_each_other_are_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A5"].update(mengikuti=["A4", "A8"]))
    assert error.key == "langkah.A5.mengikuti"
    assert sentence(error.expected) == (
        "urutan tanpa lingkaran: langkah yang diikuti lebih dahulu; kini A5, A6, A7, A8 saling mengikuti"
    )


def test_what_the_receipt_finishes_follows_nothing() -> None:
    error = refusal(lambda sop: sop["langkah"]["A1"].update(mengikuti=["A2"]))
    assert (error.key, sentence(error.expected)) == ("langkah.A1.mengikuti", "daftar kosong: mengikuti = []")


def test_a_document_without_the_meaning_of_its_steps_means_what_the_shipped_one_does() -> None:
    document = tomllib.loads(TEXT)
    for step in document["langkah"].values():
        for key in ("bagian", "jam", "waktu_opd", "arti", "hari_sebelum"):
            step.pop(key, None)
    assert parse_sop(document, FILE, shipped()).steps == shipped().steps


def test_the_order_may_be_left_out_only_of_a_step_that_follows_nothing() -> None:
    document = tomllib.loads(TEXT)
    del document["langkah"]["B3"]["mengikuti"]
    assert parse_sop(document, FILE, shipped()).step("B3").follows == ()
    del document["langkah"]["A4"]["mengikuti"]
    with pytest.raises(RuleError) as caught:
        parse_sop(document, FILE, shipped())
    assert (caught.value.key, caught.value.value) == ("langkah.A4.mengikuti", None)
    assert sentence(caught.value.expected) == "kunci mengikuti, yang wajib ada"


@pytest.mark.parametrize(("meaning", "step", "part"), [("siap", "B4", "A"), ("pemeriksaan", "A7", "B")])
def test_a_meaning_stands_in_its_part(meaning: str, step: str, part: str) -> None:
    error = refusal(lambda sop: sop["langkah"][step].update(arti=[meaning]))
    assert (error.key, error.value) == (f"langkah.{step}.arti", meaning)
    assert sentence(error.expected) == f'"{meaning}" pada langkah bagian {part}'


def test_a_step_is_shown_at_most_a_year_ahead() -> None:
    error = refusal(lambda sop: sop["langkah"]["B1"].update(hari_sebelum=10**9))
    assert (error.key, sentence(error.expected)) == (
        "langkah.B1.hari_sebelum",
        "bilangan bulat 0 sampai 366, misalnya 7",
    )


def test_what_the_steps_mean_is_data(tmp_path: Path) -> None:
    text = TEXT.replace('arti = ["siap", "dikerjakan"]', 'arti = ["dikerjakan"]')
    seventh = text.index("[langkah.A7]")
    text = text[:seventh] + text[seventh:].replace('arti = ["dikerjakan"]', 'arti = ["siap", "dikerjakan"]', 1)
    office_file(tmp_path, "siap.toml", text)
    sop = load_sop(tmp_path).current()
    assert (sop.step_with(Meaning.READY), procedure_of(sop).ready) == ("A7", 6)


def test_two_steps_that_make_the_room_ready_are_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A7"].update(arti=["siap"]))
    assert (error.key, error.value) == ("langkah.*.arti", "siap")
    assert sentence(error.expected) == '"siap" pada tepat satu langkah; kini pada 2'


@pytest.mark.parametrize(
    ("key", "value"),
    [("arti", ["beres"]), ("jam", "dinding"), ("bagian", "C"), ("waktu_opd", "ya"), ("hari_sebelum", -1)],
)
def test_a_meaning_that_there_is_not_is_refused(key: str, value: object) -> None:
    error = refusal(lambda sop: sop["langkah"]["A7"].update({key: value}))
    assert (error.key, error.value) == (f"langkah.A7.{key}", value)


def test_a_mistyped_key_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].update(waktu_detk=300))
    assert (error.key, error.value) == ("langkah.A4.waktu_detk", 300)


@pytest.mark.parametrize("value", ["Juni 2020", "2020-06-01", 2020])
def test_an_effective_date_that_is_not_a_date_is_refused(value: object) -> None:
    error = refusal(lambda sop: sop.update(berlaku_sejak=value))
    assert (error.key, error.value) == ("berlaku_sejak", value)
    assert sentence(error.expected) == "tanggal tanpa tanda kutip, misalnya 2020-06-01"


def test_a_confidence_above_one_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A1"]["waktu"].update(keyakinan=85))
    assert (error.key, error.value) == ("langkah.A1.waktu.keyakinan", 85)


def test_a_role_that_does_not_exist_is_refused() -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].update(peran="bupati"))
    assert (error.key, error.value) == ("langkah.A4.peran", "bupati")


def test_a_table_where_text_belongs_is_refused() -> None:
    error = refusal(lambda sop: sop.update(langkah=["A1"]))
    assert (error.key, sentence(error.expected)) == ("langkah", "tabel [langkah]")


def test_a_refusal_is_one_sentence_with_file_key_value_and_what_to_write() -> None:
    error = refusal(lambda sop: sop["langkah"]["A4"].update(waktu_detik=-300))
    assert sentence(error) == (
        "sop.toml: langkah.A4.waktu_detik = -300 tidak dapat dipakai; "
        "tulis detik sebagai bilangan bulat lebih dari 0, misalnya 300 untuk 5 menit."
    )


def with_time_of_a4(printed: str, seconds: int) -> str:
    before, header, after = TEXT.partition("[langkah.A4]")
    after = after.replace('waktu = { teks = "5 menit"', f'waktu = {{ teks = "{printed}"', 1)
    return before + header + after.replace("waktu_detik = 300", f"waktu_detik = {seconds}", 1)


def target_of_a4(sop: Sop, day: date) -> int | None:
    version = sop.version_on(day)
    assert version is not None
    return version.step("A4").target_seconds
