"""Addresses that nobody's link made: every page answers what it cannot read with words, never with a fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

import dashboard
from dashboard.pages.shared.page_request import names_of
from dashboard.pages.why.page import EXPLAINERS
from dashboard.web.pages import PAGES
from etl.office import Office
from tests.offices.desk import Desk
from tests.offices.september import office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, opened

SPAN = ("dari", "sampai", "opd", "ruang")
CASE, LOAD, COUNTS = "/permohonan/2026/143", "/data/muatan/1", "/jumlah-peserta/2026/143"
CORRECTION, OWN = "/data/koreksi/disposisi/1", "/koreksi-cap/1"
OF_LIST = ("q", "status", "posisi", "hal", "langkah", "putusan", "surat", "tanda", "tanpa", "lewat", "pemegang", "urut",
           "kolom", *SPAN)  # fmt: skip
OF_WHY = ("angka", "bagian", "tanpa", "hal", "kelompok", "langkah", "pada", "surat", "tentang", "kunci", "menit",
          "baris", "hari", "jam", "jarak", "barang", *SPAN)  # fmt: skip
READ: dict[str, tuple[str, ...]] = {
    "/ringkasan": (),
    "/kepatuhan": (*SPAN, "bagian", "kendali", "tanpa"),
    "/permohonan": OF_LIST,
    CASE: (),
    "/surat-baru": (),
    "/ajukan": ("ubah",),
    "/ruang": (*SPAN, "minggu", "hari", "linimasa", "hal"),
    "/peserta": SPAN,
    "/sarpras": (*SPAN, "gangguan"),
    "/data": ("berkas",),
    "/data/muatan": ("hal", "tampil"),
    LOAD: ("aksi", "bagian", "baris", "hal", "lembar", "pisah"),
    "/data/menunggu": (
        "ruang",
        "surat",
        "nomor",
        "barang",
        "milik",
        "terima",
        "acara",
        "mulai",
        "ditolak",
        "hal",
        "hal_ruang",
        "hal_barang",
        "hal_nomor",
        "hal_surat",
        "hal_terima",
        "hal_acara",
    ),
    COUNTS: (),
    "/data/nama": ("dari", "ejaan", "hal", "nama", "semua"),
    "/data/tanda": ("hal", "langkah", "surat", "tanda"),
    "/data/koreksi": ("hal", "tanya"),
    CORRECTION: ("ubah",),
    OWN: ("ubah",),
    "/sop": (*SPAN, "versi"),
    "/sop/target": (*SPAN, "A4"),
    "/sop/versi": SPAN,
    "/laporan": ("periode", "edisi"),
    "/pengaturan": ("atur", "cabut"),
    "/pengaturan/semua": ("bagian", "baris", "versi"),
    "/pengaturan/daftar-periksa": (),
    "/pengaturan/cadangan": (),
    "/pengaturan/pemberitahuan": (),
    "/pengaturan/jejak-audit": ("pengguna", "jenis", "subjek", "dari", "sampai", "hal"),
    "/pengaturan/pengguna": ("ubah",),
    "/langkah-awal": ("langkah",),
    "/pengaturan/kode-instansi": ("akhiri",),
    "/akun": ("akhiri",),
    "/mengapa": OF_WHY,
    "/bantuan": (),
    "/bantuan/agendaris": (),
}
"""By page the names in the address that it reads."""

NAMED = {"opd": ("cases-opd", "room-opd", "people-opd", "sarpras-opd", "sla-opd", "sop-opd"),
         "ruang": ("cases-room", "room-room", "people-room", "sarpras-room", "sla-room")}  # fmt: skip
"""By name in the address the choices of agencies and of rooms."""

SARPRAS = tuple(f"sarpras-{name}.children" for name in ("subtitle", "export", "follow", "body"))
BODIES = {
    "/kepatuhan": ("sla", ("sla-subtitle.children", "sla-body.children"), ()),
    "/permohonan": ("cases", ("cases-count.children", "cases-body.children"), ("stamp-done",)),
    "/sarpras": ("sarpras", SARPRAS, ("sarpras-changed",)),
    "/data/muatan": ("runs", ("runs-body.children",), ()),
    LOAD: ("load", ("load-body.children",), ("load-changed", "load-undo-changed")),
    "/data/menunggu": ("waiting", ("waiting-body.children",), ("waiting-changed",)),
    "/data/nama": ("names", ("names-body.children",), ("names-changed",)),
    "/data/tanda": ("flags", ("flags-body.children",), ("flags-changed",)),
    "/data/koreksi": ("corrections", ("corrections-body.children",), ("corrections-changed",)),
    "/sop": ("sop", ("sop-body.children",), ()),
    "/sop/target": ("sop-target", ("sop-target-if.children",), ()),
    "/pengaturan/pengguna": ("users", ("users-question.children",), ("users-changed",)),
    "/pengaturan/semua": ("tables", ("tables-body.children",), ("tables-changed",)),
    "/akun": ("account", ("account-question.children",), ("account-changed",)),
    "/langkah-awal": ("begin", ("begin-body.children",), ("begin-changed",)),
    "/laporan": ("report", ("report-body.children",), ("report-published",)),
    "/mengapa": ("why", ("why-body.children",), ()),
}
"""Of pages whose figures come after their frame: the part that reads the address, and what else it listens to."""

VALUES = ("~bukan~", "9" * 25, "0001-01-01")
FAR = ("?dari=0001-01-01&sampai=9999-12-31", "?dari=2026-09-30&sampai=2026-09-01", "?dari=~&sampai=~")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("addresses"))


def test_every_page_and_every_name_in_an_address_is_tried_here() -> None:
    tried = {name for names in READ.values() for name in names} | set(OF_WHY)
    texts = [path.read_text(encoding="utf-8") for path in Path(dashboard.__file__).parent.rglob("*.py")]
    assert {name for text in texts for name in re.findall(r'query(?:\.get\(|\[)"(\w+)"', text)} <= tried
    assert [page.PATH for page in PAGES if not any(_is_at(page.PATH, path) for path in READ)] == []


def saying(office: Office) -> dict[str, set[str]]:
    """By page the names that it says it reads in its address."""
    return {page.PATH: {*names_of(page, office)} for page in PAGES}


def test_each_page_knows_all_that_it_reads_in_its_address(served: Desk) -> None:
    known = saying(served.office)
    read = {page.PATH: {*names} for page in PAGES for path, names in READ.items() if _is_at(page.PATH, path)}
    assert known.pop("/sop/target") > read.pop("/sop/target")  # every step has a name there
    assert read == known


def test_no_link_of_a_page_names_what_its_page_does_not_read(served: Desk) -> None:
    browser, known = served.browser_of("admin"), saying(served.office)
    texts = [str(opened(browser, path)) for path in READ]
    links = {link for text in texts for link in re.findall(r"""["'](/[a-z/-]*\?[^"' ]+)""", text)}
    pairs = [(link, urlsplit(link.replace("&amp;", "&"))) for link in links]
    strange = [link for link, of in pairs if of.path in known and {*dict(parse_qsl(of.query))} - known[of.path]]
    assert len(pairs) > 30
    assert strange == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/ringkasan?opdd=Dinkes", "tidak mengenal “opdd”"),
        ("/?x=1", "tidak mengenal “x”"),
        ("/kepatuhan?opdd=Dinkes&priode=1", "tidak mengenal “opdd, priode”"),
        (f"/kepatuhan?{'a' * 900}=1", "aaaa…”"),
        ("/kepatuhan?opd=tidakada", 'OPD "tidakada" tidak ada'),
        ("/permohonan?periode=xyz", "tidak mengenal “periode”"),
        ("/permohonan?tanda=xyz", "Nilai “xyz” untuk “tanda”"),
        ("/ruang?linimasa=Gudang", "Nilai “Gudang” untuk “linimasa”"),
        ("/sop?versi=kemarin", "Nilai “kemarin” untuk “versi”"),
        ("/laporan?edisi=kedua", "Nilai “kedua” untuk “edisi”"),
        ("/permohonan?hal=dua", "Nilai “dua” untuk “hal”"),
        ("/data?opd=Dinkes", "tidak mengenal “opd”"),
        ("/data/muatan?tampil=semua", "Nilai “semua” untuk “tampil”"),
        ("/data/menunggu?hal_ruang=-1", "Nilai “-1” untuk “hal_ruang”"),
        ("/pengaturan?bagian=x", "tidak mengenal “bagian”"),
        ("/pengaturan/semua?bagian=tidakada", "Nilai “tidakada” untuk “bagian”"),
        ("/pengaturan/pengguna?ubah=tidakada", "Nilai “tidakada” untuk “ubah”"),
        ("/mengapa?angka=share&bulan=1", "tidak mengenal “bulan”"),
        ("/sop/target?A9=5", "tidak mengenal “A9”"),
        (f"{CASE}?hal=2", "tidak mengenal “hal”"),
    ],
)
def test_what_a_page_leaves_out_of_its_address_it_says(address: str, said: str, served: Desk) -> None:
    browser = served.browser_of("admin")
    path, mark, query = address.partition("?")
    assert said in words(opened(browser, path, mark + query))
    assert "tidak mengenal" not in words(opened(browser, path))


