"""Looks after the inbox and the database sources: what lies still is loaded, what is due is fetched.

Files that were given on the Data page and whose time is over are deleted here too, also while nobody opens a page.

`Watcher.look` does what is due at an instant and returns; who calls it decides how often. Instants are seconds of a
clock that never goes back; `now` is the office's. Nothing that goes wrong with a file, a folder or a source ends the
watch: it is said once, and tried again later and later.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from watchfiles import watch

from data_access.errors import Message, PantauError, Words, cause_of, stored
from data_access.home import Home
from data_access.records import reading
from data_access.records.intake.sources import visits
from data_access.records.intake.views import rejects_page
from etl.extract.masks import told_name
from etl.intake.load_report import LoadReport, furniture_words
from etl.intake.offered.fill_in_files import rejects_file
from etl.intake.offered.preview_heads import may_hold_persons, source_by_name
from etl.intake.offered.uploads import PURGE_SECONDS, Uploads, write_json
from etl.intake.pipeline import ingest
from etl.intake.watched.inbox_folder import (
    FILE_KEPT,
    REFUSAL,
    REPORT_JSON,
    REPORT_TEXT,
    Attempts,
    InboxError,
    InboxFile,
    InboxFolder,
)
from etl.intake.watched.sources import fetch, is_database
from etl.judging.publishing import catch_up
from etl.moments import iso
from etl.office import Office
from etl.settings.document import SourceMap

TICK_SECONDS = 0.5
_GROUPED_MS = 500


def wakes(folder: Path, stop: threading.Event) -> Iterator[bool]:
    """Whether something happened, at least every `TICK_SECONDS`, until `stop` is set; True at the beginning.

    Network folders tell nothing, a folder may be taken away and made again, and the system may have no watches left:
    so whoever asks must look into the folder from time to time by itself.
    """
    yield True
    while not stop.is_set():
        try:
            yield from _changes(folder, stop)
        except OSError:
            stop.wait(TICK_SECONDS)
            yield False


def _changes(folder: Path, stop: threading.Event) -> Iterator[bool]:
    """The same while it is this very folder that stands there. Raises OSError when it cannot be watched."""
    number = folder.stat().st_ino
    changes = watch(
        folder, watch_filter=None, debounce=_GROUPED_MS, stop_event=stop, rust_timeout=int(TICK_SECONDS * 1000),
        yield_on_timeout=True, recursive=False, raise_interrupt=False,
    )  # fmt: skip
    for changed in changes:
        yield bool(changed)
        if folder.stat().st_ino != number:
            return


def note_folder(home: Home, folder: InboxFolder) -> None:
    """Note an inbox that lies elsewhere than in the home, for the page that shows what it refused."""
    with suppress(OSError):
        if folder.root == home.inbox:
            home.inbox_note_path.unlink(missing_ok=True)
        else:
            write_json(home.inbox_note_path, {"folder": str(folder.root)})


Done = TypeVar("Done")

FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0
"""Seconds before something that failed is tried again: twice as long each time, up to the longest."""

FAILED_SOURCE_SECONDS = 60
"""A source that failed is not asked again sooner, however short its rhythm."""


@dataclass
class _Patience:
    """Things that failed, and until when each is left alone."""

    waits: dict[str, tuple[float, float]] = field(default_factory=dict)

    def is_over(self, thing: str, at: float) -> bool:
        """Whether a thing may be tried."""
        return at >= self.waits.get(thing, (0.0, 0.0))[0]

    def fail(self, thing: str, at: float) -> None:
        """The thing failed once more."""
        length = min(2 * self.waits[thing][1], LONGEST_WAIT) if thing in self.waits else FIRST_WAIT
        self.waits[thing] = (at + length, length)

    def succeed(self, thing: str) -> None:
        """The thing went well."""
        self.waits.pop(thing, None)


class Watcher:
    """Watches one inbox and all database sources that have a rhythm, for one office."""

    def __init__(
        self,
        office: Office,
        folder: InboxFolder,
        now: Callable[[], int],
        say: Callable[[str], None],
        words: Words,
        *,
        started: float,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._office, self._folder, self._now = office, folder, now
        self._say, self._words = say, words
        self._attempts = Attempts(office.home.attempts_path)
        self._started, self._is_stopping = started, is_stopping
        self._next_scan, self._is_restless = started, False
        self._uploads, self._next_purge = Uploads(office.home.root), started
        self._still: dict[str, tuple[str, float]] = {}
        self._patience = _Patience()
        self._said: dict[str, str] = {}
        self._due: dict[str, float] = {}

    @property
    def settle_seconds(self) -> int:
        """How long a file must lie still before it is taken."""
        return self._office.settings.inbox.settle.seconds

    def begin(self) -> None:
        """Note where the inbox is, and publish what a process that was killed had stored and not published any more."""
        note_folder(self._office.home, self._folder)
        self._quietly("mart", self._started, lambda: catch_up(self._office, self._now()))

    def look(self, at: float, *, is_woken: bool) -> list[LoadReport]:
        """Do what is due; what became of each file and source that was taken."""
        if at >= self._next_purge:
            self._next_purge = at + PURGE_SECONDS
            self._uploads.purge(self._now())
        return [*self.take_files(at, is_woken=is_woken), *self.fetch_due(at)]

    def take_files(self, at: float, *, is_woken: bool) -> list[LoadReport]:
        """Load the files that have been lying still; looks into the folder when there may be news."""
        if not (is_woken or self._is_restless or at >= self._next_scan):
            return []
        rhythm = self._office.settings.inbox
        self._next_scan = at + rhythm.rescan.seconds
        files = self._quietly("kotak masuk", at, self._scan) or []
        still = self._lying_still(files, at, rhythm.settle.seconds)
        self._is_restless = len(still) < len(files)
        return [load for file in still if self._may_be_taken(file, at) for load in self._take(file, at)]

    def fetch_due(self, at: float) -> list[LoadReport]:
        """Ask the database sources whose time has come."""
        sources = self._rhythmic()
        if any(source.name not in self._due for source in sources):
            self._quietly("sumber", at, lambda: self._plan(sources, at))
        due = [source for source in sources if at >= self._due.get(source.name, at + 1)]
        return [report for source in due for report in self._fetch(source, at)]

    def fetch_all(self, at: float) -> list[LoadReport]:
        """Ask every database source that has a rhythm, due or not."""
        return [report for source in self._rhythmic() for report in self._fetch(source, at)]

    def _scan(self) -> list[InboxFile]:
        if not self._folder.root.is_dir():
            self._folder.make()
        return self._folder.files()

    def _lying_still(self, files: list[InboxFile], at: float, settle: int) -> list[InboxFile]:
        """The files whose size and time have not changed for so long; since when is remembered of all."""
        before, self._still = self._still, {}
        for file in files:
            mark, since = before.get(file.path.name, (file.mark, at))
            self._still[file.path.name] = (file.mark, since if mark == file.mark else at)
        return [file for file in files if at - self._still[file.path.name][1] >= settle]

    def _may_be_taken(self, file: InboxFile, at: float) -> bool:
        is_rested = at - self._started >= self._attempts.wait_seconds(file)
        return is_rested and not self._is_stopping() and self._patience.is_over(file.mark, at)

    def _take(self, file: InboxFile, at: float) -> tuple[LoadReport, ...]:
        def work() -> PutAway | None:
            return take(self._office, self._folder, self._attempts, file, self._now(), self._words)

        taken = self._quietly(file.mark, at, work)
        if taken is None:
            return ()
        for load in taken.loads:
            self._say(self._words(Message("load.from_inbox", load=load.summary())))
        place = f"{taken.place.name}/{told_name(taken.name)}{REPORT_TEXT}"
        self._say(self._words(Message("load.inbox_report", place=place)))
        return taken.loads

    def _rhythmic(self) -> list[SourceMap]:
        sources = self._quietly("pengaturan", self._started, lambda: self._office.settings.sources) or ()
        return [source for source in sources if is_database(source) and source.every_seconds]

    def _plan(self, sources: list[SourceMap], at: float) -> None:
        """A source is due its rhythm after it was last reached, at once when it never was."""
        with reading(self._office.records) as connection:
            known = visits(connection)
        for source in sources:
            every, visit = source.every_seconds or 0, known.get(source.name)
            since = every if visit is None or visit.reached_at is None else self._now() - visit.reached_at
            self._due.setdefault(source.name, at + min(max(every - since, 0), every))

    def _fetch(self, source: SourceMap, at: float) -> list[LoadReport]:
        every = source.every_seconds or 0
        self._due[source.name] = at + max(every, FAILED_SOURCE_SECONDS)
        report = self._quietly(source.name, at, lambda: fetch(self._office, source, self._now(), actor=ACTOR))
        if report is None:
            return []
        if report.status == "refused":
            self._say_once(source.name, self._words(report.reason or ""))
            return [report]
        self._due[source.name] = at + every
        self._said.pop(source.name, None)
        if report.status == "loaded":
            self._say(self._words(Message("load.from_source", load=report.summary())))
        return [report]

    def _quietly(self, thing: str, at: float, work: Callable[[], Done]) -> Done | None:
        """The work's result; when it is refused, say so once and leave the thing alone for a while."""
        if not self._patience.is_over(thing, at):
            return None
        try:
            done = work()
        except PantauError as refusal:
            self._patience.fail(thing, at)
            self._say_once(thing, self._words(refusal.message))
            return None
        self._patience.succeed(thing)
        return done

    def _say_once(self, thing: str, sentence: str) -> None:
        if self._said.get(thing) != sentence:
            self._said[thing] = sentence
            self._say(sentence)


