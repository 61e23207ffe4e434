"""A half-year small enough to be counted by hand: twelve invented letters, January to June 2026.

Office hours: Mon–Thu 07.30–12.00 and 13.00–16.00, Fri 07.30–11.30 and 13.00–16.30; in Ramadan (19 February to 20 March
2026) Mon–Thu 08.00–12.00 and 12.30–15.00. Targets: A2 10 min, A3 and A4 5 min, A5–A8 60 min each, B3 30 min. Each step
starts when the step before it is finished, A8 when the later of A6 and A7 is. Unless a letter says otherwise:

    08.00 received, A2 08.08 (8 min), A3 08.12 (4), A4 08.16 (4), A5 09.00 (44), A6 09.50 (50), A7 10.00 (60: just in
    time), A8 10.50 (50)
"""

from __future__ import annotations

from pathlib import Path

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs
from tests.offices.desk import Desk, desk
from tests.offices.office import give

PERIOD = "2026-S1"
FIRST, LAST = "2026-01-01", "2026-06-30"
AS_OF = seconds("2026-07-10 09:00")

_USUAL = {"A2": "08.08", "A3": "08.12", "A4": "08.16", "A5": "09.00", "A6": "09.50", "A7": "10.00", "A8": "10.50"}

# Number: day of receipt, clock, day of the event, steps that differ from the usual ("" is a date without a clock time,
# None is no row at all; "day clock" is another day).
_LETTERS: dict[str, tuple[str, str, str, dict[str, str | None]]] = {
    "1": ("05/01/2026", "08.00", "08/01/2026", {}),
    "2": ("13/01/2026", "08.00", "19/01/2026", {"A4": "08.30"}),  # A4 18 min: late; A5 30
    "3": ("21/01/2026", "08.00", "26/01/2026", {"A7": "10.01"}),  # A7 61 min: late; A8 49
    "4": ("02/02/2026", "08.00", "05/02/2026", {"A4": "08.47"}),  # A4 35 min: late; A5 13
    "5": ("10/02/2026", "08.00", "12/02/2026", {"A2": "08.11"}),  # A2 11 min: late; A3 1
    # Ramadan: A5 from 11.50 over the break of 12.00–12.30 to 12.50 is 10 + 20 min.
    "6": ("02/03/2026", "11.34", "05/03/2026", {
        "A2": "11.42", "A3": "11.46", "A4": "11.50", "A5": "12.50", "A6": "13.40", "A7": "13.50", "A8": "14.40",
    }),
    # A8 from Wednesday 10.00 to Thursday 07.40: 2 h + 3 h + 10 min: late.
    "7": ("08/04/2026", "08.00", "13/04/2026", {"A8": "09/04/2026 07.40"}),
    # A5 from Thursday 15.56 to Friday 08.00: 4 + 30 min.
    "8": ("16/04/2026", "15.40", "21/04/2026", {
        "A2": "15.48", "A3": "15.52", "A4": "15.56", "A5": "17/04/2026 08.00", "A6": "17/04/2026 08.50",
        "A7": "17/04/2026 09.00", "A8": "17/04/2026 09.50",
    }),
    "9": ("04/05/2026", "08.00", "07/05/2026", {"A5": ""}),  # A5 date only; A6 and A7 without a start
    "10": ("12/05/2026", "08.00", "19/05/2026", {"A3": None}),  # A3 skipped; A4 without a start
    # Lunch: A6 from 11.30 to 13.20 is 30 + 20 min, A7 to 13.30 is 60.
    "11": ("10/06/2026", "10.30", "15/06/2026", {
        "A2": "10.38", "A3": "10.42", "A4": "10.46", "A5": "11.30", "A6": "13.20", "A7": "13.30", "A8": "14.20",
    }),
    "12": ("25/06/2026", "08.00", "30/06/2026", {"A8": None}),  # A8 due 25 June 11.00, never finished
}  # fmt: skip

_HEALTH = ("1", "2", "3", "4", "5", "6")
"""Letters whose B3 was recorded: 08.30 to 08.55 (25 min), of letter 6 to 09.05 (35 min: late)."""

# met, late, overdue, not measurable by reason, skipped
COUNTS: dict[str, tuple[int, int, int, dict[str, int], int]] = {
    "A1": (0, 0, 0, {"start_unknown": 12}, 0),  # the register knows when it came, nobody when it was sent
    "A2": (11, 1, 0, {}, 0),  # late: 5
    "A3": (11, 0, 0, {}, 1),  # skipped: 10
    "A4": (9, 2, 0, {"start_unknown": 1}, 0),  # late: 2, 4; 10 follows the skipped step
    "A5": (11, 0, 0, {"date_only": 1}, 0),  # 9
    "A6": (11, 0, 0, {"start_unknown": 1}, 0),  # 9
    "A7": (10, 1, 0, {"start_unknown": 1}, 0),  # late: 3; 9
    "A8": (10, 1, 1, {}, 0),  # late: 7; overdue: 12
    "B1": (0, 0, 0, {"not_recorded": 12}, 0),
    "B2": (0, 0, 0, {"not_recorded": 12}, 0),
    "B3": (5, 1, 0, {"not_recorded": 6}, 0),  # late: 6; 7–12 were never recorded
    "B4": (0, 0, 0, {"not_recorded": 12}, 0),
    "B5": (0, 0, 0, {}, 0),  # no time in the SOP
}

