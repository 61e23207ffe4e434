"""Takes what is due out, once each, and keeps what became of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from dashboard.notices.transport import NotSentError, RefusedError, UnsureError, mail, post, send_mail
from dashboard.notices.words import letter_of
from data_access.records import reading, writing
from data_access.records.access import user_by_id
from data_access.records.letters import OpdCode, code_by_id
from data_access.records.notices import WEBHOOK, Notice, claim, is_any_due, move, put_notices, recent_notices
from etl.domain.alerts import is_open
from etl.domain.units import HOUR, MINUTE
from etl.office import Office

LEASE_SECONDS = 10 * MINUTE
"""A process that has claimed a row and not finished with it in this time has died."""

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = MINUTE, HOUR
"""Between two tries: twice as long each time, up to the longest."""

MOST_TRIES = 13
"""With these waits the last try is some eight hours of work after the first."""

TEST = "test"
"""The kind of a message by which an administrator tries the ways out."""

MOST_ROWS = 500
MOST_MESSAGES = 30
"""In one message, and in one look; the next look goes on."""


def send_due(office: Office, now: Callable[[], int]) -> int:
    """Send what is due while the office works; how many rows went out."""
    if not office.settings.alerts.is_on or not is_open(office.calendar, now()):
        return 0
    sent = 0
    for _ in range(MOST_MESSAGES):
        rows = _claimed(office, now())
        if not rows:
            break
        sent += len(rows) if _send(office, rows, now()) else 0
    return sent


def send_test(office: Office, recipients: Sequence[str], now: Callable[[], int]) -> list[Notice]:
    """Send a message that says nothing, at any hour; what became of it."""
    at = now()
    with writing(office.records) as connection:
        put_notices(connection, [(TEST, str(at), recipient, {}) for recipient in recipients], at)
    for _ in recipients:
        with writing(office.records) as connection:
            rows = claim(connection, at, LEASE_SECONDS, MOST_ROWS, TEST)
        if rows:
            _send(office, rows, at)
    with reading(office.records) as connection:
        newest = recent_notices(connection, MOST_ROWS)
    return [row for row in newest if (row.kind, row.subject) == (TEST, str(at))]


def _claimed(office: Office, now: int) -> list[Notice]:
    with reading(office.records) as connection:
        if not is_any_due(connection, now, LEASE_SECONDS):
            return []
    with writing(office.records) as connection:
        return claim(connection, now, LEASE_SECONDS, MOST_ROWS)


def _send(office: Office, rows: Sequence[Notice], now: int) -> bool:
    """Whether the rows went out."""
    try:
        answer = _hand_out(office, rows, now)
    except _LostError:
        return False
    except RefusedError as fault:
        return _settle(office, rows, "failed", str(fault))
    except UnsureError as fault:
        return _settle(office, rows, "unsure", str(fault))
    except NotSentError as fault:
        is_last = rows[0].tries >= MOST_TRIES
        wait = min(FIRST_WAIT_SECONDS * 2 ** (rows[0].tries - 1), LONGEST_WAIT_SECONDS)
        return _settle(office, rows, "failed" if is_last else "waiting", str(fault), due_at=now + wait)
    return _settle(office, rows, "sent", answer)


class _LostError(Exception):
    """Another process has taken the rows over."""


def _hand_out(office: Office, rows: Sequence[Notice], now: int) -> str:
    """What the other side answered. Raises what `transport` raises, and _LostError."""
    letter, plan = letter_of(office, rows), office.settings.alerts
    key = f"{rows[0].made_at}.{rows[0].id}.{len(rows)}"

    def hand_over() -> None:
        if not _move(office, rows, "claimed", "handed"):
            raise _LostError

    if rows[0].recipient == WEBHOOK:
        document = {"kind": letter.kind, "title": letter.title, "at": now, "items": letter.items}
        return post(_secret(plan.webhook_env), document, key, hand_over)
    to, sender = _email_of(office, rows[0].recipient), plan.sender or ""
    written = mail(sender, to, letter.title, letter.text, f"<{key}@{sender.rpartition('@')[2]}>", now)
    return send_mail(_secret(plan.smtp_env), written, hand_over)


def _secret(variable: str | None) -> str:
    """What an environment variable holds. Raises NotSentError."""
    value = os.environ.get(variable or "")
    if not value:
        raise NotSentError(f"{variable or '-'}?")
    return value


def _email_of(office: Office, recipient: str) -> str:
    """Raises RefusedError where nobody is to be reached any more."""
    kind, _, id = recipient.partition(":")
    with reading(office.records) as connection:
        bearer = code_by_id(connection, int(id)) if kind == "code" else user_by_id(connection, int(id))
    is_gone = bearer is None or (bearer.ended_at is not None if isinstance(bearer, OpdCode) else not bearer.is_active)
    if bearer is None or is_gone or not bearer.email:
        raise RefusedError("-")
    return bearer.email


def _move(office: Office, rows: Sequence[Notice], state: str, to: str, **values: object) -> bool:
    with writing(office.records) as connection:
        return move(connection, rows, state, to, **values)


def _settle(office: Office, rows: Sequence[Notice], to: str, answer: str, **values: object) -> bool:
    """Keep what became of them; whether they went out."""
    was_handed = _move(office, rows, "handed", to, answer=answer, **values)
    return (was_handed or _move(office, rows, "claimed", to, answer=answer, **values)) and to == "sent"
