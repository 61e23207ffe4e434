"""What a file would do: counts, rows as typed and as understood, what would change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, button, icon, link, panel
from dashboard.i18n import catalogue, fmt, sentence, t
from dashboard.pages.intake.reading_choice import Choice
from dashboard.pages.shared.words import field_words
from etl.domain.sop.steps import STEP_CODES
from etl.extract import IntakeWarning
from etl.extract.kinds import NUMBER_FORMS, Form
from etl.intake.offered.preview import Block, Cell, Column, Correction, Preview, SampleRow
from etl.intake.offered.uploads import Upload

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
_WRITTEN: Mapping[Form, Callable[[Any], str]] = {
    Form.DAY: lambda value: fmt().date(int(value)),
    Form.CLOCK: lambda value: fmt().clock(int(value)),
    Form.MOMENT: lambda value: fmt().moment_short(int(value)),
    **dict.fromkeys(NUMBER_FORMS, lambda value: fmt().number(int(value))),
    Form.CONDITION: lambda value: t(f"data.condition_{value}"),
}


def preview_panel(upload: Upload, preview: Preview, choice: Choice) -> Component:
    """One block for each kind in the file, what would change in all, and one button that saves them all."""
    blocks = [_block(block, upload.name, is_first=index == 0) for index, block in enumerate(preview.blocks)]
    return panel(*blocks, _effects(preview), _actions(upload, preview, choice), class_name="data-found")


def _block(block: Block, file: str, *, is_first: bool) -> Component:
    title = [_recognised(block, file if is_first else "")]
    earlier = block.earlier
    return html.Section(
        [
            html.H2(title, className="data-found-title"),
            _known_before(earlier.load_id, earlier.at, earlier.actor) if earlier else None,
            counts_row(block.counts),
            banner(t("data.partial", rows=fmt().number(block.counts.get("read", 0))), Tone.NEAR, "scissors")
            if block.is_partial
            else None,
            _rows_table(block) if block.rows else None,
            _private() if block.is_private else None,
            _notes(block),
        ],
        className="data-block",
    )


def _recognised(block: Block, file: str) -> str:
    """Pratinjau · agenda.xlsx, lembar “Agenda” · dikenali sebagai agenda surat masuk · judul kolom di baris 6."""
    names = [name for name, _ in block.sheets if name]
    where = ", ".join(
        [*([file] if file else []), *([t("data.in_sheets", names=_list(names), n=len(names))] if names else [])]
    )
    rows = _list(sorted({str(row) for _, row in block.sheets}, key=int))
    known = t("data.recognised", kind=t(f"data.kind_{block.kind}"))
    return " · ".join(part for part in (t("data.preview"), where, known, t("data.header_row", rows=rows)) if part)


def _list(names: list[str]) -> str:
    return ", ".join(f"“{name}”" if not name.isdigit() else name for name in names)


def counts_row(counts: Mapping[str, int]) -> Component:
    """What became, or would become, of the rows; ends that no row has are left out unless everybody looks for them."""
    f = fmt()
    parts = [
        html.Div(
            [
                html.Span(f.number(counts.get(end, 0)), className=f"data-count is-{tone}"),
                html.Span(t(f"data.end_{end}", n=int(counts.get(end, 0)))),
            ]
        )
        for end, tone in _ENDS.items()
        if counts.get(end, 0) or end in _ALWAYS
    ]
    return html.Div(parts, className="data-counts")


def _known_before(load_id: int, at: int, actor: str | None) -> Component:
    words = t("data.earlier", when=fmt().moment(at), actor=actor or "–")
    return banner(
        [words, " ", link(t("data.see_load", number=fmt().number(load_id)), f"/data/muatan/{load_id}")], Tone.PLAIN
    )


def _private() -> Component:
    return html.P([icon("shield-check"), f" {t('data.private')}"], className="data-private")


def _notes(block: Block) -> Component | None:
    """What is said of the whole block: a time nobody wrote down, what waits and for what, warnings, ignored columns."""
    notes: list[Any] = [t(f"data.lacks_time_{block.kind}")] if block.lacks_time else []
    notes += [t(f"data.waits_{code}", count=fmt().number(n), n=n) for code, n in block.waiting.items()]
    notes += _alike(block.warnings)[:SHOWN_WARNINGS]
    if block.is_private:
        notes += [sentence(reject.message) for reject in block.rejects[:SHOWN_WARNINGS]]
    if block.ignored:
        notes.append(t("data.ignored", names=", ".join(f"“{name}”" for name in block.ignored)))
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


def _effects(preview: Preview) -> Component | None:
    """Which figures would change, and which values would be replaced."""
    count = preview.letters
    if not count and not preview.corrections:
        return None
    requests = t("data.letters_change", count=fmt().number(count), n=count) if count else ""
    rows = [_change(correction) for correction in preview.corrections]
    table = html.Div(html.Table(html.Tbody(rows), className="p-table data-changes"), className="p-scroll")
    title = html.H3(t("data.changes_title"))
    more = preview.total("corrected") > len(rows) > 0
    note = html.P(t("data.changes_first", n=len(rows)), className="p-muted") if more else None
    return html.Section(
        [html.P(requests) if requests else None, *([title, table, note] if rows else [])], className="data-effects"
    )


def _change(correction: Correction) -> Component:
    step = STEP_CODES[correction.step] if correction.step is not None else ""
    row = f"{correction.letter[0]}/{correction.letter[1]}" if correction.letter else correction.room or ""
    column = correction.column
    old, new = (_value(column, value) for value in (correction.old, correction.new))
    return html.Tr(
        [
            html.Td(" · ".join(part for part in (row, step) if part)),
            html.Td(_name(column), className="p-muted"),
            html.Td([html.Del(old), icon("arrow-right"), html.Strong(new)]),
        ]
    )


def _name(column: str) -> str:
    """What the office calls a column, day and clock time of a stamp apart."""
    own = f"data.field_{column}"
    return t(own) if own in catalogue() else field_words(column)


def _value(column: str, value: Any) -> str:
    """A stored value as people read it."""
    f = fmt()
    if value is None:
        return f.number(None)
    if column.endswith("_on"):
        return f.date_short(value)
    if column.endswith("_at"):
        return f.moment_short(value)
    return f.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _actions(upload: Upload, preview: Preview, choice: Choice) -> Component:
    """Save and give up; a file that is in already has nothing to save."""
    is_known = bool(preview.blocks) and all(block.earlier for block in preview.blocks)
    words = [icon("check2"), html.Span(_save_words(preview))]
    data = {"data-token": upload.token, "data-choice": json.dumps(choice.to_document())}
    save = None if is_known else button(words, id="data-save", class_name="data-save", **data)
    drop = drop_button(upload, t("data.close") if is_known else t("data.cancel"))
    return html.Div([save, drop], className="data-actions")


def _save_words(preview: Preview) -> str:
    """Simpan 55 baris, unduh 2 yang ditolak."""
    f, rejected = fmt(), preview.total("rejected")
    kept = sum(preview.total(end) for end in ("accepted", "corrected", "waiting"))
    if any(block.is_partial for block in preview.blocks):
        return t("data.save_whole")
    if rejected and kept:
        return t("data.save_and_fetch", count=f.number(kept), rejected=f.number(rejected), n=kept)
    if rejected:
        return t("data.note_and_fetch", rejected=f.number(rejected), n=rejected)
    return t("data.save_rows", count=f.number(kept), n=kept) if kept else t("data.save_nothing")


def drop_button(upload: Upload, words: str) -> Component:
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
    return html.Th([html.Span(header), html.Small(column.name)], scope="col")


def _row(row: SampleRow, block: Block, *, has_sheets: bool) -> Component:
    number = f"{row.sheet} · {row.row}" if has_sheets and row.sheet else str(row.row)
    label = t("data.row")
    cells = [html.Td(_number(row, number), className="data-row-number", **{"data-label": label})]
    cells += [_cell(cell, column) for cell, column in zip(row.cells, block.columns, strict=True)]
    state = "is-rejected" if row.is_rejected else "is-remarkable" if row.is_remarkable else ""
    return html.Tr(cells, className=state)


def _number(row: SampleRow, number: str) -> list[Any]:
    """The row's number, and what is wrong with the row as a whole."""
    if not row.fault:
        return [number]
    return [number, html.Small([icon("x-circle-fill"), f" {sentence(row.fault)}"], className="data-fault")]


