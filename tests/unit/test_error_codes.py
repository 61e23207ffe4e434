"""What is raised below the screens is a code with values: its sentence stands in the catalogue, none is left over."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dashboard.i18n import catalogue

ROOT = Path(__file__).parents[2]
ALL = ("dashboard", "etl", "data_access")
WITHOUT_CODE = {"RuleError"}
"""Takes where a value stands and a message of what to write instead; its own code is one."""
FOR_THE_BROWSER = ("wall.", "lapor.js_")
"""Families that are sent to the browser whole."""


@cache
def parsed(folder: str) -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / folder).rglob("*.py")}


def trees(folders: tuple[str, ...]) -> dict[Path, ast.Module]:
    return {file: tree for folder in folders for file, tree in parsed(folder).items()}


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@cache
def errors() -> frozenset[str]:
    """The names of all classes that are a PantauError, and of what else takes a code first."""
    bases = {
        node.name: {name_of(base) for base in node.bases}
        for tree in trees(ALL).values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"PantauError"}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return frozenset(known - WITHOUT_CODE | {"Message"})


def is_error(call: ast.Call) -> bool:
    """Whether a call makes an error or a message, itself or for the class that it begins."""
    is_base = name_of(call.func) == "__init__" and isinstance(call.func, ast.Attribute)
    return name_of(call.func) in errors() or (is_base and bool(call.keywords))


def made(folders: tuple[str, ...]) -> Iterator[tuple[str, ast.Call]]:
    for file, tree in trees(folders).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and is_error(node):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def holes(key: str) -> set[str]:
    return {name for form in catalogue()[key].values() for _, name, _, _ in string.Formatter().parse(form) if name}


def constants(node: ast.AST) -> Iterator[str]:
    """The texts that an argument may be, also either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))


def is_code(text: str) -> bool:
    return "." in text and " " not in text and text.replace(".", "").replace("_", "").isalnum() and text.islower()


def test_every_code_has_a_sentence_with_exactly_its_values() -> None:
    wrong = []
    for place, call in made(ALL):
        values = {keyword.arg for keyword in call.keywords}
        for code in (text for argument in call.args for text in constants(argument) if is_code(text)):
            if code not in catalogue() or (None not in values and holes(code) != values):
                wrong.append((place, code))
    assert wrong == []


def test_every_family_of_codes_is_given_what_its_sentences_hold() -> None:
    wrong = [
        (place, key)
        for place, call in made(ALL)
        for family in (argument.values[0] for argument in call.args[:1] if isinstance(argument, ast.JoinedStr))
        for key in catalogue()
        if isinstance(family, ast.Constant) and key.startswith(str(family.value))
        if None not in (values := {keyword.arg for keyword in call.keywords}) and not holes(key) <= values
    ]
    assert wrong == []


def test_nothing_is_raised_as_a_whole_sentence() -> None:
    sentences = [
        (place, text)
        for place, call in made(ALL)
        for argument in call.args[:1]
        for text in constants(argument)
        if " " in text
    ]
    written = [
        place for place, call in made(ALL) if any(isinstance(arg, ast.JoinedStr) and is_open(arg) for arg in call.args)
    ]
    assert (sentences, written) == ([], [])


def test_no_name_that_is_given_for_a_code_holds_a_sentence() -> None:
    wrong = [
        (f"{file.relative_to(ROOT)}:{call.lineno}", argument.id)
        for file, tree in trees(ALL).items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and is_error(call)
        for argument in call.args
        if isinstance(argument, ast.Name) and argument.id in names_of_sentences(tree)
    ]
    assert wrong == []


def names_of_sentences(tree: ast.Module) -> set[str]:
    """What a module calls the texts with a blank in them that it makes."""
    return {
        name_of(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(" " in text for text in pieces(node.value))
        for target in node.targets
    }


def pieces(node: ast.expr) -> Iterator[str]:
    """The constant texts of a text, also of one with values in it."""
    for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
        yield from constants(part)


def is_open(text: ast.JoinedStr) -> bool:
    """Whether a text with values in it is no family of codes."""
    first = text.values[0]
    return not (isinstance(first, ast.Constant) and "." in str(first.value) and " " not in str(first.value))


def test_every_sentence_is_used() -> None:
    texts, families = set(), set()
    for tree in trees(ALL).values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                families.add(str(node.values[0].value))
    pages = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "dashboard").rglob("*.html"))
    families = {family for family in families if "." in family and " " not in family} | {*FOR_THE_BROWSER}
    unused = {key for key in catalogue() if key not in texts and key not in pages}
    assert sorted(key for key in unused if not key.startswith(tuple(families))) == []
