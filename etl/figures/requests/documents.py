"""The documents of a letter's steps (Kelengkapan and Output): which the SOP names, and what was said of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_access.records import reading
from data_access.records.requests import documents_of as ticks_of
from etl.domain.sop.steps import STEP_CODES, SopStep
from etl.figures.requests.detail import Request, RequestStep, request_json

if TYPE_CHECKING:
    from etl.office import Office

REQUIREMENT, OUTPUT = "requirement", "output"
"""Parts of the documents that may be ticked: Kelengkapan and Output."""

Ticks = Mapping[tuple[str, str], bool]
"""What was last said of a step's documents with a stamp, by (part, name)."""


@dataclass(frozen=True)
class Document:
    """One document of a step; `is_present` None: nobody said."""

    part: str
    name: str
    is_present: bool | None


@dataclass(frozen=True)
class StepDocuments:
    """The documents of one step in the SOP's order. `has_output`: whether all that comes out of it is there, by the
    ticks, else by what the hand-overs say; None: nobody said."""

    requirements: tuple[Document, ...]
    outputs: tuple[Document, ...]
    has_output: bool | None


def documents_of_step(of_sop: SopStep) -> list[tuple[str, str]]:
    """The documents that the SOP names for a step, as (part, name): what it needs, then what comes out of it.

    A cell may name several, apart by commas or semicolons.
    """
    cells = ((REQUIREMENT, of_sop.requires.text), (OUTPUT, of_sop.output.text))
    return [(part, name[:1].upper() + name[1:]) for part, text in cells for name in _listed(text)]


def _listed(text: str) -> list[str]:
    return [name.strip() for name in re.split("[,;]", text) if name.strip()]


def ticked_documents(office: Office, request_id: int) -> dict[str, dict[tuple[str, str], bool]]:
    """By step of a letter what was last said of its documents, by (part, name)."""
    with reading(office.records) as connection:
        ticks = ticks_of(connection, [request_id])
    by_step: dict[str, dict[tuple[str, str], bool]] = {}
    for row in ticks.to_dict("records"):
        by_step.setdefault(STEP_CODES[row["step"]], {})[row["part"], row["name"]] = bool(row["is_present"])
    return by_step


def documents_of(step: RequestStep, of_sop: SopStep, ticks: Ticks) -> StepDocuments:
    """The documents that the SOP names for a step, with what was said of each."""
    documents = [Document(part, name, ticks.get((part, name))) for part, name in documents_of_step(of_sop)]
    needs, outputs = ([one for one in documents if one.part == part] for part in (REQUIREMENT, OUTPUT))
    answers = [one.is_present for one in outputs if one.is_present is not None]
    marks = [one.has_output for one in step.passes if one.has_output is not None]
    has_output = all(answers) if answers else marks[-1] if marks else None
    return StepDocuments(tuple(needs), tuple(outputs), has_output)


def request_document(office: Office, request: Request) -> dict[str, Any]:
    """`request_json`, and in each step `documents`: `requirements` and `outputs`, each with `name` and `present` (null:
    nobody said), and `output_present`."""
    document = request_json(office, request)
    ticks = ticked_documents(office, request.request["request_id"])
    for row, step in zip(document["steps"], request.steps, strict=True):
        documents = documents_of(step, request.sop.step(step.step), ticks.get(step.step, {}))
        row["documents"] = {
            "requirements": _plain(documents.requirements),
            "outputs": _plain(documents.outputs),
            "output_present": documents.has_output,
        }
    return document


def _plain(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [{"name": one.name, "present": one.is_present} for one in documents]
