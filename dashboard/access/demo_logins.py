"""The logins of the demo: one a role, with new random passwords at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.access.passwords import hash_password, random_password
from dashboard.access.roles import Role
from data_access.records import users, writing

if TYPE_CHECKING:
    from etl.office import Office

DEMO_OPD = "Dinas Kesehatan"


def renew_demo_logins(office: Office, now: int) -> dict[str, str]:
    """A user for every role with a new random password; names and passwords, kept nowhere else."""
    logins = {role.value: random_password() for role in Role if role is not Role.LAYAR}
    with writing(office.records) as connection:
        for role, password in logins.items():
            hashed, known = hash_password(password), users.user_by_name(connection, role)
            if known is not None:
                users.set_password(connection, known.id, hashed)
                continue
            opd = DEMO_OPD if role == Role.OPD else None
            users.add_user(connection, role, role, created_at=now, opd=opd, password_hash=hashed, is_demo=True)
    return logins
