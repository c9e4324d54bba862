"""Where the committee has too few without a stake: substitutes, the outside chair, the pause."""

from datetime import timedelta
from decimal import Decimal

import pytest

from appeals import queries
from appeals.errors import AppealIncomplete, StakeArisen
from appeals.models import Appeal, OutsideChair, State
from appeals.services import arbitration, assigning, clock, outside
from appeals.tests import factories as make
from appeals.tests.factories import LATE, NOW, Case, make_case
from appeals.tests.stakes_of_rank import led_by
from appraisal.tests.factories import card_of
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Notice, RoleGrant, User
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db


def short_of_people(case: Case, left: int = 2) -> None:
    """Only `left` of the panel keep the role, beside the chair."""
    kept = case.panel[: left - 1]
    RoleGrant.objects.filter(role="committee").exclude(user__in=kept).delete()


def named(case: Case) -> User:
    user = make_person("auditor", number="O001", name="外聘主席")
    outside.name_outside_chair(user, reason="法务推荐", by=case.lead, at=NOW)
    return user


def referred() -> tuple[Case, User]:
    case = make_case("arbitration")
    user = named(case)
    case.appeal.panel.all().delete()
    short_of_people(case)
    outside.refer_outside(case.appeal, reason="回避后不足三人", by=case.chair, at=NOW)
    case.reload()
    return case, user


def decide(case: Case, user: User, choice: str = "maintain") -> None:
    figures = {case.lines[0].pk: Decimal("90.00")} if choice == "change" else {}
    outside.decide_outside(
        case.appeal, choice=choice, figures=figures, decision="经审理。",
        reason_code="data_error", by=user, at=NOW,
    )  # fmt: skip


def test_a_substitute_is_drawn_for_who_steps_back() -> None:
    case = make_case("arbitration")

    assigning.step_back(case.appeal, reason="亲属", by=case.panel[0], at=NOW)

    active = {seat.user for seat in case.reload().panel.filter(recused_at__isnull=True)}
    assert len(active) == 3 and case.panel[0] not in active
    drawn = (active - set(case.panel[:3])).pop()
    event = Event.objects.get(act="appeal.substitute_drawn")
    assert event.after["drawn"] == drawn.pk and len(event.after["out_of"]) >= 2
    assert Notice.objects.filter(user=drawn, kind="appeals.vote").exists()


def test_the_chair_is_the_last_substitute() -> None:
    case = make_case("arbitration")
    RoleGrant.objects.filter(role="committee").exclude(user__in=case.panel[:3]).delete()

    assigning.step_back(case.appeal, reason="亲属", by=case.panel[0], at=NOW)

    active = {seat.user for seat in case.reload().panel.filter(recused_at__isnull=True)}
    assert active == {case.panel[1], case.panel[2], case.chair}


def test_as_long_as_a_panel_is_possible_nothing_goes_outside() -> None:
    case = make_case("arbitration")
    named(case)

    with pytest.raises(Conflict):
        outside.refer_outside(case.appeal, reason="x", by=case.chair, at=NOW)


def test_the_deadline_pauses_and_the_appellant_is_told() -> None:
    case, user = referred()

    assert case.appeal.paused_at == NOW
    assert clock.run(LATE) == {"reminded": 0, "overdue": 0, "lapsed": 0, "failed": 0}
    assert Notice.objects.filter(user=case.agent, kind="appeals.outside").count() == 1
    assert Notice.objects.filter(user=user, kind="appeals.outside_wanted").count() == 1
    with pytest.raises(Conflict):
        clock.extend(case.appeal, days=2, reason="x", by=case.chair, at=NOW)
    with pytest.raises(Conflict):
        decide(case, user)

    outside.take_up(case.appeal, by=user, at=LATE)

    assert case.reload().paused_at is None
    assert case.appeal.due_on is not None and case.appeal.due_on > LATE.date()
    assert clock.run(LATE + timedelta(days=30))["overdue"] == 1


