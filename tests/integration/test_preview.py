"""A preview does everything a load does and keeps nothing of it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.i18n import sentence
from data_access.records import RecordsBusyError, one_load, reading
from data_access.records.intake.loads import last_load_id
from data_access.records.requests import requests_touched_after
from etl.desk.settings_edit import with_recording
from etl.intake.offered.preview import Preview, preview
from etl.intake.pipeline import apply_settings, ingest
from etl.settings.sources import Const, SourceMap
from tests.books.extracted import write_xlsx
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.bureau import Bureau, settings_of_another_process

LETTERS = agenda("143;07/09/2026;08.00;Dinkes;Rapat;Smart Center", "144;08/09/2026;;Dinsos;Rakor;Aula Barat")


def look(bureau: Bureau, text: str, name: str = "buku.csv", **wishes: object) -> Preview:
    path = bureau.folder / name
    path.write_text(text, encoding="utf-8")
    return preview(bureau.office, path, bureau.clock(), name=name, **wishes)  # type: ignore[arg-type]


def test_nothing_is_kept(bureau: Bureau) -> None:
    found = look(bureau, LETTERS)
    assert (found.total("accepted"), found.total("waiting"), found.letters, found.new_letters) == (1, 1, 1, 1)
    with reading(bureau.office.records) as connection:
        assert last_load_id(connection) == 0
        assert requests_touched_after(connection, 0).tolist() == []
    assert look(bureau, LETTERS) == found


def test_the_counts_are_those_of_the_load_that_follows(bureau: Bureau) -> None:
    bureau.give(LETTERS, "agenda.csv")
    text = hand_overs(*part_a("143", "07/09/2026"), "999;A2;;;;07/09/2026;08.08", "143;A9;;;;07/09/2026;08.08")
    found = look(bureau, text)
    (report,) = ingest(bureau.office, bureau.folder / "buku.csv", bureau.clock())
    assert found.blocks[0].counts == report.counts
    assert (found.letters, found.blocks[0].waiting) == (1, {"letter_missing": 1})


def test_a_correction_names_its_letter_step_and_values(bureau: Bureau) -> None:
    bureau.give(LETTERS, "agenda.csv")
    bureau.give(hand_overs("143;A2;;;;07/09/2026;08.08"), "disposisi.csv")
    change = look(bureau, hand_overs("143;A2;1;;;07/09/2026;08.18")).corrections[0]
    assert (change.letter, change.step, change.column, change.new - change.old) == (
        (2026, "143"),
        1,
        "finished_at",
        600,
    )


def test_new_letters_are_told_from_changed_ones(bureau: Bureau) -> None:
    bureau.give(LETTERS, "agenda.csv")
    more = agenda(
        "143;07/09/2026;08.00;Dinkes;Rapat gizi;Smart Center", "145;08/09/2026;09.00;Dinkes;Rapat;Smart Center"
    )
    found = look(bureau, more)
    assert (found.letters, found.new_letters) == (2, 1)


def test_a_letter_of_which_the_file_says_nothing_new_is_none_that_changes(bureau: Bureau) -> None:
    known = "144;08/09/2026;10.00;Dinsos;Rakor;Smart Center"
    bureau.give(agenda("143;07/09/2026;08.00;Dinkes;Rapat;Smart Center", known), "agenda.csv")
    found = look(bureau, agenda("143;07/09/2026;08.00;Dinkes;Rapat gizi;Smart Center", known))
    assert (found.letters, found.new_letters, found.total("corrected"), found.total("unchanged")) == (1, 0, 1, 1)
    assert [row.is_corrected for row in found.blocks[0].rows] == [True, False]


def test_letters_from_before_the_day_of_recording_are_counted(bureau: Bureau) -> None:
    rows = "143;04/09/2026;08.00;Dinkes;Rapat;Smart Center", "144;08/09/2026;08.00;Dinsos;Rakor;Smart Center"
    apply_settings(
        bureau.office, lambda settings: with_recording(settings, date(2026, 9, 7)), bureau.clock(), actor="admin"
    )
    assert look(bureau, agenda(*rows)).blocks[0].before_recording == 1


def test_rows_that_are_no_records_are_told_apart(bureau: Bureau) -> None:
    (block,) = look(bureau, LETTERS + "Mengetahui,\nOrang Contoh\n").blocks
    assert (block.counts["read"], [row.kind for row in block.furniture]) == (2, ["approval", "signature"])


def test_a_hidden_sheet_is_taken_when_it_is_asked_for(bureau: Bureau) -> None:
    header, rows = ("no_agenda", "tgl_terima", "asal"), [(str(number), "07/09/2026", "Dinkes") for number in (1, 2)]
    sheets = {"Agenda": [header, rows[0]], "Lama": [header, rows[1]]}
    path = write_xlsx(bureau.folder / "agenda.xlsx", sheets, hidden=("Lama",))
    found = [preview(bureau.office, path, bureau.clock(), name=path.name, with_hidden=asked) for asked in (False, True)]
    assert [one.total("accepted") for one in found] == [1, 2]
    first, second = (ingest(bureau.office, path, bureau.clock(), with_hidden=asked)[0] for asked in (False, True))
    assert (first.counts["accepted"], second.counts["accepted"], second.counts["unchanged"]) == (1, 1, 1)


def test_a_longer_file_is_tried_in_part(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.intake.offered.preview.ROW_LIMIT", 0)
    found = look(bureau, LETTERS)
    assert found.blocks[0].is_partial
    assert found.total("read") == 0


def test_while_a_load_runs_a_preview_gives_up_soon(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.intake.offered.preview.WAIT_SECONDS", 0.05)
    with one_load(bureau.office.records), pytest.raises(RecordsBusyError):
        look(bureau, LETTERS)


def test_a_refusal_brings_the_headers_of_every_sheet(bureau: Bureau) -> None:
    found = look(bureau, "Laporan\n\nnomor;masuk\n1;2\n")
    assert found.refusal is not None
    assert not sentence(found.refusal).startswith("buku.csv")
    assert [(sheet.row, sheet.headers) for sheet in found.sheets] == [(3, ("nomor", "masuk"))]


def test_a_map_reads_what_nobody_knows(bureau: Bureau) -> None:
    columns = {"no_agenda": "nomor", "tgl_terima": "masuk", "asal": Const("tidak disebut")}
    found = look(bureau, "nomor;masuk\n7;01/24/2020\n", source=SourceMap("peta", "permohonan", columns, "mdy"))
    assert found.total("accepted") == 1
    assert [(column.name, column.is_constant) for column in found.blocks[0].columns] == [
        ("no_agenda", False),
        ("tgl_terima", False),
        ("asal", True),
    ]


def test_a_preview_counts_with_the_settings_of_now(bureau: Bureau) -> None:
    settings_of_another_process(bureau)
    found = look(bureau, agenda("143;07/09/2026;08.00;Dinkes;Rapat;Aula Bawah"))
    assert (found.total("accepted"), found.total("waiting")) == (1, 0)
