"""What would other settings change: the values that differ, and the steps that would be judged anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import link
from dashboard.i18n import fmt, t
from dashboard.pages.settings.typed import field_words, value_words
from dashboard.pages.shared.links import request_address
from etl.extract.texts import letter_name
from etl.figures.compliance.what_if import JudgedAnew, VerdictTurn, judged_anew
from etl.office import Office
from etl.settings.document import Settings
from etl.settings.forms import Difference, FormTable, Row, differences

MOST, LONGEST = 40, 160
"""So many values that differ are named, each with so many signs."""


def effects(office: Office, wanted: Settings, now: int) -> Component:
    """Everything that other settings would change; nothing is kept. Raises RuleError."""
    begin = time.process_time()
    anew = judged_anew(office, wanted, now)
    took = t("tables.anew_took", seconds=fmt().number(time.process_time() - begin, 2))
    return html.Div(
        [*difference_words(differences(office.settings, wanted)), anew_banner(anew, t("tables.judged"), took)]
    )


def difference_words(changes: Sequence[Difference], most: int = MOST) -> list[Component]:
    """Each value that differs, before and after; of many the first ones."""
    if not changes:
        return [html.P(t("tables.same"), className="p-muted")]
    items = [html.Li(_difference(one)) for one in changes[:most]]
    rest = len(changes) - len(items)
    more = [html.P(t("begin.anew_more", count=fmt().number(rest), n=rest), className="p-muted")] if rest else []
    return [html.Ul(items, className="settings-changes"), *more]


def difference_line(change: Difference) -> str:
    """The place of a value that differs: table, row, field."""
    parts = [table_title(change.table), row_name(change.table, change.row)]
    return " · ".join(filter(None, [*parts, field_words(change.field) if change.field else ""]))


def _difference(change: Difference) -> list[Component | str]:
    place = html.Strong(difference_line(change))
    if change.field is None:
        return [place, " ", t("tables.added" if change.before is None else "tables.removed")]
    before, after = (_value(value_words(change.field, value)) for value in (change.before, change.after))
    return [place, ": ", before, f" {t('tables.becomes')} ", after]


def short(text: str) -> str:
    """A value of several lines in one, cut where it is long."""
    line = ", ".join(text.splitlines())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _value(text: str) -> Component | str:
    return html.Span(short(text), className="settings-value") if text else t("rule.empty")


def table_title(table: FormTable) -> str:
    """What people call a table of the settings."""
    return t(f"tables.of_{table.path.replace('.', '_')}")


def row_name(table: FormTable, value: Any) -> str:
    """What people call the row with that value in its first field."""
    return "" if value is None else value_words(table.fields[0], value)


def name_of(table: FormTable, row: Row) -> str:
    """What people call a row."""
    return row_name(table, table.name_of(row))


def anew_banner(anew: JudgedAnew, head: str, took: str = "") -> Component:
    """How many steps and requests change their verdict, and which; after words that say by what."""
    f = fmt()
    if not anew.steps:
        lines: list[Component] = [html.P(f"{head} {t('begin.anew_none')}")]
    else:
        count = t("begin.anew", count=f.number(anew.steps), letters=f.number(anew.letters), n=anew.steps)
        lines = [html.P(f"{head} {count}"), html.Ul([html.Li(_turn_words(turn)) for turn in anew.turns])]
    if anew.figures:
        counts = {"figures": f.number(anew.figures), "measured": f.number(anew.measured)}
        lines.append(html.P(t("tables.anew_figures", **counts)))
    return html.Div([*lines, html.P(took, className="p-muted") if took else None], className="p-banner is-plain")


def _turn_words(turn: VerdictTurn) -> list[Component | str]:
    """How many steps change from one verdict to another, and some of their letters as links."""
    f, verdicts = fmt(), {"now": t(f"verdict.{turn.now}"), "then": t(f"verdict.{turn.then}")}
    words = t("begin.anew_turn", count=f.number(turn.steps), letters=f.number(turn.letters), n=turn.steps, **verdicts)
    links = [
        link(letter_name(year, number), request_address(year, number), "cases-link") for year, number in turn.shown
    ]
    rest = turn.letters - len(links)
    more = t("begin.anew_more", count=f.number(rest), n=rest) if rest else ""
    return [words, *(part for one in links for part in (" ", one)), f" {more}"]
