"""Tickets over the API: read what one may see, post batches."""

import hashlib
import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpi_portal.core.http import person
from tickets import queries
from tickets.batches import BatchInvalid, load_batch
from tickets.forms import TicketFilter
from tickets.importing import limits
from tickets.permissions import can_import, can_view_tickets

KEY_LIMIT = 200
SOURCE_LIMIT = 40


class BatchInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=SOURCE_LIMIT)  # type: ignore[assignment]
    tickets = serializers.ListField(child=serializers.DictField(), max_length=limits.API_ROWS)


class ResultError(serializers.Serializer[Any]):
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class Result(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(["created", "updated", "unchanged", "rejected"])
    errors = ResultError(many=True)  # type: ignore[assignment]


class Counts(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()


class BatchAnswer(serializers.Serializer[Any]):
    counts = Counts()
    results = Result(many=True)


class TicketOutput(serializers.Serializer[Any]):
    """A ticket; the customer only masked. Instants in company time, durations in seconds."""

    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    kind = serializers.CharField()
    channel = serializers.CharField()
    service_type = serializers.CharField()
    category = serializers.CharField()
    sub_category = serializers.CharField()
    priority = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    customer = serializers.CharField(source="customer_mask")
    order = serializers.CharField(source="order_ref")
    agent = serializers.CharField(source="agent.number", default=None, allow_null=True)
    first_agent = serializers.CharField(source="first_agent.number", default=None, allow_null=True)
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    status = serializers.CharField()
    created_at = serializers.DateTimeField()
    first_response_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField()
    last_resolved_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField()
    promised_at = serializers.DateTimeField()
    source_updated_at = serializers.DateTimeField()
    handle_seconds = serializers.IntegerField()
    contacts = serializers.IntegerField()
    transfers = serializers.IntegerField()
    reopens = serializers.IntegerField()
    escalated = serializers.BooleanField(allow_null=True)
    first_contact = serializers.BooleanField(allow_null=True)


class Tickets(ListAPIView[Any]):
    """Tickets that the caller may see, newest first."""

    serializer_class = TicketOutput

    @staticmethod
    def may(user: Any) -> bool:
        return can_view_tickets(user)

    @extend_schema(
        parameters=[
            OpenApiParameter(name, str, description=text)
            for name, text in (
                ("from", "created on or after this date (YYYY-MM-DD)"),
                ("to", "created on or before this date"),
                ("agent", "employee no."),
                ("kind", "kind of ticket"),
                ("channel", "channel"),
                ("status", "status"),
                ("source", "source system"),
                ("q", "beginning of the ticket no."),
            )
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        user = person(self.request)
        form = TicketFilter(self.request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in found] for name, found in form.errors.items()}
            )
        return queries.tickets(user, form.cleaned_data)


class TicketBatch(APIView):
    """Take up to 10,000 tickets of one source in, by the same checks as a file."""

    import_scope = True

    @staticmethod
    def may(user: Any) -> bool:
        return can_import(user)

    @extend_schema(
        request=BatchInput,
        responses=BatchAnswer,
        parameters=[OpenApiParameter("Idempotency-Key", str, "header", required=True)],
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key or len(key) > KEY_LIMIT:
            raise BatchInvalid(
                _("Send the header Idempotency-Key with up to 200 characters of your own choice.")
            )
        source, tickets, digest = _body(request)
        answer = load_batch(
            source, tickets, key=key, body_sha256=digest, by=person(request), at=timezone.now()
        )
        return Response(answer)


def _body(request: Request) -> tuple[str, list[Any], str]:
    """(source, tickets, SHA-256 of the content). Raises BatchInvalid."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > limits.API_BYTES:
        raise BatchInvalid(_("The body is larger than 25 MB. Send smaller batches."))
    data = request.data
    source = data.get("source") if isinstance(data, dict) else None
    tickets = data.get("tickets") if isinstance(data, dict) else None
    if not isinstance(source, str) or not 0 < len(source.strip()) <= SOURCE_LIMIT:
        raise BatchInvalid(_("“source” must be a text of 1 to 40 characters."))
    if not isinstance(tickets, list):
        raise BatchInvalid(_("“tickets” must be a list of tickets."))
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass")
    return source.strip(), tickets, hashlib.sha256(canonical).hexdigest()
