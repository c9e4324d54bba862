"""Read access for programs: appeals, with the rights of the pages. Votes never leave here."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from appeals.models import Appeal, DisputedLine, Step
from appraisal.api import REASON
from appraisal.scorecards.reasons import require_stated
from kpi_portal.core.api import Pages, api_user
from kpi_portal.people.models import User

SHORT = (
    "number", "agent", "period", "revision", "state", "topics", "grounds", "filed_at", "due_on",
    "reason_code", "inadmissible_because", "result_revision", "closed_at",
)  # fmt: skip


class DisputedOutput(serializers.ModelSerializer[DisputedLine]):
    position = serializers.IntegerField(source="line.position", read_only=True)
    metric = serializers.CharField(source="line.metric", read_only=True)

    class Meta:
        model = DisputedLine
        fields = ("position", "metric", "claim")
        read_only_fields = fields


class StepOutput(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ("act", "from_state", "to_state", "at")
        read_only_fields = fields


class AppealOutput(serializers.ModelSerializer[Appeal]):
    """A line of the list."""

    agent = serializers.CharField(source="employee.number", read_only=True)
    period = serializers.CharField(source="period.code", read_only=True)
    revision = serializers.IntegerField(source="scorecard.revision", read_only=True)
    result_revision = serializers.IntegerField(
        source="result.revision", read_only=True, default=None
    )

    class Meta:
        model = Appeal
        fields = SHORT
        read_only_fields = fields


class AppealDetailOutput(AppealOutput):
    """One appeal with what was said and done; no vote, no name of an arbiter."""

    disputed = DisputedOutput(many=True, read_only=True)
    steps = StepOutput(many=True, read_only=True)

    class Meta:
        model = Appeal
        fields = (*SHORT, "statement", "request", "recheck_note", "decision", "disputed", "steps")
        read_only_fields = fields


def _readable(user: Any) -> QuerySet[Appeal]:
    rows = Appeal.objects.readable_by(user)
    return rows.select_related("employee", "period", "scorecard", "result")


class Appeals(ListAPIView[Appeal]):
    """The appeals that the user may read in full, newest first; `?state=` narrows them."""

    serializer_class = AppealOutput
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Appeal]:
        rows = _readable(self.request.user)
        state = self.request.query_params.get("state")
        return rows.filter(state=state) if state else rows

    @extend_schema(parameters=[OpenApiParameter("state", str), REASON])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        stated = request.query_params.get("reason", "")
        require_stated(api_user(request), stated, ("appeals", "list"))
        return super().get(request, *args, **kwargs)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class AppealDetail(RetrieveAPIView[Appeal]):
    """One appeal by its number."""

    serializer_class = AppealDetailOutput
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Appeal]:
        return _readable(self.request.user).prefetch_related("disputed__line", "steps")

    @extend_schema(parameters=[REASON])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        stated = request.query_params.get("reason", "")
        require_stated(api_user(request), stated, self.get_object().period)
        return super().get(request, *args, **kwargs)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)
