"""Fifty people at work and fifty screens at once, on plain `pantau serve`: what they wait, what fails, what it takes.

`python -m tests.soak.load 10` runs for ten minutes and puts its table into docs/keandalan.md. `python -m
tests.soak.load 1 0.2` runs for one minute with a fifth of the people and screens, and only prints.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dashboard.access.devices import token_hash
from dashboard.access.people import hash_password
from data_access.records.access import add_device, add_user
from data_access.records.engine import writing
from data_access.roles import Role
from etl.demo import DEMO_SETTINGS_TOML, write_demo
from etl.intake.pipeline import apply_settings, ingest
from etl.reference.steps import STEP_COUNT
from etl.settings.document import apply
from tests.books.made import write_hand_overs, write_register
from tests.books.typed import agenda
from tests.offices.desk import OWN_OPD, PASSWORD
from tests.offices.office import open_office
from tests.serving.line import Taken
from tests.serving.processes import children, running, until
from tests.serving.visitor import Visitor, free_port
from tests.soak.people import Person, Screen
from tests.soak.written import put_table

WORKING = {
    Role.KADIN: 2, Role.SEKDIN: 3, Role.KABID: 4, Role.KASI_LITIK: 5, Role.KASI_APLIKASI: 5, Role.AGENDARIS: 8,
    Role.STAF: 13, Role.OPD: 8, Role.ADMIN: 2,
}  # fmt: skip
"""Fifty people by role."""

SCREENS = 50
EARLIER, TODAY, FIRST_TODAY = 4_300, 80, 900_001
"""Letters of before, beside the invented two years, and of today, of which none is stamped yet."""

PACE_SECONDS = 15.0
ARRIVAL_SECONDS = 30.0
"""Within so many seconds everybody has come and every screen is on."""

T = TypeVar("T")
GOAL_MS, MOST_GROWTH = 300.0, 1.15
"""p95 of all answers; memory at the end as a share of that when everybody was there for a minute."""

SETTLED_MINUTES = 5
"""Of a shorter run memory says nothing: every process meets its pages for the first time."""


@dataclass
class Served:
    """What the processes of the server took, looked at now and then: seconds since the start, MB, processor seconds."""

    number: int
    looks: list[tuple[float, float, float]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Look once."""
        family = [self.number, *children(self.number)]
        family += [number for child in family[1:] for number in children(child)]
        megabytes, seconds = (sum(map(of, family)) for of in (_megabytes, _processor_seconds))
        self.looks.append((time.monotonic() - self._began, megabytes, seconds))

    def near(self, at: float) -> tuple[float, float, float]:
        """The look nearest to so many seconds after the start."""
        return min(self.looks, key=lambda look: abs(look[0] - at))


