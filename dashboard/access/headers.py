"""What the browser is told to refuse: foreign scripts, framing, guessing of types, leaking of addresses."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from flask import Flask, Response, request

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_KEEP_SECONDS = 31_536_000
_FILES = "_dash_assets.static"


def content_policy(script_hashes: Sequence[str] = ()) -> str:
    """The policy: scripts only from here, plus Dash's own inline starters by hash.

    Styles may stand inline because Plotly and the table component write style elements.
    """
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def policy_hash(script: str) -> str:
    """How the policy names an inline script that may run."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def add_headers(server: Flask, policy: str, *, is_https: bool) -> None:
    """Send the policy and its companions with every reply, and keep data out of caches."""

    @server.after_request
    def write(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers.update(_FIXED)
        if is_https:
            response.headers["Strict-Transport-Security"] = f"max-age={_KEEP_SECONDS}"
        _say_how_long(response)
        _close_with(response)
        return response


def _say_how_long(response: Response) -> None:
    """Files whose address changes with their content may be kept; data may not."""
    if request.endpoint == _FILES and response.status_code == 200 and "v" in request.args:
        response.cache_control.public = True
        response.cache_control.max_age = _KEEP_SECONDS
        response.cache_control.no_cache = None
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"


def _close_with(response: Response) -> None:
    """Close a sent file with its reply; the compression, which comes after, forgets to."""
    close = getattr(response.response, "close", None)
    if request.endpoint == _FILES and close is not None:
        response.call_on_close(close)
