"""Condition of rooms the slow way: one answer, one incident, one minute at a time, sharing nothing with the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from etl.domain.calendar.calendar import WorkCalendar

VALUE = {"GOOD": 1.0, "LIGHT": 0.5, "HEAVY": 0.0, "MISSING": 0.0}


def graded(weights: Mapping[str, int], answers: Mapping[str, str]) -> tuple[float | None, float | None, str]:
    """Score, completeness and status of one check."""
    applicable = answered = points = 0.0
    is_broken = is_faulty = False
    for item, weight in weights.items():
        said = answers.get(item)
        if said == "NOT_APPLICABLE":
            continue
        applicable += weight
        if said is None:
            continue
        answered += weight
        points += weight * VALUE[said]
        is_faulty = is_faulty or said != "GOOD"
        is_broken = is_broken or (weight >= 2 and said in ("HEAVY", "MISSING"))
    completeness = answered / applicable if applicable else None
    is_enough = completeness is not None and completeness >= 0.7
    status = "DISRUPTED" if is_broken else "ATTENTION" if is_faulty or not is_enough else "READY"
    return (100 * points / answered if is_enough else None), completeness, status


def is_soon_again(calendar: WorkCalendar, start: int, end: int) -> bool:
    """Whether `end` lies no later than on the third open day after the day of `start`; a closed day after it is not."""
    first = datetime.fromtimestamp(start, calendar.zone).date()
    last = datetime.fromtimestamp(end, calendar.zone).date()
    between = [first + timedelta(days=number) for number in range(1, (last - first).days)]
    return sum(1 for day in between if calendar.plan(day).intervals) < 3


def histories(checks: Iterable[tuple[int, str]], calendar: WorkCalendar) -> list[dict[str, int | None]]:
    """The incidents of one item from (moment, word) in order: words are GOOD, FAULT, TOUCH, CLOSE, REOPEN."""
    found: list[dict[str, int | None]] = []
    for at, word in checks:
        current = found[-1] if found else None
        is_open = current is not None and current["ended"] is None
        if word in ("FAULT", "REOPEN"):
            if is_open:
                current["reports"] += word == "FAULT"
                if word == "REOPEN":
                    current["responded"] = current["responded"] or at
                continue
            ended = current["ended"] if current else None
            again = current is not None and (word == "REOPEN" or is_soon_again(calendar, ended, at))
            if again:
                current["ended"] = None
                current["openings"] += 1
                current["reports"] += word == "FAULT"
                for moment in (*current["touches"], *([at] if word == "REOPEN" else [])):
                    current["responded"] = current["responded"] or moment
                current["touches"] = []
            else:
                found.append(
                    {
                        "first": at,
                        "ended": None,
                        "reports": int(word == "FAULT"),
                        "openings": 1,
                        "touches": [],
                        "responded": at if word == "REOPEN" else None,
                    }
                )
        elif word in ("GOOD", "CLOSE") and is_open:
            current["ended"] = at
            if word == "CLOSE":
                current["responded"] = current["responded"] or at
        elif word == "TOUCH" and current is not None:
            if is_open:
                current["responded"] = current["responded"] or at
            else:
                current["touches"].append(at)
        elif word == "CLOSE" and current is not None:
            current["touches"].append(at)
    return found
