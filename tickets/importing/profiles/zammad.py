"""Zammad: tickets downloaded from a report or the time accounting, as a table."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

ZAMMAD = Profile(
    key="zammad",
    label=_("Zammad tickets"),
    signature=("State", "Owner", "Create Channel", "First Response At"),
    columns={
        "external_id": ("#", "Ticket Number", "Number"),
        "agent": ("Owner",),
        "department": ("Group",),
        "status": ("State",),
        "created_at": ("Created At",),
        "first_response_at": ("First Response At",),
        "resolved_at": ("Closed At",),
        "source_updated_at": ("Updated At",),
        "promised_at": ("Close Escalation At",),
        "channel": ("Create Channel",),
        "priority": ("Priority",),
        "contacts": ("Article Count",),
        "customer": ("Customer",),
        "tags": ("Tags",),
    },
    values={
        "status": {"new": "open", "open": "open", "pending reminder": "open",
                   "pending close": "open", "closed": "closed", "merged": "closed"},
        "channel": {"email": "email", "phone": "hotline", "web": "app", "note": "other",
                    "chat": "chat", "twitter status": "social",
                    "twitter direct-message": "social", "facebook feed post": "social",
                    "telegram personal-message": "social", "sms": "other"},
    },
    rules=("resolution_only_when_done",),
)  # fmt: skip
