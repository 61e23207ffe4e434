"""Time of a step in which nobody held its post: no active user of the role, and no deputy.

It belongs to the step's time as all other; it is told apart because no desk could have used it. Before a post had its
first holder nothing is told: its desk did not work on the screens yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from data_access.records import reading
from data_access.records.access import (
    USER_ADDED,
    USER_DISABLED,
    USER_ENABLED,
    USER_ROLE,
    AuditEntry,
    User,
    actions_on_users,
    all_users,
)
from data_access.roles import POSTS
from etl.domain.calendar.intervals import Span
from etl.domain.sop.steps import Clock
from etl.domain.units import day_number
from etl.figures.requests.detail import Request, RequestStep
from etl.office import Office

_FAR = 2**62


def unheld_seconds(office: Office, request: Request) -> dict[str, int]:
    """By step of the office the seconds on its clock, of all its passes, in which its post had no holder; steps without
    any are left out."""
    sop, gaps = request.sop, _gaps(office)
    seconds = {
        step.step: _shared(office, sop.step(step.step).clock, _passes(request, step), gaps[sop.step(step.step).role])
        for step in request.steps
        if sop.step(step.step).role in gaps
    }
    return {step: count for step, count in seconds.items() if count}


def _passes(request: Request, step: RequestStep) -> Iterator[Span]:
    """From when to when each pass of a step lay with its desk."""
    count = len(step.passes) + (step.is_running and all(pass_.is_done for pass_ in step.passes))
    for index in range(count):
        known = step.passes[index] if index < len(step.passes) else None
        begin = request.handed_over_at(step, index)
        begin = known.started_at if begin is None and known else begin
        begin = step.started_at if begin is None and index == count - 1 else begin
        end = known.finished_at if known and known.is_done else request.stop_of(step)
        if begin is not None and end is not None and begin < end:
            yield begin, end


def _shared(office: Office, clock: Clock, spans: Iterator[Span], gaps: Sequence[Span]) -> int:
    cut = [(max(begin, first), min(end, last)) for begin, end in spans for first, last in gaps]
    cut = [(begin, end) for begin, end in cut if begin < end]
    if not cut:
        return 0
    begins, ends = (np.array(moments, dtype=np.int64) for moments in zip(*cut, strict=True))
    whole = office.calendar.working_seconds(begins, ends) if clock is Clock.OFFICE else ends - begins
    return int(whole.sum())


def _gaps(office: Office) -> dict[str, list[Span]]:
    """By post of the office the spans without a holder since it had its first."""
    with reading(office.records) as connection:
        users, actions = all_users(connection), actions_on_users(connection)
    held: dict[str, list[Span]] = {}
    for user in users:
        mine = [action for action in actions if (action.subject or "").casefold() == user.name.casefold()]
        for role, span in _roles_of(user, mine):
            held.setdefault(role, []).append(span)
    for mandate in office.settings.mandates:
        last = _FAR if mandate.last is None else _midnight(office, day_number(mandate.last + timedelta(days=1)))
        held.setdefault(mandate.role, []).append((_midnight(office, day_number(mandate.first)), last))
    return {role: list(_between(sorted(spans))) for role, spans in held.items() if role in POSTS}


def _midnight(office: Office, day: int) -> int:
    return int(office.calendar.day_start(np.array([day]))[0])


def _between(spans: Sequence[Span]) -> Iterator[Span]:
    """What lies between these spans, and after the last."""
    reached = spans[0][1]
    for begin, end in spans:
        if begin > reached:
            yield reached, begin
        reached = max(reached, end)
    if reached < _FAR:
        yield reached, _FAR


def _roles_of(user: User, actions: Sequence[AuditEntry]) -> Iterator[tuple[str, Span]]:
    """The roles of a user with the spans in which it held them, by what the access log tells; where that does not tell
    how it was kept out, until it was last seen."""
    changes = [action for action in actions if action.action in (USER_ADDED, USER_ROLE)]
    role = _role_in(changes[0]) if changes and changes[0].action == USER_ADDED else None if changes else user.role
    since: int | None = user.created_at
    for action in actions:
        if since is not None and role is not None and action.action in (USER_ROLE, USER_DISABLED):
            yield role, (since, action.at)
        if action.action in (USER_ADDED, USER_ROLE):
            role = _role_in(action)
        if action.action in (USER_ROLE, USER_ENABLED, USER_DISABLED):
            is_out = action.action == USER_DISABLED or (action.action == USER_ROLE and since is None)
            since = None if is_out else action.at
    if since is not None and role is not None:
        yield role, (since, _FAR if user.is_active else max(since, user.last_seen_at or since))


def _role_in(action: AuditEntry) -> str | None:
    return (action.detail or {}).get("role")
