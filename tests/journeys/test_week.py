"""One week of an office in a real browser on a real `pantau serve`: by taps, from files alone, and from both.

Letter 2026/1 is received on Monday 7 September 2026 at 08.00 and its meeting is held on Thursday. By the definitions
(§2), with the targets of the SOP:

| Step | From | To | Minutes | Target | |
|---|---|---|---|---|---|
| A2 | 08.00 | 08.06 | 6 | 10 | in time |
| A3 | 08.06, back 08.12 | 08.09, 08.14 | 3 + 2 | 5 | in time |
| A4 | 08.09, again 08.14 | returned 08.12, 08.17 | 3 + 3 | 5 | late |
| A5 | 08.17 | 09.07, paused 08.30-08.50 | 50 - 20 | 60 | in time |
| A6, A7 | 09.07 | 09.47, 10.02 | 40, 55 | 60 | in time |
| A8 | 10.02 | 10.50 | 48 | 60 | in time |

Six of seven in time, 85.7 % (Wilson 48-98 %); with B2-B4, of which nothing is recorded, a coverage of 7 in 10 and
bounds of 6 and 9 in 10. The room is used on Thursday from 09.05 to 11.50 by 38 people: 2 h 45 min of the 4 h 30 min
until noon (61 %), and of 27 hours in the week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.books.checks import checks, whole
from tests.books.typed import book, hand_overs, room_log
from tests.serving.roles_at_work import RolesAtWork, roles_at_work
from tests.serving.wall_server import be_still

ACTIVITY = "Rapat imunisasi"
MONDAY, THURSDAY = "2026-09-07", "2026-09-10"
DESKS = ("agendaris", "sekdin", "kadin", "kabid", "kasi_litik", "kasi_aplikasi", "staf")
NOTHING = "Tidak ada langkah yang menunggu Anda"
NOON, AS_OF = f"{THURSDAY} 12.00", f"{THURSDAY}T12:00"

SECONDS = {"A2": 360, "A3": 300, "A4": 360, "A5": 1800, "A6": 2400, "A7": 3300, "A8": 2880}
PASSES = {"A2": 1, "A3": 2, "A4": 2, "A5": 1, "A6": 1, "A7": 1, "A8": 1}
LATE = ("A4",)

REGISTER_HEADER = (
    "no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta"
)
REGISTER = book(
    REGISTER_HEADER, f"1;07/09/2026;08.00;Dinas Kesehatan;{ACTIVITY};Smart Center;10/09/2026;09.00;12.00;40"
)
HAND_OVER_ROWS = (
    "1;A2;1;;;07/09/2026;08.06",
    "1;A3;1;;;07/09/2026;08.09",
    "1;A4;1;;;07/09/2026;08.12",
    "1;A3;2;;;07/09/2026;08.14",
    "1;A4;2;;;07/09/2026;08.17",
    "1;A5;1;;;07/09/2026;09.07;07/09/2026 08.30;07/09/2026 08.50;daftar peserta",
    "1;A6;1;;;07/09/2026;09.47",
    "1;A7;1;;;07/09/2026;10.02",
    "1;A8;1;;;07/09/2026;10.50",
)
HAND_OVERS, UNTIL_BACK_AT_KADIN = hand_overs(*HAND_OVER_ROWS), hand_overs(*HAND_OVER_ROWS[:4])
USES = room_log("1;Smart Center;10/09/2026;09.05;11.50;38")
CHECKS = checks(*whole("10/09/2026", "08.30"))
MANDATE = f"""[[mandate]]
role = "kasi_aplikasi"
user = "kasi_litik"
title = "Plt."
from = {MONDAY}
to = {MONDAY}
"""
BOOKS = {"agenda.csv": REGISTER, "disposisi.csv": HAND_OVERS, "pemakaian.csv": USES, "kondisi.csv": CHECKS}


@pytest.fixture(scope="module")
def tapped(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[RolesAtWork]:
    """Thursday, 11.50: the week was done by taps, and nothing was loaded."""
    with roles_at_work(tmp_path_factory.mktemp("taps"), browser, f"{MONDAY} 07.58", MANDATE) as office:
        monday_by_taps(office)
        thursday_by_taps(office)
        yield office


def test_the_week_by_taps(tapped: RolesAtWork) -> None:
    figures_are_right(tapped)
    pages_say_so(tapped)
    the_deputy_is_named(tapped)


def test_the_week_by_taps_and_again_from_files(tapped: RolesAtWork) -> None:
    tapped.at(NOON)
    for name, text in BOOKS.items():
        read, new, same = given(tapped, name, text)
        assert (read, new, same) == (text.count("\n") - 1, 0, read)
    nothing_waits(tapped)
    figures_are_right(tapped)
    pages_say_so(tapped)
    the_deputy_is_named(tapped)


def test_the_week_from_files_alone(tmp_path: Path, browser: Browser) -> None:
    with roles_at_work(tmp_path, browser, f"{MONDAY} 08.15", MANDATE) as office:
        assert given(office, "agenda.csv", REGISTER) == (1, 1, 0)
        assert given(office, "disposisi.csv", UNTIL_BACK_AT_KADIN) == (4, 4, 0)
        for user in ("kadin", "kabid"):
            office.sign_in(user)
        expect(mine(office, "kadin")).to_contain_text(ACTIVITY)
        expect(mine(office, "kabid")).to_contain_text(NOTHING)
        assert at_stop(office, "08.15", "A3") == (5, 2, 2, "A4")
        office.leave()
        office.at(NOON)
        assert given(office, "disposisi.csv", HAND_OVERS) == (9, 5, 4)
        assert given(office, "pemakaian.csv", USES) == (1, 1, 0)
        assert given(office, "kondisi.csv", CHECKS) == (11, 11, 0)
        nothing_waits(office)
        figures_are_right(office)
        pages_say_so(office)


def monday_by_taps(office: RolesAtWork) -> None:
    """The letter goes over all desks; at each stop who has it on the list, and nobody else."""
    for user in DESKS:
        office.sign_in(user)
    held_by(office)
    enter_the_letter(office, "08.00")
    held_by(office, "agendaris")
    hand_on(office, "agendaris", "A2", "08.06")
    assert at_stop(office, "08.06", "A2") == (6, 1, 1, "A3")
    held_by(office, "sekdin")
    hand_on(office, "sekdin", "A3", "08.09")
    assert at_stop(office, "08.09", "A3") == (3, 2, 2, "A4")
    held_by(office, "kadin")
    give_back(office, "08.12")
    assert at_stop(office, "08.12", "A3") == (3, 1, 1, "A3")
    held_by(office, "sekdin")
    expect(mine(office, "sekdin")).to_contain_text("dikembalikan oleh A4 · Kadin · tanggal kegiatan belum jelas")
    hand_on(office, "sekdin", "A3", "08.14")
    assert at_stop(office, "08.14", "A3") == (5, 2, 2, "A4")
    held_by(office, "kadin")
    hand_on(office, "kadin", "A4", "08.17")
    assert at_stop(office, "08.17", "A4") == (6, 3, 2, "A5")
    held_by(office, "kabid")
    wait_for_the_agency(office, "08.30", "08.50")
    hand_on(office, "kabid", "A5", "09.07")
    assert at_stop(office, "09.07", "A5") == (30, 4, 3, "A6 A7")
    held_by(office, "kasi_litik", "kasi_aplikasi")
    hand_on(office, "kasi_litik", "A6", "09.47")
    assert at_stop(office, "09.47", "A6") == (40, 5, 4, "A7")
    held_by(office, "kasi_litik", "kasi_aplikasi")
    expect(mine(office, "kasi_litik")).to_contain_text("a.n. Kasi Pengembangan Aplikasi (Plt.)")
    hand_on(office, "kasi_litik", "A7", "10.02")
    assert at_stop(office, "10.02", "A7") == (55, 6, 5, "A8")
    held_by(office, "staf")
    hand_on(office, "staf", "A8", "10.50")
    assert at_stop(office, "10.50", "A8") == (48, 7, 6, "")
    expect(mine(office, "agendaris")).to_contain_text(NOTHING)
    office.leave()


def mine(office: RolesAtWork, user: str) -> Any:
    """What needs that user."""
    return office.windows[user].locator("#summary-body")


def held_by(office: RolesAtWork, *holders: str) -> None:
    """These desks have the letter on their open list, which renews itself, and no other."""
    for user in sorted(DESKS, key=lambda desk: desk not in holders):
        expect(mine(office, user)).to_contain_text(ACTIVITY if user in holders else NOTHING)


def at_stop(office: RolesAtWork, clock: str, code: str) -> tuple[float, int, int, str]:
    """Minutes of a step as they stand; on the wall how many steps of the month are judged, how many of them were in
    time, and at which desks the letter is."""
    wall = office.wall()
    step = office.step("2026/1", code, f"{MONDAY}T{clock.replace('.', ':')}")
    desks = " ".join(desk["step"] for desk in wall["desks"] if desk["count"])
    return step["elapsed_seconds"] / 60, wall["compliance"]["n"], wall["compliance"]["met"], desks


def turn_to(page: Page, path: str) -> Page:
    """The same window at another page of the menu."""
    page.locator(f".p-nav-link[href='{path}']").click()
    return page


def enter_the_letter(office: RolesAtWork, clock: str) -> None:
    """Agendaris receives a paper letter."""
    office.at(f"{MONDAY} {clock}")
    page = office.windows["agendaris"]
    page.goto("/surat-baru")
    expect(page.get_by_label("Nomor agenda", exact=True)).to_have_value("1")
    for label, text in (
        ("Dari (OPD)", "Dinas Kesehatan"), ("Kegiatan", ACTIVITY), ("Tanggal kegiatan", "10/09/2026"),
        ("Mulai", "9"), ("Selesai", "12"), ("Jumlah peserta", "40"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Simpan surat").click()
    expect(page).to_have_url(re.compile("/permohonan/2026/1$"))
    turn_to(page, "/ringkasan")


def hand_on(office: RolesAtWork, user: str, step: str, clock: str) -> None:
    """One tap on Ringkasan."""
    office.at(f"{MONDAY} {clock}")
    page = office.windows[user]
    page.get_by_role("button", name=re.compile(f"^(Teruskan|Selesai) {step}, surat ")).click()
    expect(page.locator("#stamp-said")).to_contain_text(f"{step} surat 2026/1 selesai pukul {clock}.")


def opened(office: RolesAtWork, user: str) -> Page:
    """The letter's page, from the list of that user."""
    page = office.windows[user]
    page.get_by_role("link", name=ACTIVITY).first.click()
    expect(page.locator("#case-head")).to_contain_text(ACTIVITY)
    return page


