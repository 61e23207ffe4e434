"""What is worth an alert now, who is told of it, and that it is put down to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from data_access.records import reading, writing
from data_access.records.access import User, all_users
from data_access.records.letters import all_codes
from data_access.records.notices import WEBHOOK, known_notices, put_notices
from data_access.roles import Role
from etl.domain.alerts import Fact, due_facts, is_open
from etl.domain.units import DAY, day_number
from etl.keeping.alert_facts import facts_at_moment, whole_detail
from etl.office import Office

LOOK_BACK_SECONDS = 60 * DAY
"""So long ago somebody may have been told of what is still news: working time stands still over holidays."""


def note_alerts(office: Office, now: int) -> int:
    """Put down what is to be told at this moment and was not yet; how many rows are new."""
    plan = office.settings.alerts
    if not plan.is_on or not is_open(office.calendar, now) or not office.mart.exists():
        return 0
    due = due_facts(list(facts_at_moment(office, now)), office.calendar, plan.times, now)
    told = list(_addressed(office, due, now))
    with reading(office.records) as connection:
        known = known_notices(connection, plan.times, now - LOOK_BACK_SECONDS) if told else set()
    new = [(fact, to) for fact, to in told if (fact.kind.value, fact.subject, to) not in known]
    rows = [(fact.kind.value, fact.subject, to, whole_detail(office, fact, now)) for fact, to in new]
    if not rows:
        return 0
    with writing(office.records) as connection:
        return put_notices(connection, rows, now)


def _addressed(office: Office, facts: Iterable[Fact], now: int) -> Iterator[tuple[Fact, str]]:
    """Each fact with everybody who is told of it: users and bearers of codes with an address, and the webhook."""
    plan, readers = office.settings.alerts, _readers(office, now) if office.settings.alerts.smtp_env else []
    for fact in facts:
        yield from ((fact, reader.name) for reader in readers if reader.is_told(fact))
        if plan.webhook_env:
            yield fact, WEBHOOK


@dataclass(frozen=True)
class _Reader:
    """Somebody with an address: as the outbox calls them, with the roles they have today, and of which agency."""

    name: str
    roles: frozenset[str]
    opd: str | None

    def is_told(self, fact: Fact) -> bool:
        return fact.told_role in self.roles and (fact.agency is None or fact.agency == self.opd)


def _readers(office: Office, now: int) -> list[_Reader]:
    day = datetime.fromtimestamp(now, office.zone).date()
    with reading(office.records) as connection:
        users, codes = all_users(connection), all_codes(connection)
    good = [code for code in codes if code.email and code.is_good_on(day_number(day))]
    return [
        *(_Reader(f"user:{u.id}", _roles_of(office, u, day), u.opd) for u in users if u.is_active and u.email),
        *(_Reader(f"code:{code.id}", frozenset({Role.OPD}), code.opd) for code in good),
    ]


def _roles_of(office: Office, user: User, day: date) -> frozenset[str]:
    """The user's own role and the posts for which the user is the deputy that day."""
    mandates = office.settings.mandates
    return frozenset(
        {user.role, *(one.role for one in mandates if one.holds_on(day) and one.is_of(user.name, user.role))}
    )
