"""What a new office still has to say: derived from records and settings, so that a step done elsewhere is done."""

from __future__ import annotations

from enum import StrEnum

from data_access.records import reading
from data_access.records.office import Beginnings, beginnings
from etl.office import Office
from etl.settings.document import Settings

ALONE = 1
"""So many users there are when the first administrator was made."""


class FirstStep(StrEnum):
    """The steps in their order; the value stands in the address."""

    OFFICE = "kantor"
    PEOPLE = "orang"
    RECORDING = "pencatatan"
    RECORDS = "catatan"


def open_steps(office: Office) -> tuple[FirstStep, ...]:
    """The steps that are left; none where the records are invented."""
    if office.is_demo:
        return ()
    with reading(office.records) as connection:
        begun = beginnings(connection)
    return steps_left(office.settings, begun)


def steps_left(settings: Settings, begun: Beginnings) -> tuple[FirstStep, ...]:
    """The steps that neither settings nor records show to be done.

    The office is known by its name or by the capacity of a room; people, once somebody beside the first administrator
    may sign in; the day of recording, once it was set for all steps or for one.
    """
    done = {
        FirstStep.OFFICE: settings.office.name is not None or any(room.capacity for room in settings.rooms),
        FirstStep.PEOPLE: begun.users > ALONE,
        FirstStep.RECORDING: settings.recording.first is not None or bool(settings.recording.steps),
        FirstStep.RECORDS: begun.loads > 0,
    }
    return tuple(step for step, is_done in done.items() if not is_done)
