"""A report's document in words: the same on the screen, in the PDF and in the XLSX.

Everything that a report says is put into words here once, in the language of a voice: that of who asks or, of an
edition, that in which it was published. Page and paper only lay it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from dashboard.i18n import Formats, Language, current_language, message
from dashboard.printed.step_columns import PAPER_COLUMNS, STEP_COLUMNS, basis_words, counts_of_checks, unflagged_words
from etl.domain.compliance.suspicion import MARKS
from etl.domain.verdict import Assessment, MonitoringRule
from etl.figures.compliance.definitions import PERCENTILE_KEYS
from etl.figures.report import Document, ReportPeriod, Span, checked_step, is_empty, parse_report_period

PARTS = ("A", "B")

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Voice:
    """Words and formats of one language in one zone."""

    language: Language
    zone: tzinfo

    @property
    def f(self) -> Formats:
        """How numbers, dates and times are written."""
        return Formats(self.language, self.zone)

    def t(self, key: str, **values: object) -> str:
        """The message of the catalogue."""
        return message(key, self.language, **values)

    def period(self, period: ReportPeriod) -> str:
        """Juni 2026, Triwulan II 2026, Semester I 2026, Tahun 2026."""
        if period.span is Span.MONTH:
            return self.f.month(date(period.year, period.number, 1))
        return self.t(
            f"laporan.{period.span}", number="I" * period.number if period.number < 4 else "IV", year=period.year
        )


def screen(zone: tzinfo) -> Voice:
    """The language of this request."""
    return Voice(current_language(), zone)


@dataclass(frozen=True)
class FormRow:
    """One row of Tabel 7; `followup` is typed by the office, the last column is signed on paper."""

    code: str
    part: str
    procedure: str
    actor: str
    assessment: str
    verdict: Assessment
    notes: tuple[str, ...]
    followup: str


@dataclass(frozen=True)
class AnnexRow:
    """One row of an annex: its words by the names of the columns; "" as code is the row of all steps.

    `is_by_checks`: its counts are of the sessions checked.
    """

    code: str
    cells: Mapping[str, str]
    actor: str = ""
    is_by_checks: bool = False


@dataclass(frozen=True)
class Signature:
    """Who signs; empty texts are dotted lines."""

    place: str
    title: str
    name: str
    nip: str


@dataclass(frozen=True)
class Words:
    """The whole report in words. `facts` and `headlines` are (what, value); `status` says whether it is
    published, `number` does so in short; `chain` is the link on which it stands, empty where it names none."""

    agency: tuple[str, ...]
    address: str
    title: str
    subtitle: str
    status: str
    number: str
    is_draft: bool
    is_demo: bool
    is_empty: bool
    facts: tuple[tuple[str, str], ...]
    headlines: tuple[tuple[str, str, str], ...]
    form: tuple[FormRow, ...]
    rule: str
    standards: tuple[AnnexRow, ...]
    coverage: tuple[AnnexRow, ...]
    rules: tuple[str, ...]
    left_out: tuple[str, ...]
    flags: tuple[str, ...]
    signature: Signature
    mark: str
    chain: str


def report_words(document: Document, voice: Voice, mark: str) -> Words:
    """The report of a document; `mark` is the digest of its numbers (`etl.figures.report.digest`)."""
    period = parse_report_period(document["period"])
    steps = {step["step"]: step for step in document["figures"]["steps"]}
    published = document.get("published")
    return Words(
        agency=tuple(document["sop"]["agency"]),
        address=document["sop"]["address"],
        title=voice.t("laporan.title_report"),
        subtitle=voice.t("laporan.subtitle", name=document["sop"]["title"], period=voice.period(period)),
        status=_status(published, voice),
        number=voice.t("laporan.edition", number=published["number"]) if published else voice.t("laporan.draft"),
        is_draft=published is None,
        is_demo=document["is_demo"],
        is_empty=is_empty(document),
        facts=_facts(document, voice),
        headlines=_headlines(document, voice),
        form=tuple(_form_row(document, step, steps[step["code"]], voice) for step in document["sop"]["steps"]),
        rule=_rule(document, voice),
        standards=_standards(document, steps, voice),
        coverage=tuple(_coverage_row(steps[step["code"]], voice) for step in document["sop"]["steps"]),
        rules=_rules(document, voice),
        left_out=_left_out(document, steps, voice),
        flags=_flags(steps, document["figures"]["all_steps"], voice),
        signature=_signature(document, voice),
        mark=mark,
        chain=_short(published.get("chain") or "") if published else "",
    )


def _short(link: str) -> str:
    """A link of the chain as people compare it: its number and the first of its seal."""
    number, dash, seal = link.partition("-")
    return number + dash + seal[:12]


def _status(published: Mapping[str, Any] | None, voice: Voice) -> str:
    t = voice.t
    if published is None:
        return t("laporan.draft")
    words = t(
        "laporan.published", number=published["number"], moment=voice.f.moment(published["at"]), who=published["actor"]
    )
    return words + (" " + t("laporan.replaces", number=published["replaces"]) if published["replaces"] else "")


def _facts(document: Document, voice: Voice) -> tuple[tuple[str, str], ...]:
    """The lines under the title: SOP, period, moment, age of the records, coverage."""
    t, f = voice.t, voice.f
    first, last = date.fromisoformat(document["from"]), date.fromisoformat(document["to"])
    records, overall = document["records"], document["figures"]["all_steps"]
    loaded = f.moment(records["loaded_at"]) if records["loaded_at"] is not None else t("laporan.never")
    newest = f.moment(records["last_record_at"]) if records["last_record_at"] is not None else t("laporan.never")
    return (
        (t("laporan.sop"), f"{document['sop']['number']} · {document['sop']['title']}"),
        (t("word.period"), t("laporan.days", first=f.date(first), last=f.date(last))),
        (t("laporan.as_of"), f.moment(document["as_of"])),
        (t("laporan.records"), t("laporan.records_age", loaded=loaded, newest=newest)),
        (t("laporan.coverage"), _coverage_words(overall, voice)),
    )


def _coverage_words(overall: Step, voice: Voice) -> str:
    if overall["coverage"] is None:
        return voice.t("laporan.note_none")
    return voice.t("laporan.coverage_words", coverage=voice.f.percent(overall["coverage"]))


def _headlines(document: Document, voice: Voice) -> tuple[tuple[str, str, str], ...]:
    """Steps in time, letters in time, receipt to ready."""
    t, f = voice.t, voice.f
    steps, letters = document["figures"]["all_steps"], document["figures"]["requests"]
    rule = document["rule"]
    ready = t(
        "laporan.ready_note",
        count=f.number(letters["ready_n"]),
        path=f.duration_short(letters["ready_target_seconds"]),
        series=f.duration_short(letters["ready_series_seconds"]),
    )
    return (
        (
            t("laporan.steps_share"),
            percent(steps, rule, voice),
            _of(steps["met"], steps["n"], steps["interval"], voice) + _resting(steps, voice),
        ),
        (
            t("laporan.letters_share"),
            percent(letters, rule, voice),
            _of(letters["on_time"], letters["n"], letters["interval"], voice)
            + _resting({"coverage": None, **letters}, voice)
            + t("laporan.letters_more", unknown=f.number(letters["unknown"]), received=f.number(letters["received"])),
        ),
        (t("laporan.ready"), f.minutes(letters["ready_median_seconds"]), ready),
    )


def _of(met: int, n: int, interval: Sequence[float] | None, voice: Voice) -> str:
    """11 dari 12 (95%: 64–99%); in words where nothing was judged."""
    if not n or interval is None:
        return voice.t("laporan.nothing_judged")
    f = voice.f
    return voice.t("laporan.of", met=f.number(met), n=f.number(n), interval=f.interval(*interval))


def _resting(figure: Step, voice: Voice) -> str:
    """Coverage and bounds of a share, and the share without flagged steps; a document of before may not say it."""
    left = figure.get("without_flagged") if figure.get("flags") else None
    parts = (basis_words(figure, voice.f), unflagged_words(left, voice.f) if left else "")
    return "".join(f" · {part}" for part in parts if part)


def percent(figure: Step, rule: Mapping[str, Any], voice: Voice) -> str:
    """The share as the screens write it; a dash where there is none."""
    limits = MonitoringRule(**rule)
    return voice.f.share(figure["share"], limits.share, limits.near)


def assessment_words(verdict: Assessment, voice: Voice) -> str:
    """Berjalan dengan baik, tidak berjalan dengan baik, belum dapat dinilai."""
    return voice.t(f"laporan.{verdict}")


def _form_row(document: Document, step: Step, figure: Step, voice: Voice) -> FormRow:
    verdict = Assessment(document["assessments"][step["code"]])
    return FormRow(
        code=step["code"],
        part=step["code"][0],
        procedure=step["activity"],
        actor=step["actor"],
        assessment=assessment_words(verdict, voice),
        verdict=verdict,
        notes=tuple(_notes(document, step, figure, verdict, voice)),
        followup=document.get("followups", {}).get(step["code"], ""),
    )


def _notes(document: Document, step: Step, figure: Step, verdict: Assessment, voice: Voice) -> list[str]:
    """The fourth column: the counts, what could not be judged, and why nothing can be said."""
    t, f = voice.t, voice.f
    if step["target_seconds"] is None:
        return _output_notes(document, step, verdict, voice)
    notes = []
    if figure["n"]:
        notes.append(
            t(
                "laporan.note_share",
                met=f.number(figure["met"]),
                n=f.number(figure["n"]),
                share=percent(figure, document["rule"], voice),
                target=f.duration(step["target_seconds"]),
            )
        )
        notes += [f"{basis_words(figure, f).capitalize()}."]
    counts = [(name, figure[name]) for name in ("late", "overdue")] + [("unjudged", _unjudged(figure))]
    counted = " ".join(t(f"laporan.note_{name}", count=f.number(count)) for name, count in counts if count)
    notes += [counted] if counted else []
    if verdict is Assessment.UNKNOWN:
        notes.append(_why_unknown(document["rule"], figure, voice))
    if step["is_opd_time"]:
        notes.append(t("laporan.note_opd"))
    return notes


def _output_notes(document: Document, step: Step, verdict: Assessment, voice: Voice) -> list[str]:
    """The fourth column of a step whose standard is its output: the checks of the sessions."""
    t, f, b5 = voice.t, voice.f, document["b5"]
    notes = [t("laporan.note_no_target", output=step["output"])]
    if b5["checked"]:
        share = percent(b5, document["rule"], voice)
        notes.append(t("laporan.note_b5", good=f.number(b5["good"]), checked=f.number(b5["checked"]), share=share))
    if not b5["held"]:
        notes.append(t("laporan.note_no_sessions"))
    elif verdict is Assessment.UNKNOWN or b5["checked"] < b5["held"]:
        coverage = f.percent(b5["coverage"])
        notes.append(t("laporan.note_b5_coverage", held=f.number(b5["held"]), coverage=coverage))
    return notes


def _unjudged(figure: Step) -> int:
    return sum(figure["unmeasurable"].values()) + int(figure["skipped"])


def _why_unknown(rule: Mapping[str, Any], figure: Step, voice: Voice) -> str:
    t, f = voice.t, voice.f
    if not figure["n"] and figure["not_applicable"] and not _unjudged(figure):
        return t("laporan.note_not_applicable", count=f.number(figure["not_applicable"]))
    if not figure["n"]:
        return t("laporan.note_none")
    if figure["n"] < rule["n"]:
        return t("laporan.note_few", least=f.number(rule["n"]))
    return t("laporan.note_coverage", coverage=f.percent(figure["coverage"]), least=f.percent(rule["coverage"]))


def _rule(document: Document, voice: Voice) -> str:
    rule, f = MonitoringRule(**document["rule"]), voice.f
    return voice.t("laporan.rule", share=f.percent(rule.share), n=f.number(rule.n), coverage=f.percent(rule.coverage))


FORM_COLUMNS = ("no", "procedure", "assessment", "note", "followup", "initials")
"""Columns of Tabel 7; their heads are `laporan.col_…`, as those of the annexes."""

STANDARD_COLUMNS = ("code", "step", *PAPER_COLUMNS)


def _standards(document: Document, steps: Mapping[str, Step], voice: Voice) -> tuple[AnnexRow, ...]:
    rows = [_standard_row(step, steps[step["code"]], document, voice) for step in document["sop"]["steps"]]
    together = document["figures"]["all_steps"] | dict.fromkeys(PERCENTILE_KEYS)
    cells = {"code": "", "step": voice.t("laporan.all_steps"), **_standard_cells(together, document["rule"], voice)}
    return (*rows, AnnexRow("", cells, voice.t("sla.all_steps_note")))


def _standard_row(step: Step, figure: Step, document: Document, voice: Voice) -> AnnexRow:
    """One step; of the one judged by checks the numbers count sessions, which stands beside its actor."""
    code, actor, checks = step["code"], step["actor"], is_by_checks(document, figure)
    if checks:
        actor = f"{actor} · {voice.t('sla.counts_checks')}"
        figure = {**figure, **counts_of_checks(document["b5"]), "overdue": None}
    cells = {"code": code, "step": step["activity"], **_standard_cells(figure, document["rule"], voice)}
    if figure["target_seconds"] is None:
        cells["target"] = voice.t("sla.no_time")
    return AnnexRow(code, cells, actor, checks)


def _standard_cells(figure: Step, rule: Mapping[str, Any], voice: Voice) -> dict[str, str]:
    """What the annex of the Mutu Baku says; the limits of the rule decide the decimals of a share."""
    cells = {name: STEP_COLUMNS[name].words(figure, voice.f) for name in PAPER_COLUMNS}
    return cells | {"share": percent(figure, rule, voice)}


def is_by_checks(document: Document, figure: Step) -> bool:
    """Whether a step is judged by what the checks say of the sessions."""
    return figure["step"] == checked_step(document) and figure["target_seconds"] is None


def _flagged(figure: Step, voice: Voice) -> str:
    words = _counted([(voice.t(f"flag.{name.upper()}").lower(), n) for name, n in figure["flags"].items()], voice)
    left = figure.get("without_flagged") if figure["flags"] and figure["n"] else None
    return f"{words} · {unflagged_words(left, voice.f)}" if left else words


_COVERAGE: Mapping[str, Callable[[Step, Voice], str]] = {
    "bounds": lambda figure, voice: STEP_COLUMNS["bounds"].words(figure, voice.f),
    "unjudged": lambda figure, voice: _counted(
        [*_reasons(figure, voice), (voice.t("verdict.SKIPPED").lower(), figure["skipped"])], voice
    ),
    "running": lambda figure, voice: _counted(
        [(voice.t(f"verdict.{name.upper()}").lower(), figure[name]) for name in ("on_track", "at_risk", "not_started")],
        voice,
    ),
    "starts": lambda figure, voice: _named_counts(figure, ("recorded_starts", "handover_starts"), voice),
    "handover": lambda figure, voice: STEP_COLUMNS["handover"].words(figure, voice.f),
    "order": lambda figure, voice: _named_counts(figure, ("out_of_order", "returned"), voice),
    "flags": _flagged,
}
"""How the annex of coverage says what a step's share rests on."""

