"""What is brought into the records: `pantau ingest`, `watch`, `condition` and `schedule`."""

from __future__ import annotations

import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from dashboard.commands.serve import end_with_parent, is_orphan
from data_access.errors import Message, PantauError, cause_of
from data_access.home import Home
from data_access.locks import held_if_free

if TYPE_CHECKING:
    from etl.desk.facilities import Answer
    from etl.intake.load_report import LoadReport
    from etl.intake.watched.inbox_folder import InboxFolder
    from etl.intake.watched.watch import Watcher
    from etl.office import Office

SHOWN_REJECTS, SHOWN_WARNINGS = 20, 5
_OCCASIONS = {"sebelum": "before", "sesudah": "after", "rutin": "routine"}

condition = typer.Typer(help="Laporan kondisi ruang.", no_args_is_help=True)

InboxOption = Annotated[
    Path | None,
    typer.Option(
        "--inbox", envvar="PANTAU_INBOX", help="Folder kotak masuk (bawaan: masuk/ di folder catatan).",
        show_default=False,
    ),
]  # fmt: skip

INGEST_HELP = "Memuat berkas: agenda surat masuk, disposisi, buku pemakaian, daftar peserta, kondisi sarpras."
SCHEDULE_HELP = (
    "Mengubah kalender (.ics) menjadi baris agenda: "
    "lengkapi nomor agenda, tanggal terima, dan asal suratnya, lalu `ingest`."
)
CONDITION_HELP = 'Menambah laporan, misalnya `condition add --room "Smart Center" --good --item "AC=rusak ringan"`.'
WATCH_HELP = """Memuat berkas yang ditaruh di kotak masuk, dan membaca sumber basis data menurut iramanya (every).

Berkas yang sudah diam selama [inbox] settle (bawaan 2s) dimuat satu kali, lalu dipindahkan ke done/ atau refused/
bersama laporannya. Berkas peserta dihapus sesudah dihitung. Nama berakhiran .part, .crdownload, .tmp, berkas kunci
~$ dan berkas tersembunyi dibiarkan."""


