"""Every callback, asked by everybody, also by those who lie about what they ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash import Dash, Input, Output
from flask.testing import FlaskClient

from dashboard.access.doors import UnguardedError
from dashboard.access.guard import guard_of
from dashboard.access.roles import May, Page, is_allowed
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from data_access.roles import USERS, Role
from tests.offices.desk import SECRET_FIGURE, Desk, desk, sample_page
from tests.offices.office import Clock, open_office
from tests.serving.callbacks import call

SEE, DO = "rahasia-out.children", "rahasia-done.children"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with all real pages, and a page of secrets that only admins may see."""
    secret = sample_page(Page.PENGATURAN, "/pengaturan", "rahasia")
    return desk(tmp_path_factory.mktemp("callbacks"), pages=[*PAGES, secret])


@pytest.fixture(scope="module")
def browsers(served: Desk) -> dict[Role, FlaskClient]:
    """A signed-in browser of each role."""
    return {role: served.signed_in(role.value) for role in USERS}


def server_callbacks(app: Dash) -> list[str]:
    """Outputs of the callbacks that run on the server."""
    return [output for output, entry in app.callback_map.items() if "callback" in entry]


def test_no_callback_answers_without_a_session(served: Desk) -> None:
    for output in server_callbacks(served.app):
        reply = call(served.browser(), output)
        assert (reply.status_code, reply.json) == (401, {"error": "unauthorized"}), output


def test_every_callback_refuses_the_roles_that_may_not_see_its_page(
    served: Desk, browsers: dict[Role, FlaskClient]
) -> None:
    for output in server_callbacks(served.app):
        page, may = guard_of(served.app, output)
        for role, browser in browsers.items():
            if page is not None and not is_allowed(role, page, may):
                reply = call(browser, output)
                assert (reply.status_code, reply.json) == (403, {"error": "forbidden"}), (output, role)


def test_those_who_may_get_the_answer(browsers: dict[Role, FlaskClient]) -> None:
    given = [{"id": "rahasia-in", "property": "n_clicks", "value": 1}]
    reply = call(browsers[Role.ADMIN], SEE, given)
    assert reply.json["response"]["rahasia-out"]["children"] == SECRET_FIGURE


def test_seeing_is_not_doing(tmp_path: Path) -> None:
    served = desk(tmp_path, pages=[sample_page(Page.DATA, "/data", "rahasia")])
    kadin = served.signed_in("kadin")
    given = [{"id": "rahasia-in", "property": "n_clicks", "value": 1}]
    assert call(kadin, SEE, given).status_code == 200
    assert call(kadin, DO, given).status_code == 403


@pytest.mark.parametrize(
    "disguise",
    [
        {"inputs": [{"id": "_pages_location", "property": "pathname", "value": "/masuk"}]},
        {"inputs": [{"id": "shell-url", "property": "pathname", "value": "/sehat"}]},
        {"inputs": [{"id": "url", "property": "pathname", "value": "/layar/aktifkan"}]},
        {"changedPropIds": ["_pages_location.pathname"]},
        {"changedPropIds": ["shell-url.pathname"]},
        {"outputs": {"id": "shell-age", "property": "children"}},
        {"outputs": []},
        {"state": [{"id": "shell-url", "property": "search", "value": "?ke=/masuk"}]},
    ],
)
def test_relabelled_requests_are_refused_like_honest_ones(
    disguise: dict, served: Desk, browsers: dict[Role, FlaskClient]
) -> None:
    given = {"inputs": [{"id": "rahasia-in", "property": "n_clicks", "value": 1}], **disguise}
    assert call(served.browser(), SEE, **given).status_code == 401
    for role in (Role.KADIN, Role.OPD, Role.STAF):
        reply = call(browsers[role], SEE, **given)
        assert reply.status_code == 403
        assert SECRET_FIGURE not in reply.text


def test_the_name_of_an_allowed_callback_does_not_open_another(browsers: dict[Role, FlaskClient]) -> None:
    given = [{"id": "rahasia-in", "property": "n_clicks", "value": 1}]
    reply = call(
        browsers[Role.KADIN], "shell-age.children", given, outputs={"id": "rahasia-out", "property": "children"}
    )
    assert SECRET_FIGURE not in reply.text


@pytest.mark.parametrize(
    "output", ["tidak-ada.children", "", "shell-title-set.data", None, 7, ["rahasia-out.children"]]
)
def test_what_is_no_callback_of_the_server_is_a_bad_request(output: object, browsers: dict[Role, FlaskClient]) -> None:
    assert call(browsers[Role.KADIN], output).status_code == 400


def test_the_page_of_another_role_is_not_in_the_router_either(browsers: dict[Role, FlaskClient]) -> None:
    place = [{"id": "shell-url", "property": "pathname", "value": "/pengaturan"}]
    output = "..shell-page.children...shell-title.data.."
    outputs = [{"id": "shell-page", "property": "children"}, {"id": "shell-title", "property": "data"}]
    state = [{"id": "shell-url", "property": "search", "value": ""}]
    refused = call(browsers[Role.KADIN], output, place, outputs=outputs, state=state)
    shown = call(browsers[Role.ADMIN], output, place, outputs=outputs, state=state)
    assert "Anda tidak berwenang" in refused.text
    assert SECRET_FIGURE not in refused.text
    assert "Layar dinding" in shown.text