def give_back(office: RolesAtWork, clock: str) -> None:
    """Kadin sends the letter back to Sekdin."""
    page = opened(office, "kadin")
    office.at(f"{MONDAY} {clock}")
    page.locator("summary", has_text="Kembalikan").click()
    page.get_by_label("Alasan dikembalikan").fill("tanggal kegiatan belum jelas")
    page.get_by_role("button", name="Kembalikan ke A3 · Sekdin dari A4, surat 2026/1").click()
    expect(page.locator("#stamp-said")).to_contain_text("Surat 2026/1 dikembalikan dari A4")
    turn_to(page, "/ringkasan")


def wait_for_the_agency(office: RolesAtWork, since: str, until: str) -> None:
    """Kabid waits for the list of participants, and goes on."""
    page = opened(office, "kabid")
    office.at(f"{MONDAY} {since}")
    page.locator("summary", has_text="Menunggu OPD").first.click()
    page.get_by_label("Yang ditunggu").first.fill("daftar peserta")
    page.get_by_role("button", name=re.compile("^Tandai menunggu A5")).click()
    expect(page.locator("#stamp-said")).to_contain_text("A5 surat 2026/1 menunggu OPD sejak pukul 08.30")
    turn_to(page, "/ringkasan")
    expect(mine(office, "kabid")).to_contain_text("Menunggu OPD sejak")
    office.at(f"{MONDAY} {until}")
    page.get_by_role("button", name="Lanjutkan A5, surat 2026/1").click()
    expect(page.locator("#stamp-said")).to_contain_text("A5 surat 2026/1 dilanjutkan pukul 08.50")


