"""All that docs/keandalan.md promises by the clock, measured on a machine that does nothing else: `make keandalan`.

`python -m tests.soak.quiet MINUTES LETTERS`, ten minutes and a million letters when nothing is said. Each part puts its
table into the document as soon as it has been measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from tests.benchmarks import bench_access, bench_backup, bench_chain, bench_start
from tests.soak import load
from tests.soak.written import put_table

MINUTES, LETTERS = 10.0, 1_000_000
_SAID = {
    "letters": "surat, tiap surat dengan 13 serah terima",
    "records_mb": "catatan (MB)",
    "file_mb": "berkas cadangan (MB)",
    "backup_seconds": "mencadangkan dan menguji hasilnya (detik)",
    "restore_seconds": "memulihkan sampai angka tampil lagi (detik)",
    "floor_copy_seconds": "sebagai pembanding: menyalin berkas catatan saja (detik)",
    "serve_to_login_seconds": "`pantau serve` sampai halaman masuk (detik)",
    "serve_to_page_seconds": "`pantau serve` sampai **Kepatuhan** tampil (detik)",
    "ms_p95": "yang ditambahkan akses pada satu callback, p95 (milidetik prosesor)",
    "added_write_cpu_ms": "yang ditambahkan rantai segel pada satu tulisan (milidetik prosesor)",
}


def table(figures: Mapping[str, Any]) -> str:
    """The figures that have words here, a line each."""
    lines = [f"| {words} | {_shown(figures[name])} |" for name, words in _SAID.items() if name in figures]
    return "\n\n| Apa | Angka |\n|---|---|\n" + "\n".join(lines) + "\n"


def _shown(value: float) -> str:
    """As the office writes numbers, with no more figures than a run can promise."""
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}".replace(",", ".")
    return f"{value:.2f}".replace(".", ",")


def main() -> int:
    """Load, start, what access and chain add, backup; 1 when the load found anything."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    letters = int(sys.argv[2]) if len(sys.argv) > 2 else LETTERS
    told = load.run(minutes)
    faults = load.faults_of(told)
    put_table("beban", load.table(told))
    print(load.table(told), json.dumps({"faults": faults}, ensure_ascii=False, indent=1), sep="\n", flush=True)
    small = {**bench_start.served(), **bench_access.run(), **bench_chain.run()}
    small = {name: value for name, value in small.items() if name != "letters"}
    put_table("mulai", table(small))
    print(json.dumps(small, indent=1), flush=True)
    kept = bench_backup.run(letters)
    put_table("cadangan", table(kept))
    print(json.dumps(kept, indent=1))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
