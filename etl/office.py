"""One office, opened once per process: its records, its rules, its mart."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import numpy as np

from data_access.errors import PantauError
from data_access.home import Home
from data_access.locks import SharedLock
from data_access.mart import Mart, Snapshot
from data_access.records import Connection, Engine, migrate, open_records, reading, records_url
from data_access.records.copies import settle_exchange
from data_access.records.office import SopEntry, current_settings, sop_entries
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import SpecialDay
from etl.domain.compliance.rules import (
    NEVER_RECORDED,
    Dependents,
    Procedure,
    Rules,
    StepOff,
    dependents_in_any,
    procedure_of,
    rules_from,
)
from etl.domain.frames import Ints
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import DAY, day_date, day_number
from etl.settings.calendars import calendar_from, load_office_days
from etl.settings.document import Settings, default_settings, with_shipped_lists
from etl.settings.names import ItemNames, OpdNames, RoomNames
from etl.settings.sops import load_sop

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
"""The calendar covers every day that the intake takes."""

YEARS_AHEAD = 3
"""National holidays are known or estimated this many years beyond today."""


@dataclass(frozen=True)
class Rulebook:
    """What one version of settings, SOP and office days says; immutable, so threads may share it."""

    settings: Settings
    version: int
    sop: Sop
    office_days: tuple[SpecialDay, ...]
    holidays_until: int
    sop_entry: int = 0
    """The last SOP version that was entered on a page; 0 for none."""

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working calendar, compiled."""
        return calendar_from(self.settings, FIRST_DAY, LAST_DAY, self.office_days, holidays_until=self.holidays_until)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's zone."""
        return ZoneInfo(self.settings.zone)

    @cached_property
    def opd_names(self) -> OpdNames:
        """Aliases of agencies."""
        return OpdNames.of(self.settings)

    @cached_property
    def room_names(self) -> RoomNames:
        """Aliases of rooms."""
        return RoomNames.of(self.settings)

    @cached_property
    def item_names(self) -> ItemNames:
        """Aliases of items."""
        return ItemNames.of(self.settings)

    @cached_property
    def procedures(self) -> tuple[Procedure, ...]:
        """How a letter goes through the steps by each version of the SOP, in their order."""
        return tuple(procedure_of(version, self.sop.codes) for version in self.sop.versions)

    @cached_property
    def dependents(self) -> Dependents:
        """For each step those that depend on it by at least one version of the SOP."""
        return dependents_in_any(self.procedures)

    @property
    def has_several_orders(self) -> bool:
        """Whether the versions differ in how a letter goes."""
        return len({*self.procedures}) > 1

    @cached_property
    def hash(self) -> str:
        """Changes whenever a verdict, or a name in the facts, could."""
        days = [(day.date.isoformat(), day.hours) for day in self.office_days]
        targets = [array.tolist() for array in self.sop.target_table()]
        holidays = (self.holidays_until, _holidays_version())  # a decree of the year comes with a newer package
        return _digest(self.version, self.settings.rules_hash(), targets, [*self.procedures], days, holidays)

    def rules(self, first_handover_on: Ints) -> Rules:
        """The judge's rules, with what the records hold of each step."""
        off = [
            StepOff(self.sop.places[o.step], day_number(o.first), None if o.last is None else day_number(o.last))
            for o in self.settings.step_off
        ]
        return rules_from(self.sop, self.calendar, self.recorded_from(first_handover_on), off)

    def recorded_from(self, first_handover_on: Ints) -> Ints:
        """The day from which each step is recorded: that of the settings, else of the first finish in the records."""
        days = [self.settings.recording.day_of(code) for code in self.sop.codes]
        first = first_handover_on.copy()
        for place, day in enumerate(days):
            if day is not None:
                first[place] = NEVER_RECORDED if day is False else day_number(day)
        return first


