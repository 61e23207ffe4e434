"""What the server does by itself for the house it stands in, once in a while and by one process only.

Every server process has a thread that looks; the one that holds the lock acts. When its process dies the system gives
the lock to the next one. What is to be done is done by a command of its own, so that no page waits for it.

A mart whose files were lost or damaged is built again by the first process that a request shows it to.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask, request

from dashboard.access.store import Store
from dashboard.notices.sending import send_due
from dashboard.pages.settings.backups import begin_backup, begin_command
from data_access.errors import PantauError
from data_access.locks import held_if_free
from data_access.origin import ORIGIN, Origin
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from data_access.records.office import beginnings
from etl.judging.publishing import catch_up
from etl.keeping.alerts import note_alerts
from etl.keeping.backup import is_due
from etl.keeping.retention import is_retention_due, run_retention
from etl.keeping.seals import is_check_due, last_check
from etl.office import Office

_log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
PATIENCE_SECONDS = 3600
"""After a command that failed it is not begun again for so long."""

MEND_SECONDS = 3.0
"""So long a request waits for the mart to be built; a big one takes longer, and the page says what is missing."""

MEND_AGAIN_SECONDS = 15.0
_HEALTH = "health"


def keep_house(office: Office, now: Callable[[], int]) -> threading.Event:
    """Begin to look after the house of a real office in the background; ends when the event is set."""
    stop = threading.Event()
    if not office.is_demo:
        threading.Thread(target=_keep, args=(office, now, stop), name="keeper", daemon=True).start()
    return stop


def _keep(office: Office, now: Callable[[], int], stop: threading.Event) -> None:
    ORIGIN.set(Origin("server"))
    write_ends = Store(office).write_ends
    while not stop.wait(LOOK_SECONDS):
        try:
            with held_if_free(office.home.root / "keeper.lock") as is_ours:
                failed_at: int | None = None
                while is_ours and not stop.is_set():
                    chores = (lambda: follow(office, now()), lambda: retain(office, now()), lambda: alert(office, now))
                    _each_for_itself(write_ends, *chores)
                    if failed_at is None or not 0 <= now() - failed_at < PATIENCE_SECONDS:
                        failed_at = now() if look(office, now()) else None
                    stop.wait(LOOK_SECONDS)
        except OSError:
            continue  # a disk that is only read, or full: the pages say so


def _each_for_itself(*chores: Callable[[], None]) -> None:
    """Do each chore; one that fails holds up neither the others nor what comes after them."""
    for chore in chores:
        try:
            chore()
        except PantauError:
            continue  # broken settings, or records out of reach or held: the pages say so, and it is tried again
        except Exception:
            _log.exception("keeper")


def follow(office: Office, now: int) -> None:
    """Catch the mart up with what another server on the same records, or a load that could not publish, left ahead."""
    if office.mart.meta() is not None:
        office.forget_rules()  # theirs may be newer, though no mart was published here
        catch_up(office, now)


def alert(office: Office, now: Callable[[], int]) -> None:
    """Put down what is to be told at this moment, and send what is due."""
    note_alerts(office, now())
    send_due(office, now)


def retain(office: Office, now: int) -> None:
    """Let go what the settings keep no longer, once a day."""
    if is_retention_due(office, now) and _has_begun(office):
        run_retention(office, now)


def look(office: Office, now: int) -> int:
    """Make a backup when it is due; the exit code of the command, 0 when it was not."""
    try:
        is_time = is_due(office.home, office.settings, now) and _has_begun(office)
    except PantauError:
        return 0  # broken settings, or records out of reach: the pages say so
    code = begin_backup(office.home, "--due").wait() if is_time else 0
    return code or _check_chain(office, now)


def _check_chain(office: Office, now: int) -> int:
    """Compare the records with the chain of seals once a day; 1 when that left no result on record."""
    try:
        if not (_has_begun(office) and is_check_due(office.records, now)):
            return 0
        before = last_check(office.records)
        begin_command(office.home, "check", "--chain").wait()
        return int(last_check(office.records) == before)
    except PantauError:
        return 0


def _has_begun(office: Office) -> bool:
    """Whether there is anything to be lost."""
    with reading(office.records) as connection:
        begun = beginnings(connection)
    return bool(begun.users or begun.loads)


class Mender:
    """Builds the mart again when its files were lost, cut short or damaged under a running server."""

    def __init__(self, office: Office, now: Callable[[], int]) -> None:
        self._office, self._now = office, now
        self._lock = threading.Lock()
        self._work: threading.Thread | None = None
        self._not_before = 0.0

    def look(self) -> None:
        """Hold on to the mart for this request, with two looks at the folder while all is well; else wait a moment for
        the mart that is being built."""
        mart = self._office.mart
        mart.hold()
        if mart.meta() is not None:
            return
        with self._lock:
            if self._work is None and time.monotonic() >= self._not_before:
                self._work = threading.Thread(target=self._mend, name="mender", daemon=True)
                self._work.start()
            work = self._work
        if work is not None:
            work.join(MEND_SECONDS)
            mart.hold()

    def _mend(self) -> None:
        try:
            if self._has_loads():
                catch_up(self._office, self._now())
                _log.warning("the mart was lost or damaged and has been built again")
        except Exception as fault:  # whatever it is, the pages go on without a mart
            _log.warning("the mart cannot be built: %s", fault)
        finally:
            with self._lock:
                self._work, self._not_before = None, time.monotonic() + MEND_AGAIN_SECONDS

    def _has_loads(self) -> bool:
        with reading(self._office.records) as connection:
            return last_load_id(connection) > 0


def mend_the_mart(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Look at the mart before each answer that may need it; the whole answer is then given from that one."""
    mender = Mender(office, now)

    @server.before_request
    def look() -> None:
        if request.endpoint not in {_HEALTH, "static"}:
            mender.look()

    @server.teardown_request
    def let_go(_error: BaseException | None) -> None:
        office.mart.let_go()
