"""What the database itself refuses, whatever path leads there (N12)."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.tests.factories import (
    NOW,
    START,
    make_active,
    make_draft,
    make_submitted,
)
from kpi_portal.people.models import Department, User

pytestmark = pytest.mark.django_db

KEPT = ("submitted", "active")


def make_kept(state: str, department: Department, by: User) -> SchemeVersion:
    if state == "submitted":
        return make_submitted(department, by=by)
    return make_active(department, by=by)


def refuses(statement: str, *params: int | str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.mark.parametrize("state", KEPT)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE appraisal_schemeitem SET weight = 50 WHERE version_id = %s",
        "UPDATE appraisal_schemeitem SET rule = 'tiers' WHERE version_id = %s",
        "DELETE FROM appraisal_schemeitem WHERE version_id = %s",
        "UPDATE appraisal_coverage SET position_id = NULL WHERE version_id = %s",
        "DELETE FROM appraisal_coverage WHERE version_id = %s",
        "UPDATE appraisal_schemeversion SET bands = '[]' WHERE id = %s",
        "UPDATE appraisal_schemeversion SET maximum = 150 WHERE id = %s",
        "UPDATE appraisal_schemeversion SET missing_limit = 10 WHERE id = %s",
        "UPDATE appraisal_schemeversion SET min_days = 1 WHERE id = %s",
        "UPDATE appraisal_schemeversion SET coefficient_mode = 'manual' WHERE id = %s",
        "DELETE FROM appraisal_schemeversion WHERE id = %s",
        "DELETE FROM appraisal_schemeversion_editors WHERE schemeversion_id = %s",
    ],
)
def test_what_was_submitted_never_changes(
    department: Department, hr: User, state: str, statement: str
) -> None:
    version = make_kept(state, department, hr)

    refuses(statement, version.pk)


@pytest.mark.parametrize("state", KEPT)
def test_what_was_submitted_takes_no_further_item(
    department: Department, hr: User, state: str
) -> None:
    version = make_kept(state, department, hr)
    item = version.items.get()
    item.pk, item.position = None, 2

    with pytest.raises(IntegrityError), transaction.atomic():
        item.save(force_insert=True)


def test_a_draft_changes_freely(department: Department, hr: User) -> None:
    draft = make_draft(department, by=hr)

    draft.items.update(weight=50)
    draft.delete()


@pytest.mark.parametrize(
    ("state", "target"),
    [
        ("draft", "active"),
        ("draft", "retired"),
        ("submitted", "retired"),
        ("active", "draft"),
        ("active", "submitted"),
        ("active", "rejected"),
    ],
)
def test_there_is_no_other_way_through_the_states(
    department: Department, hr: User, state: str, target: str
) -> None:
    version = (
        make_draft(department, by=hr) if state == "draft" else make_kept(state, department, hr)
    )

    refuses("UPDATE appraisal_schemeversion SET state = %s WHERE id = %s", target, version.pk)


def test_a_version_begins_as_a_draft(department: Department, hr: User) -> None:
    version = make_active(department)
    version.pk, version.number = None, 7

    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_the_start_of_a_version_in_force_never_moves(department: Department) -> None:
    version = make_active(department)

    refuses(
        "UPDATE appraisal_schemeversion SET effective_from = '2026-01-01' WHERE id = %s",
        version.pk,
    )


def test_two_versions_never_count_for_the_same_people(
    department: Department, hr: User, committee: User
) -> None:
    waiting = make_submitted(department, by=hr)
    make_active(department)

    refuses(
        "UPDATE appraisal_schemeversion SET state = 'active', decided_at = submitted_at, "
        "decided_by_id = %s WHERE id = %s",
        committee.pk, waiting.pk,
    )  # fmt: skip


def test_an_ended_version_cannot_come_back_over_its_successor(
    department: Department, hr: User
) -> None:
    first = make_active(department, start=date(2026, 1, 1))
    draft = services.new_draft(first, by=hr, at=NOW)
    services.activate_by_command(draft.pk, start=START, system_user="t", at=NOW)

    refuses("UPDATE appraisal_schemeversion SET effective_to = NULL WHERE id = %s", first.pk)


def test_nobody_approves_their_own_not_even_in_the_database(
    department: Department, hr: User
) -> None:
    waiting = make_submitted(department, by=hr)

    refuses(
        "UPDATE appraisal_schemeversion SET state = 'active', decided_at = submitted_at, "
        "decided_by_id = %s WHERE id = %s",
        hr.pk, waiting.pk,
    )  # fmt: skip


def test_an_approval_has_somebody_who_gave_it(department: Department, hr: User) -> None:
    waiting = make_submitted(department, by=hr)

    refuses(
        "UPDATE appraisal_schemeversion SET state = 'active', decided_at = submitted_at "
        "WHERE id = %s",
        waiting.pk,
    )


def test_the_ledger_of_confirmations_stays(department: Department, agent: User) -> None:
    version = make_active(department)
    services.confirm(version, agent, at=NOW)

    refuses(
        "UPDATE appraisal_schemenotice SET confirmed_at = NULL "
        "WHERE version_id = %s AND confirmed_at IS NOT NULL",
        version.pk,
    )
    refuses("DELETE FROM appraisal_schemenotice WHERE version_id = %s", version.pk)
