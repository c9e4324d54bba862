"""Who reads the trail: auditors all of it, administrators without values, everybody their own."""

from typing import Any

from kpi_portal.audit.models import Event


def can_view_trail(user: Any) -> bool:
    return bool(user.has_role("admin", "auditor"))


def can_view_values(user: Any, event: Event) -> bool:
    """Before, after and reason: auditors, and whoever did it."""
    return bool(user.has_role("auditor")) or event.actor_id == user.pk
