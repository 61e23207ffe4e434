"""Which agencies are written in ways that the settings do not know, and which of them are the same?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import button, empty, icon, link, panel, select, with_query
from dashboard.components.filters import ALL
from dashboard.components.tables import Column
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.shared.forms import done, may_do
from dashboard.pages.shared.links import NAMES, REQUEST_LIST
from dashboard.pages.shared.page_request import Names, is_page
from data_access.records.office import Edit
from etl.desk.settings_edit import with_opd, with_opd_spelling, without_opd_spelling
from etl.figures.intake.open_work import PAGE_ROWS, UnknownOpd, unknown_opds
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import Settings, default_settings

PAGE = Page.DATA
PATH = NAMES
TITLE = "intake.names_title"
NAV = None

ALL_SPELLINGS = "semua"
ADDRESS_NAMES: Names = {"hal": is_page, **dict.fromkeys(("nama", "ejaan", "dari", ALL_SPELLINGS))}
"""Name in the address that asks for every spelling of the settings."""


class Id(StrEnum):
    """Ids of the page."""

    OPENED = "names-asked"
    TARGET = "names-target"
    MERGE = "names-merge"
    KEEP = "names-keep"
    REMOVE = "names-remove"


layout = partial(frame.list_page, "names")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show the names; merge, keep apart or take apart what a person says."""

    frame.show_lists(app, "names", lambda query, user: lists(office, query, may_change=may_do(user)))

    def decide(pressed: str, opened: Any, target: Any) -> Component:
        return _decide(office, now(), pressed, opened, str(target or ""))

    given = ((Id.OPENED, "data"), (Id.TARGET, "value"))
    frame.take_decisions(app, "names", (Id.MERGE, Id.KEEP, Id.REMOVE), given, decide)


def _decide(office: Office, now: int, which: str, opened: Any, target: str) -> Component:
    if which == Id.REMOVE:
        opd, alias = opened if isinstance(opened, list) and len(opened) == 2 else ("", "")
        return take_apart(office, now, str(opd), str(alias))
    return keep(office, now, str(opened)) if which == Id.KEEP else merge(office, now, str(opened), target)


def merge(office: Office, now: int, name: str, target: str) -> Component:
    """That name is another spelling of an agency; what became of it, in words."""
    if target in ("", ALL):
        raise frame.UnusableAnswerError("intake.choose_opd")
    _refuse_known(office, name)
    words = t("intake.merged", name=name, opd=target)
    return _apply(office, now, lambda settings: with_opd_spelling(settings, target, name), words)


def keep(office: Office, now: int, name: str) -> Component:
    """That name is an agency of its own."""
    _refuse_known(office, name)
    return _apply(office, now, lambda settings: with_opd(settings, name), t("intake.kept_apart", name=name))


def take_apart(office: Office, now: int, opd: str, alias: str) -> Component:
    """That spelling is no longer one of the agency."""
    words = t("intake.apart", name=alias, opd=opd)
    return _apply(office, now, lambda settings: without_opd_spelling(settings, opd, alias), words)


def _refuse_known(office: Office, name: str) -> None:
    if name not in {opd.name for opd in unknown_opds(office)}:
        raise frame.UnusableAnswerError("intake.name_gone")


def _apply(office: Office, now: int, edit: Callable[[Settings], Settings], words: str) -> Component:
    applied = apply_settings(office, edit, now, actor=account().name, reason=words, edit=Edit("opd"))
    return done(words, is_published=applied.is_published)


def lists(office: Office, query: Mapping[str, str], *, may_change: bool) -> Component:
    """Unknown names, then the spellings that were merged; what was opened stands first."""
    names = unknown_opds(office)
    opened = next((opd for opd in names if opd.name == query.get("nama")), None)
    return html.Div(
        [
            _decision(office, opened, names) if opened and may_change else None,
            _apart_question(office, query) if may_change and not opened and query.get("ejaan") else None,
            None if query.get(ALL_SPELLINGS) else _unknown(names, query, may_change),
            _merged(office, query, may_change),
        ]
    )


def _unknown(names: Sequence[UnknownOpd], query: Mapping[str, str], may_change: bool) -> Component:
    if not names:
        return panel(empty(t("intake.no_names"), t("intake.no_names_hint"), "check2-circle"))
    page, here = frame.page_of(names, query.get("hal"))
    title = t("intake.unknown_names", count=fmt().number(len(names)), n=len(names))
    return panel(
        frame.listed(title, _unknown_columns(may_change), here),
        frame.pages(page, len(names), lambda number: with_query(NAMES, hal=number)),
        title=title,
        note=t("intake.unknown_names_note"),
    )


