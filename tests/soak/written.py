"""Tables of docs/keandalan.md that a run writes: each stands between two marks that bear its name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path("docs/keandalan.md")


def put_table(name: str, table: str, document: Path = DOCUMENT) -> None:
    """Put a table in the place of the one that stands under that name, with the day on which it was measured."""
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document}: no place for {name}")
    measured = f"Diukur {datetime.now(UTC):%Y-%m-%d}: "
    document.write_text(f"{before}{begin}{measured}{table}{end}{after}", encoding="utf-8")
