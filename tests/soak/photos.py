"""Hostile photos at a real server: four reports at once, and what its processes hold at most meanwhile."""

from __future__ import annotations

import io
import json
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.books.photos import png_of
from tests.books.typed import agenda
from tests.serving.command_line import pantau
from tests.serving.processes import Process, children, running, until
from tests.serving.visitor import Visitor, free_port

MOST_MB = 500
AT_ONCE = 4
SIDE = 7_740
"""A square of nearly as many pixels as are taken."""

ROOM = "/lapor/Smart%20Center"
KINDS = ("png", "transparent", "moving", "passes", "wide", "webp", "moving_webp", "padded")


def run(kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """Megabytes above a server that has taken usual reports by kind of photo, and faults."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        _begin(folder)
        with running(folder / "kata.txt", "serve", "--home", folder, "--port", port) as process:
            phones = [_phone(folder, f"http://127.0.0.1:{port}") for _ in range(AT_ONCE)]
            assert [_give(phone, "usual") for phone in phones * 3] == [201] * AT_ONCE + [200] * 2 * AT_ONCE
            rest = _resident([process.popen.pid, *children(process.popen.pid)])
            taken = {kind: _attack(process, phones, kind) for kind in kinds}
    most = {kind: peak - rest for kind, (peak, _) in taken.items()}
    faults = [f"{kind}: {more} MB more" for kind, more in most.items() if more > MOST_MB]
    faults += [f"{kind}: {states}" for kind, (_, states) in taken.items() if not set(states) <= {200, 201, 422}]
    return {"rest_mb": rest, "more_mb": most, "answers": {k: v[1] for k, v in taken.items()}, "faults": faults}


def _begin(folder: Path) -> None:
    book = folder / "agenda.csv"
    book.write_text(agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi"), encoding="utf-8")
    assert pantau("ingest", book, "--home", folder).code == 0
    assert pantau("user", "add", "staf", "--role", "staf", "--home", folder).code == 0
    words = pantau("user", "password", "staf", "--home", folder, "--json").json["password"]
    (folder / "sandi.txt").write_text(words, encoding="utf-8")


def _phone(folder: Path, address: str) -> Visitor:
    phone = Visitor(address)
    until(lambda: bool(phone.get("/sehat")))
    phone.log_in("staf", (folder / "sandi.txt").read_text(encoding="utf-8"))
    return phone


def _attack(process: Process, phones: list[Visitor], kind: str) -> tuple[int, list[int]]:
    """Megabytes that all processes held together at most while so many reports came, and their answers."""
    peak, is_over = [0], threading.Event()

    numbers = [process.popen.pid, *children(process.popen.pid)]

    def watch() -> None:
        while not is_over.is_set():
            peak[0] = max(peak[0], _resident(numbers))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            states = list(pool.map(lambda phone: _give(phone, kind), phones))
    finally:
        is_over.set()
        watcher.join()
    return peak[0], states


def _give(phone: Visitor, kind: str) -> int:
    """A report with four such photos; the status of its answer."""
    config = json.loads(phone.get(ROOM).partition('id="config">')[2].partition("</script>")[0])
    answers = [{"barang": "AC", "kondisi": "HEAVY"}]
    report = {"id": f"{kind}-{id(phone)}", "dibuat": int(time.time()), "jawaban": answers}
    data = {
        "laporan": json.dumps(report),
        "foto-0": [FileStorage(io.BytesIO(photo(kind)), "foto.jpg") for _ in range(4)],
    }
    boundary, body = encode_multipart(data)
    headers = {"X-CSRFToken": config["csrf"], "Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(phone.base + ROOM, body, headers | {"Accept": "application/json"})
    try:
        with phone.web.open(request, timeout=120) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def _resident(numbers: list[int]) -> int:
    """Megabytes of these processes together."""
    return sum(_kilobytes(number) for number in numbers) // 1_024


def _kilobytes(number: int) -> int:
    try:
        lines = Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@cache
def photo(kind: str) -> bytes:
    """A picture that is small on the line and large when it is unpacked."""
    out, square = io.BytesIO(), (SIDE, SIDE)
    if kind == "usual":
        Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    elif kind == "png":
        Image.new("RGB", square, "teal").save(out, "PNG")
    elif kind == "transparent":
        Image.new("RGBA", square, (9, 99, 200, 100)).save(out, "PNG")
    elif kind == "moving":
        first, *others = [Image.new("RGBA", (3_000, 3_000), (step, 1, 1, 100)) for step in range(5)]
        first.save(out, "PNG", save_all=True, append_images=others)
    elif kind == "passes":
        Image.new("RGB", square, "teal").save(out, "JPEG", progressive=True, subsampling=0)
    elif kind == "wide":
        return png_of(60_000, 60_000)
    elif kind == "webp":
        Image.new("RGBA", (4_340, 4_340), (9, 99, 200, 100)).save(out, "WEBP", quality=10, method=0)
    elif kind == "moving_webp":
        first, *others = [Image.new("RGBA", (4_000, 4_000), (step, 1, 1, 100)) for step in range(5)]
        first.save(out, "WEBP", save_all=True, append_images=others, method=0)
    else:
        Image.new("RGB", square, "teal").save(out, "JPEG", quality=30)
        return out.getvalue() + b"\0" * (14 * 1_024**2)
    return out.getvalue()
