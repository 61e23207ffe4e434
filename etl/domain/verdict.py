"""The words in which a step is judged, and in which the monitoring form assesses it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Self


class Coded(StrEnum):
    """A StrEnum whose members also have a small number, for arrays and columns."""

    code: int
    """Position in the declaration, stable: new members are added at the end."""

    def __init__(self, _text: str) -> None:
        self.code = len(type(self).__members__)

    @classmethod
    def of(cls, code: int) -> Self:
        """The member with that number."""
        return tuple(cls)[code]


NEAR_PERCENT = 80
"""From this part of its time on a step in hand is near its limit (`AT_RISK`)."""


class Verdict(Coded):
    """What is said of one step of one letter at a moment."""

    MET = "MET"
    LATE = "LATE"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    OVERDUE = "OVERDUE"
    NOT_STARTED = "NOT_STARTED"
    SKIPPED = "SKIPPED"
    UNMEASURABLE = "UNMEASURABLE"
    NO_TARGET = "NO_TARGET"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Reason(Coded):
    """Why a step cannot be measured, in the order in which they are looked for; NONE for any other verdict."""

    NONE = "none"
    DATE_ONLY = "date_only"
    TIME_MISSING = "time_missing"
    END_BEFORE_START = "end_before_start"
    START_UNKNOWN = "start_unknown"
    NOT_RECORDED = "not_recorded"
    CALENDAR_MISSING = "calendar_missing"


class StartRule(Coded):
    """Which moment a step was measured from."""

    NONE = "none"
    RECORDED = "recorded"
    HANDOVER = "handover"


class RequestStatus(Coded):
    """What the register says of a letter."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    OTHER = "other"
    CLOSED = "closed"


UNDER_WAY = (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)
"""Verdicts of a step whose time runs."""

OVER = (RequestStatus.REJECTED, RequestStatus.CANCELLED, RequestStatus.CLOSED)
"""Of a letter with such a status nothing more is to come, so nothing more is decided."""


class RequestVerdict(Coded):
    """What is said of the letter as a whole, judged on A2–A8 once A8 is finished or the letter is over."""

    RUNNING = "running"
    ON_TIME = "on_time"
    LATE = "late"
    UNKNOWN = "unknown"


class Place(Coded):
    """Whether an open letter lies at a step for somebody to act, judged or not."""

    NOWHERE = "nowhere"
    HERE = "here"
    RETURNED = "returned"
    """Sent back to this step and not handed on since."""

    UNCLAIMED = "unclaimed"
    """No desk holds the letter: whoever takes up what was received looks after it."""

    UNDECIDED = "undecided"
    """At the approving step, which is finished: the request is pending, so what it asks for is decided there still."""

    OLD = "old"
    """On no list: the letter came before the day from which the step is recorded, and no other desk holds it."""


LISTED = (Place.HERE, Place.RETURNED, Place.UNCLAIMED, Place.UNDECIDED)
"""A letter that lies so is on the list of the step's desk."""


class Flag(IntFlag):
    """Things worth a look; counted and shown, never a reason to leave a step out."""

    NONE = 0
    RETURNED = 1
    EXTRA_PASS = 2
    OUT_OF_ORDER = 4
    NEEDS_CLOSING = 8
    ESTIMATED_CALENDAR = 16
    ENTERED_LATE = 32
    EQUAL_STAMPS = 64
    ROUND_STAMPS = 128
    SWAPPED_DATE = 256
    SLIPPED_DAY = 512
    TAKEN_LATE = 1024
    LATE_UNSTAMPED = 2048
    IMPLAUSIBLE_YEAR = 4096

    @property
    def word(self) -> str:
        """What figures, addresses and commands call it: entered_late."""
        return str(self.name).lower()


class Assessment(StrEnum):
    """What the form says of a step: the third column of Tabel 7 (Permenpan-RB 35/2012)."""

    WELL = "WELL"
    NOT_WELL = "NOT_WELL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class MonitoringRule:
    """From which share in time a step goes well, judged only with so many cases and so much coverage (0–1).

    `near`: below it a share is far below the standard; only the colours of the screens know it.
    """

    share: float = 0.9
    n: int = 5
    coverage: float = 0.7
    near: float = 0.7

    def assess(self, share: float | None, n: int, coverage: float | None) -> Assessment:
        """UNKNOWN with too few cases or too little coverage, else by the share; a share at the limit goes well."""
        if share is None or coverage is None or n < self.n or coverage < self.coverage:
            return Assessment.UNKNOWN
        return Assessment.WELL if share >= self.share else Assessment.NOT_WELL
