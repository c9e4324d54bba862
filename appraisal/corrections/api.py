"""Corrections for programs: the same rights, services and refusals as on the pages."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appraisal.corrections import adjusting, excluding, permissions, queries
from appraisal.corrections.effects import line_of
from appraisal.corrections.words import ORIGINS
from appraisal.metrics import METRICS
from appraisal.models import AdjustmentRequest, Exclusion, Scorecard, ScoreLine
from kpi_portal.core.api import Pages, api_user
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Department, User
from kpi_portal.people.permissions import is_fresh
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

COMMON = (
    "id",
    "state",
    "reason",
    "proposed_by",
    "proposed_at",
    "decided_by",
    "decided_at",
    "decision_reason",
)


class AdjustmentInput(serializers.Serializer[Any]):
    """`indicator` empty: `points` is what the total changes by, else the line's new points."""

    period = serializers.CharField(max_length=10)
    agent = serializers.CharField(max_length=60)
    indicator = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    segment = serializers.IntegerField(min_value=1, max_value=99, default=1)
    points = serializers.DecimalField(max_digits=6, decimal_places=2)
    origin = serializers.ChoiceField(choices=list(ORIGINS))
    reason = serializers.CharField(max_length=1000)


class AdjustmentOutput(serializers.ModelSerializer[AdjustmentRequest]):
    """`effect`: finals and bands before and after, as of the proposal or the decision."""

    period = serializers.CharField(source="period.code", read_only=True)
    agent = serializers.CharField(source="employee.number", read_only=True)
    indicator = serializers.CharField(source="indicator.code", default="", read_only=True)
    proposed_by = serializers.CharField(source="proposed_by.username", read_only=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, read_only=True)

    class Meta:
        model = AdjustmentRequest
        fields = (*COMMON, "period", "agent", "indicator", "segment", "points", "origin", "effect")
        read_only_fields = fields


class ExclusionInput(serializers.Serializer[Any]):
    """One of `ticket`, `answer` (their ids), or a span of time."""

    ticket = serializers.IntegerField(required=False, min_value=1)
    answer = serializers.IntegerField(required=False, min_value=1)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    channel = serializers.ChoiceField(
        choices=[("", ""), *Ticket.Channel.choices], required=False, default=""
    )
    department = serializers.SlugRelatedField(
        slug_field="code", queryset=Department.objects.all(), required=False, default=None
    )
    cause = serializers.ChoiceField(choices=Exclusion.Cause.choices)
    metrics = serializers.ListField(
        child=serializers.ChoiceField(choices=list(METRICS)), required=False, default=list
    )
    reason = serializers.CharField(max_length=1000)


class ExclusionOutput(serializers.ModelSerializer[Exclusion]):
    """`effect`: those of whom the reader may see unpublished numbers."""

    department = serializers.CharField(source="department.code", default="", read_only=True)
    asked_by_agent = serializers.CharField(
        source="asked_by_agent.number", default=None, read_only=True
    )
    proposed_by = serializers.CharField(source="proposed_by.username", read_only=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, read_only=True)
    effect = serializers.SerializerMethodField()

    class Meta:
        model = Exclusion
        fields = (
            *COMMON,
            "cause",
            "metrics",
            "ticket",
            "answer",
            "starts_at",
            "ends_at",
            "channel",
            "department",
            "asked_by_agent",
            "effect",
        )
        read_only_fields = fields

    def get_effect(self, exclusion: Exclusion) -> list[dict[str, str | None]]:
        rows = queries.exclusion_effect(exclusion, api_user(self.context["request"]))
        return [
            {
                "period": row.period,
                "agent": row.number,
                "final_before": None if row.final_before is None else str(row.final_before),
                "final_after": None if row.final_after is None else str(row.final_after),
            }
            for row in rows
        ]


class DecisionInput(serializers.Serializer[Any]):
    """`shown`: the final after an adjustment, as the reader saw it."""

    decision = serializers.ChoiceField(choices=["approve", "refuse"])
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    shown = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")


class Adjustments(ListAPIView[AdjustmentRequest]):
    """The proposals that the user may see, newest first; POST proposes one."""

    serializer_class = AdjustmentOutput
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[AdjustmentRequest]:
        return queries.adjustments(api_user(self.request))

    @extend_schema(request=AdjustmentInput, responses={201: AdjustmentOutput})
    def post(self, request: Request) -> Response:
        given = _valid(AdjustmentInput(data=request.data))
        user = api_user(request)
        card, line = _card_and_line(user, given)
        if not permissions.can_propose_adjustment(user, card):
            raise NotAllowed(_("Adjustments are proposed by the supervisor or by HR."))
        made = adjusting.propose(
            card,
            line=line,
            points=given["points"],
            origin=given["origin"],
            reason=given["reason"],
            by=user,
            at=timezone.now(),
        )
        return Response(AdjustmentOutput(made).data, status=201)

    @staticmethod
    def may(user: User) -> bool:
        return permissions.can_list_adjustments(user)


