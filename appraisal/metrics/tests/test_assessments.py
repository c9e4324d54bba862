"""Inspections, reviews, exams, shoppers: small sets of judgements, answers known by hand."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appraisal.metrics import Measurement, collect, parse_argument, records
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.tests.facts import (
    CUTOFF,
    DAY,
    END,
    OCTOBER,
    START,
    assign,
    make_agent,
    make_answer,
    make_department,
    make_ticket,
)
from appraisal.metrics.tests.test_exclusions import exclude
from kpi_portal.people.models import Employee
from surveys.models import QuestionnaireVersion
from surveys.tests.judgements import make_assessment, make_version

pytestmark = pytest.mark.django_db

IN = START + 5 * DAY


def measured(argument: str) -> Mapping[int, Measurement]:
    request = parse_argument(argument)
    return collect([request], OCTOBER, CUTOFF)[request]


def figures(found: Measurement) -> tuple[str | None, str, int, int, Mapping[str, int]]:
    value = None if found.value is None else str(found.value)
    return value, str(found.numerator), found.denominator, found.sample, found.reasons


def inspect(agent: Employee, version: QuestionnaireVersion, score: Any, **fields: Any) -> None:
    make_assessment(agent, score, version=version, **{"submitted_at": IN} | fields)


# --- QA score


def test_the_qa_score_is_the_mean_over_inspected_tickets() -> None:
    agent, version = make_agent(), make_version("qa")
    first, second, third = (make_ticket(agent=agent) for _ in range(3))
    inspect(agent, version, 90, ticket=first)
    inspect(agent, version, 80, ticket=second)
    inspect(agent, version, 70, ticket=second)  # the mean of the two: 75
    inspect(agent, version, 60, ticket=third)
    inspect(agent, version, 50, ticket=third)
    inspect(agent, version, 64, ticket=third, is_adjudicated=True)  # alone
    inspect(agent, version, None)  # nothing applied

    # (90 + 75 + 64) / 3
    assert figures(measured("qa_score")[agent.pk]) == (
        "76.3333", "229", 3, 3, {"missing": 1},
    )  # fmt: skip


def test_a_fatal_item_makes_the_ticket_zero_unless_adjudicated_otherwise() -> None:
    agent, version = make_agent(), make_version("qa")
    first, second = make_ticket(agent=agent), make_ticket(agent=agent)
    inspect(agent, version, 0, ticket=first, failed_fatal=True)
    inspect(agent, version, 98, ticket=first)
    inspect(agent, version, 0, ticket=second, failed_fatal=True)
    inspect(agent, version, 88, ticket=second, is_adjudicated=True)

    assert figures(measured("qa_score")[agent.pk]) == ("44.0000", "88", 2, 2, {})


def test_a_ticket_stands_in_the_period_of_its_first_inspection() -> None:
    agent, version = make_agent(), make_version("qa")
    before, within, after, late = (make_ticket(agent=agent) for _ in range(4))
    inspect(agent, version, 10, ticket=before, submitted_at=START - DAY)
    inspect(agent, version, 20, ticket=before)  # September's
    inspect(agent, version, 60, ticket=within)
    inspect(
        agent, version, 80, ticket=within, submitted_at=END + DAY, is_adjudicated=True
    )  # settled by the cutoff
    inspect(agent, version, 30, ticket=after, submitted_at=END)  # November's
    inspect(agent, version, 70, ticket=late)
    inspect(
        agent, version, 100, ticket=late, submitted_at=CUTOFF + DAY, is_adjudicated=True
    )  # has not happened

    assert figures(measured("qa_score")[agent.pk]) == ("75.0000", "150", 2, 2, {})


def test_inspections_are_narrowed_by_their_tickets() -> None:
    agent, version = make_agent(), make_version("qa")
    inspect(agent, version, 90, ticket=make_ticket(agent=agent, channel="chat"))
    inspect(agent, version, 70, ticket=make_ticket(agent=agent, channel="hotline"))
    inspect(agent, version, 10)

    assert figures(measured("qa_score?channel=chat")[agent.pk])[0] == "90.0000"


def test_a_department_pools_its_tickets_and_bots_are_nobodys() -> None:
    agent, other, bot = make_agent("E1"), make_agent("E2"), make_agent("B", is_shared=True)
    north, south = make_department("N"), make_department("S")
    for each in (agent, bot):
        assign(each, north)
    assign(other, north, end=(IN - DAY).date())
    assign(other, south, start=(IN - DAY).date())
    version = make_version("qa")
    inspect(agent, version, 90)
    inspect(other, version, 60)  # in the south by then
    inspect(other, version, 30, ticket=make_ticket(agent=other, department=north))
    inspect(bot, version, 1)

    found = measured("qa_score?level=department")

    assert {pk: each.value for pk, each in found.items()} == {north.pk: 60, south.pk: 60}
    assert bot.pk not in measured("qa_score")


def test_an_excluded_ticket_is_out_of_the_named_metrics_from_its_approval_on() -> None:
    agent, version = make_agent(), make_version("qa", {"code": "polite"})
    good, odd = make_ticket(agent=agent), make_ticket(agent=agent, channel="chat")
    inspect(agent, version, 90, ticket=good, passed={"polite": True})
    inspect(agent, version, 10, ticket=odd, passed={"polite": False})
    exclude(ticket=odd, metrics=["qa_score"])
    asked = parse_argument("qa_score")

    assert figures(measured("qa_score")[agent.pk]) == ("90.0000", "90", 1, 1, {"excluded": 1})
    assert str(measured("qa_item?item=polite")[agent.pk].value) == "50.0000"
    before = collect([asked], OCTOBER, CUTOFF, decided_by=CUTOFF - DAY)[asked]
    assert str(before[agent.pk].value) == "50.0000"
    behind = records(asked, agent.pk, OCTOBER, CUTOFF)
    assert [each.reason for each in behind.left_out] == ["excluded"]
    assert behind.counted.count() == 1


def test_an_excluded_span_takes_out_what_was_inspected_in_it_on_its_channel() -> None:
    agent, version = make_agent(), make_version("qa", {"code": "polite"})
    for channel, passed in (("chat", False), ("hotline", True)):
        ticket = make_ticket(agent=agent, channel=channel)
        inspect(agent, version, 50, ticket=ticket, passed={"polite": passed})
    exclude(starts_at=IN, ends_at=IN + DAY, channel="chat")

    found = measured("qa_item?item=polite")[agent.pk]

    assert (str(found.value), found.reasons) == ("100.0000", {"excluded": 1})


# --- QA items


def test_an_item_is_passed_or_not_in_those_inspections_where_it_applied() -> None:
    agent, version = make_agent(), make_version("qa", {"code": "polite"}, {"code": "patient"})
    other = make_version("qa", {"code": "clear"})
    twice = make_ticket(agent=agent)
    inspect(agent, version, 100, passed={"polite": True, "patient": True})
    inspect(agent, version, 50, passed={"polite": False, "patient": None})
    inspect(agent, version, 50, ticket=twice, passed={"polite": False})
    inspect(agent, version, 50, ticket=twice, passed={"polite": True}, is_adjudicated=True)
    inspect(agent, other, 50, passed={"clear": True})  # does not ask for politeness

    assert figures(measured("qa_item?item=polite")[agent.pk]) == ("66.6667", "2", 3, 3, {})
    assert figures(measured("qa_item?item=patient")[agent.pk]) == (
        "100.0000", "1", 1, 1, {"missing": 1},
    )  # fmt: skip
    assert measured("qa_item?item=nothing") == {}


def test_an_item_needs_a_code() -> None:
    for argument in ("qa_item", "qa_item?item=a b"):
        with pytest.raises(BadMetric):
            parse_argument(argument)


# --- 360°


def rate(agent: Employee, version: QuestionnaireVersion, group: str, *scores: int) -> None:
    for score in scores:
        inspect(agent, version, score, rater_group=group)


def test_rater_groups_weigh_as_set_and_missing_ones_pass_theirs_on() -> None:
    agent, version = make_agent(), make_version("review360")
    rate(agent, version, "self", 100)
    rate(agent, version, "supervisor", 80, 90)

    # (100 × 10 + 85 × 50) / 60; QA gave nothing
    assert figures(measured("review360")[agent.pk]) == ("87.5000", "525/2", 3, 3, {})

    rate(agent, version, "qa", 70)
    # (1000 + 4250 + 2800) / 100
    assert str(measured("review360")[agent.pk].value) == "80.5000"


def test_peers_count_from_three_on() -> None:
    agent, version = make_agent(), make_version("review360")
    rate(agent, version, "supervisor", 80)
    rate(agent, version, "peer", 50, 50)
    argument = "review360?peer=20"

    assert figures(measured(argument)[agent.pk]) == ("80.0000", "80", 1, 1, {"missing": 2})

    rate(agent, version, "peer", 50)
    # (80 × 50 + 50 × 20) / 70
    assert figures(measured(argument)[agent.pk])[0] == "71.4286"
    assert measured(argument)[agent.pk].sample == 4


def test_customers_are_their_satisfaction() -> None:
    agent, version = make_agent(), make_version("review360")
    rate(agent, version, "supervisor", 70)
    make_answer(agent, 50_000, answered_at=IN)
    make_answer(agent, 40_000, answered_at=IN)

    # (70 × 50 + 90 × 50) / 100
    found = measured("review360?customer=50")[agent.pk]

    assert (str(found.value), found.sample) == ("80.0000", 3)


def test_nobody_asked_is_no_score() -> None:
    agent = make_agent()
    make_assessment(agent, None, use="review360", submitted_at=IN)

    assert figures(measured("review360")[agent.pk]) == (None, "0", 0, 0, {"missing": 1})


# --- exams and shoppers


@pytest.mark.parametrize("use", ["exam", "mystery"])
def test_exams_and_shoppers_are_means(use: str) -> None:
    agent, version = make_agent(), make_version(use)
    for score in ("91.5", 80, None):
        inspect(agent, version, score)
    inspect(agent, version, 1, submitted_at=END)
    inspect(agent, make_version("qa"), 1)

    assert figures(measured(use)[agent.pk]) == ("85.7500", "343/2", 2, 2, {"missing": 1})


def test_the_squares_of_a_mean_come_with_it() -> None:
    agent, version = make_agent(), make_version("exam")
    for score in (90, 80):
        inspect(agent, version, score)

    assert measured("exam")[agent.pk].squares == 14_500


# --- records


def test_the_records_behind_a_score_are_its_inspections() -> None:
    agent, version = make_agent(), make_version("qa", {"code": "polite"})
    ticket = make_ticket(agent=agent)
    inspect(agent, version, 60, ticket=ticket, external_id="A", passed={"polite": False})
    inspect(
        agent, version, 80, ticket=ticket, external_id="B", is_adjudicated=True,
        passed={"polite": True},
    )  # fmt: skip
    inspect(agent, version, None, external_id="C", passed={"polite": None})

    of_score = records(parse_argument("qa_score"), agent.pk, OCTOBER, CUTOFF)
    of_item = records(parse_argument("qa_item?item=polite"), agent.pk, OCTOBER, CUTOFF)

    assert [(each.number, each.amount) for each in of_score.counted] == [("B", Decimal(80))]
    assert [each.number for each in of_score.left_out] == ["C"]
    assert [(each.number, each.is_hit) for each in of_item.counted] == [("B", True)]
    assert [(each.number, each.reason) for each in of_item.left_out] == [("C", "missing")]


def test_the_records_of_a_review_never_say_what_a_peer_gave() -> None:
    agent, version = make_agent(), make_version("review360")
    rate(agent, version, "supervisor", 80)
    rate(agent, version, "peer", 10, 20, 30)

    listed = records(parse_argument("review360?peer=10"), agent.pk, OCTOBER, CUTOFF).counted
    peers = [each for each in listed if each.rater_group == "peer"]

    assert len(listed) == 4 and len(peers) == 3
    assert {(each.at, each.amount) for each in peers} == {(None, None)}


def test_records_at_department_level_and_of_exams() -> None:
    agent, version, department = make_agent(), make_version("exam"), make_department()
    assign(agent, department)
    inspect(agent, version, 80)
    inspect(agent, version, 90, submitted_at=IN + timedelta(hours=1))

    found = records(parse_argument("exam?level=department"), department.pk, OCTOBER, CUTOFF)

    assert [each.amount for each in found.counted] == [90, 80]
    assert found.left_out.count() == 0
