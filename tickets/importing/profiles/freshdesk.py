"""Freshdesk: the export of the list of tickets."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

FRESHDESK = Profile(
    key="freshdesk",
    label=_("Freshdesk tickets"),
    signature=("Ticket ID", "Created time", "Initial response time", "Resolved time"),
    columns={
        "external_id": ("Ticket ID",),
        "agent": ("Agent",),
        "department": ("Group",),
        "status": ("Status",),
        "created_at": ("Created time",),
        "first_response_at": ("Initial response time",),
        "resolved_at": ("Resolved time",),
        "closed_at": ("Closed time",),
        "promised_at": ("Due by Time",),
        "source_updated_at": ("Last update time", "Last updated time"),
        "channel": ("Source",),
        "kind": ("Type",),
        "category": ("Product",),
        "priority": ("Priority",),
        "contacts": ("Agent interactions",),
        "handle_seconds": ("Time tracked",),
        "customer": ("Email", "Full name"),
        "tags": ("Tags",),
    },
    values={
        "status": {"open": "open", "pending": "open", "waiting on customer": "open",
                   "waiting on third party": "open", "resolved": "resolved",
                   "closed": "closed"},
        "channel": {"portal": "app", "feedback widget": "app", "chat": "chat",
                    "phone": "hotline", "email": "email", "outbound email": "email",
                    "twitter": "social", "facebook": "social", "whatsapp": "social"},
        "kind": {"question": "inquiry", "incident": "repair", "problem": "repair",
                 "feature request": "suggestion", "refund": "refund_dispute"},
    },
    units={"handle_seconds": "h"},
    rules=("resolution_only_when_done",),
)  # fmt: skip
