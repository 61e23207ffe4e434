"""Deputies: who does the work of a post in a time sees and stamps its desk, and the record says who it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dashboard.access.people import disable_user
from dashboard.i18n import sentence
from dashboard.web.pages import PAGES
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.schema import condition_report, sheet
from etl.desk.settings_edit import without_mandate
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_document
from etl.figures.requests.holders import unheld_seconds
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply, default_settings
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs
from tests.offices.desk import Desk, desk
from tests.offices.office import give
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, opened

DAY = "2026-11-30 09:00"
HOUR = 3_600
LETTERS = agenda("143;30/11/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;10/12/2026;09.00;12.00;")
HANDED = hand_overs("143;A2;;;;30/11/2026;08.05", "143;A3;;;;30/11/2026;08.08")
MANDATE = '[[mandate]]\nrole = "kadin"\nuser = "sekdin"\ntitle = "Plh."\nfrom = 2026-12-01\nto = 2026-12-05\n'


def more(role: str = "kadin", user: str = "kabid", first: str = "2026-12-05", last: str = "2026-12-09") -> str:
    return f'[[mandate]]\nrole = "{role}"\nuser = "{user}"\ntitle = "Plt."\nfrom = {first}\nto = {last}\n'


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """Letter 143 lies on the desk of the Kadin, for whom the Sekdin stands in from the next day on."""
    made = desk(tmp_path, pages=PAGES, at=seconds(DAY))
    give(made.office, tmp_path, "agenda.csv", LETTERS, made.clock())
    give(made.office, tmp_path, "disposisi.csv", HANDED, made.clock())
    apply_settings(made.office, lambda known: apply(known, MANDATE, "atur.toml"), made.clock(), actor="admin")
    return made


def taps(served: Desk, user: str, path: str = "/ringkasan") -> list[str]:
    page = opened(served.signed_in(user), path)
    return [one["aria-label"] for one in components(page, "Button") if "A4" in str(one.get("aria-label", ""))]


def stamp(served: Desk, user: str) -> Any:
    tap = {"year": 2026, "agenda": "143", "step": "A4", "stamp": "diteruskan", "version": 1}
    inputs = [{"id": "stamp-tap", "property": "data", "value": tap}]
    return ask(served.signed_in(user), ("stamp-said.children", "stamp-done.data"), inputs, state=[STAMPED])


def test_the_deputy_has_the_desk_within_the_dates_only(served: Desk) -> None:
    assert taps(served, "sekdin") == []
    assert stamp(served, "sekdin").status_code == 403
    for day, has in (("2026-12-01", True), ("2026-12-05", True), ("2026-12-06", False)):
        served.clock.at = seconds(f"{day} 09:00")
        assert bool(taps(served, "sekdin")) is has, day
        assert taps(served, "kadin") != []
        assert taps(served, "kabid") == []


def test_what_the_deputy_stamps_says_who_for_whom_and_with_which_title(served: Desk) -> None:
    served.clock.at = seconds("2026-12-01 09:00")
    assert "a.n. Kadin (Plh.)" in words(opened(served.signed_in("sekdin"), "/ringkasan"))
    assert "A4 surat 2026/143 selesai" in words(stamp(served, "sekdin").json["response"]["stamp-said"]["children"])
    told = words(opened(served.signed_in("kabid"), "/permohonan/2026/143"))
    assert "layar, Sekdin, Plh. a.n. Kadin (sekdin)" in told
    served.clock.at = seconds("2026-12-07 09:00")
    assert "Plh. a.n. Kadin" in words(opened(served.signed_in("kabid"), "/permohonan/2026/143"))


def test_the_deputy_sees_the_pages_of_the_post(served: Desk) -> None:
    text = more("agendaris", "staf", "2026-11-30", "2026-12-01")
    apply_settings(served.office, lambda known: apply(known, text, "atur.toml"), served.clock(), actor="admin")
    assert served.signed_in("staf").get("/surat-baru").status_code == 200
    assert served.signed_in("kasi_litik").get("/surat-baru").status_code == 403
    served.clock.at = seconds("2026-12-02 09:00")
    assert served.signed_in("staf").get("/surat-baru").status_code == 403


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MANDATE + more(), "Plh. kadin untuk sekdin, 1 Des 2026 s/d 5 Des 2026"),
        (MANDATE + more(first="2026-11-01", last="2026-12-31"), "Plh. kadin untuk sekdin"),
        (more(user="kadin"), "tidak mewakili dirinya sendiri"),
        (more(role="bupati"), "bupati"),
        (more(first="2026-12-09", last="2026-12-05"), "to"),
    ],
)
def test_mandates_that_make_no_sense_are_refused_with_a_sentence(text: str, told: str) -> None:
    with pytest.raises(PantauError) as refused:
        apply(default_settings(), text, "atur.toml")
    assert told in sentence(refused.value)


@pytest.mark.parametrize("text", [MANDATE + more(first="2026-12-06"), MANDATE + more("kabid", "sekdin")])
def test_mandates_one_after_another_and_of_several_posts_are_taken(text: str) -> None:
    settings = apply(default_settings(), text, "atur.toml")
    assert len(settings.mandates) == 2
    assert type(settings).from_document(settings.to_document()) == settings


def add(served: Desk, *typed: str) -> str:
    names = ("mandates-post", "mandates-deputy", "mandates-title", "mandates-first", "mandates-last")
    state = [{"id": id, "property": "value", "value": value} for id, value in zip(names, typed, strict=True)]
    return press(served, "mandates-add", ("mandates-result.children", "mandates-changed.data"), state)


def press(served: Desk, button: str, outputs: tuple[str, ...], state: list[dict[str, Any]]) -> str:
    reply = ask(
        served.signed_in("admin"),
        outputs,
        [{"id": button, "property": "n_clicks", "value": 1}],
        state=[*state, {"id": "mandates-changed", "property": "data", "value": 0}],
        changedPropIds=[f"{button}.n_clicks"],
    )
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["mandates-result"]["children"])


def test_deputies_are_named_on_the_page_of_users_and_an_overlap_is_refused_there(served: Desk) -> None:
    page = words(opened(served.signed_in("admin"), "/pengaturan/pengguna"))
    assert "Kadin Plh. Sekdin 1 Des 2026 s/d 5 Des 2026 Belum mulai" in page
    assert "Kasi LITIK menjadi Plt. Kabid" in add(served, "kabid", "kasi_litik", "Plt.", "01/12/2026", "")
    told = add(served, "kadin", "kabid", "Plt.", "05/12/2026", "09/12/2026")
    assert "Jabatan Kadin sudah diwakili Sekdin (Plh.) 1 Des 2026 s/d 5 Des 2026" in told
    assert "bukan tanggal" in add(served, "kadin", "kabid", "Plt.", "besok", "")
    reversed_days = add(served, "kadin", "kabid", "Plt.", "09/12/2026", "08/12/2026")
    assert "Periode 9 Des 2026 sampai 8 Des 2026 terbalik" in reversed_days
    assert [(one.role, one.user) for one in served.office.settings.mandates] == [
        ("kadin", "sekdin"), ("kabid", "kasi_litik"),
    ]  # fmt: skip
    served.clock.at = seconds("2026-12-03 09:00")
    assert taps(served, "sekdin") != []
    apply_settings(
        served.office,
        lambda known: without_mandate(known, "kadin 2026-12-01", date(2026, 12, 3)),
        served.clock(),
        actor="admin",
    )
    assert taps(served, "sekdin") == []
    assert [str(one.last) for one in served.office.settings.mandates if one.role == "kadin"] == ["2026-12-02"]


def test_ending_a_mandate_that_is_over_leaves_it_as_it_is() -> None:
    settings = apply(default_settings(), MANDATE, "atur.toml")
    assert without_mandate(settings, "kadin 2026-12-01", date(2026, 12, 20)).mandates == settings.mandates


def post(phone: FlaskClient, path: str, **more: Any) -> Any:
    headers = {"X-CSRFToken": phone.get("/lapor/-/token").json["token"], "Accept": "application/json"}
    return phone.post(f"/lapor/Smart%20Center{path}", headers=headers, **more)


def test_the_deputy_of_staff_reports_and_begins_and_ends_sessions_for_it(served: Desk) -> None:
    apply_settings(
        served.office, lambda known: apply(known, more("staf", "sekdin", "2026-11-30"), "b.toml"), served.clock(),
        actor="admin",
    )  # fmt: skip
    phone = served.signed_in("sekdin")
    begun = post(phone, "/sesi", json={"id": "mulai-wakil-1", "apa": "mulai"})
    assert begun.status_code == 200, begun.text
    (running,) = [one for one in begun.json["uses"] if one["state"] == "running"]
    served.clock.at += 600
    report = {"id": "laporan-wakil-1", "dibuat": served.clock.at, "jawaban": [{"barang": "AC", "kondisi": "GOOD"}]}
    given = post(phone, "", data={"laporan": json.dumps(report)}, content_type="multipart/form-data")
    assert given.status_code == 201, given.text
    ended = {"id": "tutup-wakil-1", "apa": "selesai", "sesi": running["started_at"], "hadir": 3}
    assert post(phone, "/sesi", json=ended).status_code == 200
    with reading(served.office.records) as connection:
        sheets = {str(name) for name in connection.execute(select(sheet.c.name)).scalars()}
        roles = set(connection.execute(select(condition_report.c.role)).scalars())
    assert roles == {"sekdin a.n. staf (Plt.)"}
    assert sum(name.startswith("sekdin a.n. staf (Plt.): sekdin #") for name in sheets) >= 2
    assert post(served.signed_in("kabid"), "/sesi", json={"id": "mulai-kabid-1", "apa": "mulai"}).status_code == 403


def test_time_without_any_holder_is_told_apart_on_the_request(served: Desk) -> None:
    def unheld(at: str) -> dict[str, int]:
        whole = request_detail(served.office, 2026, "143", seconds(at))
        assert whole is not None
        told = {row["step"]: row["unheld_seconds"] for row in request_document(served.office, whole)["steps"]}
        counted = unheld_seconds(served.office, whole)
        assert {step: seconds_ for step, seconds_ in told.items() if seconds_} == counted
        return counted

    assert unheld("2026-11-30 09:30") == {}
    disable_user(served.office, "kadin", seconds("2026-11-30 09:30"))
    assert unheld("2026-11-30 10:00") == {"A4": 1800}
    rest_of_day = 2 * HOUR + HOUR // 2 + 3 * HOUR
    assert unheld("2026-12-04 10:00") == {"A4": rest_of_day}
    assert unheld("2026-12-07 10:00") == {"A4": rest_of_day + 2 * HOUR + HOUR // 2}
    served.clock.at = seconds("2026-11-30 10:00")
    told = words(opened(served.signed_in("kabid"), "/permohonan/2026/143"))
    assert "di antaranya 30 mnt tanpa pemegang jabatan" in told
