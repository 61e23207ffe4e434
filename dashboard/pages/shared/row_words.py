"""Stored rows and their changes in words: days, moments, steps and names as the office writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.i18n import catalogue, fmt, t
from etl.domain.frames import MISSING
from etl.domain.sop.steps import STEP_CODES
from etl.domain.verdict import RequestStatus
from etl.figures.rooms.use import WITHOUT_LETTER as NO_LETTER

_HIDDEN = ("screened", "passed", "failed")


def step_words(step: int, pass_number: int | None = None) -> str:
    """ "A4", or "A4, putaran 2"."""
    code = STEP_CODES[step]
    return code if pass_number in (None, 1) else f"{code}, {t('case.pass', n=pass_number)}"


def stamp_words(on: int | None, at: int | None) -> str:
    """A moment, or a day whose clock time is not known."""
    f = fmt()
    if at is not None:
        return f.moment_short(at)
    return t("case.date_only", day=f.date_short(on)) if on is not None else t("word.none")


def row_in_words(kind: str, row: Mapping[str, Any]) -> list[Component]:
    """What a stored row says, in two lines."""
    first, second = _LINES[kind](row) if kind in _LINES else ("", "")
    return [html.Div(first or t("word.none")), html.Div(second, className="p-muted")]


def _letter(row: Mapping[str, Any]) -> tuple[str, str]:
    received = t("case.received", moment=stamp_words(row["received_on"], row["received_at"]))
    parts = [row["opd_name"] or "", received, row["room_name"] or row["room"] or ""]
    return row["activity"] or row["subject"] or "", " · ".join(part for part in parts if part)


def _pass(row: Mapping[str, Any]) -> tuple[str, str]:
    finished = stamp_words(row["finished_on"], row["finished_at"])
    started = stamp_words(row["started_on"], row["started_at"])
    begun = [f"{t('intake.field_started')} {started}"] if row["started_on"] is not None else []
    ended = [f"{t('intake.field_finished')} {finished}"] if row["finished_on"] is not None else []
    return step_words(row["step"], row["pass_number"]), " · ".join([*begun, *ended])


def _session(row: Mapping[str, Any]) -> tuple[str, str]:
    f = fmt()
    when = f"{stamp_words(None, row['started_at'])} – {f.clock(row['ended_at'])}"
    people = t("intake.present", count=f.number(row["present"])) if row["present"] is not None else ""
    return row["room_name"] or row["room_text"] or "", " · ".join(part for part in (when, people) if part)


def _list(row: Mapping[str, Any]) -> tuple[str, str]:
    f = fmt()
    return t("intake.people", count=f.number(row["people"])), t("intake.present", count=f.number(row["present"]))


def _check(row: Mapping[str, Any]) -> tuple[str, str]:
    item = row["item_name"] or row["item_text"] or ""
    condition = t(f"intake.condition_{row['condition']}")
    room = row["room_name"] or row["room_text"] or ""
    return f"{item}: {condition}", f"{room} · {stamp_words(row['checked_on'], row['checked_at'])}"


_LINES = {"permohonan": _letter, "disposisi": _pass, "pemakaian": _session, "peserta": _list, "kondisi": _check}


def changes_in_words(changes: Mapping[str, Any]) -> list[Component]:
    """One line a field: what was known and what the row says instead. Screening counts are never shown here."""
    fields = _fields(changes)
    lines = [html.Div(_change(name, *fields[name]), className="intake-change") for name in fields]
    return lines or [html.Div(t("intake.change_hidden"), className="p-muted")]


def _fields(changes: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Old and new by field; the day and the moment of one stamp are one field."""
    found: dict[str, tuple[str, str]] = {}
    for column, (old, new) in changes.items():
        field = column.removesuffix("_at").removesuffix("_on") if column != "letter_on" else column
        is_day = column.endswith("_on")
        if column in _HIDDEN or (is_day and f"{field}_at" in changes and changes[f"{field}_at"][1] is not None):
            continue
        found[field] = (value_words(column, old), value_words(column, new))
    return found


def _change(field: str, old: str, new: str) -> list[Component | str]:
    return [
        html.Span(f"{field_words(field)}: ", className="p-muted"),
        html.Del(old),
        html.Span(" → ", **{"aria-hidden": "true"}),
        html.Ins(new),
    ]


def field_words(field: str) -> str:
    """What the office calls a field."""
    name = field if field == "letter_on" else field.removesuffix("_at").removesuffix("_on")
    key = f"intake.field_{name}"
    return t(key) if key in catalogue() else field


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


def opd_words(name: str | None) -> str:
    """An agency's name, or words for a session without a letter."""
    return t("room.without_letter") if name in (None, NO_LETTER) else str(name)
