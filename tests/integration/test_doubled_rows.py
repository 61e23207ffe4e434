"""Two rows of one file that tell of one use or one check and contradict each other, and a row that tells of several
uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.views import rejects_page
from data_access.records.schema import request_row
from etl.corrections.page import correct
from etl.extract import open_file
from etl.intake.impossible_rows import without_doubled
from etl.intake.offered.preview import preview
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, book
from tests.offices.bureau import LETTER, Bureau, bureau_of, give_letter
from tests.offices.office import give_books

SECOND = agenda("144;07/09/2026;08.30;Bappeda;Rapat;Smart Center;08/09/2026;13.00;15.00;disetujui")


def give_letters(office: Office, folder: Path) -> None:
    """Registers with letters 143 and 144."""
    give_letter(office, folder)
    give_books(office, folder, {"agenda-2.csv": SECOND}, seconds("2026-09-30 09:00"))


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """Letters 143 and 144."""
    with bureau_of(Bureau, tmp_path, fill=give_letters) as made:
        yield made


def uses(*rows: str) -> str:
    return book("no_agenda;tahun;instansi;ruang;tanggal;jam_mulai;jam_selesai", *rows)


def checks(*rows: str) -> str:
    return book("ruang;tanggal;jam;barang;kondisi", *rows)


FIRST_USE = "143;;;Smart Center;08/09/2026;09.00;11.00"


def test_two_letters_of_one_use_are_asked_about_and_the_first_stands(bureau: Bureau) -> None:
    report = bureau.give(uses(FIRST_USE, "144;2026;;SMART  CENTER;8 September 2026;09:00;12.00"))
    (reject,) = report.rejects
    assert (report.counts["accepted"], report.counts["corrected"], report.counts["rejected"]) == (1, 0, 1)
    assert sentence(reject.message) == (
        'Baris 3, kolom "no_agenda": baris 2 menyebut "143" untuk ruang dan jam mulai yang sama, baris ini "2026/144"; '
        "bila keduanya memang mulai saat itu, tulis salah satunya satu menit kemudian."
    )
    assert [len(bureau.case(letter)["sessions"]) for letter in ("2026/143", "2026/144")] == [1, 0]
    with reading(bureau.office.records) as connection:
        (stored,) = rejects_page(connection, report.load_id or 0)
    assert stored["cells"]["jam_selesai"] == "12.00"
    written = uses(FIRST_USE, "144;2026;;Smart Center;08/09/2026;09.01;12.00")
    assert bureau.counts(written, "lagi.csv") == (2, 1, 1, 0, 0, 0)


def test_a_row_of_the_same_letter_or_without_one_contradicts_nothing(bureau: Bureau) -> None:
    later = FIRST_USE.replace("11.00", "12.00")
    same, nameless, minute = (later.replace("143;;", start) for start in ("0143;2026;", ";;Bappeda", "144;;"))
    rows = [FIRST_USE, later, same, nameless, minute.replace("09.00", "09.01")]
    assert bureau.counts(uses(*rows)) == (5, 2, 1, 2, 0, 0)


def test_one_number_of_two_years_is_two_letters(bureau: Bureau) -> None:
    report = bureau.give(uses(*(f"143;{year};;Smart Center;08/09/2026;09.00;11.00" for year in (2026, 2025))))
    assert 'baris 2 menyebut "2026/143"' in sentence(report.rejects[0].message)


def test_two_agencies_without_letters_are_two_uses_and_one_under_two_names_is_not(bureau: Bureau) -> None:
    rows = [f";;{agency};Smart Center;08/09/2026;09.00;11.00" for agency in ("Dinkes", "Dinas Kesehatan", "Bappeda")]
    report = bureau.give(uses(*rows))
    assert (report.counts["unchanged"], report.counts["rejected"]) == (1, 1)
    assert 'kolom "instansi": baris 2 menyebut "Dinas Kesehatan"' in sentence(report.rejects[0].message)


def test_two_activities_at_one_start_are_two_uses_also_without_an_agency(bureau: Bureau) -> None:
    header = "ruang;tanggal;jam_mulai;jam_selesai;instansi;kegiatan"
    rows = [("", "Rapat staf"), ("", "RAPAT  staf"), ("", ""), ("", "Zoom Kemenkes"), ("Dinkes", "Zoom")]
    start = "Smart Center;08/09/2026;09.00;11.00"
    report = bureau.give(book(header, *(f"{start};{agency};{activity}" for agency, activity in rows)))
    assert (report.counts["accepted"], report.counts["rejected"]) == (1, 2)
    assert 'kolom "kegiatan": baris 2 menyebut "Rapat staf"' in sentence(report.rejects[0].message)


@pytest.mark.parametrize(
    ("agency", "activity"), [("batal", ""), ("Dinkes", "TIDAK JADI"), ("Dinkes", "(Ditunda)"), ("Dibatalkan.", "Rapat")]
)
def test_what_was_called_off_is_no_use(bureau: Bureau, agency: str, activity: str) -> None:
    header, start = "ruang;tanggal;jam_mulai;jam_selesai;instansi;kegiatan", "Smart Center;08/09/2026"
    rows = (f"{start};09.00;11.00;{agency};{activity}", f"{start};13.00;14.00;Dinkes;Rapat pembatalan izin")
    report = bureau.give(book(header, *rows))
    assert (report.counts["accepted"], report.counts["rejected"]) == (1, 1)
    assert "berarti ruang tidak jadi dipakai" in sentence(report.rejects[0].message)


def test_in_a_later_file_the_row_is_a_correction(bureau: Bureau) -> None:
    bureau.give(uses(FIRST_USE))
    later = uses("144;;;Smart Center;08/09/2026;09.00;11.00")
    report = bureau.give(later, "lagi.csv")
    assert (report.counts["corrected"], len(bureau.case("2026/144")["sessions"])) == (1, 1)
    (warning,) = report.warnings
    assert (warning.code, warning.row) == ("use_changed", 2)
    assert 'pemakaian ruang dan jam mulai yang sama: No. Agenda "143" menjadi "144". ' in sentence(warning.message)


def test_a_use_of_a_letter_that_was_called_off_is_named_whichever_is_told_first(bureau: Bureau) -> None:
    bureau.give(uses(FIRST_USE))
    off = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;dibatalkan")
    later = uses(FIRST_USE.replace("11.00", "11.30"), "144;;;Smart Center;08/09/2026;13.00;15.00")
    told = [bureau.give(text, f"{number}.csv").warnings for number, text in enumerate((off, later))]
    assert [[(warning.code, warning.row) for warning in each] for each in told] == [[("cancelled_used", 2)]] * 2
    assert "surat 143 ditolak atau dibatalkan" in sentence(told[0][0].message)


def test_a_use_of_a_letter_of_another_agency_is_named_whichever_is_told_first(bureau: Bureau) -> None:
    named = ("143;;Bappeda", "144;;BAPPEDA", ";;Bappeda", "145;;Dinkes", "143;;", "145;;Bappeda", "146;;RSUD dr Iskak")
    rows = [f"{start};Smart Center;{day:02}/09/2026;09.00;11.00" for day, start in enumerate(named, start=8)]
    (warning,) = bureau.give(uses(*rows)).warnings
    assert (warning.code, warning.row) == ("other_agency", 2)
    assert 'oleh "Bappeda" menyebut surat 143, yang dari "Dinas Kesehatan"' in sentence(warning.message)
    letter = agenda(
        "145;07/09/2026;08.30;Bappeda;Rapat;Smart Center;11/09/2026;09.00;11.00;disetujui",
        "146;07/09/2026;08.30;RSUD dr. Iskak;Rapat;Smart Center;14/09/2026;09.00;11.00;disetujui",
    )
    told = [bureau.give(letter + end, f"{len(end)}.csv").warnings for end in ("", "\n")]
    assert [[(warning.code, warning.row) for warning in each] for each in told] == [[("other_agency", 2)], []]
    assert bureau.give(uses(*rows) + "\n", "sama.csv").warnings == []
    mended = uses(rows[3].replace("145;;Dinkes", "145;;Bappeda"), rows[0].replace("143;;Bappeda", "144;;Bappeda"))
    assert {warning.code for warning in bureau.give(mended, "betul.csv").warnings} == {"use_changed"}
    moved = letter.replace("11.00;disetujui", "10.30;disetujui") + LETTER.splitlines()[1].replace("09.00", "09.30")
    report = bureau.give(moved, "geser.csv")
    assert (report.counts["corrected"], report.warnings) == (3, [])


def test_one_use_with_two_starts_is_asked_about(bureau: Bureau) -> None:
    header = "ruang;tanggal;jam_mulai;jam_selesai;instansi;kegiatan"
    first = [f"SC;{day}/01/2025;09.00;12.00;Bappeda;Rapat RKPD" for day in (20, 21, 22)]
    assert bureau.give(book(header, *first), "a.csv").warnings == []
    again = [
        "SC;20/01/2025;09.15;12.00;Bappeda;RAPAT  RKPD",
        "SC;21/01/2025;12.00;13.00;Bappeda;Rapat RKPD",
        "SC;21/01/2025;10.00;11.00;Dinkes;Rapat RKPD",
        "SC;22/01/2025;08.45;12.00;Bappeda;Rapat RKPD",
    ]
    report = bureau.give(book(header, *again), "b.csv")
    assert [(warning.code, warning.row) for warning in report.warnings] == [("use_again", 2), ("use_again", 5)]
    assert "mulai 09.15 bertumpang dengan pemakaian yang sama mulai 09.00" in sentence(report.warnings[0].message)
    assert report.counts["accepted"] == 4
    long = [f"SC;27/01/2025;{hours};Bappeda;Rapat RKPD" for hours in ("08.00;16.00", "09.00;10.00", "11.00;12.00")]
    told = [bureau.give(book(header, *long, *more), f"c{len(more)}.csv").warnings for more in ([], first[:1])]
    assert [[(warning.code, warning.row) for warning in each] for each in told] == [
        [("use_again", 3), ("use_again", 4)],
        [],
    ]


def test_a_letter_that_is_on_again_names_no_use_of_its_own(bureau: Bureau) -> None:
    off, on = (agenda(f"143;07/09/2026;08.00;Dinkes;;Smart Center;;;;{status}") for status in ("batal", "disetujui"))
    bureau.give(uses(FIRST_USE))
    assert bureau.give(off + on.splitlines()[1] + "\n", "keduanya.csv").warnings == []
    bureau.give(off, "batal.csv")
    later = uses(FIRST_USE.replace("11.00", "11.30"))
    assert [warning.code for warning in bureau.give(later, "pakai.csv").warnings] == ["cancelled_used"]
    with reading(bureau.office.records) as connection:
        row = connection.execute(select(func.max(request_row.c.id)).where(request_row.c.request_id == 1)).scalar_one()
    correct(bureau.office, "permohonan", row, {"status": "approved"}, "salah ketik", "ani", bureau.clock())
    assert bureau.give(later + "\n", "lagi.csv").warnings == []


def test_a_check_of_another_letter_is_no_use(bureau: Bureau) -> None:
    header, row = "no_agenda;ruang;tanggal;jam;barang;kondisi", "Smart Center;08/09/2026;08.00;AC;Baik"
    reports = [bureau.give(book(header, f"{number};{row}"), f"{number}.csv") for number in (143, 144)]
    assert [(report.counts["corrected"], report.warnings) for report in reports] == [(0, []), (1, [])]


def test_two_answers_about_one_item_are_asked_about(bureau: Bureau) -> None:
    good, broken = (f"Smart Center;08/09/2026;08.00;AC;{state}" for state in ("Baik", "RB"))
    report = bureau.give(checks(good, good, broken, broken.replace("AC", "AC 2").replace("08.00", "08.01")))
    ends = [report.counts[end] for end in ("accepted", "unchanged", "corrected", "waiting", "rejected")]
    assert ends == [1, 1, 0, 1, 1]
    assert sentence(report.rejects[0].message) == (
        'Baris 4, kolom "kondisi": baris 2 menyebut Baik untuk barang, ruang, dan waktu yang sama, baris ini Rusak '
        "berat; bila itu dua barang, tulis namanya masing-masing, misalnya AC 1 dan AC 2."
    )
    assert bureau.counts(checks(broken), "lagi.csv") == (1, 0, 0, 1, 0, 0)


def test_before_and_after_an_event_are_two_checks_of_a_day(bureau: Bureau) -> None:
    rows = (f"Smart Center;08/09/2026;{when};AC;{state}" for when, state in (("sebelum", "Baik"), ("sesudah", "RB")))
    assert bureau.counts(book("ruang;tanggal;saat;barang;kondisi", *rows)) == (2, 2, 0, 0, 0, 0)


def test_it_does_not_matter_in_which_part_of_the_file_the_rows_stand(bureau: Bureau) -> None:
    path = bureau.folder / "panjang.csv"
    other = "144;;;Smart Center;08/09/2026;09.00;11.00"
    path.write_text(uses(FIRST_USE, *[other] * 3, FIRST_USE), encoding="utf-8")
    with open_file(path, zone=bureau.office.zone, part_rows=1) as (extraction,):
        parts = list(without_doubled(extraction.kind, extraction.parts(), bureau.office.book))
    ends = [(len(part.frame), len(part.rejects)) for part in parts if part.read]
    assert ends == [(1, 0), (0, 1), (0, 1), (0, 1), (1, 0)]


def test_the_preview_shows_the_row_with_its_reason(bureau: Bureau) -> None:
    path = bureau.folder / "pemakaian.csv"
    path.write_text(uses(FIRST_USE, "144;;;Smart Center;08/09/2026;09.00;11.00"), encoding="utf-8")
    (block,) = preview(bureau.office, path, bureau.clock(), name=path.name).blocks
    assert (block.counts["rejected"], len(block.rejects)) == (1, 1)
    faults = [cell.fault for row in block.rows if row.is_rejected for cell in row.cells]
    assert [fault is not None for fault in faults] == [True, *[False] * 6]


def test_a_use_over_several_days_is_one_a_day_and_counts_as_one_row(bureau: Bureau) -> None:
    three, four = (f";;;Smart Center;{days} September 2026;08.00;12.00" for days in ("14-16", "14 s.d. 17"))
    assert bureau.counts(uses(three)) == (1, 1, 0, 0, 0, 0)
    assert bureau.counts(uses(three, "144;;;Aula;14-16 September 2026;08.00;12.00"), "dua.csv") == (2, 0, 1, 0, 1, 0)
    assert bureau.counts(uses(four), "empat.csv") == (1, 1, 0, 0, 0, 0)
    assert bureau.counts(uses(four.replace("12.00", "13.00")), "lama.csv") == (1, 0, 0, 1, 0, 0)
    days = bureau.office.mart.read().tuples("SELECT started_on, (ended_at - started_at) / 3600 FROM session_fact")
    assert sorted(days) == [(20710 + day, 5.0) for day in range(4)]
    assert bureau.counts(LETTER, "agenda-3.csv")[0] == 1


def test_a_day_of_a_use_over_several_days_is_the_use_of_one_letter(bureau: Bureau) -> None:
    report = bureau.give(
        uses(
            "143;;;Smart Center;14-16 September 2026;08.00;12.00", "144;;;Smart Center;15-16 September 2026;08.00;10.00"
        )
    )
    assert (report.counts["accepted"], report.counts["rejected"], len(report.rejects)) == (1, 1, 1)


def test_a_row_that_takes_the_place_of_one_above_it_is_named_with_both(bureau: Bureau) -> None:
    use, start = "no_agenda;instansi;kegiatan;ruang;tanggal;jam_mulai;jam_selesai", "Smart Center;08/09/2026"
    check, step = f"{start};08.00;AC;RR", "143;A2;07/09/2026;08.05;07/09/2026"
    given = [
        book(use, *(f";;;{start};09.00;{end}" for end in ("11.00", "11.00", "12.00"))),
        book(use, *(f";{whose};{start};10.00;11.00" for whose in ("Dinkes;", ";Rapat"))),
        book("ruang;tanggal;jam;barang;kondisi;keterangan", f"{check};depan", f"{check};belakang"),
        book("no_agenda;langkah;tgl_mulai;jam_mulai;tgl_selesai;jam_selesai", f"{step};08.40", f"{step};09.10"),
        agenda(
            *(
                f"145;07/09/2026;;Dinkes;{about};Smart Center;10/09/2026;{hour};;{status}"
                for about, hour, status in (
                    ("Rapat", "", ""),
                    ("Rapat", "09.00", "menunggu"),
                    ("Rapat", "", "disetujui"),
                    ("Sosialisasi", "13.00", ""),
                )
            )
        ),
    ]
    reports = [bureau.give(text, f"{number}.csv") for number, text in enumerate(given)]
    assert [report.counts["corrected"] for report in reports] == [1, 1, 1, 1, 3]
    warnings = [warning for report in reports for warning in report.warnings]
    assert [(warning.code, warning.row) for warning in warnings] == [("row_replaced", row) for row in (4, 3, 3, 3, 5)]
    told = [sentence(warning.message).split(": ") for warning in warnings]
    assert told[0][0] == "Baris 4 menggantikan baris 3 berkas ini, yang ruang dan jam mulainya sama"
    columns = [words.split(" di")[0] for _, words in told]
    assert columns == ["Jam Selesai", "Kegiatan", "Uraian", "Jam Selesai", "Perihal, Jam Mulai"]


def test_another_date_or_note_of_a_letter_in_its_file_is_named_and_a_status_is_not(bureau: Bureau) -> None:
    header = "no_agenda;tgl_terima;asal;tgl_surat;perihal;status;keterangan"
    rows = ("03/09/2026;Rapat;;pertama", "04/09/2026;Rapat;;pertama", "04/09/2026;Rapat;;kedua", ";Rapat;disetujui;")
    report = bureau.give(book(header, *(f"145;07/09/2026;Dinkes;{row}" for row in rows)))
    warnings = [(warning.code, warning.row) for warning in report.warnings]
    assert (report.counts["corrected"], warnings) == (3, [("row_replaced", 3), ("row_replaced", 4)])


def test_rows_numbered_again_below_a_deleted_one_are_named(bureau: Bureau) -> None:
    def register(*days: str, first: int = 150) -> str:
        rows = (f"{first + place};07/09/2026;Dinkes;{day};Pinjam ruang" for place, day in enumerate(days))
        return book("no_agenda;tgl_terima;asal;tgl_surat;perihal", *rows)

    days = [f"0{day}/09/2026" for day in (1, 2, 3, 4)]
    assert bureau.give(register(*days)).warnings == []
    shifted = bureau.give(register(days[0], *days[2:]), "shifted.csv")
    assert [(warning.code, warning.row) for warning in shifted.warnings] == [("numbers_shifted", row) for row in (3, 4)]
    assert "Baris 3 mengoreksi surat 2026/151 sehingga sama dengan surat 2026/152" in sentence(
        shifted.warnings[0].message
    )
    assert bureau.give(register("31/08/2026", days[2]), "corrected.csv").warnings == []
