"""The notice of privacy (UU 27/2022): what is recorded about whom, why, and for how long.

    GET /privasi        open to everybody, before signing in too

Who answers for the records stands in `[privacy]` of the settings, how long they are kept in `[retention]`.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, render_template

from dashboard.access.doors import Door, door
from dashboard.i18n import fmt, t
from etl.domain.units import DAY
from etl.office import Office
from etl.settings.tables import Retention

PATH = "/privasi"

HELD: tuple[tuple[str, str | None], ...] = (
    ("users", None),
    ("log", "access_log"),
    ("requests", None),
    ("scans", "scans"),
    ("photos", "photos"),
    ("rejects", "rejects"),
    ("participants", None),
    ("screening", None),
)
"""What is recorded, by the key of its words, and the key of `[retention]` that says for how long; None: none does."""


class Held(NamedTuple):
    """One line of the notice, in words."""

    what: str
    about: str
    kept: str


def register_privacy(server: Flask, office: Office) -> None:
    """Add the notice."""

    @server.get(PATH, endpoint="privacy")
    @door(Door.PUBLIC)
    def show() -> str:
        told = office.settings.privacy
        controller = told.controller or office.settings.office.name or t("privacy.office")
        who = (
            (t("privacy.controller"), controller),
            (t("privacy.contact"), told.contact or t("privacy.contact_unset")),
            (t("privacy.purposes"), told.purposes or t("privacy.usual_purposes")),
        )
        return render_template("privacy.html", who=who, held=held_lines(office.settings.retention))


def held_lines(retention: Retention) -> list[Held]:
    """What is recorded about whom, and how long it is kept."""
    return [
        Held(t(f"privacy.what_{name}"), t(f"privacy.about_{name}"), _kept(retention, name, key)) for name, key in HELD
    ]


def _kept(retention: Retention, name: str, key: str | None) -> str:
    if key is None:
        return t(f"privacy.kept_{name}")
    spell = getattr(retention, key)
    return t("privacy.kept_always") if spell is None else t("privacy.kept_days", n=fmt().number(spell.seconds // DAY))
