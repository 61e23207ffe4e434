"""`pantau check` says what is wrong and names a way out that there is; `/sehat` says it in a word."""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer

from dashboard.commands import app
from dashboard.i18n import catalogue, sentence
from dashboard.web import answers
from dashboard.web.answers import log_to_home
from data_access.fault_log import KEPT_BEFORE, LONGEST_BYTES, append_fault
from data_access.home import Home
from data_access.records.chain import Head
from etl.judging.publishing import catch_up
from etl.keeping.backup import make_backup
from etl.keeping.health import check_all, vital_signs
from etl.keeping.restore import Order, restore
from etl.keeping.seals import last_check
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.bureau import Bureau, bureau_of, give_letter
from tests.serving.command_line import pantau

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"`pantau ([a-z][a-z-]*)(?: ([a-z][a-z-]+))?")
NOW = seconds("2026-09-30 09:00")


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """An office whose register holds one letter, loaded now."""
    with bureau_of(Bureau, tmp_path, None, give_letter) as made:
        yield made


def checks(bureau: Bureau, clock: int = NOW) -> dict[str, dict[str, str]]:
    lines = [finding.to_json(sentence) for finding in check_all(bureau.office.home, None, NOW, clock)]
    return {line["code"]: line for line in lines}


def test_an_office_in_order(bureau: Bureau) -> None:
    found = checks(bureau)
    assert {*found} == {
        "database", "pages", "clock", "settings", "calendar", "sop", "mart", "chain", "photos", "disk", "backup_age"
    }  # fmt: skip
    assert {line["status"] for line in found.values()} == {"ok"}
    assert vital_signs(bureau.office) == {"status": "ok", "records": "ok", "mart": "ok", "disk": "ok"}


def test_records_that_do_not_answer_are_an_error_after_a_while(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    released, signs = threading.Event(), {"status": "ok", "records": "ok", "mart": "ok", "disk": "ok"}
    looked = answers._Looked(bureau.office)
    monkeypatch.setattr(answers, "vital_signs", lambda _office: signs)
    assert looked() == signs
    monkeypatch.setattr(answers, "LOOKED_SECONDS", 0.0)
    monkeypatch.setattr(answers, "LATE_SECONDS", 0.1)
    monkeypatch.setattr(answers, "vital_signs", lambda _office: released.wait(10) and signs)
    hung = threading.Thread(target=looked)
    hung.start()
    time.sleep(0.2)
    assert looked()["status"] == "error"
    released.set()
    hung.join()
    assert looked() == signs


def test_records_of_an_older_copy_are_called_that(bureau: Bureau, tmp_path: Path) -> None:
    older = tmp_path / "lama.sqlite"
    shutil.copyfile(bureau.office.home.records_path, older)
    bureau.give(agenda("144;08/09/2026;08.00;Dinkes;Rapat gizi"), "kedua.csv")
    catch_up(bureau.office, NOW)
    bureau.office.close()
    shutil.copyfile(older, bureau.office.home.records_path)
    found = checks(bureau)
    assert found["records_behind_mart"]["status"] == "error"
    assert "salinan lama" in found["records_behind_mart"]["message"]
    assert "pantau restore" in found["records_behind_mart"]["action"]
    assert "mart" not in found
    assert vital_signs(Office.open(bureau.office.home, None, lambda: NOW))["mart"] == "ahead"


def test_damaged_pages_are_found(bureau: Bureau) -> None:
    bureau.office.close()
    path = bureau.office.home.records_path
    content = bytearray(path.read_bytes())
    last = len(content) - 4096
    content[last : last + 64] = b"\xff" * 64
    path.write_bytes(content)
    found = checks(bureau)
    line = found.get("pages", found["database"])
    assert line["status"] == "error"
    assert "pantau restore" in line["action"]


def test_missing_files_the_clock_and_old_backups_are_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("etl.keeping.health.files_on_record", lambda _: {"photos": ["a.jpg"], "scans": []})
        assert "1 foto" in checks(bureau)["photos"]["message"]
    assert checks(bureau, NOW - 3_600)["clock"]["status"] == "warning"
    assert checks(bureau, NOW + 3 * 86_400)["backup_age"]["status"] == "warning"
    make_backup(bureau.office.home, bureau.office.records, NOW, bureau.office.zone)
    assert checks(bureau, NOW + 86_400)["backup_age"]["status"] == "ok"
    assert checks(bureau, NOW + 3 * 86_400)["backup_age"]["status"] == "warning"
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1 << 28))
    assert checks(bureau)["disk"]["status"] == "warning"
    assert vital_signs(bureau.office)["disk"] == "low"