def _is_at(pattern: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"<[^>]+>", ".+", pattern), path) is not None


@pytest.mark.parametrize("path", READ)
def test_what_a_page_cannot_read_in_its_address_is_answered_in_words(path: str, served: Desk) -> None:
    browser = served.browser_of("agendaris" if path in ("/surat-baru", "/ajukan") else "admin")
    for search in ("", *(f"?{urlencode({name: value})}" for name in READ[path] for value in VALUES)):
        answered(browser, path, search)


@pytest.mark.parametrize("path", [path for path, names in READ.items() if "dari" in names])
def test_a_period_that_cannot_be_is_answered_in_words(path: str, served: Desk) -> None:
    browser = served.browser_of("admin")
    for search in FAR:
        answered(browser, path, search)


@pytest.mark.parametrize(("number", "figure"), list(enumerate(EXPLAINERS)), ids=list(EXPLAINERS))
def test_an_explanation_that_cannot_be_given_says_so(number: int, figure: str, served: Desk) -> None:
    """Every name with one value; the values take turns, so that each name has each of them in some explanation."""
    browser = served.browser_of("admin")
    for place, name in enumerate(OF_WHY):
        search = f"?{urlencode({'angka': figure, name: VALUES[(number + place) % len(VALUES)]})}"
        assert words(body(browser, "/mengapa", search)).strip(), search


