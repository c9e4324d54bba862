"""osTicket: the export of a queue of tickets."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

OSTICKET = Profile(
    key="osticket",
    label=_("osTicket tickets"),
    signature=("Ticket Number", "Date Created", "Current Status", "Agent Assigned"),
    columns={
        "external_id": ("Ticket Number",),
        "agent": ("Agent Assigned",),
        "department": ("Department", "Team Assigned"),
        "status": ("Current Status",),
        "created_at": ("Date Created",),
        "resolved_at": ("Closed Date",),
        "closed_at": ("Closed Date",),
        "promised_at": ("SLA Due Date", "Due Date"),
        "source_updated_at": ("Last Updated",),
        "channel": ("Source",),
        "category": ("Help Topic",),
        "priority": ("Priority",),
        "reopens": ("Reopen Count",),
        "contacts": ("Thread Count",),
        "customer": ("From Email", "From"),
    },
    values={
        "status": {"open": "open", "resolved": "resolved", "closed": "closed",
                   "archived": "closed", "deleted": "closed"},
        "channel": {"web": "app", "email": "email", "phone": "hotline", "api": "app",
                    "other": "other"},
    },
    rules=("resolution_only_when_done",),
)  # fmt: skip
