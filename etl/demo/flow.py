"""Two years of letters, working day by working day; a day's letters depend on the seed and that day only."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from etl.demo.model import (
    DAY,
    UNSETTLED,
    Booking,
    Case,
    Letter,
    OfficeHours,
    Session,
    Stamp,
    at,
    case_of,
    day_of,
    drawn_participants,
)
from etl.demo.special_cases import BORROWING, USE, bend
from etl.reference import reference_text

SUBJECTS = (
    "Permohonan pinjam pakai ruang Smart Center",
    "Peminjaman Ruang Smart Center",
    "Pinjam ruang",
    "Mohon pinjam tempat {activity}",
    "Permohonan fasilitasi ruang dan jaringan untuk {activity}",
    "Pinjam pakai Smart Center\nuntuk {activity}",
)
URGENCIES = ("Biasa", "Biasa", "Biasa", "Penting", "Penting", "Segera", "")
ROOM_SPELLINGS = ("Smart Center", "Smart Center", "Smart Center", "Ruang Smart Center", "SC")
INSTRUCTIONS = {
    "A4": ("Tindak lanjuti", "Mohon difasilitasi", "Cek jadwal, siapkan ruang dan jaringan", "Untuk diproses"),
    "A5": ("Setuju, siapkan", "Jadwal kosong, lanjutkan", "Koordinasikan dengan OPD", "ACC"),
}

# Letters on a working day, and how busy each month is.
LETTERS_A_DAY = (0, 1, 1, 1, 2, 2, 3, 4)
BUSY_MONTHS = {1: 0.7, 2: 0.85, 3: 0.95, 7: 0.8, 9: 1.0, 10: 1.0, 11: 1.0, 12: 0.75}
LEAD_DAYS = (1, 2, 3, 3, 4, 5, 5, 6, 7, 8, 10)
PLANNED = (15, 20, 25, 25, 30, 30, 35, 40, 40, 45, 50, 60)

# What is asked for: (weight, slots of the day it takes, possible first and last minutes of the day).
MORNING, EARLY, LATE, AFTERNOON, FULL_DAY = "morning", "early", "late", "afternoon", "full day"
KINDS = {
    MORNING: (30, ("early", "late"), (480, 510, 540), (660, 675, 690)),
    EARLY: (15, ("early",), (480, 480), (570, 585)),
    LATE: (15, ("late",), (600, 615), (690, 705)),
    AFTERNOON: (33, ("afternoon",), (780, 780, 795), (870, 885, 900)),
    FULL_DAY: (7, ("early", "late", "afternoon"), (480, 510), (870, 900)),
}


@dataclass(frozen=True)
class Agency:
    """Who borrows the room and what for; `unit` stands in its letter numbers, `weight` says how often it borrows."""

    name: str
    spellings: Sequence[str]
    unit: str
    weight: int
    activities: Sequence[str]


AGENCIES = tuple(Agency(**entry) for entry in tomllib.loads(reference_text("demo-agencies.toml"))["agency"])


def agency_named(name: str) -> Agency:
    """The agency of that canonical name."""
    return next(agency for agency in AGENCIES if agency.name == name)


@dataclass
class Diary:
    """Which parts of which days are taken."""

    hours: OfficeHours
    taken: set[tuple[int, str]] = field(default_factory=set)

    def block(self, day: int) -> None:
        """Keep a whole day free of the ordinary letters."""
        self.taken |= {(day, slot) for slot in KINDS[FULL_DAY][1]}

    def book(self, earliest: int, rng: Random, length: int = 1) -> Booking:
        """The first free hours of a drawn kind on or after that day, on `length` working days in a row."""
        kind = rng.choices(list(KINDS), [weight for weight, *_ in KINDS.values()])[0]
        _, slots, firsts, lasts = KINDS[kind]
        days = self._free_days(earliest, slots, length)
        self.taken |= {(day, slot) for day in days for slot in slots}
        return Booking(days, rng.choice(firsts), rng.choice(lasts))

    def _free_days(self, earliest: int, slots: tuple[str, ...], length: int) -> tuple[int, ...]:
        first = self.hours.working_day(earliest, 0)
        while True:
            days = (first, *(self.hours.working_day(first, ahead) for ahead in range(1, length)))
            if not any((day, slot) in self.taken for day in days for slot in slots):
                return days
            first = self.hours.working_day(first, 1)


@dataclass(frozen=True)
class Office:
    """Writes letters. What all share: the hours, the day things got better, and the head of service's days away.

    `away` holds (first day, moment of the return); on the return everything that waited is signed at that one moment.
    """

    hours: OfficeHours
    turned_on: int
    away: tuple[tuple[int, int], ...] = ()

    def signed_at(self, reached: int) -> int | None:
        """When the absent head of service signs a letter that reached the desk then; None when not away."""
        for first_day, returned in self.away:
            if at(first_day, 0) <= reached < returned:
                return returned
        return None

    def letter(
        self, received: int, agency: Agency, booking: Booking | None, rng: Random, case: Case = Case.PLAIN
    ) -> Letter:
        """A letter with its whole future; what lies after the demo's moment is cut off elsewhere."""
        letter = self._envelope(received, agency, booking, rng, case)
        last_day = booking.days[0] - 2 if booking else received
        letter.stamps = borrowing(received, self, rng, last_day)
        bend(letter, BORROWING, self.hours, rng)
        if case not in UNSETTLED:
            self._hold(letter, rng)
        bend(letter, USE, self.hours, rng)
        return letter

    def _envelope(self, received: int, agency: Agency, booking: Booking | None, rng: Random, case: Case) -> Letter:
        activity = rng.choice(agency.activities)
        written = day_of(received) - rng.choice((0, 0, 1, 1, 2, 3))
        year = date.fromordinal(written).year
        return Letter(
            received=received,
            opd=rng.choice(agency.spellings),
            activity=activity,
            letter_number=f"{rng.choice(('005', '005', '042', '555'))}/{rng.randint(40, 1900)}/{agency.unit}/{year}",
            letter_day=written,
            subject=rng.choice(SUBJECTS).format(activity=activity[0].lower() + activity[1:]),
            urgency=rng.choice(URGENCIES),
            booking=booking,
            planned=rng.choice(PLANNED) if rng.random() < 0.93 else None,
            stamps=[],
            sessions=[],
            case=case,
            room=rng.choice(ROOM_SPELLINGS),
        )

    def _hold(self, letter: Letter, rng: Random) -> None:
        """Add part B and the sessions of the letter's booking."""
        booking = letter.booking
        if booking is None:
            return
        ready = letter.stamp("A8").finished or letter.received
        letter.stamps += use_of_room(booking, ready, self, rng)
        letter.sessions = [sitting(booking, day, letter.planned or 30, rng) for day in booking.days]
        letter.stamps.append(monitoring(letter.sessions[0]))


