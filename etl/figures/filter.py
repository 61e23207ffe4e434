"""What a figure is asked about: a span of days, an agency, a room, steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from data_access.errors import PantauError
from data_access.mart import compliance as questions
from data_access.mart.facts import Scope
from etl.domain.compliance.suspicion import MARKS
from etl.domain.units import day_number
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_INDEX

MONTHS = 12
"""Length of a trend, the month of the period's last day included."""


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""The days that the intake takes; nothing can lie outside."""


class FilterError(PantauError):
    """A period, agency, room or step that does not exist."""


@dataclass(frozen=True)
class Period:
    """A span of days, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise FilterError("period.reversed", first=self.first, last=self.last)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def previous(self) -> Period:
        """The period of the same kind just before: as many whole months if these are whole months, else as many days.

        January to June is preceded by July to December, 3 to 9 June by 27 May to 2 June.
        """
        if self.is_whole_months():
            count = _month_number(self.last) - _month_number(self.first) + 1
            first = _month_first(_month_number(self.first) - count)
        else:
            first = self.first - timedelta(days=self.days)
        return Period(first, self.first - timedelta(days=1))

    def trend(self) -> Period:
        """The twelve whole months of which the last one holds this period's last day."""
        return self.months_before(MONTHS)

    def months_before(self, count: int) -> Period:
        """So many whole months of which the last one holds this period's last day."""
        last = _month_number(self.last)
        return Period(_month_first(last - count + 1), _month_first(last + 1) - timedelta(days=1))

    def part(self, other: Period) -> Period:
        """The days that both have; FilterError when they have none."""
        return Period(max(self.first, other.first), min(self.last, other.last))

    def months(self) -> tuple[str, ...]:
        """The months it touches as YYYY-MM, in order."""
        numbers = range(_month_number(self.first), _month_number(self.last) + 1)
        return tuple(_month_first(number).strftime("%Y-%m") for number in numbers)

    def is_whole_months(self) -> bool:
        """From the first of a month to the last of one."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1


def whole_months(year: int, month: int, count: int) -> Period:
    """So many calendar months, the first of them a month of a year."""
    first = year * 12 + month - 1
    return Period(_month_first(first), _month_first(first + count) - timedelta(days=1))


def month_period(year: int, month: int) -> Period:
    """One calendar month."""
    return whole_months(year, month, 1)


def presets(today: date) -> dict[str, Period]:
    """The periods a person picks by name, keys for the message catalogue."""
    month = month_period(today.year, today.month)
    quarter_month = 3 * ((today.month - 1) // 3) + 1
    half_month = 6 * ((today.month - 1) // 6) + 1
    return {
        "this_month": month,
        "last_month": month.previous(),
        "this_quarter": whole_months(today.year, quarter_month, 3),
        "this_semester": whole_months(today.year, half_month, 6),
        "last_semester": whole_months(today.year, half_month, 6).previous(),
        "this_year": whole_months(today.year, 1, 12),
        "last_year": whole_months(today.year - 1, 1, 12),
        "last_12_months": month.trend(),
    }


@dataclass(frozen=True)
class SlaFilter:
    """The facts a figure is made of. Empty `steps` are all steps; a name may be any alias until `resolve`d. `without`:
    flags (`entered_late`, or "all") whose steps are left out, and the letters with such a step."""

    period: Period
    opd: str | None = None
    room: str | None = None
    steps: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def resolve(office: Office, filter_: SlaFilter) -> SlaFilter:
    """The filter with canonical names and known steps in the SOP's order; FilterError for what does not exist."""
    check_span(filter_.period)
    return replace(
        filter_,
        opd=known_opd(office, filter_.opd),
        room=known_room(office, filter_.room),
        steps=known_steps(filter_.steps),
        without=known_flags(filter_.without),
    )


def check_span(period: Period) -> None:
    """FilterError for a period outside the days that the intake takes."""
    if period.first < FIRST_DAY or period.last > LAST_DAY:
        raise FilterError("period.outside", first=FIRST_DAY, last=LAST_DAY)


def scope_of(filter_: SlaFilter, period: Period | None = None) -> Scope:
    """A resolved filter as the mart is asked: for its own period, or for another one."""
    period = period or filter_.period
    return Scope(
        days=(day_number(period.first), day_number(period.last)),
        opd=filter_.opd,
        room=filter_.room,
        steps=tuple(STEP_INDEX[code] for code in filter_.steps),
        without=flag_bits(filter_.without),
    )


def known_opd(office: Office, name: str | None) -> str | None:
    """The agency's own name for any of its aliases; None and blank stay "all"."""
    return _known(
        "opd", name, office.opd_names.one, lambda: [*questions.opd_names(office.mart.read()), *office.settings.opd]
    )


def known_room(office: Office, name: str | None) -> str | None:
    """The room's own name for any of its aliases; None and blank stay "all"."""
    rooms = (room.name for room in office.settings.rooms)
    return _known("room", name, office.room_names.one, lambda: [*rooms, *questions.room_names(office.mart.read())])


def _known(
    kind: str, name: str | None, canonical: Callable[[str], str | None], listed: Callable[[], Sequence[str]]
) -> str | None:
    if name is None or not name.strip():
        return None
    known = listed()
    if (own := canonical(name.strip())) in known:
        return own
    raise _unknown(kind, name, known)


def known_steps(steps: Iterable[str]) -> tuple[str, ...]:
    """Step codes in the SOP's order; "A" and "B" stand for a whole part."""
    wanted: set[str] = set()
    for step in steps:
        codes = [code for code in STEP_CODES if step.strip().upper() in (code, code[0])]
        if not codes:
            raise FilterError("period.no_step", step=step, steps=STEP_CODES)
        wanted.update(codes)
    return tuple(code for code in STEP_CODES if code in wanted)


ALL_FLAGS = "all"
_FLAGS = {flag.word: flag.value for flag in MARKS}


def known_flags(names: Iterable[str]) -> tuple[str, ...]:
    """Flags by their words, in the order in which they are told; "all" stands for each of them."""
    wanted = {word for name in names if (word := name.strip().lower())}
    unknown = wanted - _FLAGS.keys() - {ALL_FLAGS}
    if unknown:
        raise FilterError("period.no_flag", flag=min(unknown), flags=[*_FLAGS, ALL_FLAGS])
    return tuple(word for word in _FLAGS if word in wanted or ALL_FLAGS in wanted)


def flag_bits(names: Iterable[str]) -> int:
    """The bits of these flags together."""
    return sum(_FLAGS[word] for word in known_flags(names))


def _unknown(kind: str, name: str, known: Sequence[str]) -> FilterError:
    folded = {spelling.casefold(): spelling for spelling in known}
    near = get_close_matches(name.strip().casefold(), list(folded), n=3, cutoff=0.5)
    if not near:
        return FilterError(f"period.unknown_{kind}", name=name)
    return FilterError(f"period.near_{kind}", name=name, near=[f'"{folded[key]}"' for key in near])


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
