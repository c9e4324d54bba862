"""Approved exclusions take records out of the named metrics, with the reason beside the figure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.metrics import Level, Measurement, collect, parse_argument, records
from appraisal.metrics.tests.facts import (
    CUTOFF,
    DAY,
    HOUR,
    OCTOBER,
    START,
    assign,
    make_agent,
    make_answer,
    make_department,
    make_orders,
    make_ticket,
)
from appraisal.models.corrections import Exclusion
from kpi_portal.people.models import Employee
from kpi_portal.people.tests.factories import make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def exclude(state: str = "approved", metrics: Any = (), **what: Any) -> Exclusion:
    return Exclusion.objects.create(
        state=state, metrics=list(metrics), reason="系统故障", cause="outage",
        proposed_by=make_user(), proposed_at=START, decided_by=make_user(), decided_at=CUTOFF,
        **what,
    )  # fmt: skip


def measure(argument: str, owner: int, **options: Any) -> Measurement:
    request = parse_argument(argument)
    return collect([request], OCTOBER, CUTOFF, **options)[request][owner]


@pytest.fixture
def agent() -> Employee:
    return make_agent()


def test_a_ticket_is_out_of_the_named_metrics_only(agent: Employee) -> None:
    times = {"agent": agent, "resolved_at": START + HOUR}
    make_ticket(START, first_response_at=START + MINUTE, **times)
    odd = make_ticket(START, first_response_at=START + 9 * MINUTE, **times)
    exclude(ticket=odd, metrics=["frt_mean", "frt_median", "frt_within"])

    for metric in ("frt_mean", "frt_median"):
        found = measure(metric, agent.pk)
        assert (found.value, found.sample) == (Decimal("60.0000"), 1), metric
        assert found.reasons == {"excluded": 1}
    within = measure("frt_within?threshold=60", agent.pk)
    assert (within.value, within.reasons) == (Decimal("100.0000"), {"excluded": 1})
    assert measure("aht_full", agent.pk).sample == 2
    assert measure("volume", agent.pk).sample == 2


def test_only_what_is_approved_counts_and_when(agent: Employee) -> None:
    ticket = make_ticket(START, agent=agent, escalated=True)
    for state in ("proposed", "refused", "withdrawn"):
        exclude(state, ticket=ticket)
    assert measure("escalation", agent.pk).sample == 1

    exclude(ticket=ticket)

    assert measure("escalation", agent.pk).value is None
    assert measure("escalation", agent.pk).reasons == {"excluded": 1}
    assert measure("escalation", agent.pk, decided_by=CUTOFF - DAY).sample == 1


def test_an_excluded_record_has_no_other_reason(agent: Employee) -> None:
    unanswered = make_ticket(START, agent=agent)
    exclude(ticket=unanswered)

    assert measure("frt_mean", agent.pk).reasons == {"excluded": 1}
    assert measure("talk_mean", agent.pk).reasons == {"excluded": 1}


def test_an_answer_is_out_and_so_are_those_of_an_excluded_ticket(agent: Employee) -> None:
    ticket = make_ticket(START, agent=agent)
    bad = make_answer(agent, 10_000)
    make_answer(agent, 10_000, ticket=ticket)
    make_answer(agent, 50_000, nps=10)
    exclude(answer=bad)
    exclude(ticket=ticket, metrics=["csat_mean"])

    found = measure("csat_mean", agent.pk)
    assert (found.value, found.sample, found.reasons) == (Decimal("100.0000"), 1, {"excluded": 2})
    assert measure("csat_top", agent.pk).sample == 2
    assert measure("nps", agent.pk).reasons == {"missing": 1, "excluded": 1}


def test_dimensions_of_an_excluded_answer_do_not_count(agent: Employee) -> None:
    for score in (1, 5):
        answer = make_answer(agent, score * 10_000, has_dimensions=True)
        answer.dimensions.create(dimension="attitude", score_e4=score * 10_000, scale=5)
        if score == 1:
            exclude(answer=answer)

    found = measure("csi", agent.pk)

    assert (found.value, found.sample, found.reasons) == (Decimal("100.0000"), 1, {"excluded": 1})


def test_a_span_takes_out_a_channel_of_a_department(agent: Employee) -> None:
    online, shop = make_department("D1"), make_department("D2")
    assign(agent, online)
    for minutes, channel, department in (
        (0, "chat", online), (59, "chat", None), (60, "chat", online), (1, "hotline", online),
        (1, "chat", shop), (-1, "chat", online),
    ):  # fmt: skip
        made = START + DAY + minutes * MINUTE
        make_ticket(
            made, agent=agent, channel=channel, department=department, first_response_at=made
        )
    exclude(starts_at=START + DAY, ends_at=START + DAY + HOUR, channel="chat", department=online)

    found = measure("frt_mean", agent.pk)

    assert found.sample == 4
    assert found.reasons == {"excluded": 2}


def test_a_span_leaves_an_answer_of_no_known_channel_in(agent: Employee) -> None:
    make_answer(agent, 50_000)
    make_answer(agent, 10_000, channel="chat")
    make_answer(agent, 10_000, ticket=make_ticket(START, agent=agent, channel="chat"))
    exclude(starts_at=START - DAY, ends_at=START + DAY, channel="chat")

    found = measure("csat_mean", agent.pk)

    assert (found.value, found.sample, found.reasons) == (Decimal("100.0000"), 1, {"excluded": 2})


def test_complaints_per_order_leave_excluded_ones_out(agent: Employee) -> None:
    department = make_department()
    assign(agent, department)
    make_orders(department, 200, agent)
    make_ticket(START, agent=agent, kind="complaint")
    exclude(ticket=make_ticket(START, agent=agent, kind="complaint"))

    found = measure("complaint_rate", agent.pk)

    assert (found.numerator, found.denominator, found.reasons) == (1, 200, {"excluded": 1})


def test_the_list_of_records_says_so_too(agent: Employee) -> None:
    make_ticket(START, agent=agent, escalated=True)
    exclude(ticket=make_ticket(START, agent=agent, escalated=True))
    request = parse_argument("escalation")

    behind = records(request, agent.pk, OCTOBER, CUTOFF)

    assert behind.counted.count() == 1
    assert [each.reason for each in behind.left_out] == ["excluded"]


def test_departments_and_the_company_leave_them_out(agent: Employee) -> None:
    department = make_department()
    make_ticket(START, agent=agent, department=department, escalated=True)
    odd = make_ticket(START, agent=agent, department=department, escalated=True)
    exclude(ticket=odd)

    for level, owner in ((Level.DEPARTMENT, department.pk), (Level.COMPANY, 0)):
        request = parse_argument("escalation").at(level)
        assert collect([request], OCTOBER, CUTOFF)[request][owner].reasons == {"excluded": 1}


def statements() -> list[str]:
    requests = [parse_argument(each) for each in ("frt_mean", "aht_full", "csat_mean")]
    with CaptureQueriesContext(connection) as captured:
        collect(requests, OCTOBER, CUTOFF)
    return [query["sql"] for query in captured]


def test_without_an_exclusion_near_the_window_the_statements_stay_the_same(
    agent: Employee,
) -> None:
    make_ticket(START, agent=agent)
    before = statements()
    exclude(ticket=make_ticket(START - 900 * DAY, agent=agent))
    exclude(starts_at=START + 90 * DAY, ends_at=START + 91 * DAY)

    assert statements() == before
    exclude(starts_at=START, ends_at=START + DAY)
    assert len(statements()) == len(before)
    assert statements() != before
