"""What a phone posts: a JSON part that says everything, and the photos beside it."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from etl.desk.condition_reports import Answer, NewReport, ReportRefusedError, condition_of

MOST_ANSWERS = 200


def read_report(room: str, text: str | None, files: MultiDict[str, FileStorage]) -> NewReport:
    """The report in a form: `laporan` is JSON, `foto-<n>` are the photos of its n-th answer.

    Raises ReportRefusedError for what no page of ours sends.
    """
    document = _document(text)
    answers = document.get("jawaban")
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        raise ReportRefusedError("lapor.broken")
    said = tuple(_answer(one) for one in answers)
    photos = [
        (said[number].item, file.read()) for number in range(len(said)) for file in files.getlist(f"foto-{number}")
    ]
    return NewReport(
        client_id=_text(document, "id"),
        room=room,
        made_at=_whole(document, "dibuat"),
        answers=said,
        occasion=str(document.get("saat") or "") or None,
        request_id=_maybe(document, "surat"),
        session_started_at=_maybe(document, "sesi"),
        photos=photos,
    )


def _document(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ReportRefusedError("lapor.broken")
    return found


def _answer(one: Any) -> Answer:
    if not isinstance(one, dict) or not isinstance(one.get("barang"), str):
        raise ReportRefusedError("lapor.broken")
    note = one.get("uraian")
    return Answer(one["barang"], condition_of(str(one.get("kondisi"))), note if isinstance(note, str) else None)


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.isascii():
        raise ReportRefusedError("lapor.broken")
    return value


def _whole(document: dict[str, Any], name: str) -> int:
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**40:
        raise ReportRefusedError("lapor.broken")
    return value


def _maybe(document: dict[str, Any], name: str) -> int | None:
    return None if document.get(name) is None else _whole(document, name)
