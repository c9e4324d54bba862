"""Which answers each member of the cast sees, and whose comments. Row 43 of the matrix."""

import pytest

from kpi_portal.people.models import User
from surveys.models import SatisfactionAnswer
from surveys.permissions import can_read_comment, can_view_answers
from surveys.tests.factories import make_answer

pytestmark = pytest.mark.django_db


def count(user: User) -> int:
    return SatisfactionAnswer.objects.visible_to(user).count()


def test_answers_are_seen_by_their_agent_the_team_and_hr(
    agent: User, outsider: User, supervisor: User, hr: User, admin_user: User, auditor: User,
    stranger: User, inspector: User,
) -> None:  # fmt: skip
    make_answer(agent.employee)
    make_answer(outsider.employee)

    seen = [
        count(each) for each in (agent, supervisor, hr, admin_user, auditor, stranger, inspector)
    ]

    assert seen == [1, 1, 2, 0, 0, 0, 0]


def test_nobody_reads_comments_about_themselves_here(
    agent: User, supervisor: User, hr: User, admin_user: User
) -> None:
    about_agent, about_boss = make_answer(agent.employee), make_answer(supervisor.employee)

    assert not can_read_comment(agent, about_agent)
    assert not can_read_comment(supervisor, about_boss)
    assert not can_read_comment(admin_user, about_agent)
    assert all(can_read_comment(each, about_agent) for each in (supervisor, hr))


def test_the_list_opens_for_who_can_have_answers(
    agent: User, supervisor: User, hr: User, admin_user: User, auditor: User, stranger: User
) -> None:
    may = [
        can_view_answers(each) for each in (agent, supervisor, hr, admin_user, auditor, stranger)
    ]

    assert may == [True, True, True, False, False, False]
