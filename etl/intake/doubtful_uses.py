"""Uses of a room that are probably not what they say: of a letter that was rejected or cancelled, or of another agency,
and one use written down twice. All count as written, and each row that says so is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.mart.rooms import UNUSED
from data_access.records import Connection
from data_access.records.logs import rows_between, rows_with
from etl.domain.compliance.derive import fold as fold_rows
from etl.domain.frames import MISSING
from etl.domain.units import DAY, day_date
from etl.domain.verdict import RequestStatus
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings, shown
from etl.extract.words import fold
from etl.judging.overlay import overlay_in_force
from etl.judging.room_facts import SESSION_KEY, known_rooms
from etl.judging.step_standing import letters_as_shown
from etl.office import Rulebook

CANCELLED_USED = "cancelled_used"
"""Code of the warning that a room was used for a letter that was rejected or cancelled."""

OTHER_AGENCY, USE_AGAIN = "other_agency", "use_again"
"""Codes of the warnings that a use names a letter of another agency, and that it overlaps one that is the same but for
its start."""

_OFF = [status.code for status in (RequestStatus.REJECTED, RequestStatus.CANCELLED)]


def doubtful_uses(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each row of a room log (with `request_id`) whose letter is off now, or of another agency than the
    row says, and for each that overlaps the same use."""
    letters = _letters_now(connection, frame, book)
    off = letters.loc[letters["status"].isin(_OFF), "request_id"]
    uses = frame[frame["request_id"].isin(off) & ~_is_unused(frame)]
    of_letters = [*_warnings(uses.assign(used_on=uses["started_on"])), *_of_other_agencies(frame, letters)]
    return [*of_letters, *_uses_again(connection, frame, book)]


def _of_other_agencies(frame: pd.DataFrame, letters: pd.DataFrame) -> list[IntakeWarning]:
    theirs = frame["request_id"].map(letters.set_index("request_id")["opd_name"])
    rows = frame.assign(theirs=theirs)[frame["agenda_key"].notna() & frame["opd_name"].notna() & theirs.notna()]
    rows = rows[[not _is_part(*pair) for pair in zip(rows["opd_name"], rows["theirs"], strict=True)]]
    told = [
        _told(row, OTHER_AGENCY, number=row["agenda_number"], mine=shown(row["opd_name"]), theirs=shown(row["theirs"]))
        for row in rows.head(MAX_ALIKE).to_dict("records")
    ]
    return [*told, *further_warnings({("instansi", OTHER_AGENCY): len(rows)})]


def letters_of_other_uses(connection: Connection, frame: pd.DataFrame) -> list[IntakeWarning]:
    """One warning for each of these register rows, of letters that are new or corrected, whose number a use by another
    agency names."""
    uses = rows_with(connection, "pemakaian", "request_id", frame["request_id"].unique())
    uses = uses.loc[uses["agenda_key"].notna() & uses["opd_name"].notna(), ["request_id", "opd_name"]]
    rows = frame[frame["opd_name"].notna()].merge(uses.rename(columns={"opd_name": "theirs"}), on="request_id")
    rows = rows[[not _is_part(*pair) for pair in zip(rows["opd_name"], rows["theirs"], strict=True)]]
    rows = rows.drop_duplicates(["sheet_id", "row"])
    told = [
        _told(
            row, OTHER_AGENCY, "other_agency_used", number=row["agenda_number"], mine=shown(row["opd_name"]),
            theirs=shown(row["theirs"]),
        )
        for row in rows.head(MAX_ALIKE).to_dict("records")
    ]  # fmt: skip
    return [*told, *further_warnings({("asal", OTHER_AGENCY): len(rows)})]


def _is_part(one: str, other: str) -> bool:
    """Whether the words of one name of an agency are among those of the other."""
    words = [set(fold(name).split()) for name in (one, other)]
    return words[0] <= words[1] or words[1] <= words[0]


def _uses_again(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """Uses of one letter, or of one agency for one activity, that overlap in one room from another start on."""
    if frame.empty:
        return []
    first, last = int(frame["started_at"].min()), int(frame["started_at"].max())
    stored = known_rooms(rows_between(connection, "pemakaian", "started_at", first - DAY, last + DAY))
    uses = fold_rows(stored, SESSION_KEY, unfolded=("id", "load_id", "sheet_id", "row")).sort_values("started_at")
    who = [_who(*row) for row in zip(*(uses[name] for name in ("request_id", "opd_name", "activity")), strict=True)]
    uses = uses.assign(who=who, end=np.where(uses["ended_at"] == MISSING, uses["started_at"], uses["ended_at"]))
    uses = uses[uses["who"] != ""]
    same = uses.groupby(["room_name", "who"], sort=False)
    uses["before"], uses["until"], uses["theirs"] = (same[name].shift() for name in ("started_at", "end", "opd_name"))
    is_other = uses["opd_name"].notna() & uses["theirs"].notna() & (uses["opd_name"] != uses["theirs"])
    again = uses[(uses["until"] > uses["started_at"]) & ~is_other]
    rows = frame.drop_duplicates(SESSION_KEY, keep="last")
    own = rows.merge(again[[*SESSION_KEY, "before"]], on=SESSION_KEY).assign(other=lambda each: each["before"])
    earlier = again.assign(other=again["started_at"], started_at=again["before"].astype("int64"))
    led = rows.merge(earlier[[*SESSION_KEY, "other"]], on=SESSION_KEY)
    led = led[~pd.MultiIndex.from_frame(led[["room_name", "other"]]).isin(pd.MultiIndex.from_frame(rows[SESSION_KEY]))]
    told = [
        _told(
            row, USE_AGAIN, day=day_date(int(row["started_on"])), room=row["room_name"],
            mine=_clock(row["started_at"], book), other=_clock(row["other"], book),
        )
        for row in pd.concat([own, led]).head(MAX_ALIKE).to_dict("records")
    ]  # fmt: skip
    return [*told, *further_warnings({("jam_mulai", USE_AGAIN): len(own) + len(led)})]


def _who(letter: int, agency: object, activity: object) -> str:
    """Whose use it is, and for what; empty where that is not said."""
    if letter != MISSING:
        return str(letter)
    is_said = isinstance(agency, str) and isinstance(activity, str)
    return f"{agency}: {fold(str(activity))}" if is_said else ""


def _clock(moment: float, book: Rulebook) -> str:
    return datetime.fromtimestamp(int(moment), book.zone).strftime("%H.%M")


def cancelled_of_uses(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each register row that says so of a letter that is off now and for which a room was used."""
    off = frame[frame["status"].isin(_OFF) & ~frame["is_waiting"]]
    off = off[off["request_id"].isin(_off_now(connection, off, book))]
    if off.empty:
        return []
    uses = rows_with(connection, "pemakaian", "request_id", off["request_id"].unique())
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