def ordinary_letters(seed: int, first: int, last: int, office: Office, diary: Diary) -> list[Letter]:
    """Letters received on the working days from `first` to `last`, both included, in the order of receipt."""
    letters: list[Letter] = []
    for day in office.hours.days:
        if not first <= day <= last:
            continue
        rng = Random(f"{seed}/{day}")  # noqa: S311 - invents records, guards nothing
        for received in _receipts(day, office.hours, rng):
            case = case_of(len(letters))
            booking = _asked_for(day, diary, rng, case)
            agency = rng.choices(AGENCIES, [candidate.weight for candidate in AGENCIES])[0]
            letters.append(office.letter(received, agency, booking, rng, case))
    return letters


def _receipts(day: int, hours: OfficeHours, rng: Random) -> list[int]:
    busy = BUSY_MONTHS.get(date.fromordinal(day).month, 0.85)
    count = sum(rng.random() < busy for _ in range(rng.choice(LETTERS_A_DAY)))
    whole = hours.between(at(day, 0), at(day + 1, 0))
    offsets = sorted(round(rng.triangular(4, whole - 10, whole * 0.25)) for _ in range(count))
    return [hours.later(at(day, 0), offset) for offset in offsets]


def _asked_for(day: int, diary: Diary, rng: Random, case: Case) -> Booking | None:
    if case is Case.NO_BOOKING:
        return None
    earliest = diary.hours.working_day(day, rng.choice(LEAD_DAYS))
    return diary.book(earliest, rng, length=2 if case is Case.TWO_DAYS else 1)


def borrowing(received: int, office: Office, rng: Random, last_day: int) -> list[Stamp]:
    """Part A from the receipt on. Nobody lets a letter wait for an absent signature beyond `last_day`."""
    arriving = minutes_taken("A1", rng, has_turned=True)
    stamps = [Stamp("A1", finished=received, started=office.hours.earlier(received, arriving))]
    reached = received
    for step in ("A2", "A3", "A4", "A5"):
        stamps.append(_desk(step, reached, office, rng, last_day))
        reached = stamps[-1].finished or reached
    branches = [_desk(step, reached, office, rng, last_day) for step in ("A6", "A7")]
    ready = max(branch.finished or reached for branch in branches)
    return [*stamps, *branches, _desk("A8", ready, office, rng, last_day)]


