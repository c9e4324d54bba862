"""Read access for programs: appeals, with the rights of the pages. Votes never leave here."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals import statistics
from appeals.models import Appeal, DisputedLine, Step
from appeals.permissions import can_see_statistics
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


class GroupOutput(serializers.Serializer[statistics.Row]):
    """Figures of one group; all null where fewer than five people appealed."""

    group = serializers.CharField(source="label")
    hidden = serializers.BooleanField(source="is_hidden")
    filed = serializers.SerializerMethodField()
    decided = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    share_changed = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True)
    share_overdue = serializers.DecimalField(
        source="share_over", max_digits=5, decimal_places=1, allow_null=True
    )
    days = serializers.SerializerMethodField()

    def get_filed(self, row: statistics.Row) -> int | None:
        return None if row.is_hidden else row.filed

    def get_decided(self, row: statistics.Row) -> int | None:
        return None if row.is_hidden else row.decided

    def get_changed(self, row: statistics.Row) -> int | None:
        return None if row.is_hidden else row.changed

    def get_days(self, row: statistics.Row) -> dict[str, str | None]:
        """Mean working days per step, by state."""
        pairs = zip(statistics.STEPS, row.days, strict=True)
        return {str(state): None if days is None else str(days) for state, days in pairs}


class StatisticsOutput(serializers.Serializer[statistics.Statistics]):
    total = GroupOutput()
    periods = GroupOutput(many=True)
    indicators = GroupOutput(many=True)
    departments = GroupOutput(many=True)
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, found: statistics.Statistics) -> dict[str, int]:
        return dict(found.reasons)


class AppealStatistics(APIView):
    """Figures for calibration, for HR leads, the committee and auditors; `?year=` narrows."""

    @extend_schema(parameters=[OpenApiParameter("year", int)], responses=StatisticsOutput)
    def get(self, request: Request) -> Response:
        text = request.query_params.get("year", "")
        year = int(text) if text.isdecimal() and len(text) == 4 and int(text) > 1 else None
        found = statistics.statistics(timezone.now(), year=year)
        return Response(StatisticsOutput(found).data)

    @staticmethod
    def may(user: User) -> bool:
        return can_see_statistics(user)


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
