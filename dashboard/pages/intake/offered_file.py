"""What the Data page shows of one file: how it was read, what it would do, or what it did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, button, icon, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.preview import preview_panel
from dashboard.pages.intake.reading_choice import Choice, read_choice
from dashboard.pages.intake.refused import refusal_notice
from dashboard.pages.intake.result import result_panel
from data_access.errors import PantauError
from data_access.records import RecordsBusyError
from etl.intake.offered.preview import Preview, preview
from etl.intake.offered.preview_heads import source_by_headers, source_by_name

if TYPE_CHECKING:
    from etl.intake.offered.uploads import Upload
    from etl.office import Office


@dataclass(frozen=True)
class Shown:
    """The filled places of the page.

    `needs_map`: nothing can be taken until columns are mapped; `is_mapping`: the map is what the user works on.
    """

    notice: Component | Sequence[Component] | None = None
    preview: Component | None = None
    may_map: bool = False
    needs_map: bool = False
    is_mapping: bool = False
    has_file: bool = True


def nothing_shown(*, is_gone: bool) -> Shown:
    """No file is named, or one that is here no longer."""
    notice = banner(t("data.gone"), Tone.NEAR, "clock-history") if is_gone else None
    return Shown(notice, has_file=False)


def shown(office: Office, upload: Upload, document: dict[str, Any], now: int) -> Shown:
    """One file of this user."""
    result = upload.result
    if result is not None:
        return Shown(preview=result_panel(upload, result))
    if not upload.is_waiting:
        return nothing_shown(is_gone=True)
    try:
        found, choice = _tried(office, upload, read_choice(document), now)
    except RecordsBusyError:
        return Shown(preview=_again(upload, t("data.busy"), t("data.busy_hint"), "hourglass-split", Tone.NEAR))
    except PantauError as error:
        return Shown(preview=_again(upload, sentence(error), t("data.kept_hint"), "database-exclamation", Tone.LATE))
    upload.mark_persons(has_none=_has_no_persons(found))
    if found.refusal is not None:
        needs_map = bool(found.sheets)
        notice = refusal_notice(upload, found, choice)
        return Shown(notice, may_map=needs_map, needs_map=needs_map, is_mapping=needs_map)
    return Shown(_how(found, choice), preview_panel(upload, found, choice), may_map=True, is_mapping=choice.is_mapped)


def _has_no_persons(found: Preview) -> bool:
    """Whether all of the file was recognised, none of it as persons: a sheet that nobody can read may hold some."""
    is_whole = not any(warning.code == "sheet_ignored" for block in found.blocks for warning in block.warnings)
    return found.refusal is None and is_whole and not any(block.is_private for block in found.blocks)


def _tried(office: Office, upload: Upload, wish: Choice, now: int) -> tuple[Preview, Choice]:
    """The file tried as wished; without a wish by the source its name fits, by its headers, by a source they fit."""
    if wish != Choice():
        return _preview(office, upload, wish, now), wish
    sources = office.settings.sources
    named = source_by_name(sources, upload.name)
    choice = Choice(source=named.name) if named else wish
    found = _preview(office, upload, choice, now)
    if found.refusal is None:
        return found, choice
    fitting = source_by_headers(sources, found.sheets)
    others = [*([Choice(is_plain=True)] if named else []), *([Choice(source=fitting.name)] if fitting else [])]
    for other in others:
        second = _preview(office, upload, other, now)
        if second.refusal is None:
            return second, other
    return found, choice


def _preview(office: Office, upload: Upload, choice: Choice, now: int) -> Preview:
    source = choice.source_map(office.settings)
    kind = None if choice.is_mapped else choice.kind
    orders, name = choice.orders, upload.name
    found = preview(office, upload.path, now, name=name, kind=kind, date_order=orders, source=source)
    return replace(found, file=upload.name)


def _how(found: Preview, choice: Choice) -> Component | None:
    """By which source a file was read that nobody chose a way for; that a map made by hand is whole."""
    if choice.is_mapped:
        rows = found.total("read")
        return banner(t("data.map_whole", count=fmt().number(rows), n=rows), Tone.GOOD, "check2-circle")
    if not choice.source:
        return None
    off = html.Button(
        t("data.without_source"), type="button", className="data-quick", **{"data-quick": json.dumps({"polos": True})}
    )
    return banner(html.Span([t("data.by_source", name=choice.source), " ", off]), Tone.PLAIN, "bookmark-check")


def _again(upload: Upload, words: str, hint: str, icon_name: str, tone: Tone) -> Component:
    """Something stood in the way; the file is still here."""
    retry = html.Button(
        [icon("arrow-clockwise"), t("data.retry")], type="button", className="p-button is-primary data-retry"
    )
    return panel(
        banner(words, tone, icon_name),
        html.P(hint, className="p-muted"),
        html.Div([retry, button(t("data.back"), href="/data", kind="quiet")], className="data-actions"),
        title=t("data.preview_of", file=upload.name),
    )