COVERAGE_COLUMNS = ("code", *_COVERAGE)


def _coverage_row(figure: Step, voice: Voice) -> AnnexRow:
    words = {name: words(figure, voice) for name, words in _COVERAGE.items()}
    return AnnexRow(figure["step"], {"code": figure["step"], **words})


def _named_counts(figure: Step, names: Sequence[str], voice: Voice) -> str:
    return _counted([(voice.t(f"laporan.{name}"), figure[name]) for name in names], voice)


def _reasons(figure: Step, voice: Voice) -> list[tuple[str, int]]:
    return [(voice.t(f"reason.{reason}"), n) for reason, n in figure["unmeasurable"].items()]


def _counted(pairs: Sequence[tuple[str, int]], voice: Voice) -> str:
    """jam tidak tercatat 12 · dilewati 1; a dash when nothing counts."""
    return " · ".join(f"{words} {voice.f.number(n)}" for words, n in pairs if n) or voice.t("word.none")


def _rules(document: Document, voice: Voice) -> tuple[str, ...]:
    """How the figures were counted, and by which calendar and targets."""
    t, f, basis = voice.t, voice.f, document["basis"]
    profiles = " · ".join(
        f"{name} ({source})" + (f", {t('laporan.estimated')}" if is_estimated else "")
        for name, source, is_estimated, _ in basis["profiles"]
    )
    days = [day for day in basis["special_days"] if day[0] >= document["from"]]
    listed = "; ".join(f"{f.date_short(date.fromisoformat(day))} {note}" for day, note, _ in days)
    targets = "; ".join(f"{number} ({f.date_short(date.fromisoformat(day))})" for day, number, _ in basis["targets"])
    off = ", ".join(f"{step} {f.date_short(date.fromisoformat(day))}" for step, day, _ in basis["step_off"])
    lines = [
        t("laporan.rule_share"),
        t("laporan.rule_period"),
        t("laporan.rule_time"),
        t("laporan.rule_start"),
        t("laporan.rule_opd"),
        t("laporan.rule_targets", targets=targets),
        t("laporan.rule_calendar", profiles=profiles or t("word.none"), zone=basis["zone"]),
        t("laporan.rule_days", count=f.number(len(days)), days=listed or t("word.none")),
    ]
    return (*lines, t("laporan.rule_off", steps=off)) if off else tuple(lines)


