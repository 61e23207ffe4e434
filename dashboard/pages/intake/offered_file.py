"""What the Data page shows of one file: how it was read, what it would do, or what it did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import account
from dashboard.access.begin import START_PATH
from dashboard.components import Tone, banner, button, icon, link, panel
from dashboard.i18n import catalogue, fmt, sentence, t
from dashboard.pages.intake.reading_choice import Choice, fits, read_choice
from dashboard.pages.shared.links import WAITING, load_address
from dashboard.pages.shared.words import dotted, field_words, value_words
from data_access.errors import PantauError
from data_access.records import RecordsBusyError
from data_access.records.intake.loads import LETTER_MISSING, Load
from etl.extract import IntakeWarning, Kind
from etl.extract.kinds import NUMBER_FORMS, Form, column_words
from etl.extract.sheets import HIDDEN_SHEET, UNREAD
from etl.intake.load_report import CALENDAR, furniture_words
from etl.intake.offered.preview import Block, Cell, Column, Correction, Preview, SampleRow, preview
from etl.intake.offered.preview_heads import source_by_headers, source_by_name
from etl.intake.offered.uploads import NOBODY, Upload
from etl.office import Office
from etl.reference.steps import STEP_CODES

REJECTS = "/data/tolakan"
_COMMAND_WORDS = "--"
"""Advice for the command line; here there are buttons for it."""

_ENDS = {
    "read": "plain",
    "accepted": "good",
    "unchanged": "plain",
    "corrected": "changed",
    "waiting": "near",
    "rejected": "late",
}
_ALWAYS = ("read", "accepted", "unchanged")
SHOWN_WARNINGS = 8
LONGEST_LINE = 30
"""Letters of a cell that stand on one line as they are."""

_SCHEDULE = ("booked_start_on", "booked_start_at", "booked_end_on", "booked_end_at")
_WRITTEN: Mapping[Form, Callable[[Any], str]] = {
    Form.DAY: lambda value: fmt().date(int(value)),
    Form.CLOCK: lambda value: fmt().clock(int(value)),
    Form.MOMENT: lambda value: fmt().moment_short(int(value)),
    **dict.fromkeys(NUMBER_FORMS, lambda value: fmt().number(int(value))),
    Form.CONDITION: lambda value: t(f"data.condition_{value}"),
}


@dataclass(frozen=True)
class OfferedFile:
    """The filled places of the page.

    `needs_map`: nothing can be taken until columns are mapped; `is_mapping`: the map is what the user works on.
    `choice`: how the file can be read; None where it cannot.
    """

    notice: Component | Sequence[Component] | None = None
    preview: Component | None = None
    may_map: bool = False
    needs_map: bool = False
    is_mapping: bool = False
    has_file: bool = True
    choice: Choice | None = None


def no_file(*, is_gone: bool) -> OfferedFile:
    """No file is named, or one that is here no longer."""
    notice = banner(t("data.gone"), Tone.NEAR, "clock-history") if is_gone else None
    return OfferedFile(notice, has_file=False)


def offered_file(
    office: Office, upload: Upload, document: dict[str, Any], now: int, before: Sequence[Choice] = ()
) -> OfferedFile:
    """One file of this user; `before`: the maps by hand by which other files were read, the newest first."""
    result = upload.result
    if result is not None:
        return OfferedFile(preview=_result_panel(upload, result))
    if not upload.is_waiting:
        return no_file(is_gone=True)
    try:
        tried, choice = _tried(office, upload, read_choice(document), now, before)
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
    drawn = _preview_panel(upload, tried, choice)
    is_table = upload.path.suffix != CALENDAR
    how = _how(tried, choice, is_again=choice.is_mapped and not document)
    return OfferedFile(how, drawn, may_map=is_table, is_mapping=choice.is_mapped, choice=choice)


def upload_owner(office: Office) -> int:
    """Whose files the signed-in user sees: the own ones; where the records are invented, those that nobody owns yet."""
    return NOBODY if office.is_demo else account().id


def kept_file(office: Office, upload: Upload, now: int) -> OfferedFile:
    """A file given to invented records: it waits for the office's own; what it would be there, and until when."""
    if not upload.is_waiting:
        return no_file(is_gone=True)
    known = ""
    with suppress(PantauError):  # what cannot be read now is asked about at its preview
        tried, _ = _tried(office, upload, Choice(), now)
        upload.mark_persons(has_none=_has_no_persons(tried))
        known = _kinds_words(tried)
    until = fmt().moment(upload.deleted_at)
    start = html.A(t("begin.title"), href=START_PATH, className="p-button is-primary")
    words = panel(
        banner(t("begin.kept", file=upload.name, until=until), Tone.GOOD, "safe"),
        html.P(known) if known else None,
        html.P(t("begin.kept_hint"), className="p-muted"),
        html.Div([start, _drop_button(upload, t("begin.kept_drop"))], className="data-actions"),
        title=upload.name,
    )
    return OfferedFile(words)