SHOWN_REJECTS = 1_000


def report_json(
    name: str, loads: Sequence[LoadReport], now: int, zone: ZoneInfo, *, words: Words, is_kept: bool
) -> bytes:
    """`loads` as `pantau ingest --json` tells them, when, and whether the file lies beside the report."""
    as_json = [load.to_json(words) for load in loads]
    document = {"file": name, "taken_at": iso(now, zone), FILE_KEPT: is_kept, "loads": as_json}
    if loads[0].status == "refused" and loads[0].reason is not None:
        document[REFUSAL] = stored(loads[0].reason)
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def report_text(
    name: str, loads: Sequence[LoadReport], now: int, zone: ZoneInfo, *, words: Words, is_kept: bool,
    rejected: Sequence[str] = (), holds_persons: bool = False,
) -> bytes:  # fmt: skip
    """The same in sentences, for a text editor of any system; `rejected` are the files of rejected rows beside it.

    `holds_persons`: the file was refused and looks like a list of persons, which its owner corrects and deletes.
    """
    at = datetime.fromtimestamp(now, zone)
    head = Message("load.report_of", file=name), Message("load.taken_at", day=f"{at:%d-%m-%Y}", clock=f"{at:%H.%M}")
    blocks = [[words(line) for line in head], *(_lines(load, words) for load in loads)]
    if rejected:
        blocks.append([words(Message("load.repair", files=rejected))])
    if not is_kept:
        blocks.append([words(Message("load.persons_deleted"))])
    if holds_persons:
        blocks.append([words(Message("load.persons_to_delete"))])
    return "\r\n".join(line for block in blocks for line in (*block, "")).encode()


