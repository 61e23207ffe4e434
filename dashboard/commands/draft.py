"""`pantau sop draft`: the file of a SOP found in an event log, with what was decided and why as its comments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import tomli_w
import typer

from dashboard.commands import common
from dashboard.commands.measure import Order, said_columns
from dashboard.i18n import Formats, Language, message
from data_access.errors import PantauError, cause_of

if TYPE_CHECKING:
    from etl.figures.draft import Draft, DraftStep

DRAFT_HELP = """Menyusun rancangan berkas SOP dari log kejadian: langkah, urutan yang ditempuh sebagian besar kasus,
dan waktu yang dipenuhi empat dari lima kasus (P80, dalam jam kerja). Untuk disunting; alasannya ada di dalamnya."""


def draft(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Berkas .csv, .csv.gz, .xes, atau .xes.gz.")],
    out: Annotated[Path, typer.Option("--out", metavar="BERKAS", help="Berkas SOP (.toml) yang ditulis.")],
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="BERKAS", help="Kalender dan zona waktu; bawaan: milik pantau.")
    ] = None,
    columns: Annotated[str, typer.Option("--columns", metavar="ISI=KOLOM,…", help="Seperti pada measure.")] = "",
    date_order: Annotated[
        Order | None, typer.Option("--date-order", help="Urutan tanggal yang ditulis dengan tiga angka.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Bahasa keterangannya.")] = Language.INDONESIAN,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Write the draft, and tell what it holds."""
    from etl.extract.dates import DateOrder
    from etl.figures.draft import draft as draft_of
    from etl.figures.draft import draft_json
    from etl.figures.measure import calendar_only

    if out.suffix.casefold() != ".toml":
        raise PantauError("draft.toml", file=out.name)
    if out.exists():  # perhaps a draft that somebody has worked on since
        raise PantauError("export.file_there", file=out.name)
    book = calendar_only(settings, common.time_now())
    moment = common.as_of_moment(as_of, book.zone)
    with common.working("Membaca log dan menyusun rancangan", quiet=json):
        drafted = draft_of(log, book, moment, said_columns(columns), date_order and DateOrder(date_order))
    writer = _Writer(drafted, log.name, Formats(language, book.zone), language)
    try:
        out.write_text(writer.text(), encoding="utf-8")
    except OSError as fault:
        raise PantauError("command.file_error", file=out.name, cause=cause_of(fault)) from fault
    document = draft_json(drafted) | {"out": str(out)}
    common.answer(json, document, *(_line(found) for found in drafted.steps), writer.say("written", file=out.name))


def _line(found: DraftStep) -> str:
    step = found.step
    follows = ", ".join(step.follows) or "–"
    return f"{step.code:<4} {step.time.text or '–':<16} n={found.n:<6} {follows:<12} {step.activity}"