def _kinds_words(tried: Preview) -> str:
    """Dikenali sebagai agenda surat masuk, 5 baris · disposisi, 31 baris; empty where nothing was recognised."""
    rows = [(block.kind, int(block.counts.get("read", 0))) for block in tried.blocks]
    words = [t("begin.kept_as", kind=t(f"data.kind_{kind}"), count=fmt().number(n), n=n) for kind, n in rows]
    return f"{t('begin.kept_known')} {' · '.join(words)}" if words else ""


def _has_no_persons(tried: Preview) -> bool:
    """Whether all of the file was recognised, none of it as persons: what nobody can read may hold some."""
    codes = {warning.code for block in tried.blocks for warning in block.warnings}
    is_whole = not codes & {"sheet_ignored", *UNREAD}
    return tried.refusal is None and is_whole and not any(block.is_private for block in tried.blocks)


def _tried(
    office: Office, upload: Upload, wish: Choice, now: int, before: Sequence[Choice] = ()
) -> tuple[Preview, Choice]:
    """The file tried as wished; without a wish by the source its name fits, by its headers, by a source they fit, by
    the map that a file with the same headers was read by."""
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
    others += [mapped for mapped in before if fits(mapped, tried.sheets)][:1]
    for other in others:
        second = _preview(office, upload, other, now)
        if second.refusal is None:
            return second, other
    return tried, choice


def _preview(office: Office, upload: Upload, choice: Choice, now: int) -> Preview:
    source = choice.source_map(office.settings)
    kind = None if choice.is_mapped else choice.kind
    given: dict[str, Any] = {"kind": kind, "date_order": choice.orders, "source": source}
    tried = preview(office, upload.path, now, name=upload.name, **given, with_hidden=choice.with_hidden)
    return replace(tried, file=upload.name)


def _how(tried: Preview, choice: Choice, *, is_again: bool) -> Component | None:
    """By which source a file was read that nobody chose a way for; that a map made by hand is whole, or (`is_again`)
    was made for a file with the same headers."""
    if is_again:
        plain = {"data-quick": json.dumps({"polos": True, "peta": None, "jenis": None})}
        off = html.Button(t("data.without_map"), type="button", className="data-quick", **plain)
        return banner(html.Span([t("data.by_map"), " ", off]), Tone.PLAIN, "bookmark-check")
    if choice.is_mapped:
        rows = tried.total("read")
        return banner(t("data.map_whole", count=fmt().number(rows), n=rows), Tone.GOOD, "check2-circle")
    if not choice.source:
        return None
    plain = {"data-quick": json.dumps({"polos": True})}
    off = html.Button(t("data.without_source"), type="button", className="data-quick", **plain)
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
    mapping = t("data.map_hint_more") if choice.is_mapped else t("data.map_hint")
    hint = mapping if tried.sheets else t("data.refused_hint")
    kept = {"data-choice": json.dumps(choice.to_document())}
    return panel(
        banner(_plain_words(words), Tone.LATE, "file-earmark-x"),
        html.P(hint, className="p-muted"),
        html.Div([*_ways_out(words), _drop_button(upload, t("data.give_up"))], className="data-actions", **kept),
        title=t("data.refused_title", file=tried.file),
        class_name="data-refused",
    )


def _plain_words(words: str) -> str:
    """The sentence without its advice for the command line."""
    parts = [part for part in words.split("; ") if _COMMAND_WORDS not in part]
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
    parts: list[Component] = [html.H3(t(f"data.kind_{entry['kind']}")), _counts_row(counts)]
    if counts.get("rejected"):
        parts.append(html.P(t("data.correct_and_give", n=counts["rejected"]), className="p-muted"))
    if entry.get("set_aside"):
        parts.append(html.P(t("data.set_aside", n=entry["set_aside"]), className="p-muted"))
    if waiting := waiting_words(entry["kind"], entry.get("waits", {})):
        parts.append(html.Ul([html.Li(link(words, WAITING)) for words in waiting], className="data-notes"))
    if load_id is not None:
        parts.append(html.P([_load_link(load_id), _rejects_link(entry)], className="data-links"))
    if entry.get("is_private"):
        parts.append(html.P([icon("shield-check"), f" {t('data.private_deleted')}"], className="p-muted"))
    return html.Section(parts, className="data-kind")


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


