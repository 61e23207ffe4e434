"""An alert in words: one message for all that one recipient is told of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from dashboard.i18n import Formats, Language, message, parse_language
from data_access.records.notices import Notice
from etl.office import Office

MOST_LINES = 40
"""So many things are told one by one; of the rest only the count."""


@dataclass(frozen=True)
class Letter:
    """A message as it goes out. `items` has the facts of each line for programs, with its `text` and `link`."""

    kind: str
    title: str
    text: str
    items: Sequence[Mapping[str, Any]]


def letter_of(office: Office, rows: Sequence[Notice]) -> Letter:
    """The message of rows of one kind and recipient."""
    words = _Words(office, parse_language(office.settings.alerts.language))
    kind = rows[0].kind
    items = [words.item(row) for row in rows[:MOST_LINES]]
    lines = [part for item in items for part in (f"• {item['text']}", f"  {item['link']}") if part.strip()]
    more = [words.say("notice.more", n=len(rows) - MOST_LINES)] if len(rows) > MOST_LINES else []
    title = words.say(f"notice.{kind}_title", n=len(rows))
    paragraphs = [words.say(f"notice.{kind}_lead"), "\n".join([*lines, *more]), words.say("notice.foot")]
    return Letter(kind, f"[{words.office_name}] {title}", "\n\n".join(paragraphs) + "\n", items)


class _Words:
    """Words of one office, in its language and zone."""

    def __init__(self, office: Office, language: Language) -> None:
        self._office, self._language = office, language
        self._formats = Formats(language, office.zone)
        self.office_name = office.settings.office.name or self.say("shell.office")

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue."""
        return message(key, self._language, **values)

    def item(self, row: Notice) -> dict[str, Any]:
        """One line: what is known of it, in words, and where to look."""
        known = dict(row.detail)
        text = self.say(f"notice.{row.kind}_line", **known | self._shown(known))
        return {**known, "text": " ".join(text.split()), "link": self._link(known)}

    def _shown(self, known: Mapping[str, Any]) -> dict[str, str]:
        """The values that people read another way than programs."""
        formats, nothing = self._formats, "–"
        shown = {"opd": known.get("opd") or self.say("notice.some_opd"), "room": known.get("room") or nothing}
        shown |= {name: formats.moment(known.get(name)) for name in ("at", "start_at")}
        shown |= {name: formats.date(date.fromisoformat(known[name])) for name in ("first", "last") if name in known}
        shown |= {"share": formats.percent(known.get("share")), "items": ", ".join(known.get("items", ()))}
        step = self._office.sop_in_force.step(known["step"]) if known.get("step") else None
        return shown | {"step": f"{step.code} {step.short_name}" if step else nothing}

    def _link(self, known: Mapping[str, Any]) -> str:
        address = (self._office.settings.proxy.address or "").rstrip("/")
        if not address or "number" not in known:
            return address
        return f"{address}/permohonan/{known['year']}/{quote(known['number'], safe='')}"