def _lines(load: LoadReport, words: Words) -> list[str]:
    more = len(load.rejects) - SHOWN_REJECTS
    below = [words(reject.message) for reject in load.rejects[:SHOWN_REJECTS]]
    below += [words(Message("load.rejects_in_json", count=more))] if more > 0 else []
    below += [words(cell.message) for cell in load.set_aside[:SHOWN_REJECTS]]
    below += [words(Message("load.warning", message=words(warning.message))) for warning in load.warnings]
    below += [words(Message("load.ignored", columns=load.ignored_columns))] if load.ignored_columns else []
    below += [words(furniture_words(load.furniture))] if load.furniture else []
    return [words(load.summary()), *(f"  {line}" for line in below)]


ACTOR = "inbox"


@dataclass(frozen=True)
class PutAway:
    """What became of a file: one report a kind, and its name in `place`."""

    loads: tuple[LoadReport, ...]
    place: Path
    name: str


def take(
    office: Office, folder: InboxFolder, attempts: Attempts, file: InboxFile, now: int, words: Words
) -> PutAway | None:
    """Load a file and put it away; None when it was still changing while it was read, and will be taken again.

    Raises InboxError when our own records cannot be used just now, or the file cannot be moved: it then stays.
    """
    with attempts.trying(file):
        is_hopeless = attempts.is_hopeless(file)
        loads = _hopeless(file) if is_hopeless else _loaded(office, file, now)
        if not file.is_unchanged():
            return None
        is_refused = all(load.status == "refused" for load in loads)
        holds_persons = is_refused and not is_hopeless and may_hold_persons(file.path)
        place = folder.refused if is_refused else folder.done
        return PutAway(loads, place, _put_away(office, folder, file, loads, place, now, words, holds_persons))


def _loaded(office: Office, file: InboxFile, now: int) -> tuple[LoadReport, ...]:
    source = source_by_name(office.settings.sources, file.own_name)
    named = source.name if source else None
    try:
        loads = ingest(office, file.path, now, source=named, actor=ACTOR, name=file.name)
    except OSError as fault:
        raise InboxError("inbox.not_loaded", file=file.name, cause=cause_of(fault)) from None
    passing = next((load for load in loads if load.is_passing), None)
    if passing is not None:
        raise InboxError("inbox.passing", reason=passing.reason)
    return loads


def _hopeless(file: InboxFile) -> tuple[LoadReport, ...]:
    return (LoadReport(file.name, None, None, "refused", Message("inbox.hopeless", file=file.name)),)


def _put_away(
    office: Office, folder: InboxFolder, file: InboxFile, loads: Sequence[LoadReport], place: Path, now: int,
    words: Words, holds_persons: bool,
) -> str:  # fmt: skip
    """Lists of persons are counted and deleted; anything else is kept beside its report."""
    is_kept = not any(load.kind == "peserta" and load.status != "refused" for load in loads)
    rejected = _rejected(office, loads, words)
    load = {"name": file.name, "loads": loads, "now": now, "zone": office.zone, "words": words, "is_kept": is_kept}
    text = report_text(**load, rejected=list(rejected), holds_persons=holds_persons)
    reports = {REPORT_TEXT: text, REPORT_JSON: report_json(**load)}
    return folder.put_away(file, place, reports, rejected, keep=is_kept)


def _rejected(office: Office, loads: Sequence[LoadReport], words: Words) -> dict[str, bytes]:
    """Of each load with rejected rows the file in which they can be corrected and given again; of persons none."""
    files = {}
    for load in loads:
        if load.load_id is None or not load.counts.get("rejected") or load.kind == "peserta":
            continue
        with reading(office.records) as connection:
            rows = rejects_page(connection, load.load_id)
        name, content = rejects_file(rows, load.load_id, load.file, words)
        files[name] = content
    return files
