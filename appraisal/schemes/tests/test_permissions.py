"""Who sees, writes, submits and approves: rows 10 to 14 of the matrix, for the whole cast."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist

from appraisal.models import SchemeVersion
from appraisal.schemes import permissions, queries, services
from appraisal.schemes.content import content_of
from appraisal.schemes.tests.factories import (
    NOW,
    START,
    make_active,
    make_draft,
    make_submitted,
)
from kpi_portal.people.models import Assignment, Department, RoleGrant, User
from kpi_portal.people.tests.factories import make_assignment, make_person, make_user

pytestmark = pytest.mark.django_db

CAST = (
    "agent", "outsider", "supervisor", "other_supervisor", "inspector", "hr", "hr_lead",
    "committee", "chair", "admin_user", "auditor", "stranger",
)  # fmt: skip


@pytest.fixture
def somebody(request: pytest.FixtureRequest) -> Callable[[str], User]:
    return request.getfixturevalue


def sees(user: User, version: SchemeVersion) -> bool:
    try:
        SchemeVersion.objects.visible_to(user).get(pk=version.pk)
    except ObjectDoesNotExist:
        return False
    return True


MAKERS: dict[str, Callable[..., SchemeVersion]] = {
    "draft": make_draft,
    "submitted": make_submitted,
    "active": make_active,
}
SEEN = {
    "draft": {"supervisor", "hr", "hr_lead", "auditor"},
    "submitted": {"supervisor", "hr", "hr_lead", "auditor", "committee", "chair"},
    "active": {
        "agent", "supervisor", "hr", "hr_lead", "auditor", "committee", "chair", "admin_user",
    },
}  # fmt: skip


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("state", list(SEEN))
def test_who_sees_a_version(
    somebody: Callable[[str], User], department: Department, state: str, who: str
) -> None:
    somebody("agent")
    user = somebody(who)
    version = MAKERS[state](department, by=make_user("hr"))

    assert sees(user, version) is (who in SEEN[state])


@pytest.mark.parametrize("who", CAST)
def test_who_edits_and_submits_a_draft(
    somebody: Callable[[str], User], department: Department, who: str
) -> None:
    somebody("agent")
    user = somebody(who)
    draft = make_draft(department, by=make_user("hr"))

    may = who in {"supervisor", "hr", "hr_lead"}
    assert permissions.can_edit(user, draft) is may
    assert permissions.can_submit(user, draft) is may
    assert permissions.can_discard(user, draft) is may


@pytest.mark.parametrize("who", CAST)
def test_who_decides(somebody: Callable[[str], User], department: Department, who: str) -> None:
    user = somebody(who)
    version = make_submitted(department, by=make_user("hr"))

    assert permissions.can_decide(user, version) is (who in {"committee", "chair"})


@pytest.mark.parametrize("who", CAST)
def test_who_begins_the_next_version(
    somebody: Callable[[str], User], department: Department, who: str
) -> None:
    somebody("agent")
    user = somebody(who)
    version = make_active(department)

    may = who in {"supervisor", "hr", "hr_lead"}
    assert permissions.can_draft_from(user, version) is may


@pytest.mark.parametrize("who", CAST)
def test_who_creates_schemes(
    somebody: Callable[[str], User], department: Department, who: str
) -> None:
    somebody("agent")
    somebody("outsider")
    user = somebody(who)

    may = who in {"supervisor", "other_supervisor", "hr", "hr_lead"}
    assert permissions.can_create(user) is may


@pytest.mark.parametrize("who", CAST)
def test_who_sees_the_ledger(
    somebody: Callable[[str], User], department: Department, who: str
) -> None:
    somebody("agent")
    user = somebody(who)
    version = make_active(department)

    may = who in {"supervisor", "hr", "hr_lead", "auditor"}
    assert permissions.can_see_confirmations(user, version) is may


@pytest.mark.parametrize("who", CAST)
def test_who_takes_a_submission_back(
    somebody: Callable[[str], User], department: Department, who: str
) -> None:
    somebody("agent")
    user = somebody(who)
    version = make_submitted(department, by=make_user("hr"))

    assert permissions.can_withdraw(user, version) is (who in {"hr", "hr_lead"})


def test_the_submitter_takes_back(department: Department, agent: User, supervisor: User) -> None:
    version = make_submitted(department, by=supervisor)

    assert permissions.can_withdraw(supervisor, version)


@pytest.mark.parametrize("state", ["submitted", "active"])
def test_nobody_edits_what_is_no_draft(department: Department, hr: User, state: str) -> None:
    version = MAKERS[state](department, by=make_user("hr"))

    assert not permissions.can_edit(hr, version)


def test_a_committee_member_who_edited_does_not_decide(department: Department) -> None:
    both = make_person("committee", "hr")
    draft = make_draft(department, by=make_user("hr"))
    services.save_draft(draft.pk, content_of(draft), lock=0, by=both, at=NOW)
    version = services.submit(
        draft.pk, lock=1, start=START, reason="因", by=make_user("hr"), at=NOW
    )

    assert not permissions.can_decide(both, version)


def test_an_agent_keeps_the_scheme_that_once_covered_them(
    department: Department, other_department: Department, agent: User
) -> None:
    Assignment.objects.filter(employee=agent.employee_id).update(end_on=date(2026, 9, 1))
    assert agent.employee is not None
    make_assignment(agent.employee, other_department, start_on=date(2026, 9, 1))
    before = make_active(department, start=date(2026, 1, 1))
    later = make_active(department, start=date(2026, 10, 1), cycle="quarter")

    assert sees(agent, before)
    assert not sees(agent, later)


def test_who_loses_the_role_loses_the_team(
    department: Department, agent: User, supervisor: User
) -> None:
    draft = make_draft(department, by=make_user("hr"))
    RoleGrant.objects.filter(user=supervisor).delete()
    user = User.objects.get(pk=supervisor.pk)

    assert not sees(user, draft)
    assert not permissions.can_edit(user, draft)


def test_a_head_proposes_for_the_whole_department(department: Department) -> None:
    head = make_person("supervisor")
    Department.objects.filter(pk=department.pk).update(head=head.employee)
    draft = make_draft(department, by=make_user("hr"))

    assert sees(head, draft) and permissions.can_edit(head, draft)


def test_each_version_is_listed_once(
    department: Department, other_department: Department, agent: User, supervisor: User
) -> None:
    make_person("agent", department=department, supervisor=supervisor.employee)
    make_person("agent", department=other_department, supervisor=supervisor.employee)
    version = make_active(department, other_department)

    assert list(SchemeVersion.objects.visible_to(supervisor)) == [version]


def test_a_supervisor_changes_coverage_at_home_only(
    department: Department, other_department: Department, agent: User, supervisor: User
) -> None:
    before = ((other_department.pk, None),)
    wanted = ((department.pk, None),)

    assert set(permissions.allowed_coverage(supervisor, wanted, before)) == {
        (department.pk, None), (other_department.pk, None),
    }  # fmt: skip


def test_a_scheme_list_costs_the_same_however_long(
    department: Department, hr: User, django_assert_num_queries: Callable[..., object]
) -> None:
    for cycle in ("month", "quarter"):
        make_active(department, cycle=cycle)
    assert hr.roles

    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        rows = queries.schemes_for(hr, date(2026, 10, 5))

    assert len(rows) == 2


def test_the_resolver_answers_for_everybody_in_three_queries(
    department: Department, hr: User, django_assert_num_queries: Callable[..., object]
) -> None:
    version = make_active(department)

    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        resolver = queries.covering("month", START)
        found = resolver.version_for(department.pk, 4711)
        assert found is not None and found.items.all()[0].indicator.code == "frt_mean"

    assert found == version