def _unknown_columns(may_change: bool) -> list[Column[UnknownOpd]]:
    return [
        frame.column("typed_opd", lambda opd: html.Strong(opd.name)),
        frame.column("letters", _its_requests, "num"),
        frame.column("close_to", lambda opd: opd.close_to or t("word.none")),
        frame.column("action", lambda opd: _open(opd) if may_change else t("word.none")),
    ]


def _its_requests(opd: UnknownOpd) -> Component:
    return link(fmt().number(opd.letters), with_query(REQUEST_LIST, opd=opd.name), "cases-link")


def _open(opd: UnknownOpd) -> Component:
    return frame.way(t("intake.decide_name"), with_query(NAMES, nama=opd.name))


def _decision(office: Office, opened: UnknownOpd, names: Sequence[UnknownOpd]) -> Component:
    """Merge it with an agency or with a name that is close to it, or keep it as one of its own."""
    close = {opd.name for opd in names if opened.name == opd.close_to or opened.close_to == opd.name}
    known = sorted({*office.settings.opd, *close} - {opened.name})
    options = [("", t("intake.choose")), *((name, name) for name in known)]
    words = t("intake.close_hint", name=opened.close_to) if opened.close_to else t("intake.merge_hint")
    return frame.decision(
        dcc.Store(id=Id.OPENED, data=opened.name),
        frame.hint(words),
        buttons=[
            select(Id.TARGET, t("intake.merge_with"), options, opened.close_to or ""),
            button(t("intake.merge_do"), id=Id.MERGE),
            button(t("intake.keep_do"), id=Id.KEEP, kind="quiet"),
            html.Button(id=Id.REMOVE, hidden=True),
        ],
        title=opened.name,
        note=t("intake.letters_of", count=fmt().number(opened.letters), n=opened.letters),
    )


def _merged(office: Office, query: Mapping[str, str], may_change: bool) -> Component | None:
    """The spellings that this office merged; all of them, a page at a time, when asked for."""
    shipped = default_settings().opd
    pairs = [(opd, alias) for opd, aliases in sorted(office.settings.opd.items()) for alias in aliases]
    own = [(opd, alias) for opd, alias in pairs if alias not in shipped.get(opd, ())]
    count = t("intake.merged_title", count=fmt().number(len(pairs)), n=len(pairs))
    columns = _spelling_columns(may_change)
    if query.get(ALL_SPELLINGS):
        page, here = frame.page_of(pairs, query.get("hal"))
        ways = frame.pages(page, len(pairs), lambda number: with_query(NAMES, **{ALL_SPELLINGS: 1, "hal": number}))
        return panel(frame.listed(count, columns, here), ways, title=count)
    everything = frame.way(count, with_query(NAMES, **{ALL_SPELLINGS: 1}))
    if not own:
        return panel(everything) if pairs else None
    rest, title = frame.left_out("intake.more_spellings", len(own) - PAGE_ROWS), t("intake.own_merged")
    return panel(frame.listed(title, columns, own[:PAGE_ROWS]), *rest, everything, title=title)


def _spelling_columns(may_change: bool) -> list[Column[tuple[str, str]]]:
    """Of (agency, spelling)."""
    columns = [frame.column("spelling", lambda pair: pair[1]), frame.column("opd", lambda pair: pair[0])]
    return [*columns, frame.column("action", _take_apart)] if may_change else columns


def _take_apart(pair: tuple[str, str]) -> Component:
    opd, alias = pair
    return link([icon("x-lg"), t("intake.take_apart")], with_query(NAMES, ejaan=alias, dari=opd), "intake-more")


def _apart_question(office: Office, query: Mapping[str, str]) -> Component | None:
    opd, alias = query.get("dari", ""), query["ejaan"]
    if alias not in office.settings.opd.get(opd, ()):
        return None
    return frame.decision(
        dcc.Store(id=Id.OPENED, data=[opd, alias]),
        frame.hint(t("intake.apart_hint", name=alias, opd=opd)),
        buttons=[
            button(t("intake.apart_do"), id=Id.REMOVE),
            *(html.Button(id=id, hidden=True) for id in (Id.MERGE, Id.KEEP)),
            html.Div(dcc.Input(id=Id.TARGET, type="hidden")),
        ],
        cancel=NAMES,
        title=alias,
    )