def test_a_callback_needs_the_token_against_forged_requests(served: Desk) -> None:
    kadin = served.signed_in("kadin")
    kadin.delete_cookie("_csrf_token")
    assert call(kadin, "shell-age.children").status_code == 400


def test_nothing_waits_for_a_press_that_nobody_made(served: Desk) -> None:
    """The page's script answers such a question itself (assets/desk/shell.js)."""
    presses = [one for one in served.app._callback_list if {into["property"] for into in one["inputs"]} == {"n_clicks"}]
    assert len(presses) > 20
    asked = [one["output"] for one in presses if not one["prevent_initial_call"]]
    assert [output for output in asked if not output.startswith("rahasia-")] == []


ODD = (2**70, ["x"], {"a": 1}, True, 1.5, "9" * 40)


@pytest.mark.parametrize("odd", ODD)
def test_no_callback_stumbles_over_values_that_its_page_never_sends(
    odd: object, served: Desk, browsers: dict[Role, FlaskClient]
) -> None:
    for output in server_callbacks(served.app):
        page, may = guard_of(served.app, output)
        role = next(role for role in browsers if page is None or is_allowed(role, page, may))
        entry = served.app.callback_map[output]
        inputs, state = ([{**one, "value": odd} for one in entry[name]] for name in ("inputs", "state"))
        outs = [name.rpartition(".") for name in output.strip(".").split("...")]
        listed = [{"id": id, "property": prop.partition("@")[0]} for id, _, prop in outs]
        names = listed if output.startswith("..") else listed[0]
        changed = [f"{one['id']}.{one['property']}" for one in inputs[:1]]
        reply = call(browsers[role], output, inputs, outputs=names, state=state, changedPropIds=changed)
        assert reply.status_code in (200, 204, 400, 403, 404), (output, role, reply.text)


GIVEN = {"id": "rahasia-in", "property": "n_clicks", "value": 1}


@pytest.mark.parametrize(
    "odd",
    [
        {"inputs": []},
        {"inputs": None},
        {"inputs": [7]},
        {"inputs": [GIVEN, GIVEN]},
        {"inputs": [{**GIVEN, "id": "shell-url"}]},
        {"inputs": [{**GIVEN, "property": "pathname"}]},
        {"inputs": [GIVEN], "outputs": []},
        {"inputs": [GIVEN], "outputs": None},
        {"inputs": [GIVEN], "outputs": {"id": "shell-age", "property": "children"}},
        {"inputs": [GIVEN], "state": [GIVEN]},
        {"inputs": [GIVEN], "changedPropIds": 7},
        {"inputs": [GIVEN], "changedPropIds": [7]},
    ],
)
def test_what_does_not_fit_the_callback_is_a_bad_request_and_no_failure(
    odd: dict, browsers: dict[Role, FlaskClient]
) -> None:
    assert call(browsers[Role.ADMIN], SEE, **odd).status_code == 400


@pytest.mark.parametrize("address", [7, True, ["/"], {"a": 1}, "/\ud800"])
def test_an_address_that_is_no_text_is_a_bad_request(address: object, browsers: dict[Role, FlaskClient]) -> None:
    output = "..shell-page.children...shell-title.data.."
    outputs = [{"id": "shell-page", "property": "children"}, {"id": "shell-title", "property": "data"}]
    place = [{"id": "shell-url", "property": "pathname", "value": address}]
    state = [{"id": "shell-url", "property": "search", "value": ""}]
    assert call(browsers[Role.KADIN], output, place, outputs=outputs, state=state).status_code == 400


@pytest.mark.parametrize("body", ["[" * 100_000, '{"output":' * 100_000, "{", "", '"shell-age.children"', "9" * 5_000])
def test_a_body_that_cannot_be_read_is_a_bad_request(body: str, browsers: dict[Role, FlaskClient]) -> None:
    kadin = browsers[Role.KADIN]
    headers = {"X-CSRFToken": kadin.get_cookie("_csrf_token").value, "Content-Type": "application/json"}
    assert kadin.post("/_dash-update-component", data=body, headers=headers).status_code == 400


def test_letters_beyond_the_basic_plane_may_be_sent_as_pairs(browsers: dict[Role, FlaskClient]) -> None:
    given = [{"id": "rahasia-in", "property": "n_clicks", "value": "\U0001f600"}]
    assert call(browsers[Role.ADMIN], SEE, given).status_code == 200


def test_an_app_with_an_unguarded_callback_does_not_start(tmp_path: Path) -> None:
    careless = sample_page(Page.SOP, "/sop", "lupa")

    def register(app: Dash, *_: object) -> None:
        app.callback(Output("lupa-out", "children"), Input("lupa-in", "n_clicks"))(lambda _: SECRET_FIGURE)

    careless.register = register
    clock = Clock()
    with pytest.raises(UnguardedError, match=r"lupa-out\.children"):
        create_app(open_office(tmp_path, clock), now=clock, pages=[careless])


def test_two_apps_in_one_process_answer_apart(tmp_path: Path) -> None:
    first = desk(tmp_path / "a", pages=[sample_page(Page.SOP, "/sop", "satu")])
    second = desk(tmp_path / "b", pages=[sample_page(Page.SOP, "/sop", "dua")])
    assert "satu-out.children" in server_callbacks(first.app)
    assert "satu-out.children" not in server_callbacks(second.app)
    assert guard_of(second.app, "dua-done.children") == (Page.SOP, May.DO)
