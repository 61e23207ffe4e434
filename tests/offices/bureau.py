"""Books as the office types them, for the tests of the way from a file to a figure."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dashboard.i18n import sentence
from data_access.records import one_load
from data_access.records.office import save_settings
from etl.desk.settings_edit import with_room
from etl.extract.texts import letter_named
from etl.figures.compliance.steps import sla_figures, sla_json
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_json
from etl.intake.load_report import LoadReport
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.office import Clock, Fill, filled_folder, give, give_books, open_office, own_records

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui")


def give_letter(office: Office, folder: Path) -> None:
    """A register with that one letter."""
    give_books(office, folder, {"agenda.csv": LETTER}, seconds("2026-09-30 09:00"))


class Bureau:
    """An office in a folder of its own, to which books are given and from which figures are asked."""

    def __init__(self, folder: Path, now: str = "2026-09-30 09:00", database_url: str | None = None) -> None:
        self.folder = folder
        self.clock = Clock(seconds(now))
        self.office = open_office(folder, self.clock, url=database_url)

    def give(self, text: str, name: str = "buku.csv", **options: Any) -> LoadReport:
        """Load a CSV book."""
        return give(self.office, self.folder, name, text, self.clock(), **options)

    def counts(self, text: str, name: str = "buku.csv", **options: Any) -> tuple[int, int, int, int, int, int]:
        """Read, accepted, unchanged, corrected, waiting, rejected of a book."""
        report = self.give(text, name, **options).to_json(sentence)
        ends = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")
        return tuple(report[end] for end in ends)  # type: ignore[return-value]

    def case(self, letter: str, as_of: str | None = None) -> dict[str, Any]:
        """One letter as `pantau case --json` tells it."""
        named = letter_named(letter)
        assert named is not None, letter
        whole = request_detail(self.office, *named, seconds(as_of) if as_of else self.clock())
        assert whole is not None, letter
        return request_json(self.office, whole)

    def step(self, letter: str, code: str, as_of: str | None = None) -> dict[str, Any]:
        """One step of a letter."""
        return next(step for step in self.case(letter, as_of)["steps"] if step["step"] == code)

    def sla(self, first: str, last: str, as_of: str | None = None, **only: Any) -> dict[str, Any]:
        """The figures of a period as `pantau figures sla --json` tells them."""
        wanted = SlaFilter(Period(date.fromisoformat(first), date.fromisoformat(last)), **only)
        figures = sla_figures(self.office, wanted, seconds(as_of) if as_of else self.clock())
        return sla_json(self.office, figures)

    def close(self) -> None:
        """Let go of the database."""
        self.office.records.dispose()


B = TypeVar("B", bound=Bureau)


@contextmanager
def bureau_of(
    kind: type[B], folder: Path, server: str | None = None, fill: Fill | None = None, now: str = "2026-09-30 09:00"
) -> Iterator[B]:
    """A bureau of the test's own with the books that `fill` gives, closed at the end.

    Its records lie in SQLite, or on a PostgreSQL server.
    """
    if fill is not None:
        shutil.copytree(filled_folder(fill, server), folder, dirs_exist_ok=True)
    with own_records(fill, server) as url:
        bureau = kind(folder, now, url)
        try:
            yield bureau
        finally:
            bureau.close()


@contextmanager
def fresh_bureau(now: str = "2026-09-30 09:00") -> Iterator[Bureau]:
    """A bureau without a book, in a folder that is gone at the end: one of many in a test."""
    with tempfile.TemporaryDirectory() as name, bureau_of(Bureau, Path(name), now=now) as bureau:
        yield bureau


def settings_of_another_process(bureau: Bureau) -> None:
    """A further room, Aula, in the settings of which this process has heard nothing: no mart was published for it."""
    bureau.office.book.calendar  # noqa: B018 – the rules of before are known here
    settings = with_room(bureau.office.settings, "Aula", None, ["Aula Bawah"])
    with one_load(bureau.office.records) as connection:
        save_settings(connection, settings.to_document(), at=bureau.clock(), actor="lain")


def full_disk(fault: pytest.MonkeyPatch) -> None:
    """No mart can be written from now on."""

    def refuse(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    fault.setattr("data_access.mart.files.sync_file", refuse)
