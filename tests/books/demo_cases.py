"""Which letters, sessions and rows of the invented records are special cases."""

from __future__ import annotations

from collections import Counter

from etl.demo.model import Case, Demo, Letter, date_of, time_of


def places_of_cases(demo: Demo) -> dict[str, list[str]]:
    """Names of cases, each with its places: "2026/143" for a letter, else the book and the moment of the row.

    `equal_stamps` are letters signed at one and the same moment, five or more of them.
    """
    cases: dict[str, list[str]] = {}
    for letter in demo.letters:
        if letter.case != Case.PLAIN:
            cases.setdefault(str(letter.case), []).append(_key(letter))
    for case, session in demo.uses:
        cases.setdefault(case, []).append(_place("pemakaian", session.started))
    for row in demo.loose:
        cases.setdefault(row.case, []).append(_place(row.kind, row.moment))
    cases["equal_stamps"] = _signed_together(demo.letters)
    return dict(sorted(cases.items()))


def _key(letter: Letter) -> str:
    return f"{date_of(letter.received).year}/{letter.number}"


def _place(kind: str, moment: int) -> str:
    return f"{kind} {date_of(moment)} {time_of(moment):%H.%M}"


def _signed_together(letters: list[Letter]) -> list[str]:
    signed = [(letter.stamp("A4").finished, letter) for letter in letters if letter.has("A4")]
    counts = Counter(moment for moment, _ in signed)
    return [_key(letter) for moment, letter in signed if moment is not None and counts[moment] >= 5]
