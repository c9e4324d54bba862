"""Call logs with speed of answer and talk time (PhoneNow)."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

CALL_CENTER = Profile(
    key="pwc",
    label=_("Call log"),
    signature=("Call Id", "Speed of answer in seconds", "AvgTalkDuration"),
    columns={
        "external_id": ("Call Id",),
        "agent": ("Agent",),
        "created_at": ("Date+Time",),
        "response_after": ("Speed of answer in seconds",),
        "handle_seconds": ("AvgTalkDuration",),
        "is_resolved": ("Resolved",),
        "status": ("Resolved",),
        "category": ("Topic",),
    },
    answers={"score": ("Satisfaction rating",)},
    constants={"channel": "hotline"},
    values={"status": {"y": "resolved", "yes": "resolved", "n": "open", "no": "open"}},
    units={"response_after": "s", "handle_seconds": "s"},
    rules=("response_after_creation", "resolution_after_talk"),
    scale=5,
)
