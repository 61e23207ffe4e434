"""A return that giver and receiver tell of is one only by the version of the SOP in force when the letter was received.

A file is read with the returns of every version. A row whose letter has not come yet is taken as it is: the judge goes
by the version of the letter.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access.records import Connection
from etl.domain.frames import MISSING, Bools
from etl.domain.sop.steps import STEP_CODES
from etl.domain.units import day_date
from etl.extract import Extracted
from etl.extract.findings import Fault, fault
from etl.extract.kinds import Kind
from etl.intake.doubled_rows import without_rejected
from etl.intake.storing import plain, receipts
from etl.office import Rulebook


def with_returns_in_force(connection: Connection, load_id: int, part: Extracted, book: Rulebook) -> Extracted:
    """The part of a file of hand-overs without the returns that are none for their letter.

    A row that names its step goes on without one; of any other row nothing is left to be taken, and it is rejected.
    """
    if part.kind is not Kind.DISPOSISI or part.refuse is None or not book.has_several_orders:
        return part
    places = np.flatnonzero(part.frame["returned_to"].notna())
    rows = plain(part.frame.iloc[places]).assign(load_id=load_id)
    received = receipts(connection, Kind.DISPOSISI, rows) if len(rows) else np.empty(0, dtype=np.int64)
    sender, to = (rows[name].to_numpy(dtype=np.int64) for name in ("step", "returned_to"))
    returns = zip(places.tolist(), sender.tolist(), to.tolist(), received.tolist(), strict=True)
    wrong = {place: _other_version(*row) for place, *row in returns if not _is_return(book, *row)}
    if not wrong:
        return part
    is_wrong: Bools = np.isin(np.arange(len(part.frame)), [*wrong])
    is_pair = part.frame["is_pair"].to_numpy(dtype=bool)
    frame = part.frame.assign(returned_to=part.frame["returned_to"].mask(pd.Series(is_wrong, part.frame.index)))
    rejects = [part.refuse(place, "dari", defect) for place, defect in wrong.items() if is_pair[place]]
    return without_rejected(part, rejects, frame[~(is_wrong & is_pair)])


def _is_return(book: Rulebook, sender: int, to: int, received_on: int) -> bool:
    """Whether the sender's step depends on the other one, by the version of the letter."""
    if received_on == MISSING:
        return True
    version = book.sop.version_for(day_date(received_on))
    return sender in book.procedures[book.sop.versions.index(version)].dependents[to]


def _other_version(sender: int, to: int, received_on: int) -> Fault:
    steps = {"sender": STEP_CODES[sender], "to": STEP_CODES[to]}
    return fault("unknown_handover", "return_of_other_version", **steps, received=day_date(received_on))
