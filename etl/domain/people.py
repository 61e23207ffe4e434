"""Health screening only as aggregates in which no small cell can be found out.

A cell of 1 to 4 people shows SMALL, and the next smallest is hidden with it. The cells are months of all agencies
together and agencies by year; every other number is a sum of cells. Cells that are hidden form groups, fixed for
all questions: of months those of one year, of agencies those of one year. A sum that holds only a part of a group is
hidden too, so whatever is shown is made of open cells and whole groups, and differences between sums lead no
further than that. A group holds enough people that its own sum is no small cell; where a year has not enough of them,
nothing that touches the group is shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

SMALL = "<5"
FEWEST = 5
"""Fewer people than this are a small cell; nobody is none."""

Shown = int | str | None
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Screened:
    """People screened, and how many of them passed and did not."""

    n: int = 0
    passed: int = 0
    failed: int = 0

    def __add__(self, other: Screened) -> Screened:
        return Screened(self.n + other.n, self.passed + other.passed, self.failed + other.failed)

    @property
    def has_small(self) -> bool:
        """Whether one of the three is a small cell."""
        return any(map(is_small, (self.n, self.passed, self.failed)))

    @property
    def hides_n(self) -> bool:
        """Whether how many were screened is hidden: few, or few of both kinds, who would be four and four of eight."""
        return is_small(self.n) or (is_small(self.passed) and is_small(self.failed))


@dataclass(frozen=True)
class ShownScreening:
    """What may be shown: a number, SMALL, or None where it is hidden."""

    n: Shown
    passed: Shown
    failed: Shown


HIDDEN = ShownScreening(None, None, None)


@dataclass(frozen=True)
class Group:
    """Cells that are hidden together; `is_open`: their sum may be part of a number."""

    keys: frozenset[Hashable]
    is_open: bool

    def allows(self, months: frozenset[Hashable]) -> bool:
        """Whether a sum over these cells may be shown."""
        return not self.keys & months or (self.is_open and self.keys <= months)


def is_small(count: int) -> bool:
    """1 to 4 people."""
    return 0 < count < FEWEST


def total(cells: Iterable[Screened]) -> Screened:
    """The sum of cells."""
    return sum(cells, Screened())


def hidden_group(cells: Mapping[Key, Screened], *, only_n: bool) -> Group | None:
    """The small cells of a year with the next smallest ones that hide them; None when no cell is small.

    `only_n`: hide how many were screened; otherwise also who passed.
    """
    small = {key: cell for key, cell in cells.items() if _is_small(cell, only_n=only_n)}
    if not small:
        return None
    others = sorted((cell.n, str(key), key) for key, cell in cells.items() if key not in small and cell.n)
    chosen = list(small)
    for _, _, key in others:
        chosen.append(key)
        if not _is_small(total(cells[one] for one in chosen), only_n=only_n):
            return Group(frozenset(chosen), is_open=True)
    return Group(frozenset(chosen), is_open=False)


def _is_small(cell: Screened, *, only_n: bool) -> bool:
    return cell.hides_n if only_n else cell.has_small


@dataclass(frozen=True)
class ScreeningBook:
    """All cells there are: by (year, month) and, within it, by agency; None is without a letter."""

    cells: Mapping[tuple[int, int], Mapping[str | None, Screened]]

    def of_months(self, months: Iterable[tuple[int, int]]) -> ShownScreening:
        """What may be shown of whole months, all agencies together."""
        wanted = frozenset(months)
        whole = total(self._month(key) for key in wanted)
        years = {year for year, _ in wanted}
        return _shown(
            whole,
            shows_n=all(self._allows(year, wanted, only_n=True) for year in years),
            shows_results=all(self._allows(year, wanted, only_n=False) for year in years),
        )

    def of_opd(self, opd: str | None, years: Iterable[int]) -> ShownScreening:
        """What may be shown of one agency in whole years."""
        wanted = list(years)
        whole = total(self._opds(year).get(opd, Screened()) for year in wanted)
        return _shown(
            whole,
            shows_n=all(self._allows_opd(opd, year, only_n=True) for year in wanted),
            shows_results=all(self._allows_opd(opd, year, only_n=False) for year in wanted),
        )

    def opds(self, years: Iterable[int]) -> list[str | None]:
        """Every agency with anybody screened in those years, by name."""
        names = {opd for year in years for opd, cell in self._opds(year).items() if cell.n}
        return sorted(names, key=lambda opd: (opd is None, opd or ""))

    def _month(self, key: tuple[int, int]) -> Screened:
        return total(self.cells.get(key, {}).values())

    def _months(self, year: int) -> dict[Hashable, Screened]:
        return {(year, month): self._month((year, month)) for month in range(1, 13)}

    def _opds(self, year: int) -> dict[str | None, Screened]:
        cells: dict[str | None, Screened] = {}
        for month in range(1, 13):
            for opd, cell in self.cells.get((year, month), {}).items():
                cells[opd] = cells.get(opd, Screened()) + cell
        return cells

    def _allows(self, year: int, wanted: frozenset[Hashable], *, only_n: bool) -> bool:
        group = hidden_group(self._months(year), only_n=only_n)
        return group is None or group.allows(wanted)

    def _allows_opd(self, opd: str | None, year: int, *, only_n: bool) -> bool:
        """Open cells, and nothing at all in a year whose own sum is hidden: its agencies would add up to it."""
        months = frozenset(self._months(year))
        group = hidden_group(self._opds(year), only_n=only_n)
        is_free = group is None or (group.is_open and opd not in group.keys)
        return is_free and self._allows(year, months, only_n=only_n)


def _shown(cell: Screened, *, shows_n: bool, shows_results: bool) -> ShownScreening:
    """The three numbers of a sum: small ones as SMALL, the next smallest hidden with them."""
    n = _one(cell.n, is_open=shows_n)
    if n is None or n == SMALL:
        return ShownScreening(n, None, None)
    passed, failed = (_one(count, is_open=shows_results) for count in (cell.passed, cell.failed))
    if is_small(cell.passed) and is_small(cell.failed):
        return ShownScreening(None, SMALL, SMALL)
    if is_small(cell.passed):
        return ShownScreening(n, SMALL, None)
    if is_small(cell.failed):
        return ShownScreening(n, None, SMALL)
    return ShownScreening(n, passed, failed)


def _one(count: int, *, is_open: bool) -> Shown:
    if is_small(count):
        return SMALL
    return count if is_open else None
