"""How each special case bends a letter: first its way from desk to desk, then the use of the room and the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from random import Random

from etl.demo.model import DAY, Booking, Case, Known, Letter, OfficeHours, Participants, Pause, Stamp, date_of, day_of

PAUSE_REASONS = (
    "menunggu OPD: jadwal kegiatan belum pasti",
    "menunggu OPD: daftar perangkat yang dipakai",
    "menunggu OPD: surat belum ditandatangani",
    "menunggu OPD: jumlah peserta melebihi kapasitas",
)
RETURN_NOTES = ("dikembalikan – tanggal kegiatan belum tercantum", "dikembalikan – nomor surat belum ada")

Bend = Callable[[Letter, OfficeHours, Random], None]


def bend(letter: Letter, bends: Mapping[Case, Bend], hours: OfficeHours, rng: Random) -> None:
    """Apply the letter's case: of `BORROWING` before the room is used, of `USE` after it. Most letters are ordinary."""
    if apply := bends.get(Case(letter.case)):
        apply(letter, hours, rng)


def _after(letter: Letter, step: str) -> list[Stamp]:
    """The stamps of part A that follow the step, in the order of the SOP."""
    return [stamp for stamp in letter.stamps if stamp.step[0] == "A" and stamp.step > step]


def _delay(stamps: list[Stamp], hours: OfficeHours, minutes: int) -> None:
    for stamp in stamps:
        stamp.started = None if stamp.started is None else hours.later(stamp.started, minutes)
        stamp.finished = None if stamp.finished is None else hours.later(stamp.finished, minutes)


def _keep(letter: Letter, is_kept: Callable[[str], bool]) -> None:
    """Leave only the stamps of these steps."""
    letter.stamps = [stamp for stamp in letter.stamps if is_kept(stamp.step)]