class Adjustment(RetrieveAPIView[AdjustmentRequest]):
    """One proposal."""

    serializer_class = AdjustmentOutput

    def get_queryset(self) -> QuerySet[AdjustmentRequest]:
        return permissions.visible_adjustments(api_user(self.request))

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class AdjustmentDecision(APIView):
    """Approve or refuse: another person of HR, freshly signed in."""

    @extend_schema(request=DecisionInput, responses=AdjustmentOutput)
    def post(self, request: Request, pk: int) -> Response:
        user = api_user(request)
        found = permissions.visible_adjustments(user).filter(pk=pk).first()
        if found is None:
            raise Http404
        if not permissions.can_decide_adjustment(user, found):
            raise NotAllowed(_("This proposal is for another person of HR to decide."))
        given = _decision(request)
        at = timezone.now()
        if given["decision"] == "approve":
            found = adjusting.approve(
                pk, shown=given["shown"], by=user, at=at, reason=given["reason"]
            )
        else:
            found = adjusting.refuse(pk, by=user, at=at, reason=given["reason"])
        return Response(AdjustmentOutput(found).data)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class Exclusions(ListAPIView[Exclusion]):
    """The proposals that the user may see, newest first; POST proposes one, or asks for it."""

    serializer_class = ExclusionOutput
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Exclusion]:
        return queries.exclusions(api_user(self.request))

    @extend_schema(request=ExclusionInput, responses={201: ExclusionOutput})
    def post(self, request: Request) -> Response:
        given = _valid(ExclusionInput(data=request.data))
        user = api_user(request)
        record = _record(user, given.pop("ticket", None), given.pop("answer", None))
        _refuse_stranger(user, record, given["department"])
        made = excluding.propose(record_of=record, **given, by=user, at=timezone.now())
        return Response(ExclusionOutput(made, context={"request": request}).data, status=201)

    @staticmethod
    def may(user: User) -> bool:
        return permissions.can_list(user)


class ExclusionDetail(RetrieveAPIView[Exclusion]):
    """One proposal."""

    serializer_class = ExclusionOutput

    def get_queryset(self) -> QuerySet[Exclusion]:
        return permissions.visible_exclusions(api_user(self.request))

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class ExclusionDecision(APIView):
    """Approve or refuse: another person of HR, freshly signed in."""

    @extend_schema(request=DecisionInput, responses=ExclusionOutput)
    def post(self, request: Request, pk: int) -> Response:
        user = api_user(request)
        found = permissions.visible_exclusions(user).filter(pk=pk).first()
        if found is None:
            raise Http404
        if not permissions.can_decide_exclusion(user, found):
            raise NotAllowed(_("This proposal is for another person of HR to decide."))
        given = _decision(request)
        act = excluding.approve if given["decision"] == "approve" else excluding.refuse
        found = act(pk, by=user, at=timezone.now(), reason=given["reason"])
        return Response(ExclusionOutput(found, context={"request": request}).data)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


def _valid(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _decision(request: Request) -> dict[str, Any]:
    """The decision of somebody who has just proved who they are."""
    if settings.FRESH_AUTHENTICATION and not is_fresh(request._request):
        raise NotAllowed(_("Sign in again, then decide within five minutes."))
    return _valid(DecisionInput(data=request.data))


def _card_and_line(user: User, given: dict[str, Any]) -> tuple[Scorecard, ScoreLine | None]:
    """The newest card of a person and period that the user may see, and the line named."""
    rows = Scorecard.objects.visible_to(user).filter(
        period__code=given["period"], employee__number=given["agent"]
    )
    seen = rows.select_related("period").first()
    card = adjusting.newest_card(seen.period, seen.employee_id) if seen else None
    if card is None:
        raise Http404
    if not given["indicator"]:
        return card, None
    for line in card.lines.all():
        if line.indicator.code == given["indicator"]:
            found = line_of(card, line.indicator_id, given["segment"])
            if found is not None:
                return card, found
    raise serializers.ValidationError(
        {"indicator": [_("The scorecard has no line of this indicator.")]}
    )


def _record(
    user: User, ticket: int | None, answer: int | None
) -> Ticket | SatisfactionAnswer | None:
    found: Ticket | SatisfactionAnswer | None = None
    if ticket is not None:
        found = Ticket.objects.visible_to(user).filter(pk=ticket).first()
    elif answer is not None:
        found = SatisfactionAnswer.objects.visible_to(user).filter(pk=answer).first()
    if found is None and (ticket, answer) != (None, None):
        raise Http404
    return found


def _refuse_stranger(
    user: User, record: Ticket | SatisfactionAnswer | None, department: Department | None
) -> None:
    if record is None:
        if not permissions.can_propose_span(user, department):
            raise NotAllowed(_("Spans of time are proposed by supervisors and HR."))
        return
    owners = permissions.owners_of(record)
    if not permissions.can_ask(user, owners) and not permissions.can_propose_exclusion(
        user, owners
    ):
        raise NotAllowed(_("The agent, their supervisor and HR may propose this."))
