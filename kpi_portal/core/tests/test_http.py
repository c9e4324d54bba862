"""Page or fragment from one view; where a reader is sent."""

import json
from collections.abc import Iterator

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.template import Engine
from django.test import RequestFactory

from kpi_portal.core import http

PAGE = (
    "{% load partials %}<html>{% partialdef rows inline %}<i>{{ n }}</i>{% endpartialdef %}</html>"
)


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch, tmp_path: object, settings: object) -> Iterator[str]:
    """A page with one partial, under the name page.html."""
    folder = str(tmp_path)
    with open(f"{folder}/page.html", "w") as file:
        file.write(PAGE)
    engine = Engine.get_default()
    monkeypatch.setattr(engine, "dirs", [folder, *engine.dirs])
    for loader in engine.template_loaders:
        loader.reset()
    yield "page.html"
    for loader in engine.template_loaders:
        loader.reset()


def asked(rf: RequestFactory, **headers: str) -> HttpRequest:
    request = rf.get("/", headers=headers)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def body(rf: RequestFactory, template: str, **headers: str) -> str:
    request = asked(rf, **headers)
    return http.render_page(request, template, {"n": 7}, fragment="rows").content.decode()


def test_a_reader_gets_the_page(rf: RequestFactory, template: str) -> None:
    assert body(rf, template) == "<html><i>7</i></html>"


def test_htmx_gets_the_part(rf: RequestFactory, template: str) -> None:
    assert body(rf, template, **{"HX-Request": "true"}) == "<i>7</i>"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_history_get_the_page(
    rf: RequestFactory, template: str, header: str
) -> None:
    page = body(rf, template, **{"HX-Request": "true", header: "true"})

    assert page.startswith("<html>")


def test_caches_are_told_that_the_answer_varies(rf: RequestFactory, template: str) -> None:
    response = http.render_page(asked(rf), template, {}, fragment="rows", status=422)

    assert "HX-Request" in response.headers["Vary"]
    assert response.status_code == 422


def test_a_fragment_brings_the_waiting_messages(rf: RequestFactory, template: str) -> None:
    request = asked(rf, **{"HX-Request": "true"})
    messages.success(request, "已保存")

    response = http.render_page(request, template, {}, fragment="rows")

    assert json.loads(response.headers["HX-Trigger"]) == {
        "portal:toasts": [{"level": "success", "text": "已保存"}]
    }
    assert response.headers["HX-Trigger"].isascii()


def test_after_a_form_the_reader_goes_on_with_get(rf: RequestFactory) -> None:
    response = http.go_to(rf.post("/"), "/x/")

    assert (response.status_code, response.headers["Location"]) == (303, "/x/")


def test_after_a_form_htmx_loads_a_whole_page(rf: RequestFactory) -> None:
    response = http.go_to(rf.post("/", headers={"HX-Request": "true"}), "/x/")

    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/x/")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("/notices/?page=2", "/notices/?page=2"),
        ("https://evil.example/", "/fallback/"),
        ("//evil.example/", "/fallback/"),
        ("/\\evil.example/", "/fallback/"),
        ("javascript:alert(1)", "/fallback/"),
        ("", "/fallback/"),
    ],
)
def test_next_stays_inside(rf: RequestFactory, given: str, used: str) -> None:
    assert http.safe_next(rf.post("/", {"next": given}), "/fallback/") == used
