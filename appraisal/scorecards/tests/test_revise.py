"""A correction is a further revision; the earlier one stays as it was."""

from decimal import Decimal

import pytest

from appraisal.models import Acknowledgement, Adjustment, Period, Scorecard
from appraisal.scorecards import frozen, queries
from appraisal.scorecards.services import (
    BadAdjustment,
    NotRevisable,
    comment,
    confirm,
    mark_read,
    never_lowers,
    preview,
    revise,
)
from appraisal.tests.factories import (
    AFTER,
    card_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import Department, Notice, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(agent: User, department: Department) -> Scorecard:
    """The agent's published card of October: 75.00 × 60 % + 88.89 × 40 % = 80.56."""
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period)
    publish(period)
    return card_of(agent)


def change(card: Scorecard, points: str, hr: User, hr_lead: User) -> Scorecard:
    line = card.lines.get(position=1)
    return revise(
        card,
        line_points={line.pk: Decimal(points)},
        reason="归属错误",
        origin="appeal:A-2026-0001",
        proposed_by=hr,
        approved_by=hr_lead,
        at=AFTER,
    )


def test_a_revision_follows_from_the_points_decided(
    card: Scorecard, agent: User, hr: User, hr_lead: User
) -> None:
    before = frozen.content(card, card.lines.all())

    revision = change(card, "100.00", hr, hr_lead)

    assert (revision.revision, revision.final, revision.band) == (2, Decimal("95.56"), "excellent")
    assert revision.is_frozen
    assert revision.inputs_hash == frozen.digest(revision, revision.lines.all())
    card.refresh_from_db()
    assert not card.is_current
    assert frozen.content(card, card.lines.all()) == before
    assert Adjustment.objects.get().result == revision
    assert Acknowledgement.objects.filter(scorecard=revision).exists()
    assert Notice.objects.filter(user=agent, kind="appraisal.revised").count() == 1


def test_a_second_revision_keeps_what_the_first_decided(
    card: Scorecard, hr: User, hr_lead: User
) -> None:
    second = change(card, "100.00", hr, hr_lead)

    third = revise(
        second, line_points={}, total=Decimal("-1.50"), reason="扣分", origin="hr",
        proposed_by=hr, approved_by=hr_lead, at=AFTER,
    )  # fmt: skip

    assert (third.revision, third.final) == (3, Decimal("94.06"))
    assert third.lines.get(position=1).points == Decimal("100.00")


def test_only_the_newest_revision_is_revised(card: Scorecard, hr: User, hr_lead: User) -> None:
    change(card, "100.00", hr, hr_lead)

    with pytest.raises(NotRevisable):
        change(card, "90.00", hr, hr_lead)
    assert Scorecard.objects.filter(employee=card.employee).count() == 2


@pytest.mark.parametrize("points", ["-1.00", "100.01"])
def test_points_out_of_range_are_refused(
    card: Scorecard, hr: User, hr_lead: User, points: str
) -> None:
    with pytest.raises(BadAdjustment):
        change(card, points, hr, hr_lead)

    card.refresh_from_db()
    assert card.is_current


def test_one_person_alone_and_the_employee_revise_nothing(
    card: Scorecard, agent: User, hr: User
) -> None:
    with pytest.raises(NotAllowed):
        change(card, "100.00", hr, hr)
    with pytest.raises(NotAllowed):
        change(card, "100.00", hr, agent)


def test_a_preview_changes_nothing(card: Scorecard) -> None:
    line = card.lines.get(position=1)

    built = preview(card, line_points={line.pk: Decimal("50.00")})

    assert built.card.final == Decimal("65.56")
    assert not never_lowers(card, built.card.final)
    assert Scorecard.objects.filter(employee=card.employee).count() == 1


def test_a_calculated_quarter_is_computed_again_and_a_published_one_shows_the_open_item(
    card: Scorecard, agent: User, department: Department, hr: User, hr_lead: User
) -> None:
    make_active_version(department, cycle="quarter")
    quarter = make_period("2026-Q4")
    run(quarter, at=AFTER.replace(year=2027))
    assert quarter.state == Period.State.CALCULATED

    change(card, "100.00", hr, hr_lead)
    publish(quarter, at=AFTER.replace(year=2027))

    assert Job.objects.filter(kind="appraisal.compute", key="2026-Q4").exists()
    items = queries.open_items(card_of(agent, quarter), agent)
    assert [item.points for item in items] == [Decimal("100.00")]


def test_reading_confirming_and_commenting_are_facts_of_their_own(
    card: Scorecard, agent: User, supervisor: User
) -> None:
    mark_read(card, by=supervisor, at=AFTER)
    assert Acknowledgement.objects.get(scorecard=card).read_at is None

    mark_read(card, by=agent, at=AFTER)
    confirm(card, by=agent, at=AFTER)
    confirm(card, by=agent, at=AFTER.replace(day=9))
    comment(card, "已了解", by=agent, at=AFTER)

    found = Acknowledgement.objects.get(scorecard=card)
    assert (found.read_at, found.confirmed_at, found.comment) == (AFTER, AFTER, "已了解")
    with pytest.raises(Conflict):
        comment(card, "再说一次", by=agent, at=AFTER)
