"""How long each desk takes: share on time, spread within the target, tail beyond it. Minutes throughout."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


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

# Whose hands a letter passes from and to, as the hand-over book writes it instead of the step's code.
HANDS = {
    "A1": (("OPD", "Agendaris"),),
    "A2": (("Agendaris", "Sekdin"),),
    "A3": (("Sekdin", "Kadin"),),
    "A4": (("Kadin", "Kabid"),),
    "A5": (("Kabid", "Kasi LITIK"), ("Kabid", "Kasi Aplikasi")),
    "A6": (("Kasi LITIK", "OPD"), ("Kasi LITIK", "Staf")),
    "A7": (("Kasi Aplikasi", "Staf"),),
    "A8": (("Staf", ""),),
}


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