def _megabytes(number: int) -> float:
    """Memory of a process, what it shares counted by its part."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _processor_seconds(number: int) -> float:
    try:
        parts = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def run(minutes: float, share: float = 1.0) -> dict[str, Any]:
    """The run with that share of the people and screens: by kind of request n, p50, p95, longest, faults; of the
    server its memory and its share of the processors."""
    with tempfile.TemporaryDirectory() as name:
        folder, port, taken = Path(name), free_port(), Taken()
        people, screens = _office(folder)
        words = ("serve", "--home", folder / "home", "--host", "127.0.0.1", "--port", port)
        with running(folder / "server.txt", *words, is_prepared=False) as process:
            until(lambda: Visitor(f"http://127.0.0.1:{port}").get("/sehat"))
            served = Served(process.popen.pid)
            with _all_at_work(port, _spread(people, share), _spread(screens, share), taken):
                end = time.monotonic() + ARRIVAL_SECONDS + 60 * minutes
                while time.monotonic() < end:
                    served.look()
                    time.sleep(5)
            said = process.output()
        return _told(minutes, taken, served, said)


def _office(folder: Path) -> tuple[list[tuple[str, Role]], list[str]]:
    """A home with some 5 000 letters, the rooms, reports and lists of two years, everybody and every screen."""
    now = int(time.time())
    office = open_office(folder, lambda: now)
    apply_settings(office, apply(office.settings, DEMO_SETTINGS_TOML, "pengaturan"), now, actor="admin")
    earlier = [write_register(folder / "lama.csv", EARLIER), _hand_overs(folder)]
    for book in earlier:  # numbers that the invented two years do not bear
        head, *rows = book.read_text(encoding="utf-8").splitlines()
        book.write_text("\n".join([head, *(f"9{row}" for row in rows)]) + "\n", encoding="utf-8")
    day = datetime.fromtimestamp(now, office.zone)
    today = folder / "hari ini.csv"
    rows = (f"{FIRST_TODAY + place};{day:%d/%m/%Y};00.01;Dinkes;Rapat {place}" for place in range(TODAY))
    today.write_text(agenda(*rows), encoding="utf-8")
    for book in (*write_demo(folder / "contoh", day), *earlier, today):
        ingest(office, book, now)
    people = [(f"{role.value}-{place}", role) for role, count in WORKING.items() for place in range(count)]
    screens = [f"{'layar':-<40}{place:03}" for place in range(SCREENS)]
    hashed = hash_password(PASSWORD)
    with writing(office.records) as connection:
        for name, role in people:
            opd = OWN_OPD if role is Role.OPD else None
            add_user(connection, name, role.value, opd=opd, created_at=now, password_hash=hashed)
        for cookie in screens:
            add_device(connection, f"TV {cookie[-3:]}", token_hash(cookie), created_at=now)
    office.close()
    return people, screens


def _hand_overs(folder: Path) -> Path:
    return write_hand_overs(folder / "langkah-lama.csv", EARLIER, steps=STEP_COUNT)


@contextmanager
def _all_at_work(port: int, people: list[tuple[str, Role]], screens: list[str], taken: Taken) -> Iterator[None]:
    """Everybody comes within half a minute, works, and has gone at the end."""
    stop = threading.Event()

    def work(place: int, name: str, role: Role) -> None:
        stop.wait(ARRIVAL_SECONDS * place / len(people))
        Person(port, name, role, taken, PACE_SECONDS, seed=place).work(PASSWORD, stop)

    threads = [threading.Thread(target=work, args=(place, *who)) for place, who in enumerate(people)]
    for place, cookie in enumerate(screens):
        screen = Screen(port, cookie, taken)
        threads.append(threading.Thread(target=screen.show, args=(3.0 * place / len(screens), stop)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _spread(all_: list[T], share: float) -> list[T]:
    """So large a share of them, of every kind some."""
    return all_[:: max(1, round(1 / share))]


def _told(minutes: float, taken: Taken, served: Served, said: str) -> dict[str, Any]:
    there, last = served.near(ARRIVAL_SECONDS), served.looks[-1]
    first = served.near(ARRIVAL_SECONDS + min(60.0, 30 * minutes))
    kinds = {kind: _of_kind(taken, [kind]) for kind in sorted(taken.times)}
    return {
        "minutes": minutes,
        "kinds": kinds,
        "all": _of_kind(taken, list(taken.times)),
        "requests_per_second": sum(map(len, taken.times.values())) / last[0],
        "mb_first": first[1],
        "mb_last": last[1],
        "processors": (last[2] - there[2]) / (last[0] - there[0]),
        "faults": {kind: faults[:3] for kind, faults in taken.faults.items()},
        "said": [line for line in said.splitlines() if "Traceback" in line or "failed" in line][:5],
    }


def _of_kind(taken: Taken, kinds: list[str]) -> dict[str, float]:
    times = np.concatenate([taken.times[kind] for kind in kinds])
    p50, p95 = np.percentile(times, [50, 95]).tolist()
    faults = sum(len(taken.faults.get(kind, ())) for kind in kinds)
    return {"n": len(times), "p50": p50, "p95": p95, "max": float(times.max()), "faults": faults}


def table(told: dict[str, Any]) -> str:
    """The tables of a run, as docs/keandalan.md holds them."""
    rows = [*told["kinds"].items(), ("**semua**", told["all"])]
    lines = [
        f"| {kind} | {of['n']} | {of['p50']:.0f} | {of['p95']:.0f} | {of['max']:.0f} | {of['faults']} |"
        for kind, of in rows
    ]
    each = 1_000 * told["processors"] / told["requests_per_second"]
    share = (
        f"{told['requests_per_second']:.0f} permintaan per detik; proses peladen memakai {told['processors']:.2f} "
        f"dari 2 inti, {each:.0f} ms satu permintaan; memori {told['mb_first']:.0f} MB sesudah menit pertama, "
        f"{told['mb_last']:.0f} MB pada akhir."
    )
    head = "| Permintaan | n | p50 (ms) | p95 (ms) | terlama (ms) | galat |\n|---|---|---|---|---|---|\n"
    return f"{len(lines) - 1} jenis, {told['minutes']:g} menit. {share}\n\n{head}" + "\n".join(lines) + "\n"


def faults_of(told: dict[str, Any]) -> list[str]:
    """What must not be: an answer that failed, a server that stumbled, a long wait, growing memory."""
    found = [f"{kind}: {faults}" for kind, faults in told["faults"].items()] + told["said"]
    if told["all"]["p95"] > GOAL_MS:
        found.append(f"p95 {told['all']['p95']:.0f} ms")
    if told["minutes"] >= SETTLED_MINUTES and told["mb_last"] > MOST_GROWTH * told["mb_first"]:
        found.append(f"memory {told['mb_first']:.0f} → {told['mb_last']:.0f} MB")
    return found


def main() -> int:
    """Run, print, and put the tables of a long run into the document; 1 when anything was found."""
    minutes, share = (float(sys.argv[place]) if len(sys.argv) > place else 1.0 for place in (1, 2))
    told = run(minutes, share)
    faults = faults_of(told)
    print(table(told), json.dumps({"faults": faults}, ensure_ascii=False, indent=1), sep="\n")
    if share == 1.0:
        put_table("beban", table(told))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