# The office's own steps: all but A1 and B1.
ALL_MET = 11 + 11 + 9 + 11 + 11 + 10 + 10 + 5  # 78
ALL_LATE = 1 + 0 + 2 + 0 + 0 + 1 + 1 + 1  # 6
ALL_OVERDUE = 1
ALL_UNMEASURABLE = 1 + 1 + 1 + 1 + 12 + 6 + 12  # A4 A5 A6 A7 B2 B3 B4: 34
ALL_SKIPPED = 1

# Shares as the paper prints them, one decimal.
SHARES = {
    "A2": "91,7%",  # 11 ÷ 12 = 0,91667
    "A3": "100%",  # 11 ÷ 11
    "A4": "81,8%",  # 9 ÷ 11 = 0,81818
    "A5": "100%",
    "A6": "100%",
    "A7": "90,9%",  # 10 ÷ 11 = 0,90909
    "A8": "83,3%",  # 10 ÷ 12 = 0,83333
    "B3": "83,3%",  # 5 ÷ 6
    "all": "91,8%",  # 78 ÷ 85 = 0,91765
}

COVERAGE = {
    "A2": 1.0,  # 12 ÷ 12
    "A3": 11 / 12,
    "A4": 11 / 12,
    "A8": 1.0,
    "B3": 0.5,  # 6 ÷ 12
    "all": 85 / 120,  # 85 ÷ (85 + 34 + 1)
}

# Of at least five finished steps, in minutes: median, P90 by linear interpolation.
DURATIONS = {
    "A2": (8, 8),  # 8 × 11, 11: P90 stands at place 0,9 × 11 = 9,9 of 0…11, between 8 and 8
    "A4": (4, 18),  # 4 × 9, 18, 35: place 0,9 × 10 = 9
    "A7": (60, 60),  # 60 × 10, 61: place 9
    "A8": (50, 50),  # 49, 50 × 9, 310: place 9
}

WELL, NOT_WELL, UNKNOWN = "Berjalan dengan baik", "Tidak berjalan dengan baik", "Belum dapat dinilai"
ASSESSMENTS = {
    "A1": UNKNOWN,  # nothing judged
    "A2": WELL,  # 91,7 % of 12, all covered
    "A3": WELL,
    "A4": NOT_WELL,  # 81,8 %
    "A5": WELL,
    "A6": WELL,
    "A7": WELL,  # 90,9 %
    "A8": NOT_WELL,  # 83,3 %
    "B1": UNKNOWN,
    "B2": UNKNOWN,
    "B3": UNKNOWN,  # half of it is not known: below 70 %
    "B4": UNKNOWN,
    "B5": UNKNOWN,
}

# Letters whose A8 is finished: 1–11. All seven in time: 1, 6, 8, 11. One late: 2, 3, 4, 5, 7. Not known: 9, 10.
# 12 is over on 30 June, the end of its event, without A8: late, as A8 is overdue.
ON_TIME, LATE, NOT_KNOWN, RECEIVED = 4, 6, 2, 12
# Receipt to ready in minutes: 170 of 1–5 and 9–11; 6: 26 + 130 = 156; 7: 240 + 180 + 10 = 430; 8: 20 + 140 = 160.
READY_MEDIAN_MINUTES = 170  # the sixth of 156, 160, 170 × 8, 430


def _stamp(number: str, step: str, day: str, clock: str) -> str:
    other, _, time = clock.rpartition(" ")
    return f"{number};{step};;;;{other or day};{time}"


def register_book() -> str:
    """The register of the twelve letters."""
    return agenda(
        *(
            f"{number};{day};{clock};Dinas Kesehatan;Rapat {number};Smart Center;{event};09.00;12.00;disetujui"
            for number, (day, clock, event, _) in _LETTERS.items()
        )
    )


def hand_over_book() -> str:
    """The hand-overs of the twelve letters."""
    rows = [
        _stamp(number, step, day, clock)
        for number, (day, _, _, others) in _LETTERS.items()
        for step, clock in {**_USUAL, **others}.items()
        if clock is not None
    ]
    for number in _HEALTH:
        event, end = _LETTERS[number][2], "09.05" if number == "6" else "08.55"
        rows.append(f"{number};B3;;{event};08.30;{event};{end}")
    return hand_overs(*rows)


def semester_desk(folder: Path) -> Desk:
    """A served office with both books, ten days after the half-year."""
    return desk(folder, _give_both, AS_OF, pages=PAGES)


def _give_both(office: Office, folder: Path) -> None:
    for name, text in (("agenda-s1.csv", register_book()), ("disposisi-s1.csv", hand_over_book())):
        report = give(office, folder, name, text, AS_OF)
        assert (report.status, report.counts["rejected"], report.counts["waiting"]) == ("loaded", 0, 0)