@cache
def _holidays_version() -> str:
    return version("holidays")


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _utc_date(now: int) -> date:
    return day_date(now // DAY)


def stored_settings(records: Engine) -> tuple[Settings, int]:
    """The settings in force and their version; the shipped ones are version 0. Raises RuleError."""
    with reading(records) as connection:
        return settings_in(connection)


def settings_in(connection: Connection, up_to: int | None = None) -> tuple[Settings, int]:
    """The settings in force, as this transaction sees them, and their version; `up_to`: those that were when it was.
    Raises RuleError."""
    stored = current_settings(connection, up_to)
    if stored is None:
        return default_settings(), 0
    return _settings_of(json.dumps(stored.document)), stored.id


@lru_cache(maxsize=8)
def _settings_of(document: str) -> Settings:
    """The settings of a stored document, read once: every published mart has them asked for again."""
    return with_shipped_lists(Settings.from_document(json.loads(document)))


def read_rulebook(home: Home, settings: Settings, version: int, now: int, entered: Sequence[SopEntry] = ()) -> Rulebook:
    """The rules of a home: these settings, its SOP versions (also those entered on a page), its own days.

    Raises RuleError.
    """
    days = load_office_days(home.office_days_path)
    folder = home.sop_folder if home.sop_folder.is_dir() else None
    holidays_until, last = _utc_date(now).year + YEARS_AHEAD, entered[-1].id if entered else 0
    return Rulebook(settings, version, load_sop(folder, entered), tuple(days), holidays_until, last)


class Office:
    """Records, rules and mart of one home. Threads share it; what it hands out does not change under them."""

    def __init__(self, home: Home, records: Engine, now: Callable[[], int]) -> None:
        self.home = home
        self.records = records
        self._in_use = _held(home)
        self.mart = Mart(home.marts)
        self._now = now
        self._lock = threading.Lock()
        self._book: tuple[object, Rulebook] | None = None

    @classmethod
    def open(cls, home: Home, database_url: str | None, now: Callable[[], int]) -> Office:
        """Open a home, create what is missing, bring the records to the newest schema.

        Raises RecordsError (database), RuleError (settings, SOP, calendar files), MartError, and PantauError while the
        home is being replaced by a backup.
        """
        home.make()
        records = open_records(records_url(home, None if home.is_demo else database_url), home.secret_path)
        settle_exchange(home, records)
        migrate(records)
        office = cls(home, records, now)
        office.book.calendar  # noqa: B018 – refuse a broken calendar at start
        return office

    def close(self) -> None:
        """Let go of the records and of the home."""
        self.records.dispose()
        if self._in_use is not None:
            self._in_use.release()

    @property
    def book(self) -> Rulebook:
        """The rules in force now; read again when a mart was published or the year has turned.

        Every change of the settings publishes a mart, so the settings need no question to the database here.
        """
        key = (self.mart.mark(), self._today().year)
        with self._lock:
            if self._book is None or self._book[0] != key:
                before = self._book[1] if self._book is not None else None
                book = self._read_book()
                self._book = (key, before if before == book else book)  # what it has worked out stays
            return self._book[1]

    def book_in(self, connection: Connection) -> Rulebook:
        """The rules in force inside `one_load`, where nobody can change them before it ends.

        `book` may be older: what was asked before the lock was had, or a change that no mart was published for yet.
        """
        settings, version = settings_in(connection)
        entered = sop_entries(connection)
        key, last = (self.mart.mark(), self._today().year), entered[-1].id if entered else 0
        with self._lock:
            book = self._book[1] if self._book is not None and self._book[0] == key else None
            if book is None or (book.version, book.sop_entry) != (version, last):
                book = read_rulebook(self.home, settings, version, self._now(), entered)
                self._book = (key, book)
            return book

    def forget_rules(self) -> None:
        """Read the rules again at the next question: the settings were just changed here."""
        with self._lock:
            self._book = None

    def _read_book(self) -> Rulebook:
        with reading(self.records) as connection:
            settings, version = settings_in(connection)
            entered = sop_entries(connection)
        return read_rulebook(self.home, settings, version, self._now(), entered)

    def _today(self) -> date:
        return _utc_date(self._now())

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.book.settings

    @property
    def sop(self) -> Sop:
        """The SOP with its versions."""
        return self.book.sop

    def sop_at(self, moment: int) -> SopVersion:
        """The SOP version by which the day of a moment (UTC seconds) is told."""
        return self.sop.version_for(datetime.fromtimestamp(moment, self.zone).date())

    @property
    def sop_in_force(self) -> SopVersion:
        """The SOP version in force now."""
        return self.sop_at(self._now())

    @property
    def calendar(self) -> WorkCalendar:
        """The working calendar."""
        return self.book.calendar

    @property
    def zone(self) -> ZoneInfo:
        """The office's zone."""
        return self.book.zone

    def settings_of(self, version: int) -> Settings:
        """The settings as that version has them."""
        with reading(self.records) as connection:
            return settings_in(connection, version)[0]

    @property
    def opd_names(self) -> OpdNames:
        """Aliases of agencies."""
        return self.book.opd_names

    @property
    def room_names(self) -> RoomNames:
        """Aliases of rooms."""
        return self.book.room_names

    @property
    def item_names(self) -> ItemNames:
        """Aliases of items."""
        return self.book.item_names

    @property
    def is_demo(self) -> bool:
        """Whether this home holds invented records."""
        return self.home.is_demo

    def rules(self) -> Rules:
        """The judge's rules for what the current mart holds."""
        snapshot = self.mart.read()
        return snapshot.remember(("rules", self.book.hash), lambda: self.book.rules(_first_handovers(snapshot)))

    def rules_by(self, settings: Settings) -> Rules:
        """The same rules if these settings were in force. Raises RuleError for a calendar that cannot be."""
        book = replace(self.book, settings=settings)
        return book.rules(_first_handovers(self.mart.read()))


def _held(home: Home) -> SharedLock | None:
    """What tells a restore that somebody has this home open; None where no lock can be, as on a disk that is only read.
    Raises PantauError while it is being replaced."""
    try:
        return SharedLock(home.in_use_path)
    except BlockingIOError:
        raise PantauError("restore.running", folder=home.root) from None
    except OSError:
        return None


def _first_handovers(snapshot: Snapshot) -> Ints:
    return np.array(snapshot.meta.first_handovers, dtype=np.int64)
