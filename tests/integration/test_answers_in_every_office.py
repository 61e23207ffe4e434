"""Every page, callback, file, wall and command answers, however little an office has, and whenever it is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.pages.rooms.feed import new_link
from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.access import user_by_name
from data_access.roles import USERS
from etl.intake.pipeline import apply_settings, ingest
from tests.books.moments import seconds
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.offices.desk import Desk, desk
from tests.serving.command_line import pantau
from tests.serving.walk import Walk

ROLES = [role.value for role in USERS]
MORNING, LOADED, NOON, EVENING = (seconds(f"2026-09-30 {clock}") for clock in ("09:00", "10:00", "12:00", "15:00"))
DAY_AFTER, SUNDAY = seconds("2026-10-01 09:00"), seconds("2026-10-04 10:00")

LETTER = "147;30/09/2026;08.30;Dinas Kesehatan;Rapat malaria;Smart Center;12/10/2026;09.00;12.00;"
OLD = {
    "agenda.csv": agenda(
        "147;05/01/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;08/01/2026;09.00;12.00;disetujui"
    ),
    "disposisi.csv": hand_overs(
        *part_a("147", "05/01/2026", a4="08.47"),
        "147;B1;;05/01/2026;13.00;05/01/2026;13.10",
        "147;B2;;;;05/01/2026;13.15",
        *(f"147;{step};;08/01/2026;08.30;08/01/2026;08.55" for step in ("B3", "B4", "B5")),
    ),
    "pemakaian.csv": room_log("147;Smart Center;08/01/2026;09.05;11.50;42"),
}
CHECK = "tanggal;jam;saat;barang;kondisi;ruang"
BOOKS: dict[str, dict[str, str]] = {
    "nothing": {},
    "one letter": {"agenda.csv": agenda(LETTER)},
    "old letters": OLD,
    "sessions": {
        "pemakaian.csv": room_log(";Smart Center;30/09/2026;08.05;09.50;42", ";Smart Center;30/09/2026;10.00;;")
    },
    "checks": {"kondisi.csv": book(CHECK, "30/09/2026;08.00;;Proyektor;Rusak berat;Smart Center")},
    "waiting rows": {"disposisi.csv": hand_overs(*part_a("147", "30/09/2026"))},
    "rejected rows": {"agenda.csv": agenda("147;31/09/2026;08.00;Dinas Sosial")},
    "no room": OLD,
}
"""What an office has been given, by its name here; that of "no room" has none in its settings."""

LATER: dict[str, str] = {
    "old letters": agenda("148;06/01/2026;08.00;Dinas Sosial;Rapat lama;Smart Center;09/01/2026;09.00;12.00;ditolak"),
    "sessions": room_log(";Smart Center;30/09/2026;13.00;14.00;7"),
    "checks": book(CHECK, "30/09/2026;13.00;;AC;Hilang;Smart Center"),
}
"""What it is given in the evening, after everybody has looked."""

PLACES = {"year": "2026", "agenda": "147", "load_id": "1", "row_id": "1", "kind": "permohonan", "chapter": "staf"}
"""What stands in the address of a page whose path asks for it."""

PATHS = tuple(re.sub(r"<(?:[^<:]+:)?(\w+)>", lambda place: PLACES[place[1]], page.PATH) for page in PAGES)
ASKING = ("kadin", "agendaris", "opd", "admin")
"""Roles that between them may ask every callback, and of which one sees only its own letters."""

LOOKING = tuple(role for role in ROLES if role not in ASKING)
"""The others only look, two of them in each office, in turn."""

PLAIN = (
    "/sehat", "/kabar", "/metrik", "/bahasa/id", "/tampilan/gelap", "/masuk", "/masuk/kode", "/masuk/dua",
    "/masuk/openid", "/masuk/openid/kembali", "/mulai", "/privasi",
    "/mulai/keadaan", "/sandi", "/layar", "/layar/data.json", "/layar/aktifkan", "/lapor",
    "/pengaturan/jejak-audit.csv", "/pengaturan/cadangan/berkas/x.zip", "/pengaturan/semua/berkas.toml",
    "/lapor/Smart Center", "/lapor/-/token", "/lapor/-/pekerja.js", "/lapor/-/qr/Smart Center",
    f"/lapor/-/foto/{'0' * 32}.jpg", f"/pindaian/{'0' * 32}.pdf", "/bantuan/gambar/staf-lapor.png",
    "/data/tolakan/1", "/data/templat/permohonan.xlsx", "/data/templat/kondisi.xlsx",
    "/laporan/2026-09.pdf", "/laporan/2026-01.xlsx", "/laporan/2026.xlsx?jenis=tabel7", "/laporan/terbitan/1.pdf",
    *(f"/{name}/unduh.{kind}" for name in ("kepatuhan", "ruang", "peserta", "sarpras") for kind in ("csv", "xlsx")),
    "/permohonan/unduh.csv", "/permohonan/unduh.xlsx",
    *(f"/{name}/satu-halaman.pdf" for name in ("kepatuhan", "ruang", "sarpras")),
)  # fmt: skip
"""Addresses that are no pages of the desk."""

FRAMES = r"/(_.*|assets/.*|<path:path>)?"
"""Rules that give no answer of the office's own: the frame itself, and the scripts of the libraries."""

