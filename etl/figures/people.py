"""How many people came, the sessions behind each figure, and the health screening as an aggregate.

The unit is a session: a letter used on three days planned its number for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import numpy as np

from data_access.mart import People, Snapshot
from data_access.mart.rooms import rooms_with_records, screened
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.people import HIDDEN, Screened, ScreeningBook, ShownScreening
from etl.domain.sop.steps import Meaning
from etl.domain.statistics import share
from etl.domain.units import day_number
from etl.figures.filter import LAST_DAY, Period
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, RoomsFilter, room_diary
from etl.figures.rooms.timeline import SessionRow, number_or_none, session_rows
from etl.office import Office

FIT_CLASSES = (0.25, 0.5, 0.75, 1.0, None)
"""Upper ends of the classes of people ÷ seats, each included; None: more people than seats."""


@dataclass(frozen=True)
class Count:
    """People in the sessions that say how many: `sum` over `known` sessions, None when none says so."""

    sum: int | None
    known: int


@dataclass(frozen=True)
class Attendance:
    """People of some sessions. `attendance_share` is those who came by the planned, `verified_share` by the verified,
    of sessions that know both; `seats_share` is the occupancy (`Seating.share`) of all with time in the period;
    `seated` sessions know people and seats, `overfull` of them had more people than seats."""

    sessions: int
    people: Mapping[People, Count]
    attendance_share: float | None
    verified_share: float | None
    seats_share: float | None
    seated: int
    overfull: int

    def plain(self) -> dict[str, Any]:
        """For documents: each of People beside the shares."""
        counts = {of.value: vars(count) for of, count in self.people.items()}
        return (
            {"sessions": self.sessions} | counts | {key: value for key, value in vars(self).items() if key != "people"}
        )


@dataclass(frozen=True)
class ParticipantFigures:
    """All of the page. `fit`: sessions by how full the room was (FIT_CLASSES), then those of which nobody knows.

    `screened` None: the question is not one of whole months (with an agency: years), or nobody was screened.
    `screened_months` and `screened_opds` are its parts where they may be asked for, else empty.
    """

    as_of: int
    filter: RoomsFilter
    whole: Attendance
    by_opd: tuple[tuple[str | None, Attendance], ...]
    by_month: tuple[tuple[str, Attendance], ...]
    fit: tuple[int, ...]
    screened: ShownScreening | None
    screened_months: tuple[tuple[str, ShownScreening], ...]
    screened_opds: tuple[tuple[str | None, ShownScreening], ...]


def participant_figures(office: Office, filter_: RoomsFilter, as_of: int) -> ParticipantFigures:
    """The figures of a period at a moment.

    FilterError for an agency or room that does not exist, MartError when there is no mart.
    """
    mart = office.mart.read()
    diary = room_diary(office, filter_, as_of, mart)
    here = diary.starts_here
    screened, screened_months, screened_opds = _screened(office, mart, diary.filter, as_of)
    return ParticipantFigures(
        as_of=as_of,
        filter=diary.filter,
        whole=_attendance(diary, here, np.ones(len(here), np.bool_)),
        by_opd=_by_opd(diary, here),
        by_month=_by_month(office, diary),
        fit=_fit(diary, here),
        screened=screened,
        screened_months=screened_months,
        screened_opds=screened_opds,
    )


def people_trend(office: Office, filter_: RoomsFilter, as_of: int) -> tuple[tuple[str, Attendance], ...]:
    """The twelve whole months of which the last one holds the end of the period, also those without a session."""
    whole = replace(filter_, period=filter_.period.trend())
    return _by_month(office, room_diary(office, whole, as_of, office.mart.read()))


def _by_month(office: Office, diary: Diary) -> tuple[tuple[str, Attendance], ...]:
    """All months of the diary's period, also those without a session."""
    here = diary.starts_here
    months = office.calendar.local_day(diary.uses.start).astype("datetime64[D]").astype("datetime64[M]")
    return tuple(
        (name, _attendance(diary, here & (months == np.datetime64(name)))) for name in diary.filter.period.months()
    )


def _by_opd(diary: Diary, here: Bools) -> tuple[tuple[str | None, Attendance], ...]:
    """Agencies with a session, those with most people first."""
    codes = np.unique(diary.uses.opd[here]).tolist()
    own = {code: diary.uses.opd == code for code in codes}
    attendance = [(diary.opd_name(code), _attendance(diary, here & own[code], own[code])) for code in codes]
    return tuple(
        sorted(attendance, key=lambda one: (-(one[1].people[People.PRESENT].sum or 0), -one[1].sessions, one[0] or ""))
    )


