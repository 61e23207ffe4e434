"""The half-year counted by hand is the same on every surface, and what is published stays as it was."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboard.pages.report.editions import cause_words
from dashboard.printed.publish import PublishError, Seen, draft, in_force, publish, published_paper, published_pdf
from etl.desk.settings_edit import with_item, with_opd_spelling, with_room
from etl.domain.statistics import share, wilson
from etl.figures.compliance.reading import decider
from etl.figures.compliance.steps import sla_figures
from etl.figures.facilities.checks import B5
from etl.figures.filter import SlaFilter
from etl.figures.report import causes, differences, digest, first_shown, parse_report_period, report_document
from etl.intake.pipeline import apply_settings, ingest
from etl.intake.undo import undo
from etl.reference.steps import STEP_CODES
from etl.settings.document import Settings, apply
from tests.books.typed import hand_overs
from tests.offices import semester
from tests.offices.bureau import full_disk
from tests.offices.desk import Desk
from tests.offices.semester import AS_OF, ASSESSMENTS, COUNTS, COVERAGE, DURATIONS, PERIOD, SHARES, semester_desk
from tests.reading.formulas import Sheets
from tests.reading.layout import components, words
from tests.reading.pdf import page_count, pdf_text
from tests.reading.refusals import says
from tests.serving.callbacks import STAMPED, call, opened
from tests.serving.command_line import pantau

S1 = parse_report_period(PERIOD)
NAME_OF_SHEET = "Mutu Baku"
FIRST_ROW = 5


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The half-year, only looked at."""
    return semester_desk(tmp_path_factory.mktemp("reports"))


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    """The half-year, for a test that changes it."""
    return semester_desk(tmp_path)


def page(served: Desk, search: str, user: str = "kadin") -> str:
    """The words of the page at an address, the report and the list below it."""
    mark = {"id": "report-published", "property": "data", "value": 0}
    asked = {"id": "report-url", "property": "search", "value": search}
    browser = served.browser_of(user)
    replies = [call(browser, "report-body.children", [asked, mark]), call(browser, "report-list.children", [mark])]
    assert [reply.status_code for reply in replies] == [200, 200], [reply.text for reply in replies]
    return " ".join(words(part["children"]) for reply in replies for part in reply.json["response"].values())


def told_on_summary(served: Desk, user: str) -> bool:
    """Whether the summary leads that user to published reports whose figures are others now."""
    inputs = [{"id": "summary-tick", "property": "n_intervals", "value": 1}, STAMPED]
    state = [{"id": "summary-since", "property": "data", "value": AS_OF}]
    reply = call(served.browser_of(user), "summary-body.children", inputs, state=state)
    told = words(reply.json["response"]["summary-body"]["children"])
    links = [one["href"] for one in components(reply.json["response"]["summary-body"]["children"], "Link")]
    assert ("/laporan" in links) == ("1 laporan terbit memuat angka yang kini lain" in told)
    return "/laporan" in links


def published(served: Desk, reason: str = "", **followups: str) -> Any:
    """Publish what stands now."""
    made, former = draft(served.office, S1, served.clock(), served.clock()), in_force(served.office, S1)
    seen = Seen(digest(made.document), former.id if former else None)
    return publish(served.office, S1, seen, followups=followups, reason=reason, actor="kadin", now=served.clock())


def counted(step: dict[str, Any]) -> tuple[int, int, int, dict[str, int], int]:
    return step["met"], step["late"], step["overdue"], step["unmeasurable"], step["skipped"]


@pytest.fixture(scope="module")
def printed(served: Desk) -> tuple[bytes, bytes]:
    """PDF and XLSX as the command line writes them."""
    folder = served.office.home.root
    for suffix in ("pdf", "xlsx"):
        told = pantau(
            "report", "sla", "--period", PERIOD, "--out", folder / f"s1.{suffix}", "--home", folder,
            "--as-of", "2026-07-10T09:00",
        )  # fmt: skip
        assert told.code == 0, told.err
    return (folder / "s1.pdf").read_bytes(), (folder / "s1.xlsx").read_bytes()


