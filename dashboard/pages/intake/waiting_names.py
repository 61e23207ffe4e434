"""Which rooms and items does nobody know yet, and what are they?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import account
from dashboard.components import button, panel, select
from dashboard.components.filters import ALL
from dashboard.components.tables import Column
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.intake.waiting_parts import ITEMS_PAGE, MOST_ROWS, ROOMS_PAGE, here, places
from dashboard.pages.shared.forms import done, text_field
from dashboard.pages.shared.words import kind_words
from data_access.records import reading
from data_access.records.intake.views import rows_awaiting_name
from data_access.records.office import Edit
from etl.desk.settings_edit import with_item, with_room, with_room_spellings
from etl.figures.intake.open_work import UnknownName, unknown_items, unknown_rooms
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import Settings

MOST_SPELLINGS = 5

ASKED = {"room": "ruang", "item": "barang"}
"""How the address names the unknown room or item that was opened."""

_OF_ITEM = "barang|"
"""Before the key of what is decided where it is an item."""

_BIGGEST_ROOM = 100_000


class Id(StrEnum):
    """Ids of the questions."""

    KEY = "waiting-key"
    ROOM = "waiting-room"
    SAME = "waiting-same"
    NAME = "waiting-name"
    CAPACITY = "waiting-capacity"
    ADD = "waiting-add"


def take_answers(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take what a person says of an unknown room or item."""

    def decide(pressed: str, key: Any, room: Any, name: Any, capacity: Any) -> Component:
        if str(key).startswith(_OF_ITEM):
            word = str((name if pressed == Id.ADD else room) or "")
            return decide_item(office, now(), str(key).removeprefix(_OF_ITEM), word, is_new=pressed == Id.ADD)
        if pressed == Id.ADD:
            return add_room(office, now(), str(key), str(name or ""), str(capacity or ""))
        return same_room(office, now(), str(key), str(room or ""))

    given = ((Id.KEY, "data"), (Id.ROOM, "value"), (Id.NAME, "value"), (Id.CAPACITY, "value"))
    frame.take_decisions(app, "waiting", (Id.SAME, Id.ADD), given, decide)


def same_room(office: Office, now: int, key: str, name: str) -> Component:
    """The waiting name is a spelling of that room; what became of it, in words."""
    room = _waiting_room(office, key)
    if name in ("", ALL):
        raise frame.UnusableAnswerError("intake.choose_room")
    reason = t("intake.same_room_reason", text=room.texts[0], room=name)
    return _apply(office, now, lambda settings: with_room_spellings(settings, name, room.texts), reason)


def add_room(office: Office, now: int, key: str, name: str, capacity: str) -> Component:
    """The waiting name is a room of its own; what became of it, in words."""
    room, plain = _waiting_room(office, key), " ".join(name.split())
    if not plain:
        raise frame.UnusableAnswerError("intake.name_room")
    seats, reason = _capacity(capacity), t("intake.new_room_reason", text=room.texts[0], room=plain)
    return _apply(office, now, lambda settings: with_room(settings, plain, seats, room.texts), reason)


def decide_item(office: Office, now: int, key: str, name: str, *, is_new: bool) -> Component:
    """The waiting name is a spelling of that item, or with `is_new` an item of its own; what became of it, in words."""
    item, plain = next((item for item in unknown_items(office) if item.key == key), None), " ".join(name.split())
    if item is None:
        raise frame.UnusableAnswerError("intake.item_gone")
    if plain in ("", ALL):
        raise frame.UnusableAnswerError("intake.name_item" if is_new else "intake.choose_item")
    reason = t("intake.new_item_reason" if is_new else "intake.same_item_reason", text=item.texts[0], item=plain)
    return _apply(office, now, lambda settings: with_item(settings, plain, item.texts), reason, "item")


def _waiting_room(office: Office, key: str) -> UnknownName:
    room = next((room for room in unknown_rooms(office) if room.key == key), None)
    if room is None:
        raise frame.UnusableAnswerError("intake.room_gone")
    return room


def _capacity(text: str) -> int | None:
    """None for an empty field."""
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal() or not 0 < int(plain) < _BIGGEST_ROOM:
        raise frame.UnusableAnswerError("intake.capacity_wrong", text=plain[:20])
    return int(plain)


