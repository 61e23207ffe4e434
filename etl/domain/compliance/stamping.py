"""Which stamp a step may be given now, in which pass of it, and why not. Pure; the clock plays no part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from etl.domain.sop.versions import SopVersion


class Stamp(StrEnum):
    """What who holds a step says of it: taken up, handed on, sent back, waiting for the OPD, going on again."""

    RECEIVED = "diterima"
    FORWARDED = "diteruskan"
    RETURNED = "dikembalikan"
    WAITING = "menunggu"
    RESUMED = "lanjut"


class Refusal(StrEnum):
    """Why a step takes no stamp."""

    ENDED = "ended"
    OFF = "off"
    DONE = "done"
    GONE_BACK = "gone_back"


@dataclass(frozen=True)
class HeldPass:
    """One pass of a step; `paused_at` is the start of a wait that has not ended."""

    number: int
    is_begun: bool
    is_done: bool
    paused_at: int | None = None


@dataclass(frozen=True)
class HeldLetter:
    """What is known of the passes of one letter: by step its passes in order, the receipt among them.

    `sop` is the version by which it goes. `is_ended`: rejected or cancelled. `off`: steps not practised for this
    letter. `version` changes with everything that is said of the letter.
    """

    request_id: int
    version: int
    is_ended: bool
    passes: Mapping[str, Sequence[HeldPass]]
    sop: SopVersion
    off: frozenset[str] = frozenset()
    status: str = ""

    def before(self, step: str) -> tuple[str, ...]:
        """The steps that this one follows."""
        return self.sop.step(step).follows

    def is_of_opd(self, step: str) -> bool:
        """Whether the agency does that step itself."""
        return self.sop.step(step).is_opd_time


@dataclass(frozen=True)
class Standing:
    """How a step stands for its holder: the pass in hand, the stamps it may be given, or the refusal.

    `missing` are the steps before it that have not handed on this pass, or at which a letter sent back lies;
    `blocked_by` the latter where they refuse the stamp; `sent_by_opd` those missing that the agency does itself: what
    the office takes up from it, it has sent. `returns_to`: which step gets which pass when this one sends
    the letter back.
    """

    step: str
    number: int
    is_begun: bool = False
    paused_at: int | None = None
    may: tuple[Stamp, ...] = ()
    refusal: Refusal | None = None
    missing: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    returns_to: Mapping[str, int] = field(default_factory=dict)
    sent_by_opd: tuple[str, ...] = ()

    @property
    def is_handed(self) -> bool:
        """Whether the step is in hand: nothing refuses it and nothing before it is missing."""
        return self.refusal is None and not self.missing

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Those missing for which the holder is asked whether the stamp is meant."""
        return tuple(step for step in self.missing if step not in self.sent_by_opd)


def standing(letter: HeldLetter, step: str) -> Standing:
    """How that step of the letter stands."""
    passes = letter.passes.get(step, ())
    last = passes[-1] if passes else None
    number = _handed(letter, step) if last is None else last.number + last.is_done
    if letter.is_ended:
        return Standing(step, number, refusal=Refusal.ENDED)
    if step in letter.off:
        return Standing(step, number, refusal=Refusal.OFF)
    missing = _missing(letter, step, number)
    if last is not None and last.is_done and (not letter.before(step) or not _is_coming(letter, missing, number)):
        back = _open_again_before(letter, step)
        return Standing(step, last.number, refusal=Refusal.GONE_BACK if back else Refusal.DONE, blocked_by=back)
    missing = tuple(dict.fromkeys([*missing, *_open_again_before(letter, step)]))
    held = last if last is not None and not last.is_done else None
    is_begun, paused_at = (held.is_begun, held.paused_at) if held else (False, None)
    returns = {} if missing else _returns_to(letter, step)
    may = _may(letter, step, is_begun=is_begun, is_paused=paused_at is not None, returns=bool(returns))
    sent = tuple(one for one in missing if letter.is_of_opd(one) and one in letter.before(step))
    return Standing(step, number, is_begun, paused_at, may, None, missing, (), returns, sent)


def _may(letter: HeldLetter, step: str, *, is_begun: bool, is_paused: bool, returns: bool) -> tuple[Stamp, ...]:
    wait = Stamp.RESUMED if is_paused else Stamp.WAITING
    stamps = [
        (Stamp.RECEIVED, not is_begun),
        (Stamp.FORWARDED, True),
        (wait, not letter.is_of_opd(step)),
        (Stamp.RETURNED, returns),
    ]
    return tuple(stamp for stamp, is_possible in stamps if is_possible)


def _before(letter: HeldLetter, step: str) -> list[str]:
    """The steps that hand a letter to this one; one that is not practised hands on what it was given."""
    before_it: list[str] = []
    for before in letter.before(step):
        before_it += _before(letter, before) if before in letter.off and letter.before(before) else [before]
    return list(dict.fromkeys(before_it))


def _missing(letter: HeldLetter, step: str, number: int) -> tuple[str, ...]:
    """Those steps before it whose pass of that number is not finished."""
    return tuple(before for before in _before(letter, step) if not _has_finished(letter, before, number))


def _handed(letter: HeldLetter, step: str) -> int:
    """The last pass that was handed to a step without a stamp; 1 when none was."""
    numbers = {one.number for before in _before(letter, step) for one in letter.passes.get(before, ())}
    return max((number for number in numbers if not _missing(letter, step, number)), default=1)


def _is_coming(letter: HeldLetter, missing: Sequence[str], number: int) -> bool:
    """Whether a step that was finished is handed its next pass: by all before it, or by the agency to which it sent
    the letter, whose pass ends when the office takes the letter up."""
    open_now = {(step, one.number) for step in missing for one in letter.passes.get(step, ()) if not one.is_done}
    return all(letter.is_of_opd(step) and (step, number) in open_now for step in missing)


def _has_finished(letter: HeldLetter, step: str, number: int) -> bool:
    return any(one.number == number and one.is_done for one in letter.passes.get(step, ()))


def _returns_to(letter: HeldLetter, step: str) -> dict[str, int]:
    """By step the pass that begins when the letter is sent back there."""
    last = {
        before: max((one.number for one in letter.passes.get(before, ())), default=0) for before in letter.before(step)
    }
    return {before: number + 1 for before, number in last.items() if before not in letter.off}


def _open_again_before(letter: HeldLetter, step: str) -> tuple[str, ...]:
    """Steps before it, also through others, of which a further pass has begun and not ended."""
    again: list[str] = []
    for before in letter.before(step):
        passes = letter.passes.get(before, ())
        again += _open_again_before(letter, before)
        again += [before] if passes and not passes[-1].is_done and passes[-1].number > 1 else []
    return tuple(dict.fromkeys(again))
