"""People at work on a real server, without browsers: they open pages, whose callbacks are asked as Dash's script asks
them, look closer, stamp, report and think between; and screens on a wall that poll."""

from __future__ import annotations

import json
import random
import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from dashboard.access.devices import DEVICE_COOKIE
from dashboard.access.roles import May, is_allowed
from dashboard.access.roles import Page as Right
from dashboard.wall import DATA_PATH, HEARTBEAT_PATH
from dashboard.web.pages import PAGES
from data_access.roles import Role
from etl.domain.compliance.stamping import Stamp
from tests.serving.callbacks import FAILED
from tests.serving.line import Answer, Line, Taken
from tests.serving.walk import Parts

LIST_SECONDS, FIGURES_SECONDS = 3.0, 10.0
TICK_SECONDS = 30.0
"""How often an open list and any other open page asks for news, and how often for the age of the data, as `renew.js`
and the shell do."""

RENEWS = 0.5
"""Of the offers to renew a page of figures so many are taken."""

POLL_SECONDS, BEAT_SECONDS = 3.0, 60.0
"""How often a screen asks, and tells that it paints, as `poll.js` and `report.js` do."""

ROOM = "Smart Center"
PLAIN_STAMPS = {Stamp.RECEIVED, Stamp.FORWARDED}
SEEN, STAMPED = "halaman", "ketukan"
_REQUEST = re.compile(r"/permohonan/\d{4}/[0-9]+")
_WHY = re.compile(r'/mengapa/[^"\\]+')
_TAP = re.compile(r'"data-stamp":"((?:[^"\\]|\\.)*)"')
_MONTHS = [(f"2026-{month:02}-01", f"2026-{month:02}-28") for month in range(1, 12)]
_FILES = {Right.KEPATUHAN: "/kepatuhan/unduh.csv", Right.RUANG: "/ruang/unduh.csv"}


