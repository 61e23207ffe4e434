"""The document of an SOP version, as its TOML file and the records hold it: read, each refusal with its place and what
to write, and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from data_access.errors import Message
from data_access.roles import STEP_ROLES
from etl.domain.errors import RuleError
from etl.domain.sop.steps import ONCE, PART_OF, PARTS, Cell, Clock, Meaning, SopStep
from etl.domain.sop.versions import SopIdentity, SopVersion, in_order
from etl.domain.units import HOUR, MINUTE

_ABSENT = object()
_UNITS = {"detik": 1, "menit": MINUTE, "jam": HOUR}
CLOCKS = {"kerja": Clock.OFFICE, "berjalan": Clock.ELAPSED}
"""How the file calls the time in which a step is measured."""

MOST_DAYS_AHEAD = 366


class SopTable:
    """A table of the document that remembers which keys were read, so that unknown ones can be refused."""

    def __init__(self, content: Mapping[str, Any], file: str, path: str = "") -> None:
        self._content = content
        self._file = file
        self._path = path
        self._known: list[str] = []

    def error(self, key: str, value: object, expected: Message) -> RuleError:
        """The refusal of `key` in this table; `expected` continues "write …"."""
        return RuleError(file=self._file, key=self._path + key, value=value, expected=expected)

    def table(self, key: str) -> SopTable:
        """The sub-table `key`, required."""
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise self.error(key, value, Message("rule.sop_table", name=self._path + key))
        return SopTable(value, self._file, f"{self._path}{key}.")

    def text(self, key: str, *, may_be_empty: bool = False, default: str | None = None) -> str:
        """Text without surrounding blanks; required unless `default` is given."""
        value = self._get(key, default)
        if not isinstance(value, str) or not (value.strip() or may_be_empty or default is not None):
            raise self.error(key, value, Message("rule.text"))
        return value.strip()

    def texts(self, key: str, default: Sequence[str] | None = ()) -> tuple[str, ...]:
        """A list of texts; absent is `default`, required where that is None."""
        value = self._get(key, _ABSENT if default is None else list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, value, Message("rule.texts"))
        return tuple(item.strip() for item in value)

    def day(self, key: str) -> date:
        """A TOML date, required."""
        value = self._get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, value, Message("rule.sop_date"))
        return value

    def seconds(self, key: str) -> int | None:
        """A whole number of seconds above zero; absent is None."""
        value = self._get(key, None)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.error(key, value, Message("rule.seconds"))
        return value

    def confidence(self, key: str) -> float | None:
        """A number from 0 to 1; absent is None."""
        value = self._get(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.error(key, value, Message("rule.confidence"))
        return float(value)

    def count(self, key: str, default: int, most: int) -> int:
        """A whole number from zero to `most`; absent is `default`."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.error(key, value, Message("rule.sop_count", most=most))
        return value

    def is_true(self, key: str, *, default: bool) -> bool:
        """True or false; absent is `default`."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, value, Message("rule.switch"))
        return value

    def some_of(self, key: str, choices: Iterable[str], default: Sequence[str] | None) -> tuple[str, ...]:
        """Some of the given words, in the order of `choices`; absent is `default`, required where that is None."""
        known, words = tuple(choices), self.texts(key, default)
        if len(set(words)) != len(words) or not set(words) <= set(known):
            raise self.error(key, list(words), Message("rule.sop_some_of", choices=known))
        return tuple(word for word in known if word in words)

    def one_of(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of the given words; required unless `default` is given."""
        value, choices = self._get(key, _ABSENT if default is None else default), tuple(choices)
        if value not in choices:
            raise self.error(key, value, Message("rule.one_of", choices=choices))
        return str(value)

    def keys(self) -> tuple[str, ...]:
        """Its keys, in order."""
        return tuple(self._content)

    def refuse_others(self) -> None:
        """Refuse keys that nothing asked for: a mistyped key must not be passed over in silence."""
        for key, value in self._content.items():
            if key not in self._known:
                raise self.error(key, value, Message("rule.only_known_keys", choices=list(self._known)))

    def _get(self, key: str, default: Any = _ABSENT) -> Any:
        self._known.append(key)
        if key in self._content:
            return self._content[key]
        if default is _ABSENT:
            raise self.error(key, None, Message("rule.required", key=key))
        return default