def _attendance(diary: Diary, which: Bools, with_time: Bools | None = None) -> Attendance:
    """The people of `which` sessions; how full the room was in those `with_time` in the period, else in the same."""
    people = {of: count[which] for of, count in diary.uses.people.items()}
    came, seats, is_known, *_ = (values[which] for values in diary.seating)
    return Attendance(
        sessions=int(which.sum()),
        people={of: _count(values) for of, values in people.items()},
        attendance_share=_of_both(came, people[People.PLANNED]),
        verified_share=_of_both(came, people[People.VERIFIED]),
        seats_share=diary.seating.share(which if with_time is None else with_time),
        seated=int(is_known.sum()),
        overfull=int((came[is_known] > seats[is_known]).sum()),
    )


def fit_of(diary: Diary) -> Ints:
    """How full the room was in each session: its place in FIT_CLASSES, one further where nobody knows."""
    people, seats, is_known, *_ = diary.seating
    place = np.full(len(people), len(FIT_CLASSES), np.int64)
    full = people[is_known] / seats[is_known]
    place[is_known] = np.searchsorted(np.array(FIT_CLASSES[:-1], np.float64), full, "left")
    return place


def _fit(diary: Diary, here: Bools) -> tuple[int, ...]:
    return tuple(np.bincount(fit_of(diary)[here], minlength=len(FIT_CLASSES) + 1).tolist())


def _count(values: Ints) -> Count:
    known = values[values != MISSING]
    return Count(int(known.sum()) if len(known) else None, len(known))


def _of_both(part: Ints, whole: Ints) -> float | None:
    both = (part != MISSING) & (whole != MISSING)
    return share(int(part[both].sum()), int(whole[both].sum()))


# Screening: the only way to it, for pages, exports and the command line


_Screened = tuple[
    ShownScreening | None, tuple[tuple[str, ShownScreening], ...], tuple[tuple[str | None, ShownScreening], ...]
]


def _screened(office: Office, mart: Snapshot, filter_: RoomsFilter, as_of: int) -> _Screened:
    """What may be shown of the health screening in a period: all of it, its months with anybody ("YYYY-MM"), and its
    agencies (None is without a letter); None and nothing where it may not be asked like that.

    Only whole calendar months, of agencies only whole years, of one agency no single months, of one room only when
    there is no other. Months are taken whole, also the running one, so that two moments cannot be subtracted from each
    other; a month that begins after `as_of` has not happened. None also where nobody recorded any screening.
    """
    period, opd = filter_.period, filter_.opd
    if not period.is_whole_months() or not _may_ask_room(office, mart, filter_.room):
        return None, (), ()
    book, months = screening_book(office, mart), months_until(office, period, as_of)
    held, years = [month for month in months if book.cells.get(month)], sorted({year for year, _ in months})
    opds = book.opds(years) if is_whole_years(period) else ()
    by_opd = tuple((name, book.of_opd(name, years)) for name in opds if opd in (None, name))
    if opd is None:
        by_month = tuple((f"{year}-{month:02}", book.of_months([(year, month)])) for year, month in held)
        return book.of_months(months) if held else None, by_month, by_opd
    return book.of_opd(opd, years) if held and is_whole_years(period) else None, (), by_opd


def screening_book(office: Office, mart: Snapshot) -> ScreeningBook:
    """All cells of the screening; days on which the step is switched off do not count."""
    off = tuple((day_number(first), day_number(last)) for first, last in screening_off(office))
    cells: dict[tuple[int, int], dict[str | None, Screened]] = {}
    for row in screened(mart, off):
        cells.setdefault((row["year"], row["month"]), {})[row["opd"]] = Screened(row["n"], row["passed"], row["failed"])
    return ScreeningBook(cells)


def screening_off(office: Office) -> list[tuple[date, date]]:
    """When the step that screens is switched off: first and last day, both included."""
    step = office.sop.current().step_with(Meaning.SCREENS)
    return [(off.first, off.last or LAST_DAY) for off in office.settings.step_off if off.step == step]


def is_whole_years(period: Period) -> bool:
    """From 1 January to 31 December."""
    return period.is_whole_months() and period.first.month == 1 and period.last.month == 12


def months_until(office: Office, period: Period, as_of: int) -> list[tuple[int, int]]:
    """The months of a period that have begun, as (year, month)."""
    today = datetime.fromtimestamp(as_of, office.zone).date()
    pairs = ((int(month[:4]), int(month[5:])) for month in period.months())
    return [pair for pair in pairs if pair <= (today.year, today.month)]


def _may_ask_room(office: Office, mart: Snapshot, room: str | None) -> bool:
    """Two rooms could be subtracted from each other."""
    names = {one.name for one in office.settings.rooms} | set(rooms_with_records(mart))
    return room is None or names <= {room}


