"""The ways out: a mail server, and an address to which JSON is posted.

Each says `hand_over` right before the other side may have the whole of it: what fails earlier can be tried again, what
fails later, before an answer, may have arrived.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from data_access.origin import is_loopback

TIMEOUT_SECONDS = 20
"""How long the other side may be silent."""

_MOST_OF_ANSWER = 200


class NotSentError(Exception):
    """It did not go out; the text is what the other side answered. Later it may."""


class RefusedError(NotSentError):
    """The other side will not take it later either."""


class UnsureError(Exception):
    """It was handed over, and no answer came."""


def mail(sender: str, to: str, subject: str, text: str, message_id: str, now: int) -> EmailMessage:
    """One e-mail, in seven bits. It says that a machine wrote it, so that no machine answers."""
    written = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    written["From"], written["To"], written["Subject"] = sender, to, " ".join(subject.split())
    written["Message-ID"], written["Auto-Submitted"] = message_id, "auto-generated"
    written["Date"] = datetime.fromtimestamp(now, UTC)
    written.set_content(text)
    return written


def send_mail(url: str, written: EmailMessage, hand_over: Callable[[], None]) -> str:
    """Send by the server at that address, `smtp://user:password@host:587` or `smtps://…:465`; its answer.

    Raises NotSentError, RefusedError, UnsureError.
    """
    with _failing(NotSentError):
        server = _connect(_address(url, ("smtp", "smtps")))
    with server:
        with _failing(NotSentError):
            _name_both(server, written)
        hand_over()
        with _failing(UnsureError):
            code, answer = server.data(written.as_bytes())
    return _outcome(code, answer)


def _connect(address: SplitResult) -> smtplib.SMTP:
    """A line to the server, encrypted unless the server is on this machine and cannot."""
    context, host = ssl.create_default_context(), address.hostname or ""
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, address.port or 587, timeout=TIMEOUT_SECONDS)
    server.ehlo_or_helo_if_needed()
    if address.scheme == "smtp" and (server.has_extn("starttls") or not is_loopback(host)):
        server.starttls(context=context)
        server.ehlo()
    if address.username:
        server.login(unquote(address.username), unquote(address.password or ""))
    return server


def _name_both(server: smtplib.SMTP, written: EmailMessage) -> None:
    for code, answer in (server.mail(written["From"]), server.rcpt(written["To"])):
        _outcome(code, answer)


def _outcome(code: int, answer: bytes) -> str:
    words = f"{code} {answer.decode('utf-8', 'replace')}"[:_MOST_OF_ANSWER]
    if code >= 500:
        raise RefusedError(words)
    if code not in {250, 251}:
        raise NotSentError(words)
    return words


def post(url: str, document: Mapping[str, Any], key: str, hand_over: Callable[[], None]) -> str:
    """Post JSON to that address; the status of the answer. The same `key` stands on every try of the same content.

    Raises NotSentError, UnsureError.
    """
    with _failing(NotSentError):
        address = _address(url, ("http", "https"))
        line = _open(address)
        line.connect()
    try:
        hand_over()
        with _failing(UnsureError):
            headers = {"Content-Type": "application/json", "Idempotency-Key": key, "User-Agent": "pantau"}
            where = f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
            line.request("POST", where, json.dumps(document, ensure_ascii=False).encode(), headers)
            reply = line.getresponse()
    finally:
        line.close()
    if not 200 <= reply.status < 300:
        raise NotSentError(f"HTTP {reply.status}")
    return f"HTTP {reply.status}"


def _open(address: SplitResult) -> HTTPConnection:
    """A line that follows no redirect, encrypted unless the other side is on this machine."""
    if address.scheme == "http":
        if not is_loopback(address.hostname):
            raise ValueError("the address of another machine must begin with https://")
        return HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    return HTTPSConnection(address.hostname or "", address.port, timeout=TIMEOUT_SECONDS, context=context)


def _address(url: str, schemes: tuple[str, ...]) -> SplitResult:
    """Raises ValueError, which names nothing of the address: it may hold a password."""
    address = urlsplit(url)
    if address.scheme not in schemes or not address.hostname:
        raise ValueError("the address must begin with " + " or ".join(f"{scheme}://" for scheme in schemes))
    return address


@contextmanager
def _failing(kind: type[Exception]) -> Iterator[None]:
    """Turn the faults of a way out into one kind, with the other side's words."""
    try:
        yield
    except smtplib.SMTPResponseException as fault:
        words = fault.smtp_error.decode("utf-8", "replace") if isinstance(fault.smtp_error, bytes) else fault.smtp_error
        raise NotSentError(f"{fault.smtp_code} {words}"[:_MOST_OF_ANSWER]) from fault
    except (OSError, smtplib.SMTPException, HTTPException, ValueError) as fault:
        raise kind(f"{type(fault).__name__}: {fault}"[:_MOST_OF_ANSWER]) from fault
