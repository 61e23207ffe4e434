"""Looks after the inbox and the database sources: what lies still is loaded, what is due is fetched.

Files that were given on the Data page and whose time is over are deleted here too, also while nobody opens a page.

`Watcher.look` does what is due at an instant and returns; who calls it decides how often. Instants are seconds of a
clock that never goes back; `now` is the office's. Nothing that goes wrong with a file, a folder or a source ends the
watch: it is said once, and tried again later and later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watchfiles import watch

from data_access.errors import Message, PantauError, Words
from data_access.records import reading
from data_access.records.intake.sources import visits
from etl.extract.files.file_name import told_name
from etl.intake.offered.uploads import PURGE_SECONDS, Uploads
from etl.intake.watched.inbox import ACTOR, PutAway, take
from etl.intake.watched.inbox_folder import REPORT_TEXT, Attempts, InboxFile, InboxFolder
from etl.intake.watched.sources import fetch, is_database
from etl.judging.publishing import catch_up

if TYPE_CHECKING:
    from etl.intake.load_report import LoadReport
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
            yield from _told(folder, stop)
        except OSError:
            stop.wait(TICK_SECONDS)
            yield False


def _told(folder: Path, stop: threading.Event) -> Iterator[bool]:
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
        return self._office.settings.inbox.settle_seconds

    def begin(self) -> None:
        """Publish what a process that was killed had stored and not published any more."""
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
        self._next_scan = at + rhythm.rescan_seconds
        files = self._quietly("kotak masuk", at, self._scan) or []
        still = self._lying_still(files, at, rhythm.settle_seconds)
        self._is_restless = len(still) < len(files)
        return [load for one in still if self._may_be_taken(one, at) for load in self._take(one, at)]

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
        return [one for one in sources if is_database(one) and one.every_seconds]

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
