"""The house keeps its order: layers, commands of the README, locks, licences."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("dashboard", "etl", "data_access")
MAY_USE = {"dashboard": set(LAYERS), "etl": {"etl", "data_access"}, "data_access": {"data_access"}}
DATABASES = {"sqlalchemy", "duckdb", "alembic", "psycopg"}
TABLES = ("data_access.records.schema", "data_access.records.bulk")


Modules = tuple[tuple[Path, ast.Module], ...]


@pytest.fixture(scope="module")
def modules() -> Modules:
    """The product's files, parsed once for all that is asked of them."""
    paths = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module named in an import statement, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_only_point_down(modules: Modules) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in modules
        for name in imported(tree)
        if name.split(".")[0] in LAYERS and name.split(".")[0] not in MAY_USE[path.relative_to(ROOT).parts[0]]
    ]
    assert wrong == []


def test_only_data_access_knows_databases(modules: Modules) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in modules
        if path.relative_to(ROOT).parts[0] != "data_access"
        for name in imported(tree)
        if name.split(".")[0] in DATABASES or name.startswith(TABLES)
    ]
    assert wrong == []


RUNS = {
    "eval", "exec", "compile", "__import__", "pickle.load", "pickle.loads", "marshal.load", "marshal.loads",
    "os.system", "os.popen", "render_template_string",
}  # fmt: skip
"""Calls that make a program, an object or a template of what they are given."""


def called(node: ast.Call) -> str:
    """What a call calls: a plain name, or a method behind the plain name before it, if that is one."""
    method = node.func
    if isinstance(method, ast.Attribute):
        return f"{method.value.id if isinstance(method.value, ast.Name) else ''}.{method.attr}"
    return method.id if isinstance(method, ast.Name) else ""


def test_nothing_of_ours_runs_what_it_was_given(modules: Modules) -> None:
    wrong = [
        (str(path.relative_to(ROOT)), node.lineno)
        for path, tree in modules
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (called(node) in RUNS or any(word.arg == "shell" for word in node.keywords))
    ]
    assert wrong == []


def test_the_rules_are_pure(modules: Modules) -> None:
    forbidden = {"os", "pathlib", "time", "logging", "random", "socket", "subprocess", "data_access.records"}
    wrong = [
        f"{path.name} imports {name}"
        for path, tree in modules
        if path.is_relative_to(ROOT / "etl" / "domain")
        for name in imported(tree)
        if name in forbidden
    ]
    assert wrong == []


def test_nothing_below_an_entry_point_reads_the_clock(modules: Modules) -> None:
    allowed = {ROOT / "dashboard" / "commands" / "common.py", ROOT / "dashboard" / "web" / "app.py"}
    clocks = {("time", "time"), ("datetime", "now"), ("date", "today"), ("datetime", "utcnow")}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules
        if path not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in clocks
    ]
    assert wrong == []


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)", readme()))
    assert {"run", "test"} <= named
    assert [target for target in sorted(named) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_command_of_the_readme_exists() -> None:
    from dashboard.commands import app

    groups = {group.name: group.typer_instance for group in app.registered_groups}
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback} | set(groups)
    named = re.findall(r"\bpantau ([a-z][a-z-]*)(?: ([a-z]+)\b)?", readme())
    assert named
    assert sorted({first for first, _ in named} - commands) == []


def test_every_file_that_the_readme_names_exists() -> None:
    named = re.findall(r"\]\(((?!http)[^)#]+)\)", readme())
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_folder_and_file_that_the_architecture_names_exists() -> None:
    text = (ROOT / "docs" / "arsitektur.md").read_text(encoding="utf-8")
    layers = re.split(r"^\| `(dashboard|etl|data_access)/` \| Holds \|$", text, flags=re.MULTILINE)[1:]
    named = {
        f"{layer}/{name}"
        for layer, table in zip(layers[::2], layers[1::2], strict=True)
        for row in re.findall(r"^\| (`[^|]+) \|", table.split("\n\n")[0], re.MULTILINE)
        for name in re.findall(r"`([a-z_/]+)`", row)
    }
    assert len(named) > 20
    assert [one for one in sorted(named) if not _stands(one)] == []


def _stands(name: str) -> bool:
    """A folder or module; an area named alone after another stands beside it."""
    places = (ROOT / name, ROOT / f"{name}.py", ROOT / name.split("/")[0] / "pages" / name.partition("/")[2])
    return any(place.exists() for place in places)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_the_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==\S+", text, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 20
    assert text.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_is_bounded_locked_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for needed in tomllib.loads(text)["project"]["dependencies"]:
        name = re.split(r"[\[>=<;]", needed)[0]
        assert re.search(rf"^{name}(\[[a-z]+\])?==", lock, re.MULTILINE | re.IGNORECASE), needed
        line = next(line for line in text.splitlines() if f'"{needed}"' in line)
        assert "#" in line, needed


def test_vendored_assets_carry_their_licences() -> None:
    vendored = [folder for folder in (ROOT / "dashboard" / "assets" / "vendor").iterdir() if folder.is_dir()]
    assert vendored
    assert [folder.name for folder in vendored if not list(folder.glob("LICENSE*"))] == []


def test_nothing_of_ours_asks_the_internet() -> None:
    address = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org)[\w.-]+")
    ours = [
        path
        for path in (ROOT / "dashboard").rglob("*")
        if path.suffix in {".py", ".css", ".js", ".html"} and "vendor" not in path.parts
    ]
    found = [f"{p.relative_to(ROOT)}: {m[0]}" for p in ours for m in address.finditer(p.read_text(encoding="utf-8"))]
    assert found == []
