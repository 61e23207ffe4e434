"""The SOP in force: the shipped version and the office's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etl.domain.errors import RuleError
from etl.domain.sop import Sop, SopVersion, combine_versions, parse_sop
from etl.reference import shipped_sop_texts
from etl.toml_text import parse_toml, read_rule_file


def load_sop(folder: Path | None = None) -> Sop:
    """Every shipped version and every `*.toml` of `folder`; for one date the folder's wins.

    Raises RuleError for a broken file, and for two files of the folder with the same date.
    """
    shipped = [parse_sop(parse_toml(text, name), name) for name, text in shipped_sop_texts()]
    paths = sorted(folder.glob("*.toml")) if folder is not None else []
    office = [parse_sop(parse_toml(read_rule_file(path), str(path)), str(path)) for path in paths]
    _refuse_same_date(office)
    return combine_versions(shipped, office)


def _refuse_same_date(versions: Iterable[SopVersion]) -> None:
    seen: dict[object, str] = {}
    for version in versions:
        if version.effective_on in seen:
            expected = f"tanggal lain; {seen[version.effective_on]} sudah berlaku sejak tanggal itu"
            raise RuleError(file=version.file, key="berlaku_sejak", value=version.effective_on, expected=expected)
        seen[version.effective_on] = version.file
