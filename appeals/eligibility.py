"""Conflicts of interest: who must not act on an appeal, and why.

Checked at assignment, when evidence is opened, and inside the transaction that decides.
Source: 5-appeals.md rule 2; 9-promises.md section 4, C1 to C9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.line import line_above, line_below
from appeals.models import Appeal, Topic
from appeals.models.visibility import AppealQuerySet
from appraisal.models import Adjustment, AdjustmentRequest, Exclusion
from kpi_portal.core.time import midnight
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date, users_with_role, zone
from surveys.models import Assessment


class Capacity(StrEnum):
    """In what part somebody would act."""

    REVIEWER = "reviewer"
    EVALUATOR = "evaluator"
    ARBITER = "arbiter"
    CHAIR = "chair"
    HR_LEAD = "hr_lead"
    OUTSIDE = "outside"


ROLES: Mapping[Capacity, tuple[str, ...]] = MappingProxyType(
    {
        Capacity.REVIEWER: (Role.HR,),
        Capacity.EVALUATOR: (Role.SUPERVISOR, Role.INSPECTOR, Role.HR),
        Capacity.ARBITER: (Role.COMMITTEE,),
        Capacity.CHAIR: (Role.CHAIR,),
        Capacity.HR_LEAD: (Role.HR_LEAD,),
        Capacity.OUTSIDE: tuple(Role.values),  # named for the office, whatever else they do
    }
)
JUDGES = (
    Capacity.REVIEWER,
    Capacity.EVALUATOR,
    Capacity.ARBITER,
    Capacity.CHAIR,
    Capacity.OUTSIDE,
)
DECIDERS = (Capacity.ARBITER, Capacity.CHAIR, Capacity.OUTSIDE)

REASONS: Mapping[str, Promise] = MappingProxyType(
    {
        "inactive": _("the account is switched off"),
        "role": _("does not hold the role that this needs"),
        "self": _("is the appellant"),
        "above": _("is or was above the appellant in the line since the period began"),
        "below": _("reports or reported to the appellant since the period began"),
        "acted": _("has acted on this scorecard"),
        "rated": _("has rated the appellant in this period"),
        "wrote_scheme": _("wrote the scheme version whose weights are disputed"),
        "decided": _("has acted in this case in another part"),
        "own_appeal": _("has an open appeal of their own in the same period"),
        "judged": _("has an open appeal that the appellant judges"),
        "stepped_back": _("has stepped back from this case"),
    }
)

# Acts of history that decide something, by the part in which they are done.
DECIDED_AS: Mapping[str, Capacity] = MappingProxyType(
    {
        "find_compliant": Capacity.REVIEWER,
        "find_violated": Capacity.REVIEWER,
        "finish_recheck": Capacity.REVIEWER,
        "propose": Capacity.REVIEWER,
        "re_evaluate": Capacity.EVALUATOR,
        "vote": Capacity.ARBITER,
        "take_up": Capacity.OUTSIDE,
    }
)


@dataclass(frozen=True, slots=True)
class Stakes:
    """Who has which stake in one appeal: ids of employees (line, judges) and of accounts."""

    employee_id: int
    above: frozenset[int]
    below: frozenset[int]
    judged: frozenset[int]
    appealing: frozenset[int]
    acted: frozenset[int]
    rated: frozenset[int]
    authors: frozenset[int]
    stepped_back: frozenset[int]
    parts: Mapping[int, frozenset[Capacity]]


def stakes(appeal: Appeal, now: datetime) -> Stakes:
    """Read from the records as they stand; nothing is remembered between calls."""
    start, today = appeal.period.start_on, local_date(now)
    above = line_above(appeal.employee_id, start, today)
    if appeal.scorecard.supervisor_id is not None:
        above.add(appeal.scorecard.supervisor_id)
    others = Appeal.objects.open().filter(period_id=appeal.period_id).exclude(pk=appeal.pk)
    return Stakes(
        employee_id=appeal.employee_id,
        above=frozenset(above - {appeal.employee_id}),
        below=frozenset(line_below(appeal.employee_id, start, today)),
        judged=frozenset(_judged_by_appellant(appeal, others)),
        appealing=frozenset(others.values_list("employee_id", flat=True)),
        acted=frozenset(_acted(appeal)),
        rated=frozenset(_rated(appeal)),
        authors=frozenset(_authors(appeal)),
        stepped_back=frozenset(_stepped_back(appeal)),
        parts=_parts(appeal),
    )


def conflicts(
    user: User,
    appeal: Appeal,
    capacity: Capacity,
    now: datetime,
    *,
    known: Stakes | None = None,
) -> list[str]:
    """Keys of REASONS that keep `user` from acting in `capacity`; empty means eligible.

    `known` are the appeal's stakes where several people are asked about at once.
    """
    found = []
    if not user.is_active:
        found.append("inactive")
    if not user.has_role(*ROLES[capacity]):
        found.append("role")
    return found + _stakes_of(user, known or stakes(appeal, now), capacity)


def _stakes_of(user: User, case: Stakes, capacity: Capacity) -> list[str]:
    employee = user.employee_id
    judges, panel = capacity in JUDGES, capacity in DECIDERS
    tests = {
        "self": employee == case.employee_id,
        "above": employee in case.above,
        "below": employee in case.below,
        "acted": judges and user.pk in case.acted,
        "rated": judges and employee in case.rated,
        "wrote_scheme": judges and user.pk in case.authors,
        "decided": judges and _other_part(case.parts.get(user.pk, frozenset()), capacity),
        "own_appeal": panel and employee in case.appealing,
        "judged": judges and employee in case.judged,
        "stepped_back": user.pk in case.stepped_back,
    }
    return [key for key, holds in tests.items() if holds]


def _other_part(parts: frozenset[Capacity], capacity: Capacity) -> bool:
    """C4. A chair may also sit on the panel: both are the same level."""
    same = {Capacity.ARBITER} if capacity == Capacity.CHAIR else {capacity}
    return bool(parts - same)


def is_eligible(user: User, appeal: Appeal, capacity: Capacity, now: datetime) -> bool:
    """Whether nothing keeps `user` from acting in `capacity`."""
    return not conflicts(user, appeal, capacity, now)


def eligible_users(appeal: Appeal, capacity: Capacity, now: datetime) -> list[User]:
    """Everybody who may act in `capacity`, by user name."""
    case = stakes(appeal, now)
    candidates = users_with_role(*ROLES[capacity])
    free = [user for user in candidates if not _stakes_of(user, case, capacity)]
    return sorted(free, key=lambda user: user.username)


def _acted(appeal: Appeal) -> set[int]:
    """C3: who adjusted this card, excluded records of it or evaluated it again, proposing or
    deciding, in whatever revision.

    What this very appeal did is no stake in it.
    """
    adjusted = Adjustment.objects.filter(
        scorecard__period_id=appeal.period_id, scorecard__employee_id=appeal.employee_id
    ).exclude(origin=origin_of(appeal))
    pairs = adjusted.values_list("proposed_by_id", "approved_by_id")
    earlier = Appeal.objects.filter(
        period_id=appeal.period_id, employee_id=appeal.employee_id, evaluator__isnull=False
    ).exclude(pk=appeal.pk)
    found = {user for pair in pairs for user in pair if user is not None}
    for rows in (_adjustment_requests(appeal), _exclusions(appeal)):
        asked = rows.values_list("proposed_by_id", "decided_by_id")
        found |= {user for pair in asked for user in pair if user is not None}
    return found | {pk for pk in earlier.values_list("evaluator_id", flat=True) if pk is not None}


def _adjustment_requests(appeal: Appeal) -> QuerySet[AdjustmentRequest]:
    rows = AdjustmentRequest.objects.filter(
        period_id=appeal.period_id, employee_id=appeal.employee_id
    )
    return rows.exclude(origin=origin_of(appeal))


def _exclusions(appeal: Appeal) -> QuerySet[Exclusion]:
    """Those asked for the appellant, and those of single records of theirs; a span that was
    left out for a whole department is nobody's stake."""
    me, period = appeal.employee_id, appeal.period
    after = midnight(period.start_on, zone())
    own = Q(asked_by_agent_id=me) | Q(belongs_to_id=me)
    ticket = Q(ticket__agent_id=me) | Q(ticket__first_owner_id=me)
    return Exclusion.objects.filter(own | ticket | Q(answer__agent_id=me), proposed_at__gte=after)


