"""Screening: what is shown, and that no small cell follows from everything that is shown together."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from etl.domain.people import SMALL, Screened, ScreeningBook, ShownScreening

OPDS = ("Dinas Kesehatan", "Bappeda", "Inspektorat", None)
YEARS = (2025, 2026)
Cells = dict[tuple[int, int], dict[str | None, Screened]]


def month(**by_opd: tuple[int, int]) -> dict[str | None, Screened]:
    """(passed, failed) by agency."""
    return {opd: Screened(p + f, p, f) for opd, (p, f) in by_opd.items()}


def test_a_cell_without_small_numbers_is_shown_as_it_is() -> None:
    book = ScreeningBook({(2026, 1): month(A=(40, 5)), (2026, 2): month(A=(30, 0))})
    assert book.of_months([(2026, 1)]) == ShownScreening(45, 40, 5)
    assert book.of_months([(2026, 2)]) == ShownScreening(30, 30, 0)
    assert book.of_months([(2026, 1), (2026, 2)]) == ShownScreening(75, 70, 5)


def test_a_small_number_is_hidden_and_the_next_smallest_with_it() -> None:
    book = ScreeningBook({(2026, 1): month(A=(43, 2))})
    assert book.of_months([(2026, 1)]) == ShownScreening(45, None, SMALL)


def test_a_small_month_is_hidden_with_the_next_smallest_month() -> None:
    book = ScreeningBook({(2026, 1): month(A=(3, 0)), (2026, 2): month(A=(40, 5)), (2026, 3): month(A=(20, 6))})
    assert book.of_months([(2026, 1)]) == ShownScreening(SMALL, None, None)
    assert book.of_months([(2026, 2)]) == ShownScreening(45, 40, 5)
    assert book.of_months([(2026, 3)]).n is None
    assert book.of_months([(2026, 1), (2026, 2)]).n is None
    assert book.of_months([(2026, 1), (2026, 2), (2026, 3)]) == ShownScreening(74, 63, 11)


def test_eight_of_whom_four_passed_are_not_told_by_the_sum_of_the_year() -> None:
    book = ScreeningBook({(2026, 1): month(A=(4, 4)), (2026, 2): month(A=(40, 5)), (2026, 3): month(A=(20, 6))})
    assert book.of_months([(2026, 1)]) == ShownScreening(None, None, None)
    assert book.of_months([(2026, 3)]).n is None
    assert book.of_months([(2026, 1), (2026, 2)]).n is None
    assert book.of_months([(2026, 1), (2026, 2), (2026, 3)]) == ShownScreening(79, 64, 15)


def test_a_small_month_alone_in_its_year_hides_every_sum_with_it() -> None:
    book = ScreeningBook({(2025, 12): month(A=(40, 5)), (2026, 1): month(A=(3, 0))})
    assert book.of_months([(2025, 12)]).n == 45
    assert book.of_months([(2025, 12), (2026, 1)]).n is None


def test_a_small_agency_is_hidden_with_the_next_smallest() -> None:
    book = ScreeningBook({(2026, 1): month(A=(3, 0), B=(12, 8), C=(30, 9))})
    shown = {opd: book.of_opd(opd, [2026]) for opd in "ABC"}
    assert shown["A"] == ShownScreening(SMALL, None, None)
    assert shown["B"] == ShownScreening(None, None, None)
    assert shown["C"] == ShownScreening(39, 30, 9)


def test_two_agencies_of_which_one_is_small_are_both_hidden() -> None:
    book = ScreeningBook({(2026, 1): month(A=(3, 0), B=(12, 8))})
    assert book.of_opd("B", [2026]).n is None
    assert book.of_months([(2026, 1)]).n == 23


def invented(seed: int) -> Cells:
    """Two years with many empty, small and large cells."""
    chance = np.random.default_rng(seed)
    cells: Cells = {}
    for key in product(YEARS, range(1, 13)):
        cells[key] = {}
        for opd in OPDS:
            if chance.random() < 0.45:
                failed = int(chance.choice([0, 0, 1, 3, 6, 9]))
                passed = int(chance.choice([0, 2, 6, 15, 40]))
                cells[key][opd] = Screened(passed + failed, passed, failed)
    return cells


class Attacker:
    """Writes down every number that is shown as an equation in the unknown cells."""

    def __init__(self, cells: Cells) -> None:
        self.book = ScreeningBook(cells)
        self.place = {key: i for i, key in enumerate(product(cells, OPDS, ("n", "passed", "failed")))}
        self.rows = [
            self.row([(m, o, "n", 1), (m, o, "passed", -1), (m, o, "failed", -1)]) for m in cells for o in OPDS
        ]

    def row(self, terms: list[tuple]) -> np.ndarray:
        found = np.zeros(len(self.place))
        for *key, factor in terms:
            found[self.place[tuple(key)]] += factor
        return found

    def sum_of(self, months: list, opds: tuple, what: str) -> np.ndarray:
        return self.row([(m, o, what, 1) for m in months for o in opds])

    def note(self, shown: ShownScreening, months: list, opds: tuple) -> None:
        for what in ("n", "passed", "failed"):
            if isinstance(getattr(shown, what), int):
                self.rows.append(self.sum_of(months, opds, what))

    def ask_everything(self) -> None:
        months = list(product(YEARS, range(1, 13)))
        for a in range(24):
            for b in range(a, 24):
                self.note(self.book.of_months(months[a : b + 1]), months[a : b + 1], OPDS)
        for opd in OPDS:
            for years in ([2025], [2026], [2025, 2026]):
                told = self.book.of_opd(opd, years)
                self.note(told, [m for m in months if m[0] in years], (opd,))

    def knows(self, wanted: list[np.ndarray]) -> list[bool]:
        system = np.array(self.rows)
        _, size, basis = np.linalg.svd(system, full_matrices=False)
        basis = basis[size > 1e-8]
        return [bool(np.linalg.norm(one - basis.T @ (basis @ one)) < 1e-6) for one in wanted]


@pytest.mark.parametrize("seed", range(8))
def test_no_small_cell_follows_from_all_that_is_shown(seed: int) -> None:
    cells = invented(seed)
    attacker = Attacker(cells)
    attacker.ask_everything()
    targets = []
    for what in ("n", "passed", "failed"):
        for key in cells:
            if 0 < sum(getattr(c, what) for c in cells[key].values()) < 5:
                targets.append(attacker.sum_of([key], OPDS, what))
        for year, opd in product(YEARS, OPDS):
            mine = [key for key in cells if key[0] == year]
            if 0 < sum(getattr(cells[key].get(opd, Screened()), what) for key in mine) < 5:
                targets.append(attacker.sum_of(mine, (opd,), what))
    assert targets
    assert not any(attacker.knows(targets))