def _apply(
    office: Office, now: int, edit: Callable[[Settings], Settings], reason: str, what: str = "room"
) -> Component:
    """Put edited settings in force, and say how many rows have joined."""
    applied = apply_settings(office, edit, now, actor=account().name, reason=reason, edit=Edit(what))
    words = t("intake.joined", count=fmt().number(applied.joined), n=applied.joined)
    return done(words, is_published=applied.is_published)


def names_list(what: str, names: Sequence[UnknownName], query: Mapping[str, str], may_change: bool) -> Component:
    number_at = ROOMS_PAGE if what == "room" else ITEMS_PAGE
    page, shown = frame.page_of(names, query.get(number_at))
    title, words = t(f"intake.unknown_{what}s"), t("intake.decide_room") if may_change else t("intake.see_rows")
    columns: list[Column[UnknownName]] = [
        frame.column(f"typed_{what}", lambda name: html.Strong(_spellings(name))),
        frame.column("rows_waiting", _rows_by_kind, "num"),
        frame.column("since", lambda name: fmt().moment_short(name.since)),
        frame.column("close_to", lambda name: name.close_to or t("word.none")),
        frame.column("action", lambda name: frame.way(words, here(query, **{ASKED[what]: name.key}))),
    ]
    ways = frame.pages(page, len(names), lambda number: here(query, **{number_at: number}))
    return panel(frame.listed(title, columns, shown), ways, title=title, note=t("intake.unknown_rooms_note"))


def _spellings(name: UnknownName) -> str:
    """The first ways in which the name was typed, and how many more there are."""
    more = len(name.texts) - MOST_SPELLINGS
    rest = [t("intake.more_spellings", count=fmt().number(more), n=more)] if more > 0 else []
    return " / ".join([*name.texts[:MOST_SPELLINGS], *rest])


def _rows_by_kind(name: UnknownName) -> list[Component | str]:
    f = fmt()
    kinds = " · ".join(f"{kind_words(kind)} {f.number(count)}" for kind, count in name.rows.items())
    return [f.number(name.count), html.Div(kinds, className="p-muted")]


def name_panel(office: Office, what: str, name: UnknownName, may_change: bool) -> Component:
    """The rows behind an unknown room or item, and the two answers for those who may give them."""
    with reading(office.records) as connection:
        rows = rows_awaiting_name(connection, what, name.texts, MOST_ROWS)
    key = name.key if what == "room" else _OF_ITEM + name.key
    answers = [dcc.Store(id=Id.KEY, data=key), _answers(office, what, name)] if may_change else []
    note = t("intake.rows", count=fmt().number(name.count), n=name.count)
    title = t(f"intake.{what}_asked", **{what: _spellings(name)})
    return frame.decision(*answers, places(rows, name.count), title=title, note=note)


def _answers(office: Office, what: str, name: UnknownName) -> Component:
    is_room = what == "room"
    names = [known.name for known in office.settings.rooms] if is_room else list(office.item_names.all)
    chosen = name.close_to if name.close_to in names else ""
    options = [("", t("intake.choose")), *((known, known) for known in names)]
    label = t("word.room") if is_room else t("sarpras.head_item")
    same = _answer(
        f"same_{what}",
        select(Id.ROOM, label, options, chosen or ""),
        button(t(f"intake.same_{what}_do"), id=Id.SAME),
    )
    capacity = text_field(Id.CAPACITY, t("intake.capacity"), "", kind="number", placeholder=t("intake.unknown"))
    fields = [
        text_field(Id.NAME, t(f"intake.{what}_name"), " ".join(name.texts[0].split())),
        capacity if is_room else html.Div(capacity, hidden=True),
    ]
    new = _answer(
        f"new_{what}",
        html.Div(fields, className="intake-fields"),
        button(t(f"intake.new_{what}_do"), id=Id.ADD, kind="quiet"),
    )
    return html.Div([same, new], className="p-grid-2 intake-answers")


def _answer(name: str, *parts: Component) -> Component:
    """One of the two answers under its words."""
    return html.Div([html.H3(t(f"intake.{name}")), html.P(t(f"intake.{name}_hint"), className="p-muted"), *parts])