def ingest_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[BERKAS…]", help="Berkas CSV, XLSX, XLS, ODS, atau ICS; tanpa berkas: sumber basis data --source."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="permohonan, disposisi, pemakaian, peserta, atau kondisi.")
    ] = None,
    date_order: Annotated[
        list[str] | None, typer.Option("--date-order", help="dmy, mdy, ymd; atau KOLOM=URUTAN, dapat diulang.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Nama sumber dalam pengaturan.")] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Hanya mencoba: laporan dan kode keluar yang sama, tanpa menyimpan apa pun."),
    ] = False,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Load files one by one; each whole or not at all. Without files, what a database source has to say."""
    from etl.intake.pipeline import ingest

    _check_given(files, source, kind, date_order)
    if dry_run:
        _try(files or [], home, json, kind=kind, date_order=date_order or [], source=source)
        return
    office = common.open_own_office(home)
    reports = [] if files else [_fetch(office, str(source), json)]
    for file in files or []:
        with common.working(f"Memuat {file.name}", quiet=json):
            loaded = ingest(office, file, common.time_now(), kind=kind, date_order=date_order or [], source=source)
        reports += loaded
        for report in () if json else loaded:
            _tell_load(report)
    _end(reports, json)


def _try(files: list[Path], home: Path | None, json: bool, **how: Any) -> None:
    """Tell what loading the files would do; a home without records is not made for it."""
    from etl.intake.pipeline import try_files

    if not files:
        raise PantauError("command.dry_run_of_files")
    with common.tried_office(home) as office, common.working("Mencoba berkas", quiet=json):
        reports = [report for loads in try_files(office, files, common.time_now(), **how) for report in loads]
    for report in () if json else reports:
        _tell_load(report)
    if not json:
        common.say(common.words(Message("command.dry_run")))
    _end(reports, json)


def _end(reports: list[LoadReport], json: bool) -> None:
    """The loads for scripts, and the exit code."""
    loads = [report.to_json(common.words) for report in reports]
    common.answer(json, {"loads": loads})
    raise typer.Exit(_exit_code(reports))


def _check_given(files: list[Path] | None, source: str | None, kind: str | None, orders: list[str] | None) -> None:
    if not files and source is None:
        raise PantauError("command.nothing_to_load")
    if not files and (kind or orders):
        raise PantauError("command.options_of_files")


def _fetch(office: Office, name: str, json: bool) -> LoadReport:
    from etl.intake.load_report import find_source
    from etl.intake.watched.sources import fetch, is_database

    source = find_source(office, name)
    if source is None or not is_database(source):
        raise PantauError("command.no_database", source=name)
    with common.working(f"Membaca {name}", quiet=json):
        report = fetch(office, source, common.time_now(), actor="cli")
    if not json:
        _tell_load(report)
    return report


def _exit_code(reports: list[LoadReport]) -> int:
    """0 all well, 1 when a person must look (rows, files, screens), 2 all refused. One report a file and kind."""
    from etl.intake.load_report import needs_a_person

    if reports and all(report.status == "refused" for report in reports):
        return common.REFUSED
    return common.NEEDS_A_PERSON if any(map(needs_a_person, reports)) else 0


def _tell_load(report: LoadReport) -> None:
    from etl.intake.load_report import correction_words, furniture_words

    load = report.to_json(common.words)
    if report.status == "refused":
        common.say_aside(common.words(report.summary()))
        return
    if report.status == "unchanged" and not load["read"] and report.sha256 is None:
        common.say(common.words(Message("load.no_news", file=report.file, kind=report.kind or "")))
        return
    below: list[Message | str] = [correction_words(report)] if report.corrections else []
    below += [reject["message"] for reject in load["rejects"][:SHOWN_REJECTS]]
    below += _more("load.more_rejects", len(load["rejects"]) - SHOWN_REJECTS)
    below += [cell["message"] for cell in load["set_aside"][:SHOWN_REJECTS]]
    below += _more("load.more_set_aside", len(load["set_aside"]) - SHOWN_REJECTS)
    below += [wait["message"] for wait in load["waits"][:SHOWN_REJECTS]]
    below += _more("load.more_waits", len(load["waits"]) - SHOWN_REJECTS)
    below += _warnings(load["warnings"])
    below += [Message("load.ignored", columns=load["ignored_columns"])] if load["ignored_columns"] else []
    below += [furniture_words(report.furniture)] if report.furniture else []
    common.say(common.words(report.summary()))
    for line in below:
        common.say(f"  {common.words(line)}")


def _warnings(warnings: list[dict[str, Any]]) -> list[Message]:
    """The first of the warnings, those of changed records as many as rejected rows."""
    from etl.intake.changed_records import CHANGED

    changed = [warning for warning in warnings if warning["code"] in CHANGED]
    others = [warning for warning in warnings if warning["code"] not in CHANGED]
    shown = [*changed[:SHOWN_REJECTS], *others[:SHOWN_WARNINGS]]
    lines = [Message("load.warning", message=warning["message"]) for warning in shown]
    return [*lines, *_more("load.more_warnings", len(warnings) - len(shown))]


def _more(code: str, count: int) -> list[Message]:
    return [Message(code, count=count)] if count > 0 else []


def watch_command(
    once: Annotated[bool, typer.Option("--once", help="Satu putaran, lalu selesai.")] = False,
    inbox: InboxOption = None,
    wait_turn: Annotated[bool, typer.Option("--wait-turn", hidden=True)] = False,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Watch until stopped, or look once."""
    chosen = common.usable_home(home)
    if chosen.is_demo:
        raise PantauError("command.demo_has_no_inbox")
    end_with_parent()
    stop = _stop_on_signals()
    with _alone(chosen, stop, wait_turn) as is_alone:
        if not is_alone:
            return
        say = common.say_aside if json else _say
        watcher, folder = _watcher(chosen, inbox or chosen.inbox, stop, say)
        if once:
            _end(_one_round(watcher, folder, stop), json)
        say(f"Menjaga kotak masuk {folder.root}")
        _watch(watcher, folder, stop)


