"""An office whose people may sign in at the provider of identities, and the way there and back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from dashboard.access.people import change_email
from data_access.records.engine import reading
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.offices.desk import Desk, desk
from tests.reading.audit import recent_actions
from tests.serving.identity import Line, Person

_people: dict[str, Person] = {}
"""Whose browsers are signed in at the provider of this process already."""


@dataclass
class Door:
    """An office whose people may sign in at the provider."""

    served: Desk
    line: Line

    def set(self, **more: str) -> None:
        """Other lines of the settings."""
        text = self.line.settings(**more)
        office, clock = self.served.office, self.served.clock
        apply_settings(office, lambda known: apply(known, text, "p.toml"), clock(), actor="admin")

    def leads(self, browser: FlaskClient, back: str = "") -> str:
        """Where the button leads."""
        reply = browser.get("/masuk/openid", query_string={"ke": back})
        assert reply.status_code == 302
        return str(reply.headers["Location"])

    def back(self, browser: FlaskClient, name: str, back: str = "") -> str:
        """With what that person comes back: a path and its query."""
        came = urlsplit(_people.setdefault(name, Person(name)).comes_back(self.leads(browser, back)))
        return f"{came.path}?{came.query}"

    def comes(self, name: str, browser: FlaskClient | None = None, back: str = "") -> tuple[FlaskClient, Any]:
        """That person, there and back: the browser, and what it is answered."""
        browser = browser or self.served.browser()
        return browser, browser.get(self.back(browser, name, back))

    def actions(self, count: int) -> list[tuple[str, str | None]]:
        """The newest entries of the audit, who and what."""
        with reading(self.served.office.records) as connection:
            return [(one.action, one.actor) for one in recent_actions(connection, count)]

    def addressed(self, **emails: str) -> None:
        """Give users addresses."""
        for name, email in emails.items():
            change_email(self.served.office, name, email, self.served.clock())


def door_at(folder: Path, line: Line, **how: Any) -> Door:
    """An office at the provider's own time, where kadin has an address."""
    line.mend()
    made = Door(desk(folder, at=int(time.time()), **how), line)
    made.set()
    made.addressed(kadin="kadin@contoh.go.id")
    return made


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/_dash-layout").status_code == 200


def told(browser: FlaskClient, reply: Any) -> str:
    """The login form to which a refusal leads."""
    assert (reply.status_code, urlsplit(reply.headers["Location"]).path) == (302, "/masuk")
    return str(browser.get(reply.headers["Location"]).text)
