"""Contacts, sessions, hours open, rectifications, recorded values: answers known by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from appraisal.metrics import Measurement, collect, measure_company, parse_argument, records
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.tests.facts import (
    CUTOFF,
    DAY,
    END,
    HOUR,
    OCTOBER,
    START,
    assign,
    make_agent,
    make_department,
    make_ticket,
)
from kpi_portal.people.models import Department
from surveys.tests.judgements import make_recorded
from tickets.models import ContactVolume, Rectification, SelfServiceSession

pytestmark = pytest.mark.django_db

OCT_1, OCT_31 = date(2026, 10, 1), date(2026, 10, 31)


def measured(argument: str, **fields: Any) -> Mapping[int, Measurement]:
    request = parse_argument(argument)
    return collect([request], OCTOBER, fields.get("cutoff", CUTOFF))[request]


def company(argument: str) -> Measurement:
    request = parse_argument(argument)
    return measure_company([request], OCTOBER, CUTOFF)[request]


def figures(found: Measurement) -> tuple[str | None, int, int, int, Mapping[str, int]]:
    value = None if found.value is None else str(found.value)
    return value, int(found.numerator), found.denominator, found.sample, found.reasons


def volume(
    department: Department | None, day: date = OCT_1, channel: str = "hotline", **fields: Any
) -> None:
    ContactVolume.objects.create(department=department, day=day, channel=channel, **fields)


def session(started_at: Any, customer: str = "c1", **fields: Any) -> None:
    SelfServiceSession.objects.create(
        source="s", external_id=str(SelfServiceSession.objects.count()), started_at=started_at,
        customer_hash=customer, **fields,
    )  # fmt: skip


# --- contacts


def test_the_answer_rate_is_the_departments_and_a_line_of_everybody_there() -> None:
    north, south, agent = make_department("N"), make_department("S"), make_agent()
    assign(agent, north)
    volume(north, offered=100, answered=90)
    volume(north, OCT_31, offered=20, answered=20)
    volume(north, date(2026, 11, 1), offered=99, answered=0)
    volume(north, date(2026, 9, 30), offered=99, answered=0)
    volume(north, OCT_1, "chat", offered=80, answered=20)
    volume(north, OCT_1, "email", planned_minutes=600, offered_minutes=600)
    volume(south, offered=10, answered=1)

    found = measured("accessibility?level=department")
    assert figures(found[north.pk]) == ("65.0000", 130, 200, 200, {"missing": 1})
    assert figures(measured("accessibility?channel=hotline&level=department")[north.pk]) == (
        "91.6667", 110, 120, 120, {},
    )  # fmt: skip
    line = measured("accessibility")[agent.pk]
    assert line.value == 65 and line.is_department_line
    assert figures(company("accessibility"))[:3] == ("62.3810", 131, 210)


def test_a_department_without_contacts_of_its_own_has_the_companys() -> None:
    north, south = make_department("N"), make_department("S")
    volume(None, offered=100, answered=40)
    volume(south, offered=10, answered=9)

    found = measured("accessibility?level=department")

    assert found[north.pk].value == 40 and found[south.pk].value == 90
    assert company("accessibility").value == 40


def test_a_day_that_is_not_over_is_not_counted() -> None:
    north = make_department("N")
    volume(north, OCT_1, offered=10, answered=5)
    volume(north, date(2026, 10, 2), offered=10, answered=10)

    found = measured("accessibility?level=department", cutoff=START + DAY)

    assert found[north.pk].value == 50


def test_coverage_is_the_share_of_planned_hours_by_days() -> None:
    north = make_department("N")
    volume(north, planned_minutes=600, offered_minutes=540)
    volume(north, OCT_31, planned_minutes=400, offered_minutes=400)
    volume(north, OCT_31, "chat", offered=3, answered=3)

    assert figures(measured("coverage?level=department")[north.pk]) == (
        "94.0000", 940, 1000, 2, {"missing": 1},
    )  # fmt: skip


def test_no_contact_offered_is_no_score() -> None:
    north = make_department("N")
    volume(north, offered=0, answered=0)

    assert measured("accessibility?level=department")[north.pk].value is None
    assert measured("coverage?level=department")[north.pk].value is None


def test_the_days_behind_an_answer_rate_are_listed() -> None:
    north = make_department("N")
    volume(north, offered=8, answered=6)
    volume(north, OCT_31, planned_minutes=6, offered_minutes=6)

    found = records(parse_argument("accessibility?level=department"), north.pk, OCTOBER, CUTOFF)

    counted = found.counted.get()
    assert counted.number.endswith("6 / 8") and counted.amount == 75 and counted.at == OCT_1
    assert found.left_out.get().reason == "missing"


# --- self-service


def test_a_session_is_solved_without_a_ticket_within_a_day() -> None:
    north, agent = make_department("N"), make_agent()
    assign(agent, north)
    session(START, department=north)
    make_ticket(START + 24 * HOUR, customer_hash="c1")  # the last instant counts
    session(START + DAY + HOUR, department=north)  # solved
    session(START + 2 * DAY, "c2", department=north)
    make_ticket(START + 3 * DAY + timedelta(seconds=1), customer_hash="c2")  # too late
    session(START, "", department=north)
    session(START - HOUR, department=north)
    session(END, department=north)

    found = measured("self_service?level=department")[north.pk]

    assert figures(found) == ("66.6667", 2, 3, 3, {"missing": 1})
    assert measured("self_service")[agent.pk].is_department_line
    behind = records(parse_argument("self_service?level=department"), north.pk, OCTOBER, CUTOFF)
    assert [each.is_hit for each in behind.counted] == [True, True, False]
    assert [each.reason for each in behind.left_out] == ["missing"]


def test_a_session_whose_day_is_not_over_is_pending() -> None:
    north = make_department("N")
    session(START, department=north)
    session(START + HOUR, department=north)

    found = measured("self_service?level=department", cutoff=START + DAY)

    assert figures(found[north.pk]) == ("100.0000", 1, 1, 1, {"pending": 1})


# --- rectifications


def test_rectifications_count_when_due_and_are_done_in_time_or_not() -> None:
    north = make_department("N")

    def due(day: date, done: date | None) -> None:
        Rectification.objects.create(
            source="", external_id=str(Rectification.objects.count()), cause="流程",
            department=north, due_on=day, done_on=done,
        )  # fmt: skip

    due(OCT_1, OCT_1)
    due(date(2026, 10, 9), date(2026, 10, 10))
    due(OCT_31, None)
    due(date(2026, 11, 1), date(2026, 10, 1))

    assert figures(measured("rectified?level=department")[north.pk]) == (
        "33.3333", 1, 3, 3, {},
    )  # fmt: skip
    early = measured("rectified?level=department", cutoff=END - DAY)[north.pk]
    assert figures(early) == ("50.0000", 1, 2, 2, {"pending": 1})
    behind = records(parse_argument("rectified?level=department"), north.pk, OCTOBER, END - DAY)
    assert [each.is_hit for each in behind.counted] == [False, True]
    assert [each.reason for each in behind.left_out] == ["pending"]


# --- recorded values


def test_recorded_values_are_averaged_over_the_period() -> None:
    north, south = make_department("N"), make_department("S")
    agent, other = make_agent("E1"), make_agent("E2")
    assign(agent, north)
    assign(other, south)
    make_recorded(agent, "98.5", on=OCT_1)
    make_recorded(agent, 90, on=OCT_31)
    make_recorded(agent, 1, on=date(2026, 11, 1))
    make_recorded(agent, 2, item="training", on=OCT_31)
    make_recorded(other, 70, on=OCT_31)
    make_recorded(south, 60, on=OCT_31)

    mine = measured("recorded?item=attendance")[agent.pk]
    found = measured("recorded?item=attendance&level=department")

    assert (str(mine.value), str(mine.numerator), mine.sample) == ("94.2500", "377/2", 2)
    assert (str(found[north.pk].value), str(found[south.pk].value)) == ("94.2500", "60.0000")
    assert str(company("recorded?item=attendance").value) == "86.1667"


def test_a_recorded_zero_is_a_zero_and_below_it_too() -> None:
    agent = make_agent()
    make_recorded(agent, 0, on=OCT_1)
    make_recorded(agent, "-1.5", on=OCT_31)

    assert str(measured("recorded?item=attendance")[agent.pk].value) == "-0.7500"


def test_the_values_behind_are_listed_with_their_evidence() -> None:
    agent, north = make_agent(), make_department("N")
    assign(agent, north)
    make_recorded(agent, 90, on=OCT_31)

    for owner, argument in (
        (agent.pk, "recorded?item=attendance"),
        (north.pk, "recorded?item=attendance&level=department"),
    ):
        found = records(parse_argument(argument), owner, OCTOBER, CUTOFF)
        row = found.counted.get()
        assert (row.number, row.at, row.amount) == ("导出表", OCT_31, 90)
        assert found.left_out.count() == 0


def test_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(BadMetric):
        parse_argument("recorded?item=attendance&unit=miles")