@pytest.mark.parametrize(("choice", "state"), [("maintain", "maintained"), ("change", "changed")])
def test_the_outside_chair_decides_alone(choice: str, state: str) -> None:
    case, user = referred()
    outside.take_up(case.appeal, by=user, at=NOW)

    decide(case, user, choice)

    assert case.reload().state == state
    assert card_of(case.agent).revision == (2 if choice == "change" else 1)
    assert queries.tally(case.appeal) == {"maintain": 0, "change": 0}


def test_nobody_else_decides_meanwhile() -> None:
    case, user = referred()
    outside.take_up(case.appeal, by=user, at=NOW)

    for other in (case.chair, case.lead, case.reviewer, case.agent, case.panel[0]):
        with pytest.raises(NotAllowed):
            decide(case, other)
    with pytest.raises(Conflict):
        arbitration.seat_panel(case.appeal, case.panel[:3], by=case.chair, at=NOW)
    with pytest.raises((Conflict, NotAllowed)):
        make.vote(case, case.panel[0], None)


def test_an_outside_chair_with_a_stake_is_refused_also_later() -> None:
    case, user = referred()
    outside.take_up(case.appeal, by=user, at=NOW)
    led_by(case, user, NOW.date(), None)

    with pytest.raises(StakeArisen):
        decide(case, user)
    assert case.reload().state == State.ARBITRATION
    assert Event.objects.filter(act="appeal.stake_found").exists()


def test_a_paused_case_can_be_withdrawn() -> None:
    case, _user = referred()

    make.withdraw(case)

    assert case.reload().state == State.WITHDRAWN and case.appeal.paused_at is None


def test_the_hr_lead_hands_over_where_no_chair_is_free() -> None:
    case = make_case("arbitration")
    user = named(case)
    led_by(case, case.chair, NOW.date(), None)

    with pytest.raises(NotAllowed):
        outside.refer_outside(case.appeal, reason="x", by=case.chair, at=NOW)
    outside.refer_outside(case.appeal, reason="主席须回避", by=case.lead, at=NOW)

    assert case.reload().outside_chair == user


def test_without_anybody_named_it_is_said_so() -> None:
    case = make_case("arbitration")
    case.appeal.panel.all().delete()
    short_of_people(case)

    with pytest.raises(Conflict, match=r"尚未指定外聘主席"):
        outside.refer_outside(case.appeal, reason="x", by=case.chair, at=NOW)


def test_only_the_lead_names_and_not_themselves() -> None:
    case = make_case("draft")
    first = named(case)

    for user in (case.chair, case.agent, case.reviewer):
        with pytest.raises(NotAllowed):
            outside.name_outside_chair(first, reason="x", by=user, at=NOW)
    with pytest.raises(AppealIncomplete):
        outside.name_outside_chair(case.lead, reason="x", by=case.lead, at=NOW)
    second = make_person("auditor", number="O002")
    outside.name_outside_chair(second, reason="x", by=case.lead, at=NOW)

    assert outside.in_office() == second
    assert OutsideChair.objects.get(user=first).ended_at == NOW
    assert Event.objects.filter(act="appeal.outside_chair_named").count() == 2


def test_a_vote_from_who_has_a_stake_by_now_is_marked_and_kept() -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    led_by(case, case.panel[0], NOW.date(), None)

    with pytest.raises(StakeArisen):
        make.decide(case)

    seat = case.reload().panel.get(user=case.panel[0])
    assert seat.stake_at == NOW and seat.vote == "change"
    assert Notice.objects.filter(user=case.lead, kind="appeals.stake").count() == 1
    assert clock.mark_stakes(NOW) == 0
    assert any(vote.is_marked for vote in queries.votes(case.appeal, case.panel[1], NOW))


def test_the_daily_job_finds_stakes_of_votes() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")
    RoleGrant.objects.filter(user=case.panel[0], role="committee").delete()

    clock.run(NOW)
    clock.run(NOW)

    assert case.reload().panel.get(user=case.panel[0]).stake_at == NOW
    assert Notice.objects.filter(user=case.chair, kind="appeals.stake").count() == 1


def test_dissent_is_shown_unnamed_once_it_is_published() -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    assert arbitration.dissent(case.appeal) == []

    make.decide(case)

    assert arbitration.dissent(case.reload()) == ["依据工单记录。"]
    assert Appeal.objects.get().state == State.CHANGED
