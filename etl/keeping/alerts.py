"""What is worth an alert now, who is told of it, and that it is put down to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart.requests import letters_named
from data_access.records import reading, writing
from data_access.records.access import User, all_users
from data_access.records.notices import WEBHOOK, known_notices, put_notices
from etl.domain.alerts import Fact, Kind, due_facts, is_open
from etl.domain.sop.steps import STEP_CODES, STEP_COUNT
from etl.domain.units import DAY
from etl.domain.verdict import Verdict
from etl.figures.live import step_facts_at
from etl.office import Office

LOOK_BACK_SECONDS = 60 * DAY
"""So long ago somebody may have been told of what is still news: working time stands still over holidays."""


def note_alerts(office: Office, now: int) -> int:
    """Put down what is to be told at this moment and was not yet; how many rows are new."""
    plan = office.settings.alerts
    if not plan.is_on or not is_open(office.calendar, now) or not office.mart.exists():
        return 0
    due = due_facts(facts_at_moment(office, now), office.calendar, plan.times, now)
    rows = [(fact.kind.value, fact.subject, to, fact.detail) for fact, to in _addressed(office, due, now)]
    with reading(office.records) as connection:
        known = known_notices(connection, plan.times, now - LOOK_BACK_SECONDS) if rows else set()
    new = [row for row in rows if row[:3] not in known]
    if not new:
        return 0
    with writing(office.records) as connection:
        return put_notices(connection, new, now)


def facts_at_moment(office: Office, now: int) -> list[Fact]:
    """Everything that may be worth an alert, whether its time has come or not."""
    return list(_late_steps(office, office.mart.read(), now))


def _late_steps(office: Office, mart: Snapshot, now: int) -> Iterator[Fact]:
    live, sop = step_facts_at(office, now, mart), office.sop_at(now)
    places = np.flatnonzero(live.steps.verdict == Verdict.OVERDUE.code)
    letters = letters_named(mart, live.request_ids[places // STEP_COUNT].tolist())
    for place in places.tolist():
        request_id, code = int(live.request_ids[place // STEP_COUNT]), STEP_CODES[place % STEP_COUNT]
        letter, due_at = letters[request_id], int(live.steps.due_at[place])
        detail = {**_named(office, letter), "step": code}
        subject = f"{request_id}/{code}/{int(live.steps.passes[place])}"
        yield Fact(Kind.OVERDUE, subject, sop.step(code).role, due_at, {**detail, "at": due_at})


def _named(office: Office, letter: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a letter: its number, and its agency where that is one of the office's list and no person."""
    opd = letter["opd"]
    is_known = opd is not None and office.opd_names.is_known(opd)
    return {"year": letter["year"], "number": letter["agenda_number"], "opd": opd if is_known else None}


def _addressed(office: Office, facts: Iterable[Fact], now: int) -> Iterator[tuple[Fact, str]]:
    """Each fact with everybody who is told of it: users with an address, and the webhook."""
    plan, facts = office.settings.alerts, list(facts)
    with reading(office.records) as connection:
        users = [user for user in all_users(connection) if user.is_active and user.email]
    for fact in facts:
        for user in users if plan.smtp_env else ():
            if fact.told_role in _roles_of(office, user, now):
                yield fact, f"user:{user.id}"
        if plan.webhook_env:
            yield fact, WEBHOOK


def _roles_of(office: Office, user: User, now: int) -> set[str]:
    """The user's own role and the posts for which the user is the deputy today."""
    day = datetime.fromtimestamp(now, office.zone).date()
    mandates = office.settings.mandates
    return {user.role, *(one.role for one in mandates if one.holds_on(day) and one.is_of(user.name, user.role))}
