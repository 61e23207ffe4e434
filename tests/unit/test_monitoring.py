"""The third column of Tabel 7: when a step goes well, when it does not, and when nothing can be said."""

from __future__ import annotations

import pytest

from etl.domain.verdict import Assessment, MonitoringRule

RULE = MonitoringRule()


@pytest.mark.parametrize(
    ("met", "n", "coverage", "expected"),
    [
        (9, 10, 1.0, Assessment.WELL),  # exactly 90 %
        (89, 99, 1.0, Assessment.NOT_WELL),  # 89,9 %
        (5, 5, 0.7, Assessment.WELL),  # exactly five steps, exactly 70 % covered
        (4, 4, 1.0, Assessment.UNKNOWN),  # too few
        (0, 4, 1.0, Assessment.UNKNOWN),
        (69, 69, 0.69, Assessment.UNKNOWN),  # too much is not known
        (0, 0, None, Assessment.UNKNOWN),
    ],
)
def test_a_step_goes_well_by_share_number_and_coverage(
    met: int, n: int, coverage: float | None, expected: Assessment
) -> None:
    assert RULE.assess(met / n if n else None, n, coverage) is expected


def test_another_office_may_ask_for_more() -> None:
    strict = MonitoringRule(share=0.95, n=20, coverage=0.9)
    assert strict.assess(0.94, 100, 1.0) is Assessment.NOT_WELL
    assert strict.assess(1.0, 19, 1.0) is Assessment.UNKNOWN
