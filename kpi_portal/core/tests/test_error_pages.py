"""Error pages: own, in the reader's language, standing without a database."""

from collections.abc import Callable

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kpi_portal.core import errors_pages
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed

Page = Callable[[HttpRequest], HttpResponse]

PAGES: list[tuple[int, Page]] = [
    (400, lambda request: errors_pages.bad_request(request, ValueError())),
    (403, errors_pages.forbidden),
    (403, errors_pages.csrf_failure),
    (404, errors_pages.not_found),
    (413, lambda request: errors_pages.bad_request(request, RequestDataTooBig())),
    (429, errors_pages.too_many),
    (500, errors_pages.server_error),
    (503, errors_pages.unavailable),
]


@pytest.mark.parametrize(("status", "page"), PAGES)
def test_each_page_stands_without_a_database(rf: RequestFactory, status: int, page: Page) -> None:
    response = page(rf.get("/x/"))  # database access is blocked in this test

    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1>") == 1
    assert 'id="main"' in html
    assert 'href="/"' in html


@pytest.mark.parametrize(("status", "page"), PAGES)
def test_htmx_gets_a_sentence(rf: RequestFactory, status: int, page: Page) -> None:
    response = page(rf.get("/x/", headers={"HX-Request": "true"}))

    assert response.status_code == status
    assert "<html" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict(_("name")), 409), (NotAllowed("x"), 403), (DomainError("x"), 400)],
)
def test_a_refused_act_says_why(rf: RequestFactory, error: DomainError, status: int) -> None:
    response = errors_pages.domain_error(rf.post("/x/"), error)

    assert response.status_code == status
    assert str(error.message) in response.content.decode()


def test_a_lost_database_is_unavailable_and_not_an_error(rf: RequestFactory) -> None:
    try:
        raise OperationalError
    except OperationalError:
        response = errors_pages.server_error(rf.get("/"))

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"


def test_what_somebody_typed_is_escaped(rf: RequestFactory) -> None:
    error = Conflict("<script>alert(1)</script>")

    assert "<script>alert" not in errors_pages.domain_error(rf.get("/"), error).content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_the_portals_own_page(client: Client) -> None:
    with translation.override("zh-hans"):
        response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert '<html lang="zh-hans">' in response.content.decode()
