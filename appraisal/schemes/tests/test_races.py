"""Two at once (R1, R2): exactly one save and one decision; with the guard off it would be two."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.content import content_of
from appraisal.schemes.guard import NotReady
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.tests.factories import (
    NOW,
    START,
    make_content,
    make_draft,
    make_item,
    make_submitted,
)
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import Department
from kpi_portal.people.tests.factories import make_department, make_user

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10


@pytest.fixture
def department() -> Department:
    return make_department("online", name="在线客服")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave or raised, all started together, each on its own connection."""
    barrier = Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = act()
        except DomainError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_of_two_editors_one_saves_and_the_other_is_told(department: Department) -> None:
    one, other = make_user("hr"), make_user("hr")
    draft = make_draft(department, by=one)
    for turn in range(ROUNDS):
        lock = SchemeVersion.objects.get(pk=draft.pk).lock
        contents = [
            make_content(department, items=[make_item("61.00"), make_item(f"{39 - turn}.00")]),
            make_content(department, items=[make_item(f"{20 + turn}.00")]),
        ]

        results = at_once(
            partial(services.save_draft, draft.pk, contents[0], lock=lock, by=one, at=NOW),
            partial(services.save_draft, draft.pk, contents[1], lock=lock, by=other, at=NOW),
        )

        winners = [place for place, each in enumerate(results) if isinstance(each, SchemeVersion)]
        assert len(winners) == 1
        assert isinstance(results[1 - winners[0]], services.DraftChanged)
        assert content_of(fresh(draft.pk)) == contents[winners[0]]


def test_without_the_conditional_update_the_second_overwrites(department: Department) -> None:
    """The negative control: look at the lock first and save afterwards."""
    draft = make_draft(department)
    looked = Barrier(2)

    def careless(maximum: int) -> int:
        version = SchemeVersion.objects.get(pk=draft.pk)
        looked.wait(timeout=10)
        if version.lock != 0:
            return 0
        return SchemeVersion.objects.filter(pk=draft.pk).update(maximum=maximum, lock=1)

    assert at_once(partial(careless, 110), partial(careless, 120)) == [1, 1]


def test_of_two_decisions_one_counts(department: Department) -> None:
    author, one, other = make_user("hr"), make_user("committee"), make_user("committee")
    for _turn in range(3):
        version = make_submitted(department, by=author)

        results = at_once(
            partial(services.approve, version.pk, reason="同意", by=one, at=NOW),
            partial(services.reject, version.pk, reason="不同意", by=other, at=NOW),
        )

        assert sum(isinstance(each, SchemeVersion) for each in results) == 1
        stored = SchemeVersion.objects.get(pk=version.pk)
        approved = isinstance(results[0], SchemeVersion)
        assert stored.state == ("active" if approved else "rejected")
        assert stored.decided_by == (one if approved else other)
        if approved:
            return


def test_a_double_approval_has_one_effect(department: Department) -> None:
    version = make_submitted(department, by=make_user("hr"))
    member = make_user("committee")

    results = at_once(
        *[lambda: services.approve(version.pk, reason="同意", by=member, at=NOW)] * 4
    )

    assert sum(isinstance(each, SchemeVersion) for each in results) == 1
    assert sum(isinstance(each, services.AlreadyDecided) for each in results) == 3


def test_two_schemes_for_the_same_people_never_both_come_into_force(
    department: Department,
) -> None:
    author, member = make_user("hr"), make_user("committee")
    one, other = make_submitted(department, by=author), make_submitted(department, by=author)

    results = at_once(
        lambda: services.approve(one.pk, reason="同意", by=member, at=NOW),
        lambda: services.approve(other.pk, reason="同意", by=member, at=NOW),
    )

    assert sum(isinstance(each, SchemeVersion) for each in results) == 1
    assert sum(isinstance(each, NotReady) for each in results) == 1
    assert SchemeVersion.objects.in_force(START).count() == 1


@pytest.mark.postgres
def test_without_the_guard_both_would_come_into_force(department: Department) -> None:
    """The negative control: the trigger off, and two transactions that each looked before."""
    author, member = make_user("hr"), make_user("committee")
    versions = [make_submitted(department, by=author) for _ in range(2)]
    table = "appraisal_schemeversion"
    looked = Barrier(2)

    def careless(version: SchemeVersion) -> int:
        with transaction.atomic():
            assert not SchemeVersion.objects.in_force(START).exists()
            looked.wait(timeout=10)
            return SchemeVersion.objects.filter(pk=version.pk).update(
                state="active", decided_by=member, decided_at=NOW
            )

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        results = at_once(*[partial(careless, each) for each in versions])
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    assert results == [1, 1]
    assert SchemeVersion.objects.in_force(START).count() == 2