def _watcher(home: Home, inbox: Path, stop: threading.Event, say: Callable[[str], None]) -> tuple[Watcher, InboxFolder]:
    from etl.intake.watched.inbox_folder import InboxFolder
    from etl.intake.watched.watch import Watcher

    folder = InboxFolder(inbox.expanduser().absolute()).make()
    office = common.open_office(home.root)
    watcher = Watcher(
        office, folder, common.time_now, say, common.words, started=time.monotonic(), is_stopping=stop.is_set
    )
    watcher.begin()
    return watcher, folder


def _watch(watcher: Watcher, folder: InboxFolder, stop: threading.Event) -> None:
    from etl.intake.watched.watch import wakes

    for is_woken in wakes(folder.root, stop):
        if is_orphan():
            return
        watcher.look(time.monotonic(), is_woken=is_woken)


def _one_round(watcher: Watcher, folder: InboxFolder, stop: threading.Event) -> list[LoadReport]:
    """What lies there, and lies still for as long as a file must; and every source."""
    files = folder.files()
    loads = watcher.take_files(time.monotonic(), is_woken=True)
    if files:
        stop.wait(watcher.settle_seconds)
    return [*loads, *watcher.take_files(time.monotonic(), is_woken=True), *watcher.fetch_all(time.monotonic())]


@contextmanager
def _alone(home: Home, stop: threading.Event, is_patient: bool) -> Iterator[bool]:
    """Whether this is the one watcher of the home. Raises PantauError when it is not and would not wait for it."""
    is_said = False
    while not stop.is_set() and not is_orphan():
        with held_if_free(home.watch_lock_path) as is_ours:
            if is_ours:
                yield True
                return
        if not is_patient:
            raise PantauError("command.inbox_watched", folder=home.root)
        if not is_said:
            common.say_aside(common.words(Message("command.inbox_waits", folder=home.root)))
            is_said = True
        stop.wait(1.0)
    yield False


def _stop_on_signals() -> threading.Event:
    """An event that is set when the process is told to end; what is being loaded is finished first."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _say(line: str) -> None:
    common.say(line)
    sys.stdout.flush()


def schedule(
    file: Annotated[Path, typer.Argument(help="Berkas .ics.")],
    out: Annotated[Path, typer.Option("--out", help="Berkas CSV yang ditulis.")],
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Write the rows, of a series those up to twelve months after as of; exit 1 when an event was left out."""
    from etl.extract.calendars import COLUMNS, ScheduleError, read_schedule
    from etl.sheet_files import Sheet, csv_table

    office = common.open_office(home)
    try:
        today = datetime.fromtimestamp(common.as_of_moment(as_of, office.zone), office.zone).date()
        events = read_schedule(file.read_bytes(), office.zone, today)
        out.write_bytes(csv_table(Sheet("permohonan", COLUMNS, [row.cells for row in events.rows]), decimal=","))
    except OSError as error:
        raise ScheduleError("command.file_error", file=error.filename, cause=cause_of(error)) from error
    skipped = [{"words": event.words, "reason": common.words(event.reason)} for event in events.skipped]
    document = {"rows": len(events.rows), "skipped": skipped, "out": str(out)}
    common.answer(
        json,
        document,
        f"{document['rows']} baris ditulis ke {out}; lengkapi nomor agenda, tanggal terima, dan asal suratnya.",
        *(f"  dilewati: {event['words'] or '(tanpa judul)'} – {event['reason']}" for event in skipped),
    )
    if events.skipped:
        raise typer.Exit(common.NEEDS_A_PERSON)


