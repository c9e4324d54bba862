"""Around every request: id, headers, error pages."""

import json
import logging
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from kpi_portal.core import errors_pages
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.core.logs import current_request_id
from kpi_portal.people.models import User


def _conflict(request: HttpRequest) -> HttpResponse:
    raise Conflict("Somebody was faster.")


def _not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("This is not yours.")


def _forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def _too_big(request: HttpRequest) -> HttpResponse:
    raise RequestDataTooBig


def _crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


def _no_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


def _too_many(request: HttpRequest) -> HttpResponse:
    return errors_pages.too_many(request)


def _identity(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_request_id())


def _mine(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


handler400 = "kpi_portal.core.errors_pages.bad_request"
handler403 = "kpi_portal.core.errors_pages.forbidden"
handler404 = "kpi_portal.core.errors_pages.not_found"
handler500 = "kpi_portal.core.errors_pages.server_error"
urlpatterns = [
    path("conflict", _conflict),
    path("api/conflict", _conflict),
    path("not-allowed", _not_allowed),
    path("forbidden", _forbidden),
    path("too-big", _too_big),
    path("crash", _crash),
    path("no-database", _no_database),
    path("too-many", _too_many),
    path("identity", _identity),
    path("mine", _mine),
]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/conflict", 409),
        ("/not-allowed", 403),
        ("/forbidden", 403),
        ("/nowhere", 404),
        ("/too-big", 413),
        ("/too-many", 429),
        ("/crash", 500),
        ("/no-database", 503),
    ],
)
def test_each_error_has_its_page_and_says_nothing_of_the_inside(
    client: Client, address: str, status: int
) -> None:
    response = client.get(address)

    assert response.status_code == status
    page = response.content.decode()
    assert "<h1>" in page
    assert response.headers["X-Request-ID"] in page
    assert "Traceback" not in page
    assert "secret detail" not in page


def test_a_refusal_says_why_in_page_fragment_and_api(client: Client) -> None:
    page = client.get("/conflict").content.decode()
    fragment = client.get("/conflict", headers={"HX-Request": "true"}).content.decode()
    boosted = client.get(
        "/conflict", headers={"HX-Request": "true", "HX-Boosted": "true"}
    ).content.decode()
    answer = client.get("/api/nowhere").json()

    assert "Somebody was faster." in page
    assert "Somebody was faster." in fragment
    assert "<html" not in fragment
    assert "<html" in boosted
    assert answer["code"] == "not_found"


def test_a_good_id_is_kept_and_a_bad_one_replaced(client: Client) -> None:
    good = client.get("/identity", headers={"X-Request-ID": "from-proxy-1"})
    bad = client.get("/identity", headers={"X-Request-ID": 'x" <script>'})

    assert good.headers["X-Request-ID"] == good.content.decode() == "from-proxy-1"
    assert re.fullmatch(r"[0-9a-f-]{36}", bad.headers["X-Request-ID"])


def test_the_access_line_names_route_and_status_but_not_the_path(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="kpi_portal.access"):
        client.get("/nowhere/13812345678?name=zhang")

    lines = [record for record in caplog.records if record.name == "kpi_portal.access"]
    assert len(lines) == 1
    text = json.dumps(lines[0].msg, default=str)
    assert '"status": 404' in text
    assert "13812345678" not in text
    assert "zhang" not in text


def test_headers_of_every_answer(client: Client) -> None:
    headers = client.get("/identity").headers

    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_what_a_signed_in_person_sees_is_not_kept(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert client.get("/mine").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_an_error_page_needs_no_database(rf: RequestFactory, django_db_blocker: Any) -> None:
    with django_db_blocker.block():
        response = errors_pages.not_found(rf.get("/x"))

    assert response.status_code == 404
