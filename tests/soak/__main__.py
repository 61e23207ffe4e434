"""Long runs: `make soak`. Ends with 1 when anything was found."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.serving.databases import running_postgresql
from tests.soak import kills, photos, printed, wall

KILLS = 1_000
PRINTED = 100


def main() -> int:
    """Ten thousand polls of the wall, a hundred printed registers, hostile photos; then loads killed on SQLite and on
    PostgreSQL."""
    told = wall.run()
    print(json.dumps({"wall": told}, ensure_ascii=False), flush=True)
    found = bool(told["faults"])
    told = printed.run(PRINTED)
    print(json.dumps({"printed": told}, ensure_ascii=False), flush=True)
    found = found or bool(told["faults"])
    told = photos.run()
    print(json.dumps({"photos": told}, ensure_ascii=False), flush=True)
    found = found or bool(told["faults"])
    with running_postgresql() as server:
        for name in ("sqlite", "postgresql"):
            with tempfile.TemporaryDirectory() as folder:
                if name == "sqlite":
                    told = kills.on_sqlite(Path(folder), KILLS // 2)
                else:
                    told = kills.on_postgresql(Path(folder), KILLS // 2, server)
            print(json.dumps({"kills": name, **told}, ensure_ascii=False), flush=True)
            found = found or bool(told["faults"])
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
