"""The world in which every address is tried by every role: one object of each kind.

The scorecard, appeal, tickets and file belong to `agent` of 在线客服; October 2026 is published,
November runs. `stage` takes the appeal, or September, as far as a probe needs it. Whatever a
probe changes is rolled back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver
from django_celery_beat.models import PeriodicTask

from appeals.services import filing
from appeals.tests import factories as appeals
from appraisal.corrections import adjusting, excluding
from appraisal.models import DepartmentCard, DepartmentCoefficient, Period, Scorecard
from appraisal.periods import reopening
from appraisal.periods import services as periods
from appraisal.schemes.services.notices import tell_covered
from appraisal.schemes.tests.factories import make_draft, make_submitted
from appraisal.tests.factories import in_review, make_period, make_work, run
from kpi_portal.audit.models import Event
from kpi_portal.jobs import schedules
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.files import store
from kpi_portal.people.models import ApiToken, User, WorkCalendarDay
from kpi_portal.people.second_person.own_acts import ADD_ABSENCE
from kpi_portal.people.second_person.services import ask as ask_second
from kpi_portal.people.services import add_leave, create_token, notify, set_company_day
from kpi_portal.people.tests.factories import make_department, make_person, make_user
from surveys.models import RecordedValue, SatisfactionAnswer
from tickets.models import Import, ServiceHours, Ticket

AT = datetime(2026, 11, 6, 3, tzinfo=UTC)
ROLES = (
    "anonymous", "stranger", "agent", "colleague", "outsider", "supervisor", "other_supervisor",
    "inspector", "hr", "hr_lead", "committee", "chair", "admin", "auditor",
)  # fmt: skip


HANDLER = ClientHandler(enforce_csrf_checks=False)
"""One for all requests: each new one would set the middleware up again."""


@dataclass
class World:
    """People by role, and what stands in for each part of an address."""

    people: Mapping[str, User | AnonymousUser]
    parts: dict[str, Any]
    case: appeals.Case
    sessions: dict[str, str]
    asked: int = 0
    unexpected: int = 0

    def user(self, role: str) -> User:
        found = self.people[role]
        assert isinstance(found, User)
        return found


def make_world() -> World:
    """Everything once. The appeal is a draft, which `hr` will review."""
    case = _make_case()
    online = case.appeal.scorecard.department
    hotline = make_department("hotline", name="热线客服")
    chief = make_person("supervisor", number="S002", name="周敏", department=hotline)
    people: dict[str, User | AnonymousUser] = {
        "anonymous": AnonymousUser(),
        "stranger": make_user(username="stranger"),
        "agent": case.agent,
        "colleague": User.objects.get(username="a003"),
        "outsider": make_person(
            "agent", number="A002", name="吴强", department=hotline, supervisor=chief.employee
        ),
        "supervisor": case.supervisor,
        "other_supervisor": chief,
        "inspector": case.evaluator,
        "hr": case.reviewer,
        "hr_lead": case.lead,
        "committee": case.panel[0],
        "chair": case.chair,
        "admin": make_person("admin", number="M001", name="冯涛"),
        "auditor": make_person("auditor", number="U001", name="许宁"),
    }
    parts = _of_the_case(case) | _of_schemes(case, online) | _of_people(case, people["admin"])
    parts |= _of_periods(case, online) | _of_corrections(case)
    parts["own_event"] = Event.objects.filter(actor=case.agent)[0].pk
    sessions = {role: _signed_in(user) for role, user in people.items() if isinstance(user, User)}
    return World(people, parts, case, sessions)


def _make_case() -> appeals.Case:
    """As the factory makes it; a colleague of the same team has a card of their own, too."""
    online = make_department("online", name="在线客服")
    chief = make_person("supervisor", number="S001", name="陈静", department=online)
    agent, colleague = (
        make_person(
            "agent", number=number, name=name, department=online, supervisor=chief.employee
        )
        for number, name in (("A001", "李伟"), ("A003", "吴静"))
    )
    make_work(colleague, frt=66, score=5)
    make_work(agent, frt=71, score=4, day=date(2026, 9, 14))
    card = appeals.make_published(agent, frt=83, score=4)
    tell_covered(card.version, at=AT)
    return appeals.Case(
        appeal=filing.start(card, by=agent, at=AT),
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


def _of_the_case(case: appeals.Case) -> dict[str, Any]:
    card = case.appeal.scorecard
    notify([case.agent], "appraisal.published", "world", params={}, url="/", at=AT)
    return {
        "card": card.pk,
        "number": card.employee.number,
        "appeal": case.appeal.number,
        "evidence": appeals.make_evidence(case).pk,
        "notice": case.agent.notices.latest("pk").pk,
        "ticket": Ticket.objects.filter(agent=card.employee).latest("created_at").pk,
        "claim": appeals.make_claim(case).pk,
    }


def _of_schemes(case: appeals.Case, online: Any) -> dict[str, Any]:
    active = case.appeal.scorecard.version
    make_draft(online, key="next", cycle="quarter", by=case.supervisor)
    start = date(2027, 1, 1)
    make_submitted(online, key="pending", cycle="quarter", by=case.supervisor, start=start)
    return {"scheme": active.scheme.key, "version": active.number, "draft": "next",
            "pending": "pending", "first": 1, "indicator": "frt_mean"}  # fmt: skip


def _of_people(case: appeals.Case, admin: Any) -> dict[str, Any]:
    agent = case.appeal.scorecard.employee
    absence = add_leave(
        agent, start_on=date(2026, 11, 20), end_on=date(2026, 11, 21), kind="事假", by=None
    )
    rejected = store(
        BytesIO("工单号,原因\n1,无".encode()), name="rejected.csv", purpose="imports", by=admin,
        at=AT, max_bytes=1000,
    )  # fmt: skip
    reported = ask_second(
        ADD_ABSENCE, f"{agent.number}:2026-11-24", reason="请假单", by=case.supervisor, at=AT,
        params={"start_on": "2026-11-24", "end_on": "2026-11-25", "kind": "事假"},
    )  # fmt: skip
    TOTP.activate(case.agent, generate_totp_secret())
    RecoveryCodes.activate(case.agent)
    schedules.seed_schedules()
    names = schedules.names()
    return {
        "department": "online",
        "username": case.agent.username,
        "absence": absence.pk,
        "second_person": reported.pk,
        "calendar_day": _company_day().pk,
        "service_hours": ServiceHours.objects.create(days="workday", opens=540, closes=1080).pk,
        "topic": "today",
        "token": create_token(case.agent, scope=ApiToken.Scope.READ, label="报表")[0].token_key,
        "recorded": RecordedValue.objects.create(
            item="attendance", employee=case.agent.employee, effective_on=date(2026, 10, 31),
            value=98, source="考勤系统", evidence="10 月报表", recorded_at=AT,
        ).pk,
        "import": Import.objects.create(
            kind="tickets", state="done", file_name="工单.csv", file_sha256="0" * 64,
            source="test", requested_by=admin, requested_at=AT, rejected=1,
            rejected_file=rejected,
        ).pk,
        "job": request_job("periods.advance", "world", {}, by=admin).pk,
        "schedule": PeriodicTask.objects.filter(name__in=names).earliest("pk").pk,
    }  # fmt: skip


def _company_day() -> WorkCalendarDay:
    return set_company_day(date(2026, 12, 25), is_workday=False, name="司庆", by=None)


def _of_periods(case: appeals.Case, online: Any) -> dict[str, Any]:
    """October is published, November runs, September can be computed."""
    september, running = make_period("2026-09"), periods.ensure("2026-11")
    coefficient = DepartmentCoefficient.objects.create(
        period=running, department=online, value="1.05", reason="目标完成", set_by=case.lead,
        set_at=AT,
    )  # fmt: skip
    period = case.appeal.period
    asked = reopening.request(period.pk, reason="数据晚到", by=case.reviewer, at=AT)
    _department_card(period, online, case)
    return {
        "reopening": asked.pk,
        "period": period.code,
        "running": running.code,
        "september": september.code,
        "coefficient": coefficient.pk,
        "online": online.pk,
        "position": 1,
    }


def _department_card(period: Period, online: Any, case: appeals.Case) -> None:
    """The published card of 在线客服, which has no head."""
    DepartmentCard.objects.create(
        period=period, department=online, version=case.appeal.scorecard.version,
        status="scored", subtotal="88.00", final="88.00", band="meets", cutoff=AT, engine="1",
        computed_at=AT, inputs_hash="0" * 64, frozen_at=AT,
    )  # fmt: skip


def _of_corrections(case: appeals.Case) -> dict[str, Any]:
    """The supervisor has proposed an adjustment of the total and leaving out a ticket."""
    card = case.appeal.scorecard
    tickets = Ticket.objects.filter(agent=card.employee).order_by("created_at")
    adjustment = adjusting.propose(
        card, line=None, points=Decimal(1), origin="special_case", reason="核对", at=AT,
        by=case.supervisor,
    )  # fmt: skip
    exclusion = excluding.propose(
        record_of=tickets[0], cause="test", reason="测试工单", by=case.supervisor, at=AT
    )
    return {
        "adjustment": adjustment.pk,
        "exclusion": exclusion.pk,
        "own_ticket": tickets[1].pk,
        "own_answer": SatisfactionAnswer.objects.filter(ticket=tickets[2]).earliest("pk").pk,
    }


REVIEWED = ("file", "take")
RECHECKED = (*REVIEWED, "find_compliant")
CALLED = (*RECHECKED, "finish_recheck")
PROPOSED = (*CALLED, "propose")
DISAGREED = (*PROPOSED, "disagree")
SEATED = (*DISAGREED, "seat")
APPEAL_STAGES = {
    "draft": (),
    "pool": ("file",),
    "reviewed": REVIEWED,
    "rechecked": RECHECKED,
    "violated": (*REVIEWED, "find_violated"),
    "re_evaluated": (*REVIEWED, "find_violated", "name_evaluator"),
    "called": CALLED,
    "scheduled": (*CALLED, "schedule"),
    "proposed": PROPOSED,
    "disagreed": DISAGREED,
    "seated": SEATED,
    "voted": (*SEATED, "vote_change"),
    "changed": (*SEATED, "vote_change", "decide"),
}
PERIOD_STAGES = ("calculated", "in_review", "approved")
PANEL_STAGES = ("seated", "voted", "changed")


@contextmanager
def stage(world: World, name: str) -> Iterator[None]:
    """The appeal, or September, as far as `name`; afterwards nothing of it remains."""
    with transaction.atomic():
        if name in PERIOD_STAGES:
            _take_september(world, PERIOD_STAGES.index(name))
        else:
            for step in APPEAL_STAGES[name]:
                appeals.STEPS[step](world.case)
                world.case.reload()
        yield
        transaction.set_rollback(True)
    world.case.reload()


def _take_september(world: World, steps: int) -> None:
    september = Period.objects.get(code=world.parts["september"])
    run(september, AT)
    if steps >= 1:
        in_review(september, AT)
    if steps >= 2:
        periods.approve(september.pk, by=make_user("committee"), at=AT)


def unpublished_card(world: World) -> Scorecard:
    """The agent's card of September, at a stage that has one."""
    return Scorecard.objects.get(period__code=world.parts["september"], employee__number="A001")


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def addresses(space: str = "", *, at: Any = None) -> dict[str, URLPattern]:
    """Every named address by its full name; those of the reference data only as `admin:…`."""
    found: dict[str, URLPattern] = {}
    for each in (at or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            found |= addresses(inner, at=each)
        elif each.name:
            found[f"{space}{each.name}"] = each
    return found


def ask(world: World, role: str, method: str, url: str, data: Any = None, **extra: Any) -> Any:
    """The answer to `role`. Nothing that the request does stays."""
    world.asked += 1
    client = Client(raise_request_exception=False, **extra)
    if not extra:
        client.handler = HANDLER
    if role in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    with transaction.atomic():
        if method == "POST":
            kind: dict[str, Any] = {}
            if data and "/api/" in url:
                kind["content_type"] = "application/json"
            headers = {"X-Request-ID": "the-same-1"}
            response = client.post(url, data or {}, headers=headers, **kind)
        else:
            response = client.generic(method, url, headers={"X-Request-ID": "the-same-1"})
        transaction.set_rollback(True)
    return response


def outcome(response: Any) -> str:
    """`ok` (done, or refused for the input), `login`, or the status."""
    status = response.status_code
    if status in (301, 302, 303) and "/accounts/login/" in response.headers.get("Location", ""):
        return "login"
    return "ok" if status < 400 or status == 422 else str(status)
