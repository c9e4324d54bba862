"""Chatwoot: conversations as its API and reports name their fields, and its CSAT report."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

CHATWOOT = Profile(
    key="chatwoot",
    label=_("Chatwoot conversations"),
    signature=("display_id", "inbox", "assignee", "first_reply_created_at"),
    columns={
        "external_id": ("display_id", "Conversation ID"),
        "agent": ("assignee", "Agent Name", "Assignee"),
        "department": ("team", "Team"),
        "status": ("status",),
        "created_at": ("created_at",),
        "first_response_at": ("first_reply_created_at",),
        "resolved_at": ("resolved_at",),
        "source_updated_at": ("updated_at", "last_activity_at"),
        "channel": ("channel", "inbox_channel_type", "inbox"),
        "priority": ("priority",),
        "customer": ("contact_identifier", "contact", "Contact Name"),
        "tags": ("labels",),
    },
    answers={
        "ticket": ("display_id", "Conversation ID", "conversation_id"),
        "score": ("csat_rating", "rating", "Rating"),
        "comment": ("csat_feedback", "feedback_message", "Feedback Comment"),
        "answered_at": ("csat_at", "recorded_at", "Recorded date"),
    },
    values={
        "status": {"open": "open", "pending": "open", "snoozed": "open",
                   "resolved": "resolved"},
        "channel": {"channel::webwidget": "chat", "channel::email": "email",
                    "channel::whatsapp": "social", "channel::facebookpage": "social",
                    "channel::telegram": "social", "channel::line": "social",
                    "channel::api": "app", "channel::sms": "other",
                    "channel::twiliosms": "other"},
    },
    rules=("resolution_only_when_done",),
    scale=5,
)  # fmt: skip
