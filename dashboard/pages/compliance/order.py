"""Were the steps done in the order of the SOP: passed over, begun too early, done again; apart from time."""

from __future__ import annotations

from dash import html

from dashboard.components import empty, panel
from dashboard.i18n import t
from dashboard.pages.compliance.cells import count_link, small_row, small_table, step_name
from dashboard.pages.shared.links import Behind, requests_behind
from dashboard.pages.shared.words import flag_name
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import STEP_CODES, Flag
from etl.figures.compliance.detail import Order
from etl.figures.compliance.steps import SlaFigures, StepFigure

_HEADS = (
    ("word.step", ""),
    ("sla.order_skipped", "num"),
    ("sla.order_early", "num"),
    ("sla.order_repeated", "num"),
)


def order_panel(figures: SlaFigures, sop: SopVersion, order: Order) -> html.Section:
    """Counts by step, below them the letters concerned; in words when all went in order."""
    title, note = t("sla.order_title"), t("sla.order_note")
    if not order.letters:
        return panel(empty(t("sla.order_none"), icon_name="check2-circle"), title=title, note=note)
    shown = [one for one in figures.steps if one.skipped + one.out_of_order + one.returned]
    rows = [_row(figures, one, sop) for one in shown]
    rows.append(_total(figures, order))
    rule = html.P(t("sla.order_rule", count=order.letters), className="sla-note")
    return panel(small_table(title, _HEADS, rows), rule, title=title, note=note)


def _row(figures: SlaFigures, one: StepFigure, sop: SopVersion) -> html.Tr:
    return small_row(step_name(one.step, sop), _cells(figures, one.step, one.skipped, one.out_of_order, one.returned))


def _total(figures: SlaFigures, order: Order) -> html.Tr:
    """Letters, not steps: one letter may have several."""
    steps = figures.filter.steps or STEP_CODES
    cells = _cells(figures, steps, order.skipped, order.out_of_order, order.repeated)
    return small_row(html.Strong(t("sla.order_letters")), cells, "is-whole")


def _cells(
    figures: SlaFigures, steps: str | tuple[str, ...], skipped: int, early: int, repeated: int
) -> tuple[tuple[str, str, object], ...]:
    asked = figures.filter
    early_at = requests_behind(asked, steps, None, flag_name(Flag.OUT_OF_ORDER))
    repeated_at = requests_behind(asked, steps, None, flag_name(Flag.RETURNED))
    return (
        ("sla.order_skipped", "num", count_link(skipped, requests_behind(asked, steps, Behind.SKIPPED))),
        ("sla.order_early", "num", count_link(early, early_at)),
        ("sla.order_repeated", "num", count_link(repeated, repeated_at)),
    )
