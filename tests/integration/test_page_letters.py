"""The pages of letters on the screen: who may press what, and free times that name nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.web.pages import PAGES
from etl.desk.asking import Asker, answer_offer, number_request, send_request
from etl.desk.letters import PaperLetter, enter_letter, local_day
from etl.desk.room_wish import Wish
from etl.desk.settings_edit import with_office, with_recording
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.figures.requests.detail import request_detail
from etl.intake.pipeline import apply_settings, ingest
from etl.office import Office
from etl.settings.document import Settings, apply
from tests.books.typed import agenda
from tests.offices.desk import Desk, desk
from tests.offices.office import after
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.layout import components, tables, words
from tests.serving.callbacks import call, opened

WISH = Wish("Rapat stunting", "Smart Center", "13/10/2026", "09.00", "11.00", "30", "Dinas Pendidikan")
KEY = [2026, "TT-00001"]


@after(give_letters)
def give_request(office: Office, _: Path) -> None:
    send_request(office, WISH, actor="opd", role="opd", client_id="a", now=END_OF_SEPTEMBER)


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, give_request, END_OF_SEPTEMBER, pages=PAGES)


def asked(browser: FlaskClient, button: str, values: dict[str, Any]) -> Any:
    """The reply to a press of a button, with these values in the fields and stores beside it."""
    entries = browser.get("/_dash-dependencies").json
    (entry,) = (one for one in entries if button in {part["id"] for part in one["inputs"]})
    names = [name.rpartition(".") for name in entry["output"].strip(".").split("...")]
    outputs = [{"id": id, "property": prop} for id, _, prop in names]
    inputs = [{**part, "value": 1 if part["id"] == button else None} for part in entry["inputs"]]
    state = [{**part, "value": values.get(part["id"])} for part in entry["state"]]
    return call(browser, entry["output"], inputs, state=state, outputs=outputs, changedPropIds=[f"{button}.n_clicks"])


def decide(browser: FlaskClient, which: str, reason: str = "", key: Any = KEY, entry: str = "", **typed: str) -> Any:
    """Press a button of the decision; what was said, or the status of a refusal."""
    values = {"case-letter": key, "stamp-done": 0, "decide-entry": entry or f"e-{which}", "decide-reason": reason}
    reply = asked(browser, f"decide-{which}", values | {f"decide-{name}": text for name, text in typed.items()})
    return said(reply) if reply.status_code == 200 else reply.status_code


def said(reply: Any) -> str:
    """What a page says of what was done, or beside the button of why it was not."""
    places = (place for place in reply.json["response"] if place.endswith("-said"))
    return " ".join(words(reply.json["response"][place]["children"]) for place in places)


def status(served: Desk) -> str:
    detail = request_detail(served.office, 2026, "TT-00001", served.clock())
    assert detail is not None
    return detail.status.value


def test_kabid_and_kadin_decide_and_nobody_else(served: Desk) -> None:
    for user in ("agendaris", "sekdin", "staf", "opd", "admin"):
        assert decide(served.browser_of(user), "approve") == 403, user
    assert "ditolak" not in decide(served.browser_of("kadin"), "reject")  # without a reason
    assert status(served) == "pending"
    assert "disetujui" in decide(served.browser_of("kadin"), "approve")
    assert status(served) == "approved"


def test_only_who_holds_the_approving_step_finishes_it_with_the_approval(served: Desk) -> None:
    assert decide(served.browser_of("kadin"), "forward") == 403
    assert "A4" in decide(served.browser_of("kabid"), "forward")  # the step before is not finished
    assert status(served) == "pending"


def test_an_offer_shows_to_its_agency_and_a_wrong_one_is_said(served: Desk) -> None:
    kabid, typed = served.browser_of("kabid"), {"begin": "9", "end": "11", "room": "Smart Center"}
    assert "31/11/2026" in decide(kabid, "offer", "rapat pimpinan", day="31/11/2026", **typed)
    assert "ditawarkan" in decide(kabid, "offer", "rapat pimpinan", day="14/10/2026", **typed)
    shown = words(opened(served.browser_of("agendaris"), "/ajukan"))
    offered = "Ditawarkan: Rabu, 14 Oktober 2026 09.00–11.00 · Smart Center · rapat pimpinan"
    assert offered in shown
    assert shown.index("Terima tawaran") < shown.index("Keperluan")
    assert (shown.count("Terima tawaran"), shown.count("Tetap pada waktu semula")) == (1, 1)
    opd, kesehatan = served.browser_of("opd"), replace(WISH, opd="Dinas Kesehatan", day="15/10/2026")
    assert "Ditawarkan" not in words(opened(opd, "/ringkasan"))  # another agency's
    send_request(served.office, kesehatan, actor="opd", role="opd", client_id="b", now=served.clock())
    assert "ditawarkan" in decide(kabid, "offer", "rapat", [2026, "TT-00002"], "b", day="16/10/2026", **typed)
    asking = opened(opd, "/ringkasan")
    assert "Ditawarkan: Jumat, 16 Oktober 2026 09.00–11.00" in words(asking)
    assert "/permohonan/2026/TT-00002" in links(asking)
    assert "Terima tawaran" in offers(opd)
    answer_offer(
        served.office, 2026, "TT-00002", accepts=True, actor="opd", role="opd", client_id="c", now=served.clock()
    )
    assert ("Terima tawaran" in offers(opd), "Ditawarkan" in words(opened(opd, "/ringkasan"))) == (False, False)
    assert "Ditawarkan" not in words(opened(kabid, "/ringkasan"))


def offers(browser: FlaskClient) -> str:
    """What stands above the form, drawn anew."""
    inputs = [{"id": id, "property": "data", "value": 1} for id in ("ask-changed", "stamp-done")]
    reply = call(browser, "ask-offers.children", inputs, changedPropIds=["ask-changed.data"])
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["ask-offers"]["children"] or [])


def test_the_answer_of_an_agency_without_an_account_is_given_on_the_page_of_its_paper_letter(served: Desk) -> None:
    letter = PaperLetter("149", "Dinas Sosial", "Rapat", room="Smart Center", day="13/10/2026", begin="13", end="15")
    by: dict[str, Any] = {"actor": "ani", "role": "agendaris", "now": served.clock()}
    enter_letter(served.office, letter, **by, client_id="kertas")
    key, path, typed = [2026, "149"], "/permohonan/2026/149", {"begin": "9", "end": "11", "room": "Smart Center"}
    agendaris, kabid = served.browser_of("agendaris"), served.browser_of("kabid")
    for press, weekday, day, is_taken in (("decline", "Rabu", "14", False), ("accept", "Kamis", "15", True)):
        offer = {"key": key, "day": f"{day}/10/2026", "entry": f"tawar-{press}", **typed}
        assert "ditawarkan" in decide(kabid, "offer", "rapat", **offer)
        values = {"case-letter": key, "decide-answer-entry": f"jawab-{press}"}
        assert "Tetap pada waktu semula" in words(opened(agendaris, path))
        assert "Tetap pada waktu semula" not in words(opened(kabid, path))
        assert asked(kabid, f"decide-{press}", values).status_code == 403
        reply = asked(agendaris, f"decide-{press}", values)
        assert "awaran" in said(reply)
        shown = words(opened(agendaris, path))
        assert "Tetap pada waktu semula" not in shown
        offered = f"waktu lain ditawarkan: {weekday}, {day} Oktober 2026 09.00–11.00 · Smart Center"
        assert offered in shown
        replaced = "tawaran diterima, semula Selasa, 13 Oktober 2026 13.00–15.00 · Smart Center"
        assert (replaced in shown, shown.count(f"{day} Oktober 2026 09.00") > 1) == (is_taken, is_taken)


def test_only_agendaris_numbers(served: Desk) -> None:
    values = {"case-letter": KEY, "number-value": "148", "number-entry": "n"}
    for user in ("kabid", "opd", "staf"):
        assert asked(served.browser_of(user), "number-save", values).status_code == 403
    reply = asked(served.browser_of("agendaris"), "number-save", values)
    assert reply.json["response"]["case-go"]["href"] == "/permohonan/2026/148"
    again = asked(served.browser_of("agendaris"), "number-save", values | {"number-entry": "m"})
    assert "sudah bernomor 148" in said(again)


def test_free_times_say_asked_and_never_by_whom(served: Desk) -> None:
    """The day on which another agency asked."""
    times = {"ask-day": "13/10/2026", "ask-people": "", "ask-begin": "", "ask-end": "", "ask-room": "Smart Center"}
    shown = words(free(served.browser_of("opd"), times))
    assert "bebas 07.30–16.00" in shown
    assert "sedang diajukan 09.00–11.00" in shown
    assert "daya tampung belum diketahui" in shown
    assert ("Pendidikan" in shown, "stunting" in shown) == (False, False)


def test_rooms_known_too_small_are_not_offered(served: Desk) -> None:
    rooms = '[[room]]\nname = "Smart Center"\n[[room]]\nname = "Ruang Kecil"\ncapacity = 10\n'
    settings = apply(served.office.settings, rooms, "ruang.toml")
    apply_settings(served.office, settings, served.clock(), actor="admin")
    times = {"ask-day": "13/10/2026", "ask-begin": "", "ask-end": "", "ask-room": "Ruang Kecil"}
    opd = served.browser_of("opd")
    assert "muat 10 orang" in words(free(opd, times | {"ask-people": "8"}))
    shown = words(free(opd, times | {"ask-people": "11", "ask-begin": "9", "ask-end": "10"}))
    assert "1 ruang tidak ditampilkan karena tidak muat" in shown
    assert "Ruang Kecil tidak muat untuk 11 orang" in shown


def test_what_one_asked_for_oneself_is_no_rival(served: Desk) -> None:
    times = {"ask-day": "13/10/2026", "ask-people": "", "ask-begin": "9", "ask-end": "11", "ask-room": "Smart Center"}
    opd, agendaris = served.browser_of("opd"), served.browser_of("agendaris")
    assert "sedang diajukan pula" in words(free(opd, times))
    own = replace(WISH, begin="13.00", end="14.00")
    send_request(served.office, own, asker=Asker("Dinas Kesehatan"), actor="opd", role="opd", client_id="b",
        now=served.clock())  # fmt: skip
    shown = words(free(opd, times | {"ask-begin": "13", "ask-end": "14"}))
    assert "Sudah Anda ajukan; menunggu persetujuan." in shown
    assert "bebas 07.30–13.00, 14.00–16.00 · sedang diajukan 09.00–11.00 · sudah Anda ajukan 13.00–14.00" in shown
    assert "sedang diajukan pula" in words(free(agendaris, times | {"ask-begin": "13", "ask-end": "14"}))


def test_hours_that_are_past_or_too_near_are_not_painted_taken(served: Desk) -> None:
    past = {"ask-day": "30/09/2026", "ask-people": "", "ask-begin": "", "ask-end": "", "ask-room": "Smart Center"}
    opd = served.browser_of("opd")
    assert '"is-early"' in json.dumps(free(opd, past))
    assert '"is-early"' not in json.dumps(free(opd, past | {"ask-day": "13/10/2026"}))
    assert "lewat atau sebelum ruang siap" in words(free(opd, past))


def test_the_page_names_the_agency_that_asks_and_the_agendaris_list_that_of_each_request(served: Desk) -> None:
    assert "Diajukan untuk Dinas Kesehatan" in words(opened(served.browser_of("opd"), "/ajukan"))
    shown = words(opened(served.browser_of("agendaris"), "/ajukan"))
    assert "Diajukan untuk" not in shown
    assert "Dinas Pendidikan, Pemuda dan Olahraga · Rapat stunting" in shown


def test_a_refused_time_is_explained_once_among_the_free_times(served: Desk) -> None:
    typed = {
        "activity": "Rapat", "people": "30", "day": "13/10/2026", "begin": "05.00", "end": "06.00",
        "room": "Smart Center", "opd": "",
    }  # fmt: skip
    values = {f"ask-{name}": value for name, value in typed.items()} | {"ask-entry": ["e", ""], "ask-changed": 0}
    opd = served.browser_of("opd")
    reply = asked(opd, "ask-send", values).json["response"]
    assert "Belum terkirim" in words(reply["ask-said"]["children"])
    assert "buka 07.30" not in words(reply["ask-said"]["children"])
    assert reply["ask-changed"]["data"] == 1
    assert "buka 07.30–16.00 pada 13 Okt 2026" in words(free(opd, values))
    opd.set_cookie("bahasa", "en")
    assert "open 07:30–16:00 on" in words(free(opd, values))


def free(browser: FlaskClient, times: dict[str, str]) -> Any:
    """What the page says of the free times."""
    entries = browser.get("/_dash-dependencies").json
    (entry,) = (one for one in entries if one["output"] == "ask-times.children")
    inputs = [{**part, "value": times.get(part["id"], 0)} for part in entry["inputs"]]
    state = [{**part, "value": ["e", ""]} for part in entry["state"]]
    reply = call(browser, "ask-times.children", inputs, state=state, changedPropIds=["ask-day.value"])
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["ask-times"]["children"]


def test_a_paper_letter_for_an_hour_that_is_asked_for_is_warned_of(served: Desk) -> None:
    agendaris, typed = served.browser_of("agendaris"), {"day": "13/10/2026", "begin": "10", "end": "", "room": ""}
    assert warned(agendaris, typed) == ""
    typed["room"] = "Smart Center"
    assert "sedang diajukan pula" in warned(agendaris, typed)
    assert warned(agendaris, typed | {"begin": "13"}) == ""
    decide(served.browser_of("kadin"), "approve")
    assert "sudah disetujui untuk kegiatan lain" in warned(agendaris, typed | {"day": "13/10/26"})


def test_more_people_than_the_room_holds_are_warned_of_and_refused_nowhere(served: Desk) -> None:
    def smaller(settings: Settings) -> Settings:
        return with_office(settings, "Kominfo", "Smart Center; 20 orang", may_drop=True)

    apply_settings(served.office, smaller, served.clock(), actor="admin", reason="kapasitas")
    agendaris, typed = served.browser_of("agendaris"), {"day": "14/10/26", "begin": "9", "room": "Smart Center"}
    assert "Smart Center memuat 20 orang; yang direncanakan 60." in warned(agendaris, typed | {"people": "60"})
    assert warned(agendaris, typed | {"people": "20"}) == ""
    assert "Smart Center memuat 20 orang" in words(opened(agendaris, "/permohonan/2026/TT-00001"))


def test_a_paper_letter_from_before_the_recording_says_what_is_measured_of_it_all_the_same(served: Desk) -> None:
    since = (local_day(served.office.book, served.clock()) - timedelta(days=3)).replace(day=1)
    apply_settings(served.office, lambda settings: with_recording(settings, since), served.clock(), actor="admin")
    agendaris, before = served.browser_of("agendaris"), since - timedelta(days=1)
    said = warned(agendaris, {"received-day": f"{before:%d/%m/%Y}"})
    assert "yang dicap tetap diukur: menyimpan surat mencap mulainya A2" in said
    for typed in (f"{since:%d/%m/%Y}", "", "kemarin"):
        assert warned(agendaris, {"received-day": typed}) == ""


def warned(browser: FlaskClient, typed: dict[str, str]) -> str:
    """What the form of a paper letter says beforehand."""
    inputs = [{"id": f"paper-{name}", "property": "value", "value": typed.get(name, "")}
              for name in ("room", "day", "begin", "end", "people", "received-day")]  # fmt: skip
    reply = call(browser, "paper-held.children", inputs, changedPropIds=["paper-day.value"])
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["paper-held"]["children"])


def test_the_page_of_a_letter_warns_of_another_one_at_its_hour(served: Desk) -> None:
    other = Wish("Rapat gizi", "Smart Center", "13/10/2026", "10.00", "12.00", "30", "Dinas Kesehatan")
    agendaris, path = served.browser_of("agendaris"), "/permohonan/2026/TT-00001"
    assert "pada jam ini" not in words(opened(agendaris, path))
    send_request(served.office, other, actor="opd", role="opd", client_id="b", now=served.clock())
    assert "Smart Center sedang diajukan pula pada jam ini" in words(opened(agendaris, path))
    assert "/permohonan/2026/TT-00002" in links(opened(agendaris, path))
    decide(served.browser_of("kadin"), "approve", key=[2026, "TT-00002"])
    assert "Smart Center sudah disetujui untuk kegiatan lain pada jam ini" in words(opened(agendaris, path))
    assert words(opened(served.browser_of("kabid"), path)).count("pada jam ini") == 1
    assert links(opened(served.browser_of("kabid"), path)).count("/permohonan/2026/TT-00002") == 1
    assert "pada jam ini" not in words(opened(served.browser_of("opd"), path))


def links(layout: Any) -> list[str]:
    """The addresses that a page leads to."""
    return [part["href"] for kind in ("A", "Link") for part in components(layout, kind) if "href" in part]


def test_a_request_at_the_desk_that_decides_says_so_there_and_in_the_list(served: Desk) -> None:
    by: dict[str, Any] = {"actor": "ani", "role": "staf", "now": served.clock()}
    number_request(served.office, *KEY, "148", client_id="n", **by)
    for step in ("A2", "A3", "A4"):
        give_stamp(served.office, NewStamp(2026, "148", step, Stamp.FORWARDED), client_id=step, **by)
    way = "/permohonan?status=undecided"
    assert way in links(opened(served.browser_of("kadin"), "/ringkasan"))
    (row,) = tables(opened(served.browser_of("kadin"), "/permohonan", "?status=undecided"))[0]
    assert WISH.activity in " ".join(row.values())
    for kind, is_listed in (("berjalan", True), ("dinilai", False)):
        page = opened(served.browser_of("kadin"), "/permohonan", f"?status=undecided&surat={kind}")
        assert (WISH.activity in words(page)) == is_listed
    kabid = served.browser_of("kabid")
    shown = opened(kabid, "/ringkasan")
    assert ("Menunggu keputusan" in words(shown), way in links(shown)) == (True, False)
    assert "/permohonan/2026/148#keputusan" in links(shown)
    assert "Menunggu keputusan" in words(opened(kabid, "/permohonan/2026/148"))
    rows = [" ".join(row.values()) for row in tables(opened(kabid, "/permohonan"))[0]]
    assert [WISH.activity in row for row in rows if "Menunggu keputusan" in row] == [True]


def test_a_booking_whose_approval_nobody_recorded_is_called_scheduled(served: Desk, tmp_path: Path) -> None:
    path = tmp_path / "lama.csv"
    path.write_text(
        agenda("90;03/08/2026;08.00;Dinas Kesehatan;Rapat;Smart Center;13/10/2026;10.00;12.00;"), encoding="utf-8"
    )
    ingest(served.office, path, served.clock())
    kabid = served.browser_of("kabid")
    shown = words(opened(kabid, "/permohonan/2026/TT-00001"))
    assert "sudah terjadwal untuk kegiatan lain pada jam ini; persetujuan tidak dicatat" in shown
    assert "sudah disetujui" not in shown
    refused = decide(kabid, "approve")
    assert ("sudah terjadwal" in refused, 'Pilih "tetap"' in refused) == (True, True)
