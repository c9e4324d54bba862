"""Zendesk: lists of tickets with the response time in hours."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

ZENDESK = Profile(
    key="zendesk",
    label=_("Zendesk tickets"),
    signature=("Ticket ID", "Agent Assigned", "Response Time (hours)"),
    columns={
        "external_id": ("Ticket ID",),
        "agent": ("Agent Assigned", "Assignee"),
        "department": ("Group",),
        "status": ("Status",),
        "created_at": ("Created Date", "Created at"),
        "resolved_at": ("Resolved Date", "Solved at"),
        "response_after": ("Response Time (hours)",),
        "category": ("Issue Type", "Type"),
        "priority": ("Priority",),
        "source_updated_at": ("Updated at",),
        "tags": ("Tags",),
    },
    values={
        "status": {"new": "open", "open": "open", "pending": "open", "on-hold": "open",
                   "in progress": "open", "resolved": "resolved", "solved": "resolved",
                   "closed": "closed"},
    },
    units={"response_after": "h"},
    rules=("response_after_creation", "resolution_only_when_done"),
)  # fmt: skip
