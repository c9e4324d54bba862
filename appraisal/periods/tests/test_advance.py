"""The nightly schedule: what it opens, asks for and closes, once."""

from datetime import UTC, datetime, timedelta

import pytest

from appraisal.models import Period
from appraisal.periods.advance import advance
from appraisal.tests.factories import AFTER, make_active_version, make_period, publish, run
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import Department, User

pytestmark = pytest.mark.django_db

# 02:00 company time of 3 and 4 November: before and at the cutoff of October.
BEFORE_CUTOFF = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)
AT_CUTOFF = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)


def test_the_running_periods_are_opened_once(agent: User) -> None:
    first = advance(BEFORE_CUTOFF)
    second = advance(BEFORE_CUTOFF)

    assert first["opened"] == ["2026-11", "2026-Q4", "2026"]
    assert second["opened"] == []


def test_a_period_collects_after_its_end_and_is_computed_after_the_days_to_settle(
    agent: User, department: Department
) -> None:
    make_active_version(department)
    make_period()

    early = advance(BEFORE_CUTOFF)
    late = advance(AT_CUTOFF)
    again = advance(AT_CUTOFF + timedelta(days=1))

    assert (early["collecting"], early["requested"]) == (["2026-10"], [])
    assert late["requested"] == ["2026-10"]
    assert again["requested"] == []
    assert Job.objects.get().key == "2026-10"


def test_a_run_from_before_the_cutoff_is_done_again(agent: User, department: Department) -> None:
    make_active_version(department)
    run(make_period(), at=BEFORE_CUTOFF)

    assert advance(AT_CUTOFF)["requested"] == ["2026-10"]


def test_nothing_is_asked_for_where_no_scheme_counts(agent: User) -> None:
    make_period()

    assert advance(AT_CUTOFF)["requested"] == []


def test_a_period_is_closed_when_its_window_is_over(agent: User, department: Department) -> None:
    make_active_version(department)
    period = make_period()
    run(period)
    publish(period)

    early = advance(AFTER + timedelta(days=7))
    late = advance(AFTER + timedelta(days=8))

    assert (early["closed"], late["closed"]) == ([], ["2026-10"])
    period.refresh_from_db()
    assert period.state == Period.State.CLOSED