def _cell(cell: Cell, column: Column) -> Component:
    typed = cell.typed if cell.typed is not None else _written(cell, column)
    beneath = _beneath(cell, column)
    parts = [html.Span(typed or "–", className="data-typed"), beneath]
    class_name = "data-cell" + (" is-bad" if cell.fault else "")
    return html.Td(parts, className=class_name, **{"data-label": column.header})


def _beneath(cell: Cell, column: Column) -> Component | None:
    """Why the row is rejected, what follows from the cell, or how it was understood."""
    if cell.fault:
        return html.Small([icon("x-circle-fill"), f" {_without_cell(sentence(cell.fault))}"], className="data-fault")
    if cell.remark:
        words = t(f"data.remark_{cell.remark}", step=cell.subject)
        return html.Small([icon("exclamation-triangle-fill"), f" {words}"], className="data-remark")
    understood = _written(cell, column) if cell.typed is not None else ""
    return html.Small(understood) if understood and understood != cell.typed else None


def _written(cell: Cell, column: Column) -> str:
    if cell.value is None:
        return ""
    return _WRITTEN.get(column.form, str)(cell.value)


def _without_cell(reason: str) -> str:
    """A reason without the cell it quotes, which stands above it."""
    return re.sub(r'^"[^"]*":? ', "", reason)
