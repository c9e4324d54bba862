"""Some appeals of the demo company, each at another step."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from appeals.eligibility import Capacity, eligible_users
from appeals.models import Appeal, ChecklistFinding
from appeals.services import arbitration, filing, meeting, review
from appeals.services.common import supervisor
from appraisal.models import Period, Scorecard, ScoreLine
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date

STORIES = (
    ("首次响应时间包含了系统故障时段，与事实不符。", "请剔除 10 月系统故障期间的工单后重新计算。"),
    ("部分工单由其他同事首次响应，不应计入我的平均响应时间。", "请核对首次响应客服后更正得分。"),
    ("重复投诉是因为仓库发错货，与我的处理无关。", "请重新认定重复投诉率。"),
    ("升级是按流程要求提交的，不应视为处理不力。", "请复核升级率的口径。"),
)

FINDINGS = (
    "数据来自工单系统导出，未见异常。",
    "权重在考核期开始前已获批准。",
    "发布与送达符合程序。",
)


def lodge(newest: Period, earlier: Period | None, now: datetime) -> int:
    """Appeals on the two newest published months; how many."""
    before = Appeal.objects.count()
    _fresh(newest, now)
    if earlier is not None:
        _older(earlier)
    return Appeal.objects.count() - before


def _candidates(period: Period, count: int) -> list[Scorecard]:
    """Cards whose people have most to gain; never that of the account `agent`."""
    cards = (
        Scorecard.objects.filter(
            period=period, is_current=True, status="scored", employee__user__isnull=False,
            employee__left_on__isnull=True,
        )
        .exclude(employee__user__username="agent")
        .select_related("employee__user", "period", "acknowledgement", "version")
        .order_by("final", "employee__number")
    )  # fmt: skip
    return list(cards[:count])


def _weakest(card: Scorecard) -> ScoreLine:
    return card.lines.filter(points__isnull=False).order_by("points", "position")[0]


def _file(card: Scorecard, story: int, at: datetime) -> Appeal:
    person = card.employee.user
    appeal = filing.start(card, by=person, at=at)
    line = _weakest(card)
    statement, request = STORIES[story % len(STORIES)]
    filing.save_draft(
        appeal, topics=["lines"], grounds=["contrary_to_facts"], statement=statement,
        request=request, claims={line.pk: "数值与工单记录不符"}, by=person, at=at,
    )  # fmt: skip
    return filing.file(appeal, by=person, at=at)


def _fresh(period: Period, now: datetime) -> None:
    """On the newest month: a draft, one just submitted, one being reviewed, one at the meeting."""
    if period.published_at is None or not _open(period, now):
        return
    start = period.published_at + timedelta(hours=5)
    cards = _candidates(period, 4)
    if len(cards) < 4:
        return
    person = cards[0].employee.user
    filing.start(cards[0], by=person, at=start)
    _file(cards[1], 0, start)
    taken = _file(cards[2], 1, start + timedelta(hours=1))
    reviewer = _reviewer(taken, now)
    review.take(taken, by=reviewer, at=min(start + timedelta(hours=20), now))
    held = _to_meeting(_file(cards[3], 2, start), [start + timedelta(hours=h) for h in (3, 4)])
    line = _weakest(cards[3])
    better = min(Decimal(100), (line.points or Decimal(0)) + 12)
    chair = held.reviewer
    assert chair is not None
    meeting.propose(
        held, minutes="三方核对了争议工单，其中部分由他人首次响应，建议更正该项得分。",
        points={line.pk: better}, reason_code="wrong_attribution", by=chair, at=now,
    )  # fmt: skip


def _older(period: Period) -> None:
    """On the month before: one settled with a correction, one withdrawn, one in arbitration,
    one decided by the committee."""
    if period.published_at is None:
        return
    start = period.published_at + timedelta(days=1)
    cards = _candidates(period, 4)
    if len(cards) < 4:
        return
    days = [start + timedelta(days=day) for day in (2, 4, 6, 7)]
    settled = _to_meeting(_file(cards[0], 0, start), days)
    _agree(settled, days[3])
    withdrawn = _file(cards[1], 3, start)
    filing.withdraw(withdrawn, reason="已与主管沟通清楚。", by=cards[1].employee.user, at=days[0])
    decided = _refuse(_to_meeting(_file(cards[2], 1, start), days), days[3])
    _decide(decided, days[3] + timedelta(days=5), votes=3, publish=True)
    pending = _refuse(_to_meeting(_file(cards[3], 2, start), days), days[3])
    _decide(pending, days[3] + timedelta(days=3), votes=1, publish=False)


def _open(period: Period, now: datetime) -> bool:
    return period.appeals_until is not None and local_date(now) <= period.appeals_until


def _reviewer(appeal: Appeal, at: datetime) -> User:
    return eligible_users(appeal, Capacity.REVIEWER, at)[0]


def _to_meeting(appeal: Appeal, days: Sequence[datetime]) -> Appeal:
    """Through first review and recheck."""
    reviewer = _reviewer(appeal, days[0])
    review.take(appeal, by=reviewer, at=days[0])
    findings = [
        review.Finding(question, True, reason)
        for question, reason in zip(ChecklistFinding.Question.values, FINDINGS, strict=True)
    ]
    appeal = review.review(appeal, findings, compliant=True, by=reviewer, at=days[0])
    return review.finish_recheck(
        appeal, note="争议指标已按工单记录重新核对。", held_at=days[1] + timedelta(hours=4),
        place="三楼会议室", by=reviewer, at=days[1],
    )  # fmt: skip


def _parties(appeal: Appeal) -> list[User]:
    people = [appeal.employee.user, supervisor(appeal), appeal.reviewer]
    return [person for person in people if person is not None]


def _propose(appeal: Appeal, at: datetime, *, change: bool) -> None:
    line = _weakest(appeal.scorecard)
    points = {line.pk: min(Decimal(100), (line.points or Decimal(0)) + 15)} if change else {}
    assert appeal.reviewer is not None
    meeting.propose(
        appeal, minutes="三方已核对争议工单。", points=points,
        reason_code="wrong_attribution" if change else "unfounded", by=appeal.reviewer, at=at,
    )  # fmt: skip


def _agree(appeal: Appeal, at: datetime) -> None:
    _propose(appeal, at, change=True)
    for person in _parties(appeal):
        meeting.confirm(appeal, round_=1, agrees=True, comment="", by=person, at=at)


def _refuse(appeal: Appeal, at: datetime) -> Appeal:
    _propose(appeal, at, change=False)
    person = appeal.employee.user
    return meeting.confirm(
        appeal, round_=1, agrees=False, comment="数据仍与事实不符。", by=person, at=at
    )


def _decide(appeal: Appeal, at: datetime, *, votes: int, publish: bool) -> None:
    """A panel of three, as many votes as asked for, and the decision."""
    chair = eligible_users(appeal, Capacity.CHAIR, at)[0]
    panel = [
        person for person in eligible_users(appeal, Capacity.ARBITER, at) if person.pk != chair.pk
    ][:3]
    arbitration.seat_panel(appeal, panel, by=chair, at=at)
    line = _weakest(appeal.scorecard)
    points = line.points or Decimal(0)
    for index, person in enumerate(panel[:votes]):
        change = index != 1
        figures = {line.pk: min(Decimal(100), points + 8 + index)} if change else {}
        arbitration.vote(
            appeal, choice="change" if change else "maintain", figures=figures,
            reasons="结合工单记录与双方陈述作出判断。", by=person, at=at,
        )  # fmt: skip
    if publish:
        arbitration.publish(
            appeal, decision="经合议，争议工单中有部分归属有误，予以更正。",
            reason_code="wrong_attribution", by=chair, at=at,
        )  # fmt: skip
