"""What a page gets to know, and how it answers: a part for every address, words where an address cannot be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import Tone, banner, empty, read_query, written_out
from dashboard.components.filters import CARRIED, NO_FILTERS, write_query
from dashboard.components.tables import read_page
from dashboard.i18n import fmt, sentence, t
from data_access.errors import PantauError
from etl.figures.filter import Period
from etl.office import Office

MOST = 2**53 - 1
"""The biggest whole number that a browser's script holds exactly; databases hold more."""

ADDRESS_NUMBER = f"int(max={MOST})"
"""The converter of a number in an address: a bigger one is an address that is not there."""


@dataclass(frozen=True)
class PageRequest:
    """One opening of a page: `now` in seconds since 1970, placeholders of its address (`path`), filters (`query`), and
    the text these were read from (`search`); None when the address is not known letter by letter."""

    office: Office
    now: int
    account: Account
    path: dict[str, str | int] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    search: str | None = None


IsKnown = Callable[[Office, str], bool]
Names = Mapping[str, IsKnown | None]
"""What a page reads in the part of its address after `?`: the names, and of those of which it would show the usual
where a value means nothing, which values mean something. A page says so in `ADDRESS_NAMES`: nothing of an address is
left out in silence."""

PERIOD_AND_PLACE: Names = dict.fromkeys(CARRIED)
MOST_TOLD, LONGEST_TOLD = 3, 40


def is_page(_office: Office, text: str) -> bool:
    """Whether a value is the number of a page."""
    return text.isdecimal() and read_page(text) == int(text)


def one_of(*values: str) -> IsKnown:
    """Whether a value is one of these."""
    return lambda _office, text: text in values


def names_of(page: Any, office: Office) -> Names:
    """What a page reads in its address; nothing where it does not say so. The names of some depend on the office."""
    names = getattr(page, "ADDRESS_NAMES", {})
    return names(office) if callable(names) else names


def not_read(names: Names, office: Office, query: Mapping[str, str]) -> list[Component]:
    """A line for what the page does not read in its address, and one for each value that means nothing there."""
    strange = [_cut(name) for name in query if name not in names]
    lines = [t("shell.unread_names", names=", ".join(strange[:MOST_TOLD]), n=len(strange))] if strange else []
    for name, value in query.items():
        if not _is_read(names, office, name, value):
            lines.append(t("shell.unread_value", name=name, value=_cut(value)))
    if not lines:
        return []
    known = {name: value for name, value in query.items() if name in names and _is_read(names, office, name, value)}
    way = html.A(t("shell.without_unread"), href=write_query(known) or NO_FILTERS)
    return [banner([line, " ", way], Tone.NEAR, "signpost-split") for line in lines]


def _is_read(names: Names, office: Office, name: str, value: str) -> bool:
    is_known = names.get(name)
    return is_known is None or is_known(office, value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


SHARED_SECONDS = 15


def told_at(office: Office, now: int) -> int:
    """The moment of which a page tells: a few seconds ago, but never before the newest record, so that those who look
    in the same seconds look at the same figures, which are counted once."""
    meta = office.mart.meta()
    return now if meta is None else min(now, max(now - now % SHARED_SECONDS, meta.built_at))


def office_today(office: Office, now: int) -> date:
    """The local date of the office at `now`, seconds since 1970 UTC."""
    return datetime.fromtimestamp(now, office.zone).date()


def record_number(given: Any) -> int | None:
    """The number of a record, or a moment; None for anything that cannot be one."""
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return given if is_number and 0 < given <= MOST else None


def once_more(times: Any) -> int:
    """The next number of a mark that something was done; it begins anew where the browser holds none."""
    is_number = isinstance(times, int) and 0 <= times < MOST
    return times + 1 if is_number else 1


Draw = Callable[[Mapping[str, str], Account], Component | None]
"""A part of a page for the filters of its address and the user who asks."""


def bind_part(
    app: Dash, page: Page, prefix: str, id: str, draw: Draw, again: Sequence[str] = (), *, is_drawn: bool = False
) -> None:
    """Draw a part when the page opens, unless it `is_drawn` with it, and whenever its address (`page_url(prefix)`)
    changes, or what the stores `again` hold."""

    @app.callback(
        Output(id, "children"),
        Input(f"{prefix}-url", "search"),
        *(Input(mark, "data") for mark in again),
        prevent_initial_call=is_drawn,
    )
    @guarded(page)
    def show(search: str | None, *_marks: Any) -> Component | None:
        return written_out(draw(read_query(search), account()))


def bind_later_part(app: Dash, page: Page, prefix: str, id: str, draw: Draw) -> None:
    """Draw a part once those before it are on the screen (`later_store(prefix)`)."""

    @app.callback(Output(id, "children"), Input(f"{prefix}-later", "data"), prevent_initial_call=True)
    @guarded(page)
    def show(search: str | None) -> Component | None:
        return written_out(draw(read_query(search), account()))


def refusal(error: PantauError, hint: str = "") -> Component:
    """Why an address cannot be asked, and with `hint` what to look at."""
    words = banner(sentence(error), Tone.LATE, "exclamation-octagon")
    return html.Div([words, empty(hint)]) if hint else words


def to_come(period: Period) -> Component:
    """Words for a period of which no day has begun."""
    return empty(t("sla.future", period=fmt().period(period.first, period.last)), t("sla.future_hint"), "calendar-x")