def test_the_json_is_what_was_counted_by_hand(served: Desk) -> None:
    told = pantau(
        "figures", "sla", "--from", semester.FIRST, "--to", semester.LAST, "--as-of", "2026-07-10T09:00", "--json",
        "--home", served.office.home.root,
    ).json  # fmt: skip
    assert {step["step"]: counted(step) for step in told["steps"]} == COUNTS
    overall = told["all_steps"]
    assert (overall["met"], overall["late"], overall["overdue"]) == (
        semester.ALL_MET, semester.ALL_LATE, semester.ALL_OVERDUE,
    )  # fmt: skip
    assert (sum(overall["unmeasurable"].values()), overall["skipped"]) == (
        semester.ALL_UNMEASURABLE, semester.ALL_SKIPPED,
    )  # fmt: skip
    by_code = {step["step"]: step for step in told["steps"]} | {"all": overall}
    assert {code: by_code[code]["coverage"] for code in COVERAGE} == pytest.approx(COVERAGE)
    for code, (median, p90) in DURATIONS.items():
        assert (by_code[code]["median_seconds"], by_code[code]["p90_seconds"]) == (median * 60, p90 * 60), code
    letters = told["requests"]
    assert (letters["on_time"], letters["late"], letters["unknown"], letters["received"]) == (
        semester.ON_TIME, semester.LATE, semester.NOT_KNOWN, semester.RECEIVED,
    )  # fmt: skip
    assert letters["ready_median_seconds"] == semester.READY_MEDIAN_MINUTES * 60


def said_of(code: str) -> str:
    """How the fourth column of Tabel 7 begins for a step."""
    met, late, overdue, _, _ = COUNTS[code]
    return f"{met} dari {met + late + overdue} tepat waktu ({SHARES[code]})"


@pytest.mark.parametrize("surface", ["page", "pdf"])
def test_page_and_pdf_say_what_was_counted_by_hand(served: Desk, printed: tuple[bytes, bytes], surface: str) -> None:
    text = page(served, f"?periode={PERIOD}") if surface == "page" else pdf_text(printed[0])
    rows = re.split(r"\b(?=[AB][1-8] (?:OPD|Agendaris|Sekdin|Kadin|Kabid|Jika|Meny|Memv|Melak|Memantau))", text)
    form = {row[:2]: row for row in reversed(rows[1:])}
    for code in STEP_CODES:
        assert ASSESSMENTS[code] in form[code], code
        if code in SHARES:
            assert said_of(code) in form[code], code
    assert "78 dari 85 (95%: 83–96%)" in text  # Wilson of 78/85: 0,8396 – 0,9595
    assert "91,8%" in text
    assert "4 dari 10" in text
    assert "2 j 50 mnt" in text  # 170 minutes
    assert "70,8% dari langkah yang seharusnya dinilai" in text  # 85 ÷ 120


def test_the_workbook_says_what_was_counted_by_hand(printed: tuple[bytes, bytes]) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(printed[1])).get_sheet_by_name(NAME_OF_SHEET).to_python()
    by_code = {row[0]: row for row in rows if row[0] in STEP_CODES}
    for code, (met, late, overdue, unmeasurable, skipped) in COUNTS.items():
        row = by_code[code]
        assert row[4:8] == [met, late, overdue, met + late + overdue], code
        assert row[11:13] == [sum(unmeasurable.values()), skipped], code
    total = next(row for row in rows if row[1] == "Semua langkah kantor")
    assert total[4:8] == [78, 6, 1, 85]
    assert total[8] == pytest.approx(78 / 85)
    assert total[13] == pytest.approx(85 / 120)
    assert by_code["B1"][8] == "–"
    form = CalamineWorkbook.from_filelike(io.BytesIO(printed[1])).get_sheet_by_name("Tabel 7").to_python()
    assert {row[0]: row[2] for row in form if row[0] in STEP_CODES} == ASSESSMENTS


def test_every_formula_of_the_workbook_comes_to_the_value_beside_it(printed: tuple[bytes, bytes]) -> None:
    book, checked = Sheets(printed[1]), 0
    for sheet, cells in book.sheets.items():
        for place, cell in cells.items():
            if cell.formula:
                computed = book.computed(sheet, place)
                assert computed == (pytest.approx(cell.value) if isinstance(cell.value, float) else cell.value), place
                checked += 1
    assert checked > 80


