"""Somebody logged in to a server, without a browser."""

from __future__ import annotations

import http.cookiejar
import json
import re
import socket
import time
import urllib.parse
import urllib.request
from typing import Any


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Visitor:
    """A logged-in user without a browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """A page's text."""
        return self.web.open(self.base + path, timeout=30).read().decode()

    def log_in(self, name: str, password: str) -> None:
        """Through the form, as people do."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/masuk"))
        assert token is not None
        form = urllib.parse.urlencode({"csrf_token": token[1], "nama": name, "sandi": password, "ke": "/"})
        self.web.open(self.base + "/masuk", form.encode(), timeout=30).read()

    def ask(self, body: dict[str, Any]) -> float:
        """Milliseconds of one callback."""
        headers = {"Content-Type": "application/json"}
        token = next((cookie.value for cookie in self.jar if cookie.name == "_csrf_token"), None)
        if token:
            headers["X-CSRFToken"] = token
        request = urllib.request.Request(self.base + "/_dash-update-component", json.dumps(body).encode(), headers)
        start = time.perf_counter()
        with self.web.open(request, timeout=30) as reply:
            reply.read()
            assert reply.status == 200
        return (time.perf_counter() - start) * 1000
