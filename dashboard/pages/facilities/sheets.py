"""The tables of the Sarpras page as sheets of a file: all rows, also those that the page folds away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.i18n import fmt, t
from dashboard.pages.facilities.faults import open_faults
from dashboard.pages.facilities.numbers import rests_words, verdict_words
from dashboard.pages.facilities.rooms import readiness_words
from etl.domain.facilities.condition import Condition
from etl.domain.statistics import Pair
from etl.domain.units import HOUR
from etl.figures.facilities.conditions import RoomState, readiness
from etl.figures.facilities.consumables import Supply, supplies
from etl.figures.facilities.incidents import AtRisk, Incident
from etl.figures.facilities.period import ConditionFigures, SessionCheck
from etl.sheet_files import Cell, Sheet, share_cell

if TYPE_CHECKING:
    from etl.office import Office


Row = tuple[Cell, ...]


def sarpras_sheets(office: Office, figures: ConditionFigures, faults: Sequence[Incident], now: int) -> list[Sheet]:
    """The figures, the rooms with their items, open and restored faults, times, the sessions of B5, supplies."""
    items = [(room.room, item.item) for room in figures.rooms for item in room.items]
    return [
        _figures(figures),
        _rooms(office, figures.rooms, now),
        _items(figures.rooms),
        _sheet("open", _OPEN, [_open(one, risk) for one, risk in open_faults(office, faults, now)]),
        _sheet("restored", _RESTORED, map(_restored, figures.cases)),
        _times(figures),
        _sheet("b5", _SESSION, map(_session, figures.sessions)),
        _sheet("supplies", _SUPPLY, map(_supply, supplies(items, faults, now))),
    ]


_OPEN = ("room", "item", "state", "note", "since", "age", "reports", "risk", "unknown", "holder")
_RESTORED = ("room", "item", "since", "restored", "working", "elapsed")
_SESSION = ("start", "end", "room", "opd", "check", "b5")
_SUPPLY = ("room", "item", "days", "left", "rests")


def _sheet(name: str, columns: Sequence[str], rows: Iterable[Row]) -> Sheet:
    return Sheet(t(f"sarpras.file_{name}"), tuple(t(f"sarpras.column_{one}") for one in columns), tuple(rows))


def _figures(figures: ConditionFigures) -> Sheet:
    b5, first, faults = figures.b5, figures.first_use, figures.restoring
    rows: list[Row] = [
        (t("sarpras.kpi_open"), faults.open, None, None, None, None, None),
        (t("sarpras.kpi_restore"), None, faults.n, None, None, None, _hours(faults.median_working_seconds)),
        (t("sarpras.kpi_b5"), b5.good, b5.checked, share_cell(b5.share), *_ends(b5.interval), None),
        (t("sarpras.kpi_coverage"), b5.checked, b5.held, share_cell(b5.coverage), None, None, None),
        (t("sarpras.kpi_first"), first.checked, first.days, share_cell(first.share), *_ends(first.interval), None),
    ]
    return _sheet("figures", ("what", "count", "n", "share", "low", "high", "median"), rows)


def _ends(interval: Pair | None) -> tuple[Cell, Cell]:
    low, high = interval or (None, None)
    return share_cell(low), share_cell(high)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR, 2)


def _rooms(office: Office, rooms: Sequence[RoomState], now: int) -> Sheet:
    ahead = {one.room: one for one in readiness(office, now)}

    def row(room: RoomState) -> Row:
        f, following = fmt(), ahead.get(room.room)
        checked: Cell = room.checked_on if room.checked_at is None else f.local(room.checked_at)
        told: Row = (None, None, None)
        if following is not None:
            told = (f.local(following.start_at), following.opd, readiness_words(following))
        share = share_cell(room.completeness)
        return room.room, t(f"condition.status_{room.status}"), room.score, share, checked, *told

    columns = ("room", "status", "score", "completeness", "check", "next", "opd", "readiness")
    return _sheet("rooms", columns, map(row, rooms))


def _items(rooms: Sequence[RoomState]) -> Sheet:
    def state(condition: Condition | None) -> str:
        return t("condition.unknown") if condition is None else t(f"condition.{condition}")

    rows = (
        (room.room, item.item, state(item.condition), _since(item.since), item.note)
        for room in rooms
        for item in room.items
    )
    return _sheet("items", ("room", "item", "state", "since", "note"), rows)


def _since(moment: int | None) -> Cell:
    return None if moment is None else fmt().local(moment)


def _open(one: Incident, risk: AtRisk) -> Row:
    holder = t(f"role.{one.assigned_role}") if one.assigned_role else t("sarpras.nobody")
    return (
        one.room, one.item, t(f"condition.{one.condition}"), one.note, _since(one.first_at),
        _hours(one.restore_working), one.reports, round(risk.person_hours, 2), risk.unknown, holder,
    )  # fmt: skip


def _restored(one: Incident) -> Row:
    times = _hours(one.restore_working), _hours(one.restore_elapsed)
    return one.room, one.item, _since(one.first_at), _since(one.ended_at), *times


def _times(figures: ConditionFigures) -> Sheet:
    one = figures.restoring
    responded = (
        one.respond_median_working_seconds, one.respond_p90_working_seconds, one.respond_median_elapsed_seconds,
    )  # fmt: skip
    restored = (one.median_working_seconds, one.p90_working_seconds, one.median_elapsed_seconds)
    rows = (
        (t("sarpras.respond"), one.respond_n, *map(_hours, responded)),
        (t("sarpras.restore"), one.n, *map(_hours, restored)),
    )
    return _sheet("times", ("what", "n", "median", "p90", "elapsed_median"), rows)


def _session(one: SessionCheck) -> Row:
    checked = _since(one.checked_at)
    day = checked.date() if one.is_day_only and isinstance(checked, datetime) else checked
    opd = one.opd or t("sarpras.no_letter")
    return _since(one.start_at), _since(one.end_at), one.room, opd, day, verdict_words(one)


def _supply(one: Supply) -> Row:
    days = None if one.is_out or one.days_left is None else round(one.days_left)
    return one.room, one.item, days, _left(one), rests_words(one)


def _left(one: Supply) -> str | None:
    if one.is_out:
        return t("sarpras.out")
    if one.days_left is None:
        return t("sarpras.not_known")
    return t("sarpras.any_day") if one.days_left < 0 else None