def test_the_paper_says_by_which_rule_from_which_records_and_that_it_is_a_draft(printed: tuple[bytes, bytes]) -> None:
    text = pdf_text(printed[0])
    for told in (
        "PEMERINTAH KABUPATEN TRENGGALEK", "Jl. KH Wahid Hasyim No. 05", "01/SOP.SmartCenter/406.020/2020",
        "DRAF – belum diterbitkan", "paling sedikit 90% langkah tepat waktu, dengan paling sedikit 5 langkah",
        "muatan terakhir Jumat, 10 Juli 2026 09.00 WIB", "Halaman 1 dari", "sidik angka", "Perpres 21/2023 pasal 4",
        "27 Mei 2026 Hari Raya Idul Adha", "Belum dapat diukur, langkah ini tidak dicatat: 42 langkah.", "NIP. ....",
    ):  # fmt: skip
        assert told in text, told
    assert page_count(printed[0]) >= 4


def test_the_paper_can_be_kept_for_good(printed: tuple[bytes, bytes]) -> None:
    assert b"pdfaid:part>2<" in printed[0].replace(b" ", b"")


def test_tabel_7_alone_is_shorter(served: Desk) -> None:
    made = draft(served.office, S1, AS_OF, AS_OF)
    form = made.pdf(whole=False)
    assert page_count(form) < page_count(made.pdf())
    assert "Lampiran 1" not in pdf_text(form)
    assert "Trenggalek, ......" in pdf_text(form)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sla", "--period", "2026-13", "--out", "a.pdf"), "bukan bulan yang ada"),
        (("sla", "--period", "juni", "--out", "a.pdf"), "2026-Q2 (triwulan)"),
        (("sla", "--period", "2026-S1", "--out", "a.docx"), ".pdf atau .xlsx"),
        (("sla", "--period", "2026-S1", "--out", "tidak/ada/a.pdf"), "tidak dapat ditulis"),
        (("sla", "--period", "2099", "--out", "a.pdf"), "belum mulai"),
        (("semua", "--period", "2026-S1", "--out", "a.pdf"), ""),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(
    served: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = pantau("report", *arguments, "--home", served.office.home.root)
    assert answer.code == 2
    assert told in answer.err
    assert list(tmp_path.iterdir()) == []


def test_an_empty_period_has_words_and_no_zero_percent(served: Desk) -> None:
    text = page(served, "?periode=2025-03")
    assert "Belum ada data pada periode ini" in text
    assert not re.search(r"\b0%", text.partition("Cara menghitung")[0])
    paper = pdf_text(draft(served.office, parse_report_period("2025-03"), AS_OF, AS_OF).pdf())
    assert "Belum ada data pada periode ini" in paper
    assert "belum ada yang dapat dinilai" in paper


def test_one_letter_alone_is_counted_and_not_assessed(served: Desk) -> None:
    text = page(served, "?periode=2026-03")
    assert "1 dari 1 tepat waktu (100%)" in text
    assert "Kurang dari 5 langkah yang dinilai." in text
    assert "Berjalan dengan baik" not in text


def test_a_future_or_unknown_period_has_words(served: Desk) -> None:
    assert "Semester II 2027 belum mulai." in page(served, "?periode=2027-S2")
    assert "bukan periode laporan" in page(served, "?periode=<script>")
    browser = served.signed_in("kadin")
    assert [browser.get(f"/laporan/{code}.pdf").status_code for code in ("2027-S2", "x", "2026-S1")] == [404, 404, 200]


def test_without_a_period_a_new_office_sees_the_half_year_that_has_letters(served: Desk) -> None:
    shown = [first_shown(served.office, day).code for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))]
    assert shown == ["2026-S1", "2026-S1", "2026-S2"]


def test_a_running_period_can_be_looked_at_but_not_published(served: Desk) -> None:
    assert "dapat diterbitkan sesudah hari itu" in page(served, "?periode=2026")
    year = parse_report_period("2026")
    made = draft(served.office, year, AS_OF, AS_OF)
    with pytest.raises(PublishError, check=says("belum berakhir")):
        publish(
            served.office, year, Seen(digest(made.document), None), followups={}, reason="", actor="kadin", now=AS_OF
        )


def test_only_the_head_of_the_office_is_asked_to_publish(served: Desk) -> None:
    assert "Terbitkan laporan ini" in page(served, f"?periode={PERIOD}")
    assert "Terbitkan laporan ini" not in page(served, f"?periode={PERIOD}", "kabid")


