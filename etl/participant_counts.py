"""How many people a letter's session is for: told by the agency (B1), verified by Kasi LITIK (B2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from data_access.errors import PantauError
from etl.domain.rules import EPOCH
from etl.screen_rows import Receipt, give_row, give_rows

if TYPE_CHECKING:
    from etl.office import Office

MOST_PEOPLE = 2_000


class CountRefusedError(PantauError):
    """A number of people that cannot be."""


def read_count(text: str) -> int:
    """The number typed. Raises CountRefusedError."""
    plain = text.strip()
    if not plain.isdecimal() or not 0 < int(plain) <= MOST_PEOPLE:
        raise CountRefusedError(f'"{plain[:20]}" bukan jumlah peserta; isi angka 1 sampai {MOST_PEOPLE}.')
    return int(plain)


def tell_planned(
    office: Office, letter: Mapping[str, Any], count: int, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """The agency's own number: a further row of the register about its letter."""
    row = {
        "no_agenda": letter["agenda_number"],
        "tgl_terima": (EPOCH + timedelta(days=letter["received_on"])).isoformat(),
        "asal": letter["opd"],
        "jumlah_peserta": count,
    }
    return give_row(office, "permohonan", row, actor=actor, role=role, client_id=client_id, now=now)


def verify_count(
    office: Office, letter: Mapping[str, Any], count: int, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """The verified number: a list of participants without any person, one row each, as `peserta` counts them."""
    row = {"no_agenda": letter["agenda_number"], "tahun": letter["year"]}
    return give_rows(office, "peserta", [row] * count, actor=actor, role=role, client_id=client_id, now=now)