class Person:
    """One signed-in user with one open page. `pace`: seconds of thought between two deeds, on average."""

    def __init__(self, port: int, name: str, role: Role, taken: Taken, pace: float, seed: int) -> None:
        self.name, self.role, self._pace = name, role, pace
        self._line, self._chance = Line(port, taken), random.Random(seed)  # noqa: S311 – spreads the deeds
        self._paths = [page.PATH for page in PAGES if page.NAV and is_allowed(role, page.PAGE)]
        self._callbacks: list[dict[str, Any]] = []
        self._parts, self._text, self._here, self._search = Parts({}), "", "/", ""
        self._mark: str | None = None
        self._about, self._is_list = "", False
        self._deeds = self._known_deeds()

    def work(self, password: str, stop: threading.Event) -> None:
        """Sign in, then one deed after the other until it is over."""
        self._line.ask("masuk: formulir", "GET", "/masuk")
        self._sign_in(password)
        self._callbacks = self._rules()
        self._open(self._paths[0])
        while not stop.is_set():
            self._think(stop)
            deeds, weights = zip(*self._deeds, strict=True)
            self._chance.choices(deeds, weights)[0]()
        self._line.close()

    def _known_deeds(self) -> list[tuple[Callable[[], None], int]]:
        deeds = [(self._open_any, 40), (self._look_at_request, 15), (self._ask_why, 10), (self._other_period, 15)]
        deeds += [(self._stamp, 3), (self._take_file, 3)]
        return deeds + ([(self._report, 5)] if is_allowed(self.role, Right.LAPOR, May.DO) else [])

    def _sign_in(self, password: str) -> None:
        form = self._line.ask("masuk: formulir", "GET", "/masuk")
        token = re.search(r'name="csrf_token" value="([^"]+)"', form.text if form else "")
        values = {"csrf_token": token[1] if token else "", "nama": self.name, "sandi": password, "ke": "/"}
        self._line.send_form("masuk", "/masuk", values)

    def _rules(self) -> list[dict[str, Any]]:
        """What Dash asks for once: which callbacks there are."""
        answer = self._line.ask("aturan callback", "GET", "/_dash-dependencies")
        return [each for each in (answer.json if answer else []) if not each.get("clientside_function")]

    # A page

    def _open(self, address: str) -> None:
        """A page from its address on, as a browser loads it."""
        self._here, self._search = address, address[address.find("?") :] if "?" in address else ""
        self._line.ask(f"{SEEN}: kerangka", "GET", address)
        self._show(self._line.ask(f"{SEEN}: isi", "GET", f"/_dash-layout?alamat={quote(address, safe='')}"))

    def _open_anew(self) -> None:
        """The same page once more, drawn as a whole."""
        self._show(self._line.ask("halaman: diperbarui", "GET", f"/_dash-layout?alamat={quote(self._here, safe='')}"))

    def _show(self, answer: Answer | None) -> None:
        self._text = _plain(answer.text) if answer else ""
        self._parts = Parts(answer.json if answer and answer.status == 200 else {})
        self._mark = self._told_mark()
        waiting = [each for each in self._callbacks if not each["prevent_initial_call"]]
        while ready := [each for each in waiting if self._parts.show(each)]:
            waiting = [each for each in waiting if each not in ready]
            for each in ready:
                self._ask(each, "callback halaman")
        for later in [each for each in self._callbacks if _is_later(each) and self._parts.show(each)]:
            self._ask(later, "callback bagian bawah", **{later["inputs"][0]["id"]: self._search})

    def _ask(self, callback: dict[str, Any], kind: str, **given: Any) -> Any:
        """A callback with the values that stand on the page, but `given`; its answer is taken into the page."""
        inputs, state = ([self._parts.valued(part) for part in callback[name]] for name in ("inputs", "state"))
        inputs = [{**part, "value": given.get(part["id"], part["value"])} for part in inputs]
        names = [name.rpartition(".") for name in callback["output"].strip(".").split("...")]
        outputs = [{"id": id, "property": prop} for id, _, prop in names]  # of several callbacks one says which: "@…"
        changed = [f"{part['id']}.{part['property']}" for part in inputs if not given or part["id"] in given]
        body = {"output": callback["output"], "inputs": inputs, "state": state, "changedPropIds": changed[:1]}
        body |= {"outputs": outputs if callback["output"].startswith("..") else outputs[0]}
        answer = self._line.send_json(kind, "/_dash-update-component", body)
        if answer is None or answer.status != 200:
            return None
        self._text += _plain(answer.text)
        if FAILED in answer.text:
            self._line.taken.note(kind, 0.0, f"{self.name} {callback['output']}: {answer.text[:200]}")
        self._parts.change(answer.json["response"])
        return answer.json["response"]

    def _told_mark(self) -> str | None:
        listed = re.search(r'"data-renew-about": ?"([\w-]*)", ?"data-renew-mark": ?"(\w+)"', self._text)
        told = listed or re.search(r'"data-renew-mark": ?"()(\w+)"', self._text)
        self._about, self._is_list = (told[1] if told else ""), listed is not None
        return told[2] if told else None

    # Deeds

    def _think(self, stop: threading.Event) -> None:
        """Seconds of thought, in which the page asks for news and draws itself anew when there is some."""
        now = time.monotonic()
        end, tick = now + self._chance.uniform(0.4, 1.6) * self._pace, now + TICK_SECONDS
        pause = LIST_SECONDS if self._is_list else FIGURES_SECONDS
        while not stop.wait(max(0.0, min(pause, end - time.monotonic()))) and time.monotonic() < end:
            if self._mark is not None:
                self._ask_news()
            if time.monotonic() > tick:
                tick += TICK_SECONDS
                self._ask_of("shell-tick", "n_intervals", "umur data", 1)

    def _ask_news(self) -> None:
        about = f"?tentang={self._about}" if self._about else ""
        answer = self._line.ask("ada yang baru?", "GET", f"/kabar{about}")
        if answer is None or answer.status != 200 or answer.json["mark"] == self._mark:
            return
        self._mark = answer.json["mark"]
        if self._is_list:
            self._ask_of("stamp-done", "data", "digambar ulang", int(time.time() * 1_000))
        elif self._chance.random() < RENEWS:
            self._open_anew()
        self._ask_of("shell-tick", "n_intervals", "umur data", 1)

    def _ask_of(self, id: str, prop: str, kind: str, value: Any) -> None:
        """Every callback of this page that listens to that part."""
        for each in self._callbacks:
            listens = any((part["id"], part["property"]) == (id, prop) for part in each["inputs"])
            if listens and self._parts.show(each):
                self._ask(each, kind, **{id: value})

    def _open_any(self) -> None:
        self._open(self._chance.choice(self._paths))

    def _look_at_request(self) -> None:
        known = sorted(set(_REQUEST.findall(self._text)))
        self._open(self._chance.choice(known) if known else "/permohonan")

    def _ask_why(self) -> None:
        known = sorted(set(_WHY.findall(self._text)))
        if known:
            self._open(self._chance.choice(known))
        else:
            self._open_any()

    def _other_period(self) -> None:
        first, last = self._chance.choice(_MONTHS)
        path = self._chance.choice([path for path in self._paths if path in {"/kepatuhan", "/ruang"}] or self._paths)
        self._open(f"{path}?dari={first}&sampai={last}")

    def _take_file(self) -> None:
        path = next((path for right, path in _FILES.items() if is_allowed(self.role, right)), None)
        if path is not None:
            self._line.ask("berkas CSV", "GET", path)

    def _stamp(self) -> None:
        """One of the plain taps that the page offers; without one, of the page of what waits."""
        if not self._taps():
            self._open(self._paths[0])
        taps = self._taps()
        stamping = [each for each in self._callbacks if each["output"].startswith("..stamp-said.children")]
        if not taps or not stamping:
            return
        done = self._ask(stamping[0], STAMPED, **{"stamp-tap": self._chance.choice(taps)})
        if done and "stamp-done" in done:
            self._ask_of("stamp-done", "data", "digambar ulang", done["stamp-done"]["data"])

    def _taps(self) -> list[dict[str, Any]]:
        """What the plain buttons of the page say."""
        taps = [json.loads(json.loads(f'"{tap}"')) for tap in _TAP.findall(self._text)]
        return [tap for tap in taps if tap.get("stamp") in PLAIN_STAMPS and "what" not in tap]

    def _report(self) -> None:
        """What a phone sends of a room: all is well there."""
        token = self._line.ask("lapor: token", "GET", "/lapor/-/token")
        answers = [{"barang": item, "kondisi": "baik"} for item in ("AC", "Proyektor")]
        number = f"beban-{secrets.token_hex(8)}"
        report = json.dumps({"id": number, "dibuat": int(time.time()), "jawaban": answers})
        part = f'--{number}\r\nContent-Disposition: form-data; name="laporan"\r\n\r\n{report}\r\n--{number}--\r\n'
        headers = {"Content-Type": f"multipart/form-data; boundary={number}", "X-CSRFToken": token.json["token"]}
        self._line.ask("lapor", "POST", f"/lapor/{quote(ROOM)}", part.encode(), headers)


