"""What an address asks of the list of requests, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial

import pandas as pd

from dashboard.access.accounts import Account
from dashboard.components import with_query
from dashboard.components.tables import pages_of, read_page
from dashboard.i18n import t
from dashboard.pages.shared.filters import AddressError, asked_day, asked_flags
from dashboard.pages.shared.links import (
    KINDS_BEHIND,
    REQUEST_LIST,
    VERDICTS_BEHIND,
    Behind,
    why_requests,
    why_step,
)
from dashboard.pages.shared.stamps import own_steps
from dashboard.pages.shared.words import flag_of
from data_access.mart.requests import Order
from data_access.roles import STEP_ROLES
from etl.domain.units import MINUTE
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.filter import FIRST_DAY, Period, SlaFilter, known_flags, known_opd, known_steps
from etl.figures.requests.desks import letters_at_desks
from etl.figures.requests.period import LetterKind
from etl.figures.requests.work_list import (
    OfFigure,
    letters_before_recording,
    request_list,
    steps_behind,
    undecided_letters,
)
from etl.figures.summary import letters_on_desk
from etl.office import Office

PAGE_SIZE = 25
STATUSES = ("all", "mine", "desk", "undecided", "running", "late", "old", "closing", "closed")
"""Values of the status filter; `mine` are requests at the steps of who looks, `desk` those on a desk of part A as the
wall counts them (of one desk where a step is asked for), the longest there first, `undecided` those that wait for
approval or refusal, `old` open ones from before the day of recording, `closing` those that somebody has to close,
`closed` those that somebody closed."""

_OF_STEPS = {
    **dict.fromkeys((Behind.JUDGED, Behind.MET, Behind.LATE, Behind.RUNNING), Figure.SHARE),
    **dict.fromkeys((Behind.SKIPPED, Behind.UNJUDGED), Figure.COVERAGE),
    Behind.FINISHED: Figure.MEDIAN,
}
_JUDGED = (LetterKind.ON_TIME, LetterKind.LATE, LetterKind.UNKNOWN, LetterKind.JUDGED)
_AGAINST_EVENT = (
    LetterKind.BEFORE, LetterKind.AFTER, LetterKind.UNSURE, LetterKind.UNBOOKED, LetterKind.AGAINST_EVENT,
)  # fmt: skip
_OF_KINDS = {**dict.fromkeys(_JUDGED, Figure.REQUESTS), **dict.fromkeys(_AGAINST_EVENT, Figure.EVENT)}


class ListColumn(StrEnum):
    """A column of the list; the value stands in the address, the name in messages, classes and figures."""

    AGENDA = "agenda"
    RECEIVED = "diterima"
    OPD = "opd"
    ACTIVITY = "kegiatan"
    ROOM = "ruang"
    EVENT = "acara"
    POSITION = "posisi"
    DUE = "batas"
    VERDICT = "keadaan"
    OVER = "lewat"
    TOOK = "lama"

    @property
    def key(self) -> str:
        """Its name among the figures of the list."""
        return self.name.lower()


USUAL = (
    ListColumn.AGENDA, ListColumn.RECEIVED, ListColumn.OPD, ListColumn.ACTIVITY, ListColumn.POSITION, ListColumn.DUE,
    ListColumn.VERDICT, ListColumn.OVER,
)  # fmt: skip
"""The columns of who has chosen none."""

_OF_A_STEP = (ListColumn.VERDICT, ListColumn.OVER, ListColumn.TOOK)
"""What a list that is asked about one step says of that, whatever columns its user has."""

LARGEST_FIRST = frozenset({ListColumn.RECEIVED, ListColumn.OVER, ListColumn.TOOK})
"""Columns that a first press orders from the newest or longest on."""

LEAST_OVER = (0, 30, 60, 240, 480)
"""Minutes beyond the standard that the filter offers."""


@dataclass(frozen=True)
class RequestFilter:
    """One page of the list. `behind` and `which`: the requests behind a figure of the compliance page. `received`: the
    period of receipt, where no figure is asked for. `least_over`: seconds beyond the standard. `order` None: the newest
    first, or as the status has them.
    """

    search: str
    status: str
    opd: str | None
    room: str | None
    at_step: str | None
    behind: OfFigure | None
    which: Behind | None
    received: Period | None
    holder: str | None
    least_over: int | None
    order: Order | None
    columns: tuple[ListColumn, ...]
    page: int
    query: Mapping[str, str]

    def address(self, **changes: object) -> str:
        """The same list with something changed; None takes a name out."""
        return with_query(REQUEST_LIST, **{**self.query, **changes})

    @property
    def has_dates(self) -> bool:
        """Whether the address names a period; without one all of the past is meant."""
        return bool(self.query.get("dari") or self.query.get("sampai"))

    @property
    def is_narrowed(self) -> bool:
        """Whether only some of the requests behind a figure are listed."""
        is_held = self.at_step or self.holder or self.least_over is not None
        return bool(self.search or is_held or self.status != "all")

    @property
    def is_filtered(self) -> bool:
        """Whether anything at all restricts the list."""
        return bool(self.is_narrowed or self.opd or self.room or self.behind or self.received)

    @property
    def measured(self) -> str | None:
        """The one step whose lateness and duration the list tells; None: the letter as a whole is meant."""
        steps = self.behind.steps if self.behind else ()
        return steps[0] if len(steps) == 1 else None


def read_filter(query: Mapping[str, str], today: date, usual: str = "") -> RequestFilter:
    """The filter in an address, with the `usual` columns where it names none. AddressError or FilterError, in words,
    for what does not exist."""
    named = _one_of("putusan", query, [*Behind])
    which = Behind(named) if named else None
    behind = _figure_behind(query, which, today)
    has_dates = query.get("dari") or query.get("sampai")
    return RequestFilter(
        search=query.get("q", "").strip(),
        status=_one_of("status", query, STATUSES) or "all",
        opd=query.get("opd") or None,
        room=query.get("ruang") or None,
        at_step=known_steps([query["posisi"]])[0] if query.get("posisi") else None,
        behind=behind,
        which=which,
        received=_period(query, today) if has_dates and behind is None else None,
        holder=_one_of("pemegang", query, STEP_ROLES),
        least_over=_least_over(query.get("lewat", "")),
        order=read_order(query.get("urut", "")),
        columns=_columns(query.get("kolom"), usual, is_of_step=behind is not None and len(behind.steps) == 1),
        page=read_page(query.get("hal")),
        query=dict(query),
    )


def _period(query: Mapping[str, str], today: date) -> Period:
    """The period in an address; one that names no first day begins with the first of all, without a last it ends
    today."""
    first, last = query.get("dari"), query.get("sampai")
    return Period(asked_day(first) if first else FIRST_DAY, asked_day(last) if last else today)


def _one_of(name: str, query: Mapping[str, str], known: Iterable[str]) -> str | None:
    """A choice in the address, None for none. AddressError for one that there is not."""
    value = query.get(name) or None
    if value is not None and value not in (choices := [str(choice) for choice in known]):
        raise AddressError("cases.no_choice", filter=t(f"cases.filter_{name}"), value=value, choices=choices)
    return value


def _least_over(text: str) -> int | None:
    """Minutes in the address as the least seconds beyond the standard; None for no filter."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise AddressError("cases.no_minutes", value=text)
    return max(int(text) * MINUTE, 1)