def answered(browser: FlaskClient, path: str, search: str) -> None:
    """Both parts of a page at an address are given, and say something."""
    said = words(opened(browser, path, search)) + words(body(browser, path, search))
    assert said.strip(), search


def body(browser: FlaskClient, path: str, search: str) -> Any:
    """What comes after the frame of a page; nothing for pages that come whole."""
    if path not in BODIES:
        return []
    prefix, outputs, others = BODIES[path]
    inputs = [{"id": f"{prefix}-url", "property": "search", "value": search}]
    inputs += [{"id": id, "property": "data", "value": None} for id in others]
    state = [{"id": "load-id", "property": "data", "value": 1}] if path == LOAD else []
    changed = [f"{prefix}-url.search"]
    if len(outputs) > 1:
        reply = ask(browser, outputs, inputs, state=state, changedPropIds=changed)
    else:
        reply = call(browser, outputs[0], inputs, state=state, changedPropIds=changed)
    assert reply.status_code == 200, (search, reply.text)
    return [one["children"] for one in reply.json["response"].values()]


@pytest.mark.parametrize("path", ["/kepatuhan", "/permohonan", "/ruang", "/peserta", "/sarpras", "/sop"])
@pytest.mark.parametrize("name", ["opd", "ruang"])
def test_a_name_that_nobody_knows_stands_in_its_choice_and_can_be_cleared(path: str, name: str, served: Desk) -> None:
    if (path, name) == ("/sop", "ruang"):
        pytest.skip("the SOP page has no choice of rooms")
    search = f"?dari=2026-09-01&sampai=2026-09-30&{name}=zzz"
    page = opened(served.browser_of("kadin"), path, search)
    if path == "/sop":  # its figures come by themselves
        inputs = [{"id": "sop-url", "property": "search", "value": search}]
        figures = call(served.browser_of("kadin"), "sop-body.children", inputs).json["response"]["sop-body"]["children"]
        page = [page, figures]
    (choice,) = (one for one in components(page, "Select") if one["id"] in NAMED[name])
    assert choice["value"] == "zzz"
    assert {"value": "zzz", "label": "zzz (tidak dikenal)"} in choice["options"]
    ways = {one["href"] for one in components(page, "Link")}
    assert "?dari=2026-09-01&sampai=2026-09-30" in ways
    assert "(tidak dikenal)" not in words(opened(served.browser_of("kadin"), path, "?opd=Dinkes"))


def test_what_a_page_does_not_read_can_be_left_out_with_one_press(served: Desk) -> None:
    page = opened(served.browser_of("kadin"), "/ringkasan", "?opd=zzz")
    assert "tidak mengenal “opd”" in words(page)
    assert "?" in {one["href"] for one in components(page, "A")}
    page = opened(served.browser_of("kadin"), "/kepatuhan", "?kendali=Z9&opd=Dinas+Kesehatan&lain=1")
    assert "?opd=Dinas+Kesehatan" in {one["href"] for one in components(page, "A")}
