"""The wall's scripts and template use only words of the catalogue, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.components.asset_urls import ASSETS
from dashboard.i18n import catalogue, script_words
from dashboard.wall import SCRIPTS
from etl.domain.verdict import Verdict

SAID = re.compile(r'say\(\s*"([a-z_.A-Z]+)"')
TEMPLATE = ASSETS.parent / "templates" / "wall.html"


def words() -> dict[str, str]:
    return script_words("wall.")


def scripts() -> str:
    return "\n".join((ASSETS / "wall" / name).read_text(encoding="utf-8") for name in SCRIPTS)


def test_every_key_that_a_script_says_is_in_the_catalogue() -> None:
    keys = [key for key in SAID.findall(scripts()) if not key.endswith(".")]
    assert keys
    assert [key for key in keys if key not in words()] == []


def test_every_verdict_reason_and_level_has_its_word() -> None:
    wanted = {f"verdict.{verdict}" for verdict in Verdict}
    wanted |= {f"stale.{cause}" for cause in ("server", "refused", "reply", "load", "record")}
    wanted |= {f"sla.{level}" for level in ("good", "near", "late", "none")}
    assert wanted <= words().keys()


def test_every_key_of_the_template_is_in_the_catalogue() -> None:
    keys = re.findall(r"""t\(["'](wall\.[\w.]+)["']\)""", TEMPLATE.read_text(encoding="utf-8"))
    assert [key for key in keys if key not in catalogue()] == []


def test_the_page_has_no_script_or_handler_of_its_own_in_its_text() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert re.findall(r"\son\w+=", text) == []
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []


def test_no_file_of_the_wall_asks_another_server() -> None:
    files = [*Path(ASSETS / "wall").iterdir(), TEMPLATE]
    assert [file.name for file in files if re.search(r"https?://", file.read_text(encoding="utf-8"))] == []