def _date_only(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    letter.stamp(rng.choice(("A3", "A4", "A5", "A7", "A8"))).known = Known.DAY


def _clock_only(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    letter.stamp(rng.choice(("A3", "A6", "A7"))).known = Known.CLOCK


def _time_missing(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    stamp = letter.stamp(rng.choice(("A3", "A6", "A7")))
    stamp.known, stamp.started, stamp.output = Known.NOTHING, None, "ada"


def _skip(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    letter.stamps.remove(letter.stamp(rng.choice(("A3", "A3", "A6", "A7"))))


def _end_before_start(letter: Letter, hours: OfficeHours, _rng: Random) -> None:
    stamp = letter.stamp("A5")
    stamp.started = hours.later(stamp.moment, 35)


def _out_of_order(letter: Letter, hours: OfficeHours, _rng: Random) -> None:
    letter.stamp("A6").started = hours.earlier(letter.stamp("A5").moment, 8)


def _extra_pass(letter: Letter, hours: OfficeHours, _rng: Random) -> None:
    again = hours.later(letter.stamp("A5").moment, 7)
    letter.stamps.append(Stamp("A5", finished=again, note="dicatat dua kali"))


def _swap_date(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    """Typed month first: the day and the month change places, where that gives another date."""
    stamp = letter.stamp("A3")
    typed = date_of(stamp.moment)
    if typed.day <= 12:
        swapped = date(typed.year, typed.day, typed.month).toordinal()
        stamp.finished, stamp.started = swapped * DAY + stamp.moment % DAY, None


def _slip_day(letter: Letter, hours: OfficeHours, _rng: Random) -> None:
    """Written under the day before."""
    stamp = letter.stamp("A4")
    day = hours.working_day(day_of(stamp.moment), -1)
    stamp.finished, stamp.started = day * DAY + stamp.moment % DAY, None


def _pause(letter: Letter, hours: OfficeHours, rng: Random, *, times: int = 1) -> None:
    step = rng.choice(("A5", "A5", "A6"))
    stamp = letter.stamp(step)
    begin = stamp.started or letter.stamp("A4" if step == "A5" else "A5").moment
    for _ in range(times):
        paused = rng.randint(45, 300)
        begin = hours.later(begin, 6)
        until = hours.later(begin, paused)
        stamp.pauses.append(Pause(begin, until, rng.choice(PAUSE_REASONS)))
        stamp.finished = hours.later(stamp.finished or until, paused)
        _delay(_after(letter, step), hours, paused)
        begin = until


def _return(letter: Letter, hours: OfficeHours, rng: Random) -> None:
    """The head of division sends the letter back to the agency and takes it up again when it returns."""
    first = letter.stamp("A5")
    first.number, first.note = 1, rng.choice(RETURN_NOTES)
    away, again = rng.randint(120, 500), rng.randint(15, 50)
    taken_up = hours.later(first.moment, away)
    second = Stamp("A5", started=taken_up, finished=hours.later(taken_up, again), number=2, output="ada")
    _delay(_after(letter, "A5"), hours, away + again)
    for step in ("A6", "A7"):
        letter.stamp(step).started = hours.later(second.moment, 2)
    letter.stamps.append(second)


def _send_round(letter: Letter, hours: OfficeHours, rng: Random) -> None:
    """Back to the front desk: A2 to A5 are passed a second time."""
    first = letter.stamp("A5")
    first.note = rng.choice(RETURN_NOTES)
    reached, second = hours.later(first.moment, rng.randint(150, 450)), []
    for step, minutes in (("A2", 6), ("A3", 3), ("A4", 4), ("A5", 25)):
        letter.stamp(step).number = 1
        started = reached if step == "A2" else None
        reached = hours.later(reached, minutes)
        second.append(Stamp(step, started=started, finished=reached, number=2))
    _delay(_after(letter, "A5"), hours, hours.between(first.moment, reached))
    for step in ("A6", "A7"):
        letter.stamp(step).started = hours.later(reached, 2)
    letter.stamps += second


def _reject(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    _keep(letter, lambda step: step <= "A5")
    letter.status, letter.note = "Ditolak", "ruang sudah dipakai OPD lain"
    letter.status_moment = letter.stamp("A5").moment
    letter.stamp("A5").instruction = "Tidak dapat dipenuhi"


def _cancel(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    letter.status, letter.note = rng.choice(("Dibatalkan", "batal", "cancel")), "dibatalkan oleh OPD"
    letter.status_day = day_of(max(stamp.moment for stamp in letter.stamps))


def _reschedule(letter: Letter, hours: OfficeHours, _rng: Random) -> None:
    """Asked for two working days earlier at first; the register shows the letter twice."""
    if letter.booking is None:
        return
    day = hours.working_day(letter.booking.days[0], -2)
    if day > day_of(letter.received):
        letter.first_booking = Booking((day,), letter.booking.first_minute, letter.booking.last_minute)
    letter.note = "jadwal diundur"


def _type_twice(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    letter.times_typed = 2


def _hide_receipt_time(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    letter.has_receipt_time = False
    _keep(letter, lambda step: step != "A1")


def _leave_unfinished(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    """Nobody wrote anything down from the Kadin's desk on, though the room was used."""
    _keep(letter, lambda step: step < "A4" or step[0] == "B")


def _never_ask_for_a_day(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    _keep(letter, lambda step: step < "A4")
    letter.note = "tanggal kegiatan menyusul"


def _stay_away(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    letter.sessions = []
    _keep(letter, lambda step: step not in ("B3", "B5"))


def _enter_late(letter: Letter, hours: OfficeHours, rng: Random) -> None:
    latest = max(stamp.moment for stamp in letter.stamps if stamp.step[0] == "A")
    for stamp in letter.stamps:
        if stamp.step[0] == "A":
            stamp.recorded = hours.later(latest, 900 + rng.randint(0, 240))


def _call_it_something(letter: Letter, _hours: OfficeHours, rng: Random) -> None:
    letter.status = rng.choice(("konfirmasi lisan", "acc lisan"))


def _forget_the_end(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    for session in letter.sessions:
        session.ended = None
    _keep(letter, lambda step: step != "B5")


def _write_until_done(letter: Letter, hours: OfficeHours, rng: Random) -> None:
    _forget_the_end(letter, hours, rng)
    for session in letter.sessions:
        session.is_until_done = True


def _write_zero(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    for session in letter.sessions:
        session.participants = Participants(session.participants.verified, 0)


def _leave_part_b(letter: Letter, _hours: OfficeHours, _rng: Random) -> None:
    _keep(letter, lambda step: step[0] == "A")


BORROWING: dict[Case, Bend] = {
    Case.PAUSED: _pause,
    Case.PAUSED_TWICE: partial(_pause, times=2),
    Case.RETURNED: _return,
    Case.SENT_ROUND_AGAIN: _send_round,
    Case.REJECTED: _reject,
    Case.CANCELLED: _cancel,
    Case.NO_BOOKING: _never_ask_for_a_day,
}
USE: dict[Case, Bend] = {
    Case.NO_RECEIPT_TIME: _hide_receipt_time,
    Case.DATE_ONLY_FINISH: _date_only,
    Case.CLOCK_ONLY_FINISH: _clock_only,
    Case.TIME_MISSING: _time_missing,
    Case.SKIPPED_STEP: _skip,
    Case.END_BEFORE_START: _end_before_start,
    Case.OUT_OF_ORDER: _out_of_order,
    Case.EXTRA_ROUND: _extra_pass,
    Case.SWAPPED_DATE: _swap_date,
    Case.SLIPPED_DAY: _slip_day,
    Case.RESCHEDULED: _reschedule,
    Case.TYPED_TWICE: _type_twice,
    Case.LATE_ENTRY: _enter_late,
    Case.UNKNOWN_STATUS: _call_it_something,
    Case.NEVER_FINISHED: _leave_unfinished,
    Case.NO_SHOW: _stay_away,
    Case.NO_END: _forget_the_end,
    Case.UNTIL_DONE: _write_until_done,
    Case.ZERO_PRESENT: _write_zero,
    Case.PART_B_UNRECORDED: _leave_part_b,
}