def test_what_is_published_never_changes_and_the_difference_is_told_with_its_cause(own: Desk) -> None:
    first = published(own, A4="=1+1 *tebal* <b>pengganti</b> #panggil")
    kept, office = published_pdf(own.office, first.id), own.office
    assert first.number == "2026-S1/1"
    assert "=1+1 *tebal* <b>pengganti</b> #panggil" in pdf_text(kept or b"")
    before = page(own, f"?periode={PERIOD}")
    assert "Angka sekarang sama dengan yang diterbitkan." in before
    assert "kini berbeda" not in before
    holiday = '[[calendar.day]]\ndate = 2026-04-08\nname = "Libur daerah"\nhours = []\n[monitoring]\nn = 20\n'
    apply_settings(office, lambda now: apply(now, holiday, "uji"), AS_OF, actor="admin")
    own.clock.at = AS_OF + 60
    after = page(own, f"?periode={PERIOD}")
    # Letter 7's A8, Wednesday 10.00 to Thursday 07.40, is ten minutes once that Wednesday is a holiday.
    assert "A8 tepat waktu 10 11" in after
    assert "A8 terlambat 1 0" in after
    assert "A2 penilaian Berjalan dengan baik Belum dapat dinilai" in after
    assert "Hari khusus ditambahkan: 8 Apr 2026 Libur daerah." in after
    assert "Aturan penilaian Tabel 7 diubah." in after
    assert said_of("A8") in after
    assert re.search(r"2026-S1/1 Semester I 2026 .* Berlaku; \d+ angka kini berbeda", after)
    assert [told_on_summary(own, user) for user in ("kadin", "staf")] == [True, False]
    assert published_pdf(office, first.id) == kept
    assert own.signed_in("sekdin").get(f"/laporan/terbitan/{first.id}.pdf").data == kept


def test_the_command_line_hands_out_an_edition_as_it_was_published(own: Desk, tmp_path: Path) -> None:
    first = published(own)
    out, home = tmp_path / "kembali.pdf", own.office.home.root
    told = pantau("report", "sla", "--period", PERIOD, "--edition", 1, "--out", out, "--home", home, "--json")
    assert (told.code, told.json["edition"]) == (0, "2026-S1/1")
    assert out.read_bytes() == published_pdf(own.office, first.id)
    missing = pantau("report", "sla", "--period", PERIOD, "--edition", 2, "--out", out, "--home", home)
    assert (missing.code, "yang ada: 1." in missing.err) == (2, True)


def test_a_later_file_and_one_taken_back_are_named_as_causes(own: Desk, tmp_path: Path) -> None:
    first = published(own)
    paper = published_paper(own.office, first.id)
    assert paper is not None
    book = hand_overs("12;A8;;;;25/06/2026;10.55")
    path = tmp_path / "susulan.csv"
    path.write_text(book, encoding="utf-8")
    (report,) = ingest(own.office, path, AS_OF + 60)
    now = report_document(own.office, S1, AS_OF + 60)
    found = {(one.where, one.what): (one.before, one.after) for one in differences(paper.document, now)}
    assert found["A8", "met"] == (10, 11)
    assert found["A8", "overdue"] == (1, 0)
    assert found["requests", "on_time"] == (4, 5)
    (cause,) = causes(own.office, paper.document, now)
    assert (cause.code, cause.values) == ("files", {"count": 1, "names": "susulan.csv"})
    assert report.load_id is not None
    undo(own.office, report.load_id, "salah berkas", "agendaris", AS_OF + 90)
    again = report_document(own.office, S1, AS_OF + 120)
    assert differences(paper.document, again) == []
    assert {one.code for one in causes(own.office, paper.document, again)} == {"files", "undone"}


def test_the_one_letter_behind_the_largest_source_of_lateness_is_named_on_the_page(served: Desk) -> None:
    told = words(opened(served.signed_in("kadin"), "/kepatuhan", "?dari=2026-01-01&sampai=2026-06-30"))
    figures = sla_figures(served.office, SlaFilter(S1.days), served.clock())
    one = decider(served.office, figures)
    assert one is not None
    assert f"ditentukan satu permohonan, {one.year}/{one.agenda_number} (" in told
    assert f"; tanpa itu {one.step}, " in told