def _left_out(document: Document, steps: Mapping[str, Step], voice: Voice) -> tuple[str, ...]:
    """What is not in the shares, counted: verdicts that judge nothing, and rows that never became records."""
    t, f, records = voice.t, voice.f, document["records"]
    reasons: Counter[str] = Counter()
    for figure in steps.values():
        reasons.update(figure["unmeasurable"])
    unjudged = {name: (name,) for name in ("skipped", "not_applicable", "no_target")}
    unjudged["running"] = ("on_track", "at_risk", "not_started")
    total = {name: sum(figure[kind] for figure in steps.values() for kind in kinds) for name, kinds in unjudged.items()}
    lines = [
        t("laporan.out_reason", count=f.number(n), reason=t(f"reason.{reason}")) for reason, n in reasons.most_common()
    ]
    lines += [t(f"laporan.out_{name}", count=f.number(n)) for name, n in total.items() if n]
    rows = ("rejected_rows", "letterless_rows", "roomless_rows", "corrections")
    lines += [t(f"laporan.out_{name}", count=f.number(records[name])) for name in rows if records[name]]
    return tuple(lines) or (t("laporan.out_nothing"),)


def _flags(steps: Mapping[str, Step], together: Step, voice: Voice) -> tuple[str, ...]:
    """Each flag with its count and meaning, and the share of all steps of the office without it."""
    counts: Counter[str] = Counter()
    for figure in steps.values():
        counts.update(figure["flags"])
    lines, left = [], together.get("without_flagged", {}).get("by_flag", {})
    for flag in MARKS:
        if counts[flag.word]:
            words = voice.t(f"flag.{flag.name}"), voice.f.number(counts[flag.word]), voice.t(f"flag.why_{flag.name}")
            more = unflagged_words(left[flag.word], voice.f) if flag.word in left else ""
            lines.append("{}: {}. {}".format(*words) + (f" {voice.t('laporan.all_steps')}: {more}." if more else ""))
    return tuple(lines) or (voice.t("flag.none"),)


def _signature(document: Document, voice: Voice) -> Signature:
    holder, published = document["holder"] or {}, document.get("published")
    day = voice.f.date_long(voice.f.local(published["at"]).date()) if published else "." * 30
    return Signature(
        place=voice.t("laporan.place", day=day),
        title=holder.get("title") or voice.t("laporan.signer"),
        name=holder.get("name", ""),
        nip=holder.get("nip", ""),
    )
