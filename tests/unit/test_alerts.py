"""When the time of an alert has come, and who is told, beside a count minute by minute."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from data_access.roles import POSTS, Role
from etl.domain.alerts import NEWS_SECONDS, RULES, SUPERIOR, Fact, Kind, To, due_facts
from etl.domain.units import HOUR, MINUTE
from tests.books.calendars import calendar
from tests.books.moments import seconds

CALENDAR = calendar()
MONDAY = seconds("2026-09-07 00:00")
LEADS = {kind: rule.lead for kind, rule in RULES.items()}
moments = st.integers(0, 14 * 24 * 12).map(lambda step: MONDAY + step * 5 * MINUTE)


def is_open(moment: int) -> bool:
    """By the clock on the wall of an office that works Monday to Friday, 07.30–12 and 13–16, on Fridays another way."""
    local = datetime.fromtimestamp(moment, ZoneInfo("Asia/Jakarta"))
    clock = f"{local:%H:%M}"
    if local.weekday() >= 5:
        return False
    if local.weekday() == 4:
        return "07:30" <= clock < "11:30" or "13:00" <= clock < "16:30"
    return "07:30" <= clock < "12:00" or "13:00" <= clock < "16:00"


def worked(start: int, end: int) -> int:
    """Working seconds between two moments on five minutes, counted one by one."""
    return sum(5 * MINUTE for moment in range(start, end, 5 * MINUTE) if is_open(moment))


@given(moments, moments, st.sampled_from(Kind), st.integers(0, 60).map(lambda step: step * 15 * MINUTE))
def test_a_fact_is_due_as_a_slow_count_says(at: int, now: int, kind: Kind, lead: int) -> None:
    fact = Fact(kind, "x", Role.STAF, at)
    if RULES[kind].is_after:
        expected = at <= now and lead <= worked(at, now) <= lead + NEWS_SECONDS
    else:
        expected = now < at and worked(now, at) <= lead
    assert bool(due_facts([fact], CALENDAR, {kind: lead}, now)) == (expected and is_open(now))


def test_every_kind_is_due_at_its_own_time_only_while_it_is_switched_on() -> None:
    now = seconds("2026-09-08 10:00")
    facts = [Fact(kind, "x", Role.STAF, now - 2 * HOUR if RULES[kind].is_after else now + HOUR) for kind in Kind]
    assert [fact.kind for fact in due_facts(facts, CALENDAR, LEADS, now)] == [*Kind]
    assert due_facts(facts, CALENDAR, {}, now) == []


def test_every_post_answers_to_a_post_and_the_highest_to_itself() -> None:
    assert set(SUPERIOR) == set(POSTS) == {Role(post) for post in POSTS}
    above = {post: SUPERIOR[SUPERIOR[SUPERIOR[post]]] for post in POSTS}
    assert set(above.values()) == {Role.KADIN}


def test_an_agency_has_no_superior_in_the_office() -> None:
    late = Fact(Kind.OVERDUE, "x", Role.OPD, seconds("2026-09-08 09:00"))
    assert due_facts([late], CALENDAR, LEADS, seconds("2026-09-08 10:00")) == []


def test_what_became_of_a_letter_is_told_to_its_agency_alone() -> None:
    told = {kind: Fact(kind, "x", Role.OPD, 0, {"opd": "Dinas Kesehatan"}).agency for kind in Kind}
    assert {kind for kind, agency in told.items() if agency} == {k for k in Kind if RULES[k].to is To.AGENCY}
