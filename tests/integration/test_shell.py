"""The frame of the desk pages: navigation by role, age of the data, and words for what goes wrong."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from dash import Dash, Input, Output, html

from dashboard.access.guard import guarded
from dashboard.access.roles import Page
from data_access.errors import PantauError
from tests.offices.desk import Desk, desk, sample_page
from tests.reading.html import read_back
from tests.serving.callbacks import call


class RegisterBrokenError(PantauError):
    """A fault that a clerk can put right."""


def failing_page() -> ModuleType:
    """A page whose layout meets what nobody foresaw."""
    page = sample_page(Page.SOP, "/sop", "gagal")
    page.layout = lambda _: html.Div(str({}["rahasia"]))
    return page


def broken_page() -> ModuleType:
    """A page whose layout and first callback fail in words, and whose second callback fails without."""
    page = sample_page(Page.PERMOHONAN, "/permohonan", "rusak")

    def layout(_: Any) -> html.Div:
        raise RegisterBrokenError("records.at", place="buku.db", state="terkunci")

    def register(app: Dash, *_: object) -> None:
        @app.callback(Output("rusak-out", "children"), Input("rusak-in", "n_clicks"))
        @guarded(Page.PERMOHONAN)
        def known(_: int | None) -> str:
            raise RegisterBrokenError("records.at", place="buku.db", state="terkunci")

        @app.callback(Output("rusak-done", "children"), Input("rusak-in", "n_clicks"))
        @guarded(Page.PERMOHONAN)
        def unknown(_: int | None) -> str:
            return str({}["rahasia"])

    page.layout, page.register = layout, register
    return page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with a page that works and two that do not."""
    pages = [sample_page(Page.KEPATUHAN, "/kepatuhan", "patuh"), broken_page(), failing_page()]
    return desk(tmp_path_factory.mktemp("shell"), pages=pages)


def links_of(layout: Any) -> list[str]:
    """Addresses inside a layout document, in order."""
    if isinstance(layout, list):
        return [href for part in layout for href in links_of(part)]
    if not isinstance(layout, dict):
        return []
    own = [layout["href"]] if isinstance(layout.get("href"), str) else []
    return own + [href for part in layout.values() for href in links_of(part)]


@pytest.mark.parametrize(
    ("role", "links"),
    [
        ("kadin", ["/", "/kepatuhan", "/permohonan", "/sop", "/layar", "/akun", "/bantuan", "/privasi"]),
        ("agendaris", ["/", "/permohonan", "/sop", "/layar", "/akun", "/bantuan", "/privasi"]),
        ("opd", ["/", "/permohonan", "/sop", "/akun", "/bantuan", "/privasi"]),
    ],
)
def test_the_top_bar_leads_to_the_pages_that_exist_for_the_role(role: str, links: list[str], served: Desk) -> None:
    found = links_of(read_back(served.signed_in(role).get("/_dash-layout").json))
    assert [href for href in found if not href.startswith(("/bahasa", "/tampilan", "#"))] == links


def test_an_office_without_files_says_so_instead_of_an_age(served: Desk) -> None:
    assert "Belum ada data" in served.signed_in("kadin").get("/_dash-layout").text


def open_page(served: Desk, path: str) -> str:
    outputs = [{"id": "shell-page", "property": "children"}, {"id": "shell-title", "property": "data"}]
    place = [{"id": "shell-url", "property": "pathname", "value": path}]
    state = [{"id": "shell-url", "property": "search", "value": ""}]
    output = "..shell-page.children...shell-title.data.."
    return call(served.browser_of("kadin"), output, place, outputs=outputs, state=state).get_data(as_text=True)


def test_the_start_page_is_the_first_one_of_the_role(served: Desk) -> None:
    assert '"patuh"' in open_page(served, "/")


def test_an_address_without_a_page_is_said_in_words(served: Desk) -> None:
    assert "Halaman tidak ditemukan" in open_page(served, "/entah")


def test_a_fault_that_a_clerk_can_put_right_is_shown_as_its_sentence(served: Desk) -> None:
    assert "Catatan kantor terkunci." in open_page(served, "/permohonan")
    reply = call(
        served.signed_in("kadin"), "rusak-out.children", [{"id": "rusak-in", "property": "n_clicks", "value": 1}]
    )
    assert (reply.status_code, reply.json) == (422, {"error": "Catatan kantor terkunci."})


def test_any_other_fault_gives_a_code_and_no_trace(served: Desk, caplog: pytest.LogCaptureFixture) -> None:
    reply = call(
        served.signed_in("kadin"), "rusak-done.children", [{"id": "rusak-in", "property": "n_clicks", "value": 1}]
    )
    assert reply.status_code == 500
    assert "KeyError" not in reply.text
    assert last_code(caplog) == reply.json["code"]
    assert reply.json["code"] in reply.json["error"]


def last_code(caplog: pytest.LogCaptureFixture) -> str:
    """The code of the newest failure, whose trace stands in the log once, beside it."""
    failures = [record for record in caplog.records if record.exc_info]
    assert failures == caplog.records[-1:]
    return failures[0].getMessage().split("code ")[1].split(",")[0]


def test_a_page_that_fails_says_so_inside_the_frame(served: Desk, caplog: pytest.LogCaptureFixture) -> None:
    reply = served.signed_in("kadin").get("/_dash-layout?alamat=%2Fsop")
    assert reply.status_code == 200
    assert "/kepatuhan" in links_of(read_back(reply.json))
    assert_told_as_failed(reply.text, last_code(caplog))


def test_a_page_that_fails_says_so_where_the_menu_leads(served: Desk, caplog: pytest.LogCaptureFixture) -> None:
    text = open_page(served, "/sop")
    assert_told_as_failed(text, last_code(caplog))


def assert_told_as_failed(text: str, code: str) -> None:
    """The page in the text is the words for a failure, with its code and nothing of its cause."""
    assert "Terjadi kesalahan" in text
    assert f"sampaikan kode {code} kepada admin" in text
    assert "rahasia" not in text


def test_a_failed_page_counts_as_a_failure_for_the_monitoring(served: Desk) -> None:
    def failures() -> list[str]:
        text = served.browser().get("/metrik").text
        return [line for line in text.splitlines() if "pantau_requests_total" in line and '"5xx"' in line]

    before = failures()
    open_page(served, "/sop")
    assert failures() != before


def test_the_server_says_that_it_is_well(served: Desk) -> None:
    assert served.browser().get("/sehat").json == {"status": "ok", "records": "ok", "mart": "ok", "disk": "ok"}
