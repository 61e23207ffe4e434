"""What the Data page shows of one file: how it was read, what it would do, or what it did."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, button, icon, link, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.preview import counts_row, drop_button, preview_panel
from dashboard.pages.intake.reading_choice import Choice, read_choice
from data_access.errors import PantauError
from data_access.records import RecordsBusyError
from etl.extract import Kind
from etl.intake.offered.preview import Preview, preview
from etl.intake.offered.preview_heads import source_by_headers, source_by_name

if TYPE_CHECKING:
    from etl.intake.offered.uploads import Upload
    from etl.office import Office

LOADS = "/data/muatan"
REJECTS = "/data/tolakan"
_COMMAND_WORDS = ("--", "[[source]]")
"""Advice for the command line; here there are buttons for it."""


@dataclass(frozen=True)
class OfferedFile:
    """The filled places of the page.

    `needs_map`: nothing can be taken until columns are mapped; `is_mapping`: the map is what the user works on.
    """

    notice: Component | Sequence[Component] | None = None
    preview: Component | None = None
    may_map: bool = False
    needs_map: bool = False
    is_mapping: bool = False
    has_file: bool = True


def no_file(*, is_gone: bool) -> OfferedFile:
    """No file is named, or one that is here no longer."""
    notice = banner(t("data.gone"), Tone.NEAR, "clock-history") if is_gone else None
    return OfferedFile(notice, has_file=False)


def offered_file(office: Office, upload: Upload, document: dict[str, Any], now: int) -> OfferedFile:
    """One file of this user."""
    result = upload.result
    if result is not None:
        return OfferedFile(preview=_result_panel(upload, result))
    if not upload.is_waiting:
        return no_file(is_gone=True)
    try:
        tried, choice = _tried(office, upload, read_choice(document), now)
    except RecordsBusyError:
        return OfferedFile(preview=_again(upload, t("data.busy"), t("data.busy_hint"), "hourglass-split", Tone.NEAR))
    except PantauError as error:
        words = sentence(error)
        return OfferedFile(preview=_again(upload, words, t("data.kept_hint"), "database-exclamation", Tone.LATE))
    upload.mark_persons(has_none=_has_no_persons(tried))
    if tried.refusal is not None:
        needs_map = bool(tried.sheets)
        notice = _refusal_notice(upload, tried, choice)
        return OfferedFile(notice, may_map=needs_map, needs_map=needs_map, is_mapping=needs_map)
    drawn = preview_panel(upload, tried, choice)
    return OfferedFile(_how(tried, choice), drawn, may_map=True, is_mapping=choice.is_mapped)


def _has_no_persons(tried: Preview) -> bool:
    """Whether all of the file was recognised, none of it as persons: a sheet that nobody can read may hold some."""
    is_whole = not any(warning.code == "sheet_ignored" for block in tried.blocks for warning in block.warnings)
    return tried.refusal is None and is_whole and not any(block.is_private for block in tried.blocks)


def _tried(office: Office, upload: Upload, wish: Choice, now: int) -> tuple[Preview, Choice]:
    """The file tried as wished; without a wish by the source its name fits, by its headers, by a source they fit."""
    if wish != Choice():
        return _preview(office, upload, wish, now), wish
    sources = office.settings.sources
    named = source_by_name(sources, upload.name)
    choice = Choice(source=named.name) if named else wish
    tried = _preview(office, upload, choice, now)
    if tried.refusal is None:
        return tried, choice
    fitting = source_by_headers(sources, tried.sheets)
    others = [*([Choice(is_plain=True)] if named else []), *([Choice(source=fitting.name)] if fitting else [])]
    for other in others:
        second = _preview(office, upload, other, now)
        if second.refusal is None:
            return second, other
    return tried, choice


def _preview(office: Office, upload: Upload, choice: Choice, now: int) -> Preview:
    source = choice.source_map(office.settings)
    kind = None if choice.is_mapped else choice.kind
    orders, name = choice.orders, upload.name
    tried = preview(office, upload.path, now, name=name, kind=kind, date_order=orders, source=source)
    return replace(tried, file=upload.name)


def _how(tried: Preview, choice: Choice) -> Component | None:
    """By which source a file was read that nobody chose a way for; that a map made by hand is whole."""
    if choice.is_mapped:
        rows = tried.total("read")
        return banner(t("data.map_whole", count=fmt().number(rows), n=rows), Tone.GOOD, "check2-circle")
    if not choice.source:
        return None
    off = html.Button(
        t("data.without_source"), type="button", className="data-quick", **{"data-quick": json.dumps({"polos": True})}
    )
    return banner(html.Span([t("data.by_source", name=choice.source), " ", off]), Tone.PLAIN, "bookmark-check")


def _again(upload: Upload, words: str, hint: str, icon_name: str, tone: Tone) -> Component:
    """Something stood in the way; the file is still here."""
    retry = button([icon("arrow-clockwise"), t("data.retry")], class_name="data-retry")
    return panel(
        banner(words, tone, icon_name),
        html.P(hint, className="p-muted"),
        html.Div([retry, button(t("data.back"), href="/data", kind="quiet")], className="data-actions"),
        title=t("data.preview_of", file=upload.name),
    )


def _refusal_notice(upload: Upload, tried: Preview, choice: Choice) -> Component:
    """The refusal as a sentence, with the ways out of it that fit."""
    words = sentence(tried.refusal) if tried.refusal else ""
    ways = _ways_out(words)
    if tried.sheets:
        hint = t("data.map_hint") if not choice.is_mapped else t("data.map_hint_more")
    else:
        hint = t("data.refused_hint")
    return panel(
        banner(_plain_words(words), Tone.LATE, "file-earmark-x"),
        html.P(hint, className="p-muted"),
        html.Div(
            [*ways, drop_button(upload, t("data.give_up"))],
            className="data-actions",
            **{"data-choice": json.dumps(choice.to_document())},
        ),
        title=t("data.refused_title", file=tried.file),
        class_name="data-refused",
    )


def _plain_words(words: str) -> str:
    """The sentence without its advice for the command line."""
    parts = [part for part in words.split("; ") if not any(word in part for word in _COMMAND_WORDS)]
    plain = "; ".join(parts).rstrip(".")
    return f"{plain[:1].upper()}{plain[1:]}."


def _ways_out(words: str) -> list[Component]:
    """Buttons for what the refusal asks: a date order, or one of several kinds."""
    if "--date-order" in words:
        return [_quick(t("data.read_mdy"), {"urutan": "mdy"})]
    if "--kind" in words:
        named = [kind for kind in Kind if re.search(rf"\b{kind}\b", words)]
        return [_quick(t("data.read_as", kind=t(f"data.kind_{kind}")), {"jenis": str(kind)}) for kind in named]
    return []


def _quick(words: str, change: Mapping[str, Any]) -> Component:
    """A button that changes how the file is read."""
    return button(words, class_name="data-quick", **{"data-quick": json.dumps(change)})


def _result_panel(upload: Upload, result: Sequence[Mapping[str, Any]]) -> Component:
    """Counts of each kind, the way to the load and to its rejected rows, and to the next file."""
    is_known = all(entry["status"] == "unchanged" for entry in result)
    words = t("data.known_before") if is_known else t("data.saved")
    return panel(
        banner(words, Tone.PLAIN if is_known else Tone.GOOD, "check2-all" if is_known else "check2-circle"),
        *[_kind(entry) for entry in result],
        html.Div(_next_steps(result), className="data-actions"),
        title=t("data.result_of", file=upload.name),
        class_name="data-result",
    )


def _kind(entry: Mapping[str, Any]) -> Component:
    counts, load_id = entry["counts"], entry["load"]
    parts: list[Component] = [html.H3(t(f"data.kind_{entry['kind']}")), counts_row(counts)]
    if counts.get("rejected"):
        parts.append(html.P(t("data.correct_and_give", n=counts["rejected"]), className="p-muted"))
    if counts.get("waiting"):
        parts.append(html.P(t("data.will_join", n=counts["waiting"]), className="p-muted"))
    if load_id is not None:
        parts.append(html.P([_load_link(load_id), _rejects_link(entry)], className="data-links"))
    if entry.get("is_private"):
        parts.append(html.P([icon("shield-check"), f" {t('data.private_deleted')}"], className="p-muted"))
    return html.Section(parts, className="data-kind")


def _load_link(load_id: int) -> Component:
    return link(t("data.see_load", number=fmt().number(load_id)), f"{LOADS}/{int(load_id)}")


def _rejects_link(entry: Mapping[str, Any]) -> Component | None:
    """A plain link: it leads to a file, not to a page."""
    rejected = entry["counts"].get("rejected", 0)
    if not rejected:
        return None
    words = [icon("download"), f" {t('data.fetch_rejects', count=fmt().number(rejected), n=rejected)}"]
    return html.A(words, href=f"{REJECTS}/{int(entry['load'])}", className="data-rejects", download="")


def _next_steps(result: Sequence[Mapping[str, Any]]) -> list[Component]:
    has_rejects = any(entry["counts"].get("rejected") for entry in result)
    words = t("data.give_again") if has_rejects else t("data.give_next")
    choose = button([icon("cloud-arrow-up"), words], class_name="data-pick")
    return [choose, button(t("data.done"), href="/data", kind="quiet")]
