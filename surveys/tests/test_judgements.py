"""What the database holds of answers, assessments and recorded values, and who sees which."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from kpi_portal.people.models import User
from surveys.models import Assessment, RecordedValue, SatisfactionAnswer, SurveyInvitation
from surveys.tests.factories import make_answer
from surveys.tests.judgements import (
    SUBMITTED,
    make_assessment,
    make_dimension,
    make_invitation,
    make_recorded,
    make_version,
)

pytestmark = pytest.mark.django_db


def refused(model: Any, pk: int, **values: Any) -> bool:
    """Whether the database refuses the change."""
    try:
        with transaction.atomic():
            model.objects.filter(pk=pk).update(**values)
    except IntegrityError:
        return True
    return False


def test_an_answer_says_something_and_within_its_scale(agent: User) -> None:
    pk = make_answer(agent.employee, score=4).pk

    assert refused(SatisfactionAnswer, pk, score_e4=None, scale=None)
    assert refused(SatisfactionAnswer, pk, score_e4=None)
    assert refused(SatisfactionAnswer, pk, score_e4=60_000)
    assert refused(SatisfactionAnswer, pk, nps=11)
    assert not refused(SatisfactionAnswer, pk, score_e4=None, scale=None, nps=0)


def test_an_invitation_precedes_its_answer(agent: User) -> None:
    pk = make_invitation(agent.employee).pk

    assert refused(SurveyInvitation, pk, answered_at=SUBMITTED - timedelta(seconds=1))
    assert not refused(SurveyInvitation, pk, answered_at=SUBMITTED)


def test_the_numbers_of_an_assessment_hold(agent: User, outsider: User) -> None:
    assert agent.employee is not None
    pk = make_assessment(agent.employee, 80).pk

    assert refused(Assessment, pk, score_e4=1_000_001)
    assert refused(Assessment, pk, failed_fatal=True)
    assert refused(Assessment, pk, rater=agent.employee)
    assert refused(Assessment, pk, rater_group="self", rater=outsider.employee)
    assert not refused(Assessment, pk, rater_group="self", rater=agent.employee)
    assert not refused(Assessment, pk, score_e4=0, failed_fatal=True)


def test_a_recorded_value_is_of_one_and_says_where_from(agent: User) -> None:
    assert agent.employee is not None
    made = make_recorded(agent.employee, "98.5")

    assert refused(RecordedValue, made.pk, employee=None)
    assert refused(RecordedValue, made.pk, source="")
    assert refused(RecordedValue, made.pk, evidence="")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_recorded(agent.employee, 97)


def test_an_answered_questionnaire_never_changes(agent: User) -> None:
    assert agent.employee is not None
    version = make_version("qa", {"code": "polite"})
    item, section = version.items.get(), version.sections.get()
    version.items.update(weight=2)
    make_assessment(agent.employee, version=version)

    for act in (
        lambda: version.items.update(weight=3),
        lambda: version.sections.update(name="新"),
        lambda: type(version).objects.filter(pk=version.pk).update(note="新"),
        item.delete,
        lambda: type(item).objects.create(
            version=version, section=section, position=9, code="late", kind="yesno", name="补"
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_dimensions_stand_once(agent: User) -> None:
    answer = make_answer(agent.employee)
    make_dimension(answer, "attitude", 5)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_dimension(answer, "attitude", 4)


# --- who sees what


def seen(model: Any, *users: User) -> list[int]:
    return [model.objects.visible_to(user).count() for user in users]


def test_assessments_are_seen_by_their_subject_the_team_their_rater_and_hr(
    agent: User, outsider: User, supervisor: User, hr: User, admin_user: User, auditor: User,
    inspector: User,
) -> None:  # fmt: skip
    assert agent.employee is not None and outsider.employee is not None
    make_assessment(agent.employee, rater=inspector.employee)
    make_assessment(outsider.employee)

    who = (agent, outsider, supervisor, hr, admin_user, auditor, inspector)
    assert seen(Assessment, *who) == [1, 1, 1, 2, 0, 0, 1]


def test_a_single_judgement_of_a_peer_is_for_hr_and_its_giver(
    agent: User, outsider: User, supervisor: User, hr: User
) -> None:
    assert agent.employee is not None
    make_assessment(agent.employee, use="review360", rater_group="peer", rater=outsider.employee)

    assert seen(Assessment, agent, supervisor, outsider, hr) == [0, 0, 1, 1]


def test_recorded_values_are_seen_by_whom_they_concern(
    agent: User, outsider: User, supervisor: User, hr: User, admin_user: User, auditor: User
) -> None:
    assert agent.employee is not None and outsider.employee is not None
    make_recorded(agent.employee, 99)
    make_recorded(outsider.employee, 98)

    who = (agent, outsider, supervisor, hr, admin_user, auditor)
    assert seen(RecordedValue, *who) == [1, 1, 1, 2, 0, 0]


def test_invitations_are_seen_as_answers_are(
    agent: User, outsider: User, supervisor: User, hr: User
) -> None:
    make_invitation(agent.employee)

    assert seen(SurveyInvitation, agent, outsider, supervisor, hr) == [1, 0, 1, 1]