def test_every_change_of_the_rules_is_named(served: Desk) -> None:
    now = report_document(served.office, S1, AS_OF)
    before = copy.deepcopy(now)
    basis = before["basis"]
    basis["special_days"] = [["2026-05-04", "Libur lama", []], *basis["special_days"][1:]]
    basis["special_days"][-1][2] = [[27_000, 36_000]]
    basis["profiles"][0][3] = "lain"
    basis["targets"][0][2][4] = 1_800  # A5, half an hour
    basis["targets"].append(["2026-02-01", "02/SOP", [300] * 13])
    basis["procedures"][0][1] = "lain"
    basis["step_off"], basis["zone"] = [["B3", "2026-01-01", None]], "Asia/Makassar"
    found = [cause_words(one) for one in causes(served.office, before, now)]
    assert "Mutu Baku A5 dari 30 menit menjadi 1 jam." in found
    assert "Hari khusus dihapus: 4 Mei 2026 Libur lama." in found
    assert "Versi SOP 02/SOP yang berlaku sejak 1 Feb 2026 tidak ada lagi." in found
    assert "Jam kerja dalam kalender diubah." in found
    assert "Zona waktu kantor menjadi Asia/Jakarta." in found
    assert "Daftar langkah yang dinonaktifkan diubah." in found
    assert sum(one.startswith("Jam buka hari khusus diubah:") for one in found) == 1
    procedure = "Urutan atau arti langkah pada SOP 01/SOP.SmartCenter/406.020/2020 yang berlaku sejak 1 Jun 2020"
    assert f"{procedure} diubah." in found
    assert len(found) == 9
    (only,) = causes(served.office, now, now)
    assert "waktu berjalan" in cause_words(only)


LISTS: tuple[tuple[Callable[[Settings], Settings], str], ...] = (
    (lambda now: with_room(now, "Ruang Baru", 20, ["R. Baru"]), "Daftar ruang, jam, kapasitas, atau sebutan lain"),
    (lambda now: with_opd_spelling(now, "Dinas Kesehatan", "DKK"), "Nama OPD atau sebutan lainnya"),
    (lambda now: with_item(now, "ac", ["pendingin"]), "Daftar periksa sarpras atau sebutan barang"),
    (lambda now: apply(now, "[recording]\nfrom = 2026-05-01\n", "uji"), "Hari mulai pencatatan langkah"),
)


def test_a_change_of_a_list_is_a_cause_until_it_is_taken_back(own: Desk) -> None:
    before, was = report_document(own.office, S1, AS_OF), own.office.settings
    for change, named in LISTS:
        apply_settings(own.office, change, AS_OF, actor="admin")
        changed = [cause_words(cause) for cause in causes(own.office, before, report_document(own.office, S1, AS_OF))]
        assert [words.startswith(named) for words in changed] == [True], named
        apply_settings(own.office, was, AS_OF, actor="admin")
        (only,) = causes(own.office, before, report_document(own.office, S1, AS_OF))
        assert only.code == "time", named


