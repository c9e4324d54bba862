"""Two at once, on PostgreSQL: one legal end, nothing counted twice. R2, R4 and R5 of
9-promises.md section 5.2; each with a negative control, in which the guard is off and it fails.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from appeals import workflow
from appeals.models import CLOSED, Appeal, State
from appeals.services import arbitration, filing, meeting, review
from appeals.tests import factories as make
from appeals.tests.factories import NOW, make_case
from appeals.tests.stakes_of_rank import led_by
from appraisal.models import Scorecard
from appraisal.tests.factories import card_of
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import Notice, User
from kpi_portal.people.services import accounts

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 3


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun at the same moment."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def work(place: int) -> None:
        try:
            barrier.wait(10)
            results[place] = acts[place]() or "done"
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def side_by_side(*acts: Callable[[], object]) -> list[object]:
    """As `at_once`, each act's transaction open until all have come to their end."""
    done = threading.Barrier(len(acts))

    def held(act: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            with transaction.atomic():
                result = act()
                done.wait(20)
            return result

        return run

    return at_once(*map(held, acts))


def refused(results: list[object]) -> int:
    unexpected = [each for each in results if isinstance(each, Exception)
                  and not isinstance(each, DomainError)]  # fmt: skip
    assert unexpected == []
    return sum(isinstance(each, DomainError) for each in results)


def slow_down(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int, seconds: float = 0.5
) -> None:
    """Whoever calls `module.name` waits a moment for the others to come as far.

    With the guard on, the others wait for the lock and never come: the wait times out.
    """
    barrier, real = threading.Barrier(parties), getattr(module, name)

    def waiting(*args: Any, **kwargs: Any) -> Any:
        try:
            barrier.wait(seconds)
        except threading.BrokenBarrierError:
            pass
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, waiting)


