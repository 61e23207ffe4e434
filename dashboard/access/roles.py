"""Who may see and do what: the office's table of roles and pages, as data."""

from __future__ import annotations

from enum import StrEnum

from data_access.roles import Role


class Page(StrEnum):
    """The pages of the product, whether built yet or not."""

    LAYAR = "layar"
    RINGKASAN = "ringkasan"
    KEPATUHAN = "kepatuhan"
    PERMOHONAN = "permohonan"
    SURAT_BARU = "surat-baru"
    AJUKAN = "ajukan"
    RUANG = "ruang"
    PESERTA = "peserta"
    SARPRAS = "sarpras"
    LAPOR = "lapor"
    DATA = "data"
    SOP = "sop"
    LAPORAN = "laporan"
    PENGATURAN = "pengaturan"
    KODE = "kode"
    BANTUAN = "bantuan"
    AKUN = "akun"
    JEJAK = "jejak"


class May(StrEnum):
    """How far a role may go on a page; doing includes seeing."""

    NONE = "–"
    SEE = "s"
    DO = "d"


# One letter a column, in the order of `Page`. An OPD sees only what concerns itself: its name filters the query.
_ROWS = {
    Role.KADIN: "s s s s – – s s s – s d d – – s d s",
    Role.SEKDIN: "s s s s – – s s s – s s s – – s d –",
    Role.KABID: "s s s s – – s s d d s s s – – s d –",
    Role.KASI_LITIK: "s s s s – – s s d d s s s – – s d –",
    Role.KASI_APLIKASI: "s s s s – – s s s d s s s – – s d –",
    Role.AGENDARIS: "s s – s d d s s – – d s – – d s d –",
    Role.STAF: "s s – s – – s s d d d s – – – s d –",
    Role.OPD: "– s – s – d s s – – – s – – – s d –",
    Role.ADMIN: "d s s s – – s s s – d d s d d s d s",
    Role.LAYAR: "s – – – – – – – – – – – – – – – – –",
    Role.KODE_INSTANSI: "– – – – – d – – – – – – – – – s s –",
}

WHO_MAY: dict[Role, dict[Page, May]] = {
    role: dict(zip(Page, map(May, row.split()), strict=True)) for role, row in _ROWS.items()
}


def is_allowed(role: Role, page: Page, may: May = May.SEE) -> bool:
    """Whether that role may see (or do) that page."""
    granted = WHO_MAY[role][page]
    return granted is May.DO or (granted is May.SEE and may is May.SEE)


CLOSING = (Role.AGENDARIS, Role.KABID)
"""Who closes requests that are over."""

CLOSING_RUNNING = (Role.KABID,)
"""Who also closes what still runs."""
