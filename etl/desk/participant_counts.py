"""How many people a letter's session is for: told by the agency, verified by the office; each ends a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_access.errors import PantauError
from etl.desk.screen_rows import Receipt, give_rows, receipt_of
from etl.desk.stamps import NewStamp, finish_step
from etl.domain.compliance.stamping import Stamp
from etl.domain.sop.steps import Meaning
from etl.intake.entered import letter
from etl.judging.step_standing import standings

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office

MOST_PEOPLE = 2_000


class CountRefusedError(PantauError):
    """A number of people that cannot be."""


def read_count(text: str) -> int:
    """The number typed. Raises CountRefusedError."""
    plain = text.strip()
    if not plain.isdecimal() or not 0 < int(plain) <= MOST_PEOPLE:
        raise CountRefusedError("participants_entry.no_count", text=plain[:20], most=MOST_PEOPLE)
    return int(plain)


def tell_planned(
    office: Office, known: Mapping[str, Any], count: int, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """The agency's own number: a further row of the register about its letter. It finishes its step if that is open."""
    own = {"received_on": known["received_on"], "opd": known["opd"], "planned": count}
    row = letter(known["agenda_number"]) | own
    by = {"actor": actor, "role": role, "now": now}
    also = _finishing(office, known, office.sop_in_force.step_with(Meaning.TELLS), client_id, by)
    return give_rows(office, "permohonan", [row], client_id=client_id, also=also, **by)


def verify_count(
    office: Office, known: Mapping[str, Any], count: int, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """The verified number: a list of participants without any person, one row each, as `peserta` counts them.

    It finishes its step where that is open, and the agency's before it, as a stamp of that step does.
    """
    row = letter(known["agenda_number"]) | {"year": known["year"]}
    by = {"actor": actor, "role": role, "now": now}
    also = _finishing(office, known, office.sop_in_force.step_with(Meaning.VERIFIES), client_id, by)
    return give_rows(office, "peserta", [row] * count, client_id=client_id, also=also, **by)


def _finishing(
    office: Office, known: Mapping[str, Any], step: str, client_id: str, by: Mapping[str, Any]
) -> Callable[[Connection, int], None]:
    """What stamps the step in the transaction of the number, unless it is finished: then the number is corrected."""
    stamp = NewStamp(known["year"], known["agenda_number"], step, Stamp.FORWARDED, is_sure=True)

    def also(connection: Connection, _load_id: int) -> None:
        book = office.book_in(connection)
        finish_step(connection, book, stamp, client_id=f"{client_id.strip()} {step}", **by)

    return also


def is_finished_by(office: Office, receipt: Receipt, step: str) -> bool:
    """Whether the entry of that number finished the step."""
    return receipt_of(office, f"{receipt.client_id} {step}") is not None


@dataclass(frozen=True)
class Finishing:
    """What a number given now finishes: no step where it only corrects the number.

    `is_begun`: the step's own start was said before; without it B1, which follows nothing, cannot be measured.
    """

    steps: tuple[str, ...]
    is_begun: bool


def finishing(office: Office, request_id: int, step: str) -> Finishing:
    """What a number of whoever holds that step would finish now."""
    _, stands = standings(office, [request_id], [step]).get(request_id, (None, {}))
    stand = stands.get(step)
    if stand is None or Stamp.FORWARDED not in stand.may:
        return Finishing((), is_begun=False)
    return Finishing((*stand.sent_by_opd, step), stand.is_begun)