SPAN = ("--from", "2026-01-01", "--to", "2026-10-31")
COMMANDS = (
    *(("figures", name, *SPAN, *json) for name in ("sla", "rooms", "participants", "conditions")
      for json in ((), ("--json",))),
    ("check", "--json"), ("case", "2026/147"), ("case", "2026/999", "--json"), ("settings", "show"), ("rebuild",),
    ("report", "sla", "--period", "2026-09", "--out", "laporan.pdf"),
    ("report", "tabel7", "--period", "2026", "--out", "laporan.xlsx"),
)  # fmt: skip
WITH_A_MOMENT = ("figures", "case", "report")


@dataclass
class Given:
    """A served office, and what it is given in the evening."""

    desk: Desk
    folder: Path
    number: int
    later: str

    def take(self, name: str, text: str, at: int) -> None:
        """Load a book."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        ingest(self.desk.office, path, at)

    def walk(self, role: str, at: int) -> Walk:
        """A browser in which that role has signed in at that moment."""
        self.desk.clock.at = at
        return Walk(self.desk.app, self.desk.signed_in(role))


@pytest.fixture(scope="module", params=BOOKS)
def given(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Given:
    """An office that everybody has looked at while it had nothing, and that was given its books since."""
    folder = tmp_path_factory.mktemp("answers")
    made = Given(desk(folder, pages=PAGES), folder, [*BOOKS].index(request.param), LATER.get(request.param, ""))
    if request.param == "no room":
        office = made.desk.office
        apply_settings(office, office.settings.model_copy(update={"rooms": ()}), MORNING, actor="admin")
    for role in ROLES:
        made.walk(role, MORNING).page("/")
    for name, text in BOOKS[request.param].items():
        made.take(name, text, LOADED)
    return made


@pytest.fixture(scope="module")
def given_more(given: Given) -> Given:
    """The same office in the evening, when something came after both who look later had looked."""
    for role in ("kadin", "opd"):
        given.walk(role, NOON).page("/")
    if given.later:
        given.take("susulan.csv", given.later, EVENING)
    return given


def test_every_page_answers(given: Given) -> None:
    for role in (LOOKING[given.number % len(LOOKING)], LOOKING[(given.number + 2) % len(LOOKING)]):
        walk = given.walk(role, NOON)
        for path in PATHS:
            walk.page(path)
        assert walk.failures == [], role


@pytest.mark.parametrize("role", ASKING)
def test_every_page_and_its_callbacks_answer(role: str, given: Given) -> None:
    walk = given.walk(role, NOON)
    for path in PATHS:
        walk.whole_page(path)
    walk.remaining_callbacks()
    assert walk.failures == []


def test_it_answers_later_when_something_has_come_since(given_more: Given) -> None:
    looks = (("kadin", DAY_AFTER), ("opd", SUNDAY))
    for role, at in looks if given_more.later else (looks[given_more.number % 2],):
        walk = given_more.walk(role, at)
        for path in PATHS:
            walk.whole_page(path)
        assert walk.failures == [], (role, at)


def test_every_file_and_the_wall_answer(given: Given) -> None:
    at = (NOON, SUNDAY)[given.number % 2]
    walk = given.walk("admin", at)
    for address in (*PLAIN, feed_of(given, at)):
        walk.get(address)
    assert walk.failures == []


def feed_of(given: Given, at: int) -> str:
    """The address of a calendar feed."""
    with reading(given.desk.office.records) as connection:
        user = user_by_name(connection, "opd")
    return new_link(given.desk.office, user.id, "", at)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_that_tells_something_ends_well(command: tuple[str, ...], given: Given, tmp_path: Path) -> None:
    words = [str(tmp_path / word) if word.startswith("laporan.") else word for word in command]
    moment = ("--as-of", "2026-10-01T09:00") if command[0] in WITH_A_MOMENT else ()
    ended = pantau(*words, *moment, "--home", given.desk.office.home.root)
    assert ended.code in (0, 1, 2), ended.err


def test_no_address_is_left_out(tmp_path: Path) -> None:
    served = desk(tmp_path, pages=PAGES)
    rules = served.app.server.url_map
    tried = {rules.bind("").match(address.partition("?")[0])[0] for address in PLAIN} | {"calendar"}
    own = [rule for rule in rules.iter_rules() if "GET" in rule.methods and not re.fullmatch(FRAMES, rule.rule)]
    assert {rule.endpoint for rule in own} - tried == set()
