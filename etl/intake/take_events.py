"""Events of a calendar into the records: rows of the register that wait until a person gives them a letter.

A waiting event is a register row without a receipt, at a letter that bears no number: it counts in no figure. It waits
as the newest load that tells of its event says it, so that a moved date moves it and one taken out leaves. A date that
has its letter tells of that letter from then on: what the calendar says anew of it is a correction.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access.records import Connection
from data_access.records.intake.loads import LETTER_MISSING
from data_access.records.intake.undo import letters_of_events
from data_access.records.requests import NO_YEAR, rows_of, upsert_requests
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.verdict import RequestStatus
from etl.intake.classify import Classified, Outcome, classify_keyed
from etl.intake.load import REQUEST_COLUMNS, REQUEST_PAIRS, REQUEST_WORDS, letter_rooms, take_permohonan
from etl.intake.storing import Own, Taken, each_part, store
from etl.judging.build_facts import folded_requests
from etl.office import Rulebook

_OF_LETTER = ["request_id", "year", "agenda_key", "agenda_number", "received_on", "received_at", "opd", "opd_name"]
_BOOKING = ["booked_start_on", "booked_start_at", "booked_end_on", "booked_end_at"]


def _take_events(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """The rows of a calendar, as `etl.extract.calendars` types them."""
    frame["opd_name"] = frame["opd"]
    frame["room_name"] = letter_rooms(frame, book.settings, book.room_names)
    frame["year"], frame["is_waiting"] = NO_YEAR, True
    frame["request_id"] = upsert_requests(connection, frame)
    known = letters_of_events(connection)
    dates = zip(frame["request_id"].tolist(), frame["letter_on"].tolist(), strict=True)
    letter_ids = np.array([known.get(date, MISSING) for date in dates], dtype=np.int64)
    taken, is_news = _take_news(connection, load_id, frame, letter_ids, book)
    is_off = (frame["status"] == RequestStatus.CANCELLED.code).to_numpy(dtype=bool)
    frame.loc[is_off, _BOOKING] = MISSING
    ends = np.where((letter_ids != MISSING) | is_off, Outcome.UNCHANGED, Outcome.WAITING).astype(np.int8)
    own = Own.of(load_id, rows_of(connection, frame["request_id"].unique()), REQUEST_WORDS)
    rest, result = frame[~is_news].reset_index(drop=True), Classified(ends[~is_news])
    taken.add(store(connection, load_id, "permohonan", rest, result, own, LETTER_MISSING).taken)
    return taken


def _take_news(
    connection: Connection, load_id: int, frame: pd.DataFrame, letter_ids: Ints, book: Rulebook
) -> tuple[Taken, Bools]:
    """Take the events that say something new of the letter of their date as rows of it; which those are.

    A letter of which no row counts yet is what its waiting rows say: it waits for its room.
    """
    rows = rows_of(connection, set(letter_ids.tolist()) - {MISSING})
    is_counting = ~rows["is_waiting"] | ~rows["request_id"].isin(rows.loc[~rows["is_waiting"], "request_id"])
    letters = folded_requests(rows[is_counting & (rows["received_on"] != MISSING)], book.calendar)
    places = np.flatnonzero(np.isin(letter_ids, letters["request_id"]))
    own = letters.set_index("request_id", drop=False).loc[letter_ids[places], _OF_LETTER]
    events = frame.iloc[places].reset_index(drop=True)
    told = {name: own[name].to_numpy() for name in _OF_LETTER}
    events = events.assign(**told, letter_on=MISSING, note=None, is_waiting=False)
    is_changed = classify_keyed(events, letters, "request_id", REQUEST_COLUMNS, REQUEST_PAIRS).outcome
    is_elsewhere = events["room"].notna() & events["room_name"].isna()
    news = np.flatnonzero((is_changed == Outcome.CORRECTED) | is_elsewhere.to_numpy(dtype=bool))
    taken, is_news = Taken({}), np.zeros(len(frame), dtype=bool)
    is_news[places[news]] = True
    for place in news.tolist():  # rows of a register are compared with their neighbours, those of a calendar have none
        taken.add(take_permohonan(connection, load_id, events.iloc[[place]].reset_index(drop=True), book))
    return taken, is_news


take_events = each_part(_take_events)
