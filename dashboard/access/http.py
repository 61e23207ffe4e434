"""What a request brings and what a reply carries.

JSON is read or refused, never a failure of the server. Headers tell the browser what to refuse: foreign scripts,
framing, guessing of types, leaking of addresses.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from dash import Dash
from flask import Flask, Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as BaseResponse

_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")


class CarefulJson(DefaultJSONProvider):
    """JSON as Flask reads it, but what is nested too deep or holds half a letter is no JSON (ValueError)."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The document. No database takes half a surrogate pair, which JSON can write and UTF-8 cannot."""
        try:
            body = super().loads(s, **kwargs)
            text = s.decode() if isinstance(s, bytes) else s
            if _HALF_LETTER.search(text):
                self.dumps(body, ensure_ascii=False).encode()
        except RecursionError:
            raise ValueError("nested too deep") from None
        return body


def json_object() -> dict[str, Any]:
    """The JSON object of this request; empty when it holds none."""
    body = request.get_json(silent=True) if request.is_json else None
    return body if isinstance(body, dict) else {}


def is_shaped_for(app: Dash, output: str, body: dict[str, Any]) -> bool:
    """Whether a request brings what the callback was declared with: the same outputs, inputs and states, in order.

    Dash hands the values on by position alone, and fails where something is missing.
    """
    declared = app.callback_map[output]
    changed = body.get("changedPropIds", [])
    return (
        _fits(body.get("inputs"), declared["inputs"])
        and _fits(body.get("state", []), declared["state"])
        and _names(body.get("outputs"), output)
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def _names(outputs: Any, output: str) -> bool:
    """Whether the list of outputs says the same as the callback's name."""
    named = outputs if isinstance(outputs, list) else [outputs]
    if not all(isinstance(property_, dict) for property_ in named):
        return False
    parts = [f"{property_.get('id')}.{property_.get('property')}" for property_ in named]
    return output == (f"..{'...'.join(parts)}.." if isinstance(outputs, list) else parts[0])


def _fits(given: Any, wanted: list[dict[str, Any]]) -> bool:
    if not isinstance(given, list) or len(given) != len(wanted):
        return False
    return all(
        _are_fields(part, of) if of["id"].startswith("{") else _is_meant(part, of)
        for part, of in zip(given, wanted, strict=True)
    )


def _are_fields(given: Any, of: dict[str, Any]) -> bool:
    """Whether these are values of the fields that a pattern means: `{"key": ["ALL"], "type": …}`."""
    kind = json.loads(of["id"])["type"]
    return isinstance(given, list) and all(
        isinstance(field, dict) and _is_field(field.get("id"), kind) and field.get("property") == of["property"]
        for field in given
    )


def _is_field(id: Any, kind: str) -> bool:
    return isinstance(id, dict) and id.keys() == {"key", "type"} and id["type"] == kind and isinstance(id["key"], str)


def _is_meant(property_: Any, of: dict[str, Any]) -> bool:
    """Whether a value bears its declared name; an address is a text or nothing."""
    if not isinstance(property_, dict):
        return False
    is_address = of["property"] in {"pathname", "search"} or of["id"].endswith("-later")
    has_right_type = not is_address or isinstance(property_.get("value"), str | None)
    return property_.get("id") == of["id"] and property_.get("property") == of["property"] and has_right_type


_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_KEEP_SECONDS = 31_536_000
_ENCRYPTED_ONLY = {"Strict-Transport-Security": f"max-age={_KEEP_SECONDS}; includeSubDomains"}
FILES = "_dash_assets.static"
"""The endpoint of the files of `assets/`."""


def content_policy(script_hashes: Sequence[str] = ()) -> str:
    """The policy: scripts only from here, plus Dash's own inline starters by hash.

    Styles may stand inline because Dash's components write style elements, and bars have their places in attributes.
    """
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def policy_hash(script: str) -> str:
    """How the policy names an inline script that may run."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def is_encrypted() -> bool:
    """Whether this request came by TLS: the server stands behind it (`--https`), or a trusted proxy says so."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


HOST_ONLY = "__Host-"
"""So the name of a cookie begins that only this very host can set: no neighbour under the same domain plants one."""


def cookie_name(name: str) -> str:
    """What a cookie is called on the way that this request came by."""
    return f"{HOST_ONLY}{name}" if is_encrypted() else name


def give_cookie(reply: Response | BaseResponse, name: str, value: str, *, path: str = "/", **sent: Any) -> None:
    """Set a cookie that no script reads. Behind TLS it travels encrypted only, under a name that wants the path "/"."""
    is_safe = is_encrypted()
    reply.set_cookie(cookie_name(name), value, path="/" if is_safe else path, secure=is_safe, httponly=True, **sent)


def cookie(name: str) -> str | None:
    """The value of a cookie that `give_cookie` set."""
    return request.cookies.get(cookie_name(name))


def fixed_headers(policy: str, *, is_safe: bool) -> dict[str, str]:
    """What stands on every reply, also on those that no view gave."""
    return {"Content-Security-Policy": policy, **_FIXED, **(_ENCRYPTED_ONLY if is_safe else {})}


def add_headers(server: Flask, policy: str) -> None:
    """Send the policy and its companions with every reply, and keep data out of caches."""
    server.session_interface = _Sessions()

    @server.after_request
    def write(response: Response) -> Response:
        response.headers.update(fixed_headers(policy, is_safe=is_encrypted()))
        _say_how_long(response)
        _close_with(response)
        return response


class _Sessions(SecureCookieSessionInterface):
    """Flask's, which say of a reply that it is good for one cookie only; but not of files that may be kept, which a
    browser would then fetch anew for each page. Behind TLS the cookie travels encrypted only."""

    digest_method = staticmethod(sha256)

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, _app: Flask) -> bool:
        return is_encrypted()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.max_age:
            super().save_session(app, session, response)


def _say_how_long(response: Response) -> None:
    """Files whose address changes with their content may be kept, for whoever asks; data may not."""
    if request.endpoint == FILES and response.status_code == 200 and "v" in request.args:
        response.cache_control.public = True
        response.cache_control.max_age = _KEEP_SECONDS
        response.cache_control.no_cache = None
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"


def _close_with(response: Response) -> None:
    """Close a sent file with its reply; the compression, which comes after, forgets to."""
    close = getattr(response.response, "close", None)
    if request.endpoint == FILES and close is not None:
        response.call_on_close(close)
