"""Submission, decision, activation: who, when, and what stands in the way."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraisal.models import Period, SchemeVersion
from appraisal.schemes import queries, services
from appraisal.schemes.content import content_of
from appraisal.schemes.guard import NotReady
from appraisal.schemes.services.approval import OwnScheme
from appraisal.schemes.tests.factories import (
    NOW,
    START,
    make_active,
    make_content,
    make_draft,
    make_item,
    make_submitted,
)
from kpi_portal.audit.models import Event
from kpi_portal.people.models import Department, Notice, User
from kpi_portal.people.tests.factories import make_company, make_person, make_position

pytestmark = pytest.mark.django_db


def obstacles_of(draft: SchemeVersion, start: date | None = START) -> set[str]:
    with pytest.raises(NotReady) as caught:
        services.submit(draft.pk, lock=draft.lock, start=start, reason="因", by=None, at=NOW)
    return {each.where for each in caught.value.obstacles}


@pytest.mark.parametrize("weight", ["99.99", "0.01"])
def test_weights_must_total_exactly_100(department: Department, weight: str) -> None:
    draft = make_draft(content=make_content(department, items=[make_item(weight)]))

    assert obstacles_of(draft) == {"weights"}


def test_weights_above_100_are_refused_with_the_difference(department: Department) -> None:
    items = [make_item("60.00"), make_item("50.00", params={"channel": "chat"})]
    draft = make_draft(content=make_content(department, items=items))

    with pytest.raises(NotReady) as caught:
        services.submit(draft.pk, lock=0, start=START, reason="因", by=None, at=NOW)

    assert "10.00" in caught.value.obstacles[0].sentence


def test_a_blank_bars_submission(department: Department) -> None:
    item = make_item(rule_params={"direction": "down", "target": ""})
    draft = make_draft(content=make_content(department, items=[item]))

    assert obstacles_of(draft) == {"items.0.rule_params.target"}


def test_a_blank_parameter_of_the_metric_bars_submission(department: Department) -> None:
    item = make_item(
        indicator="frt_within", rule_params={"direction": "up", "target": "90"}, params={}
    )
    draft = make_draft(content=make_content(department, items=[item]))

    assert obstacles_of(draft) == {"items.0.params"}


def test_a_rule_against_the_indicator_bars_submission(department: Department) -> None:
    item = make_item(rule_params={"direction": "up", "target": "60"})
    draft = make_draft(content=make_content(department, items=[item]))

    assert obstacles_of(draft) == {"items.0.rule_params.direction"}


def test_nobody_covered_bars_submission(db: None) -> None:
    assert obstacles_of(make_draft()) == {"coverage"}


def test_no_item_bars_submission(department: Department) -> None:
    assert obstacles_of(make_draft(content=make_content(department, items=[]))) == {"items"}


def test_a_reason_is_needed(department: Department) -> None:
    draft = make_draft(department)

    with pytest.raises(NotReady):
        services.submit(draft.pk, lock=0, start=START, reason="  ", by=None, at=NOW)


@pytest.mark.parametrize(
    ("cycle", "day"),
    [("month", date(2026, 10, 2)), ("quarter", date(2026, 11, 2)), ("year", date(2026, 10, 2))],
)
def test_a_version_begins_with_a_period(department: Department, cycle: str, day: date) -> None:
    assert obstacles_of(make_draft(department, cycle=cycle), day) == {"effective_from"}


def test_a_period_start_follows_the_companys_month(department: Department) -> None:
    make_company(month_start_day=26)
    draft = make_draft(department)

    version = services.submit(
        draft.pk, lock=0, start=date(2026, 9, 26), reason="因", by=None, at=NOW
    )

    assert version.state == "submitted"


def test_a_published_period_is_never_touched(department: Department) -> None:
    Period.objects.create(
        code="2026-10", cycle="month", start_on=START, end_on=date(2026, 11, 1),
        cutoff_on=date(2026, 11, 4), state="published", published_at=NOW, decided_at=NOW,
    )  # fmt: skip
    draft = make_draft(department)

    assert obstacles_of(draft) == {"effective_from"}
    assert date(2026, 11, 1) == queries.start_choices("month", date(2026, 9, 15))[0].start


def test_approval_puts_into_force_from_the_start_on(
    department: Department, hr: User, committee: User
) -> None:
    version = make_submitted(department, by=hr)

    services.approve(version.pk, reason="同意", by=committee, at=NOW)

    assert queries.version_for(department.pk, None, "month", START) == version
    assert queries.version_for(department.pk, None, "month", date(2026, 9, 30)) is None
    assert queries.version_for(department.pk, None, "quarter", START) is None


def test_approval_ends_the_version_before(
    department: Department, hr: User, committee: User
) -> None:
    first = make_active(department, start=date(2026, 1, 1))
    draft = services.new_draft(first, by=hr, at=NOW)
    services.submit(draft.pk, lock=0, start=START, reason="因", by=hr, at=NOW)

    services.approve(draft.pk, reason="同意", by=committee, at=NOW)

    first.refresh_from_db()
    assert (first.effective_to, first.state) == (START, "active")
    assert queries.version_for(department.pk, None, "month", date(2026, 9, 30)) == first
    assert queries.version_for(department.pk, None, "month", START) == draft


def test_an_ended_version_is_retired_on_its_day(department: Department, hr: User) -> None:
    first = make_active(department, start=date(2026, 1, 1))
    draft = services.new_draft(first, by=hr, at=NOW)
    services.activate_by_command(draft.pk, start=START, system_user="t", at=NOW)

    services.retire_ended(at=datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    first.refresh_from_db()
    before = first.state
    services.retire_ended(at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    first.refresh_from_db()

    assert (before, first.state) == ("active", "retired")
    assert queries.version_for(department.pk, None, "month", date(2026, 9, 30)) == first


def test_a_version_that_never_counted_leaves_no_gap(department: Department, hr: User) -> None:
    first = make_active(department, start=START)
    draft = services.new_draft(first, by=hr, at=NOW)

    services.activate_by_command(draft.pk, start=START, system_user="t", at=NOW)

    first.refresh_from_db()
    assert (first.effective_from, first.effective_to, first.state) == (START, START, "retired")
    assert queries.version_for(department.pk, None, "month", START) == draft


def test_rejection_sends_back_with_the_reason(
    department: Department, hr: User, committee: User
) -> None:
    version = make_submitted(department, by=hr)

    services.reject(version.pk, reason="权重过高", by=committee, at=NOW)

    version.refresh_from_db()
    assert (version.state, version.decision_reason) == ("rejected", "权重过高")


@pytest.mark.parametrize("act", [services.approve, services.reject])
def test_nobody_decides_on_what_they_wrote_edited_or_submitted(
    department: Department, hr: User, act: object
) -> None:
    author = make_person("committee", "hr")
    editor = make_person("committee", "hr")
    submitter = make_person("committee", "hr")
    draft = make_draft(department, by=author)
    draft = services.save_draft(draft.pk, content_of(draft), lock=0, by=editor, at=NOW)
    services.submit(draft.pk, lock=1, start=START, reason="因", by=submitter, at=NOW)

    for person in (author, editor, submitter):
        with pytest.raises(OwnScheme):
            act(draft.pk, reason="同意", by=person, at=NOW)  # type: ignore[operator]


def test_a_decision_needs_a_reason(department: Department, hr: User, committee: User) -> None:
    version = make_submitted(department, by=hr)

    with pytest.raises(NotReady):
        services.approve(version.pk, reason=" ", by=committee, at=NOW)


def test_a_second_decision_is_refused(
    department: Department, hr: User, committee: User, chair: User
) -> None:
    version = make_submitted(department, by=hr)
    services.approve(version.pk, reason="同意", by=committee, at=NOW)

    with pytest.raises(services.AlreadyDecided):
        services.reject(version.pk, reason="不同意", by=chair, at=NOW)


def test_a_submission_can_be_taken_back(department: Department, hr: User, committee: User) -> None:
    version = make_submitted(department, by=hr)

    services.withdraw(version.pk, by=hr, at=NOW)

    with pytest.raises(services.AlreadyDecided):
        services.approve(version.pk, reason="同意", by=committee, at=NOW)


def test_two_schemes_never_cover_the_same_people_at_once(department: Department) -> None:
    make_active(department, start=date(2026, 1, 1))

    assert obstacles_of(make_draft(department)) == {"coverage"}


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_department_and_a_position_in_it_overlap(
    department: Department, whole_first: bool
) -> None:
    position = make_position("chat")
    whole = make_content(department)
    single = make_content(department, coverage=((department.pk, position.pk),))
    first, second = (whole, single) if whole_first else (single, whole)
    make_active(content=first)

    assert obstacles_of(make_draft(content=second)) == {"coverage"}


def test_other_positions_cycles_and_times_do_not_overlap(department: Department, hr: User) -> None:
    chat, phone = make_position("chat"), make_position("phone")
    make_active(content=make_content(department, coverage=((department.pk, chat.pk),)))

    other = make_active(content=make_content(department, coverage=((department.pk, phone.pk),)))
    quarter = make_active(department, cycle="quarter")

    resolver = queries.covering("month", START)
    assert resolver.version_for(department.pk, phone.pk) == other
    assert resolver.version_for(department.pk, None) is None
    assert queries.version_for(department.pk, chat.pk, "quarter", START) == quarter


def test_a_submitted_version_that_has_come_to_overlap_cannot_be_approved(
    department: Department, hr: User, committee: User
) -> None:
    waiting = make_submitted(department, by=hr)
    make_active(department)

    with pytest.raises(NotReady):
        services.approve(waiting.pk, reason="同意", by=committee, at=NOW)


def test_approval_enters_the_trail_with_the_changes(
    department: Department, hr: User, committee: User
) -> None:
    first = make_active(department, start=date(2026, 1, 1))
    draft = services.new_draft(first, by=hr, at=NOW)
    content = make_content(department, maximum=Decimal("120.00"))
    draft = services.save_draft(draft.pk, content, lock=0, by=hr, at=NOW)
    services.submit(draft.pk, lock=1, start=START, reason="因", by=hr, at=NOW)

    services.approve(draft.pk, reason="同意", by=committee, at=NOW)

    event = Event.objects.filter(act="scheme.approved", actor=committee).get()
    assert event.after["changed_from"] == {"maximum": "100.00"}
    assert event.after["changed_to"] == {"maximum": "120.00"}
    assert (event.after["replaces"], event.reason) == (1, "同意")


def test_a_version_approved_after_the_start_is_known_as_such(department: Department) -> None:
    late = make_active(department, start=date(2026, 9, 1))
    period = Period(code="2026-09", cycle="month", start_on=date(2026, 9, 1))
    following = Period(code="2026-10", cycle="month", start_on=date(2026, 10, 1))

    assert queries.decided_once_begun(late, period)
    assert not queries.decided_once_begun(late, following)


def test_everybody_covered_is_told_once(
    department: Department, agent: User, supervisor: User, outsider: User
) -> None:
    version = make_active(department)

    again = services.tell_covered(version, at=NOW)

    told = set(version.notices.values_list("employee_id", flat=True))
    assert told == {agent.employee_id, supervisor.employee_id}
    assert again == 0
    notices = Notice.objects.filter(kind="appraisal.scheme_active")
    assert {each.user_id for each in notices} == {agent.pk, supervisor.pk}


def test_who_joins_later_is_told_later(department: Department, agent: User) -> None:
    version = make_active(department)
    newcomer = make_person("agent", department=department)

    services.retire_ended(at=NOW)

    assert version.notices.filter(employee=newcomer.employee_id).exists()


def test_the_first_confirmation_counts(department: Department, agent: User) -> None:
    version = make_active(department)
    later = datetime(2026, 9, 20, tzinfo=UTC)

    services.confirm(version, agent, at=NOW)
    notice = services.confirm(version, agent, at=later)

    assert notice.confirmed_at == NOW
    assert Event.objects.filter(act="scheme.confirmed").count() == 1


def test_what_waits_for_whom(
    department: Department, hr: User, committee: User, agent: User
) -> None:
    make_active(department, start=date(2026, 1, 1))
    make_submitted(department, by=hr, cycle="quarter")

    kinds = {
        name: [todo.kind for todo in queries.waiting_for(user, NOW)]
        for name, user in (("committee", committee), ("hr", hr), ("agent", agent))
    }

    assert kinds == {
        "committee": ["appraisal.scheme_decide"],
        "hr": [],
        "agent": ["appraisal.scheme_confirm"],
    }