def _rated(appeal: Appeal) -> set[int]:
    """C3: employees who gave the appellant a QA, 360 or exam mark that counts in the period."""
    period = appeal.period
    start = midnight(period.start_on, zone())
    end = appeal.scorecard.cutoff
    rows = Assessment.objects.filter(
        subject_id=appeal.employee_id,
        submitted_at__gte=start,
        submitted_at__lte=end,
        rater__isnull=False,
    ).exclude(rater_id=appeal.employee_id)
    return {pk for pk in rows.values_list("rater_id", flat=True) if pk is not None}


def origin_of(appeal: Appeal) -> str:
    """How adjustments and revisions name the appeal that they come from."""
    return f"appeal {appeal.number}"


def _authors(appeal: Appeal) -> set[int]:
    """C3: who wrote the scheme version, where weights are disputed.

    They are where more than single lines is: the total, the band or the procedure.
    """
    if not {Topic.PROCEDURE, Topic.TOTAL, Topic.BAND} & set(appeal.topics):
        return set()
    version = appeal.scorecard.version
    authors = set(version.editors.values_list("pk", flat=True))
    return authors | ({version.author_id} if version.author_id is not None else set())


def _judged_by_appellant(appeal: Appeal, others: AppealQuerySet) -> set[int]:
    """C5: employees with an open appeal of this period in the appellant's hands."""
    me = Q(employee_id=appeal.employee_id)
    users = User.objects.filter(me).values("pk")
    rows = others.filter(Q(reviewer__in=users) | Q(evaluator__in=users) | Q(panel__user__in=users))
    return set(rows.values_list("employee_id", flat=True))


def _stepped_back(appeal: Appeal) -> set[int]:
    """C5, and those whose seat was given to another because of a stake."""
    left = appeal.panel.filter(recused_at__isnull=False).values_list("user_id", flat=True)
    return {*appeal.recusals.values_list("user_id", flat=True), *left}


def _parts(appeal: Appeal) -> dict[int, frozenset[Capacity]]:
    """In which parts each account has acted, or is assigned to act."""
    parts: dict[int, set[Capacity]] = {}

    def add(user_id: int | None, part: Capacity) -> None:
        if user_id is not None:
            parts.setdefault(user_id, set()).add(part)

    add(appeal.reviewer_id, Capacity.REVIEWER)
    add(appeal.evaluator_id, Capacity.EVALUATOR)
    add(appeal.outside_chair_id, Capacity.OUTSIDE)
    for user_id in appeal.panel.values_list("user_id", flat=True):
        add(user_id, Capacity.ARBITER)
    acts = appeal.steps.filter(act__in=DECIDED_AS).values_list("by_id", "act")
    for user_id, act in acts:
        add(user_id, DECIDED_AS[act])
    return {user_id: frozenset(found) for user_id, found in parts.items()}
