"""Frames of a page: head, panels, headline figures, words for when there is nothing to show, and places filled later.

A page draws its first part in `layout`. What listens to `later_store(prefix)` comes once the charts of that part are
drawn, and again whenever the address changes; until then `later_place` holds its room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.components.status import Tone, icon
from dashboard.i18n import t

Child = Component | str | None


def link(words: Any, href: str, class_name: str = "") -> dcc.Link:
    """A way to another page of ours without loading everything again."""
    return dcc.Link(words, href=href, className=class_name)


def page_head(
    title: str, subtitle: str = "", actions: Sequence[Component] = (), crumbs: Sequence[tuple[str, str | None]] = ()
) -> html.Header:
    """Title, one muted line, buttons at the right; `crumbs` are (words, address or None for the last)."""
    words = [_crumbs(crumbs), html.H1(title), html.P(subtitle, className="p-subtitle") if subtitle else None]
    right = html.Div(list(actions), className="p-head-actions no-print") if actions else None
    return html.Header([html.Div(words, className="p-head-words"), right], className="p-head")


def _crumbs(crumbs: Sequence[tuple[str, str | None]]) -> html.Nav | None:
    if not crumbs:
        return None
    parts: list[Child] = []
    for words, href in crumbs:
        parts += [html.Span("/", className="p-crumb-slash", **{"aria-hidden": "true"})] if parts else []
        parts.append(link(words, href) if href else html.Span(words))
    return html.Nav(parts, className="p-crumbs", **{"aria-label": t("shell.crumbs")})


def panel(
    *children: Any,
    title: str | None = None,
    note: str | None = None,
    id: str | None = None,
    class_name: str = "",
    beside: Component | None = None,
    folded: Any = None,
) -> html.Section:
    """A white card with an optional small title and, muted behind it, a note; `beside` (say `why`) ends the line.

    `folded`: what a phone says in its place, in a line; a touch of it shows the whole.
    """
    head = None
    if title:
        words = [title, html.Span(f" · {note}", className="p-muted") if note else ""]
        head = html.H2([*words, " ", beside] if beside else words, className="p-panel-title")
    named = {"id": id} if id else {}
    if folded is not None:
        children = (fold(folded, *children),)
    return html.Section([head, *children], className=f"p-panel {class_name}".strip(), **named)


def fold(line: Any, *parts: Any) -> html.Details:
    """Parts that a phone shows once `line` is touched; everywhere else, and on paper, they stand open without it."""
    return html.Details([html.Summary(line, className="p-fold-line"), *parts], className="p-fold")


def stay(*parts: Component) -> html.Div:
    """Filters that stay in sight below the top bar while the page is scrolled; a phone folds them where they are."""
    return html.Div(fold([icon("sliders"), " ", t("shell.index_filters")], *parts), className="p-stay no-print")


def stack(*parts: Any, class_name: str = "", **properties: Any) -> html.Div:
    """Parts below each other, without a frame; None among them is nothing."""
    named = {"className": class_name} if class_name else {}
    return html.Div(list(parts), **named, **properties)


@dataclass(frozen=True)
class Kpi:
    """A headline figure, for the screen and for paper; with `href` the whole card leads somewhere; `beside` (say `why`)
    stands in its corner."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone | str = Tone.PLAIN
    href: str | None = None
    beside: Component | None = None

    @property
    def card(self) -> Component:
        """As the screen shows it."""
        value = [self.value, html.Small(self.unit) if self.unit else ""]
        parts = [
            html.Span(self.label, className="p-kpi-label"),
            html.Span(value, className=f"p-kpi-value is-{self.tone}"),
            html.Span(self.note, className="p-kpi-note") if self.note else None,
        ]
        card = link(parts, self.href, "p-kpi") if self.href else html.Div(parts, className="p-kpi")
        return html.Div([card, self.beside], className="p-kpi-box") if self.beside else card


def kpi_row(*figures: Kpi) -> html.Div:
    """Headline figures beside each other, two a row on a phone."""
    return html.Div([figure.card for figure in figures], className="p-kpis")


def coded(words: Any) -> Any:
    """Words as they are shown: what stands between backquotes, a command, is set as code."""
    if not isinstance(words, str) or "`" not in words:
        return words
    return [html.Code(part) if place % 2 else part for place, part in enumerate(words.split("`")) if part]


def empty(message: str, hint: str = "", icon_name: str = "inbox") -> html.Div:
    """What a chart or table says when there is nothing to draw."""
    below = html.P(coded(hint), className="p-muted") if hint else None
    return html.Div([icon(icon_name), html.P(coded(message)), below], className="p-empty")


def banner(message: Any, tone: Tone | str = Tone.NEAR, icon_name: str = "info-circle") -> html.Div:
    """A band across the page."""
    return html.Div([icon(icon_name), html.Span(coded(message))], className=f"p-banner is-{tone}", role="status")


def waiting() -> html.Div:
    """A turning sign with words."""
    return html.Div([html.Span(className="p-spinner"), html.Span(t("shell.loading"))], className="p-waiting")


def loading(child: Component) -> dcc.Loading:
    """A place whose content takes a moment, with words for screen readers."""
    faded = {"visibility": "visible"}  # what waits is dimmed by assets/desk/shell.js
    return dcc.Loading(child, custom_spinner=waiting(), delay_show=400, overlay_style=faded)


def button(
    label: Any,
    *,
    id: str | None = None,
    href: str | None = None,
    kind: str = "primary",
    class_name: str = "",
    **data: str,
) -> Component:
    """A button, or a link that looks like one; `kind` is primary, quiet or danger, `data` what a script reads of it."""
    class_name = f"p-button is-{kind} {class_name}".strip()
    if href:
        return link(label, href, class_name)
    return html.Button(label, type="button", className=class_name, **({"id": id} if id else {}), **data)


def scrolled(child: Component, label: str) -> html.Div:
    """A place that scrolls sideways, also by keyboard."""
    return html.Div(child, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def why(address: str, of: str) -> Component:
    """A round button beside a figure that leads to what it was made from; not printed.

    `address` is one of `dashboard.pages.shared.links` (`why_step`, `why_room` …); `of` names the figure ("A4, tepat
    waktu") for those who hear the page.
    """
    words = t("why.of", figure=of)
    hidden = html.Span(words, className="visually-hidden")
    return dcc.Link([icon("question-circle"), hidden], href=address, title=words, className="p-why no-print")


def later_store(prefix: str) -> dcc.Store:
    """Belongs into the layout: the filters for which the later parts are wanted, as text, `?` included."""
    return dcc.Store(id=f"{prefix}-later")


def later_place(id: str, *, has_words: bool = True) -> html.Div:
    """Where a later part will stand; without words where `loading` around it has its own."""
    return html.Div(html.Div(waiting() if has_words else None, className="p-coming"), id=id)


def bind_later(app: Dash, prefix: str) -> None:
    """Say when the later parts of a page are wanted; the address is that of `page_url(prefix)`."""
    wanted: Any = Output(f"{prefix}-later", "data")
    app.clientside_callback(ClientsideFunction("pantau", "asked"), wanted, Input(f"{prefix}-url", "search"))
