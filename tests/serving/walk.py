"""A browser that opens pages and asks every callback of theirs, with the values that the page itself holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from dash import Dash
from flask.testing import FlaskClient

from tests.serving.callbacks import FAILED, call


@dataclass
class Walk:
    """What one browser was answered: `failures` are the answers that are none, `answered` the callbacks' outputs."""

    app: Dash
    browser: FlaskClient
    failures: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def get(self, address: str) -> Any:
        """The answer to a plain address."""
        reply = self.browser.get(address)
        self._judge(address, reply)
        reply.close()  # a file that is sent stays open until then
        return reply

    def page(self, address: str) -> Parts:
        """Open a page as the first answer gives it."""
        reply = self.get(f"/_dash-layout?alamat={quote(address, safe='')}")
        return Parts(reply.json if reply.status_code == 200 else {})

    def whole_page(self, address: str) -> None:
        """Open a page, and ask all that stands on it, and on what comes of that; what only the frame asks, once."""
        self.ask_all(address, self.page(address))

    def ask_all(self, address: str, parts: Parts) -> None:
        """Ask all that stands on a page, and on what comes of that; what only the frame asks, once."""
        known = {output for output in self.answered if "shell-" in output}
        waiting = [name for name, entry in self.app.callback_map.items() if "callback" in entry and name not in known]
        while ready := [output for output in waiting if parts.hold(self.app.callback_map[output])]:
            waiting = [output for output in waiting if output not in ready]
            for output in ready:
                self._ask(address, output, parts)

    def press(self, button: str, parts: Parts) -> Iterator[Any]:
        """The replies to a press of a button, with what stands on the page beside it."""
        for output, entry in self.app.callback_map.items():
            if "callback" in entry and {"id": button, "property": "n_clicks"} in entry["inputs"]:
                names = [name.rpartition(".") for name in output.strip(".").split("...")]
                bare = [{"id": id, "property": prop} for id, _, prop in names]
                inputs = [{**part, "value": 1 if part["id"] == button else None} for part in entry["inputs"]]
                state = [parts.valued(part) for part in entry["state"]]
                more = {"outputs": bare if output.startswith("..") else bare[0]}
                yield call(self.browser, output, inputs, state=state, changedPropIds=[f"{button}.n_clicks"], **more)

    def remaining_callbacks(self) -> None:
        """Ask the callbacks that were not asked yet, as parts of pages that hold nothing."""
        for output, entry in self.app.callback_map.items():
            if "callback" in entry and output not in self.answered:
                self._ask("", output, Parts({}))

    def _ask(self, address: str, output: str, parts: Parts) -> None:
        entry = self.app.callback_map[output]
        inputs, state = ([parts.valued(part) for part in entry[name]] for name in ("inputs", "state"))
        names = [name.rpartition(".") for name in output.strip(".").split("...")]
        outputs = [{"id": id, "property": prop} for id, _, prop in names]
        changed = [f"{part['id']}.{part['property']}" for part in inputs[:1]]
        given = {"outputs": outputs if output.startswith("..") else outputs[0], "changedPropIds": changed}
        reply = call(self.browser, output, inputs, state=state, **given)
        self.answered.add(output)
        self._judge(f"{address} {output}", reply)
        if reply.status_code == 200:
            parts.change(reply.json["response"])

    def _judge(self, what: str, reply: Any) -> None:
        if reply.status_code >= 500 or (reply.is_json and FAILED in reply.text):
            self.failures.append(f"{what}: {reply.status_code} {reply.text[:200]}")


class Parts:
    """The components with an id that stand on a page."""

    def __init__(self, page: Any) -> None:
        self._props = {props["id"]: props for props in _components(page)}
        self._inactive = set(_inactive(page))
        self._buttons = set(_buttons(page))

    def change(self, response: dict[str, dict[str, Any]]) -> None:
        """Take what a callback answered; the page that the router gives is the one that stands already."""
        for id, changed in response.items():
            if id in self._props and id != "shell-page":
                self._props[id] = {**self._props[id], **changed}
                self._props |= {props["id"]: props for props in _components(changed)}
                self._inactive |= set(_inactive(changed, is_off=id in self._inactive))
                self._buttons |= set(_buttons(changed))

    def buttons(self, *, is_active: bool) -> set[str]:
        """The buttons that can be pressed, or that cannot, by their ids."""
        return self._buttons - self._inactive if is_active else self._buttons & self._inactive

    def come_from(self, address: str) -> None:
        """Let what stands for the address on the page say what the address asks for, as a browser does."""
        for id, props in self._props.items():
            if id.endswith("-url"):
                props["search"] = f"?{address.partition('?')[2]}"

    def hold(self, callback: dict[str, Any]) -> bool:
        """Whether all that a callback reads stands on the page."""
        return all(part["id"] in self._props for name in ("inputs", "state") for part in callback[name])

    def show(self, callback: dict[str, Any]) -> bool:
        """Whether all that a callback reads and writes stands on the page: only then Dash's script asks it."""
        written = [name.rpartition(".")[0] for name in callback["output"].strip(".").split("...")]
        return self.hold(callback) and all(id in self._props for id in written)

    def valued(self, part: dict[str, str]) -> dict[str, Any]:
        """A property with its value, as Dash's script sends it."""
        return {**part, "value": self._props.get(part["id"], {}).get(part["property"])}


def _components(part: Any) -> Iterator[dict[str, Any]]:
    """The properties of all components with an id."""
    if isinstance(part, list):
        for child in part:
            yield from _components(child)
    elif isinstance(part, dict):
        props = part.get("props")
        if isinstance(props, dict) and isinstance(props.get("id"), str):
            yield props
        for child in part.values():
            yield from _components(child)


def _inactive(part: Any, *, is_off: bool = False) -> Iterator[str]:
    """The ids of what is disabled, or stands in something disabled."""
    if isinstance(part, list):
        for child in part:
            yield from _inactive(child, is_off=is_off)
    elif isinstance(part, dict):
        props = part.get("props")
        is_off = is_off or (isinstance(props, dict) and bool(props.get("disabled")))
        if is_off and isinstance(props, dict) and isinstance(props.get("id"), str):
            yield props["id"]
        for child in part.values():
            yield from _inactive(child, is_off=is_off)


def _buttons(part: Any) -> Iterator[str]:
    """The ids of all buttons."""
    if isinstance(part, list):
        for child in part:
            yield from _buttons(child)
    elif isinstance(part, dict):
        props = part.get("props")
        if part.get("type") == "Button" and isinstance(props, dict) and isinstance(props.get("id"), str):
            yield props["id"]
        for child in part.values():
            yield from _buttons(child)
