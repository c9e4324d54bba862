"""Who sees which scorecard in which state: rows 2 to 8 of the permission matrix."""

from datetime import date

import pytest

from appraisal.models import Period, Scorecard
from appraisal.periods import services
from appraisal.scorecards import permissions
from appraisal.tests.factories import (
    AFTER,
    employee_of,
    make_active_version,
    make_period,
    make_work,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import (
    make_assignment,
    make_department,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db

CAST = [
    "agent", "supervisor", "outsider", "other_supervisor", "head", "hr", "hr_lead", "committee",
    "chair", "admin_user", "auditor", "inspector", "stranger",
]  # fmt: skip
STATES = ["open", "calculated", "in_review", "approved", "published", "closed"]

EVERYBODY = {"A001", "S001", "A002", "S002", "H001", "C001", "M001", "U001"}
TEAM = {"A001"}
DEPARTMENT = {"A001", "S001"}

# What each one sees before publication, in review, and from publication on.
SEES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "agent": (set(), set(), {"A001"}),
    "supervisor": (TEAM, TEAM, TEAM | {"S001"}),
    "outsider": (set(), set(), {"A002"}),
    "other_supervisor": ({"A002"}, {"A002"}, {"A002", "S002"}),
    "head": (DEPARTMENT, DEPARTMENT, DEPARTMENT),
    "hr": (EVERYBODY - {"H001"}, EVERYBODY - {"H001"}, EVERYBODY),
    "hr_lead": (EVERYBODY, EVERYBODY, EVERYBODY),
    "committee": (set(), EVERYBODY - {"C001"}, {"C001"}),
    "chair": (set(), EVERYBODY, set()),
    "admin_user": (set(), set(), {"M001"}),
    "auditor": (set(), set(), EVERYBODY - {"U001"}),
    "inspector": (set(), set(), set()),
    "stranger": (set(), set(), set()),
}


@pytest.fixture
def head(department: Department) -> User:
    """The head of 在线客服, who has no card of their own."""
    user = make_person("supervisor", number="S009")
    department.head = user.employee
    department.save()
    return user


@pytest.fixture
def world(request: pytest.FixtureRequest, department: Department) -> Period:
    """October 2026 computed for eight people, HR, committee, admin and auditor among them."""
    for name in CAST:
        request.getfixturevalue(name)
    office = make_department("office")
    for number in ("H001", "C001", "M001", "U001"):
        employee = employee_of(User.objects.get(username=number.lower()))
        make_assignment(employee, office)
    make_active_version(department, office, Department.objects.get(code="hotline"))
    for user in User.objects.exclude(employee=None):
        make_work(user, tickets=1)
    period = make_period()
    run(period)
    return period


def bring(period: Period, state: str) -> None:
    """Take the computed period to `state` by the services."""
    if state == "open":
        Period.objects.filter(pk=period.pk).update(state="open")
    if state in ("open", "calculated"):
        return
    services.submit(period.pk, by=make_user("hr"), at=AFTER)
    if state == "in_review":
        return
    services.approve(period.pk, by=make_user("committee"), at=AFTER)
    if state == "approved":
        return
    services.publish(period.pk, by=make_user("hr"), at=AFTER)
    if state == "closed":
        Period.objects.filter(pk=period.pk).update(state="closed", closed_at=AFTER)


@pytest.mark.parametrize("state", STATES)
def test_everybody_sees_what_the_matrix_says_and_nothing_else(
    request: pytest.FixtureRequest, world: Period, state: str
) -> None:
    bring(world, state)

    seen = {
        name: set(
            Scorecard.objects.visible_to(request.getfixturevalue(name)).values_list(
                "employee__number", flat=True
            )
        )
        for name in CAST
    }

    place = 1 if state == "in_review" else 2 if state in ("published", "closed") else 0
    assert seen == {name: SEES[name][place] for name in CAST}


def test_a_former_supervisor_sees_the_card_of_the_period_in_which_they_led(
    world: Period, agent: User, supervisor: User, other_supervisor: User
) -> None:
    assignment = employee_of(agent).assignments.get()
    assignment.end_on = date(2026, 10, 20)
    assignment.save()
    make_assignment(
        employee_of(agent),
        assignment.department,
        supervisor=other_supervisor.employee,
        start_on=date(2026, 10, 20),
    )

    for user in (supervisor, other_supervisor):
        assert Scorecard.objects.visible_to(user).filter(employee=agent.employee).exists()


def test_whoever_loses_the_role_loses_the_team(world: Period, supervisor: User) -> None:
    supervisor.role_grants.all().delete()

    assert not Scorecard.objects.visible_to(User.objects.get(pk=supervisor.pk)).exists()


def test_a_case_opens_the_card_of_the_case_only(
    world: Period, committee: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(world, "published")
    card = Scorecard.objects.get(employee__number="A001")
    monkeypatch.setattr("appraisal.models.card_access.case_card_ids", lambda user: {card.pk})

    seen = Scorecard.objects.visible_to(committee).of_others(committee)

    assert set(seen) == {card}


@pytest.mark.parametrize("state", STATES)
def test_what_may_be_done_follows_role_and_state(
    request: pytest.FixtureRequest, world: Period, state: str
) -> None:
    bring(world, state)
    world.refresh_from_db()
    card = Scorecard.objects.select_related("period").get(employee__number="A001")
    users = {name: request.getfixturevalue(name) for name in CAST}

    acknowledge = {name for name in CAST if permissions.can_acknowledge(users[name], card)}
    project = {name for name in CAST if permissions.can_view_projection(users[name], world)}
    export = {name for name in CAST if permissions.can_export(users[name], world)}

    is_published = state in ("published", "closed")
    leaders = {"supervisor", "other_supervisor", "head", "hr", "hr_lead"}
    assert acknowledge == ({"agent"} if is_published else set())
    assert project == (set(CAST) - {"auditor", "stranger"} if state == "open" else set())
    assert export == (leaders | {"auditor"} if is_published else set())


def test_the_board_is_for_those_who_lead_or_decide(request: pytest.FixtureRequest) -> None:
    refused = {
        name for name in CAST if not permissions.can_view_team(request.getfixturevalue(name))
    }

    assert refused == {"agent", "outsider", "admin_user", "inspector", "stranger"}


def test_only_auditors_are_asked_for_a_reason(
    world: Period, auditor: User, hr: User, supervisor: User
) -> None:
    card = Scorecard.objects.get(employee__number="A001")

    asked = [permissions.must_give_reason(user, card) for user in (auditor, hr, supervisor)]

    assert asked == [True, False, False]
