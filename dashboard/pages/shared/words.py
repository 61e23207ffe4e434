"""Words for what pages show again and again: records, where their rows stand, who gave them, what changed, flags.

Days, moments, steps and names are written as the office writes them; a row leads to the load that brought it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import Tone, link, pill
from dashboard.i18n import catalogue, fmt, t
from dashboard.pages.shared.links import request_address, row_address
from data_access.mart import People
from data_access.records import reading
from data_access.records.access import user_by_name
from data_access.records.intake.loads import SCREEN, Load
from data_access.records.intake.views import rows_of_letter
from etl.desk.screen_rows import entered_as, entered_by
from etl.domain.compliance.stamping import OFFER_NOTE
from etl.domain.compliance.suspicion import MARKS
from etl.domain.frames import MISSING
from etl.domain.verdict import Flag, RequestStatus
from etl.extract.texts import letter_name
from etl.figures.filter import SlaFilter
from etl.figures.requests.detail import Request, Source
from etl.figures.requests.work_list import OfFigure
from etl.figures.rooms.free_times import Holding, is_too_small
from etl.figures.rooms.room_day import Booking
from etl.figures.rooms.use import NO_LETTER
from etl.office import Office
from etl.reference.steps import STEP_CODES
from etl.settings.rooms import Room

_ACTORS = ("cli", "watch", "inbox", "source", "demo")
_KINDS = ("permohonan", "disposisi", "pemakaian", "peserta", "kondisi", "koreksi", "pembatalan")
_HIDDEN = ("screened", "passed", "failed")
"""Fields whose changes are never shown: counts of the screening."""

_ICONS = {
    Flag.RETURNED: "arrow-counterclockwise",
    Flag.EXTRA_PASS: "plus-square-dotted",
    Flag.OUT_OF_ORDER: "shuffle",
    Flag.NEEDS_CLOSING: "box-arrow-in-down",
    Flag.ESTIMATED_CALENDAR: "calendar-week",
    Flag.ENTERED_LATE: "clock-history",
    Flag.EQUAL_STAMPS: "stack",
    Flag.ROUND_STAMPS: "record-circle",
    Flag.SWAPPED_DATE: "arrow-left-right",
    Flag.SLIPPED_DAY: "calendar-minus",
    Flag.IMPLAUSIBLE_YEAR: "calendar-x",
    Flag.TAKEN_LATE: "hourglass-bottom",
    Flag.LATE_UNSTAMPED: "journal-x",
}


def dotted(*parts: str | None) -> str:
    """Parts of a line, those that say something."""
    return " · ".join(part for part in parts if part)


def kind_words(kind: str) -> str:
    """What the office calls that kind of records."""
    return t(f"intake.kind_{kind}") if kind in _KINDS else kind


def file_words(load: Load) -> str:
    """What a list calls a load: its file, or what a person did on a page."""
    return kind_words(load.kind) if load.kind == "koreksi" else load.file


def place_words(file: str | None, sheet: str | None, row: int | None) -> str:
    """ "agenda.xlsx, lembar Agenda, baris 12"; of what was entered on a screen "layar, Agendaris (ani)"."""
    if file == SCREEN and (words := screen_words(sheet)):
        return words
    parts = [file, f"{t('word.sheet')} {sheet}" if sheet else "", t("intake.row", row=row) if row else ""]
    return ", ".join(part for part in parts if part)


def screen_words(sheet: str | None) -> str | None:
    """ "layar, Agendaris (ani)": who entered it on a screen; None for what was not."""
    giver = entered_by(sheet)
    if giver is None:
        return None
    return t("intake.on_screen", role=role_words((sheet or "").partition(":")[0]), name=giver[1])


def role_words(role: str) -> str:
    """The role in which something was entered: "Sekdin", of a deputy "Sekdin, Plh. a.n. Kadin"."""
    own, post, title = entered_as(role) or (role, "", "")
    words = t(f"role.{own}")
    return t("mandates.entered_for", role=words, post=t(f"role.{post}"), title=title) if post else words


def place_link(row: Mapping[str, Any]) -> Component:
    """The way from a source row to its load; `row` has load_id, file, sheet, row."""
    words = place_words(row["file"], row["sheet"], row["row"])
    return link(words, row_address(row["load_id"], row["row"], row["sheet"]), "intake-place")


def actor_words(office: Office, actor: str | None) -> str:
    """Who gave it: a user with the role, or the way it came."""
    if not actor:
        return t("word.none")
    if actor in _ACTORS:
        return t(f"intake.actor_{actor}")
    with reading(office.records) as connection:
        user = user_by_name(connection, actor)
    return actor if user is None else f"{actor} ({t(f'role.{user.role}')})"


def request_link(year: int | None, agenda_key: str | None, shown: str | None = None) -> Component | str:
    """The way to a request; a dash when there is none. What is a further letter of its number, or one of a month, is
    called by its key."""
    if year is None or agenda_key is None:
        return t("word.none")
    name = agenda_key if agenda_key.endswith(")") or agenda_key.startswith("-") else shown or agenda_key
    return link(letter_name(year, name), request_address(year, agenda_key), "cases-link")


def result_pill(load: Load) -> html.Span:
    """What became of a load: taken, partly refused, taken without some cells, undone."""
    if load.status == "undone":
        return pill(Tone.MUTED, "arrow-counterclockwise", t("intake.undone"))
    if load.kind in ("koreksi", "pembatalan"):
        return pill(Tone.PLAIN, "pencil", kind_words(load.kind))
    f, counts = fmt(), load.counts
    if counts.rejected and counts.rejected == counts.read:
        return pill(Tone.LATE, "x-lg", t("intake.all_rejected"))
    parts = {"some_rejected": counts.rejected, "some_set_aside": load.set_aside}
    words = dotted(*(t(f"intake.{key}", count=f.number(count), n=count) for key, count in parts.items() if count))
    if words:
        return pill(Tone.NEAR, "exclamation-lg", words)
    return pill(Tone.GOOD, "check-lg", t("intake.all_taken"))


def step_words(step: int, pass_number: int | None = None) -> str:
    """ "A4", or "A4, putaran 2"."""
    code = STEP_CODES[step]
    return code if pass_number in (None, 1) else f"{code}, {t('case.pass', n=pass_number)}"


def stamp_words(on: int | None, at: int | None) -> str:
    """A moment, or a day whose clock time is not known."""
    f = fmt()
    if at is not None:
        return f.moment_short(at)
    return t("case.date_only", day=f.date_short(int(on))) if on is not None else t("word.none")


def row_in_words(kind: str, row: Mapping[str, Any]) -> list[Component]:
    """What a stored row says, in two lines."""
    first, second = _LINES[kind](row) if kind in _LINES else ("", "")
    return [html.Div(first or t("word.none")), html.Div(second, className="p-muted")]


def people_words(count: int | None) -> str:
    """How many came; empty where nobody said."""
    return "" if count is None else t("intake.came", count=fmt().number(count))


def unrecognised_words(count: int) -> str:
    """That faults of so many items wait for their items to be known; "" for none."""
    if count < 2:
        return t("sarpras.unrecognised_1") if count else ""
    return t("sarpras.unrecognised_n", count=fmt().number(count))


def double_booking_words(room: str, first: Booking, second: Booking) -> str:
    """That two bookings that count share a room, and from when; approved only where both are recorded so."""
    when, recorded = fmt().moment_short(second.start_at), first.is_recorded + second.is_recorded
    key = ("double_scheduled", "double_one_approved", "double_booking")[recorded]
    return t(f"room.{key}", room=room, when=when, first=opd_words(first.opd), second=opd_words(second.opd))


def double_booking_line(room: str, first: Booking, second: Booking) -> list[Any]:
    """The same, with the ways to both letters."""
    letters = [
        link(letter_name(letter.year, letter.agenda_number), request_address(letter.year, letter.agenda_number))
        for letter in (first, second)
    ]
    return [double_booking_words(room, first, second), " ", letters[0], " · ", letters[1]]


_HELD = {Holding.APPROVED: "double", Holding.SCHEDULED: "scheduled", Holding.ASKED: "asked"}


def too_small_words(rooms: Sequence[Room], name: str | None, people: int | None, day: date) -> str | None:
    """That fewer people than are expected find room there that day; None where they do, or one of both is unknown."""
    room = next((room for room in rooms if room.name == name), None)
    if room is None or people is None or not is_too_small(room, people, day):
        return None
    f, seats = fmt(), room.capacity_on(day)
    return t("decide.too_small", room=room.name, capacity=f.number(seats or 0), people=f.number(people))


def held_words(held: Holding, room: str) -> str:
    """That another booking has the room at that hour, or asks for it."""
    return t(f"decide.{_HELD[held]}", room=room)


def _request(row: Mapping[str, Any]) -> tuple[str, str]:
    received = t("case.received", moment=stamp_words(row["received_on"], row["received_at"]))
    parts = [row["opd_name"] or "", received, row["room_name"] or row["room"] or ""]
    return row["activity"] or row["subject"] or "", dotted(*parts)


def _pass(row: Mapping[str, Any]) -> tuple[str, str]:
    finished = stamp_words(row["finished_on"], row["finished_at"])
    started = stamp_words(row["started_on"], row["started_at"])
    begun = [f"{t('intake.field_started')} {started}"] if row["started_on"] is not None else []
    ended = [f"{t('intake.field_finished')} {finished}"] if row["finished_on"] is not None else []
    return step_words(row["step"], row["pass_number"]), " · ".join([*begun, *ended])


def _session(row: Mapping[str, Any]) -> tuple[str, str]:
    f = fmt()
    when = f"{stamp_words(None, row['started_at'])} – {f.clock(row['ended_at'])}"
    people = people_words(row[People.PRESENT])
    return row["room_name"] or row["room_text"] or "", dotted(when, people)


def _list(row: Mapping[str, Any]) -> tuple[str, str]:
    f = fmt()
    return t("intake.people", count=f.number(row["people"])), t("intake.came", count=f.number(row[People.PRESENT]))


def _check(row: Mapping[str, Any]) -> tuple[str, str]:
    item = row["item_name"] or row["item_text"] or ""
    condition = t(f"intake.condition_{row['condition']}")
    room = row["room_name"] or row["room_text"] or ""
    return f"{item}: {condition}", f"{room} · {stamp_words(row['checked_on'], row['checked_at'])}"


_LINES = {"permohonan": _request, "disposisi": _pass, "pemakaian": _session, "peserta": _list, "kondisi": _check}


def changes_in_words(changes: Mapping[str, Any]) -> list[Component]:
    """One line a field: what was known and what the row says instead. Screening counts are never shown here."""
    fields = _fields(changes)
    lines = [change_words(name, *fields[name]) for name in fields]
    return lines or [html.Div(t("intake.change_hidden"), className="p-muted")]


def _fields(changes: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Old and new by field; the day and the moment of one stamp are one field."""
    fields: dict[str, tuple[str, str]] = {}
    for column, (old, new) in changes.items():
        field = _field_of(column)
        is_day = column.endswith("_on")
        if column in _HIDDEN or (is_day and f"{field}_at" in changes and changes[f"{field}_at"][1] is not None):
            continue
        fields[field] = (value_words(column, old), value_words(column, new))
    return fields


