"""Whether the steps of an SOP stand in an order that letters can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data_access.errors import Message
from etl.domain.sop.steps import START, Meaning, SopStep
from etl.domain.sop.table import SopTable


def refuse_order(steps: Sequence[SopStep], tables: Mapping[str, SopTable], *, is_own: bool) -> None:
    """Note in the tables of the steps (by code) what is wrong with their order.

    `is_own`: of an SOP that stands for itself, in which letters begin at one place.
    """
    before = {step.code: _all_before(step, steps) for step in steps}
    for step in steps:
        _refuse_follows(step, steps, tables[step.code])
        _refuse_return(step, before[step.code], tables[step.code])
        if Meaning.RECEIVED in step.meanings:
            _refuse_unsure_receipt(step, tables[step.code])
    _refuse_circle(steps, before, tables)
    if is_own:
        _refuse_choices(steps, tables)
        _refuse_second_first(steps, tables)


def _all_before(step: SopStep, steps: Sequence[SopStep]) -> tuple[str, ...]:
    """The codes of the steps that it follows, directly or through others, in the order of the document."""
    follows = {one.code: one.follows for one in steps}
    found: set[str] = set()
    left = [*step.follows]
    while left:
        code = left.pop()
        if code not in found:
            found.add(code)
            left += follows[code]
    return tuple(one.code for one in steps if one.code in found)


def _refuse_follows(step: SopStep, steps: Sequence[SopStep], table: SopTable) -> None:
    """A step follows others of its part; what the receipt finishes, or a letter may begin with, follows nothing."""
    part = [one.code for one in steps if one.part == step.part and one is not step]
    allowed = [] if Meaning.RECEIVED in step.meanings or step.chosen_from == START else part
    if not set(step.follows) <= set(allowed):
        expected = Message("rule.sop_follows", choices=allowed) if allowed else Message("rule.sop_follows_nothing")
        table.refuse("mengikuti", list(step.follows), expected)


def _refuse_return(step: SopStep, before: Sequence[str], table: SopTable) -> None:
    """A letter goes back to where it has been."""
    if step.returns_to and step.returns_to not in before:
        allowed = [code for code in before if code != step.code]
        expected = Message("rule.one_of", choices=allowed) if allowed else Message("rule.sop_no_return")
        table.refuse("kembali_ke", step.returns_to, expected)


def _refuse_unsure_receipt(step: SopStep, table: SopTable) -> None:
    """What the receipt finishes is taken by every letter."""
    expected = Message("rule.sop_received_surely")
    if step.is_optional:
        table.refuse("boleh_dilewati", True, expected)
    if step.chosen_from:
        table.refuse("pilihan_dari", step.chosen_from, expected)


def _refuse_circle(
    steps: Sequence[SopStep], before: Mapping[str, Sequence[str]], tables: Mapping[str, SopTable]
) -> None:
    """None of the steps that a step follows follows it; each circle is told once, at its first step."""
    told: set[str] = set()
    for step in steps:
        if step.code in before[step.code] and step.code not in told:
            circle = [one.code for one in steps if step.code in before[one.code] and one.code in before[step.code]]
            told |= {*circle}
            tables[step.code].refuse("mengikuti", list(step.follows), Message("rule.sop_circle", steps=circle))


def _refuse_choices(steps: Sequence[SopStep], tables: Mapping[str, SopTable]) -> None:
    """Of a choice there are two steps at least, each of which follows the step that decides."""
    for step in steps:
        chosen = step.chosen_from
        if not chosen:
            continue
        if sum(one.chosen_from == chosen for one in steps) < 2:
            tables[step.code].refuse("pilihan_dari", chosen, Message("rule.sop_one_choice", chosen=chosen))
        if chosen != START and chosen not in step.follows:
            expected = Message("rule.sop_choice_follows", chosen=chosen)
            tables[step.code].refuse("mengikuti", list(step.follows), expected)


def _refuse_second_first(steps: Sequence[SopStep], tables: Mapping[str, SopTable]) -> None:
    """Of part A one step follows nothing, or those of one choice do; part B begins with the event."""
    first = [step for step in steps if step.part == "A" and not step.follows]
    for step in first[1:]:
        if not (step.chosen_from == START == first[0].chosen_from):
            expected = Message("rule.sop_second_first", first=first[0].code)
            tables[step.code].refuse("mengikuti", [], expected)
