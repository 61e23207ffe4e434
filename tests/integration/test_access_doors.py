"""Every address of the server, asked by everybody: only what the office's table allows comes in."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.access.devices import DEVICE_COOKIE, device_link
from dashboard.access.roles import WHO_MAY, Page
from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.roles import USERS as ROLES_OF_USERS
from data_access.roles import Role
from etl.domain.units import HOUR
from tests.offices.desk import Desk, desk, open_screen, sample_page
from tests.reading.audit import recent_actions
from tests.serving.callbacks import call

USERS = {role.value for role in ROLES_OF_USERS}
EVERYBODY = USERS | {"nobody", "device"}
WALL = USERS - {"opd"} | {"device"}
LOADERS = {"agendaris", "staf", "admin"}
REPORT = USERS - {"agendaris", "staf", "opd"}
REPORTERS = {"kabid", "kasi_litik", "kasi_aplikasi", "staf"}

# Each rule of the server and who comes through; a rule that is not here fails the test.
WHO_COMES_IN = {
    "/assets/<path:filename>": EVERYBODY,
    "/_favicon.ico": EVERYBODY,
    "/sehat": EVERYBODY,
    "/bahasa/<code>": EVERYBODY,
    "/tampilan/<code>": EVERYBODY,
    "/masuk": EVERYBODY,
    "/privasi": EVERYBODY,
    "/masuk/kode": EVERYBODY,
    "/masuk/openid": EVERYBODY,
    "/masuk/openid/kembali": EVERYBODY,
    "/mulai": EVERYBODY,
    "/mulai/kantor": LOADERS,
    "/mulai/keadaan": EVERYBODY,
    "/sandi": EVERYBODY,
    "/layar/aktifkan": EVERYBODY,
    "/layar": WALL,
    "/layar/data.json": WALL,
    "/layar/kabar": WALL,
    "/metrik": EVERYBODY,  # from this machine itself; for others see test_metrics.py
    "/masuk/dua": EVERYBODY,
    "/keluar": USERS,
    "/keluar/semua": USERS,
    "/kabar": USERS,
    "/pengaturan/jejak-audit.csv": {"kadin", "admin"},
    "/data/tolakan/<int(max=9007199254740991):load_id>": USERS - {"opd"},
    "/data/templat/<kind>.xlsx": USERS - {"opd"},
    "/laporan/<period>.<any(pdf, xlsx):suffix>": REPORT,
    "/laporan/terbitan/<int(max=9007199254740991):report_id>.<any(pdf, xlsx):suffix>": REPORT,
    "/ruang/unduh.<kind>": USERS,
    "/sarpras/unduh.<kind>": USERS - {"opd", "agendaris"},
    "/kepatuhan/unduh.<kind>": REPORT,
    "/kepatuhan/satu-halaman.pdf": REPORT,
    "/ruang/satu-halaman.pdf": USERS,
    "/sarpras/satu-halaman.pdf": USERS - {"opd", "agendaris"},
    "/permohonan/unduh.<kind>": USERS,
    "/peserta/unduh.<kind>": USERS,
    "/kalender/<token>.ics": EVERYBODY,  # whoever holds the secret link
    "/data/unggah": LOADERS,
    "/data/unggah/<token>/simpan": LOADERS,
    "/data/unggah/<token>/batal": LOADERS,
    "/lapor": REPORTERS,
    "/lapor/<path:room>": REPORTERS,
    "/lapor/<path:room>/sesi": REPORTERS,
    "/lapor/-/token": REPORTERS,
    "/lapor/-/pekerja.js": EVERYBODY,
    "/lapor/-/qr/<path:room>": USERS - {"opd", "agendaris"},
    "/lapor/-/foto/<name>": USERS - {"opd", "agendaris"},
    "/bantuan/gambar/<name>": USERS,
    "/pindaian": {"agendaris"},
    "/pengaturan/cadangan/berkas/<name>": {"admin"},
    "/pengaturan/semua/berkas.toml": {"admin"},
    "/pindaian/<name>": USERS,
    "/pindaian/<name>/hapus": {"agendaris"},
    "/": USERS,
    "/<path:path>": USERS,
    "/_dash-layout": USERS,
    "/_dash-dependencies": USERS,
    "/_dash-update-component": USERS,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": USERS,
    "/_reload-hash": set(),
}

# The office's own table, as it was given: – none, s see, d do.
OFFICE_TABLE = """
  Layar Kepatuhan Permohonan Surat-Baru Ajukan Ruang Peserta Sarpras Lapor Data SOP Laporan Pengaturan Kode Bantuan Akun Jejak