def seconds_printed(text: str) -> int | None:
    """Seconds of a printed time such as "1 jam 30 menit"; None for anything else, also for empty text."""
    if not re.fullmatch(r"(\d+\s*(jam|menit|detik)\s*)+", text.strip().lower()):
        return None
    parts = re.findall(r"(\d+)\s*(jam|menit|detik)", text.lower())
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def parse_sop(document: Mapping[str, Any], file: str, standard: SopVersion | None = None) -> SopVersion:
    """The SOP version a parsed TOML document holds.

    What the steps mean (`bagian`, `jam`, `waktu_opd`, `arti`, `hari_sebelum`) is as in `standard` where the document
    leaves it out, as documents written before these keys do; `mengikuti` may be left out only of a step that follows
    nothing in `standard`. Its steps are then those of `standard`, else those that it names. Raises RuleError naming
    `file`, the key (`langkah.A4.waktu_detik`), the value and what to write.
    """
    table = SopTable(document, file)
    version = SopVersion(
        number=table.text("nomor"),
        title=table.text("judul"),
        effective_on=table.day("berlaku_sejak"),
        identity=_identity(table.table("identitas")),
        steps=_steps(table.table("langkah"), standard),
        file=file,
    )
    table.refuse_others()
    return version


_LIST, _TEXT, _MAYBE = "list", "text", "maybe"

IDENTITY = (
    ("instansi", "agency", _LIST),
    ("dibuat", "created", _MAYBE),
    ("revisi", "revised", _MAYBE),
    ("efektif", "effective", _MAYBE),
    ("catatan_tanggal", "date_note", _MAYBE),
    ("disahkan_jabatan", "approved_title", _TEXT),
    ("disahkan_nama", "approved_name", _TEXT),
    ("disahkan_pangkat", "approved_rank", _MAYBE),
    ("dasar_hukum", "legal_basis", _LIST),
    ("keterkaitan", "related", _LIST),
    ("kualifikasi", "qualifications", _LIST),
    ("peralatan", "equipment", _LIST),
    ("peringatan", "warning", _MAYBE),
    ("pencatatan", "records", _LIST),
    ("sumber", "source", _TEXT),
    ("catatan_bacaan", "reading_notes", _LIST),
    ("di_luar_sop", "outside", _LIST),
)
"""Keys of the identity, in order: the field that each holds, and whether that is a list or a text, which may be empty.

The address, which older documents do not have, stands beside them."""


def _identity(table: SopTable) -> SopIdentity:
    read: dict[str, Any] = {
        name: table.texts(key) if kind == _LIST else table.text(key, may_be_empty=kind == _MAYBE)
        for key, name, kind in IDENTITY
    }
    identity = SopIdentity(**read, address=table.text("alamat", default=""))
    table.refuse_others()
    return identity


def _steps(table: SopTable, standard: SopVersion | None) -> tuple[SopStep, ...]:
    codes = standard.codes if standard else table.keys()
    tables = {code: table.table(code) for code in codes}
    table.refuse_others()
    steps = tuple(_step(code, tables[code], standard.step(code) if standard else None, codes) for code in codes)
    for step in steps:
        _refuse_order(step, steps, tables[step.code])
        _refuse_other_part(step, tables[step.code])
    for meaning in ONCE:
        _refuse_other_than_once(meaning, steps, table, is_needed=standard is not None)
    return steps


def _step(code: str, table: SopTable, usual: SopStep | None, codes: Sequence[str]) -> SopStep:
    step = SopStep(
        code=code,
        part=table.one_of("bagian", PARTS, usual.part if usual else None),
        activity=table.text("kegiatan"),
        short_name=table.text("nama_singkat"),
        desk_name=table.text("nama_meja"),
        actor=table.text("pelaksana"),
        desk_actor=table.text("pelaksana_meja"),
        role=table.one_of("peran", STEP_ROLES),
        note=table.text("catatan", default=""),
        requires=_cell(table.table("kelengkapan")),
        time=_cell(table.table("waktu")),
        target_seconds=table.seconds("waktu_detik"),
        output=_cell(table.table("output")),
        follows=table.some_of("mengikuti", codes, None if usual and usual.follows else ()),
        clock=CLOCKS[table.one_of("jam", CLOCKS, clock_word(usual.clock) if usual else None)],
        is_opd_time=table.is_true("waktu_opd", default=usual is not None and usual.is_opd_time),
        meanings=tuple(map(Meaning, table.some_of("arti", Meaning, usual.meanings if usual else ()))),
        days_ahead=table.count("hari_sebelum", usual.days_ahead if usual else 0, MOST_DAYS_AHEAD),
    )
    table.refuse_others()
    _refuse_two_times(step, table)
    return step


