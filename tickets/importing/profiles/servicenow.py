"""ServiceNow: the list of incidents, and the log of their changes (one row per change)."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

STATES = {
    "new": "open", "active": "open", "in progress": "open", "on hold": "open",
    "awaiting user info": "open", "awaiting problem": "open", "awaiting vendor": "open",
    "awaiting evidence": "open", "awaiting change": "open", "resolved": "resolved",
    "closed": "closed", "canceled": "closed", "-100": "",
}  # fmt: skip
CHANNELS = {
    "phone": "hotline", "email": "email", "self-service": "app", "self service": "app",
    "chat": "chat", "virtual agent": "chat", "direct opening": "other", "walk-in": "onsite",
    "ivr": "hotline",
}  # fmt: skip
COLUMNS = {
    "external_id": ("Number", "number"),
    "agent": ("Assigned to", "assigned_to"),
    "department": ("Assignment group", "assignment_group"),
    "status": ("State", "Incident state", "incident_state", "state"),
    "created_at": ("Opened", "opened_at", "Created", "sys_created_on"),
    "resolved_at": ("Resolved", "resolved_at"),
    "closed_at": ("Closed", "closed_at"),
    "promised_at": ("Due date", "due_date", "SLA due", "sla_due"),
    "source_updated_at": ("Updated", "sys_updated_at", "sys_updated_on"),
    "channel": ("Channel", "Contact type", "contact_type"),
    "category": ("Category", "category"),
    "sub_category": ("Subcategory", "subcategory"),
    "priority": ("Priority", "priority"),
    "transfers": ("Reassignment count", "reassignment_count"),
    "reopens": ("Reopen count", "reopen_count"),
    "customer": ("Caller", "caller_id"),
}
UNKNOWN = ("?",)

SERVICENOW = Profile(
    key="servicenow",
    label=_("ServiceNow incidents"),
    signature=("Number", "Opened", "Assignment group", "Assigned to", "State"),
    columns=COLUMNS,
    values={"status": STATES, "channel": CHANNELS},
    rules=("resolution_only_when_done",),
    empty=UNKNOWN,
)

SERVICENOW_LOG = Profile(
    key="servicenow_log",
    label=_("ServiceNow log of incidents"),
    signature=("number", "incident_state", "sys_mod_count", "sys_updated_at"),
    columns={**COLUMNS, "event_state": ("incident_state", "state")},
    values={"status": STATES, "channel": CHANNELS},
    rules=("resolution_only_when_done",),
    empty=UNKNOWN,
    is_log=True,
)