def participants_json(office: Office, figures: ParticipantFigures) -> dict[str, Any]:
    """The figures as `pantau figures participants --json` prints them."""
    screened = figures.screened
    return {
        **figures.filter.head(office, figures.as_of),
        **figures.whole.plain(),
        "by_opd": [{"opd": opd, **one.plain()} for opd, one in figures.by_opd],
        "by_month": [{"month": month, **one.plain()} for month, one in figures.by_month],
        "screened": None if screened is None or screened == HIDDEN else vars(screened),
    }


class PeopleFigure(StrEnum):
    """The headline figures, as addresses name them."""

    PLANNED = "rencana"
    VERIFIED = "terverifikasi"
    PRESENT = "hadir"
    ATTENDANCE = "kehadiran"
    SEATS = "kursi"


SCREENING = "skrining"
"""The screening as addresses name it: it has no sessions, only sums."""

FIT_GROUPS = ("terisi-25", "terisi-50", "terisi-75", "terisi-100", "melebihi", "tak-diketahui")
"""By how full the room was, in the order of FIT_CLASSES, and those of which nobody knows."""

GROUPS = (WITHOUT_LETTER, *FIT_GROUPS)
"""The parts of a period's sessions that are no month, agency or room, as addresses name them."""


@dataclass(frozen=True)
class PeopleRow(SessionRow):
    """`part` and `whole` are people (or seats) of the figure, None where nobody said, and `whole` also where the figure
    is a sum."""

    part: int | None
    whole: int | None
    is_counted: bool


@dataclass(frozen=True, eq=False)
class PeopleBehind:
    """One element a session of the period, those that count first, then by time; `place` points into the diary.

    MISSING where nobody said; `whole` is None where the figure is a sum. Of the seats taken both are times the seconds
    inside the period, also of sessions that began before it.
    """

    figure: PeopleFigure
    diary: Diary
    place: Ints
    part: Ints
    whole: Ints | None
    is_counted: Bools

    def __len__(self) -> int:
        return len(self.place)

    @property
    def counted(self) -> int:
        """How many sessions count."""
        return int(self.is_counted.sum())

    @property
    def part_sum(self) -> int | None:
        """The numerator, or the sum; None when no session counts."""
        return int(self.part[self.is_counted].sum()) if self.counted else None

    @property
    def whole_sum(self) -> int | None:
        """The denominator; None for a sum, and when no session counts."""
        return int(self.whole[self.is_counted].sum()) if self.whole is not None and self.counted else None

    @property
    def share(self) -> float | None:
        """Numerator by denominator; None for a sum, and when there is nothing to divide by."""
        return None if self.whole is None else share(self.part_sum or 0, self.whole_sum or 0)


def people_behind(diary: Diary, figure: PeopleFigure, group: str = "") -> PeopleBehind:
    """Every session that began in the period, with what it gives to the figure; of one of GROUPS, or of all."""
    part, whole = _terms(diary, figure)
    counts = (part != MISSING) if whole is None else (part != MISSING) & (whole != MISSING)
    is_shown = diary.starts_here | (counts & (diary.used_seconds > 0) if figure is PeopleFigure.SEATS else False)
    place = np.flatnonzero(is_shown & _belongs(diary, group))
    uses = diary.uses
    place = place[np.lexsort((uses.session_id[place], uses.start[place], ~counts[place]))]
    return PeopleBehind(figure, diary, place, part[place], None if whole is None else whole[place], counts[place])


def _belongs(diary: Diary, group: str) -> Bools:
    """Whether each session is one of that group."""
    if group == WITHOUT_LETTER:
        return np.asarray(diary.uses.opd < 0)
    if group in FIT_GROUPS:
        return np.asarray(fit_of(diary) == FIT_GROUPS.index(group))
    return np.ones(len(diary.uses), dtype=bool)


def _terms(diary: Diary, figure: PeopleFigure) -> tuple[Ints, Ints | None]:
    people = diary.uses.people
    if figure is PeopleFigure.ATTENDANCE:
        return people[People.PRESENT], people[People.PLANNED]
    if figure is PeopleFigure.SEATS:
        came, seats, seconds = people[People.PRESENT], diary.seating.seats, diary.used_seconds
        is_left_out = (seats == 0) | diary.uses.is_after_hours
        return np.where(came == MISSING, MISSING, came * seconds), np.where(is_left_out, MISSING, seats * seconds)
    return people[People[figure.name]], None


def people_rows(office: Office, behind: PeopleBehind, first: int, count: int) -> list[PeopleRow]:
    """So many rows from the place `first` (from 0), with their letters."""
    shown = session_rows(office.mart.read(), behind.diary, behind.place[first : first + count].tolist())
    return [
        PeopleRow(
            **vars(row),
            part=number_or_none(behind.part[at]),
            whole=None if behind.whole is None else number_or_none(behind.whole[at]),
            is_counted=bool(behind.is_counted[at]),
        )
        for at, row in enumerate(shown, start=first)
    ]
