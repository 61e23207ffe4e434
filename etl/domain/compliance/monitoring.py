"""How a step is assessed on the monitoring form: the third column of Tabel 7 (Permenpan-RB 35/2012)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Assessment(StrEnum):
    """What the form says of a step."""

    WELL = "WELL"
    NOT_WELL = "NOT_WELL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class MonitoringRule:
    """From which share in time a step goes well, judged only with so many cases and so much coverage (0–1).

    `near`: below it a share is far below the standard; only the colours of the screens know it.
    """

    share: float = 0.9
    n: int = 5
    coverage: float = 0.7
    near: float = 0.7

    def assess(self, share: float | None, n: int, coverage: float | None) -> Assessment:
        """UNKNOWN with too few cases or too little coverage, else by the share; a share at the limit goes well."""
        if share is None or coverage is None or n < self.n or coverage < self.coverage:
            return Assessment.UNKNOWN
        return Assessment.WELL if share >= self.share else Assessment.NOT_WELL