def thursday_by_taps(office: RolesAtWork) -> None:
    """The room is checked, the meeting begun, counted and ended on a phone; the wall shows it while it runs."""
    office.at(f"{THURSDAY} 08.30")
    phone = office.phone()
    phone.clock.set_fixed_time(f"{THURSDAY}T08:30:00+07:00")
    office.sign_in("staf", "/lapor/Smart%20Center", phone)
    phone.wait_for_selector("html[data-ready]")
    phone.locator("#all").tap()
    phone.locator("#send").tap()
    expect(phone.locator("#receipt")).to_have_text("LK-2026-00001")
    phone.get_by_text("Laporan baru").tap()
    phone.wait_for_selector("#start")
    touch(office, phone, "09.05", "#start", "Pemakaian dimulai")
    wall = wall_of(office)
    expect(wall.locator("#now")).to_have_attribute("data-state", "in_use")
    phone.fill("#present", "38")
    touch(office, phone, "09.40", "#note-present", "tersimpan")
    expect(wall.locator("#people-big")).to_have_text("38")
    touch(office, phone, "11.50", "#stop", "Pemakaian selesai")
    expect(wall.locator("#now")).to_have_attribute("data-state", "empty")
    office.leave()


def touch(office: RolesAtWork, phone: Page, clock: str, button: str, answer: str) -> None:
    """One button of the room's form on the phone, whose clock is the office's."""
    office.at(f"{THURSDAY} {clock}")
    phone.clock.set_fixed_time(f"{THURSDAY}T{clock.replace('.', ':')}:00+07:00")
    phone.locator(button).tap()
    expect(phone.locator("#notes")).to_contain_text(answer)


