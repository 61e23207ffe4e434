"""The SOP in force: the shipped version and the office's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data_access.errors import Message
from data_access.records.office import SopEntry
from etl.domain.errors import RuleError
from etl.domain.sop.file import from_json, parse_sop
from etl.domain.sop.versions import Sop, SopVersion, combine_versions
from etl.reference import shipped_sop_texts
from etl.settings.toml_text import parse_toml, read_rule_file, safe

ENTERED = "versi-"
"""Beginning of the name of a version that was entered on a page."""


REPLACES = "menggantikan"
"""Key of the document of an entry: the number of the entry in whose place it stands. Alone it takes that one back."""


def load_sop(folder: Path | None = None, entered: Iterable[SopEntry] = ()) -> Sop:
    """Every shipped version, every one entered on a page, and every `*.toml` of `folder`.

    For one date the page's stands over the shipped one, the later entry over the earlier, the folder's over all.
    Raises RuleError for a broken file, and for two files of the folder with the same date.
    """
    shipped = _shipped()
    standard = shipped[0]
    pages = [version_of(entry, standard) for entry in standing(entered)]
    paths = sorted(folder.glob("*.toml")) if folder is not None else []
    office = [parse_sop(parse_toml(read_rule_file(path), str(path)), str(path), standard) for path in paths]
    refuse_same_date(office)
    return combine_versions(shipped, [*pages, *office])


@cache
def _shipped() -> tuple[SopVersion, ...]:
    """The shipped versions; they are the same as long as the program runs."""
    return tuple(parse_sop(parse_toml(text, name), name) for name, text in shipped_sop_texts())


def version_of(entry: SopEntry, standard: SopVersion) -> SopVersion:
    """The version that was entered on a page; what it leaves out is as in `standard`. RuleError when it is broken."""
    document = {key: value for key, value in entry.document.items() if key != REPLACES}
    return parse_sop(from_json(document), entry_name(entry.id), standard)


def standing(entered: Iterable[SopEntry]) -> list[SopEntry]:
    """The entries whose version is meant: none that a later entry took back or gave another date, and none that only
    takes one back."""
    entries = list(entered)
    replaced = {entry.document.get(REPLACES) for entry in entries}
    return [entry for entry in entries if entry.id not in replaced and entry.document.keys() != {REPLACES}]


def entry_name(id: int) -> str:
    """What stands where a version from a file has the file's name."""
    return f"{ENTERED}{id}"


def refuse_same_date(versions: Iterable[SopVersion]) -> None:
    """Raises RuleError for two files of which both are in force from one day."""
    seen: dict[object, str] = {}
    for version in versions:
        if version.effective_on in seen:
            expected = Message("rule.other_date", file=seen[version.effective_on])
            raise RuleError(file=version.file, key="berlaku_sejak", value=version.effective_on, expected=expected)
        seen[version.effective_on] = version.file


ACTIVITIES = "kegiatan"
"""Table of a file that names the step of each activity of an event log."""


def standard_of(document: Mapping[str, Any]) -> SopVersion | None:
    """The shipped version where the document has its steps: it is another version of that SOP; else None."""
    steps, standard = document.get("langkah"), _shipped()[0]
    return standard if isinstance(steps, dict) and tuple(steps) == standard.codes else None


def read_activities(path: Path) -> dict[str, str]:
    """The activities that a file of nothing else names. Raises RuleError."""
    document = parse_toml(read_rule_file(path), str(path))
    if others := [key for key in document if key != ACTIVITIES]:
        expected = Message("rule.only_known_keys", choices=[ACTIVITIES])
        raise RuleError(str(path), others[0], safe(document[others[0]]), expected)
    return activities_of(document.get(ACTIVITIES, {}), str(path))


def activities_of(table: object, file: str) -> dict[str, str]:
    """By activity the code of its step; empty for one that is none."""
    if not isinstance(table, dict):
        raise RuleError(file, ACTIVITIES, safe(table), Message("rule.table"))
    for name, code in table.items():
        if not isinstance(code, str):
            raise RuleError(file, f"{ACTIVITIES}.{name}", safe(code), Message("rule.text"))
    return {name: code.strip() for name, code in table.items()}
