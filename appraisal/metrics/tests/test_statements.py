"""How many statements measuring takes, and what the database does with them."""

from typing import Any

import pytest
from django.db import connection

from appraisal.metrics import METRICS, collect, measure_company, parse_argument
from appraisal.metrics.collecting import _plan, _Settings
from appraisal.metrics.tests.facts import CUTOFF, DAY, OCTOBER, START, make_agent, new_ticket
from kpi_portal.people.queries import zone
from surveys.models import SatisfactionAnswer, SurveyInvitation
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MOST = 6
ALL = [
    parse_argument(key + ("?threshold=60" if "threshold" in metric.required else ""))
    for key, metric in METRICS.items()
    if metric.collect is None  # the others bring their own
]
MORE = [
    parse_argument(text)
    for text in (
        "frt_mean?channel=chat", "frt_median?channel=hotline", "aht_full?until=last",
        "repeat_complaint?window=7", "csat_mean?kind=repair", "complaint_rate?channel=chat",
    )
]  # fmt: skip

WORKING = [
    parse_argument(request.argument.replace("clock=calendar", "clock=working"))
    for request in ALL
    if "clock" in dict(request.params)
]


def fill(agents: int) -> None:
    for number in range(agents):
        agent = make_agent(f"E{number}")
        Ticket.objects.bulk_create(
            new_ticket(START + n * DAY, agent=agent, first_response_at=START + n * DAY)
            for n in range(20)
        )


@pytest.mark.parametrize("agents", [1, 30])
@pytest.mark.parametrize("departments", [False, True])
def test_the_number_of_statements_depends_on_nothing(
    agents: int, departments: bool, django_assert_max_num_queries: Any
) -> None:
    fill(agents)

    with django_assert_max_num_queries(MOST):
        collect(ALL, OCTOBER, CUTOFF, departments=departments)
    with django_assert_max_num_queries(MOST):
        collect([*ALL, *MORE], OCTOBER, CUTOFF, departments=departments, squares=True)
    with django_assert_max_num_queries(MOST):
        collect([*ALL, *WORKING], OCTOBER, CUTOFF, departments=departments)


def test_levels_together_take_no_more_statements(django_assert_max_num_queries: Any) -> None:
    mixed = [request.at(level) for request in ALL for level in METRICS[request.metric].levels]

    with django_assert_max_num_queries(MOST):
        collect(mixed, OCTOBER, CUTOFF)
    with django_assert_max_num_queries(MOST):
        measure_company(ALL, OCTOBER, CUTOFF)


def test_a_compiled_plan_serves_every_window() -> None:
    fill(1)
    agent = make_agent("E0").pk
    request = parse_argument("frt_mean")
    later = type(OCTOBER)(START + 10 * DAY, START + 30 * DAY)

    assert collect([request], OCTOBER, CUTOFF)[request][agent].sample == 20
    assert collect([request], later, CUTOFF)[request][agent].sample == 10
    assert collect([request], later, START + 12 * DAY)[request][agent].sample == 3


def fill_a_year() -> None:
    """Enough, and spread enough, that a month is a small part of it."""
    for number in range(20):
        agent = make_agent(f"E{number}")
        made = [START + (n - 200) * DAY for n in range(400)]
        tickets = Ticket.objects.bulk_create(
            new_ticket(
                at,
                agent=agent,
                first_response_at=at,
                resolved_at=at + DAY,
                promised_at=at + DAY,
                appointment_at=at + DAY,
            )
            for at in made
        )
        SatisfactionAnswer.objects.bulk_create(
            SatisfactionAnswer(
                source="test", external_id=ticket.external_id, agent=agent, scale=5,
                score_e4=40_000, answered_at=ticket.created_at, ticket=ticket,
            )
            for ticket in tickets
        )  # fmt: skip
        SurveyInvitation.objects.bulk_create(
            SurveyInvitation(
                source="test", external_id=ticket.external_id, agent=agent, ticket=ticket,
                invited_at=ticket.created_at,
            )
            for ticket in tickets
        )  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("frt_mean", "tickets_ticket_by_creation"),
        ("frt_within?threshold=60&channel=chat", "tickets_ticket_by_creation"),
        ("escalation?kind=complaint", "tickets_ticket_by_creation"),
        ("talk_mean", "tickets_ticket_by_creation"),
        ("resolution", "tickets_ticket_by_creation"),
        ("aht_full", "tickets_ticket_by_resolution"),
        ("aht_active", "tickets_ticket_by_resolution"),
        ("fcr", "tickets_ticket_by_resolution"),
        ("reopen", "tickets_ticket_by_resolution"),
        ("error", "tickets_ticket_by_resolution"),
        ("kb_reuse", "tickets_ticket_by_resolution"),
        ("root_cause", "tickets_ticket_by_resolution"),
        ("cycle_time?service_type=repair", "tickets_ticket_by_resolution"),
        ("first_owner", "tickets_ticket_by_creation"),
        ("suggestion", "tickets_ticket_by_creation"),
        ("sla_met", "tickets_ticket_by_promise"),
        ("onsite_on_time", "tickets_ticket_by_visit"),
        ("nps", "surveys_answer_by_answer"),
        ("survey_response", "surveys_invite_by_invitation"),
        ("csat_mean", "surveys_answer_by_answer"),
    ],
)
def test_an_index_alone_answers(text: str, index: str) -> None:
    fill_a_year()
    settings = _Settings(zone().key, connection.vendor, False, (), ())
    plan = _plan((parse_argument(text),), settings)
    statement = plan.parts[0].totals.statement
    explained = type(statement)(f"EXPLAIN {statement.sql}", statement.params, statement.database)
    # Rows of the test are few and new: so that the plan is that of a large, settled table.
    costs = {"enable_bitmapscan": "off", "random_page_cost": "0.01"}
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE tickets_ticket, surveys_satisfactionanswer, surveys_surveyinvitation"
        )
        for setting, value in costs.items():
            cursor.execute(f"SET {setting} = {value}")
        try:
            lines = "\n".join(str(row[0]) for row in explained.run(OCTOBER, CUTOFF))
        finally:
            for setting in costs:
                cursor.execute(f"RESET {setting}")

    assert f"Index Only Scan using {index}" in lines, lines