def _preview_panel(upload: Upload, tried: Preview, choice: Choice) -> Component:
    """One block for each kind in the file, what would change in all, and one button that saves them all."""
    blocks = [_block(block, upload.name, is_first=index == 0) for index, block in enumerate(tried.blocks)]
    return panel(*blocks, _effects(tried), _actions(upload, tried, choice), class_name="data-found")


def _block(block: Block, file: str, *, is_first: bool) -> Component:
    return html.Section(
        [
            html.H2(_recognised(block, file if is_first else ""), className="data-found-title"),
            _known_before(block.earlier) if block.earlier else None,
            _counts_row(block.counts),
            _partial(block) if block.is_partial else None,
            _rows_table(block) if block.rows else None,
            _private() if block.is_private else None,
            _notes(block),
        ],
        className="data-block",
    )


def _partial(block: Block) -> Component:
    return banner(t("data.partial", rows=fmt().number(block.counts.get("read", 0))), Tone.NEAR, "scissors")


def _recognised(block: Block, file: str) -> str:
    """Pratinjau · agenda.xlsx, lembar “Agenda” · dikenali sebagai agenda surat masuk · judul kolom di baris 6."""
    names = [name for name, _ in block.sheets if name]
    sheets = t("data.in_sheets", names=_list(names), n=len(names)) if names else ""
    where = ", ".join(part for part in (file, sheets) if part)
    rows = _list(sorted({str(row) for _, row in block.sheets}, key=int))
    known = t("data.recognised", kind=t(f"data.kind_{block.kind}"))
    return dotted(t("data.preview"), where, known, t("data.header_row", rows=rows))


def _list(names: list[str]) -> str:
    return ", ".join(f"“{name}”" if not name.isdigit() else name for name in names)


def _counts_row(counts: Mapping[str, int]) -> Component:
    """What became, or would become, of the rows; ends that no row has are left out unless everybody looks for them."""
    f = fmt()
    shown = [
        (end, tone, int(counts.get(end, 0))) for end, tone in _ENDS.items() if counts.get(end, 0) or end in _ALWAYS
    ]
    parts = [
        [html.Span(f.number(count), className=f"data-count is-{tone}"), html.Span(t(f"data.end_{end}", n=count))]
        for end, tone, count in shown
    ]
    return html.Div([html.Div(part) for part in parts], className="data-counts")


def _known_before(load: Load) -> Component:
    when = fmt().moment(load.finished_at or load.started_at)
    return banner([t("data.earlier", when=when, actor=load.actor or "–"), " ", _load_link(load.id)], Tone.PLAIN)


def _load_link(load_id: int) -> Component:
    """The way to what a load did."""
    return link(t("data.see_load", number=fmt().number(load_id)), load_address(load_id))


def _private() -> Component:
    return html.P([icon("shield-check"), f" {t('data.private')}"], className="data-private")


def waiting_words(kind: str, waiting: Mapping[str, int]) -> list[str]:
    """What rows of a kind wait for, one sentence a code; of the register only events of a calendar lack a letter."""
    names = {LETTER_MISSING: "event"} if kind == Kind.PERMOHONAN else {}
    return [t(f"data.waits_{names.get(code, code)}", count=fmt().number(n), n=n) for code, n in waiting.items()]


def _notes(block: Block) -> Component | None:
    """What is said of the whole block: a time nobody wrote down, what waits and for what, warnings, ignored columns."""
    notes: list[Any] = [t(f"data.lacks_time_{block.kind}")] if block.lacks_time else []
    if old := block.before_recording:
        notes.append(t("data.before_recording", count=fmt().number(old), n=old))
    notes += waiting_words(block.kind, block.waiting)
    notes += _alike(block.warnings)[:SHOWN_WARNINGS]
    if any(warning.code == HIDDEN_SHEET for warning in block.warnings):
        notes.append(_quick(t("data.with_hidden"), {"sembunyi": True}))
    if block.is_private:
        notes += [sentence(reject.message) for reject in block.rejects[:SHOWN_WARNINGS]]
    if block.ignored:
        notes.append(t("data.ignored", names=", ".join(f"“{name}”" for name in block.ignored)))
    if block.furniture:
        notes.append(sentence(furniture_words(block.furniture)))
    return html.Ul([html.Li(note) for note in notes], className="data-notes") if notes else None


