"""Jira Service Management: issues as CSV. Repeated columns (labels, comments) stay out."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

JIRA_SERVICE_MANAGEMENT = Profile(
    key="jira_service_management",
    label=_("Jira Service Management issues"),
    signature=("Issue key", "Issue Type", "Assignee", "Created", "Resolved"),
    columns={
        "external_id": ("Issue key",),
        "agent": ("Assignee",),
        "department": ("Project name",),
        "status": ("Status Category", "Status"),
        "created_at": ("Created",),
        "first_response_at": ("Custom field ([CHART] Date of First Response)",),
        "resolved_at": ("Resolved",),
        "source_updated_at": ("Updated",),
        "kind": ("Issue Type",),
        "category": ("Custom field (Request Type)",),
        "priority": ("Priority",),
        "customer": ("Reporter",),
    },
    answers={
        "ticket": ("Issue key",),
        "score": ("Satisfaction rating",),
        "answered_at": ("Custom field (Satisfaction date)",),
    },
    values={
        "status": {"to do": "open", "new": "open", "open": "open", "in progress": "open",
                   "waiting for support": "open", "waiting for customer": "open",
                   "pending": "open", "escalated": "open", "reopened": "open",
                   "work in progress": "open", "done": "resolved", "resolved": "resolved",
                   "canceled": "closed", "closed": "closed"},
        "kind": {"incident": "repair", "[system] incident": "repair", "problem": "repair",
                 "[system] problem": "repair", "service request": "inquiry",
                 "[system] service request": "inquiry",
                 "service request with approvals": "inquiry", "complaint": "complaint",
                 "question": "inquiry", "suggestion": "suggestion"},
    },
    rules=("resolution_only_when_done",),
    scale=5,
)  # fmt: skip
