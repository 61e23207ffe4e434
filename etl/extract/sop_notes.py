"""What Keterangan says of the order of an SOP's steps: where a letter goes, goes back to, what comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.extract.words import fold

_NUMBER = r"[a-z]?\d{1,3}[a-z]?\b"
_STEPS = re.compile(
    rf"(?:langkah|kegiatan|tahap|nomor|no)\b\.?\s*(?:nomor|no)?\.?\s*"
    rf"({_NUMBER}(?:\s*(?:,|dan|&|/|serta|atau)\s*(?:(?:langkah|kegiatan|no)\.?\s*)?{_NUMBER})*)"
)
_KINDS = (
    ("returns_to", re.compile(r"kembali|ulang")),
    ("beside", re.compile(r"bersama|paralel|serentak|sejajar|berbarengan")),
    ("chosen_from", re.compile(r"pilihan|cabang|alternatif")),
    ("after", re.compile(r"setelah|sesudah|mengikuti|menunggu|usai")),
    ("goes_to", re.compile(r"\bke\b|lanjut|menuju|\bya\b|tidak|setuju|tolak|lengkap|\bjika\b|\bbila\b|apabila")),
)
_OPTIONAL = re.compile(
    r"opsional|(?:bila|jika|apabila|kalau) (?:di)?perlu(?:kan)?\b|(?:dapat|boleh) (?:di)?lewati|(?:bila|jika) diminta"
)
_END = re.compile(r"(?:proses )?(?:selesai|berakhir)\.?")


@dataclass(frozen=True)
class Told:
    """What one note says; steps by their numbers as they are written. `is_doubtful`: it names steps in other words."""

    goes_to: tuple[str, ...] = ()
    returns_to: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    chosen_from: tuple[str, ...] = ()
    is_optional: bool = False
    is_end: bool = False
    is_doubtful: bool = False


def told_by(note: str) -> Told:
    """What the words of a note say."""
    text, at = fold(note), 0
    steps: dict[str, tuple[str, ...]] = {}
    is_doubtful = False
    for found in _STEPS.finditer(text):
        before = re.split(r"[;.]", text[at : found.start()])[-1]
        kind = next((name for name, words in _KINDS if words.search(before)), None)
        numbers = tuple(re.findall(_NUMBER, found[1]))
        if kind is None:
            is_doubtful = True
        else:
            steps[kind] = (*steps.get(kind, ()), *numbers)
        at = found.end()
    return Told(
        **steps,
        is_optional=bool(_OPTIONAL.search(text)),
        is_end=any(_END.fullmatch(part.strip()) for part in re.split(r"[;,]|\. ", text)),
        is_doubtful=is_doubtful,
    )
