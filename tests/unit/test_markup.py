"""What only shows is written out as HTML, and reads the same; everything else stays a component."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from dash import dcc, html

from dashboard.components.markup import Markup, make_elements_quickly, written_out

ROW = html.Tr([html.Th("A4", scope="row"), html.Td(html.Span("92%", className="sla-value"), colSpan=2)])
TABLE = html.Table([html.Thead(html.Tr([html.Th("Langkah")])), html.Tbody([ROW])], className="p-table")


class Reader(HTMLParser):
    """Tags with attributes and texts, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def read(text: str) -> list[Any]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def test_a_table_becomes_one_node_with_the_same_elements() -> None:
    one = written_out(html.Div(TABLE, className="p-scroll", tabIndex=0, **{"aria-label": "Standar"}))
    assert isinstance(one, Markup)
    assert one.tag == "div"
    assert one.attributes == {"className": "p-scroll", "tabIndex": 0, "aria-label": "Standar"}
    assert read(one.html) == [
        ("table", {"class": "p-table"}),
        ("thead", {}),
        ("tr", {}),
        ("th", {}),
        "Langkah",
        ("tbody", {}),
        ("tr", {}),
        ("th", {"scope": "row"}),
        "A4",
        ("td", {"colspan": "2"}),
        ("span", {"class": "sla-value"}),
        "92%",
    ]


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "&lt;b&gt; & 'a'"])
def test_text_stays_text_wherever_it_stands(hostile: str) -> None:
    inner = html.Span(hostile, title=hostile, **{"data-label": hostile})
    link = dcc.Link(hostile, href=f"/permohonan?opd={hostile}", title=hostile)
    one = written_out(html.Div([inner, link, hostile]))
    assert read(one.html) == [
        ("span", {"title": hostile, "data-label": hostile}),
        hostile,
        ("a", {"href": f"/permohonan?opd={hostile}", "title": hostile, "data-way": ""}),
        hostile,
        hostile,
    ]


def test_looks_are_written_as_a_browser_reads_them() -> None:
    parts = [
        html.Span(style={"width": "12.50%", "backgroundColor": "red"}),
        html.Div("x", hidden=True),
        html.Div("y", hidden=False, **{"aria-hidden": "true"}),
        None,
        html.Br(),
        1234,
        [html.I(className="bi bi-check")],
    ]
    assert written_out(html.Div(parts)).html == (
        '<span style="width:12.50%;background-color:red"></span><div hidden>x</div>'
        '<div aria-hidden="true">y</div><br>1234<i class="bi bi-check"></i>'
    )


@pytest.mark.parametrize(
    "alive",
    [
        html.Div("tempat", id="sla-body"),
        html.Button("Cetak", type="button"),
        html.Details([html.Summary("Lihat"), html.P("isi")]),
        html.Form(html.Span("x")),
        dcc.Store(id="x"),
        dcc.Loading(html.Div("x")),
        dcc.Link("keluar", href="/x", refresh=True),
        dcc.Link("lain", href="/x", target="_blank"),
        html.A("x", href="javascript:alert(1)"),
        html.Span("x", style={"lineHeight": 2}),
        html.Span("x", draggable="true"),
    ],
)
def test_what_lives_stays_a_component_and_so_does_what_surrounds_it(alive: Any) -> None:
    page = html.Section([html.Div(TABLE), html.Div(["di samping", alive])])
    written = written_out(page)
    assert isinstance(written, html.Section)
    assert isinstance(written.children[0], Markup)
    assert isinstance(written.children[1], html.Div)
    assert written.children[1].children[0] == "di samping"
    assert type(written.children[1].children[1]) is type(alive)


@pytest.mark.parametrize(
    "moved",
    [
        html.Div(html.P(html.Div("kotak"))),
        html.Div(html.P(html.Span(html.Ul(html.Li("satu"))))),
        html.Div(dcc.Link(html.Span(dcc.Link("dalam", href="/a")), href="/b")),
        html.Div(html.Tr(html.Td("tanpa tabel"))),
        html.Table(html.Tr(html.Td("tanpa badan"))),
        html.Table(["kata", html.Tbody(ROW)]),
        html.Div(html.Ul(html.Div("bukan butir"))),
    ],
)
def test_what_a_browser_would_read_otherwise_stays_as_it_is(moved: Any) -> None:
    assert not isinstance(written_out(moved), Markup)


def test_the_page_given_is_not_changed() -> None:
    page = html.Div([TABLE, html.Div(id="sla-more")])
    before = page.to_plotly_json()
    written_out(page)
    assert page.to_plotly_json() == before
    assert page.children[0] is TABLE


def test_what_is_no_component_comes_back_as_it_is() -> None:
    assert written_out(("judul", None)) == ("judul", None)
    assert isinstance(written_out(("judul", html.Div(TABLE)))[1], Markup)


def test_a_single_element_is_left_alone() -> None:
    one = html.P("kata", className="p-muted")
    assert written_out(one) is one


GIVEN: dict[str, Any] = {"className": "a", "title": "b", "role": "note", "style": {"width": "1px"}, "data-x": "1"}


@pytest.mark.parametrize("kind", [html.Div, html.Td, html.A, html.Button, html.Img])
@pytest.mark.parametrize(
    ("children", "props"),
    [((), {}), (("t",), GIVEN), ((), {"children": ["t", 1], "id": "one", **GIVEN}), (("t", "one"), {"className": "a"})],
)
def test_an_element_made_quickly_is_the_one_that_dash_makes(kind: Any, children: Any, props: dict[str, Any]) -> None:
    make_elements_quickly()
    by_dash = object.__new__(kind)
    kind.__init__.__wrapped__(by_dash, *children, **props)
    assert kind(*children, **props).to_plotly_json() == by_dash.to_plotly_json()


@pytest.mark.parametrize(
    "props", [{"clasName": "a"}, {"title": html.B("t")}, {"id": 3}, {"id": {"a": []}}, {"children": "twice"}]
)
def test_what_dash_refuses_of_an_element_is_still_refused(props: dict[str, Any]) -> None:
    make_elements_quickly()
    with pytest.raises(TypeError, match=next(iter(props))):
        html.Span("t", **props)


def test_a_link_has_a_way() -> None:
    make_elements_quickly()
    props = {"children": "t", "href": "/x", "className": "a"}
    assert dcc.Link("t", href="/x", className="a").to_plotly_json()["props"] == props
    with pytest.raises(TypeError, match="href"):
        dcc.Link("t")
