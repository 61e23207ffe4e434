"""The stamps of one letter: part A from desk to desk, part B around the day in the room."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from etl.demo.cast import INSTRUCTIONS
from etl.demo.model import Booking, Session, Stamp
from etl.demo.office_time import OfficeHours, at, day_of
from etl.demo.patterns import minutes_taken, waiting_minutes


@dataclass(frozen=True)
class Office:
    """What every letter shares: the hours, the day things got better, and the head of service's days away.

    `away` holds (first day, moment of the return); on the return everything that waited is signed at that one moment.
    """

    hours: OfficeHours
    turned_on: int
    away: tuple[tuple[int, int], ...] = ()

    def signed_at(self, reached: int) -> int | None:
        """When the absent head of service signs a letter that reached the desk then; None while present."""
        for first_day, returned in self.away:
            if at(first_day, 0) <= reached < returned:
                return returned
        return None


def borrowing(received: int, office: Office, rng: Random, last_day: int) -> list[Stamp]:
    """Part A from the receipt on. Nobody lets a letter wait for an absent signature beyond `last_day`."""
    stamps = [_arrival(received, office, rng)]
    reached = received
    for step in ("A2", "A3", "A4", "A5"):
        stamps.append(_desk(step, reached, office, rng, last_day))
        reached = stamps[-1].finished or reached
    branches = [_desk(step, reached, office, rng, last_day) for step in ("A6", "A7")]
    ready = max(branch.finished or reached for branch in branches)
    return [*stamps, *branches, _desk("A8", ready, office, rng, last_day)]


def _arrival(received: int, office: Office, rng: Random) -> Stamp:
    minutes = minutes_taken("A1", rng, has_turned=True)
    return Stamp("A1", finished=received, started=office.hours.earlier(received, minutes))


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
    started = day * 1440 + booking.first_minute + round(rng.triangular(-10, 20, 3))
    ended = day * 1440 + booking.last_minute + round(rng.triangular(-40, 25, -5))
    verified = max(5, planned + rng.randint(-6, 3))
    present = max(3, round(verified * rng.uniform(0.72, 1.04)))
    screened = present if rng.random() < 0.8 else None
    failed = None if screened is None else (rng.randint(1, 3) if rng.random() < 0.12 else 0)
    return Session(started, ended, verified=verified, present=present, screened=screened, failed=failed)
