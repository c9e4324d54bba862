"""Claims about single records: who raises and answers them, and what they do to the window."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals import claims as reads
from appeals.deadlines import ends_at, window_end
from appeals.errors import AlreadySaid, AppealIncomplete, WindowClosed
from appeals.models import RecordClaim
from appeals.queries import holds_open, waiting_for
from appeals.services import claims, clock, filing
from appeals.tests import factories as make
from appeals.tests.factories import NOW, PUBLISHED, Case, make_claim, make_world
from appraisal.models import Scorecard
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Notice, User
from kpi_portal.people.tests.factories import make_person
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def answer(case: Case, claim: RecordClaim, *, by: User | None = None, **given: object) -> None:
    values = {"accepted": False, "answer": "记录无误", "at": NOW} | given
    claims.answer(claim, by=by or case.supervisor, **values)  # type: ignore[arg-type]


def card_of_case(case: Case) -> Scorecard:
    return case.appeal.scorecard


def test_a_claim_goes_to_the_supervisor_with_three_working_days() -> None:
    case = make_world()

    claim = make_claim(case)

    assert claim.due_on.isoformat() == "2026-11-11"
    assert claim.positions == [1, 2]  # the ticket itself, and the answer to it
    assert Notice.objects.get(kind="appeals.claim").user == case.supervisor
    assert [todo.kind for todo in waiting_for(case.supervisor, NOW)] == ["appeals.claim"]
    assert Event.objects.filter(act="record_claim.raised").count() == 1


def test_only_own_records_that_a_line_counts() -> None:
    case = make_world()
    other = make_ticket(agent=make_person("agent", number="A009").employee)

    for number in (other.external_id, "NO-SUCH"):
        with pytest.raises(AppealIncomplete) as refused:
            claims.raise_claim(
                card_of_case(case), ticket_no=number, kind="wrong_person", statement="x",
                by=case.agent, at=NOW,
            )  # fmt: skip
        assert "没有任何指标" in str(refused.value.fields["ticket"])


def test_not_for_others_not_twice_and_not_after_the_window() -> None:
    case = make_world()
    claim = make_claim(case)

    with pytest.raises(AlreadySaid):
        make_claim(case)
    with pytest.raises(NotAllowed):
        claims.raise_claim(
            card_of_case(case), ticket_no=claim.ticket.external_id, kind="wrong_person",
            statement="x", by=case.supervisor, at=NOW,
        )  # fmt: skip
    answer(case, claim)
    with pytest.raises(WindowClosed):
        make_claim(case, place=1, moment=NOW + timedelta(days=20))


def test_the_answer_is_given_once_by_the_supervisor() -> None:
    case = make_world()
    claim = make_claim(case)

    for user in (case.agent, case.reviewer, case.lead, case.chair):
        with pytest.raises(NotAllowed):
            answer(case, claim, by=user)
    with pytest.raises(AppealIncomplete):
        answer(case, claim, answer="  ")
    answer(case, claim, accepted=True, answer="确实转派有误")
    with pytest.raises((AlreadySaid, NotAllowed)):
        answer(case, claim)

    claim.refresh_from_db()
    assert claim.state == "accepted"
    kinds = set(Notice.objects.values_list("user__username", "kind"))
    assert (case.agent.username, "appeals.claim_answered") in kinds
    assert (case.lead.username, "appeals.claim_accepted") in kinds


def test_the_lead_answers_once_it_is_overdue() -> None:
    case = make_world()
    claim = make_claim(case)
    over = ends_at(claim.due_on)

    with pytest.raises(NotAllowed):
        answer(case, claim, by=case.lead, at=over - timedelta(seconds=1))
    for _twice in range(2):
        clock.run(over)
    assert Notice.objects.filter(user=case.lead, kind="appeals.claim_overdue").count() == 1
    answer(case, claim, by=case.lead, at=over)


def late(case: Case) -> None:
    """File about line 1 on the day after the window."""
    end = window_end(card_of_case(case))
    assert end is not None
    at = ends_at(end)
    line = case.lines[0]
    filing.save_draft(
        case.appeal, topics=[], grounds=["unjust"], statement="x", request="y",
        claims={line.pk: "x"}, by=case.agent, at=at,
    )  # fmt: skip
    filing.file(case.appeal, by=case.agent, at=at)


def test_a_claim_open_at_the_windows_end_keeps_its_lines_open() -> None:
    case = make_world()
    make_claim(case)
    end = window_end(card_of_case(case))
    assert end is not None
    at = ends_at(end)

    with pytest.raises(AppealIncomplete):  # the total is closed
        filing.save_draft(
            case.appeal, topics=["total"], grounds=[], statement="", request="",
            claims={case.lines[1].pk: "x"}, by=case.agent, at=at,
        )  # fmt: skip
    late(case)
    assert case.reload().state == "submitted"


def test_until_two_working_days_after_the_answer_to_the_second() -> None:
    case = make_world()
    claim = make_claim(case)
    card, end = card_of_case(case), window_end(card_of_case(case))
    assert end is not None
    answered = ends_at(end) + timedelta(hours=3)  # Friday 13 November
    answer(case, claim, at=answered)
    claim.refresh_from_db()

    last = reads.last_day(claim)
    assert last is not None and last.isoformat() == "2026-11-17"
    assert reads.extended_positions(card, ends_at(last) - timedelta(seconds=1)) == {1, 2}
    assert reads.extended_positions(card, ends_at(last)) == set()
    assert holds_open(card.period, ends_at(last) - timedelta(seconds=1))


def test_one_answered_within_the_window_extends_nothing() -> None:
    case = make_world()
    claim = make_claim(case)
    end = window_end(card_of_case(case))
    assert end is not None
    answer(case, claim, at=ends_at(end) - timedelta(seconds=1))

    with pytest.raises(WindowClosed):
        late(case)


def test_a_refused_claim_can_be_named_in_an_appeal() -> None:
    case = make_world()
    claim, open_one = make_claim(case), make_claim(case, place=1)
    answer(case, claim)
    filing.save_draft(
        case.appeal, topics=["total"], grounds=["unjust"], statement="x", request="y", claims={},
        refused=[claim.pk, open_one.pk, 9999], by=case.agent, at=NOW,
    )  # fmt: skip
    filing.file(case.appeal, by=case.agent, at=NOW)

    assert [row.pk for row in reads.named_in(case.appeal)] == [claim.pk]


def test_through_the_pages() -> None:
    case = make_world()
    agent, chief = Client(), Client()
    agent.force_login(case.agent)
    chief.force_login(case.supervisor)
    number = make_claim(case).ticket.external_id
    RecordClaim.objects.all().delete()
    with time_machine.travel(PUBLISHED + timedelta(days=1), tick=False):
        wrong = agent.post(
            reverse("appeals:claims"),
            {"card": card_of_case(case).pk, "ticket": "nope", "kind": "wrong_ticket",
             "statement": "x"},
        )  # fmt: skip
        assert wrong.status_code == 422
        sent = agent.post(
            reverse("appeals:claims"),
            {"card": card_of_case(case).pk, "ticket": number, "kind": "wrong_ticket",
             "statement": "x"},
        )  # fmt: skip
        assert sent.status_code == 303
        claim = RecordClaim.objects.get()
        done = chief.post(
            reverse("appeals:answer-claim", args=[claim.pk]), {"accepted": "no", "answer": "否"}
        )
        assert done.status_code == 303
        assert "否" in agent.get(reverse("appeals:claims")).content.decode()
        assert make.make_evidence(case)
