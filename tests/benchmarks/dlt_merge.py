"""The peer: dlt merges the same file into the same kind of database. It neither understands nor judges a cell.

`python -m tests.benchmarks.dlt_merge FOLDER URL BOOK WAY`; prints JSON, `{}` where dlt is not installed. WAY is `csv`,
as its documentation reads a CSV file (`filesystem | read_csv`), or `arrow`, its fastest: tables that pass through
untouched.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyarrow import csv
from sqlalchemy import make_url

KEY = ["no_agenda", "tahun", "langkah"]
SQLITE = "-"


def merged(folder: Path, url: str, book: Path, way: str) -> dict[str, Any]:
    """Seconds for a merge by the key of a hand-over."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder), "RUNTIME__LOG_LEVEL": "CRITICAL"}
    try:
        import dlt
    except ModuleNotFoundError:
        return {}

    rows = dlt.resource(_tables(book), name="disposisi") if way == "arrow" else _rows(book)
    rows.apply_hints(primary_key=KEY, write_disposition="merge")
    pipeline = dlt.pipeline("lantai", destination=_destination(dlt, folder, url), dataset_name="dlt_buku")
    began = time.perf_counter()
    pipeline.run(rows)
    return {"seconds": time.perf_counter() - began, "version": dlt.__version__}


def _tables(book: Path) -> Iterator[Any]:
    yield from csv.open_csv(book, parse_options=csv.ParseOptions(delimiter=";"))


def _rows(book: Path) -> Any:
    from dlt.sources.filesystem import filesystem, read_csv

    found = filesystem(bucket_url=book.parent.as_uri(), file_glob=book.name) | read_csv(sep=";")
    return found.with_name("disposisi")


def _destination(dlt: Any, folder: Path, url: str) -> Any:
    if url == SQLITE:
        return dlt.destinations.sqlalchemy(f"sqlite:///{folder / 'dlt.sqlite'}")
    place = make_url(url)
    socket = quote(str(place.query.get("host") or place.host), safe="")  # dlt asks for a host in its own place
    return dlt.destinations.postgres(f"postgresql://{place.username}:-@{socket}:{place.port or 5432}/{place.database}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(merged(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])) + "\n")