kadin        s     s     s     –     –     s     s     s     –     s     d     d     –     –     s     d     s
sekdin       s     s     s     –     –     s     s     s     –     s     s     s     –     –     s     d     –
kabid        s     s     s     –     –     s     s     d     d     s     s     s     –     –     s     d     –
kasi_litik    s     s     s     –     –     s     s     d     d     s     s     s     –     –     s     d     –
kasi_aplikasi s     s     s     –     –     s     s     s     d     s     s     s     –     –     s     d     –
agendaris     s     –     s     d     d     s     s     –     –     d     s     –     –     d     s     d     –
staf         s     –     s     –     –     s     s     d     d     d     s     –     –     –     s     d     –
opd          –     –     s     –     d     s     s     –     –     –     s     –     –     –     s     d     –
admin        d     s     s     –     –     s     s     s     –     d     d     s     d     d     s     d     s
layar        s     –     –     –     –     –     –     –     –     –     –     –     –     –     –     –     –
kode_instansi –     –     –     –     d     –     –     –     –     –     –     –     –     –     s     s     –
"""  # noqa: E501


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with all real pages and one for each page of the table that is not built yet."""
    built = {page.PAGE for page in PAGES if f"/{page.PAGE}" == page.PATH}
    samples = [
        sample_page(page, f"/{page}", page.value) for page in Page if page not in built | {Page.LAYAR, Page.LAPOR}
    ]
    return desk(tmp_path_factory.mktemp("doors"), pages=[*PAGES, *samples])


@pytest.fixture(scope="module")
def visitors(served: Desk) -> dict[str, FlaskClient]:
    """A browser of each role, one of nobody, and one that carries a wall screen's cookie to every address."""
    browsers = {name: served.signed_in(name) for name in sorted(USERS)}
    link = device_link(served.office, "TV Kabid", served.clock(), "http://localhost")
    token = open_screen(served.browser(), link)
    device = served.app.server.test_client(use_cookies=False)
    device.environ_base["HTTP_COOKIE"] = f"{DEVICE_COOKIE}={token}"
    return browsers | {"nobody": served.browser(), "device": device}


def address_of(rule: str) -> str:
    """An address that the rule answers."""
    filled = {
        "<path:filename>": "base/tokens.css",
        "<code>": "id",
        "<token>": "0" * 32,
        "<int(max=9007199254740991):load_id>": "1",
        "<int(max=9007199254740991):report_id>": "1",
        "<any(pdf, xlsx):suffix>": "pdf",
        "<period>": "2026-S1",
        "<kind>": "permohonan",
        "<path:room>": "Smart Center",
        "<name>": f"{'0' * 32}.jpg",
        "<path:path>": "sop",
        "<string:package_name>": "dash",
        "<path:fingerprinted_path>": "deps/react@18.v4_4_1m1.3.1.min.js",
    }
    for placeholder, value in filled.items():
        rule = rule.replace(placeholder, value)
    return rule


def is_refused(browser: FlaskClient, address: str, method: str) -> bool:
    """Whether the visitor is sent to the login or away; anything else, such as a missing token, is inside."""
    reply = browser.open(address, method=method)
    reply.close()  # a file that is sent stays open until then
    goes_to_login = reply.status_code == 302 and reply.headers["Location"].startswith("/masuk?ke=")
    return reply.status_code in {401, 403} or goes_to_login or reply.headers.get("Location") == "/masuk"


def test_the_table_of_roles_is_the_offices_own() -> None:
    head, *rows = OFFICE_TABLE.strip().splitlines()
    pages = [Page(name.lower()) for name in head.split()]
    for row in rows:
        role, *granted = row.split()
        assert [WHO_MAY[Role(role)][page].value for page in pages] == granted, role


def test_no_address_is_left_without_a_decision(served: Desk) -> None:
    assert {rule.rule for rule in served.app.server.url_map.iter_rules()} == set(WHO_COMES_IN)


OF_THEIR_OWN = {"/keluar", "/keluar/semua", "/masuk/dua", "/masuk/openid"}
"""They end a session, or lead to the login whoever has not just given a password, or where there is no provider."""


@pytest.mark.parametrize("rule", sorted(WHO_COMES_IN.keys() - OF_THEIR_OWN))
def test_only_those_come_in_whom_the_table_names(rule: str, served: Desk, visitors: dict[str, FlaskClient]) -> None:
    methods = {
        method
        for known in served.app.server.url_map.iter_rules()
        if known.rule == rule
        for method in known.methods & {"GET", "POST"}
    }
    for method in methods:
        inside = {who for who, browser in visitors.items() if not is_refused(browser, address_of(rule), method)}
        assert inside == WHO_COMES_IN[rule], (rule, method)


