"""Alerts: who is told of what, once, in office hours, over a real mail server and a real webhook."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.access.people import add_user, change_email
from dashboard.i18n import sentence
from dashboard.notices.sending import send_due
from data_access.records import reading, writing
from data_access.records.access import Heartbeat, add_device, note_heartbeat
from data_access.records.notices import WEBHOOK, claim, move, put_notices, recent_notices
from etl.domain.alerts import Kind
from etl.intake.pipeline import apply_settings
from etl.keeping.alerts import note_alerts
from etl.office import Office
from etl.settings.document import apply
from tests.books.checks import checks
from tests.offices.bureau import Bureau
from tests.offices.office import Clock, give
from tests.offices.thursday import moment, thursday_office
from tests.serving.mail import MailServer, certificate, mail_server, webhook

SETTINGS = """
[alerts]
smtp_env = "SURAT_KELUAR"
sender = "pantau@kantor.go.id"
{more}
[proxy]
address = "https://pantau.kantor.go.id"
"""

ONLY_OVERDUE = f"off = {[kind.value for kind in Kind if kind is not Kind.OVERDUE]}"


@dataclass
class Post:
    """An office that tells its Kabid of what is late, and the server that takes its mail."""

    office: Office
    clock: Clock
    server: MailServer
    folder: Path

    def look(self, clock: str, day: str = "2026-11-19") -> int:
        """What the server's keeper does at that time; how many alerts went out."""
        self.clock.at = moment(clock, day)
        note_alerts(self.office, self.clock.at)
        return send_due(self.office, self.clock)

    def set(self, more: str = ONLY_OVERDUE, text: str = SETTINGS) -> None:
        """Change the settings."""
        apply_settings(self.office, lambda now: apply(now, text.format(more=more), "x"), self.clock.at, actor="admin")

    @property
    def states(self) -> set[str]:
        """The states of all alerts on record."""
        with reading(self.office.records) as connection:
            return {row.state for row in recent_notices(connection, 100)}


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Wednesday's letter 3 waits at the Kasi's desk, over its limit; the Kabid has an address."""
    clock = Clock(moment("10:45"))
    office = thursday_office(tmp_path, clock)
    with mail_server() as server:
        monkeypatch.setenv("SURAT_KELUAR", server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate()[0]))
        made = Post(office, clock, server, tmp_path)
        for name in ("kabid", "sekdin", "staf"):
            add_user(office, name, name, None, None, clock.at)
        change_email(office, "kabid", "kabid@kantor.go.id", clock.at)
        made.set()
        yield made
    office.close()


def test_what_is_overdue_is_told_to_the_superior_once(post: Post) -> None:
    sent = [post.look("10:46"), post.look("10:47"), post.look("11:30")]
    [mail], [text] = post.server.mails, post.server.texts
    assert (sent[1:], mail["To"], mail["Subject"]) == (
        [0, 0], "kabid@kantor.go.id", "[Diskominfo Kabupaten Trenggalek] 2 langkah melewati batas waktu",
    )  # fmt: skip
    assert "Permohonan 3/2026, Dinas Pendidikan, Pemuda dan Olahraga: langkah A6" in text
    assert "https://pantau.kantor.go.id/permohonan/2026/3\r\n" in text


def test_without_a_way_out_nothing_is_noted(post: Post) -> None:
    post.set(text="[alerts]\n")
    post.look("10:46")
    assert post.states == set()


def test_a_kind_that_is_switched_off_is_not_noted(post: Post) -> None:
    post.set(f"off = {[kind.value for kind in Kind]}")
    post.look("10:46")
    assert post.states == set()


def test_outside_of_office_hours_nothing_goes_out(post: Post) -> None:
    closed = post.look("10:00", "2026-11-15"), post.look("17:00", "2026-11-18"), post.look("05:00")
    assert (closed, post.states, post.look("07:45")) == ((0, 0, 0), set(), 2)


def test_a_server_that_was_down_gets_everything_once_when_it_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        fault.setenv("SURAT_KELUAR", "smtp://127.0.0.1:1")
        down = [post.look("10:46"), post.look("10:48"), post.look("10:51")]
        assert (down, post.states) == ([0, 0, 0], {"waiting"})
    assert (post.look("10:52"), post.look("11:00"), len(post.server.mails)) == (0, 2, 1)


def test_an_address_that_is_refused_for_good_is_tried_once(post: Post) -> None:
    post.server.answers["kabid@kantor.go.id"] = "550 no such user"
    post.look("10:46")
    post.server.answers.clear()
    assert (post.look("11:46"), post.states, post.server.mails) == (0, {"failed"}, [])


def test_an_address_that_is_refused_for_now_is_tried_again(post: Post) -> None:
    post.server.answers["kabid@kantor.go.id"] = "450 mailbox busy"
    post.look("10:46")
    post.server.answers.clear()
    assert (post.look("10:46"), post.look("10:48"), post.states) == (0, 2, {"sent"})


SENDER = """
import sys
from pathlib import Path
from data_access.home import Home
from dashboard.i18n import sentence
from dashboard.notices.sending import send_due
from etl.office import Office

