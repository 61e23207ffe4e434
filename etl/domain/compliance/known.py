"""What is recorded of some letters, and by a moment: what lies after it has not happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, NEVER, Bools, Ints, Passes, Receivers, Requests


def day_of(as_of: int | None, calendar: WorkCalendar) -> int:
    """The local day of a moment; None, after everything, is NEVER."""
    return NEVER if as_of is None else calendar.day_of(as_of)


def _hide_future(on: Ints, at: Ints, as_of: int | None, today: int) -> tuple[Ints, Ints]:
    """Stamps after as-of have not happened."""
    if as_of is None:
        return on, at
    future = (at > as_of) | ((at == MISSING) & (on > today))
    return np.where(future, MISSING, on), np.where(future, MISSING, at)


def finished_by(passes: Passes, as_of: int | None, today: int) -> Bools:
    """Which passes are finished at a moment of the day `today`; None is after everything.

    One that is done without a date was finished after its start: not yet when that lies after the moment.
    """
    started_on, _ = _hide_future(passes.started_on, passes.started_at, as_of, today)
    finished_on, _ = _hide_future(passes.finished_on, passes.finished_at, as_of, today)
    begins_later = (passes.started_on != MISSING) & (started_on == MISSING)
    undated = passes.is_done & (passes.finished_on == MISSING) & ~begins_later
    return np.asarray(undated | (finished_on != MISSING))


def seen(passes: Passes, receivers: Receivers, as_of: int | None, today: int) -> tuple[Passes, Ints]:
    """The passes of which something has happened, what lies after as-of taken away; and their places before.

    A pass to several desks ends with the last of them known by then.
    """
    s_on, s_at = _hide_future(passes.started_on, passes.started_at, as_of, today)
    f_on, f_at = _hide_future(passes.finished_on, passes.finished_at, as_of, today)
    done = finished_by(passes, as_of, today)
    if as_of is not None and len(receivers):
        known = (receivers.at != MISSING) & (receivers.at <= as_of) & (f_on == MISSING)[receivers.place]
        np.maximum.at(f_at, receivers.place[known], receivers.at[known])
        np.maximum.at(f_on, receivers.place[known], receivers.on[known])
        done[receivers.place[known]] = True
    kept = np.flatnonzero(done | (s_on != MISSING))
    told = replace(passes, started_on=s_on, started_at=s_at, finished_on=f_on, finished_at=f_at, is_done=done)
    return replace(told, by_tap=told.by_tap & done).at(kept), kept


def known_receivers(receivers: Receivers, as_of: int | None, today: int) -> Receivers:
    """Those desks that were named by then."""
    known = _hide_future(receivers.on, receivers.at, as_of, today)[0] != MISSING
    return Receivers(**{name: values[known] for name, values in vars(receivers).items()})


def letters_of(
    rows: Ints, requests: Requests, passes: Passes, receivers: Receivers
) -> tuple[Requests, Passes, Receivers]:
    """Those letters, ascending, with what is recorded of them."""
    is_one = np.zeros(len(requests), dtype=bool)
    is_one[rows] = True
    is_kept, position = is_one[passes.request], np.cumsum(is_one) - 1
    mine, placed = passes.at(is_kept), is_kept[receivers.place]
    named = {name: values[placed] for name, values in vars(receivers).items()}
    return (
        Requests(**{name: values[rows] for name, values in vars(requests).items()}),
        replace(mine, request=position[mine.request]),
        Receivers(**{**named, "place": (np.cumsum(is_kept) - 1)[named["place"]]}),
    )
