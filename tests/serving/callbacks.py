"""Callbacks and pages, asked for the way Dash's script does."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

STAMPED = {"id": "stamp-done", "property": "data", "value": 0}
"""What the pages with stamp buttons listen to besides their own inputs."""

FAILED = "Terjadi kesalahan"
"""What stands in the frame instead of a page that failed."""


def call(browser: FlaskClient, output: Any, inputs: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    """Ask for a callback the way Dash's script does."""
    name, _, prop = str(output).strip(".").rpartition(".")
    body = {
        "output": output,
        "outputs": {"id": name, "property": prop},
        "inputs": inputs or [],
        "state": [],
        "changedPropIds": [],
        **more,
    }
    cookie = browser.get_cookie("_csrf_token")
    headers = {"X-CSRFToken": cookie.value} if cookie else {}
    return browser.post("/_dash-update-component", json=body, headers=headers)


def outputs(*names: str) -> dict[str, Any]:
    """How Dash's script names a callback with several outputs."""
    pairs = [name.rpartition(".") for name in names]
    return {"outputs": [{"id": id, "property": prop} for id, _, prop in pairs]}


def ask(browser: FlaskClient, names: tuple[str, ...], inputs: list[dict[str, Any]], **more: Any) -> Any:
    """The reply of a callback with several outputs."""
    return call(browser, f"..{'...'.join(names)}..", inputs, **outputs(*names), **more)


def later(browser: FlaskClient, name: str, search: str) -> Any:
    """A part of a page that comes after the first (`sla-more`), for an address."""
    inputs = [{"id": f"{name.partition('-')[0]}-later", "property": "data", "value": search}]
    reply = call(browser, f"{name}.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"][name]["children"]


def opened(browser: FlaskClient, path: str, search: str = "") -> Any:
    """The page at an address, as the router sends it."""
    reply = ask(
        browser,
        ("shell-page.children", "shell-title.data"),
        [{"id": "shell-url", "property": "pathname", "value": path}],
        state=[{"id": "shell-url", "property": "search", "value": search}],
    )
    assert reply.status_code == 200, reply.text
    assert FAILED not in reply.text
    return reply.json["response"]["shell-page"]["children"]
