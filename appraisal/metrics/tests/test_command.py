"""metric_values: shape, order, exit codes."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appraisal.metrics.tests.facts import (
    HOUR,
    START,
    make_agent,
    make_answer,
    make_department,
    make_ticket,
)
from kpi_portal.people.models import Company, WorkCalendarDay

pytestmark = pytest.mark.django_db


def values(*words: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("metric_values", *words, "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def test_the_shape_is_the_agreed_one() -> None:
    agent = make_agent("E1024")
    for n in range(17):
        seconds = timedelta(seconds=60 if n < 14 else 61)
        make_ticket(START, agent=agent, channel="chat", first_response_at=START + seconds)
    make_ticket(START, agent=agent, channel="chat", first_response_at=START - HOUR)

    assert values("2026-10", "--metric", "frt_within?threshold=60&channel=chat") == [
        {
            "agent": "E1024",
            "metric": "frt_within?threshold=60&channel=chat",
            "value": "82.3529",
            "numerator": "14",
            "denominator": "17",
            "sample": 17,
            "left_out": 1,
            "left_out_reasons": {"contradictory": 1},
        }
    ]


def test_rows_are_ordered_by_metric_then_agent_by_code_point() -> None:
    for number in ("b", "陶", "B", "a1", "a10", "a2"):
        make_ticket(START, agent=make_agent(number), resolved_at=START)

    found = values("2026-10", "--metric", "volume", "--metric", "aht_full")

    agents = ["B", "a1", "a10", "a2", "b", "陶"]
    assert [row["agent"] for row in found] == agents * 2
    assert [row["metric"] for row in found] == ["aht_full"] * 6 + ["volume"] * 6


def test_a_numerator_that_does_not_end_has_ten_decimals() -> None:
    make_answer(make_agent(), 10_000, 3)

    assert values("2026-10", "--metric", "csat_mean")[0]["numerator"] == "33.3333333333"


def test_a_department_stands_in_the_agents_place() -> None:
    department = make_department("D7")
    make_ticket(START, agent=make_agent(), department=department, resolved_at=START)

    found = values("2026-10", "--metric", "volume?level=department")

    assert [(row["agent"], row["value"]) for row in found] == [("D7", "1.0000")]


def test_the_cutoff_is_midnight_of_its_date() -> None:
    make_ticket(START, agent=make_agent(), resolved_at=START + 24 * HOUR)

    on_time = values("2026-10", "--metric", "resolution", "--cutoff", "2026-10-02")
    too_soon = values("2026-10", "--metric", "resolution", "--cutoff", "2026-10-01")

    assert (on_time[0]["value"], too_soon[0]["value"]) == ("100.0000", "0.0000")


def test_months_start_on_the_companys_day() -> None:
    Company.objects.create(pk=1, name="c", month_start_day=26)
    make_ticket(START - 24 * HOUR, agent=make_agent(), resolved_at=START)

    assert len(values("2026-10", "--metric", "volume")) == 1
    assert values("2026-09", "--metric", "volume") == []


@pytest.mark.parametrize(
    "words",
    [
        ["2026-13", "--metric", "volume"],
        ["2026-10", "--metric", "nope"],
        ["2026-10", "--metric", "frt_within"],
        ["2026-10", "--metric", "volume?colour=red"],
        ["2026-10", "--metric", "frt_mean?clock=never"],
        ["2026-10", "--metric", "volume", "--cutoff", "2026-02-30"],
        ["2026-10", "--metric", "volume", "--cutoff", "20261104"],
    ],
)
def test_a_wrong_question_is_answered_with_two(words: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        values(*words)

    assert refusal.value.returncode == 2


def test_without_json_there_is_a_line_per_value() -> None:
    make_ticket(START, agent=make_agent(), resolved_at=START)
    out = StringIO()

    call_command("metric_values", "2026-10", "--metric", "volume", stdout=out)

    assert out.getvalue().split("\t")[:4] == ["E1", "volume", "1.0000", "1/1"]


def test_service_hours_on_days_not_announced_are_warned_about(capsys: Any) -> None:
    WorkCalendarDay.objects.create(
        day=date(2026, 10, 1), is_workday=False, kind="holiday", is_provisional=True
    )
    make_ticket(START, agent=make_agent(), first_response_at=START)

    call_command("metric_values", "2026-10", "--metric", "frt_mean?clock=working", "--json")

    told = capsys.readouterr()
    assert json.loads(told.out)[0]["value"] == "0.0000"
    assert "2026" in told.err
    call_command("metric_values", "2026-10", "--metric", "frt_mean")
    assert capsys.readouterr().err == ""
