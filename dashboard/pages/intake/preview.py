"""What a file would do: counts, rows as typed and as understood, what would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, icon, link, panel
from dashboard.i18n import catalogue, fmt, sentence, t
from dashboard.pages.intake.reading_choice import Choice
from dashboard.pages.intake.sample_rows import rows_table
from dashboard.pages.shared.row_words import field_words
from etl.domain.sop.steps import STEP_CODES
from etl.extract import IntakeWarning
from etl.intake.offered.preview import Block, Correction, Preview
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


def preview_panel(upload: Upload, found: Preview, choice: Choice) -> Component:
    """One block for each kind in the file, what would change in all, and one button that saves them all."""
    blocks = [_block(block, upload.name, is_first=index == 0) for index, block in enumerate(found.blocks)]
    return panel(*blocks, _effects(found), _actions(upload, found, choice), class_name="data-found")


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
            rows_table(block) if block.rows else None,
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


def _effects(found: Preview) -> Component | None:
    """Which figures would change, and which values would be replaced."""
    if not found.letters and not found.corrections:
        return None
    letters = t("data.letters_change", count=fmt().number(found.letters), n=found.letters) if found.letters else ""
    rows = [_correction(one) for one in found.corrections]
    table = html.Div(html.Table(html.Tbody(rows), className="p-table data-changes"), className="p-scroll")
    title = html.H3(t("data.changes_title"))
    more = found.total("corrected") > len(rows) > 0
    note = html.P(t("data.changes_first", n=len(rows)), className="p-muted") if more else None
    return html.Section(
        [html.P(letters) if letters else None, *([title, table, note] if rows else [])], className="data-effects"
    )


def _correction(one: Correction) -> Component:
    step = STEP_CODES[one.step] if one.step is not None else ""
    letter = f"{one.letter[0]}/{one.letter[1]}" if one.letter else one.room or ""
    old, new = (_value(one.column, value) for value in (one.old, one.new))
    return html.Tr(
        [
            html.Td(" · ".join(part for part in (letter, step) if part)),
            html.Td(_name(one.column), className="p-muted"),
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


def _actions(upload: Upload, found: Preview, choice: Choice) -> Component:
    """Save and give up; a file that is in already has nothing to save."""
    is_known = bool(found.blocks) and all(block.earlier for block in found.blocks)
    save = html.Button(
        [icon("check2"), html.Span(_save_words(found))],
        type="button",
        id="data-save",
        className="p-button is-primary data-save",
        **{"data-token": upload.token, "data-choice": json.dumps(choice.to_document())},
    )
    return html.Div(
        [None if is_known else save, drop_button(upload, t("data.close") if is_known else t("data.cancel"))],
        className="data-actions",
    )


def _save_words(found: Preview) -> str:
    """Simpan 55 baris, unduh 2 yang ditolak."""
    f, rejected = fmt(), found.total("rejected")
    kept = sum(found.total(end) for end in ("accepted", "corrected", "waiting"))
    if any(block.is_partial for block in found.blocks):
        return t("data.save_whole")
    if rejected and kept:
        return t("data.save_and_fetch", count=f.number(kept), rejected=f.number(rejected), n=kept)
    if rejected:
        return t("data.note_and_fetch", rejected=f.number(rejected), n=rejected)
    return t("data.save_rows", count=f.number(kept), n=kept) if kept else t("data.save_nothing")


def drop_button(upload: Upload, words: str) -> Component:
    """Gives the file up."""
    return html.Button(words, type="button", className="p-button is-quiet data-give-up", **{"data-token": upload.token})
