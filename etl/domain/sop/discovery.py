"""The order that most cases of a log took, found by counting: which step comes before which, which go side by side,
which are left out, of which one is chosen, and where cases go back.

Of each step of a case its first pass tells the order; those that come again tell returns and repetitions. Cases are
counted part by part, so that memory is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from etl.domain.frames import NEVER, Bools, Ints
from etl.domain.sop.steps import START
from etl.domain.statistics import Floats

FEW = 0.05
"""What fewer cases do than this share of those that could is no rule: a rare step, a step left out, a return."""

BOTH = 0.2
"""Two steps go side by side where more than this share of the cases have them the other way round, or overlapping."""

_CELLS = 1 << 22


@dataclass(frozen=True)
class Course:
    """How cases go. Steps are places; `order` has each after those that it `follows`.

    `cases` have a step, `left_out` went past it or ended without it. `before[a, b]`: cases in which a was finished
    before b began, of those with both and not at one moment (`either`). `chosen_from` is the step that decides, −1 for
    the beginning; `returns[t, s]` cases went from t back to s, `repeats` did a step twice in a row. `dropped` are pairs
    of which most cases say one order and which others contradict in a circle; `forced` are further steps with which
    cases begin, set behind the first one as an SOP has one beginning.
    """

    order: tuple[int, ...]
    follows: tuple[tuple[int, ...], ...]
    optional: Bools
    chosen_from: dict[int, int | str]
    returns_to: dict[int, int]
    cases: Ints
    left_out: Ints
    before: Ints
    either: Ints
    together: Ints
    returns: Ints
    repeats: Ints
    dropped: tuple[tuple[int, int], ...]
    forced: tuple[int, ...]

    def parallel(self) -> list[tuple[int, int]]:
        """Pairs of steps of which neither comes before the other, in the order of the steps."""
        reach = _closure(_matrix(self.follows))
        return [
            (a, b) for a, b in combinations(self.order, 2) if self.either[a, b] and not reach[a, b] and not reach[b, a]
        ]


@dataclass
class _Sums:
    """What is counted of all cases before the order is known."""

    steps: int
    before: Ints = field(init=False)
    either: Ints = field(init=False)
    together: Ints = field(init=False)
    place: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.before, self.either, self.together = (np.zeros((self.steps, self.steps), np.int64) for _ in range(3))
        self.place = np.zeros(self.steps, np.int64)

    def add(self, begin: Ints, end: Ints) -> None:
        """Count cases, a row each: when each step was begun and finished first; `NEVER` where it was not."""
        has = end != NEVER
        self.place += np.where(has, np.argsort(np.argsort(end, axis=1, kind="stable"), axis=1), 0).sum(axis=0)
        for step in range(self.steps):
            both = has & has[:, [step]]
            first = end[:, [step]] <= begin
            after = end <= begin[:, [step]]
            self.before[step] += (both & first & ~after).sum(axis=0)
            self.either[step] += (both & ~(first & after)).sum(axis=0)
            self.together[step] += both.sum(axis=0)


def discover(case: Ints, step: Ints, begin: Ints, end: Ints, steps: int) -> Course:
    """The course of finished passes, a row each, sorted by case; moments in seconds, `begin` at most `end`.

    Every step from 0 to `steps` − 1 is in some case.
    """
    order = np.lexsort((begin, end, case))
    case, step, begin, end = case[order], step[order], begin[order], end[order]
    numbers, number = np.unique(case, return_inverse=True)
    first_row = np.flatnonzero(np.diff(number, prepend=-1))
    parts = _Parts(number, step, begin, end, steps, len(numbers))
    sums = _Sums(steps)
    for _, begun, ended in parts:
        sums.add(begun, ended)
    edges, dropped = _without_circles(_is_before(sums), sums)
    reach = _closure(edges)
    is_over = _is_over(end, first_row)
    cases, left_out = np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    for which, _, ended in parts:
        has = ended != NEVER
        passed = (has.astype(np.float32) @ reach.T.astype(np.float32)) > 0
        cases += has.sum(axis=0)
        left_out += (~has & (passed | is_over[which, None])).sum(axis=0)
    follows, forced = _one_beginning(reach, cases, sums)
    reach = _closure(_matrix(follows))
    optional = left_out > FEW * (cases + left_out)
    chosen = _choices(follows, optional, cases, left_out, sums)
    optional[[*chosen]] = False
    returns, repeats = _again(number, step, reach)
    return Course(
        _sorted(follows, sums.place / np.maximum(cases, 1)), follows, optional, chosen,
        _returns_to(returns, cases), cases, left_out, sums.before, sums.either, sums.together, returns, repeats,
        dropped, forced,
    )  # fmt: skip


class _Parts:
    """The first passes of cases as tables, a row a case and a column a step, so many cases at a time."""

    def __init__(self, number: Ints, step: Ints, begin: Ints, end: Ints, steps: int, cases: int) -> None:
        cell = number * steps + step
        _, first = np.unique(cell, return_index=True)
        self._cell, self._begin, self._end = cell[first], begin[first], end[first]
        self._steps, self._cases, self._size = steps, cases, max(_CELLS // steps**2, 1)

    def __iter__(self) -> Iterator[tuple[slice, Ints, Ints]]:
        """Which cases, and when each step was begun and ended."""
        for low in range(0, self._cases, self._size):
            high = min(low + self._size, self._cases)
            first, last = np.searchsorted(self._cell, [low * self._steps, high * self._steps]).tolist()
            rows = slice(first, last)
            tables = np.full((2, (high - low) * self._steps), NEVER)
            place = self._cell[rows] - low * self._steps
            tables[0, place], tables[1, place] = self._begin[rows], self._end[rows]
            begun, ended = tables.reshape(2, high - low, self._steps)
            yield slice(low, high), begun, ended


def _is_before(sums: _Sums) -> Bools:
    """Which step comes before which: in nearly all cases that have both."""
    return (sums.before > 0) & (sums.before >= (1 - BOTH) * sums.either)


def _without_circles(edges: Bools, sums: _Sums) -> tuple[Bools, tuple[tuple[int, int], ...]]:
    """The pairs without those that make a circle of it, the least sure dropped first; and those dropped."""
    edges, dropped = edges.copy(), []
    sure = sums.before - (sums.either - sums.before)
    while (circle := edges & _closure(edges).T).any():
        pairs = np.argwhere(circle)
        first, second = pairs[sure[circle].argmin()].tolist()
        edges[first, second] = False
        dropped.append((first, second))
    return edges, tuple(dropped)


def _closure(edges: Bools) -> Bools:
    """Which step comes before which, directly or through others."""
    reach = edges.copy()
    for step in range(len(reach)):
        reach |= reach[:, [step]] & reach[[step]]
    return reach


def _matrix(follows: Sequence[Sequence[int]]) -> Bools:
    edges = np.zeros((len(follows), len(follows)), bool)
    for step, before in enumerate(follows):
        edges[[*before], step] = True
    return edges


def _reduced(reach: Bools) -> tuple[tuple[int, ...], ...]:
    """By step those directly before it."""
    through = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    return tuple(tuple(np.flatnonzero(column).tolist()) for column in (reach & ~through).T)


def _one_beginning(reach: Bools, cases: Ints, sums: _Sums) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """By step those directly before it, where all cases begin at one place or choose where; and the steps that were set
    behind the most frequent first one for that."""
    first = np.flatnonzero(~reach.any(axis=0)).tolist()
    if len(first) == 1 or _excludes(first, cases, sums):
        return _reduced(reach), ()
    first.sort(key=lambda step: (-int(cases[step]), int(sums.place[step])))
    edges = reach.copy()
    edges[first[0], first[1:]] = True
    return _reduced(_closure(edges)), tuple(first[1:])


def _excludes(steps: Sequence[int], cases: Ints, sums: _Sums) -> bool:
    """Whether of these steps hardly any case has two."""
    return all(sums.together[a, b] <= FEW * min(cases[a], cases[b]) for a, b in combinations(steps, 2))


def _choices(
    follows: Sequence[tuple[int, ...]], optional: Bools, cases: Ints, left_out: Ints, sums: _Sums
) -> dict[int, int | str]:
    """By step that is one of a choice what decides: steps behind one step, of which nearly every case has just one."""
    chosen: dict[int, int | str] = {}
    for before in {*follows}:
        some = [step for step, its in enumerate(follows) if its == before and (optional[step] or not before)]
        group: list[int] = []
        for step in sorted(some, key=lambda one: -int(cases[one])):
            if _excludes([*group, step], cases, sums):
                group.append(step)
        could = max((int(cases[step] + left_out[step]) for step in group), default=0)
        is_choice = len(before) <= 1 < len(group) and cases[group].sum() >= (1 - FEW) * could
        if is_choice or (not before and len(group) > 1):
            chosen |= dict.fromkeys(group, before[0] if before else START)
    return chosen


def _is_over(end: Ints, first: Ints) -> Bools:
    """Which cases go on no more: longer still by the end of the log than nearly all of them ever were. All, where
    hardly any was."""
    gaps = np.diff(end, prepend=end[0])
    gaps[first] = 0
    still = end.max() - np.maximum.reduceat(end, first)
    is_over = still > np.percentile(np.maximum.reduceat(gaps, first), 95)
    return is_over if is_over.sum() >= _FEWEST_OVER else np.ones(len(first), bool)


_FEWEST_OVER = 5


def _again(case: Ints, step: Ints, reach: Bools) -> tuple[Ints, Ints]:
    """In how many cases one went from a step back to one before it, and did a step twice in a row."""
    steps = len(reach)
    is_again = np.ones(len(step), bool)
    is_again[np.unique(case * steps + step, return_index=True)[1]] = False
    row = np.flatnonzero(is_again)
    last, this = step[row - 1].astype(np.int64), step[row].astype(np.int64)
    counted = np.unique((case[row] * steps + last) * steps + this) % steps**2
    times = np.bincount(counted, minlength=steps**2).reshape(steps, steps)
    return np.where(reach.T, times, 0), times.diagonal().copy()


def _returns_to(returns: Ints, cases: Ints) -> dict[int, int]:
    """By step the one to which cases go back from it, where that is no exception."""
    most = returns.argmax(axis=1)
    return {step: int(back) for step, back in enumerate(most) if returns[step, back] > FEW * cases[step]}


def _sorted(follows: Sequence[Sequence[int]], place: Floats) -> tuple[int, ...]:
    """The steps, each after those that it follows, else in the order of their usual place in a case."""
    order: list[int] = []
    left = sorted(range(len(follows)), key=lambda step: float(place[step]))
    while left:
        step = next(step for step in left if {*follows[step]} <= {*order})
        order.append(step)
        left.remove(step)
    return tuple(order)
