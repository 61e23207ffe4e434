"""The SOP in force: the shipped version and the office's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data_access.errors import Message
from data_access.records.office.sop_versions import SopEntry
from etl.domain.errors import RuleError
from etl.domain.sop.document import from_json
from etl.domain.sop.versions import Sop, SopVersion, combine_versions, parse_sop
from etl.reference import shipped_sop_texts
from etl.settings.toml_text import parse_toml, read_rule_file

ENTERED = "versi-"
"""Beginning of the name of a version that was entered on a page."""


def load_sop(folder: Path | None = None, entered: Iterable[SopEntry] = ()) -> Sop:
    """Every shipped version, every one entered on a page, and every `*.toml` of `folder`.

    For one date the page's stands over the shipped one, the later entry over the earlier, the folder's over all.
    Raises RuleError for a broken file, and for two files of the folder with the same date.
    """
    shipped = [parse_sop(parse_toml(text, name), name) for name, text in shipped_sop_texts()]
    pages = [version_of(entry) for entry in entered]
    paths = sorted(folder.glob("*.toml")) if folder is not None else []
    office = [parse_sop(parse_toml(read_rule_file(path), str(path)), str(path)) for path in paths]
    _refuse_same_date(office)
    return combine_versions(shipped, [*pages, *office])


def version_of(entry: SopEntry) -> SopVersion:
    """The version that was entered on a page. Raises RuleError when its document is broken."""
    return parse_sop(from_json(entry.document), entry_name(entry.id))


def entry_name(id: int) -> str:
    """What stands where a version from a file has the file's name."""
    return f"{ENTERED}{id}"


def _refuse_same_date(versions: Iterable[SopVersion]) -> None:
    seen: dict[object, str] = {}
    for version in versions:
        if version.effective_on in seen:
            expected = Message("rule.other_date", file=seen[version.effective_on])
            raise RuleError(file=version.file, key="berlaku_sejak", value=version.effective_on, expected=expected)
        seen[version.effective_on] = version.file
