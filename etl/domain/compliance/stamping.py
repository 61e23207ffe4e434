"""Which stamp a step may be given now, in which pass of it, and why not. Pure; the clock plays no part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from etl.domain.compliance.walk import AWAY, DONE
from etl.domain.sop.steps import Meaning, SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.units import DAY

RETURN_NOTE = "Dikembalikan: "
"""What stands before the reason in the note of a pass that ended in a return."""

OFFER_NOTE = "Tawaran waktu lain: "
"""What stands before the reason of a pause that an offer of another time began."""

ROOM_KEPT = "ditutup tanpa membebaskan ruang"
"""What stands before the reason of a closing whose event takes place all the same."""


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
    CLOSED = "closed"
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

    `stands` tells how each step stands (`walk`). `sop` is the version by which it goes. `is_ended`: rejected or
    cancelled. `off`: steps not practised for this letter. `version` changes with everything that is said of the letter.
    It is open until `open_until` unless it is ended or closed before. `event_at`: when its event is booked to begin, on
    a day that begins at `event_day_at`; None without a booking.
    """

    request_id: int
    version: int
    is_ended: bool
    passes: Mapping[str, Sequence[HeldPass]]
    stands: Mapping[str, int]
    sop: SopVersion
    off: frozenset[str] = frozenset()
    status: str = ""
    is_closed: bool = False
    open_until: int = 0
    event_at: int | None = None
    event_day_at: int | None = None

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
    `blocked_by` the latter where they refuse the stamp; `sent_by_opd` those missing that the agency does itself, with
    the pass in hand there: what the office takes up from it, it has sent. `returns_to`: the steps to which this one may
    send the letter back, the nearest first.
    """

    step: str
    number: int
    is_begun: bool = False
    paused_at: int | None = None
    may: tuple[Stamp, ...] = ()
    refusal: Refusal | None = None
    missing: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    returns_to: tuple[str, ...] = ()
    sent_by_opd: Mapping[str, int] = field(default_factory=dict)

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
    passes, stands = letter.passes.get(step, ()), letter.stands[step]
    last = passes[-1] if passes else None
    number = _next_number(letter, step)
    if letter.is_ended:
        return Standing(step, number, refusal=Refusal.ENDED)
    if letter.is_closed:
        return Standing(step, number, refusal=Refusal.CLOSED)
    if step in letter.off:
        return Standing(step, number, refusal=Refusal.OFF)
    if stands == DONE and last is not None:
        return Standing(step, last.number, refusal=Refusal.DONE)
    missing = _missing(letter, step)
    sent = {one: _next_number(letter, one) for one in missing if _is_sent_with(letter, one, step)}
    if stands == AWAY and set(missing) - set(sent):
        return Standing(step, number, refusal=Refusal.GONE_BACK, blocked_by=missing)
    held = last if last is not None and not last.is_done else None
    is_begun, paused_at = (held.is_begun, held.paused_at) if held else (False, None)
    returns = () if missing else _returns_to(letter, step)
    may = _may(letter, step, is_begun=is_begun, is_paused=paused_at is not None, returns=bool(returns))
    return Standing(step, number, is_begun, paused_at, may, None, missing, (), returns, sent)


def waits_for_event(step: SopStep) -> bool:
    """Whether a step looks at the event itself, so that there is nothing to say of it before that has begun; not where
    the SOP gives it days before (`days_ahead`)."""
    return {Meaning.EVENT, Meaning.CHECKED} <= {*step.meanings} and not step.days_ahead


def opens_at(letter: HeldLetter, step: str) -> int | None:
    """From when a step that goes on with the event takes stamps: its day, or the days ahead that the SOP gives; what
    looks at the event itself from its start. None for any other step, and without a booking."""
    of = letter.sop.step(step)
    if Meaning.EVENT not in of.meanings or letter.event_day_at is None:
        return None
    return letter.event_at if waits_for_event(of) else letter.event_day_at - of.days_ahead * DAY


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


def _missing(letter: HeldLetter, step: str) -> tuple[str, ...]:
    """The steps at which the letter lies before this one is given it."""
    return tuple(dict.fromkeys(at for before in _before(letter, step) for at in _lies_at(letter, before)))


def _lies_at(letter: HeldLetter, step: str) -> tuple[str, ...]:
    """The steps that keep this one from handing on: itself, or where the letter lies that it waits for; none once it
    has handed on."""
    stands = letter.stands[step]
    if stands == DONE:
        return ()
    return (stands == AWAY and _missing(letter, step)) or (step,)


def _is_sent_with(letter: HeldLetter, before: str, step: str) -> bool:
    """Whether what is taken up at a step was sent by that one: the agency's own, directly before it."""
    return letter.is_of_opd(before) and before in letter.before(step)


def _next_number(letter: HeldLetter, step: str) -> int:
    """The pass that is in hand, else the next."""
    passes = letter.passes.get(step, ())
    return passes[-1].number + passes[-1].is_done if passes else 1


def _returns_to(letter: HeldLetter, step: str) -> tuple[str, ...]:
    """The practised steps before it, also through others, the nearest first."""
    before = list(letter.before(step))
    for one in before:
        before += [further for further in letter.before(one) if further not in before]
    return tuple(one for one in before if one not in letter.off)