def change_words(field: str, old: str, new: str) -> Component:
    """What a field was and what it is instead."""
    name, arrow = html.Span(f"{field_words(field)}: ", className="p-muted"), html.Span(" → ", **{"aria-hidden": "true"})
    return html.Div([name, html.Del(old), arrow, html.Ins(new)], className="intake-change")


def field_words(field: str) -> str:
    """What the office calls a field."""
    key = f"intake.field_{_field_of(field)}"
    return t(key) if key in catalogue() else field


def _field_of(column: str) -> str:
    """A stamp has two columns, its day and its moment; the date of the letter is a field of its own."""
    return column if column == "letter_on" else column.removesuffix("_at").removesuffix("_on")


def value_words(column: str, value: Any) -> str:
    """A stored value as it is written on a page."""
    f = fmt()
    if value is None or value == MISSING or value == "":
        return t("word.none")
    if isinstance(value, dict):
        return stamp_words(value.get("on"), value.get("at"))
    if column.endswith("_at"):
        return f.moment_short(int(value))
    if column.endswith("_on"):
        return f.date_short(int(value))
    if column == "step":
        return step_words(int(value))
    if column == "status":
        return t(f"status.{value if isinstance(value, str) else RequestStatus.of(int(value))}")
    if column == "condition":
        return t(f"intake.condition_{value}")
    if isinstance(value, bool):
        return t("intake.yes") if value else t("intake.no")
    return f.number(value) if isinstance(value, int | float) and column != "year" else str(value)


