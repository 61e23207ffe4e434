"""Numbers, dates, times and lengths of time as the office writes them.

Babel writes numbers and dates. Its timedelta rounds "3 hours 25 minutes" to "3 hours" and is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from math import ceil, floor

import numpy as np
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from dashboard.i18n.catalogue import Language, message
from etl.domain.frames import MISSING
from etl.domain.units import DAY, HOUR, MINUTE, day_date

NOTHING = "–"
WHOLE_FROM = 10
"""Points of width from which on an interval is written in whole percents."""
_MEGABYTE = 1_000_000
_ZONE_NAMES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}


# Babel parses its pattern at every call; a page of tables writes the same few hundred numbers over and over.


@lru_cache(maxsize=8_192)
def _decimal(value: float, pattern: str, locale: str) -> str:
    return format_decimal(value, format=pattern, locale=locale)


@lru_cache(maxsize=8_192)
def _percent(share: float, pattern: str, locale: str) -> str:
    return format_percent(share, format=pattern, locale=locale)


@lru_cache(maxsize=4_096)
def _day(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def is_absent(value: object) -> bool:
    """Whether there is nothing to write: None, MISSING or NaN."""
    return value is None or value == MISSING or (isinstance(value, float | np.floating) and np.isnan(value))


def as_date(day: date | int) -> date:
    """The date itself, or the date that many days after 1970-01-01."""
    return day if isinstance(day, date) else day_date(int(day))


def outward(low: float, high: float) -> tuple[float, float, int]:
    """The ends of an interval of shares in percent, the lower one rounded down and the upper one up, and how many
    decimals both have: none from ten points of width on, one below that, so that no share lies outside its interval."""
    decimals = 0 if round((high - low) * 100, 6) >= WHOLE_FROM else 1
    scale = 10**decimals
    return floor(round(low * 100 * scale, 6)) / scale, ceil(round(high * 100 * scale, 6)) / scale, decimals


@dataclass(frozen=True)
class Formats:
    """How one language writes, in one zone; anything absent is written as a dash."""

    language: Language
    zone: tzinfo

    # Numbers

    def number(self, value: float | None, decimals: int | None = None) -> str:
        """1.234,5; with `decimals` always so many, without it up to two."""
        if is_absent(value):
            return NOTHING
        pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
        return _decimal(value, pattern, self.language.locale)

    def size(self, count: int) -> str:
        """A number of bytes, below a tenth of a megabyte in kilobytes: "12,4 MB"."""
        if count < _MEGABYTE / 10:
            return f"{self.number(count / 1_000, 0)} kB"
        return f"{self.number(count / _MEGABYTE, 1)} MB"

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """92,5% for the share 0.925; a zero after the comma is left out."""
        if is_absent(share):
            return NOTHING
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "") + "%"
        return _percent(share, pattern, self.language.locale)

    def share(self, share: float | None, *limits: float) -> str:
        """A share of cases in time: one decimal, more where rounding would reach a limit or all: 89,96% is not 90%."""
        if is_absent(share):
            return NOTHING
        marks = (*limits, 1.0)
        fitting = (d for d in (1, 2, 3) if all((share < mark) == (round(share, d + 2) < mark) for mark in marks))
        return self.percent(share, next(fitting, 4))

    def interval(self, low: float | None, high: float | None) -> str:
        """64–99% for the shares 0.646 and 0.985, rounded as by `outward`; one share where both ends are the same."""
        if is_absent(low) or is_absent(high):
            return NOTHING
        if low == high:
            return self.percent(low)
        *ends, decimals = outward(low, high)
        return "–".join(self.number(end, decimals) for end in ends) + "%"

    def signed(self, value: float, decimals: int | None = None) -> str:
        """+4,5 or −4,5; decimals as in `number`."""
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + self.number(abs(value), decimals)

    # Dates

    def _date(self, day: date | int | None, pattern: str) -> str:
        return NOTHING if is_absent(day) else _day(as_date(day), pattern, self.language.locale)

    def date(self, day: date | int | None) -> str:
        """Jumat, 12 Juni 2020."""
        return self._date(day, "EEEE, d MMMM yyyy")

    def date_short(self, day: date | int | None) -> str:
        """12 Jun 2020."""
        return self._date(day, "d MMM yyyy")

    def date_long(self, day: date | int | None) -> str:
        """12 Juni 2020."""
        return self._date(day, "d MMMM yyyy")

    def day_month(self, day: date | int | None) -> str:
        """12 Jun."""
        return self._date(day, "d MMM")

    def weekday_short(self, day: date | int | None) -> str:
        """Jum 12."""
        return self._date(day, "EEE d")

    def month(self, day: date | int | None) -> str:
        """Juni 2020."""
        return self._date(day, "MMMM yyyy")

    def month_short(self, day: date | int | None) -> str:
        """Jun 2020."""
        return self._date(day, "MMM yyyy")

    def period(self, first: date | int | None, last: date | int | None) -> str:
        """1 Jan – 30 Jun 2026, both days included; the year once when it is the same."""
        if is_absent(first) or is_absent(last):
            return NOTHING
        is_same_year = as_date(first).year == as_date(last).year
        begin = self.day_month(first) if is_same_year else self.date_short(first)
        return f"{begin} – {self.date_short(last)}"

    # Moments (seconds since 1970 UTC), in the office's zone

    def local(self, moment: int) -> datetime:
        """The moment on the office's clock."""
        return datetime.fromtimestamp(int(moment), UTC).astimezone(self.zone)

    def hour(self, hour: int, minute: int = 0) -> str:
        """A time of day, as `clock` writes it: what a field for one shows while it is empty."""
        return f"{hour:02}{'.' if self.language is Language.INDONESIAN else ':'}{minute:02}"

    def clock(self, moment: int | None) -> str:
        """08.30 in Indonesian, 08:30 in English."""
        if is_absent(moment):
            return NOTHING
        local = self.local(moment)
        return self.hour(local.hour, local.minute)

    def time(self, moment: int | None) -> str:
        """08.30 WIB."""
        if is_absent(moment):
            return NOTHING
        local = self.local(moment)
        return f"{self.clock(moment)} {_ZONE_NAMES.get(local.utcoffset(), local.tzname())}"

    def moment(self, moment: int | None) -> str:
        """Jumat, 12 Juni 2020 08.30 WIB."""
        if is_absent(moment):
            return NOTHING
        return f"{self.date(self.local(moment).date())} {self.time(moment)}"

    def moment_short(self, moment: int | None) -> str:
        """12 Jun 2020 08.30."""
        if is_absent(moment):
            return NOTHING
        return f"{self.date_short(self.local(moment).date())} {self.clock(moment)}"

    def moment_or_day(self, moment: int | None, *, is_exact: bool, is_short: bool = True) -> str:
        """As `moment_short`, or `moment`; its day alone where no clock time is known."""
        if is_absent(moment) or is_exact:
            return self.moment_short(moment) if is_short else self.moment(moment)
        day = self.local(moment).date()
        return self.date_short(day) if is_short else self.date(day)

    # Lengths of time (seconds)

    def duration(self, seconds: float | None) -> str:
        """3 jam 25 menit; below an hour with seconds, else in minutes rounded up: what is over a limit of whole minutes
        never reads as within it."""
        return self._length(seconds, "long")

    def duration_short(self, seconds: float | None) -> str:
        """3 j 25 mnt, as `duration`, for tables and charts."""
        return self._length(seconds, "short")

    def minutes(self, seconds: float | None) -> str:
        """4,6 mnt below an hour, else as `duration_short`: for medians and other percentiles."""
        if is_absent(seconds) or seconds >= HOUR:
            return self.duration_short(seconds)
        return self._part("short", "minute", self.number(round(seconds / MINUTE, 1)))

    def age(self, seconds: float | None) -> str:
        """12 detik lalu, in the largest whole unit."""
        if is_absent(seconds):
            return NOTHING
        size, unit = next(
            (pair for pair in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")) if seconds >= pair[0]),
            (1, "second"),
        )
        return self._say("format.ago", age=self._count("long", unit, max(int(seconds // size), 0)))

    def _length(self, seconds: float | None, width: str) -> str:
        if is_absent(seconds):
            return NOTHING
        total = round(seconds)
        sign, total = ("−" if total < 0 else ""), abs(total)
        if total >= HOUR:
            total = ceil(total / MINUTE) * MINUTE
        counts = {"hour": total // HOUR, "minute": total % HOUR // MINUTE, "second": total % MINUTE}
        parts = [self._count(width, unit, count) for unit, count in counts.items() if count]
        return sign + (" ".join(parts) or self._count(width, "minute", 0))

    def _count(self, width: str, unit: str, count: int) -> str:
        return self._part(width, unit, self.number(count), count)

    def _part(self, width: str, unit: str, written: str, n: int = 2) -> str:
        return self._say(f"format.{width}.{unit}", count=written, n=n)

    def _say(self, key: str, **values: object) -> str:
        return message(key, self.language, **values)
