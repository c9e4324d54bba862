"""The REST API as a whole: tokens, deny by default, the schema, pages, numbers, errors."""

import json
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from kpi_portal.people.models import ApiToken, User
from kpi_portal.people.services import create_token, disable_account, revoke_token
from kpi_portal.tests.access_rows import Row
from kpi_portal.tests.access_table import API
from kpi_portal.tests.access_world import World, addresses, stage
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db

READ, IMPORT = ApiToken.Scope.READ, ApiToken.Scope.IMPORT
GETS = [row for row in API if "GET" in row.methods and row.stage == "draft"]
FOR_ALL_TOKENS = ("api:schema", "api:docs")


def call(token: str, url: str, method: str = "GET", **options: Any) -> Any:
    client = Client(headers={"Authorization": f"Token {token}"})
    return client.generic(method, url, **options)


def post(token: str, body: str, content_type: str) -> Any:
    """A batch handed in."""
    options = {"content_type": content_type, "headers": {"Idempotency-Key": "k1"}}
    return call(token, reverse("api:ticket-batch"), "POST", data=body, **options)


def token_of(user: User, scope: str = READ) -> str:
    return create_token(user, scope=scope, label=f"测试 {scope}")[1]


def body_of(response: Any) -> Any:
    """The JSON; a number with a fraction would have lost its decimals."""

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is not a string")

    return json.loads(response.content, parse_float=refuse)


@pytest.mark.parametrize("row", GETS, ids=str)
def test_a_token_that_reads_has_the_rights_of_its_owner(world: World, row: Row) -> None:
    for role in ("hr", "colleague", "auditor"):
        got = call(token_of(world.user(role)), row.url(world)).status_code
        assert str(got) == row.expected(role).replace("ok", "200"), role


def test_a_token_that_reads_posts_nothing(world: World) -> None:
    token = token_of(world.user("admin"))
    response = call(token, reverse("api:ticket-batch"), "POST", data="{}")
    assert response.status_code == 403


def test_a_token_that_imports_does_nothing_else(world: World) -> None:
    token = token_of(world.user("admin"), IMPORT)
    for row in GETS:
        expected = 200 if row.name in FOR_ALL_TOKENS else 403
        assert call(token, row.url(world)).status_code == expected, row
    body = json.dumps({"source": "test", "tickets": []})
    done = post(token, body, "application/json")
    assert done.status_code == 200
    assert body_of(done)["counts"]["rows"] == 0


@pytest.mark.parametrize("what", ["none", "wrong", "expired", "revoked", "disabled"])
def test_whoever_does_not_prove_who_they_are_gets_401(world: World, what: str) -> None:
    admin, owner = world.user("admin"), world.user("hr")
    token, text = create_token(owner, scope=READ, label="测试")
    headers = {"Authorization": f"Token {text}"}
    if what == "none":
        headers = {}
    elif what == "wrong":
        headers = {"Authorization": f"Token {text[:-4]}0000"}
    elif what == "expired":
        ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    elif what == "revoked":
        revoke_token(token, by=owner)
    else:
        disable_account(owner, by=admin, reason="离职")
    for row in API:
        response = Client(headers=headers).generic(row.methods[0], row.url(world))
        assert response.status_code == 401, row
        if row.name not in FOR_ALL_TOKENS:
            assert set(body_of(response)) == {"code", "message", "fields"}


def test_a_view_that_does_not_say_who_may_is_closed(world: World) -> None:
    class Forgotten(APIView):
        def get(self, request: Any) -> Any:
            raise AssertionError("it answered")

    request = APIRequestFactory().get("/")
    force_authenticate(request, world.user("admin"))
    assert Forgotten.as_view()(request).status_code == 403


def test_the_schema_lists_every_route(world: World) -> None:
    client = Client()
    client.force_login(world.user("agent"))
    schema = yaml.safe_load(client.get(reverse("api:schema")).content)
    routes = {name: each for name, each in addresses().items() if name.startswith("api:")}
    assert len(schema["paths"]) == len(routes) - len(FOR_ALL_TOKENS)
    for path, operations in schema["paths"].items():
        assert path.startswith("/api/v1/")
        assert set(operations) <= {"get", "post"}
    assert "Idempotency-Key" in str(schema["paths"]["/api/v1/tickets:batch"])


def test_a_page_has_at_most_a_hundred(world: World) -> None:
    employee = world.user("agent").employee
    assert employee is not None
    for _number in range(101):
        make_ticket(employee)
    found = body_of(call(token_of(world.user("hr")), "/api/v1/tickets/?page_size=1000"))
    assert found["count"] > 100
    assert len(found["results"]) == 100


def test_numbers_with_decimals_are_strings(world: World) -> None:
    with stage(world, "reviewed"):
        token = token_of(world.user("hr"))
        for row in API:
            if "GET" in row.methods and row.name not in FOR_ALL_TOKENS:
                body_of(call(token, row.url(world)))
        card = body_of(call(token, reverse("api:scorecard", args=["2026-10", "A001"])))
    assert card["final"] == str(world.case.appeal.scorecard.final)
    assert {type(line["points"]) for line in card["lines"]} == {str}


def test_every_refusal_has_code_message_and_fields(world: World) -> None:
    reader, importer = token_of(world.user("admin")), token_of(world.user("admin"), IMPORT)
    refusals = {
        "404": call(reader, reverse("api:scorecard", args=["2026-10", "Z999"])),
        "404 no route": call(reader, "/api/v1/nothing/"),
        "404 page": call(reader, "/api/v1/tickets/?page=999"),
        "403": call(importer, reverse("api:tickets")),
        "405": call(reader, reverse("api:tickets"), "DELETE"),
        "400": call(reader, "/api/v1/tickets/?from=yesterday"),
        "400 body": post(importer, "{", "application/json"),
        "415": post(importer, "a=1", "text/plain"),
    }
    for expected, response in refusals.items():
        assert str(response.status_code) in (expected[:3], "403"), expected
        found = body_of(response)
        assert set(found) == {"code", "message", "fields"}, expected
        assert found["code"]
        assert found["message"]


def test_a_wrong_field_is_named(world: World) -> None:
    found = body_of(call(token_of(world.user("hr")), "/api/v1/tickets/?from=yesterday"))
    assert "from" in found["fields"]
