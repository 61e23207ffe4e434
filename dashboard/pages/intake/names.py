"""Which agencies are written in ways that the settings do not know, and which of them are the same?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import (
    button,
    empty,
    icon,
    link,
    panel,
    select,
    with_query,
)
from dashboard.components.filters import ALL
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.list_frame import frame, show_lists
from dashboard.pages.shared.numbers import once_more
from dashboard.pages.shared.page_request import Visit
from dashboard.pages.shared.request_links import CASES
from dashboard.pages.shared.row_lists import NAMES, done, may_do, note, said, table, table_row
from data_access.errors import PantauError
from etl.desk.name_edit import with_opd, with_opd_spelling, without_opd_spelling
from etl.figures.intake.open_work import PAGE_ROWS, UnknownOpd, unknown_opds
from etl.intake.pipeline import apply_settings
from etl.settings.document import default_settings

if TYPE_CHECKING:
    from etl.office import Office
    from etl.settings.document import Settings

PAGE = Page.DATA
PATH = NAMES
TITLE = "intake.names_title"
NAV = None

ALL_SPELLINGS = "semua"
"""Name in the address that asks for every spelling of the settings."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "names-url"
    SAID = "names-said"
    CHANGED = "names-changed"
    ASKED = "names-asked"
    TARGET = "names-target"
    MERGE = "names-merge"
    KEEP = "names-keep"
    REMOVE = "names-remove"


class NameQuestionError(PantauError):
    """The answer about a name cannot be used."""


