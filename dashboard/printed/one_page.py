"""One sheet of A4 that says what a page says for its filter: what it is about, its headline figures, what needs a word,
its table; `one_page.typ` lays it out and leaves out rows that do not fit, saying how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from dashboard.components import Kpi
from dashboard.components.tables import Column, Row
from dashboard.printed.pdf import foot, typeset
from dashboard.printed.words import Voice

_IN_NAME, _IN_CELL, _IN_FACT, _IN_NOTE, _IN_WORDS = 80, 40, 150, 190, 230
"""Letters of a text in each place; a longer one is cut and says so by an ellipsis."""

MOST_WORDS = 5
"""Sentences of what needs a word."""

_MOST_ROWS = 200
"""More rows than ever fit a sheet are not tried."""


@dataclass(frozen=True)
class PaperTable(Generic[Row]):
    """The table of a sheet: columns as the screen shows them; `sum` is a row of all others together."""

    title: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    sum: Row | None = None


@dataclass(frozen=True)
class OnePage:
    """A sheet in words. `facts` are (what, value); `words` the sentences of what needs a word; `place` where the page
    with everything stands. Without rows it says that there is nothing."""

    agency: tuple[str, ...]
    address: str
    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    headlines: Sequence[Kpi]
    words: Sequence[str]
    table: PaperTable[Any]
    rule: str
    place: str
    is_demo: bool

    def pdf(self, voice: Voice, printed_at: int) -> bytes:
        """As PDF."""
        return typeset("one_page", self._document(voice, printed_at), printed_at)

    def _document(self, voice: Voice, printed_at: int) -> dict[str, Any]:
        t, f, table = voice.t, voice.f, self.table
        columns = [column for column in table.columns if column.cell is not None]
        rows = [_cells(columns, row) for row in table.rows]
        count, words = len(rows), list(self.words)
        more = [t("onepage.beyond", n=count - at, count=f.number(count - at), place=_cut(self.place, _IN_FACT))
                for at in range(min(count, _MOST_ROWS))]  # fmt: skip
        if len(words) > MOST_WORDS:
            rest = len(words) - MOST_WORDS + 1
            words[MOST_WORDS - 1 :] = [t("onepage.more_words", n=rest, count=f.number(rest), place=self.place)]
        return {
            "lang": voice.language.value,
            "labels": {name: t(f"laporan.{name}") for name in ("page", "of_pages")}
            | {"words": t("onepage.words"), "rows": table.title},
            "agency": [_cut(name, _IN_FACT) for name in self.agency],
            "address": _cut(self.address, _IN_FACT),
            "title": self.title,
            "subtitle": _cut(self.subtitle, _IN_FACT),
            "facts": [(name, _cut(value, _IN_FACT)) for name, value in self.facts],
            "headlines": [
                (figure.label, _cut(figure.value + figure.unit, _IN_CELL), _cut(figure.note, _IN_NOTE))
                for figure in self.headlines
            ],
            "words": [_cut(sentence, _IN_WORDS) for sentence in words],
            "heads": [column.head for column in columns],
            "numbers": [column.class_name == "num" for column in columns],
            "widest": next((place for place, column in enumerate(columns) if column.is_name), 0),
            "rows": rows[:_MOST_ROWS],
            "sum": [] if table.sum is None else _cells(columns, table.sum),
            "beyond": more,
            "nothing": t("word.no_data"),
            "rule": self.rule,
            "footer": foot(voice, printed_at, _cut(self.place, _IN_FACT)),
            "ribbon": t("laporan.demo") if self.is_demo else "",
        }


def _cells(columns: Sequence[Column[Row]], row: Row) -> list[str]:
    return [_cut(_text(column, row), _IN_NAME if column.is_name else _IN_CELL) for column in columns]


def _text(column: Column[Row], row: Row) -> str:
    """What a cell says: that of the screen where it is words, otherwise that of the file."""
    shown = column.cell(row) if column.cell else None
    if isinstance(shown, str):
        return shown
    return str(column.value(row) if column.value else "")


def _cut(text: str, most: int) -> str:
    """On one line and at most so long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
