"""An SOP version as the document it is written in: what `parse_sop` reads, and how the records keep it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from etl.domain.sop.file import clock_word
from etl.domain.sop.steps import Cell, SopStep
from etl.domain.sop.versions import SopIdentity, SopVersion


def to_document(version: SopVersion) -> dict[str, Any]:
    """The document that `parse_sop` turns into that version again; the date as a date."""
    return {
        "nomor": version.number,
        "judul": version.title,
        "berlaku_sejak": version.effective_on,
        "identitas": _identity(version.identity),
        "langkah": {step.code: _step(step) for step in version.steps},
    }


def to_json(version: SopVersion) -> dict[str, Any]:
    """The same document as JSON holds it."""
    return {**to_document(version), "berlaku_sejak": version.effective_on.isoformat()}


def from_json(document: Mapping[str, Any]) -> dict[str, Any]:
    """What `to_json` gave, in the form that `parse_sop` takes."""
    return {**document, "berlaku_sejak": date.fromisoformat(document["berlaku_sejak"])}


def _identity(identity: SopIdentity) -> dict[str, Any]:
    return {
        "instansi": list(identity.agency),
        "alamat": identity.address,
        "dibuat": identity.created,
        "revisi": identity.revised,
        "efektif": identity.effective,
        "catatan_tanggal": identity.date_note,
        "disahkan_jabatan": identity.approved_title,
        "disahkan_nama": identity.approved_name,
        "disahkan_pangkat": identity.approved_rank,
        "dasar_hukum": list(identity.legal_basis),
        "keterkaitan": list(identity.related),
        "kualifikasi": list(identity.qualifications),
        "peralatan": list(identity.equipment),
        "peringatan": identity.warning,
        "pencatatan": list(identity.records),
        "sumber": identity.source,
        "catatan_bacaan": list(identity.reading_notes),
        "di_luar_sop": list(identity.outside),
    }


def _step(step: SopStep) -> dict[str, Any]:
    written: dict[str, Any] = {
        "kegiatan": step.activity,
        "nama_singkat": step.short_name,
        "nama_meja": step.desk_name,
        "pelaksana": step.actor,
        "pelaksana_meja": step.desk_actor,
        "peran": step.role,
        "kelengkapan": _cell(step.requires),
        "waktu": _cell(step.time),
        "output": _cell(step.output),
        "mengikuti": list(step.follows),
        "bagian": step.part,
        "jam": clock_word(step.clock),
        "waktu_opd": step.is_opd_time,
        "arti": [meaning.value for meaning in step.meanings],
        "hari_sebelum": step.days_ahead,
    }
    written |= {"catatan": step.note} if step.note else {}
    return written | ({} if step.target_seconds is None else {"waktu_detik": step.target_seconds})


def _cell(cell: Cell) -> dict[str, Any]:
    sure = {} if cell.confidence is None else {"keyakinan": cell.confidence}
    return {"teks": cell.text, **sure}