def unlocked(appeal_id: int) -> Appeal:
    return Appeal.objects.select_related("scorecard__period", "period", "employee").get(
        pk=appeal_id
    )


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_withdrawing_and_deciding_at_once_has_one_end(
    round_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    slow_down(monkeypatch, arbitration if round_ % 2 else filing, "move", 2)

    results = at_once(lambda: make.decide(case), lambda: make.withdraw(case))

    assert refused(results) == 1
    appeal = case.reload()
    ends = appeal.steps.filter(to_state__in=CLOSED).values_list("to_state", flat=True)
    assert list(ends) == [appeal.state]
    assert card_of(case.agent).revision == (2 if appeal.state == State.CHANGED else 1)


def test_without_lock_and_condition_both_would_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the same race with the guards off has two ends."""
    case = make_case("arbitration")
    make.vote_change(case)
    for module in (arbitration, filing):
        monkeypatch.setattr(module, "locked", unlocked)
        monkeypatch.setattr(module, "move", _unguarded)
    slow_down(monkeypatch, arbitration, "apply_points", 2)
    slow_down(monkeypatch, filing, "move", 2)

    at_once(lambda: make.decide(case), lambda: make.withdraw(case))

    assert case.reload().steps.filter(to_state__in=CLOSED).count() == 2


def _unguarded(
    appeal: Appeal, act: str, *, by: Any, at: Any, note: str = "", **changes: Any
) -> None:
    """`move` as it would be without its conditional UPDATE."""
    target = workflow.BY_ACT[act].target
    source, appeal.state = appeal.state, target
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE appeals_appeal DISABLE TRIGGER USER")
    appeal.due_on, appeal.closed_at = None, at
    for name, value in changes.items():
        setattr(appeal, name, value)
    appeal.save()
    appeal.steps.create(act=act, from_state=source, to_state=target, by=by, note=note, at=at)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_deciding_votes_at_once_are_both_counted(round_: int) -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")

    results = at_once(
        lambda: make.vote(case, case.panel[1], "90.00"),
        lambda: make.vote(case, case.panel[2], None),
    )

    assert refused(results) == 0
    assert case.reload().panel.filter(voted_at__isnull=False).count() == 3
    assert Notice.objects.filter(kind="appeals.all_voted").exists()
    make.decide(case)
    assert case.reload().state == State.CHANGED


@pytest.mark.parametrize("clicks", [2, 10])
def test_one_vote_clicked_many_times_counts_once(clicks: int) -> None:
    case = make_case("arbitration")

    results = at_once(*[lambda: make.vote(case, case.panel[0], "90.00")] * clicks)

    assert refused(results) == clicks - 1
    assert case.reload().steps.filter(act="vote").count() == 1


@pytest.mark.parametrize("clicks", [2, 10])
def test_publishing_many_times_makes_one_revision(clicks: int) -> None:
    case = make_case("arbitration")
    make.vote_change(case)

    results = at_once(*[lambda: make.decide(case)] * clicks)

    assert refused(results) == clicks - 1
    assert Scorecard.objects.filter(employee=case.agent.employee).count() == 2


@pytest.mark.parametrize("clicks", [2, 10, 50])
def test_filing_many_times_files_once(clicks: int) -> None:
    case = make_case()
    make.fill(case)

    results = at_once(*[lambda: filing.file(case.appeal, by=case.agent, at=NOW)] * clicks)

    assert refused(results) == clicks - 1
    assert case.reload().steps.count() == 1


@pytest.mark.parametrize("clicks", [2, 10])
def test_starting_many_times_gives_one_draft(clicks: int) -> None:
    case = make_case()
    filing.delete_draft(case.appeal, by=case.agent)
    card = card_of(case.agent)

    results = at_once(*[lambda: filing.start(card, by=case.agent, at=NOW)] * clicks)

    assert refused(results) == 0
    assert len({each.number for each in results if isinstance(each, Appeal)}) == 1
    assert Appeal.objects.count() == 1


def test_the_last_two_confirmations_at_once_settle_it_once() -> None:
    case = make_case("meeting")
    make.propose(case, "90.00")
    make.answer(case, case.agent)

    def confirm(user: User) -> Callable[[], object]:
        return lambda: meeting.confirm(
            case.appeal, round_=1, agrees=True, comment="", by=user, at=NOW
        )

    results = at_once(confirm(case.supervisor), confirm(case.reviewer))

    assert refused(results) == 0
    assert case.reload().state == State.SETTLED
    assert card_of(case.agent).revision == 2


def test_two_of_hr_take_a_case_once() -> None:
    case = make_case()
    make.file(case)

    results = at_once(
        lambda: review.take(case.appeal, by=case.reviewer, at=NOW),
        lambda: review.take(case.appeal, by=case.lead, at=NOW),
    )

    assert refused(results) == 1
    assert case.reload().steps.filter(act="assign_reviewer").count() == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_role_taken_in_flight_stops_the_act_or_comes_after_it(round_: int) -> None:
    case = make_case("arbitration")

    results = at_once(
        lambda: make.vote(case, case.panel[0], "90.00"),
        lambda: accounts.revoke_role(case.panel[0], "committee", by=None, at=NOW),
    )

    assert not isinstance(results[1], Exception)
    voted = case.reload().panel.filter(voted_at__isnull=False).exists()
    assert voted is (refused(results) == 0)


def test_a_role_taken_before_the_commit_of_the_vote_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The vote holds the account's row: the role goes afterwards, in the log as well."""
    case = make_case("arbitration")
    taken, order = threading.Event(), []
    real = workflow.note_step

    def note(*args: Any, **kwargs: Any) -> None:
        taken.wait(1)
        order.append("vote")
        real(*args, **kwargs)

    monkeypatch.setattr(arbitration, "note_step", note)

    def revoke() -> None:
        accounts.revoke_role(case.panel[0], "committee", by=None, at=NOW)
        order.append("revoke")
        taken.set()

    results = at_once(lambda: make.vote(case, case.panel[0], "90.00"), revoke)

    if refused(results) == 0:
        assert order == ["vote", "revoke"]


# --- Negative controls: the same races with the guard off


def test_without_the_lock_nobody_notices_that_all_have_voted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")
    monkeypatch.setattr(arbitration, "locked", unlocked)

    side_by_side(
        lambda: make.vote(case, case.panel[1], "90.00"),
        lambda: make.vote(case, case.panel[2], None),
    )

    assert not Notice.objects.filter(kind="appeals.all_voted").exists()


def test_without_the_lock_the_last_two_confirmations_settle_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_case("meeting")
    make.propose(case, "90.00")
    make.answer(case, case.agent)
    monkeypatch.setattr(meeting, "locked", unlocked)

    def confirm(user: User) -> Callable[[], object]:
        return lambda: meeting.confirm(
            case.appeal, round_=1, agrees=True, comment="", by=user, at=NOW
        )

    side_by_side(confirm(case.supervisor), confirm(case.reviewer))

    assert case.reload().state == State.MEETING


def test_without_lock_and_condition_two_clicks_file_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case()
    make.fill(case)
    monkeypatch.setattr(filing, "locked", unlocked)
    monkeypatch.setattr(filing, "move", _unguarded_filing)

    class NoLock:
        """The period's row is not locked either."""

        objects = type("Rows", (), {"select_for_update": lambda self, **_: self,
                                    "get": lambda self, **_: None})()  # fmt: skip

    monkeypatch.setattr(filing, "Period", NoLock)
    slow_down(monkeypatch, filing, "move", 2, seconds=10)

    at_once(*[lambda: filing.file(case.appeal, by=case.agent, at=NOW)] * 2)

    assert case.reload().steps.filter(act="file").count() == 2


def _unguarded_filing(appeal: Appeal, act: str, *, by: Any, at: Any, **changes: Any) -> None:
    Appeal.objects.filter(pk=appeal.pk).update(state="submitted", filed_at=at, due_on=at.date())
    appeal.steps.create(act=act, from_state="draft", to_state="submitted", by=by, at=at)


def test_without_the_accounts_lock_a_vote_counts_after_the_role_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_case("arbitration")
    taken, order = threading.Event(), []
    real = workflow.note_step

    def note(*args: Any, **kwargs: Any) -> None:
        taken.wait(5)
        order.append("vote")
        real(*args, **kwargs)

    monkeypatch.setattr(arbitration, "note_step", note)
    monkeypatch.setattr(arbitration, "require_free", lambda *args, **kwargs: None)

    def revoke() -> None:
        accounts.revoke_role(case.panel[0], "committee", by=None, at=NOW)
        order.append("revoke")
        taken.set()

    results = at_once(lambda: make.vote(case, case.panel[0], "90.00"), revoke)

    assert refused(results) == 0
    assert order == ["revoke", "vote"]


def test_a_team_changed_in_flight_is_found_on_publishing() -> None:
    """Whatever came first, nothing is published on a vote with a stake; the vote is marked."""
    case = make_case("arbitration")
    make.vote(case, case.panel[1], "90.00")
    make.vote(case, case.panel[2], "90.00")

    at_once(
        lambda: make.vote(case, case.panel[0], "90.00"),
        lambda: led_by(case, case.panel[0], NOW.date(), None),
    )
    results = at_once(lambda: make.decide(case))

    assert refused(results) == 1
    assert case.reload().state == State.ARBITRATION
    assert case.panel[0].pk in case.appeal.panel.exclude(
        stake_at__isnull=True, voted_at__isnull=False
    ).values_list("user_id", flat=True)
