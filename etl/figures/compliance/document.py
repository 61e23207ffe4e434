"""The whole compliance document of the command line: the figures with what follows from them and stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl.domain.sop.steps import Meaning
from etl.figures.compliance.breakdown import SlaDetail, sla_detail
from etl.figures.compliance.reading import comparisons, lateness, roles
from etl.figures.compliance.steps import SlaFigures, plain, sla_figures, sla_json
from etl.figures.facilities.period import b5_figure, b5_json
from etl.figures.period import SlaFilter

if TYPE_CHECKING:
    from etl.office import Office


def sla_document(office: Office, filter_: SlaFilter, as_of: int) -> dict[str, Any]:
    """`sla_json` with `comparison`, `lateness`, `sequence`, `waiting`, `by_role` and `by_opd`; a step without a target
    has `checks`: the sessions held, those checked, those in good condition."""
    figures, detail = sla_figures(office, filter_, as_of), sla_detail(office, filter_, as_of)
    sop = office.sop.version_for(figures.filter.period.last)
    document, applied = sla_json(office, figures), figures.filter
    checks = b5_json(b5_figure(office, applied.period, as_of, room=applied.room, opd=applied.opd))
    checked = sop.step_with(Meaning.CHECKED)
    by_checks = [step for step in document["steps"] if step["step"] == checked and step["target_seconds"] is None]
    for step in by_checks:
        step["checks"] = checks
    return document | {
        "comparison": [plain(figure) for figure in comparisons(figures)],
        "lateness": [plain(figure) for figure in lateness(figures)],
        "sequence": _sequence(figures, detail),
        "waiting": [plain(figure) for figure in detail.waits],
        "by_role": [plain(figure) for figure in roles(figures, sop)],
        "by_opd": [plain(figure) for figure in detail.agencies],
    }


def _sequence(figures: SlaFigures, detail: SlaDetail) -> dict[str, Any]:
    """Steps by kind of departure from the order, and in `requests` the letters concerned."""
    steps = [
        {
            "step": figure.step,
            "skipped": figure.skipped,
            "out_of_order": figure.out_of_order,
            "repeated": figure.returned,
        }
        for figure in figures.steps
    ]
    return {"requests": plain(detail.order), "steps": steps}