def pause_words(begin: int, end: int | None, reason: str | None) -> str:
    """From when to when a step waited for the agency, and why; `end` None: it still does."""
    f = fmt()
    until = t("case.until_now") if end is None else f.moment_short(end)
    words = t("case.paused", begin=f.moment_short(begin), end=until)
    return f"{words}: {pause_reason(reason)}" if reason else words


def pause_reason(reason: str | None) -> str:
    """Why a step waits for the agency: as it was typed, of an offer of another time in the language of the page."""
    if reason is None or not reason.startswith(OFFER_NOTE):
        return reason or ""
    return t("case.paused_by_offer", reason=reason.removeprefix(OFFER_NOTE))


def opd_words(name: str | None) -> str:
    """An agency's name, or words for a session without a request."""
    return t("room.without_letter") if name in (None, NO_LETTER) else str(name)


def flag_of(name: str) -> Flag | None:
    """The flag that figures and addresses call by that name (`entered_late`); None for another word."""
    return next((flag for flag in Flag if flag and flag.word == name), None)


def without_words(of: SlaFilter | OfFigure) -> str:
    """Which flagged rows are left out; empty where none are."""
    flags = (t(f"flag.{flag.name}").lower() for word in of.without if (flag := flag_of(word)))
    return t("sla.without", flags=", ".join(flags)) if of.without else ""


