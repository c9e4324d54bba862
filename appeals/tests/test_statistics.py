"""Statistics for calibration: the figures, and that small groups are not told apart."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals import statistics
from appeals.models import Appeal, Extension, Step
from appeals.tests.factories import NOW, Case, at, make_world
from kpi_portal.audit.models import Event
from kpi_portal.people.models import User
from kpi_portal.people.tests.factories import make_employee

pytestmark = pytest.mark.django_db


def make_appeal(
    case: Case, number: int, *, moves: list[tuple[str, datetime]], **fields: object
) -> Appeal:
    """One appeal of an employee of its own about the card of the case."""
    card = case.appeal.scorecard
    state = moves[-1][0]
    is_open = state in ("submitted", "data_recheck", "meeting", "arbitration", "re_evaluation")
    given: dict[str, object] = {
        "number": f"A-2026-8{number:03d}", "scorecard": card, "period": card.period,
        "employee": make_employee(), "state": state, "created_at": moves[0][1],
        "filed_at": moves[0][1],
        "due_on": moves[-1][1].date() if is_open else None,
        "closed_at": None if is_open else moves[-1][1],
    }  # fmt: skip
    if state in ("settled", "changed", "maintained"):
        given |= {"reason_code": "data_error", "decision": "x"}
    if state == "changed":
        given |= {"result": card}
    appeal = Appeal.objects.create(**given | fields)
    before = "draft"
    for name, moment in moves:
        Step.objects.create(appeal=appeal, act="x", from_state=before, to_state=name, at=moment)
        before = name
    appeal.disputed.create(line=case.lines[0])
    return appeal


def five(case: Case, **fields: object) -> None:
    """Two changed, two maintained, one under way: a first review of 2 days, one too long."""
    first = at(2026, 11, 9)
    for number in range(4):
        moves = [
            ("submitted", first),
            ("data_recheck", at(2026, 11, 11) if number else at(2026, 11, 16)),
            ("changed" if number < 2 else "maintained", at(2026, 11, 17)),
        ]
        make_appeal(case, number, moves=moves, **fields)
    make_appeal(case, 4, moves=[("submitted", at(2026, 11, 17))], **fields)


def test_the_figures() -> None:
    case = make_world()
    five(case)

    total = statistics.statistics(at(2026, 11, 18)).total

    assert (total.filed, total.decided, total.changed) == (5, 4, 2)
    assert total.share_changed == Decimal("50.0")
    # first reviews of 5, 2, 2, 2 working days; the one under way counts no days yet
    assert total.days[0] == Decimal("2.8")
    # 9 stays, the first review of the first appeal was over its 3 days
    assert total.share_over == Decimal("11.1")


def test_an_extension_is_not_overdue() -> None:
    case = make_world()
    five(case)
    first = Appeal.objects.get(number="A-2026-8000")
    Extension.objects.create(
        appeal=first, state="submitted", days=3, reason="x", by=case.lead, at=at(2026, 11, 10)
    )

    assert statistics.statistics(at(2026, 11, 18)).total.share_over == Decimal("0.0")


def test_groups_of_fewer_than_five_people_are_not_shown() -> None:
    case = make_world()
    five(case)
    make_appeal(case, 9, moves=[("submitted", NOW)]).disputed.update(line=case.lines[1])

    found = statistics.statistics(at(2026, 11, 18))

    assert [row.is_hidden for row in found.periods] == [False]
    # the second indicator has one appellant; the first would tell it by the difference
    assert [row.is_hidden for row in found.indicators] == [True, True]
    cells = [row for row in statistics.as_table(found)[1] if row[0] == "Indicator"]
    assert all(len(row) == 3 for row in cells)


def test_too_few_in_all_show_nothing() -> None:
    case = make_world()
    make_appeal(case, 1, moves=[("submitted", NOW)])

    found = statistics.statistics(NOW)

    assert found.total.is_hidden and found.reasons == []
    assert all(row.is_hidden for row in found.departments)


def test_a_year_is_that_of_company_time() -> None:
    case = make_world()
    new_year = at(2027, 1, 1, 0)  # still 2026 in UTC
    five(case)
    make_appeal(case, 9, moves=[("submitted", new_year)])

    assert statistics.statistics(new_year + timedelta(days=1), year=2026).total.filed == 5
    assert statistics.years() == [2027, 2026]


def browse(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_page_file_and_api_for_those_who_calibrate() -> None:
    case = make_world()
    five(case)
    with time_machine.travel(at(2026, 11, 18), tick=False):
        for user in (case.lead, case.chair, case.panel[0]):
            assert browse(user).get(reverse("appeals:statistics")).status_code == 200
        for user in (case.agent, case.supervisor, case.reviewer, case.evaluator):
            assert browse(user).get(reverse("appeals:statistics")).status_code == 403
            assert browse(user).get(reverse("api:appeal-statistics")).status_code == 403
        table = browse(case.lead).get(reverse("appeals:statistics"), {"format": "csv"})
        assert "50.0" in table.content.decode("utf-8-sig")
        sheet = browse(case.lead).get(reverse("appeals:statistics"), {"format": "xlsx"})
        assert sheet.content[:2] == b"PK"
        answer = browse(case.lead).get(reverse("api:appeal-statistics"), {"year": "2026"}).json()
    assert answer["total"]["share_changed"] == "50.0"
    assert answer["total"]["days"]["submitted"] == "2.8"
    assert Event.objects.filter(act="appeal.statistics_exported").count() == 2