@condition.command("add", help=CONDITION_HELP)
def add_condition(
    room: Annotated[str, typer.Option("--room", help="Ruang, dengan salah satu namanya.")],
    item: Annotated[list[str] | None, typer.Option("--item", help='"BARANG=KONDISI"; dapat diulang.')] = None,
    good: Annotated[bool, typer.Option("--good", help="Barang lain tanpa gangguan terbuka: baik.")] = False,
    note: Annotated[list[str] | None, typer.Option("--note", help='"BARANG=URAIAN"; dapat diulang.')] = None,
    photo: Annotated[list[str] | None, typer.Option("--photo", help='"BARANG=BERKAS"; dapat diulang.')] = None,
    at: Annotated[str | None, typer.Option("--at", help="Waktu dicek (bawaan: sekarang).", show_default=False)] = None,
    when: Annotated[str | None, typer.Option("--when", help="sebelum, sesudah, atau rutin.")] = None,
    letter: Annotated[str | None, typer.Option("--letter", help="TAHUN/NO_AGENDA surat pemakaiannya.")] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="Tanda pengenal; laporan dengan tanda yang sama dicatat sekali.")
    ] = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Store one report and print its receipt."""
    from etl.desk.facilities import NewReport, give_report
    from etl.moments import iso

    office, now = common.open_reports(home), common.time_now()
    made_at = common.as_of_moment(at, office.zone)
    report = NewReport(
        client_id=id or secrets.token_hex(16),
        room=room,
        made_at=made_at,
        answers=_answers(office, room, item or (), note or (), is_rest_good=good, now=made_at),
        occasion=_occasion(when),
        request_id=_letter(office, letter) if letter else None,
        photos=[(name, BytesIO(_content(path))) for name, path in map(_pair, photo or ())],
    )
    given = give_report(office, report, actor="cli", role="cli", now=now, oldest_seconds=None)
    document = {
        "receipt": given.receipt_number,
        "room": given.room,
        "received_at": iso(given.received_at, office.zone),
        "repeat": given.is_repeat,
    }
    repeat = "  (sudah tercatat)" if given.is_repeat else ""
    common.answer(json, document, f"{given.receipt_number}  {given.room}{repeat}")


def _answers(office: Office, room: str, items: Any, notes: Any, *, is_rest_good: bool, now: int) -> tuple[Answer, ...]:
    """What was said, then the rest of the list in force when it was checked, but for items with an open fault: only an
    answer of their own closes it."""
    from etl.desk.facilities import Answer, condition_of, list_of_day
    from etl.domain.facilities import Condition
    from etl.figures.facilities.incidents import incidents_at
    from etl.settings.values import room_key

    given = {room_key(name): (name, condition_of(word)) for name, word in map(_pair, items)}
    words = {room_key(name): text for name, text in map(_pair, notes)}
    if stray := [key for key in words if key not in given]:
        raise PantauError("command.note_without_item", item=stray[0])
    rest = list_of_day(office.book, now).weights if is_rest_good else ()
    name_of_room = office.room_names.one(room)
    faults = {room_key(one.item) for one in incidents_at(office, now, only_open=True) if one.room == name_of_room}
    rest = [name for name in rest if room_key(name) not in faults]
    whole = given | {room_key(name): (name, Condition.GOOD) for name in rest if room_key(name) not in given}
    return tuple(Answer(name, condition, words.get(key)) for key, (name, condition) in whole.items())


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise PantauError("command.no_pair", text=text)
    return name.strip(), value.strip()


def _occasion(text: str | None) -> str | None:
    if text is None or text in _OCCASIONS.values():
        return text
    if text.casefold() not in _OCCASIONS:
        raise PantauError("command.no_occasion", text=text, occasions=list(_OCCASIONS))
    return _OCCASIONS[text.casefold()]


def _letter(office: Office, text: str) -> int:
    from data_access.records import reading
    from data_access.records.requests import letters_with_keys
    from etl.extract.texts import agenda_key, letter_named

    named = letter_named(text)
    if named is None:
        raise PantauError("command.no_letter_number", text=text)
    with reading(office.records) as connection:
        letters = letters_with_keys(connection, [agenda_key(named[1])])
    mine = letters.loc[letters["year"] == named[0], "request_id"]
    if mine.empty:
        raise PantauError("command.no_request", letter=text)
    return int(mine.iloc[0])


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise PantauError("command.photo_unreadable", path=path, cause=cause_of(fault)) from None