def _alike(warnings: Sequence[IntakeWarning]) -> list[str]:
    """One line for each sort of warning: the first of it, and how many more there are."""
    sorts: dict[tuple[str, str], list[str]] = {}
    for warning in warnings:
        words = sentence(warning.message)
        column = words.partition('"')[2].partition('"')[0] if warning.row else words
        sorts.setdefault((warning.code, column), []).append(words)
    return [
        f"{first} {t('data.more_alike', count=fmt().number(len(more)), n=len(more))}" if more else first
        for first, *more in sorts.values()
    ]


def _effects(tried: Preview) -> Component | None:
    """Which letters would be new, whose figures would change, and which values would be replaced."""
    if not tried.letters and not tried.corrections:
        return None
    counts = {"new": tried.new_letters, "changed": tried.letters - tried.new_letters}
    told = [t(f"data.letters_{name}", count=fmt().number(count), n=count) for name, count in counts.items() if count]
    of_letter = groupby(tried.corrections, lambda one: (one.kind, one.letter, one.step, one.room))
    rows = [_change([*changes]) for _, changes in of_letter]
    table = html.Div(html.Table(html.Tbody(rows), className="p-table data-changes"), className="p-scroll")
    title = html.H3(t("data.changes_title"))
    more = tried.total("corrected") > len(rows) > 0
    note = html.P(t("data.changes_first", n=len(rows)), className="p-muted") if more else None
    return html.Section(
        [html.P(" ".join(told)) if told else None, *([title, table, note] if rows else [])], className="data-effects"
    )


def _change(corrections: Sequence[Correction]) -> Component:
    """What would be replaced of one letter, or of one step or use: one line a value, its schedule as one."""
    first = corrections[0]
    step = STEP_CODES[first.step] if first.step is not None else ""
    row = f"{first.letter[0]}/{first.letter[1]}" if first.letter else first.room or ""
    values = {one.column: (one.old, one.new) for one in corrections}
    schedule = _schedule(values)
    left = [
        column for column in values if not (schedule and column in _SCHEDULE) and not _is_told_elsewhere(column, values)
    ]
    lines = [("booked", *schedule)] if schedule else []
    lines += [(column, *(value_words(column, value) for value in values[column])) for column in left]
    told = [
        html.Div(
            [html.Span(_name(column), className="p-muted"), " ", html.Del(old), icon("arrow-right"), html.Strong(new)]
        )
        for column, old, new in lines
    ]
    return html.Tr([html.Td(dotted(row, step)), html.Td(told)])


def _is_told_elsewhere(column: str, values: Mapping[str, tuple[Any, Any]]) -> bool:
    """Whether a day also stands in the moment of its stamp that changes with it, or is the day the event begins."""
    if column == "booked_end_on" and values.get("booked_start_on") == values[column]:
        return True
    moment = values.get(f"{column.removesuffix('_on')}_at", (None, None))
    return column.endswith("_on") and None not in moment


