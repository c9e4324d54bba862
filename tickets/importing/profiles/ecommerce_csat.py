"""E-commerce contact centre: one row per answered survey, with the contact that it is about."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

ECOMMERCE_CSAT = Profile(
    key="shopzilla",
    label=_("E-commerce contacts with satisfaction"),
    signature=("Unique id", "Issue_reported at", "issue_responded", "CSAT Score"),
    columns={
        "external_id": ("Unique id",),
        "channel": ("channel_name",),
        "category": ("category",),
        "sub_category": ("Sub-category",),
        "order": ("Order_id",),
        "created_at": ("Issue_reported at",),
        "first_response_at": ("issue_responded",),
        "handle_seconds": ("connected_handling_time",),
        "agent": ("Agent_name",),
    },
    answers={
        "score": ("CSAT Score",),
        "answered_at": ("Survey_response_Date",),
        "comment": ("Customer Remarks",),
    },
    values={"channel": {"inbound": "hotline", "outcall": "hotline", "email": "email"}},
    scale=5,
)