def _desk(step: str, reached: int, office: Office, rng: Random, last_day: int) -> Stamp:
    waited = waiting_minutes(step, rng)
    taken_up = office.hours.later(reached, waited)
    minutes = minutes_taken(step, rng, has_turned=day_of(reached) >= office.turned_on)
    finished = office.hours.later(taken_up, minutes)
    returned = office.signed_at(reached) if step == "A4" else None
    if returned is not None and day_of(returned) <= last_day:
        waited, finished = 0, returned
    instruction = rng.choice(INSTRUCTIONS[step]) if step in INSTRUCTIONS else ""
    return Stamp(
        step,
        finished=finished,
        started=taken_up if waited else None,
        instruction=instruction,
        output="ada" if rng.random() < 0.6 else "",
    )


def use_of_room(booking: Booking, ready: int, office: Office, rng: Random) -> list[Stamp]:
    """Part B: the list of participants the working day before, the health protocol and software before the start."""
    has_turned = booking.days[0] >= office.turned_on
    eve = office.hours.working_day(booking.days[0], -1)
    requested = max(office.hours.later(at(eve, 0), rng.randint(20, 300)), ready)
    sent = office.hours.later(requested, minutes_taken("B1", rng, has_turned=has_turned))
    checked = office.hours.later(sent, minutes_taken("B2", rng, has_turned=has_turned))
    lists = [Stamp("B1", finished=sent, started=requested), Stamp("B2", finished=checked)]
    return [*lists, *before_the_start(booking.start, rng, has_turned=has_turned)]


def before_the_start(opens: int, rng: Random, *, has_turned: bool) -> list[Stamp]:
    """B4 an hour before the activity, B3 at the door; both on plain time, both with their start."""
    software = max(opens - rng.randint(55, 80), at(day_of(opens), 6, rng.randint(50, 59)))
    door = opens - rng.randint(20, 30)
    return [
        Stamp("B4", started=software, finished=software + minutes_taken("B4", rng, has_turned=has_turned)),
        Stamp("B3", started=door, finished=door + minutes_taken("B3", rng, has_turned=has_turned)),
    ]


def monitoring(session: Session) -> Stamp:
    """B5 runs as long as the room is used."""
    return Stamp("B5", started=session.started, finished=session.ended, output="ada")


def sitting(booking: Booking, day: int, planned: int, rng: Random) -> Session:
    """What really happened in the room on one of the booked days."""
    started = day * DAY + booking.first_minute + round(rng.triangular(-10, 20, 3))
    ended = day * DAY + booking.last_minute + round(rng.triangular(-40, 25, -5))
    return Session(started, ended, drawn_participants(planned, rng))


@dataclass(frozen=True)
class Pattern:
    """`on_time` of the passes lie between `least` and `target`, most around `usual`; the rest `beyond` over it."""

    target: int
    on_time: float
    least: int
    usual: int
    beyond: float
    gain: float = 0.02


# The desks' habits before and after the turning point differ by `gain`; the head of service gains most.
PATTERNS = {
    "A1": Pattern(5, 0.97, 1, 3, 4),
    "A2": Pattern(10, 0.93, 2, 6, 6),
    "A3": Pattern(5, 0.86, 1, 3, 6),
    "A4": Pattern(5, 0.65, 1, 3, 32, gain=0.09),
    "A5": Pattern(60, 0.84, 10, 22, 60, gain=0.04),
    "A6": Pattern(60, 0.93, 12, 28, 25),
    "A7": Pattern(60, 0.95, 10, 30, 25),
    "A8": Pattern(60, 0.98, 15, 38, 12, gain=0.0),
    "B1": Pattern(20, 0.71, 2, 5, 150, gain=0.04),
    "B2": Pattern(10, 0.88, 2, 5, 9, gain=0.05),
    "B3": Pattern(30, 0.96, 10, 18, 7),
    "B4": Pattern(60, 0.94, 10, 28, 14),
}

# Share of passes in which the desk also wrote down when it took the letter up.
START_SHARES = {"A3": 0.02, "A4": 0.03, "A5": 0.25, "A6": 0.2, "A7": 0.2, "A8": 0.12}


def minutes_taken(step: str, rng: Random, *, has_turned: bool) -> int:
    """A believable number of minutes for one pass of the step."""
    pattern = PATTERNS[step]
    if rng.random() < pattern.on_time + (pattern.gain if has_turned else -pattern.gain / 2):
        return round(rng.triangular(pattern.least, pattern.target, pattern.usual))
    return pattern.target + 1 + int(rng.expovariate(1 / pattern.beyond))


def waiting_minutes(step: str, rng: Random) -> int:
    """Minutes a letter lies before the desk takes it up, where the start is written down; 0 where it is not."""
    if rng.random() >= START_SHARES.get(step, 0.0):
        return 0
    return 3 + int(rng.expovariate(1 / 25))
