"""How long a letter entered on the screen takes to be saved, and the free times of ten rooms for a month."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from data_access.home import Home
from etl.desk.letters import PaperLetter, enter_letter, next_number
from etl.domain.units import day_number
from etl.figures.rooms.free_times import room_times
from etl.intake.pipeline import apply_settings, ingest
from etl.judging.publishing import catch_up
from etl.office import Office
from etl.settings.document import apply_file
from tests.books.made import write_register
from tests.books.moments import seconds

LETTERS = 5_000
BOOKINGS_A_DAY = 2
ROUNDS = 9
ROOMS = tuple(f"Ruang {letter}" for letter in "ABCDEFGHIJ")
FIRST = date(2026, 12, 1)
NOW = seconds("2026-11-30 09:00")


def run() -> dict[str, float]:
    """Medians of 9 rounds."""
    with tempfile.TemporaryDirectory() as name:
        office = _office(Path(name))
        saved, published = zip(*(_entered(office, step) for step in range(ROUNDS + 1)), strict=True)
        first = day_number(FIRST)
        figures = {
            "letters": LETTERS,
            "saved_ms": _middle(saved[1:]),
            "published_ms": _middle(published[1:]),
            "rooms": len(ROOMS),
            "bookings": 31 * BOOKINGS_A_DAY * len(ROOMS),
            "free_times_ms": _middle(
                [_timed(lambda step=step: room_times(office, NOW + step, first, first + 30)) for step in range(ROUNDS)]
            ),
        }
        office.records.dispose()
        return figures


def _office(folder: Path) -> Office:
    office = Office.open(Home(folder / "home"), None, lambda: NOW)
    settings = folder / "ruang.toml"
    settings.write_text("".join(f'[[room]]\nname = "{room}"\ncapacity = 50\n' for room in ROOMS), encoding="utf-8")
    apply_settings(office, apply_file(office.settings, settings), NOW, actor="uji")
    ingest(office, write_register(folder / "agenda.csv", LETTERS), NOW)
    ingest(office, _bookings(folder / "jadwal.csv"), NOW)
    return office


def _bookings(path: Path) -> Path:
    """Two approved bookings a room and day."""
    head = "no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status"
    days = [FIRST + timedelta(days=day) for day in range(31)]
    hours = (("08.00", "10.00"), ("13.00", "15.00"))[:BOOKINGS_A_DAY]
    rows = [(room, day, *span) for room in ROOMS for day in days for span in hours]
    lines = [
        f"{900_000 + place};27/11/2026;08.00;Bappeda;Rapat {place};{room};{day:%d/%m/%Y};{begin};{end};disetujui"
        for place, (room, day, begin, end) in enumerate(rows)
    ]
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def _entered(office: Office, step: int) -> tuple[float, float]:
    """Milliseconds until a letter is saved, and until the screens show it."""
    number = next_number(office, NOW)
    letter = PaperLetter(number, "Bappeda", f"Rapat baru {step}", room=ROOMS[0], day="04/01/2027", begin="9", end="11")
    by = {"actor": "ani", "role": "agendaris", "client_id": f"surat-{step}", "now": NOW + step}
    saved = _timed(lambda: enter_letter(office, letter, publishes=False, **by))
    return saved, _timed(lambda: catch_up(office, NOW + step))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1_000 * (time.perf_counter() - began)


def _middle(values: object) -> float:
    ordered = sorted(values)  # type: ignore[call-overload]
    return float(ordered[len(ordered) // 2])