at = int(sys.argv[2])
send_due(Office.open(Home(Path(sys.argv[1])), None, lambda: at), lambda: at)
"""


@pytest.mark.parametrize(("moment_of_death", "mails", "state"), [("before", 1, "sent"), ("after", 1, "unsure")])
def test_a_sender_that_is_killed_makes_no_second_mail(post: Post, moment_of_death: str, mails: int, state: str) -> None:
    note_alerts(post.office, post.clock.at)
    command = [sys.executable, "-c", SENDER, str(post.office.home.root), str(post.clock.at)]
    deaths = {"before": "before_data", "after": "before_answer"}
    started: list[subprocess.Popen[bytes]] = []
    setattr(post.server, deaths[moment_of_death], lambda: (started[0].kill(), started[0].wait()))
    started.append(subprocess.Popen(command))
    assert started[0].wait(timeout=60) == -signal.SIGKILL
    post.server.before_data = post.server.before_answer = lambda: None
    assert (post.look("10:50"), post.states) == (0, {"claimed" if moment_of_death == "before" else "handed"})
    post.look("10:56")
    assert (len(post.server.mails), post.states) == (mails, {state})


def test_two_senders_at_once_send_once(post: Post) -> None:
    note_alerts(post.office, post.clock.at)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: send_due(post.office, post.clock), range(4)))
    assert (sorted(sent), len(post.server.mails)) == ([0, 0, 0, 2], 1)


def test_a_webhook_gets_the_same_facts_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as (url, taken):
        monkeypatch.setenv("KAIT", url)
        post.set(text='[alerts]\nwebhook_env = "KAIT"\n{more}')
        taken.statuses += [503]
        assert (post.look("10:46"), post.look("10:47"), post.look("10:47")) == (0, 4, 0)
    [document] = taken.documents
    assert (document["kind"], [(item["number"], item["step"]) for item in document["items"]]) == (
        "overdue", [("3", "A6"), ("3", "A7"), ("4", "A5"), ("6", "A4")],
    )  # fmt: skip


def test_a_retry_has_the_rows_and_the_key_of_the_first_try(post: Post) -> None:
    at = post.clock.at
    with writing(post.office.records) as connection:
        put_notices(connection, [("overdue", f"{n}/A2/1", WEBHOOK, {}) for n in (1, 2)], at)
        first = claim(connection, at, 600, 500)
        move(connection, first, "claimed", "waiting", due_at=at + 60)
        put_notices(connection, [("overdue", "3/A2/1", WEBHOOK, {})], at + 60)
        again, newer = (claim(connection, at + 60, 600, 500) for _ in range(2))
    assert [[row.subject[0] for row in rows] for rows in (first, again, newer)] == [["1", "2"], ["1", "2"], ["3"]]


BUSY = """no_agenda;tgl_terima;jam_terima;asal;perihal;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status;tgl_status
21;18/11/2026;09.00;Dinas Kesehatan;Undangan Bu Sulastri;Smart Center;20/11/2026;08.00;10.00;disetujui;18/11/2026
22;18/11/2026;09.00;Dinas Sosial;Bimtek;Smart Center;20/11/2026;09.00;11.00;disetujui;18/11/2026
23;18/11/2026;09.00;Bapak Sutrisno;Rapat;Smart Center;23/11/2026;09.00;11.00;ditolak;18/11/2026
24;18/11/2026;09.00;Dinas Kesehatan;Rapat;Smart Center;23/11/2026;13.00;14.00;ditolak;18/11/2026
25;18/11/2026;09.00;Dinas Kesehatan;Rapat;Smart Center;24/11/2026;13.00;14.00;ditunda;18/11/2026
26;19/11/2026;10.40;Dinas Kesehatan;Rapat;Smart Center;25/11/2026;13.00;14.00;;
"""
SOURCE = """
[[source]]
name = "e-surat"
kind = "permohonan"
files = "busy*.csv"
every = "30m"
"""


def test_every_kind_is_told_without_a_word_of_a_person(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_with_trouble(post)
    change_email(post.office, "kabid", None, post.clock.at)
    with webhook() as (url, taken):
        monkeypatch.setenv("KAIT", url)
        post.set(text='[alerts]\nwebhook_env = "KAIT"')
        post.look("10:46")
        assert post.look("10:46") == 0
    kinds = {document["kind"] for document in taken.documents}
    assert {*Kind} - kinds == set()
    said = json.dumps(taken.documents, ensure_ascii=False)
    assert [word for word in ("Sulastri", "Sutrisno", "Rapat", "Undangan", "Bimtek") if word in said] == []


def test_an_agency_is_told_of_its_own_letters_only(post: Post) -> None:
    fill_with_trouble(post)
    add_user(post.office, "dinkes", "opd", "Dinas Kesehatan", None, post.clock.at)
    change_email(post.office, "dinkes", "dinkes@kantor.go.id", post.clock.at)
    post.set("")
    post.look("10:50")
    texts = [mail.get_content() for mail in post.server.mails if mail["To"] == "dinkes@kantor.go.id"]
    numbers = {number for text in texts for number in re.findall(r"Permohonan (\d+)/2026", text)}
    assert (len(texts), numbers) == (4, {"2", "21", "24", "25", "26"})


def fill_with_trouble(post: Post) -> None:
    """Bookings that collide, a fault before them, a source, a screen and backups that are silent."""
    apply_settings(post.office, lambda now: apply(now, SOURCE, "x"), post.clock.at, actor="admin")
    report = give(post.office, post.folder, "busy.csv", BUSY, moment("08:00"), source="e-surat")
    assert (report.status, report.to_json(sentence)["accepted"]) == ("loaded", 6)
    broken = checks("19/11/2026;10.00;sebelum;Proyektor;rusak berat")
    give(post.office, post.folder, "kondisi.csv", broken, moment("10:44"))
    post.office.home.backups.mkdir(exist_ok=True)
    (post.office.home.backups / "cadangan-2026-11-01-090000+0700.zip").write_bytes(b"")
    with writing(post.office.records) as connection:
        screen = add_device(connection, "Lobi", "hash", created_at=moment("08:00"))
        note_heartbeat(connection, screen, Heartbeat("1", "1920×1080", 0, None), moment("08:00"), 60)


def test_a_row_is_noted_once_and_what_was_handed_over_is_not_taken_again(bureau: Bureau) -> None:
    row, records = ("overdue", "1/A4/0", "user:1", {"n": 1}), bureau.office.records
    with writing(records) as connection:
        assert put_notices(connection, [row, row], now=5) == 1
        assert put_notices(connection, [row], now=6) == 0
    with writing(records) as connection:
        rows = claim(connection, 9, 600, 10)
        assert claim(connection, 9, 600, 10) == []
        assert move(connection, rows, "claimed", "handed")
        assert not move(connection, rows, "claimed", "sent")
    with writing(records) as connection:
        assert claim(connection, 9_999, 600, 10) == []
        assert [one.state for one in recent_notices(connection, 5)] == ["unsure"]