def clock_word(clock: Clock) -> str:
    """How the file calls that clock."""
    return next(word for word, its in CLOCKS.items() if its is clock)


def _cell(table: SopTable) -> Cell:
    cell = Cell(table.text("teks", may_be_empty=True), table.confidence("keyakinan"))
    table.refuse_others()
    return cell


def _refuse_two_times(step: SopStep, table: SopTable) -> None:
    """The printed time and the seconds that judge must say the same, or a correction of one would go unseen."""
    printed = seconds_printed(step.time.text)
    if printed is not None and printed != step.target_seconds:
        expected = Message("rule.same_time", seconds=printed, printed=step.time.text)
        raise table.error("waktu_detik", step.target_seconds, expected)


def _refuse_order(step: SopStep, steps: Sequence[SopStep], table: SopTable) -> None:
    """A step follows others of its part, and none of them follows it; what the receipt finishes follows nothing."""
    part = [one.code for one in steps if one.part == step.part and one is not step]
    allowed = [] if Meaning.RECEIVED in step.meanings else part
    if not set(step.follows) <= set(allowed):
        expected = Message("rule.sop_follows", choices=allowed) if allowed else Message("rule.sop_follows_nothing")
        raise table.error("mengikuti", list(step.follows), expected)
    if step not in in_order(steps):
        raise table.error("mengikuti", list(step.follows), Message("rule.sop_circle"))


def _refuse_other_part(step: SopStep, table: SopTable) -> None:
    """What is measured until the room is ready stands in part A, what goes by the use of it in part B."""
    for meaning in step.meanings:
        part = PART_OF.get(meaning, step.part)
        if part != step.part:
            raise table.error("arti", meaning.value, Message("rule.sop_part", meaning=meaning.value, part=part))


def _refuse_other_than_once(meaning: Meaning, steps: Sequence[SopStep], table: SopTable, *, is_needed: bool) -> None:
    count = sum(meaning in step.meanings for step in steps)
    if count > 1 or (is_needed and not count):
        raise table.error("*.arti", meaning.value, Message("rule.sop_once", meaning=meaning.value, count=count))


def to_document(version: SopVersion) -> dict[str, Any]:
    """The document that `parse_sop` turns into that version again; the date as a date."""
    return {
        "nomor": version.number,
        "judul": version.title,
        "berlaku_sejak": version.effective_on,
        "identitas": _identity_table(version.identity),
        "langkah": {step.code: _step_table(step) for step in version.steps},
    }


def to_json(version: SopVersion) -> dict[str, Any]:
    """The same document as JSON holds it."""
    return {**to_document(version), "berlaku_sejak": version.effective_on.isoformat()}


def from_json(document: Mapping[str, Any]) -> dict[str, Any]:
    """What `to_json` gave, in the form that `parse_sop` takes."""
    return {**document, "berlaku_sejak": date.fromisoformat(document["berlaku_sejak"])}


def _identity_table(identity: SopIdentity) -> dict[str, Any]:
    """Lists as lists; the address comes second, as the form has it."""
    written = {key: getattr(identity, name) for key, name, _ in IDENTITY}
    rest = {key: list(value) if isinstance(value, tuple) else value for key, value in written.items()}
    return {"instansi": rest["instansi"], "alamat": identity.address} | rest


def _step_table(step: SopStep) -> dict[str, Any]:
    written: dict[str, Any] = {
        "kegiatan": step.activity,
        "nama_singkat": step.short_name,
        "nama_meja": step.desk_name,
        "pelaksana": step.actor,
        "pelaksana_meja": step.desk_actor,
        "peran": step.role,
        "kelengkapan": _cell_table(step.requires),
        "waktu": _cell_table(step.time),
        "output": _cell_table(step.output),
        "mengikuti": list(step.follows),
        "bagian": step.part,
        "jam": clock_word(step.clock),
        "waktu_opd": step.is_opd_time,
        "arti": [meaning.value for meaning in step.meanings],
        "hari_sebelum": step.days_ahead,
    }
    written |= {"catatan": step.note} if step.note else {}
    return written | ({} if step.target_seconds is None else {"waktu_detik": step.target_seconds})


def _cell_table(cell: Cell) -> dict[str, Any]:
    sure = {} if cell.confidence is None else {"keyakinan": cell.confidence}
    return {"teks": cell.text, **sure}
