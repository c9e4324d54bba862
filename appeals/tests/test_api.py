"""The API gives what the pages give, and no vote."""

from typing import Any

import pytest
from django.test import Client

from appeals.tests import factories as make
from appeals.tests.factories import make_case
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


def api(user: User, path: str = "") -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/api/v1/appeals/{path}")


def test_the_api_gives_what_the_pages_give() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")

    listed = api(case.agent).json()["results"]
    detail = api(case.agent, f"{case.appeal.number}/").json()

    assert [row["number"] for row in listed] == [case.appeal.number]
    assert (detail["state"], detail["agent"], detail["disputed"][0]["position"]) == (
        "arbitration", "A001", 1
    )  # fmt: skip
    assert "90.00" not in str(detail) and "依据" not in str(detail)


def test_the_api_shows_no_case_of_others() -> None:
    case = make_case("submitted")

    for user in (case.supervisor, case.chair, case.evaluator, case.panel[0]):
        assert api(user).json()["results"] == []
        assert api(user, f"{case.appeal.number}/").status_code == 404
    assert Client().get("/api/v1/appeals/").status_code == 401


def test_the_pool_is_not_in_the_api() -> None:
    case = make_case()
    make.file(case)

    assert api(case.reviewer).json()["results"] == []
