"""JSON that a request brings: whatever is sent, it is read or refused, never a failure of the server."""

from __future__ import annotations

import re
from typing import Any

from dash import Dash
from flask import Flask, request
from flask.json.provider import DefaultJSONProvider

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


def read_json_carefully(server: Flask) -> None:
    """Let every request's JSON be read so."""
    server.json = CarefulJson(server)


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
        isinstance(property_, dict) and _is_meant(property_, of) for property_, of in zip(given, wanted, strict=True)
    )


def _is_meant(property_: dict[str, Any], of: dict[str, Any]) -> bool:
    """Whether a value bears its declared name; an address is a text or nothing."""
    is_address = of["property"] in {"pathname", "search"} or of["id"].endswith("-later")
    has_right_type = not is_address or isinstance(property_.get("value"), str | None)
    return property_.get("id") == of["id"] and property_.get("property") == of["property"] and has_right_type