_LONGEST_NUMBER = 6


def read_order(text: str) -> Order | None:
    """The order in an address: a column, from the largest on after a minus sign."""
    name = _one_of("urut", {"urut": text.removeprefix("-")}, [*ListColumn])
    return Order(ListColumn(name).key, text.startswith("-")) if name else None


def read_columns(text: str) -> tuple[ListColumn, ...]:
    """The columns in an address, in the order of the list; that of the number is always one of them."""
    names = {name for name in text.split(",") if _one_of("kolom", {"kolom": name.strip()}, [*ListColumn])}
    return tuple(c for c in ListColumn if c in names or c is ListColumn.AGENDA) if names else USUAL


def _columns(named: str | None, usual: str, *, is_of_step: bool) -> tuple[ListColumn, ...]:
    """The columns in an address, else the `usual` ones, to which the verdict and times of the one step asked for
    belong."""
    columns = read_columns(named or usual)
    if named or not is_of_step:
        return columns
    return tuple(column for column in ListColumn if column in columns or column in _OF_A_STEP)


def written_order(column: ListColumn, is_descending: bool) -> str:
    """An order as the address holds it."""
    return f"-{column}" if is_descending else column.value


def _figure_behind(query: Mapping[str, str], which: Behind | None, today: date) -> OfFigure | None:
    """The figure whose requests are listed: a step, its verdicts or flag, its period (all past when left out)."""
    flag, kind = flag_of(query.get("tanda", "")), KINDS_BEHIND.get(_one_of("surat", query, KINDS_BEHIND) or "")
    is_named = any(query.get(name) for name in ("langkah", "tanpa"))
    if not is_named and which is None and flag is None and kind is None:
        return None
    period = _period(query, today)
    steps = known_steps(query["langkah"].split(",")) if query.get("langkah") else ()
    return OfFigure(period, steps, VERDICTS_BEHIND[which] if which else (), flag, kind, known_flags(asked_flags(query)))


