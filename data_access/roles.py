"""The roles, once for all: those of the table of who may see and do what (`dashboard/access/roles`), in its order."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The posts of the SOP, the borrowing agencies, the administrator and the wall's screen."""

    KADIN = "kadin"
    SEKDIN = "sekdin"
    KABID = "kabid"
    KASI_LITIK = "kasi_litik"
    KASI_APLIKASI = "kasi_aplikasi"
    AGENDARIS = "agendaris"
    STAF = "staf"
    OPD = "opd"
    ADMIN = "admin"
    LAYAR = "layar"


USERS = tuple(role for role in Role if role is not Role.LAYAR)
"""Who may log in; screens are devices, not users."""

STEP_ROLES = tuple(role for role in USERS if role is not Role.ADMIN)
"""Who may hold a step of the SOP."""

POSTS = tuple(role for role in STEP_ROLES if role is not Role.OPD)
"""The posts of the office, which have a holder."""
