"""One letter of any SOP judged slowly: what SOPs say beside the order of steps, read from docs/definisi.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from etl.domain.compliance.rules import Rules
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Verdict
from tests.books.letter_records import LetterRecord
from tests.slow.judge import Judge, LetterJudged, StepJudged


def slow_judge_of(record: LetterRecord, rules: Rules, version: SopVersion, as_of: datetime | None) -> LetterJudged:
    """Judge one letter by a version that is the only one of its SOP; None is after everything."""
    return AnyJudge(record, rules, version, as_of).letter()


class AnyJudge(Judge):
    """Verdicts on one letter by the steps of a version, as far as it has shown which way it takes."""

    def __init__(self, record: LetterRecord, rules: Rules, version: SopVersion, as_of: datetime | None) -> None:
        self.version = version
        self.codes = [step.code for step in version.steps]
        self.received = self._with(Meaning.RECEIVED)
        self.no_standard = self._with(Meaning.CHECKED)
        timed = [step for step in version.steps if step.part == "A" and step.target_seconds and not step.is_opd_time]
        self.judged = [step.code for step in timed if step.code != self.received]
        self.gone: set[str] = set()
        super().__init__(record, rules, as_of)
        self.stamped = {one.step for one in record.passes if self._seen_pass(one)}
        self.undecided = self._choose()
        self.follows = {
            code: () if code in self.gone else tuple(one for one in before if one not in self.gone)
            for code, before in self.follows.items()
        }

    def _with(self, meaning: Meaning) -> str | None:
        return next((step.code for step in self.version.steps if meaning in step.meanings), None)

    def _follows(self) -> dict[str, tuple[str, ...]]:
        return {step.code: step.follows for step in self.version.steps}

    def is_part_b(self, step: str) -> bool:
        return self.version.step(step).part == "B"

    # Choices

    def _choose(self) -> set[str]:
        """Note what the letter does not take; the steps of choices of which it has shown nothing."""
        undecided: set[str] = set()
        for deciding in {step.chosen_from for step in self.version.steps if step.chosen_from}:
            steps = [step.code for step in self.version.steps if step.chosen_from == deciding]
            taken = [code for code in steps if self._only_through(code) & self.stamped]
            if taken:
                self.gone |= {*steps} - {*taken}
            else:
                undecided |= {*steps}
        while more := [code for code in self.codes if self._goes_with_them(code)]:
            self.gone |= {*more}
        return undecided

    def _only_through(self, step: str) -> set[str]:
        """The step and all to which no way leads but through it."""
        found = {step}
        while more := [c for c in self.codes if c not in found and self.follows[c] and {*self.follows[c]} <= found]:
            found |= {*more}
        return found

    def _goes_with_them(self, code: str) -> bool:
        before = {*self.follows[code]}
        return code not in self.gone and bool(before) and before <= self.gone and code not in self.stamped

    def is_off(self, step: str) -> bool:
        is_left = self.version.step(step).is_optional and step not in self.stamped
        return step in self.gone or super().is_off(step) or (is_left and bool(self.finished_behind(step)))

    def is_reached(self, step: str) -> bool:
        return step not in self.undecided and super().is_reached(step)

    def step(self, step: str) -> StepJudged:
        judged = super().step(step)
        is_over = self.stop(step) is not None or (self.is_refused() and self.record.ended_at is None)
        if self.version.step(step).is_optional and step not in self.stamped and is_over:
            return StepJudged(Verdict.NOT_APPLICABLE, belongs_on=self._finish_day(step), waiting=self._waiting(step))
        return judged

    def closing(self) -> Sequence[str]:
        ready = self._with(Meaning.READY)
        if ready and ready not in self.gone:
            return [ready]
        part_a = [code for code in self.codes if not self.is_part_b(code) and code not in self.gone]
        needed = [code for code in part_a if not self.version.step(code).is_optional] or part_a
        return [code for code in needed if not {*self.dependents(code)} & {*needed}]

    def in_part_a(self) -> list[str]:
        return [code for code in super().in_part_a() if code not in self.gone]

    def _is_unfinished(self, step: str) -> bool:
        is_needed = step in self.stamped or not self.version.step(step).is_optional
        return is_needed and super()._is_unfinished(step)
