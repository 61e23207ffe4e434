"""Puts the two years, today's scene and the strays together, and cuts everything off at the moment of the demo."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from etl.demo.cases import Case
from etl.demo.flow import Desk, Diary, ordinary_letters
from etl.demo.model import Demo, Letter, Stamp
from etl.demo.office_time import DAY, OfficeHours, date_of, day_of, minute_of, office_hours
from etl.demo.scene import scene_letters
from etl.demo.stage import Stage
from etl.demo.stamps import Office
from etl.demo.strays import clashes, rows_to_refuse, rows_to_wait, uses_at_odd_hours, uses_without_letter
from etl.settings.calendars import calendar_from
from etl.settings.document import default_settings

DAYS_BACK = 730
TURNED_BACK = 210
LETTERS_A_WORKING_DAY = 1.4
HELD_STATUS = ("Disetujui", "Disetujui", "disetujui", "done", "fix", "")
READY_STATUS = ("Disetujui", "fix", "")
WAITING_STATUS = ("menunggu", "pending", "")


def compose(now: datetime, seed: int) -> Demo:
    """Two invented years up to `now` (aware); the same for the same minute and seed. Only bookings lie after `now`."""
    minute = minute_of(now)
    first = day_of(minute) - DAYS_BACK
    hours = _hours(_first_new_year(first), date.fromordinal(day_of(minute) + 120))
    diary = _diary(minute, hours)
    letters = _letters(minute, first, seed, hours, diary)
    uses = uses_without_letter(minute, first, hours, diary) + clashes(letters, minute)
    uses += uses_at_odd_hours(minute, hours)
    return Demo(minute, letters, uses, rows_to_refuse(minute, hours) + rows_to_wait(minute, hours))


def _letters(now: int, first: int, seed: int, hours: OfficeHours, diary: Diary) -> list[Letter]:
    """All letters in the order of receipt, numbered, with the status words of the moment."""
    office = _office(now, hours)
    rng = Random(f"{seed}/scene")  # noqa: S311 - invents records, guards nothing
    letters = _kept(ordinary_letters(seed, first, day_of(now), office, diary), now)
    letters += _kept(scene_letters(Stage(now, Desk(office), diary, rng)), now, is_scene=True)
    _number(letters, first, hours)
    _settle(letters, now, rng)
    _round_old_times(letters, now)
    return letters


def _hours(first: date, last: date) -> OfficeHours:
    return office_hours(calendar_from(default_settings(), first, last).plans(first, last))


def _first_new_year(first: int) -> date:
    return date(date.fromordinal(first).year, 1, 1)


def _office(now: int, hours: OfficeHours) -> Office:
    """Things got better at the first of a month some seven months ago; before that the head was often away."""
    turned = date_of(now - TURNED_BACK * DAY).replace(day=1).toordinal()
    away = (hours.working_day(turned, -back) for back in range(24, 310, 34))
    spells = ((day, hours.opening(hours.working_day(day, 1 + day % 2)) + 35) for day in away)
    return Office(hours, turned, tuple(spells))


def _diary(now: int, hours: OfficeHours) -> Diary:
    """Today and the next working day are kept for the scene."""
    diary = Diary(hours)
    diary.block(day_of(now))
    diary.block(hours.working_day(day_of(now), 1))
    return diary


def _kept(letters: list[Letter], now: int, *, is_scene: bool = False) -> list[Letter]:
    cut = (_cut(letter, now, is_scene=is_scene) for letter in letters)
    return [letter for letter in cut if letter is not None]


def _cut(letter: Letter, now: int, *, is_scene: bool = False) -> Letter | None:
    """The letter as the books show it at `now`; None when it would be under way, which only the scene may be."""
    if letter.received > now:
        return None
    is_under_way = any(_last(stamp) > now for stamp in letter.stamps if stamp.step[0] == "A")
    if is_under_way and not is_scene:
        return None
    letter.sessions = [one for one in letter.sessions if one.started <= now and (one.ended or 0) <= now]
    letter.stamps = [stamp for stamp in letter.stamps if _last(stamp) <= now]
    return letter


def _last(stamp: Stamp) -> int:
    return max(moment for moment in (stamp.started, stamp.finished, stamp.recorded, 0) if moment is not None)


def _number(letters: list[Letter], first: int, hours: OfficeHours) -> None:
    """Agenda numbers from 1 in every year; the first year goes on from what was received before the demo begins."""
    letters.sort(key=lambda letter: letter.received)
    before = _first_new_year(first).toordinal()
    workdays = sum(before <= day < first for day in hours.days)
    counts = {date.fromordinal(first).year: round(workdays * LETTERS_A_WORKING_DAY)}
    for letter in letters:
        year = date_of(letter.received).year
        counts[year] = counts.get(year, 0) + 1
        letter.number = counts[year]


def _settle(letters: list[Letter], now: int, rng: Random) -> None:
    """Status words as the register would show them by now."""
    for letter in letters:
        if letter.status or letter.case == Case.NO_BOOKING:
            continue
        is_over = letter.booking is not None and letter.booking.end < now
        words = HELD_STATUS if is_over else READY_STATUS if letter.has("A8") else WAITING_STATUS
        letter.status = rng.choice(words)


def _round_old_times(letters: list[Letter], now: int) -> None:
    """Until last year the times of B4 were only ever written to the nearest five minutes."""
    this_year = date(date_of(now).year, 1, 1).toordinal() * DAY
    for stamp in (stamp for letter in letters for stamp in letter.stamps if stamp.step == "B4"):
        if stamp.started is not None and stamp.finished is not None and stamp.finished < this_year:
            stamp.started, stamp.finished = stamp.started // 5 * 5, stamp.finished // 5 * 5
