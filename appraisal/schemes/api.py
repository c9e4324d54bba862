"""Schemes for programs: whether a version, or a scheme file not stored, could be submitted.

Sentences are those of the pages; `fields` names the place of each as `items.2.weight`.
"""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appraisal.models import Scheme
from appraisal.schemes import queries
from appraisal.schemes.content import Content, content_of
from appraisal.schemes.guard import Obstacle, by_field, content_obstacles, content_warnings
from appraisal.schemes.permissions import can_create
from appraisal.schemes.services.files import coverage_of
from appraisal.schemes.services.templates import template_content
from appraisal.templates_catalogue.loader import parse_file
from kpi_portal.core.api import api_user
from kpi_portal.people.models import User


class ObstacleOutput(serializers.Serializer[Any]):
    """One thing in the way, or one to think of."""

    field = serializers.CharField()
    message = serializers.CharField()


class CheckOutput(serializers.Serializer[Any]):
    """Whether it is ready to be submitted, and what stands in the way."""

    ready = serializers.BooleanField()
    weights_total = serializers.CharField()
    obstacles = ObstacleOutput(many=True)
    warnings = ObstacleOutput(many=True)
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField()
    )


class FileInput(serializers.Serializer[Any]):
    """A scheme as YAML text, as pages export it."""

    yaml = serializers.CharField(max_length=400_000, trim_whitespace=False)


class VersionCheck(APIView):
    """Whether a version could be submitted as it stands."""

    @staticmethod
    def may(user: User) -> bool:
        return bool(user.roles)

    @extend_schema(responses=CheckOutput)
    def get(self, request: Request, key: str, number: int) -> Response:
        version = queries.find_version(api_user(request), key, number)
        if version is None:
            raise Http404
        return Response(checked(content_of(version), version.scheme))


class FileCheck(APIView):
    """Whether a scheme file could be imported and submitted; nothing is stored.

    A file that cannot be read is answered with 422 and a sentence for each field, with its line.
    """

    parser_classes = (JSONParser, FormParser, MultiPartParser)

    @staticmethod
    def may(user: User) -> bool:
        return can_create(user)

    @extend_schema(request=FileInput, responses=CheckOutput)
    def post(self, request: Request) -> Response:
        given = FileInput(data=request.data)
        given.is_valid(raise_exception=True)
        found, document = parse_file(given.validated_data["yaml"])
        cycle = found.cycle or "month"
        scheme = Scheme(key=found.key, cycle=cycle, subject=found.subject)
        content = template_content(found, cycle, coverage=coverage_of(found, document))
        return Response(checked(content, scheme))


def checked(content: Content, scheme: Scheme) -> dict[str, Any]:
    """The answer of both: obstacles in the order of the page."""
    obstacles = content_obstacles(content, scheme)
    return {
        "ready": not obstacles,
        "weights_total": str(content.total),
        "obstacles": _plain(obstacles),
        "warnings": _plain(content_warnings(content)),
        "fields": by_field(obstacles),
    }


def _plain(obstacles: list[Obstacle]) -> list[dict[str, str]]:
    return [{"field": each.where, "message": each.sentence} for each in obstacles]
