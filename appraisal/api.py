"""Read access for programs: indicators, schemes, periods, scorecards. Rights are as on pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appraisal.models import Indicator, Period, Scheme, SchemeItem, SchemeVersion, Scorecard
from appraisal.periods.permissions import can_view_periods
from appraisal.scorecards.export import document
from appraisal.scorecards.queries import with_parts
from appraisal.scorecards.reasons import require_stated
from kpi_portal.core.api import Pages, api_user
from kpi_portal.people.models import User


class IndicatorOutput(serializers.ModelSerializer[Indicator]):
    class Meta:
        model = Indicator
        fields = (
            "code",
            "name",
            "name_zh_hant",
            "name_en",
            "metric",
            "params",
            "category",
            "target",
            "description",
            "is_active",
        )
        read_only_fields = fields


class Indicators(ListAPIView[Indicator]):
    """The indicator library; it holds no results."""

    serializer_class = IndicatorOutput
    queryset = Indicator.objects.order_by("code")

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class ItemOutput(serializers.ModelSerializer[SchemeItem]):
    indicator: serializers.SlugRelatedField[Indicator] = serializers.SlugRelatedField(
        slug_field="code", read_only=True
    )

    class Meta:
        model = SchemeItem
        fields = (
            "position",
            "category",
            "indicator",
            "params",
            "rule",
            "rule_params",
            "weight",
            "missing_policy",
            "min_sample",
            "part",
        )
        read_only_fields = fields


class VersionOutput(serializers.ModelSerializer[SchemeVersion]):
    scheme: serializers.SlugRelatedField[Scheme] = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    name = serializers.CharField(source="scheme.name", read_only=True)
    cycle = serializers.CharField(source="scheme.cycle", read_only=True)
    subject = serializers.CharField(source="scheme.subject", read_only=True)
    items = ItemOutput(many=True, read_only=True)

    class Meta:
        model = SchemeVersion
        fields = (
            "scheme",
            "name",
            "cycle",
            "subject",
            "number",
            "state",
            "effective_from",
            "effective_to",
            "bands",
            "maximum",
            "coefficient_mode",
            "coefficient_table",
            "rollup",
            "blend_share",
            "parts",
            "newcomer_months",
            "missing_limit",
            "min_days",
            "items",
        )
        read_only_fields = fields


class Versions(ListAPIView[SchemeVersion]):
    """The scheme versions that the user may see, with their items."""

    serializer_class = VersionOutput

    def get_queryset(self) -> QuerySet[SchemeVersion]:
        return _versions(self.request)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class Version(RetrieveAPIView[SchemeVersion]):
    """One version by the scheme's key and its number."""

    serializer_class = VersionOutput

    def get_object(self) -> SchemeVersion:
        found = (
            _versions(self.request)
            .filter(scheme__key=self.kwargs["key"], number=self.kwargs["number"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


def _versions(request: Request) -> QuerySet[SchemeVersion]:
    return (
        SchemeVersion.objects.visible_to(api_user(request))
        .select_related("scheme")
        .prefetch_related("items__indicator")
        .order_by("scheme__key", "-number")
    )


class PeriodOutput(serializers.ModelSerializer[Period]):
    class Meta:
        model = Period
        fields = (
            "code",
            "cycle",
            "start_on",
            "end_on",
            "cutoff_on",
            "state",
            "published_at",
            "appeals_until",
            "closed_at",
        )
        read_only_fields = fields


class Periods(ListAPIView[Period]):
    """Periods and where they stand, newest first; everybody sees the published ones."""

    serializer_class = PeriodOutput

    def get_queryset(self) -> QuerySet[Period]:
        rows = Period.objects.order_by("-start_on", "cycle")
        if can_view_periods(api_user(self.request)):
            return rows
        return rows.filter(published_at__isnull=False)

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)


class LineOutput(serializers.Serializer[Any]):
    """One line as `export_scores` writes it; decimals are strings."""

    position = serializers.IntegerField()
    metric = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    sample = serializers.IntegerField()
    left_out = serializers.IntegerField()
    rule = serializers.CharField()
    points = serializers.CharField(allow_null=True)
    nominal_weight = serializers.CharField()
    weight = serializers.CharField()
    contribution = serializers.CharField()
    missing_policy = serializers.CharField()
    segment = serializers.IntegerField(required=False)
    effect = serializers.CharField(required=False)
    holds = serializers.BooleanField(required=False)
    is_borderline = serializers.BooleanField(required=False)


class SegmentOutput(serializers.Serializer[Any]):
    """One part of a split period as `export_scores` writes it; `end` is excluded."""

    segment = serializers.IntegerField()
    start = serializers.DateField()
    end = serializers.DateField()
    scheme = serializers.CharField()
    version = serializers.IntegerField()
    department = serializers.CharField()
    position = serializers.CharField(allow_null=True)
    working_days = serializers.IntegerField()
    status = serializers.CharField()
    subtotal = serializers.CharField(allow_null=True)
    coefficient = serializers.CharField()
    extra = serializers.CharField()
    deduction = serializers.CharField()
    final = serializers.CharField(allow_null=True)


class RollupPartOutput(serializers.Serializer[Any]):
    """A published part of a quarter or year."""

    period = serializers.CharField()
    revision = serializers.IntegerField()
    final = serializers.CharField()
    months = serializers.IntegerField()


class RollupOutput(serializers.Serializer[Any]):
    """How a quarter or year was put together; `recomputed` is what its own records give."""

    mode = serializers.CharField()
    share = serializers.CharField()
    recomputed = serializers.CharField(allow_null=True)
    parts = RollupPartOutput(many=True)


REASON = OpenApiParameter("reason", str, description="auditors: why they read")


class CardOutput(serializers.Serializer[Any]):
    """One scorecard as `export_scores` writes it; decimals are strings."""

    agent = serializers.CharField()
    name = serializers.CharField()
    department = serializers.CharField()
    period = serializers.CharField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    status = serializers.CharField()
    subtotal = serializers.CharField(allow_null=True)
    coefficient = serializers.CharField()
    extra = serializers.CharField()
    deduction = serializers.CharField()
    final = serializers.CharField(allow_null=True)
    band = serializers.CharField(allow_null=True)
    adjusted = serializers.CharField(required=False)
    is_borderline = serializers.BooleanField(required=False)
    segments = SegmentOutput(many=True, required=False)
    rollup = RollupOutput(required=False)
    lines = LineOutput(many=True)


class Cards(APIView):
    """The newest revision of each scorecard that the user may see."""

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)

    @extend_schema(
        responses=CardOutput(many=True),
        parameters=[
            OpenApiParameter("period", str, description="e.g. 2026-10, 2026-Q3, 2026"),
            OpenApiParameter("agent", str, description="employee no."),
            OpenApiParameter("department", str, description="department code"),
            REASON,
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int, description="at most 100"),
        ],
    )
    def get(self, request: Request) -> Response:
        stated = request.query_params.get("reason", "")
        require_stated(api_user(request), stated, ("scorecards", "list"))
        rows = Scorecard.objects.visible_to(api_user(request)).current()
        filters = {
            "period": "period__code",
            "agent": "employee__number",
            "department": "department__code",
        }
        for name, field in filters.items():
            if value := request.query_params.get(name):
                rows = rows.filter(**{field: value})
        rows = rows.select_related("period", "employee", "department").order_by(
            "-period__start_on", "period__cycle", "employee__number"
        )
        pages = Pages()
        found: list[Scorecard] | None = pages.paginate_queryset(
            with_parts(rows), request, view=self
        )
        return pages.get_paginated_response([document(card) for card in found or []])


class Card(APIView):
    """One scorecard by period and employee no., newest or `?revision=`."""

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)

    @extend_schema(responses=CardOutput, parameters=[OpenApiParameter("revision", int), REASON])
    def get(self, request: Request, period: str, agent: str) -> Response:
        rows = Scorecard.objects.visible_to(api_user(request)).filter(
            period__code=period, employee__number=agent
        )
        revision = request.query_params.get("revision", "")
        rows = rows.filter(revision=int(revision)) if revision.isdecimal() else rows.current()
        card = with_parts(rows.select_related("period", "employee", "department")).first()
        if card is None:
            raise Http404
        stated = request.query_params.get("reason", "")
        require_stated(api_user(request), stated, card.period)
        return Response(document(card))
