"""The frame of the Data pages: head, lists with their pages, and what became of a person's decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.components import button, icon, link, loading, page_head, page_url, panel
from dashboard.components.tables import Column, pager, pages_of, read_page, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import on_press, reason_of
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import crumbs
from dashboard.pages.shared.page_request import Draw, PageRequest, bind_part, once_more
from data_access.errors import PantauError
from etl.figures.intake.open_work import PAGE_ROWS

Row = TypeVar("Row")
Query = Mapping[str, str]


class UnusableAnswerError(PantauError):
    """What a person answered on a Data page cannot be used as it is."""


def list_page(prefix: str, _: PageRequest, *, has_decisions: bool = True) -> Component:
    """The layout of the page of that prefix: head, and the place of its lists.

    Its words are `intake.<prefix>_title` and `_subtitle`. Ids: `-url` the address, `-body`; with decisions `-said`
    what became of one, `-changed` the mark that one was taken.
    """
    title = t(f"intake.{prefix}_title")
    mark = [dcc.Store(id=f"{prefix}-changed", data=0)] if has_decisions else []
    answer = [loading(html.Div(id=f"{prefix}-said"))] if has_decisions else []
    head = page_head(title, t(f"intake.{prefix}_subtitle"), crumbs=crumbs((title, None)))
    body = loading(html.Div(id=f"{prefix}-body"))
    shown = form_area(*answer, body) if has_decisions else body
    return html.Div([page_url(prefix), *mark, head, shown], className="intake")


def show_lists(app: Dash, prefix: str, lists: Draw, *, has_decisions: bool = True) -> None:
    """Show what `lists` makes of the address, anew after each decision."""
    bind_part(app, Page.DATA, prefix, f"{prefix}-body", lists, [f"{prefix}-changed"] if has_decisions else [])


def take_decisions(
    app: Dash,
    prefix: str,
    buttons: Sequence[str],
    given: Sequence[tuple[str, str]],
    decide: Callable[..., Component | None],
    address: str | None = "",
    url: str | None = None,
    *,
    allow_duplicate: bool = False,
) -> None:
    """Take decisions of those who may: a press of one of `buttons` calls `decide` with its id and the values `given`.

    `decide` answers in words; None: there was nothing to decide. Afterwards the lists are drawn anew and the page is at
    `address` (None: where it was); a refusal (PantauError) is said, and leaves both as they are. `url`: the id of an
    address with another prefix. `allow_duplicate`: the page takes other decisions, too.
    """

    def take(pressed: str, *values: Any) -> tuple[Any, ...] | None:
        *said, mark = values
        words = decide(pressed, *said)
        return None if words is None else (words, once_more(mark), address)[: len(outputs)]

    changed = (f"{prefix}-changed", "data")
    outputs = [(f"{prefix}-said", "children"), changed]
    outputs += [] if address is None else [(url or f"{prefix}-url", "search")]
    on_press(app, Page.DATA, buttons, [*given, changed], take, outputs, allow_duplicate=allow_duplicate)


def decision(*parts: Any, buttons: Sequence[Component] = (), cancel: str = "", **words: Any) -> html.Section:
    """A panel that asks for a decision: its parts, its buttons, and with `cancel` the way back to that address."""
    back = [button(t("intake.cancel"), href=cancel, kind="quiet")] if cancel else []
    row = html.Div([*buttons, *back], className="intake-form") if buttons else None
    return panel(*parts, row, **words, class_name="intake-decision")


def given_reason(typed: Any) -> str:
    """A reason as typed. UnusableAnswerError when it is too short to be one."""
    reason = reason_of(typed)
    if not reason:
        raise UnusableAnswerError("intake.reason_short")
    return reason


def column(name: str, cell: Callable[[Row], Any], class_name: str | None = None) -> Column[Row]:
    """A column whose words are `intake.<name>`."""
    return Column(name, t(f"intake.{name}"), cell, class_name=class_name)


def listed(label: str, columns: Sequence[Column[Row]], rows: Iterable[Row], **more: Any) -> html.Div:
    """A table in the look of the Data pages."""
    return table(label, columns, rows, "intake-table", **more)


def way(words: str, address: str) -> Component:
    """A quiet link to more."""
    return link([words, icon("chevron-right")], address, "intake-more")


def hint(words: Any) -> html.P:
    """What a list or a question is about."""
    return html.P(words, className="intake-hint")


def left_out(key: str, count: int) -> list[Component]:
    """How many rows are not shown; nothing when there are none."""
    return [html.P(t(key, count=fmt().number(count), n=count), className="p-muted")] if count > 0 else []


def page_of(rows: Sequence[Row], text: str | None) -> tuple[int, Sequence[Row]]:
    """The page of an address, the last one when there are fewer, and its rows."""
    page = min(read_page(text), pages_of(len(rows), PAGE_ROWS))
    return page, rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def pages(page: int, total: int, address: Callable[[int | None], str]) -> html.Nav:
    """The ways to the other pages of a list; `address` gets None for the first page."""
    return pager(page, PAGE_ROWS, total, lambda number: address(number if number > 1 else None))


def tabs(label: str, ways: Iterable[tuple[Any, str, bool]]) -> html.Nav:
    """The lists of a page: words, address, and whether it is the one that is shown."""
    links = [link(words, href, f"intake-tab{' is-on' if is_on else ''}") for words, href, is_on in ways]
    return html.Nav(links, className="intake-tabs", **{"aria-label": label})
