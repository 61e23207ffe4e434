"""The columns of what became of a step, listed once: page, files, form of the SOP, report and workbook take theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.components.tables import Column
from dashboard.i18n import Formats, message, t
from etl.domain.units import MINUTE
from etl.figures.compliance.definitions import STEP_VALUES, Figure, StepValue, Unit
from etl.sheet_files import Cell, share_cell


def minutes_cell(seconds: float | None) -> float | None:
    """A length of time in the minutes of a file."""
    return None if seconds is None else round(seconds / MINUTE, 2)


_WORDS: Mapping[Unit, Callable[[Formats, Any], str]] = {
    Unit.COUNT: Formats.number,
    Unit.TARGET: Formats.duration_short,
    Unit.SECONDS: Formats.minutes,
    Unit.ENDS: lambda f, ends: f.interval(*ends or (None, None)),
}
_CELLS: Mapping[Unit, Callable[[Any], Cell]] = {
    Unit.TARGET: minutes_cell,
    Unit.SECONDS: minutes_cell,
    Unit.SHARE: share_cell,
}


@dataclass(frozen=True)
class StepColumn:
    """One column. `page`, `file`, `book`: the keys of its heads on the screen, in the files of the page and in the
    report's workbook, "" where it has no column there; on paper, with `is_on_paper`, its head is `laporan.col_…`."""

    name: str
    page: str = ""
    file: str = ""
    book: str = ""
    is_on_paper: bool = False

    @property
    def head(self) -> str:
        """Its head on the screen."""
        return t(self.page)

    @property
    def value(self) -> StepValue:
        """What it shows of a step."""
        return STEP_VALUES[self.name]

    def words(self, step: object, f: Formats) -> str:
        """What a screen or paper says, a dash where there is no value."""
        value, unit = self.value.of(step), self.value.unit
        return f.percent(value) if unit is Unit.SHARE else _WORDS[unit](f, value)

    def cell(self, step: object) -> Cell:
        """What a file holds: lengths of time in minutes."""
        value: Cell = self.value.of(step)
        return _CELLS[self.value.unit](value) if self.value.unit in _CELLS else value


STEP_COLUMNS: Mapping[str, StepColumn] = {
    column.name: column
    for column in (
        StepColumn("target", "sla.target", "sla.export_target", "laporan.x_target_minutes", True),
        StepColumn("n", "sla.count", "sla.count", "laporan.col_n", True),
        StepColumn("met", "", "sla.export_met", "laporan.col_met", True),
        StepColumn("late", "", "verdict.LATE", "laporan.col_late", True),
        StepColumn("overdue", "", "verdict.OVERDUE", "laporan.col_overdue", True),
        StepColumn("share", "sla.share", "sla.export_part", "laporan.col_share", True),
        StepColumn("interval", is_on_paper=True),
        StepColumn("low", "", "sla.export_low", "laporan.x_low"),
        StepColumn("high", "", "sla.export_high", "laporan.x_high"),
        StepColumn("coverage", "sla.coverage", "sla.coverage", "laporan.col_coverage", True),
        StepColumn("bounds", "sla.bounds"),
        StepColumn("worst", "", "sla.export_worst"),
        StepColumn("best", "", "sla.export_best"),
        StepColumn("p10", "", "sla.export_p10"),
        StepColumn(Figure.MEDIAN, "sla.median", "sla.export_median", "laporan.x_median", True),
        StepColumn(Figure.P90, "sla.p90", "sla.export_p90", "laporan.x_p90", True),
        StepColumn("on_track", "", "verdict.ON_TRACK"),
        StepColumn("at_risk", "", "verdict.AT_RISK"),
        StepColumn("not_started", "", "verdict.NOT_STARTED"),
        StepColumn("skipped", "", "verdict.SKIPPED", "laporan.x_skipped"),
        StepColumn("unmeasurable", "", "verdict.UNMEASURABLE", "laporan.x_unmeasurable"),
        StepColumn("not_applicable", "", "verdict.NOT_APPLICABLE"),
        StepColumn("no_target", "", "verdict.NO_TARGET"),
        StepColumn("recorded_starts", "", "sla.export_recorded"),
        StepColumn("handover_starts", "", "sla.export_handed_over"),
        StepColumn("handover", "sla.handover", "sla.handover"),
        StepColumn("unflagged_n", "", "sla.export_unflagged_n"),
        StepColumn("unflagged", "", "sla.export_unflagged"),
        StepColumn("output", "sla.output_recorded", "sla.output_recorded"),
        StepColumn("output_n", "", "sla.output_recorded_n"),
        StepColumn("output_absent", "", "sla.output_recorded_absent"),
    )
}
"""By name, in the order of the files and of the paper."""


def basis_words(figure: object, f: Formats) -> str:
    """What a share rests on: its coverage and the bounds it lies between; empty where nothing was judged."""
    coverage = STEP_VALUES["coverage"].of(figure)
    if coverage is None:
        return ""
    bounds = STEP_COLUMNS["bounds"].words(figure, f)
    return message(
        "sla.basis" if coverage < 1 else "sla.basis_whole", f.language, coverage=f.share(coverage), bounds=bounds
    )


def unflagged_words(left: Mapping[str, Any], f: Formats) -> str:
    """The share without the flagged steps, as `StepFigure.without_flagged` counts them."""
    if left["share"] is None:
        return message("sla.unflagged_few", f.language)
    return message("sla.unflagged", f.language, share=f.percent(left["share"]), n=f.number(left["n"]))


PAPER_COLUMNS = tuple(column.name for column in STEP_COLUMNS.values() if column.is_on_paper)


def file_columns(*names: str) -> list[Column[Any]]:
    """These columns in a file, of rows that hold such values; without names all that a file of steps has."""
    columns = [STEP_COLUMNS[name] for name in names] or [column for column in STEP_COLUMNS.values() if column.file]
    return [Column(column.name, t(column.file), value=column.cell) for column in columns]


def counts_of_checks(b5: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the step that is judged by checks: the sessions checked, those in good condition and those not, in
    the places of the verdicts; beside them as `unchecked` the sessions that nobody checked."""
    judged = {name: b5[name] for name in ("share", "interval", "coverage")}
    counts = {"n": b5["checked"], "met": b5["good"], "late": b5["checked"] - b5["good"], "overdue": 0}
    return {**counts, **judged, "unchecked": b5["held"] - b5["checked"]}
