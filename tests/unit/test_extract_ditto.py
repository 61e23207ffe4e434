"""Marks that mean the cell above: they are taken for it, never guessed where nothing stands above."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.extract import Sheet
from tests.books.extracted import (
    JAKARTA,
    Mapped,
    aside,
    cells_of,
    codes,
    days,
    extract,
    extract_cells,
    letters,
    moments,
    passes,
    sessions,
    write_csv,
)  # fmt: skip

HEADER = ["No Agenda", "Tgl Terima", "Asal", "Perihal"]
ONE = ["1", "07/09/2026", "Dinas Kesehatan", "Rapat"]


@pytest.mark.parametrize("mark", ["sda", "SDA", "s.d.a.", "s.d.a", "Idem", '"', "''", '-"-', ' - " - ', "〃", "”",
    "ditto", "Ditto", "dto", "sda.", "sama", "″", "``", "↓", "- idem -", "(sda)", "s.d.a. (2)", '" "', "ibid.",
    "Sama dengan di atas", "spt. di atas"])  # fmt: skip
def test_a_mark_means_the_cell_above_and_that_is_said(mark: str) -> None:
    taken = letters({"asal": "Dinas Kesehatan", "tgl_terima": "08/09/2026"}, {"asal": mark, "tgl_terima": mark})
    assert taken.frame["opd"].tolist() == ["Dinas Kesehatan"] * 2
    assert days(taken.frame["received_on"]) == ["2026-09-08"] * 2
    remarks = [(warning.code, warning.row) for warning in taken.warnings]
    assert (remarks, taken.set_aside) == ([("as_above", 3)] * 2, [])
    assert '"Dinas Kesehatan" diambil dari baris di atasnya' in "".join(sentence(w.message) for w in taken.warnings)


def test_a_sender_without_a_letter_is_the_one_above_and_no_other_cell_is() -> None:
    marks = ["//", "=", "…", "~", ".,", "→", "|", "-//-"]
    taken = letters({"asal": "Dinas Kesehatan"}, *({"asal": mark, "perihal": mark} for mark in marks))
    assert taken.frame["opd"].tolist() == ["Dinas Kesehatan"] * (len(marks) + 1)
    assert [warning.row for warning in taken.warnings] == [*range(3, len(marks) + 3)]
    assert codes(letters({"asal": "="})) == ["ditto"]
    bare = [".", "*", "..", "* *", "#", "+", "(?)", ":", "'"]
    asked = letters({"asal": "Dinas Kesehatan"}, *({"asal": sign} for sign in bare))
    assert (codes(asked), asked.frame["opd"].tolist()) == (["not_a_sender"] * len(bare), ["Dinas Kesehatan"])
    assert aside(sessions({"instansi": "Dinkes"}, {"instansi": "*"})) == ["not_a_sender"]
    others = letters(
        {"asal": "Dinas Kesehatan"}, *({"asal": text} for text in ("-", "??", "ttd", "dst.", "IDI", "SDI"))
    )
    assert codes(others) == ["missing", "not_known"] + ["not_a_sender"] * 2
    assert others.frame["opd"].tolist() == ["Dinas Kesehatan", "IDI", "SDI"]


def test_a_mark_below_what_is_no_record_means_the_record_above() -> None:
    lines = [["", "", "Agendaris", ""], ["", "", "SRI WAHYUNI, S.Kom", ""], ["Jumlah", "", "13 surat", ""]]
    marked = [[str(number), "08/09/2026", '"', "Rapat"] for number in (2, 3)]
    rows = [HEADER, ONE, *lines[:2], marked[0], ["", "", "Catatan: ruang dicat", ""], lines[2], marked[1]]
    for size in (1, 2, 50):
        taken = extract_cells([Sheet(None, rows)], zone=JAKARTA, part_rows=size)
        assert taken.frame["opd"].tolist() == ["Dinas Kesehatan"] * 3


def test_marks_follow_marks_in_every_kind_of_column() -> None:
    row = {"jam_terima": "08.15", "ruang": "Aula", "nama_kegiatan": "Rakor", "jumlah_peserta": "40", "status": "batal"}
    frame = letters(row, dict.fromkeys(row, "sda"), dict.fromkeys(row, "idem")).frame
    assert moments(frame["received_at"]) == ["2026-09-07 08:15"] * 3
    for column in ("room", "activity", "planned", "status"):
        assert frame[column].nunique() == 1, column
    assert sessions({}, {"ruang": "sda", "tanggal": "sda"}).frame["room"].tolist() == ["Smart Center"] * 2


@pytest.mark.parametrize(("column", "code"), [("perihal", "ditto"), ("ruang", "ditto"), ("jenis_kegiatan", "ditto"),
    ("tgl_kegiatan", "not_a_date"), ("jam_mulai", "not_a_time"), ("jumlah_peserta", "not_a_number")])  # fmt: skip
def test_with_nothing_above_a_mark_is_a_cell_that_cannot_be_read(column: str, code: str) -> None:
    first, below = letters({column: "sda"}), letters({column: ""}, {column: "sda"})
    assert aside(first) == aside(below) == [code]
    assert all(taken.frame[["subject", "room", "activity_kind"]].isna().all(axis=None) for taken in (first, below))


def test_a_required_mark_with_nothing_above_rejects_its_row() -> None:
    assert codes(letters({"asal": "sda"}, {"tgl_terima": "sda", "asal": "X"})) == ["ditto"]
    assert codes(letters({"tgl_terima": "idem"})) == ["not_a_date"]


def test_the_number_of_a_letter_is_never_taken_from_above() -> None:
    assert codes(letters({}, {"no_agenda": "sda"})) == codes(passes({}, {"no_agenda": '"'})) == ["ditto"]
    assert aside(sessions({"no_agenda": "12"}, {"no_agenda": "sda"})) == ["ditto"]


def test_marks_do_not_reach_across_months_and_sheets() -> None:
    marked = ["2", "08/09/2026", "sda", "Rapat"]
    for size in (1, 2, 50):
        month = extract_cells([Sheet(None, [HEADER, ONE, ["OKTOBER 2026"], marked])], zone=JAKARTA, part_rows=size)
        sheets = extract_cells([Sheet("A", [HEADER, ONE]), Sheet("B", [HEADER, marked])], zone=JAKARTA, part_rows=size)
        assert codes(month) == codes(sheets) == ["ditto"]


def test_a_row_of_a_database_has_none_above() -> None:
    source = Mapped("permohonan", {"no_agenda": "nomor", "tgl_terima": "diterima", "asal": "opd"})
    rows = [["nomor", "diterima", "opd"], ["1", "2026-09-07", "X"], ["2", "2026-09-08", "sda"]]
    assert codes(extract_cells([Sheet(None, rows, is_query=True)], zone=JAKARTA, source=source)) == ["ditto"]


def test_marks_reach_across_pages_and_parts() -> None:
    rows = [HEADER, ["SEPTEMBER 2026"], ONE, ["2", "08/09/2026", "sda", "-"], HEADER, ["3", "sda", "sda", "x"]]
    for size in (1, 2, 3, 50):
        taken = extract_cells([Sheet(None, rows)], zone=JAKARTA, part_rows=size)
        assert taken.frame["opd"].tolist() == ["Dinas Kesehatan"] * 3
        assert days(taken.frame["received_on"])[1:] == ["2026-09-08"] * 2


def test_a_rejected_row_is_kept_with_what_its_marks_mean() -> None:
    taken = cells_of([HEADER, ONE, ["2", "31/09/2026", "sda", "idem"]])
    assert [reject.cells["Asal"] for reject in taken.rejects] == ["Dinas Kesehatan"]


def test_a_mark_in_quotes_of_a_csv_is_read_and_a_dash_stays_empty(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ";".join(HEADER), ";".join(ONE), '2;08/09/2026;"""";-')
    frame = extract(path, zone=JAKARTA).frame
    assert (frame["opd"].tolist(), frame["subject"].isna().tolist()) == (["Dinas Kesehatan"] * 2, [False, True])


