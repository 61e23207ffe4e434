"""The roles, once for all: those of the table of who may see and do what (`dashboard/access/roles`), in its order."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The posts of the SOP, the borrowing agencies, the administrator, the wall's screen, the bearer of an agency's
    code."""

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
    KODE_INSTANSI = "kode_instansi"


USERS = tuple(role for role in Role if role not in (Role.LAYAR, Role.KODE_INSTANSI))
"""Who may log in; screens are devices, and who bears a code has no password."""

STEP_ROLES = tuple(role for role in USERS if role is not Role.ADMIN)
"""Who may hold a step of the SOP."""

POSTS = tuple(role for role in STEP_ROLES if role is not Role.OPD)
"""The posts of the office, which have a holder."""