def _plain(text: str) -> str:
    """An answer with its addresses as they are typed."""
    return text.replace("\\u002f", "/")


def _is_later(callback: dict[str, Any]) -> bool:
    """Whether a callback draws what lies below, which the page asks for once its first part stands."""
    return [part["property"] for part in callback["inputs"] if part["id"].endswith("-later")] == ["data"]


class Screen:
    """A screen on a wall, let in by its cookie."""

    def __init__(self, port: int, cookie: str, taken: Taken) -> None:
        self._line, self._mark = Line(port, taken, {DEVICE_COOKIE: cookie}), ""

    def show(self, first_after: float, stop: threading.Event) -> None:
        """Ask every three seconds with the mark of the last picture, tell every minute that it paints."""
        beat = time.monotonic() + BEAT_SECONDS
        stop.wait(first_after)
        while not stop.is_set():
            answer = self._line.ask("dinding", "GET", DATA_PATH, headers={"If-None-Match": self._mark})
            if answer is not None:
                self._mark = answer.headers.get("ETag") or self._mark
            if time.monotonic() > beat:
                beat += BEAT_SECONDS
                told = {"build": "0", "viewport": "1920×1080", "errors": 0, "last_error": None}
                self._line.send_json("dinding: kabar", HEARTBEAT_PATH, told)
            stop.wait(POLL_SECONDS)
        self._line.close()