def flag_chip(flag: Flag) -> html.Span:
    """The flag's word on a chip; its sentence appears over it."""
    tone = Tone.NEAR if flag in MARKS else Tone.PLAIN
    return pill(tone, _ICONS[flag], t(f"flag.{flag.name}"), t(f"flag.why_{flag.name}"))


def flag_chips(names: Iterable[str]) -> html.Div:
    """The chips of one step."""
    flags = [flag_of(name) for name in names]
    return html.Div([flag_chip(flag) for flag in flags if flag], className="flag-chips")


def flag_meanings(names: Iterable[str]) -> Component | None:
    """What each of these flags means, for readers without a mouse and on paper; nothing without flags."""
    wanted = set(names)
    flags = [flag for flag in Flag if flag and flag.word in wanted]
    if not flags:
        return None
    rows = [html.Div([html.Dt(flag_chip(flag)), html.Dd(t(f"flag.why_{flag.name}"))]) for flag in flags]
    return html.Dl(rows, className="flag-meanings")


@dataclass(frozen=True)
class Place:
    """One stored row: the load that brought it, its kind of records, its own number."""

    load_id: int
    kind: str
    row_id: int


Places = Mapping[Source, Place]
"""Where each source row of a request is stored; empty for those who may not see loads."""


def places_of(office: Office, detail: Request, user: Account) -> Places:
    """The loads behind a request, as far as the user may see them."""
    return stored_places(office, detail) if user.may(Page.DATA) else {}


def stored_places(office: Office, detail: Request) -> Places:
    """Where the rows of a request are stored; a row given twice belongs to the later load."""
    with reading(office.records) as connection:
        rows = rows_of_letter(connection, detail.request["request_id"])
    return {
        Source(row["file"], row["sheet"], row["row"]): Place(row["load_id"], row["kind"], row["id"]) for row in rows
    }


def sources_of(detail: Request) -> list[Source]:
    """Every source row of a request, its steps and sessions."""
    of_steps = [source for step in detail.steps for source in step.sources]
    return [*detail.sources, *of_steps, *(session.source for session in detail.sessions if session.source is not None)]


def source_lines(sources: Iterable[Source], places: Places) -> list[Component]:
    """ "disposisi-2026-06.csv, baris 211–218": one line a file and sheet; rows that follow each other are one link.

    What the same person entered on screens is one line: the first under the words, the others as which entry they are.
    """
    rows: dict[tuple[str, str | None, int | None], set[int]] = {}
    for source in sources:
        load_id = places[source].load_id if source in places else None
        rows.setdefault((source.file, source.sheet, load_id), set()).add(source.row)
    lines: list[Component] = []
    taps: dict[str, list[Component | str]] = {}
    for (file, sheet, load), numbers in rows.items():
        giver = screen_words(sheet)
        if giver is None:
            lines.append(html.P(_line(file, sheet, load, runs(sorted(numbers)))))
        elif giver not in taps:
            taps[giver] = _tap(giver, sheet, load, min(numbers))
            lines.append(html.P(taps[giver]))
        elif load is not None:
            number = len(taps[giver]) // 2 + 2
            taps[giver] += [", ", *_tap(t("intake.on_screen_next", n=number), sheet, load, min(numbers))]
    return lines


def _tap(words: str, sheet: str | None, load_id: int | None, row: int) -> list[Component | str]:
    return [words if load_id is None else link(words, row_address(load_id, row, sheet), "intake-place")]


def _line(file: str, sheet: str | None, load_id: int | None, rows: Sequence[tuple[int, int]]) -> list[Component | str]:
    """`rows`: (first, last) of each run of rows."""
    count = sum(last - first + 1 for first, last in rows)
    place = f"{file}, {t('word.sheet')} {sheet}, " if sheet else f"{file}, "
    head, ranges = f"{place}{t('word.row', n=count)} ", [(_range(first, last), first) for first, last in rows]
    if load_id is None:
        return [head + ", ".join(words for words, _ in ranges)]
    links = (link(words, row_address(load_id, first, sheet), "intake-place") for words, first in ranges)
    return [head, *(part for way in links for part in (way, ", "))][:-1]


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """(3, 3), (5, 8) for 3, 5, 6, 7, 8."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        if pairs and number == pairs[-1][1] + 1:
            pairs[-1] = (pairs[-1][0], number)
        else:
            pairs.append((number, number))
    return pairs