def test_records_that_are_not_counted_yet_keep_a_report_from_being_published(
    own: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = draft(own.office, S1, AS_OF, AS_OF)
    path = tmp_path / "susulan.csv"
    path.write_text(hand_overs("12;A8;;;;25/06/2026;10.55"), encoding="utf-8")
    full_disk(monkeypatch)
    ingest(own.office, path, AS_OF)
    with pytest.raises(PublishError, check=says("belum dihitung")):
        publish(own.office, S1, Seen(digest(made.document), None), followups={}, reason="", actor="kadin", now=AS_OF)


def test_a_report_is_replaced_only_by_a_new_edition_that_names_it_and_says_why(own: Desk) -> None:
    first = published(own, A4="Tetapkan pengganti")
    with pytest.raises(PublishError, check=says("alasan")):
        published(own)
    second = published(own, reason="Berkas Mei menyusul")
    assert (second.number, second.replaces_id) == ("2026-S1/2", first.id)
    assert "Menggantikan terbitan 2026-S1/1." in pdf_text(published_pdf(own.office, second.id) or b"")
    assert "Alasan terbitan ini: Berkas Mei menyusul." in page(own, f"?periode={PERIOD}")
    old = page(own, f"?periode={PERIOD}&edisi=1")
    assert "Sudah digantikan terbitan 2026-S1/2." in old
    assert "Tetapkan pengganti" in old


def test_what_was_not_seen_cannot_be_published(own: Desk) -> None:
    made = draft(own.office, S1, AS_OF, AS_OF)
    with pytest.raises(PublishError, check=says("berubah")):
        publish(own.office, S1, Seen("lain", None), followups={}, reason="", actor="kadin", now=AS_OF)
    published(own)
    with pytest.raises(PublishError, check=says("baru saja")):
        publish(own.office, S1, Seen(digest(made.document), None), followups={}, reason="", actor="kadin", now=AS_OF)


def test_names_of_a_thousand_letters_and_markup_stay_text_on_paper_and_in_the_workbook(own: Desk) -> None:
    name = "=HYPERLINK(1) #let <b>" + "Panjang" * 150 + " 🦄 \u0e01"
    holder = f'[holders]\nkadin = {{ name = "{name}", title = "*Kepala* $x$", nip = "1 #panic()" }}\n'
    apply_settings(own.office, lambda now: apply(now, holder, "uji"), AS_OF, actor="admin")
    made = draft(own.office, S1, AS_OF, AS_OF)
    text = pdf_text(made.pdf()).replace("\u200b", "")
    assert "=HYPERLINK(1) #let <b>Panjang" in text
    assert "*Kepala* $x$" in text
    assert "NIP. 1 #panic()" in text
    cells = [cell for sheet in Sheets(made.xlsx()).sheets.values() for cell in sheet.values()]
    assert name in [cell.value for cell in cells if not cell.formula]
    assert [cell for cell in cells if "HYPERLINK" in cell.formula] == []


def test_english_readers_get_english_words_on_screen_and_paper(served: Desk) -> None:
    browser = served.browser_of("kabid")
    browser.get("/bahasa/en")
    text = page(served, f"?periode={PERIOD}", "kabid")
    printed = pdf_text(browser.get(f"/laporan/{PERIOD}.pdf?jenis=tabel7").data)
    browser.get("/bahasa/id")
    assert "Does not go well" in text
    assert "Does not go well" in printed
    assert "Tidak berjalan dengan baik" in pdf_text(browser.get(f"/laporan/{PERIOD}.pdf?jenis=tabel7").data)


def test_an_edition_keeps_the_language_in_which_it_was_published(own: Desk) -> None:
    kept = published(own)
    browser = own.browser_of("kadin")
    browser.get("/bahasa/en")
    for address in (f"/laporan/terbitan/{kept.id}.pdf", f"/laporan/terbitan/{kept.id}.pdf?jenis=tabel7"):
        assert "Tidak berjalan dengan baik" in pdf_text(browser.get(address).data)
    with own.app.server.test_request_context(headers={"X-Bahasa": "en"}):
        english = published(own, reason="In English")
    browser.get("/bahasa/id")
    for address in (f"/laporan/terbitan/{english.id}.pdf", f"/laporan/terbitan/{english.id}.pdf?jenis=tabel7"):
        assert "Does not go well" in pdf_text(browser.get(address).data)


@pytest.mark.parametrize(
    ("held", "checked", "good", "assessed", "told"),
    [
        (10, 8, 8, semester.WELL, "8 dari 8 pemeriksaan lengkap dan semua barang baik (100%)."),
        (10, 8, 6, semester.NOT_WELL, "10 pemakaian tercatat; cakupan 80%."),
        (10, 6, 6, semester.UNKNOWN, "10 pemakaian tercatat; cakupan 60%."),
        (0, 0, 0, semester.UNKNOWN, "Belum ada pemakaian ruang yang tercatat."),
    ],
)
def test_b5_goes_by_the_checks_of_its_sessions(
    served: Desk, monkeypatch: pytest.MonkeyPatch, held: int, checked: int, good: int, assessed: str, told: str
) -> None:
    found = B5(held, checked, good, share(good, checked), wilson(good, checked), share(checked, held))
    monkeypatch.setattr("etl.figures.report.b5_figure", lambda *_: found)
    row = draft(served.office, S1, AS_OF, AS_OF).words.form[-1]
    assert (row.code, row.assessment) == ("B5", assessed)
    assert told in row.notes


def test_both_annexes_lead_to_what_their_figures_were_made_from(served: Desk) -> None:
    inputs = [{"id": "report-url", "property": "search", "value": f"?periode={PERIOD}"},
              {"id": "report-published", "property": "data", "value": 0}]  # fmt: skip
    body = call(served.browser_of("kadin"), "report-body.children", inputs).json["response"]["report-body"]["children"]
    ways = [one["href"] for one in components(body, "Link") if one["href"].startswith("/mengapa")]
    for figure in ("tepat-waktu", "cakupan", "median", "p90", "batas", "sejak-diserahkan"):
        assert any(f"angka={figure}&langkah=A4&" in way for way in ways), figure
