"""Another day of recording on the page of first steps: shown with what it would judge anew, kept, noted, taken away."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.settings.first_steps import Id
from dashboard.web.pages import PAGES
from data_access.records import reading
from etl.desk.settings_edit import with_recording
from etl.domain.verdict import Verdict
from etl.figures.compliance import what_if
from etl.figures.compliance.what_if import JudgedAnew, judged_anew
from etl.figures.requests.detail import request_detail
from etl.figures.requests.work_list import request_list
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import apply
from tests.books.typed import agenda, hand_overs
from tests.offices.desk import Desk, desk
from tests.offices.office import Clock, give_books, open_office
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import call

Judged = dict[tuple[int, str, str], str]
DAYS = [None, *(date(2026, 9, day) for day in (1, 8, 9, 10, 30)), date(2026, 10, 1), date(2027, 1, 1), date(2000, 1, 1)]
OWN_DAYS = "[recording]\nsteps = { A3 = 2026-09-10, B3 = false }\n"


STALLED = agenda(
    "138;02/09/2026;08.00;Dinas Kesehatan;Rapat gizi;Smart Center;28/10/2026;09.00;12.00;",
    "139;08/09/2026;08.00;Dinas Kesehatan;Rapat gizi",
    "150;16/09/2026;08.00;Inspektorat;Gelar;Smart Center;28/10/2026;13.00;15.00;",
    "151;29/09/2026;08.00;Inspektorat;Audit;Smart Center;29/10/2026;09.00;12.00;",
    "152;29/09/2026;09.00;Dinas Pendidikan;Lomba;Smart Center;30/10/2026;09.00;12.00;",
)
HAND_OVERS = hand_overs(
    "138;A2;;;;02/09/2026;08.08",
    "139;A2;;;;08/09/2026;08.08",
    "150;A2;;;;16/09/2026;08.08",
    *(f"151;{code};;;;29/09/2026;{clock}" for code, clock in (("A2", "08.08"), ("A3", "08.12"))),
)


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """The letters of September, and five that stand still at a desk; 139 has no booking, and is over after ten working
    days."""
    return desk(tmp_path, give_stalled, END_OF_SEPTEMBER, pages=PAGES)


def give_stalled(office: Office, folder: Path) -> None:
    """The books of September, and those of the letters that stand still."""
    give_letters(office, folder)
    give_books(office, folder, {"diam.csv": STALLED, "langkah.csv": HAND_OVERS}, END_OF_SEPTEMBER)


def judged(office: Office) -> Judged:
    """By letter and step the verdict that the page of the letter shows."""
    letters = [(int(row.year), str(row.agenda_number)) for row in request_list(office, END_OF_SEPTEMBER).itertuples()]
    whole = {letter: request_detail(office, *letter, END_OF_SEPTEMBER) for letter in letters}
    return {(*letter, step.step): str(step.verdict) for letter, one in whole.items() for step in one.steps}


def keep(office: Office, first: date | None) -> None:
    apply_settings(office, lambda settings: with_recording(settings, first), END_OF_SEPTEMBER, actor="admin")


def counted(anew: JudgedAnew) -> dict[tuple[str, str], tuple[int, int]]:
    return {(str(turn.now), str(turn.then)): (turn.steps, turn.letters) for turn in anew.turns}


def changes(before: Judged, after: Judged) -> dict[tuple[str, str], tuple[int, int]]:
    """By verdict before and after how many steps of how many letters, counted from the pages of the letters."""
    assert before.keys() == after.keys()
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    letters = {turn: {key[:2] for key in changed if changed[key] == turn} for turn in changed.values()}
    return {turn: (n, len(letters[turn])) for turn, n in Counter(changed.values()).items()}


def foreseen(office: Office, first: date | None, monkeypatch: pytest.MonkeyPatch) -> JudgedAnew:
    """What a day would judge anew: the same, whether letters are judged one by one or all at once."""
    told = []
    for chunk in (1, 4000):
        monkeypatch.setattr(what_if, "CHUNK", chunk)
        told.append(judged_anew(office, with_recording(office.settings, first), END_OF_SEPTEMBER))
    assert told[0] == told[1]
    return told[0]


def test_what_a_day_would_judge_anew_is_what_it_does(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apply_settings(served.office, apply(served.office.settings, OWN_DAYS, "uji"), END_OF_SEPTEMBER, actor="admin")
    before, turned = judged(served.office), set()
    for first in [*DAYS, date(2026, 9, 9), None]:
        anew = foreseen(served.office, first, monkeypatch)
        keep(served.office, first)
        after = judged(served.office)
        assert counted(anew) == changes(before, after), first
        changed = {key for key in before if before[key] != after[key]}
        assert (anew.steps, anew.letters) == (len(changed), len({key[:2] for key in changed}))
        before, turned = after, turned | counted(anew).keys()
    assert {("UNMEASURABLE", "OVERDUE"), ("OVERDUE", "UNMEASURABLE")} <= turned
    assert served.office.settings.recording.steps == {"A3": date(2026, 9, 10), "B3": False}


OTHER_RULES = (
    '[[calendar.day]]\ndate = 2026-09-02\nname = "Libur daerah"\n',
    '[[calendar.day]]\ndate = 2026-09-28\nname = "Kerja bakti"\nhours = ["09:00-09:30"]\n',
    '[[step_off]]\nstep = "A3"\nfrom = 2026-09-10\n',
    "[calendar.holidays]\npackage = false\n",
    '[[calendar.day]]\ndate = 2026-12-24\nname = "Libur"\n',
)


def test_what_other_hours_and_steps_would_judge_anew_is_what_they_do(served: Desk) -> None:
    before, changed = judged(served.office), 0
    for text in OTHER_RULES:
        settings = apply(served.office.settings, text, "uji")
        anew = judged_anew(served.office, settings, END_OF_SEPTEMBER)
        apply_settings(served.office, settings, END_OF_SEPTEMBER, actor="admin")
        after = judged(served.office)
        assert counted(anew) == changes(before, after), text
        before, changed = after, changed + anew.steps + anew.measured
    assert changed


def test_letters_that_are_over_are_judged_anew_too(served: Desk) -> None:
    before = judged(served.office)
    keep(served.office, date(2026, 10, 1))
    after = judged(served.office)
    assert (before[2026, "139", "A3"], after[2026, "139", "A3"]) == ("OVERDUE", "UNMEASURABLE")
    anew = judged_anew(served.office, with_recording(served.office.settings, None), END_OF_SEPTEMBER)
    assert counted(anew) == changes(after, before)
    assert (2026, "139") in next(turn.shown for turn in anew.turns if turn.then is Verdict.OVERDUE)


def test_without_records_no_day_judges_anything_anew(tmp_path: Path) -> None:
    office = open_office(tmp_path, Clock())
    anew = judged_anew(office, with_recording(office.settings, date(2026, 9, 1)), END_OF_SEPTEMBER)
    assert anew == JudgedAnew(0, 0, ())


def press(served: Desk, button: Id, since: Any = "", user: str = "admin", step_days: Any = "") -> Any:
    """Press a button of the form of the days; the reply."""
    browser = served.signed_in(user)
    callbacks = browser.get("/_dash-dependencies").json
    (own,) = (one for one in callbacks if button in [given["id"] for given in one["inputs"]])
    names = [name.rpartition(".") for name in own["output"].strip(".").split("...")]
    bare: Any = [{"id": id, "property": prop} for id, _, prop in names]
    clicks = [{**given, "value": int(given["id"] == button)} for given in own["inputs"]]
    typed = {Id.SINCE: since, Id.STEP_DAYS: step_days}
    state = [{**given, "value": typed.get(given["id"], 0)} for given in own["state"]]
    outputs = bare if own["output"].startswith("..") else bare[0]
    more = {"state": state, "outputs": outputs, "changedPropIds": [f"{button}.n_clicks"]}
    return call(browser, own["output"], clicks, **more)


def said(reply: Any, place: Id) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json["response"][place]["children"]


def form(served: Desk) -> str:
    inputs = [{"id": Id.URL, "property": "search", "value": "?langkah=pencatatan"}]
    inputs += [{"id": Id.CHANGED, "property": "data", "value": 0}]
    return words(said(call(served.browser_of("admin"), f"{Id.BODY}.children", inputs), Id.BODY))


def test_the_page_shows_it_before_it_is_saved_and_leads_to_the_letters(served: Desk) -> None:
    before = judged(served.office)
    shown = said(press(served, Id.CHECK_SINCE, "01/10/2026"), Id.EFFECTS)
    assert (judged(served.office), served.office.settings.recording.first) == (before, None)
    keep(served.office, date(2026, 10, 1))
    after = judged(served.office)
    steps = sum(n for n, _ in changes(before, after).values())
    letters = {key[:2] for key in before if before[key] != after[key]}
    assert f"Dicatat sejak Kamis, 1 Oktober 2026: {steps} langkah dari {len(letters)} permohonan" in words(shown)
    addresses = {one["href"] for one in components(shown, "Link")}
    assert addresses
    assert all(re.fullmatch(r"/permohonan/2026/.+", address) for address in addresses)


def test_a_day_that_changes_nothing_says_so_and_none_is_refused(served: Desk) -> None:
    keep(served.office, date(2026, 9, 1))
    assert "tidak ada hasil yang berubah" in words(said(press(served, Id.CHECK_SINCE, "2026-09-01"), Id.EFFECTS))
    assert "“kemarin” bukan tanggal yang ada" in words(said(press(served, Id.CHECK_SINCE, "kemarin"), Id.EFFECTS))
    for typed in ("", None, 7, ["x"]):
        assert "Pilih hari mulai pencatatan" in words(said(press(served, Id.CHECK_SINCE, typed), Id.EFFECTS))
    assert press(served, Id.CHECK_SINCE, "2026-09-01", "kabid").status_code == 403
    assert press(served, Id.CLEAR, user="kabid").status_code == 403


def test_the_day_is_noted_and_taken_away_again(served: Desk) -> None:
    before = judged(served.office)
    assert "Langkah dicatat sejak" in words(said(press(served, Id.SAVE_SINCE, "01/10/2026"), Id.RESULT))
    moved = judged(served.office)
    n = sum(before[key] != moved[key] for key in before)
    assert n
    shown = words(said(press(served, Id.CHECK_CLEAR), Id.EFFECTS))
    assert f"Dicatat dari penyelesaian pertama: {n} langkah" in shown
    assert "dari penyelesaian pertamanya" in words(said(press(served, Id.CLEAR), Id.RESULT))
    assert (judged(served.office), served.office.settings.recording.first) == (before, None)
    with reading(served.office.records) as connection:
        noted = [
            one.detail for one in recent_actions(connection) if (one.action, one.subject) == ("settings", "recording")
        ]
    days = sorted((str(one["from"]), str(one["to"]), one["steps"]) for one in noted)
    assert days == [("2026-10-01", "None", n), ("None", "2026-10-01", n)]
    assert all(one.keys() == {"from", "to", "letters", "steps", "version"} for one in noted)


def test_days_of_single_steps_are_typed_on_the_one_form_of_the_days(served: Desk) -> None:
    typed = "A3; 10/09/2026\nB3; -"
    shown = words(said(press(served, Id.CHECK_SINCE, "01/09/2026", step_days=typed), Id.EFFECTS))
    assert ("Dicatat sejak" in shown, served.office.settings.recording.steps) == (True, {})
    press(served, Id.SAVE_SINCE, "01/10/2026", step_days=typed)
    assert served.office.settings.recording.steps == {"A3": date(2026, 9, 10), "B3": False}
    inputs = [{"id": Id.URL, "property": "search", "value": "?langkah=pencatatan"}]
    reply = call(served.browser_of("admin"), f"{Id.BODY}.children", [*inputs, {"id": Id.CHANGED, "property": "data"}])
    (area,) = components(said(reply, Id.BODY), "Textarea")
    assert area["value"] == typed
    for wrong in ("A3; kemarin", "A3", "Z9; 10/09/2026", "A3; -\nA3; -"):
        refused = said(press(served, Id.SAVE_SINCE, "01/10/2026", step_days=wrong), Id.RESULT)
        assert "tidak dapat dipakai" in words(refused), wrong
    press(served, Id.CLEAR)
    assert served.office.settings.recording.steps == {"A3": date(2026, 9, 10), "B3": False}


def test_the_form_says_truly_what_is_measured_of_earlier_letters(served: Desk) -> None:
    """A letter from before the day: what was stamped is judged as before; what nobody recorded is not overdue."""
    keep(served.office, date(2026, 9, 1))
    before = judged(served.office)
    keep(served.office, date(2026, 10, 1))
    after = judged(served.office)
    stamped = {key for key in before if before[key] in ("MET", "LATE")}
    assert stamped
    assert all(after[key] == before[key] for key in stamped)
    assert "OVERDUE" not in {after[key] for key in after if before[key] == "OVERDUE"}
    assert "Yang dicap tetap diukur" in form(served)
    table = [{"id": "tables-url", "property": "search", "value": "?bagian=recording"}]
    reply = call(
        served.browser_of("admin"), "tables-body.children", [*table, {"id": "tables-changed", "property": "data"}]
    )
    assert "yang dicap tetap diukur" in words(reply.json["response"]["tables-body"]["children"])
