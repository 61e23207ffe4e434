"""Uses of a room that are probably not what they say: of a letter that was rejected or cancelled, or of another agency,
and one use written down twice. All count as written, and each row that says so is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.mart.rooms import UNUSED
from data_access.records import Connection
from data_access.records.logs import rows_between, rows_with
from etl.domain.compliance.derive import fold as fold_rows
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, day_date
from etl.domain.verdict import RequestStatus
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings, shown
from etl.extract.words import fold
from etl.judging.build_facts import POSITION
from etl.judging.overlay import lay_over, overlay_in_force
from etl.judging.room_facts import SESSION_KEY, known_rooms
from etl.judging.step_standing import letters_as_shown
from etl.office import Rulebook
from etl.settings.values import opd_key

CANCELLED_USED = "cancelled_used"
"""Code of the warning that a room was used for a letter that was rejected or cancelled."""

OTHER_AGENCY, USE_AGAIN = "other_agency", "use_again"
"""Codes of the warnings that a use names a letter of another agency, and that it overlaps one that is the same but for
its start."""

_OFF = [status.code for status in (RequestStatus.REJECTED, RequestStatus.CANCELLED)]


def doubtful_uses(connection: Connection, frame: pd.DataFrame, is_news: Bools, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each row of a room log (with `request_id`) whose letter is off now; and of those that say
    something new (`is_news`) for each whose letter is of another agency than it says, and that overlaps the same use.
    """
    letters, news = _letters_now(connection, frame, book), frame[is_news]
    off = letters.loc[letters["status"].isin(_OFF), "request_id"]
    uses = frame[frame["request_id"].isin(off) & ~_is_unused(frame)]
    of_letters = [*_warnings(uses.assign(used_on=uses["started_on"])), *_of_other_agencies(news, letters)]
    return [*of_letters, *_uses_again(connection, news, book)]


def _of_other_agencies(frame: pd.DataFrame, letters: pd.DataFrame) -> list[IntakeWarning]:
    if frame.empty or letters.empty:
        return []
    theirs = frame["request_id"].map(letters.set_index("request_id")["opd_name"])
    rows = _of_others(frame.assign(theirs=theirs)[frame["agenda_key"].notna()])
    return _agencies_told(rows, OTHER_AGENCY, "instansi")


