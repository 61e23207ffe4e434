"""What every part of today's scene needs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from etl.demo.flow import Desk, Diary
from etl.demo.office_time import OfficeHours, at, day_of


@dataclass(frozen=True)
class Stage:
    """The moment of the demo, the hand that writes letters, the room's diary and the dice."""

    now: int
    desk: Desk
    diary: Diary
    rng: Random

    @property
    def hours(self) -> OfficeHours:
        """The office's working hours."""
        return self.desk.office.hours

    @property
    def today(self) -> int:
        """The day of the demo."""
        return day_of(self.now)

    def ago(self, minutes: int) -> int:
        """The moment that many working minutes before now."""
        return self.hours.earlier(self.now, minutes)

    def workdays(self, day: int, offset: int, minutes: int) -> int:
        """A moment that many working minutes into the working day `offset` working days from `day`."""
        return self.hours.later(at(self.hours.working_day(day, offset), 0), minutes)