def requests_page(
    office: Office, filter_: RequestFilter, as_of: int, user: Account, size: int | None = None
) -> tuple[pd.DataFrame, RequestFilter]:
    """The rows of that page, or of the last one when there are fewer; `attrs["total"]` counts all. `size`: rows of a
    page, PAGE_SIZE unless given.

    An agency's user sees its own only, whatever the address says. FilterError for an agency in the address that does
    not exist.
    """
    if user.opd_filter is None:
        known_opd(office, filter_.opd)
    size, letters = size or PAGE_SIZE, _letters_of(office, filter_, as_of, user)
    rows_of = partial(_rows, office, filter_, as_of, user.opd_filter, letters, size)
    rows = rows_of(filter_.page)
    if len(rows) or filter_.page == 1:
        return rows, filter_
    first = rows_of(1)
    last = pages_of(first.attrs["total"], size)
    here = replace(filter_, page=last)
    return (first, here) if last == 1 else (rows_of(last), here)


def _letters_of(office: Office, filter_: RequestFilter, as_of: int, user: Account) -> list[int] | None:
    """The requests at the user's own steps, in the order in which they wait, those on a desk, those that wait for a
    decision, or those from before the day of recording; None for any other status."""
    status = filter_.status
    if status == "mine":
        return letters_on_desk(office, as_of, own_steps(office, user), user.opd_filter)
    if status == "desk":
        return letters_at_desks(office, as_of, user.opd_filter, filter_.at_step)
    if status == "undecided":
        return undecided_letters(office, as_of, user.opd_filter)
    return letters_before_recording(office, as_of, user.opd_filter) if status == "old" else None


def steps_listed(office: Office, filter_: RequestFilter, as_of: int, own_opd: str | None) -> int | None:
    """How many steps the requests behind a figure were counted by, where a request may have several; else None."""
    behind = filter_.behind
    if behind is None or behind.letters is not None or len(behind.steps) == 1 or filter_.is_narrowed:
        return None
    return steps_behind(office, as_of, behind, opd=filter_.opd if own_opd is None else own_opd, room=filter_.room)


def _rows(
    office: Office,
    filter_: RequestFilter,
    as_of: int,
    own_opd: str | None,
    letters: Sequence[int] | None,
    size: int,
    page: int,
) -> pd.DataFrame:
    return request_list(
        office,
        as_of,
        opd=filter_.opd if own_opd is None else own_opd,
        room=filter_.room,
        search=filter_.search or None,
        status="all" if filter_.status in ("closing", "mine", "desk", "old", "undecided") else filter_.status,
        step=None if filter_.status == "desk" else filter_.at_step,
        needs_closing=True if filter_.status == "closing" else None,
        received=filter_.received,
        of_figure=filter_.behind,
        letters=letters,
        holder=filter_.holder,
        least_over=filter_.least_over,
        order=filter_.order,
        limit=size,
        offset=(page - 1) * size,
    )


def why_behind(filter_: RequestFilter) -> str | None:
    """The explanation of the figure whose requests are listed; None for a count that is the list itself."""
    behind = filter_.behind
    if behind is None or not filter_.has_dates:
        return None
    of = SlaFilter(behind.period, filter_.opd, filter_.room, without=behind.without)
    if behind.letters is not None:
        figure = _OF_KINDS.get(behind.letters)
        return why_requests(of, figure) if figure else None
    if filter_.which is None:
        return None
    return why_step(of, ",".join(behind.steps) or ALL_STEPS, _OF_STEPS[filter_.which])