def letters_of_other_uses(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each of these register rows, of letters that are new or corrected, whose number a use by another
    agency names."""
    uses = _uses_of(connection, frame["request_id"].unique(), book)
    if uses.empty:
        return []
    uses = uses.loc[uses["agenda_key"].notna(), ["request_id", "opd_name"]].rename(columns={"opd_name": "theirs"})
    rows = _of_others(frame.merge(uses, on="request_id")).drop_duplicates(["sheet_id", "row"])
    return _agencies_told(rows, "other_agency_used", "asal")


def _agencies_told(rows: pd.DataFrame, sentence: str, column: str) -> list[IntakeWarning]:
    names = ("opd_name", "theirs")
    told = [
        _told(row, OTHER_AGENCY, sentence, number=row["agenda_number"], mine=mine, theirs=theirs)
        for row in rows.head(MAX_ALIKE).to_dict("records")
        for mine, theirs in [[shown(row[name]) for name in names]]
    ]
    return [*told, *further_warnings({(column, OTHER_AGENCY): len(rows)})]


def _of_others(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose `theirs` is another agency than their own; few names are compared for many rows."""
    names = ["opd_name", "theirs"]
    pairs = rows[names].dropna().drop_duplicates()
    is_other = [not _is_part(*pair) for pair in pairs.itertuples(index=False)]
    return rows.merge(pairs[np.array(is_other, dtype=bool)], on=names) if any(is_other) else rows[:0]


def _is_part(one: str, other: str) -> bool:
    """Whether two names of an agency are one but for its spelling, or the words of one are among those of the other."""
    words = [set(re.findall(r"\w+", fold(name))) for name in (one, other)]
    return opd_key(one) == opd_key(other) or words[0] <= words[1] or words[1] <= words[0]


def _uses_of(connection: Connection, letters: Iterable[int], book: Rulebook) -> pd.DataFrame:
    """One row per use that names one of these letters as its rows and corrections say together; a use in a room without
    a name by what was typed."""
    named = rows_with(connection, "pemakaian", "request_id", letters)
    if named.empty:
        return named
    rows = rows_with(connection, "pemakaian", "started_at", named["started_at"].unique())
    uses = _as_shown(rows.assign(room_name=rows["room_name"].fillna(rows["room_text"])), connection, book)
    return uses[uses["request_id"].isin(named["request_id"])]


def _as_shown(rows: pd.DataFrame, connection: Connection, book: Rulebook) -> pd.DataFrame:
    """One row per use, corrections laid over."""
    uses = fold_rows(rows, SESSION_KEY, unfolded=POSITION)
    return lay_over(uses, SESSION_KEY, rows, "pemakaian", overlay_in_force(connection, book))


def _uses_again(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """Uses of one letter, or of one agency for one activity, that overlap in one room from another start on."""
    around = _uses_around(connection, frame["started_at"].to_numpy(np.int64)) if len(frame) else frame
    if len(around) < 2:
        return []
    again = _overlapping(_as_shown(around, connection, book))
    if again.empty:
        return []
    rows = frame.drop_duplicates(SESSION_KEY, keep="last")
    own = rows.merge(again[[*SESSION_KEY, "before"]], on=SESSION_KEY).assign(other=lambda each: each["before"])
    earlier = again.assign(other=again["started_at"], started_at=again["before"].astype("int64"))
    earlier = earlier[~_in(earlier[["room_name", "other"]], rows)].drop_duplicates(SESSION_KEY)
    led = rows.merge(earlier[[*SESSION_KEY, "other"]], on=SESSION_KEY)
    told = [
        _told(
            row, USE_AGAIN, day=day_date(int(row["started_on"])), room=row["room_name"],
            mine=_clock(row["started_at"], book), other=_clock(row["other"], book),
        )
        for row in pd.concat([own, led]).head(MAX_ALIKE).to_dict("records")
    ]  # fmt: skip
    return [*told, *further_warnings({("jam_mulai", USE_AGAIN): len(own) + len(led)})]


def _in(uses: pd.DataFrame, rows: pd.DataFrame) -> Bools:
    """Which rooms and starts are those of one of the rows."""
    is_in: Bools = pd.MultiIndex.from_frame(uses).isin(pd.MultiIndex.from_frame(rows[SESSION_KEY]))
    return is_in


_FEW_DAYS = 31 * DAY
"""Uses between two rows no further apart than this are read with them."""


def _uses_around(connection: Connection, moments: Ints) -> pd.DataFrame:
    """The rows of uses in rooms with a name from a day before until a day behind these moments, in a few stretches."""
    moments = np.unique(moments)
    stretches = np.split(moments, np.flatnonzero(np.diff(moments) > _FEW_DAYS) + 1)
    bounds = [(int(stretch[0]) - DAY, int(stretch[-1]) + DAY) for stretch in stretches]
    parts = [rows_between(connection, "pemakaian", "started_at", *bound) for bound in bounds]
    return known_rooms(pd.concat(parts, ignore_index=True))


def _overlapping(uses: pd.DataFrame) -> pd.DataFrame:
    """The uses that begin within an earlier one of the same letter, room and agency, or without a letter of the same
    room, agency and activity; `before`: when that one began, of several that which lasts longest."""
    uses = uses.sort_values("started_at", ignore_index=True)
    has_letter = uses["request_id"] != MISSING
    of_letter = uses.groupby(["room_name", "request_id"])["opd_name"].transform("first")
    agency = uses["opd_name"].where(~has_letter, uses["opd_name"].fillna(of_letter))
    activity = uses["activity"].map({text: fold(text) for text in uses["activity"].dropna().unique()})
    end = uses["ended_at"].where(uses["ended_at"] != MISSING, uses["started_at"])
    uses = uses.assign(agency=agency, about=activity.where(~has_letter), end=end)
    uses = uses[has_letter | (agency.notna() & activity.notna())]
    whose = [uses[name] for name in ("room_name", "request_id", "agency", "about")]
    until = uses.groupby(whose, dropna=False)["end"].cummax()
    longest = pd.DataFrame({"before": uses["started_at"].where(uses["end"] == until), "until": until})
    longest["before"] = longest.groupby(whose, dropna=False)["before"].ffill()
    uses = uses.join(longest.groupby(whose, dropna=False).shift())
    return uses[uses["until"] > uses["started_at"]]


def _clock(moment: float, book: Rulebook) -> str:
    return datetime.fromtimestamp(int(moment), book.zone).strftime("%H.%M")


def cancelled_of_uses(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each register row that says so of a letter that is off now and for which a room was used."""
    off = frame[frame["status"].isin(_OFF) & ~frame["is_waiting"]]
    off = off[off["request_id"].isin(_off_now(connection, off, book))] if len(off) else off
    if off.empty:
        return []
    uses = _uses_of(connection, off["request_id"].unique(), book)
    used_on = uses[~_is_unused(uses)].groupby("request_id")["started_on"].min()
    return _warnings(off.assign(used_on=off["request_id"].map(used_on)).dropna(subset="used_on"))


def _off_now(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[int]:
    letters = _letters_now(connection, frame, book)
    off: list[int] = letters.loc[letters["status"].isin(_OFF), "request_id"].tolist()
    return off


def _letters_now(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    """The letters of these rows as pages show them, corrections laid over."""
    ids = {*frame["request_id"].tolist()} - {MISSING}
    overlay = overlay_in_force(connection, book) if ids else None
    if overlay is None:
        return pd.DataFrame(columns=["request_id", "status", "opd_name"])
    return letters_as_shown(connection, book, ids, overlay)[1]


def _is_unused(uses: pd.DataFrame) -> pd.Series:
    """Which rows of a room log say that the room was not used."""
    return uses["note"].str.contains(UNUSED, case=False, na=False)


def _warnings(rows: pd.DataFrame) -> list[IntakeWarning]:
    first = map(_warning, rows.head(MAX_ALIKE).to_dict("records"))
    return [*first, *further_warnings({("no_agenda", CANCELLED_USED): len(rows)})]


def _warning(row: Mapping[str, Any]) -> IntakeWarning:
    return _told(row, CANCELLED_USED, number=row["agenda_number"], day=day_date(int(row["used_on"])))


def _told(row: Mapping[str, Any], code: str, sentence: str = "", **values: object) -> IntakeWarning:
    number, sheet = int(row["row"]), row.get("sheet")
    message = Message(f"intake.{sentence or code}", row=number, **values)
    return IntakeWarning(code, number, message.stored(), sheet if isinstance(sheet, str) else None)
