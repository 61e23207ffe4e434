"""A browser's line to a real server, kept open between its questions, and how long every answer took."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

PATIENCE_SECONDS = 60.0
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as a document."""
        return json.loads(self.body)


@dataclass
class Taken:
    """Milliseconds of every answer by kind, and the answers that were none; of many lines at once."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, fault: str | None) -> None:
        """Keep one answer."""
        with self._lock:
            self.times[kind].append(milliseconds)
            if fault is not None:
                self.faults[kind].append(fault)


class Line:
    """One visitor: its cookies and its one open line."""

    def __init__(self, port: int, taken: Taken, cookies: Mapping[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self.taken = taken
        self._web = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def ask(
        self, kind: str, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """Ask and wait for the whole answer; None when there was none. What the server answers as a refusal or a
        failure is kept as a fault of that kind."""
        began = time.perf_counter()
        answer, fault = self._asked(method, path, body, dict(headers or {}))
        if answer is not None and answer.status >= 400:
            fault = f"{answer.status} {path.partition('?')[0]} {answer.text[:200]}"
        self.taken.note(kind, (time.perf_counter() - began) * 1_000, fault)
        return answer

    def send_form(self, kind: str, path: str, values: Mapping[str, str]) -> Answer | None:
        """Send a form."""
        return self.ask(kind, "POST", path, urlencode(values).encode(), {"Content-Type": FORM})

    def send_json(self, kind: str, path: str, document: Any) -> Answer | None:
        """Send a document as the desk's scripts do."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("_csrf_token", "")}
        return self.ask(kind, "POST", path, json.dumps(document).encode(), headers)

    def close(self) -> None:
        """Hang up."""
        self._web.close()

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[Answer | None, str | None]:
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Accept-Encoding": "identity"}
        is_kept = self._web.sock is not None
        for may_try_again in (is_kept, False):
            try:
                return self._answered(method, path, body, headers), None
            except (OSError, http.client.HTTPException) as fault:
                self._web.close()
                # The server had closed the idle line, as it may: browsers open another without a word.
                if not (may_try_again and isinstance(fault, ConnectionError | http.client.RemoteDisconnected)):
                    return None, repr(fault)
        raise AssertionError("the second try ends in an answer or a fault")

    def _answered(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        self._web.request(method, path, body, headers)
        reply = self._web.getresponse()
        answer = Answer(reply.status, reply.headers, reply.read())
        for told in reply.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(told).items()}
        return answer
