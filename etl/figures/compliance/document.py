"""The whole compliance document of the command line: the figures with what follows from them and stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl.domain.sop.steps import Meaning
from etl.figures.compliance.detail import SlaDetail, sla_detail
from etl.figures.compliance.reading import comparisons, lateness, roles
from etl.figures.compliance.steps import SlaFigures, plain, sla_figures, sla_json
from etl.figures.facilities.period import b5_figure, b5_json
from etl.figures.period import SlaFilter

if TYPE_CHECKING:
    from etl.office import Office


def sla_document(office: Office, asked: SlaFilter, as_of: int) -> dict[str, Any]:
    """`sla_json` with `comparison`, `lateness`, `sequence`, `waiting`, `by_role` and `by_opd`; a step without a target
    has `checks` (B5): the sessions held, those checked, those in good condition."""
    figures, detail = sla_figures(office, asked, as_of), sla_detail(office, asked, as_of)
    sop = office.sop.version_for(figures.filter.period.last)
    told, filtered = sla_json(office, figures), figures.filter
    checks = b5_json(b5_figure(office, filtered.period, as_of, room=filtered.room, opd=filtered.opd))
    checked = sop.step_with(Meaning.CHECKED)
    by_checks = [step for step in told["steps"] if step["step"] == checked and step["target_seconds"] is None]
    for step in by_checks:
        step["checks"] = checks
    return told | {
        "comparison": [plain(one) for one in comparisons(figures)],
        "lateness": [plain(one) for one in lateness(figures)],
        "sequence": _sequence(figures, detail),
        "waiting": [plain(one) for one in detail.waits],
        "by_role": [plain(one) for one in roles(figures, sop)],
        "by_opd": [plain(one) for one in detail.agencies],
    }


def _sequence(figures: SlaFigures, detail: SlaDetail) -> dict[str, Any]:
    """Steps by kind of departure from the order, and in `requests` the letters concerned."""
    steps = [
        {"step": one.step, "skipped": one.skipped, "out_of_order": one.out_of_order, "repeated": one.returned}
        for one in figures.steps
    ]
    return {"requests": plain(detail.order), "steps": steps}
