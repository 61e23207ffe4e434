"""What became of a file that was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, button, icon, link, panel
from dashboard.i18n import fmt, t
from dashboard.pages.intake.preview import counts_row
from etl.intake.offered.uploads import Upload

LOADS = "/data/muatan"
REJECTS = "/data/tolakan"


def result_panel(upload: Upload, result: Sequence[Mapping[str, Any]]) -> Component:
    """Counts of each kind, the way to the load and to its rejected rows, and to the next file."""
    is_known = all(entry["status"] == "unchanged" for entry in result)
    words = t("data.known_before") if is_known else t("data.saved")
    return panel(
        banner(words, Tone.PLAIN if is_known else Tone.GOOD, "check2-all" if is_known else "check2-circle"),
        *[_kind(entry) for entry in result],
        html.Div(_next_steps(result), className="data-actions"),
        title=t("data.result_of", file=upload.name),
        class_name="data-result",
    )


def _kind(entry: Mapping[str, Any]) -> Component:
    counts, load_id = entry["counts"], entry["load"]
    parts: list[Component] = [html.H3(t(f"data.kind_{entry['kind']}")), counts_row(counts)]
    if counts.get("rejected"):
        parts.append(html.P(t("data.correct_and_give", n=counts["rejected"]), className="p-muted"))
    if counts.get("waiting"):
        parts.append(html.P(t("data.will_join", n=counts["waiting"]), className="p-muted"))
    if load_id is not None:
        parts.append(html.P([_load_link(load_id), _rejects_link(entry)], className="data-links"))
    if entry.get("is_private"):
        parts.append(html.P([icon("shield-check"), f" {t('data.private_deleted')}"], className="p-muted"))
    return html.Section(parts, className="data-kind")


def _load_link(load_id: int) -> Component:
    return link(t("data.see_load", number=fmt().number(load_id)), f"{LOADS}/{int(load_id)}")


def _rejects_link(entry: Mapping[str, Any]) -> Component | None:
    """A plain link: it leads to a file, not to a page."""
    rejected = entry["counts"].get("rejected", 0)
    if not rejected:
        return None
    words = [icon("download"), f" {t('data.fetch_rejects', count=fmt().number(rejected), n=rejected)}"]
    return html.A(words, href=f"{REJECTS}/{int(entry['load'])}", className="data-rejects", download="")


def _next_steps(result: Sequence[Mapping[str, Any]]) -> list[Component]:
    has_rejects = any(entry["counts"].get("rejected") for entry in result)
    choose = html.Button(
        [icon("cloud-arrow-up"), t("data.give_again") if has_rejects else t("data.give_next")],
        type="button",
        className="p-button is-primary data-pick",
    )
    return [choose, button(t("data.done"), href="/data", kind="quiet")]
