"""Which pass of a step ended in a return, and which further row is none: decided on everything recorded of a letter.

A tap, a return pair of desks and a typed number (`putaran`) say so themselves; a row that names its step alone is read
from the order of the finishes. The rules are those of docs/definisi.md, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etl.domain.compliance.rules import Procedure
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints, Passes


def find_returns(
    passes: Passes, ends: Ints, is_numbered: Bools, order: Ints, procedures: Sequence[Procedure], by: Ints
) -> tuple[Codes, Bools]:
    """By pass the step to which it returned the letter (−1 for none), and whether it is an extra one.

    `ends` are the earliest moments the finishes can have had, `is_numbered` whether the office gave the pass its
    number, `order` breaks ties. `by` tells for each letter which of the `procedures` it goes by.
    """
    returned_to, is_extra = passes.returned_to.copy(), np.zeros(len(passes), dtype=bool)
    cell = passes.request * len(procedures[0].follows) + passes.step
    is_again = np.bincount(cell, minlength=1)[cell] > 1 if len(cell) else is_extra
    went_back = np.unique(passes.request[is_again | (passes.number > 1) | (returned_to >= 0)])
    mine = np.flatnonzero(np.isin(passes.request, went_back))
    mine = mine[np.lexsort((order[mine], _when(passes, ends)[mine], passes.request[mine]))]
    for places in np.split(mine, np.flatnonzero(np.diff(passes.request[mine])) + 1):
        if len(places):
            letter = _Letter(passes, places.tolist(), is_numbered, procedures[by[passes.request[places[0]]]])
            returned_to[places] = -1
            for place, to in letter.returns().items():
                returned_to[place] = to
            is_extra[letter.extra_passes(returned_to)] = True
    return returned_to, is_extra


def _when(passes: Passes, ends: Ints) -> Ints:
    """The place of a pass in time: its finish; one that is not finished comes last."""
    return np.where(passes.is_done & (ends != MISSING), ends, NEVER)


class _Letter:
    """The passes of one letter in order of their finishes, by their places in the frame."""

    def __init__(self, passes: Passes, places: list[int], is_numbered: Bools, procedure: Procedure) -> None:
        self.places, self.procedure = places, procedure
        self.step = {place: int(passes.step[place]) for place in places}
        self.told = {place: int(passes.returned_to[place]) for place in places}
        self.is_done = {place: bool(passes.is_done[place]) for place in places}
        self.is_numbered = {place: bool(is_numbered[place]) for place in places}
        self.begun = {place: int(passes.started_at[place]) for place in places}
        self.ended = {place: int(passes.finished_at[place]) for place in places}
        by_number = sorted(places, key=lambda place: int(passes.number[place]))
        # The receipt is the first pass of its step, also where no row speaks of that.
        received = procedure.received
        is_told = any(self.step[p] == received and passes.number[p] == 1 for p in places)
        seen = dict.fromkeys(range(len(procedure.follows)), 0)
        seen |= {} if received is None else {received: int(not is_told)}
        self.rank = {}
        for place in by_number:
            self.rank[place] = seen[self.step[place]]
            seen[self.step[place]] += 1

    def returns(self) -> dict[int, int]:
        """The passes that ended in a return, and to which step."""
        returns = {place: to for place, to in self.told.items() if to >= 0 and self._is_before(to, self.step[place])}
        for place in self.places:
            if self.rank[place] == 0 or self.step[place] in self._just_returned_to(returns, place):
                continue
            senders = [sender for sender in self._senders(place) if sender not in returns]
            sure = [sender for sender in senders if self._is_return(sender, place)]
            if sure or (senders and self.is_numbered[place]):
                returns[(sure or senders)[0]] = self.step[place]
        return returns

    def _is_before(self, step: int, other: int) -> bool:
        return other in self.procedure.dependents[step]

    def _just_returned_to(self, returns: dict[int, int], place: int) -> list[int]:
        """The steps to which a letter was sent back before that pass, each of which has this further pass for it."""
        before = self.places[: self.places.index(place)]
        own = [p for p in before if self.step[p] == self.step[place]]
        since = before.index(own[-1]) if own else 0
        return [to for p, to in returns.items() if p in before[since:]]

    def _senders(self, place: int) -> list[int]:
        """The passes whose next finish is that further pass, those of parallel desks passed over; the last first.

        A pass begun on a screen by the return itself tells the moment of that.
        """
        step, begun = self.step[place], self.begun[place]
        before = [p for p in self.places[: self.places.index(place)] if self.is_done[p]]
        if self.is_numbered[place] and begun != MISSING:
            before = [p for p in self.places if self.is_done[p] and MISSING < self.ended[p] <= begun]
        senders: list[int] = []
        for at in range(len(before) - 1, -1, -1):
            own = self.step[before[at]]
            if self._is_before(step, own) and all(self._is_parallel(self.step[p], own) for p in before[at + 1 :]):
                senders.append(before[at])
        return senders

    def _is_parallel(self, step: int, other: int) -> bool:
        return step != other and not self._is_before(step, other) and not self._is_before(other, step)

    def _is_return(self, sender: int, place: int) -> bool:
        """Whether the sender's step comes again afterwards, or nothing behind it is finished."""
        at, step = self.places.index(place), self.step[sender]
        comes_again = any(self.step[p] == step for p in self.places[at + 1 :])
        behind = any(self.is_done[p] and self._is_before(step, self.step[p]) for p in self.places)
        return comes_again or not behind

    def extra_passes(self, returned_to: Codes) -> list[int]:
        """Further passes without a number for which the letter did not come back."""
        again = dict.fromkeys(range(len(self.procedure.follows)), 0)
        extra = []
        for place in self.places:
            step = self.step[place]
            if self.rank[place] and not self.is_numbered[place]:
                if not again[step]:
                    extra.append(place)
                    continue
                again[step] = 0
            if (to := int(returned_to[place])) >= 0:
                again |= dict.fromkeys(self._comes_again(to, step), 1)
        return extra

    def _comes_again(self, to: int, sender: int) -> list[int]:
        """The steps that a letter sent back passes once more."""
        way = [s for s in self.procedure.dependents[to] if self._is_before(s, sender)]
        return [to, *way, sender]
