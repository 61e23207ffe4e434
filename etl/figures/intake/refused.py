"""Files of the inbox that were refused whole and were not given again since.

They lie in the folder `refused` of the inbox with their reports; a file that somebody takes away from there is listed
no longer. Nor is one that was loaded since, from whatever door, under its name or with its very bytes, as long as that
load counts; nor one of which a person said that it is done with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data_access.errors import Message
from data_access.records import reading
from data_access.records.access import INBOX_DONE, subjects_of
from data_access.records.intake.views import loads_of_files
from etl.extract.masks import told_name
from etl.intake.offered.uploads import read_json
from etl.intake.watched.inbox_folder import REFUSAL, InboxFolder
from etl.office import Office

MOST_FILES = 100


@dataclass(frozen=True)
class RefusedFile:
    """One file: its name in the folder and as it is shown, when it was refused (seconds since 1970) and why."""

    own_name: str
    name: str
    at: int
    reason: Message | str
    sha256: str | None

    @property
    def subject(self) -> str:
        """How the access log names it."""
        return f"inbox {self.at} {self.name}"


def inbox_of(office: Office) -> InboxFolder:
    """The inbox that is watched for an office: the one that the last watcher noted, else that of the home."""
    noted = read_json(office.home.inbox_note_path)
    named = noted.get("folder") if isinstance(noted, dict) else None
    return InboxFolder(Path(named) if isinstance(named, str) else office.home.inbox)


def refused_files(office: Office) -> list[RefusedFile]:
    """Those that wait for a person, the newest first, `MOST_FILES` at most; of invented records none."""
    files = [] if office.is_demo else _reported(inbox_of(office))
    if not files:
        return []
    with reading(office.records) as connection:
        done = subjects_of(connection, INBOX_DONE)
        loads = loads_of_files(connection, [file.name for file in files], [file.sha256 for file in files])
    return [file for file in files if file.subject not in done and not _is_loaded(file, loads)]


def _is_loaded(file: RefusedFile, loads: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a load since is of that file, corrected or as it is."""
    since = (load for load in loads if load["started_at"] >= file.at)
    return any(load["file"] == file.name or load["sha256"] == (file.sha256 or " ") for load in since)


def _reported(folder: InboxFolder) -> list[RefusedFile]:
    """What the reports in the folder tell, the newest first."""
    reports = folder.refusals(MOST_FILES)
    files = [_file(name, document) for name, document in reports]
    return sorted((file for file in files if file), key=lambda file: (-file.at, file.name))


def _file(name: str, document: Any) -> RefusedFile | None:
    """One report; None for what is none."""
    try:
        (load, *_), at = document["loads"], int(datetime.fromisoformat(document["taken_at"]).timestamp())
        reason = document.get(REFUSAL) or load["reason"]
        return RefusedFile(name, told_name(str(document["file"])), at, str(reason), load["sha256"])
    except (KeyError, TypeError, ValueError):
        return None