def _schedule(values: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """The old and the new schedule of an event, when begin and end both move and are known; else nothing."""
    starts, ends = (values.get(f"booked_{name}_at", (None, None)) for name in ("start", "end"))
    if None in (*starts, *ends):
        return []
    return [_from_to(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _from_to(start: int, end: int) -> str:
    """The schedule in words, its day once where it ends on the same."""
    f = fmt()
    is_same_day = f.local(start).date() == f.local(end).date()
    return (
        f"{f.moment_short(start)}–{f.clock(end)}" if is_same_day else f"{f.moment_short(start)} – {f.moment_short(end)}"
    )


def _name(column: str) -> str:
    """What the office calls a column, day and clock time of a stamp apart."""
    own = f"data.field_{column}"
    return t(own) if own in catalogue() else field_words(column)


def _actions(upload: Upload, tried: Preview, choice: Choice) -> Component:
    """Save and give up; a file that is in already has nothing to save."""
    is_known = bool(tried.blocks) and all(block.earlier for block in tried.blocks)
    words = [icon("check2"), html.Span(_save_words(tried))]
    data = {"data-token": upload.token, "data-choice": json.dumps(choice.to_document())}
    save = None if is_known else button(words, id="data-save", class_name="data-save", **data)
    drop = _drop_button(upload, t("data.close") if is_known else t("data.cancel"))
    return html.Div([save, drop], className="data-actions")


def _save_words(tried: Preview) -> str:
    """Simpan 55 baris, unduh 2 yang ditolak."""
    f, rejected = fmt(), tried.total("rejected")
    kept = sum(tried.total(end) for end in ("accepted", "corrected", "waiting"))
    if any(block.is_partial for block in tried.blocks):
        return t("data.save_whole")
    if rejected and kept:
        return t("data.save_and_fetch", count=f.number(kept), rejected=f.number(rejected), n=kept)
    if rejected:
        return t("data.note_and_fetch", rejected=f.number(rejected), n=rejected)
    return t("data.save_rows", count=f.number(kept), n=kept) if kept else t("data.save_nothing")


def _drop_button(upload: Upload, words: str) -> Component:
    """Gives the file up."""
    return button(words, kind="quiet", class_name="data-give-up", **{"data-token": upload.token})


def _rows_table(block: Block) -> Component:
    """One table row a sample row; on a phone each becomes a card."""
    has_sheets = len(block.sheets) > 1
    heads = [html.Th(t("data.row"), scope="col"), *(_head(column) for column in block.columns)]
    body: list[Component] = []
    before = None
    for row in block.rows:
        if before is not None and (row.sheet, row.row) != (before.sheet, before.row + 1):
            body.append(html.Tr(html.Td("⋯", colSpan=len(heads)), className="data-gap", **{"aria-hidden": "true"}))
        body.append(_row(row, block, has_sheets=has_sheets))
        before = row
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="p-table data-rows")
    place = {"role": "region", "aria-label": t("data.rows_label"), "tabIndex": 0}
    return html.Div(table, className="p-scroll data-scroll", **place)


def _head(column: Column) -> Component:
    header = t("data.constant") if column.is_constant else column.header
    return html.Th([html.Span(header), html.Small(sentence(column_words(column.name)))], scope="col")


def _row(row: SampleRow, block: Block, *, has_sheets: bool) -> Component:
    """The row's number with what is wrong with the row as a whole, and its cells."""
    number = f"{row.sheet} · {row.row}" if has_sheets and row.sheet else str(row.row)
    content: list[Any] = [number, _fault(sentence(row.fault))] if row.fault else [number]
    content += [html.Small(t("data.row_corrected"), className="data-corrected")] if row.is_corrected else []
    cells = [html.Td(content, className="data-row-number", **{"data-label": t("data.row")})]
    cells += [_cell(cell, column) for cell, column in zip(row.cells, block.columns, strict=True)]
    states = {"is-rejected": row.is_rejected, "is-corrected": row.is_corrected, "is-remarkable": row.is_remarkable}
    return html.Tr(cells, className=next((name for name, is_so in states.items() if is_so), ""))


def _fault(words: str) -> Component:
    return html.Small([icon("x-circle-fill"), f" {words}"], className="data-fault")


def _cell(cell: Cell, column: Column) -> Component:
    typed = cell.typed if cell.typed is not None else _written(cell, column)
    class_name = "data-cell" + (" is-bad" if cell.fault else "")
    return html.Td(
        [_one_line(typed or "–"), _beneath(cell, column)], className=class_name, **{"data-label": column.header}
    )


def _one_line(words: str) -> Component:
    """What is typed in a cell on one line; a long one shows the rest of it when it is pressed, pointed at or heard."""
    if len(words) <= LONGEST_LINE:
        return html.Span(words, className="data-typed")
    return html.Details(html.Summary(words, title=words), className="data-typed")


def _beneath(cell: Cell, column: Column) -> Component | None:
    """Why the row is rejected, what follows from the cell, or how it was understood."""
    if cell.fault:
        return _fault(_without_cell(sentence(cell.fault)))
    if cell.remark:
        words = t(f"data.remark_{cell.remark}", step=cell.subject)
        return html.Small([icon("exclamation-triangle-fill"), f" {words}"], className="data-remark")
    understood = _written(cell, column) if cell.typed is not None else ""
    return html.Small(understood) if understood and understood != cell.typed else None


def _written(cell: Cell, column: Column) -> str:
    return "" if cell.value is None else _WRITTEN.get(column.form, str)(cell.value)


def _without_cell(reason: str) -> str:
    """A reason without the cell it quotes, which stands above it."""
    return re.sub(r'^"[^"]*":? ', "", reason)
