"""Codes with which agencies without an account ask for rooms: made, listed, ended."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dashboard.access.people import usable_email
from dashboard.access.sessions import token_hash
from data_access.errors import PantauError
from data_access.records import letters
from data_access.records.access import note_action
from data_access.records.engine import reading, writing
from etl.domain.units import day_date, day_number
from etl.office import Office

# Without I, L, O, U, 0, 1: codes are read aloud and copied from paper.
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH = 4


class CodeRefusedError(PantauError):
    """A code that cannot be made or ended."""


def make_code(office: Office, opd: str, last: date, now: int, actor: str | None = None) -> tuple[int, str]:
    """A new code of an agency, good up to and with a day: its number, and the code, which is shown this once.

    Raises CodeRefusedError without an agency, or for a day that has passed.
    """
    name = " ".join(opd.split())
    if not name:
        raise CodeRefusedError("access.code_opd")
    if last < datetime.fromtimestamp(now, office.zone).date():
        raise CodeRefusedError("access.code_past", day=last)
    code = random_code(3)
    made = {"created_at": now, "created_by": actor, "last_on": day_number(last)}
    with writing(office.records) as connection:
        own_name = office.opd_names.one(name) or name
        number = letters.add_code(connection, own_name, token_hash(plain_code(code)), **made)
        note_action(connection, "code_added", at=now, actor=actor, subject=own_name, detail={"number": number})
    return number, code


def random_code(groups: int) -> str:
    """So many groups of four signs that are told apart on paper: close to five bits each."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(groups))


def plain_code(typed: str) -> str:
    """A code as it is compared: letters and digits, whatever is typed between them."""
    return re.sub(r"[^A-Z0-9]", "", typed[:60].upper())


def codes(office: Office) -> Sequence[letters.OpdCode]:
    """Every code, the newest first."""
    with reading(office.records) as connection:
        return letters.all_codes(connection)


def is_good(office: Office, code: letters.OpdCode, now: int) -> bool:
    """Whether it opens anything now."""
    return code.is_good_on(day_number(datetime.fromtimestamp(now, office.zone).date()))


def end_code(office: Office, number: int, now: int) -> letters.OpdCode:
    """End a code, at once; the code. Raises CodeRefusedError when there is none of that number."""
    with writing(office.records) as connection:
        code = letters.code_by_id(connection, number)
        if code is None:
            raise CodeRefusedError("access.no_code", number=number)
        letters.end_code(connection, number, now)
        note_action(connection, "code_ended", at=now, subject=code.opd, detail={"number": number})
        return code


def change_code_email(office: Office, number: int, email: str | None, now: int) -> letters.OpdCode:
    """Give the address to which alerts for the bearer go, None: none do; the code. Raises CodeRefusedError when there
    is none of that number, PantauError for what can be no address."""
    address = usable_email(email)
    with writing(office.records) as connection:
        code = letters.code_by_id(connection, number)
        if code is None:
            raise CodeRefusedError("access.no_code", number=number)
        letters.set_code_email(connection, number, address)
        note_action(connection, "code_email", at=now, subject=code.opd, detail={"number": number})
        return code


def code_row(office: Office, code: letters.OpdCode, now: int) -> dict[str, Any]:
    """A code as the command line and the list tell it; moments in seconds since 1970."""
    last = day_date(code.last_on)
    return {
        "id": code.id, "opd": code.opd, "until": last.isoformat(), "is_good": is_good(office, code, now),
        "created_at": code.created_at, "created_by": code.created_by, "ended_at": code.ended_at,
        "last_used_at": code.last_used_at,
    }  # fmt: skip
