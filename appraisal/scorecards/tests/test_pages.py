"""The pages open for whom they are, and cost a fixed number of queries."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appraisal.models import Acknowledgement, Period
from appraisal.tests.factories import (
    card_of,
    in_review,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, SecondPersonRequest, User
from kpi_portal.people.second_person.services import approve
from kpi_portal.people.tests.factories import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(agent: User, outsider: User, department: Department) -> Period:
    """October 2026, computed: the agent has a card, the outsider has none."""
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    make_work(agent, frt=50, day=date(2026, 9, 14))
    before = make_period("2026-09")
    run(before)
    publish(before)
    period = make_period()
    run(period)
    return period


def page(client: Client, user: User, name: str, *args: object, query: str = "") -> str:
    client.force_login(user)
    response = client.get(reverse(f"appraisal:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_my_scorecard_shows_its_numbers_and_records_the_first_view(
    client: Client, agent: User, period: Period
) -> None:
    publish(period)

    text = page(client, agent, "scorecard", "2026-10", "A001")

    assert "80.56" in text
    assert "75.00" in text
    assert Acknowledgement.objects.get(scorecard=card_of(agent, period)).read_at is not None


def test_the_list_shows_my_published_cards(client: Client, agent: User, period: Period) -> None:
    publish(period)

    text = page(client, agent, "scorecards")

    assert "2026-10" in text


def test_an_unpublished_card_is_not_there_for_its_employee(
    client: Client, agent: User, period: Period
) -> None:
    client.force_login(agent)

    response = client.get(reverse("appraisal:scorecard", args=["2026-10", "A001"]))

    assert response.status_code == 404


@pytest.mark.parametrize("name", ["scorecard_line", "scorecard_records"])
def test_a_line_explains_itself_and_lists_its_records(
    client: Client, supervisor: User, period: Period, name: str
) -> None:
    text = page(client, supervisor, name, "2026-10", "A001", 1)

    assert "李伟" in text


def test_the_board_shows_the_team_and_not_oneself(
    client: Client, supervisor: User, period: Period
) -> None:
    text = page(client, supervisor, "team_board", "2026-10", query="?sort=-i1")

    assert "李伟" in text
    assert "/scorecards/2026-10/S001/" not in text


def test_the_board_costs_the_same_for_one_and_for_many(
    client: Client,
    supervisor: User,
    department: Department,
    period: Period,
    django_assert_max_num_queries: object,
) -> None:
    for _number in range(30):
        make_employee(department=department, supervisor=supervisor.employee)
    run(period)
    client.force_login(supervisor)
    url = reverse("appraisal:team_board", args=["2026-10"])
    client.get(url)

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        response = client.get(url)

    assert response.status_code == 200


def test_a_projection_is_shown_while_the_period_runs(
    client: Client, agent: User, department: Department
) -> None:
    make_active_version(department)
    make_work(agent)
    make_period()

    text = page(client, agent, "scorecard", "2026-10", "A001")

    assert "100.00" in text


def test_the_console_opens_in_every_state(
    client: Client, hr: User, committee: User, period: Period
) -> None:
    page(client, hr, "periods")
    page(client, hr, "period", "2026-10")
    in_review(period)
    assert "chart-column" in page(client, committee, "period", "2026-10")
    page(client, hr, "period", "2026-10")


def test_the_files_need_a_reason_and_publication(
    client: Client, supervisor: User, period: Period
) -> None:
    client.force_login(supervisor)
    url = reverse("appraisal:team_export", args=["2026-10"])
    assert client.get(url).status_code == 403

    publish(period)

    assert client.post(url, {"format": "csv", "reason": ""}).status_code == 422
    response = client.post(url, {"format": "csv", "reason": "月度沟通"})
    assert response.status_code == 200
    assert "A001" in response.content.decode()


def test_an_auditor_takes_a_file_once_a_second_person_has_agreed(
    client: Client, auditor: User, hr: User, period: Period
) -> None:
    publish(period)
    client.force_login(auditor)
    url = reverse("appraisal:team_export", args=["2026-10"])
    client.post(client.get(url).headers["Location"], {"reason": "年度审计抽查"})
    form = {"format": "csv", "reason": "年度审计抽查"}

    assert client.post(url, form).status_code == 303
    asked = SecondPersonRequest.objects.get()
    assert client.post(url, form).status_code == 409
    approve(asked.pk, by=hr, at=timezone.now())

    assert "A001" in client.post(url, form).content.decode()
    assert client.post(url, form).status_code == 303
    assert SecondPersonRequest.objects.filter(state="asked").count() == 1


def test_an_auditor_gives_a_reason_first(client: Client, auditor: User, period: Period) -> None:
    publish(period)
    client.force_login(auditor)
    url = reverse("appraisal:scorecard", args=["2026-10", "A001"])

    asked = client.get(url)
    client.post(asked.headers["Location"], {"reason": "年度审计抽查"})

    assert asked.status_code == 302
    assert client.get(url).status_code == 200
