"""The document of an SOP version, as its TOML file and the records hold it: read, each refusal with its place and what
to write, and written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from data_access.errors import Message
from data_access.roles import STEP_ROLES
from etl.domain.errors import RuleError
from etl.domain.sop.order import refuse_order
from etl.domain.sop.steps import MOST_STEPS, ONCE, PART_OF, PARTS, START, Cell, Clock, Meaning, SopStep
from etl.domain.sop.table import SopTable
from etl.domain.sop.times import WORKING_DAY, says_no_time, seconds_meant, seconds_printed
from etl.domain.sop.versions import CLOSING_DAYS, SopIdentity, SopVersion

CLOCKS = {"kerja": Clock.OFFICE, "berjalan": Clock.ELAPSED}
"""How the file calls the time in which a step is measured."""

MOST_DAYS_AHEAD = 366
MOST_CLOSING_DAYS = 3_660

FROM_THE_FIRST = date(1900, 1, 1)
"""From when a version without a date is in force."""


def parse_sop(document: Mapping[str, Any], file: str, standard: SopVersion | None = None) -> SopVersion:
    """The SOP version a parsed TOML document holds.

    With a `standard` it is another version of that SOP: its steps are the same, what they mean (`bagian`, `jam`,
    `waktu_opd`, `arti`, `hari_sebelum`) is as there where the document leaves it out, as documents written before these
    keys do, and `mengikuti` may be left out only of a step that follows nothing there. Without one it is an SOP of its
    own, of which most may be left out. Raises RuleError naming `file`, the key (`langkah.A4.waktu_detik`), the value
    and what to write.
    """
    version, problems = sop_with_problems(document, file, standard)
    if problems:
        raise problems[0]
    return version


def sop_with_problems(
    document: Mapping[str, Any], file: str, standard: SopVersion | None = None, roles: Collection[str] | None = None
) -> tuple[SopVersion, tuple[RuleError, ...]]:
    """As `parse_sop`, with everything that cannot be used at once; the version is whole only when there is nothing.

    `roles`: those that somebody holds; with a `standard` those of the office where they are not given.
    """
    table, is_own = SopTable(document, file), standard is None
    number = table.text("nomor", default="" if is_own else None)
    title = table.text("judul")
    effective_on = table.day("berlaku_sejak", FROM_THE_FIRST if is_own else None)
    identity = _identity(table.table("identitas", may_be_absent=is_own), is_own=is_own)
    steps = _steps(table.table("langkah"), standard, STEP_ROLES if standard and roles is None else roles)
    closing_days = table.count(
        "hari_penutupan", standard.closing_days if standard else _days_of(steps), MOST_CLOSING_DAYS
    )
    table.refuse_others()
    version = SopVersion(number, title, effective_on, identity, steps, file, max(closing_days, 1))
    return version, tuple(table.problems)


def _days_of(steps: Sequence[SopStep]) -> int:
    """After so many working days a letter is over where the SOP does not say: twice what all steps take one after the
    other."""
    series = sum(step.target_seconds or 0 for step in steps)
    return min(max(CLOSING_DAYS, -(-2 * series // WORKING_DAY)), MOST_CLOSING_DAYS)


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


def _identity(table: SopTable, *, is_own: bool) -> SopIdentity:
    default = "" if is_own else None
    read: dict[str, Any] = {
        name: table.texts(key) if kind == _LIST else table.text(key, may_be_empty=kind == _MAYBE, default=default)
        for key, name, kind in IDENTITY
    }
    identity = SopIdentity(**read, address=table.text("alamat", default=""))
    table.refuse_others()
    return identity


def _steps(table: SopTable, standard: SopVersion | None, roles: Collection[str] | None) -> tuple[SopStep, ...]:
    codes = standard.codes if standard else _codes(table)
    tables = {code: table.table(code) for code in codes}
    if standard:
        table.refuse_others()
    steps: list[SopStep] = []
    for code in codes:
        usual = standard.step(code) if standard else None
        steps.append(_step(code, tables[code], usual, codes, steps, roles))
    refuse_order(steps, tables, is_own=standard is None)
    for step in steps:
        _refuse_other_part(step, tables[step.code])
    for meaning in ONCE:
        _refuse_other_than_once(meaning, steps, table, is_needed=standard is not None)
    return tuple(steps)


def _codes(table: SopTable) -> tuple[str, ...]:
    """The codes of the steps as the document names them."""
    codes = table.keys()
    if not 1 <= len(codes) <= MOST_STEPS:
        table.refuse("*", len(codes), Message("rule.sop_steps", most=MOST_STEPS))
    for at, code in enumerate(codes):
        if not re.fullmatch(r"[A-Za-z0-9]{1,8}", code):
            table.refuse(code, code, Message("rule.sop_code"))
        same = [one for one in codes[:at] if one.upper() == code.upper()]
        if same:
            table.refuse(code, code, Message("rule.sop_code_again", other=same[0]))
    return codes


def _step(
    code: str,
    table: SopTable,
    usual: SopStep | None,
    codes: Sequence[str],
    above: Sequence[SopStep],
    roles: Collection[str] | None,
) -> SopStep:
    """One step. `usual` is the same step of the standard, `above` are the steps written before it."""
    part = table.one_of("bagian", PARTS, usual.part if usual else PARTS[0])
    activity = table.text("kegiatan")
    short_name = table.text("nama_singkat", default=None if usual else activity)
    desk_name = table.text("nama_meja", default=None if usual else short_name)
    actor = table.text("pelaksana")
    clock = CLOCKS[table.one_of("jam", CLOCKS, clock_word(usual.clock if usual else Clock.OFFICE))]
    time, target = _time(table, clock, usual)
    chosen_from = table.maybe_one_of("pilihan_dari", (*codes, START), usual.chosen_from if usual else "")
    meanings = tuple(map(Meaning, table.some_of("arti", Meaning, usual.meanings if usual else ())))
    if usual:
        follows: Sequence[str] | None = None if usual.follows else ()
    else:
        follows = _usual_follows(part, chosen_from, above, is_received=Meaning.RECEIVED in meanings)
    step = SopStep(
        code=code,
        part=part,
        activity=activity,
        short_name=short_name,
        desk_name=desk_name,
        actor=actor,
        desk_actor=table.text("pelaksana_meja", default=None if usual else actor),
        role=_role(table, roles, None if usual else actor),
        note=table.text("catatan", default=""),
        requires=_cell(table, "kelengkapan", may_be_absent=usual is None),
        time=time,
        target_seconds=target,
        output=_cell(table, "output", may_be_absent=usual is None),
        follows=table.some_of("mengikuti", codes, follows),
        clock=clock,
        is_opd_time=table.is_true("waktu_opd", default=usual is not None and usual.is_opd_time),
        meanings=meanings,
        days_ahead=table.count("hari_sebelum", usual.days_ahead if usual else 0, MOST_DAYS_AHEAD),
        is_optional=table.is_true("boleh_dilewati", default=usual is not None and usual.is_optional),
        chosen_from=chosen_from,
        returns_to=table.maybe_one_of("kembali_ke", codes, usual.returns_to if usual else ""),
    )
    table.refuse_others()
    return step


def _usual_follows(part: str, chosen_from: str, above: Sequence[SopStep], *, is_received: bool) -> Sequence[str]:
    """What a step follows where the document does not say: what it is chosen from, else the step above it, and where
    that is one of a choice, each of that choice."""
    if chosen_from:
        return () if chosen_from == START else (chosen_from,)
    mine = [step for step in above if step.part == part]
    if not mine or is_received:
        return ()
    last = mine[-1]
    together = [step.code for step in mine if step.chosen_from == last.chosen_from] if last.chosen_from else []
    return together or (last.code,)


def _role(table: SopTable, roles: Collection[str] | None, default: str | None) -> str:
    """Who holds the step: one of those roles, where they are known."""
    role = table.text("peran", default=default)
    if roles is not None and role and role not in roles:
        table.refuse("peran", role, Message("rule.one_of", choices=tuple(roles)))
    return role


def _time(table: SopTable, clock: Clock, usual: SopStep | None) -> tuple[Cell, int | None]:
    """The printed time and the seconds that judge; where the document states none, those that the time means.

    Both must say the same, or a correction of one would go unseen; a day has as many seconds as the document states.
    """
    time = _cell(table, "waktu", may_be_absent=usual is None)
    stated, printed = table.seconds("waktu_detik"), seconds_printed(time.text)
    if usual is None and not table.has("waktu_detik"):
        stated = seconds_meant(time.text, clock)
        if stated is None and not says_no_time(time.text):
            table.refuse("waktu", time.text, Message("rule.sop_time"))
    elif printed is not None and printed != stated:
        table.refuse("waktu_detik", stated, Message("rule.same_time", seconds=printed, printed=time.text))
    return time, stated


def clock_word(clock: Clock) -> str:
    """How the file calls that clock."""
    return next(word for word, its in CLOCKS.items() if its is clock)


def _cell(table: SopTable, key: str, *, may_be_absent: bool) -> Cell:
    """A printed cell: a table with its text and how sure its reading is, or just the text."""
    if table.holds_text(key):
        return Cell(table.text(key, may_be_empty=True), None)
    inner = table.table(key, may_be_absent=may_be_absent)
    cell = Cell(
        inner.text("teks", may_be_empty=True, default="" if may_be_absent else None), inner.confidence("keyakinan")
    )
    inner.refuse_others()
    return cell


def _refuse_other_part(step: SopStep, table: SopTable) -> None:
    """What is measured until the room is ready stands in part A, what goes by the use of it in part B."""
    for meaning in step.meanings:
        part = PART_OF.get(meaning, step.part)
        if part != step.part:
            table.refuse("arti", meaning.value, Message("rule.sop_part", meaning=meaning.value, part=part))


def _refuse_other_than_once(meaning: Meaning, steps: Sequence[SopStep], table: SopTable, *, is_needed: bool) -> None:
    count = sum(meaning in step.meanings for step in steps)
    if is_needed and count != 1:
        table.refuse("*.arti", meaning.value, Message("rule.sop_once", meaning=meaning.value, count=count))
    elif count > 1:
        table.refuse("*.arti", meaning.value, Message("rule.sop_at_most_once", meaning=meaning.value, count=count))


def to_document(version: SopVersion) -> dict[str, Any]:
    """The document that `parse_sop` turns into that version again; the date as a date."""
    return {
        "nomor": version.number,
        "judul": version.title,
        "berlaku_sejak": version.effective_on,
        **({} if version.closing_days == _days_of(version.steps) else {"hari_penutupan": version.closing_days}),
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
    maybe = {"catatan": step.note, "pilihan_dari": step.chosen_from, "kembali_ke": step.returns_to}
    written |= {key: text for key, text in maybe.items() if text}
    written |= {"boleh_dilewati": True} if step.is_optional else {}
    return written | ({} if step.target_seconds is None else {"waktu_detik": step.target_seconds})


def _cell_table(cell: Cell) -> dict[str, Any]:
    sure = {} if cell.confidence is None else {"keyakinan": cell.confidence}
    return {"teks": cell.text, **sure}
