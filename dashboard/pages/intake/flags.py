"""Which steps look like a slip of the pen, in which rows of which files?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import empty, icon, link, panel, with_query
from dashboard.components.pager import pager, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake.extra_pass import extra_panel, register_extra
from dashboard.pages.intake.list_frame import frame, show_lists
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.row_lists import FLAGS, letter_link, may_do, place_words, table, table_row
from dashboard.pages.shared.row_words import stamp_words, step_words
from etl.domain.verdict import STEP_CODES, Flag
from etl.figures.intake.open_work import PAGE_ROWS, SUSPICIOUS, FlaggedStep, flag_counts, flagged_steps

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.DATA
PATH = FLAGS
TITLE = "intake.flags_title"
NAV = None

_MOST_PLACES = 6


class Id(StrEnum):
    """Ids of the page."""

    URL = "flags-url"
    CHANGED = "flags-changed"


def layout(_: PageRequest) -> Component:
    """Head, and the place of the lists."""
    return frame("flags")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the steps with the flag that the address names."""

    show_lists(app, "flags", lambda query: lists(office, query, now(), may_change=may_do(account())))

    register_extra(app, office, now)


def lists(office: Office, query: Mapping[str, str], as_of: int, *, may_change: bool) -> Component:
    """The kinds of flags with their counts, and the steps behind one of them."""
    counts = flag_counts(office)
    if not counts:
        return panel(empty(t("intake.no_flags"), t("intake.no_flags_hint"), "check2-circle"))
    flag = _asked(query.get("tanda", ""), counts)
    is_opened = may_change and flag is Flag.EXTRA_PASS and query.get("surat")
    opened = extra_panel(office, query, as_of) if is_opened else None
    return html.Div([opened, panel(_tabs(counts, flag), _explained(flag), _steps(office, flag, query, may_change))])


def _asked(name: str, counts: Mapping[Flag, int]) -> Flag:
    """The flag of the address, or the first that occurs."""
    return next((flag for flag in SUSPICIOUS if flag_name(flag) == name), next(iter(counts)))


def flag_name(flag: Flag) -> str:
    """How an address names a flag."""
    return (flag.name or "").lower()


def _tabs(counts: Mapping[Flag, int], shown: Flag) -> Component:
    links = [
        link(
            [t(f"flag.{flag.name}"), html.Span(fmt().number(count), className="intake-count")],
            with_query(FLAGS, tanda=flag_name(flag)),
            f"intake-tab{' is-on' if flag is shown else ''}",
        )
        for flag, count in counts.items()
    ]
    return html.Nav(links, className="intake-tabs", **{"aria-label": t("intake.flags_title")})


def _explained(flag: Flag) -> Component:
    return html.P(t(f"intake.flag_{flag.name}"), className="intake-hint")


def _steps(office: Office, flag: Flag, query: Mapping[str, str], may_change: bool) -> Component:
    page = read_page(query.get("hal"))
    steps, total = flagged_steps(office, flag, page)
    if not steps:
        return empty(t("intake.no_flags"), icon_name="check2-circle")
    names = ["letter", "opd", "flagged_step", "stamps", "places"]
    heads = {name: t(f"intake.{name}") for name in names}
    can_repair = may_change and flag is Flag.EXTRA_PASS
    if can_repair:
        heads["action"] = t("intake.action")
    rows = [table_row(heads, {**_cells(one), "action": _repair(one) if can_repair else None}) for one in steps]

    def address(number: int) -> str:
        return with_query(FLAGS, tanda=flag_name(flag), hal=number if number > 1 else None)

    return html.Div([table(t(f"flag.{flag.name}"), heads, rows), pager(page, PAGE_ROWS, total, address)])


def _cells(one: FlaggedStep) -> dict[str, Any]:
    return {
        "letter": letter_link(one.year, one.agenda_number),
        "opd": one.opd or t("word.none"),
        "flagged_step": html.Strong(step_words(one.step)),
        "stamps": stamp_words(one.finished_on, one.finished_at),
        "places": _places(one),
    }


def _places(one: FlaggedStep) -> Sequence[Component]:
    """Where the rows of the step were read; the case leads on to each row."""
    shown = [place_words(place["file"], place["sheet"], place["row"]) for place in one.places[:_MOST_PLACES]]
    more = len(one.places) - len(shown)
    lines = [html.Div(words) for words in shown]
    return [*lines, html.Div(t("intake.more_rows", count=fmt().number(more)))] if more > 0 else lines


def _repair(one: FlaggedStep) -> Component:
    wanted = f"{one.year}/{one.agenda_number}"
    address = with_query(FLAGS, tanda=flag_name(Flag.EXTRA_PASS), surat=wanted, langkah=STEP_CODES[one.step])
    return link([t("intake.make_correction"), icon("chevron-right")], address, "intake-more")
