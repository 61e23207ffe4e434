"""A page as one sheet of A4: its figures are those of the page, it is one sheet whatever there is, and it says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.components import Kpi
from dashboard.components.tables import text_column
from dashboard.i18n import Language
from dashboard.printed.one_page import OnePage, PaperTable
from dashboard.printed.words import Voice
from data_access.records import reading
from data_access.records.access import AuditFilter, actions_page
from etl.reference.steps import STEP_CODES
from tests.offices.desk import Desk
from tests.offices.semester import AS_OF, FIRST, LAST, SHARES, semester_desk
from tests.reading.layout import components, words
from tests.reading.pdf import page_count, pdf_text
from tests.serving.callbacks import opened

SPAN = f"?dari={FIRST}&sampai={LAST}"
LONG = "Panjang" * 150


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The half-year, only looked at."""
    return semester_desk(tmp_path_factory.mktemp("one-page"))


def printed(served: Desk, page: str, search: str = SPAN, user: str = "kadin") -> str:
    """The words of the sheet."""
    reply = served.browser_of(user).get(f"/{page}/satu-halaman.pdf{search}")
    assert (reply.status_code, page_count(reply.data)) == (200, 1), reply.text[:200]
    return pdf_text(reply.data).replace("\u200b", "")


def figures_in(text: str) -> set[str]:
    """Shares, intervals and durations that a text names."""
    return set(re.findall(r"\d+(?:,\d+)?%|\d+–\d+%|\d+ j \d+ mnt", text))


@pytest.mark.parametrize("page", ["kepatuhan", "ruang", "sarpras"])
def test_its_headline_figures_are_those_of_the_page(served: Desk, page: str) -> None:
    shown = opened(served.browser_of("kadin"), f"/{page}", SPAN)
    values = [one for one in components(shown, "Span") if "p-kpi-value" in (one.get("className") or "")]
    notes = [one for one in components(shown, "Span") if one.get("className") == "p-kpi-note"]
    assert len(values) >= 4
    text = printed(served, page)
    for value in values:
        assert words(value["children"]) in text
    for note in notes:
        assert figures_in(words(note["children"])) <= figures_in(text), note


def test_each_step_has_its_share_and_the_sheet_says_what_it_is_about(served: Desk) -> None:
    text = printed(served, "kepatuhan")
    for code in STEP_CODES:
        assert re.search(rf"\b{code}\b", text), code
    assert set(SHARES.values()) <= figures_in(text)
    for fact in ("Semua OPD", "Semua ruang", "1 Januari 2026 sampai", "muatan terakhir", "Yang perlu dibahas: A8",
                 "DINAS KOMUNIKASI DAN INFORMATIKA", "Dicetak"):  # fmt: skip
        assert fact in text, fact


def test_a_filter_is_named_and_narrows_it(served: Desk) -> None:
    text = printed(served, "kepatuhan", f"{SPAN}&bagian=A4")
    assert SHARES["A4"] in figures_in(text)
    assert "A5" not in text


def test_what_yields_nothing_says_so_and_what_cannot_be_asked_is_refused_in_words(served: Desk) -> None:
    for page in ("kepatuhan", "ruang"):
        assert "Belum ada data pada periode ini" in printed(served, page, "?dari=2019-01-01&sampai=2019-01-31")
        refused = served.browser_of("kadin").get(f"/{page}/satu-halaman.pdf?dari=x&sampai=y")
        assert (refused.status_code, "bukan tanggal" in refused.text) == (422, True)


def test_english_readers_get_an_english_sheet(served: Desk) -> None:
    browser = served.browser_of("kabid")
    browser.get("/bahasa/en")
    text = pdf_text(browser.get(f"/sarpras/satu-halaman.pdf{SPAN}").data)
    browser.get("/bahasa/id")
    for words_ in ("What needs attention", "Never checked", "Counted as of", "Page 1 of 1"):
        assert words_ in text, words_


def test_an_agency_gets_what_its_page_shows_and_the_audit_notes_each_sheet(served: Desk) -> None:
    printed(served, "ruang", user="opd")
    assert served.browser_of("opd").get("/sarpras/satu-halaman.pdf").status_code in (302, 403)
    with reading(served.office.records) as connection:
        noted = actions_page(connection, AuditFilter(actions=("export",)), 50)
    assert "opd" in {entry.actor for entry in noted if "/ruang/satu-halaman.pdf" in str(entry)}


@pytest.mark.parametrize("rows", [1, 40, 200])
@pytest.mark.parametrize("name", ["Langkah", LONG])
def test_whatever_there_is_it_is_one_sheet_that_counts_what_it_leaves_out(rows: int, name: str) -> None:
    columns = [text_column("name", "Nama", lambda row: f"{row} {name}", is_name=True),
               text_column("state", "Keadaan", lambda row: f"{name} {row}")]  # fmt: skip
    sheet = OnePage(
        (name, name), name, "Judul", name, [(word, name) for word in ("Periode", "OPD", "Ruang", "Catatan")],
        [Kpi(name[:60], "91,8%", note=name)] * 5, [f"{place}. {name}" for place in range(30)],
        PaperTable("Barang", columns, [f"nomor{place}." for place in range(rows)], "semuanya."), "Aturan.", "Sarpras",
        is_demo=True,
    )  # fmt: skip
    pdf = sheet.pdf(Voice(Language.INDONESIAN, None), AS_OF)  # type: ignore[arg-type]
    text = pdf_text(pdf).replace("\u200b", "")
    assert page_count(pdf) == 1
    shown = len(set(re.findall(r"nomor\d+\.", text)))
    more = re.search(r"… dan ([\d.]+) lainnya", text)
    assert shown + (int(more[1]) if more else 0) == rows
    assert "semuanya." in text
    assert "DATA CONTOH" in text
    assert "… dan 26 hal lain" in text


def test_its_layouts_set_nothing_below_8_pt() -> None:
    folder = Path(__file__).parents[2] / "dashboard" / "printed"
    for layout in folder.glob("*.typ"):
        sizes = [float(size) for size in re.findall(r"size: ([\d.]+)pt", layout.read_text(encoding="utf-8"))]
        assert min(sizes) >= 8, layout.name
