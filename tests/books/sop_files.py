"""SOPs of other offices, as files in the form of Permenpan-RB 35/2012 and as TOML, and the rules they make."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etl.domain.compliance.rules import Rules, rules_from
from etl.domain.sop.versions import Sop, SopVersion
from etl.sop_files import read_sop_file
from tests.books.letters import LONG_AGO, Letter, perpres

FOLDER = Path(__file__).parent / "sops"
NAMES = ("surat-masuk", "rekomendasi-penelitian", "pengaduan")


def sop_file(name: str, suffix: str = ".toml") -> Path:
    """Where that SOP lies."""
    return FOLDER / f"{name}{suffix}"


def version_of(name: str) -> SopVersion:
    """The SOP of that name."""
    read = read_sop_file(sop_file(name))
    assert read.problems == ()
    return read.version


def rules_of(*versions: SopVersion) -> Rules:
    """Its rules; every step recorded since long ago."""
    sop = Sop(versions)
    return rules_from(sop, perpres(), np.full(len(sop.codes), LONG_AGO, dtype=np.int64))


def letter_of(version: SopVersion, received: str) -> Letter:
    """A letter of that SOP."""
    return Letter(received, places={code: at for at, code in enumerate(version.codes)})