ELSEWHERE = ["idem no 1", "sama no. 2", "lihat no 4", "sama dengan no 3", "seperti nomor 3", "sda no 5", "sda 5",
             "- idem baris 7 -", "Sama dgn surat no 12a"]  # fmt: skip
NO_REFERENCE = ["Samarinda 4", "Sesuai 4", "Lihat lampiran 2", "lihat surat no 12/2026", "Kodim 0806", "SMAN 1"]


def test_a_reference_to_another_row_is_no_sender_and_nothing_below_is_taken_from_it() -> None:
    referring = ({"asal": text, "no_agenda": str(at)} for at, text in enumerate(ELSEWHERE, start=2))
    below = {"asal": "sda", "no_agenda": "90"}
    asked = letters({"asal": "Dinkes", "no_agenda": "1"}, *referring, below)
    assert (codes(asked), asked.frame["opd"].tolist()) == (["ditto"] * (len(ELSEWHERE) + 1), ["Dinkes"])
    assert '"idem no 1" menunjuk baris atau nomor lain; tulis isinya' in sentence(asked.rejects[0].message)
    named = letters(*({"asal": text} for text in NO_REFERENCE), {"asal": "Dinkes"}, {"asal": "sda atas"})
    assert (codes(named), named.frame["opd"].tolist()) == ([], [*NO_REFERENCE, "Dinkes", "Dinkes"])


def test_a_reference_in_a_part_of_the_file_above_is_taken_no_further() -> None:
    rows = [HEADER, ONE, ["2", "08/09/2026", "sama no 1", "Rapat"], ["3", "08/09/2026", "sda", "Rapat"]]
    for size in (1, 2, 50):
        assert codes(extract_cells([Sheet(None, rows)], zone=JAKARTA, part_rows=size)) == ["ditto"] * 2


def test_a_subject_or_letter_number_that_refers_to_another_row_is_set_aside_and_a_note_may() -> None:
    asked = letters({"perihal": "sama dengan no 3", "no_surat": "idem no 1", "keterangan": "lihat no 4"})
    assert (sorted(aside(asked)), asked.frame["note"].tolist()) == (["ditto"] * 2, ["lihat no 4"])
    assert asked.frame[["subject", "letter_number"]].isna().all(axis=None)
