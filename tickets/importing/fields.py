"""The fields that a file can fill, how each is read, and the names under which exports know them.

Field names are those of `--map` and of the batch API.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.importing.field import Field
from tickets.importing.table_kinds import KINDS
from tickets.models import Ticket

_model = Ticket._meta.get_field


def _label(name: str) -> Any:
    return _model(name).verbose_name  # type: ignore[union-attr]


TICKET_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("external_id", _label("external_id"), "id"),
        Field("kind", _label("kind"), "choice"),
        Field("channel", _label("channel"), "choice"),
        Field("service_type", _label("service_type"), limit=60),
        Field("category", _label("category")),
        Field("sub_category", _label("sub_category")),
        Field("priority", _label("priority"), limit=40),
        Field("tags", _label("tags"), "tags"),
        Field("customer", _("customer"), "customer", 200),
        Field("order", _label("order_ref"), "id"),
        Field("agent", _label("agent"), "person"),
        Field("first_agent", _label("first_agent"), "person"),
        Field("department", _label("department"), "group"),
        Field("status", _label("status"), "choice"),
        Field("created_at", _label("created_at"), "instant"),
        Field("first_response_at", _label("first_response_at"), "instant"),
        Field("resolved_at", _label("resolved_at"), "instant"),
        Field("last_resolved_at", _label("last_resolved_at"), "instant"),
        Field("solution_given_at", _label("solution_given_at"), "instant"),
        Field("closed_at", _label("closed_at"), "instant"),
        Field("promised_at", _label("promised_at"), "instant"),
        Field("appointment_at", _label("appointment_at"), "instant"),
        Field("arrived_at", _label("arrived_at"), "instant"),
        Field("source_updated_at", _label("source_updated_at"), "instant"),
        Field("handle_seconds", _label("handle_seconds"), "seconds"),
        Field("complexity", _label("complexity"), limit=40),
        Field("accepted", _label("accepted"), "flag"),
        Field("contacts", _label("contacts"), "count"),
        Field("transfers", _label("transfers"), "count"),
        Field("reopens", _label("reopens"), "count"),
        Field("escalated", _label("escalated"), "flag"),
        Field("first_contact", _label("first_contact"), "flag"),
        Field("service_error", _label("service_error"), "flag"),
        Field("knowledge_article", _label("knowledge_article")),
        Field("rework_of", _label("rework_of"), "id"),
        Field("root_cause", _label("root_cause")),
        Field("root_cause_confirmed", _label("root_cause_confirmed"), "flag"),
        Field("suggestion_adopted", _label("suggestion_adopted"), "flag"),
        # Only in files: rules of a profile turn them into the fields above.
        Field("response_after", _("response time"), "seconds"),
        Field("resolved_after", _("resolution time"), "seconds"),
        Field("is_resolved", _("resolved, yes or no"), "flag"),
        Field("event_state", _("state in the log")),
    )
}

ANSWER_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("external_id", _("answer no."), "id"),
        Field("ticket", _("ticket no."), "id"),
        TICKET_FIELDS["agent"],
        Field("answered_at", _("answered at"), "instant"),
        Field("score", pgettext_lazy("answer", "score"), "score"),
        Field("scale", pgettext_lazy("answer", "scale"), "count"),
        Field("nps", _("likelihood to recommend"), "score"),
        Field("attitude", _("attitude"), "score"),
        Field("efficiency", _("efficiency"), "score"),
        Field("outcome", _("outcome"), "score"),
        Field("expertise", _("expertise"), "score"),
        Field("comment", _("customer's comment"), limit=32_767),
        TICKET_FIELDS["channel"],
        TICKET_FIELDS["department"],
        TICKET_FIELDS["source_updated_at"],
        # For the end of the contact where the answer has no date of its own.
        TICKET_FIELDS["closed_at"],
        TICKET_FIELDS["resolved_at"],
        TICKET_FIELDS["first_response_at"],
        TICKET_FIELDS["created_at"],
        TICKET_FIELDS["handle_seconds"],
        TICKET_FIELDS["status"],
        TICKET_FIELDS["last_resolved_at"],
        TICKET_FIELDS["response_after"],
        TICKET_FIELDS["resolved_after"],
        TICKET_FIELDS["is_resolved"],
    )
}
# The dimensions of an answer, as columns of a file.
DIMENSIONS = ("attitude", "efficiency", "outcome", "expertise")
ENDS = ("closed_at", "resolved_at", "first_response_at", "created_at")

# Fields whose length the database holds: the API and files obey the same.
OF_KIND: Mapping[str, Mapping[str, Field]] = {
    "tickets": TICKET_FIELDS,
    "satisfaction": ANSWER_FIELDS,
    **{key: kind.fields for key, kind in KINDS.items()},
}

# Times that may lie in the future: promises and appointments.
PLANNED = frozenset({"promised_at", "appointment_at"})
