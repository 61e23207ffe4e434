"""What no control ever offered, and yet is sent: the filters answer with their default, never with a fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.offices.desk import Desk
from tests.offices.september import office_with_letters
from tests.serving.callbacks import ask

SLA = ("sla-period", "sla-from", "sla-to", "sla-opd", "sla-room", "sla-part", "sla-without", "sla-control-step")
SPANS = ("period", "from", "to", "opd", "room")
FORGED = ("bulan_depan", "", None, "*", ["this_month"], 7)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("garbage"))


def chosen(served: Desk, prefix: str, controls: tuple[str, ...], period: object) -> Any:
    """The address after the period of a page was set."""
    shown = dict.fromkeys(controls, "") | {f"{prefix}-period": period}
    inputs = [{"id": f"{prefix}-url", "property": "search", "value": ""}]
    inputs += [{"id": id, "property": "value", "value": value} for id, value in shown.items()]
    outputs = (f"{prefix}-url.search", *(f"{id}.value" for id in controls), f"{prefix}-dates.hidden")
    reply = ask(served.browser_of("kadin"), outputs, inputs, changedPropIds=[f"{prefix}-period.value"])
    assert reply.status_code == 200, reply.text
    return reply.json["response"][f"{prefix}-url"]["search"]


@pytest.mark.parametrize("period", FORGED)
@pytest.mark.parametrize(
    ("prefix", "wanted"),
    [
        ("sla", "?dari=2026-07-01&sampai=2026-12-31"),
        ("room", "?dari=2026-09-01&sampai=2026-09-30"),
        ("people", "?dari=2026-09-01&sampai=2026-09-30"),
        ("sarpras", "?dari=2026-09-01&sampai=2026-09-30"),
    ],
)
def test_a_period_that_was_never_offered_is_the_usual_one(
    prefix: str, wanted: str, period: object, served: Desk
) -> None:
    controls = SLA if prefix == "sla" else tuple(f"{prefix}-{name}" for name in SPANS)
    assert chosen(served, prefix, controls, period) == wanted


@pytest.mark.parametrize("span", FORGED)
def test_a_length_of_a_report_that_was_never_offered_changes_nothing(span: object, served: Desk) -> None:
    inputs = [
        {"id": "report-url", "property": "search", "value": ""},
        {"id": "report-span", "property": "value", "value": span},
        {"id": "report-period", "property": "value", "value": "2026-S1"},
        {"id": "report-published", "property": "data", "value": None},
    ]
    outputs = ("report-url.search", "report-span.value", "report-period.options", "report-period.value")
    reply = ask(served.signed_in("kadin"), outputs, inputs, changedPropIds=["report-span.value"])
    assert (reply.status_code, reply.json["response"]) == (200, {}), reply.text
