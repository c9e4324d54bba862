"""Procedure facts: what the portal knows for the first review, for and against."""

from datetime import UTC, datetime, timedelta

import pytest

from appeals.facts import procedure_facts
from appeals.tests.factories import NOW, PUBLISHED, Case, make_case, make_world
from appraisal.models import Acknowledgement
from appraisal.tests.factories import SMALL
from kpi_portal.people.tests.factories import make_user
from tickets.models import Import

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 9, 1, tzinfo=UTC)
WITHIN = datetime(2026, 10, 12, tzinfo=UTC)


def facts(case: Case) -> dict[str, list[bool | None]]:
    """For and against by question of the checklist."""
    found: dict[str, list[bool | None]] = {}
    for fact in procedure_facts(case.reload()):
        assert fact.text
        found.setdefault(fact.question, []).append(fact.good)
    return found


def make_import(at: datetime, **counts: int) -> None:
    Import.objects.create(
        kind="tickets", source="qiyu", requested_at=at, requested_by=make_user(), state="done",
        **counts,
    )  # fmt: skip


def test_a_plain_case_has_only_facts_in_favour() -> None:
    assert facts(make_case("submitted")) == {
        "weights": [True],
        "objective": [True],
        "procedure": [True, True, None],
    }


def test_a_scheme_approved_late_speaks_against_the_weights() -> None:
    case = make_world()
    version = case.appeal.scorecard.version
    version.decided_at, version.effective_from = WITHIN, WITHIN.date()

    found = [fact.good for fact in procedure_facts(case.appeal) if fact.question == "weights"]

    assert found == [False, False]


def test_small_samples_are_named() -> None:
    case = make_world(items=[{**item, "min_sample": 30} for item in SMALL])

    assert facts(case)["objective"] == [False]


def test_rejected_and_late_rows_of_imports_are_named() -> None:
    case = make_world()
    make_import(BEFORE, rejected=9)
    make_import(WITHIN, rejected=2)
    make_import(PUBLISHED + timedelta(days=1), created=5)

    assert facts(case)["objective"] == [True, None, None]


def test_what_the_employee_did_with_the_card_is_told() -> None:
    case = make_world()
    rows = Acknowledgement.objects.filter(scorecard=case.appeal.scorecard)
    rows.update(read_at=NOW)
    assert facts(case)["procedure"] == [True, True, None]

    rows.update(confirmed_at=NOW)
    assert facts(case)["procedure"] == [True, True, True]

    rows.delete()
    assert facts(case)["procedure"] == [True]


def test_a_period_without_a_decision_says_nothing() -> None:
    case = make_world()
    case.appeal.scorecard.period.decided_at = None
    case.appeal.scorecard.version.decided_at = None

    found = [fact.question for fact in procedure_facts(case.appeal)]

    assert found == ["objective", "procedure", "procedure"]