def test_signing_out_is_for_those_who_are_in(served: Desk, visitors: dict[str, FlaskClient]) -> None:
    assert is_refused(visitors["nobody"], "/keluar", "POST")
    assert is_refused(visitors["device"], "/keluar", "POST")
    assert served.signed_in("kadin").post("/keluar").status_code == 400  # inside, but without the token


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.LAYAR])
def test_a_pages_own_address_answers_only_its_roles(page: Page, visitors: dict[str, FlaskClient]) -> None:
    for role, pages in WHO_MAY.items():
        if role in ROLES_OF_USERS:
            expected = 403 if pages[page].value == "–" else 200
            assert visitors[role.value].get(f"/{page}").status_code == expected, role


def test_a_refusal_is_a_page_in_words(visitors: dict[str, FlaskClient]) -> None:
    reply = visitors["agendaris"].get("/kepatuhan")
    assert "Anda tidak berwenang" in reply.text


def test_what_a_role_may_not_do_is_refused_and_stands_in_the_audit(served: Desk) -> None:
    served.clock.at += 2 * HOUR  # whatever was refused before
    staf = served.signed_in("staf")
    refused = [
        ("GET", "/kepatuhan"),
        ("GET", "/kepatuhan"),
        ("GET", "/pengaturan/jejak-audit.csv"),
        ("POST", "/pindaian"),
    ]
    assert {staf.open(address, method=method).status_code for method, address in refused} == {403}
    assert call(staf, "backups-state.children").status_code == 403
    assert served.browser().get("/kepatuhan").status_code == 302
    with reading(served.office.records) as connection:
        told = [entry for entry in recent_actions(connection) if entry.at >= served.clock.at - 1]
    kept = {(entry.actor, entry.subject, entry.times) for entry in told if entry.action == "access_refused"}
    assert kept == {
        ("staf", "/kepatuhan", 2),
        ("staf", "/jejak", 1),
        ("staf", "/surat-baru", 1),
        ("staf", "/pengaturan", 1),
    }


def test_an_address_that_does_not_exist_is_said_to_those_who_are_in(visitors: dict[str, FlaskClient]) -> None:
    reply = visitors["kadin"].get("/tidak-ada")
    assert (reply.status_code, "Halaman tidak ditemukan" in reply.text) == (404, True)
    assert visitors["nobody"].get("/tidak-ada").headers["Location"] == "/masuk?ke=/tidak-ada"


def test_scripts_without_a_session_get_a_status_and_no_page(served: Desk) -> None:
    for address in ("/_dash-layout", "/_dash-dependencies", "/layar/data.json"):
        reply = served.browser().get(address)
        assert (reply.status_code, reply.json) == (401, {"error": "unauthorized"})


GIVES_RECORDS = {
    "sla_file", "cases_file", "report_draft", "report_edition", "room_file", "people_file", "sarpras_file", "scan",
    "rejects", "audit_file", "settings_file", "sla_one_page", "room_one_page", "sarpras_one_page",
}  # fmt: skip
"""Routes that hand out files of records: each leaves an entry of the audit."""

HANDS_OUT_NOTHING = {
    "privacy", "openid",
    "_dash_assets.static", "/_favicon.ico", "health", "language", "theme", "login", "second", "code", "start",
    "start_state", "password", "device", "wall.page", "wall.data", "metrics", "renewal", "template", "lapor.rooms",
    "lapor.form", "lapor.sheet", "lapor.worker", "lapor.token", "lapor.qr", "lapor.photo", "handbook_picture",
    "/_dash-layout", "/_dash-dependencies", "/_reload-hash", "/", "/<path:path>",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
}  # fmt: skip
"""Routes that are looked at, or that hand out what is nobody's; of these nothing is noted."""

NOTES_BY_ITSELF = {
    "calendar", "logout", "login_post", "openid_back", "code_post", "start_post", "password_post", "begin_office",
    "backup_file",
}  # fmt: skip
"""Routes whose view notes what came of it."""


def test_every_route_that_hands_out_records_is_noted_and_a_new_one_must_say_whether_it_does(served: Desk) -> None:
    server = served.app.server
    gives = {name for name, view in server.view_functions.items() if getattr(view, "lock", None) and view.lock.gives}
    reads = {rule.endpoint for rule in server.url_map.iter_rules() if "POST" not in (rule.methods or ())}
    assert gives == GIVES_RECORDS
    assert reads - gives - NOTES_BY_ITSELF - HANDS_OUT_NOTHING == set()