def layout(_: Visit) -> Component:
    """Head, and the place of the lists."""
    return frame("names")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show the names; merge, keep apart or take apart what a person says."""

    show_lists(app, "names", lambda query: lists(office, query, may_change=may_do(account())))

    @app.callback(
        Output(Id.SAID, "children"),
        Output(Id.CHANGED, "data"),
        Output(Id.URL, "search"),
        Input(Id.MERGE, "n_clicks"),
        Input(Id.KEEP, "n_clicks"),
        Input(Id.REMOVE, "n_clicks"),
        State(Id.ASKED, "data"),
        State(Id.TARGET, "value"),
        State(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def decide(
        merged: int | None, kept: int | None, removed: int | None, asked: Any, target: Any, changed: Any
    ) -> tuple[Any, Any, Any]:
        if not (merged or kept or removed):
            return no_update, no_update, no_update
        try:
            told = _decided(office, now(), str(ctx.triggered_id), asked, str(target or ""))
        except PantauError as error:
            return said(sentence(error)), no_update, no_update
        return told, once_more(changed), ""


def _decided(office: Office, now: int, which: str, asked: Any, target: str) -> Component:
    if which == Id.REMOVE:
        opd, alias = asked if isinstance(asked, list) and len(asked) == 2 else ("", "")
        return take_apart(office, now, str(opd), str(alias))
    return keep(office, now, str(asked)) if which == Id.KEEP else merge(office, now, str(asked), target)


def merge(office: Office, now: int, name: str, target: str) -> Component:
    """That name is another spelling of an agency; what became of it, in words."""
    if target in ("", ALL):
        raise NameQuestionError(t("intake.choose_opd"))
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
    if name not in {one.name for one in unknown_opds(office)}:
        raise NameQuestionError(t("intake.name_gone"))


def _apply(office: Office, now: int, edit: Callable[[Settings], Settings], words: str) -> Component:
    applied = apply_settings(office, edit, now, actor=account().name, reason=words)
    note(office, now, account().name, "settings", "opd", reason=words)
    return done(words, is_published=applied.is_published)


def lists(office: Office, query: Mapping[str, str], *, may_change: bool) -> Component:
    """Unknown names, then the spellings that were merged; what was opened stands first."""
    names, page = unknown_opds(office), read_page(query.get("hal"))
    opened = next((one for one in names if one.name == query.get("nama")), None)
    return html.Div(
        [
            _decision(office, opened, names) if opened and may_change else None,
            _apart_question(office, query) if may_change and not opened and query.get("ejaan") else None,
            None if query.get(ALL_SPELLINGS) else _unknown(names, page, may_change),
            _merged(office, query, may_change),
        ]
    )


def _unknown(names: Sequence[UnknownOpd], page: int, may_change: bool) -> Component:
    if not names:
        return panel(empty(t("intake.no_names"), t("intake.no_names_hint"), "check2-circle"))
    heads = {name: t(f"intake.{name}") for name in ("typed_opd", "letters", "close_to", "action")}
    page = min(page, pages_of(len(names), PAGE_ROWS))
    here = names[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    rows = [table_row(heads, _cells(one, may_change), ("letters",)) for one in here]
    title = t("intake.unknown_names", count=fmt().number(len(names)), n=len(names))
    return panel(
        table(title, heads, rows, ("letters",)),
        pager(page, PAGE_ROWS, len(names), lambda n: with_query(NAMES, hal=n if n > 1 else None)),
        title=title,
        note=t("intake.unknown_names_note"),
    )


def _cells(one: UnknownOpd, may_change: bool) -> dict[str, Any]:
    act = link([t("intake.decide_name"), icon("chevron-right")], with_query(NAMES, nama=one.name), "intake-more")
    return {
        "typed_opd": html.Strong(one.name),
        "letters": link(fmt().number(one.letters), with_query(CASES, opd=one.name), "cases-link"),
        "close_to": one.close_to or t("word.none"),
        "action": act if may_change else t("word.none"),
    }


def _decision(office: Office, asked: UnknownOpd, names: Sequence[UnknownOpd]) -> Component:
    """Merge it with an agency or with a name that is close to it, or keep it as one of its own."""
    close = {one.name for one in names if asked.name == one.close_to or asked.close_to == one.name}
    known = sorted({*office.settings.opd, *close} - {asked.name})
    options = [("", t("intake.choose")), *((name, name) for name in known)]
    hint = t("intake.close_hint", name=asked.close_to) if asked.close_to else t("intake.merge_hint")
    return panel(
        dcc.Store(id=Id.ASKED, data=asked.name),
        html.P(hint, className="intake-hint"),
        html.Div(
            [
                select(Id.TARGET, t("intake.merge_with"), options, asked.close_to or ""),
                button(t("intake.merge_do"), id=Id.MERGE),
                button(t("intake.keep_do"), id=Id.KEEP, kind="quiet"),
                html.Button(id=Id.REMOVE, hidden=True),
            ],
            className="intake-form",
        ),
        title=asked.name,
        note=t("intake.letters_of", count=fmt().number(asked.letters), n=asked.letters),
        class_name="intake-decision",
    )


def _merged(office: Office, query: Mapping[str, str], may_change: bool) -> Component | None:
    """The spellings that this office merged; all of them, a page at a time, when asked for."""
    shipped = default_settings().opd
    pairs = [(opd, alias) for opd, aliases in sorted(office.settings.opd.items()) for alias in aliases]
    own = [(opd, alias) for opd, alias in pairs if alias not in shipped.get(opd, ())]
    count = t("intake.merged_title", count=fmt().number(len(pairs)), n=len(pairs))
    if query.get(ALL_SPELLINGS):
        page = min(read_page(query.get("hal")), pages_of(len(pairs), PAGE_ROWS))
        here = pairs[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        pages = pager(page, PAGE_ROWS, len(pairs), lambda n: with_query(NAMES, **{ALL_SPELLINGS: 1, "hal": n}))
        return panel(_spellings(here, count, may_change), pages, title=count)
    everything = link([count, icon("chevron-right")], with_query(NAMES, **{ALL_SPELLINGS: 1}), "intake-more")
    if not own:
        return panel(everything) if pairs else None
    more = len(own) - PAGE_ROWS
    rest = [html.P(t("intake.more_spellings", count=fmt().number(more), n=more), className="p-muted")]
    listed = _spellings(own[:PAGE_ROWS], t("intake.own_merged"), may_change)
    return panel(listed, *(rest if more > 0 else []), everything, title=t("intake.own_merged"))


def _spellings(pairs: Sequence[tuple[str, str]], label: str, may_change: bool) -> Component:
    names = ("spelling", "opd", "action") if may_change else ("spelling", "opd")
    heads = {name: t(f"intake.{name}") for name in names}
    return table(label, heads, [table_row(heads, _pair(opd, alias)) for opd, alias in pairs])


def _pair(opd: str, alias: str) -> dict[str, Any]:
    away = link([icon("x-lg"), t("intake.take_apart")], with_query(NAMES, ejaan=alias, dari=opd), "intake-more")
    return {"spelling": alias, "opd": opd, "action": away}


def _apart_question(office: Office, query: Mapping[str, str]) -> Component | None:
    opd, alias = query.get("dari", ""), query["ejaan"]
    if alias not in office.settings.opd.get(opd, ()):
        return None
    return panel(
        dcc.Store(id=Id.ASKED, data=[opd, alias]),
        html.P(t("intake.apart_hint", name=alias, opd=opd), className="intake-hint"),
        html.Div(
            [
                button(t("intake.apart_do"), id=Id.REMOVE),
                button(t("intake.cancel"), href=NAMES, kind="quiet"),
                *(html.Button(id=one, hidden=True) for one in (Id.MERGE, Id.KEEP)),
                html.Div(dcc.Input(id=Id.TARGET, type="hidden")),
            ],
            className="intake-form",
        ),
        title=alias,
        class_name="intake-decision",
    )
