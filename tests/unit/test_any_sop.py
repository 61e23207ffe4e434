"""SOPs of other steps than the room's: what their files say, what is refused, and how their letters are judged."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from dashboard.i18n import sentence
from etl.domain.compliance.rules import procedure_of
from etl.domain.sop.file import parse_sop, sop_with_problems, to_document
from etl.domain.sop.steps import Clock
from etl.domain.sop.times import says_no_time, seconds_meant
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.verdict import RequestVerdict, Verdict
from tests.books.letters import Letter
from tests.books.sop_files import NAMES, letter_of, rules_of, version_of

SHORT = """
judul = "Izin"
[langkah.1]
kegiatan = "Menerima berkas"
pelaksana = "Loket"
waktu = "15 menit"
[langkah.2]
kegiatan = "Memeriksa berkas"
pelaksana = "Verifikator"
waktu = "1 jam"
[langkah.3]
kegiatan = "Menandatangani izin"
pelaksana = "Kepala Dinas"
waktu = "3 hari kerja"
"""


def read(text: str) -> SopVersion:
    return parse_sop(tomllib.loads(text), "izin.toml")


def refused(text: str, roles: tuple[str, ...] | None = None) -> list[tuple[str, object, str]]:
    problems = sop_with_problems(tomllib.loads(text), "izin.toml", roles=roles)[1]
    return [(str(one.key), one.value, sentence(one.expected)) for one in problems]


def with_step(code: str, **keys: object) -> str:
    """The short SOP with keys more in a step."""
    written = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return SHORT.replace(f"[langkah.{code}]", f"[langkah.{code}]\n{written}")


# The file


def test_a_short_file_is_an_sop_whose_steps_follow_each_other() -> None:
    sop = read(SHORT)
    assert [(step.code, step.follows, step.target_seconds, step.role) for step in sop.steps] == [
        ("1", (), 900, "Loket"),
        ("2", ("1",), 3_600, "Verifikator"),
        ("3", ("2",), 81_000, "Kepala Dinas"),
    ]
    assert (sop.steps[2].short_name, sop.steps[2].part, sop.steps[2].clock) == (
        "Menandatangani izin",
        "A",
        Clock.OFFICE,
    )
    assert sop.effective_on == date(1900, 1, 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_document_of_an_sop_says_all_of_it(name: str) -> None:
    version = version_of(name)
    assert parse_sop(to_document(version), "sop") == version


@pytest.mark.parametrize(
    ("written", "clock", "seconds"),
    [
        ("15 menit", Clock.OFFICE, 900),
        ("1 jam 30 menit", Clock.OFFICE, 5_400),
        ("1,5 Jam", Clock.OFFICE, 5_400),
        ("3 (tiga) hari kerja", Clock.OFFICE, 81_000),
        ("maks. 2 hari", Clock.OFFICE, 54_000),
        ("1 minggu", Clock.OFFICE, 135_000),
        ("2 hari kalender", Clock.ELAPSED, 172_800),
        ("2 hari kalender", Clock.OFFICE, None),
        ("2 hari kerja", Clock.ELAPSED, None),
        ("2-3 hari", Clock.OFFICE, None),
        ("1.000 menit", Clock.OFFICE, None),
        ("secepatnya", Clock.OFFICE, None),
    ],
)
def test_a_printed_time_is_read_as_it_is_meant(written: str, clock: Clock, seconds: int | None) -> None:
    assert seconds_meant(written, clock) == seconds


@pytest.mark.parametrize("written", ["", "-", "–", "(tanpa waktu)", "tidak ditentukan", "Menyesuaikan"])
def test_a_step_may_have_no_time(written: str) -> None:
    assert says_no_time(written)
    assert read(SHORT.replace("15 menit", written)).steps[0].target_seconds is None


def test_an_office_with_another_working_day_states_the_seconds() -> None:
    assert read(with_step("3", waktu_detik=3 * 7 * 3_600)).steps[2].target_seconds == 75_600


def test_everything_that_cannot_be_used_is_told_at_once() -> None:
    text = """
    judul = "Izin"
    [langkah.1]
    kegiatan = "Menerima berkas"
    waktu = "sebentar"
    [langkah.2]
    kegiatan = "Memeriksa berkas"
    pelaksana = "Verifikator"
    waktu = "1 jam"
    mengikuti = ["9"]
    [langkah.3]
    kegiatan = "Memutuskan"
    pelaksana = "Kepala"
    waktu = "1 jam"
    kembali_ke = "3"
    """
    assert [(key, value) for key, value, _ in refused(text)] == [
        ("langkah.1.pelaksana", None),
        ("langkah.1.waktu", "sebentar"),
        ("langkah.2.mengikuti", ["9"]),
        ("langkah.3.kembali_ke", "3"),
    ]


def test_a_circle_is_told_once_with_its_steps() -> None:
    [(key, value, expected)] = refused(with_step("1", mengikuti='["3"]'))
    assert (key, value) == ("langkah.1.mengikuti", ["3"])
    assert expected == "urutan tanpa lingkaran: langkah yang diikuti lebih dahulu; kini 1, 2, 3 saling mengikuti"


def test_a_second_first_step_is_refused() -> None:
    [(key, value, expected)] = refused(with_step("3", mengikuti="[]"))
    assert (key, value) == ("langkah.3.mengikuti", [])
    assert expected.startswith('langkah yang diikuti, misalnya mengikuti = ["1"], sebab surat sudah mulai di 1')


def test_letters_may_begin_at_one_of_several_steps() -> None:
    text = with_step("1", pilihan_dari='"mulai"').replace("[langkah.2]", '[langkah.2]\npilihan_dari = "mulai"')
    assert [step.follows for step in read(text).steps] == [(), (), ("1", "2")]


def test_a_choice_has_two_steps_at_least() -> None:
    [(key, _, expected)] = refused(with_step("3", pilihan_dari='"2"'))
    assert key == "langkah.3.pilihan_dari"
    assert expected == 'pilihan_dari = "2" pada paling sedikit dua langkah, atau boleh_dilewati = true'


def test_the_step_of_a_choice_follows_the_one_that_decides() -> None:
    text = with_step("2", pilihan_dari='"1"').replace(
        "[langkah.3]", '[langkah.3]\npilihan_dari = "1"\nmengikuti = ["2"]'
    )
    assert refused(text) == [("langkah.3.mengikuti", ["2"], 'mengikuti = ["1"], sebab dari langkah itulah dipilih')]


def test_what_the_receipt_finishes_is_never_left_out() -> None:
    [(key, value, _)] = refused(with_step("1", arti='["diterima"]', boleh_dilewati="true"))
    assert (key, value) == ("langkah.1.boleh_dilewati", True)


def test_a_role_that_nobody_holds_is_refused_where_the_roles_are_known() -> None:
    assert refused(SHORT, ("Loket", "Kepala Dinas")) == [
        ("langkah.2.peran", "Verifikator", "salah satu dari Loket, Kepala Dinas")
    ]


def test_a_meaning_stands_at_one_step_at_most() -> None:
    text = with_step("2", arti='["siap"]').replace("[langkah.3]", '[langkah.3]\narti = ["siap"]')
    assert refused(text) == [("langkah.*.arti", "siap", '"siap" pada paling banyak satu langkah; kini pada 2')]


@pytest.mark.parametrize("code", ["abcdefghi", "A-1", "é1", '""'])
def test_a_code_is_eight_letters_or_digits_at_most(code: str) -> None:
    key = code if code == '""' else f'"{code}"'
    assert [found for found, *_ in refused(SHORT.replace("[langkah.3]", f"[langkah.{key}]"))] == [
        f"langkah.{code.strip(chr(34))}"
    ]


def test_codes_that_differ_by_capitals_only_are_refused() -> None:
    text = SHORT.replace("[langkah.1]", "[langkah.a1]").replace("[langkah.2]", "[langkah.A1]")
    assert refused(text) == [("langkah.A1", "A1", 'kode lain; "a1" sudah dipakai, dan huruf besar tidak membedakan')]


def test_an_sop_has_one_to_sixty_steps() -> None:
    steps = "".join(f'[langkah.{at}]\nkegiatan = "k"\npelaksana = "p"\nwaktu = "1 jam"\n' for at in range(1, 62))
    assert refused(f'judul = "x"\n{steps}') == [
        ("langkah.*", 61, "1 sampai 60 langkah, masing-masing sebagai tabel [langkah.KODE]")
    ]
    assert [value for _, value, _ in refused('judul = "x"\n[langkah]\n')] == [0]


# The life of a letter


def test_a_letter_lives_twice_as_long_as_all_steps_take() -> None:
    assert (read(SHORT).closing_days, version_of("pengaduan").closing_days) == (10, 79)
    assert read("hari_penutupan = 30\n" + SHORT).closing_days == 30


def test_a_step_of_fourteen_days_is_still_on_time_on_the_twelfth() -> None:
    sop = read(SHORT.replace("3 hari kerja", "14 hari kerja"))
    letter = letter_of(sop, "2026-09-07 08:00").step("1", "2026-09-07 08:10").step("2", "2026-09-07 09:00")
    assert letter.judged("2026-09-21 09:00", rules_of(sop))["3"].verdict is Verdict.ON_TRACK
    assert letter.judged("2026-10-01 09:00", rules_of(sop))["3"].verdict is Verdict.OVERDUE


# Choices


def recommendation() -> tuple[SopVersion, Letter]:
    """A request that was checked and decided upon by 09.30."""
    sop = version_of("rekomendasi-penelitian")
    letter = letter_of(sop, "2026-09-07 08:00")
    return sop, letter.step("2", "2026-09-07 08:20").step("3", "2026-09-07 09:30")


def test_before_anything_shows_what_was_chosen_neither_step_runs() -> None:
    sop, letter = recommendation()
    steps = letter.judged("2026-09-07 15:00", rules_of(sop))
    assert [steps[code].verdict for code in "467"] == [Verdict.NOT_STARTED] * 3


def test_what_was_not_chosen_does_not_apply_and_the_join_waits_for_the_rest() -> None:
    sop, letter = recommendation()
    letter.step("4", "2026-09-07 11:00").step("5", "2026-09-07 14:00")
    steps = letter.judged("2026-09-07 14:10", rules_of(sop))
    assert [steps[code].verdict for code in "4567"] == [
        Verdict.MET,
        Verdict.MET,
        Verdict.NOT_APPLICABLE,
        Verdict.ON_TRACK,
    ]
    assert (steps["4"].started, steps["7"].started) == ("2026-09-07 09:30", "2026-09-07 14:00")


def test_the_other_way_leaves_out_all_that_comes_only_by_the_first() -> None:
    sop, letter = recommendation()
    letter.step("6", "2026-09-07 10:00").step("7", "2026-09-07 10:10")
    steps = letter.judged(None, rules_of(sop))
    assert [steps[code].verdict for code in "4567"] == [
        Verdict.NOT_APPLICABLE,
        Verdict.NOT_APPLICABLE,
        Verdict.MET,
        Verdict.MET,
    ]
    assert letter.verdict(None, rules_of(sop)) is RequestVerdict.ON_TIME


def test_a_stamp_behind_it_shows_that_a_step_was_chosen() -> None:
    sop, letter = recommendation()
    steps = letter.step("5", "2026-09-07 14:00").judged(None, rules_of(sop))
    assert [steps[code].verdict for code in "456"] == [Verdict.SKIPPED, Verdict.UNMEASURABLE, Verdict.NOT_APPLICABLE]


def test_two_steps_of_a_choice_that_both_bear_a_stamp_are_both_judged() -> None:
    sop, letter = recommendation()
    letter.step("4", "2026-09-07 11:00").step("6", "2026-09-07 10:00")
    steps = letter.judged("2026-09-07 11:10", rules_of(sop))
    assert [steps[code].verdict for code in "456"] == [Verdict.MET, Verdict.ON_TRACK, Verdict.MET]


# Steps that may be left out


def test_an_optional_step_is_judged_like_any_other_until_one_behind_it_is_finished() -> None:
    sop = version_of("surat-masuk")
    letter = letter_of(sop, "2026-09-07 08:00").step("2", "2026-09-07 08:10")
    assert letter.judged("2026-09-07 08:30", rules_of(sop))["3"].verdict is Verdict.ON_TRACK
    letter.step("4", "2026-09-07 08:35")
    steps = letter.judged("2026-09-07 09:00", rules_of(sop))
    assert (steps["3"].verdict, steps["4"].verdict) == (Verdict.NOT_APPLICABLE, Verdict.MET)
    assert (steps["4"].started, steps["4"].elapsed) == ("2026-09-07 08:10", 25 * 60)


def test_an_optional_step_that_was_taken_is_judged() -> None:
    sop = version_of("surat-masuk")
    letter = letter_of(sop, "2026-09-07 08:00").step("2", "2026-09-07 08:10").step("3", "2026-09-07 09:30")
    steps = letter.step("4", "2026-09-07 09:40").judged(None, rules_of(sop))
    assert (steps["3"].verdict, steps["4"].started) == (Verdict.LATE, "2026-09-07 09:30")


def test_a_letter_is_ready_without_the_optional_step_at_the_end() -> None:
    sop = version_of("pengaduan")
    letter = letter_of(sop, "2026-09-07 08:00").step("2", "2026-09-07 09:00").step("3", "2026-09-08 09:00")
    letter.step("7", "2026-09-08 10:00")
    assert letter.verdict("2026-09-08 10:00", rules_of(sop)) is RequestVerdict.ON_TIME
    assert letter.judged(None, rules_of(sop))["8"].verdict is Verdict.NOT_APPLICABLE


def test_a_letter_is_ready_with_the_last_of_several_closing_steps() -> None:
    sop = read(SHORT.replace("[langkah.3]", '[langkah.3]\nmengikuti = ["1"]'))
    letter = letter_of(sop, "2026-09-07 08:00").step("1", "2026-09-07 08:10", start="2026-09-07 08:00")
    letter.step("2", "2026-09-07 09:00")
    assert letter.verdict("2026-09-07 10:00", rules_of(sop)) is RequestVerdict.RUNNING
    facts, _ = letter.step("3", "2026-09-07 11:00").facts("2026-09-07 11:00", rules_of(sop))
    assert (RequestVerdict.of(facts.verdict[0]), facts.ready_seconds[0]) == (RequestVerdict.ON_TIME, 3 * 3_600)


# Versions


def test_a_step_that_the_version_of_a_letter_does_not_have_does_not_apply() -> None:
    old = replace(read(SHORT), effective_on=date(2020, 1, 1))
    new = read(SHORT + '[langkah.4]\nkegiatan = "Mengarsipkan"\npelaksana = "Loket"\nwaktu = "5 menit"\n')
    new = replace(new, effective_on=date(2026, 9, 8), steps=new.steps[1:])
    both = Sop((old, new))
    assert both.codes == ("1", "2", "3", "4")
    assert procedure_of(new, both.codes).absent == (0,)
    rules = rules_of(old, new)
    before, after = (Letter(day, places=both.places) for day in ("2026-09-07 08:00", "2026-09-08 08:00"))
    assert before.judged("2026-09-08 10:00", rules)["4"].verdict is Verdict.NOT_APPLICABLE
    assert after.judged("2026-09-08 10:00", rules)["1"].verdict is Verdict.NOT_APPLICABLE
