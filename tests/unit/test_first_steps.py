"""What a new office has left to say, derived from its settings and from what its records hold."""

from __future__ import annotations

import pytest

from data_access.records.office import Beginnings
from etl.figures.first_steps import FirstStep, steps_left
from etl.settings.document import apply, default_settings

NOTHING = Beginnings(users=1, loads=0)
ALL = tuple(FirstStep)


def left(toml: str = "", begun: Beginnings = NOTHING) -> tuple[FirstStep, ...]:
    return steps_left(apply(default_settings(), toml, "uji"), begun)


def test_the_first_admin_of_an_empty_office_has_everything_left() -> None:
    assert left() == ALL == ("kantor", "orang", "pencatatan", "catatan")


@pytest.mark.parametrize(
    ("toml", "step"),
    [
        ('[office]\nname = "Diskominfo"\n', FirstStep.OFFICE),
        ('[[room]]\nname = "Aula"\ncapacity = 40\n', FirstStep.OFFICE),
        ("[recording]\nfrom = 2026-09-01\n", FirstStep.RECORDING),
        ("[recording]\nsteps = { B3 = false }\n", FirstStep.RECORDING),
    ],
)
def test_a_setting_however_it_came_about_ends_its_step(toml: str, step: FirstStep) -> None:
    assert left(toml) == tuple(one for one in ALL if one is not step)


def test_a_room_without_capacity_leaves_the_office_unknown() -> None:
    assert FirstStep.OFFICE in left('[[room]]\nname = "Aula"\n')


def test_a_second_user_ends_the_step_of_people() -> None:
    assert FirstStep.PEOPLE not in left(begun=Beginnings(users=2, loads=0))


def test_a_load_of_any_kind_ends_the_step_of_records() -> None:
    assert FirstStep.RECORDS not in left(begun=Beginnings(users=1, loads=1))


def test_nothing_is_left_once_all_was_said() -> None:
    toml = '[office]\nname = "Diskominfo"\n[recording]\nfrom = 2026-09-01\n'
    assert left(toml, Beginnings(users=2, loads=1)) == ()
