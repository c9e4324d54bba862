"""Satisfaction: scales, thresholds, filters, whom an answer counts for."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.metrics import NO_DATA, Measurement, collect, parse_argument, records
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
from appraisal.metrics.tests.test_oracle import rolled_back, slow

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def measure(text: str, owner: Any, cutoff: Any = CUTOFF) -> Measurement:
    request = parse_argument(text)
    return collect([request], OCTOBER, cutoff)[request].get(owner.pk, NO_DATA)


def test_scores_of_different_scales_are_added_exactly() -> None:
    agent = make_agent()
    make_answer(agent, 45_000, 5)
    make_answer(agent, 10_000, 3)
    make_answer(agent, 70_000, 10)

    found = measure("csat_mean", agent)

    assert found.numerator == 90 + Fraction(100, 3) + 70
    assert (found.value, found.sample) == (Decimal("64.4444"), 3)


@pytest.mark.parametrize(("threshold", "hits"), [("80", 2), ("80.01", 1), ("", 2), ("100", 1)])
def test_the_top_box_starts_at_the_threshold(threshold: str, hits: int) -> None:
    agent = make_agent()
    for score in (50_000, 40_000, 30_000):
        make_answer(agent, score, 5)

    query = f"?threshold={threshold}" if threshold else ""

    assert measure(f"csat_top{query}", agent).numerator == hits


def test_an_answer_counts_when_it_was_given() -> None:
    agent = make_agent()
    for at in (START - SECOND, START, END - SECOND, END):
        make_answer(agent, 50_000, answered_at=at)

    assert measure("csat_mean", agent).sample == 2
    assert measure("csat_mean", agent, START).sample == 1


def test_filters_use_the_answers_channel_else_its_tickets() -> None:
    agent = make_agent()
    ticket = make_ticket(START, agent=agent, channel="chat", kind="complaint")
    make_answer(agent, 50_000, ticket=ticket, channel="hotline")
    make_answer(agent, 40_000, ticket=ticket)
    make_answer(agent, 30_000, channel="chat")
    make_answer(agent, 20_000)

    assert measure("csat_mean?channel=chat", agent).sample == 2
    assert measure("csat_mean?channel=hotline", agent).sample == 1
    assert measure("csat_mean?kind=complaint", agent).sample == 2
    assert measure("complaint_csat", agent).sample == 2
    assert measure("complaint_csat?channel=chat", agent).sample == 1


def test_a_departments_answers_are_those_of_its_tickets_and_people() -> None:
    agent, one, other = make_agent(), make_department("D1"), make_department("D2")
    assign(agent, one)
    make_answer(agent, 50_000)
    make_answer(agent, 30_000, ticket=make_ticket(START, agent=agent, department=other))

    assert measure("csat_mean?level=department", one).numerator == 100
    assert measure("csat_mean?level=department", other).numerator == 60


answers = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from([3, 5, 7, 10]), st.integers(0, 30_000),
        st.sampled_from([START - DAY, START, END - DAY, END]),
    ),
    max_size=15,
)  # fmt: skip


@slow
@given(drawn=answers)
def test_the_database_agrees_with_fractions(drawn: list[tuple[int, int, int, Any]]) -> None:
    with rolled_back():
        agents = [make_agent("E0"), make_agent("E1")]
        for who, scale, score, at in drawn:
            make_answer(agents[who], score, scale, at)
        for agent in agents:
            own = [
                Fraction(score, scale * 100)
                for who, scale, score, at in drawn
                if agents[who] is agent and START <= at < END
            ]
            satisfied = sum(points >= Fraction(125, 2) for points in own)

            assert measure("csat_mean", agent).numerator == sum(own)
            assert measure("csat_top?threshold=62.5", agent).numerator == satisfied
            assert measure("csat_mean", agent).sample == len(own)


def test_the_answers_behind_a_figure_are_listed() -> None:
    agent = make_agent()
    make_answer(agent, 50_000)
    make_answer(agent, 30_000)
    request = parse_argument("csat_top")

    behind = records(request, agent.pk, OCTOBER, CUTOFF)

    key: Callable[[Any], int] = lambda answer: answer.score_e4  # noqa: E731
    listed = sorted(behind.counted, key=key)
    assert [answer.is_hit for answer in listed] == [False, True]
    assert behind.left_out.count() == 0
