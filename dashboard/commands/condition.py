"""`pantau condition`: a condition report from a script."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from data_access.errors import PantauError, cause_of

if TYPE_CHECKING:
    from etl.desk.facilities import Answer
    from etl.office import Office

group = typer.Typer(help="Laporan kondisi ruang.", no_args_is_help=True)
_OCCASIONS = {"sebelum": "before", "sesudah": "after", "rutin": "routine"}


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="condition")


@group.command(help='Menambah laporan, misalnya `condition add --room "Smart Center" --good --item "AC=rusak ringan"`.')
def add(
    room: Annotated[str, typer.Option("--room", help="Ruang, dengan salah satu namanya.")],
    item: Annotated[list[str] | None, typer.Option("--item", help='"BARANG=KONDISI"; dapat diulang.')] = None,
    good: Annotated[bool, typer.Option("--good", help="Barang lain dalam daftar periksa: baik.")] = False,
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
    report = NewReport(
        client_id=id or secrets.token_hex(16),
        room=room,
        made_at=common.as_of_moment(office, at),
        answers=_answers(office, item or (), note or (), is_rest_good=good, now=common.as_of_moment(office, at)),
        occasion=_occasion(when),
        request_id=_letter(office, letter) if letter else None,
        photos=[(name, _content(path)) for name, path in map(_pair, photo or ())],
    )
    given = give_report(office, report, actor="cli", role="cli", now=now, oldest_seconds=None)
    document = {
        "receipt": given.receipt_number,
        "room": given.room,
        "received_at": iso(given.received_at, office.zone),
        "repeat": given.is_repeat,
    }
    if json:
        common.print_json(document)
    else:
        common.say(f"{given.receipt_number}  {given.room}{'  (sudah tercatat)' if given.is_repeat else ''}")


def _answers(office: Office, items: Any, notes: Any, *, is_rest_good: bool, now: int) -> tuple[Answer, ...]:
    """What was said, then the rest of the list in force when it was checked."""
    from etl.desk.facilities import Answer, condition_of, list_of_day
    from etl.domain.facilities import Condition
    from etl.settings.values import room_key

    given = {room_key(name): (name, condition_of(word)) for name, word in map(_pair, items)}
    words = {room_key(name): text for name, text in map(_pair, notes)}
    if stray := [key for key in words if key not in given]:
        raise PantauError("command.note_without_item", item=stray[0])
    rest = list_of_day(office.book, now).weights if is_rest_good else ()
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
    from etl.extract.texts import agenda_key

    match = re.fullmatch(r"\s*(\d{4})\s*/\s*(.+)", text)
    if not match:
        raise PantauError("command.no_letter_number", text=text)
    with reading(office.records) as connection:
        letters = letters_with_keys(connection, [agenda_key(match[2])])
    mine = letters.loc[letters["year"] == int(match[1]), "request_id"]
    if mine.empty:
        raise PantauError("command.no_request", letter=text)
    return int(mine.iloc[0])


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise PantauError("command.photo_unreadable", path=path, cause=cause_of(fault)) from None
