"""The notice of privacy: open to everybody, in both languages, with what the settings say."""

from __future__ import annotations

from pathlib import Path

from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.offices.desk import desk

SETTINGS = """
[retention]
access_log = "90d"
scans = "400d"
[privacy]
controller = "Diskominfo <Luwu Timur>"
contact = "privasi@contoh.go.id"
"""


def test_it_says_who_answers_what_is_kept_and_for_how_long_before_signing_in(tmp_path: Path) -> None:
    served = desk(tmp_path)
    browser = served.browser()
    usual = browser.get("/privasi").text
    assert "UU 27/2022" in usual
    assert "365 hari" in usual
    assert "Nama peserta tidak pernah disimpan." in usual
    apply_settings(served.office, lambda known: apply(known, SETTINGS, "p.toml"), served.clock(), actor="admin")
    page = browser.get("/privasi").text
    assert "Diskominfo &lt;Luwu Timur&gt;" in page
    assert all(words in page for words in ("privasi@contoh.go.id", "90 hari", "400 hari"))
    browser.get("/bahasa/en?ke=/privasi")
    assert "Names of participants are never kept." in browser.get("/privasi").text


def test_the_ways_to_it_stand_at_the_login_and_in_the_menu(tmp_path: Path) -> None:
    served = desk(tmp_path)
    assert 'href="/privasi"' in served.browser().get("/masuk").text
    assert "privasi" in served.signed_in("opd").get("/_dash-layout").text