def wall_of(office: RolesAtWork) -> Page:
    """The screen of the office, switched on with its link: the same one whenever it is."""
    screen = be_still(office.visitor(1920, 1080))
    screen.context.add_cookies(office.screen_cookies)
    screen.goto(office.wall_link)
    screen.wait_for_selector("body[data-state=live]")
    office.screen_cookies = screen.context.cookies()
    return screen


def given(office: RolesAtWork, name: str, text: str) -> tuple[int, ...]:
    """Agendaris gives a book on Data; how many rows were read, were new, and said what stands already."""
    page = office.windows.get("agendaris")
    page = turn_to(page, "/data") if page else office.sign_in("agendaris", "/data")
    page.wait_for_selector(".data-result", state="detached")
    page.wait_for_selector("#data-file", state="attached")
    page.set_input_files("#data-file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.wait_for_selector("#data-save")
    page.click("#data-save")
    result = page.locator(".data-result")
    expect(result).to_contain_text("Berkas sudah dimuat dan angka di semua halaman sudah diperbarui.")
    counts = re.findall(r"(\d+)\s+(baris dibaca|baru|sama, tidak berubah)", result.inner_text())
    return tuple(int(count) for count, _ in counts)


def nothing_waits(office: RolesAtWork) -> None:
    """No row was refused and none asks anything."""
    page = turn_to(office.windows["agendaris"], "/data")
    expect(page.locator("main")).to_contain_text("Semua baris diterima, dan semua nama dikenal.")
    office.leave()


def figures_are_right(office: RolesAtWork) -> None:
    """Steps, shares, use, people and condition, counted by hand."""
    case = office.case("2026/1", AS_OF)
    steps = {step["step"]: step for step in case["steps"] if step["step"] in SECONDS}
    assert {code: step["elapsed_seconds"] for code, step in steps.items()} == SECONDS
    assert {code: step["passes"] for code, step in steps.items()} == PASSES
    assert [code for code, step in steps.items() if step["verdict"] != "MET"] == list(LATE)
    shares_are_right(office.sla("2026-09-01", "2026-09-30", as_of=AS_OF))
    use_is_right(office)


def shares_are_right(sla: dict[str, Any]) -> None:
    """A2-A8 with one late, and B2-B4 of which nothing was recorded; the one request is late."""
    steps = {step["step"]: (step["n"], step["met"], step["late"]) for step in sla["steps"]}
    assert {code: steps[code] for code in SECONDS} == {code: (1, code not in LATE, code in LATE) for code in SECONDS}
    every, requests = sla["all_steps"], sla["requests"]
    assert (every["n"], every["met"], every["late"], every["over_seconds"], every["returned"]) == (7, 6, 1, 60, 2)
    assert (every["share"], every["coverage"], every["bounds"]) == (6 / 7, 7 / 10, [6 / 10, 9 / 10])
    assert [round(end, 4) for end in every["interval"]] == [0.4869, 0.9743]
    assert (requests["received"], requests["n"], requests["on_time"], requests["late"]) == (1, 1, 0, 1)


def use_is_right(office: RolesAtWork) -> None:
    """The room until Thursday noon, its people, and its check."""
    rooms, people, checked = (of_the_week(office, kind) for kind in ("rooms", "participants", "conditions"))
    (room,) = rooms["rooms"]
    assert (room["sessions"], room["held"], room["no_show"], room["clash_seconds"]) == (1, 1, 0, 0)
    assert (room["used_seconds"], room["available_seconds"]) == (2 * 3600 + 45 * 60, 27 * 3600)
    assert room["scheduled_seconds"] == 3 * 3600
    assert (people["planned"]["sum"], people["present"]["sum"], people["sessions"]) == (40, 38, 1)
    (condition,) = checked["rooms"]
    assert (condition["status"], condition["score"], condition["checked_at"][11:16]) == ("READY", 100, "08:30")
    assert (checked["b5"]["checked"], checked["b5"]["good"]) == (1, 1)


def of_the_week(office: RolesAtWork, kind: str) -> dict[str, Any]:
    """Figures of the days of the week until Thursday noon."""
    return office.run("figures", kind, "--from", MONDAY, "--to", THURSDAY, "--as-of", AS_OF, "--json").json


def pages_say_so(office: RolesAtWork) -> None:
    """The wall, Kepatuhan and Laporan show the same."""
    office.at(NOON)
    wall = wall_of(office)
    for place, text in (("#sla-big", "86"), ("#sla-of", "dari 7 langkah"), ("#sla-range", "Rentang 48–98%")):
        expect(wall.locator(place)).to_contain_text(text)
    expect(wall.locator("#week")).to_contain_text("61%")
    expect(wall.locator("#items-state")).to_have_text("Siap")
    kadin = office.sign_in("kadin", "/kepatuhan?dari=2026-09-01&sampai=2026-09-30")
    for text in ("85,7%", "6 dari 7 langkah · rentang 48–98% · cakupan 70%, terburuk–terbaik 60–90%", "0 dari 1"):
        expect(kadin.locator("#sla-body")).to_contain_text(text)
    for code in SECONDS:
        share = "0 dari 1" if code in LATE else "1 dari 1"
        expect(kadin.locator(".sla-row", has=kadin.locator(".sla-code", has_text=code))).to_contain_text(share)
    kadin.goto("/laporan?periode=2026-09")
    paper = kadin.locator(".report-paper")
    for text in ("6 dari 7 (95%: 48–98%) · cakupan 70%, terburuk–terbaik 60–90%", "0 dari 1 (95%: 0–80%)"):
        expect(paper).to_contain_text(text)
    expect(paper).to_contain_text("0 dari 1 tepat waktu (0%); Mutu Baku 5 menit.")
    office.leave()


def the_deputy_is_named(office: RolesAtWork) -> None:
    """What only taps know: who entered it, for whom and with which title."""
    page = office.sign_in("kabid", "/permohonan/2026/1")
    expect(page.locator("main")).to_contain_text("Kasi LITIK, Plt. a.n. Kasi Pengembangan Aplikasi (kasi_litik)")
    office.leave()
