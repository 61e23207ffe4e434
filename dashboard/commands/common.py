"""What all commands share: options, opening the office, printing, exit codes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from data_access.errors import Message, PantauError, cause_of
from data_access.fault_log import append_fault
from data_access.home import Home, default_home

if TYPE_CHECKING:
    from dashboard.i18n import Formats
    from etl.office import Office

HOME_ZONE = ZoneInfo("Asia/Jakarta")
"""The clock of moments that are typed before an office is open."""

NEEDS_A_PERSON = 1
REFUSED = 2
INTERNAL_ERROR = 70

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder catatan (bawaan: PANTAU_HOME, lalu folder data pengguna).", show_default=False),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="Hitung per saat ini, misalnya 2026-09-07T09:00.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Satu dokumen JSON pada keluaran standar.")]


def chosen_home(home: Path | None) -> Home:
    """The home that was asked for, else the usual one."""
    return Home(home.expanduser().resolve()) if home else default_home()


def usable_home(home: Path | None) -> Home:
    """The chosen home, made when it is not there. Raises PantauError when no folder can be there."""
    chosen = chosen_home(home)
    try:
        return chosen.make()
    except OSError as error:
        raise PantauError("command.home_unusable", folder=chosen.root, cause=cause_of(error)) from error


def open_office(home: Path | None) -> Office:
    """The office in the chosen home, its records brought to the newest schema."""
    from etl.office import Office

    return Office.open(usable_home(home), os.environ.get("PANTAU_DATABASE_URL"), now=time_now)


def note(office: Office, action: str, subject: str) -> None:
    """Keep in the audit that something was handed out."""
    from data_access.records import writing
    from data_access.records.access import note_action

    with writing(office.records) as connection:
        note_action(connection, action, at=time_now(), subject=subject)


def open_own_office(home: Path | None) -> Office:
    """The same, for what brings in files or changes settings. Raises PantauError where the records are invented."""
    if chosen_home(home).is_demo:
        raise PantauError("command.demo_takes_nothing")
    return open_office(home)


@contextmanager
def tried_office(home: Path | None) -> Iterator[Office]:
    """As `open_own_office`, for what keeps nothing: without records yet, an office in a folder that goes away again."""
    chosen = chosen_home(home)
    if os.environ.get("PANTAU_DATABASE_URL") or chosen.records_path.exists() or chosen.is_demo:
        yield open_own_office(home)
        return
    with tempfile.TemporaryDirectory(prefix="pantau-") as folder:
        away = Home(Path(folder))
        if chosen.office_days_path.is_file():
            shutil.copy(chosen.office_days_path, away.office_days_path)
        if chosen.sop_folder.is_dir():
            shutil.copytree(chosen.sop_folder, away.sop_folder)
        office = open_office(away.root)
        try:
            yield office
        finally:
            office.records.dispose()


def open_reports(home: Path | None) -> Office:
    """The office with a mart that holds all its records, judged by the rules of today.

    A load that was cut short after its records were kept, or a changed SOP or calendar file, left the mart behind.
    """
    from etl.judging.publishing import catch_up

    office = open_office(home)
    catch_up(office, time_now())
    return office


def time_now() -> int:
    """The real clock; read only at entry points."""
    return int(time.time())


def as_of_moment(text: str | None, zone: ZoneInfo = HOME_ZONE) -> int:
    """The moment given on the clock of that zone, else now."""
    from etl.moments import parse_moment

    return parse_moment(text, zone) if text else time_now()


def print_json(document: Any) -> None:
    """The one JSON document on standard output; lengths of time are whole seconds."""
    sys.stdout.write(json.dumps(_whole_seconds(document), ensure_ascii=False, indent=2) + "\n")


def _whole_seconds(value: Any) -> Any:
    """A document with medians and means of lengths of time rounded: 355020, not 355020.0000000001."""
    if isinstance(value, list | tuple):
        return [_whole_seconds(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: round(one) if isinstance(one, float) and name.endswith("_seconds") else _whole_seconds(one)
        for name, one in value.items()
    }


def answer(as_json: bool, document: Any, *lines: str) -> None:
    """What a command found: the document for scripts, or lines for people."""
    if as_json:
        print_json(document)
        return
    for line in lines:
        say(line)


def words(message: PantauError | Message | str) -> str:
    """What an error or a message says, in the language of the command line."""
    from dashboard.i18n import sentence

    return sentence(message)


def written_in(office: Office) -> Formats:
    """How a line for people writes the days and moments of an office."""
    from dashboard.i18n import Formats, Language

    return Formats(Language.INDONESIAN, office.zone)


def say(text: str = "") -> None:
    """A line for people."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_aside(text: str) -> None:
    """Progress and messages, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def answering(work: Callable[[], object]) -> None:
    """Do something and turn what goes wrong into a sentence and an exit code, never a trace."""
    try:
        work()
    except PantauError as refusal:
        say_aside(words(refusal))
        sys.exit(REFUSED)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as crash:  # the last resort: a sentence and a reference instead of a trace
        report_crash(crash)
        sys.exit(INTERNAL_ERROR)


def report_crash(crash: Exception) -> None:
    """Write the trace into the home's log and tell its reference only."""
    reference = secrets.token_hex(4)
    log = chosen_home(_home_of(sys.argv)).log_path
    trace = "".join(traceback.format_exception(crash))
    try:
        append_fault(log, f"{datetime.now().astimezone().isoformat()} {reference}\n{trace}")
    except OSError:
        reference += " (log tidak dapat ditulis)"
    say_aside(f"Terjadi galat di dalam pantau. Sampaikan kepada pengelola: log {log.name}, acuan {reference}.")


def _home_of(arguments: list[str]) -> Path | None:
    """The `--home` on a command line; a crash leaves no parsed options behind."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = argument.partition("=")
        if name == "--home" and (value or following):
            return Path(value or following)
    return None


@contextmanager
def working(text: str, *, quiet: bool = False) -> Iterator[None]:
    """A line that shows life while something takes longer than a moment; on standard error, only on a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def progress(text: str, quiet: bool = False) -> Callable[[int, int], None]:
    """A progress bar as a function of (done, total); silent without a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return lambda _done, _total: None
    bar = Progress(console=console, transient=True)
    task = bar.add_task(text, total=None)

    def step(done: int, total: int) -> None:
        if not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    return step
