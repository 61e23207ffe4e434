"""An agency or a room by one of its other names in the address: the choices show the name it is counted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dashboard.pages.requests.controls import CONTROLS as LIST_CONTROLS
from etl.desk.sop_edit import editable
from etl.settings.sops import load_sop
from tests.offices.desk import Desk
from tests.offices.september import office_with_letters
from tests.reading.layout import components
from tests.serving.callbacks import ask, opened

ALIASES = "?opd=DINKES&ruang=r.+sc"
SPANS = ("period", "from", "to", "opd", "room")
CONTROLS = {
    "sla": ("sla-period", "sla-from", "sla-to", "sla-opd", "sla-room", "sla-part", "sla-without", "sla-control-step"),
    **{prefix: tuple(f"{prefix}-{name}" for name in SPANS) for prefix in ("room", "people", "sarpras")},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("aliases"))


@pytest.mark.parametrize("path", ["/kepatuhan", "/permohonan", "/ruang", "/peserta", "/sarpras", "/sop", "/sop/target"])
def test_a_page_opens_with_the_name_that_it_counts_by(path: str, served: Desk) -> None:
    choices = components(opened(served.signed_in("kadin"), path, ALIASES), "Select")
    shown = {one["id"].rpartition("-")[2]: one["value"] for one in choices}
    assert shown["opd"] == "Dinas Kesehatan"
    assert shown.get("room", "Smart Center") == "Smart Center"


@pytest.mark.parametrize("prefix", CONTROLS)
def test_a_changed_address_shows_the_name_that_it_counts_by(prefix: str, served: Desk) -> None:
    shown = answered(served, prefix, CONTROLS[prefix], [f"{prefix}-dates.hidden"])
    assert (shown[f"{prefix}-opd"], shown[f"{prefix}-room"]) == ("Dinas Kesehatan", "Smart Center")


def test_the_list_of_letters_shows_it_too(served: Desk) -> None:
    controls = tuple(map(str, LIST_CONTROLS.values()))
    looks = [{"id": id, "property": "class_name", "value": "p-select"} for id in controls]
    assert answered(served, "cases", controls, [], looks)["cases-opd"] == "Dinas Kesehatan"


@pytest.mark.parametrize(("prefix", "more"), [("sop", ()), ("sop-target", editable(load_sop().current()))])
def test_the_pages_of_the_sop_show_it_too(prefix: str, more: tuple[str, ...], served: Desk) -> None:
    controls = tuple(f"{prefix}-{name}" for name in ("from", "to", "opd", *more))
    looks = [{"id": id, "property": "class_name", "value": "p-select"} for id in controls]
    assert answered(served, prefix, controls, [], looks)[f"{prefix}-opd"] == "Dinas Kesehatan"


def answered(
    served: Desk, prefix: str, controls: tuple[str, ...], more: list[str], state: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """By control what it shows after the address has changed."""
    inputs = [{"id": f"{prefix}-url", "property": "search", "value": ALIASES}]
    inputs += [{"id": id, "property": "value", "value": "*"} for id in controls]
    outputs = (f"{prefix}-url.search", *(f"{id}.value" for id in controls), *more)
    reply = ask(served.browser_of("kadin"), outputs, inputs, state=list(state), changedPropIds=[f"{prefix}-url.search"])
    assert reply.status_code == 200, reply.text
    return {id: told["value"] for id, told in reply.json["response"].items() if "value" in told}
