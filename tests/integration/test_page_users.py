"""Users on the screen: added with a link, changed, kept out; the links; the last administrator stays one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.access.people import (
    LINK_SECONDS,
    LastAdminError,
    all_users,
    change_email,
    change_password,
    disable_user,
    enable_user,
)
from dashboard.i18n import fmt
from dashboard.pages.settings import first_steps, users
from data_access.records import reading
from etl.intake.offered.uploads import NOBODY, Uploads
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.books.typed import agenda
from tests.offices.desk import Desk, desk, form_token, sign_in
from tests.offices.office import give
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.reading.refusals import says
from tests.serving.callbacks import call, opened
from tests.serving.command_line import pantau

GOOD = "gamelan-di-alun-alun"
ADDED = ("users-result.children", "users-changed.data", "users-name.value", "users-opd.value")


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, pages=[users, first_steps])


def press(browser: FlaskClient, output: str, button: str, values: dict[str, Any]) -> Any:
    """Press a button of a form with these values in its fields; what the first place shows."""
    state = [{"id": id, "property": "data" if id in DATA else "value", "value": value} for id, value in values.items()]
    inputs = [{"id": id, "property": "n_clicks", "value": 1 if id == button else None} for id in BUTTONS[output]]
    names = tuple(output.strip(".").split("..."))
    bare = [{"id": name.rpartition(".")[0], "property": name.rpartition(".")[2]} for name in names]
    reply = call(browser, output, inputs, state=state, outputs=bare, changedPropIds=[f"{button}.n_clicks"])
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["users-result"]["children"]


DATA = ("users-changed", "users-chosen", "users-wanted")
BUTTONS: dict[str, tuple[str, ...]] = {}


def outputs_of(served: Desk, button: str) -> str:
    """The callback that a button calls."""
    for output, entry in served.app.callback_map.items():
        ids = tuple(one["id"] for one in entry["inputs"])
        if button in ids:
            BUTTONS[output] = ids
            return output
    raise AssertionError(button)


def add(served: Desk, name: str, role: str, opd: str = "") -> Any:
    values = {"users-name": name, "users-role": role, "users-opd": opd, "users-changed": 0}
    return press(served.signed_in("admin"), outputs_of(served, "users-add"), "users-add", values)


def change(served: Desk, button: str, name: str, role: str = "kadin", opd: str = "", *, is_wanted: bool = False) -> Any:
    values = {"users-chosen": name, "users-new-role": role, "users-new-opd": opd, "users-wanted": is_wanted}
    values |= {"users-changed": 0}
    return press(served.signed_in("admin"), outputs_of(served, button), button, values)


def link_in(part: Any) -> str:
    """The link that a message shows once."""
    (field,) = [one for one in components(part, "Input") if one.get("id") == "users-link"]
    return str(field["value"])


def user(served: Desk, name: str) -> dict[str, Any]:
    return next(one for one in all_users(served.office) if one["name"] == name)


def set_password(served: Desk, link: str, password: str = GOOD, browser: FlaskClient | None = None) -> Any:
    path, _, token = link.partition("#")
    browser = browser or served.browser()
    csrf = form_token(browser.get(path.partition("localhost")[2]).text)
    typed = {"kode": token, "sandi": password, "ulang": password, "csrf_token": csrf}
    return browser.post("/sandi", data=typed)


def actions(served: Desk) -> list[tuple[str, str | None, str | None]]:
    with reading(served.office.records) as connection:
        return [(one.action, one.actor, one.subject) for one in recent_actions(connection)]


def test_a_user_is_added_with_a_link_and_sets_the_password_alone(served: Desk) -> None:
    link = link_in(add(served, "Meja Depan", "agendaris"))
    assert re.fullmatch(r"http://localhost/sandi\?nama=meja\+depan#[\w-]{43}", link)
    assert (user(served, "meja depan")["role"], user(served, "meja depan")["has_password"]) == ("agendaris", False)
    assert "readonly" in served.browser().get("/sandi?nama=meja+depan").text
    assert set_password(served, link).status_code == 303
    assert sign_in(served.browser(), "meja depan", GOOD).status_code == 303
    assert {("user_added", "admin", "Meja Depan"), ("user_link", "admin", "Meja Depan")} <= set(actions(served))
    assert ("password_set", "meja depan", None) in actions(served)


def test_a_link_of_a_user_works_once_and_the_second_visitor_gets_one_clear_sentence(served: Desk) -> None:
    link = link_in(change(served, "users-make-link", "kadin"))
    second = served.browser()
    second.get("/sandi")
    assert set_password(served, link).status_code == 303
    reply = set_password(served, link, "sesuatu-yang-lain", second)
    assert reply.status_code == 403
    assert "Tautan ini sudah dipakai, sudah diganti yang lebih baru, atau lewat waktunya." in reply.text
    assert sign_in(served.browser(), "kadin", "sesuatu-yang-lain").status_code == 401


def test_a_link_ends_after_a_day_when_a_newer_one_is_made_and_when_the_user_is_disabled(served: Desk) -> None:
    older, newer = (link_in(change(served, "users-make-link", "kadin")) for _ in range(2))
    assert set_password(served, older).status_code == 403
    disable_user(served.office, "kadin", served.clock())
    assert set_password(served, newer).status_code == 403
    late = link_in(change(served, "users-make-link", "kabid"))
    served.clock.at += LINK_SECONDS
    assert set_password(served, late).status_code == 403


def test_links_end_with_the_user_that_is_disabled_and_with_a_new_password(served: Desk) -> None:
    link = link_in(change(served, "users-make-link", "kadin"))
    disable_user(served.office, "kadin", served.clock())
    enable_user(served.office, "kadin", served.clock())
    assert set_password(served, link).status_code == 403
    link = link_in(change(served, "users-make-link", "kadin"))
    change_password(served.office, "kadin", GOOD, served.clock())
    assert set_password(served, link, "sesuatu-yang-lain").status_code == 403
    assert set_password(served, link_in(change(served, "users-make-link", "kadin"))).status_code == 303


def test_a_weak_password_does_not_use_the_link_up(served: Desk) -> None:
    link = link_in(change(served, "users-make-link", "kadin"))
    assert set_password(served, link, "kadin-12345").status_code == 400
    assert set_password(served, link).status_code == 303


def test_an_agency_is_taken_by_any_of_its_spellings(served: Desk) -> None:
    add(served, "dinkes", "opd", "Dinkes")
    assert user(served, "dinkes")["opd"] == "Dinas Kesehatan"


def test_an_unknown_agency_is_refused_with_the_nearest_names(served: Desk) -> None:
    said = words(add(served, "dinkes", "opd", "Dinas Kesehatn"))
    assert 'OPD "Dinas Kesehatn" tidak ada dalam daftar; yang terdekat: Dinas Kesehatan' in said
    assert "dinkes" not in {one["name"] for one in all_users(served.office)}


@pytest.mark.parametrize(
    ("name", "role", "opd", "sentence"),
    [
        ("", "kadin", "", "Tulis nama pengguna"),
        ("x" * 61, "kadin", "", "Tulis nama pengguna"),
        ("Kadin", "kadin", "", "sudah dipakai"),
        ("baru", "opd", "", "Nama OPD wajib untuk peran OPD"),
        ("baru", "kadin", "Dinkes", "Nama OPD wajib untuk peran OPD"),
        ("baru", "raja", "", "Peran 'raja' tidak dikenal"),
        ("baru", "opd", "qqqq", "tambahkan pada Data, Nama OPD"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(name: str, role: str, opd: str, sentence: str, served: Desk) -> None:
    before = len(all_users(served.office))
    assert sentence in words(add(served, name, role, opd))
    assert len(all_users(served.office)) == before


def test_another_role_ends_the_sessions_of_the_user(served: Desk) -> None:
    browser = served.signed_in("staf")
    assert "kini Agendaris" in words(change(served, "users-save", "staf", "agendaris"))
    assert user(served, "staf")["role"] == "agendaris"
    assert browser.get("/_dash-layout").status_code == 401


def test_a_user_is_kept_out_and_let_in_again(served: Desk) -> None:
    for _ in range(2):  # pressed twice, nobody is let in
        assert "dinonaktifkan" in words(change(served, "users-toggle", "staf"))
        assert sign_in(served.browser(), "staf").status_code == 401
    assert "aktif kembali" in words(change(served, "users-toggle", "staf", is_wanted=True))
    assert sign_in(served.browser(), "staf").status_code == 303
    assert [one[0] for one in actions(served) if one[1:] == ("admin", "staf")] == ["user_enabled", "user_disabled"]


@pytest.mark.parametrize(("button", "role"), [("users-save", "kadin"), ("users-toggle", "admin")])
def test_the_last_administrator_stays_one(button: str, role: str, served: Desk) -> None:
    assert "satu-satunya admin yang aktif" in words(change(served, button, "admin", role))
    assert (user(served, "admin")["role"], user(served, "admin")["active"]) == ("admin", True)
    change(served, "users-save", "kabid", "admin")
    assert "satu-satunya" not in words(change(served, button, "kabid", role))


def test_the_list_shows_role_agency_state_and_who_waits_for_a_password(served: Desk) -> None:
    add(served, "meja", "agendaris")
    shown = words(opened(served.browser_of("admin"), "/pengaturan/pengguna"))
    assert "Menunggu kata sandi" in shown
    assert "Dinas Kesehatan" in shown
    assert "Kasi Pengembangan Aplikasi" in shown


BY_EMAIL = '[openid]\nissuer = "https://sso.kantor.go.id"\nclient_id = "pantau"\n'


def test_an_address_of_several_users_is_named_where_it_says_who_comes_in(served: Desk) -> None:
    office, browser = served.office, served.signed_in("admin")

    def shown() -> str:
        inputs = [{"id": "users-changed", "property": "data", "value": 1}]
        return words(call(browser, "users-list.children", inputs).json["response"]["users-list"]["children"])

    for name, email in (("kadin", "Kadin@kantor.go.id"), ("staf", "kadin@kantor.go.id"), ("admin", "a@kantor.go.id")):
        change_email(office, name, email, served.clock())
    assert "Satu alamat" not in shown()
    apply_settings(office, lambda known: apply(known, BY_EMAIL, "p.toml"), served.clock(), actor="admin")
    assert "Satu alamat surel pada beberapa pengguna: kadin@kantor.go.id (kadin, staf)." in shown()
    disable_user(office, "staf", served.clock())
    assert "Satu alamat" not in shown()


def test_the_question_carries_the_state_that_is_wanted(served: Desk) -> None:
    def wanted() -> bool:
        inputs = [{"id": "users-url", "property": "search", "value": "?ubah=staf"}]
        inputs += [{"id": "users-changed", "property": "data", "value": 0}]
        reply = call(served.signed_in("admin"), "users-question.children", inputs)
        shown = reply.json["response"]["users-question"]["children"]
        return next(bool(one["data"]) for one in components(shown, "Store") if one.get("id") == "users-wanted")

    assert wanted() is False
    disable_user(served.office, "staf", served.clock())
    assert wanted() is True


def test_the_question_of_a_user_that_is_not_there_is_none(served: Desk) -> None:
    inputs = [{"id": "users-url", "property": "search", "value": "?ubah=bukan"}]
    inputs += [{"id": "users-changed", "property": "data", "value": 0}]
    reply = call(served.signed_in("admin"), "users-question.children", inputs)
    assert reply.json["response"]["users-question"]["children"] is None


def test_the_command_line_gives_links_and_changes_users(served: Desk) -> None:
    home = ("--home", served.office.home.root)
    link = pantau("user", "link", "kadin", "--url", "http://localhost", *home).out.splitlines()[-1]
    assert set_password(served, link).status_code == 303
    assert "sebutkan namanya" in pantau("user", "link", *home).err
    assert pantau("user", "role", "staf", "agendaris", *home).code == 0
    assert pantau("user", "opd", "opd", "Bakeuda", *home).code == 0
    assert pantau("user", "opd", "staf", "Dinkes", *home).code == 2
    assert (user(served, "staf")["role"], user(served, "opd")["opd"]) == ("agendaris", "Badan Keuangan Daerah")
    assert pantau("user", "disable", "kabid", *home).code == 0
    assert pantau("user", "enable", "kabid", *home).code == 0
    assert user(served, "kabid")["active"]


def test_the_command_line_keeps_the_last_administrator(served: Desk) -> None:
    with pytest.raises(LastAdminError, check=says("satu-satunya admin")):
        disable_user(served.office, "admin", served.clock())


def test_before_there_are_users_the_command_prints_the_link_of_the_first_administrator(tmp_path: Path) -> None:
    result = pantau("user", "link", "--home", tmp_path / "baru")
    assert result.code == 0
    assert "tekan dahulu" in result.out
    assert re.search(r"http://127\.0\.0\.1:8050/mulai#[\w-]{43}$", result.out)


def steps(served: Desk, search: str = "") -> str:
    inputs = [{"id": "begin-url", "property": "search", "value": search}]
    inputs += [{"id": "begin-changed", "property": "data", "value": 0}]
    reply = call(served.signed_in("admin"), "begin-body.children", inputs)
    return words(reply.json["response"]["begin-body"]["children"])


def say(served: Desk, button: str, **values: str) -> tuple[str, Any]:
    """Fill a form of the first steps in; what it says, and the address it goes on to."""
    output = outputs_of(served, button)
    names = tuple(output.strip(".").split("..."))
    bare = [{"id": name.rpartition(".")[0], "property": name.rpartition(".")[2]} for name in names]
    state = [{"id": f"begin-{id}", "property": "value", "value": value} for id, value in values.items()]
    state.append({"id": "begin-changed", "property": "data", "value": 0})
    inputs = [{"id": button, "property": "n_clicks", "value": 1}]
    browser = served.signed_in("admin")
    reply = call(browser, output, inputs, state=state, outputs=bare, changedPropIds=[f"{button}.n_clicks"])
    assert reply.status_code == 200, reply.text
    response = reply.json["response"]
    return words(response["begin-result"]["children"]), response.get("begin-url", {}).get("search")


def test_office_and_rooms_are_said_once_and_go_through_the_settings(served: Desk) -> None:
    rooms = "Smart Center; 50 orang\nAula Kominfo\n"
    said, goes_to = say(served, "begin-save-office", office="Diskominfo Trenggalek", rooms=rooms)
    assert ("Diskominfo Trenggalek dan ruangnya disimpan." in said, goes_to) == (True, "?langkah=orang")
    settings = served.office.settings
    assert settings.office.name == "Diskominfo Trenggalek"
    assert [(room.name, room.capacity) for room in settings.rooms] == [("Smart Center", 50), ("Aula Kominfo", None)]
    assert "SC" in settings.rooms[0].aliases
    assert "Diskominfo Trenggalek" in served.browser().get("/masuk").text
    assert ("settings", "admin", "office") in actions(served)


@pytest.mark.parametrize(
    ("office", "rooms", "sentence"),
    [
        ("", "Aula", "Tulis nama kantor"),
        ("Kominfo", "", "Tulis sedikitnya satu ruang."),
        ("Kominfo", "Aula; lima", 'Baris 1: "lima" bukan kapasitas'),
        ("Kominfo", "Aula; 0", "1 sampai 100.000"),
        ("Kominfo", "Aula; 20,5", "bukan kapasitas"),
        ("Kominfo", "Aula\n; 40", "Baris 2: tulis nama ruang"),
        ("Kominfo", "Aula\naula", "Aula"),
    ],
)
def test_what_cannot_be_an_office_is_refused_in_words(office: str, rooms: str, sentence: str, served: Desk) -> None:
    said, _ = say(served, "begin-save-office", office=office, rooms=rooms)
    assert sentence in said
    assert served.office.settings.office.name is None


def test_a_room_goes_only_while_nothing_is_recorded(served: Desk, tmp_path: Path) -> None:
    assert "disimpan" in say(served, "begin-save-office", office="Kominfo", rooms="Aula; 40")[0]
    assert [room.name for room in served.office.settings.rooms] == ["Aula"]
    give(served.office, tmp_path, "agenda.csv", agenda("143;07/09/2026;08.00;Dinkes;Rapat"), served.clock())
    said, _ = say(served, "begin-save-office", office="Kominfo", rooms="Ruang Rapat")
    assert "baris Aula tidak boleh hilang di sini" in said
    assert [room.name for room in served.office.settings.rooms] == ["Aula"]


def test_the_day_of_recording_is_kept_and_an_empty_one_refused(served: Desk) -> None:
    def say_since(day: str, steps: str = "") -> tuple[str, Any]:
        return say(served, "begin-save-since", **{"since": day, "step-days": steps})

    assert "Pilih hari mulai pencatatan." in say_since("")[0]
    assert "“31/11/2026” bukan tanggal yang ada" in say_since("31/11/2026")[0]
    said, goes_to = say_since("2026-09-01")
    assert (said, goes_to) == ("Langkah dicatat sejak Selasa, 1 September 2026.", "?langkah=catatan")
    assert str(served.office.settings.recording.first) == "2026-09-01"


def test_the_page_opens_at_the_first_open_step_and_shows_what_is_done(served: Desk) -> None:
    assert "Nama kantor" in steps(served)
    say(served, "begin-save-office", office="Kominfo", rooms="Smart Center; 50")
    assert "Langkah dicatat sejak" in steps(served)
    assert "Tambah pengguna" in steps(served, "?langkah=orang")
    assert "Muat berkas" in steps(served, "?langkah=catatan")
    assert "mulai dengan surat pertama" in " ".join(steps(served, "?langkah=catatan").split())
    assert "Nama kantor" in steps(served, "?langkah=kantor")


def test_a_user_who_was_added_ends_the_step_at_once(served: Desk) -> None:
    state = [{"id": "begin-url", "property": "search", "value": "?langkah=orang"}]
    inputs = [{"id": "users-changed", "property": "data", "value": 1}]
    reply = call(served.signed_in("admin"), "begin-ways.children", inputs, state=state)
    assert "Siapa yang bekerja di sini selesai" in words(reply.json["response"]["begin-ways"]["children"])


def test_the_step_of_records_leads_to_the_preview_of_a_file_that_waits(served: Desk) -> None:
    with Uploads.of(served.office.home).arrivals() as arrivals:
        arrivals.open("agenda.csv").write(b"x")
        (upload,) = arrivals.keep(NOBODY, served.clock())
    drawn = steps(served, "?langkah=catatan")
    assert "Lihat pratinjau" in drawn
    assert f"disimpan sementara sampai {fmt().moment_short(upload.deleted_at)}" in drawn


def test_a_page_that_is_being_opened_says_so_in_the_language_of_its_reader(served: Desk) -> None:
    browser = served.signed_in("admin")
    assert "Halaman sedang dibuka" in browser.get("/langkah-awal").text
    browser.set_cookie("bahasa", "en")
    assert "The page is being opened" in browser.get("/langkah-awal").text
    assert "Loading..." not in browser.get("/langkah-awal").text
