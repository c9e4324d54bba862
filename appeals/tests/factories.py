"""Appeals for tests: a published card of October 2026, and an appeal at any step of its course."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count

from appeals.models import Appeal, ChecklistFinding, Evidence, RecordClaim, State
from appeals.services import arbitration, claims, evidence, filing, meeting, review
from appeals.services.common import supervisor
from appraisal.models import Scorecard, ScoreLine
from appraisal.tests.factories import (
    AFTER,
    SMALL,
    ItemSpec,
    card_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_person
from tickets.models import Ticket

PUBLISHED = AFTER
"""5 November 2026, a Thursday; the window ends on the 12th."""
NOW = PUBLISHED + timedelta(days=1)
LATE = PUBLISHED + timedelta(days=20)

_numbers = count(1)


@dataclass
class Case:
    """An appeal with everybody who acts on it."""

    appeal: Appeal
    agent: User
    supervisor: User
    reviewer: User
    lead: User
    chair: User
    evaluator: User
    panel: list[User] = field(default_factory=list)

    @property
    def lines(self) -> list[ScoreLine]:
        return list(self.appeal.scorecard.lines.order_by("position"))

    def reload(self) -> Appeal:
        """The appeal as it is in the database now."""
        self.appeal = Appeal.objects.get(pk=self.appeal.pk)
        return self.appeal


def make_published(
    agent: User, *others: User, frt: int = 80, score: int = 4, items: Sequence[ItemSpec] = SMALL
) -> Scorecard:
    """The published card of `agent`: 75.00 and 88.89 points, weights 60 and 40, final 80.56."""
    assert agent.employee is not None
    place = agent.employee.assignments.get()
    make_active_version(place.department, items=items)
    for person in (agent, *others):
        assert person.employee is not None
        make_work(person.employee, frt=frt, score=score)
    period = make_period()
    run(period)
    publish(period, PUBLISHED)
    return card_of(agent)


def make_world(*, department: Department | None = None, items: Sequence[ItemSpec] = SMALL) -> Case:
    """A published card, a draft for it, and everybody whom its course may need."""
    from kpi_portal.people.tests.factories import make_department

    department = department or make_department("online", name="在线客服")
    chief = make_person("supervisor", number="S001", name="陈静", department=department)
    agent = make_person(
        "agent", number="A001", name="李伟", department=department, supervisor=chief.employee
    )
    card = make_published(agent, items=items)
    return Case(
        appeal=filing.start(card, by=agent, at=NOW),
        agent=agent,
        supervisor=chief,
        reviewer=make_person("hr", number="H001", name="王芳"),
        lead=make_person("hr_lead", number="H002", name="赵敏"),
        chair=make_person("chair", number="C000", name="钱进"),
        evaluator=make_person("inspector", number="Q001", name="郑洁"),
        panel=[
            make_person("committee", number=f"C00{n}", name=f"委员{n}") for n in (1, 2, 3, 4, 5)
        ],
    )


def make_case(state: str = "draft") -> Case:
    """A case that has come as far as `state`, the usual way."""
    case = make_world()
    for act in PATHS[State(state)]:
        STEPS[act](case)
    case.reload()
    return case


def fill(case: Case, *, topics: Sequence[str] = (), lines: Sequence[int] = (1,)) -> None:
    """The form filled in: the lines at these positions are disputed."""
    claims = {line.pk: "与记录不符" for line in case.lines if line.position in lines}
    filing.save_draft(
        case.appeal,
        topics=topics,
        grounds=["contrary_to_facts"],
        statement="系统故障期间的工单计入了我的响应时间。",
        request="请重新计算。",
        claims=claims,
        by=case.agent,
        at=NOW,
    )


def file(case: Case) -> None:
    fill(case)
    filing.file(case.appeal, by=case.agent, at=NOW)


def findings(*, kept: bool = True) -> list[review.Finding]:
    """The checklist answered; `kept` is the answer on the procedure."""
    procedure = ChecklistFinding.Question.PROCEDURE
    return [
        review.Finding(question, kept if question == procedure else True, "已核对")
        for question in ChecklistFinding.Question.values
    ]


def take(case: Case) -> None:
    review.take(case.appeal, by=case.reviewer, at=NOW)


def find_compliant(case: Case) -> None:
    review.review(case.appeal, findings(), compliant=True, by=case.reviewer, at=NOW)


def find_violated(case: Case) -> None:
    answers = findings(kept=False)
    review.review(case.appeal, answers, compliant=False, by=case.reviewer, at=NOW)


def finish_recheck(case: Case) -> None:
    review.finish_recheck(
        case.appeal, note="数据无误", held_at=None, place="三楼", by=case.reviewer, at=NOW
    )


def name_evaluator(case: Case) -> None:
    review.name_evaluator(case.appeal, case.evaluator, by=case.lead, at=NOW)


def schedule(case: Case) -> None:
    """A date within the step, three days ahead."""
    meeting.schedule(
        case.appeal, held_at=NOW + timedelta(days=3), place="三楼会议室", by=case.reviewer, at=NOW
    )


def propose(case: Case, points: str | None = "85.00") -> None:
    """Minutes with new points for the first line, or none: the result stands."""
    meeting.propose(
        case.appeal,
        minutes="三方已核对。",
        points={case.lines[0].pk: Decimal(points)} if points else {},
        reason_code="data_error" if points else "unfounded",
        by=case.reviewer,
        at=NOW,
    )


def answer(case: Case, user: User, *, agrees: bool = True) -> None:
    appeal = case.reload()
    meeting.confirm(
        appeal, round_=appeal.meeting.round, agrees=agrees, comment="", by=user, at=NOW
    )


def agree(case: Case) -> None:
    party = supervisor(case.appeal)
    assert party is not None
    for user in (case.agent, party, case.reviewer):
        answer(case, user)


def disagree(case: Case) -> None:
    answer(case, case.agent, agrees=False)


def seat(case: Case, size: int = 3) -> None:
    arbitration.seat_panel(case.appeal, case.panel[:size], by=case.chair, at=NOW)


def vote(case: Case, user: User, points: str | None) -> None:
    """A vote for these points of the first line, or to maintain."""
    arbitration.vote(
        case.appeal,
        choice="change" if points else "maintain",
        figures={case.lines[0].pk: Decimal(points)} if points else {},
        reasons="依据工单记录。",
        by=user,
        at=NOW,
    )


def vote_change(case: Case) -> None:
    for user, points in zip(case.panel, ("80.00", "90.00", None), strict=False):
        vote(case, user, points)


def vote_maintain(case: Case) -> None:
    for user, points in zip(case.panel, (None, "90.00", None), strict=False):
        vote(case, user, points)


def decide(case: Case) -> None:
    arbitration.publish(
        case.appeal, decision="经合议决定。", reason_code="data_error", by=case.chair, at=NOW
    )


def re_evaluate(case: Case, points: str = "90.00") -> None:
    review.re_evaluate(
        case.appeal,
        {case.lines[0].pk: Decimal(points)},
        reason_code="procedure",
        reason="另行评估。",
        by=case.evaluator,
        at=NOW,
    )


def withdraw(case: Case) -> None:
    filing.withdraw(case.appeal, reason="已沟通", by=case.agent, at=NOW)


def reject(case: Case) -> None:
    review.reject_formally(
        case.appeal, because="duplicate", reason="重复", by=case.reviewer, at=NOW
    )


STEPS = {
    "file": file,
    "take": take,
    "find_compliant": find_compliant,
    "find_violated": find_violated,
    "finish_recheck": finish_recheck,
    "name_evaluator": name_evaluator,
    "schedule": schedule,
    "propose": propose,
    "agree": agree,
    "disagree": disagree,
    "seat": seat,
    "vote_change": vote_change,
    "vote_maintain": vote_maintain,
    "decide": decide,
    "re_evaluate": re_evaluate,
    "withdraw": withdraw,
    "reject": reject,
}

_REVIEW = ("file", "take")
_MEETING = (*_REVIEW, "find_compliant", "finish_recheck")
_PANEL = (*_MEETING, "propose", "disagree", "seat")

PATHS = {
    State.DRAFT: (),
    State.SUBMITTED: _REVIEW,
    State.DATA_RECHECK: (*_REVIEW, "find_compliant"),
    State.RE_EVALUATION: (*_REVIEW, "find_violated", "name_evaluator"),
    State.MEETING: _MEETING,
    State.ARBITRATION: _PANEL,
    State.SETTLED: (*_MEETING, "propose", "agree"),
    State.REEVALUATED: (*_REVIEW, "find_violated", "name_evaluator", "re_evaluate"),
    State.MAINTAINED: (*_PANEL, "vote_maintain", "decide"),
    State.CHANGED: (*_PANEL, "vote_change", "decide"),
    State.WITHDRAWN: ("file", "withdraw"),
    State.INADMISSIBLE: (*_REVIEW, "reject"),
}


def make_evidence(
    case: Case, *, by: User | None = None, for_parties: bool = True, text: str = ""
) -> Evidence:
    """A text file handed in, different each time."""
    body = text or f"工单记录 {next(_numbers)}"
    return evidence.add(
        case.appeal,
        BytesIO(body.encode()),
        name="记录.txt",
        note="工单记录",
        for_parties=for_parties,
        by=by or case.agent,
        at=NOW,
    )


def make_claim(case: Case, *, place: int = 0, moment: datetime = NOW) -> RecordClaim:
    """A claim of the agent about one of the tickets that the first line counts."""
    rows = Ticket.objects.filter(agent=case.agent.employee, created_at__month=10).order_by("pk")
    return claims.raise_claim(
        case.appeal.scorecard,
        ticket_no=rows[place].external_id,
        kind="wrong_person",
        statement="该工单由他人处理。",
        by=case.agent,
        at=moment,
    )


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An hour of a day in company time (UTC+8)."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)