def test_a_chain_that_was_cut_behind_a_backup_is_named(bureau: Bureau) -> None:
    bureau.give(agenda("144;08/09/2026;08.00;Dinkes;Rapat gizi"), "kedua.csv")
    made, manifest = make_backup(bureau.office.home, bureau.office.records, NOW, bureau.office.zone)
    assert checks(bureau)["chain"]["status"] == "ok"
    with closing(sqlite3.connect(bureau.office.home.records_path)) as records:
        kept = Head.of(manifest.chain or "")
        assert kept is not None
        records.execute("DELETE FROM chain_link WHERE position >= ?", (kept.position,))
        records.commit()
    line = checks(bureau)["chain"]
    assert line["status"] == "error"
    assert made.name in line["message"]
    alone = pantau("check", "--chain", "--json", "--home", bureau.office.home.root)
    (again,) = alone.json["checks"]
    assert (alone.code, again["status"], made.name in again["message"]) == (2, "error", True)
    last = last_check(bureau.office.records)
    assert last is not None
    assert last.faults > 0


def test_backups_of_what_a_restore_put_aside_are_on_another_chain(bureau: Bureau) -> None:
    home, zone = bureau.office.home, bureau.office.zone
    early, _ = make_backup(home, bureau.office.records, NOW - 7_200, zone)
    bureau.give(agenda("144;08/09/2026;08.00;Dinkes;Rapat gizi"), "kedua.csv")
    make_backup(home, bureau.office.records, NOW - 3_600, zone)
    bureau.office.close()
    restore(Order(early, home, None, NOW, zone, replaces=True), lambda *_: None)
    bureau.office = Office.open(home, None, lambda: NOW)
    assert checks(bureau)["chain"]["status"] == "ok"


def commands() -> set[str]:
    """Every command and subcommand, as it is typed after `pantau`."""
    whole = typer.main.get_command(app)
    names = set(whole.commands)
    return names | {f"{name} {sub}" for name in names for sub in getattr(whole.commands[name], "commands", {})}


def sentences() -> Iterator[tuple[str, str]]:
    """What a person may read: the catalogue in both languages, the command line's own words, the documents."""
    for code, texts in catalogue().items():
        yield from ((code, str(text)) for text in (texts.values() if isinstance(texts, dict) else [texts]))
    for path in [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]:
        yield path.name, path.read_text(encoding="utf-8")


def test_every_command_that_a_sentence_names_exists() -> None:
    known = commands()
    groups = {name.split()[0] for name in known if " " in name}
    named = [(place, *match) for place, text in sentences() for match in COMMAND.findall(text)]
    assert len(named) > 30
    wrong = [
        (place, name, sub)
        for place, name, sub in named
        if name not in known or (name in groups and sub and f"{name} {sub}" not in known)
    ]
    assert wrong == []


def test_faults_go_to_the_log_of_the_home_without_numbers_of_persons(tmp_path: Path) -> None:
    log, home = logging.getLogger("pantau"), Home(tmp_path)
    before = log.handlers[:], log.propagate
    try:
        log_to_home(home)
        try:
            raise ValueError("NIK 3503011212900001\n2026-09-01T09:00:00+0700 request failed, code\r0000\u2028forged")
        except ValueError as fault:
            log.error("request failed, code %s", "ab12", exc_info=fault)
    finally:
        log.handlers[:], log.propagate = before
    text = home.log_path.read_text()
    assert "code ab12" in text
    assert "ValueError" in text
    assert "3503011212900001" not in text
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} request failed", text)
    assert [line for line in text.splitlines()[1:] if not line.startswith("  ")] == []


def test_the_log_never_grows_beyond_its_files(tmp_path: Path) -> None:
    path = tmp_path / "log" / "galat.log"
    for _ in range(KEPT_BEFORE + 3):
        append_fault(path, "x" * (LONGEST_BYTES + 1))
    assert len([*path.parent.glob("galat.log*")]) == KEPT_BEFORE + 2  # with the lock
