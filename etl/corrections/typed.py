"""Values that a person types into a correction: what they mean, and whether they are possible. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data_access.errors import PantauError
from etl.domain.frames import MISSING
from etl.domain.units import DAY, day_date, day_number
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import NUMBER_FORMS, Field, Form, Kind, corrections_of
from etl.extract.masks import mask
from etl.extract.words import shipped_words
from etl.office import Rulebook

LABELS: Mapping[str, str] = {
    name: field.name.replace("_", " ").capitalize() for kind in Kind for name, field in corrections_of(kind).items()
} | {
    "started": "Mulai", "finished": "Selesai", "received": "Diterima", "booked_start": "Mulai kegiatan",
    "booked_end": "Selesai kegiatan", "ended": "Selesai", "opd": "OPD asal",
}  # fmt: skip
"""What a sentence calls a corrected field: the office's own name of its column, and words for stamps."""

CONDITIONS = ("GOOD", "LIGHT", "HEAVY", "MISSING", "NOT_APPLICABLE")
STATUSES = tuple(status.value for status in RequestStatus if status not in (RequestStatus.UNKNOWN, RequestStatus.OTHER))
MOST_PEOPLE = 100_000
LONGEST_SESSION = DAY
Value = dict[str, int | None] | str | int | None
"""As JSON holds it: a stamp `{"on": day, "at": moment or None}`, a word, a number, or nothing."""

_EXAMPLE = "tulis seperti 07/09/2026 08.30 atau 2026-09-07 08:30"
_INDONESIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2})[.:](\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2})[.:](\d{2})(?::\d{2})?)?")


class CorrectionError(PantauError):
    """A correction that cannot be made; the sentence names field and value and says what to write."""


@dataclass(frozen=True)
class Asked:
    """What besides the typed value decides whether it is possible."""

    book: Rulebook
    now: int


def read_value(kind: str, field: str, typed: Any, asked: Asked) -> Value:
    """The value of a typed text (stamps `07/09/2026 08.30`, `2026-09-07T08:30`, or a date alone). Raises
    CorrectionError when the kind has no such field, or the value is not possible."""
    corrections = corrections_of(kind)
    if field not in corrections:
        known = ", ".join(corrections) or "tidak ada"
        raise CorrectionError(f'Kolom "{field}" pada {kind} tidak dapat dikoreksi; yang dapat: {known}.')
    text = "" if typed is None else " ".join(str(typed).split())
    if not text:
        if corrections[field].is_needed:
            raise CorrectionError(f"{LABELS[field]} tidak boleh dikosongkan; tulis nilai yang benar.")
        return None
    if corrections[field].is_stamp:
        return _stamp(corrections[field], text, asked)
    return _word(corrections[field], text, asked)


def _stamp(corrected: Field, text: str, asked: Asked) -> Value:
    field = corrected.corrected
    day, clock = _read_day(field, text)
    at = None
    if clock is not None:
        at = int(datetime(day.year, day.month, day.day, *clock, tzinfo=asked.book.zone).timestamp())
    elif field == "ended":
        raise refused(field, text, "harus memuat jam; " + _EXAMPLE)
    today = datetime.fromtimestamp(asked.now, asked.book.zone).date()
    if corrected.has_happened and (day > today or (at is not None and at > asked.now)):
        raise refused(field, text, "belum terjadi; tulis waktu yang sudah lewat")
    return {"on": day_number(day), "at": at}


def _read_day(field: str, text: str) -> tuple[date, tuple[int, int] | None]:
    typed = text.removesuffix(" WIB")
    indonesian, iso = _INDONESIAN.fullmatch(typed), _ISO.fullmatch(typed)
    found = indonesian or iso
    if found is None:
        raise refused(field, text, f"bukan tanggal dan jam; {_EXAMPLE}")
    parts = [None if part is None else int(part) for part in found.groups()]
    year, month, day = (parts[2], parts[1], parts[0]) if indonesian else (parts[0], parts[1], parts[2])
    try:
        read = date(year or 0, month or 0, day or 0)
    except ValueError:
        raise refused(field, text, f"bukan tanggal yang ada; {_EXAMPLE}") from None
    if not 2000 <= read.year <= 2100:
        raise refused(field, text, "di luar tahun 2000–2100; periksa tahunnya")
    hour, minute = parts[3], parts[4]
    if hour is None or minute is None:
        return read, None
    if hour > 23 or minute > 59:
        raise refused(field, text, f"bukan jam yang ada; {_EXAMPLE}")
    return read, (hour, minute)


def _word(corrected: Field, text: str, asked: Asked) -> Value:
    field = corrected.corrected
    if corrected.form in NUMBER_FORMS:
        return _number(field, text, least=1 if corrected.form is Form.ORDINAL else 0)
    if corrected.form is Form.STATUS:
        return _one_of(field, text.lower(), STATUSES)
    if corrected.form is Form.CONDITION:
        return _one_of(field, text.upper(), CONDITIONS)
    if corrected.form is Form.OPD:
        return asked.book.opd_names.one(text)
    if corrected.form is Form.CHOICE:
        return shipped_words().choice(corrected.corrected_column, mask(text))
    room = asked.book.room_names.one(text)
    if room is None:
        raise refused(field, text, f"belum dikenal; pilih {', '.join(asked.book.room_names.all) or 'ruang lain'}")
    return room


def _number(field: str, text: str, least: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= MOST_PEOPLE:
        raise refused(field, text, f"bukan jumlah; tulis bilangan bulat dari {least} sampai {MOST_PEOPLE}, misalnya 45")
    return int(text)


def _one_of(field: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise refused(field, text, f"tidak dikenal; pilih {', '.join(known)}")
    return text


def refused(field: str, value: object, why: str) -> CorrectionError:
    """The refusal of one value."""
    return CorrectionError(f'{LABELS[field]}: "{value}" {why}.')


def check_together(kind: str, record: Mapping[str, Any], changed: set[str], year: int | None = None) -> None:
    """Refuse values that are possible one by one and not together.

    `record` has the columns of the folded record with the new values; `changed` the fields that are new; `year` that
    of the letter's number.
    """
    pairs = {"disposisi": ("started", "finished"), "permohonan": ("booked_start", "booked_end"),
             "pemakaian": ("started", "ended")}  # fmt: skip
    if kind in pairs and changed & set(pairs[kind]):
        first, last = pairs[kind]
        _in_order(kind, record, first, last)
    if "received" in changed and year is not None and _year(record["received_on"]) != year:
        raise CorrectionError(
            f"Diterima: tahun {_year(record['received_on'])} membuat nomor agenda {year} menjadi surat lain; "
            "tulis tanggal pada tahun yang sama, atau perbaiki berkas agendanya."
        )


def _in_order(kind: str, record: Mapping[str, Any], first: str, last: str) -> None:
    start_on, start_at, end_on, end_at = (int(record[f"{s}_{part}"]) for s in (first, last) for part in ("on", "at"))
    both_at = MISSING not in (start_at, end_at)
    both_on = MISSING not in (start_on, end_on)
    is_reversed = end_at < start_at if both_at else both_on and end_on < start_on
    if is_reversed or (kind == "pemakaian" and both_at and end_at == start_at):
        raise CorrectionError(f"{LABELS[last]} tidak boleh sebelum mulai; tulis waktu selesai sesudah waktu mulai.")
    if kind == "pemakaian" and both_at and end_at - start_at > LONGEST_SESSION:
        raise CorrectionError(
            "Selesai: pemakaian lebih dari 24 jam; tulis waktu selesai paling lambat 24 jam kemudian."
        )


def _year(day: int) -> int:
    return day_date(int(day)).year
