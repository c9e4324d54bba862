"""Ways to get a stake, or none, for the tests of conflicts of interest.

TABLE says for each in which parts it keeps from acting: 9-promises.md section 4, C1 to C6.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from appeals.eligibility import Capacity, origin_of
from appeals.models import Appeal
from appeals.services import review
from appeals.tests.factories import NOW, Case
from appeals.tests.stakes_of_rank import (
    ALL,
    EVERY_ROLE,
    JUDGES,
    A,
    C,
    E,
    O,
    R,
    Setup,
    all_roles,
    appellant,
    colleague_of_the_appellant,
    employee_of,
    head_of_another_department,
    head_of_the_department,
    head_of_the_department_above,
    led_by,
    led_by_the_appellant,
    led_by_the_appellant_long_ago,
    led_by_who_is_led_by_the_appellant,
    somebody,
    supervisor_before_the_period,
    supervisor_for_a_week_of_the_period,
    supervisor_from_next_month,
    supervisor_of_the_card,
    supervisor_since_the_period,
    supervisors_supervisor,
)
from appraisal.models import AdjustmentRequest, Exclusion, Scorecard
from appraisal.scorecards.services import revise
from appraisal.tests.factories import card_of
from kpi_portal.people.models import User
from kpi_portal.people.tests.factories import (
    make_employee,
    make_person,
    make_user,
)
from surveys.models import Assessment, Questionnaire, QuestionnaireVersion
from tickets.models import Ticket


def adjust(case: Case, proposed_by: User | None, approved_by: User | None) -> None:
    card = card_of(case.agent)
    line = card.lines.get(position=2)
    revise(
        card, line_points={line.pk: Decimal("90.00")}, reason="x", origin="hr",
        proposed_by=proposed_by, approved_by=approved_by, at=NOW,
    )  # fmt: skip


def proposed_an_adjustment(case: Case) -> User:
    user = somebody(case)
    adjust(case, user, make_user("hr"))
    return user


def approved_an_adjustment(case: Case) -> User:
    user = somebody(case)
    adjust(case, make_user("hr"), user)
    return user


def adjusted_another_card(case: Case) -> User:
    user = somebody(case)
    other = Scorecard.objects.exclude(employee=case.agent.employee).get()
    revise(
        other, line_points={}, total=Decimal("1.00"), reason="x", origin="hr",
        proposed_by=user, approved_by=None, at=NOW,
    )  # fmt: skip
    return user


def evaluated_this_card_again_before(case: Case) -> User:
    user = somebody(case)
    card = case.appeal.scorecard
    Appeal.objects.create(
        number="A-2026-9000", scorecard=card, period=card.period, employee=card.employee,
        state="withdrawn", created_at=NOW, filed_at=NOW, closed_at=NOW, evaluator=user,
    )  # fmt: skip
    return user


def author(case: Case) -> User:
    user = somebody(case)
    version = case.appeal.scorecard.version
    type(version).objects.filter(pk=version.pk).update(author=user)
    return user


def author_where_the_total_is_disputed(case: Case) -> User:
    Appeal.objects.filter(pk=case.appeal.pk).update(topics=["lines", "total"])
    return author(case)


def author_where_the_band_is_disputed(case: Case) -> User:
    Appeal.objects.filter(pk=case.appeal.pk).update(topics=["band"])
    return author(case)


def author_where_the_procedure_is_disputed(case: Case) -> User:
    Appeal.objects.filter(pk=case.appeal.pk).update(topics=["procedure"])
    return author(case)


def editor_where_the_total_is_disputed(case: Case) -> User:
    user = somebody(case)
    Appeal.objects.filter(pk=case.appeal.pk).update(topics=["total"])
    case.appeal.scorecard.version.editors.add(user)
    return user


def published_the_period(case: Case) -> User:
    period = case.appeal.period
    assert period.published_by is not None
    return all_roles(period.published_by)


def approved_the_period(case: Case) -> User:
    period = case.appeal.period
    assert period.decided_by is not None
    return all_roles(period.decided_by)


def submitted_the_period(case: Case) -> User:
    period = case.appeal.period
    assert period.submitted_by is not None
    return all_roles(period.submitted_by)


def reviewer(case: Case) -> User:
    return all_roles(case.reviewer)


def reviewer_replaced_after_the_review(case: Case) -> User:
    other = make_person("hr", number="H009")
    review.assign_reviewer(case.appeal, other, by=case.lead, at=NOW)
    return all_roles(case.reviewer)


def own_appeal_in_the_period(case: Case) -> User:
    user = somebody(case)
    open_appeal(case, user)
    return user


def open_appeal(case: Case, user: User, *, closed: bool = False, **fields: object) -> Appeal:
    """An appeal of `user` about the same period, under way."""
    card = Scorecard.objects.exclude(employee=case.agent.employee).get()
    Scorecard.objects.filter(pk=card.pk)
    state = {"state": "withdrawn", "closed_at": NOW} if closed else {
        "state": "submitted", "due_on": date(2026, 11, 20)
    }  # fmt: skip
    return Appeal.objects.create(
        number="A-2026-9001", scorecard=card, period=card.period, employee=employee_of(user),
        created_at=NOW, filed_at=NOW, **{**state, **fields},
    )  # fmt: skip


def own_appeal_that_was_withdrawn(case: Case) -> User:
    user = somebody(case)
    open_appeal(case, user, closed=True)
    return user


def own_appeal_reviewed_by_the_appellant(case: Case) -> User:
    user = somebody(case)
    open_appeal(case, user, reviewer=case.agent)
    return user


def own_appeal_evaluated_by_the_appellant(case: Case) -> User:
    user = somebody(case)
    open_appeal(case, user, evaluator=case.agent)
    return user


def own_appeal_with_the_appellant_on_the_panel(case: Case) -> User:
    user = somebody(case)
    open_appeal(case, user).panel.create(user=case.agent, seated_at=NOW)
    return user


def stepped_back(case: Case) -> User:
    user = somebody(case)
    case.appeal.recusals.create(user=user, capacity="reviewer", reason="亲属", at=NOW)
    return user


def switched_off(case: Case) -> User:
    user = somebody(case)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return User.objects.get(pk=user.pk)


def nobody_special(case: Case) -> User:
    return somebody(case)


def account_without_employee(case: Case) -> User:
    return make_user(*EVERY_ROLE)


def _mark(case: Case, user: User, group: str, day: date) -> None:
    """`user` judged the appellant on that day, as rater of `group`."""
    questionnaire = Questionnaire.objects.create(key=f"{group}-form", use="qa")
    version = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=1, created_at=NOW
    )
    Assessment.objects.create(
        source="test", external_id=group, version=version, subject=employee_of(case.agent),
        rater_group=group, rater=user.employee, score_e4=900_000,
        submitted_at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
    )  # fmt: skip


def gave_a_qa_mark_in_the_period(case: Case) -> User:
    user = somebody(case)
    _mark(case, user, "qa", date(2026, 10, 14))
    return user


def gave_a_360_mark_in_the_period(case: Case) -> User:
    user = somebody(case)
    _mark(case, user, "peer", date(2026, 10, 20))
    return user


def gave_a_qa_mark_before_the_period(case: Case) -> User:
    user = somebody(case)
    _mark(case, user, "qa", date(2026, 9, 14))
    return user


def gave_a_qa_mark_to_somebody_else(case: Case) -> User:
    user = somebody(case)
    _mark(case, user, "qa", date(2026, 10, 14))
    Assessment.objects.update(subject=make_employee())
    return user


def _exclude(case: Case, by: User, decided_by: User | None = None, **fields: object) -> None:
    decided = {} if decided_by is None else {
        "state": "refused", "decided_by": decided_by, "decided_at": NOW
    }  # fmt: skip
    start = datetime(2026, 10, 12, tzinfo=UTC)
    span = {"starts_at": start, "ends_at": start + timedelta(hours=4)}
    if "ticket" in fields:
        span = {}
    Exclusion.objects.create(
        cause="outage", reason="x", proposed_by=by, proposed_at=NOW, **decided, **span, **fields
    )


def asked_for_an_exclusion_for_the_appellant(case: Case) -> User:
    user = somebody(case)
    _exclude(case, user, asked_by_agent=case.agent.employee)
    return user


def refused_an_exclusion_for_the_appellant(case: Case) -> User:
    user = somebody(case)
    _exclude(case, make_user("supervisor"), user, asked_by_agent=case.agent.employee)
    return user


def excluded_a_ticket_of_the_appellant(case: Case) -> User:
    user = somebody(case)
    _exclude(case, user, ticket=Ticket.objects.filter(agent=case.agent.employee).first())
    return user


def left_a_span_out_for_everybody(case: Case) -> User:
    user = somebody(case)
    _exclude(case, user)
    return user


def _request(case: Case, by: User, decided_by: User | None, **fields: object) -> None:
    decided = {} if decided_by is None else {
        "state": "refused", "decided_by": decided_by, "decided_at": NOW
    }  # fmt: skip
    given = {"origin": "hr", "employee": case.agent.employee} | fields
    AdjustmentRequest.objects.create(
        period=case.appeal.period, points="1.00", reason="x", proposed_by=by, proposed_at=NOW,
        **decided, **given,
    )  # fmt: skip


def asked_for_an_adjustment(case: Case) -> User:
    user = somebody(case)
    _request(case, user, None)
    return user


def refused_an_adjustment(case: Case) -> User:
    user = somebody(case)
    _request(case, make_user("hr"), user)
    return user


def asked_for_an_adjustment_of_another(case: Case) -> User:
    user = somebody(case)
    _request(case, user, None, employee=make_employee())
    return user


def asked_for_the_adjustment_of_this_appeal(case: Case) -> User:
    user = somebody(case)
    _request(case, user, None, origin=origin_of(case.appeal))
    return user


def transferred_to_the_appellants_team_in_mid_case(case: Case) -> User:
    """Was no stake on filing; leads the appellant since."""
    user = somebody(case)
    led_by(case, user, date(2026, 11, 6), None)
    return user


def outside_chair_of_this_case(case: Case) -> User:
    user = somebody(case)
    Appeal.objects.filter(pk=case.appeal.pk).update(outside_chair=user)
    return user


# C, who, the parts in which it is a stake; in the others it is none.
TABLE: list[tuple[str, Setup, tuple[Capacity, ...]]] = [
    ("C1", appellant, ALL),
    ("C2", supervisor_of_the_card, ALL),
    ("C2", supervisor_for_a_week_of_the_period, ALL),
    ("C2", supervisor_since_the_period, ALL),
    ("C2", supervisor_before_the_period, ()),
    ("C2", supervisor_from_next_month, ()),
    ("C2", supervisors_supervisor, ALL),
    ("C2", head_of_the_department, ALL),
    ("C2", head_of_the_department_above, ALL),
    ("C2", head_of_another_department, ()),
    ("C2", led_by_the_appellant, ALL),
    ("C2", led_by_who_is_led_by_the_appellant, ALL),
    ("C2", led_by_the_appellant_long_ago, ()),
    ("C2", colleague_of_the_appellant, ()),
    ("C3", proposed_an_adjustment, JUDGES),
    ("C3", approved_an_adjustment, JUDGES),
    ("C3", adjusted_another_card, ()),
    ("C3", evaluated_this_card_again_before, JUDGES),
    ("C3", author, ()),
    ("C3", author_where_the_total_is_disputed, JUDGES),
    ("C3", author_where_the_band_is_disputed, JUDGES),
    ("C3", author_where_the_procedure_is_disputed, JUDGES),
    ("C3", editor_where_the_total_is_disputed, JUDGES),
    ("C3", published_the_period, ()),
    ("C3", approved_the_period, ()),
    ("C3", submitted_the_period, ()),
    ("C4", reviewer, (E, A, C, O)),
    ("C4", reviewer_replaced_after_the_review, (E, A, C, O)),
    ("C5", own_appeal_reviewed_by_the_appellant, JUDGES),
    ("C5", own_appeal_evaluated_by_the_appellant, JUDGES),
    ("C5", own_appeal_with_the_appellant_on_the_panel, JUDGES),
    ("C5", stepped_back, ALL),
    ("C6", own_appeal_in_the_period, (A, C, O)),
    ("C6", own_appeal_that_was_withdrawn, ()),
    ("C3", gave_a_qa_mark_in_the_period, JUDGES),
    ("C3", gave_a_360_mark_in_the_period, JUDGES),
    ("C3", gave_a_qa_mark_before_the_period, ()),
    ("C3", gave_a_qa_mark_to_somebody_else, ()),
    ("C3", asked_for_an_exclusion_for_the_appellant, JUDGES),
    ("C3", refused_an_exclusion_for_the_appellant, JUDGES),
    ("C3", excluded_a_ticket_of_the_appellant, JUDGES),
    ("C3", left_a_span_out_for_everybody, ()),
    ("C3", asked_for_an_adjustment, JUDGES),
    ("C3", refused_an_adjustment, JUDGES),
    ("C3", asked_for_an_adjustment_of_another, ()),
    ("C3", asked_for_the_adjustment_of_this_appeal, ()),
    ("C2", transferred_to_the_appellants_team_in_mid_case, ALL),
    ("C4", outside_chair_of_this_case, (R, E, A, C)),
    ("-", switched_off, ALL),
    ("-", nobody_special, ()),
    ("-", account_without_employee, ()),
]
