"""What narrows and orders the list of requests: its controls, what each is called, and all of it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from dash import html
from dash.development.base_component import Component

from dashboard.components import stack, with_query
from dashboard.components.days import date_field
from dashboard.components.filters import filter_bar, search_field, select
from dashboard.components.status import icon
from dashboard.i18n import fmt, t
from dashboard.pages.requests.columns import column_head
from dashboard.pages.requests.filter import LEAST_OVER, STATUSES, ListColumn, RequestFilter, written_order
from dashboard.pages.shared.filters import asked_select, opd_options, own_names, room_options, step_options
from dashboard.pages.shared.links import REQUEST_LIST, Behind
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.stamps import own_steps
from dashboard.pages.shared.words import dotted, without_words
from data_access.roles import STEP_ROLES
from etl.domain.units import MINUTE
from etl.figures.requests.work_list import OfFigure
from etl.office import Office

Options = list[tuple[str, str]]


class Id(StrEnum):
    """Ids of the controls."""

    SEARCH = "cases-search"
    STATUS = "cases-status"
    OPD = "cases-opd"
    PLACE = "cases-step"
    FROM = "cases-from"
    TO = "cases-to"
    STEP = "cases-of-step"
    VERDICT = "cases-of-verdict"
    OVER = "cases-over"
    ROOM = "cases-room"
    HOLDER = "cases-holder"
    ORDER = "cases-order"


CONTROLS = {
    "q": Id.SEARCH, "status": Id.STATUS, "opd": Id.OPD, "posisi": Id.PLACE, "dari": Id.FROM, "sampai": Id.TO,
    "langkah": Id.STEP, "putusan": Id.VERDICT, "lewat": Id.OVER, "ruang": Id.ROOM, "pemegang": Id.HOLDER,
    "urut": Id.ORDER,
}  # fmt: skip
"""By its name in the address the control that sets it."""


def filters(page_request: PageRequest) -> Component:
    """Search and the usual choices; the others in a part that opens: what they narrow, the list says in words."""
    office, user = page_request.office, page_request.account
    query, own = own_names(office, page_request.query), user.opd_filter
    opds = opd_options(office) if own is None else [("", own)]
    known = [status for status in STATUSES if status != "mine" or own_steps(office, user)]
    statuses = [("" if status == "all" else status, t(f"cases.status_{status}")) for status in known]
    first = filter_bar(
        search_field(Id.SEARCH, t("word.search"), query.get("q", ""), t("cases.search_hint")),
        _choice(query, "status", statuses),
        asked_select(Id.OPD, t("word.opd"), opds, query.get("opd", "") if own is None else ""),
        _choice(query, "posisi", step_options(office)),
    )
    return stack(first, _more_filters(office, query), class_name="cases-filters")


def _more_filters(office: Office, query: Mapping[str, str]) -> Component:
    bar = filter_bar(
        date_field(Id.FROM, t("word.from"), query.get("dari", "")),
        date_field(Id.TO, t("word.to"), query.get("sampai", "")),
        _choice(query, "langkah", step_options(office)),
        _choice(query, "putusan", _verdicts()),
        _choice(query, "lewat", _lengths()),
        asked_select(Id.ROOM, t("cases.filter_ruang"), room_options(office), query.get("ruang", "")),
        _choice(query, "pemegang", _holders(office)),
        _choice(query, "urut", _orders(), "cases-ordering"),
    )
    words = html.Summary([icon("sliders"), html.Span(t("cases.more_filters"))])
    hint = html.P(t("cases.period_rule"), className="p-muted cases-hint")
    return html.Details([words, bar, hint], className="cases-more no-print")


def _choice(query: Mapping[str, str], name: str, options: Options, class_name: str = "") -> Component:
    """The choice of a name in the address; a value that it does not offer, of a link, stands as one more."""
    value = query.get(name, "")
    own = [] if value in {option for option, _ in options} else [(value, value.replace(",", ", "))]
    field = select(CONTROLS[name], t(f"cases.filter_{name}"), [*options, *own], value)
    field.className = f"{field.className} {class_name}".strip()
    return field


def _verdicts() -> Options:
    return [("", t("cases.any_verdict")), *((kind.value, t(f"cases.behind_{kind.name}")) for kind in Behind)]


def _lengths() -> Options:
    return [("", t("cases.over_or_not")), *((str(minutes), _at_least(minutes * MINUTE)) for minutes in LEAST_OVER)]


def _at_least(seconds: int) -> str:
    is_any = seconds < MINUTE
    return t("cases.over_any") if is_any else t("cases.over_least", length=fmt().duration(seconds))


def _holders(office: Office) -> Options:
    held = [role for role in STEP_ROLES if office.sop.current().steps_of(role)]
    return [("", t("cases.any_holder")), *((role, t(f"role.{role}")) for role in held)]


def _orders() -> Options:
    return [
        ("", t("cases.order_usual")),
        *(
            (written_order(column, down), t("cases.order_down" if down else "cases.order_up", column=_head(column)))
            for column in ListColumn
            for down in (False, True)
        ),
    ]


def _head(column: ListColumn) -> str:
    return column_head(column, None)


def told(filter_: RequestFilter) -> Iterator[str]:
    """All that narrows the list, in words."""
    if filter_.search:
        yield t("cases.told_search", words=filter_.search)
    if filter_.status != "all":
        yield t(f"cases.status_{filter_.status}")
    yield from (name for name in (filter_.opd, filter_.room) if name)
    if filter_.at_step:
        yield t("cases.told_place", step=filter_.at_step)
    if filter_.holder:
        yield t("cases.told_holder", holder=t(f"role.{filter_.holder}"))
    if filter_.received:
        yield t("cases.told_received", period=fmt().period(filter_.received.first, filter_.received.last))
    if filter_.behind:
        yield figure_words(filter_, with_room=False)
    if filter_.least_over is not None:
        yield _at_least(filter_.least_over)


def figure_words(filter_: RequestFilter, *, with_room: bool = True) -> str:
    """The figure behind which the requests stand."""
    behind = filter_.behind
    if behind is None:
        return ""
    return dotted(
        _what(behind),
        t(f"cases.behind_{filter_.which.name}") if filter_.which else "",
        t(f"flag.{behind.flag.name}") if behind.flag else "",
        fmt().period(behind.period.first, behind.period.last) if filter_.has_dates else "",
        filter_.room or "" if with_room else "",
        without_words(behind),
    )


def _what(figure: OfFigure) -> str:
    if figure.letters is not None:
        return t(f"cases.letters_{figure.letters.name}")
    return ", ".join(figure.steps) if figure.steps else t("word.all_steps")


def order_words(filter_: RequestFilter) -> str:
    """How the list is ordered, in words."""
    order = filter_.order
    if order is None:
        return t("cases.order_usual")
    column = next(column for column in ListColumn if column.key == order.column)
    key = "cases.order_down" if order.is_descending else "cases.order_up"
    return t(key, column=column_head(column, filter_))


def without_filters(filter_: RequestFilter, names: Iterable[str] = ("kolom", "urut")) -> str:
    """The list of all requests, with the columns and the order of this one."""
    return with_query(REQUEST_LIST, **{name: filter_.query.get(name) for name in names})
