"""The next settings after an edit on a page: the office and its rooms, the day from which steps are recorded, a version
of the checklist, a spelling, a new name, a source of files.

Each `with_…` is pure and returns settings, to be put in force by `etl.intake.pipeline.apply_settings`. A name that
already points elsewhere is refused (RuleError).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from data_access.errors import Message, PantauError
from data_access.records import reading
from data_access.records.office import Edit, settings_history
from data_access.roles import POSTS
from etl.intake.load_report import how_read
from etl.intake.pipeline import Applied, apply_settings
from etl.office import Office
from etl.settings.calendars import check_calendar
from etl.settings.checklists import Checklists
from etl.settings.document import Settings, SourceMap, default_settings, with_shipped_lists
from etl.settings.forms import Difference, differences
from etl.settings.sources import Const
from etl.settings.tables import Mandate
from etl.settings.values import opd_key, room_key

_FILE = "Daftar periksa"
MOST_ITEMS = 60
LONGEST_NAME = 60
LONGEST_OFFICE = 100
MOST_SEATS = 100_000


class ChecklistError(PantauError):
    """A version that cannot be used."""


def as_lines(weights: dict[str, int]) -> str:
    """A version as a person edits it."""
    return "\n".join(f"{name}; {weight}" for name, weight in weights.items())


def read_items(text: str) -> list[dict[str, Any]]:
    """The items of the lines, in order. Raises ChecklistError."""
    items: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, weight = _item(line, number)
        if room_key(name) in seen:
            raise ChecklistError("checklist.item_twice", row=number, name=name, other=seen[room_key(name)])
        seen[room_key(name)] = number
        items.append({"name": name, "weight": weight})
    if not items:
        raise ChecklistError("checklist.empty")
    if len(items) > MOST_ITEMS:
        raise ChecklistError("checklist.many_items", count=len(items), most=MOST_ITEMS)
    return items


def _item(line: str, number: int) -> tuple[str, int]:
    name, sign, weight = line.partition(";")
    name, weight = " ".join(name.split()), weight.strip()
    if not name:
        raise ChecklistError("checklist.no_item_name", row=number, line=line.strip())
    if len(name) > LONGEST_NAME:
        raise ChecklistError("checklist.long_item_name", row=number, most=LONGEST_NAME)
    if not sign or weight not in ("1", "2"):
        raise ChecklistError("checklist.bad_weight", row=number, weight=weight, name=name)
    return name, int(weight)


def with_checklist(settings: Settings, version: str, valid_from: date, text: str, today: date) -> Settings:
    """The settings with one more version, which holds from a day on; versions before stay as they are.

    A shipped version that would begin later is left out: it is for offices without a list of their own.

    Raises ChecklistError; RuleError for what the settings refuse.
    """
    name, items = " ".join(version.split()), read_items(text)
    shipped = default_settings().checklists
    kept = tuple(known for known in settings.checklists if known.valid_from <= valid_from or known not in shipped)
    settings = settings.model_copy(update={"checklists": kept})
    known = Checklists.of(settings)
    if not name:
        raise ChecklistError("checklist.no_version_name")
    if any(earlier.version.casefold() == name.casefold() for earlier in known.versions):
        raise ChecklistError("checklist.version_taken", name=name)
    if valid_from < today:
        raise ChecklistError("checklist.in_the_past", today=today)
    if known.versions and valid_from <= known.versions[-1].valid_from:
        newest = known.versions[-1]
        raise ChecklistError("checklist.not_after", version=newest.version, first=newest.valid_from)
    if known.versions and {earlier["name"]: earlier["weight"] for earlier in items} == known.versions[-1].weights:
        raise ChecklistError("checklist.nothing_changed", version=known.versions[-1].version)
    added = {"version": name, "from": valid_from.isoformat(), "items": items}
    return _with_one_more(settings, "checklist", added, _FILE)


_SETTINGS = "Pengaturan"


class OfficeError(PantauError):
    """The name of the office or a line of its rooms cannot be used."""


class UnknownNameError(PantauError):
    """A name was chosen that the settings do not have any more."""


def with_room_spellings(settings: Settings, room: str, texts: Sequence[str]) -> Settings:
    """The room is also written so. Raises UnknownNameError, RuleError."""
    document = settings.to_document()
    for table in document["room"]:
        if table["name"] == room:
            table["aliases"] = _with_new(table["aliases"], [room], texts, room_key)
            return Settings.from_document(document, _SETTINGS)
    raise UnknownNameError("settings.name_gone", name=room)


def with_room(settings: Settings, name: str, capacity: int | None, texts: Sequence[str]) -> Settings:
    """A new room, with the spellings under which rows wait for it; capacity None: not known. Raises RuleError."""
    room: dict[str, Any] = {"name": name, "aliases": _with_new([], [name], texts, room_key)}
    if capacity is not None:
        room["capacity"] = capacity
    return _with_one_more(settings, "room", room, _SETTINGS)


def with_item(settings: Settings, item: str, texts: Sequence[str]) -> Settings:
    """The item is also written so; one that no list has is added, without weight. Raises RuleError."""
    known = settings.to_document()["item"].get(item, [])
    return _with_spellings(settings, "item", item, _with_new(known, [item], texts, room_key))


def with_opd_spelling(settings: Settings, opd: str, name: str) -> Settings:
    """The agency is also written so; an agency that the settings do not have is added. Raises RuleError."""
    known = settings.to_document()["opd"].get(opd, [])
    return _with_spellings(settings, "opd", opd, _with_new(known, [opd], [name], opd_key))


def with_opd(settings: Settings, name: str) -> Settings:
    """A new agency under its own name. Raises RuleError."""
    return _with_spellings(settings, "opd", name, settings.to_document()["opd"].get(name, []))


def without_opd_spelling(settings: Settings, opd: str, alias: str) -> Settings:
    """The agency is no longer written so; rows go back to their own name. Raises UnknownNameError."""
    aliases = settings.to_document()["opd"].get(opd, [])
    if alias not in aliases:
        raise UnknownNameError("settings.name_gone", name=alias)
    return _with_spellings(settings, "opd", opd, [spelling for spelling in aliases if spelling != alias])


def as_room_lines(settings: Settings) -> str:
    """The rooms as a person edits them: one line a room, its capacity behind a semicolon where it is known."""
    return "\n".join(f"{room.name}; {room.capacity}" if room.capacity else room.name for room in settings.rooms)


def with_office(settings: Settings, name: str, lines: str, *, may_drop: bool) -> Settings:
    """The settings with the name of the office and these rooms (`as_room_lines`); a room that stays keeps its
    spellings, hours and closures. `may_drop`: nothing is recorded yet that would lose its room.

    Raises OfficeError, RuleError.
    """
    office = " ".join(name.split())
    if not office or len(office) > LONGEST_OFFICE:
        raise OfficeError("begin.office_name_wanted", most=LONGEST_OFFICE)
    document = settings.to_document()
    known = {room_key(room["name"]): room for room in document["room"]}
    rooms = [_room(line, number, known) for number, line in enumerate(lines.splitlines(), start=1) if line.strip()]
    if not rooms:
        raise OfficeError("begin.no_room")
    stays = {room_key(room["name"]) for room in rooms}
    lost = [room["name"] for key, room in known.items() if key not in stays]
    if lost and not may_drop:
        raise OfficeError("begin.room_kept", rooms=lost)
    document["office"]["name"] = office
    return Settings.from_document({**document, "room": rooms}, _SETTINGS)


_CAPACITY = re.compile(
    r"(?P<seats>\d{1,6}|\d{1,3}\.\d{3})\s*(orang|org\.?|kursi|peserta|people|seats)?", re.ASCII | re.I
)
"""`50`, `50 orang`, `1.000 kursi`."""


def _room(line: str, number: int, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    name, _, capacity = line.partition(";")
    name, typed = " ".join(name.split()), capacity.strip()
    if not name or len(name) > LONGEST_NAME:
        raise OfficeError("begin.room_name_wanted", row=number, most=LONGEST_NAME)
    written = _CAPACITY.fullmatch(typed)
    seats = int(written["seats"].replace(".", "")) if written else 0
    if typed and not 0 < seats <= MOST_SEATS:
        raise OfficeError("begin.capacity_wanted", row=number, capacity=typed, most=MOST_SEATS)
    kept = {key: value for key, value in known.get(room_key(name), {}).items() if key != "capacity"}
    return {**kept, "name": name, **({"capacity": seats} if typed else {})}


StepDays = Mapping[str, str | bool]
"""By step the day from which it is recorded as the settings write it; False: never."""


def with_recording(settings: Settings, first: date | None, step_days: StepDays | None = None) -> Settings:
    """Steps are recorded from that day on, or (None) from their first finish; with `step_days` single ones from those
    days, without they stay. Raises RuleError."""
    document = settings.to_document()
    recording = {name: value for name, value in document["recording"].items() if name != "from"}
    if first is not None:
        recording["from"] = first.isoformat()
    if step_days is not None:
        recording["steps"] = dict(step_days)
    return Settings.from_document({**document, "recording": recording}, _SETTINGS)


class MandateError(PantauError):
    """A deputy that cannot be named so; the sentence names the other one."""


def with_mandate(settings: Settings, mandate: Mapping[str, Any]) -> Settings:
    """One more deputy: `role`, `user`, `title`, `from`, `to` (left out: until further notice) as the file has them.

    Raises MandateError where the post has another deputy in that time, RuleError for what the settings refuse.
    """
    wanted = Mandate.model_validate(mandate) if _is_in_order(mandate) else None
    other = next((one for one in settings.mandates if wanted is not None and one.overlaps(wanted)), None)
    if other is not None:
        user = Message(f"role.{other.user}") if other.user in POSTS else other.user
        named = {"post": Message(f"role.{other.role}"), "user": user, "title": other.title}
        raise MandateError(
            "mandates.overlap", **named, first=other.first, last=other.last or Message("mandates.until_further")
        )
    return _with_one_more(settings, "mandate", mandate, _SETTINGS)


def _is_in_order(mandate: Mapping[str, Any]) -> bool:
    """Whether a mandate can be compared with others; what is wrong with another one the settings say."""
    try:
        Mandate.model_validate(mandate)
    except ValidationError:
        return False
    return True


def mandate_key(mandate: Mandate) -> str:
    """What a page calls a mandate."""
    return f"{mandate.role} {mandate.first}"


def without_mandate(settings: Settings, key: str, today: date) -> Settings:
    """The mandate ends before today; one that has not begun by then goes, one that is over stays as it is.

    Raises UnknownNameError.
    """
    mandate = next((one for one in settings.mandates if mandate_key(one) == key), None)
    if mandate is None:
        raise UnknownNameError("settings.name_gone", name=key)
    others = [one for one in settings.mandates if one is not mandate]
    yesterday = today - timedelta(days=1)
    last = min(mandate.last or yesterday, yesterday)
    ended = [mandate.model_copy(update={"last": last})] if mandate.first <= yesterday else []
    return settings.model_copy(update={"mandates": tuple(others + ended)})


def _with_spellings(settings: Settings, table: str, name: str, spellings: list[str]) -> Settings:
    """The settings with these spellings of a name in `[opd]` or `[item]`."""
    document = settings.to_document()
    return Settings.from_document({**document, table: {**document[table], name: spellings}}, _SETTINGS)


def _with_one_more(settings: Settings, tables: str, table: Mapping[str, Any], file: str) -> Settings:
    """The settings with one table more of `[[tables]]`; `file` is what a refusal calls the place of a wrong value."""
    document = settings.to_document()
    return Settings.from_document({**document, tables: [*document.get(tables, []), table]}, file)


def _with_new(aliases: Sequence[str], known: Sequence[str], texts: Sequence[str], key: Any) -> list[str]:
    """The spellings with those added that no other one covers."""
    spellings, seen = list(aliases), {key(spelling) for spelling in (*aliases, *known)}
    for text in (" ".join(text.split()) for text in texts):
        if key(text) not in seen:
            seen.add(key(text))
            spellings.append(text)
    return spellings


@dataclass(frozen=True)
class SettingsChange:
    """One version of the settings: when it was put in force, by whom and why, and what differs from the one before."""

    version: int
    at: int
    actor: str | None
    reason: str | None
    differences: tuple[Difference, ...]


def settings_changes(office: Office, most: int) -> list[SettingsChange]:
    """The newest versions, the newest first. Raises RuleError for one that cannot be read any more."""
    with reading(office.records) as connection:
        stored = settings_history(connection, most + 1)
    read = [with_shipped_lists(Settings.from_document(one.document)) for one in stored]
    before = [*read[1:], default_settings()]
    return [
        SettingsChange(one.id, one.at, one.actor, one.reason, tuple(differences(earlier, after)))
        for one, after, earlier in zip(stored[:most], read, before, strict=False)
    ]


class NewerSettingsError(PantauError):
    """Somebody else changed the settings since a change of them was begun."""


def put_in_force(
    office: Office, wanted: Settings, version: int, now: int, *, actor: str, reason: str, edit: Edit
) -> Applied:
    """Put settings in force that were made out of a version.

    Raises NewerSettingsError when others are in force by now, RuleError for a calendar that cannot be.
    """
    begun_from = office.settings_of(version)
    check_calendar(wanted, _SETTINGS)

    def replaced(before: Settings) -> Settings:
        if before != begun_from:
            raise NewerSettingsError("tables.newer")
        return before if wanted == before else wanted

    return apply_settings(office, replaced, now, actor=actor, reason=reason, edit=edit)


KEPT_FILE = "pemetaan kolom"
"""What a refusal calls the place of a wrong value."""


class SourceNameTakenError(PantauError):
    """Another source has that name already, and reads files in another way."""


def keep_source(office: Office, source: SourceMap, now: int, *, actor: str, every: str | None = None) -> None:
    """Add a `[[source]]` to the settings, unless the very same one is there.

    `every` is its rhythm, such as `1d`. Raises SourceNameTakenError, RuleError, RecordsError.
    """
    reason = f"pemetaan kolom {source.name}"
    kept = Edit("source")
    apply_settings(
        office, lambda settings: with_source(settings, source, every), now, actor=actor, reason=reason, edit=kept
    )


def with_source(settings: Settings, source: SourceMap, every: str | None) -> Settings:
    """The settings with that source too; the very same when they have it. Raises SourceNameTakenError, RuleError."""
    known = settings.source(source.name)
    if known is not None and how_read(known) == how_read(source):
        return settings
    if known is not None:
        raise SourceNameTakenError("intake.source_taken", name=source.name)
    return _with_one_more(settings, "source", _table(source, every), KEPT_FILE)


def _table(source: SourceMap, every: str | None) -> Mapping[str, Any]:
    """The source as a settings file writes it, without what is empty."""
    table: dict[str, Any] = {
        "name": source.name,
        "kind": source.kind,
        "columns": {n: {"const": o.value} if isinstance(o, Const) else o for n, o in source.columns.items()},
        "date_order": source.date_order,
        "files": source.files,
        "every": every,
    }
    return {key: value for key, value in table.items() if value}
