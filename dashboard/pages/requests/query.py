"""Which requests the list shows: read from the address, and the address of another page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from dashboard.components import with_query
from dashboard.components.tables import pages_of, read_page
from dashboard.pages.shared.filters import asked_period
from dashboard.pages.shared.links import KINDS_BEHIND, REQUEST_LIST, VERDICTS_BEHIND, Behind, why_requests, why_step
from dashboard.pages.shared.words import flag_of
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.period import Period, SlaFilter, known_opd, known_steps
from etl.figures.requests.period import LetterKind
from etl.figures.requests.work_list import OfFigure, request_list, steps_behind
from etl.office import Office

PAGE_SIZE = 25
STATUSES = ("all", "running", "late", "closing")
"""Values of the status filter; `closing` are requests that somebody has to close."""

FILTERS = ("q", "status", "opd", "posisi")
"""Names in the address that the controls of the page set."""

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


@dataclass(frozen=True)
class RequestFilter:
    """One page of the list. `behind` and `which`: the requests behind a figure of the compliance page."""

    search: str
    status: str
    opd: str | None
    room: str | None
    at_step: str | None
    behind: OfFigure | None
    which: Behind | None
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
        return bool(self.search or self.at_step or self.status != "all")

    @property
    def is_filtered(self) -> bool:
        """Whether anything at all restricts the list."""
        return bool(self.is_narrowed or self.opd or self.room or self.behind)


def read_filter(query: Mapping[str, str], today: date) -> RequestFilter:
    """The filter in an address. AddressError or FilterError, in words, for dates and steps that do not exist."""
    status = query.get("status", "all")
    which = next((known for known in Behind if known == query.get("putusan")), None)
    return RequestFilter(
        search=query.get("q", "").strip(),
        status=status if status in STATUSES else "all",
        opd=query.get("opd") or None,
        room=query.get("ruang") or None,
        at_step=known_steps([query["posisi"]])[0] if query.get("posisi") else None,
        behind=_behind(query, which, today),
        which=which,
        page=read_page(query.get("hal")),
        query=dict(query),
    )


def _behind(query: Mapping[str, str], which: Behind | None, today: date) -> OfFigure | None:
    """The figure whose requests are listed: a step, its verdicts or flag, its period (all past when left out)."""
    flag, kind = flag_of(query.get("tanda", "")), KINDS_BEHIND.get(query.get("surat", ""))
    is_named = any(query.get(name) for name in ("langkah", "dari", "sampai"))
    if not is_named and which is None and flag is None and kind is None:
        return None
    has_dates = query.get("dari") or query.get("sampai")
    period = asked_period(query, today) if has_dates else Period(date(2000, 1, 1), today)
    steps = known_steps(query["langkah"].split(",")) if query.get("langkah") else ()
    return OfFigure(period, steps, VERDICTS_BEHIND[which] if which else (), flag, kind)


def requests_page(
    office: Office, filter_: RequestFilter, as_of: int, own_opd: str | None
) -> tuple[pd.DataFrame, RequestFilter]:
    """The rows of that page, or of the last one when there are fewer; `attrs["total"]` counts all.

    `own_opd` is what an agency's user may see; it stands in the query whatever the address says. FilterError for an
    agency in the address that does not exist.
    """
    if own_opd is None:
        known_opd(office, filter_.opd)
    rows = _rows(office, filter_, as_of, own_opd, filter_.page)
    if len(rows) or filter_.page == 1:
        return rows, filter_
    first = _rows(office, filter_, as_of, own_opd, 1)
    last = pages_of(first.attrs["total"], PAGE_SIZE)
    here = replace(filter_, page=last)
    return (first, here) if last == 1 else (_rows(office, filter_, as_of, own_opd, last), here)


def steps_listed(office: Office, filter_: RequestFilter, as_of: int, own_opd: str | None) -> int | None:
    """How many steps the requests behind a figure were counted by, where a request may have several; else None."""
    behind = filter_.behind
    if behind is None or behind.letters is not None or len(behind.steps) == 1 or filter_.is_narrowed:
        return None
    return steps_behind(office, as_of, behind, opd=filter_.opd if own_opd is None else own_opd, room=filter_.room)


def _rows(office: Office, filter_: RequestFilter, as_of: int, own_opd: str | None, page: int) -> pd.DataFrame:
    return request_list(
        office,
        as_of,
        opd=filter_.opd if own_opd is None else own_opd,
        room=filter_.room,
        search=filter_.search or None,
        status="all" if filter_.status == "closing" else filter_.status,
        step=filter_.at_step,
        needs_closing=True if filter_.status == "closing" else None,
        of_figure=filter_.behind,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )


def why_behind(filter_: RequestFilter) -> str | None:
    """The explanation of the figure whose requests are listed; None for a count that is the list itself."""
    behind = filter_.behind
    if behind is None or not filter_.has_dates:
        return None
    of = SlaFilter(behind.period, filter_.opd, filter_.room)
    if behind.letters is not None:
        figure = _OF_KINDS.get(behind.letters)
        return why_requests(of, figure) if figure else None
    if filter_.which is None:
        return None
    return why_step(of, ",".join(behind.steps) or ALL_STEPS, _OF_STEPS[filter_.which])
