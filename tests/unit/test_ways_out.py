"""What leaves the house by mail and webhook: only to a side that proves who it is, and never with a line that somebody
put into a field."""

from __future__ import annotations

import shutil

import pytest

from dashboard.access.people import usable_email
from dashboard.notices.transport import NotSentError, mail, post, send_mail
from data_access.errors import PantauError
from tests.serving.mail import mail_server, webhook

HANDED: list[str] = []
"""What was handed over: nothing may be where the other side is refused."""


def written(to: str = "kadin@kantor.go.id", subject: str = "Terlambat") -> bytes:
    return mail("pantau@kantor.go.id", to, subject, "Isi", "<1@kantor.go.id>", 0).as_bytes()


def test_a_subject_of_several_lines_stays_one_header() -> None:
    headers, _, _ = written(subject="Terlambat\r\nBcc: pencuri@example.com\n\nisi lain").partition(b"\r\n\r\n")
    assert b"\r\nSubject: Terlambat Bcc: pencuri@example.com isi lain" in headers
    assert b"\nBcc:" not in headers


@pytest.mark.parametrize(
    "to", ["kadin@kantor.go.id\nBcc: x@example.com", "kadin@kantor.go.id\r\nDATA", "a@b.id>\r\nRSET"]
)
def test_an_address_of_several_lines_is_none(to: str) -> None:
    with pytest.raises(PantauError):
        usable_email(to)
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        written(to)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing here makes a certificate")
def test_a_mail_server_whose_certificate_nobody_vouches_for_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    letter = mail("pantau@kantor.go.id", "kadin@kantor.go.id", "Terlambat", "Isi", "<1@kantor.go.id>", 0)
    with mail_server() as server, pytest.raises(NotSentError, match="CERTIFICATE_VERIFY_FAILED"):
        send_mail(server.url, letter, lambda: HANDED.append("mail"))
    assert (server.mails, HANDED) == ([], [])


@pytest.mark.parametrize(
    "url", ["http://kait.example.go.id/masuk", "http://10.0.0.5/masuk", "file:///etc/passwd", "gopher://x/"]
)
def test_a_webhook_of_another_machine_wants_https_and_nothing_else(url: str) -> None:
    with pytest.raises(NotSentError, match="must begin with http"):
        post(url, {}, "1", lambda: HANDED.append("webhook"))
    assert HANDED == []


def test_a_webhook_that_sends_on_elsewhere_is_not_followed() -> None:
    with webhook() as (url, elsewhere), webhook() as (first, taken):
        taken.statuses, taken.location = [307], url
        with pytest.raises(NotSentError, match="HTTP 307"):
            post(first, {"kind": "overdue"}, "1", lambda: None)
    assert elsewhere.documents == []