class _Writer:
    """Writes the file, key by key, with its comments in a language."""

    def __init__(self, drafted: Draft, file: str, formats: Formats, language: Language) -> None:
        self.drafted, self.file, self.formats, self.language = drafted, file, formats, language
        self.course = drafted.course
        self.code = [found.step.code for found in drafted.found]

    def text(self) -> str:
        """The whole file."""
        parts = [self._head()]
        parts += (self._step(place, self.drafted.found[place]) for place in self.course.order)
        parts.append(self._activities())
        return "\n\n".join("\n".join(part) for part in parts) + "\n"

    def say(self, key: str, **values: object) -> str:
        """A sentence of the draft."""
        return message(f"draft.{key}", self.language, **values)

    def _remark(self, key: str, **values: object) -> str:
        return f"# {_plain(self.say(key, **values))}"

    def _number(self, value: int) -> str:
        return self.formats.number(value)

    def _head(self) -> Iterator[str]:
        from etl.domain.sop.discovery import BOTH, FEW
        from etl.figures.draft import TARGET_PERCENT

        drafted = self.drafted
        few, both, most = (self.formats.percent(share, 0) for share in (FEW, BOTH, 1 - BOTH))
        period = self.formats.period(drafted.first, drafted.last)
        counts = {"cases": self._number(drafted.log.cases), "events": self._number(drafted.log.rows)}
        yield self._remark("head", file=self.file, period=period, **counts)
        yield self._remark("rule_steps", few=few)
        yield self._remark("rule_order", most=most, both=both)
        yield self._remark("rule_returns", few=few)
        yield self._remark("rule_time", percent=TARGET_PERCENT)
        if not drafted.log.has_starts:
            yield self._remark("no_starts")
        for first, second in self.course.dropped:
            yield self._remark("circle", first=self.code[first], second=self.code[second])
        yield ""
        yield _pair("judul", self.say("title", file=self.file))

    def _step(self, place: int, found: DraftStep) -> Iterator[str]:
        step = found.step
        yield f"[langkah.{step.code}]"
        yield from self._order_notes(place, found)
        yield _pair("kegiatan", _plain(step.activity))
        if step.actor:
            yield self._remark("role", share=self.formats.percent(found.role_share, 0))
        else:
            yield self._remark("no_role")
        yield _pair("pelaksana", _plain(step.actor) or self.say("to_fill"))
        yield _pair("mengikuti", list(step.follows))
        if step.is_optional:
            yield _pair("boleh_dilewati", True)
        if step.chosen_from:
            yield _pair("pilihan_dari", step.chosen_from)
        if step.returns_to:
            yield _pair("kembali_ke", step.returns_to)
        yield _pair("waktu", step.time.text)
        yield _pair("catatan", _plain(self._time_remark(found)))

    def _order_notes(self, place: int, found: DraftStep) -> Iterator[str]:
        could, course = found.cases + found.left_out, self.course
        yield self._remark("cases", cases=self._number(found.cases), of=self._number(could))
        for before in course.follows[place]:
            if place in course.forced:
                yield self._remark("forced", before=self.code[before])
            elif course.either[before, place]:
                counts = {"n": course.before[before, place], "of": course.either[before, place]}
                yield self._remark("follows", before=self.code[before], **_numbers(self.formats, counts))
        for a, b in course.parallel():
            if place in (a, b):
                counts = {"n": course.before[a, b], "of": course.either[a, b]}
                pair = {"first": self.code[a], "second": self.code[b]}
                yield self._remark("parallel", **pair, **_numbers(self.formats, counts))
        left = {"n": self._number(found.left_out), "share": self.formats.percent(found.left_out / max(could, 1))}
        if found.step.is_optional:
            yield self._remark("optional", **left)
        if found.step.chosen_from:
            yield self._remark("choice", **left)
        for back in np.flatnonzero(course.returns[place]).tolist():
            yield self._remark("returns", to=self.code[back], n=self._number(int(course.returns[place, back])))
        if course.repeats[place]:
            yield self._remark("repeats", n=self._number(int(course.repeats[place])))

    def _time_remark(self, found: DraftStep) -> str:
        n = self._number(found.n)
        if found.seconds is None:
            return self.say("too_few_durations", n=n)
        if not found.seconds:
            return self.say("no_duration", n=n)
        low, high = (None if end is None else self.formats.duration(end) for end in found.interval)
        ends = {"low": low or self.say("no_end"), "high": high or self.say("no_end")}
        return self.say("time", seconds=self.formats.duration(found.seconds), n=n, **ends)

    def _activities(self) -> Iterator[str]:
        from etl.extract.masks import mask

        yield "[kegiatan]"
        for found in self.drafted.steps:
            if mask(found.name) == found.name:
                yield _pair(found.name, found.step.code)
        if self.drafted.rare:
            yield self._remark("rare")
        for name, cases in self.drafted.rare.items():
            if mask(name) == name:
                yield f"{_pair(name, '')}  # {self._number(cases)}"


def _numbers(formats: Formats, counts: dict[str, Any]) -> dict[str, str]:
    return {name: formats.number(int(count)) for name, count in counts.items()}


def _pair(key: str, value: object) -> str:
    return tomli_w.dumps({key: value}).strip().replace("[\n    ", "[").replace(",\n    ", ", ").replace(",\n]", "]")


def _plain(text: str) -> str:
    """A text that stands in one line of the file."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
