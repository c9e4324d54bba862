"""API tokens: shown once, hashed, limited, dead when their owner is."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people import services
from kpi_portal.people.models import ApiToken, User
from kpi_portal.people.services.changes import Invalid

pytestmark = pytest.mark.django_db


class Reading(APIView):
    """Everybody may."""

    @staticmethod
    def may(user: User) -> bool:
        return True

    def get(self, request: Any) -> Response:
        return Response({"who": request.user.username})

    post = get


class Importing(Reading):
    import_scope = True


class Forgotten(APIView):
    """A view that does not say who may."""

    def get(self, request: Any) -> Response:
        return Response({})


def status(view: Any, text: str, method: str = "get") -> int:
    request = getattr(APIRequestFactory(), method)("/", headers={"Authorization": f"Token {text}"})
    return int(view.as_view()(request).status_code)


def make_token(user: User, scope: str = "read") -> str:
    return services.create_token(user, scope=scope, label=scope)[1]


def test_a_token_is_stored_hashed(agent: User) -> None:
    text = make_token(agent)

    token = ApiToken.objects.get()
    assert text not in (token.digest, token.token_key)
    assert text not in str(list(Event.objects.values_list("object_id", "after")))


@pytest.mark.parametrize(
    ("scope", "view", "method", "expected"),
    [
        ("read", Reading, "get", 200),
        ("read", Reading, "post", 403),
        ("read", Importing, "post", 403),
        ("read", Forgotten, "get", 403),
        ("import", Importing, "post", 200),
        ("import", Reading, "get", 403),
    ],
)
def test_a_token_does_what_its_scope_says(
    scope: str, view: Any, method: str, expected: int, admin_user: User
) -> None:
    assert status(view, make_token(admin_user, scope), method) == expected


def test_without_or_with_a_wrong_token_the_answer_is_401(agent: User) -> None:
    assert status(Reading, "0" * 64) == 401
    assert Reading.as_view()(APIRequestFactory().get("/")).status_code == 401


def test_only_administrators_make_tokens_that_import(agent: User, hr: User) -> None:
    for user in (agent, hr):
        with pytest.raises(NotAllowed):
            services.create_token(user, scope="import", label="x")


def test_a_label_is_used_once(agent: User) -> None:
    make_token(agent)

    with pytest.raises(Invalid):
        make_token(agent)


def test_a_token_dies_with_its_account(agent: User, admin_user: User) -> None:
    text = make_token(agent)
    assert status(Reading, text) == 200

    services.disable_account(agent, by=admin_user)

    assert status(Reading, text) == 401


def test_a_token_dies_when_its_owner_leaves(agent: User) -> None:
    text = make_token(agent)
    assert agent.employee is not None

    services.leave(agent.employee, on=date(2021, 1, 1), by=None)

    assert status(Reading, text) == 401


def test_a_revoked_and_an_expired_token_are_dead(agent: User) -> None:
    first, second = make_token(agent), services.create_token(agent, scope="read", label="2")[1]

    services.revoke_token(ApiToken.objects.get(label="read"), by=agent)
    ApiToken.objects.filter(label="2").update(expiry=timezone.now() - timedelta(seconds=1))

    assert (status(Reading, first), status(Reading, second)) == (401, 401)


def test_a_token_is_shown_once(client: Client, agent: User) -> None:
    client.force_login(agent)
    address = reverse("people:tokens")

    made = client.post(address, {"label": "BI", "scope": "read", "valid_for": "30"})
    text = made.context["made"]

    assert text in made.content.decode()
    assert text not in client.get(address).content.decode()
    expiry = ApiToken.objects.get().expiry
    assert expiry is not None and expiry < timezone.now() + timedelta(days=31)


def test_an_agent_is_offered_no_import(client: Client, agent: User) -> None:
    client.force_login(agent)

    response = client.post(
        reverse("people:tokens"), {"label": "x", "scope": "import", "valid_for": "30"}
    )

    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_nobody_revokes_a_token_of_somebody_else(
    client: Client, agent: User, outsider: User
) -> None:
    make_token(agent)
    client.force_login(outsider)

    key = ApiToken.objects.get().token_key
    assert client.post(reverse("people:revoke_token"), {"token": key}).status_code == 404
    client.force_login(agent)
    assert client.post(reverse("people:revoke_token"), {"token": key}).status_code == 303
    assert not ApiToken.objects.exists()
