"""An SOP from a file of its own: TOML, or a workbook in the form of Permenpan-RB 35/2012."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_access.errors import Message
from etl.domain.errors import RuleError
from etl.domain.sop.file import sop_with_problems
from etl.domain.sop.versions import Sop, SopVersion, combine_versions
from etl.extract.sop_form import Note, read_sop_form
from etl.settings.sops import ACTIVITIES, activities_of, refuse_same_date, standard_of
from etl.settings.toml_text import parse_toml, read_rule_file

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class SopRead:
    """A version as a file has it; it is whole when there are no problems. `notes` say what was not certain.

    `activities`: by activity of an event log the code of its step, empty for one that is none.
    """

    version: SopVersion
    problems: tuple[RuleError, ...]
    notes: tuple[Note, ...] = ()
    activities: Mapping[str, str] = field(default_factory=dict)


def read_sop_file(path: Path, roles: Collection[str] | None = None) -> SopRead:
    """The SOP in a file, with everything that cannot be used. `roles`: those that somebody holds, None for any.

    Raises RuleError and Refused for a file that is no SOP at all.
    """
    if path.suffix.casefold() in WORKBOOKS:
        form = read_sop_form(path)
        return SopRead(*sop_with_problems(form.document, str(path), roles=roles), form.notes)
    if path.suffix.casefold() != ".toml":
        raise RuleError(str(path), Message("rule.file"), path.suffix, Message("rule.sop_file_kind"))
    document = parse_toml(read_rule_file(path), str(path))
    activities = activities_of(document.pop(ACTIVITIES, {}), str(path))
    return SopRead(*sop_with_problems(document, str(path), standard_of(document), roles), activities=activities)


def sop_of_files(paths: Iterable[Path]) -> tuple[Sop, dict[str, str]]:
    """The versions of these files as one SOP, and the activities that they name.

    Raises RuleError for the first thing in them that cannot be used, and for two in force from one day.
    """
    read = [read_sop_file(path) for path in paths]
    for problem in (problem for one in read for problem in one.problems):
        raise problem
    refuse_same_date(one.version for one in read)
    sop = combine_versions((), (one.version for one in read))
    return sop, {name: code for one in read for name, code in one.activities.items()}
