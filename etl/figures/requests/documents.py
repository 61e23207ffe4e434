"""The documents of a letter's steps (Kelengkapan and Output), the checks of its sessions, and the letter as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_access.mart import requests as questions
from data_access.records import reading
from data_access.records.requests import documents_of as ticks_of
from etl.domain.frames import MISSING
from etl.domain.sop.steps import SopStep
from etl.domain.units import day_date
from etl.figures.facilities.checks import SessionCheck, check_of_letter
from etl.figures.requests.detail import Request, RequestCorrection, RequestSession, RequestStep
from etl.figures.requests.holders import unheld_seconds
from etl.office import Office
from etl.reference.steps import STEP_CODES

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
    return documents_ticked(office, [request_id]).get(request_id, {})


def documents_ticked(office: Office, request_ids: Sequence[int]) -> dict[int, dict[str, dict[tuple[str, str], bool]]]:
    """By letter and step what was last said of its documents, by (part, name)."""
    with reading(office.records) as connection:
        ticks = ticks_of(connection, request_ids)
    letters: dict[int, dict[str, dict[tuple[str, str], bool]]] = {}
    for row in ticks.to_dict("records"):
        step = letters.setdefault(int(row["request_id"]), {}).setdefault(STEP_CODES[row["step"]], {})
        step[row["part"], row["name"]] = bool(row["is_present"])
    return letters


def documents_of(step: RequestStep, of_sop: SopStep, ticks: Ticks) -> StepDocuments:
    """The documents that the SOP names for a step, with what was said of each."""
    documents = [Document(part, name, ticks.get((part, name))) for part, name in documents_of_step(of_sop)]
    needs, outputs = ([one for one in documents if one.part == part] for part in (REQUIREMENT, OUTPUT))
    answers = [one.is_present for one in outputs if one.is_present is not None]
    marks = [one.has_output for one in step.passes if one.has_output is not None]
    has_output = all(answers) if answers else marks[-1] if marks else None
    return StepDocuments(tuple(needs), tuple(outputs), has_output)


def request_document(office: Office, request: Request) -> dict[str, Any]:
    """`request_json`, and in each step `unheld_seconds`, in which nobody held its post, and `documents`: `requirements`
    and `outputs`, each with `name` and `present` (null: nobody said), and `output_present`."""
    document, unheld = request_json(office, request), unheld_seconds(office, request)
    ticks = ticked_documents(office, request.request["request_id"])
    for row, step in zip(document["steps"], request.steps, strict=True):
        row["unheld_seconds"] = unheld.get(step.step, 0)
        documents = documents_of(step, request.sop.step(step.step), ticks.get(step.step, {}))
        row["documents"] = {
            "requirements": _plain(documents.requirements),
            "outputs": _plain(documents.outputs),
            "output_present": documents.has_output,
        }
    return document


def _plain(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [{"name": one.name, "present": one.is_present} for one in documents]


FAULTS = ("LIGHT", "HEAVY", "MISSING")


@dataclass(frozen=True)
class RequestCheck:
    """One session's check. `faults` are (item, condition, note) of what was not good; without a check there are none.

    `is_complete` False: something was left unanswered, so nothing more can be said than that no fault was told.
    """

    session: SessionCheck
    faults: tuple[tuple[str, str, str | None], ...]
    is_complete: bool


def request_checks(office: Office, request_id: int, as_of: int) -> tuple[RequestCheck, ...]:
    """One entry per session of a letter up to a moment."""
    return tuple(_with_faults(office, one) for one in check_of_letter(office, request_id, as_of))


def _with_faults(office: Office, one: SessionCheck) -> RequestCheck:
    if one.checked_at is None or one.checked_at == MISSING:
        return RequestCheck(one, (), is_complete=False)
    on, at = office.calendar.day_of(one.checked_at), None if one.is_day_only else one.checked_at
    rows = questions.answers_of_check(office.mart.read(), one.room, on, at)
    faults = tuple((row["item"], row["condition"], row["note"]) for row in rows if row["condition"] in FAULTS)
    return RequestCheck(one, faults, is_complete=one.is_good or bool(faults))


def request_json(office: Office, shown: Request) -> dict[str, Any]:
    """The letter as `pantau case --json` prints it: moments in ISO 8601 with the office's offset, days as dates."""
    plain = _Plain(office)
    own = {
        "status": shown.status.value,
        "outcome": shown.outcome.value,
        "needs_closing": shown.needs_closing,
        "ready_seconds": shown.ready_seconds,
        "sources": [vars(source) for source in shown.sources],
    }
    return {
        "as_of": plain.moment(shown.as_of),
        "request": plain.of({**shown.request, **own}, _OF_REQUEST),
        "steps": [plain.step(step) for step in shown.steps],
        "sessions": [plain.session(session) for session in shown.sessions],
        "corrections": [plain.correction(one) for one in shown.corrections],
    }


_OF_REQUEST = """
    year agenda_number opd subject received_at status received_on activity activity_kind room booked_start_at
    booked_start_on booked_end_at booked_end_on planned outcome needs_closing ready_seconds sources
"""
_OF_STEP = """
    step actor passes started_at finished_at start_rule elapsed_seconds waiting_seconds paused_seconds target_seconds
    due_at verdict reason flags sources taken_at finished_on handover_seconds pass_list pauses
"""
_OF_SESSION = "room started_at ended_at verified present opd activity activity_kind end_is_estimated source"
_OF_CORRECTION = "kind field step pass_number room old new at actor reason is_page"


class _Plain:
    """Values as JSON knows them, in one office's zone: a name that ends in `_at` is of a moment, in `_on` of a day."""

    def __init__(self, office: Office) -> None:
        self._zone = office.zone

    def moment(self, at: int | None) -> str | None:
        return None if at is None else datetime.fromtimestamp(at, self._zone).isoformat()

    def day(self, on: int | None) -> str | None:
        return None if on is None else day_date(on).isoformat()

    def of(self, record: Mapping[str, Any], names: str) -> dict[str, Any]:
        """These fields of a record, in this order."""
        return {name: self._value(name, record[name]) for name in names.split()}

    def _value(self, name: str, value: Any) -> Any:
        """A stamp is a day and a moment, None where only its day is known."""
        if isinstance(value, dict) and value.keys() == {"on", "at"}:
            return self.day(value["on"]) if value["at"] is None else self.moment(value["at"])
        if value is None or not name.endswith(("_at", "_on")):
            return value
        return self.moment(value) if name.endswith("_at") else self.day(value)

    def step(self, step: RequestStep) -> dict[str, Any]:
        own = {
            "passes": len(step.passes),
            "start_rule": step.start_rule.value,
            "verdict": step.verdict.value,
            "reason": step.reason and step.reason.value,
            "flags": list(step.flags),
            "sources": [vars(source) for source in step.sources],
            "pass_list": [
                self.of(vars(one), "number started_on started_at finished_on finished_at") for one in step.passes
            ],
            "pauses": [self.of(vars(one), "started_at ended_at reason") for one in step.pauses],
        }
        return self.of({**vars(step), **own}, _OF_STEP)

    def session(self, session: RequestSession) -> dict[str, Any]:
        return self.of({**vars(session), "source": session.source and vars(session.source)}, _OF_SESSION)

    def correction(self, one: RequestCorrection) -> dict[str, Any]:
        own = {"old": self._value(one.field, one.old), "new": self._value(one.field, one.new)}
        place = vars(one.source) if one.source else {"file": None, "sheet": None, "row": None}
        return self.of({**vars(one), **own, "at": self.moment(one.corrected_at)}, _OF_CORRECTION) | place
