"""Addresses of our own files, with a mark of their content so that browsers may keep them for good."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
_MARK_LENGTH = 10

BASE_STYLES = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "vendor/fonts/plus-jakarta-sans.css",
    "base/tokens.css",
)


@cache
def asset(path: str) -> str:
    """The address of one file under `assets/`; FileNotFoundError when there is none."""
    mark = sha256((ASSETS / path).read_bytes()).hexdigest()[:_MARK_LENGTH]
    return f"/assets/{path}?v={mark}"


@cache
def build_mark() -> str:
    """Changes with any file of the screens: what an open wall compares to see that it is out of date."""
    digest = sha256()
    for file in sorted(ROOT.rglob("*")):
        if file.suffix in {".py", ".css", ".js", ".html", ".toml"}:
            digest.update(file.relative_to(ROOT).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:_MARK_LENGTH]


@cache
def first_script() -> str:
    """The script that stands in the page itself and asks its first questions."""
    return (ASSETS / "base/first.js").read_text(encoding="utf-8")


def desk_styles() -> list[str]:
    """Style sheets of the desk pages, in order."""
    return [*map(asset, BASE_STYLES), _joined_address("desk.css")]


def desk_scripts() -> list[str]:
    """Our scripts of the desk pages."""
    return [_joined_address("desk.js")]


@cache
def joined(path: str) -> str | None:
    """All style sheets ("desk.css") or scripts ("desk.js") of `assets/desk/` as one file, by name; None for any other
    path. A browser asks for six files at a time, and each of some thirty would be waited for before a page is drawn."""
    if path not in {"desk.css", "desk.js"}:
        return None
    files = sorted((ASSETS / "desk").glob(f"*{Path(path).suffix}"))
    return "\n".join(f"/* {file.name} */\n{file.read_text(encoding='utf-8')}" for file in files)


@cache
def _joined_address(path: str) -> str:
    return f"/assets/{path}?v={sha256((joined(path) or '').encode()).hexdigest()[:_MARK_LENGTH]}"
