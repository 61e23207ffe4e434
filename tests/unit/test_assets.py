"""Files of the screens: everything is served from here, with its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.components.asset_urls import ASSETS, asset, desk_scripts, desk_styles, joined

OWN = [file for file in ASSETS.rglob("*") if file.is_file() and "vendor" not in file.parts]
VENDOR = ASSETS / "vendor"
NAMES_OF_STANDARDS = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


def text_of(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    for name in NAMES_OF_STANDARDS:
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.relative_to(ASSETS).as_posix())
def test_our_own_files_name_no_outside_address(file: Path) -> None:
    assert (
        re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", re.sub(r"^\s*//.*$", "", text_of(file), flags=re.MULTILINE)) == []
    )


def test_no_script_of_the_desk_pages_declares_a_name_twice() -> None:
    for file in sorted((ASSETS / "desk").glob("*.js")):
        names = re.findall(r"^  (?:const|let|(?:async )?function) (\w+)", text_of(file), re.MULTILINE)
        assert sorted(names) == sorted(set(names)), file.name
        calls_bare = re.sub(r"\([^()]*\)", "()", text_of(file))
        assert re.findall(r"^  (?:const|let) .*,(?: *\w+(?: = .*|;))?$", calls_bare, re.MULTILINE) == [], file.name


@pytest.mark.parametrize("file", sorted(VENDOR.rglob("*.css")), ids=lambda file: file.name)
def test_style_sheets_fetch_nothing_from_outside(file: Path) -> None:
    text = text_of(file)
    fetched = re.findall(r"""url\(\s*["']?([^"')]+)""", text) + re.findall(r"@import\s+([^;]+)", text)
    assert [address for address in fetched if "//" in address and not address.startswith("data:")] == []
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize("file", sorted(VENDOR.rglob("*.css")), ids=lambda file: file.name)
def test_what_a_style_sheet_names_is_there(file: Path) -> None:
    for address in re.findall(r"""url\(\s*["']?([^"')]+)""", file.read_text(encoding="utf-8")):
        if not address.startswith(("data:", "#")):
            assert (file.parent / address.partition("?")[0]).is_file(), address


@pytest.mark.parametrize(
    "folder", sorted(path for path in VENDOR.iterdir() if path.is_dir()), ids=lambda folder: folder.name
)
def test_the_files_of_others_come_with_their_licence(folder: Path) -> None:
    licence = (folder / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence or "SIL Open Font License" in licence
    assert f"| `{folder.name}/` |" in (VENDOR / "README.md").read_text(encoding="utf-8")


def test_an_address_changes_with_the_content_of_its_file() -> None:
    assert re.fullmatch(r"/assets/base/tokens\.css\?v=[0-9a-f]{10}", asset("base/tokens.css"))


def test_the_desk_pages_load_bootstrap_before_our_own_styles_and_nothing_of_the_wall() -> None:
    styles = desk_styles()
    assert styles[0].startswith("/assets/vendor/bootstrap/")
    assert styles.index(asset("base/tokens.css")) < len(styles) - 1
    assert re.fullmatch(r"/assets/desk\.css\?v=[0-9a-f]{10}", styles[-1])
    assert [path for path in styles + desk_scripts() if "/wall/" in path] == []


@pytest.mark.parametrize("suffix", ["css", "js"])
def test_the_files_of_the_desk_are_joined_whole_and_look_for_nothing_beside_them(suffix: str) -> None:
    whole = joined(f"desk.{suffix}") or ""
    files = [file.read_text(encoding="utf-8") for file in (ASSETS / "desk").glob(f"*.{suffix}")]
    assert len(files) > 10
    assert all(file in whole for file in files)
    assert not re.search(
        r"@import|@charset|url\((?![\"']?data:)", whole
    )  # would be looked for in another folder, or late
    assert not re.search(r"^(import |export |[\"']use strict)", whole, re.MULTILINE)  # would hold for all that follows
    assert joined(f"wall.{suffix}") is None
